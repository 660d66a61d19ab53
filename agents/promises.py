"""What is promised, and who believes it: a political claim, a business case and a budget target are three promises.

The *business case* of a plan promises a multiple of what it can deliver; the *political claim* made for it is a multiple of the
case; the *budget target*, which finance officers take out of budgets in advance, is a part of it. Agencies count on the part of a
case that the record lets them expect: their own, and that of the agencies they are linked with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.rows import ShareRow
    from totalplace.agents.world import World


@rule
def fallen_due(w: World, share: ShareRow) -> float:
    """The part of the promised saving of a ``share`` that has fallen due, £m a year: in line with time over ``promise_ramp``."""
    return share.promised * min(1.0, share.live / w.parameters.promise_ramp)


@rule
def delivered_on(share: ShareRow) -> float:
    """What a ``share`` has had of the saving that was promised, £m a year: nobody promised anything for what a single pot takes."""
    return share.delivered * (1.0 - min(1.0, share.single_pot / share.ceded)) if share.ceded > 0.0 else 0.0


@rule
def believed(w: World, a: int) -> float:
    """What agency ``a`` expects of a plan, as a multiple of what the plan can deliver: its belief times the inflation of cases."""
    return w.agencies[a].belief * w.parameters.business_case


@rule
def kept_word(w: World, expected: float, delivered: float) -> float:
    """Trust (a year) that delivery wins or loses: what was ``expected`` against what was ``delivered``, both £m a year.

    ``trust_gain min(1 + surprise_bound, x) - trust_loss max(0, 1 - x)`` with ``x = delivered / expected``: it never falls with
    delivery, and a kept promise raises trust.
    """
    kept = min(1.0 + w.parameters.surprise_bound, delivered / expected) if expected > 0.0 else 1.0
    return w.parameters.trust_gain * kept - w.parameters.trust_loss * max(0.0, 1.0 - kept)


@rule
def note_record(w: World, a: int) -> None:
    """Agency ``a`` adds up what fell due of the promises made to it, and what it had of them, over all its pools."""
    agency = w.agencies[a]
    agency.due, agency.delivered = 0.0, 0.0
    for j in range(w.themes.shape[0]):
        share = w.shares[a, j]
        if share.ceded > 0.0:
            agency.due += fallen_due(w, share)
            agency.delivered += delivered_on(share)


@rule
def weigh_record(w: World, a: int) -> None:
    """Agency ``a`` moves its belief in business cases towards the record: delivered over promised, at most 1.

    In a year it closes ``record_learning`` of the gap to its own record, in a quarter ``reputation_spread`` of that to the
    record, by money, of the agencies that it is linked with.
    """
    agency, parameters = w.agencies[a], w.parameters
    if agency.due > 0.0:
        own = min(1.0, agency.delivered / agency.due)
        agency.belief += (1.0 - (1.0 - parameters.record_learning) ** 0.25) * (own - agency.belief)
    due, delivered = 0.0, 0.0
    for b in range(w.agencies.shape[0]):
        if w.links[a, b] > 0.0:
            due += w.agencies[b].due
            delivered += w.agencies[b].delivered
    if due > 0.0:
        agency.belief += parameters.reputation_spread * (min(1.0, delivered / due) - agency.belief)
