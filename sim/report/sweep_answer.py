"""The head of the report of a sweep: its answer in sentences, as that of a comparison begins.

A sweep has no baseline. Money and people are told of the scenario that stands first, held against the silo where the sweep has one
and against its first scenario where it has none, run by run, over all points, places and seeds (R runs of each scenario).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.vocabulary import COHORT_KINDS
from totalplace.sim.report.content import Section, upper
from totalplace.sim.report.findings import stand
from totalplace.sim.results.compare import paired
from totalplace.sim.results.deciding import MONEY
from totalplace.sim.results.monte_carlo import too_few
from totalplace.sim.results.natural_units import LEADING, fewer
from totalplace.sim.results.plain import MOST_POINTS, index_words, saving_words
from totalplace.sim.results.ranking import standing
from totalplace.sim.results.run import BAND
from totalplace.sim.results.verdicts import behind_words
from totalplace.sim.results.who_gains import faring_words
from totalplace.sim.results.wording import amount, count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.analysis.cases import Cases
    from totalplace.sim.model.metrics import Metric

_INDEX: Final = "wellbeing"
#: Metrics that the answer tells of where a sweep keeps them.
IN_SHORT: Final = (MONEY, _INDEX, *LEADING)
_SILO: Final = "silo"


def sweep_answer(cases: Cases, main: Metric, analyses: Sequence[Section]) -> list[str]:
    """At most :data:`MOST_POINTS` sentences: how the scenarios stand by the metric that is judged, money, people, what decides it,
    what holds up and where it works, by the sections that say so, and how far to trust it.
    """
    said = [list(_said(section)) for section in analyses]
    decides = [words for kind in _by_kind(analyses, said) for words in kind[:1]]
    decides += [words for each in said for words in each if words not in decides]
    trust = list(filter(None, (_trust(cases), behind_words())))
    first = [how_they_stand(cases, main), *_against(cases, main)]
    return [*first, *decides[: MOST_POINTS - len(first) - len(trust)], *trust]


def _against(cases: Cases, main: Metric) -> Iterator[str]:
    """Money and people under the scenario that stands first, against the silo or the first of the sweep."""
    values = _values(cases, main)
    if len(values) < 2:
        return
    name = standing(values, main.direction).first
    base = reference(list(values))
    if name == base:
        return
    if MONEY in cases.metrics:
        yield saving_words(name, base, _gap(cases, MONEY, name, base), cases.labels.metric(MONEY))
    parts = [fewer(indicator, _gap(cases, indicator, name, base).tolist()) for indicator in LEADING if indicator in cases.metrics]
    if _INDEX in cases.metrics:
        parts.append(index_words(_gap(cases, _INDEX, name, base), cases.labels.metric(_INDEX)))
    where = ", a place" if len(cases.places) > 1 else ""
    kinds = {kind: _gap(cases, f"wellbeing_{kind}", name, base) for kind in COHORT_KINDS if f"wellbeing_{kind}" in cases.metrics}
    fare = [f"By kind of cohort, {faring_words(name, kinds)}"] if kinds else []
    told = [f"People{where}: under {name}, against {base}, {'; '.join(parts)}."] if parts else []
    if told or fare:
        yield " ".join([*told, *fare])


def reference(scenarios: Sequence[str]) -> str:
    """The scenario that others are held against: the silo where there is one, else the first."""
    return _SILO if _SILO in scenarios else scenarios[0]


def _trust(cases: Cases) -> str:
    """Over what the bands are: what varies, and how many runs there are."""
    runs = len(cases.table) // max(1, len(cases.scenarios))
    if few := too_few(runs):
        return few
    over = f"{count(len(cases.factors), 'factor')} over the whole of their ranges" if cases.factors else "the seeds"
    where = f", {count(len(cases.places), 'place')}" if len(cases.places) > 1 else ""
    return (f"How far to trust it: bands hold 90% of {count(runs, 'run')} of each scenario, over {over}{where}. They say what is "
            "possible by rules and values of a model, not how probable it is.")


def _by_kind(analyses: Sequence[Section], said: Sequence[list[str]]) -> Iterator[list[str]]:
    """The sentences of sections by what they are about, so that each of these can have its first: what decides, what holds up."""
    kinds: dict[str, list[str]] = {}
    for section, words in zip(analyses, said, strict=True):
        kinds.setdefault(section.name.partition("-")[0], []).extend(words)
    yield from kinds.values()


def _said(section: Section) -> Iterator[str]:
    """The first sentence of an analysis, with scenario and place where it is of one of several; of one alone also sign and size."""
    _, colon, where = section.title.partition(": ")
    several = bool(colon) and section.name.startswith("sensitivity")
    for number, words in enumerate(section.points):
        if number == 0 or (not several and words.startswith(("Whether ", "How much it is"))):
            yield f"{where}: {words}" if several else words


def how_they_stand(cases: Cases, metric: Metric) -> str:
    """One sentence: how the scenarios stand by a metric, pair by pair; how it spreads where there is only one."""
    values = _values(cases, metric)
    if not any(np.isfinite(own).any() for own in values.values()):
        return f"{upper(metric.label)}: no run has a value."
    if len(values) > 1:
        return stand(values, metric)
    (first, own), = values.items()
    low, middle, high = (amount(float(v), metric.unit) for v in np.nanquantile(own, (BAND[0], 0.5, BAND[1])))
    return f"{upper(metric.label)} under {first}: median {middle}, 90% of the runs between {low} and {high}."


def _values(cases: Cases, metric: Metric) -> dict[str, NDArray[np.float64]]:
    """A metric (R,) by scenario, in the same order of place, point and replicate; NaN where a run has none."""
    frame = cases.table.pivot(index=["place", "point", "replicate"], columns="scenario", values=metric.name)
    return {name: frame[name].to_numpy(np.float64) for name in cases.scenarios if name in frame}


def _gap(cases: Cases, name: str, one: str, base: str) -> NDArray[np.float64]:
    """Differences of a scenario from another, of the runs that both have."""
    values = _values(cases, cases.labels.metric(name))
    gap = paired(values[one], values[base])
    return gap[np.isfinite(gap)]
