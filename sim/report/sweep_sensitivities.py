"""What decides a metric in a sweep: a section for each of a few pairs of scenario and place, those that say most first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.user_text import file_names
from totalplace.sim.report.analyses import section_of
from totalplace.sim.report.content import Section
from totalplace.sim.report.sweep_answer import reference
from totalplace.sim.results.wording import count

if TYPE_CHECKING:
    from totalplace.sim.analysis.cases import Cases
    from totalplace.sim.model.metrics import Metric

#: Pairs of scenario and place whose sensitivity is shown; a report of more would be long and slow.
MOST_PAIRS: Final = 4


def attempt(name: str, title: str, analyse: Callable[[], Section]) -> Section:
    """The section, or one that says why there is none."""
    try:
        return analyse()
    except InputError as error:
        return Section(name, title, notes=(str(error),))


def sensitivities(cases: Cases, metric: Metric) -> Iterator[Section]:
    """What decides the metric, for each scenario and place, as far as they are few.

    Sections in which something decides come first, those of what the others are held against after the others, and among them
    the pairs whose median is furthest from zero.
    """
    pairs = [(scenario, place) for scenario in cases.scenarios for place in cases.places]
    if not cases.factors:
        return
    files = dict(zip(pairs, file_names(f"{scenario} {place}" for scenario, place in pairs), strict=True))
    made, base = [], reference(cases.scenarios)
    for pair in cases.moving_most(metric.name, MOST_PAIRS):
        single, (scenario, place) = len(pairs) == 1, pair
        name = "sensitivity" if single else f"sensitivity-{files[pair]}"
        title = f"What decides {metric.label}" + ("" if single else f": {scenario}, {cases.labels.place(place)}")
        section, decided = _section(cases, metric, pair, name, title)
        made.append((not decided, scenario == base, section))
    yield from (section for *_, section in sorted(made, key=lambda one: one[:2]))
    if len(pairs) > MOST_PAIRS:
        left = count(len(pairs) - MOST_PAIRS, "other pair")
        yield Section("sensitivity-others", "What decides it elsewhere", (
            f"Shown are the {MOST_PAIRS} pairs of scenario and place with the greatest median {metric.label}, either way; {left} "
            f"{'is' if len(pairs) == MOST_PAIRS + 1 else 'are'} not; "
            "totalplace analyse sensitivity DIR --scenario NAME --place NAME shows any of them.",
        ))


def _section(cases: Cases, metric: Metric, pair: tuple[str, str], name: str, title: str) -> tuple[Section, bool]:
    """What decides the metric in a pair, and whether anything does; where it is the same at every point, the sentence alone."""
    from totalplace.sim.analysis.sensitivity.analysis import analyse

    decided = False

    def made() -> Section:
        nonlocal decided
        answer = analyse(cases, metric.name, *pair)
        decided = answer.decided
        section = section_of(answer, name, title)
        return section if answer.varies else replace(section, tables=(), pictures=())

    return attempt(name, title, made), decided
