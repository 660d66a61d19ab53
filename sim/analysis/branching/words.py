"""What a branch changes against the scenario it branched from, in words, a table and a figure."""

from __future__ import annotations

from calendar import month_name
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from totalplace.scenarios.dated_wholes import WORDS
from totalplace.scenarios.registry import named
from totalplace.scenarios.vocabulary import label
from totalplace.sim.results.answers import Answer
from totalplace.sim.results.compare import compare, difference, probability_better, shared_draws
from totalplace.sim.results.monte_carlo import better_interval, share_words, too_few
from totalplace.sim.results.plain import plain
from totalplace.sim.results.ranking import only_just_words, without_value_words
from totalplace.sim.results.run import BAND, HEADLINE, KEY_METRICS, last_year_words
from totalplace.sim.results.setting import band_words
from totalplace.sim.results.what_is_known import split
from totalplace.sim.results.wording import amount, count, listing

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.run import Ensemble


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Branches(Answer):
    """A scenario and its branch on the same seeds: identical before quarter ``quarter``. ``scenario`` is that of the branch."""

    base: Ensemble
    branch: Ensemble
    quarter: int
    scenario: Scenario


def answer(base: Ensemble, branch: Ensemble, quarter: int, then: Sequence[str]) -> Branches:
    """The branch compared with its base, seed by seed."""
    from totalplace.sim.analysis.branching.figure import branches_over_time

    date = base.dates[quarter]
    changed = compare([base, branch])
    source = f"{base.scenario.name} in {base.place_name}, {base.period}, {count(base.runs, 'run')}, {band_words([base, branch])}"
    doubts = too_few(base.runs), only_just_words([base, branch], base, _headline(base))
    return Branches(
        title=f"From {date} on: {', '.join(then_words(text, base.words) for text in then)}",
        source=source,
        tables={"differences": changed[changed["scenario"] != base.scenario.name].reset_index(drop=True)},
        sentences=_sentences(base, branch, date, then),
        warnings=(*_notes(base, branch), *filter(None, doubts)),
        drawings={"over-time": partial(branches_over_time, base, branch, quarter, list(KEY_METRICS), source)},
        base=base,
        branch=branch,
        quarter=quarter,
        scenario=branch.scenario,
    )


def _sentences(base: Ensemble, branch: Ensemble, date: str, then: Sequence[str]) -> tuple[str, ...]:
    answer = plain([base, branch], base)
    month = f"{month_name[int(date[5:])]} {date[:4]}"
    changes = listing([then_words(text, base.words) for text in then])
    said = [f"What changes in {base.place_name} if {base.scenario.name} has {changes} from {month} on?",
            *answer.sentences[1:], f"Until {month} the two are identical; then {changes}."]
    still, draws = [], shared_draws(branch, base)
    for metric in _headline(base):
        gap = difference(branch, base, metric.name)
        if np.isnan(gap).any():
            continue  # without_value_words says why
        if not np.any(gap):
            still.append(metric.label)
            continue
        low, high = (amount(float(value), metric.unit, signed=True) for value in np.quantile(gap, BAND))
        middle = amount(float(np.median(gap)), metric.unit, signed=True)
        sentence = f"{metric.label[:1].upper()}{metric.label[1:]} in the last year: {middle}"
        if base.runs > 1:
            parts = split(gap, draws).words
            sentence += f" (90% of seeds: {low} to {high}{f'; {parts}' if parts else ''})"
            if metric.direction:
                share = share_words(probability_better(gap, metric.direction), better_interval(gap, metric.direction, draws))
                sentence += f", better in {share} of runs"
        said.append(f"{sentence}.")
    if still:
        said.append(f"No change in {listing(still)}.")
    said += filter(None, (without_value_words([base, branch], _headline(base)), last_year_words(base.quarters)))
    return tuple(said)


def then_words(text: str, period: str = "") -> str:
    """A change as a reader sees it: ``levers.clawback.health=0`` is ``clawback of health at 0``."""
    key, _, value = text.partition("=")
    first, _, rest = key.strip().partition(".")
    if first == "levers" and rest:
        return f"{named(rest, period)} at {value.strip()}"
    if first in WORDS:
        return f"{WORDS[first]} {f'with {label(rest)} at ' if rest else ''}{value.strip()}"
    return text


def _notes(base: Ensemble, branch: Ensemble) -> Iterator[str]:
    """The notes that only the branch has: those of its base are told where that is loaded."""
    return (f"{branch.scenario.name}: {note}" for note in branch.scenario.notes if note not in base.scenario.notes)


def _headline(base: Ensemble) -> list[Metric]:
    return [base.known_metrics[name] for name in HEADLINE]
