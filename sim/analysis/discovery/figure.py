"""Scenario discovery: the limits of boxes, the runs around them, and PRIM's way between coverage and density."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Rectangle

from totalplace.sim.figures.style import GREY, PALE, SMALL, Chart, dress, look, own_style, plain
from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.sim.analysis.cases import Varied
    from totalplace.sim.analysis.conditions import Condition
    from totalplace.sim.analysis.discovery.analysis import Box, Limit


@own_style()
def limits_figure(
    boxes: Sequence[Box], points: pd.DataFrame, factors: dict[str, Varied], condition: Condition, source: str
) -> Chart:
    """The range of each limited factor that belongs to a box, within the range that was tried."""
    rows = [(number, box, limit) for number, box in enumerate(boxes, start=1) for limit in box.limits]
    figure = Chart(7.6, 0.36 * len(rows) + 2.0)
    axes = figure.subplots()
    plain(axes, grid="x")
    for row, (number, _, limit) in enumerate(rows):
        style = look((2, 4, 3)[(number - 1) % 3])
        axes.barh(row, 1.0, height=0.16, color=PALE)
        _span(axes, row, limit, points, factors[limit.factor], style.colour)
    axes.set_yticks(range(len(rows)), [f"{factors[limit.factor].words}  [{number}]" for number, _, limit in rows], fontsize=SMALL)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xticks([0, 1], ["least tried", "most tried"], fontsize=SMALL)
    shares = "; ".join(
        f"box {number}: density {100 * box.density:.0f}%, coverage {100 * box.coverage:.0f}%, {box.runs:,} runs"
        for number, box in enumerate(boxes, start=1)
    )
    words = f"{source}. Thick: the part of the range that belongs to the box, whose number is in brackets. {shares}."
    dress(figure, _title(condition, 62), words)
    return figure


def _span(axes: Any, row: int, limit: Limit, points: pd.DataFrame, factor: Varied, colour: str) -> None:
    if limit.members:
        axes.text(0.02, row, ", ".join(limit.members), va="center", fontsize=SMALL, color=colour, fontweight="bold")
        return
    values = points[limit.factor].to_numpy(np.float64)
    low, width = values.min(), np.ptp(values) or 1.0
    start = 0.0 if limit.low is None else (limit.low - low) / width
    end = 1.0 if limit.high is None else (limit.high - low) / width
    axes.barh(row, end - start, left=start, height=0.42, color=colour)
    bare = factor.unit in ("", "share", "multiple", "exponent") or " to " in factor.unit  # the last says where it may lie
    unit = "" if bare else f" {factor.unit}"
    for at, value, side in ((start, limit.low, "right"), (end, limit.high, "left")):
        if value is not None:
            gap = -0.01 if side == "right" else 0.01
            said = amount(value, factor.unit) if factor.unit.startswith("£") else f"{value:.3g}{unit}".replace("-", "−")
            axes.text(at + gap, row - 0.3, said, ha=side, va="center", fontsize=SMALL - 1)


@own_style()
def scatter_figure(
    box: Box, points: pd.DataFrame, holds: NDArray[np.bool_], factors: dict[str, Varied], condition: Condition, source: str
) -> Chart:
    """The runs by the two factors that limit the first box most; filled where the condition holds."""
    names = [limit.factor for limit in box.limits if not limit.members][:2]
    others = [name for name in points.select_dtypes("number") if name not in names]
    names += others[: 2 - len(names)]
    figure = Chart(6.4, 5.4)
    axes = figure.subplots()
    plain(axes, grid="both")
    if len(names) < 2:
        axes.text(0.5, 0.5, "fewer than two factors are numbers", ha="center", va="center", transform=axes.transAxes, color=GREY)
    else:
        _runs(axes, points[names], holds, figure)
        _outline(axes, box, points[names])
        axes.set_xlabel(_axis(factors[names[0]]), fontsize=SMALL)
        axes.set_ylabel(_axis(factors[names[1]]), fontsize=SMALL)
    words = f"{source}. Filled: {condition.words}. Frame: the first box, as far as these two factors limit it."
    dress(figure, _title(condition, 52), words)
    return figure


def _runs(axes: Any, points: pd.DataFrame, holds: NDArray[np.bool_], figure: Chart) -> None:
    """A dot a run; of many, every so many-th, so that the picture stays legible."""
    every = max(1, len(points) // 2000)
    shown, met = points.to_numpy(np.float64)[::every], holds[::every]
    axes.scatter(*shown[~met].T, s=11, facecolors="none", edgecolors=look(1).colour, linewidths=0.6)
    axes.scatter(*shown[met].T, s=11, color=look(2).colour, linewidths=0)


def _outline(axes: Any, box: Box, points: pd.DataFrame) -> None:
    ends = []
    for name in points:
        limit = next((limit for limit in box.limits if limit.factor == name), None)
        low, high = float(points[name].min()), float(points[name].max())
        if limit is not None:
            low, high = limit.low if limit.low is not None else low, limit.high if limit.high is not None else high
        ends.append((low, high))
    (left, right), (bottom, top) = ends
    axes.add_patch(Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor="black", linewidth=2.0))


@own_style()
def steps_figure(box: Box, share: float, condition: Condition, source: str) -> Chart:
    """Coverage and density along PRIM's way; the chosen box is marked."""
    steps = box.steps
    figure = Chart(6.4, 4.6)
    axes = figure.subplots()
    plain(axes, grid="both")
    if steps is not None:
        axes.plot(steps["coverage"], steps["density"], color=GREY, linewidth=0.8, zorder=1)
        for number in sorted(set(steps["res_dim"].astype(int))):
            at = steps[steps["res_dim"] == number]
            style = look(number)
            axes.plot(at["coverage"], at["density"], linestyle="none", marker=style.marker, color=style.colour, markersize=5,
                      label=f"{number} limited")
        axes.legend(fontsize=SMALL, frameon=False, loc="lower left")
    axes.plot([box.coverage], [box.density], marker="o", markersize=13, markerfacecolor="none", color="black")
    axes.axhline(share, color=GREY, linestyle="dashed", linewidth=0.8)
    axes.set_xlabel("coverage (share of all cases that lie in the box)", fontsize=SMALL)
    axes.set_ylabel("density (share of runs in the box that are cases)", fontsize=SMALL)
    words = f"{source}. A mark is a step of PRIM, by the number of factors it limits. Ring: the box chosen. Dashed: all runs."
    dress(figure, _title(condition, 52), words)
    return figure


def _axis(factor: Varied) -> str:
    return f"{factor.words} ({factor.unit})" if factor.unit else factor.words


def _title(condition: Condition, width: int) -> str:
    return textwrap.fill(f"When {condition.words}", width)
