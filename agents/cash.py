"""What a pound is worth to an agency that runs short, and what money that is bound costs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
def lost_flexibility(w: World, a: int, trust: float) -> float:
    """What it costs agency ``a``, £ present value for a pound a year ceded, that it cannot cut this money freely.

    It must reckon with losing as large a part again of what is left over its horizon, so that the part ``s = stress / horizon``
    times the years of notice opens while pooled money is bound, and the rest must bear it. By the price of cash added up, cutting
    the part s off a budget costs ``cash_pressure price s^2 / 2`` of it beyond the pounds at their price; off the part ``1 - z``
    alone ``z / (1 - z)`` times as much more, near ``z + z^2`` for small shares. Partners who trust each other let one another cut.
    Nothing without a gap.
    """
    agency, parameters = w.agencies[a], w.parameters
    opening = agency.stress * 0.25 * notice_quarters(w) / parameters.horizon
    return 0.5 * parameters.cash_pressure * agency.price * opening * opening * w.clock.annuity * (1.0 - trust)


@rule
def retreat(w: World, a: int, trust: float) -> float:
    """How far its gap makes agency ``a`` want its money back from a partner it has ``trust`` in.

    What a pound is worth beyond its price in the base year; nothing without a gap or at full trust.
    """
    return (w.agencies[a].price - 1.0) * (1.0 - trust)
