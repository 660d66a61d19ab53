"""A scenario and its branch over time: one history, then two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.sim.figures.data import courses_shown
from totalplace.sim.figures.over_time import cut_words, key_panels, mark_years, years_of
from totalplace.sim.figures.style import Chart, dress, key_metrics, look, own_style
from totalplace.sim.results.last_year import BAND
from totalplace.sim.results.setting import what_if_words
from totalplace.sim.results.wording import unit_scale

if TYPE_CHECKING:
    from totalplace.sim.results.run import Ensemble


@own_style()
def branches_over_time(base: Ensemble, branch: Ensemble, quarter: int, chosen: Sequence[str], source: str) -> Chart:
    """Median and 90% band of each metric for both; a dashed line where the branch begins."""
    metrics = key_metrics([base, branch], chosen)
    figure, panels = key_panels(metrics)
    years = years_of(base)
    handles: dict[str, Any] = {}
    for axes, (name, metric) in zip(panels, metrics.items(), strict=True):
        for number, (ensemble, words) in enumerate(((base, base.scenario.name), (branch, branch.scenario.name))):
            style = look((2, 4)[number])
            values = ensemble.series(name) * unit_scale(metric.unit)
            low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1]), axis=0)
            hatch, dashes = (("", "solid"), ("////", (0, (4, 1.5))))[number]
            axes.fill_between(
                years, low, high, facecolor=style.colour, alpha=0.15, linewidth=0, hatch=hatch, edgecolor=style.colour
            )
            (handles[words],) = axes.plot(years, middle, color=style.colour, linestyle=dashes, linewidth=1.5)
        axes.axvline(years[quarter], color="#444444", linestyle="dotted", linewidth=1.0)
        mark_years(axes, years)
    figure.data = courses_shown([base, branch], metrics)
    words = f"{source}. Lines: medians. Bands: 90% of the runs. Dotted: {base.dates[quarter]}; before it both are identical."
    words += cut_words(panels) + what_if_words([base.scenario, branch.scenario])
    dress(figure, "A scenario and its branch", words, handles, columns=2)
    return figure
