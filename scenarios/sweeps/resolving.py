"""From a sweep file to a sweep: scenarios crossed with arrangements and places, factors, design."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios import arrangement as arrangements
from totalplace.scenarios import resolving
from totalplace.scenarios.canonical_text import canonical_text, text_hash
from totalplace.scenarios.checking import checked, locate, referred_file, shipped_names
from totalplace.scenarios.errors import InputError, UnknownName, nearest_name
from totalplace.scenarios.lever_values import ALL
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import LEVERS, lever_size
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.scenario_file import ScenarioFile
from totalplace.scenarios.sweeps.factors import LEVER, Factor, read_factors
from totalplace.scenarios.sweeps.file import DesignFile, SweepFile, read_design
from totalplace.scenarios.sweeps.mixtures import made
from totalplace.scenarios.sweeps.rows import read_rows
from totalplace.scenarios.sweeps.sweep import Sweep, point_count, written

FOLDER: Final = Path(__file__).parent
#: Scenario of a sweep that names none.
BASE: Final = "october-2010"
#: Fields of a scenario file that a sweep has keys of its own for.
NOT_SET: Final = ("extends", "name", "seeds")
#: Most numbers in a table of design points: points times factors (400 MB).
MOST_NUMBERS: Final = 50_000_000
_COPIED: Final = ("title", "description", "replicates", "first_seed", "common_random_numbers", "every")


def names() -> list[str]:
    """The names of the sweeps that are shipped, in alphabetical order."""
    return shipped_names(FOLDER)


def sweep_file(name_or_path: str | Path) -> Marked:
    """The content of a sweep file. Raises InputError."""
    given: Any = name_or_path
    if not isinstance(given, str | Path):
        told = f"{str(given)[:60]!r} ({type(given).__name__}) is no sweep"
        raise InputError(told, allowed="the name of a sweep, or the path of a file")
    path = name_or_path if isinstance(name_or_path, Path) else locate("sweep", FOLDER, name_or_path, None)
    return referred_file(path, Marked(str(name_or_path), ""))


def resolve(content: Marked, settings: Sequence[Marked]) -> Sweep:
    """The sweep that a file makes, with ``settings`` on top of each of its scenarios. Raises InputError."""
    file = checked(SweepFile, content, "a sweep")
    fields = content.mapping("A sweep")
    design = read_design(fields.get("design"))
    factors, rows = _factors_and_rows(fields, design)
    _check_flags(fields, factors, settings)
    count = point_count(design.kind, factors, design.samples, design.second_order, rows)
    place = fields.get("design", content)
    if count * max(1, len(factors)) > MOST_NUMBERS:
        raise place.error(
            f"The design has {count:,} points of {len(factors)} factors", f"at most {MOST_NUMBERS // max(1, len(factors)):,} points"
        )
    scenarios = tuple(_crossed(content, fields, settings))
    metrics = _metrics(fields.get("metrics"))
    parts: dict[str, Any] = {key: getattr(file, key) for key in _COPIED} | {
        "name": file.name or Path(content.file).stem,
        "scenarios": scenarios,
        "factors": factors,
        "design": design.kind,
        "samples": design.samples,
        "design_seed": design.seed,
        "second_order": design.second_order,
        "levels": design.levels,
        "rows": rows,
        "metrics": tuple(str(item.value) for item in metrics),
        "notes": tuple(_notes(scenarios, factors)),
    }
    text = canonical_text(written(parts))
    return Sweep(**parts, text=text, sha256=text_hash(text), metric_places=tuple(metrics))


def _factors_and_rows(fields: dict[str, Marked], design: DesignFile) -> tuple[tuple[Factor, ...], Any]:
    """The factors of the file, or of the CSV file with its points."""
    if design.kind == "rows":
        for key in ("levers", "uncertainties"):
            if key in fields:
                raise _at_key(fields[key], f"'{key}' is not for the design 'rows': the CSV file names what varies")
        return read_rows(fields["design"].mapping("'design'")["file"])
    factors = read_factors(fields.get("levers"), fields.get("uncertainties"))
    if design.kind == "grid":
        for factor in factors:
            if not factor.values:
                place = _written_factor(fields, factor)
                raise place.error(f"A grid needs values of '{factor.label}'", "a list of values, or {low, high, steps}")
    elif not factors:
        raise fields["design"].error(f"Nothing varies in the design '{design.kind}'", "'levers' or 'uncertainties' that vary")
    return factors, None


def _check_flags(fields: dict[str, Marked], factors: Sequence[Factor], settings: Sequence[Marked]) -> None:
    """Raise InputError where flags vary by name and nothing is said of the others, which may be on already."""
    said = [item.mapping("A setting") for item in (*settings, *([fields["settings"]] if "settings" in fields else []))]
    for name, lever in LEVERS.items():
        varied = {index for factor in factors if factor.kind == LEVER and factor.name == name for index in factor.indices}
        if lever.kind != "flag" or len(varied) in (0, lever_size(lever)):
            continue
        levers = [part["levers"].mapping("'levers'") for part in said if "levers" in part]
        given = [part[name].value for part in levers if name in part]
        if any(not isinstance(value, dict) or ALL in value for value in given):
            continue
        place = fields["levers"].mapping("'levers'")[name] if "levers" in fields else fields["design"]
        raise place.error(
            f"'{name}' varies by name and nothing is said of the other {lever.per}s, which may be on already",
            f"settings: {{levers: {{{name}: 0}}}} for these and no others, or 1 in its place",
        )


def _at_key(item: Marked, message: str) -> InputError:
    return InputError(message, file=item.file, line=item.key_line, column=item.key_column)


def _written_factor(fields: dict[str, Marked], factor: Factor) -> Marked:
    """Where the file gives a factor."""
    place = fields["levers" if factor.kind == LEVER else "uncertainties"]
    for key in (factor.name, factor.label.partition(".")[2]):
        if isinstance(place.value, dict) and key in place.value:
            place = place.value[key]
    return place


def _metrics(item: Marked | None) -> list[Marked]:
    """The metrics that the file names, each with its place; none for all."""
    if item is None or item.value == ALL:
        return []
    return _listed(item, "metric")


def _listed(item: Marked, what: str) -> list[Marked]:
    """The texts of a list, or one text, each once and none empty. Raises InputError."""
    listed = item.value if isinstance(item.value, list) else [item]
    if not listed:
        raise item.error(f"'{what}s' is empty")
    seen: set[str] = set()
    for part in listed:
        given = part.text(f"A {what}")
        if given in seen:
            raise part.error(f"The {what} '{given}' is given twice")
        seen.add(given)
    return listed


def _crossed(content: Marked, fields: dict[str, Marked], settings: Sequence[Marked]) -> Iterator[Scenario]:
    """Every scenario with every arrangement and place of the file, places fastest."""
    bases = _listed(fields.get("scenarios", Marked(BASE, content.file)), "scenario")
    chosen = list(made(fields, _arrangements(fields.get("arrangements"))))
    common = [fields["settings"]] if "settings" in fields else []
    for item in common:
        checked(ScenarioFile, item, "'settings'")
        _check_settings(item, fields)
    seen: dict[tuple[str, str], None] = {}
    for base in bases:
        layers = _scenario_layers(base)
        name = layers[-1].mapping("A scenario")["name"].plain()
        places = _places(fields.get("places"), _year([*layers, *common, *settings]))
        for choice in chosen:
            above = [*_renamed(name, choice, len(bases)), *common]
            for place in places:
                where = [Marked({"place": place}, place.file, place.line, place.column)] if place is not None else []
                scenario = resolving.resolve(layers, [*above, *where, *settings])
                if (scenario.name, scenario.place) in seen:
                    raise base.error(f"There are two scenarios '{scenario.name}' in {scenario.place}", "names of their own")
                seen[scenario.name, scenario.place] = None
                yield scenario


def _scenario_layers(item: Marked) -> tuple[Marked, ...]:
    """The layers of a scenario that the file names."""
    given = item.text("A scenario")
    try:
        path = locate("scenario", resolving.FOLDER, given, Path(item.file) if item.line is not None else None)
    except UnknownName as problem:
        raise problem.at(item.file, item.line, item.column) from None
    referred_file(path, item)
    return resolving.scenario_layers(path)


def _check_settings(item: Marked, fields: dict[str, Marked]) -> None:
    """Raise InputError when the settings give what has a key of its own in a sweep, or a chain of files."""
    for key in item.mapping("'settings'"):
        if key in NOT_SET:
            raise _at_key(item.mapping("'settings'")[key], f"'{key}' cannot stand in 'settings'")
        if f"{key}s" in ("places", "arrangements") and f"{key}s" in fields:
            raise _at_key(item.mapping("'settings'")[key], f"'{key}' stands in 'settings' and '{key}s' in the sweep")


def _renamed(base: str, choice: Marked | None, bases: int) -> list[Marked]:
    """A scenario with another arrangement, called after it and, among several scenarios, after its base."""
    if choice is None:
        return []
    called, title = _named(choice)
    name = called if bases == 1 else f"{base}/{called}"
    titled = {"title": Marked(title, choice.file)} if title else {}
    own = {"name": Marked(name, choice.file), "arrangement": choice} | titled
    return [Marked(own, choice.file, choice.line, choice.column)]


def _named(choice: Marked) -> tuple[str, str]:
    """Name and title of an arrangement; fields on top of that of a scenario are none by themselves, and bring their name."""
    if isinstance(choice.value, dict) and "extends" not in choice.value:
        return choice.value["name"].text("A name"), ""
    layers = arrangements.arrangement_layers(choice, Path(choice.file) if choice.line is not None else None)
    merged = arrangements.merge_arrangement(layers)
    return merged.name, merged.title


def _arrangements(item: Marked | None) -> list[Marked | None]:
    if item is None:
        return [None]
    if item.value == ALL:
        return [Marked(name, item.file) for name in arrangements.names()]
    return list(_listed(item, "arrangement"))


def _year(written: Sequence[Marked]) -> str:
    """The base year of the budgets that layers and settings give, the last one that counts."""
    last: dict[str, Marked] = {}
    for layer in written:
        last |= layer.mapping("A scenario")
    return resolving.year_of(last)


def _places(item: Marked | None, year: str) -> list[Marked | None]:
    """The places of the file by name, of those of a year of spending; those of a region in alphabetical order, each once."""
    if item is None:
        return [None]
    from totalplace.scenarios.own_places import is_place_file
    from totalplace.scenarios.places import find, unknown_place
    from totalplace.scenarios.places import names as all_places

    places = all_places(year)
    found: dict[str, Marked] = {}
    for part in _listed(item, "place"):
        given = part.text("A place")
        wanted = given.casefold().strip()
        chosen = [place.name for place in places if wanted in (ALL, place.region.casefold())]
        if is_place_file(given):
            found.setdefault(given, part)  # read where the scenario is made, as the path of its file counts from there
            continue
        if not chosen:
            regions = sorted({place.region for place in places})
            try:
                chosen = [find(given, year).name]
            except UnknownName:
                error = unknown_place(given, "place or region", (ALL, *regions), year)
                error.nearest = nearest_name(given, (ALL, *regions)) or error.nearest
                raise error.at(part.file, part.line, part.column) from None
        for name in chosen:
            found.setdefault(name, Marked(name, part.file, part.line, part.column))
    return list(found.values())


def _notes(scenarios: Sequence[Scenario], factors: Sequence[Factor]) -> Iterator[str]:
    """What a reader should know of a sweep that can be run but may not mean what its author thinks."""
    varied = {(factor.name, index): factor.label for factor in factors if factor.kind == LEVER for index in factor.indices}
    told: dict[str, None] = {}
    for scenario in scenarios:
        for event in scenario.events:
            label = varied.get((event.lever, event.index))
            if label is not None and event.quarter < scenario.quarters:
                told[f"'{event.text}' in '{scenario.name}' replaces what the sweep sets of '{label}' from then on"] = None
        for note in scenario.notes:
            told[f"{scenario.name}: {note}"] = None
    yield from told
