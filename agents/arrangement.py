"""Changes of the arrangement at a date: what becomes of the board, commissioners, trust, live pools and agreements.

What is ceded stays ceded where the new arrangement has a commissioner for the theme. Where it has none, what was agreed lapses and
partners serve out their notice; the old commissioner holds the pool until then, and neither negotiates nor redesigns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.board import BOARD
from totalplace.agents.cash import notice_quarters
from totalplace.agents.columns import Column, table, whole
from totalplace.agents.compiled import rule
from totalplace.agents.joint_pot import hosts
from totalplace.agents.share import agreement_cost
from totalplace.scenarios.vocabulary import AGENCY_KINDS, THEMES

if TYPE_CHECKING:
    from totalplace.agents.world import World

ARRANGEMENTS: Final = table(
    "arrangements",
    "a governance arrangement and the quarter from which on it stands",
    whole("quarter", "quarter in which it takes effect", "quarters"),
    *(column for column in BOARD.columns if column.name != "mandate"),
    Column("leads", "count", "index of the commissioner of each theme, -1 for none", (len(THEMES),), whole=True, least=-1,
           of="commissioners"),
    Column("bound", "0 or 1", "1 if a statutory minimum binds agencies of the kind", (len(AGENCY_KINDS),), whole=True, most=1),
    Column("in_pot", "0 or 1", "1 if departments may pay money of the kind into the single pot", (len(AGENCY_KINDS),), whole=True,
           most=1),
)


@rule
def change_arrangement(w: World) -> None:
    """An arrangement that is due takes the place of the one before: its board, its commissioners, its cost of agreements."""
    for p in range(1, w.arrangements.shape[0]):
        if w.arrangements[p].quarter == w.clock.quarter:
            enact(w, p)
            hand_over(w, p)
            for a in range(w.agencies.shape[0]):
                for j in range(w.themes.shape[0]):
                    w.shares[a, j].agreement = agreement_cost(w, w.shares[a, j], w.agencies[a].capacity)


@rule
def enact(w: World, p: int) -> None:
    """The board decides by arrangement ``p``, which also says whom statute binds and whose money the single pot takes."""
    board, now = w.board, w.arrangements[p]
    board.decision_rule, board.rounds, board.themes_a_quarter = now.decision_rule, now.rounds, now.themes_a_quarter
    board.bargaining, board.annual_plan, board.settlement = now.bargaining, now.annual_plan, now.settlement
    board.largest_coalition, board.election_cycle, board.time_limit = now.largest_coalition, now.election_cycle, now.time_limit
    board.cluster_boards, board.ambition, board.approval_threshold = now.cluster_boards, now.ambition, now.approval_threshold
    board.benefit_cost_threshold, board.formal_agreement = now.benefit_cost_threshold, now.formal_agreement
    board.transaction_cost, board.set_up, board.political = now.transaction_cost, now.set_up, now.political
    board.officer_support, board.leader_turnover = now.officer_support, now.leader_turnover
    board.outcome_payment, board.extra_freedom = now.outcome_payment, now.extra_freedom
    for a in range(w.agencies.shape[0]):
        w.agencies[a].mandated, w.agencies[a].in_pot = now.bound[w.agencies[a].kind], now.in_pot[w.agencies[a].kind]


@rule
def hand_over(w: World, p: int) -> None:
    """Commissioners of arrangement ``p`` take their posts and themes; others give theirs up."""
    leads = w.arrangements[p].leads
    for c in range(w.commissioners.shape[0]):
        wanted = 0
        for j in range(w.themes.shape[0]):
            if leads[j] == c:
                wanted = 1
        if wanted == 1 and w.commissioners[c].in_post == 0:
            appoint(w, p, c)
        w.commissioners[c].in_post = wanted
    for j in range(w.themes.shape[0]):
        if leads[j] < 0:
            wind_up(w, j)
            continue
        w.themes[j].commissioner = leads[j]
        for a in range(w.agencies.shape[0]):
            if w.shares[a, j].ceded > 0.0 or w.shares[a, j].wait > 0:
                w.ties[a, leads[j]].tied = 1
    for c in range(w.commissioners.shape[0]):
        if w.commissioners[c].in_post == 0 and not holds_money(w, c):
            for a in range(w.agencies.shape[0]):
                w.ties[a, c].tied, w.ties[a, c].money = 0, 0.0


@rule
def appoint(w: World, p: int, c: int) -> None:
    """Commissioner ``c`` takes its post in arrangement ``p``: agencies meet it with the trust they had in those before it.

    That is the mean over its themes, by the agency's planned and common money of the base year, of the trust in the commissioner
    so far; its first trust where there was none, or where it was the agency's own. As when a leader moves on, part of what was won
    is lost. Who could be approached by one of those before, or is linked with the host, can be approached.
    """
    leads, host = w.arrangements[p].leads, w.commissioners[c].host
    for a in range(w.agencies.shape[0]):
        tie, money, trust, known = w.ties[a, c], 0.0, 0.0, 0
        for j in range(w.themes.shape[0]):
            if leads[j] != c:
                continue
            before, planned = w.themes[j].commissioner, w.shares[a, j].frontline_start + w.shares[a, j].common_start
            money += planned
            if before >= 0:
                known = max(known, w.ties[a, before].tied)
            if before < 0 or hosts(w, a, before):
                trust += planned * tie.trust_start
            else:
                trust += planned * w.ties[a, before].trust
        tie.trust = min(1.0, trust / money) if money > 0.0 else tie.trust_start
        tie.trust -= w.parameters.turnover_trust_loss * max(0.0, tie.trust - tie.trust_start)
        if hosts(w, a, c):
            tie.trust = max(tie.trust, tie.trust_start)
        tie.tied = 1 if a == host or w.links[a, host] > 0.0 or known == 1 else 0


@rule
def wind_up(w: World, j: int) -> None:
    """Theme ``j`` has no commissioner any more: what was agreed lapses, and partners get notice."""
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        share.agreed, share.wait, share.agreed_promise, share.agreed_transfer = 0.0, 0, 0.0, 0.0
        if share.ceded > 0.0 and share.notice == 0:
            share.notice = notice_quarters(w)


@rule
def holds_money(w: World, c: int) -> bool:
    """Whether commissioner ``c`` holds pooled money of a theme."""
    for j in range(w.themes.shape[0]):
        if w.themes[j].commissioner == c:
            for a in range(w.agencies.shape[0]):
                if w.shares[a, j].ceded > 0.0:
                    return True
    return False
