"""The figures of the structural checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from totalplace.sim.evidence.structure.convergence import METRICS as GRAIN_METRICS
from totalplace.sim.evidence.structure.ranking import NETWORK_METRICS, NETWORKED, REPLICATES, TAU
from totalplace.sim.evidence.structure.study import Structure
from totalplace.sim.figures.style import SMALL, Chart, dress, heading, look, own_style, plain
from totalplace.sim.model.metrics import METRICS

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figures(found: Structure) -> dict[str, Figure]:
    """Every figure by the end of its file name."""
    return {"loop-gain": loop_gain(found), "spiral": spiral(found), "clusters": clusters(found), "network": network(found),
            "rankings": rankings(found)}


@own_style()
def loop_gain(found: Structure) -> Figure:
    """Gains over the prior at the start and under cuts, and analytic against measured."""
    g = found.gains
    figure = Chart(10.0, 3.8)
    left, right = figure.subplots(1, 2, width_ratios=(1.7, 1))
    rows = [(g.analytic, "at the start"), (g.cut, "after ten years of cuts"), (g.deep, "after ten years of cuts twice as deep")]
    for i, (values, label) in enumerate(rows):
        style = look(i + 2)
        ordered = np.sort(values.ravel())
        left.plot(ordered, np.linspace(0.0, 100.0, len(ordered)), color=style.colour, linestyle=style.dashes, label=label)
    left.axvline(1.0, color="#444444", linewidth=0.9)
    left.set_xscale("log")
    left.set_xlabel("loop gain (£ a £)", fontsize=SMALL)
    left.set_ylabel("prior draws at or below (%)", fontsize=SMALL)
    ticks = (0.05, 0.1, 0.2, 0.5, 1.0)
    left.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    left.minorticks_off()
    right.scatter(g.analytic.ravel(), g.measured.ravel(), s=9, color=look(2).colour, alpha=0.5, linewidths=0)
    most = float(g.analytic.max())
    right.plot([0.0, most], [0.0, most], color="#444444", linewidth=0.8)
    right.set_xlabel("from the equations", fontsize=SMALL)
    right.set_ylabel("from one pound of demand in the model", fontsize=SMALL)
    for axes in (left, right):
        plain(axes)
    words = f"{g.analytic.shape[1]} prior draws in each of {', '.join(g.places)}. Above one (line) the spiral feeds itself."
    handles, labels = left.get_legend_handles_labels()
    dress(figure, "Loop gain of reactive demand", words, dict(zip(labels, handles, strict=True)))
    return figure


@own_style()
def spiral(found: Structure) -> Figure:
    """What happens from each gain at the start."""
    s = found.spiral
    figure = Chart(11.0, 3.6)
    panels = figure.subplots(1, 3)
    years = 2010.75 + 0.25 * np.arange(s.reactive_share.shape[1])
    titles = (heading(METRICS["reactive_share"]), heading(METRICS["wellbeing"]), "Reactive demand that no money is left for\n(%)")
    for axes, values, title in zip(panels, (s.reactive_share, s.wellbeing, s.unmet), titles, strict=True):
        for i, (value, path) in enumerate(zip(s.gains, values, strict=True)):
            style = look(i + 1)
            axes.plot(years, path, color=style.colour, linestyle=style.dashes, linewidth=1.5, label=f"{value:g}")
        axes.set_title(title, fontsize=SMALL + 0.5, loc="left")
        plain(axes)
        axes.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
    handles, labels = panels[0].get_legend_handles_labels()
    legend = {f"gain {label}": handle for label, handle in zip(labels, handles, strict=True)}
    words = (f"{s.place}, silo with cuts, defaults but for epsilon, which is scaled so that the gain at the start is as named; "
             "no noise.")
    dress(figure, "The spiral of cuts and reactive demand", words, legend, columns=6)
    return figure


@own_style()
def clusters(found: Structure) -> Figure:
    """Differences from the finest number of neighbourhoods."""
    grain = found.grain
    figure = Chart(12.0, 4.8)
    panels = figure.subplots(2, 4).ravel()
    at = np.arange(len(grain.levels))
    for axes, metric in zip(panels, GRAIN_METRICS, strict=False):
        for p, place in enumerate(grain.places):
            style = look(p + 2)
            one = [grain.difference[place, level][metric] for level in grain.levels]
            error = [[e.mean - e.low for e in one], [e.high - e.mean for e in one]]
            axes.errorbar(at + 0.12 * p, [e.mean for e in one], error, color=style.colour, marker=style.marker, markersize=4,
                          linestyle="none", label=place)
        axes.axhline(0.0, color="#444444", linewidth=0.8)
        axes.set_xticks(at, grain.levels)
        axes.set_title(heading(METRICS[metric]), fontsize=SMALL, loc="left")
        plain(axes)
    for axes in panels[len(GRAIN_METRICS):]:
        axes.set_visible(False)
    handles, labels = panels[0].get_legend_handles_labels()
    words = (f"Joint commissioning, {grain.runs} runs each. Mean difference from the small areas themselves (finest) with 95% "
             "interval, "
             "last year of ten.")
    dress(figure, "Number of neighbourhood clusters", words, dict(zip(labels, handles, strict=True)))
    return figure


@own_style()
def network(found: Structure) -> Figure:
    """Differences of topologies from core-periphery."""
    t = found.topology
    others = sorted({name for _, name, _ in t.difference})
    figure = Chart(12.0, 4.6)
    panels = figure.subplots(2, 3).ravel()
    at = np.arange(len(NETWORKED))
    for axes, metric in zip(panels, NETWORK_METRICS, strict=True):
        for i, name in enumerate(others):
            style = look(i + 2)
            one = [t.difference[scenario, name, metric] for scenario in NETWORKED]
            error = [[e.mean - e.low for e in one], [e.high - e.mean for e in one]]
            axes.errorbar(at + 0.16 * (i - 1), [e.mean for e in one], error, color=style.colour, marker=style.marker, markersize=4,
                          linestyle="none", label=name.replace("_", " "))
        axes.axhline(0.0, color="#444444", linewidth=0.8)
        axes.set_xticks(at, [name.replace("-", "\n") for name in NETWORKED], fontsize=SMALL - 1.0)
        axes.set_title(heading(METRICS[metric]), fontsize=SMALL, loc="left")
        plain(axes)
    handles, labels = panels[0].get_legend_handles_labels()
    words = (f"{t.runs} seeds in each of {', '.join(t.places)}. Mean difference from core-periphery on the same seeds with "
             "95% interval, "
             "last year of ten.")
    dress(figure, "Partnership network at the start", words, dict(zip(labels, handles, strict=True)))
    return figure


@own_style()
def rankings(found: Structure) -> Figure:
    """Kendall's tau and how often the best is found, by number of replicates."""
    figure = Chart(10.5, 3.7)
    left, right = figure.subplots(1, 2)
    for i, one in enumerate(found.rankings):
        style = look(i)
        label = f"{one.place}, {METRICS[one.metric].label}"
        tried = REPLICATES[: len(one.tau)]
        left.plot(tried, [low for low, _ in one.tau], color=style.colour, linestyle=style.dashes, marker=style.marker,
                  markersize=3.5, label=label)
        right.plot(tried, [100.0 * share for share in one.best], color=style.colour, linestyle=style.dashes,
                   marker=style.marker, markersize=3.5)
    left.axhline(TAU, color="#444444", linewidth=0.8)
    left.set_ylabel("Kendall's tau, 5% point of resamples", fontsize=SMALL)
    right.set_ylabel("same arrangement comes first (%)", fontsize=SMALL)
    right.set_ylim(min(90.0, *(100.0 * share for one in found.rankings for share in one.best)) - 1.0, 101.0)
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_xticks(REPLICATES, [str(number) for number in REPLICATES])
        axes.minorticks_off()
        axes.set_xlabel("replicates", fontsize=SMALL)
        plain(axes)
    handles, labels = left.get_legend_handles_labels()
    words = f"Resamples of {found.rankings[0].runs} seeds against the ranking of the ten arrangements by all of them."
    dress(figure, "Replicates for a stable ranking", words, dict(zip(labels, handles, strict=True)), columns=3)
    return figure
