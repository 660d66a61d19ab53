"""Duplication is the subadditivity gap of a cost game: its limits, its core and its Shapley value."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from totalplace.agents.compiled import python
from totalplace.agents.duplication import MOST_EXACT, SAMPLES, draw_coalitions, gap, joint_cost, power_volume, shapley

COST = st.one_of(st.just(0.0), st.floats(0.01, 1000.0))
COSTS = st.lists(COST, min_size=1, max_size=8)
FEW_COSTS = st.lists(st.floats(0.01, 1000.0), min_size=1, max_size=5)
ETA = st.floats(0.5, 0.99)
#: Of the money of a game, in £m: what rounding may leave.
ROUNDING = 1e-11


def worth(costs: list[float], eta: float, members: int | None = None) -> float:
    chosen = (1 << len(costs)) - 1 if members is None else members
    inside = [cost for i, cost in enumerate(costs) if chosen & (1 << i)]
    volume = sum((float(python(power_volume)(cost, eta)) for cost in inside), 0.0)
    return float(python(gap)(sum(inside, 0.0), volume, eta))


def shapley_shares(costs: list[float], eta: float) -> np.ndarray:
    value, own, rows = np.full(len(costs) + 2, np.nan), np.empty(len(costs)), np.arange(float(len(costs)))
    joins = np.full((len(costs), SAMPLES), -1.0)
    for key in range(len(costs)):
        python(draw_coalitions)(joins, key, key)
    python(shapley)(np.array([*costs, 7.0, 9.0]), rows, len(costs), eta, value, own, joins)
    assert np.isnan(value[len(costs):]).all()  # what lies beyond the partners is left alone
    return value[: len(costs)]


@given(COSTS, st.floats(0.05, 1.0))
def test_gap_is_never_negative_nor_more_than_the_cost(costs: list[float], eta: float) -> None:
    assert 0.0 <= worth(costs, eta) <= sum(costs)


@given(COST, st.floats(0.05, 1.0))
def test_one_partner_has_no_gap(cost: float, eta: float) -> None:
    assert worth([cost], eta) <= ROUNDING * cost


@given(COSTS)
def test_no_gap_without_economies_of_scale(costs: list[float]) -> None:
    assert worth(costs, 1.0) == 0.0


@given(COSTS, ETA)
def test_gap_is_the_cost_apart_less_the_cost_of_one_organisation(costs: list[float], eta: float) -> None:
    expected = max(0.0, sum(costs) - sum(c ** (1.0 / eta) for c in costs) ** eta)
    assert worth(costs, eta) == pytest.approx(expected, rel=1e-9, abs=ROUNDING * sum(costs))
    volume = sum(python(power_volume)(c, eta) for c in costs)
    assert python(gap)(float(sum(costs)), float(volume), eta) == pytest.approx(expected, abs=ROUNDING * sum(costs))


@given(st.floats(0.0, 1e4), st.floats(0.3, 1.0))
def test_cost_of_a_volume_is_the_inverse_of_the_volume_of_a_cost(cost: float, eta: float) -> None:
    assert python(joint_cost)(python(power_volume)(cost, eta), eta) == pytest.approx(cost, rel=1e-9)


@given(COSTS, COST, ETA)
def test_each_partner_adds_to_the_gap(costs: list[float], more: float, eta: float) -> None:
    assert worth([*costs, more], eta) >= worth(costs, eta) - ROUNDING * (sum(costs) + more)


@given(COSTS, st.integers(0, 255), st.integers(0, 255), ETA)
def test_gap_is_convex(costs: list[float], one: int, other: int, eta: float) -> None:
    everyone = (1 << len(costs)) - 1
    one, other = one & everyone, other & everyone
    together = worth(costs, eta, one | other) + worth(costs, eta, one & other)
    apart = worth(costs, eta, one) + worth(costs, eta, other)
    assert together >= apart - ROUNDING * sum(costs)


@given(COSTS, st.floats(0.01, 100.0), ETA)
def test_gap_is_homogeneous_of_degree_one_in_money(costs: list[float], factor: float, eta: float) -> None:
    scaled = worth([factor * c for c in costs], eta)
    assert scaled == pytest.approx(factor * worth(costs, eta), rel=1e-9, abs=ROUNDING * factor * sum(costs))


@given(FEW_COSTS, ETA)
@settings(max_examples=60)
def test_shapley_is_the_mean_over_all_orders_of_joining(costs: list[float], eta: float) -> None:
    total = worth(costs, eta)
    shares = shapley_shares(costs, eta)
    assert shares.sum() == pytest.approx(1.0)
    if len(costs) == 1 or total < 1e-6 * sum(costs):
        return
    expected = np.zeros(len(costs))
    orders = list(permutations(range(len(costs))))
    for order in orders:
        members = 0
        for partner in order:
            before = worth(costs, eta, members)
            members |= 1 << partner
            expected[partner] += (worth(costs, eta, members) - before) / len(orders) / total
    assert np.allclose(shares, expected, atol=1e-8)


@given(FEW_COSTS, ETA)
def test_shapley_lies_in_the_core(costs: list[float], eta: float) -> None:
    received = shapley_shares(costs, eta) * worth(costs, eta)
    for members in range(1 << len(costs)):
        part = sum(received[i] for i in range(len(costs)) if members & (1 << i))
        assert part >= worth(costs, eta, members) - 1e-10 * sum(costs)


@given(FEW_COSTS, ETA, st.randoms(use_true_random=False))
def test_shapley_does_not_look_at_names(costs: list[float], eta: float, random: object) -> None:
    order = list(range(len(costs)))
    random.shuffle(order)  # type: ignore[attr-defined]
    if worth(costs, eta) < 1e-6 * sum(costs):
        return
    shares = shapley_shares(costs, eta)
    assert np.allclose(shapley_shares([costs[i] for i in order], eta), shares[order], atol=1e-8)


@given(st.floats(0.01, 1000.0), st.integers(2, 6), ETA)
def test_equal_partners_share_equally(cost: float, partners: int, eta: float) -> None:
    assert np.allclose(shapley_shares([cost] * partners, eta), 1.0 / partners)


@given(st.lists(st.floats(0.1, 100.0), min_size=2, max_size=5), ETA)
def test_a_partner_that_brings_nothing_gets_nothing(costs: list[float], eta: float) -> None:
    shares = shapley_shares([*costs, 0.0], eta)
    assert shares[-1] == pytest.approx(0.0, abs=1e-9)
    assert np.allclose(shares[:-1], shapley_shares(costs, eta), atol=1e-9)


@given(st.lists(st.floats(0.1, 100.0), min_size=2, max_size=5), st.floats(0.1, 10.0), ETA)
def test_shapley_shares_do_not_depend_on_the_unit_of_money(costs: list[float], factor: float, eta: float) -> None:
    assert np.allclose(shapley_shares([factor * c for c in costs], eta), shapley_shares(costs, eta), atol=1e-7)


@pytest.mark.parametrize("partners", [1, 2, 5])
def test_partners_without_a_gap_share_equally(partners: int) -> None:
    assert np.allclose(shapley_shares([3.0] * partners, 1.0), 1.0 / partners)


@pytest.mark.parametrize("partners", [12, 16, 40])
def test_many_partners_split_inside_the_core(partners: int) -> None:
    costs = [float(cost) for cost in np.random.default_rng(partners).lognormal(2.0, 2.0, partners)]
    shares = shapley_shares(costs, 0.76)
    assert shares.sum() == pytest.approx(1.0)
    assert (shares >= 0.0).all()
    received = shares * worth(costs, 0.76)
    for members in np.random.default_rng(1).integers(1, 1 << partners, 300).tolist():
        part = sum(received[i] for i in range(partners) if members & (1 << i))
        assert part >= worth(costs, 0.76, members) - 1e-10 * sum(costs)
    if partners <= MOST_EXACT:
        assert np.all(np.diff(shares[np.argsort(costs)]) >= -1e-12)  # who brings more gets no less
