"""Voluntary pooling against the top-up: what is counted is what was drawn, and the page says it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.fact_runs import draws
from totalplace.sim.evidence.trade_off import (
    CURVES,
    DEFAULT_DRAWS,
    MEASURED,
    SPREAD_DRAWS,
    TradeOff,
    criteria,
    strongest,
    telling,
    weigh,
)
from totalplace.sim.evidence.trade_off_page import PAGE, markdown, write

NAMES = list(PARAMETERS)


@pytest.fixture(scope="module")
def found() -> TradeOff:
    """A few draws in one place."""
    return weigh(runs=12, places=["Rutland"], threads=1, spread_over=["Rutland", "Darlington"])


def planted(found: TradeOff, with_all: np.ndarray) -> TradeOff:
    """The same with a prior in which ``with_all`` (N,) have all three and the rest none, and 200 draws."""
    sets = draws("prior", len(with_all))
    prior = {name: np.where(with_all, one.central or one.low, -1.0) for name, one in criteria().items()}
    return replace(found, sets=sets, prior=prior)


def test_both_facts_are_measured_at_defaults_over_the_prior_and_along_curves(found: TradeOff) -> None:
    for name in MEASURED:
        assert found.default[name].shape == (DEFAULT_DRAWS,)
        assert found.prior[name].shape == (12,)
    assert len(found.curves) == CURVES
    for curve in found.curves:
        row = PARAMETERS[curve.parameter]
        assert curve.values[0] == row.low
        assert curve.values[-1] == row.high
        assert row.default in curve.values
        at_default = curve.found["top_up"][curve.values.index(row.default)]
        assert np.array_equal(at_default, found.default["top_up"])  # the same seeds and values
    assert all(values.shape == (SPREAD_DRAWS, 2) for values in found.spread.values())
    mandated, over = (found.spread[f"{name}, 2019-20"] for name in ("under the mandate", "over the minimum"))
    assert (over <= mandated).all()


def test_a_measure_that_follows_one_parameter_names_it() -> None:
    sets = draws("prior", 100)
    column = NAMES.index("control_value")
    assert strongest(sets, {"top_up": np.exp(-sets[:, column])})[0] == "control_value"
    assert strongest(sets, {"top_up": np.ones(100)})  # nothing moves: any order, and no error
    gaps = np.where(np.arange(100) < 50, np.nan, sets[:, column])
    assert strongest(sets, {"top_up": gaps})[0] == "control_value"


def test_draws_with_all_three_are_told_from_the_rest_by_what_they_share(found: TradeOff) -> None:
    column = NAMES.index("horizon")
    sets = draws("prior", 200)
    high = sets[:, column] > np.quantile(sets[:, column], 0.8)
    chance, told = telling(planted(found, high))
    assert all(abs(difference) > chance for *_, difference in told)
    assert told[0][0] == "horizon"
    assert told[0][1] > told[0][2]
    assert told[0][3] == pytest.approx(0.5, abs=0.01)
    assert telling(planted(found, np.zeros(200, dtype=bool)))[1] == []
    assert telling(planted(found, np.ones(200, dtype=bool)))[1] == []


def test_the_page_says_how_many_draws_have_all(found: TradeOff) -> None:
    text = markdown(planted(found, np.arange(200) < 50))
    assert "All three together: 25.0% of the draws over the prior" in text
    assert "1.6% would have all three" in text
    assert "more than chance" in markdown(planted(found, np.zeros(200, dtype=bool)))


def test_page_and_figure_are_written(found: TradeOff, tmp_path: Path) -> None:
    files = write(found, tmp_path)
    assert [path.name for path in files] == ["trade-off-both.png", PAGE]
    assert all(path.stat().st_size for path in files)


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(InputError, match="number of draws"):
        weigh(runs=0)
    with pytest.raises(InputError, match="Nowhere"):
        weigh(runs=1, places=["Nowhere"])
