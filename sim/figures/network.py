"""The partnership network at the start and the end: edge width is money, edge colour is trust.

Commissioners stand on an inner circle, agencies on an outer one; the places are computed here once for both pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D

from totalplace.scenarios.vocabulary import label
from totalplace.sim.figures.colours import of_lines
from totalplace.sim.figures.data import ties_shown
from totalplace.sim.figures.house import house
from totalplace.sim.figures.style import GREY, SMALL, Chart, caption, dress, own_style, wrapped
from totalplace.sim.results.deals import agency_label
from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from totalplace.sim.results.run import Ensemble, Run

_WIDEST, _THINNEST = 9.0, 0.7
_TRUST = "cividis_r"
#: Points between the rim of a circle and its label, and letters in a line of one.
_GAP, _LABEL = 4.0, 20
#: Inches of a house style from which the two quarters stand side by side.
_SIDE_BY_SIDE = 10.0
#: Inches below which the names of agencies lie over each other.
_NARROWEST = 4.7


@own_style()
def partnership_network(result: Ensemble | Run) -> Chart:
    """Ties of agencies and commissioners in the first and the last quarter; of an ensemble, the mean of its runs."""
    start, end = _mean(result.ties_start), _mean(result.ties_end)
    most = max(float(start["money"].max(initial=0.0)), float(end["money"].max(initial=0.0)))
    own = house()
    below = own.width is not None and own.width < _SIDE_BY_SIDE  # names keep their size, so that circles need the width
    figure = Chart(11.0, 10.4 if below else 4.9, to_scale=True, narrowest=_NARROWEST)
    panels = figure.subplots(*((2, 1) if below else (1, 2)))
    for axes, ties, date in zip(panels, (start, end), (result.dates[0], result.dates[-1]), strict=True):
        _draw(axes, result, ties, most)
        pooled = amount(float(ties["money"].sum()), "£m a year")
        axes.set_title(f"{date}: {ties['tied'].sum():.0f} ties, {pooled} pooled", fontsize=10)
    figure.data = ties_shown(result, {result.dates[0]: start, result.dates[-1]: end})
    scale = ScalarMappable(Normalize(0.0, 1.0), of_lines(_TRUST))
    bar = figure.colorbar(scale, ax=panels, location="right", shrink=0.75, pad=0.02)
    bar.set_label("trust of the agency (0 to 1)", fontsize=SMALL)
    names = [f"{i} {label(name.replace('-', '_'))}" for i, name in enumerate(result.commissioner_names, start=1)]
    words = (
        f"Squares: commissioners ({', '.join(names) or 'there are none'}). Circles: agencies, by size of budget. "
        "Width of a tie: money ceded. Colour: trust. A faint tie exists in few of the runs."
    )
    title = f"Partnership network: {result.scenario.name}"
    dress(figure, title, caption([result], words), _widths(most))
    return figure


def _mean(ties: Any) -> Any:
    """Mean over runs; trust and money count where there is a tie."""
    if ties.ndim == 2:
        ties = ties[np.newaxis]
    tied = ties["tied"].astype(np.float64)
    mean = np.zeros(ties.shape[1:], [("tied", float), ("trust", float), ("money", float)])
    mean["tied"] = tied.mean(axis=0)
    mean["money"] = ties["money"].mean(axis=0)
    mean["trust"] = (ties["trust"] * tied).sum(axis=0) / np.maximum(tied.sum(axis=0), 1.0)
    return mean


def _circle(number: int, radius: float, turn: float = 0.0) -> NDArray[np.float64]:
    if number == 1 and radius < 0.9:
        return np.zeros((1, 2))
    angle = np.pi / 2 + turn - 2 * np.pi * np.arange(number) / max(number, 1)
    return radius * np.column_stack([np.cos(angle), np.sin(angle)])


def _draw(axes: Axes, result: Ensemble | Run, ties: Any, most: float) -> None:
    agencies = _circle(len(result.agency_names), 1.0)
    commissioners = _circle(len(result.commissioner_names), 0.5, turn=np.pi / max(len(result.commissioner_names), 1))
    rows, columns = np.nonzero(ties["tied"] > 0.005)
    order = np.argsort(ties["money"][rows, columns])
    rows, columns = rows[order], columns[order]
    if len(rows):
        edges = LineCollection(
            list(np.stack([agencies[rows], commissioners[columns]], axis=1)),
            linewidths=_width(ties["money"][rows, columns], most),
            array=ties["trust"][rows, columns],
            cmap=of_lines(_TRUST),
            norm=Normalize(0.0, 1.0),
            alpha=np.clip(0.15 + 0.85 * ties["tied"][rows, columns], 0.0, 1.0),
            zorder=1,
        )
        axes.add_collection(edges)
    budget = np.asarray(result.place.spend).sum(axis=1)
    sizes = 40 + 420 * np.sqrt(budget / max(float(budget.max()), 1e-9))
    axes.scatter(agencies[:, 0], agencies[:, 1], s=sizes, color="white", edgecolor="black", zorder=2)
    axes.scatter(commissioners[:, 0], commissioners[:, 1], s=170, marker="s", color="#444444", zorder=3)
    for (x, y), name, size in zip(agencies, result.agency_names, sizes, strict=True):
        side = "center" if abs(x) < 0.2 else "left" if x > 0 else "right"
        height = "bottom" if y > 0.5 else "top" if y < -0.5 else "center"
        away = 0.5 * float(np.sqrt(size)) + _GAP  # points: beyond the rim of the circle, whatever its size
        axes.annotate(_lines(agency_label(name, result.words)), (x, y), xytext=(away * x, away * y),
                      textcoords="offset points", ha=side, va=height, fontsize=SMALL)
    for number, (x, y) in enumerate(commissioners, start=1):
        axes.text(x, y - 0.01, str(number), ha="center", va="center", fontsize=SMALL, color="white", zorder=4)
    axes.set_xlim(-1.95, 1.95)
    axes.set_ylim(-1.3, 1.3)
    axes.set_aspect("equal")
    axes.axis("off")


def _lines(name: str) -> str:
    """A label in lines: what is in brackets on one of its own."""
    bare, bracket, inside = name.partition(" (")
    lines = wrapped([bare], _LABEL)
    return "\n".join([*lines, f"({inside}"]) if bracket and len(name) > _LABEL else "\n".join(lines) + bracket + inside


def _width(money: Any, most: float) -> Any:
    """Width of an edge, from the square root of the money, so that small sums show."""
    return _THINNEST + (_WIDEST - _THINNEST) * np.sqrt(np.maximum(money, 0.0) / (most or 1.0))


def _widths(most: float) -> dict[str, Line2D]:
    """Entries of the legend: what three widths mean."""
    entries = {}
    for money in (most, most / 10, 0.0) if most > 0 else (0.0,):
        name = f"{amount(money, '£m a year')}" if money else "a tie without money"
        entries[name] = Line2D([], [], color=GREY, linewidth=float(_width(money, most)), solid_capstyle="butt")
    return entries
