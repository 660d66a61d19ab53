"""What decides a verdict is found where it is known, and nothing is named where nothing decides."""

from __future__ import annotations

import numpy as np

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.deciding_parameters import in_range_by

NAMES = list(PARAMETERS)
DRAWS = np.random.default_rng(4).random((600, len(NAMES)))
ETA, KAPPA = NAMES.index("eta"), NAMES.index("kappa")


def test_the_parameters_that_decide_are_named_with_their_direction() -> None:
    inside = DRAWS[:, ETA] - 0.5 * DRAWS[:, KAPPA] < 0.2
    found = in_range_by(DRAWS, inside)
    assert [(one.name, one.direction) for one in found] == [("eta", -1), ("kappa", 1)]
    assert found[0].distance > found[1].distance > 0.1


def test_nothing_is_named_where_chance_decides_or_nothing_varies() -> None:
    assert in_range_by(DRAWS, np.random.default_rng(5).random(600) < 0.5) == []
    assert in_range_by(DRAWS, np.ones(600, dtype=bool)) == []
