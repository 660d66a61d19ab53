"""What the commands print: summaries, comparisons, requests by agency and theme."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from rich.console import Group
from rich.text import Text

from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.indicators import INDICATORS
from totalplace.scenarios.vocabulary import label
from totalplace.sim.cli.output import beside, table
from totalplace.sim.model.metrics import METRICS, Metric
from totalplace.sim.results.compare import PAIRED_WORDS, clearly, difference, probability_better, shared_draws
from totalplace.sim.results.deals import agency_label
from totalplace.sim.results.explain import percent, requests
from totalplace.sim.results.monte_carlo import LEGEND, Draws, better_interval, plus_minus, share_words, too_few
from totalplace.sim.results.natural_units import LEADING, based, basis_words, change, known, titled
from totalplace.sim.results.plain import in_short, plain
from totalplace.sim.results.ranking import only_just_words, without_value_words
from totalplace.sim.results.relative import is_metric, metric_called
from totalplace.sim.results.relative import names as every_name
from totalplace.sim.results.run import BAND, Ensemble, last_year_words
from totalplace.sim.results.setting import quality_line, setting_line
from totalplace.sim.results.what_is_known import UNKNOWN, UNKNOWN_WORDS, is_told, unknown
from totalplace.sim.results.wording import amount, count, is_percentage, unit_name

if TYPE_CHECKING:
    from rich.table import Table

#: Width of a column of which several stand side by side, in letters.
NARROW: Final = 13
#: Width of a column of names beside six of figures, which leaves them room on 80 letters.
WIDE: Final = 28
#: Width of the column that says what decided most refusals.
_REASON: Final = 18
#: Where the sentences are that a comparison of many scenarios leaves out.
MORE: Final = "A report of these runs says more: totalplace report DIR, the folder of --out."
_BETTER = {1: "more is better", -1: "less is better", 0: ""}


def chosen_metrics(names: Sequence[str] | None) -> list[Metric]:
    """The metrics that a command shows; raises UnknownName for one that there is not."""
    from totalplace.sim.results.run import KEY_METRICS

    if names and "all" in names:
        return list(METRICS.values())
    for name in names or ():
        if not is_metric(name):
            raise UnknownName("metric", name, ["all", *every_name()])
    return [metric_called(name) for name in names or KEY_METRICS]


def in_words(metrics: Sequence[Metric], ensemble: Ensemble) -> list[Metric]:
    """Metrics in the words of the period of an ensemble."""
    return [metric_called(one.name, ensemble.words) for one in metrics]


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]


def summary_table(ensemble: Ensemble, metrics: Sequence[Metric], notes: Sequence[str] = ()) -> Group:
    """The plain answer in sentences; then first quarter, median, its Monte Carlo error and 90% band in the last year by metric."""
    several = ensemble.runs > 1
    span = ensemble.period
    listing = table(f"{ensemble.scenario.title}: {ensemble.place_name}, {span}, {count(ensemble.runs, 'run')}")
    listing.add_column("metric", overflow="fold")
    listing.add_column("unit")
    listing.add_column("first\nquarter", justify="right")
    listing.add_column("last year,\nmedian" if several else "last\nyear", justify="right")
    if several:
        listing.add_column("90% of runs", justify="right", no_wrap=True)
    metrics = in_words(metrics, ensemble)
    parts = [unknown(ensemble.at_end(metric.name), ensemble.draws) for metric in metrics] if several else []
    if told := is_told(parts):
        listing.add_column(UNKNOWN, justify="right", no_wrap=True)
    for number, metric in enumerate(metrics):
        end = ensemble.at_end(metric.name)
        start = float(np.median(ensemble.series(metric.name)[:, 0]))
        row = [_title(metric.label), unit_name(metric.unit)]
        row += [_brief(start, metric), _with_error(end, metric, ensemble.draws)]
        listing.add_row(*row, *([_band(end, metric)] if several else []), *([parts[number]] if told else []))
    meaning = [setting_line([ensemble]), last_year_words(ensemble.quarters)]
    meaning += [LEGEND] * several + [UNKNOWN_WORDS] * told
    bases = basis_words(ensemble, [metric.name for metric in metrics if metric.name in INDICATORS])
    below = [*meaning, bases, quality_line([ensemble]), *notes, too_few(ensemble.runs), without_value_words([ensemble], metrics)]
    answer = "\n".join(plain([ensemble], ensemble).sentences)
    return Group(Text(f"{answer}\n"), listing, Text("\n".join(filter(None, below))))


def _brief(value: float, metric: Metric, *, signed: bool = False) -> str:
    return amount(value, metric.unit, brief=True, signed=signed)


def _with_error(values: Any, metric: Metric, draws: Draws, *, signed: bool = False) -> str:
    """The median with the half-width of its interval, where there is one."""
    return f"{_brief(float(np.median(values)), metric, signed=signed)} {plus_minus(values, metric.unit, draws)}".rstrip()


def _band(values: Any, metric: Metric, *, signed: bool = False) -> str:
    low, high = (_brief(float(value), metric, signed=signed) for value in np.quantile(values, BAND))
    return "–" if np.isnan(values).any() else f"{low} to {high}"


def comparison_tables(
    ensembles: Sequence[Ensemble], baseline: Ensemble, metrics: Sequence[Metric], notes: Sequence[str] = ()
) -> Group:
    """One table a metric: each scenario's median, its paired difference from the baseline, band, how often better.

    Above stand the plain answer in short, then where and how the runs were made; ``notes`` and what the words mean stand below.
    """
    metrics = in_words(metrics, baseline)
    tables = [_comparison(ensembles, baseline, metric) for metric in metrics]
    below = [
        last_year_words(baseline.quarters),
        *([LEGEND] if baseline.runs > 1 else []),
        *([UNKNOWN_WORDS] if any(column.header == UNKNOWN for one in tables for column in one.columns) else []),
        PAIRED_WORDS,
        quality_line(ensembles),
        *notes,
        too_few(baseline.runs),
        only_just_words(ensembles, baseline, metrics),
        without_value_words(ensembles, metrics),
    ]
    in_units, bases = natural_units_table(ensembles, baseline, metrics)
    said, whole = in_short(ensembles, baseline).sentences, plain(ensembles, baseline).sentences
    answer = "\n".join((*said, MORE) if len(said) < len(whole) else said)
    above = Text(f"{answer}\n\n{setting_line(ensembles)} Baseline: {baseline.scenario.name}.\n")
    return Group(above, beside(tables), *in_units, Text("\n".join(filter(None, (*below, bases)))))


def natural_units_table(
    ensembles: Sequence[Ensemble], baseline: Ensemble, metrics: Sequence[Metric]
) -> tuple[list[Table], str]:
    """What scenarios do to a few outcomes in units that people know, beside the index of wellbeing; and how good the bases are.

    Nothing where wellbeing is not shown, or the results are of a version without indicators.
    """
    names = known(ensembles, LEADING) if any(metric.name == "wellbeing" for metric in metrics) else []
    shown = [*names, *(metric.name for metric in metrics if metric.name in INDICATORS and metric.name not in names)]
    if not names or len(ensembles) < 2:
        return [], basis_words(baseline, shown)
    listing = table(f"Outcomes in units people know, in the last year: difference from {baseline.scenario.name} (90% of seeds)")
    listing.add_column("scenario", no_wrap=True)
    for name in names:
        listing.add_column(fill(titled(name), NARROW), justify="right")
    listing.add_row("base", *(fill(based(baseline, name), NARROW) for name in names), style="dim")
    for ensemble in ensembles:
        if ensemble is not baseline:
            listing.add_row(ensemble.scenario.name, *(fill(change(ensemble, baseline, name), NARROW) for name in names))
    return [listing], basis_words(baseline, shown)


def _comparison(ensembles: Sequence[Ensemble], baseline: Ensemble, metric: Metric) -> Table:
    unit = unit_name(metric.unit)
    notes = ", ".join(note for note in (unit, _BETTER[metric.direction]) if note)
    listing = table(f"{_title(metric.label)} in the last year ({notes})" if notes else f"{_title(metric.label)} in the last year")
    listing.add_column("scenario", no_wrap=True)
    listing.add_column("median", justify="right")
    listing.add_column("difference, points" if is_percentage(metric.unit) else "difference", justify="right", no_wrap=True)
    listing.add_column("90% of seeds", justify="right", no_wrap=True)
    gaps = [(difference(one, baseline, metric.name), shared_draws(one, baseline)) for one in ensembles if one is not baseline]
    if told := is_told(unknown(*found) for found in gaps):
        listing.add_column(UNKNOWN, justify="right", no_wrap=True)
    if metric.direction:
        listing.add_column("better in", justify="right", no_wrap=True)
    left = iter(gaps)
    for ensemble in ensembles:
        row = [ensemble.scenario.name, _brief(float(np.median(ensemble.at_end(metric.name))), metric)]
        if ensemble is baseline:
            listing.add_row(*row, "baseline")
            continue
        gap, draws = next(left)
        row += [_with_error(gap, metric, draws, signed=True), _band(gap, metric, signed=True)]
        row += [unknown(gap, draws)] if told else []
        if metric.direction:
            share = probability_better(gap, metric.direction)
            same = "" if np.isnan(gap).any() else "no difference"
            row.append(same if math.isnan(share) else share_words(share, better_interval(gap, metric.direction, draws)))
        listing.add_row(*row, style="" if clearly(gap) else "dim")
    return listing


def freed_money_table(ensembles: Sequence[Ensemble]) -> Table:
    """Where the freed money went, by scenario: £m over the run, mean of the runs, which adds up as each run does."""
    from totalplace.sim.results.freed_money import mean_words

    listing = table("Where the freed money went (£m over the run, mean of the runs)")
    listing.add_column("", overflow="fold")
    for ensemble in ensembles:
        listing.add_column(ensemble.scenario.name, justify="right")
        if len(ensembles) == 1:
            listing.add_column("of what\nwas freed", justify="right")
    for rows in zip(*(mean_words(ensemble) for ensemble in ensembles), strict=True):
        shares = [rows[0][2]] if len(ensembles) == 1 else []
        listing.add_row(_title(rows[0][0]), *(row[1] for row in rows), *shares)
    return listing


def requests_by_agency(ensemble: Ensemble) -> Table:
    """Requests, agreements and refusals of each agency, and the part that decided most refusals."""
    title = f"{ensemble.scenario.title}, {ensemble.place_name}: requests by agency"
    return _requests(title, requests(ensemble).to_dict("records"), ensemble.words, themes=False)


def requests_by_theme(ensemble: Ensemble) -> Table:
    """The same by agency and theme."""
    return _requests("Requests by agency and theme", requests(ensemble, ("agency", "theme")).to_dict("records"), ensemble.words)


def _requests(title: str, rows: Sequence[dict[Hashable, Any]], period: str, themes: bool = True) -> Table:
    failed = any(row["blocked"] + row["no_coalition"] > 0 for row in rows)
    listing = table(title, padding=(0, 0, 0, 0))
    listing.add_column("agency and theme" if themes else "agency", max_width=WIDE - 1 if themes else None)
    for heading in ("asked", "agreed", "refused", *(("failed",) if failed else ()), "ceded"):
        listing.add_column(heading, justify="right")
    listing.add_column("mainly for", max_width=_REASON)
    before = None
    for row in rows:
        name = fill(agency_label(row["agency"], period), WIDE)
        if themes and row["agency"] != before:
            listing.add_row(Text(name, style="bold"))
            before = row["agency"]
        numbers = [f"{row['requests']:,.1f}", percent(row["agreed"]), percent(row["refused"])]
        numbers += [percent(row["blocked"] + row["no_coalition"])] if failed else []
        reason = f"{label(row['reason'])} {percent(row['reason_share'])}" if row["reason"] else ""
        first = f" {label(row['theme'])}" if themes else name
        listing.add_row(first, *numbers, percent(row["share"]), reason)
    if not themes:
        listing.caption = "asked: requests a run. ceded: mean share of its money in the theme, where it agreed."
        listing.caption += " mainly for: of its refusals."
        listing.caption += " failed: blocked by the board, or no coalition worth having." if failed else ""
        listing.caption_justify = "left"
    return listing
