"""Panels that are made up with known effects give them back, with intervals that hold them as often as they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("linearmodels")

from totalplace.scenarios.errors import InputError
from totalplace.sim.evidence.panel.regressions import Estimate, difference, dynamic, long_run, within
from totalplace.sim.evidence.panel.tables import lagged

PLACES, YEARS = 60, 7
#: What is true: need on early help a year before, spend on need.
EFFECT, ELASTICITY = -0.2, 0.73


def column(values: np.ndarray) -> pd.Series:
    """Values (places, years) by code and year."""
    index = pd.MultiIndex.from_product([range(values.shape[0]), range(values.shape[1])], names=["code", "year"])
    return pd.Series(values.ravel(), index)


def walks(draw: np.random.Generator, size: float, stays: float = 0.7) -> np.ndarray:
    """Series of places (places, years) that are alike from year to year, so that errors are too."""
    values = np.zeros((PLACES, YEARS))
    values[:, 0] = draw.normal(size=PLACES) * size / np.sqrt(1.0 - stays**2)
    for year in range(1, YEARS):
        values[:, year] = stays * values[:, year - 1] + size * draw.normal(size=PLACES)
    return values


def made_up(seed: int) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Early help, need and spend with effects of places and years, early help following what places always were."""
    draw = np.random.default_rng(seed)
    place, year = draw.normal(size=(PLACES, 1)), draw.normal(size=(1, YEARS))
    early = 0.8 * place + 0.3 * year + walks(draw, 0.2)
    before = np.column_stack([early[:, :1], early[:, :-1]])
    need = 1.5 * place - 0.2 * year + EFFECT * before + walks(draw, 0.05)
    spend = -0.5 * place + year + ELASTICITY * need + walks(draw, 0.05)
    return column(early), column(need), column(spend)


@pytest.fixture(scope="module", params=[40, pytest.param(100, marks=pytest.mark.soak)])
def estimates(request: pytest.FixtureRequest) -> list[tuple[Estimate, Estimate]]:
    found = []
    for seed in range(request.param):
        early, need, spend = made_up(seed)
        found.append((within(need, {"early": lagged(early, 1)})["early"], within(spend, {"need": need})["need"]))
    return found


@pytest.mark.parametrize(("which", "true"), [(0, EFFECT), (1, ELASTICITY)])
def test_known_effects_come_back_and_intervals_hold_them(
    estimates: list[tuple[Estimate, Estimate]], which: int, true: float
) -> None:
    """Of a hundred intervals of 95%, fewer than 88 hold the truth by a chance of 0.2%, and all of them by one of 0.6%."""
    own = [one[which] for one in estimates]
    values = np.array([one.value for one in own])
    assert abs(values.mean() - true) < 4.0 * values.std() / np.sqrt(len(own))
    assert 0.88 <= np.mean([one.low <= true <= one.high for one in own]) < 1.0
    assert np.mean([one.error for one in own]) == pytest.approx(values.std(), rel=0.25)


def test_over_places_alone_the_sign_would_be_wrong() -> None:
    early, need, _ = made_up(1)
    means = [one.groupby(level="code").mean() for one in (early, need)]
    assert np.corrcoef(*means)[0, 1] > 0.5


def test_rows_without_a_driver_are_left_out_and_too_few_are_refused() -> None:
    early, need, _ = made_up(2)
    found = within(need, {"early": lagged(early, 1)})["early"]
    assert (found.places, found.rows) == (PLACES, PLACES * (YEARS - 1))
    with pytest.raises(InputError, match="too few"):
        within(need, {"early": lagged(early, YEARS - 1)})


def test_a_long_difference_needs_no_years_between() -> None:
    values = []
    for seed in range(40):
        _, need, spend = made_up(seed)
        values.append(difference(spend, need, 0, YEARS - 1).value)
    assert np.mean(values) == pytest.approx(ELASTICITY, abs=0.04)


@pytest.mark.parametrize("panels", [20, pytest.param(40, marks=pytest.mark.soak)])
def test_the_lag_of_the_outcome_is_biased_within_places_and_less_so_when_corrected(panels: int) -> None:
    """A lag of 0.6 comes out below 0.45 within six years; corrected it is nearer, and intervals of instruments hold it."""
    stays, draws = 0.6, []
    for seed in range(panels):
        draw = np.random.default_rng(1000 + seed)
        driver = walks(draw, 0.3, 0.5)
        values = np.zeros((PLACES, YEARS + 20))
        place = 0.2 * draw.normal(size=PLACES)
        for year in range(1, values.shape[1]):
            pushed = -0.2 * driver[:, year - 21] if year > 20 else 0.0
            values[:, year] = stays * values[:, year - 1] + place + pushed + 0.1 * draw.normal(size=PLACES)
        outcome, pushed_by = column(values[:, 20:]), column(driver)
        draws.append(dynamic(outcome, lagged(pushed_by, 1)))
    plain, corrected = np.mean([(one.within.value, one.corrected) for one in draws], axis=0)
    assert plain < stays - 0.15
    assert abs(corrected - stays) < 0.5 * abs(plain - stays)
    assert np.mean([one.instrumented.low <= stays <= one.instrumented.high for one in draws]) >= 0.85
    assert np.mean([one.instrumented_driver.value for one in draws]) == pytest.approx(-0.2, abs=0.03)
    assert np.median([one.strength for one in draws]) > 5.0


def test_power_grows_with_the_effect_and_is_five_per_cent_of_none() -> None:
    one = Estimate(0.0, 0.05, 100, 700)
    assert one.power(0.0) == pytest.approx(0.05, abs=0.001)
    assert one.power(-0.05) < one.power(-0.1) < one.power(-0.2)
    assert one.power(-0.2) == pytest.approx(one.power(0.2))
    assert one.holds_none()
    assert not Estimate(0.2, 0.05, 100, 700).holds_none()


def test_there_is_no_long_run_where_all_stays() -> None:
    assert long_run(-0.05, 0.5) == pytest.approx(-0.1)
    assert np.isnan(long_run(-0.05, 1.0))
