"""Sweeps on disk as the sweep page shows them: what may be opened, the last year of every run, filters, one run again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.lever_values import ALL, written_value
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.sweeps.choices import by_number
from totalplace.scenarios.sweeps.factors import stated
from totalplace.sim.browser.server.background import Work
from totalplace.sim.browser.server.settings import sweep_root
from totalplace.sim.engine.sweep.labels import labels_of
from totalplace.sim.engine.sweep.manifest import read_manifest
from totalplace.sim.results.labels import Labels
from totalplace.sim.results.run import KEY_METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from totalplace.scenarios import Scenario
    from totalplace.sim.engine.sweep.manifest import Manifest
    from totalplace.sim.engine.sweep.store import Store

SCENARIO, PLACE = "scenario", "place"
#: Axes that are shown unless others are chosen: factors, and metrics.
USUAL_FACTORS: Final = 4
USUAL_METRICS: Final = 3
MOST_AXES: Final = 10
#: Runs of a larger sweep are thinned out evenly to about this many when they are read.
MOST_READ: Final = 200_000

#: Ranges by axis; a run passes when it is within one of the ranges of every axis.
Ranges = Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class Axis:
    """Something to show of runs: ``kind`` is name (scenario, place), lever, uncertainty or metric; ``choices`` name its values.

    ``keys`` are the names of places in tables: where the money of a place is estimated its choice carries a mark.
    """

    name: str
    label: str
    unit: str
    kind: str
    choices: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Opened:
    """The runs of a sweep that are done, with their metrics in the last year. ``values`` (R,) by axis; names and choices as index.

    ``run``, ``point``, ``replicate`` and ``seed`` (R,) say which run each row is; ``every`` how many runs one row stands for.
    ``texts`` are the scenarios by name and place, where their folder is gone.
    """

    folder: str
    title: str
    state: str
    axes: dict[str, Axis]
    values: dict[str, NDArray[np.float64]]
    run: NDArray[np.int64]
    point: NDArray[np.int64]
    replicate: NDArray[np.int64]
    seed: NDArray[np.int64]
    every: int
    factors: dict[str, str]
    texts: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def within(self, ranges: Ranges) -> NDArray[np.bool_]:
        """Which runs (R,) pass all ranges."""
        kept = np.ones(len(self.run), dtype=bool)
        for name, spans in ranges.items():
            if spans and name in self.values:
                column = self.values[name]
                kept &= np.any([(column >= low) & (column <= high) for low, high in spans], axis=0)
        return kept

    def behind(self, run: int) -> NDArray[np.int64]:
        """Rows of the replicates at the point, scenario and place of a run; none if the run is not there."""
        found = np.flatnonzero(self.run == run)
        if not len(found):
            return found
        same = np.ones(len(self.run), dtype=bool)
        for column in (self.point, self.values[SCENARIO], self.values[PLACE]):
            same &= column == column[found[0]]
        return np.flatnonzero(same)

    def shown(self, axis: str, row: int) -> str:
        """The value of an axis in a row in words."""
        from totalplace.sim.results.wording import amount

        one, value = self.axes[axis], float(self.values[axis][row])
        return one.choices[int(value)] if one.choices else amount(value, one.unit, brief=True)


def sweep_names() -> list[str]:
    """The names of the sweeps that may be opened: folders in the one that the server was given."""
    try:
        return sorted(folder.name for folder in sweep_root().iterdir() if (folder / "manifest.json").is_file() and _read(folder))
    except OSError:
        return []


def _read(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except (InputError, OSError, ValueError):
        return None


def sweep_folder(name: str) -> Path:
    """The folder of a sweep by its name, which must be one of those listed. Raises UnknownName."""
    names = sweep_names()
    if name not in names:
        raise UnknownName("sweep", name, names)
    return sweep_root() / name


def axes_of(manifest: Manifest, scenarios: Sequence[str], places: Sequence[str], labels: Labels) -> dict[str, Axis]:
    """Everything that can be shown of the runs of a sweep, by name."""
    found = [Axis(SCENARIO, SCENARIO, "", "name", tuple(scenarios)),
             Axis(PLACE, PLACE, "", "name", labels.all_places(places), tuple(places))]
    for label, kind in manifest.factors.items():
        lever = LEVERS.get(label.partition(".")[0]) if kind == "lever" else None
        unit = lever.unit if lever else PARAMETERS[label].unit
        found.append(Axis(label, labels.factor(label), unit, kind, lever.choices if lever else ()))
    found += [Axis(one.name, one.label, one.unit, "metric") for one in map(labels.metric, manifest.metrics)]
    return {axis.name: axis for axis in found}


def usual_axes(opened: Opened) -> list[str]:
    """The axes to begin with: scenario and place where there are several, the first factors, the key metrics."""
    names = [name for name in (SCENARIO, PLACE) if len(opened.axes[name].choices) > 1]
    metrics = [name for name, axis in opened.axes.items() if axis.kind == "metric"]
    key = [name for name in (*KEY_METRICS, *metrics) if name in metrics]
    return [*names, *list(opened.factors)[:USUAL_FACTORS], *list(dict.fromkeys(key))[:USUAL_METRICS]]


def reading(name: str) -> Callable[[Work], Opened]:
    """The task that reads a sweep."""

    def task(work: Work) -> Opened:
        work.report(0, 1)
        opened = open_sweep(name)
        work.report(1, 1)
        return opened

    return task


def open_sweep(name: str) -> Opened:
    """Read the last year of every run of a sweep. Raises InputError."""
    from totalplace.sim.engine.sweep.store import open_sweep

    return open_store_of(name, open_sweep(sweep_folder(name)))


def open_store_of(name: str, store: Store) -> Opened:
    """The same of a sweep that is open. Raises InputError."""
    every = -(-store.total // MOST_READ)
    last = store.ends(one_in=every)
    runs = by_number(store.runs.to_table().to_pandas(), store.manifest.factors)
    rows = runs.merge(last, on="run").sort_values("run", ignore_index=True)
    scenarios, places = (list(dict.fromkeys(rows[column])) for column in (SCENARIO, PLACE))
    axes = axes_of(store.manifest, scenarios, places, labels_of(store.scenarios()))
    values = {name: rows[name].to_numpy(np.float64) for name in axes if name not in (SCENARIO, PLACE)}
    for column, names in ((SCENARIO, scenarios), (PLACE, places)):
        values[column] = rows[column].map({name: i for i, name in enumerate(names)}).to_numpy(np.float64)
    which = {column: rows[column].to_numpy(np.int64) for column in ("run", "point", "replicate", "seed")}
    return Opened(folder=name, title=store.manifest.title or store.manifest.name, state=store.state, axes=axes, values=values,
                  every=every, factors=dict(store.manifest.factors), **which)


def settings(opened: Opened, row: int) -> list[str]:
    """The factors of a row as settings of a scenario."""
    found = []
    for label, kind in opened.factors.items():
        value = float(opened.values[label][row])
        if kind == "lever":
            found += _lever_settings(label, value, opened.factors)
        else:
            found.append(f"uncertainties.{label}={value!r}")
    return found


def _lever_settings(label: str, value: float, factors: Iterable[str]) -> list[str]:
    name, _, target = label.partition(".")
    lever = LEVERS[name]
    word = written_value(lever, value)
    text = str(word).lower() if isinstance(word, bool) else f"{word}"
    if not target:
        return [f"levers.{name}={text}"]
    targets = [one for one in lever.targets if f"{name}.{one}" not in factors] if target == ALL else [target]
    return [f"levers.{name}.{one}={text}" for one in targets]


def scenario_of(opened: Opened, row: int) -> Scenario:
    """The scenario of a row with its factors set: with the row's seed it gives the same run again."""
    from totalplace import scenarios
    from totalplace.sim.engine.sweep.store import open_sweep

    name, place = opened.shown(SCENARIO, row), opened.axes[PLACE].keys[int(opened.values[PLACE][row])]
    texts = opened.texts or _texts(open_sweep(sweep_folder(opened.folder)))
    base = scenarios.loads(texts[name, place], name)
    return base.with_settings([*stated(base, opened.factors), *settings(opened, row)])


def _texts(store: Store) -> dict[tuple[str, str], str]:
    """The scenarios of a sweep by name and place."""
    table = store.scenarios()
    columns = (table[name].astype(str) for name in (SCENARIO, PLACE, "text"))
    return {(name, place): text for name, place, text in zip(*columns, strict=True)}


#: A small sweep that the page runs itself for who has none yet.
EXAMPLE: Final = """\
title: "Example: reinvested savings and trust"
arrangements: [lsp, joint-commissioning]
places: [Kent]
settings: {quarters: 20}
levers:
  reinvested_share: [0, 0.25, 0.5, 0.75, 1]
uncertainties:
  initial_trust: [0.3, 0.45, 0.6]
design: grid
replicates: 2
metrics: [pooled_share, net_saving, wellbeing]
every: quarter
"""
_MADE: list[Opened] = []
_MAKING: Final = Lock()


def example(work: Work) -> Opened:
    """The task that runs EXAMPLE, once for all sessions; its folder is gone when it is done. Raises InputError."""
    import tempfile

    import totalplace as tp

    while not _MAKING.acquire(timeout=0.1):  # a report lets whoever makes it have the turn
        work.report(0, 1)
    try:
        if not _MADE:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "example.yaml"
                file.write_text(EXAMPLE, "utf-8")
                store = tp.sweep(file, Path(folder) / "example", threads=1, progress=work.report)
                _MADE.append(replace(open_store_of("example", store), texts=_texts(store)))
    finally:
        _MAKING.release()
    work.report(1, 1)
    return _MADE[0]
