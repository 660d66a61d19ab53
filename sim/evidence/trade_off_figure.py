"""The figure of voluntary pooling against the top-up."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.facts import interval
from totalplace.sim.evidence.trade_off import MEASURED, TradeOff, criteria
from totalplace.sim.figures.style import SMALL, Chart, dress, look, own_style, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RANGE: Final = "#cfe8dc"
#: Where axes end: what lies beyond is drawn at the edge.
_MOST: Final = (10.0, 2.6)


def _published(axes: Axes, second: str) -> None:
    """The published ranges of the voluntary pool and of a top-up as bands that cross."""
    across, up = criteria()[MEASURED[0]], criteria()[second]
    axes.axvspan(across.low, across.high, color=_RANGE, alpha=0.55, linewidth=0)
    axes.axhspan(up.low, up.high, color=_RANGE, alpha=0.55, linewidth=0)
    if across.central is not None and up.central is not None:
        axes.plot([across.central], [up.central], marker="+", markersize=11, markeredgewidth=2, color=look(3).colour, zorder=5)


def _frame(axes: Axes, title: str) -> None:
    plain(axes)
    axes.set_xlim(-0.3, _MOST[0] + 0.3)
    axes.set_ylim(0.95, _MOST[1] + 0.05)
    axes.set_title(title, fontsize=SMALL + 1, loc="left")
    axes.set_xlabel("voluntary pool, % of NHS and social care money", fontsize=SMALL)
    axes.set_ylabel("pooled over minimum", fontsize=SMALL)


def _cut(values: object, most: float) -> np.ndarray:
    return np.minimum(np.asarray(values, dtype=float), most)


@own_style()
def both(found: TradeOff) -> Figure:
    """Left two panels: draws over the prior and default draws, for 2015-16 and 2019-20. Right: curves from the default values."""
    figure = Chart(13.0, 4.9)
    panels = figure.subplots(1, 3)
    for axes, name, year in zip(panels, MEASURED[1:], ("2015-16", "2019-20"), strict=False):
        _published(axes, name)
        for values, style, label, size, alpha in (
            (found.prior, look(7), "draw over the prior", 9, 0.5), (found.default, look(2), "default values", 16, 0.9),
        ):
            axes.scatter(_cut(values[MEASURED[0]], _MOST[0]), _cut(values[name], _MOST[1]), s=size, alpha=alpha, linewidths=0,
                         color=style.colour, label=label)
        _frame(axes, f"{year}, each point a picture of the country")
    panels[0].legend(loc="upper right", fontsize=SMALL)
    _published(panels[2], MEASURED[1])
    for i, curve in enumerate(found.curves):
        style = look(i)
        x, y = (np.array([interval(values)[1] for values in curve.found[name]]) for name in MEASURED[:2])
        label = textwrap.shorten(PARAMETERS[curve.parameter].words or curve.parameter, 34, placeholder="…")
        panels[2].plot(_cut(x, _MOST[0]), _cut(y, _MOST[1]), color=style.colour, linewidth=1.5, label=label)
        panels[2].plot(_cut(x[-1:], _MOST[0]), _cut(y[-1:], _MOST[1]), marker="o", markersize=5, color=style.colour)
    _frame(panels[2], "2015-16, one parameter from low to high (dot)")
    panels[2].legend(loc="upper right", fontsize=SMALL)
    words = (f"{len(found.places)} places. Green: published ranges; cross: published values. Grey and blue: draws over the prior "
             "and at default values. What lies beyond an axis is drawn at its end.")
    dress(figure, "Voluntary pooling and the top-up of a mandate", words)
    return figure
