"""Outcomes in units that people know: each indicator of the registry, from the shortfalls of the people that it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule
from totalplace.scenarios.indicators import INDICATORS
from totalplace.sim.model.metrics.declaration import IndicatorList

if TYPE_CHECKING:
    from totalplace.agents.rows import MeasureRow
    from totalplace.agents.world import World

DECLARED: Final[tuple[IndicatorList, ...]] = (IndicatorList("indicator", INDICATORS, "natural units"),)


@rule
def measure_natural_units(w: World, m: MeasureRow) -> None:
    """Each indicator from the shortfall ``B`` of its people and outcomes: ``base + (best - base) (1 - B^slope)``, within bounds.

    ``B = sum_i of_kind_i sum_o of_outcome_o burden(i, o)`` is 1 in the base year, so that an indicator starts at its base.
    """
    for n in range(w.indicators.shape[0]):
        one, shortfall = w.indicators[n], 0.0
        for o in range(one.of_outcome.shape[0]):
            if one.of_outcome[o] > 0.0:
                for i in range(one.of_kind.shape[0]):
                    shortfall += one.of_outcome[o] * one.of_kind[i] * w.kinds[i].burden[o]
        moved = one.at_start + (one.best - one.at_start) * (1.0 - max(0.0, shortfall) ** one.slope)
        m.indicator[n] = min(one.most, max(one.least, moved))
