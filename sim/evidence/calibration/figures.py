"""The figures of a calibration: targets, marginals against the prior, pairs, coverage."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration.kernel import is_bound, misfits
from totalplace.sim.evidence.calibration.marginals import in_prior, weighted_quantiles
from totalplace.sim.evidence.calibration.page_words import rows_words
from totalplace.sim.evidence.calibration.pictures import prior_values
from totalplace.sim.evidence.calibration.run import Calibration
from totalplace.sim.figures.style import SMALL, Chart, dress, look, own_style, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PAIRS: Final = 7
#: Most parameters in the figure of posterior densities.
_PANELS: Final = 48
_BINS: Final = 20
#: Misfits drawn, in standard deviations.
_DRAWN: Final = 5.0


def figures(found: Calibration) -> dict[str, Figure]:
    """Every figure by the end of its file name."""
    drawn = {"targets": targets(found), "marginals": marginals(found), "pairs": pairs(found)}
    return drawn if found.coverage is None else drawn | {"coverage": coverage(found)}


def _words(found: Calibration) -> str:
    return f"{len(found.sample.weights):,} particles, effective size {found.sample.effective:,.0f}"


@own_style()
def targets(found: Calibration) -> Figure:
    """Misfits of every target over the prior and the posterior: 0 is the published figure."""
    prior = misfits(found.matching.criteria, found.matching.waves[0].pictures)
    figure = Chart(9.0, 0.42 * prior.shape[1] + 1.5)
    axes = figure.subplots()
    axes.axvspan(-1.645, 1.645, color="#cfe8dc", linewidth=0)
    axes.axvline(0.0, color="#5a8a72", linewidth=1.0, linestyle=(0, (4, 2)))
    for t in range(prior.shape[1]):
        for shift, style, values, weights in ((-0.16, look(7), prior[:, t], np.ones(len(prior))),
                                              (0.16, look(2), found.sample.far[:, t], found.sample.weights)):
            low, middle, high = np.clip(weighted_quantiles(values, weights, (0.05, 0.5, 0.95)), -_DRAWN, _DRAWN)
            axes.plot([low, high], [t + shift] * 2, color=style.colour, linewidth=3.0, solid_capstyle="butt")
            axes.plot([middle], [t + shift], marker=style.marker, markersize=5, color=style.colour)
    names = [one.measure.replace("_", " ") + (" (bound)" if is_bound(one) else "") for one in found.matching.criteria]
    axes.set_yticks(range(len(names)), names, fontsize=SMALL)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(-_DRAWN - 0.1, _DRAWN + 0.1)
    axes.set_xlabel("way from the published figure, in standard deviations of error and discrepancy", fontsize=SMALL)
    plain(axes, grid="x")
    words = (f"Grey: 90% and median of pictures over the prior; blue: over the posterior ({_words(found)}). Green: what the errors "
             f"allow in nine cases of ten. Cut at {_DRAWN:g}.")
    dress(figure, "Targets", words)
    return figure


@own_style()
def marginals(found: Calibration) -> Figure:
    """Density of the shipped rows over the prior, level on the scale of its quantiles, of the parameters that facts inform."""
    shown = list(found.informed)[:_PANELS] or [0]
    columns = 6
    lines = -(-len(shown) // columns)
    figure = Chart(12.0, 1.35 * lines + 1.1)
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    edges = np.linspace(0.0, 1.0, _BINS + 1)
    central = found.defaults()
    rows = list(PARAMETERS.values())
    for axes, i in zip(panels, shown, strict=False):
        density, _ = np.histogram(in_prior(rows[i], found.rows[:, i]), edges, density=True)
        axes.stairs(density, edges, fill=True, color=look(2).colour, alpha=0.7)
        axes.axhline(1.0, color="#444444", linewidth=0.9)
        present, chosen = in_prior(rows[i], np.array([rows[i].default, central[i]]))
        axes.axvline(float(present), color="#444444", linewidth=1.0, linestyle=(0, (2, 2)))
        axes.axvline(float(chosen), color=look(4).colour, linewidth=1.4)
        plain(axes)
        axes.set_yticks([])
        axes.set_xlim(0.0, 1.0)
        ends = prior_values(np.tile(np.array([[0.0], [0.5], [1.0]]), (1, len(rows))))[:, i]
        axes.set_xticks([0.0, 0.5, 1.0], [f"{end:.3g}" for end in ends])
        axes.set_title("\n".join(textwrap.wrap(rows[i].named, 28)), fontsize=SMALL, loc="left")
        axes.tick_params(labelsize=SMALL - 1.5)
    for axes in panels[len(shown):]:
        axes.set_visible(False)
    words = (f"The {rows_words(found.rows)}. Axes: quantiles of the prior, marked with its ends and median; line: prior; "
             "blue: posterior. Dashed: default before; orange: default. "
             f"{len(shown)} of {len(found.informed)} informed parameters.")
    dress(figure, "What the facts say of parameters", words)
    return figure


@own_style()
def pairs(found: Calibration) -> Figure:
    """Posterior of the most informed parameters, two by two, from the rows that are shipped."""
    order = list(found.informed)[:_PAIRS] or [0]
    names = ["\n".join(textwrap.wrap(list(PARAMETERS.values())[i].named, 20, break_long_words=False)) for i in order]
    figure = Chart(1.55 * len(order) + 1.0, 1.45 * len(order) + 1.0)
    grid = figure.subplots(len(order), len(order), squeeze=False)
    for y, row in enumerate(order):
        for x, column in enumerate(order):
            axes = grid[y, x]
            if x > y:
                axes.set_visible(False)
                continue
            _pair(axes, found, column, row)
            axes.tick_params(labelsize=SMALL - 2.0)
            axes.set_xlabel(names[x] if y == len(order) - 1 else "", fontsize=SMALL - 0.5)
            axes.set_ylabel(names[y] if x == 0 and y > 0 else "", fontsize=SMALL - 0.5)
            axes.locator_params(nbins=3)
            plain(axes)
    words = f"The {rows_words(found.rows)}. Axes: prior ranges. Orange: the defaults."
    dress(figure, "Posterior, two parameters at a time", words)
    return figure


def _pair(axes: Axes, found: Calibration, x: int, y: int) -> None:
    rows, central = list(PARAMETERS.values()), found.defaults()
    axes.set_xlim(rows[x].low, rows[x].high)
    if x == y:
        edges = np.linspace(rows[x].low, rows[x].high, _BINS + 1)
        axes.hist(found.rows[:, x], bins=edges.tolist(), color=look(2).colour)
        axes.set_yticks([])
        return
    axes.set_ylim(rows[y].low, rows[y].high)
    axes.scatter(found.rows[:, x], found.rows[:, y], s=3.0, color=look(2).colour, alpha=0.35, linewidths=0)
    axes.plot([central[x]], [central[y]], marker="o", markersize=4, color=look(4).colour)


@own_style()
def coverage(found: Calibration) -> Figure:
    """For the most informed parameters the intervals on synthetic data, in order of the truth."""
    one = found.coverage
    shown = list(found.informed)[:12] or [0]
    columns = 4
    lines = -(-len(shown) // columns)
    figure = Chart(10.0, 1.9 * lines + 1.0)
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes, i in zip(panels, shown, strict=False):
        if one is None:
            break
        order = np.argsort(one.truth[:, i])
        for holds, style in ((True, look(2)), (False, look(4))):
            chosen = [at for at, g in enumerate(order) if one.holds[g, i] == holds]
            low, high = one.ends[order[chosen], i].T
            axes.vlines(chosen, low, high, color=style.colour, linewidth=1.6, alpha=0.7)
        axes.plot(np.arange(len(order)), one.truth[order, i], ".", color="#222222", markersize=3)
        axes.set_ylim(-0.02, 1.02)
        axes.set_xticks([])
        axes.tick_params(labelsize=SMALL - 1.5)
        axes.set_title("\n".join(textwrap.wrap(list(PARAMETERS.values())[i].named, 28)), fontsize=SMALL, loc="left")
        plain(axes)
    for axes in panels[len(shown):]:
        axes.set_visible(False)
    words = ("Dots: true parameters of the sets of data, in order, as quantiles of the prior; bars: 90% intervals, orange where "
             "they do not hold the truth.")
    dress(figure, "Coverage on synthetic data", words)
    return figure
