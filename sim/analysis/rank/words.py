"""What an order of places says, in sentences, and what a reader has to know before believing it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.places.quality import notes as quality_notes
from totalplace.scenarios.what_if import WHAT_IF
from totalplace.sim.analysis.rank.explained import CHANCE, PLACES_EACH, REST
from totalplace.sim.analysis.rank.order import LEVEL, first_places
from totalplace.sim.results.every_place import estimate_words
from totalplace.sim.results.last_year import last_year_words
from totalplace.sim.results.monte_carlo import CLEAR_RUNS, runs_enough, too_few
from totalplace.sim.results.relative import MONEY
from totalplace.sim.results.verdicts import behind_words
from totalplace.sim.results.wording import amount, count, listing

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.every_place import PlaceResults

#: Places that a sentence names.
NAMED: Final = 3
#: Who has more of something, by the group that goes with the order.
_WHO: Final[Mapping[str, str]] = {
    "size": "larger places", "spend a head": "places whose bodies spend more a head", "deprivation": "more deprived places",
}
#: A correlation that is worth a word, from which on; judgement.
_WORTH: Final = 0.2


def sentences(
    asked: str, ranking: pd.DataFrame, metric: Metric, difference: bool, explained: pd.DataFrame | None, results: PlaceResults
) -> tuple[str, ...]:
    """What is asked, which places come first and last, how many gain clearly, how sure the ranks are, what goes with the order, and
    how far to trust it. With too few runs no place is named and none is counted: fewer runs never say more.
    """
    if results.runs < CLEAR_RUNS:
        found = [_unnamed(results.runs)]
    else:
        found = [_ends(ranking, metric, difference), *([_signs(ranking)] if difference else []), _sureness(ranking)]
    said = [asked, *found]
    return (*said, *([_goes_with(explained, metric)] if explained is not None else []), last_year_words(results.quarters),
            *_trust(results))


def question(scenario: str, baseline: str, metric: Metric, where: str) -> str:
    """What an order of places asks; ``baseline`` is empty where the level itself is ranked, ``where`` says how many places."""
    if not baseline:
        return f"In which of {where} is {metric.label} highest under {scenario}?"
    return f"In which of {where} does {scenario} change {metric.label} most, against {baseline}?"


def _trust(results: PlaceResults) -> Iterator[str]:
    few = too_few(results.runs) or f"{runs_enough(results.runs, ' in each place')}."
    yield f"How far to trust it: it follows from rules and values of a model and is no forecast; bands are {results.over}. {few}"
    if behind := behind_words():
        yield behind


def _unnamed(runs: int) -> str:
    return (f"{count(runs, 'run')} name no place that comes first, and count none that gains or loses: that takes {CLEAR_RUNS} or "
            "more. The table has the medians in order.")


def _ends(ranking: pd.DataFrame, metric: Metric, difference: bool) -> str:
    def told(row: Mapping[str, object]) -> str:
        value, low, high = (amount(float(str(row[f"value{end}"])), metric.unit, signed=difference, brief=True)
                            for end in ("", "_low", "_high"))
        return f"{row['place']} {value} ({low} to {high})"

    rows = ranking.to_dict("records")
    best = {1: "Best", -1: "Best (less is better)", 0: "Most"}[metric.direction]
    if LEVEL in set(ranking["apart_from_first"]):
        best = f"{best} median, not clearly ahead of all others,"
    first, last = listing([told(row) for row in rows[:NAMED]]), listing([told(row) for row in rows[-NAMED:]])
    unit = f", {metric.unit}" if metric.unit else ""
    what = f"the difference in {metric.label}" if difference else metric.label
    return f"{best} by {what}{unit}: {first}. Last: {last}."


def _signs(ranking: pd.DataFrame) -> str:
    above, below = (ranking["value_low"] > 0.0).sum(), (ranking["value_high"] < 0.0).sum()
    if not ranking[["value_low", "value_high"]].to_numpy().any():
        return "No place differs between the two scenarios."
    unsure = len(ranking) - above - below
    return (f"The band of 90% of the runs lies above zero in {count(int(above), 'place')}, below zero in {int(below):,}, and has "
            f"zero in it in {int(unsure):,}.")


def _sureness(ranking: pd.DataFrame) -> str:
    """How wide the intervals of ranks are, and which places are often among the first."""
    tenth, number = first_places(len(ranking)), len(ranking)
    often = int((ranking["first_tenth"] >= 90.0).sum())
    width = float(np.median(ranking["rank_high"] - ranking["rank_low"]))
    return (f"Among the first {tenth} of {number} in at least nine runs of ten: {count(often, 'place')}. For half of the "
            f"places the ranks that they have in nine runs of ten span {width:.0f} or more.")


def _goes_with(explained: pd.DataFrame, metric: Metric) -> str:
    parts, words = [], []
    for row in explained.to_dict("records"):
        if row["part"] not in (CHANCE, REST):
            parts.append(f"{row['part']} {row['percent']:.0f}%")
            if abs(row["goes_with"]) >= _WORTH:
                words.append(f"{_WHO[row['part']]} have {'more' if row['goes_with'] > 0.0 else 'less'}")
    left = explained.set_index("part")["percent"]
    moves = f" ({'; '.join(words)})" if words else ""
    return (f"What goes with {metric.label}, in shares of its variance between places: {listing(parts)}{moves}. "
            f"{left[CHANCE]:.0f}% is chance, and {left[REST]:.0f}% is not in this list. This says what goes with "
            "the order, not what causes it.")


def warnings(
    ranking: pd.DataFrame, metric: Metric, results: PlaceResults, explained: pd.DataFrame | None,
    noted: Mapping[str, Sequence[str]],
) -> tuple[str, ...]:
    """Places that cannot be told apart from the first, places without a value, what-ifs and estimates, too few runs."""
    said, ranked = [_overlap(ranking, results.runs)], set(ranking["name"])
    left_out = [name for name in results.end if name not in ranked]
    if left_out:
        more = f" and {len(left_out) - NAMED} more" if len(left_out) > NAMED else ""
        said.append(f"without a value, and left out: {', '.join(left_out[:NAMED])}{more}")
    if metric.unit.startswith(MONEY):
        said.append("in £m, large places come first or last because they are large: --per head and --per share take that out")
    if explained is not None:
        figures = int(explained["figures"].sum())
        by_number = 100.0 * figures / (len(ranking) - 1)
        said.append(f"about {by_number:.0f}% of the variance would go with so many figures ({figures}, of "
                    f"{count(len(ranking), 'place')}) even if none of them had to do with it")
    else:
        said.append("what goes with the order is not told: places do not differ, or there are fewer than "
                    f"{PLACES_EACH} for each figure that is known of them")
    return (*said, *_notes(noted, results.year), *filter(None, (too_few(results.runs),)))


def _overlap(ranking: pd.DataFrame, runs: int) -> str:
    first = str(ranking["place"].iloc[0])
    if runs < CLEAR_RUNS:
        return f"which places differ from the first of the table cannot be told from {count(runs, 'run')} ({CLEAR_RUNS} or more)"
    level = ranking[ranking["apart_from_first"] == LEVEL]
    if not len(level):
        return f"every other place differs clearly from the first, {first}; ranks further down may still overlap"
    named = [str(place) for place in level["place"]]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    which = f"{', '.join(named[:NAMED])}{more}" if more else listing(named)
    return (f"{count(len(named), 'place')} of {len(ranking)} cannot be told apart from the first, {first}: 90% of the differences, "
            f"seed by seed, lie on both sides of zero ({which})")


def notes_in(scenarios: Sequence[Scenario]) -> tuple[str, ...]:
    """The notes of the scenarios in one place, each once."""
    return tuple(dict.fromkeys(note for scenario in scenarios for note in scenario.notes))


def is_what_if(notes: Sequence[str]) -> bool:
    """Whether the notes of a place say that one of the scenarios could not be there."""
    return any(note.startswith(WHAT_IF) for note in notes)


def _notes(noted: Mapping[str, Sequence[str]], year: str) -> Iterator[str]:
    """The notes of all places: estimates and what-ifs in a sentence each, then what is the same in all or many, said once."""
    if words := estimate_words(year, noted):
        yield words[:1].lower() + words[1:].rstrip(".")
    found: dict[str, list[str]] = {}
    for name, notes in noted.items():
        for note in notes:
            if note not in quality_notes(name, year):
                found.setdefault(re.sub(rf"\b{re.escape(name)}\b", "the place", note), []).append(name)
    if what_if := {note: names for note, names in found.items() if note.startswith(WHAT_IF)}:
        names = list(dict.fromkeys(name for own in what_if.values() for name in own))
        reason = max(what_if, key=lambda note: len(what_if[note])).removeprefix(WHAT_IF)
        yield f"what if in {_some(names, len(noted))}, for reasons in the column notes, such as: {reason}"
    others = sorted((note for note in found if note not in what_if), key=lambda note: -len(found[note]))
    for note in others[:NAMED]:
        yield note if len(found[note]) == len(noted) else f"{note} ({_some(found[note], len(noted))})"


def _some(names: Sequence[str], of: int) -> str:
    if len(names) == of:
        return "every place"
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{len(names)} of {of} places: {', '.join(names[:NAMED])}{more}"
