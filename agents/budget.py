"""Budgets and the demand on them: what an agency has in a quarter, and what demand asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def budget_index(w: World, a: int) -> float:
    """Budget of agency ``a`` against the base year (1): ``max(0, held + cuts (path - path_held))``, with 1 and 1 at the start.

    The lever ``cuts`` multiplies each step of the path. Where it has changed, the years already played stand as they are: ``held``
    is the index of the quarter before, ``path_held`` the path then, and only later steps are of the new depth.
    """
    agency, quarter, depth = w.agencies[a], w.clock.quarter, w.levers.cuts
    if depth != agency.depth:
        if quarter > 0:
            before = w.budget_path[a, quarter - 1]
            agency.budget_held = max(0.0, agency.budget_held + agency.depth * (before - agency.path_held))
            agency.path_held = before
        agency.depth = depth
    return budget_at(w, a, quarter)


@rule
def budget_at(w: World, a: int, quarter: int) -> float:
    """Budget of agency ``a`` in a quarter against the base year (1), at the depth of cuts that stands; the last known if later."""
    agency, quarter = w.agencies[a], min(quarter, w.budget_path.shape[1] - 1)
    return max(0.0, agency.budget_held + agency.depth * (w.budget_path[a, quarter] - agency.path_held))


@rule
def compound(w: World) -> None:
    """What grows with the years in every agency alike: ``(1 + rate)^years``, once a quarter."""
    clock, parameters, years = w.clock, w.parameters, 0.25 * w.clock.quarter
    clock.demand_grown = (1.0 + parameters.demand_growth) ** years
    clock.care_grown = (1.0 + parameters.looked_after_growth) ** years
    clock.care_dearer = (1.0 + parameters.unit_cost_drift) ** years


@rule
def demand_index(w: World, a: int) -> float:
    """Reactive demand of agency ``a`` against the base year, from the outcomes that drive it (1 at the baseline).

    ``(sum_o incidence_o sum_kind weight_kind burden(kind, o))^reactive_elasticity * demand_grown * care_volume``: more need asks
    for more service, though less than in line.
    """
    agency = w.agencies[a]
    index = 0.0
    for i in range(w.kinds.shape[0]):
        burden = 0.0
        for o in range(agency.incidence.shape[0]):
            burden += agency.incidence[o] * w.kinds[i].burden[o]
        index += agency.kind_weight[i] * burden
    return max(0.0, index) ** w.parameters.reactive_elasticity * w.clock.demand_grown * care_volume(w, a)


@rule
def care_volume(w: World, a: int) -> float:
    """What agency ``a`` does for acute need against the base year, as far as more children come into care at constant outcomes.

    ``1 + looked_after (care_grown - 1)``, beyond the growth of all demand. Looked-after care is the part of a council's acute
    spend that is exposed to the drift of unit cost; other agencies have none.
    """
    agency = w.agencies[a]
    return 1.0 + agency.unit_cost_exposure * (w.clock.care_grown - 1.0) if agency.council == 1 else 1.0


@rule
def unit_cost(w: World, a: int) -> float:
    """Real unit cost of agency ``a``'s reactive services against the base year: ``1 + exposure (care_dearer - 1)``.

    ``exposure`` is the part of what is done now: of a council's it grows with looked-after care. It is money only: a dearer
    placement changes neither need nor what the service does.
    """
    agency = w.agencies[a]
    exposed = agency.unit_cost_exposure
    if agency.council == 1:
        exposed *= w.clock.care_grown / care_volume(w, a)
    return 1.0 + exposed * (w.clock.care_dearer - 1.0)
