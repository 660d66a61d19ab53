"""Which levers to set how: multi-objective policy search, robust over uncertainties, that can be stopped and goes on (pymoo)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios import loads, scenario_of
from totalplace.scenarios.checking import path_of
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.analysis.search.archive import Archive, Asked, check_same, optimiser_version, read_asked, write_asked
from totalplace.sim.analysis.search.evaluation import (
    DEFAULT_OBJECTIVES,
    JUDGED,
    Evaluator,
    columns,
    decoded,
    read_levers,
    read_objectives,
    uncertain,
)
from totalplace.sim.analysis.search.words import Search, answer
from totalplace.sim.analysis.workbench_import import library
from totalplace.sim.engine.ensemble import Progress
from totalplace.sim.engine.seeds import checked_seed, seeds_from
from totalplace.sim.results.answers import write

if TYPE_CHECKING:

    pass

#: Sub-folder with the front as tables, figures and scenario files.
FRONT: Final = "front"


def search(
    scenario: Scenario | str | Path, out: str | Path, levers: Sequence[str] | None = None,
    objectives: Sequence[str] | None = None, *,
    judged: str = JUDGED[0], population: int = 36, generations: int = 25, seeds: Sequence[int] = (1, 2, 3), draws: int = 24,
    first_draw: int | None = None, threads: int | None = None, progress: Progress | None = None,
) -> Search:
    """Search the levers for policies that do well by several objectives, into the folder ``out``, or go on with it there.

    Every policy is played over the same ``draws`` of the uncertainties (over the posterior, unless the scenario has
    ranges of its own) and judged by the level that nine in ten of them reach, or by their mean. U-NSGA-III (Seada and Deb 2016)
    searches ``generations`` of ``population`` policies from each of ``seeds``. Each generation is written once it is played:
    whatever happens, the same call goes on from there and ends with the same archive. ``progress`` counts runs.

    Raises InputError for what cannot be used, such as the folder of another search; SweepInterrupted (a KeyboardInterrupt) after
    an interrupt, once the generation under way is written.
    """
    from totalplace.sim.engine.sweep.execution import processors
    from totalplace.sim.engine.sweep.lock import held
    from totalplace.sim.engine.sweep.stopping import SweepInterrupted, stop_requests

    base = uncertain(scenario_of(scenario))
    asked = _asked(base, levers, objectives, judged, population, generations, seeds, draws, first_draw)
    folder = path_of(out, "folder")
    found = read_asked(folder)
    if found is not None:
        check_same(found, asked, folder)
    factors, wanted = read_levers(asked.levers), read_objectives(asked.objectives)
    evaluator = Evaluator(
        base, factors, wanted, range(asked.first_draw, asked.first_draw + draws), judged, threads or processors()
    )
    _make(folder)
    with stop_requests() as request, held(folder):
        write_asked(folder, asked)
        total, done = len(asked.seeds) * generations * population * draws, 0
        for seed in asked.seeds:
            for generation in _generations(asked, seed, evaluator, Archive(folder, *columns(factors, wanted).values())):
                done += len(generation) * draws
                if progress is not None:
                    progress(done, max(total, done))
                if request.number:
                    raise SweepInterrupted(request.number, done, max(total, done))
        answer = open_search(folder)
        write(answer, folder / FRONT, force=True, files={f"policies/{one.name}.yaml": one.text for one in answer.policies})
    return answer


def open_search(out: str | Path) -> Search:
    """What a search in a folder has found, finished or not. Raises InputError when there is none, or nothing was played yet."""
    folder = path_of(out, "folder")
    asked = read_asked(folder)
    if asked is None:
        raise InputError(f"'{folder}' holds no search", allowed="a folder of 'totalplace search'")
    factors, objectives = read_levers(asked.levers), read_objectives(asked.objectives)
    evaluated = Archive(folder, *columns(factors, objectives).values()).frame()
    if evaluated.empty:
        raise InputError(f"No generation of the search in '{folder}' is finished yet", allowed="a search that has run")
    return answer(asked, loads(asked.scenario, "scenario"), factors, objectives, evaluated)


def _asked(
    base: Scenario, levers: Sequence[str] | None, objectives: Sequence[str] | None, judged: str, population: int,
    generations: int, seeds: Sequence[int], draws: int, first_draw: int | None,
) -> Asked:
    from totalplace.sim.engine.sweep.manifest import code_hash

    if judged not in JUDGED:
        raise InputError(f"Policies cannot be judged by '{judged}'", allowed=JUDGED)
    population, generations = whole(population, "population", 4), whole(generations, "number of generations")
    draws = whole(draws, "number of draws")
    if not seeds or len(set(seeds)) != len(seeds):
        raise InputError(f"The seeds of the search cannot be {list(seeds)}", allowed="one or more, each once")
    library("pymoo.core.problem")
    factors = read_levers(levers)
    wanted = read_objectives(DEFAULT_OBJECTIVES if objectives is None else objectives)
    return Asked(
        scenario=base.text,
        levers=tuple(factor.label for factor in factors),
        objectives=tuple(objective.written for objective in wanted),
        judged=judged,
        first_draw=seeds_from(base.seeds.first if first_draw is None else first_draw, draws).start,
        draws=draws,
        population=population,
        generations=generations,
        seeds=tuple(checked_seed(seed) for seed in seeds),
        code=code_hash(),
        optimiser=optimiser_version(),
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"'{folder}' cannot be made: {error.strerror}", allowed="a folder you may write in") from error


def _generations(asked: Asked, seed: int, evaluator: Evaluator, archive: Archive) -> Any:
    """The generations of one seed, each given back as its genes once it is written."""
    objectives = evaluator.objectives
    signs = np.array([-objective.sign for objective in objectives], dtype=np.float64)  # the library has less of everything
    played: list[NDArray[np.float64]] = []

    def worth(genes: NDArray[np.float64]) -> NDArray[np.float64]:
        number = len(played)
        kept = archive.read(seed, number)
        if kept is None:
            values = decoded(genes, evaluator.factors)
            kept = (genes, values, evaluator(values))
            archive.write(seed, number, *kept)
        elif not np.array_equal(kept[0], genes):
            raise InputError(
                f"Generation {number} of seed {seed} in '{archive.folder}' is not what the search would do now",
                allowed="a new folder",
            )
        evaluator.learn(kept[1], kept[2])
        played.append(genes)
        return kept[2] * signs

    algorithm = _algorithm(worth, len(evaluator.factors), len(objectives), asked.population, seed)
    for _ in range(asked.generations):
        candidates = algorithm.infill()
        if candidates is None or len(candidates) == 0:  # so few levers that every policy has been tried
            return
        algorithm.evaluator.eval(algorithm.problem, candidates)
        algorithm.advance(infills=candidates)
        yield played[-1]


def _algorithm(
    worth: Callable[[NDArray[np.float64]], NDArray[np.float64]], levers: int, objectives: int, population: int, seed: int
) -> Any:
    """U-NSGA-III over [0, 1]^levers, ready to go through generations."""
    problem_class = library("pymoo.core.problem").Problem
    no_end = library("pymoo.core.termination").NoTermination

    class Policies(problem_class):  # type: ignore[misc, valid-type]
        def _evaluate(self, x: NDArray[np.float64], out: dict[str, Any], *given: Any, **named: Any) -> None:
            out["F"] = worth(np.ascontiguousarray(x, dtype=np.float64))

    algorithm = library("pymoo.algorithms.moo.unsga3").UNSGA3(directions(objectives, population), pop_size=population)
    algorithm.setup(Policies(n_var=levers, n_obj=objectives, xl=0.0, xu=1.0), termination=no_end(), seed=seed, verbose=False)
    return algorithm


def directions(objectives: int, most: int) -> NDArray[np.float64]:
    """Reference directions (Das and Dennis 1998), as many as fit into a population."""
    if objectives == 1:
        return np.ones((1, 1))
    make = library("pymoo.util.ref_dirs").get_reference_directions
    parts = 1
    while _count(objectives, parts + 1) <= most:
        parts += 1
    found: NDArray[np.float64] = make("das-dennis", objectives, n_partitions=parts)
    return found


def _count(objectives: int, parts: int) -> int:
    from math import comb

    return comb(objectives + parts - 1, parts)
