"""Duplication as the subadditivity gap of a cost game.

Common functions of volume v cost v^eta. Run apart, partners spend the sum of their costs ``c``; run once they would spend
``(sum c^(1/eta))^eta``. The gap is never negative, zero for one partner or ``eta = 1``, and grows with each partner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents import draws
from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.rows import Numbers

#: Technical: partners up to which the Shapley value is worked out over all coalitions: 2^10 of them.
MOST_EXACT: Final = 10
#: Technical: a saving below this part of the cost is what rounding leaves of nothing.
ROUNDING: Final = 1e-12
#: Technical: coalitions on which the value is estimated where there are more partners.
SAMPLES: Final = 512


@rule
def power_volume(cost: float, eta: float) -> float:
    """The volume of common functions that costs ``cost`` (£m a year): ``cost^(1/eta)``; zero for no cost."""
    if cost <= 0.0:
        return 0.0
    return cost ** (1.0 / eta)


@rule
def joint_cost(volume: float, eta: float) -> float:
    """What one organisation spends (£m a year) on a volume of common functions: ``volume^eta``."""
    if volume <= 0.0:
        return 0.0
    return volume**eta


@rule
def gap(apart: float, volume: float, eta: float) -> float:
    """What running common functions once would save (£m a year), before the overlap of clients; never negative, nothing for one."""
    saved = apart - joint_cost(volume, eta)
    return saved if saved > ROUNDING * apart else 0.0


@rule
def coalition_worth(costs: Numbers, n: int, members: int, eta: float) -> float:
    """The gap of the coalition whose partners are the bits of ``members``, for ``costs`` (at least n,) £m a year."""
    apart, volume = 0.0, 0.0
    for i in range(n):
        if members & (1 << i):
            apart += costs[i]
            volume += power_volume(costs[i], eta)
    return gap(apart, volume, eta)


@rule
def shapley(costs: Numbers, keys: Numbers, n: int, eta: float, value: Numbers) -> None:
    """Write each partner's Shapley share (they add to one) of the gap to ``value`` (at least n,).

    ``costs`` (at least n,) are £m a year, ``keys`` tell the partners apart in draws. Up to ``MOST_EXACT`` partners the exact
    value over all coalitions (Shapley 1953), beyond an estimate. Partners without a gap between them share equally.
    """
    if n > MOST_EXACT:
        sampled_shapley(costs, keys, n, eta, value)
        return
    total = 0.0
    for i in range(n):
        value[i] = 0.0
    for members in range(1 << n):
        worth = coalition_worth(costs, n, members, eta)
        size = 0
        for i in range(n):
            size += 1 if members & (1 << i) else 0
        ways = 1.0  # coalitions of this size, over those of one partner less: weights of Shapley's average
        for i in range(size):
            ways = ways * (n - i) / (i + 1)
        for i in range(n):
            if members & (1 << i):
                value[i] += worth / (ways * size)
            elif size < n:
                value[i] -= worth / (ways * (n - size))
    for i in range(n):
        total += value[i]
    for i in range(n):
        value[i] = value[i] / total if total > 0.0 else 1.0 / n


@rule
def sampled_shapley(costs: Numbers, keys: Numbers, n: int, eta: float, value: Numbers) -> None:
    """Write the Shapley shares (they add to one) estimated on ``SAMPLES`` coalitions that are the same in every run.

    Who is in a coalition is drawn by the partner's key (at least n,), so that the order of partners does not matter.

    A partner's value is its mean contribution to a coalition that each other partner joins with probability t, over t
    in (0, 1) (Owen 1972, *Multilinear extensions of games*).
    """
    total = 0.0
    for i in range(n):
        value[i] = 0.0
    for s in range(SAMPLES):
        chance = (s + 0.5) / SAMPLES
        apart, volume = 0.0, 0.0
        for i in range(n):
            if draws.uniform(0, draws.COALITION, s, int(keys[i]), 0) < chance:
                apart += costs[i]
                volume += power_volume(costs[i], eta)
        for i in range(n):
            own = power_volume(costs[i], eta)
            if draws.uniform(0, draws.COALITION, s, int(keys[i]), 0) < chance:
                value[i] += gap(apart, volume, eta) - gap(apart - costs[i], max(0.0, volume - own), eta)
            else:
                value[i] += gap(apart + costs[i], volume + own, eta) - gap(apart, volume, eta)
    for i in range(n):
        value[i] = max(0.0, value[i])
        total += value[i]
    for i in range(n):
        value[i] = value[i] / total if total > 0.0 else 1.0 / n
