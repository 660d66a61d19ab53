"""Sign against size: a factor that turns losses into savings is told apart from one that scales what is saved."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from totalplace.sim.analysis.cases import Varied
from totalplace.sim.analysis.sensitivity.figure import sign_and_size_figure
from totalplace.sim.analysis.sensitivity.sign import FEWEST, sentences, sign_and_size
from totalplace.sim.model.metrics import METRICS

FACTORS = [Varied(name, "uncertainty", "") for name in ("initial_trust", "eta", "iota")]
METRIC = METRICS["net_saving"]


@pytest.fixture(scope="module")
def points() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    return pd.DataFrame(rng.uniform(size=(400, 3)), columns=[factor.name for factor in FACTORS])


def made(points: pd.DataFrame) -> np.ndarray:
    """Trust decides whether anything is saved, eta how much; iota nothing."""
    return np.where(points["initial_trust"] > 0.4, 1.0, -1.0) * (1.0 + 9.0 * points["eta"].to_numpy())


def test_a_gate_decides_the_sign_and_a_scale_the_size(points: pd.DataFrame) -> None:
    table = sign_and_size(points, made(points), FACTORS)
    assert table is not None
    row = table.set_index("factor")
    assert row.loc["initial_trust", "sign"] == pytest.approx(1.0)
    assert row.loc["eta", "size"] == pytest.approx(1.0)
    assert list(table.loc[table["decides_sign"], "factor"]) == ["initial_trust"]
    assert list(table.loc[table["decides_size"], "factor"]) == ["eta"]
    whether, much, why = sentences(table, made(points), METRIC, FACTORS)
    assert "initial trust (more of it helps) decides it." in whether
    assert "eta (rank correlation +1.00) decides it." in much
    assert why.startswith("They differ because initial trust (0.0")
    assert "carries results across zero but matters less" in why
    assert "scales how much it is but differs less between points above zero and points below" in why
    assert sign_and_size_figure(table, METRIC, FACTORS, "A test").axes


def test_one_factor_may_decide_both(points: pd.DataFrame) -> None:
    values = 10.0 * points["eta"].to_numpy() - 4.0
    table = sign_and_size(points, values, FACTORS)
    assert sentences(table, values, METRIC, FACTORS)[-1] == "The same factors decide both."


def test_less_of_a_factor_may_help(points: pd.DataFrame) -> None:
    values = 4.0 - 10.0 * points["eta"].to_numpy()
    assert "eta (less of it helps) decides it." in sentences(sign_and_size(points, values, FACTORS), values, METRIC, FACTORS)[0]


def test_noise_decides_nothing(points: pd.DataFrame) -> None:
    values = np.random.default_rng(6).normal(size=len(points))
    said = sentences(sign_and_size(points, values, FACTORS), values, METRIC, FACTORS)
    assert said[0].endswith("no factor decides it beyond chance.")
    assert said[1].endswith("no factor decides it beyond chance.")
    assert len(said) == 2


def test_without_both_signs_there_is_no_sign_to_decide(points: pd.DataFrame) -> None:
    above = np.abs(made(points))
    assert sign_and_size(points, above, FACTORS) is None
    assert "Net saving is always above zero: nothing" in sentences(None, above, METRIC, FACTORS)[0]
    few = above.copy()
    few[: FEWEST - 1] *= -1.0
    assert sign_and_size(points, few, FACTORS) is None
    assert f"What decides its sign takes {FEWEST} points or more on each side." in sentences(None, few, METRIC, FACTORS)[0]
    few[FEWEST - 1] *= -1.0
    assert sign_and_size(points, few, FACTORS) is not None


def test_missing_results_do_not_count(points: pd.DataFrame) -> None:
    values = made(points)
    missing = values.copy()
    missing[::7] = np.nan
    kept = ~np.isnan(missing)
    pd.testing.assert_frame_equal(sign_and_size(points, missing, FACTORS),
                                  sign_and_size(points[kept].reset_index(drop=True), values[kept], FACTORS))
