"""Measures over the places of a draw, of facts 13 to 15: how places differ and last, and what children in care come to cost.

Each takes an :class:`Observed` of N draws in P places and returns (N,), in the unit of its criterion.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from scipy.stats import rankdata

from totalplace.scenarios import places as all_places
from totalplace.scenarios.indicators import INDICATORS
from totalplace.scenarios.vocabulary import AGENCY_KINDS
from totalplace.sim.evidence.fact_runs import MANDATE, Observed
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.evidence.measuring import over, year_mean

_NHS: Final = AGENCY_KINDS.index("nhs")
_CHILDREN: Final = list(INDICATORS).index("looked_after_children")
#: Base year of the silo in which children in care are followed, and its quarters of 2021-22 and 2024-25. It starts in 2017-10, the
#: middle of 2017-18: the base is the mean of that year.
CHILDREN_YEAR: Final = "2017-18"
YEARS_LATER: Final = {4: slice(14, 18), 5: slice(18, 22), 6: slice(22, 26), 7: slice(26, 30)}


def brought(o: Observed, later: int) -> Floats:
    """NHS money in the pool over the money of social care by place (N, P), so many years after the mandate began.

    At the money of the base year on both sides: planned NHS money, by the share of it that is ceded.
    """
    year = slice(MANDATE + 4 * later, MANDATE + 4 * later + 4)
    nhs = np.array([place.spend[place.agency_kind == _NHS].sum() for place in o.places])
    care = np.array([place.social_care for place in o.places])
    return np.asarray(year_mean(o, "bcf", "ceded_nhs", year) / 100.0 * (nhs - o("bcf", "nhs_reactive")) / care)


def spread_over_places(o: Observed) -> Floats:
    """Fact 13: standard deviation over places, of the mean, of what the pool brings in 2019-20."""
    share = brought(o, 4)
    return over(share.std(axis=1, ddof=1), share.mean(axis=1)) if share.shape[1] > 1 else np.full(len(share), np.nan)


def correlation(first: Floats, second: Floats) -> Floats:
    """Correlation over places (N,) of two tables (N, P); NaN where one is the same everywhere."""
    a, b = (table - table.mean(axis=1, keepdims=True) for table in (first, second))
    return over((a * b).sum(axis=1), np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1)))


def year_to_year(o: Observed) -> Floats:
    """Fact 13: correlation over places of what the pool brings in 2018-19 and in 2019-20."""
    return correlation(brought(o, 3), brought(o, 4))


def rank_with_size(o: Observed) -> Floats:
    """Fact 13: rank correlation over places of what the pool brings with population."""
    share = rankdata(brought(o, 4), axis=1)
    people = rankdata([place.population for place in o.places])
    return correlation(share, np.broadcast_to(people, share.shape))


def children_by_place(o: Observed, later: int) -> tuple[Floats, Floats]:
    """Children in care and real spend on them by place, against 2017-18, so many years later: two tables (N, P).

    Numbers grow with need, which the metric follows, and with demand and looked-after care at constant outcomes, which it leaves
    out. Spend follows by the rule of reactive spend: with need by its elasticity, in line with growth at constant outcomes, and
    with the drift of unit cost.
    """
    base = np.array([all_places.load(place.code, CHILDREN_YEAR).indicator_base[_CHILDREN] for place in o.places])
    need = year_mean(o, "silo_2017", "looked_after_children", YEARS_LATER[later]) / base
    elasticity, growth, more, drift = (
        o.parameter(n)[:, None] for n in ("reactive_elasticity", "demand_growth", "looked_after_growth", "unit_cost_drift")
    )
    grown = ((1.0 + growth) * (1.0 + more)) ** later
    return need * grown, need**elasticity * grown * (1.0 + drift) ** later


def _children(o: Observed, later: int) -> tuple[Floats, Floats]:
    """Numbers and spend over all places, against 2017-18: two of (N,)."""
    base = np.array([all_places.load(place.code, CHILDREN_YEAR).indicator_base[_CHILDREN] for place in o.places])
    numbers, spend = children_by_place(o, later)
    return np.asarray(np.average(numbers, axis=1, weights=base)), np.asarray(np.average(spend, axis=1, weights=base))


def children_numbers(o: Observed) -> Floats:
    """Fact 14: growth of the number of children in care from 2017-18 to 2021-22, in %."""
    return 100.0 * (_children(o, 4)[0] - 1.0)


def children_unit_cost(o: Observed) -> Floats:
    """Fact 14: real growth of spend for each of them to 2021-22, in %."""
    numbers, spend = _children(o, 4)
    return 100.0 * (spend / numbers - 1.0)


def children_elasticity(o: Observed) -> Floats:
    """Fact 14: elasticity of spend to numbers, which is that of the rule."""
    return o.parameter("reactive_elasticity")


def children_numbers_end(o: Observed) -> Floats:
    """Fact 14: the number of children in care in 2024-25 against 2017-18."""
    return _children(o, 7)[0]


def children_unit_cost_end(o: Observed) -> Floats:
    """Fact 14: real spend for each of them in 2024-25 against 2017-18."""
    numbers, spend = _children(o, 7)
    return spend / numbers


def children_spend_end(o: Observed) -> Floats:
    """Fact 14: real spend on them in 2024-25 against 2017-18."""
    return _children(o, 7)[1]


def _council_share(o: Observed, year: str) -> Floats:
    """Council services of all public money of every place of a year, in %, the same in all draws: it is data."""
    found = [all_places.load(name.code, year) for name in all_places.names(year)]
    share = 100.0 * sum(place.council_direct for place in found) / sum(place.total for place in found)
    return np.full(len(o.parameters), share)


def council_share_then(o: Observed) -> Floats:
    """Fact 15: council services of all public money in 2010-11."""
    return _council_share(o, "2010-11")


def council_share_now(o: Observed) -> Floats:
    """Fact 15: the same in 2024-25."""
    return _council_share(o, "2024-25")


BY_PLACE: Final[tuple[Callable[[Observed], Floats], ...]] = (
    spread_over_places, year_to_year, rank_with_size, children_numbers, children_unit_cost, children_elasticity,
    children_numbers_end, children_unit_cost_end, children_spend_end, council_share_then, council_share_now,
)
