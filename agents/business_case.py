"""The business case of a joint commission."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.avoidance import demand_to_avoid
from totalplace.agents.compiled import rule
from totalplace.agents.duplication import gap, joint_cost, volume_at
from totalplace.agents.horizon import ramp
from totalplace.agents.joint_commission import overlap_share

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def count_partners(w: World, j: int) -> tuple[int, int]:
    """Partners in the plan for theme ``j``, and how many of them agreed to more in this negotiation."""
    partners, parties = 0, 0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        after = share.bargained if share.party == 1 else max(share.ceded, share.agreed)
        partners += 1 if after > 0.0 else 0
        parties += share.party
    return partners, parties


@rule
def write_case(w: World, c: int, j: int) -> None:
    """The business case of the plan, which counts what pilots counted, over the horizon.

    Benefit: duplication to be removed and demand avoided, ``business_case`` times as much as can be delivered. Cost: change,
    agreements, and the part of what it promises to save that it means to spend on new services. Where nobody agreed it is nought.
    """
    theme, eta = w.themes[j], w.parameters.eta
    theme.plan_partners, parties = count_partners(w, j)
    if parties == 0:
        theme.plan_saving, theme.plan_benefit, theme.plan_cost = 0.0, 0.0, 0.0
        return
    apart, volume, apart_before, volume_before, pooled, agreements = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        before = max(share.ceded, share.agreed)
        after = share.bargained if share.party == 1 else before
        apart_before += before * share.common
        unit = w.agencies[a].volume * share.volume_start
        power = volume_at(share, before, eta)
        volume_before += power * unit
        apart += after * share.common
        volume += (w.appraisals[a, j].power if share.party == 1 else power) * unit  # who agrees has itemised what it agrees to
        if share.party == 1:
            agreements += share.agreement if before <= 0.0 else 0.0
            pooled += (share.frontline + share.common + share.benefits) * (after - before)
    saved = gap(apart, volume, eta) - (apart_before - joint_cost(volume_before, eta))
    theme.plan_saving = overlap_share(w, j) * max(0.0, saved)
    years, case = w.clock.annuity, w.parameters.business_case
    live = years * ramp(w, c, max(2, theme.plan_partners))
    spent = w.levers.reinvested_share
    if theme.fenced > 0.0:
        spent += (1.0 - spent) * theme.fenced
    again = spent * theme.plan_saving * live
    theme.plan_benefit = case * (theme.plan_saving * live + demand_to_avoid(w, j, pooled * live, again))
    theme.plan_cost = w.parameters.transition_years * theme.plan_saving + agreements * years + case * again
