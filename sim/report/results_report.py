"""The report of a folder that ``run``, ``compare`` or ``explain`` wrote."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from totalplace.scenarios.errors import UnknownName
from totalplace.sim.model.metrics import Metric
from totalplace.sim.report import provenance
from totalplace.sim.report.content import Report
from totalplace.sim.report.decomposition import decomposition
from totalplace.sim.report.distribution import cohorts, who_pays
from totalplace.sim.report.findings import changes, headline
from totalplace.sim.report.freed_money import where_it_went
from totalplace.sim.report.read_results import Results, read_results
from totalplace.sim.report.refusals import refusals
from totalplace.sim.report.set_up import question, set_up
from totalplace.sim.report.validity import of_scenarios
from totalplace.sim.results.plain import in_short
from totalplace.sim.results.relative import parted
from totalplace.sim.results.run import HEADLINE, KEY_METRICS
from totalplace.sim.results.setting import caption_line, places_words, setting
from totalplace.sim.results.wording import count


def report_of_results(folder: Path, metrics: Sequence[str] | None = None) -> Report:
    """The report of a folder of results. ``metrics`` are those of the headline, the key ones if None. Raises InputError."""
    results = read_results(folder)
    ensembles, baseline = results.ensembles, results.baseline
    shown = _chosen(results, metrics)
    asked, compared = question(ensembles, baseline)
    parts, freed = decomposition(results), where_it_went(ensembles)
    sections = (
        compared,
        set_up(ensembles, baseline),
        headline(ensembles, baseline, shown),
        *([parts] if parts else []),
        *([freed] if freed else []),
        who_pays(ensembles, baseline),
        cohorts(ensembles, baseline),
        refusals(ensembles),
        of_scenarios([ensemble.scenario for ensemble in ensembles], baseline.runs),
        provenance.of_results(results),
    )
    return Report(
        title=_title(results), lead=asked, facts=_facts(results), summary=_summary(results, shown),
        sections=sections, setting=caption_line(ensembles), made=str(results.manifest.get("written", "")),
    )


def _chosen(results: Results, names: Sequence[str] | None) -> list[Metric]:
    known = results.baseline.known_metrics
    for name in names or ():
        if parted(name)[0] not in known:
            raise UnknownName("metric", name, known, where=f"in '{results.folder}'")
    return [results.baseline.metric(name) for name in names or KEY_METRICS if parted(name)[0] in known]


def _title(results: Results) -> str:
    place = places_words([ensemble.place_name for ensemble in results.ensembles])
    number = len(results.ensembles)
    if number == 1:
        return f"{results.baseline.scenario.title or results.baseline.scenario.name} in {place}"
    return f"{place}: {count(number, 'scenario')} compared"


def _facts(results: Results) -> tuple[tuple[str, str], ...]:
    facts = setting(results.ensembles)
    if len(results.ensembles) > 1:
        facts["Baseline"] = results.baseline.scenario.name
    return tuple(facts.items())


def _summary(results: Results, shown: Sequence[Metric]) -> tuple[str, ...]:
    """The plain answer in short; of one scenario also what became of the leading metrics."""
    answer = in_short(results.ensembles, results.baseline).sentences[1:]  # the question is the report's lead
    if len(results.ensembles) > 1:
        return answer
    leading = [metric for metric in shown if metric.name in HEADLINE] or list(shown)
    return (*answer, *changes(results.baseline, leading))
