"""Dots and intervals: what a scenario changes against the baseline, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.scenarios.vocabulary import COHORT_KINDS, OUTCOMES, label
from totalplace.sim.figures.colours import better_ground
from totalplace.sim.figures.data import values_shown
from totalplace.sim.figures.style import (
    GREY,
    PALE,
    SMALL,
    Chart,
    caption,
    dress,
    grid_shape,
    key_metrics,
    look,
    name_rows,
    own_style,
    plain,
    title_panel,
)
from totalplace.sim.model.metrics import without_value
from totalplace.sim.results.compare import difference
from totalplace.sim.results.last_year import BAND, last_year_words
from totalplace.sim.results.wording import listing, unit_name, unit_scale

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.run import Ensemble


@own_style()
def differences(ensembles: Sequence[Ensemble], baseline: Ensemble, chosen: Sequence[str] | None = None) -> Chart:
    """Paired differences from the baseline in the last year: median and 90% of the seeds, by scenario and metric."""
    title = f"{baseline.place_name}: difference from {baseline.scenario.name} in the last year"
    return _gaps(ensembles, baseline, key_metrics(ensembles, chosen), title)


def _gaps(
    ensembles: Sequence[Ensemble], baseline: Ensemble, metrics: dict[str, Metric], title: str, *, one_scale: bool = False
) -> Chart:
    """The paired differences of the metrics from the baseline; ``one_scale`` for metrics of one unit."""
    others = [ensemble for ensemble in ensembles if ensemble is not baseline]
    there = {name: one for name, one in metrics.items() if any(np.isfinite(difference(e, baseline, name)).any() for e in others)}
    figure = _dots(ensembles, others, there or metrics, lambda ensemble, name: difference(ensemble, baseline, name), one_scale)
    figure.data = values_shown(others, metrics, "difference", lambda ensemble, name: difference(ensemble, baseline, name))
    words = (
        f"Each difference is between runs with the same seed. Dot: median. Bar: 90% of the seeds. "
        f"{better_ground()[1]}: better than {baseline.scenario.name}. {last_year_words(baseline.quarters)}"
    )
    words += "".join(_silent(ensembles, others, metrics))
    dress(figure, title, caption(ensembles, words))
    return figure


def _silent(ensembles: Sequence[Ensemble], others: Sequence[Ensemble], metrics: dict[str, Metric]) -> Iterator[str]:
    """What is not drawn, since one of the two scenarios has no value."""
    for name, metric in metrics.items():
        why = {e.scenario.name: without_value(name, e.scenario) for e in ensembles}
        left = [e.scenario.name for e in others if not np.isfinite(e.at_end(name)).any()]
        if base := next((one for one, reason in why.items() if reason and one not in [e.scenario.name for e in others]), ""):
            yield f" No difference in {metric.label}, since {base} has {why[base]}."
        elif left:
            yield f" No {metric.label} of {listing(left)}: {why[left[0]] or 'no value'}."


@own_style()
def outcomes_by_cohort(ensembles: Sequence[Ensemble], baseline: Ensemble) -> Chart:
    """Wellbeing by kind of cohort: of several scenarios the difference from the baseline in the last year, of one the change."""
    titles = {f"wellbeing_{kind}": label(kind) for kind in COHORT_KINDS}
    return _outcomes(ensembles, baseline, titles, "in wellbeing, by cohort kind")


@own_style()
def outcomes_by_domain(ensembles: Sequence[Ensemble], baseline: Ensemble) -> Chart:
    """Each outcome domain: of several scenarios the difference from the baseline in the last year, of one the change."""
    titles = {f"outcome_{domain}": label(domain) for domain in OUTCOMES}
    return _outcomes(ensembles, baseline, titles, "in outcomes, by domain")


def _change(ensemble: Ensemble, name: str) -> NDArray[np.float64]:
    first: NDArray[np.float64] = ensemble.series(name)[:, 0]
    return ensemble.at_end(name) - first


def _outcomes(ensembles: Sequence[Ensemble], baseline: Ensemble, titles: dict[str, str], of: str) -> Chart:
    metrics = key_metrics(ensembles, list(titles))
    metrics = {name: replace(metric, label=titles[name]) for name, metric in metrics.items()}
    if len(ensembles) > 1:
        title = f"{baseline.place_name}: difference from {baseline.scenario.name} {of}"
        return _gaps(ensembles, baseline, metrics, title, one_scale=True)
    figure = _one_panel(baseline, metrics)
    figure.data = values_shown(ensembles, metrics, "change", _change)
    words = f"From the first quarter to the last year. Dot: median. Bar: 90% of the runs. {last_year_words(baseline.quarters)}"
    dress(figure, f"{baseline.place_name}: change {of}", caption(ensembles, words))
    return figure


def _one_panel(ensemble: Ensemble, metrics: dict[str, Metric]) -> Chart:
    """One row per metric, for metrics of one unit."""
    unit = next(iter(metrics.values())).unit
    figure = Chart(7.0, 0.3 * len(metrics) + 1.5)
    axes = figure.subplots()
    for row, name in enumerate(metrics):
        _dot(axes, row, _change(ensemble, name) * unit_scale(unit), row)
    axes.axvline(0.0, color="#444444", linewidth=0.8)
    plain(axes, grid="x")
    axes.set_yticks(range(len(metrics)), [metric.label for metric in metrics.values()], fontsize=SMALL)
    axes.set_ylim(len(metrics) - 0.4, -0.6)
    axes.set_xlabel(f"change ({unit_name(unit)})", fontsize=SMALL)
    return figure


def _dots(
    ensembles: Sequence[Ensemble],
    shown: Sequence[Ensemble],
    metrics: dict[str, Metric],
    values: Callable[[Ensemble, str], NDArray[np.float64]],
    one_scale: bool,
) -> Chart:
    """One panel per metric, one row per scenario shown; each keeps the look it has among all ``ensembles``."""
    rows, columns = grid_shape(len(metrics))
    figure = Chart(3.1 * columns + 1.2, (0.21 * len(shown) + 1.0) * rows + 0.8)
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True, sharex=one_scale)
    for axes in panels.ravel()[len(metrics) :]:
        axes.set_visible(False)
    filled: list[tuple[Axes, int]] = []
    for axes, (name, metric) in zip(panels.ravel(), metrics.items(), strict=False):
        found = [values(ensemble, name) * unit_scale(metric.unit) for ensemble in shown]
        for row, (ensemble, own) in enumerate(zip(shown, found, strict=True)):
            number = next(i for i, other in enumerate(ensembles) if other is ensemble)
            _dot(axes, row, own, number)
        nothing = bool(np.isnan(found).all())
        if not nothing:
            axes.axvline(0.0, color="#444444", linewidth=0.8)
            filled.append((axes, metric.direction))
        title_panel(axes, metric)
        axes.tick_params(labelbottom=True)
        if nothing:
            axes.set_xticks([])
            where = {"transform": axes.transAxes, "ha": "center", "va": "center"}
            axes.text(0.5, 0.5, "no value to compare", fontsize=SMALL, color=GREY, **where)
    for axes, direction in filled:  # once all is drawn, since panels of one scale have it from all
        _shade_better(axes, direction)
    name_rows(panels, [ensemble.scenario.name for ensemble in shown])
    return figure


def _dot(axes: Axes, row: int, values: Any, number: int) -> None:
    style = look(number)
    low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1]))
    axes.plot(
        [low, middle, high], [row] * 3, color=style.colour, linewidth=1.8, solid_capstyle="butt",
        marker=style.marker, markersize=5.0, markevery=[1],
    )


def _shade_better(axes: Axes, direction: int) -> None:
    """A pale green ground on the better side of zero."""
    low, high = axes.get_xlim()
    low, high = min(low, 0.0), max(high, 0.0)
    if high - low < 1e-12:
        low, high = -1.0, 1.0
    axes.set_xlim(low, high)
    if direction > 0 and high > 0:
        axes.axvspan(0.0, high, color=better_ground()[0], alpha=0.10, linewidth=0, zorder=0)
    elif direction < 0 and low < 0:
        axes.axvspan(low, 0.0, color=better_ground()[0], alpha=0.10, linewidth=0, zorder=0)
    elif direction == 0:
        axes.set_facecolor("white")
    axes.spines["bottom"].set_color(PALE)
