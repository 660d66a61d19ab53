"""Many runs of one scenario: the compiled rules in one loop a run, runs side by side on threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from totalplace.scenarios import scenario_of
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.batches import Batches, Record, Room, ensemble_of
from totalplace.sim.engine.play import Stage, run_of, side_by_side
from totalplace.sim.engine.seeds import checked_seed, seeds_from
from totalplace.sim.model.world import Template, build
from totalplace.sim.results.records import with_seed
from totalplace.sim.results.run import Ensemble, Run
from totalplace.sim.system.progress import Progress, heard

#: Technical: bytes that an ensemble may take while it is put together, on a machine that has twice as many.
MOST_MEMORY: Final = 4 * 2**30
#: Runs in all from which on it is asked, before they are played, whether their results fit in memory together.
_MANY_RUNS: Final = 1_000
#: Technical: batches that each thread has at least, so that none waits long for the others, and progress is seen.
_BATCHES_EACH: Final = 8
#: Technical: how many more negotiations the runs may have than the first of them.
_MORE_DEALS: Final = 1.15
#: Technical: negotiations that there is room for, as a multiple of those by the first runs: over the posterior, where two runs
#: share their parameters, these may be far from the mean. Room takes memory only as it is used; too little would be moved.
_ROOM: Final = 2.0
#: Technical: runs that say how many negotiations there will be, of so many in all as a part of them, and the most. One run would
#: not do: with parameters that are drawn, it may have half or twice as many as the mean.
_TELLING: Final = 25
_MOST_TELLING: Final = 32


def _telling(runs: int) -> int:
    """How many of the first runs say what all of them take."""
    return max(1, min(_MOST_TELLING, runs // _TELLING))


def memory_allowed() -> int:
    """Bytes that ensembles may take: :data:`MOST_MEMORY`, or half of what this machine has where that is less."""
    try:
        machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return MOST_MEMORY
    return min(MOST_MEMORY, machine // 2) if machine > 0 else MOST_MEMORY


def ensemble_bytes(first: Run | Ensemble) -> tuple[int, int]:
    """Bytes for each run of an ensemble that begins with ``first``: held in the end, and at most, while it is played."""
    runs = first.runs if isinstance(first, Ensemble) else 1
    deals = first.deals.nbytes if isinstance(first, Ensemble) else first.deals.nbytes + 8 * len(first.deals)
    more = _MORE_DEALS * deals / runs
    held = (first.metrics.nbytes + first.gains.nbytes + first.ties_start.nbytes + first.ties_end.nbytes) / runs + more
    return round(held), round(held + more / _BATCHES_EACH)


class TooLarge(InputError):  # noqa: N818 (it is an InputError, and says what is too large)
    """Runs that do not fit in memory together."""


def check_memory(firsts: Sequence[Run | Ensemble], runs: int) -> None:
    """Raise TooLarge unless ensembles of ``runs`` runs, of which ``firsts`` are the first ones, can be held together."""
    sizes = [ensemble_bytes(first) for first in firsts]
    held = [sum(size for size, _ in sizes[:number]) for number in range(len(sizes))]
    each = max(before + peak for before, (_, peak) in zip(held, sizes, strict=True))
    allowed = memory_allowed()
    if runs * each <= allowed:
        return
    most = allowed // each
    what = f"{runs:,} runs of {firsts[0].quarters} quarters"
    if len(firsts) > 1:
        what = f"{len(firsts)} scenarios with {what} each"
    raise TooLarge(
        f"{what} need about {runs * each / 1e9:,.1f} GB of memory, and {allowed / 1e9:.1f} GB may be taken",
        allowed=f"at most {most:,} runs; 'totalplace sweep' writes any number to disk as they end",
    )


def check_together(scenarios: Sequence[Scenario], runs: int, first_seed: int) -> None:
    """:func:`check_memory` for scenarios that are to be held together, by the first runs of each where they are many runs."""
    if runs * len(scenarios) > _MANY_RUNS:
        check_memory([ensemble(scenario, _telling(runs), first_seed, threads=1) for scenario in scenarios], runs)


def room_for_more(ensembles: Sequence[Ensemble]) -> int:
    """How many runs may be added to each of several ensembles, all of as many runs, so that they can be held together throughout.

    While runs are added, those there are stay; while they are joined, scenario by scenario, one scenario is held twice.
    """
    runs, held, most = ensembles[0].runs, 0.0, 0.0
    sizes = []
    for one in ensembles:
        deals = one.deals.nbytes / runs
        size = deals + (one.metrics.nbytes + one.gains.nbytes + one.ties_start.nbytes + one.ties_end.nbytes) / runs
        most = max(most, held + size + deals)
        held += size
        sizes.append(size)
    allowed = memory_allowed()
    return max(0, int(min((allowed - runs * held) / most, allowed / (held + max(sizes)) - runs)))


def run(scenario: Scenario | str | Path, seed: int = 1) -> Run:
    """One run of a scenario, given as such, by name or by path: by itself, so that parameters that nothing is said of are defaults.

    A run of an ensemble again is ``run(ensemble.scenario, seed)``. Raises InputError, and LedgerError if money is made or lost.
    """
    seed = checked_seed(seed)
    stage = Stage(scenario_of(scenario))
    return run_of(stage.template, stage.play(seed), seed)


def ensemble(scenario: Scenario | str | Path, runs: int | None = None, first_seed: int | None = None, threads: int | None = None,
             progress: Progress | bool | None = None, agent_classes: Mapping[str, type] | None = None) -> Ensemble:
    """Runs of a scenario with seeds ``first_seed``, ``first_seed + 1`` and so on; by default those of the scenario.

    ``scenario`` may be given as such, by name or by path. Parameters that it says nothing of are drawn from the posterior, those of
    the seeds 1 and 2, 3 and 4, and so on together (:meth:`~totalplace.scenarios.scenario.Scenario.for_many_runs`).

    The result does not depend on ``threads`` (default: one for each processor). ``progress`` is called with the number of runs
    done and the number of all runs; True shows a bar. ``agent_classes`` puts subclasses in place of kinds of agent, as in
    :class:`~totalplace.sim.engine.place_model.PlaceModel`, and plays Mesa models one after the other, about 200 times as slow;
    ``{}`` does so with the agents as they are. Raises InputError (a ValueError, too) for a number of runs or threads that cannot
    be, for classes that cannot be used and, after the first runs, for more runs than fit in memory (:func:`check_memory`).
    """
    scenario = scenario_of(scenario).for_many_runs()
    runs = scenario.seeds.count if runs is None else whole(runs, "number of runs")
    seeds = seeds_from(scenario.seeds.first if first_seed is None else first_seed, runs)
    threads = min(runs, (os.cpu_count() or 1) if threads is None else whole(threads, "number of threads"))
    progress = heard(progress, scenario.name)
    if agent_classes is not None:
        return Ensemble.of(list(_of_models(scenario, seeds, agent_classes, progress)))
    return _in_batches(build(scenario), seeds, threads, progress)


def _in_batches(template: Template, seeds: Sequence[int], threads: int, progress: Progress | None) -> Ensemble:
    """The runs with these seeds. The first few are played before: they say how much room all need, and whether they fit."""
    batches, lock = Batches(template), threading.Lock()
    idle = [batches]
    done = 0

    def finished(runs: int) -> None:
        nonlocal done
        if progress is not None:
            with lock:
                done += runs
                progress(done, len(seeds))

    few = min(batches.together, _telling(len(seeds)))
    before = Room.of(template, few)
    told = batches.play(seeds[:few], before)
    finished(few)
    record = Record(len(told))
    record.take(0, told)
    check_memory([ensemble_of(template, seeds[:few], before, record)], len(seeds))
    room, record = Room.of(template, len(seeds)), Record(round(_ROOM * len(seeds) * len(told) / few))
    record.take(0, told)
    room.part(0, few).take(before)

    def play(number: int) -> None:
        try:
            mine = idle.pop()
        except IndexError:
            mine = Batches(template)
        first = few + (number - 1) * size
        batch = seeds[first : first + size]
        record.take(number, mine.play(batch, room.part(first, first + len(batch))))
        idle.append(mine)
        finished(len(batch))

    size = max(1, min(batches.together, len(seeds) // (_BATCHES_EACH * threads)))
    side_by_side(play, range(1, 1 + -(-(len(seeds) - few) // size)), threads)
    return ensemble_of(template, seeds, room, record)


def _of_models(
    scenario: Scenario, seeds: Sequence[int], agent_classes: Mapping[str, type], progress: Progress | None
) -> Iterator[Run]:
    """The runs of Mesa models, one after the other: they hold Python's lock, so that threads would not help."""
    from totalplace.sim.engine.place_model import PlaceModel

    for number, seed in enumerate(seeds, start=1):
        model = PlaceModel(scenario, rng=seed, agent_classes=agent_classes)
        for _ in range(scenario.quarters):
            model.step()
        found = model.result()
        if number == 1:
            check_memory([found], len(seeds))
        if progress is not None:
            progress(number, len(seeds))
        yield found


__all__ = ["Ensemble", "Progress", "Run", "ensemble", "run", "with_seed"]
