"""How six metrics respond to each lever over the prior: five values, both of a flag, all choices, on the same draws at every value.

A draw is a set of parameters from the prior and a seed; both are the same at every value (common random numbers). A sign is that of
the highest value against the lowest, and counts where the mean of the paired differences is :data:`STANDARD_ERRORS` standard errors
from zero. What is expected stands in ``scenarios/responses.yaml``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np

from totalplace import scenarios
from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.lever_responses import FILE, PATH, Response, read
from totalplace.scenarios.stamps import Stamp, stamp
from totalplace.sim.engine.ensemble import ensemble
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.evidence.lever_signs import STANDARD_ERRORS
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.run import Ensemble

#: Places in which every lever is tried: small, middling and large, more and less deprived, of four regions.
PLACES: Final = ("Nottingham", "Wokingham", "Liverpool", "Kent")
#: Differences smaller than this, relative to the metric's level, are rounding.
_ROUNDING: Final = 1e-9
AS_EXPECTED, WRONG, UNCLEAR, EITHER, FLAT, STILL, FALSE_REASON = (
    "as expected", "wrong", "no clear sign", "", "moves nothing, as said", "moves nothing", "moves, though said not to")


@dataclass(frozen=True, eq=False)
class Moved:
    """What a lever does to a metric: ``means`` by value, and the paired differences of the draws. Money is £ a head.

    ``moved`` and ``same``: share of the draws that it moves at all, and of those the share in which it goes the way of the mean;
    ``sign`` is 0 within error, and of a choice.
    """

    row: Response
    metric: str
    means: Floats
    moved: float
    same: float
    sign: int
    verdict: str


@dataclass(frozen=True, eq=False)
class Responses:
    """Every lever and mechanism: what it does to each watched metric, and what shows its cost."""

    watched: dict[str, str]
    rows: tuple[Response, ...]
    found: dict[str, dict[str, Moved]]
    costs: dict[str, dict[str, Moved]]
    places: tuple[str, ...]
    runs: int
    first_seed: int

    def faults(self) -> list[str]:
        """Levers that move nothing without a reason or against one, or are free, in words."""
        bad = [f"{one.row.name} on {one.metric}: {one.verdict}" for metrics in self.found.values() for one in metrics.values()
               if one.verdict in (STILL, FALSE_REASON)]
        return bad + [f"{row.name} is free: {', '.join(row.cost)} do not show its cost" for row in self.rows
                      if not any(paid(self.costs[row.name][metric], sign) for metric, sign in row.cost.items())]

    def misses(self) -> list[str]:
        """Signs that are expected and not found, in words."""
        return [f"{one.row.name} on {one.metric}: {one.verdict}" for metrics in self.found.values() for one in metrics.values()
                if one.verdict in (WRONG, UNCLEAR)]


def paid(one: Moved, sign: int) -> bool:
    """Whether a metric shows the cost that is said to be paid: it goes the way that is said, or for a choice moves at all."""
    return one.sign == sign if sign else one.moved > 0.0


def expected() -> tuple[dict[str, str], tuple[Response, ...]]:
    """Watched metrics and expected responses. Raises InputError where one names no metric or scenario."""
    return _kept(stamp(PATH))


@lru_cache(maxsize=1)
def _kept(file: Stamp) -> tuple[dict[str, str], tuple[Response, ...]]:
    watched, rows = read(Path(file[0]))
    for name in (*watched, *(name for row in rows for name in row.cost)):
        if name not in METRICS:
            raise UnknownName("metric", name, list(METRICS), where="among expected responses", file=FILE)
    return watched, rows


def level(result: Ensemble, metric: str) -> Floats:
    """A metric of each run: of what is a year its mean over the run, in £ a head if it is money; else at the end."""
    unit = METRICS[metric].unit
    values = np.asarray(result.metrics[metric], dtype=np.float64)
    found = values.mean(axis=1) if " a year" in unit else values[:, -1]
    return found * 1e6 / result.place.population if unit.startswith("£m") else found


def unit(metric: str) -> str:
    """The unit in which a metric is given here."""
    given = METRICS[metric].unit
    return ("£ a head a year" if " a year" in given else "£ a head") if given.startswith("£m") else given


def respond(
    runs: int = 50, places: Sequence[str] = PLACES, first_seed: int = 1, threads: int | None = None, draw: str = "prior",
    rows: Sequence[Response] = (), progress: Callable[[int, int], None] | None = None,
) -> Responses:
    """Every lever at every value: ``runs`` (at least two) draws of the ``draw`` in each place, the same at every value.

    Raises InputError for unknown places, LedgerError.
    """
    watched, every = expected()
    chosen = tuple(rows) or every
    found: dict[str, dict[str, Moved]] = {}
    costs: dict[str, dict[str, Moved]] = {}
    done, total = 0, len(places) * sum(len(row.values) for row in chosen)
    for row in chosen:
        levels: dict[str, list[Floats]] = {name: [] for name in (*watched, *row.cost)}
        for value in row.values:
            ends: dict[str, list[Floats]] = {name: [] for name in levels}
            for number, place in enumerate(places):
                settings = [f"uncertainties={draw}", *row.where, f"{row.setting}={value}"]
                scenario = scenarios.load(row.scenario, place=place, set=settings)
                result = ensemble(scenario, runs=runs, first_seed=first_seed + number * runs, threads=threads)
                for name in ends:
                    ends[name].append(level(result, name))
                done += 1
                if progress is not None:
                    progress(done, total)
            for name, values in ends.items():
                levels[name].append(np.concatenate(values))
        found[row.name] = {name: moved_by(row, name, np.stack(levels[name])) for name in watched}
        costs[row.name] = {name: moved_by(row, name, np.stack(levels[name])) for name in row.cost}
    return Responses(watched, chosen, found, costs, tuple(places), runs, first_seed)


def moved_by(row: Response, metric: str, levels: Floats) -> Moved:
    """The response of a metric from its ``levels`` (values, draws)."""
    gaps = levels[1:] - levels[0]
    gaps[np.abs(gaps) <= _ROUNDING * np.maximum(np.abs(levels[1:]), np.abs(levels[0]))] = 0.0
    moved = np.any(gaps != 0.0, axis=0)
    gap = gaps[-1]
    mean, error = float(gap.mean()), float(gap.std(ddof=1) / np.sqrt(gap.size))
    sign = int(np.sign(mean)) if row.ordered and abs(mean) > STANDARD_ERRORS * error else 0
    same = float(np.mean(np.sign(gap[gap != 0.0]) == np.sign(mean))) if row.ordered and gap.any() else 0.0
    verdict = verdict_of(row, metric, bool(moved.any()), sign)
    return Moved(row, metric, levels.mean(axis=1), float(moved.mean()), same, sign, verdict)


def verdict_of(row: Response, metric: str, moves: bool, sign: int) -> str:
    """The verdict on a metric that a lever ``moves`` or not, with the ``sign`` that was found."""
    if metric in row.flat:
        return FALSE_REASON if moves else FLAT
    if not moves:
        return STILL
    wanted = row.expected.get(metric)
    if wanted is None:
        return EITHER
    return {wanted: AS_EXPECTED, 0: UNCLEAR}.get(sign, WRONG)
