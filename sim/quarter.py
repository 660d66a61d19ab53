"""The order of events in a quarter, compiled: the ensemble's face of the model.

``PlaceModel`` activates the Mesa agents in the same order and calls the same rules; a test holds both to the bit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from agents import draws
from agents.agency import comply, get_back, hear, learn, receive, review, turn_over
from agents.bargaining import negotiate
from agents.board import hold_election
from agents.cohort import experience, gather, grow
from agents.commissioner import lose_leader, redesign, take_stock
from agents.compiled import rule
from agents.department import observe, steer
from agents.joint_commission import avoided_demand, credit, deliver, hand_back, integrate, weigh
from agents.ledger import CAPITAL_POT, COHORT_ACCOUNT, POT_ACCOUNT, REACTIVE_ACCOUNT, close_books, open_books, post
from sim.measure import measure

if TYPE_CHECKING:
    from agents.world import World


@rule
def open_quarter(w: World) -> None:
    """Open the books; dated policy events take effect."""
    clock = w.clock
    open_books(w)
    for e in range(w.events.shape[0]):
        if w.events[e].quarter == clock.quarter:
            w.lever_values[w.events[e].place] = w.events[e].value
    clock.fund_left = 0.25 * w.levers.transition_fund * clock.population * 1e-6
    clock.change_funded = change_funded(w)
    for i in range(w.kinds.shape[0]):
        w.kinds[i].reactive = 0.0
    for a in range(w.agencies.shape[0]):
        for c in range(w.commissioners.shape[0]):
            w.ties[a, c].met = 0
    for c in range(w.commissioners.shape[0]):
        w.commissioners[c].turn = draws.uniform(clock.seed, draws.ORDER, clock.quarter, w.commissioners[c].key, 0)


@rule
def change_funded(w: World) -> float:
    """Part (0-1) of the cost of change that the Treasury's fund and the capital pot can be expected to pay.

    Held against the cost, over a year, of redesigning what first requests ask for at half leadership.
    """
    money = 4.0 * w.clock.fund_left
    if w.levers.capital_pot > 0.5:
        money += w.accounts[CAPITAL_POT].held
    potential = 0.0
    for j in range(w.themes.shape[0]):
        if w.themes[j].commissioner >= 0 and w.levers.scope[j] > 0.5:
            potential += w.themes[j].potential * max(w.themes[j].pooled, w.board.ambition)
    cost = w.parameters.transition_years * potential * 4.0 * 0.5 * w.parameters.redesign_rate
    return min(1.0, money / cost) if cost > 0.0 else 0.0


@rule
def next_in_turn(w: World, before: int) -> int:
    """The commissioner whose turn to negotiate comes after that of commissioner ``before`` (-1 for the first)."""
    chosen, earliest = -1, 2.0
    last = w.commissioners[before].turn if before >= 0 else -1.0
    for c in range(w.commissioners.shape[0]):
        turn = w.commissioners[c].turn
        if last < turn < earliest:
            chosen, earliest = c, turn
    return chosen


@rule
def serve(w: World) -> None:
    """Reactive services reach the cohorts, planned and pooled money reaches them by theme."""
    for i in range(w.kinds.shape[0]):
        post(w, REACTIVE_ACCOUNT, COHORT_ACCOUNT + i, w.kinds[i].reactive)
    for j in range(w.themes.shape[0]):
        deliver(w, j)
    for j in range(w.themes.shape[0]):
        integrate(w, j)


@rule
def share_out(w: World) -> None:
    """Share out the savings of each theme among those who cede; the demand that integration avoids is a gain at once."""
    for j in range(w.themes.shape[0]):
        if w.themes[j].commissioner < 0:
            continue
        weigh(w, j)
        for b in range(w.agencies.shape[0]):
            credit(w, j, b, 0.25 * avoided_demand(w, b, j))


@rule
def close_quarter(w: World) -> float:
    """Close the books, collect the metrics, move the clock on; the largest imbalance in £m comes back."""
    for j in range(w.themes.shape[0]):
        w.accounts[POT_ACCOUNT + j].held = w.themes[j].transition_money
    gap = close_books(w)
    w.clock.imbalance = max(w.clock.imbalance, gap)
    measure(w)
    w.clock.quarter += 1
    return gap


@rule
def go_on(w: World, last: int) -> int:
    """Quarters up to ``last`` (not included): centre, finance, service, redesign, negotiation, learning, account.

    Returns the quarter in which the ledger broke, or -1.
    """
    agencies, commissioners = w.agencies.shape[0], w.commissioners.shape[0]
    while w.clock.quarter < last:
        open_quarter(w)
        for d in range(w.departments.shape[0]):
            steer(w, d)
        hold_election(w)
        for a in range(agencies):
            comply(w, a)
        for j in range(w.themes.shape[0]):
            hand_back(w, j)
        for a in range(agencies):
            get_back(w, a)
        for a in range(agencies):
            receive(w, a)
        serve(w)
        for k in range(w.cohorts.shape[0]):
            experience(w, k)
        for i in range(w.kinds.shape[0]):
            gather(w, i)
        for h in range(w.neighbourhoods.shape[0]):
            grow(w, h)
        for a in range(agencies):
            hear(w, a)
        share_out(w)
        c = next_in_turn(w, -1)
        while c >= 0:
            redesign(w, c)
            c = next_in_turn(w, c)
        c = next_in_turn(w, -1)
        while c >= 0:
            negotiate(w, c)
            c = next_in_turn(w, c)
        for c in range(commissioners):
            take_stock(w, c)
        for a in range(agencies):
            learn(w, a)
        for a in range(agencies):
            turn_over(w, a)
        for c in range(commissioners):
            lose_leader(w, c)
        for a in range(agencies):
            review(w, a)
        for d in range(w.departments.shape[0]):
            observe(w, d)
        gap = close_quarter(w)
        if gap != 0.0:
            return w.clock.quarter - 1
    return -1
