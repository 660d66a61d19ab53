"""The row of the posterior that gives the defaults: central, and fitting when it is completed with the defaults there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import totalplace as tp
from tests.evidence.calibration import toys
from totalplace.scenarios import places as all_places
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration.answers import (
    BASELINE,
    FIRST_SEED,
    PLACES,
    QUESTIONS,
    SEEDS,
    answers,
    away,
    ranked,
    spread_places,
)
from totalplace.sim.evidence.calibration.central import Central, choose, completed
from totalplace.sim.evidence.calibration.folder import Batches
from totalplace.sim.evidence.calibration.marginals import in_prior
from totalplace.sim.evidence.facts import Floats

NAMES = list(PARAMETERS)
KNOWN, UNKNOWN = NAMES.index("reactive_elasticity"), NAMES.index("eta")
FIGURE, OFF = 0.72, PARAMETERS["eta"].default


class Sum:
    """A measure that is right as far as the informed parameter and what another strays from its default add up to the figure."""

    parameters: tuple[str, ...] = tuple(NAMES)
    measures: tuple[str, ...] = ("children_elasticity",)

    def __init__(self) -> None:
        self.first: list[int] = []

    def values(self, unit: Floats) -> Floats:
        raise NotImplementedError

    def play(self, values: Floats, first: int, progress: Callable[[int], None] | None = None) -> Floats:
        self.first.append(first)
        return np.asarray(values[:, [KNOWN]] + values[:, [UNKNOWN]] - OFF)


def rows(*pairs: tuple[float, float]) -> tuple[Floats, Floats]:
    """Rows of the registry's defaults but for the two: as quantiles of the priors, and as values."""
    values = np.tile([row.default for row in PARAMETERS.values()], (len(pairs), 1))
    values[:, [KNOWN, UNKNOWN]] = pairs
    return np.stack([in_prior(row, values[:, i]) for i, row in enumerate(PARAMETERS.values())], axis=1), values


def choice(unit: Floats, values: Floats, answers: Callable[[Floats], Floats], candidates: int) -> tuple[Central, Sum]:
    simulator = Sum()
    plan = replace(toys.plan(candidates=candidates, looks=2), targets=simulator.measures)
    return choose(Batches(simulator), plan, unit, values, [KNOWN], answers), simulator


def test_of_the_central_rows_that_fit_when_completed_the_one_with_the_middle_answers_gives_the_defaults() -> None:
    unit, values = rows((0.62, OFF), (0.66, OFF + 0.06), (0.7211111, OFF - 0.18), (0.73, OFF), (0.80, OFF), (0.60, OFF + 0.12))
    for way in (1.0, -1.0):
        def of(sets: Floats, way: float = way) -> Floats:
            return np.stack([way * sets[:, KNOWN], np.zeros(len(sets))], axis=1)

        found, simulator = choice(unit, values, of, 5)
        assert (found.row, found.rank, found.fitting) == (2, 2, 3)  # 0.66 and 0.73 fit too, and answer less and more than most
        assert found.chosen.values[[KNOWN, UNKNOWN]].tolist() == [0.721, OFF]
        assert len(set(simulator.first)) == 2
        best, as_drawn, before = found.others
        assert best.measured == pytest.approx([0.721])
        assert as_drawn.fit == pytest.approx(0.0, abs=1e-9)
        assert before.measured == pytest.approx([PARAMETERS["reactive_elasticity"].default])
        assert found.places.shape == (2,)
        assert found.places[1] == 0.5  # where all answer alike each is in the middle


def test_where_no_row_fits_the_best_gives_the_defaults() -> None:
    unit, values = rows((0.55, OFF), (0.56, OFF), (0.9, OFF))
    found, _ = choice(unit, values, lambda sets: sets[:, [KNOWN]], 3)
    assert (found.row, found.fitting) == (1, 0)


def test_places_among_others_count_half_of_those_that_are_equal() -> None:
    own, others = np.array([[2.0, 5.0], [9.0, 0.0]]), np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0], [2.0, 5.0]])
    assert ranked(own, others).tolist() == [[0.5, 0.5], [1.0, 0.0]]
    assert away(ranked(own, others)).tolist() == [0.0, 1.0]


def test_answers_are_the_mean_differences_of_whole_runs() -> None:
    """Played by the public face, in the same places and with the same seeds, they come out the same."""
    pool = [place.name for place in all_places.names()][:PLACES]
    sets = np.array([[row.default for row in PARAMETERS.values()]])
    found = answers(sets, pool)[0]
    assert spread_places(pool) == tuple(pool)
    for k, (name, metric) in list(enumerate(QUESTIONS))[::4]:
        gaps = []
        for place in pool:
            own, silo = (tp.ensemble(tp.load(one, place=place, set=["uncertainties=default"]), runs=SEEDS, first_seed=FIRST_SEED)
                         for one in (name, BASELINE))
            gaps.append((own.at_end(metric) - silo.at_end(metric)).mean())
        assert found[k] == pytest.approx(np.mean(gaps), rel=1e-9, abs=1e-12)


def test_what_the_facts_do_not_inform_keeps_its_default() -> None:
    _, values = rows((0.6543210, OFF + 0.06), (5.0, OFF - 0.2))
    full = completed(values, [KNOWN])
    assert full[0, KNOWN] == 0.654
    assert full[1, KNOWN] == PARAMETERS["reactive_elasticity"].high  # within its range, whatever is given
    others = [i for i in range(len(NAMES)) if i != KNOWN]
    assert (full[:, others] == [[PARAMETERS[NAMES[i]].default for i in others]]).all()
