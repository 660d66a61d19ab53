"""Arrangements that a sweep makes of others: every combination of some fields, or every mixture of the ingredients of two."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios.arrangement import Arrangement, arrangement_layers, merge_arrangement
from totalplace.scenarios.checking import checked
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.ingredients import ingredients
from totalplace.scenarios.reading import Marked, marked
from totalplace.scenarios.vocabulary import label

#: Most arrangements that one sweep makes.
MOST: Final = 1024
#: An arrangement without levers, which a mixture is laid over so that it has no others than its own.
_BARE: Final = "silo"
#: Fields of an arrangement that a sweep can vary.
FIELDS: Final = tuple(
    name for name in Arrangement.model_fields if name not in ("name", "title", "description", "levers", "commissioners")
)


def crossed_fields(chosen: Marked | None, fields: Marked) -> list[Marked]:
    """Every combination of the values of some fields, on top of the arrangement ``chosen``, or of that of the scenario.

    Raises InputError for a field that there is not, and for one without two values.
    """
    values: dict[str, list[Marked]] = {}
    for name, item in fields.mapping("'fields'").items():
        if name not in FIELDS:
            raise fields.unknown_key("field", name, FIELDS)
        values[name] = item.items(f"The values of '{name}'")
        if len(values[name]) < 2:
            raise item.error(f"'{name}' has one value", "two values or more; a fixed value stands under 'settings'")
        for value in values[name]:
            checked(Arrangement, Marked({name: value}, value.file, value.line, value.column), "an arrangement")
    _check_number(fields, [len(row) for row in values.values()])
    base = [] if chosen is None else [chosen]
    found = []
    for combination in product(*values.values()):
        told = ", ".join(f"{label(name)} {_shown(value)}" for name, value in zip(values, combination, strict=True))
        own: dict[str, Any] = dict(zip(values, combination, strict=True)) | {"name": Marked(told, fields.file)}
        own |= {"extends": base[0]} if base else {}
        found.append(Marked(own, fields.file, fields.line, fields.column))
    return found


def _shown(value: Marked) -> str:
    """A value in the name of an arrangement."""
    plain = value.plain()
    if isinstance(plain, list):
        return " and ".join(label(str(one)) for one in plain) or "none"
    return label(str(plain)).lower() if isinstance(plain, bool | str) else f"{plain:g}"


def mixtures(between: Marked) -> list[Marked]:
    """Every mixture of the ingredients of two arrangements, the first of them by itself first. Raises InputError.

    Decision rule and commissioner are one ingredient where one of the two has nobody who commissions.
    """
    names = between.items("'between'")
    if len(names) != 2:
        raise between.error("Mixtures are between two arrangements", "such as [joint-commissioning, single-pot]")
    first, second = (_arrangement(name) for name in names)
    groups = _groups(first, second)
    if not groups:
        raise between.error(f"'{first.name}' and '{second.name}' do not differ in any ingredient")
    _check_number(between, [2] * len(groups))
    return [_mixture(first, second, groups, taken, between) for taken in product((False, True), repeat=len(groups))]


def _arrangement(name: Marked) -> Arrangement:
    return merge_arrangement(arrangement_layers(name, Path(name.file) if name.line is not None else None))


def _groups(first: Arrangement, second: Arrangement) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The ingredients in which two arrangements differ: their fields and levers, by the name of the ingredient."""
    ours, theirs = (one.model_dump(mode="json") for one in (first, second))
    groups: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for key, one in ingredients().items():
        differ = any(ours[field] != theirs[field] for field in one.fields)
        if differ or any(first.levers.get(lever) != second.levers.get(lever) for lever in one.levers):
            groups[key] = (one.fields, one.levers)
    together = [key for key in ("decision_rule", "commissioner") if key in groups]
    if len(together) == 2 and not (first.commissioners and second.commissioners):
        rule, commissioner = (groups.pop(key) for key in together)
        groups = {" and ".join(together): (rule[0] + commissioner[0], rule[1] + commissioner[1]), **groups}
    return groups


def _mixture(
    first: Arrangement, second: Arrangement, groups: dict[str, tuple[tuple[str, ...], tuple[str, ...]]], taken: tuple[bool, ...],
    place: Marked,
) -> Marked:
    """The first arrangement with some ingredients of the second."""
    own, other = (one.model_dump(mode="json") for one in (first, second))
    brought = [key for key, one in zip(groups, taken, strict=True) if one]
    levers = dict(own["levers"])
    for key in brought:
        fields, names = groups[key]
        own |= {field: other[field] for field in fields}
        for lever in names:
            levers.pop(lever, None)
            if lever in other["levers"]:
                levers[lever] = other["levers"][lever]
    own |= {"name": " + ".join([first.name, *brought]), "title": "", "description": "", "levers": levers, "extends": _BARE}
    written = marked(own, place.file)
    return Marked(written.value, place.file, place.line, place.column)


def _check_number(place: Marked, levels: list[int]) -> None:
    number = 1
    for count in levels:
        number *= count
    if number > MOST:
        raise place.error(f"There are {number:,} arrangements", f"at most {MOST:,}")


def made(fields: dict[str, Marked], chosen: list[Marked | None]) -> Iterator[Marked | None]:
    """The arrangements of a sweep: those ``chosen``, and what ``fields`` and ``between`` make of them. Raises InputError."""
    if "between" in fields:
        for key in ("arrangements", "fields"):
            if key in fields:
                line, column = fields[key].key_line, fields[key].key_column
                raise InputError(f"'{key}' is not for a sweep with 'between'", file=fields[key].file, line=line, column=column)
        yield from mixtures(fields["between"])
    elif "fields" in fields:
        if len(chosen) > 1:
            raise fields["fields"].error("Fields are crossed on one arrangement", "one arrangement, or none")
        yield from crossed_fields(chosen[0], fields["fields"])
    else:
        yield from chosen
