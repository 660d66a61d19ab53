"""Sensitivity: indices with intervals, elementary effects, feature scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.sim.figures.style import GREY, SMALL, Chart, dress, look, own_style, plain
from totalplace.sim.results.wording import unit_name, unit_scale

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.analysis.cases import Varied
    from totalplace.sim.analysis.sensitivity.analysis import Indices
    from totalplace.sim.model.metrics import Metric

#: Most factors drawn; the table has all of them.
MOST = 25


@own_style()
def indices_figure(indices: Indices, metric: Metric, factors: Sequence[Varied], source: str) -> Chart:
    """First-order and total Sobol indices of each factor with 95% bootstrap intervals."""
    table = indices.table.head(MOST)
    figure, axes = _rows(table, factors)
    handles: dict[str, Any] = {}
    for number, (measure, words, filled) in enumerate(
        (("total", "total: with interactions", True), ("first", "first order: alone", False))
    ):
        style = look(2 if filled else 4)
        rows = np.arange(len(table)) + (0.16 if number else -0.16)
        axes.hlines(rows, table[f"{measure}_low"], table[f"{measure}_high"], color=style.colour, linewidth=1.6)
        (handles[words],) = axes.plot(
            table[measure], rows, color=style.colour, linestyle="none", marker="o" if filled else "s", markersize=5,
            markerfacecolor=style.colour if filled else "white",
        )
    axes.axvline(0.0, color="#444444", linewidth=0.8)
    axes.set_xlabel(f"share of the variance of {metric.label}", fontsize=SMALL)
    dropped = f" {indices.dropped} incomplete blocks left out." if indices.dropped else ""
    words = (
        f"{source}. Sobol indices from {indices.used:,} base samples. Bars: 95% bootstrap intervals.{dropped}{_more(indices.table)}"
    )
    dress(figure, f"What decides {metric.label} ({metric.unit})", words, handles)
    return figure


@own_style()
def effects_figure(indices: Indices, metric: Metric, factors: Sequence[Varied], source: str) -> Chart:
    """Mean absolute elementary effect and spread of each factor (Morris)."""
    table = indices.table.head(MOST)
    scale = unit_scale(metric.unit)
    figure, axes = _rows(table, factors)
    rows = np.arange(len(table))
    handles: dict[str, Any] = {}
    style, other = look(2), look(4)
    axes.hlines(rows, table["effect_low"] * scale, table["effect_high"] * scale, color=style.colour, linewidth=1.6)
    (handles["mean absolute effect"],) = axes.plot(table["effect"] * scale, rows, "o", color=style.colour, markersize=5)
    (handles["spread: interactions and curvature"],) = axes.plot(
        table["spread"] * scale, rows, "s", color=other.colour, markersize=5, markerfacecolor="white"
    )
    axes.axvline(0.0, color="#444444", linewidth=0.8)
    axes.set_xlabel(f"change of {metric.label} over the whole range ({unit_name(metric.unit)})", fontsize=SMALL)
    words = f"{source}. Morris's elementary effects on {indices.used:,} trajectories. Bars: 95% intervals.{_more(indices.table)}"
    dress(figure, f"What moves {metric.label}", words, handles)
    return figure


@own_style()
def scores_figure(scores: pd.DataFrame, metric: Metric, factors: Sequence[Varied], source: str) -> Chart:
    """Feature scores; the hatch says in which direction a factor moves the metric."""
    table = scores.head(MOST)
    figure, axes = _rows(table, factors)
    handles: dict[str, Any] = {}
    kinds = (("more of it, more of the metric", 2, ""), ("more of it, less of the metric", 4, "///"), ("no clear way", 7, "..."))
    signs = np.nan_to_num(table["rank_correlation"].to_numpy())
    directions = np.where(np.abs(signs) < 0.1, 2, np.where(signs > 0, 0, 1))
    for number, (words, colour, hatch) in enumerate(kinds):
        rows = np.flatnonzero(directions == number)
        if len(rows):
            handles[words] = axes.barh(
                rows, table["score"].to_numpy()[rows], height=0.7, color=look(colour).colour, hatch=hatch,
                hatch_linewidth=0.6, edgecolor="white",
            )
    axes.set_xlim(left=0.0)
    axes.set_xlabel(f"feature score for {metric.label} (share of all)", fontsize=SMALL)
    words = f"{source}. Extra trees; scores of all factors add up to 1. Direction by rank correlation.{_more(scores)}"
    dress(figure, f"Feature scores: {metric.label} ({metric.unit})", words, handles, columns=3)
    return figure


@own_style()
def sign_and_size_figure(apart: pd.DataFrame, metric: Metric, factors: Sequence[Varied], source: str) -> Chart:
    """How far each factor decides the sign of the metric, and how far its size where it is above zero."""
    table = apart.head(MOST)
    figure, axes = _rows(table, factors)
    handles: dict[str, Any] = {}
    marks = (("sign", "decides_sign", "o", 2, "whether it is above zero (distance)"),
             ("size", "decides_size", "s", 4, "how much it is, where it is (rank correlation)"))
    for column, named, marker, colour, words in marks:
        style, values = look(colour), table[column].abs().to_numpy()
        rows = np.arange(len(table)) + (0.16 if column == "size" else -0.16)
        axes.hlines(rows, 0.0, values, color=style.colour, linewidth=0.8, alpha=0.5)
        for sure in (False, True):
            own = table[named].to_numpy(bool) == sure
            (drawn,) = axes.plot(values[own], rows[own], color=style.colour, linestyle="none", marker=marker, markersize=5,
                                 markerfacecolor=style.colour if sure else "white")
            if sure or words not in handles:
                handles[words] = drawn
    axes.set_xlim(left=0.0)
    axes.set_xlabel(f"how far it decides {metric.label} (0: not at all, 1: alone)", fontsize=SMALL)
    said = (f"{source}. Distance: Kolmogorov and Smirnov's, between points above zero and not. Rank correlation: Spearman's, "
            f"without its sign, among points above zero. Open mark: within chance for so many factors.{_more(apart)}")
    dress(figure, f"Whether, and how much: {metric.label} ({metric.unit})", said, handles)
    return figure


def _rows(table: pd.DataFrame, factors: Sequence[Varied]) -> tuple[Chart, Any]:
    """A chart with a row for each factor of the table."""
    names = {factor.name: factor.words for factor in factors}
    figure = Chart(7.4, 0.27 * len(table) + 1.9)
    axes = figure.subplots()
    plain(axes, grid="x")
    axes.set_yticks(range(len(table)), [names.get(name, name) for name in table["factor"]], fontsize=SMALL)
    axes.set_ylim(len(table) - 0.4, -0.6)
    axes.tick_params(axis="y", colors="black")
    axes.spines["left"].set_color(GREY)
    return figure, axes


def _more(table: pd.DataFrame) -> str:
    return f" The {len(table) - MOST} least influential factors are in the table only." if len(table) > MOST else ""
