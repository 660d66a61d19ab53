"""From files and settings to a scenario: what overrides what.

In rising order: the files that a scenario extends, the levers of its arrangement, its own levers, settings. The levers
of an arrangement stand just below those of the file that chose the arrangement.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios import cuts as cuts_paths
from totalplace.scenarios import idle_levers
from totalplace.scenarios.arrangement import Arrangement
from totalplace.scenarios.canonical_text import canonical_text, text_hash
from totalplace.scenarios.checking import checked, locate, referred_file, shipped_names
from totalplace.scenarios.dated_arrangements import Ranked, Timeline, paths_of, written_whole
from totalplace.scenarios.dated_changes import changes_of, events_of, notes_of, within
from totalplace.scenarios.dated_wholes import DatedWhole
from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.events import Change, DatedChange, check_flags
from totalplace.scenarios.in_full import InFull, in_full
from totalplace.scenarios.lever_values import written_levers
from totalplace.scenarios.network import Ties, given_twice, read_ties
from totalplace.scenarios.numbers import unfractioned
from totalplace.scenarios.phases import Change as Whole
from totalplace.scenarios.places.own import OwnPlace
from totalplace.scenarios.reading import KEPT_TEXTS, MOST_BYTES, MOST_FILES, Marked, read_text
from totalplace.scenarios.scenario import Maker, Scenario
from totalplace.scenarios.scenario_file import ScenarioFile, Seeds, fitting_name
from totalplace.scenarios.settings import NONE, settings_of
from totalplace.scenarios.timing import check_time, cuts_of, start_of, year_notes
from totalplace.scenarios.uncertainties import resolve_uncertainties, written_uncertainties
from totalplace.scenarios.vocabulary import PERIODS, TOPOLOGIES
from totalplace.scenarios.wrong_kind import refuse_arrangement

FOLDER: Final = Path(__file__).parent / "named"
_SIMPLE: Final = ("title", "description", "start", "quarters", "clusters", "nhs")
#: What speaks of the arrangement: not inherited by a scenario that has another one.
_SAID: Final = ("title", "description")


def names() -> list[str]:
    """The names of the scenarios that are shipped, in alphabetical order."""
    return shipped_names(FOLDER)


def scenario_layers(name_or_path: str | Path) -> tuple[Marked, ...]:
    """The checked contents of a scenario file and of those it extends, the most basic first. Raises InputError."""
    path = name_or_path if isinstance(name_or_path, Path) else locate("scenario", FOLDER, name_or_path, None)
    return _chain(path, (), Marked(str(name_or_path), ""))


def text_layers(text: str, name: str) -> tuple[Marked, ...]:
    """The checked contents of a scenario given as YAML text, and of those it extends. ``name`` stands for its file."""
    return _layers(read_text(text, name), Path(name), ())


def _chain(path: Path, above: tuple[Path, ...], reference: Marked) -> tuple[Marked, ...]:
    content = referred_file(path, reference)
    if above and path.resolve() in above:
        raise reference.error(f"The scenario '{path.stem}' extends itself")
    if len(above) >= MOST_FILES:
        raise reference.error("Too many scenarios extend each other", f"at most {MOST_FILES}")
    return _layers(content, path, above)


def _layers(content: Marked, path: Path, above: tuple[Path, ...]) -> tuple[Marked, ...]:
    content = _layer(content, path.stem)
    reference = content.mapping("A scenario").get("extends")
    if reference is None:
        return (content,)
    try:
        base = locate("scenario", FOLDER, reference.text("'extends'"), path)
    except UnknownName as problem:
        raise problem.at(reference.file, reference.line, reference.column) from None
    return (*_chain(base, (*above, path.resolve()), reference), content)


@lru_cache(maxsize=KEPT_TEXTS)
def _layer(content: Marked, stem: str) -> Marked:
    """The checked content of one scenario file, with the name of the file where it gives none."""
    refuse_arrangement(content, Arrangement.model_fields.keys())
    checked(ScenarioFile, content, "a scenario")
    fields = content.mapping("A scenario")
    if "name" in fields:
        return content
    return Marked({"name": Marked(fitting_name(stem), content.file), **fields}, content.file, content.line, content.column)


def resolve(layers: Sequence[Marked], settings: Sequence[Marked]) -> Scenario:
    """The scenario that layers of files and settings make, with all that building its world takes. Raises InputError."""
    from totalplace.scenarios.places import tables

    with tables.as_they_are():
        return _resolved(*in_full(layers, settings))


def _resolved(layers: Sequence[Marked], settings: Sequence[Marked]) -> Scenario:
    """The scenario of layers and settings that name no file of a user any more."""
    from totalplace.scenarios.many_runs import over_the_posterior, read_posterior
    from totalplace.scenarios.material import material_of
    from totalplace.scenarios.places import quality

    every = [(layer, layer.mapping("A scenario")) for layer in (*layers, *settings)]
    last: dict[str, Marked] = {}
    for _, fields in every:
        last |= fields
    content: dict[str, Any] = {"name": last["name"].plain()}
    for key in _SIMPLE:
        known = _since_arrangement(every) if key in _SAID else last
        content[key] = unfractioned(known[key].plain()) if key in known else ScenarioFile.model_fields[key].default
    year = year_of(last)
    content["place"], code, own, of_place = _place(last, layers[-1], year)
    content["year"] = year
    content["start"], follows = start_of(every[: len(layers)], every[len(layers) :], content["year"])
    content["network"] = _network(last.get("network"))
    path, of_period = cuts_of(every[: len(layers)], every[len(layers) :])
    content["cuts"] = _cuts(path)
    content["seeds"] = _seeds([fields["seeds"] for _, fields in every if "seeds" in fields])
    changes = changes_of([(i, fields["events"]) for i, (_, fields) in enumerate(every) if "events" in fields])
    timeline = Timeline(*_arrangement_and_levers([fields for _, fields in every], len(layers), layers[-1]), content["start"])
    timeline.take(changes, len(layers) - 1)
    arrangement, content["levers"] = timeline.arrangement, timeline.levers
    paths, undone = paths_of(changes, content["start"], _cuts)
    content["cuts"] = next((change.cuts for _, change in reversed(paths) if change.quarter == 0), content["cuts"])
    wholes = sorted([*timeline.kept, *(one for one in paths if one[1].quarter > 0)], key=lambda one: one[0].rank)
    content["changes"] = tuple(change for _, change in wholes)
    content["title"] = content["title"] or arrangement.title
    content["uncertainties"] = resolve_uncertainties(
        [fields["uncertainties"] for _, fields in every if "uncertainties" in fields]
    )
    read_posterior()
    check_time(content, last.get("start" if not follows else "year", layers[-1]))
    changes = sorted([*changes, *timeline.brought], key=lambda change: change.rank)
    content["events"] = events_of(changes, content["start"])
    check_flags(content["levers"], within(changes, content["start"], content["quarters"]))
    with_year = year_notes(every[: len(layers)], every[len(layers) :], content, of_period)
    of_ties = given_twice(last["network"]) if isinstance(content["network"], Ties) else ()
    told = notes_of(content, follows, [*timeline.undone, *undone])
    besides = _told_of_what_acts(content, code, arrangement)
    content["notes"] = (*of_place, *of_ties, *told, *with_year, *besides, *quality.notes(code, year))
    text = canonical_text(_written(content, own, arrangement, changes, wholes))
    _check_length(text, last)
    scenario = Scenario(arrangement=arrangement, text=text, sha256=text_hash(text), **content)
    maker = Maker(settings_of, resolve, over_the_posterior)
    return scenario.made_from(layers, settings, maker, material_of(content, code, arrangement, last))


def _told_of_what_acts(content: dict[str, Any], code: str, arrangement: Arrangement) -> tuple[str, ...]:
    """Notes on levers that can do nothing under the arrangements of the run, and on what the place could not have."""
    from totalplace.scenarios import what_if
    from totalplace.scenarios.places import authorities, load
    from totalplace.scenarios.places.england import split_note
    from totalplace.scenarios.places.floors import Floors

    year, quarters = content["year"], content["quarters"]
    changes, events = ([one for one in content[name] if one.quarter < quarters] for name in ("changes", "events"))
    shared = authorities.authority_part(code, year) != 1.0
    set_levers = idle_levers.reasons(arrangement, content["levers"], events, changes, shared, lambda: Floors(load(code, year)))
    idle, estimated = idle_levers.notes(set_levers), split_note(set_levers)
    could_not = what_if.notes(code, year, content["start"], arrangement, changes)
    return (*idle, *estimated, *could_not, *what_if.of_bodies(code, year, content["start"], content["levers"], events))


def _check_length(text: str, last: dict[str, Marked]) -> None:
    """Raise InputError, at the budget path, for a scenario whose text is longer than a file of one may be."""
    if len(text) > MOST_BYTES // 4 and len(text.encode()) > MOST_BYTES:
        where = last.get("cuts", last["name"])
        raise where.error("The scenario, with its budget path in full, is too large", f"at most {MOST_BYTES:,} bytes")


def _since_arrangement(every: Sequence[tuple[Marked, dict[str, Marked]]]) -> dict[str, Marked]:
    """The fields of the layers from the last one that names an arrangement; what describes or names another period is left out."""
    last, known = dict[str, Marked](), _period(ScenarioFile.model_fields["year"].default)
    for _, fields in every:
        now = _period(fields["year"].value) if "year" in fields else known
        if now != known:
            last = {key: value for key, value in last.items()
                    if key != "description" and not (key == "title" and _names_period(str(value.plain()), known))}
        last, known = dict(fields) if "arrangement" in fields else last | fields, now
    return last


def _names_period(title: str, period: str) -> bool:
    """Whether a title speaks of a period, so that it is wrong for budgets of another: ``October 2010``, ``Single pot today``."""
    words = title.casefold().replace("-", " ")
    return period in PERIODS and any(
        re.search(rf"\b{re.escape(name.casefold().replace('-', ' '))}\b", words) for name in (period, PERIODS[period].label)
    )


def _period(year: object) -> str:
    """The period of a year of spending; none of a year there is not, which is refused elsewhere."""
    return next((period.name for period in PERIODS.values() if year in period.years), "")


def _place(last: dict[str, Marked], leaf: Marked, year: str) -> tuple[str, str, OwnPlace | None, tuple[str, ...]]:
    """Name of the place, in the spelling of the places of a year, its code, what a user gave of one of their own, and what to know
    of a code or name of another time.
    """
    from totalplace.scenarios import own_places, places

    if "place" not in last:
        raise leaf.error("The scenario names no place", "the name or code of a place")
    if isinstance(last["place"].value, dict):
        own = own_places.place_of_text(last["place"])
        return own.name, own.code, own, own_places.implausible(own)
    given = last["place"].text("'place'")
    try:
        note = places.code_note(given, year)
        found = places.find(given, year)
        return found.name, found.code, None, (note,) if note else ()
    except UnknownName as problem:
        raise problem.at(last["place"].file, last["place"].line, last["place"].column) from None


def year_of(last: dict[str, Marked]) -> str:
    """The base year of the budgets, for which there is spending."""
    from totalplace.scenarios.places.tables import YEARS

    if "year" not in last:
        return str(ScenarioFile.model_fields["year"].default)
    year = last["year"].text("'year'")
    if year not in YEARS:
        raise last["year"].unknown("year of spending", year, YEARS)
    return year


def _network(written: Marked | None) -> str | Ties:
    if written is None:
        return str(ScenarioFile.model_fields["network"].default)
    if isinstance(written.value, dict):
        return read_ties(written)
    if written.value not in TOPOLOGIES:
        raise written.unknown("network", written.plain(), TOPOLOGIES)
    return str(written.value)


def _cuts(written: Marked | None) -> cuts_paths.Cuts:
    if written is None:
        return NONE
    if isinstance(written.value, dict):
        return cuts_paths.read_cuts(written)
    given = written.text("'cuts'")
    if given not in cuts_paths.names():
        raise written.unknown("budget path", given, cuts_paths.names())
    return given


def _seeds(layers: Sequence[Marked]) -> Seeds:
    merged: dict[str, Any] = {}
    for layer in layers:
        merged |= checked(Seeds, layer, "'seeds'").model_dump(exclude_unset=True)
    return Seeds(**merged)


def _arrangement_and_levers(
    every: Sequence[dict[str, Marked]], files: int, leaf: Marked
) -> tuple[list[Ranked], list[Ranked]]:
    """The layers of the arrangement, and the scenario's own lever mappings, with their ranks of precedence."""
    files_end = files - 1
    arrangement: list[Ranked] = []
    levers: list[Ranked] = []
    for number, fields in enumerate(every):
        if "levers" in fields:
            levers.append(((number, 1), fields["levers"]))
        if "arrangement" not in fields:
            continue
        written = fields["arrangement"]
        if isinstance(written, InFull):
            arrangement = [((min(number, files_end), 0), layer) for layer in written.items("An arrangement")]
        else:
            arrangement.append(((number, 0), written))
    if not arrangement:
        raise leaf.error("The scenario names no arrangement", "the name of an arrangement, or its fields")
    return arrangement, levers


def _written(
    content: dict[str, Any], own: OwnPlace | None, arrangement: Arrangement, changes: Sequence[Change],
    wholes: Sequence[tuple[DatedWhole, Whole]],
) -> dict[str, Any]:
    """The content in the form in which a file gives it."""
    network, cuts = content["network"], content["cuts"]
    dated = [(change.rank, change.written()) for change in changes if isinstance(change, DatedChange)]
    dated += [(one.rank, written_whole(one, change)) for one, change in wholes]
    return {key: value for key, value in content.items() if key not in ("notes", "changes")} | {
        "place": content["place"] if own is None else own.written(),
        "network": network if isinstance(network, str) else network.model_dump(),
        "cuts": cuts if isinstance(cuts, str) else cuts_paths.written(cuts),
        "arrangement": arrangement.model_dump(mode="json"),
        "levers": written_levers(content["levers"]),
        "uncertainties": written_uncertainties(content["uncertainties"]),
        "events": [written for _, written in sorted(dated, key=lambda one: one[0])] or NONE,
        "seeds": content["seeds"].model_dump(),
    }
