"""What is expected of pooling, and of savings that are spent again, for outcomes and for the demand that they drive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def gain_of_pooling(w: World, j: int) -> float:
    """Relative fall of outcome shortfalls, for an effect of 1, for a pound more pooled in theme ``j`` (1/£m)."""
    theme, parameters = w.themes[j], w.parameters
    integration = parameters.iota * parameters.expected_redesign / (1.0 + parameters.iota * theme.redesign * theme.pooled)
    return parameters.epsilon * integration * parameters.outcome_delay / theme.money if theme.money > 0.0 else 0.0


@rule
def gain_of_spending(w: World, j: int) -> float:
    """The same for a pound more of prevention in theme ``j``, by the elasticity of all planned spend (as in ``integrate``)."""
    theme, parameters = w.themes[j], w.parameters
    worth = theme.planned + (parameters.prevention_worth - 1.0) * theme.preventive
    return parameters.epsilon * parameters.prevention_worth * parameters.outcome_delay / worth if worth > 0.0 else 0.0


@rule
def driven_demand(w: World, a: int, j: int) -> float:
    """Reactive spend of agency ``a``, £m a year, that outcomes drive which theme ``j`` acts on, by its effects, to first order."""
    agency, theme = w.agencies[a], w.themes[j]
    driven = 0.0
    for o in range(agency.incidence.shape[0]):
        driven += agency.incidence[o] * theme.effect[o]
    return agency.reactive * w.parameters.reactive_elasticity * driven


@rule
def demand_to_avoid(w: World, j: int, pooled: float, again: float) -> float:
    """Reactive demand on all agencies, £m present value, that a plan for theme ``j`` can avoid.

    ``pooled`` is what it pools more, ``again`` what it spends again, both £m present value.
    """
    demand = 0.0
    for a in range(w.agencies.shape[0]):
        demand += driven_demand(w, a, j)
    return demand * (gain_of_pooling(w, j) * pooled + gain_of_spending(w, j) * again)
