"""What arrangements do on the money of two years, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.sim.analysis.eras.era import in_units, values_of
from totalplace.sim.figures.style import Chart, dress, estimate_words, grid_shape, look, name_rows, own_style, title_panel
from totalplace.sim.results.last_year import BAND, KEY_METRICS
from totalplace.sim.results.run import last_year_words
from totalplace.sim.results.setting import band_words, what_if_words
from totalplace.sim.results.wording import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from totalplace.sim.analysis.eras.era import Era
    from totalplace.sim.model.metrics import Metric


@own_style()
def side_by_side(then: Era, now: Era) -> Chart:
    """Differences from the baseline of the same year in the last year: median and 90% of the seeds, then and now, by metric.

    Money is a head at the prices of the later year. Metrics without a value in both years are left out.
    """
    first, last = then.ensembles[0], now.ensembles[0]
    names = [one.scenario.name for one in now.ensembles[1:]]
    shown = [in_units(last.known_metrics[name], now.year)[-1] for name in KEY_METRICS]
    shown = [one for one in shown if not np.isnan(values_of(now, names[0], *one, effect=True)).any()]
    rows, columns = grid_shape(len(shown))
    figure = Chart(3.1 * columns + 1.2, (0.42 * len(names) + 1.1) * rows + 1.3)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for axes in panels.ravel()[len(shown):]:
        axes.set_visible(False)
    handles: dict[str, Any] = {}
    for axes, (metric, a_head) in zip(panels.ravel(), shown, strict=False):
        for number, era in enumerate((then, now)):
            handles[f"budgets of {era.year}"] = _dots(axes, era, number, names, metric, a_head)
        axes.axvline(0.0, color="#444444", linewidth=0.8)
        title_panel(axes, metric)
    name_rows(panels, names)
    words = (f"{first.place_name}, {first.period}; {last.place_name}, {last.period}. {count(first.runs, 'run')} each, "
             f"{band_words([*then.ensembles, *now.ensembles])}. Difference "
             f"from {first.scenario.name} of the same year, seed by seed. Dot: median. Bar: 90% of the seeds. The two years are "
             f"not paired. {last_year_words(last.quarters)}")
    words += "".join(f" {estimate_words(one.place)}" for one in (first, last) if one.place_name != one.place.name)
    words += what_if_words([one.scenario for era in (then, now) for one in era.ensembles])
    place = last.place_name if first.place.name == last.place.name else f"{first.place.name}, {last.place_name}"
    dress(figure, f"{place}: the same arrangement, {then.year} and {now.year}", words, handles)
    return figure


def _dots(axes: Axes, era: Era, number: int, names: list[str], metric: Metric, a_head: bool) -> Any:
    style, handle = look((2, 4)[number]), None
    for row, name in enumerate(names):
        values = values_of(era, name, metric, a_head, effect=True)
        low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1]))
        (handle,) = axes.plot(
            [low, middle, high], [row + (-0.14, 0.14)[number]] * 3, color=style.colour, linewidth=1.8, solid_capstyle="butt",
            marker=("o", "s")[number], markersize=5.0, markevery=[1],
        )
    return handle
