"""The row of the posterior that gives the defaults: central, and fitting when it is completed with the defaults there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.evidence.calibration import toys
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration.central import choose, completed
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


def test_of_the_most_central_rows_the_one_that_fits_when_completed_gives_the_defaults() -> None:
    unit, values = rows((0.62, OFF), (0.66, OFF + 0.06), (0.7211111, OFF - 0.18), (0.80, OFF), (0.60, OFF + 0.12))
    simulator = Sum()
    found = choose(Batches(simulator), replace(toys.plan(candidates=3, looks=2), targets=simulator.measures), unit, values, [KNOWN])
    assert (found.row, found.rank) == (2, 2)  # the most central, 0.66, fits only as drawn
    assert found.chosen.values[[KNOWN, UNKNOWN]].tolist() == [0.721, OFF]
    assert len(set(simulator.first)) == 2
    as_drawn, before = found.others[1], found.others[2]
    assert found.others[0].measured == pytest.approx([0.66])
    assert as_drawn.measured == pytest.approx([FIGURE])
    assert as_drawn.fit == pytest.approx(0.0, abs=1e-9)
    assert before.measured == pytest.approx([PARAMETERS["reactive_elasticity"].default])


def test_what_the_facts_do_not_inform_keeps_its_default() -> None:
    _, values = rows((0.6543210, OFF + 0.06), (5.0, OFF - 0.2))
    full = completed(values, [KNOWN])
    assert full[0, KNOWN] == 0.654
    assert full[1, KNOWN] == PARAMETERS["reactive_elasticity"].high  # within its range, whatever is given
    others = [i for i in range(len(NAMES)) if i != KNOWN]
    assert (full[:, others] == [[PARAMETERS[NAMES[i]].default for i in others]]).all()
