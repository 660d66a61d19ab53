"""The report of a folder that ``sweep run`` wrote: spread, sensitivity, robustness and, on demand, discovery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import yaml

from totalplace.scenarios import places
from totalplace.scenarios.calendar import period
from totalplace.scenarios.places.quality import is_estimate
from totalplace.scenarios.sweeps.factors import LEVER
from totalplace.scenarios.uncertainties import POSTERIOR
from totalplace.scenarios.vocabulary import COHORT_KINDS, label
from totalplace.sim.analysis.cases import Cases, of_sweep
from totalplace.sim.engine.sweep.ends import silent
from totalplace.sim.engine.sweep.store import Store, open_sweep
from totalplace.sim.model.metrics import OF_COMMISSIONERS, Metric
from totalplace.sim.report import provenance
from totalplace.sim.report.analyses import section_of
from totalplace.sim.report.by_scenario import of_levels
from totalplace.sim.report.content import Listing, Picture, Report, Section, column_of, listed, upper
from totalplace.sim.report.findings import LEVEL_BANDS, band
from totalplace.sim.report.set_up import without_paths
from totalplace.sim.report.spread import spread
from totalplace.sim.report.sweep_answer import IN_SHORT, how_they_stand, sweep_answer
from totalplace.sim.report.sweep_notes import notes_of_sweep
from totalplace.sim.report.sweep_sensitivities import attempt, sensitivities
from totalplace.sim.report.validity import validity
from totalplace.sim.results.labels import Labels
from totalplace.sim.results.monte_carlo import too_few
from totalplace.sim.results.run import BAND, KEY_METRICS, last_year_words
from totalplace.sim.results.setting import places_words
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    import pandas as pd

#: Distinct values of a factor up to which they are listed, and failed runs whose error is shown.
_LISTED: Final = 6
_ERRORS: Final = 20
#: Factors that the table on the page has; the file has all.
_FACTORS: Final = 20


def report_of_sweep(folder: Path, metrics: Sequence[str] | None = None, when: str | None = None) -> Report:
    """The report of a sweep. The first of ``metrics`` is what sensitivity and robustness are about. Raises InputError.

    ``when`` is a condition; with it the report says where it is met, and in how many states each alternative meets it.
    """
    store = open_sweep(folder)
    kept = [name for name in store.manifest.metrics if name not in store.manifest.factors]
    names = list(metrics or [name for name in KEY_METRICS if name in kept] or kept[:9])
    welfare = [f"wellbeing_{kind}" for kind in COHORT_KINDS if f"wellbeing_{kind}" in kept]
    asked = dict.fromkeys([*names, *welfare, *(name for name in IN_SHORT if name in kept)])
    cases = _without_values(of_sweep(store, list(asked)), store)
    shown = [cases.labels.metric(name) for name in names]
    main = _main(shown, metrics)
    middle = [section for section in (
        _cohorts(cases, welfare), *sensitivities(cases, main), _robustness(store, cases, main, when), _discovery(store, when)
    ) if section is not None]
    when = _when(store)
    sections = (
        _question(cases, store), _headline(store, cases, shown), *(_dated(one, when) for one in middle), _validity(store, cases),
        provenance.of_sweep(store, _errors(store, cases.labels)),
    )
    return Report(
        title=_title(cases), lead=_lead(cases), facts=(*_facts(cases), *_estimates(cases, store)),
        summary=tuple(sweep_answer(cases, main, middle)),
        sections=sections, setting=_setting(cases, when), made=store.manifest.finished or store.manifest.started,
    )


def _without_values(cases: Cases, store: Store) -> Cases:
    """The cases, with nothing in place of what a metric says of scenarios that it says nothing about (nobody to trust)."""
    columns = [name for name in OF_COMMISSIONERS if name in cases.metrics]
    names = silent(store.scenarios()) if columns else set()
    if not names:
        return cases
    table = cases.table.copy()
    table.loc[table["scenario"].isin(names), columns] = np.nan
    return replace(cases, table=table)


def _when(store: Store) -> str:
    """The months that the runs cover, of all scenarios."""
    return listing(list(dict.fromkeys(period(row["start"], row["quarters"]) for row in store.scenarios().to_dict("records"))))


def _setting(cases: Cases, when: str) -> str:
    """Sweep, scenarios, places, months and runs, as a sentence for captions."""
    who = cases.scenarios[0] if len(cases.scenarios) == 1 else count(len(cases.scenarios), "scenario")
    return f"Sweep {cases.name}: {who}, {places_words(cases.places_shown)}, {when}, {count(cases.total - cases.missing, 'run')}."


def _dated(section: Section, when: str) -> Section:
    """A section whose tables say over which months their runs are."""
    tables = (replace(one, setting=f"{one.setting.rstrip('.')}, {when}.") if one.setting else one for one in section.tables)
    return replace(section, tables=tuple(tables))


def _title(cases: Cases) -> str:
    """The title of the sweep, and the places unless it names them."""
    where = places_words(cases.places_shown)
    return cases.title if all(place in cases.title for place in cases.places_shown) else f"{cases.title} ({where})"


def _validity(store: Store, cases: Cases) -> Section:
    """How far to trust it, with the parameters that vary as factors or that scenarios draw from a range."""
    varied = {factor.name for factor in cases.factors if factor.kind != LEVER}
    written = [yaml.safe_load(text)["uncertainties"] for text in store.scenarios()["text"]]
    drawn = {name: value for each in written for name, value in each.items() if not isinstance(value, int | float)}
    calibrated = POSTERIOR in drawn.values()
    return validity(cases.places_shown, varied | set(drawn), cases.points * cases.replicates, calibrated=calibrated)


def _main(shown: Sequence[Metric], asked: Sequence[str] | None) -> Metric:
    """The metric that is judged: the first one asked for, else net saving, else the first with a better direction."""
    judged = [metric for metric in shown if metric.direction]
    preferred = [metric for metric in judged if metric.name == "net_saving"]
    return shown[0] if asked else (preferred or judged or list(shown))[0]


def _lead(cases: Cases) -> str:
    varied = listing([factor.words for factor in cases.factors]) if len(cases.factors) < 7 else count(len(cases.factors), "factor")
    over = f" over {varied}" if cases.factors else ""
    where = cases.places_shown[0] if len(cases.places) == 1 else count(len(cases.places), "place")
    who = cases.scenarios[0] if len(cases.scenarios) == 1 else count(len(cases.scenarios), "scenario")
    return f"{upper(who)} in {where}{over}: what comes out, what decides it, and what holds up?"


def _facts(cases: Cases) -> tuple[tuple[str, str], ...]:
    return (
        ("Scenarios", str(len(cases.scenarios))),
        ("Places", str(len(cases.places))),
        ("Points", f"{cases.points:,} ({cases.design['kind'].replace('-', ' ')})"),
        ("Runs at each", f"{cases.replicates:,}"),
        ("Runs", f"{cases.total - cases.missing:,} of {cases.total:,}"),
    )


def _estimates(cases: Cases, store: Store) -> list[tuple[str, str]]:
    """The places whose council filed nothing in the year of a scenario, where there are any."""
    years = dict.fromkeys(str(yaml.safe_load(text)["year"]) for text in store.scenarios()["text"])
    named = [f"{place.name} in {year}" for year in years for place in places.names(year)
             if place.name in cases.places and is_estimate(place.code, year)]
    return [("Estimates, no accounts filed", listing(named))] if named else []


def _question(cases: Cases, store: Store) -> Section:
    """What the sweep crosses, and over which values."""
    crossed = (
        f"{count(len(cases.scenarios), 'scenario')} ({_some(cases.scenarios)}) in {count(len(cases.places), 'place')} "
        f"({_some(cases.places_shown)}), at {count(cases.points, 'point')} of a {cases.design['kind'].replace('-', ' ')} design, "
        f"{count(cases.replicates, 'run')} at each: {count(cases.total, 'run')}."
    )
    tables = (_factors(cases),) if cases.factors else ()
    return Section("question", "What was run", (crossed,), notes=tuple(notes_of_sweep(store)), tables=tables)


def _some(names: Sequence[str]) -> str:
    return listing(list(names)) if len(names) <= 12 else f"{', '.join(names[:10])} and {len(names) - 10} more"


def _factors(cases: Cases) -> Listing:
    """The factors and their values: all of a few, else the ends of the range that they are drawn from, or that they came to."""
    import pandas as pd

    rows = []
    for factor in cases.factors:
        values = np.unique(cases.table[factor.name].to_numpy())
        few = len(values) <= _LISTED and factor.ends is None
        over = [factor.shown(value).replace("-", "\u2212") for value in (values if few else factor.ends or values[[0, -1]])]
        rows.append((factor.name, factor.kind, listing(over) if few else " to ".join(over), factor.unit, factor.meaning))
    frame = pd.DataFrame(rows, columns=["factor", "kind", "values", "unit", "meaning"])
    return listed("factors", "What varies", frame, most=_FACTORS, labels=cases.labels, setting="")


def _headline(store: Store, cases: Cases, shown: Sequence[Metric]) -> Section:
    """Medians and bands of the scenarios in the last year, over points, places and seeds."""
    rows = []
    for name, table in cases.table.groupby("scenario", sort=False):
        cells = [band(values, metric) if len(values := table[metric.name].dropna()) else "–" for metric in shown]
        rows.append((str(name), f"{int(table[shown[0].name].notna().sum()):,}", *cells))
    heads = [f"{upper(metric.label)}, {metric.unit}" if metric.unit else upper(metric.label) for metric in shown]
    frame = store.summary()
    table = Listing(
        "summary", "Medians (90% of the runs) in the last year", ("scenario", "runs", *heads), tuple(rows),
        note="Over all points, places and seeds. The file has every scenario in every place.", frame=frame,
        sheet=of_levels(frame, list(frame["scenario"].unique()), cases.labels.metric, cases.labels.place), bands=LEVEL_BANDS,
    )
    says = f"Spread by scenario: {listing([metric.label for metric in shown])}."
    picture = Picture("spread", says, partial(spread, cases, shown))
    quarters = int(store.scenarios()["quarters"].min())
    how = [last_year_words(quarters)]
    if len(cases.scenarios) > 1:
        how.append("Scenarios are held against each other run by run, at the same place, point and replicate; one differs clearly "
                   "from another where 90% of these pairs lie on one side of no difference.")
    said, few = tuple(how_they_stand(cases, metric) for metric in shown), too_few(len(cases.table) // len(cases.scenarios))
    return Section("headline", "What came out", (" ".join(how),), said, (few,) if few else (), (table,), (picture,))


def _cohorts(cases: Cases, names: Sequence[str]) -> Section | None:
    """Wellbeing of each kind of cohort by scenario, where the sweep kept it."""
    if not names:
        return None
    long = cases.table[["scenario", *names]].melt("scenario", list(names), "cohort", "wellbeing")
    table = long.groupby(["scenario", "cohort"], sort=False)
    quantiles = table["wellbeing"].quantile([BAND[0], 0.5, BAND[1]]).unstack()
    frame = quantiles.set_axis(["wellbeing_low", "wellbeing", "wellbeing_high"], axis=1).reset_index()
    frame["cohort"] = [label(name.removeprefix("wellbeing_")) for name in frame["cohort"]]
    wide = {
        str(scenario): [f"{m} ({lo} to {hi})" for m, lo, hi in zip(
            *(column_of(own[column].tolist()) for column in ("wellbeing", "wellbeing_low", "wellbeing_high")), strict=True)]
        for scenario, own in frame.groupby("scenario", sort=False)
    }
    head = ("scenario", *(upper(label(name.removeprefix("wellbeing_"))) for name in names))
    rows = tuple((scenario, *cells) for scenario, cells in wide.items())
    title = "Wellbeing by cohort (0-1): median (90% of the runs)"
    return Section("cohorts", "Cohorts", tables=(Listing("cohorts", title, head, rows, frame=frame, bands=LEVEL_BANDS),))


def _robustness(store: Store, cases: Cases, metric: Metric, when: str | None) -> Section | None:
    """Which scenario holds up, where there are several."""
    from totalplace.sim.analysis.robustness.analysis import robust

    if len(cases.scenarios) < 2:
        return None
    title = f"What holds up by {metric.label}"

    def made() -> Section:
        answer = robust(store, metric.name, when)
        shown = [key for key in answer.tables if key != "places" or len(cases.places) > 1]
        return section_of(answer, "robustness", title, shown)

    return attempt("robustness", title, made)


def _discovery(store: Store, when: str | None) -> Section | None:
    """Where a condition is met."""
    from totalplace.sim.analysis.discovery.analysis import discover

    if when is None:
        return None
    answer = discover(store, when)
    return section_of(answer, "discovery", f"Where it works: {answer.condition.words}")


def _errors(store: Store, labels: Labels) -> list[str]:
    """The errors of the runs that failed, a line each."""
    if not store.failures:
        return []
    failed: pd.DataFrame = store.failed().head(_ERRORS)
    rows: list[Any] = failed[["run", "scenario", "place", "seed", "error"]].to_dict("records")
    lines = [
        f"run {row['run']:,}, {row['scenario']}, {labels.place(row['place'])}, seed {row['seed']}: "
        f"{without_paths(str(row['error']))}"
        for row in rows
    ]
    return lines + ([f"and {store.failures - _ERRORS:,} more"] if store.failures > _ERRORS else [])
