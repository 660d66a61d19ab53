"""The parameters that runs drew, given back: results do not keep them, since scenario and seeds decide them.

R runs, P parameters that a scenario draws.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from totalplace.agents.draws import SEEDS_A_DRAW
from totalplace.scenarios.uncertainties import Range

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.results.run import Ensemble


class Drawn(NamedTuple):
    """Parameters by ``names`` and their ``values`` (R, P) in each run."""

    names: tuple[str, ...]
    values: NDArray[np.float64]


def parameters_drawn(ensemble: Ensemble) -> Drawn:
    """What each run of an ensemble drew, by the rule that draws it at its start; nothing where all parameters are held.

    Nothing either for results of a version that drew in another way.
    """
    from totalplace.agents.compiled import python
    from totalplace.scenarios.registry import PARAMETERS
    from totalplace.sim.model.start import draw_parameters
    from totalplace.sim.model.world import build

    uncertain = ensemble.scenario.uncertainties
    places = [place for place, name in enumerate(PARAMETERS) if isinstance(uncertain[name], Range)]
    names = tuple(name for name in PARAMETERS if isinstance(uncertain[name], Range))
    values = np.zeros((ensemble.runs, len(names)))
    if not names or ensemble.seeds_a_draw != SEEDS_A_DRAW:
        return Drawn((), np.zeros((ensemble.runs, 0)))
    world, draw = build(ensemble.scenario).fresh(), python(draw_parameters)
    for row, seed in zip(values, ensemble.seeds, strict=True):
        world.clock.seed = int(seed)
        draw(world)
        row[:] = world.parameter_values[places]
    return Drawn(names, values)


__all__ = ["Drawn", "parameters_drawn"]
