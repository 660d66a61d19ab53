"""Main effects and interactions of fields of arrangements, from a sweep that runs every combination of them.

A factor is what moves together over the scenarios of the sweep: one field of the arrangement, or the fields and levers of an
ingredient. Its first level is that of the first scenario. A main effect is what another level does on average over all combinations
of the other factors; an interaction is how much more that is where a second factor is at another level too (a difference of
differences). Both are worked out in each state (place, point, seed) by itself: Montgomery, Design and Analysis of Experiments.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import yaml

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.ingredients import ingredients
from totalplace.scenarios.vocabulary import label
from totalplace.sim.analysis.cases import check_paired, of_sweep
from totalplace.sim.model.metrics import Metric
from totalplace.sim.results.answers import Answer
from totalplace.sim.results.monte_carlo import too_few
from totalplace.sim.results.run import BAND
from totalplace.sim.results.wording import amount, count, listing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.sim.engine.sweep.store import Store

MAIN: Final = "main effect"
INTERACTION: Final = "interaction"
#: Standard errors on either side of a mean that hold 95%.
TWO_SIDED: Final = 1.96
#: Effects named in the sentence.
NAMED: Final = 4


@dataclass(frozen=True)
class Crossed:
    """A factor: its name, its levels in words, and the number of its level in each scenario."""

    name: str
    levels: tuple[str, ...]
    at: tuple[int, ...]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Effects(Answer):
    """Effects on ``metric`` of the ``factors`` of a sweep: ``values`` has an axis for each factor and, last, the states."""

    metric: Metric
    factors: tuple[Crossed, ...]
    values: NDArray[np.float64]


def factorial(sweep: Store | str | Path, metric_name: str = "net_saving") -> Effects:
    """Main effects and interactions on a metric in the last year, from a sweep with ``fields`` or ``between``.

    Raises InputError for a sweep whose scenarios are not every combination of what they differ in.
    """
    from totalplace.sim.analysis.factorial.figure import effects_figure
    from totalplace.sim.engine.sweep.store import open_sweep

    store = open_sweep(sweep) if isinstance(sweep, str | Path) else sweep
    check_paired(store)
    cases = of_sweep(store, [metric_name])
    measured = cases.labels.metric(metric_name)
    known = store.scenarios().drop_duplicates("scenario")
    factors = tuple(crossed([yaml.safe_load(text) for text in known["text"]]))
    names = list(known["scenario"])
    if not factors or math.prod(len(one.levels) for one in factors) != len(names):
        raise InputError(
            f"The scenarios of the sweep '{cases.name}' are not every combination of what they differ in",
            allowed="a sweep with 'fields' or 'between'",
        )
    wide = cases.table.pivot_table(index=["place", "point", "replicate"], columns="scenario", values=metric_name)[names].dropna()
    values = np.empty((*(len(one.levels) for one in factors), len(wide)))
    for number, name in enumerate(names):
        values[tuple(one.at[number] for one in factors)] = wide[name].to_numpy()
    table = _table(factors, values)
    where = f" in {cases.places_shown[0]}" if len(cases.places) == 1 else ""
    source = f"sweep {cases.name}{where}: {count(len(names), 'scenario')} in {count(len(wide), 'state')} (place, point, seed)"
    warnings = [few] if (few := too_few(len(wide))) else []
    if cases.missing:
        warnings.append(f"{count(cases.missing, 'run')} without a result: their states are left out.")
    return Effects(
        title=f"Main effects and interactions on {measured.label}",
        source=source,
        tables={"effects": table},
        sentences=tuple(_sentences(table, measured)),
        warnings=tuple(warnings),
        drawings={"effects": partial(effects_figure, table, measured, f"{source}{cases.what_if}")},
        labels=cases.labels,
        metric=measured,
        factors=factors,
        values=values,
    )


def crossed(contents: Sequence[dict[str, Any]]) -> Iterator[Crossed]:
    """The factors of scenarios, from their contents: fields and levers that differ, those that move together as one."""
    moved: dict[tuple[int, ...], list[tuple[str, str]]] = {}
    shown: dict[tuple[int, ...], list[Any]] = {}
    for kind in ("arrangement", "levers"):
        for name in contents[0][kind]:
            if kind == "arrangement" and name in ("name", "title", "description", "levers"):
                continue
            values = [one[kind][name] for one in contents]
            distinct: list[Any] = []
            for value in values:
                if value not in distinct:
                    distinct.append(value)
            if len(distinct) > 1:
                at = tuple(distinct.index(value) for value in values)
                moved.setdefault(at, []).append((kind, name))
                shown.setdefault(at, distinct)
    for at, places in moved.items():
        alone = len(places) == 1 and not isinstance(shown[at][0], list | dict)
        words = [_word(value) for value in shown[at]] if alone else ["first", "second", *map(str, range(3, len(shown[at]) + 1))]
        yield Crossed(_named(places), tuple(words[: len(shown[at])]), at)


def _named(places: Sequence[tuple[str, str]]) -> str:
    """The name of a factor: that of its only field or lever, or of the ingredients that its fields belong to."""
    if len(places) == 1:
        return label(places[0][1])
    found = []
    for one in ingredients().values():
        if any(name in (one.fields if kind == "arrangement" else one.levers) for kind, name in places):
            found.append(one.label)
    return listing(found)


def _word(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else label(str(value))


def _table(factors: Sequence[Crossed], values: NDArray[np.float64]) -> pd.DataFrame:
    """One row an effect: mean over states, the band of 90% of them, and the 95% interval of the mean."""
    import pandas as pd

    rows = []
    for f, one in enumerate(factors):
        for level in range(1, len(one.levels)):
            told = one.name if len(one.levels) == 2 else f"{one.name} {one.levels[0]} to {one.levels[level]}"
            rows.append({"kind": MAIN, "effect": told, **_summary(_step(values, f, level))})
    for (f, one), (g, other) in combinations(enumerate(factors), 2):
        for level in range(1, len(one.levels)):
            for second in range(1, len(other.levels)):
                names = [name.name if len(name.levels) == 2 else f"{name.name} {name.levels[at]}"
                         for name, at in ((one, level), (other, second))]
                both = _step(_steps(values, g, second), f, level)
                rows.append({"kind": INTERACTION, "effect": " with ".join(names), **_summary(both)})
    return pd.DataFrame(rows)


def _steps(values: NDArray[np.float64], axis: int, level: int) -> NDArray[np.float64]:
    """What a level of a factor adds to its first, for every combination of the others; the axis stays, of length one."""
    return np.take(values, [level], axis) - np.take(values, [0], axis)


def _step(values: NDArray[np.float64], axis: int, level: int) -> NDArray[np.float64]:
    """The same by state, the mean over all combinations of the others."""
    added = _steps(values, axis, level)
    return np.asarray(added.reshape(-1, values.shape[-1]).mean(axis=0))


def _summary(effect: NDArray[np.float64]) -> dict[str, float]:
    low, high = np.quantile(effect, BAND)
    mean = float(effect.mean())
    half = TWO_SIDED * float(effect.std(ddof=1)) / math.sqrt(len(effect)) if len(effect) > 1 else math.nan
    return {"mean": mean, "low": low, "high": high, "from": mean - half, "to": mean + half}


def _sentences(table: pd.DataFrame, measured: Metric) -> Iterator[str]:
    """The greatest effects of each kind whose interval leaves zero out, and how many others there are."""
    for kind in (MAIN, INTERACTION):
        rows = table[table["kind"] == kind]
        known = rows[(rows["from"] > 0.0) | (rows["to"] < 0.0)]
        order = known.reindex(known["mean"].abs().sort_values(ascending=False, kind="stable").index)[:NAMED]
        if len(order):
            told = [f"{row['effect']} {amount(float(row['mean']), measured.unit, signed=True)}" for row in order.to_dict("records")]
            yield f"Greatest {kind}s on {measured.label}: {listing(told)}."
        rest = len(rows) - len(known)
        if rest:
            yield f"{count(rest, kind)} of {len(rows)}: the 95% interval of the mean holds zero."
