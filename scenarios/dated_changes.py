"""Dated changes of a chain of files put together: which stand, when they take effect, and what a reader should know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from totalplace.scenarios.calendar import financial_year_starts, format_financial_year, quarter_index
from totalplace.scenarios.cuts import Cuts, level
from totalplace.scenarios.dated_wholes import DatedWhole
from totalplace.scenarios.events import Change, DatedChange, Event, read_events
from totalplace.scenarios.phases import path_words
from totalplace.scenarios.reading import Marked

#: The lever that scales the budget path.
CUTS: Final = "cuts"
#: The word that drops the events inherited.
NONE: Final = "none"


def changes_of(layers: Sequence[tuple[int, Marked]]) -> list[Change]:
    """The dated changes of all layers by date, each list added to those before it; ``none`` drops what was before.

    What a layer says of a value on a date takes the place of what those before it say of it on that date. Layers come with their
    numbers.
    """
    changes: list[Change] = []
    for number, layer in layers:
        said = [] if layer.value == NONE else [_of_layer(change, number) for change in read_events(layer)]
        kept = [] if layer.value == NONE else changes
        changes = [change for change in kept if not any(new.overrides(change) for new in said)] + said
    return sorted(changes, key=lambda change: change.rank)


def _of_layer(change: Change, number: int) -> Change:
    return replace(change, layer=number) if isinstance(change, DatedWhole) else change


def within(changes: Sequence[Change], start: str, quarters: int) -> list[Change]:
    """The changes that do not lie after the end of the run."""
    return [change for change in changes if quarter_index(start, change.date) < quarters]


def events_of(changes: Sequence[Change], start: str) -> tuple[Event, ...]:
    """The events in the order in which they take effect: by date, so that the later of two in one quarter comes last."""
    events = [event for change in changes if isinstance(change, DatedChange) for event in change.events(start)]
    return tuple(sorted(events, key=lambda event: event.quarter))


def _idle(content: dict[str, Any], played: Sequence[Event]) -> list[Event]:
    """The events that change the depth of cuts where no budget moves until the next such event, or the end of the run."""
    years = financial_year_starts(content["start"], content["quarters"])
    paths = [(0, content["cuts"]), *((one.quarter, one.cuts) for one in content["changes"] if one.cuts is not None)]
    ends = [*(quarter for quarter, _ in paths[1:]), content["quarters"]]
    depths = [event for event in played if event.lever == CUTS]
    found = []
    for event in depths:
        until = min((one.quarter for one in depths if one.quarter > event.quarter), default=content["quarters"])
        held = ((path, max(begin, event.quarter), min(end, until)) for (begin, path), end in zip(paths, ends, strict=True))
        if all(level(path, years[max(0, begin - 1) : end]) for path, begin, end in held if begin < end):
            found.append(event)
    return found


def _level_paths(content: dict[str, Any]) -> list[str]:
    """Notes on budget paths that are named, but level for as long as they are in force."""
    years = financial_year_starts(content["start"], content["quarters"])
    changes = [one for one in content["changes"] if one.cuts is not None and one.quarter < content["quarters"]]
    ends = [one.quarter for one in changes] + [content["quarters"]]
    notes = []
    if content["cuts"] != NONE and _is_level(content["cuts"], years[: ends[0]]):
        notes.append(f"the budget path {path_words(content['cuts'])} is level throughout the run" if not changes else
                     f"the budget path {path_words(content['cuts'])} is level until '{changes[0].text}'")
    for change, end in zip(changes, ends[1:], strict=True):
        if change.cuts not in (None, NONE) and _is_level(change.cuts, years[max(0, change.quarter - 1) : end]):
            notes.append(f"'{change.text}': that path is level from then on")
    return notes


def _is_level(cuts: Cuts, years: Sequence[int]) -> bool:
    """Whether a path is the same in several years; one year says nothing."""
    return len(set(years)) > 1 and level(cuts, years)


def _superseded(played: Sequence[Event]) -> list[tuple[str, str]]:
    """The words of events of which nothing is left, each with those of what stands in its place.

    Of several that have a part in that, the last that covers all of it is named, or else each.
    """
    said: dict[tuple[str, int], set[tuple[str, int]]] = {}
    for event in played:
        said.setdefault((event.text, event.quarter), set()).add((event.lever, event.index))
    last = {(event.quarter, event.lever, event.index): event.text for event in played}
    order = list(said)
    found = []
    for number, (text, quarter) in enumerate(order):
        values = said[text, quarter]
        if any(last[quarter, *value] == text for value in values):
            continue
        later = [one for one, when in order[number + 1 :] if when == quarter and said[one, quarter] >= values]
        each = sorted({last[quarter, *value] for value in values})
        found.append((text, f"'{later[-1]}' falls" if later else f"{_listed(each)} fall{'s' * (len(each) == 1)}"))
    return found


def _listed(texts: Sequence[str]) -> str:
    quoted = [f"'{text}'" for text in texts]
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}" if len(quoted) > 1 else quoted[0]


def notes_of(content: dict[str, Any], follows: bool, undone: Sequence[tuple[DatedWhole, DatedWhole]] = ()) -> tuple[str, ...]:
    """What a reader should know about a scenario that can be run but may not mean what its author thinks.

    ``undone`` are changes of arrangement or budget path of which nothing is left, each with the later one of its quarter.
    """
    events, start = content["events"], content["start"]
    late = {one.text: None for one in (*events, *content["changes"]) if one.quarter >= content["quarters"]}
    notes = [f"'{text}' lies after the end of the run and has no effect" for text in late]
    played = [event for event in events if event.quarter < content["quarters"]]
    gone = _superseded(played)
    gone += [(one.text, f"'{by.text}' falls") for one, by in undone if one.quarter(start) < content["quarters"]]
    notes += [f"'{text}' has no effect: {by} into the same quarter, and the later date stands" for text, by in gone]
    notes += _level_paths(content)
    notes += [f"'{event.text}' changes nothing: the budget path is level while it holds" for event in _idle(content, played)]
    if follows:
        notes.append(f"the run starts in {start}: the start goes with the year of the budgets, {content['year']}")
    start_year = format_financial_year(financial_year_starts(start, 1)[0])
    if start_year != content["year"]:
        notes.append(f"the run starts in {start}, in {start_year}, with the budgets of {content['year']}")
    return tuple(dict.fromkeys(notes))
