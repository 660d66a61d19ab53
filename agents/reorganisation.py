"""Bodies that change: fewer officers, mergers, other governors, reorganisation.

The levers say how bodies of a kind differ from the base year, from the start or from a date on. What an agency holds in pools, and
what it has agreed, passes to the body that comes after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents import draws
from totalplace.agents.bodies import capacity
from totalplace.agents.commissioner import new_commissioner
from totalplace.agents.compiled import rule
from totalplace.agents.duplication import power_volume
from totalplace.agents.joint_pot import hosts
from totalplace.agents.leadership import new_leader
from totalplace.agents.share import agreement_cost

if TYPE_CHECKING:
    from totalplace.agents.rows import AgencyRow
    from totalplace.agents.world import World

#: Technical: addresses of draws about ties that a change of bodies may break; those about leaders who leave lie below.
REMADE: Final = 2000
#: Technical: draws about links with agencies follow those about ties with commissioners.
REMADE_LINKS: Final = 3000


@rule
def reshape(w: World) -> None:
    """Bodies that are not as the levers have them take that shape, and those that changed before go on with it."""
    levers = w.levers
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        kind = agency.kind
        changed = levers.commissioning_capacity[kind] != agency.officers or levers.merger[kind] != agency.merged
        changed = changed or levers.shared_governance[kind] != agency.governed or levers.reorganisation[kind] != agency.made_anew
        if changed or agency.paying > 0 or agency.closed > 0:
            take_shape(w, a)


@rule
def take_shape(w: World, a: int) -> None:
    """The body of agency ``a`` is as the levers of its kind have it from this quarter on; a change costs money and acquaintance.

    Officers who go, or whose office moves to other governors or into a merged body, cost ``severance`` years of what they cost; a
    body made anew costs ``reorganisation_cost`` of its base-year budget.
    """
    agency, levers, parameters, kind = w.agencies[a], w.levers, w.parameters, w.agencies[a].kind
    if agency.paying > 0 or agency.closed > 0:
        pass_time(agency)
    officers, merged = levers.commissioning_capacity[kind], levers.merger[kind]
    governed, anew = levers.shared_governance[kind], levers.reorganisation[kind]
    if officers == agency.officers and merged == agency.merged and governed == agency.governed and anew == agency.made_anew:
        return
    moved = max(0.0, agency.officers - officers) + abs(governed - agency.governed) + max(0.0, 1.0 - agency.merged / merged)
    cost = parameters.severance * office(w, a) * moved
    if anew > agency.made_anew:
        cost += parameters.reorganisation_cost * agency.baseline
        agency.closed = spell(w)
    if anew > agency.made_anew or merged != agency.merged:
        start_again(w, a, parameters.reorganised_trust, parameters.reorganised_ties)
    elif governed != agency.governed:
        start_again(w, a, parameters.turnover_trust_loss, parameters.turnover_tie_loss)
    owe(w, a, cost)
    if officers != agency.officers:
        release(w, a, office(w, a) * (1.0 - officers))
    agency.officers, agency.merged, agency.governed, agency.made_anew = officers, merged, governed, anew
    agency.capacity = capacity(w, a)
    for j in range(w.themes.shape[0]):
        w.shares[a, j].agreement = agreement_cost(w, w.shares[a, j], agency.capacity)


@rule
def office(w: World, a: int) -> float:
    """What the officers for joint work of agency ``a`` cost in the base year, £m a year: a part of its common functions."""
    agency = w.agencies[a]
    return min(w.parameters.running_cost * (agency.baseline + agency.released), agency.common_start + agency.released)


@rule
def release(w: World, a: int, released: float) -> None:
    """Agency ``a`` has ``released`` (£m a year) less for officers than in the base year, and as much less budget, for its payers.

    Its common functions shrink by that in every theme alike; frontline and reactive spend stay, and no gap opens.
    """
    agency, more = w.agencies[a], released - w.agencies[a].released
    if agency.common_start <= 0.0:
        return
    left = 1.0 - more / agency.common_start
    for j in range(w.themes.shape[0]):
        share = w.shares[a, j]
        w.themes[j].common_start -= (1.0 - left) * share.common_start
        share.common_start *= left
        share.volume_start = power_volume(share.common_start, w.parameters.eta)
    agency.released = released
    agency.common_start -= more
    agency.baseline -= more
    w.clock.planned_start -= more


@rule
def spell(w: World) -> int:
    """Quarters for which a body made anew is busy with itself, and over which a change is paid for."""
    return max(1, int(w.parameters.reorganisation_time + 0.5))


@rule
def pass_time(agency: AgencyRow) -> None:
    """A quarter more since the agency's body changed: what that cost is paid in the end, and a body made anew opens again."""
    if agency.closed > 0:
        agency.closed -= 1
    if agency.paying > 0:
        agency.paying -= 1
        if agency.paying == 0:
            agency.one_off = 0.0


@rule
def owe(w: World, a: int, cost: float) -> None:
    """Agency ``a`` has ``cost`` (£m) more to pay for a change of its body, evenly over ``reorganisation_time`` from now on."""
    agency, quarters = w.agencies[a], spell(w)
    agency.one_off = (agency.one_off * agency.paying + 4.0 * cost) / quarters
    agency.paying = quarters


@rule
def start_again(w: World, a: int, lost: float, parting: float) -> None:
    """Agency ``a`` has a new leader; trust in it and of it goes the part ``lost`` of the way back to first trust.

    Each tie without pooled money, and each link, breaks with the chance ``parting``. A commissioner that sits in it changes too.
    """
    agency, clock = w.agencies[a], w.clock
    agency.leadership = new_leader(w, a, clock.quarter + 1)
    for c in range(w.commissioners.shape[0]):
        tie = w.ties[a, c]
        drawn = draws.uniform(clock.seed, draws.BREAK, clock.quarter, agency.key, REMADE + w.commissioners[c].key)
        if hosts(w, a, c):
            w.commissioners[c].leadership = new_commissioner(w, c, clock.quarter + 1)
            for b in range(w.agencies.shape[0]):
                w.ties[b, c].trust += lost * (w.ties[b, c].trust_start - w.ties[b, c].trust)
            continue
        tie.trust += lost * (tie.trust_start - tie.trust)
        if tie.money <= 0.0 and drawn < parting:
            tie.tied = 0
    for b in range(w.agencies.shape[0]):
        drawn = draws.uniform(clock.seed, draws.BREAK, clock.quarter, agency.key, REMADE_LINKS + w.agencies[b].key)
        if b != a and drawn < parting:
            w.links[a, b], w.links[b, a] = 0.0, 0.0
