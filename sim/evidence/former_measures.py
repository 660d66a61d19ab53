"""Measures by which facts were judged before others took their place: still taken and shown, and counting for nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from totalplace.scenarios.vocabulary import AGENCY_KINDS, THEMES
from totalplace.sim.evidence.fact_runs import MANDATE, MANDATE_PLUS_2, Observed
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.evidence.measuring import effect_after, money, over, part_early, weighted

_HEALTH: Final = THEMES.index("health_and_care")
_NHS: Final = AGENCY_KINDS.index("nhs")
#: Quarters of the eighth year.
_YEAR_8: Final = slice(28, 32)


def voluntary_share_lsp(o: Observed) -> Floats:
    """Fact 1: pooled health and care money under a local strategic partnership over the theme's spend, in year 8."""
    return weighted(o("lsp_no_cuts", "pooled_share_health_and_care")[:, :, _YEAR_8].mean(axis=2), money(o, _HEALTH))


def partners_who_trust(o: Observed) -> Floats:
    """Fact 3: partners with money in the pool two years into the mandate who trust more than when it began, of all places."""
    seen = o("bcf_watched", "trust")
    return 100.0 * over(seen[:, :, 1].sum(axis=1), seen[:, :, 0].sum(axis=1))


def realised_since_mandate(o: Observed) -> Floats:
    """Fact 3: what two years brought beyond the quarter before the mandate, over what plans promised for that time.

    Brought: duplication removed and reactive demand avoided, gross of cost. Promised: promises in force.
    """
    years = slice(MANDATE, MANDATE_PLUS_2)

    def rise(metric: str) -> Floats:
        series = o("bcf", metric)
        return np.asarray((series[:, :, years] - series[:, :, MANDATE - 1 : MANDATE]).sum(axis=(1, 2)))

    return 100.0 * over(rise("duplication_removed") + rise("demand_avoided"), rise("promised_saving"))


def potential_duplication(o: Observed) -> Floats:
    """Fact 5: duplication among all agencies at full ceding (themes' potential) in the first quarter, of all spend."""
    return np.asarray(100.0 * o("lsp_no_cuts", "duplication")[:, :, 0].sum(axis=1) / money(o).sum())


def _demand_after(o: Observed, years: int) -> Floats:
    weights = np.array([place.reactive[_NHS].sum() for place in o.places])
    return effect_after(o, years, ("health_watched", "silo_watched"), ("demand", "pooled_budget"), weights)


def demand_effect(o: Observed) -> Floats:
    """Fact 6: effect on reactive demand on the NHS after six years."""
    return _demand_after(o, 6)


def effect_early(o: Observed) -> Floats:
    """Fact 6: the part of the six-year effect that is there after two."""
    return part_early(_demand_after(o, 2), _demand_after(o, 6))


FORMER: Final[dict[str, Callable[[Observed], Floats]]] = {
    one.__name__: one
    for one in (voluntary_share_lsp, partners_who_trust, realised_since_mandate, potential_duplication, demand_effect, effect_early)
}
