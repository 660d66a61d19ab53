"""Two checkouts that play the same runs in processes of their own, in turn: how many times as fast one is as the other."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

#: Plays what a line of its input asks for, and answers with the seconds that it took: what, runs, first seed and threads.
_PLAYER = """
import sys, tempfile, time
from pathlib import Path
import numpy as np
scenario, sweep_file = sys.argv[1], sys.argv[2]
settings = sys.argv[3:]
METRICS = ["net_saving", "wellbeing", "mean_trust"]
{checkout}
loaded = load(scenario, set=settings)
one, many = player(loaded)

def to_disk(runs, first, threads):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sweep.yaml"
        file.write_text(sweep_file.format(runs=runs))
        sweep(file, Path(folder) / "out", threads=threads)

def alone(runs, first, threads):
    for seed in range(first, first + runs):
        one(seed)

def together(runs, first, threads):
    many(runs, first)

plays = {{"alone": (alone, time.process_time), "together": (together, time.process_time), "to disk": (to_disk, time.perf_counter)}}
print("ready", flush=True)
for line in sys.stdin:
    what, runs, first, threads = line.rstrip("\\n").split("\\t")
    play, clock = plays[what]
    began = clock()
    play(int(runs), int(first), int(threads))
    print(clock() - began, flush=True)
"""
_OF_THIS = """
from totalplace import load, sweep
from totalplace.sim.engine.play import Stage
from totalplace.sim.engine.sweep.playing import DesignStage

def player(scenario):
    stage, design = Stage(scenario), DesignStage(scenario, (), METRICS, "last")
    return stage.play, lambda runs, first: design.rows(np.zeros(0), range(first, first + runs))
"""
#: The same of a checkout of 23 November 2026, whose packages have other names.
_OF_FIRST = """
from sim import load, sweep
from sim import kernel
from sim.memory import restore
from sim.sweep.playing import Stage
from sim.world import build

def player(scenario):
    template = build(scenario)
    world, stage, kept = template.fresh(), Stage(scenario, (), METRICS, "last"), np.empty((1, len(METRICS)))

    def one(seed):
        restore(world, template.world)
        world.clock.seed = seed
        kernel.start(world)
        kernel.advance(world, scenario.quarters)

    def many(runs, first):
        for seed in range(first, first + runs):
            stage.play(np.zeros(0), seed)
            stage.keep(kept)

    return one, many
"""


@dataclass(eq=False)
class Player:
    """A process that plays runs of a scenario with the code of a checkout, or (``root`` None) with this one."""

    root: Path | None
    sweep_file: str
    scenario: str
    settings: tuple[str, ...] = ()
    cache: Path | None = None
    _process: subprocess.Popen[str] | None = field(default=None, init=False)

    def __enter__(self) -> Player:
        """Start it; it is ready, with its rules compiled, when it has played twice."""
        environment = dict(os.environ)
        if self.root is not None:
            environment |= {"PYTHONPATH": str(self.root), "TOTALPLACE_CACHE_DIR": str(self.cache)}
        program = _PLAYER.format(checkout=_OF_THIS if self.root is None else _OF_FIRST)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", program, self.scenario, self.sweep_file, *self.settings], env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        self._answer()
        for what in ("alone", "together"):
            self.seconds(what, 2)
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def seconds(self, what: str, runs: int, first: int = 1, threads: int = 1) -> float:
        """Seconds that so many runs take: of processor time, or by the clock where they are written ``to disk``."""
        assert self._process is not None
        assert self._process.stdin is not None
        print(what, runs, first, threads, sep="\t", file=self._process.stdin, flush=True)
        return float(self._answer())

    def _answer(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process that plays {self.scenario} ended: see what it wrote above")
        return answer


def times_as_fast(first: Player, second: Player, what: str, runs: int, turns: int, threads: int = 1) -> list[float]:
    """Time of ``first`` over that of ``second`` for the same runs, ``turns`` times, both in turn."""
    seeds = [1 + turn * runs for turn in range(turns)]
    return [first.seconds(what, runs, seed, threads) / second.seconds(what, runs, seed, threads) for seed in seeds]
