"""What happens in a quarter beside what agents do: it is opened, services are paid for, savings shared out, the books closed.

The order of events, with the rules of the agents, is in ``sim/model/schedule.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents import draws
from totalplace.agents.budget import compound
from totalplace.agents.cash import run_settlement
from totalplace.agents.compiled import rule
from totalplace.agents.entry import enter
from totalplace.agents.estate import year_of_change
from totalplace.agents.joint_commission import avoided_demand, credit, deliver, integrate, weigh
from totalplace.agents.ledger import CAPITAL_POT, COHORT_ACCOUNT, POT_ACCOUNT, REACTIVE_ACCOUNT, close_books, open_books, post
from totalplace.agents.mandate import announce
from totalplace.agents.pot_holder import hold_pot
from totalplace.agents.steering import on_the_table
from totalplace.sim.model.measure import measure

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def open_quarter(w: World) -> None:
    """Open the books; dated policy events take effect."""
    clock = w.clock
    open_books(w)
    for e in range(w.events.shape[0]):
        if w.events[e].quarter == clock.quarter:
            w.lever_values[w.events[e].place] = w.events[e].value
    compound(w)
    announce(w)
    run_settlement(w)
    clock.fund_left = 0.25 * w.levers.transition_fund * clock.population * 1e-6
    enter(w)
    if clock.admitted == 1:
        clock.fund_left += 0.25 * w.levers.wave_money
    clock.change_funded, clock.on_table = change_funded(w), on_the_table(w)
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

    Held against what a year of it costs (``year_of_change``).
    """
    money = 4.0 * w.clock.fund_left
    if w.levers.capital_pot > 0.5:
        money += w.accounts[CAPITAL_POT].held
    cost = year_of_change(w)
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
    hold_pot(w)
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
