"""What came out: the metrics at the end with their bands, and what can be said about them in words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.analysis.reporting.content import Listing, Picture, Section, upper
from sim.compare import compare, difference, probability_better
from sim.figures.differences import differences
from sim.figures.over_time import compared_over_time, ensemble_over_time
from sim.results import BAND, HEADLINE, Ensemble
from sim.wording import amount, count, is_percentage, listing, unit_name

if TYPE_CHECKING:
    from sim.metrics import Metric

_BETTER = {1: "more is better", -1: "less is better"}


def headline(ensembles: Sequence[Ensemble], baseline: Ensemble, metrics: Sequence[Metric]) -> Section:
    """The metrics at the end of the run, against the baseline where there are several scenarios."""
    names = [metric.name for metric in metrics]
    if len(ensembles) == 1:
        alone = (_alone(baseline, metrics),)
        drawn = Picture("over-time", f"Medians and 90% bands over time: {listing([m.label for m in metrics])}.",
                        partial(ensemble_over_time, baseline, names))
        return Section("headline", "What came out", points=tuple(changes(baseline, metrics)), tables=alone, pictures=(drawn,))
    tables = (_at_a_glance(ensembles, baseline, metrics), *(_metric_table(ensembles, baseline, metric) for metric in metrics))
    over_time = Picture("arrangements", f"Medians over time by scenario: {listing([m.label for m in metrics])}.",
                        partial(compared_over_time, ensembles, names))
    dots = Picture("differences", f"Differences from {baseline.scenario.name} at the end, medians and 90% of the seeds.",
                   partial(differences, ensembles, baseline, names))
    said = tuple(" ".join(contrast(ensembles, baseline, metric)) for metric in metrics)
    how = (
        "The end is the last quarter for amounts that add up over the run, the mean of the last four quarters for all others. "
        f"A scenario differs clearly from {baseline.scenario.name} where 90% of the seeds lie on one side of no difference."
    )
    return Section("headline", "What came out", (how,), said, tables=tables, pictures=(over_time, dots))


def band(values: Any, metric: Metric, *, signed: bool = False) -> str:
    """Median and 90% band, the unit left to the heading."""
    low, middle, high = (
        amount(float(value), metric.unit, brief=True, signed=signed) for value in np.quantile(values, (BAND[0], 0.5, BAND[1]))
    )
    return f"{middle} ({low} to {high})"


def contrast(ensembles: Sequence[Ensemble], baseline: Ensemble, metric: Metric) -> tuple[str, ...]:
    """Where a metric ends best, or highest; then, with more than two scenarios, which differ clearly from the baseline."""
    others = [ensemble for ensemble in ensembles if ensemble is not baseline]
    base = baseline.scenario.name
    ends = {e.scenario.name: float(np.median(e.at_end(metric.name))) for e in ensembles}
    clear: dict[int, list[str]] = {1: [], -1: [], 0: []}
    for ensemble in others:
        low, high = np.quantile(difference(ensemble, baseline, metric.name), BAND)
        clear[1 if low > 0 else -1 if high < 0 else 0].append(ensemble.scenario.name)
    name = upper(metric.label)
    if not clear[1] and not clear[-1]:
        return (f"{name}: no scenario differs clearly from {base} ({amount(ends[base], metric.unit)}).",)
    first = max(ends, key=lambda name: ends[name] * (metric.direction or 1))
    word = "lowest" if metric.direction < 0 else "highest"
    own = amount(ends[first], metric.unit)
    if first == base:
        lead = f"{name} ends {word} under the baseline, {base}: {own}."
    else:
        lead = f"{name} ends {word} under {first}: {own}, against {amount(ends[base], metric.unit)} under {base}."
    if len(others) == 1:
        return (lead,)
    parts = [f"clearly {way}: {_names(clear[sign], len(others))}" for sign, way in ((1, "higher"), (-1, "lower")) if clear[sign]]
    parts += [f"no clear difference: {_names(clear[0], len(others))}"] if clear[0] else []
    return lead, f"Against {base}, {'; '.join(parts)}."


def _names(names: list[str], of: int) -> str:
    return "all others" if len(names) == of and of > 2 else listing(names)


def changes(ensemble: Ensemble, metrics: Sequence[Metric]) -> list[str]:
    """One sentence on each metric of a single scenario: from the start to the end, and whether the change is clear."""
    said = []
    for metric in metrics:
        start, end = ensemble.metrics[metric.name][:, 0], ensemble.at_end(metric.name)
        low, high = np.quantile(end - start, BAND)
        way = "rises" if low > 0 else "falls" if high < 0 else "does not clearly change"
        first, last = (amount(float(np.median(values)), metric.unit) for values in (start, end))
        said.append(f"{upper(metric.label)} {way}: {first} in the first quarter, {last} at the end.")
    return said


def _alone(ensemble: Ensemble, metrics: Sequence[Metric]) -> Listing:
    rows = tuple(
        (upper(metric.label), unit_name(metric.unit),
         amount(float(np.median(ensemble.metrics[metric.name][:, 0])), metric.unit, brief=True),
         band(ensemble.at_end(metric.name), metric), _BETTER.get(metric.direction, ""))
        for metric in metrics
    )
    head = ("metric", "unit", "start", "end, median (90% of runs)", "")
    frame = ensemble.summary().reset_index()
    return Listing("headline", f"{ensemble.scenario.name}: {count(ensemble.runs, 'run')}", head, rows, words=2, frame=frame)


def _at_a_glance(ensembles: Sequence[Ensemble], baseline: Ensemble, metrics: Sequence[Metric]) -> Listing:
    """Medians of the metrics by scenario; the file has all metrics, with differences and bands."""
    shown = [metric for metric in metrics if metric.name in HEADLINE] or list(metrics)
    rows = [
        (e.scenario.name, *(amount(float(np.median(e.at_end(metric.name))), metric.unit, brief=True) for metric in shown))
        for e in ensembles
    ]
    head = ("scenario", *(", ".join(part for part in (upper(metric.label), unit_name(metric.unit)) if part) for metric in shown))
    title = f"Medians of {count(baseline.runs, 'run')} at the end"
    note = f"The tables below give bands and differences from {baseline.scenario.name}."
    return Listing("headline", title, head, tuple(rows), note=note, frame=compare(ensembles, baseline.scenario.name))


def _metric_table(ensembles: Sequence[Ensemble], baseline: Ensemble, metric: Metric) -> Listing:
    rows = []
    for ensemble in ensembles:
        row = [ensemble.scenario.name, band(ensemble.at_end(metric.name), metric)]
        if ensemble is baseline:
            rows.append([*row, "baseline", ""])
            continue
        gap = difference(ensemble, baseline, metric.name)
        share = probability_better(gap, metric.direction)
        better = "" if metric.direction == 0 else "no difference" if share != share else f"{100 * share:.0f}%"
        rows.append([*row, band(gap, metric, signed=True), better])
    unit = ", ".join(part for part in (unit_name(metric.unit), _BETTER.get(metric.direction, "")) if part)
    points = ", points" if is_percentage(metric.unit) else ""
    head = ("scenario", "median (90%)", f"difference{points} (90% of seeds)", "better in")
    width = len(head) if metric.direction else len(head) - 1
    cells = tuple(tuple(row[:width]) for row in rows)
    title = f"{upper(metric.label)} ({unit})"
    return Listing(f"headline-{metric.name}", title, head[:width], cells, note=f"{upper(metric.meaning)}.")
