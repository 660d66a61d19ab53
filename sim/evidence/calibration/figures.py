"""The figures of a calibration: marginals against the prior, pairs, distances by generation, facts predicted."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration.plan import by_measure
from totalplace.sim.evidence.calibration.posterior import in_prior
from totalplace.sim.evidence.calibration.run import CALIBRATED, HOLDOUT, HOLDOUT_YEAR, POSTERIOR, PRESENT, PROPOSED, Calibration
from totalplace.sim.evidence.validation import interval
from totalplace.sim.figures.style import SMALL, Chart, dress, look, own_style, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_RANGE: Final = "#cfe8dc"
_PAIRS: Final = 7
#: Most parameters in the figure of posterior densities.
_PANELS: Final = 48
_BINS: Final = 20
#: Pay-backs that never come are drawn at the edge.
_LOOKS: Final = {POSTERIOR: look(2), PROPOSED: look(3), PRESENT: look(7)}


def figures(found: Calibration) -> dict[str, Figure]:
    """Every figure by the end of its file name."""
    return {"marginals": marginals(found), "pairs": pairs(found), "predicted": predicted(found), "distances": distances(found)}


def _moved(found: Calibration) -> bool:
    return bool((found.proposed != found.present).any())


def _words(found: Calibration) -> str:
    last = found.sample.generations[-1]
    return f"{len(found.plan.places)} places, {len(found.sample.weights)} particles (effective size {last.effective:.0f})"


@own_style()
def marginals(found: Calibration) -> Figure:
    """Posterior density over the prior, which is level on the scale of its quantiles, of the parameters that facts move most."""
    columns = 8
    furthest = sorted(found.marginals, key=lambda name: -found.marginals[name].prior_distance)[:_PANELS]
    shown = [(i, name, PARAMETERS[name]) for i, name in enumerate(PARAMETERS) if name in furthest]
    lines = -(-len(shown) // columns)
    figure = Chart(13.0, 1.35 * lines + 1.0)
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes, (i, name, row) in zip(panels, shown, strict=False):
        edges = np.linspace(row.low, row.high, _BINS + 1)
        density, _ = np.histogram(found.sample.values[:, i], edges, weights=found.sample.weights)
        level = np.diff(in_prior(row, edges))
        known = found.marginals[name]
        axes.stairs(density, edges, fill=True, color=look(2 if known.informed else 7).colour, alpha=0.7)
        axes.stairs(level, edges, color="#444444", linewidth=0.9)
        axes.axvline(found.present[i], color="#444444", linewidth=1.0, linestyle=(0, (2, 2)))
        if found.proposed[i] != found.present[i]:
            axes.axvline(found.proposed[i], color=look(4).colour, linewidth=1.4)
        plain(axes)
        axes.set_yticks([])
        axes.set_title("\n".join(textwrap.wrap(row.named, 24)), fontsize=SMALL, loc="left")
        axes.tick_params(labelsize=SMALL - 1.5)
        axes.locator_params(axis="x", nbins=3)
    for axes in panels[len(shown):]:
        axes.set_visible(False)
    words = (f"{_words(found)}. Outline: prior; blue: posterior of a parameter that the facts inform, grey: of one that they do "
             f"not. Dashed: present default{'; red: proposed default' if _moved(found) else ', which none is proposed to leave'}. "
             f"The {len(shown)} of {len(PARAMETERS)} parameters whose posterior is furthest from the prior.")
    dress(figure, "What calibration says of parameters", words)
    return figure


@own_style()
def pairs(found: Calibration) -> Figure:
    """Posterior of the most informed parameters, two by two."""
    order = sorted(range(len(PARAMETERS)), key=lambda i: -list(found.marginals.values())[i].prior_distance)[:_PAIRS]
    names = ["\n".join(textwrap.wrap(list(PARAMETERS.values())[i].named, 18)) for i in order]
    figure = Chart(1.55 * len(order) + 1.0, 1.4 * len(order) + 1.0)
    grid = figure.subplots(len(order), len(order), squeeze=False)
    size = 7.0 * len(found.sample.weights) * found.sample.weights
    for y, row in enumerate(order):
        for x, column in enumerate(order):
            axes = grid[y, x]
            if x > y:
                axes.set_visible(False)
                continue
            _pair(axes, found, column, row, size)
            axes.tick_params(labelsize=SMALL - 2.0)
            axes.set_xlabel(names[x] if y == len(order) - 1 else "", fontsize=SMALL - 0.5)
            axes.set_ylabel(names[y] if x == 0 and y > 0 else "", fontsize=SMALL - 0.5)
            axes.locator_params(nbins=3)
            plain(axes)
    words = f"{_words(found)}. Area of a dot: weight of the particle. Axes: prior ranges."
    dress(figure, "Posterior, two parameters at a time", words)
    return figure


def _pair(axes: Axes, found: Calibration, x: int, y: int, size: Any) -> None:
    rows = list(PARAMETERS.values())
    axes.set_xlim(rows[x].low, rows[x].high)
    if x == y:
        edges = np.linspace(rows[x].low, rows[x].high, _BINS + 1)
        axes.hist(found.sample.values[:, x], bins=edges.tolist(), weights=found.sample.weights, color=look(2).colour)
        axes.set_yticks([])
        return
    axes.set_ylim(rows[y].low, rows[y].high)
    axes.scatter(found.sample.values[:, x], found.sample.values[:, y], s=size, color=look(2).colour, alpha=0.4, linewidths=0)


@own_style()
def distances(found: Calibration) -> Figure:
    """Thresholds by generation, and distances from each target over the prior and in the posterior."""
    figure = Chart(10.0, 3.6)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.6))
    numbers = [one.number for one in found.sample.generations]
    left.plot(numbers, [one.threshold for one in found.sample.generations], marker="o", color=look(2).colour)
    left.set_xlabel("generation", fontsize=SMALL)
    left.set_ylabel("largest distance accepted", fontsize=SMALL)
    left.locator_params(axis="x", integer=True)
    rows = np.arange(len(found.plan.targets))
    inside = [(parts == 0.0) for parts in (found.screening.parts, found.sample.parts)]
    right.barh(rows - 0.18, 100.0 * inside[0].mean(axis=0), 0.34, color=look(7).colour, label="prior")
    weighted = 100.0 * np.average(inside[1], axis=0, weights=found.sample.weights)
    right.barh(rows + 0.18, weighted, 0.34, color=look(2).colour, label="posterior")
    right.set_yticks(rows, [name.replace("_", " ") for name in found.plan.targets], fontsize=SMALL)
    right.invert_yaxis()
    right.set_xlim(0, 100)
    right.set_xlabel("pictures in the published range (%)", fontsize=SMALL)
    right.legend(fontsize=SMALL, frameon=False)
    for axes in (left, right):
        plain(axes)
    dress(figure, "How near the facts", _words(found))
    return figure


def _criterion(axes: Axes, found: Calibration, measure: str) -> None:
    criterion = by_measure()[measure]
    column = found.measures.index(measure)
    rows: list[tuple[str, str]] = [(where, which) for where in (CALIBRATED, HOLDOUT, HOLDOUT_YEAR) for which in _LOOKS
                                   if (where, which) in found.predicted and (which != PROPOSED or _moved(found))]
    spans = {row: interval(found.predicted[row][:, column]) for row in rows}
    finite = [v for span in spans.values() for v in span if np.isfinite(v)]
    finite += [b for b in (criterion.low, criterion.high) if np.isfinite(b)]
    least, most = min(finite, default=0.0), max(finite, default=1.0)
    margin = 0.06 * (most - least) or 1.0
    axes.axvspan(max(criterion.low, least - margin), min(criterion.high, most + margin), color=_RANGE, linewidth=0)
    if criterion.central is not None:
        axes.axvline(criterion.central, color="#5a8a72", linewidth=1.0, linestyle=(0, (4, 2)))
    for y, row in enumerate(rows):
        low, middle, high = (min(v, most + margin) if v == v else np.nan for v in spans[row])
        style = _LOOKS[row[1]]
        axes.plot([low, high], [y, y], color=style.colour, linewidth=2.0)
        axes.plot([middle], [y], marker=style.marker, markersize=4, color=style.colour)
    axes.set_xlim(least - margin, most + margin)
    axes.set_ylim(len(rows) - 0.3, -0.7)
    axes.set_yticks([])
    plain(axes, grid="x")
    axes.tick_params(labelsize=SMALL - 1.0)
    mark = " (calibrated)" if measure in found.plan.targets else ""
    axes.set_title("\n".join(textwrap.wrap(measure.replace("_", " ") + mark, 30)), fontsize=SMALL, loc="left")


@own_style()
def predicted(found: Calibration) -> Figure:
    """Every criterion predicted: published range, median and 90% of the pictures, by where and with which parameters."""
    columns = 6
    lines = -(-len(found.measures) // columns)
    figure = Chart(13.0, 1.45 * lines + 1.0)
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes, measure in zip(panels, found.measures, strict=False):
        _criterion(axes, found, measure)
    for axes in panels[len(found.measures):]:
        axes.set_visible(False)
    groups = [where for where in (CALIBRATED, HOLDOUT, HOLDOUT_YEAR) if (where, POSTERIOR) in found.predicted]
    words = (f"{len(found.predicted[CALIBRATED, POSTERIOR])} pictures a bar: median and 90%. Green: published range. From the top: "
             f"{', '.join(groups)}; each with {POSTERIOR} (blue){f', {PROPOSED} (green)' if _moved(found) else ''} and "
             f"{PRESENT} (grey).")
    dress(figure, "Facts predicted", words)
    return figure
