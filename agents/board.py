"""The partnership board: the governance arrangement of the place, as data, and how it decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents import draws
from totalplace.agents.columns import number, table, whole
from totalplace.agents.compiled import rule
from totalplace.agents.leadership import new_leader
from totalplace.agents.place_effects import averse
from totalplace.scenarios.vocabulary import DECISION_RULES, THEMES

if TYPE_CHECKING:
    from totalplace.agents.world import World

(NONE, UNANIMITY, MAJORITY, BUSINESS_CASE, PARTIES, CLUSTERS, PLACE_BOARD) = range(len(DECISION_RULES))

BOARD: Final = table(
    "board",
    "the governance arrangement of the place",
    whole("decision_rule", "index of DECISION_RULES", most=len(DECISION_RULES) - 1),
    whole("bargaining", "1 if both sides concede in turn, 0 if a commissioner takes what the agency would choose", "0 or 1"),
    whole("rounds", "rounds of bargaining", most=12),
    whole("themes_a_quarter", "negotiations that a commissioner opens in a quarter", most=len(THEMES)),
    whole("largest_coalition", "partners in one joint commission"),
    whole("election_cycle", "quarters between elections, 0 for none", "quarters"),
    whole("time_limit", "quarters after which a joint commission must have delivered, 0 for none", "quarters"),
    whole("annual_plan", "1 if a pool under a mandate is planned anew each April", "0 or 1"),
    whole("cluster_boards", "1 if boards of neighbourhood clusters decide", "0 or 1"),
    whole("settlement", "1 if a strategic authority holds the single pot as an integrated settlement", "0 or 1"),
    number("ambition", "share", "part of the money not yet ceded that is first asked for"),
    number("approval_threshold", "share", "votes that a plan needs"),
    number("benefit_cost_threshold", "ratio", "benefit over cost that a plan needs"),
    number("formal_agreement", "0-1", "how binding agreements are"),
    number("transaction_cost", "multiple", "cost of agreements against the parameter"),
    number("set_up", "multiple", "set-up lag against the parameter"),
    number("political", "0-1", "how far votes follow the voice of citizens and the council leader persuades"),
    number("officer_support", "0-1", "how far officers lighten the cost of agreements"),
    number("leader_turnover", "multiple", "turnover of leaders against the parameter"),
    number("outcome_payment", "share", "part of returned savings that is paid only on outcome"),
    number("extra_freedom", "0-1", "freedom from departmental targets that comes with the arrangement"),
    number("mandate", "0-1", "standing of the council leader since the last election"),
)


@rule
def council_cycle(w: World) -> int:
    """Quarters between elections of the council where the arrangement names no cycle."""
    return int(w.parameters.council_cycle + 0.5)


@rule
def hold_election(w: World) -> None:
    """At the end of each cycle the council leader's standing is drawn anew; dissatisfied citizens lower it.

    A leader whose standing is too low loses the election to another.
    """
    clock, board, parameters = w.clock, w.board, w.parameters
    cycle = board.election_cycle if board.election_cycle > 0 else council_cycle(w)
    if clock.quarter % cycle != 0:
        return
    drawn = draws.normal(clock.seed, draws.ELECTION, clock.quarter, 0, 0)
    unhappy, people = 0.0, 0.0
    for i in range(w.kinds.shape[0]):
        unhappy += w.kinds[i].persons * w.kinds[i].dissatisfaction
        people += w.kinds[i].persons
    unhappy = unhappy / people if people > 0.0 else 0.0
    standing = parameters.leader_standing - parameters.standing_of_voice * unhappy + parameters.standing_spread * drawn
    board.mandate = min(1.0, max(0.0, standing))
    for a in range(w.agencies.shape[0]):
        if w.agencies[a].council == 1 and board.mandate < parameters.lost_standing and clock.quarter > 0:
            w.agencies[a].leadership = new_leader(w, a, clock.quarter + 1)


@rule
def approve(w: World, c: int, j: int) -> bool:
    """Whether the board lets the plan of commissioner ``c`` for theme ``j`` go ahead, under its decision rule."""
    decision = w.board.decision_rule
    if decision == NONE:
        return False
    if w.board.cluster_boards == 1 and w.levers.neighbourhood_share[j] > 0.0 and not clusters_agree(w, j):
        return False
    if decision == UNANIMITY:
        return unanimous(w, c, j)
    if decision in (MAJORITY, PLACE_BOARD):
        return carried(w, c, j)
    if decision == BUSINESS_CASE:
        return pays(w, j) >= w.board.benefit_cost_threshold and within_party_lines(w, j)
    return decision == PARTIES or clusters_agree(w, j)


@rule
def leans_to(w: World, a: int, c: int, j: int) -> float:
    """How agency ``a`` votes on a plan for theme ``j``: as it leans, and as the council does as far as its leaders govern it."""
    governed, own = w.agencies[a].governed, leaning(w, a, c, j)
    if governed <= 0.0 or w.shares[a, j].party == 1:
        return own
    for b in range(w.agencies.shape[0]):
        if w.agencies[b].council == 1:
            return (1.0 - governed) * own + governed * leaning(w, b, c, j)
    return own


@rule
def leaning(w: World, a: int, c: int, j: int) -> float:
    """How agency ``a`` leans to a plan for theme ``j``: parties are for it, others by trust, control, Whitehall and citizens."""
    if w.shares[a, j].party == 1:
        return 1.0
    agency, clock, parameters = w.agencies[a], w.clock, w.parameters
    drawn = draws.normal(clock.seed, draws.VETO, clock.quarter, agency.key, j)
    stance = w.departments[agency.department].encouragement
    return (
        w.ties[a, c].trust
        - parameters.lean_control * averse(w, a)
        + parameters.lean_encouragement * stance
        + w.board.political * agency.accountability * agency.dissatisfaction
        + parameters.lean_spread * drawn
    )


@rule
def is_member(w: World, a: int, c: int, j: int) -> bool:
    """Whether agency ``a`` has a voice about theme ``j``: it is tied to the commissioner and has money in the theme."""
    share = w.shares[a, j]
    return w.ties[a, c].tied == 1 and share.frontline + share.common > 0.0


@rule
def unanimous(w: World, c: int, j: int) -> bool:
    """No member is so much against that it uses its veto."""
    for a in range(w.agencies.shape[0]):
        if is_member(w, a, c, j) and leans_to(w, a, c, j) < w.parameters.veto_point:
            return False
    return True


@rule
def carried(w: World, c: int, j: int) -> bool:
    """Votes for the plan reach the threshold; a politically led board weighs votes by mandate, a place board by money."""
    in_favour, votes = 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        if not is_member(w, a, c, j):
            continue
        agency, share = w.agencies[a], w.shares[a, j]
        if w.board.decision_rule == MAJORITY:
            weight = w.parameters.member_vote + agency.accountability
            weight += w.parameters.leader_vote * w.board.political * w.board.mandate if agency.council == 1 else 0.0
        else:
            weight = share.frontline + share.common
        votes += weight
        if leans_to(w, a, c, j) >= 0.0:
            in_favour += weight
    return votes > 0.0 and in_favour >= w.board.approval_threshold * votes


@rule
def pays(w: World, j: int) -> float:
    """Benefit over cost of the plan for theme ``j``."""
    theme = w.themes[j]
    if theme.plan_cost <= 0.0:
        return 0.0
    return theme.plan_benefit / theme.plan_cost


@rule
def within_party_lines(w: World, j: int) -> bool:
    """Whether officers may conclude: accountable parties to the deal are led by one party, or leaders cross the line."""
    clock = w.clock
    cycle = clock.quarter // council_cycle(w)
    ours, theirs = 0, 0
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        if w.shares[a, j].party == 0 or agency.accountability < w.parameters.politically_led:
            continue
        if draws.uniform(clock.seed, draws.ELECTION, cycle, agency.key, 1) < w.parameters.other_party:
            theirs += 1
        else:
            ours += 1
    if ours == 0 or theirs == 0:
        return True
    return draws.uniform(clock.seed, draws.VETO, clock.quarter, 0, 1000 + j) < w.board.political


@rule
def clusters_agree(w: World, j: int) -> bool:
    """Cluster boards for which the plan pays, at their need and community capacity, stand for enough of the people."""
    worth = pays(w, j)
    in_favour, people = 0.0, 0.0
    for h in range(w.neighbourhoods.shape[0]):
        place = w.neighbourhoods[h]
        people += place.population
        if worth * place.fit[j] * (w.parameters.capacity_floor + place.capacity) >= w.board.benefit_cost_threshold:
            in_favour += place.population
    return people > 0.0 and in_favour >= w.board.approval_threshold * people
