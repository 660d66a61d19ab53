"""A calibration from plan to posterior, in a folder that can be taken up again after any stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.sweep.lock import held
from totalplace.sim.evidence.calibration.distance import distances
from totalplace.sim.evidence.calibration.folder import Batches, Progress, claim
from totalplace.sim.evidence.calibration.pictures import Pictures, Simulator
from totalplace.sim.evidence.calibration.plan import Plan, by_measure
from totalplace.sim.evidence.calibration.posterior import Marginal, best, candidates, crossed, marginals, put_back, resampled
from totalplace.sim.evidence.calibration.sample import Sample
from totalplace.sim.evidence.calibration.screening import Screening, screen
from totalplace.sim.evidence.facts import Floats

#: Rows of the posterior that is shipped; those that are held against the facts are spread over it.
COMPACT: Final = 400
#: Candidates for the defaults are tried twice: all on this part of the pictures, then this part of them on all.
ROUNDS: Final = 4
#: How often the best candidates are crossed with each other.
CROSSINGS: Final = 4
#: Numbers of pictures beyond any that generations use, for what comes after them; seeds follow from them.
_TRIALS_FROM: Final = 1_000_000
_APART: Final = 200_000
_PREDICTED_FROM: Final = 2_000_000

#: Where the facts are predicted: as calibrated, in places held out, and there with the budgets of a year held out.
CALIBRATED, HOLDOUT, HOLDOUT_YEAR = "calibration places", "holdout places", "holdout places and year"
#: With which parameters: the posterior, the values proposed as defaults, the defaults as they are.
POSTERIOR, PROPOSED, PRESENT = "posterior", "proposed defaults", "present defaults"


@dataclass(frozen=True, eq=False)
class Calibration:
    """What ``totalplace calibrate`` found.

    ``sample`` is the last generation (weighted), ``compact`` an unweighted sample of it (COMPACT, P); ``proposed`` and
    ``present`` are parameters (P,); ``tried`` is the share of pictures in the range of each criterion of the choice with the
    proposed ones; ``predicted[where, which]`` holds every measure of the facts (N, all measures) in the order of ``measures``.
    """

    plan: Plan
    runs_a_picture: int
    screening: Screening
    sample: Sample
    marginals: dict[str, Marginal]
    compact: Floats
    proposed: Floats
    present: Floats
    tried: Floats
    measures: tuple[str, ...]
    predicted: dict[tuple[str, str], Floats]


def _sampler() -> Callable[..., Sample]:
    try:
        from totalplace.sim.evidence.calibration.smc import sample
    except ImportError as error:
        raise InputError(f"Calibration needs pyABC: {error}", allowed="pip install 'totalplace[calibration]'") from error
    return sample


def calibrate(plan: Plan, folder: Path, threads: int | None = None, progress: Progress | None = None) -> Calibration:
    """Calibrate, or go on with a calibration that was stopped, in ``folder``; ``progress`` hears of stage and pictures done.

    The result follows from the plan and the code alone, not from ``threads`` nor from stops. Raises InputError for a folder
    that holds something else or is in use, and for a plan with too few pictures to fill a generation.
    """
    sample = _sampler()
    claim(folder, plan)
    with held(folder):
        simulator = Pictures(plan.places, plan.targets, threads=threads)
        batches = Batches(simulator, folder, progress)
        size, criteria = plan.size, plan.criteria()
        screening = screen(batches, criteria, size.screening, size.batch, size.moving, plan.seed)
        try:
            last = sample(batches, criteria, screening, size.particles, size.generations, size.batch, size.pictures, plan.seed)
        except ValueError as error:
            raise InputError(str(error), allowed="a plan with more pictures or fewer particles") from error
        known = marginals(last.values, last.weights)
        present = np.array([row.default for row in PARAMETERS.values()])
        proposed, tried = _choose(folder, plan, screening, last, present, threads, progress)
        compact = last.values[resampled(last.weights, COMPACT, plan.seed)]
        measures = tuple(by_measure())
        predicted = _predict(plan, folder, measures, {
            POSTERIOR: compact[np.linspace(0, COMPACT - 1, size.predicted).round().astype(int)],
            PROPOSED: np.tile(proposed, (size.predicted, 1)),
            PRESENT: np.tile(present, (size.predicted, 1)),
        }, threads, progress)
    return Calibration(plan, simulator.runs, screening, last, known, compact, proposed, present, tried, measures, predicted)


def _in_batches(batches: Batches, stage: str, values: Floats, first: int, batch: int) -> Floats:
    return np.concatenate([batches.play(stage, values[i : i + batch], first + i) for i in range(0, len(values), batch)])


def _choose(folder: Path, plan: Plan, screening: Screening, last: Sample, present: Floats, threads: int | None,
            progress: Progress | None) -> tuple[Floats, Floats]:
    """The values proposed as defaults, and the share of pictures in which each criterion of the choice is in range with them."""
    size, batches = plan.size, Batches(Pictures(plan.places, plan.choice, threads=threads), folder, progress)
    few, facts = max(1, size.trials // ROUNDS), plan.by_fact()
    rows = candidates(last.values, last.weights, last.distance, screening.moving, present, size.candidates)
    tried = _tried(batches, plan, screening, "first-trial", rows, few, _TRIALS_FROM)
    for turn in range(CROSSINGS):
        parents = rows[best(*tried, facts)[: max(2, size.candidates // ROUNDS)]]
        children = crossed(parents, size.candidates // 2, plan.seed + turn)
        more = _tried(batches, plan, screening, f"crossing-{turn}", children, few, _TRIALS_FROM + (turn + 1) * _APART)
        rows = np.concatenate([rows, children])
        tried = (np.concatenate([tried[0], more[0]]), np.concatenate([tried[1], more[1]]))
    rows = rows[best(*tried, facts)[: max(1, size.candidates // ROUNDS)]]
    inside, parts = _tried(batches, plan, screening, "trial", rows, size.trials, _TRIALS_FROM + (CROSSINGS + 1) * _APART)
    rows = put_back(rows[best(inside, parts, facts)[0]], screening.moving, present)
    inside, parts = _tried(batches, plan, screening, "put-back", rows, size.trials, _TRIALS_FROM + (CROSSINGS + 2) * _APART)
    chosen = best(inside, parts, facts)[0]
    return rows[chosen], np.asarray(inside[chosen].mean(axis=0))


def _tried(batches: Batches, plan: Plan, screening: Screening, stage: str, rows: Floats, trials: int,
           first: int) -> tuple[Floats, Floats]:
    """For every row, on pictures of its own: in range or not (rows, trials, choice), and distances from the targets."""
    criteria, count = plan.criteria(plan.choice), len(plan.targets)
    measured = _in_batches(batches, stage, np.repeat(rows, trials, axis=0), first, plan.size.batch)
    inside = np.stack([c.holds(measured[:, m]) for m, c in enumerate(criteria)], axis=1).astype(np.float64)
    parts = distances(criteria[:count], screening.scale, measured[:, :count])
    return inside.reshape(len(rows), trials, -1), parts.reshape(len(rows), trials, -1)


def _predict(plan: Plan, folder: Path, measures: tuple[str, ...], draws: dict[str, Floats], threads: int | None,
             progress: Progress | None) -> dict[tuple[str, str], Floats]:
    """Every measure of the facts, on the same seeds for all parameters."""
    where = {CALIBRATED: (plan.places, "")}
    if plan.holdout_places:
        where[HOLDOUT] = (plan.holdout_places, "")
        if plan.holdout_year:
            where[HOLDOUT_YEAR] = (plan.holdout_places, plan.holdout_year)
    found = {}
    for place, (places, year) in where.items():
        simulator: Simulator = Pictures(places, measures, year, threads)
        batches = Batches(simulator, folder, progress)
        for which, values in draws.items():
            stage = f"{place}-{which}".replace(" ", "-")
            found[place, which] = _in_batches(batches, stage, values, _PREDICTED_FROM, plan.size.batch)
    return found
