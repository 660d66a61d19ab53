"""Who gets the cashable saving: the savings rules, payment on outcome, clawback."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import begun, small
from totalplace.agents.agency import get_back
from totalplace.agents.compiled import python
from totalplace.agents.draws import STREAMS
from totalplace.agents.duplication import MOST_EXACT, SAMPLES, shapley
from totalplace.agents.joint_commission import hand_back, savings_weights, weigh
from totalplace.agents.ledger import AGENCY_ACCOUNT, DEPARTMENT_ACCOUNT, SAVINGS_ACCOUNT, THEME_ACCOUNT
from totalplace.scenarios.vocabulary import SAVINGS_RULES

PARTNERS = st.lists(st.tuples(st.floats(0.01, 500.0), st.floats(0.01, 1.0)), min_size=1, max_size=7)
ETA = st.floats(0.5, 0.97)


def weights(partners: list[tuple[float, float]], rule: str, eta: float = 0.76) -> np.ndarray:
    cost, trust = (np.array(column) for column in zip(*partners, strict=True))
    weight, n = np.zeros(len(partners)), len(partners)
    if rule == "shapley":
        python(shapley)(cost, np.arange(float(n)), n, eta, weight, np.empty(n), np.empty((0, SAMPLES)))
    else:
        python(savings_weights)(cost, trust, n, SAVINGS_RULES.index(rule), weight)
    return weight


@pytest.mark.parametrize("rule", SAVINGS_RULES)
@given(partners=PARTNERS, eta=ETA)
def test_weights_add_to_one_and_are_never_negative(rule: str, partners: list[tuple[float, float]], eta: float) -> None:
    weight = weights(partners, rule, eta)
    assert weight.sum() == pytest.approx(1.0)
    assert (weight >= -1e-9).all()


@pytest.mark.parametrize("rule", SAVINGS_RULES)
@given(partners=PARTNERS, eta=ETA)
def test_weights_do_not_depend_on_order(rule: str, partners: list[tuple[float, float]], eta: float) -> None:
    assert np.allclose(weights(partners[::-1], rule, eta)[::-1], weights(partners, rule, eta), atol=1e-6)


@given(PARTNERS)
def test_rules_in_words(partners: list[tuple[float, float]]) -> None:
    cost, trust = (np.array(column) for column in zip(*partners, strict=True))
    proportional = cost / cost.sum()
    assert np.allclose(weights(partners, "proportional"), proportional)
    assert np.allclose(weights(partners, "equal"), 1.0 / len(partners))
    assert np.allclose(weights(partners, "nash"), 0.5 * proportional + 0.5 * trust / trust.sum())


@pytest.mark.parametrize("rule", SAVINGS_RULES)
def test_equal_partners_get_equal_parts(rule: str) -> None:
    assert np.allclose(weights([(4.0, 0.5)] * 3, rule), 1.0 / 3.0)


def pooled(shares: dict[int, float], theme: int = 0) -> Any:
    """A world in which agencies cede shares of a theme, and the saving is still to be shared out."""
    world = begun(small())
    for agency, share in shares.items():
        world.shares[agency, theme].ceded = share
    row = world.themes[theme]
    row.covered = sum(share * world.shares[agency, theme].common_start for agency, share in shares.items())
    row.removed = 3.0
    python(weigh)(world, theme)
    return world


def test_only_those_who_cede_get_a_part() -> None:
    world = pooled({0: 0.5, 1: 0.25})
    weight = world.shares["weight"][:, 0]
    assert weight[:2].sum() == pytest.approx(1.0)
    assert (weight[2:] == 0.0).all()
    assert np.allclose(world.shares["delivered"][:, 0], 3.0 * weight)


def held(world: Any, theme: int, amount: float) -> None:
    world.themes[theme].savings_held = amount
    world.accounts[SAVINGS_ACCOUNT + theme].held = amount


@pytest.mark.parametrize(("by_outcome", "score", "earned"), [(0.0, 0.0, 1.0), (1.0, 0.25, 0.25), (0.4, 0.5, 0.8), (1, 0, 0)])
def test_savings_come_back_by_outcome(by_outcome: float, score: float, earned: float) -> None:
    world = pooled({0: 0.5, 1: 0.25})
    held(world, 0, 2.0)
    world.board.outcome_payment, world.themes[0].outcome_score = by_outcome, score
    python(hand_back)(world, 0)
    theme = world.themes[0]
    assert theme.savings_paid == pytest.approx(2.0 * earned)
    assert theme.savings_paid + theme.unearned == pytest.approx(2.0)
    assert world.accounts[THEME_ACCOUNT].credit == pytest.approx(theme.unearned)
    assert theme.savings_held == world.accounts[SAVINGS_ACCOUNT].held == 0.0


def test_savings_that_nobody_earned_are_spent_on_the_theme() -> None:
    world = begun(small())
    held(world, 2, 1.5)
    python(hand_back)(world, 2)
    assert world.themes[2].savings_paid == 0.0
    assert world.themes[2].unearned == 1.5


@pytest.mark.parametrize("clawback", [0.0, 0.3, 1.0])
def test_departments_take_back_their_part(clawback: float) -> None:
    world = pooled({0: 0.5, 1: 0.25})
    held(world, 0, 2.0)
    python(hand_back)(world, 0)
    world.levers.clawback[:] = clawback
    returned = 0.0
    for a in (0, 1):
        before = world.accounts[DEPARTMENT_ACCOUNT + world.agencies[a].department].credit
        python(get_back)(world, a)
        part = 2.0 * world.shares[a, 0].weight
        taken = world.accounts[DEPARTMENT_ACCOUNT + world.agencies[a].department].credit - before
        assert taken == pytest.approx(clawback * part)
        assert world.agencies[a].returned == pytest.approx(4.0 * (1.0 - clawback) * part)
        assert world.accounts[AGENCY_ACCOUNT + a].credit == pytest.approx((1.0 - clawback) * part)
        returned += taken + world.accounts[AGENCY_ACCOUNT + a].credit
    assert returned == pytest.approx(2.0)
    assert world.accounts[SAVINGS_ACCOUNT].debit == pytest.approx(2.0)


def estimated(costs: np.ndarray, keys: list[int], eta: float) -> np.ndarray:
    """Shapley shares on coalitions drawn by NumPy's own generator at the addresses that the rules use."""
    def drawn(sample: int, key: int) -> float:
        generator = np.random.Philox(key=[0, STREAMS.index("coalition")], counter=[0, key, sample, 0])
        return (int(generator.random_raw()) // 2**12 + 0.5) / 2**52

    def gap(inside: np.ndarray) -> float:
        return float(costs[inside].sum() - (costs[inside] ** (1 / eta)).sum() ** eta) if inside.sum() > 1 else 0.0

    value = np.zeros(len(costs))
    for sample in range(SAMPLES):
        inside = np.array([drawn(sample, key) < (sample + 0.5) / SAMPLES for key in keys])
        for i in range(len(costs)):
            alone = np.arange(len(costs)) == i
            value[i] += gap(inside | alone) - gap(inside & ~alone)
    return value / value.sum()


def test_many_partners_share_by_an_estimate_on_coalitions_that_are_the_same_in_every_run() -> None:
    world = begun(small())
    world.levers.savings_rule = SAVINGS_RULES.index("shapley")
    world.shares["ceded"][:, 0] = np.linspace(0.1, 0.6, len(world.agencies))
    world.shares["common_start"][:, 0] = np.linspace(2.0, 30.0, len(world.agencies))
    world.themes[0].covered = 1.0
    assert (world.coalitions == -1.0).all(), "drawn when they are needed"
    python(weigh)(world, 0)
    costs, keys = world.shares["ceded"][:, 0] * world.shares["common_start"][:, 0], world.agencies["key"].tolist()
    assert len(costs) > MOST_EXACT
    assert np.allclose(world.shares["weight"][:, 0], estimated(costs, keys, world.parameters.eta), rtol=1e-9)
    first = world.coalitions.copy()
    world.themes[0].covered = 2.0
    python(weigh)(world, 0)
    assert (world.coalitions == first).all()
