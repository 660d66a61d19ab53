"""Small worlds for tests of single rules: built from a scenario, begun, and played for some quarters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from totalplace.scenarios import load
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.play import Stage, run_of
from totalplace.sim.model import kernel
from totalplace.sim.model.world import Template, build, lever_place
from totalplace.sim.results.run import Run

#: What a run hands back as arrays.
ARRAYS = ("metrics", "deals", "gains", "ties_start", "ties_end")


def small(name: str = "joint-commissioning", *settings: str, quarters: int = 8, place: str = "Rutland",
          **fields: Any) -> Scenario:
    """A scenario of a small place with two clusters of neighbourhoods."""
    return load(name, place=place, quarters=quarters, set=settings, **{"clusters": 2, **fields})


def begun(scenario: Scenario, seed: int = 1) -> Any:
    """The world of a scenario at the start of a run."""
    world = build(scenario).fresh()
    world.clock.seed = seed
    kernel.start(world)
    return world


def after(quarters: int, scenario: Scenario, seed: int = 1) -> Any:
    """The world of a scenario after some quarters."""
    world = begun(scenario, seed)
    assert kernel.advance(world, quarters) == -1
    return world


def fixed(world: Any, **values: float) -> None:
    """Fix parameters of a world that has not begun, also at values outside their prior range."""
    for name, value in values.items():
        prior = world.priors[list(PARAMETERS).index(name)]
        prior.distribution, prior.low, prior.high, prior.mode = 0, value, value, value


def edited(scenario: Scenario) -> Template:
    """The template of a scenario with a world of its own, free to be edited."""
    template = build(scenario)
    return replace(template, world=template.fresh())


def run_edited(template: Template, seed: int = 1) -> Run:
    """A compiled run from an edited template."""
    return run_of(template, Stage(template).play(seed), seed)


def differing(one: Any, other: Any) -> list[str]:
    """The arrays and metrics in which two runs differ by a bit or more."""
    found = [name for name in ARRAYS if getattr(one, name).tobytes() != getattr(other, name).tobytes()]
    if "metrics" in found and one.metrics.shape == other.metrics.shape:
        names = one.metrics.dtype.names
        found += [f"metric {n}" for n in names if one.metrics[n].tobytes() != other.metrics[n].tobytes()]
    return found


def differing_tables(one: Any, other: Any) -> list[str]:
    """The tables in which two worlds differ by a bit or more; rows of the record beyond the last negotiation do not count."""
    found = []
    for name, left, right in zip(one._fields, one, other, strict=True):
        if name == "deals":
            left, right = left[: int(one.clock.deals)], right[: int(other.clock.deals)]
        if np.asarray(left).tobytes() != np.asarray(right).tobytes():
            found.append(name)
    return found


def doubled(scenario: Scenario) -> Template:
    """The template of a scenario in which every amount of money is twice as large."""
    template = edited(scenario)
    world = template.world
    for name in ("spend", "reactive_given", "common_given", "benefits_start", "lines", "commissioned"):
        world.shares[name] *= 2.0
    for name in ("estate", "estate_start"):
        world.agencies[name] *= 2.0
    for name in ("entitlements", "unallocated", "council_direct", "place_total", "authority_lines"):
        world.clock[name] *= 2.0
    for place, parameter in enumerate(PARAMETERS.values()):
        if parameter.unit.startswith("£m"):
            for name in ("low", "high", "mode"):
                world.priors[name][place] *= 2.0
    for name, lever in LEVERS.items():
        if not lever.unit.startswith("£"):
            continue
        values = np.atleast_1d(world.levers[name])
        world.levers[name] = 2.0 * world.levers[name]
        for i in range(len(values)):
            world.events["value"][world.events["place"] == lever_place(name, i)] *= 2.0
    return template
