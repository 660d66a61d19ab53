"""The compiled run against a C compiler: the rules, put into C, are held to our runs to the bit and then timed in turn with them.

The translation is made anew from the rules as they stand. It plays on the memory of a world of ours, by the same loop over runs.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.c.compiling import COMPILERS, LEAVE, as_given, call, compiled, compilers, kinds_of, version
from benchmarks.c.kinds import Scalar
from benchmarks.c.program import Program
from benchmarks.measuring import report
from totalplace.agents.bargaining import DEALS
from totalplace.scenarios import arrangement as arrangements
from totalplace.scenarios.registry import LEVERS
from totalplace.sim.engine.play import Stage
from totalplace.sim.model.kernel import Played
from totalplace.sim.model.memory import memory_of
from totalplace.sim.model.runs import play_runs

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.model.world import Template

#: Places where all arrangements are held to the bit, with these seeds.
PLACES: Final = ("Birmingham", "Kent", "Isle of Wight")
SEEDS: Final = (1, 2, 77_003)
SCENARIO: Final = "joint-commissioning"
#: How the translation is compiled: as any C is, and with the leave that LLVM has with our rules.
PLAIN: Final = "-O3"
WAYS: Final = {PLAIN: (), "-O3 " + " ".join(LEAVE): LEAVE}
#: Part of the time of the C translation that a run may take.
TARGET: Final = 0.75
_NO_WORDS, _NO_ROWS = np.zeros(0, np.int64), np.zeros((0, 0), np.int64)


class StageInC(Stage):
    """A stage whose runs are played by the translation of the rules."""

    def __init__(self, of: Scenario | Template, play: Any) -> None:
        super().__init__(of)
        self._play = play
        self._given = [as_given(part) for part in (self.world, self._memory, self._start)]

    def play_many(self, seeds: Any, kept: NDArray[np.int64], rows: NDArray[np.int64], places: NDArray[np.int64] | None = None,
                  values: NDArray[np.float64] | None = None, told: NDArray[np.int64] | None = None) -> Played:
        """Play whole runs; see :meth:`Stage.play_many`."""
        ends, numbers = np.zeros((len(seeds), 2), np.int64), np.zeros((len(seeds), 0)) if values is None else values
        record = np.asarray(self.world.deals).view(np.int64).reshape(len(self.world.deals), DEALS.dtype.itemsize // 8)
        arguments = (
            np.asarray(seeds, np.int64), _NO_WORDS if places is None else places,
            np.ascontiguousarray(numbers, np.float64).view(np.int64), kept, rows, _NO_ROWS if told is None else told,
            record, ends, self.scenario.quarters,
        )
        done = call(self._play, [*self._given, *map(as_given, arguments)], Scalar.WHOLE)
        return Played(int(done), ends[:, 0], ends[:, 1])


def translated(world: Any) -> tuple[str, str]:
    """The loop over runs in C, with all rules that it reaches, and the name of the way in. The layout is that of ``world``."""
    program = Program(world)
    arrays = (_NO_WORDS, _NO_WORDS, _NO_WORDS, _NO_WORDS, _NO_ROWS, _NO_WORDS, _NO_ROWS, _NO_ROWS, _NO_ROWS, _NO_ROWS)
    entry = program.enter(play_runs, kinds_of((world, *arrays, 0)))
    return program.text(), entry


def left_behind(stage: Stage, seeds: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """All that runs leave: every word of memory after each, negotiations, when the ledger broke, and how many were recorded."""
    rows = np.zeros((len(seeds), memory_of(stage.world).size // 8), np.int64)
    told = np.zeros((len(seeds) * stage.template.most_deals, DEALS.dtype.itemsize // 8 + 1), np.int64)
    done = stage.play_many(seeds, np.arange(rows.shape[1]), rows, told=told)
    return rows, told, done.broken, done.deals


def hold_equal(scenario: Scenario, play: Any, seeds: NDArray[np.int64]) -> int:
    """Play runs of a scenario by both; how many comes back. Raises RuntimeError if they differ in one bit."""
    ours, theirs = (left_behind(stage, seeds) for stage in (Stage(scenario), StageInC(scenario, play)))
    for name, one, other in zip(("memory", "negotiations", "ledger", "negotiations recorded"), ours, theirs, strict=True):
        if not np.array_equal(one, other):
            where = f"{scenario.arrangement.name} in {scenario.place} with seeds {seeds.tolist()}"
            raise RuntimeError(f"the translation to C does not give our bits: {name} of {where}")
    return len(seeds)


def scenarios_to_hold() -> Iterator[Scenario]:
    """All arrangements in several places, each rule for sharing savings, and a place with all its small areas."""
    import totalplace as tp

    for place in PLACES:
        for name in arrangements.names():
            yield tp.load(name, place=place)
    for savings_rule in LEVERS["savings_rule"].choices:
        yield tp.load("joint-commissioning", levers={"savings_rule": savings_rule})
    yield tp.load(SCENARIO, place="Birmingham", clusters="finest")


def seconds_in_turn(scenario: Scenario, play: Any, runs: int, times: int) -> NDArray[np.float64]:
    """Seconds of processor time that a run takes, ours and in C (times, 2): ``runs`` of each in turn, with the same seeds."""
    stages = Stage(scenario), StageInC(scenario, play)
    kept = stages[0].words(np.asarray(stages[0].world.measures).view(np.float64)).ravel()
    rows = np.zeros((runs, len(kept)), np.int64)
    seconds = np.zeros((times + 1, 2))
    for turn in range(times + 1):
        seeds = np.arange(1, runs + 1) + turn * runs
        for which, stage in enumerate(stages):
            started = time.thread_time()
            stage.play_many(seeds, kept, rows)
            seconds[turn, which] = (time.thread_time() - started) / runs
    return seconds[1:]  # the first warms up


def all_c() -> None:
    """The compiled run over the same rules in C, by each C compiler that is found; one line where there is none."""
    found = compilers()
    if not found:
        named = os.environ.get("CC")
        missing = f"the C compiler that CC names, '{named}', is not found" if named else (
            f"no C compiler is found ({' or '.join(COMPILERS)})")
        print(f"{missing}: the compiled run was not held against C", file=sys.stderr)
    for path in found:
        against(path)


def against(path: str) -> None:
    """The compiled run over the same rules in C, compiled by the C compiler at ``path``, for few and for many cohorts."""
    import totalplace as tp

    name = Path(path).stem
    with tempfile.TemporaryDirectory(prefix="totalplace-bench-", ignore_cleanup_errors=True) as scratch:
        text, entry = translated(Stage(tp.load(SCENARIO)).world)
        built = {words: getattr(compiled(text, Path(scratch), path, *more), entry) for words, more in WAYS.items()}
        runs = 0
        for scenario in scenarios_to_hold():
            runs += {hold_equal(scenario, play, np.array(SEEDS)) for play in built.values()}.pop()  # the same runs for each build
        report(f"runs in C, {name}, that are ours to the bit in each of {len(built)} builds", [float(runs)], "runs",
               compiler=version(path))
        for clusters, count, times in ((5, 32, 15), ("finest", 4, 9)):
            scenario = tp.load(SCENARIO, place="Birmingham", clusters=clusters)
            for words, play in built.items():
                _report(scenario, name, words, seconds_in_turn(scenario, play, count, times))


def _report(scenario: Scenario, compiler: str, words: str, seconds: NDArray[np.float64]) -> None:
    cohorts = len(Stage(scenario).world.cohorts)
    ours, in_c = 1000.0 * np.median(seconds, axis=0)
    name = f"time of a run over that of its rules in C, {compiler} {words}, {cohorts} cohorts"
    report(name, (seconds[:, 0] / seconds[:, 1]).tolist(), "ratio", TARGET if words == PLAIN else None,
           ours_ms=round(float(ours), 4), c_ms=round(float(in_c), 4))
