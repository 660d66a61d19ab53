"""Duplication as the subadditivity gap of a cost game.

Common functions of volume v cost v^eta. Run apart, partners spend the sum of their costs ``c``; run once they would spend
``(sum c^(1/eta))^eta``. The gap is never negative, zero for one partner or ``eta = 1``, and grows with each partner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents import draws
from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.rows import Numbers, ShareRow

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
def volume_at(share: ShareRow, ceded: float, eta: float) -> float:
    """The volume of common functions, of all that the agency has in the theme, at a ceded share: ``ceded^(1/eta)``.

    The last one is kept with the row: what is ceded stays for many quarters and is asked for several times in each.
    """
    if ceded != share.powered:
        share.powered, share.power = ceded, power_volume(ceded, eta)
    return share.power


@rule
def gap(apart: float, volume: float, eta: float) -> float:
    """What running common functions once would save (£m a year), before the overlap of clients; never negative, nothing for one."""
    saved = apart - joint_cost(volume, eta)
    return saved if saved > ROUNDING * apart else 0.0


@rule
def shapley(costs: Numbers, rows: Numbers, n: int, eta: float, value: Numbers, own: Numbers, joins: Numbers) -> None:
    """Write each partner's Shapley share (they add to one) of the gap to ``value`` (at least n,).

    ``costs`` (at least n,) are £m a year. Up to ``MOST_EXACT`` partners the exact value over all coalitions (Shapley 1953), beyond
    an estimate, for which ``joins`` holds draws of the partners in its ``rows`` (at least n,); see :func:`sampled_shapley`. ``own``
    (at least n,) is room to work in. Partners without a gap between them share equally.
    """
    total = 0.0
    for i in range(n):
        value[i] = 0.0
        own[i] = power_volume(costs[i], eta)
    if n > MOST_EXACT:
        sampled_shapley(costs, rows, n, eta, value, own, joins)
    else:
        exact_shapley(costs, n, eta, value, own)
    for i in range(n):
        total += value[i]
    for i in range(n):
        value[i] = value[i] / total if total > 0.0 else 1.0 / n


@rule
def exact_shapley(costs: Numbers, n: int, eta: float, value: Numbers, own: Numbers) -> None:
    """Add each partner's Shapley value (Shapley 1953) to ``value``; ``own`` (at least n,) are the volumes of ``costs``."""
    for members in range(1 << n):
        apart, volume, size = 0.0, 0.0, 0
        for i in range(n):
            if members & (1 << i):
                apart += costs[i]
                volume += own[i]
                size += 1
        worth = gap(apart, volume, eta)
        ways = 1.0  # coalitions of this size, over those of one partner less: weights of Shapley's average
        for i in range(size):
            ways = ways * (n - i) / (i + 1)
        for i in range(n):
            if members & (1 << i):
                value[i] += worth / (ways * size)
            elif size < n:
                value[i] -= worth / (ways * (n - size))


@rule
def sampled_shapley(costs: Numbers, rows: Numbers, n: int, eta: float, value: Numbers, own: Numbers, joins: Numbers) -> None:
    """Add to ``value`` each partner's mean contribution to ``SAMPLES`` coalitions that are the same in every run.

    The others join with probability t, over t in (0, 1) (Owen 1972, *Multilinear extensions of games*); who does is drawn by the
    partner's key (:func:`draw_coalitions`), so that the order of partners does not matter.
    """
    for s in range(SAMPLES):
        chance = (s + 0.5) / SAMPLES
        apart, volume = 0.0, 0.0
        for i in range(n):
            if joins[int(rows[i]), s] < chance:
                apart += costs[i]
                volume += own[i]
        here = gap(apart, volume, eta)
        for i in range(n):
            if joins[int(rows[i]), s] < chance:
                value[i] += here - gap(apart - costs[i], max(0.0, volume - own[i]), eta)
            else:
                value[i] += gap(apart + costs[i], volume + own[i], eta) - here
    for i in range(n):
        value[i] = max(0.0, value[i])


@rule
def draw_coalitions(joins: Numbers, row: int, key: int) -> None:
    """Draw, for the partner with a key, the numbers (0-1) by which it joins coalitions, unless its row holds them already."""
    if joins[row, 0] >= 0.0:
        return
    for s in range(SAMPLES):
        joins[row, s] = draws.uniform(0, draws.COALITION, s, key, 0)
