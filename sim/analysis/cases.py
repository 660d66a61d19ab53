"""The runs of a sweep as one table: what every analysis of a sweep starts from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import yaml
from numpy.typing import NDArray

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.registry import LEVERS, PARAMETERS, Lever, Parameter, named
from totalplace.scenarios.sweeps.choices import by_number
from totalplace.scenarios.sweeps.factors import LEVER
from totalplace.sim.results.labels import PLAIN, Labels
from totalplace.sim.results.wording import count

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.engine.sweep.store import Store


@dataclass(frozen=True)
class Varied:
    """A factor of a design: the name of its column, its unit, the words for its values where it is a choice, its period, and
    the lowest and the highest value of the range that it is drawn from, where it is drawn from one.
    """

    name: str
    kind: str
    unit: str
    choices: tuple[str, ...] = ()
    period: str = ""
    ends: tuple[float, float] | None = None

    @property
    def words(self) -> str:
        """The name as a reader sees it: ``eta (scale exponent of common functions)``, ``encouragement of health``."""
        return named(self.name, self.period)

    @property
    def short(self) -> str:
        """The name without what it stands for: ``eta``."""
        return self.words.partition(" (")[0]

    @property
    def meaning(self) -> str:
        """What it is, in a few words, from the registry."""
        name = self.name.partition(".")[0]
        row: Lever | Parameter = LEVERS[name] if self.kind == LEVER else PARAMETERS[name]
        text = re.split("[:;,]", row.meaning)[0]
        return text[:1].lower() + text[1:]

    def shown(self, value: float) -> str:
        """A value in words."""
        return self.choices[int(value)] if self.choices else f"{value:.3g}"


@dataclass(frozen=True, eq=False)
class Cases:
    """Runs of a sweep. ``table`` has one row a played run: run, scenario, place, point, replicate, seed, the factors (a choice
    as its index) and the metrics in the last year of the run, NaN where it failed.

    ``design`` is what the sweep says of it: kind, samples, second_order, levels, design_seed. ``points`` and ``replicates``
    count those of each scenario and place. ``total`` counts all runs, ``missing`` those without metrics. ``labels`` say how
    readers see places and metrics; ``what_if_texts`` are the scenarios that their place might not be able to have.
    """

    name: str
    title: str
    factors: tuple[Varied, ...]
    design: dict[str, Any]
    metrics: tuple[str, ...]
    table: pd.DataFrame
    scenarios: tuple[str, ...]
    places: tuple[str, ...]
    points: int
    replicates: int
    total: int
    labels: Labels = PLAIN
    what_if_texts: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @property
    def caption(self) -> str:
        """What stands on figures: :attr:`source`, and what places of it could not have."""
        return self.source + self.what_if

    @cached_property
    def what_if(self) -> str:
        """What the place could not have, as a sentence after a point and without one at its end; of several pairs of scenario and
        place, of how many that is so. Empty where all could.
        """
        from totalplace.scenarios import loads
        from totalplace.scenarios.what_if import WHAT_IF

        told = []
        for (name, place), text in self.what_if_texts.items():
            if name in self.scenarios and place in self.places:
                with suppress(InputError):
                    told += [[note for note in loads(text, name).notes if note.startswith(WHAT_IF)]]
        told, pairs = [notes for notes in told if notes], len(self.scenarios) * len(self.places)
        if told and pairs == 1:
            return "".join(f". {note[:1].upper()}{note[1:]}" for note in told[0])
        return f". What if: {len(told)} of {pairs} pairs of scenario and place could not be so" if told else ""

    @property
    def places_shown(self) -> tuple[str, ...]:
        """The places as readers see them, those marked that are estimates."""
        return self.labels.all_places(self.places)

    @property
    def missing(self) -> int:
        """Runs without metrics: those that failed and those that have not been played."""
        return self.total - int(self.table[list(self.metrics)].notna().any(axis=1).sum())

    @property
    def source(self) -> str:
        """Sweep, scenario, place and number of runs, for captions."""
        who = self.scenarios[0] if len(self.scenarios) == 1 else count(len(self.scenarios), "scenario")
        where = self.places_shown[0] if len(self.places) == 1 else count(len(self.places), "place")
        return f"sweep {self.name}: {who}, {where}, {count(self.total - self.missing, 'run')}"

    def only(self, scenario: str | None = None, place: str | None = None) -> Cases:
        """The runs of one scenario or one place. Raises UnknownName."""
        table, scenarios, places = self.table, self.scenarios, self.places
        for what, given, known in (("scenario", scenario, scenarios), ("place", place, places)):
            if given is not None and given not in known:
                raise UnknownName(what, given, known, where=f"in the sweep '{self.name}'")
        if scenario is not None:
            table, scenarios = table[table["scenario"] == scenario], (scenario,)
        if place is not None:
            table, places = table[table["place"] == place], (place,)
        total = self.points * self.replicates * len(scenarios) * len(places)
        return replace(self, table=table.reset_index(drop=True), scenarios=scenarios, places=places, total=total)

    def single(self, scenario: str | None = None, place: str | None = None) -> Cases:
        """The runs of one scenario in one place; both may be left out where there is only one. Raises InputError."""
        chosen = self.only(scenario, place)
        for what, known in (("scenario", chosen.scenarios), ("place", chosen.places)):
            if len(known) > 1:
                raise InputError(f"The sweep '{self.name}' has {len(known)} {what}s and --{what} names none", allowed=known)
        return chosen

    def moving_most(self, metric: str, most: int) -> list[tuple[str, str]]:
        """The pairs of scenario and place whose median of a metric is furthest from zero, the furthest first."""
        medians = self.table.groupby(["scenario", "place"], sort=False)[metric].median().abs().fillna(0.0)
        return list(medians.sort_values(ascending=False, kind="stable").index[:most])

    def at_points(self, metric: str) -> NDArray[np.float64]:
        """The mean over replicates at each point of the design (points,), NaN where a replicate is missing. One scenario only."""
        values = np.full((self.points, self.replicates), np.nan)
        values[self.table["point"], self.table["replicate"]] = self.table[metric]
        return np.asarray(values.mean(axis=1))


def of_sweep(sweep: Store | str | Path, metrics: Sequence[str] | None = None) -> Cases:
    """The cases of a sweep's folder, finished or not. ``metrics`` names those to read, without it all that were kept.

    A metric with the name of a factor, such as ``reactive_share``, is left out unless it is asked for.

    Raises InputError when the folder holds no sweep or no finished part, and for a metric that is a factor too; UnknownName for a
    metric it does not hold.
    """
    from totalplace.sim.engine.sweep.labels import labels_of, what_if_texts
    from totalplace.sim.engine.sweep.store import open_sweep

    store = open_sweep(sweep) if isinstance(sweep, str | Path) else sweep
    names = tuple(store.manifest.metrics if metrics is None else dict.fromkeys(metrics))
    for name in names:
        if name not in store.manifest.metrics:
            raise UnknownName("metric", name, list(store.manifest.metrics), where=f"in '{store.folder}'")
    if both := [name for name in names if name in store.manifest.factors]:
        if metrics is not None:
            raise InputError(f"'{both[0]}' is a factor of the sweep in '{store.folder}' and the name of a metric too",
                             allowed="metrics that are no factors, or a sweep in which it does not vary")
        names = tuple(name for name in names if name not in both)
    written = yaml.safe_load(store.manifest.text)
    known = store.scenarios()
    labels = labels_of(known)
    spans = {one["factor"]: (float(one["low"]), float(one["high"])) for one in written.get("factors", ()) if "low" in one}
    replicates = int(written["replicates"])
    return Cases(
        name=store.manifest.name,
        title=store.manifest.title or store.manifest.name,
        factors=tuple(replace(_varied(name, kind, labels.period), ends=spans.get(name))
                      for name, kind in store.manifest.factors.items()),
        design=dict(written["design"]),
        metrics=names,
        table=_table(store, names),
        scenarios=tuple(dict.fromkeys(known["scenario"])),
        places=tuple(dict.fromkeys(known["place"])),
        points=store.total // len(known) // replicates,
        replicates=replicates,
        total=store.total,
        labels=labels,
        what_if_texts=what_if_texts(known),
    )


def check_paired(store: Store, names: Sequence[str] | None = None) -> None:
    """Raise InputError unless scenarios of a sweep can be held against each other.

    See :func:`totalplace.sim.results.compare.check_pair`.

    ``names`` are those that are compared, all without it. Where a sweep crosses scenarios with places, those of one place do.
    """
    from totalplace.scenarios import loads
    from totalplace.sim.results.compare import check_pair

    table = store.scenarios()
    table = table if names is None else table[table["scenario"].isin(list(names))]
    chosen = max((part for _, part in table.groupby("place", sort=False)), key=len)
    first, *others = [loads(str(text), str(name)) for name, text in zip(chosen["scenario"], chosen["text"], strict=True)]
    for other in others:
        check_pair(other, first)


def _varied(name: str, kind: str, period: str) -> Varied:
    lever = LEVERS.get(name.partition(".")[0])
    if kind == LEVER and lever is not None:
        return Varied(name, kind, lever.unit, ("off", "on") if lever.kind == "flag" else lever.choices, period)
    return Varied(name, kind, PARAMETERS[name].unit, period=period)


def _table(store: Store, metrics: tuple[str, ...]) -> pd.DataFrame:
    """Every played run with its metrics in the last year."""
    columns = [name for name in store.runs.schema.names if name not in ("seconds", "status", "error")]
    runs = by_number(store.runs.to_table(columns=columns).to_pandas(), store.manifest.factors).set_index("run", drop=False)
    return runs.join(store.ends(metrics)).reset_index(drop=True)
