"""Duplication as the subadditivity gap of a cost game.

Common functions of volume v cost v^eta. Run apart, partners spend the sum of their costs ``c``; run once they would spend
``(sum c^(1/eta))^eta``. The gap is never negative, zero for one partner or ``eta = 1``, and grows with each partner.
"""

from __future__ import annotations

import numpy as np

from agents.compiled import rule


@rule
def power_volume(cost, eta):  # type: ignore[no-untyped-def]
    """The volume of common functions that costs ``cost`` (£m a year): ``cost^(1/eta)``; zero for no cost."""
    if cost <= 0.0:
        return 0.0
    return cost ** (1.0 / eta)


@rule
def joint_cost(volume, eta):  # type: ignore[no-untyped-def]
    """What one organisation spends (£m a year) on a volume of common functions: ``volume^eta``."""
    if volume <= 0.0:
        return 0.0
    return volume**eta


@rule
def gap(apart, volume, eta):  # type: ignore[no-untyped-def]
    """What running common functions once would save (£m a year), before the overlap of clients; never negative."""
    return max(0.0, apart - joint_cost(volume, eta))


@rule
def shapley(costs, eta):  # type: ignore[no-untyped-def]
    """Each partner's Shapley share (adds to one) of the gap, for ``costs`` (n,) £m a year, n at most 14.

    The exact value over all coalitions (Shapley 1953). Partners with no gap between them share equally.
    """
    n = costs.shape[0]
    coalitions = 1 << n
    worth = np.zeros(coalitions)
    for members in range(1, coalitions):
        apart, volume = 0.0, 0.0
        for i in range(n):
            if members & (1 << i):
                apart += costs[i]
                volume += power_volume(costs[i], eta)
        worth[members] = gap(apart, volume, eta)
    weight = np.ones(n)  # weight[s]: probability that s given others come before a partner
    for size in range(n):
        ways = 1.0
        for i in range(size):
            ways = ways * (n - 1 - i) / (i + 1)
        weight[size] = 1.0 / (n * ways)
    value = np.zeros(n)
    for members in range(coalitions):
        size = 0
        for i in range(n):
            if members & (1 << i):
                size += 1
        for i in range(n):
            if not members & (1 << i):
                value[i] += weight[size] * (worth[members | (1 << i)] - worth[members])
    total = value.sum()
    if total <= 0.0:
        return np.full(n, 1.0 / n)
    return value / total
