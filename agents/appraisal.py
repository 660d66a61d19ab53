"""What a share is worth to an agency: a sum of named parts in £m present value, each kept so that a refusal can be explained."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.avoidance import driven_demand, gain_of_pooling, gain_of_spending
from totalplace.agents.bodies import shared_with_host
from totalplace.agents.cash import lost_flexibility, outlook
from totalplace.agents.columns import number, table
from totalplace.agents.commissioner import persuasion
from totalplace.agents.compiled import rule
from totalplace.agents.duplication import gap, power_volume, volume_at
from totalplace.agents.joint_commission import EQUAL, NASH, SHAPLEY, overlap_share
from totalplace.agents.joint_pot import hosts, nobodys_own, set_up_cost
from totalplace.agents.leadership import led
from totalplace.agents.place_effects import averse
from totalplace.agents.promises import believed
from totalplace.agents.stance import heeded_beyond, vertical

if TYPE_CHECKING:
    from totalplace.agents.rows import AppraisalRow
    from totalplace.agents.world import World

#: The parts of an appraisal, in the order of the record of negotiations.
PARTS: Final = (
    "saving", "avoided_demand", "mission", "voice", "encouragement", "control", "accountability", "transaction",
    "transition",
)
(SAVING, AVOIDED, MISSION, VOICE, ENCOURAGEMENT, CONTROL, ACCOUNTABILITY, TRANSACTION, TRANSITION) = range(len(PARTS))

APPRAISALS: Final = table(
    "appraisals",
    "what an agency weighs about a theme in the negotiation under way",
    number("before", "share", "share ceded before"),
    number("lost", "share", "share that is lost to statute whatever is agreed"),
    number("apart_others", "£m a year", "common functions that the others are expected to pool"),
    number("volume_others", "volume", "their volume"),
    number("unit_volume", "volume", "volume of the agency's own common functions"),
    number("saving_rate", "£ present value a £ a year", "worth of what comes back of a pound of duplication removed"),
    number("avoided_rate", "£ present value a £ a year", "worth of the demand avoided by what is reinvested of it"),
    number("mission_rate", "£ present value a £ a year", "worth of the outcomes of what is reinvested of it"),
    number("freed_rate", "£ present value a £ a year", "worth of a pound of duplication removed, all in all"),
    number("transition_rate", "£ present value a £ a year", "cost of change for a pound of duplication to be removed"),
    number("transition_limit", "£m present value", "most that it would pay for change at a full share"),
    number("saving_before", "£m a year", "part of the duplication that would be its own without a new deal"),
    number("full_saving", "£m a year", "what a full share would add to that part"),
    number("linear", "£m present value", "parts that grow in line with the share", len(PARTS)),
    number("along", "£m present value", "their sum"),
    number("quadratic", "£m present value", "loss of control at a full share"),
    number("flexibility", "£m present value", "cost of money that cannot be cut freely: a full share costs twice as much"),
    number("fixed", "£m present value", "transaction cost"),
    number("parts", "£m present value", "the parts at the share last itemised", len(PARTS)),
    number("powered", "share", "the share last itemised"),
    number("power", "volume", "volume of common functions at that share, of all that the agency has in the theme"),
)

#: What can decide a refusal: a part of the appraisal, or that the agency's department does not consent.
REASONS: Final = (*PARTS, "consent")
CONSENT: Final = len(PARTS)


@rule
def appraise(w: World, a: int, c: int, j: int) -> None:
    """Agency ``a`` works out what it thinks of ceding more of theme ``j`` to commissioner ``c``.

    Its ideal share is where the sum of the parts is largest, its limit the largest share at which the sum is not negative; both are
    read off a grid, finer at small shares, from the largest down: a smaller share saves no more than the one above it, so that most
    need not be worked out. What no saving of a full share makes worth it is passed over.
    """
    share = w.shares[a, j]
    consider(w, a, c, j)
    appraisal, grid = w.appraisals[a, j], w.grid
    share.ideal, share.limit = appraisal.before, appraisal.before
    if most_gain(w, a, j) < appraisal.fixed:
        return
    best, most, above, value_above = 0.0, max(0.0, appraisal.full_saving), -1, 0.0
    full = grid.shape[0] - 1
    for step in range(grid.shape[0]):
        g = full - step
        z = grid[g, 0]
        if z <= appraisal.before:
            break
        if gain(appraisal, z, most) < best:
            continue
        most = saving_at(w, a, j, g) if g < full else appraisal.full_saving
        value = worth(appraisal, z, most)
        if value >= 0.0 and share.limit == appraisal.before:
            share.limit = z
            if value > 0.0 and g < full:
                if above != g + 1:
                    value_above = worth(appraisal, grid[g + 1, 0], saving_at(w, a, j, g + 1))
                share.limit += (grid[g + 1, 0] - z) * value / (value - value_above)
        if value > 0.0 and value >= best:
            share.ideal, best = z, value
        above, value_above = g, value


@rule
def saving_at(w: World, a: int, j: int, g: int) -> float:
    """What the share at row ``g`` of the grid would save agency ``a`` beyond what it saves now, £m a year."""
    return own_saving(w, a, j, w.grid[g, 0], w.grid[g, 1]) - w.appraisals[a, j].saving_before


@rule
def consider(w: World, a: int, c: int, j: int) -> None:
    """Work out the coefficients of agency ``a``'s appraisal of theme ``j``: all that does not depend on the share."""
    agency, share, theme, parameters = w.agencies[a], w.shares[a, j], w.themes[j], w.parameters
    appraisal, tie = w.appraisals[a, j], w.ties[a, c]
    eta = parameters.eta
    appraisal.before = max(share.ceded, share.agreed)
    appraisal.lost = parameters.statutory_loss * share.floor
    appraisal.apart_others = max(0.0, theme.plan_apart - share.plan * share.common)
    appraisal.volume_others = max(0.0, theme.plan_volume - share.plan_volume)
    appraisal.unit_volume = agency.volume * share.volume_start
    money = share.frontline + share.common
    years = w.clock.annuity
    realised = theme.progress_expected
    trust, leadership = tie.trust, 0.5 * (persuasion(w, c) + led(w, agency.leadership))
    by_outcome = w.board.outcome_payment
    freed, price = believed(w, a) * realised * years, outlook(w, a)
    returned = (1.0 - w.levers.reinvested_share) * (1.0 - by_outcome * (1.0 - parameters.expected_redesign * trust))
    returned *= 1.0 - theme.fenced
    appraisal.saving_rate = freed * returned * (1.0 - w.levers.clawback[agency.department]) * price
    own_cost = price * (1.0 - w.clock.change_funded)
    appraisal.transition_rate = parameters.transition_years * theme.done_expected * own_cost
    appraisal.transition_limit = parameters.transition_willingness * money * years * own_cost
    outcome_gain(w, a, j, (money + share.benefits) * years * realised, freed * (1.0 - returned))
    appraisal.linear[AVOIDED] *= trust * price
    appraisal.linear[MISSION] *= 1.0 + by_outcome
    appraisal.avoided_rate *= price
    appraisal.mission_rate *= 1.0 + by_outcome
    appraisal.freed_rate = appraisal.saving_rate + appraisal.avoided_rate + appraisal.mission_rate
    appraisal.linear[VOICE] = parameters.voice_value * agency.accountability * agency.dissatisfaction * money * years
    appraisal.linear[ENCOURAGEMENT] = parameters.encouragement_value * heeded_beyond(w, a, j) * money * years
    appraisal.linear[ACCOUNTABILITY] = -vertical(w, a) * money * years
    linear = appraisal.linear
    appraisal.along = linear[AVOIDED] + linear[MISSION] + linear[VOICE] + linear[ENCOURAGEMENT] + linear[ACCOUNTABILITY]
    appraisal.quadratic = aversion_to(w, a, c, trust, leadership) * (money + share.benefits) * years
    appraisal.flexibility = lost_flexibility(w, a, trust) * money
    effort = share.agreement * (1.0 - parameters.trust_effort * trust)
    effort *= years * (parameters.deepening_cost if appraisal.before > 0.0 else 1.0)
    appraisal.fixed = price * (effort + set_up_cost(w, share))
    appraisal.saving_before = own_saving(w, a, j, appraisal.before, volume_at(share, appraisal.before, eta))
    appraisal.full_saving = own_saving(w, a, j, 1.0, 1.0) - appraisal.saving_before


@rule
def aversion_to(w: World, a: int, c: int, trust: float, leadership: float) -> float:
    """What losing control over a pound a year to commissioner ``c`` costs agency ``a`` at a full share, £ a year.

    Less where the commissioner sits in the agency itself, and as far as it sits where the agency's governors sit.
    """
    parameters = w.parameters
    aversion = parameters.control_value * parameters.control_aversion * averse(w, a)
    aversion *= (1.0 - trust) * (1.0 - parameters.leader_reassurance * leadership)
    if hosts(w, a, c):
        aversion *= parameters.host_control + (1.0 - parameters.host_control) * nobodys_own(w)
    elif shared_with_host(w, a, c) > 0.0:
        own = parameters.host_control + (1.0 - parameters.host_control) * nobodys_own(w)
        aversion *= 1.0 - shared_with_host(w, a, c) * (1.0 - own)
    return aversion


@rule
def outcome_gain(w: World, a: int, j: int, pooled: float, again: float) -> None:
    """Reactive demand avoided and mission: what pooling does to outcomes, and what savings do that are spent again on the theme.

    The first in £m for a full share, by ``pooled`` (£m present value) of money; the second in £ for a pound a year of duplication
    removed, of which ``again`` (£ present value) is spent again.
    """
    agency, theme, appraisal = w.agencies[a], w.themes[j], w.appraisals[a, j]
    mission = 0.0
    for o in range(agency.remit.shape[0]):
        mission += agency.remit[o] * theme.effect[o]
    demand, mission = driven_demand(w, a, j), w.parameters.mission_value * theme.money * mission
    by_pooling, by_spending = gain_of_pooling(w, j) * pooled, gain_of_spending(w, j) * again
    appraisal.linear[AVOIDED], appraisal.linear[MISSION] = demand * by_pooling, mission * by_pooling
    appraisal.avoided_rate, appraisal.mission_rate = demand * by_spending, mission * by_spending


@rule
def own_saving(w: World, a: int, j: int, z: float, z_power: float) -> float:
    """Agency ``a``'s part of the duplication that its share ``z`` and the expected plan of the others would remove, £m a year."""
    appraisal = w.appraisals[a, j]
    own = z * w.shares[a, j].common
    if own <= 0.0:
        return 0.0
    apart = appraisal.apart_others + own
    if appraisal.apart_others <= 0.0:
        return 0.0
    volume = appraisal.volume_others + z_power * appraisal.unit_volume
    return overlap_share(w, j) * gap(apart, volume, w.parameters.eta) * expected_weight(w, j, own / apart)


@rule
def expected_weight(w: World, j: int, part: float) -> float:
    """Part of the saving that an agency with a ``part`` of the common functions expects under the savings rule.

    In the middle between proportional and equal where trust or the exact Shapley value decides.
    """
    if part <= 0.0:
        return 0.0
    equal = 1.0 / max(2, w.themes[j].plan_members)
    savings_rule = int(w.levers.savings_rule)
    if savings_rule == EQUAL:
        return equal
    if savings_rule in (NASH, SHAPLEY):
        return 0.5 * (part + equal)
    return part


@rule
def worth(appraisal: AppraisalRow, z: float, saving: float) -> float:
    """Worth of share ``z``, in £m present value, if it brings ``saving`` £m a year more than now."""
    return gain(appraisal, z, saving) - transition_paid(appraisal, saving, z - appraisal.before)


@rule
def gain(appraisal: AppraisalRow, z: float, saving: float) -> float:
    """Worth of share ``z`` before the cost of change, £m present value, if it brings ``saving`` £m a year more than now."""
    value = (z - appraisal.before) * appraisal.along + appraisal.freed_rate * saving
    return value - control_lost(appraisal, z) - appraisal.fixed


@rule
def control_lost(appraisal: AppraisalRow, z: float) -> float:
    """Cost of losing more control by share ``z``, £m present value: of deciding on the money, and of cutting it freely.

    The first grows with the square of ``max(0, z - s f)``, ``f`` the floor, of which the part ``s`` (``statutory_loss``) is lost
    already; the second with that and its square. What is ceded now counts as little.
    """
    now, then = max(0.0, appraisal.before - appraisal.lost), max(0.0, z - appraisal.lost)
    squares = then * then - now * now
    return appraisal.quadratic * squares + appraisal.flexibility * (then - now + squares)


@rule
def most_gain(w: World, a: int, j: int) -> float:
    """More than any share of theme ``j`` can bring agency ``a``, in £m present value: all gains at a full share, no loss."""
    appraisal = w.appraisals[a, j]
    gains = 0.0
    for p in range(appraisal.linear.shape[0]):
        gains += max(0.0, appraisal.linear[p])
    return gains * (1.0 - appraisal.before) + appraisal.freed_rate * max(0.0, appraisal.full_saving)


@rule
def transition_paid(appraisal: AppraisalRow, saving: float, more: float) -> float:
    """What the agency expects to pay for change, £m present value: its part of the cost, up to what it is willing to pay."""
    return min(appraisal.transition_rate * saving, appraisal.transition_limit * more)


@rule
def itemise(w: World, a: int, j: int, z: float) -> float:
    """Write the parts of agency ``a``'s appraisal of share ``z`` of theme ``j``; return their sum, £m present value."""
    appraisal = w.appraisals[a, j]
    more = z - appraisal.before
    if z != appraisal.powered:
        appraisal.powered, appraisal.power = z, power_volume(z, w.parameters.eta)
    saving = own_saving(w, a, j, z, appraisal.power) - appraisal.saving_before
    parts = appraisal.parts
    for p in range(parts.shape[0]):
        parts[p] = appraisal.linear[p] * more
    parts[SAVING] = appraisal.saving_rate * saving
    parts[AVOIDED] += appraisal.avoided_rate * saving
    parts[MISSION] += appraisal.mission_rate * saving
    parts[CONTROL] = -control_lost(appraisal, z)
    parts[TRANSACTION] = -appraisal.fixed
    parts[TRANSITION] = -transition_paid(appraisal, saving, more)
    total = 0.0
    for p in range(parts.shape[0]):
        total += parts[p]
    return total


@rule
def offer(w: World, a: int, c: int, j: int, bargaining_round: int) -> None:
    """Agency ``a`` offers its ideal share and concedes towards its limit; trust and pressure make it concede sooner."""
    share, parameters = w.shares[a, j], w.parameters
    pressure = max(0.0, w.departments[w.agencies[a].department].encouragement)
    reluctance = parameters.reluctance - w.ties[a, c].trust - parameters.department_pressure * pressure
    reluctance = max(parameters.least_reluctance, reluctance)
    share.offer = share.ideal + (share.limit - share.ideal) * conceded(w, bargaining_round, reluctance)


@rule
def conceded(w: World, bargaining_round: int, reluctance: float) -> float:
    """Part of the way that a bargainer has conceded in a round; all of it after ``full_rounds``.

    ``t / (t + reluctance (1 - t))`` with t the part of the rounds that has passed: in line with time for a reluctance of
    one, late for more.
    """
    time = min(1.0, bargaining_round / w.parameters.full_rounds)
    return time / (time + reluctance * (1.0 - time))
