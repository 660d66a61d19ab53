"""Robust decisions: a table whose criteria are known, and a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.analysis.cases import Cases, of_sweep
from totalplace.sim.analysis.robustness.analysis import _sentences, criteria, regret, robust
from totalplace.sim.engine.sweep.store import Store
from totalplace.sim.model.metrics import METRICS

VALUES = pd.DataFrame({"steady": [4.0, 4.0, 4.0], "bold": [10.0, 6.0, -2.0], "poor": [1.0, 1.0, 1.0]})


def test_regret_is_the_distance_to_the_best_of_each_state() -> None:
    found = regret(VALUES, 1)
    assert found["steady"].tolist() == [6.0, 2.0, 0.0]
    assert found["bold"].tolist() == [0.0, 0.0, 6.0]
    less = regret(VALUES, -1)
    assert less["poor"].tolist() == [0.0, 0.0, 3.0]


def test_criteria_disagree_where_they_should() -> None:
    holds = VALUES >= 3.0
    table = criteria(VALUES, 1, holds).set_index("alternative")
    assert table["worst"].to_dict() == {"steady": 4.0, "bold": -2.0, "poor": 1.0}
    assert table["worst"].idxmax() == "steady", "maximin"
    assert table["regret_most"].to_dict() == {"steady": 6.0, "bold": 6.0, "poor": 9.0}
    assert table.index[0] == "bold", "equal greatest regrets: the smaller mean first"
    assert table["best"].to_dict() == pytest.approx({"steady": 1 / 3, "bold": 2 / 3, "poor": 0.0})
    assert table["satisficing"].to_dict() == pytest.approx({"steady": 1.0, "bold": 2 / 3, "poor": 0.0})
    assert criteria(VALUES, -1).set_index("alternative")["worst"].to_dict() == {"steady": 4.0, "bold": 10.0, "poor": 1.0}


def test_sentences_say_in_plain_words_who_falls_short_and_whose_worst_is_best() -> None:
    said = _sentences(criteria(VALUES, 1), METRICS["net_saving"], None)
    assert said[0] == ("bold comes closest to the best by net saving: it never falls short by more than "
                       "£6.00m a year of resources, and by "
                       "£2.00m a year of resources on average.")
    assert said[1] == "steady has the best worst case: £4.00m a year of resources."
    assert not any(word in " ".join(said) for word in ("regret", "maximin"))


def test_a_sweep_is_judged_over_places_and_points(choice_store: Store) -> None:
    found = robust(choice_store, "net_saving", when="pooled_share > silo")
    assert found.states == 60
    assert set(found.values.columns) == {"silo", "joint-commissioning", "single-pot"}
    assert found.regrets.min(axis=1).eq(0.0).all(), "somebody is the best in each state"
    table = found.tables["criteria"].set_index("alternative")
    assert table.loc["silo", "satisficing"] == 0.0
    assert table.loc["single-pot", "satisficing"] == 1.0
    assert set(found.tables["places"]["place"]) == {"Rutland", "Hartlepool"}
    weights = found.tables["trade-offs"]
    assert set(weights["metric"]) == {"net_saving", "wellbeing", "inequality", "wellbeing_worst_off"}
    assert not weights.groupby("alternative")["dominated"].first().all()
    for draw in found.drawings.values():
        assert "60 states, 180 runs" in " ".join(text.get_text().replace("\n", " ") for text in draw().texts)


def test_a_state_with_a_missing_run_is_left_out(choice_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.analysis.robustness import analysis as robustness

    def with_a_gap(store: Store, *given: Any) -> Cases:
        cases = real(store, *given)
        cases.table.loc[7, list(cases.metrics)] = float("nan")
        return cases

    real = robustness.of_sweep
    monkeypatch.setattr(robustness, "of_sweep", with_a_gap)
    found = robust(choice_store, "net_saving")
    assert (found.states, found.dropped) == (59, 1)
    assert "1 state left out, in which a run is missing." in found.warnings


def test_levers_of_a_grid_can_be_the_alternatives(tmp_path: Path) -> None:
    import totalplace as tp
    from totalplace.scenarios import sweeps

    text = """
scenarios: joint-commissioning
places: Rutland
settings: {quarters: 6, clusters: 2}
levers: {clawback: [0, 0.6], savings_rule: [equal, nash]}
uncertainties: {eta: [0.7, 0.8]}
replicates: 3
metrics: [net_saving]
every: last
"""
    store = tp.sweep(sweeps.loads(text, "grid"), tmp_path / "grid", threads=1)
    found = robust(store, by=("clawback", "savings_rule"))
    assert found.states == 6
    assert "clawback 0.6, savings rule nash" in found.values.columns
    with pytest.raises(InputError, match="no alternatives by scenario"):
        robust(store)
    with pytest.raises(UnknownName, match="eta"):
        robust(store, by=("eta",))


def test_metrics_without_a_better_direction_are_refused(choice_store: Store) -> None:
    with pytest.raises(InputError, match="neither better nor worse"):
        robust(choice_store, "pooled_share")


def test_of_many_pairs_those_that_move_a_metric_most_come_first(choice_store: Store) -> None:
    choice = of_sweep(choice_store)
    medians = choice.table.groupby(["scenario", "place"])["net_saving"].median().abs()
    found = choice.moving_most("net_saving", 2)
    assert set(found) == set(medians.nlargest(2).index)
    assert all(scenario != "silo" for scenario, _ in found)
