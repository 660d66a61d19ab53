"""Under which conditions something happens in a sweep: boxes of its factors, scenarios and places, in sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from totalplace.scenarios.errors import InputError
from totalplace.sim.analysis.cases import Cases, Varied, check_paired, of_sweep
from totalplace.sim.analysis.conditions import Condition, parse, where
from totalplace.sim.analysis.discovery.boxes import LEAST_MASS, MOST_BOXES, Box, Limit, boxes
from totalplace.sim.results.answers import Answer
from totalplace.sim.results.wording import count

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.engine.sweep.store import Store


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Discovery(Answer):
    """Boxes in which a condition holds; ``share`` of the ``runs`` meet it in all."""

    condition: Condition
    boxes: tuple[Box, ...]
    share: float
    runs: int


def discover(
    sweep: Store | str | Path, when: str, method: str = "prim", scenario: str | None = None, place: str | None = None, *,
    density: float | None = None, least_mass: float = LEAST_MASS, most: int = MOST_BOXES, seed: int = 1,
) -> Discovery:
    """Under which values of the factors of a sweep, scenarios and places a condition holds in the last year of the run.

    ``when`` is such as ``net_saving > 0 and wellbeing_* >= silo`` (:mod:`totalplace.sim.analysis.conditions`); each
    replicate is a run of its own. Scenarios that the condition compares with are left out. Raises InputError for a
    condition that cannot be read.
    """
    from totalplace.sim.analysis.discovery import words as discovery_words
    from totalplace.sim.analysis.discovery.figure import limits_figure, scatter_figure, steps_figure
    from totalplace.sim.engine.sweep.labels import labels_of
    from totalplace.sim.engine.sweep.store import open_sweep

    store = open_sweep(sweep) if isinstance(sweep, str | Path) else sweep
    known_scenarios = tuple(dict.fromkeys(store.scenarios()["scenario"]))
    condition = parse(when, list(store.manifest.metrics), known_scenarios, labels_of(store.scenarios()))
    if condition.references:
        check_paired(store)
    everything = of_sweep(store, condition.metrics)
    chosen = _chosen(everything, condition, scenario, place)
    holds, known = where(chosen, condition, everything)
    points, factors = described(chosen)
    points, holds = points[known].reset_index(drop=True), holds[known]
    found = boxes(points, holds, method, density=density, least_mass=least_mass, most=most, seed=seed)
    source = f"{chosen.source.rpartition(', ')[0]}, {count(len(points), 'run')}"
    caption = f"{source}{chosen.what_if}"
    drawings: dict[str, Any] = {}
    if found:
        drawings["limits"] = partial(limits_figure, found, points, factors, condition, caption)
        drawings["runs"] = partial(scatter_figure, found[0], points, holds, factors, condition, caption)
        if found[0].steps is not None:
            drawings["trade-off"] = partial(steps_figure, found[0], float(holds.mean()), condition, caption)
    return Discovery(
        title=f"When {condition.words}",
        source=source,
        tables={"boxes": discovery_words.table(found, factors)},
        sentences=discovery_words.sentences(found, factors, condition, holds),
        warnings=discovery_words.warnings(found, int((~known).sum())),
        drawings=drawings,
        labels=chosen.labels,
        condition=condition,
        boxes=tuple(found),
        share=float(holds.mean()),
        runs=len(points),
    )


def described(cases: Cases) -> tuple[pd.DataFrame, dict[str, Varied]]:
    """What can set runs apart, a column each: factors, a choice by its name, and scenario and place where there are several."""
    import pandas as pd

    columns: dict[str, Any] = {}
    factors = {factor.name: factor for factor in cases.factors}
    for factor in cases.factors:
        values = cases.table[factor.name].to_numpy()
        columns[factor.name] = [factor.choices[int(value)] for value in values] if factor.choices else values
    shown = {"arrangement": (cases.table["scenario"], cases.scenarios),
             "place": (cases.table["place"].map(cases.labels.place), cases.places_shown)}
    for name, (told, several) in shown.items():
        if len(several) > 1:
            columns[name] = told.to_numpy()
            factors[name] = Varied(name, "", "name", tuple(several))
    if not columns:
        raise InputError(f"The sweep '{cases.name}' varies nothing", allowed="a sweep with factors, or several scenarios or places")
    return pd.DataFrame(columns), factors


def _chosen(everything: Cases, condition: Condition, scenario: str | None, place: str | None) -> Cases:
    """The cases of one scenario or of all but those the condition compares with, and of one place or all."""
    from dataclasses import replace

    if scenario is not None or not condition.references:
        return everything.only(scenario, place)
    kept = tuple(name for name in everything.scenarios if name not in condition.references)
    if not kept:
        raise InputError("The condition compares the only scenario with itself", allowed="a sweep with another scenario")
    table = everything.table[everything.table["scenario"].isin(kept)].reset_index(drop=True)
    total = everything.total // len(everything.scenarios) * len(kept)
    return replace(everything, table=table, scenarios=kept, total=total).only(place=place)


__all__ = ["Box", "Discovery", "Limit", "boxes", "described", "discover"]
