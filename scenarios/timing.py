"""When a run starts: start, year of the budgets and budget path belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios import cuts as cuts_paths
from totalplace.scenarios.calendar import (
    financial_year_starts,
    format_financial_year,
    format_month,
    october_of,
    parse_financial_year,
    parse_quarter_start,
)
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.scenario_file import ScenarioFile
from totalplace.scenarios.vocabulary import DEPARTMENTS, PERIODS, period_of

#: The scenarios that are shipped; that with the stances of a period has its name.
NAMED: Final = Path(__file__).with_name("named")


def start_of(
    files: Sequence[tuple[Marked, dict[str, Marked]]], settings: Sequence[tuple[Marked, dict[str, Marked]]], year: str
) -> tuple[str, bool]:
    """The start of the run, and whether it moved because a later file or setting has budgets of another year.

    A start belongs to the year that it was written for: where the year alone changes, the start keeps its quarter and goes with
    it. Settings count as one, whatever their order. Without any start it is October of the year.
    """
    start: int | None = None
    moves = False
    known = str(ScenarioFile.model_fields["year"].default)
    for fields in _layers(files, settings):
        now = fields["year"].text("'year'") if "year" in fields else known
        if start is not None and now != known:
            start += 12 * (parse_financial_year(now) - parse_financial_year(known))
            moves = True
        if "start" in fields:
            start, moves = parse_quarter_start(str(fields["start"].plain())), False
        known = now
    return (october_of(year), False) if start is None else (format_month(start), moves)


def _layers(
    files: Sequence[tuple[Marked, dict[str, Marked]]], settings: Sequence[tuple[Marked, dict[str, Marked]]]
) -> Iterator[dict[str, Marked]]:
    """The fields of each file in turn, then those of all settings as one."""
    yield from (fields for _, fields in files)
    together: dict[str, Marked] = {}
    for _, fields in settings:
        together |= fields
    yield together


def cuts_of(
    files: Sequence[tuple[Marked, dict[str, Marked]]], settings: Sequence[tuple[Marked, dict[str, Marked]]]
) -> tuple[Marked | None, bool]:
    """The budget path as it is written, and whether that of a period took its place, since the year is one of that period.

    A shipped path belongs to the period of the year that it was written for, whichever of the periods that is; ``none`` and a path
    of one's own go with any.
    """
    written: Marked | None = None
    known = meant = str(ScenarioFile.model_fields["year"].default)
    for fields in _layers(files, settings):
        known = fields["year"].text("'year'") if "year" in fields else known
        if "cuts" in fields:
            written, meant = fields["cuts"], known
    own = PERIODS[period_of(known)].cuts
    if written is None or not own or period_of(known) == period_of(meant) or written.value not in shipped_paths():
        return written, False
    return Marked(own, written.file, written.line, written.column), True


def year_notes(
    files: Sequence[tuple[Marked, dict[str, Marked]]], settings: Sequence[tuple[Marked, dict[str, Marked]]],
    content: dict[str, Any], path_moved: bool,
) -> tuple[str, ...]:
    """What went with the year of the budgets in ``content``, the path, and what did not: stances of another period."""
    year, meant = content["year"], _period_of_stances(files, settings)
    notes = [f"the budget path is {content['cuts']}: it goes with the year of the budgets, {year}"] if path_moved else []
    period = period_of(year)
    if meant not in ("", period):
        there = (NAMED / f"{period}.yaml").is_file()
        theirs = f"; '{period}' and what extends it have those of {PERIODS[period].label}" if there else ""
        notes.append(f"departments keep the stances of {PERIODS[meant].label}, for which the scenario was written{theirs}")
    return tuple(notes)


def _period_of_stances(
    files: Sequence[tuple[Marked, dict[str, Marked]]], settings: Sequence[tuple[Marked, dict[str, Marked]]]
) -> str:
    """The period that the stances of all departments, one by one, were last written for; empty where all have the same."""
    known, meant = str(ScenarioFile.model_fields["year"].default), ""
    said = [fields["year"].text("'year'") for _, fields in settings if "year" in fields]
    for number, (_, fields) in enumerate([*files, *settings]):
        if number >= len(files) and said:
            known = said[-1]  # settings count as one, whatever their order
        elif "year" in fields:
            known = fields["year"].text("'year'")
        levers = fields["levers"].plain() if "levers" in fields else {}
        stances = levers.get("encouragement", {}) if isinstance(levers, dict) else {}
        if not isinstance(stances, dict) or "all" in stances:
            meant = ""
        elif len(stances) >= len(DEPARTMENTS):
            meant = period_of(known)
    return meant


def shipped_paths() -> list[str]:
    """The names of the budget paths that are shipped, without ``none``."""
    return [name for name in cuts_paths.names() if name != cuts_paths.NONE]


def check_time(content: dict[str, Any], place: Marked) -> None:
    """Raise InputError, at ``place``, when a run starts in a year whose money is not that of its budgets.

    Between the year of the budgets and that of the start the budget path must be level: else cuts that the budgets already hold
    would be played again, or years of cuts would all fall into the first quarter.
    """
    start, year = content["start"], content["year"]
    first = financial_year_starts(start, 1)[0]
    base = parse_financial_year(year)
    if cuts_paths.level(content["cuts"], range(min(first, base), max(first, base) + 1)):
        return
    what = (
        f"the cuts from {format_financial_year(first)} on, which these budgets already hold, would be played again" if first < base
        else f"the cuts since {year} would all fall into the first quarter"
    )
    raise place.error(
        f"The run starts in {start} with the budgets of {year}: {what}",
        f"a start from {base}-04 to {base + 1}-01 for these budgets (without 'start' it follows 'year'), "
        "budgets of the year of the start, or 'cuts: none'",
    )
