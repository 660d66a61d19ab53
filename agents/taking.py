"""A request without bargaining: the commissioner takes what the agency would choose, or is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.appraisal import itemise
from totalplace.agents.compiled import rule
from totalplace.agents.consent import may_cede

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def take(w: World, a: int, j: int) -> None:
    """Without bargaining, the commissioner of theme ``j`` takes what agency ``a`` would choose, if it is worth asking for.

    A body that is run nationally is a party only if its department consents.
    """
    share = w.shares[a, j]
    share.ask, share.offer = share.ask_floor, share.ideal
    if share.offer >= share.ask:
        share.party = 1 if may_cede(w, a, j) else 0
        share.withheld = 1 - share.party
        share.bargained = min(share.offer, share.ask_first)
        share.value = itemise(w, a, j, share.bargained)
