"""A policy search: the front in parallel coordinates, the levers of its policies, and convergence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.sim.figures.style import GREY, SMALL, Chart, dress, look, own_style, plain
from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.scenarios.sweeps.factors import Factor
    from totalplace.sim.analysis.search.evaluation import Objective

#: Named policies drawn with a look of their own.
MOST = 7


@own_style()
def front_figure(
    front: pd.DataFrame, shares: NDArray[np.float64], chosen: Mapping[int, str], objectives: Sequence[Objective], judged: str,
    source: str,
) -> Chart:
    """Every policy of the front as a line over the objectives, better upwards; named ones stand out."""
    figure = Chart(max(7.6, 1.7 * len(objectives) + 1.5), 5.4)
    axes = figure.subplots()
    across = np.arange(len(objectives))
    axes.plot(across, (1.0 - shares).T, color="#bbbbbb", linewidth=0.6, alpha=0.6, zorder=1)
    handles: dict[str, Any] = {}
    for number, row in enumerate(_named(chosen)):
        style = look(number)
        (handles[str(front.loc[row, "name"])],) = axes.plot(
            across, 1.0 - shares[row], color=style.colour, linestyle=style.dashes, marker=style.marker, markersize=5, linewidth=1.8
        )
    for column, objective in enumerate(objectives):
        values = front[objective.metric.name]
        best, worst = (values.max(), values.min()) if objective.sign > 0 else (values.min(), values.max())
        axes.axvline(column, color=GREY, linewidth=0.8, zorder=0)
        for y, value, side in ((1.03, best, "bottom"), (-0.03, worst, "top")):
            axes.text(column, y, amount(float(value), objective.metric.unit), ha="center", va=side, fontsize=SMALL)
    axes.set_xticks(across, [f"{objective.words}\n({objective.metric.unit})" for objective in objectives], fontsize=SMALL)
    axes.tick_params(axis="x", length=0, pad=14)
    axes.set_yticks([])
    axes.set_ylim(-0.1, 1.1)
    for spine in axes.spines.values():
        spine.set_visible(False)
    how = "the level nine draws in ten reach" if judged == "nine-in-ten" else "the mean of the draws"
    words = f"{source}. A line is a policy of the front ({len(front):,}), judged by {how}. Up is better."
    dress(figure, "The front: what can be had together", words, handles, columns=7)
    return figure


@own_style()
def levers_figure(front: pd.DataFrame, chosen: Mapping[int, str], factors: Sequence[Factor], source: str) -> Chart:
    """How the policies of the front set each lever, within its range."""
    figure = Chart(7.8, 0.3 * len(factors) + 2.2)
    axes = figure.subplots()
    plain(axes, grid="x")
    handles: dict[str, Any] = {}
    for row, factor in enumerate(factors):
        shares = (front[factor.label].to_numpy() - factor.low) / (factor.high - factor.low)
        low, high = np.quantile(shares, (0.25, 0.75))
        axes.hlines(row, low, high, color="#cccccc", linewidth=7.0, zorder=0)
        axes.plot(shares, np.full(len(shares), row), linestyle="none", marker="|", markersize=8, color=GREY, alpha=0.6, zorder=1)
        for number, policy in enumerate(_named(chosen)):
            style = look(number)
            name = str(front.loc[policy, "name"])
            (handles[name],) = axes.plot(
                [shares[policy]], [row + 0.28], linestyle="none", marker=style.marker, color=style.colour, markersize=5
            )
    axes.set_yticks(range(len(factors)), [_range_of(factor) for factor in factors], fontsize=SMALL)
    axes.set_ylim(len(factors) - 0.3, -0.6)
    axes.set_xlim(-0.03, 1.03)
    axes.set_xticks([0, 0.5, 1], ["lowest", "middle", "highest"], fontsize=SMALL)
    words = f"{source}. Ticks: policies of the front. Grey: half of them. Marks: named policies."
    dress(figure, "How the policies of the front set the levers", words, handles, columns=7)
    return figure


@own_style()
def convergence_figure(volumes: pd.DataFrame, objectives: Sequence[Objective], source: str) -> Chart:
    """Hypervolume by generation and seed."""
    figure = Chart(6.6, 4.2)
    axes = figure.subplots()
    plain(axes, grid="both")
    handles: dict[str, Any] = {}
    for number, (seed, part) in enumerate(volumes.groupby("seed")):
        style = look(number)
        (handles[f"seed {seed}"],) = axes.plot(
            part["generation"] + 1, part["hypervolume"], color=style.colour, linestyle=style.dashes, marker=style.marker,
            markersize=4,
        )
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("generations", fontsize=SMALL)
    axes.set_ylabel("hypervolume (share of the box around the front)", fontsize=SMALL)
    words = f"{source}. {len(objectives)} objectives. Flat and alike: the search has converged."
    dress(figure, "Convergence of the search", words, handles)
    return figure


def _named(chosen: Mapping[int, str]) -> list[int]:
    """The named policies that are drawn: the best by an objective and the compromise before others."""
    first = [row for row, kind in chosen.items() if kind != "spread"]
    return [*first, *(row for row in chosen if row not in first)][:MOST] if len(first) < 3 else first[:MOST]


def _range_of(factor: Factor) -> str:
    low, high = (str(factor.shown(value)) if factor.integer else f"{value:g}" for value in (factor.low, factor.high))
    return f"{factor.label.replace('_', ' ')} ({low} to {high})"
