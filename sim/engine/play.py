"""One way to play: all that plays runs does it on a :class:`Stage`, and side by side by :func:`side_by_side`."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.agents.bargaining import DEALS
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.model import kernel
from totalplace.sim.model.ledger import LedgerError, check_books
from totalplace.sim.model.memory import memory_of
from totalplace.sim.model.metrics import FLAT
from totalplace.sim.model.world import Template, World, build
from totalplace.sim.results.run import Run

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.scenarios.scenario import Scenario

#: Technical: runs with fixed parameters that are played without coming back to Python.
MOST_FIXED: Final = 32
#: What is kept of a run whose world is looked at.
_NOTHING: Final = np.zeros(0, np.int64)
_NO_ROWS: Final = np.zeros((1, 0), np.int64)
#: Changes numbers of a world before its run begins.
Change = Callable[[World], None]


class Stage:
    """The world of a scenario, ready to be played again and again: ``Stage(scenario).set(change).play(seed)``.

    A template, such as one whose world was edited, may stand for the scenario. What a thread does in Python between two runs
    holds up all others, so setting a world back is one copy of memory. Not to be shared by threads.
    """

    def __init__(self, of: Scenario | Template) -> None:
        self.template = of if isinstance(of, Template) else build(of)
        self.scenario = self.template.scenario
        self.world = self.template.fresh()
        self._memory = memory_of(self.world).view(np.int64)
        self._start = self._memory.copy()

    def set(self, change: Change) -> Stage:
        """Change the start of every run that follows."""
        np.copyto(self._memory, self._start)
        change(self.world)
        np.copyto(self._start, self._memory)
        return self

    def without_record(self) -> Stage:
        """Record no negotiations in the runs that follow: nobody works out why an agency refused. Nothing else of a run differs."""
        self.world = self.world._replace(deals=self.world.deals[:0])
        return self

    def begin(self, seed: int, change: Change | None = None) -> World:
        """The world at the start of the run with ``seed``; ``change`` counts for this run only."""
        np.copyto(self._memory, self._start)
        if change is not None:
            change(self.world)
        self.world.clock.seed = seed
        kernel.start(self.world)
        return self.world

    def advance(self, last: int | None = None) -> World:
        """The world after the quarters up to ``last`` (not included; default: all). Raises LedgerError, with the accounts."""
        self._check(kernel.advance(self.world, self.scenario.quarters if last is None else last))
        return self.world

    def _check(self, broken: int) -> None:
        if broken >= 0:
            check_books(self.world, self.template.place.agency_names, broken)
            raise LedgerError(broken, {})

    def play(self, seed: int, change: Change | None = None) -> World:
        """The world after a whole run. Raises LedgerError, with the accounts, if a quarter does not close."""
        if change is not None:
            self.begin(seed, change)
            return self.advance()
        played = self.play_many((seed,), _NOTHING, _NO_ROWS)  # one call where the two above are two
        self._check(int(played.broken[0]))
        return self.world


    def words(self, part: NDArray[Any]) -> NDArray[np.int64]:
        """Where the numbers of a part of the world stand in its memory, in words of 8 bytes: of the shape of the part."""
        first = part.ctypes.data - self._memory.ctypes.data
        return np.ndarray(part.shape, np.int64, np.arange(self._memory.size), first, part.strides).copy()

    def play_many(self, seeds: Sequence[int] | NDArray[np.int64], kept: NDArray[np.int64], rows: NDArray[np.int64],
                  places: NDArray[np.int64] | None = None, values: NDArray[np.float64] | None = None,
                  told: NDArray[np.int64] | None = None) -> kernel.Played:
        """Play whole runs (n,) without coming back to Python between them.

        Run ``i`` begins with ``values[i]`` (n, F) at ``places`` (F,), and leaves in ``rows[i]`` (n, K) what then stands at ``kept``
        (K,); see :meth:`words` for both. ``told`` takes the negotiations of all runs, as words, each with its seed; where it has
        no room for a run, it and those after it are not played. A ledger that breaks raises no error here: see :meth:`replay`.
        """
        given: dict[str, Any] = {} if told is None else {"told": told}
        numbers = np.zeros((len(seeds), 0)) if values is None else values
        return kernel.many(
            self.world, self._memory, self._start, np.asarray(seeds, np.int64), self.scenario.quarters,
            np.zeros(0, np.int64) if places is None else places, np.ascontiguousarray(numbers, np.float64).view(np.int64),
            kept, rows, **given,
        )

    def replay(self, seed: int, places: NDArray[np.int64] | None = None, values: NDArray[np.float64] | None = None) -> World:
        """Play one of many runs again, by itself. Raises LedgerError, with the accounts, if a quarter does not close."""

        def change(_: World) -> None:
            if places is not None and values is not None:
                self._memory.view(np.float64)[places] = values

        return self.play(seed, change)


#: Fields of a tie in what a run hands back; money in £m a year.
TIE_FIELDS: Final = np.dtype([("tied", np.int64), ("trust", np.float64), ("money", np.float64)])


def ties_at_start(world: Any) -> NDArray[Any]:
    """Ties (A, C) at the start of the run: fields tied, trust and money (£m a year)."""
    ties = np.zeros(world.ties.shape, TIE_FIELDS)
    ties["tied"], ties["trust"] = world.ties["tied_start"], world.ties["trust_start"]
    return ties


def ties_now(world: Any) -> NDArray[Any]:
    """Ties (A, C) as they stand: fields tied, trust and money (£m a year)."""
    ties = np.zeros(world.ties.shape, TIE_FIELDS)
    for name in ("tied", "trust", "money"):
        ties[name] = world.ties[name]
    return ties


def run_of(template: Template, world: Any, seed: int) -> Run:
    """What a finished world has to report."""
    return Run(
        scenario=template.scenario,
        place=template.place,
        commissioner_names=template.commissioner_names,
        metrics=np.array(world.measures).view(FLAT),
        deals=np.array(world.deals[: int(world.clock.deals)]).view(DEALS.dtype),
        gains=world.gains.copy(),
        ties_start=ties_at_start(world),
        ties_end=ties_now(world),
        seed=seed,
    )


def fixed(values: NDArray[np.float64], **others: float) -> Change:
    """Every uncertainty fixed: at ``values`` (P,) in the order of the registry, or by name, inside its range or not."""
    values = np.array(values, dtype=np.float64)
    names = list(PARAMETERS)
    for name, value in others.items():
        values[names.index(name)] = value

    def fix(world: World) -> None:
        world.priors["distribution"], world.priors["low"] = 0, values

    return fix


def play_fixed(stage: Stage, seeds: Sequence[int], parameters: NDArray[np.float64], kept: NDArray[np.int64]) -> NDArray[np.float64]:
    """What stands at ``kept`` (K,) at the end of runs (N,) whose uncertainties are all fixed at ``parameters`` (N, P): (N, K).

    Raises LedgerError, with the accounts, if a quarter does not close.
    """
    def draw_nothing(world: World) -> None:
        world.priors["distribution"] = 0

    stage.without_record().set(draw_nothing)
    places = stage.words(np.asarray(stage.world.priors)["low"])
    rows = np.empty((len(seeds), len(kept)), np.int64)
    for first in range(0, len(seeds), MOST_FIXED):
        batch = slice(first, first + MOST_FIXED)
        played = stage.play_many(seeds[batch], kept, rows[batch], places, parameters[batch])
        for broken in np.flatnonzero(played.broken >= 0).tolist():
            stage.replay(seeds[first + broken], places, parameters[first + broken])
    return rows.view(np.float64)


def side_by_side[Task, Result](
    work: Callable[[Task], Result], tasks: Sequence[Task], threads: int | None = None
) -> list[Result]:
    """What ``work`` gives for each task, in order: the first alone, since it may compile, the others on threads.

    By default there is a thread for each processor. Where one fails, those that have not begun are left out.
    """
    results = [work(task) for task in tasks[:1]]
    with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
        try:
            results += pool.map(work, tasks[1:])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return results
