"""Measures by which facts were judged before others took their place: still taken and shown, and counting for nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from totalplace.scenarios.vocabulary import THEMES
from totalplace.sim.evidence.fact_runs import Observed
from totalplace.sim.evidence.facts import Floats

_HEALTH: Final = THEMES.index("health_and_care")
#: Quarters of the eighth year.
_YEAR_8: Final = slice(28, 32)


def voluntary_share_lsp(o: Observed) -> Floats:
    """Fact 1: pooled health and care money under a local strategic partnership over the theme's spend, in year 8."""
    pooled = o("lsp_no_cuts", "pooled_share_health_and_care")[:, :, _YEAR_8].mean(axis=2)
    return np.asarray(np.average(pooled, axis=1, weights=[place.spend[:, _HEALTH].sum() for place in o.places]))


def potential_duplication(o: Observed) -> Floats:
    """Fact 5: duplication among all agencies at full ceding (themes' potential) in the first quarter, of all spend."""
    return np.asarray(100.0 * o("lsp_no_cuts", "duplication")[:, :, 0].sum(axis=1) / sum(place.spend.sum() for place in o.places))


FORMER: Final[dict[str, Callable[[Observed], Floats]]] = {
    one.__name__: one for one in (voluntary_share_lsp, potential_duplication)
}
