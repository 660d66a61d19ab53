"""Where devolving to neighbourhoods wins: gain of fit against loss of scale, theme by theme and place by place.

Each theme of a single pot is devolved alone, all of what is pooled, at default parameters and on the same seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace import scenarios
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import THEMES, label
from totalplace.sim.engine.ensemble import ensemble
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.evidence.markdown_page import table
from totalplace.sim.model.world import build
from totalplace.sim.results.run import Ensemble

SCENARIO: Final = "single-pot"


@dataclass(frozen=True, eq=False)
class Devolved:
    """What devolving a theme does in a place: ``wellbeing`` (thousandths) and ``resources`` (£ a head a year), mean over runs.

    Resources are net saving and demand avoided, over the run. ``unequal``: how need differs between neighbourhoods; ``common``:
    common functions, as a share of planned and common spend.
    """

    place: str
    people: float
    theme: str
    unequal: float
    common: float
    wellbeing: float
    resources: float


def _wellbeing(result: Ensemble) -> Floats:
    return 1e3 * result.at_end("wellbeing")


def _resources(result: Ensemble) -> Floats:
    money = np.asarray(result.metrics["net_saving"] + result.metrics["demand_avoided"], dtype=np.float64).mean(axis=1)
    return money * 1e6 / result.place.population


def devolve(places: Sequence[str], runs: int, first_seed: int = 1, threads: int | None = None,
            progress: Callable[[int, int], None] | None = None) -> list[Devolved]:
    """Every theme in every place, ``runs`` seeds each. Raises InputError for unknown places, LedgerError."""
    found = []
    for number, place in enumerate(places):
        base = scenarios.load(SCENARIO, place=place, uncertainties="default")
        before = _played(base, runs, first_seed, threads)
        world = build(base).world
        for j, theme in enumerate(THEMES):
            money, common = (world.shares[name][:, j].sum() for name in ("spend", "common_given"))
            if money <= 0.0:
                continue
            after = _played(base.with_settings([f"levers.neighbourhood_share={{all: 0, {theme}: 1}}"]), runs, first_seed, threads)
            planned = money - world.shares["reactive_given"][:, j].sum()
            gained = [float((of(after) - of(before)).mean()) for of in (_wellbeing, _resources)]
            unequal, part = float(world.themes[j].unequal), float(common / max(planned, 1e-12))
            found.append(Devolved(before.place.name, before.place.population, theme, unequal, part, *gained))
        if progress is not None:
            progress(number + 1, len(places))
    return found


def _played(scenario: Scenario, runs: int, first_seed: int, threads: int | None) -> Ensemble:
    return ensemble(scenario, runs=runs, first_seed=first_seed, threads=threads)


def section(found: Sequence[Devolved]) -> Iterator[str]:
    """Lines of the page: for each theme where it wins, and what it depends on."""
    places = list(dict.fromkeys(one.place for one in found))
    yield "## Where neighbourhoods win"
    yield ""
    yield (
        "Each theme of a single pot devolved alone, at default parameters: change of wellbeing in thousandths at the end, and in "
        "brackets of resources (net saving and demand avoided) in £ a head a year over the run. Fit helps people, the more "
        "need differs between neighbourhoods; lost scale takes it back where neighbourhoods are far below an efficient size and "
        "much of the theme is common functions. Resources are lost there too, and hardly any where the place is large."
    )
    yield ""
    rows = []
    for theme in THEMES:
        own = {one.place: one for one in found if one.theme == theme}
        if own:
            common = float(np.mean([one.common for one in own.values()]))
            rows.append((label(theme), f"{100 * common:.0f}%", *(_cell(own.get(place)) for place in places)))
    yield from table(("theme", "common functions", *places), rows)
    rows = []
    for place in places:
        own_rows = [one for one in found if one.place == place]
        better = [label(one.theme) for one in own_rows if one.wellbeing > 0.0]
        rows.append((place, f"{own_rows[0].people:,.0f}", f"{np.mean([one.unequal for one in own_rows]):.2f}",
                     ", ".join(better) or "none"))
    heads = ("place", "people", "need between neighbourhoods (coefficient of variation)", "themes in which wellbeing rises")
    yield from table(heads, rows)


def _cell(one: Devolved | None) -> str:
    return "" if one is None else f"{one.wellbeing:+.2f} ({one.resources:+.2f})"
