"""Outcomes: the formula of the model description, its fixed point and its bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import begun, differing_tables, small
from totalplace.agents.cohort import experience, experience_all, fit_to_need, gather
from totalplace.agents.compiled import python
from totalplace.scenarios.vocabulary import COHORT_KINDS, OUTCOMES, THEMES


def still(*settings: str) -> Any:
    """A world at its start in which outcomes do not move by chance."""
    world = begun(small("october-2010", *settings, clusters=3))
    world.parameters.outcome_noise = 0.0
    return world


@given(
    st.integers(0, len(THEMES) - 1), st.integers(0, 17), st.floats(0.2, 3.0), st.floats(0.0, 0.4), st.floats(-0.2, 0.2),
    st.floats(0.1, 0.3), st.floats(0.0, 0.6), st.floats(0.5, 1.5),
)
def test_outcomes_follow_the_formula_when_one_theme_changes(
    j: int, k: int, planned: float, integration: float, capacity: float, epsilon: float, beta: float, rho: float
) -> None:
    world = still()
    world.parameters.epsilon, world.parameters.beta, world.parameters.rho = epsilon, beta, rho
    cohort = world.cohorts[k]
    place = world.neighbourhoods[cohort.neighbourhood]
    place.capacity = min(1.0, max(0.0, place.capacity_start + capacity))
    place.log_capacity = np.log(1.0 + beta * (place.capacity - place.capacity_start))
    world.themes[j].log_planned, world.themes[j].log_integration = np.log(planned), np.log(1.0 + integration)
    m = np.ones(len(THEMES))
    m[j] = planned * (1.0 + integration)
    m *= 1.0 + beta * (place.capacity - place.capacity_start)
    exponent = -epsilon * world.themes["effect"] * cohort.need[:, None]
    target = 1.0 - (1.0 - cohort.baseline) * np.prod(m[:, None] ** exponent, axis=0)
    speed = np.minimum(1.0, rho * world.domains["speed"])
    expected = cohort.baseline + speed * (np.maximum(0.0, target) - cohort.baseline)
    python(experience)(world, k)
    assert cohort.outcome == pytest.approx(np.clip(expected, 0.0, 1.0), abs=1e-12)
    assert cohort.wellbeing == pytest.approx(cohort.outcome.mean())


@pytest.mark.parametrize(("clusters", "devolved"), [(1, 0.0), (5, 0.4), (6, 1.0), (11, 0.0), (11, 0.4)])
def test_cohorts_side_by_side_fare_as_each_alone(clusters: int, devolved: float) -> None:
    worlds = [begun(small("october-2010", place="Birmingham", clusters=clusters), seed=7) for _ in range(2)]
    for world in worlds:
        world.themes["log_planned"], world.themes["devolved"] = np.log(0.8), devolved
        world.clock.quarter = 3
    python(experience_all)(worlds[0])
    for k in range(len(worlds[1].cohorts)):
        python(experience)(worlds[1], k)
    assert differing_tables(*worlds) == []
    assert (worlds[0].cohorts["outcome"] != worlds[0].cohorts["baseline"]).all()
    assert len(set(worlds[0].cohorts["wellbeing"])) == len(worlds[0].cohorts)


def test_nothing_changing_leaves_outcomes_where_they_are() -> None:
    world = still()
    for _ in range(40):
        for k in range(len(world.cohorts)):
            python(experience)(world, k)
    assert np.allclose(world.cohorts["outcome"], world.cohorts["baseline"], rtol=0.0, atol=1e-13)


def test_outcomes_settle_at_the_target() -> None:
    world = still()
    world.themes["log_planned"] = np.log(0.7)
    for _ in range(600):
        python(experience)(world, 0)
    settled = world.cohorts[0].outcome.copy()
    python(experience)(world, 0)
    assert world.cohorts[0].outcome == pytest.approx(settled, abs=1e-9)
    assert (settled < world.cohorts[0].baseline).all()


@given(st.floats(1e-6, 1e6), st.floats(0.0, 5.0), st.floats(0.0, 2.0), st.integers(0, 2**32 - 1))
def test_outcomes_stay_between_zero_and_one(planned: float, noise: float, epsilon: float, seed: int) -> None:
    world = still()
    world.clock.seed = seed
    world.parameters.outcome_noise, world.parameters.epsilon, world.parameters.rho = noise, epsilon, 10.0
    world.themes["log_planned"] = np.log(planned)
    for quarter in range(3):
        world.clock.quarter = quarter
        for k in range(len(world.cohorts)):
            python(experience)(world, k)
    for column in ("outcome", "wellbeing", "dissatisfaction", "expectation"):
        values = world.cohorts[column]
        assert ((values >= 0.0) & (values <= 1.0)).all(), column


def test_burden_is_the_mean_shortfall_against_the_baseline() -> None:
    world = still()
    cohorts = world.cohorts
    world.themes["log_planned"] = np.log(0.8)
    for k in range(len(cohorts)):
        python(experience)(world, k)
    for i in range(len(COHORT_KINDS)):
        python(gather)(world, i)
    shortfall = (1.0 - cohorts["outcome"]) / (1.0 - cohorts["baseline"])
    for i in range(len(COHORT_KINDS)):
        mine = cohorts["kind"] == i
        people = cohorts["persons"][mine]
        expected = (people[:, None] * shortfall[mine]).sum(axis=0) / people.sum()
        assert world.kinds[i].burden == pytest.approx(expected)
        assert world.kinds[i].wellbeing == pytest.approx((people * cohorts["wellbeing"][mine]).sum() / people.sum())
    assert world.kinds["burden"].shape == (len(COHORT_KINDS), len(OUTCOMES))


@pytest.mark.parametrize("gap", [0.0, 0.3, 0.5])
def test_money_by_need_is_the_same_money(gap: float) -> None:
    world = still()
    world.parameters.allocation_gap = gap
    python(fit_to_need)(world)
    people, need, fit = (world.cohorts[name] for name in ("persons", "need", "fit"))
    now = people[:, None] * need ** (1.0 - gap)
    assert (now * fit).sum(axis=0) == pytest.approx(now.sum(axis=0))
    if gap == 0.0:
        assert np.allclose(fit, 1.0)
