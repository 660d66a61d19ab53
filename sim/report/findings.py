"""What came out: the metrics in the last year with their bands, and what can be said about them in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.sim.figures.differences import differences
from totalplace.sim.figures.over_time import compared_over_time, ensemble_over_time
from totalplace.sim.model.metrics import without_value
from totalplace.sim.report.by_scenario import of_comparison, of_levels
from totalplace.sim.report.content import Listing, Picture, Section, upper
from totalplace.sim.report.natural_units import natural_units
from totalplace.sim.results.compare import PAIRED_WORDS, clearly, compare, difference, probability_better, shared_draws
from totalplace.sim.results.monte_carlo import CLEAR_RUNS, LEGEND, Draws, better_interval, plus_minus, share_words, too_few
from totalplace.sim.results.plain import plain
from totalplace.sim.results.ranking import only_just_words, standing, without_value_words
from totalplace.sim.results.run import BAND, HEADLINE, Ensemble, last_year_words
from totalplace.sim.results.what_is_known import UNKNOWN, UNKNOWN_SENTENCE, is_told, unknown
from totalplace.sim.results.wording import amount, count, is_percentage, listing, unit_name

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.sim.model.metrics import Metric

#: Scenarios that share the first place up to which they are named.
MOST_LEVEL: Final = 3
_BETTER = {1: "more is better", -1: "less is better"}
#: Columns of a comparison that say the same in every row of one metric, and stand in its caption.
_IN_THE_CAPTION: Final = ("place", "metric", "label", "measured_as", "better", "baseline")
#: What a level and its brackets are, for a caption.
LEVEL_BANDS: Final = "Last year of the run: median and, in brackets, the band that holds 90% of the runs."


def headline(ensembles: Sequence[Ensemble], baseline: Ensemble, metrics: Sequence[Metric]) -> Section:
    """The metrics in the last year, against the baseline where there are several scenarios."""
    names = [metric.name for metric in metrics]
    if len(ensembles) == 1:
        alone = (_alone(baseline, metrics), *natural_units(ensembles, baseline, metrics))
        drawn = Picture("over-time", f"Medians and 90% bands over time: {listing([m.label for m in metrics])}.",
                        partial(ensemble_over_time, baseline, names))
        notes = tuple(filter(None, (too_few(baseline.runs),)))
        how = f"{last_year_words(baseline.quarters)} {LEGEND}{_legend(alone)}"
        return Section("headline", "What came out", (how,), tuple(changes(baseline, metrics)), notes, alone, (drawn,))
    in_units = natural_units(ensembles, baseline, metrics)
    frame = compare(ensembles, baseline.scenario.name)
    each = [_metric_table(ensembles, baseline, metric, frame) for metric in metrics]
    tables = (_at_a_glance(ensembles, baseline, metrics, frame), *in_units, *each)
    over_time = Picture("arrangements", f"Medians over time by scenario: {listing([m.label for m in metrics])}.",
                        partial(compared_over_time, ensembles, names))
    dots = Picture("differences", f"Differences from {baseline.scenario.name} in the last year, medians and 90% of the seeds.",
                   partial(differences, ensembles, baseline, names))
    answer = plain(ensembles, baseline)
    contrasts = (" ".join(contrast(ensembles, baseline, metric)) for metric in metrics)
    said = (*answer.units, *answer.decides, *contrasts)
    how = (
        f"{last_year_words(baseline.quarters)} A scenario differs clearly from another where 90% of the seeds lie on one side of "
        f"no difference. {PAIRED_WORDS} {LEGEND}{_legend(each)}"
    )
    doubts = (too_few(baseline.runs), only_just_words(ensembles, baseline, metrics), without_value_words(ensembles, metrics))
    notes = tuple(filter(None, doubts))
    return Section("headline", "What came out", (how,), said, notes, tables, (over_time, dots))


def _told(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Heading and rows, without the column of what is not known where no row has a word of it."""
    at = head.index(UNKNOWN)
    if is_told(row[at] for row in rows):
        return head, tuple(rows)
    return head[:at] + head[at + 1 :], tuple(row[:at] + row[at + 1 :] for row in rows)


def _legend(tables: Sequence[Listing]) -> str:
    """What the column of what is not known is, where a table has it."""
    return f" {UNKNOWN_SENTENCE}" if any(UNKNOWN in table.head for table in tables) else ""


def band(values: Any, metric: Metric, draws: Draws = None, *, signed: bool = False, error: bool = False) -> str:
    """Median and 90% band, the unit left to the heading; with the Monte Carlo ``error`` of the median where asked for.

    ``draws`` (R,): which draw of the parameters each run has.
    """
    low, middle, high = (
        amount(float(value), metric.unit, brief=True, signed=signed) for value in np.quantile(values, (BAND[0], 0.5, BAND[1]))
    )
    if np.isnan(values).any():
        return "–"
    return " ".join(filter(None, (middle, plus_minus(values, metric.unit, draws) if error else "", f"({low} to {high})")))


def contrast(ensembles: Sequence[Ensemble], baseline: Ensemble, metric: Metric) -> tuple[str, ...]:
    """How the scenarios stand by a metric; then, with more than two, which differ clearly from the baseline.

    Both follow from the bands of paired differences, so that neither contradicts the other.
    """
    others = [ensemble for ensemble in ensembles if ensemble is not baseline]
    base = baseline.scenario.name
    lead = stand({e.scenario.name: e.at_end(metric.name) for e in ensembles}, metric, base)
    if len(others) < 2 or baseline.runs < CLEAR_RUNS:
        return (lead,)
    if why := without_value(metric.name, baseline.scenario):
        return lead, f"Nothing can be held against {base}, which has {why}."
    clear: dict[int, list[str]] = {1: [], -1: [], 0: []}
    for ensemble in others:
        if np.isfinite(ensemble.at_end(metric.name)).any():
            clear[clearly(difference(ensemble, baseline, metric.name))].append(ensemble.scenario.name)
    parts = [f"clearly {way}: {_names(clear[sign], len(others))}" for sign, way in ((1, "higher"), (-1, "lower")) if clear[sign]]
    parts += [f"no clear difference: {_names(clear[0], len(others))}"] if clear[0] else []
    return lead, f"Against {base}, {'; '.join(parts)}."


def stand(values: Mapping[str, NDArray[np.float64]], metric: Metric, base: str | None = None) -> str:
    """One sentence on how scenarios stand by their paired values (R,) of a metric: whether one is clearly first, or which share
    the first place. ``base`` names the baseline, whose median is told beside that of the first.

    Scenarios without a value, which the metric says nothing about, are named at the end.
    """
    silent = [scenario for scenario, own in values.items() if not np.isfinite(own).any()]
    values = {scenario: own for scenario, own in values.items() if scenario not in silent}
    rest = f" It has no value under {listing(silent)}." if silent else ""
    if not values:
        return f"{upper(metric.label)} has no value under {listing(silent)}."
    return _stand(values, metric, None if base in silent else base) + rest


def _stand(values: Mapping[str, NDArray[np.float64]], metric: Metric, base: str | None) -> str:
    name, word = upper(metric.label), "lowest" if metric.direction < 0 else "highest"
    medians = {scenario: amount(float(np.nanmedian(own)), metric.unit) for scenario, own in values.items()}
    found = standing(values, metric.direction)
    if len(values) == 1:
        return f"{name} ends at {medians[found.first]} under {found.first}."
    against = f", against {medians[base]} under {base}" if base is not None and base != found.first else ""
    if (runs := min(map(len, values.values()))) < CLEAR_RUNS:
        few = "one run says nothing of chance" if runs == 1 else f"{runs} runs are too few to call a difference clear"
        return f"{name}: {few}; the {word} median is {medians[found.first]}, under {found.first}{against}."
    who = f"the baseline, {base}" if found.first == base else found.first
    if not found.differ:
        return f"{name}: no clear difference between {_any_two(list(values))} ({medians[base or found.first]} under {base or who})."
    if not found.level:
        return f"{name} ends clearly {word} under {who}: {medians[found.first]}{against}."
    if not found.behind:
        return f"{name}: no scenario ends clearly {word}, though some differ clearly from each other."
    if len(found.level) <= MOST_LEVEL:
        level = listing([f"{scenario} ({medians[scenario]})" for scenario in found.level])
        against = "" if base in found.level else against
        return f"{name} ends {word} under {who} ({medians[found.first]}), without a clear difference from {level}{against}."
    others = f"but {len(found.level)} others do not differ from it clearly"
    return f"{name} ends {word} under {who} ({medians[found.first]}), {others}{'' if base in found.level else against}."


def _any_two(names: list[str]) -> str:
    return listing(names) if len(names) == 2 else f"any two of the {len(names)} scenarios"


def _names(names: list[str], of: int) -> str:
    return "all others" if len(names) == of and of > 2 else listing(names)


def changes(ensemble: Ensemble, metrics: Sequence[Metric]) -> list[str]:
    """One sentence on each metric of a single scenario: first quarter, last year, and whether the change is clear."""
    said = []
    for metric in metrics:
        start, end = ensemble.series(metric.name)[:, 0], ensemble.at_end(metric.name)
        if why := without_value(metric.name, ensemble.scenario):
            said.append(f"{upper(metric.label)} has no value: the scenario has {why}.")
            continue
        low, high = np.quantile(end - start, BAND)
        way = "rises" if low > 0 else "falls" if high < 0 else "does not clearly change"
        first, last = (amount(float(np.median(values)), metric.unit) for values in (start, end))
        said.append(f"{upper(metric.label)} {way}: {first} in the first quarter, {last} in the last year.")
    return said


def _alone(ensemble: Ensemble, metrics: Sequence[Metric]) -> Listing:
    rows = tuple(
        (upper(metric.label), unit_name(metric.unit),
         amount(float(np.median(ensemble.series(metric.name)[:, 0])), metric.unit, brief=True),
         band(ensemble.at_end(metric.name), metric, ensemble.draws, error=True),
         unknown(ensemble.at_end(metric.name), ensemble.draws),
         _BETTER.get(metric.direction, ""))
        for metric in metrics
    )
    head, shown = _told(("metric", "unit", "first quarter", "last year, median (90% of runs)", UNKNOWN, ""), rows)
    frame = ensemble.summary().reset_index()
    frame.insert(0, "place", ensemble.place.name)
    frame.insert(0, "scenario", ensemble.scenario.name)
    title = f"{ensemble.scenario.name}: {count(ensemble.runs, 'run')}"
    sheet = of_levels(frame, [ensemble.scenario.name], ensemble.metric)
    return Listing("headline", title, head, shown, words=2, frame=frame, sheet=sheet, bands=LEVEL_BANDS)


def _at_a_glance(ensembles: Sequence[Ensemble], baseline: Ensemble, metrics: Sequence[Metric], frame: pd.DataFrame) -> Listing:
    """Medians of the metrics by scenario; the file has all metrics, with differences and bands."""
    shown = [metric for metric in metrics if metric.name in HEADLINE] or list(metrics)
    rows = [
        (e.scenario.name, *(amount(float(np.median(e.at_end(metric.name))), metric.unit, brief=True) for metric in shown))
        for e in ensembles
    ]
    head = ("scenario", *(", ".join(part for part in (upper(metric.label), unit_name(metric.unit)) if part) for metric in shown))
    title = f"Medians of {count(baseline.runs, 'run')} in the last year"
    note = f"The tables below give bands and differences from {baseline.scenario.name}."
    sheet = of_comparison(frame, [e.scenario.name for e in ensembles], baseline.scenario.name, baseline.metric)
    return Listing("headline", title, head, tuple(rows), note=note, frame=frame, sheet=sheet)


def _metric_table(ensembles: Sequence[Ensemble], baseline: Ensemble, metric: Metric, frame: pd.DataFrame) -> Listing:
    rows = []
    for ensemble in ensembles:
        row = [ensemble.scenario.name, band(ensemble.at_end(metric.name), metric)]
        if ensemble is baseline:
            rows.append([*row, "baseline", "", ""])
            continue
        gap, draws = difference(ensemble, baseline, metric.name), shared_draws(ensemble, baseline)
        share = probability_better(gap, metric.direction)
        same = "" if np.isnan(gap).any() else "no difference"
        words = same if share != share else share_words(share, better_interval(gap, metric.direction, draws))
        cells = [band(gap, metric, draws, signed=True, error=True), unknown(gap, draws)]
        rows.append([*row, *cells, words if metric.direction else ""])
    unit = ", ".join(part for part in (unit_name(metric.unit), _BETTER.get(metric.direction, "")) if part)
    points = ", points" if is_percentage(metric.unit) else ""
    every = ("scenario", "last year, median (90% of runs)", f"difference{points} (90% of seeds)", UNKNOWN, "better in")
    width = len(every) if metric.direction else len(every) - 1
    head, shown = _told(every[:width], [tuple(row[:width]) for row in rows])
    title = f"{upper(metric.label)} ({unit})"
    bands = f"{LEVEL_BANDS} {difference_bands(baseline.scenario.name)}"
    sheet = frame[frame["metric"] == metric.name].drop(columns=list(_IN_THE_CAPTION)).reset_index(drop=True)
    note = f"{upper(metric.meaning)}."
    return Listing(f"headline-{metric.name}", title, head, shown, note=note, sheet=sheet, bands=bands)


def difference_bands(baseline: str) -> str:
    """What a difference from a baseline and its brackets are, as a sentence for a caption."""
    return f"Difference: from {baseline}, run by run on the same seeds, median and, in brackets, 90% of the seeds."
