"""Property receipts: they pay for change, and what is over goes back.

A capital pot keeps what a year of change costs and gives the rest back to the owners, by what each has sold. An owner keeps what a
year of double running costs it and hands back the rest, which pays off public debt: nothing lies idle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.commissioner import has_commissioner
from totalplace.agents.compiled import rule
from totalplace.agents.ledger import AGENCY_ACCOUNT, CAPITAL_POT, PUBLIC_DEBT, post

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def year_of_change(w: World) -> float:
    """Cost, over a year, of redesigning what first requests ask for at half leadership, £m."""
    potential = 0.0
    for j in range(w.themes.shape[0]):
        if has_commissioner(w, j) and w.levers.scope[j] > 0.5:
            potential += w.themes[j].potential * max(w.themes[j].pooled, w.board.ambition)
    return w.parameters.transition_years * potential * 4.0 * 0.5 * w.parameters.redesign_rate


@rule
def hand_back_receipts(w: World) -> None:
    """What the capital pot and owners hold beyond a year of change goes back: from the pot to owners, from them to public debt."""
    share_out_pot(w)
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        over = agency.receipts - agency.transition
        if over > 0.0:
            post(w, AGENCY_ACCOUNT + a, PUBLIC_DEBT, over)
            agency.receipts -= over
            agency.handed_back += over
        w.accounts[AGENCY_ACCOUNT + a].held = agency.receipts


@rule
def share_out_pot(w: World) -> None:
    """What the capital pot holds beyond its reserve goes to the owners, by what they have sold; all of it where there is no pot."""
    pot, sold = w.accounts[CAPITAL_POT], 0.0
    over = pot.held - (year_of_change(w) if w.levers.capital_pot > 0.5 else 0.0)
    for a in range(w.agencies.shape[0]):
        sold += w.agencies[a].estate_start - w.agencies[a].estate
    if over <= 0.0 or sold <= 0.0:
        return
    for a in range(w.agencies.shape[0]):
        part = over * (w.agencies[a].estate_start - w.agencies[a].estate) / sold
        post(w, CAPITAL_POT, AGENCY_ACCOUNT + a, part)
        w.agencies[a].receipts += part
    pot.held -= over
