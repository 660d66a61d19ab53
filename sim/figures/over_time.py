"""Metrics over time, in small multiples: of a run, of an ensemble with its band, and of several ensembles compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.sim.figures.data import courses_shown
from totalplace.sim.figures.style import (
    CUT_WORDS,
    GREY,
    SMALL,
    Chart,
    caption,
    dress,
    grid_shape,
    heading,
    key_metrics,
    look,
    mark_cut,
    own_style,
    plain,
)
from totalplace.sim.model.metrics import without_value
from totalplace.sim.results.last_year import BAND, last_year_words
from totalplace.sim.results.wording import listing, unit_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.run import Ensemble, Run


def years_of(result: Ensemble | Run) -> Any:
    """Quarters as calendar years with a fraction: 2010-10 is 2010.75."""
    dates = [date.split("-") for date in result.dates]
    return np.array([int(year) + (int(month) - 1) / 12 for year, month in dates])


def mark_years(axes: Axes, years: Any) -> None:
    """Whole years as ticks, as many as there is room for."""
    span = years[-1] - years[0]
    step = 1 if span <= 5 else 2 if span <= 12 else 5 if span <= 30 else 10
    axes.set_xticks(np.arange(np.ceil(years[0] / step) * step, years[-1] + 0.01, step))
    axes.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
    axes.margins(x=0.02)


def key_panels(metrics: dict[str, Metric], width: float = 3.4, height: float = 2.35) -> tuple[Chart, list[Axes]]:
    """A figure with a panel for each metric, labelled with its unit."""
    rows, columns = grid_shape(len(metrics))
    figure = Chart(max(width * columns, 6.4), height * rows + 0.9)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, metric in zip(panels, metrics.values(), strict=False):
        axes.set_title(heading(metric, figure.narrowed), fontsize=SMALL + 0.5, loc="left")
        plain(axes)
    for axes in panels[len(metrics) :]:
        axes.set_visible(False)
    return figure, list(panels[: len(metrics)])


def _silent(axes: Axes, name: str, result: Ensemble | Run) -> bool:
    """Say in a panel that the metric says nothing under the scenario, and why; whether it was so."""
    if why := without_value(name, result.scenario):
        axes.set(xticks=[], yticks=[])
        axes.text(0.5, 0.5, f"no value: {why}", transform=axes.transAxes, ha="center", va="center", fontsize=SMALL, color=GREY)
    return bool(why)


@own_style()
def run_over_time(run: Run, chosen: Sequence[str] | None = None) -> Chart:
    """The metrics of one run over time."""
    metrics = key_metrics([run], chosen)
    figure, panels = key_panels(metrics)
    years = years_of(run)
    for axes, (name, metric) in zip(panels, metrics.items(), strict=True):
        if not _silent(axes, name, run):
            axes.plot(years, run.series(name) * unit_scale(metric.unit), color=look(2).colour)
            mark_years(axes, years)
    figure.data = courses_shown([run], metrics)
    words = f"Each panel is one metric, by quarter.{cut_words(panels)}"
    dress(figure, f"{run.scenario.title}, seed {run.seed}", caption([run], words))
    return figure


@own_style()
def ensemble_over_time(ensemble: Ensemble, chosen: Sequence[str] | None = None) -> Chart:
    """Median and 90% band of each metric over time."""
    metrics = key_metrics([ensemble], chosen)
    figure, panels = key_panels(metrics)
    years = years_of(ensemble)
    colour = look(2).colour
    for axes, (name, metric) in zip(panels, metrics.items(), strict=True):
        if _silent(axes, name, ensemble):
            continue
        values = ensemble.series(name) * unit_scale(metric.unit)
        low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1]), axis=0)
        axes.fill_between(years, low, high, color=colour, alpha=0.2, linewidth=0)
        axes.plot(years, middle, color=colour)
        mark_years(axes, years)
    figure.data = courses_shown([ensemble], metrics)
    words = f"Line: median of the runs. Band: 90% of the runs.{cut_words(panels)}"
    dress(figure, ensemble.scenario.title, caption([ensemble], words))
    return figure


@own_style()
def compared_over_time(ensembles: Sequence[Ensemble], chosen: Sequence[str] | None = None) -> Chart:
    """The median of each scenario over time; at the right of each panel, median and 90% of the runs in the last year."""
    metrics = key_metrics(ensembles, chosen)
    figure, panels = key_panels(metrics, width=4.1, height=2.5)
    years = years_of(ensembles[0])
    handles: dict[str, Any] = {}
    silent: dict[str, dict[str, None]] = {}
    for axes, (name, metric) in zip(panels, metrics.items(), strict=True):
        for number, ensemble in enumerate(ensembles):
            scale = unit_scale(metric.unit)
            middle = np.median(ensemble.series(name), axis=0) * scale
            if why := without_value(name, ensemble.scenario):
                silent.setdefault(why, {})[f"{metric.label} of {ensemble.scenario.name}"] = None
                middle = np.full(len(years), np.nan)  # a line for the legend alone
            handles[ensemble.scenario.name] = _line(axes, years, middle, number, len(ensembles))
            _band_at_end(axes, years, ensemble.at_end(name) * scale, number)
        mark_years(axes, years)
        axes.axvline(years[-1] + _gap(years) / 2, color="#999999", linewidth=0.6)
    figure.data = courses_shown(ensembles, metrics, at_end=True)
    words = "Lines: medians of the runs by quarter. Bars at the right: median and 90% of the runs in the last year."
    words += f" {last_year_words(ensembles[0].quarters)}{cut_words(panels)}"
    words += "".join(f" Not drawn, since it has {why}: {listing(list(of))}." for why, of in silent.items())
    title = f"{ensembles[0].place_name}: {len(ensembles)} arrangements over time"
    dress(figure, title, caption(ensembles, words), handles)
    return figure


def cut_words(panels: Sequence[Axes]) -> str:
    """Mark the panels whose axis does not begin at zero; what the mark means, where there is one."""
    marked = [mark_cut(axes) for axes in panels]
    return f" {CUT_WORDS}" if any(marked) else ""


def _gap(years: Any) -> float:
    return max(0.02 * float(years[-1] - years[0]), 0.05)


def _line(axes: Axes, years: Any, values: Any, number: int, lines: int) -> Any:
    style = look(number)
    every = max(len(years) // 5, 1)
    (line,) = axes.plot(
        years,
        values,
        color=style.colour,
        linestyle=style.dashes,
        linewidth=1.4,
        marker=style.marker,
        markersize=3.6,
        markevery=(int(every * number / lines), every),
    )
    return line


def _band_at_end(axes: Axes, years: Any, values: Any, number: int) -> None:
    style = look(number)
    low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1]))
    at = years[-1] + _gap(years) * (1.2 + number)
    axes.plot(
        [at] * 3, [low, middle, high], color=style.colour, linewidth=1.6, solid_capstyle="butt",
        marker=style.marker, markersize=3.6, markevery=[1],
    )
