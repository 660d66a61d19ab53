"""The loop gain of the spiral of cuts and reactive demand.

A pound more of reactive demand on one agency is a pound less of its planned spend; outcomes slip, and reactive demand of
all agencies rises by ``G[a, b]`` pounds on agency ``a`` for each pound on agency ``b``, once outcomes have settled. The
gain is the spectral radius of ``G``: below one the spiral dies out, and the first pound becomes ``1 / (1 - gain)`` along
the vector that grows most. ``analytic`` reads it from the equations, at any state of a run without pooling; ``measured``
gives each agency one pound of demand in the compiled model and looks how much it has become.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.sim.engine.play import side_by_side
from totalplace.sim.evidence.calibration.pictures import prior_values
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.evidence.structure.stage import NAMES, Trial, defaults, with_values
from totalplace.sim.model.world import World

#: £1 in £m.
POUND: Final = 1e-6
#: Quarters until one pound has become all it will: outcomes and capacity move at once, so that each quarter is one turn.
TURNS: Final = 80
#: Speeds at which outcomes and capacity settle within a quarter; the gain does not depend on speeds.
_AT_ONCE: Final = {"rho": 1e6, "capacity_growth": 1.0, "outcome_noise": 0.0, "demand_growth": 0.0,
                "looked_after_growth": 0.0, "unit_cost_drift": 0.0}
#: Gains at the start that the spiral is followed from, in place of the one at the defaults: epsilon is scaled to them.
FOLLOWED: Final = (0.25, 0.5, 0.75, 0.95, 1.1, 1.5)
LONG: Final = 120


def analytic(world: World) -> Floats:
    """The matrix G (A, A) of a world without pooling, at the outcomes and the planned spend that it has now."""
    w, p = world, world.parameters
    agencies, cohorts = w.agencies, w.cohorts
    effect = np.asarray(w.themes.effect)
    ratio = (1.0 - cohorts.outcome) / (1.0 - cohorts.baseline)
    support = float(np.average(w.neighbourhoods.capacity - w.neighbourhoods.capacity_start, weights=w.neighbourhoods.population))
    capacity = p.beta * p.capacity_of_spend / (1.0 + p.beta * support)
    pull = cohorts.need[:, :, None] * effect[None, :, :]
    pull[:, w.themes.neighbourhoods == 1] += capacity * pull.sum(axis=1)[:, None]
    pull = p.epsilon * pull * ratio[:, None, :]
    burden = np.zeros((len(w.kinds), effect.shape[0], effect.shape[1]))
    np.add.at(burden, cohorts.kind, cohorts.persons[:, None, None] * pull)
    burden /= np.maximum(w.kinds.persons, 1.0)[:, None, None]
    demand = np.einsum("ai,ao,ijo->aj", agencies.kind_weight, agencies.incidence, burden)
    years = 0.25 * max(0, int(w.clock.quarter) - 1)
    care = agencies.unit_cost_exposure * (agencies.council == 1) * ((1.0 + p.looked_after_growth) ** years - 1.0)
    growth = (1.0 + p.demand_growth) ** years * (1.0 + care) * agencies.unit_cost
    growth = growth * p.reactive_elasticity * _need(w, ratio) ** (p.reactive_elasticity - 1.0)
    frontline = np.asarray(w.shares.frontline)
    part = frontline / np.maximum(frontline.sum(axis=0), 1e-12)
    planned = agencies.scale * (agencies.frontline_start + agencies.common_start)
    lost = np.divide(part, planned[:, None], out=np.zeros_like(part), where=planned[:, None] > 0.0)
    return np.asarray((growth * agencies.reactive_start)[:, None] * (demand @ lost.T))


def _need(w: World, ratio: Floats) -> Floats:
    """Need against the base year that drives the reactive demand of each agency (A,), from shortfalls of cohorts (K, O)."""
    burden = np.zeros((len(w.kinds), ratio.shape[1]))
    np.add.at(burden, w.cohorts.kind, w.cohorts.persons[:, None] * ratio)
    burden /= np.maximum(w.kinds.persons, 1.0)[:, None]
    return np.asarray(np.einsum("ai,ao,io->a", w.agencies.kind_weight, w.agencies.incidence, burden))


def gain(matrix: Floats) -> float:
    """The spectral radius of a matrix."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def measured(stage: Trial, values: Floats) -> Floats:
    """The matrix G (A, A) from one pound of demand on each agency in turn; ``stage``: no cuts, no negotiation."""
    still = with_values(values, **_AT_ONCE)
    world = stage.begin(still)
    level = np.array(stage.go_on(TURNS).agencies.reactive)
    response = np.eye(len(level))
    for b in range(len(level)):
        world = stage.begin(still)
        world.agencies.reactive_start[b] += POUND
        response[:, b] = (np.array(stage.go_on(TURNS).agencies.reactive) - level) / POUND
    return np.asarray(np.eye(len(level)) - np.linalg.inv(response))


@dataclass(frozen=True, eq=False)
class Gains:
    """Loop gains over prior draws in each place: (places, N). ``cut`` is that after ten years of cuts, ``deep`` of twice the cuts.

    ``parameters`` (N, P) are the draws, ``correlation`` (P,) the rank correlation of each parameter with the gain at the start.
    ``at_defaults`` holds the gains at the defaults by place; ``epsilon_at_one`` (places, N) the elasticity at which it would be 1.
    """

    places: tuple[str, ...]
    parameters: Floats
    analytic: Floats
    measured: Floats
    cut: Floats
    deep: Floats
    at_defaults: Floats
    epsilon_at_one: Floats


@dataclass(frozen=True, eq=False)
class Spiral:
    """What happens from several gains at the start, in a silo with cuts: paths by gain (G, quarters)."""

    place: str
    gains: tuple[float, ...]
    reactive_share: Floats
    wellbeing: Floats
    unmet: Floats


def _quiet(place: str) -> Trial:
    return Trial("silo-no-cuts", place, [f"quarters={TURNS}"])


def loop_gains(places: tuple[str, ...], draws: int, seed: int, threads: int | None = None) -> Gains:
    """Gains over ``draws`` prior draws (independent uniform quantiles) in every place."""
    unit = np.random.Generator(np.random.Philox(key=[seed, 1])).random((draws, len(NAMES)))
    parameters = prior_values(unit)

    def one(task: tuple[str, int]) -> tuple[Floats, ...]:
        place, kind = task
        if kind == 0:
            stage = _quiet(place)
            rows = [*parameters, defaults()]
            start = np.array([gain(analytic(stage.begin(row))) for row in rows])
            counted = np.array([gain(measured(stage, row)) for row in rows])
            return start, counted
        stage = Trial("silo", place, [f"levers.cuts={kind}"])
        late = []
        for row in parameters:
            stage.begin(with_values(row, outcome_noise=0.0))
            late.append(gain(analytic(stage.go_on())))
        return (np.array(late),)

    tasks = [(place, kind) for place in places for kind in (0, 1, 2)]
    found = dict(zip(tasks, side_by_side(one, tasks, threads), strict=True))
    start = np.stack([found[place, 0][0] for place in places])
    counted = np.stack([found[place, 0][1] for place in places])
    epsilon = parameters[:, NAMES.index("epsilon")]
    return Gains(
        places, parameters, start[:, :-1], counted[:, :-1],
        np.stack([found[place, 1][0] for place in places]), np.stack([found[place, 2][0] for place in places]),
        start[:, -1], epsilon / start[:, :-1],
    )


def spiral(place: str) -> Spiral:
    """Follow the spiral at the defaults but for ``epsilon``, which is linear in the gain, so that it starts at each gain."""
    quiet = _quiet(place)
    own = gain(analytic(quiet.begin(defaults())))
    epsilon = float(defaults()[NAMES.index("epsilon")])
    stage = Trial("silo", place, [f"quarters={LONG}"])
    paths: dict[str, list[Floats]] = {"reactive_share": [], "wellbeing": [], "unmet": []}
    for value in FOLLOWED:
        values = with_values(defaults(), epsilon=epsilon * value / own, outcome_noise=0.0, demand_growth=0.0,
                             looked_after_growth=0.0, unit_cost_drift=0.0)
        stage.begin(values)
        unmet = np.zeros(LONG)
        for quarter in range(1, LONG + 1):
            world = stage.go_on(quarter)
            unmet[quarter - 1] = 100.0 * float(world.agencies.shortfall.sum() / world.agencies.reactive.sum())
        paths["reactive_share"].append(np.array(world.measures.reactive_share))
        paths["wellbeing"].append(np.array(world.measures.wellbeing))
        paths["unmet"].append(unmet)
    return Spiral(place, FOLLOWED, *(np.stack(paths[name]) for name in ("reactive_share", "wellbeing", "unmet")))
