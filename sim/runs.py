"""Many runs of one scenario: the compiled rules in one loop a run, runs side by side on threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from agents.bargaining import DEALS
from scenarios import scenario_of
from scenarios.errors import InputError
from scenarios.numbers import plain, whole
from scenarios.scenario import Scenario
from sim import kernel
from sim.ledger import LedgerError, check_books
from sim.memory import restore
from sim.metrics import MEASURES
from sim.results import Ensemble, Run, with_seed
from sim.world import Template, build

Progress = Callable[[int, int], None]
#: Technical: bytes of metrics that an ensemble may hold.
MOST_MEMORY: Final = 4 * 2**30
#: Technical: the largest seed, a whole number of 63 bits.
LARGEST_SEED: Final = 2**63 - 1

_TIE_FIELDS = np.dtype([("tied", np.int64), ("trust", np.float64), ("money", np.float64)])


def ties_at_start(world: Any) -> NDArray[Any]:
    """Ties (A, C) at the start of the run: fields tied, trust and money (£m a year)."""
    ties = np.zeros(world.ties.shape, _TIE_FIELDS)
    ties["tied"], ties["trust"] = world.ties["tied_start"], world.ties["trust_start"]
    return ties


def ties_now(world: Any) -> NDArray[Any]:
    """Ties (A, C) as they stand: fields tied, trust and money (£m a year)."""
    ties = np.zeros(world.ties.shape, _TIE_FIELDS)
    for name in ("tied", "trust", "money"):
        ties[name] = world.ties[name]
    return ties


def run_of(template: Template, world: Any, seed: int) -> Run:
    """What a finished world has to report."""
    return Run(
        scenario=template.scenario,
        place=template.place,
        commissioner_names=template.commissioner_names,
        metrics=np.array(world.measures).view(MEASURES.dtype),
        deals=np.array(world.deals[: int(world.clock.deals)]).view(DEALS.dtype),
        gains=world.gains.copy(),
        ties_start=ties_at_start(world),
        ties_end=ties_now(world),
        seed=seed,
    )


def checked_seed(seed: Any) -> int:
    """The seed of a run. Raises InputError for anything but a whole number from 0 below 2^63, in Python or NumPy."""
    number = plain(seed)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= LARGEST_SEED:
        raise InputError(f"the seed cannot be {number!r}", allowed=f"a whole number from 0 to {LARGEST_SEED}")
    return number


def seeds_from(first: Any, runs: int) -> range:
    """The seeds of ``runs`` runs, of which ``first`` is the first. Raises InputError where one would be too large."""
    start = checked_seed(first)
    if start + runs - 1 > LARGEST_SEED:
        raise InputError(f"{runs:,} runs from the seed {start} need seeds that are too large",
                         allowed=f"a first seed of at most {LARGEST_SEED - runs + 1}")
    return range(start, start + runs)


def play(template: Template, world: Any, seed: int) -> None:
    """Run ``world`` from its start with ``seed``. Raises LedgerError, with the accounts, if a quarter does not close."""
    scenario = template.scenario
    restore(world, template.world)
    world.clock.seed = seed
    kernel.start(world)
    broken = kernel.advance(world, scenario.quarters)
    if broken >= 0:
        check_books(world, template.place.agency_names, broken)
        raise LedgerError(broken, {})


def run(scenario: Scenario | str | Path, seed: int = 1) -> Run:
    """One run of a scenario, given as such, by name or by path. Raises InputError, and LedgerError if money is made or lost."""
    template = build(scenario_of(scenario))
    world, seed = template.fresh(), checked_seed(seed)
    play(template, world, seed)
    return run_of(template, world, seed)


def ensemble(scenario: Scenario | str | Path, runs: int | None = None, first_seed: int | None = None, threads: int | None = None,
             progress: Progress | None = None) -> Ensemble:
    """Runs of a scenario with seeds ``first_seed``, ``first_seed + 1`` and so on; by default those of the scenario.

    ``scenario`` may be given as such, by name or by path.

    The result does not depend on ``threads`` (default: one for each processor). ``progress`` is called with the number of runs
    done and the number of all runs. Raises InputError (a ValueError, too) for a number of runs or threads that cannot be.
    """
    scenario = scenario_of(scenario)
    runs = scenario.seeds.count if runs is None else whole(runs, "number of runs")
    seeds = seeds_from(scenario.seeds.first if first_seed is None else first_seed, runs)
    threads = min(runs, (os.cpu_count() or 1) if threads is None else whole(threads, "number of threads"))
    most = int(MOST_MEMORY // (scenario.quarters * MEASURES.dtype.itemsize))
    if runs > most:
        raise InputError(f"{runs:,} runs of {scenario.quarters} quarters do not fit in memory at once",
                         allowed=f"at most {most:,}; 'totalplace sweep' writes any number to disk as they end")
    template = build(scenario)
    own = threading.local()
    results: list[Run] = [None] * runs  # type: ignore[list-item]
    done, lock = [0], threading.Lock()

    def one(i: int) -> None:
        if not hasattr(own, "world"):
            own.world = template.fresh()
        play(template, own.world, seeds[i])
        results[i] = run_of(template, own.world, seeds[i])
        if progress is not None:
            with lock:
                done[0] += 1
                progress(done[0], runs)

    one(0)  # compiles, if need be, before the threads start
    with ThreadPoolExecutor(threads) as pool:
        try:
            for _ in pool.map(one, range(1, runs)):
                pass
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return Ensemble.of(results)


__all__ = ["MEASURES", "Ensemble", "Run", "ensemble", "play", "run", "with_seed"]
