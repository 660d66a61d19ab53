"""Commissioners: who leads a portfolio of themes, how redesign goes on, and how trust in them spreads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from totalplace.agents import draws
from totalplace.agents.bodies import capacity_of_commissioner
from totalplace.agents.columns import number, table, whole
from totalplace.agents.compiled import rule
from totalplace.agents.leadership import led
from totalplace.agents.ledger import AGENCY_ACCOUNT, BUYERS, CAPITAL_POT, CHANGE_SUPPLIERS, DEPARTMENT_ACCOUNT, POT_ACCOUNT, post

if TYPE_CHECKING:
    from totalplace.agents.world import World

COMMISSIONERS: Final = table(
    "commissioners",
    "a strategic commissioner for a portfolio of themes",
    whole("key", "identity of the commissioner in every draw"),
    whole("host", "index of the agency that hosts it; the council for one hosted by the board", of="agencies"),
    whole("on_board", "1 if the place board itself hosts it", "0 or 1"),
    whole("in_post", "1 if the arrangement that stands has it; one without holds at most what is under notice", "0 or 1"),
    whole("phase", "number of the arrangement in which its post is made, 0 for the first"),
    whole("leader_left", "1 if its leader moved on in this quarter", "0 or 1"),
    number("leadership", "0-1", "leadership by influence, networking and persuasion"),
    number("leadership_start", "0-1", "mean leadership of the post"),
    number("reputation", "0-1", "mean trust of the agencies tied to it"),
    number("turn", "0-1", "draw that sets its turn in this quarter"),
)

TIES: Final = table(
    "ties",
    "a partnership tie of an agency and a commissioner",
    whole("tied", "1 if the commissioner can approach the agency", "0 or 1"),
    whole("met", "1 if they met in this quarter", "0 or 1"),
    number("trust", "0-1", "trust of the agency in the commissioner"),
    number("trust_start", "0-1", "trust at the start"),
    number("trust_joined", "0-1", "trust at the end of the first quarter of pooling through the tie, or now without any"),
    whole("tied_start", "whether the tie was there at the start", "0 or 1"),
    number("heard", "0-1", "mean trust of the agencies that the agency is linked with"),
    number("money", "£m a year", "money ceded through the tie"),
)


@rule
def has_commissioner(w: World, j: int) -> bool:
    """Whether theme ``j`` has a commissioner in post."""
    c = w.themes[j].commissioner
    return c >= 0 and w.commissioners[c].in_post == 1


@rule
def redesign(w: World, c: int) -> None:
    """Commissioner ``c`` takes live joint commissions on: agreed shares become live, services are redesigned."""
    for j in range(w.themes.shape[0]):
        if w.themes[j].commissioner == c:
            go_live(w, j)
            advance(w, c, j)


@rule
def drawn_lag(w: World, c: int, j: int) -> int:
    """Quarters that a plan of commissioner ``c`` for theme ``j`` that is agreed now waits until it goes live."""
    parameters, clock = w.parameters, w.clock
    drawn = draws.normal(clock.seed, draws.LAG, clock.quarter, w.commissioners[c].key, j)
    lag = round(parameters.setup_lag * w.board.set_up * math.exp(parameters.setup_lag_spread * drawn))
    shortest, longest = int(parameters.shortest_lag + 0.5), int(parameters.longest_lag + 0.5)
    return min(longest, max(shortest, int(lag)))


@rule
def go_live(w: World, j: int) -> None:
    """Agreed shares of theme ``j`` whose set-up lag is over become live.

    A deal that is deepened is as old as its promises are on average. Partners in one joint commission get to know each other.
    """
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        if share.wait == 0:
            continue
        share.wait -= 1
        if share.wait == 0:
            w.ties[a, w.themes[j].commissioner].tied = 1
            share.ceded = max(share.ceded, share.agreed)
            if share.agreed_promise > 0.0:
                share.live = int(share.live * share.promised / (share.promised + share.agreed_promise))
            share.promised += share.agreed_promise
            share.transfer += share.agreed_transfer
            share.agreed, share.agreed_promise, share.agreed_transfer = 0.0, 0.0, 0.0
            for b in range(w.agencies.shape[0]):
                if b != a and w.shares[b, j].ceded > 0.0:
                    w.links[a, b], w.links[b, a] = 1.0, 1.0


@rule
def pace(w: World, c: int, partners: int) -> float:
    """Share of the redesign still to do that commissioner ``c`` would do in a quarter with ``partners`` and full funding.

    It goes as fast as there are officers for it.
    """
    parameters = w.parameters
    rate = parameters.redesign_rate * led(w, w.commissioners[c].leadership) * capacity_of_commissioner(w, c)
    return rate / (1.0 + parameters.partner_drag * max(0, partners - 2))


@rule
def persuasion(w: World, c: int) -> float:
    """How far commissioner ``c`` persuades (0-1): its leadership, and the council leader's standing if the board is political."""
    leadership = led(w, w.commissioners[c].leadership)
    host = w.commissioners[c].host
    if w.agencies[host].council == 1:
        leadership += w.board.political * (w.board.mandate - 0.5)
    return min(1.0, max(0.0, leadership))


@rule
def advance(w: World, c: int, j: int) -> None:
    """Redesign theme ``j``: the Treasury's fund, the capital pot and the partners pay the cost of change, in that order.

    The whole redesign costs ``transition_years`` of its full saving. Without money it hardly moves; where fund and capital pot hold
    more than it costs it goes faster. What is left of the fund stays with the Treasury.
    """
    theme = w.themes[j]
    theme.transition_spent = 0.0
    if theme.partners < 2 or theme.duplication <= 0.0 or w.commissioners[c].in_post == 0:
        theme.call = 0.0
        return
    wanted = pace(w, c, theme.partners) * (1.0 - theme.redesign)
    cost = w.parameters.transition_years * theme.duplication * wanted
    in_pot = w.accounts[CAPITAL_POT].held if w.levers.capital_pot > 0.5 else 0.0
    faster = hurried(w, w.clock.fund_left + in_pot - cost, cost)
    wanted, cost = wanted * faster, cost * faster
    fund = min(cost, w.clock.fund_left)
    capital = min(cost - fund, in_pot)
    partners = min(cost - fund - capital, theme.transition_money)
    post(w, DEPARTMENT_ACCOUNT + w.clock.pays_for_change, CHANGE_SUPPLIERS, fund)
    post(w, CAPITAL_POT, CHANGE_SUPPLIERS, capital)
    post(w, POT_ACCOUNT + j, CHANGE_SUPPLIERS, partners)
    w.clock.fund_left -= fund
    w.accounts[CAPITAL_POT].held -= capital
    theme.transition_money -= partners
    theme.transition_spent = fund + capital + partners
    theme.call = 4.0 * max(0.0, cost - fund - capital - theme.transition_money)
    funded = theme.transition_spent / cost if cost > 0.0 else 1.0
    unfunded = w.parameters.unfunded_pace
    done = wanted * (unfunded + (1.0 - unfunded) * funded)
    theme.redesign = min(1.0, theme.redesign + done)
    if theme.back_office == 1:
        release_property(w, j, done)


@rule
def hurried(w: World, spare: float, cost: float) -> float:
    """How much faster redesign goes that costs ``cost`` £m a quarter where ``spare`` £m is there beyond that.

    ``1 + hurry spare / (spare + cost)``: money for more teams at once, with diminishing returns.
    """
    return 1.0 + w.parameters.hurry * spare / (spare + cost) if spare > 0.0 and cost > 0.0 else 1.0


@rule
def release_property(w: World, j: int, done: float) -> None:
    """Property that a redesign step ``done`` of theme ``j`` sets free is sold, for the capital pot or for its owner.

    The part ``release_cost`` of the price is spent on moving out and refitting what is kept; the rest is the receipt.
    """
    for a in range(w.agencies.shape[0]):
        agency, share = w.agencies[a], w.shares[a, j]
        sold = min(agency.estate, w.parameters.estate_release * agency.estate_start * share.ceded * done)
        if sold <= 0.0:
            continue
        agency.estate -= sold
        moving = w.parameters.release_cost * sold
        post(w, BUYERS, CHANGE_SUPPLIERS, moving)
        sold -= moving
        if w.levers.capital_pot > 0.5:
            post(w, BUYERS, CAPITAL_POT, sold)
            w.accounts[CAPITAL_POT].held += sold
        else:
            post(w, BUYERS, AGENCY_ACCOUNT + a, sold)
            agency.receipts += sold
            w.accounts[AGENCY_ACCOUNT + a].held = agency.receipts


@rule
def take_stock(w: World, c: int) -> None:
    """Word about commissioner ``c`` gets round: each agency hears the mean trust of the agencies it is linked with."""
    n = w.agencies.shape[0]
    trust, tied = 0.0, 0
    for a in range(n):
        if w.ties[a, c].tied == 1:
            trust += w.ties[a, c].trust
            tied += 1
        heard, linked = 0.0, 0.0
        for b in range(n):
            if w.links[a, b] > 0.0 and w.ties[b, c].tied == 1:
                heard += w.links[a, b] * w.ties[b, c].trust
                linked += w.links[a, b]
        w.ties[a, c].heard = heard / linked if linked > 0.0 else w.ties[a, c].trust
    w.commissioners[c].reputation = trust / tied if tied > 0 else 0.0


@rule
def lose_leader(w: World, c: int) -> None:
    """The leader of commissioner ``c`` may move on; part of the trust that was won goes too."""
    commissioner, parameters, clock = w.commissioners[c], w.parameters, w.clock
    hazard = 0.25 * parameters.turnover * w.board.leader_turnover
    commissioner.leader_left = 0
    if commissioner.in_post == 0:
        return
    if not draws.strikes(draws.uniform(clock.seed, draws.TURNOVER, clock.quarter, commissioner.key, 1), hazard):
        return
    commissioner.leader_left = 1
    commissioner.leadership = new_commissioner(w, c, clock.quarter + 1)
    for a in range(w.agencies.shape[0]):
        tie = w.ties[a, c]
        tie.trust -= parameters.turnover_trust_loss * max(0.0, tie.trust - tie.trust_start)


@rule
def new_commissioner(w: World, c: int, when: int) -> float:
    """The leadership of a new commissioner: drawn round the mean of the post in the place."""
    commissioner = w.commissioners[c]
    drawn = draws.normal(w.clock.seed, draws.LEADERSHIP, when, commissioner.key, 1)
    return min(1.0, max(0.0, commissioner.leadership_start + w.clock.leaders_of_place + w.parameters.leader_spread * drawn))
