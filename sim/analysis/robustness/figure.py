"""Robust decisions: regret by alternative, the share of states that reach a level, and medians traded against each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.sim.figures.style import GREY, SMALL, Chart, dress, grid_shape, heading, look, own_style, plain
from totalplace.sim.results.wording import unit_name, unit_scale

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.model.metrics import Metric

#: Most alternatives drawn; the table has all of them.
MOST = 24
#: Room for the name of the better corner, in heights of what is drawn.
_CORNER = 0.14


@own_style()
def regrets_figure(regrets: pd.DataFrame, metric: Metric, source: str) -> Chart:
    """Regret of each alternative over the states: median, half and nine tenths of the states, and the greatest."""
    order = regrets.max().sort_values(kind="stable").index[:MOST]
    values = regrets[order].to_numpy() * unit_scale(metric.unit)
    figure = Chart(7.6, 0.3 * len(order) + 2.1)
    axes = figure.subplots()
    plain(axes, grid="x")
    rows, colour = np.arange(len(order)), look(2).colour
    low, quarter, middle, three, high = np.quantile(values, (0.05, 0.25, 0.5, 0.75, 0.95), axis=0)
    handles: dict[str, Any] = {}
    axes.hlines(rows, low, high, color=colour, linewidth=1.4)
    axes.hlines(rows, quarter, three, color=colour, linewidth=5.0)
    (handles["median"],) = axes.plot(middle, rows, "o", color="white", markeredgecolor=colour, markersize=5)
    (handles["greatest"],) = axes.plot(values.max(axis=0), rows, "D", color=look(4).colour, markersize=5)
    axes.set_yticks(rows, order, fontsize=SMALL)
    axes.set_ylim(len(order) - 0.4, -0.6)
    axes.set_xlim(left=min(0.0, float(low.min())))
    axes.set_xlabel(f"regret: {metric.label} lost against the best in the same state ({unit_name(metric.unit)})", fontsize=SMALL)
    words = f"{source}. Thick bar: half of the states. Thin bar: 90%. Least greatest regret first."
    dress(figure, f"Regret by {metric.label}", words, handles)
    return figure


@own_style()
def curves_figure(values: pd.DataFrame, metric: Metric, source: str) -> Chart:
    """The share of states in which each alternative reaches a level of the metric, over all levels."""
    figure = Chart(7.6, 5.2)
    axes = figure.subplots()
    plain(axes, grid="both")
    handles: dict[str, Any] = {}
    shares = 100.0 * (1.0 - np.arange(len(values)) / len(values))
    for number, name in enumerate(values.columns[:MOST]):
        style = look(number)
        levels = np.sort(values[name].to_numpy() * metric.direction) * metric.direction * unit_scale(metric.unit)
        every = max(1, len(levels) // 6)
        (handles[str(name)],) = axes.plot(
            levels, shares, color=style.colour, linestyle=style.dashes, marker=style.marker, markersize=4,
            markevery=(every * number // max(1, len(values.columns)), every), linewidth=1.4,
        )
    axes.set_ylim(0, 101)
    reach = "at least" if metric.direction > 0 else "at most"
    axes.set_xlabel(f"{metric.label}, {reach} ({unit_name(metric.unit)})", fontsize=SMALL)
    axes.set_ylabel("% of states", fontsize=SMALL)
    words = f"{source}. How often each alternative reaches a level: higher is better at every level."
    dress(figure, f"How often {metric.label} is {reach} a level", words, handles, columns=3)
    return figure


@own_style()
def trade_off_figure(weights: pd.DataFrame, metric: Metric, others: Sequence[Metric], source: str) -> Chart:
    """Medians of the metric against those of others; filled: no alternative is as good by every median shown."""
    rows, columns = grid_shape(len(others))
    figure = Chart(max(3.6 * columns, 7.6), 3.4 * rows + 1.6)
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    handles: dict[str, Any] = {}
    table = {name: part.set_index("alternative") for name, part in weights.groupby("metric")}
    for axes in panels[len(others) :]:
        axes.set_visible(False)
    for axes, other in zip(panels, others, strict=False):
        plain(axes, grid="both")
        own, theirs = table[metric.name], table[other.name]
        for number, name in enumerate(own.index[:MOST]):
            handles[str(name)] = _cross(axes, own.loc[name], theirs.loc[name], (metric, other), number)
        axes.set_title(heading(other), fontsize=SMALL + 0.5, loc="left")
        axes.set_xlabel(f"{metric.label} ({unit_name(metric.unit)})", fontsize=SMALL)
        _say_better(axes, metric, other)
    words = f"{source}. Marks: medians over the states. Hollow: another is as good by every median."
    dress(figure, f"What is traded for {metric.label}", words, handles, columns=4)
    return figure


def _say_better(axes: Any, metric: Metric, other: Metric) -> None:
    """Name the corner in which both metrics are best."""
    right, top = metric.direction > 0, other.direction > 0
    axes.annotate(
        "better", (0.98 if right else 0.02, 0.98 if top else 0.02), xycoords="axes fraction", fontsize=SMALL, color=GREY,
        style="italic", ha="right" if right else "left", va="top" if top else "bottom",
    )
    low, high = axes.get_ylim()  # marks end below or above the word, so that none lies over it
    room = _CORNER * (high - low)
    axes.set_ylim((low, high + room) if top else (low - room, high))


def _cross(axes: Any, own: pd.Series, theirs: pd.Series, metrics: tuple[Metric, Metric], number: int) -> Any:
    style = look(number)
    across, up = (unit_scale(metric.unit) for metric in metrics)
    x, y = own["median"] * across, theirs["median"] * up
    (mark,) = axes.plot(
        [x], [y], marker=style.marker, markersize=7, color=style.colour, linestyle="none",
        markerfacecolor="white" if own["dominated"] else style.colour,
    )
    return mark
