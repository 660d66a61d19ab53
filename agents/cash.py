"""What a pound is worth to an agency that runs short, and what money that is bound costs it.

Without a settlement an agency takes it that the gap of today stays, and that as much again may go. A settlement tells it the
budgets of some years: what they bring it need not fear or hope for.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from totalplace.agents.budget import budget_at
from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def notice_quarters(w: World) -> int:
    """Quarters of notice that a partner gives."""
    return int(w.parameters.notice + 0.5)


@rule
def price_of_cash(w: World, stress: float) -> float:
    """Worth of a pound, against the base year, to an agency whose gap took the share ``stress`` of its planned and common spend.

    ``(1 - stress)^-cash_pressure``, the shadow price of cash: 1 without a gap, and rising with it. An exponent of
    ``1 + epsilon`` is what a pound does for outcomes where planned money has shrunk.
    """
    return max(w.parameters.least_left, 1.0 - stress) ** -w.parameters.cash_pressure


@rule
def run_settlement(w: World) -> None:
    """How many years of budgets agencies know in this quarter: what is left of the settlement in force.

    The first begins when the lever is set, the next, of the same length, where one ends.
    """
    clock = w.clock
    if w.levers.settlement_years != clock.settlement:
        clock.settlement, clock.settled = w.levers.settlement_years, clock.quarter
    length = int(4.0 * clock.settlement + 0.5)
    clock.known = length - (clock.quarter - clock.settled) % length if length > 0 else 0
    if clock.known > 0 and clock.quarter == clock.settled:
        for a in range(w.agencies.shape[0]):
            look_ahead(w, a)


@rule
def look_ahead(w: World, a: int) -> None:
    """What agency ``a`` reckons with over its horizon: the price of cash, and how fast it knows that it will lose money.

    ``price_ahead`` is the mean over the horizon of the price at ``stress - (budget then - budget now) / planned spend of the base
    year`` in the quarters that the settlement covers, and of the last of these from then on; demand is taken as it stands.
    ``known_loss`` is the rise of that stress a year.
    """
    agency, known = w.agencies[a], w.clock.known
    planned = agency.frontline_start + agency.common_start
    agency.price_ahead, agency.known_loss = agency.price, 0.0
    if known == 0 or planned <= 0.0:
        return
    quarters = 4.0 * w.parameters.horizon
    known = min(known, int(quarters))
    total, price, stress = 0.0, agency.price, agency.stress
    for q in range(1, known + 1):
        change = budget_at(w, a, w.clock.quarter + q) * agency.baseline - agency.budget
        stress = min(1.0, max(0.0, agency.stress - change / planned))
        price = price_of_cash(w, stress)
        total += price
    agency.price_ahead = (total + (quarters - known) * price) / quarters
    agency.known_loss = (stress - agency.stress) / (0.25 * known)


@rule
def outlook(w: World, a: int) -> float:
    """The price of cash that agency ``a`` reckons with over its horizon: that of today unless a settlement tells it more."""
    return w.agencies[a].price_ahead if w.clock.known > 0 else w.agencies[a].price


@rule
def opening(w: World, a: int) -> float:
    """Part of its planned and common spend that opens while pooled money of agency ``a`` is bound by notice.

    It must reckon with losing as large a part again of what is left over its horizon, ``s = stress / horizon`` times the years of
    notice. For the part ``k`` of the horizon that a settlement covers it is what it knows that it will lose a year:
    ``(k known^2 + (1 - k) s^2)^(1/2)`` of both, since the cost grows with the square.
    """
    agency, parameters, known = w.agencies[a], w.parameters, w.clock.known
    feared = agency.stress * 0.25 * notice_quarters(w) / parameters.horizon
    if known == 0:
        return feared
    told = max(0.0, agency.known_loss) * 0.25 * notice_quarters(w)
    covered = min(1.0, 0.25 * known / parameters.horizon)
    return math.sqrt(covered * told * told + (1.0 - covered) * feared * feared)


@rule
def lost_flexibility(w: World, a: int, trust: float) -> float:
    """What it costs agency ``a``, £ present value for a pound a year ceded, that it cannot cut this money freely.

    A part ``s`` of its spend opens while pooled money is bound (``opening``), and the rest must bear it. By the price of cash added
    up, cutting the part s off a budget costs ``cash_pressure price s^2 / 2`` of it beyond the pounds at their price; off the part
    ``1 - z`` alone ``z / (1 - z)`` times as much more, near ``z + z^2`` for small shares. Partners who trust each other let one
    another cut. Nothing without a gap.
    """
    parameters, opens = w.parameters, opening(w, a)
    return 0.5 * parameters.cash_pressure * outlook(w, a) * opens * opens * w.clock.annuity * (1.0 - trust)


@rule
def retreat(w: World, a: int, trust: float) -> float:
    """How far its gap makes agency ``a`` want its money back from a partner it has ``trust`` in.

    What a pound is worth over its horizon beyond its price in the base year; nothing without a gap or at full trust.
    """
    return (outlook(w, a) - 1.0) * (1.0 - trust)
