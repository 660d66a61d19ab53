"""What sets of parameters answer to the main questions: by these the one that stands for the posterior is held to be typical of it.

R sets of parameters, P parameters, A answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

import numpy as np

from totalplace import scenarios
from totalplace.sim.engine.play import Stage, play_fixed, side_by_side
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.model.metrics import METRICS, flat
from totalplace.sim.results.last_year import LAST_QUARTERS

BASELINE: Final = "silo"
ARRANGEMENTS: Final = ("joint-commissioning", "mandated-pooling", "single-pot")
#: None of them adds up over a run: their last year is the mean of its quarters.
ASKED: Final = ("net_saving", "pooled_share", "wellbeing")
QUESTIONS: Final = tuple(product(ARRANGEMENTS, ASKED))
#: Places of calibration, runs of each set in each, and the first seed.
PLACES: Final = 8
SEEDS: Final = 2
FIRST_SEED: Final = 20_000_001


def spread_places(pool: Sequence[str]) -> tuple[str, ...]:
    """The middle one of each eighth of the places (N,), in the order given."""
    return tuple(str(part[len(part) // 2]) for part in np.array_split(np.array(pool), PLACES))


def answers(values: Floats, pool: Sequence[str], threads: int | None = None) -> Floats:
    """What the sets ``values`` (R, P) answer (R, A): differences from the silo in the last year, mean over some places of the pool.

    Raises LedgerError.
    """
    sets = np.repeat(np.asarray(values, dtype=np.float64), SEEDS, axis=0)
    seeds = [FIRST_SEED + i % SEEDS for i in range(len(sets))]

    def one(task: tuple[str, str]) -> Floats:
        place, name = task
        stage = Stage(scenarios.load(name, place=place))
        measures = flat(stage.world.measures)
        kept = np.concatenate([stage.words(measures[metric])[-LAST_QUARTERS:] for metric in ASKED])
        rows = play_fixed(stage, seeds, sets, kept).reshape(len(values), SEEDS, len(ASKED), LAST_QUARTERS)
        return np.asarray(rows.mean(axis=(1, 3)))

    where, names = spread_places(pool), (BASELINE, *ARRANGEMENTS)
    played = np.array(side_by_side(one, list(product(where, names)), threads)).reshape(len(where), len(names), len(values), -1)
    found = (played[:, 1:] - played[:, :1]).mean(axis=0)
    return np.asarray(found.swapaxes(0, 1).reshape(len(values), -1))


def ranked(own: Floats, others: Floats) -> Floats:
    """Where answers ``own`` (R, A) stand among ``others`` (N, A): the part (0-1) that is lower; of equal ones half counts."""
    below, equal = (others[None] < own[:, None]).mean(axis=1), (others[None] == own[:, None]).mean(axis=1)
    return np.asarray(below + 0.5 * equal)


def away(places: Floats) -> Floats:
    """How far off the middle sets are whose answers stand at ``places`` (R, A): root mean square, 1 at the ends."""
    return np.asarray(np.sqrt(((2.0 * places - 1.0) ** 2).mean(axis=1)))


def question_words(question: tuple[str, str]) -> tuple[str, float]:
    """An answer in words, and what its number is multiplied by: an index is told in thousandths."""
    name, metric = question
    unit, factor = METRICS[metric].unit, 1.0
    if unit == "0-1":
        unit, factor = "thousandths", 1000.0
    return f"{METRICS[metric].label}, {unit}: {name} against {BASELINE}", factor


__all__ = ["ARRANGEMENTS", "BASELINE", "QUESTIONS", "answers", "away", "question_words", "ranked", "spread_places"]
