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

#: Cycle of council elections where the arrangement names none, in quarters (judgement, 4 to 16: a term is four years).
COUNCIL_CYCLE: Final = 16
#: Accountability to local citizens from which an agency counts as politically led (judgement, 0.2-0.5).
ACCOUNTABLE: Final = 0.3
#: Chance that an accountable agency is led by another party than most (judgement, 0.2-0.5).
OTHER_PARTY: Final = 0.35
#: How an agency that is not at the table leans: weights of control, encouragement and spread (judgement, each half to twice).
LEAN_CONTROL: Final = 1.0
LEAN_ENCOURAGEMENT: Final = 0.3
LEAN_SPREAD: Final = 0.2
#: A veto is a stronger act than a vote against: how far an agency must lean (judgement, -0.5 to -0.1).
VETO_POINT: Final = -0.3
#: Standing below which an election is lost and another leader takes over the council (judgement, 0.2-0.4).
LOST: Final = 0.35
#: Standing of a council leader among content citizens (judgement, 0.5-0.8), what full dissatisfaction takes (judgement, 0.2-1)
#: and its spread (judgement, 0.05-0.3).
STANDING: Final = 0.7
STANDING_OF_VOICE: Final = 0.5
STANDING_SPREAD: Final = 0.15
#: Votes of a member beside those for its accountability (judgement, 0.2-1), and of a leader of full standing (judgement, 1-4).
VOTE_OF_ALL: Final = 0.5
VOTE_OF_LEADER: Final = 2.0
#: How able a neighbourhood without community capacity is to use a devolved budget, against one with full capacity more (judgement,
#: 0.25-0.75).
CAPACITY_FLOOR: Final = 0.5


@rule
def hold_election(w: World) -> None:
    """At the end of each cycle the council leader's standing is drawn anew; dissatisfied citizens lower it.

    A leader whose standing is too low loses the election to another.
    """
    clock, board = w.clock, w.board
    cycle = board.election_cycle if board.election_cycle > 0 else COUNCIL_CYCLE
    if clock.quarter % cycle != 0:
        return
    drawn = draws.normal(clock.seed, draws.ELECTION, clock.quarter, 0, 0)
    unhappy, people = 0.0, 0.0
    for i in range(w.kinds.shape[0]):
        unhappy += w.kinds[i].persons * w.kinds[i].dissatisfaction
        people += w.kinds[i].persons
    unhappy = unhappy / people if people > 0.0 else 0.0
    board.mandate = min(1.0, max(0.0, STANDING - STANDING_OF_VOICE * unhappy + STANDING_SPREAD * drawn))
    for a in range(w.agencies.shape[0]):
        if w.agencies[a].council == 1 and board.mandate < LOST and clock.quarter > 0:
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
    """How agency ``a`` leans to a plan for theme ``j``: parties are for it, others by trust, control, Whitehall and citizens."""
    if w.shares[a, j].party == 1:
        return 1.0
    agency, clock = w.agencies[a], w.clock
    drawn = draws.normal(clock.seed, draws.VETO, clock.quarter, agency.key, j)
    stance = w.departments[agency.department].encouragement
    return (
        w.ties[a, c].trust
        - LEAN_CONTROL * averse(w, a)
        + LEAN_ENCOURAGEMENT * stance
        + w.board.political * agency.accountability * agency.dissatisfaction
        + LEAN_SPREAD * drawn
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
        if is_member(w, a, c, j) and leans_to(w, a, c, j) < VETO_POINT:
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
            weight = VOTE_OF_ALL + agency.accountability
            weight += VOTE_OF_LEADER * w.board.political * w.board.mandate if agency.council == 1 else 0.0
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
    cycle = clock.quarter // COUNCIL_CYCLE
    ours, theirs = 0, 0
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        if w.shares[a, j].party == 0 or agency.accountability < ACCOUNTABLE:
            continue
        if draws.uniform(clock.seed, draws.ELECTION, cycle, agency.key, 1) < OTHER_PARTY:
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
        if worth * place.fit[j] * (CAPACITY_FLOOR + place.capacity) >= w.board.benefit_cost_threshold:
            in_favour += place.population
    return people > 0.0 and in_favour >= w.board.approval_threshold * people
