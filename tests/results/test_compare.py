from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scenarios.errors import InputError, UnknownName
from sim.compare import compare, difference, probability_better
from sim.metrics import METRICS
from sim.results import Ensemble


def shifted(ensemble: Ensemble, metric: str, by: list[float]) -> Ensemble:
    """An ensemble whose runs have ``by`` added to a metric, under another name."""
    metrics = ensemble.metrics.copy()
    metrics[metric] += np.array(by)[:, np.newaxis]
    scenario = ensemble.scenario.model_copy(update={"name": "shifted"})
    return replace(ensemble, metrics=metrics, scenario=scenario)


def test_differences_are_paired_by_seed(silo: Ensemble) -> None:
    other = shifted(silo, "wellbeing", [0.1, 0.2, 0.3, 0.4])
    assert np.allclose(difference(other, silo, "wellbeing"), [0.1, 0.2, 0.3, 0.4])
    table = compare([silo, other]).set_index(["scenario", "metric"])
    row = table.loc[("shifted", "wellbeing")]
    assert row["median"] == pytest.approx(0.25)
    assert row["mean"] == pytest.approx(0.25)
    assert row["low"] == pytest.approx(np.quantile([0.1, 0.2, 0.3, 0.4], 0.05))
    assert row["high"] == pytest.approx(np.quantile([0.1, 0.2, 0.3, 0.4], 0.95))
    assert row["probability_better"] == 1.0
    assert not row["baseline"]
    assert (table.loc["silo", ["median", "low", "high"]] == 0.0).all().all()
    assert table.loc["silo", "baseline"].all()


def test_less_is_better_where_the_registry_says_so(silo: Ensemble) -> None:
    other = shifted(silo, "inequality", [-0.1, -0.1, 0.1, 0.1])
    table = compare([silo, other]).set_index(["scenario", "metric"])
    assert METRICS["inequality"].direction == -1
    assert table.loc[("shifted", "inequality"), "probability_better"] == 0.5


def test_no_probability_without_a_difference_or_a_direction(silo: Ensemble) -> None:
    assert np.isnan(probability_better(np.zeros(4), 1))
    assert np.isnan(probability_better(np.ones(4), 0))
    same = shifted(silo, "wellbeing", [0.0, 0.0, 0.0, 1e-14])
    assert not difference(same, silo, "wellbeing").any()


def test_the_baseline_may_be_named(silo: Ensemble, single_pot: Ensemble) -> None:
    table = compare([silo, single_pot], baseline="single-pot")
    assert set(table.loc[table["baseline"], "scenario"]) == {"single-pot"}
    with pytest.raises(UnknownName, match="silo"):
        compare([silo, single_pot], baseline="sillo")


def test_what_cannot_be_paired_is_refused(silo: Ensemble, single_pot: Ensemble) -> None:
    with pytest.raises(InputError, match="given twice"):
        compare([silo, silo])
    with pytest.raises(InputError, match="other seeds"):
        compare([silo, replace(single_pot, seeds=single_pot.seeds + 1)])
    longer = single_pot.scenario.model_copy(update={"quarters": 9})
    with pytest.raises(InputError, match="number of quarters"):
        compare([silo, replace(single_pot, scenario=longer)])
