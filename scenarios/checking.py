"""Typed checks of what was written, with errors that name the place in the file."""

from __future__ import annotations

import math
import os
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ValidationError, WithJsonSchema
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.numbers import number_meant, unfractioned
from totalplace.scenarios.reading import Marked, read_file

_TYPES = {
    "int": "a whole number", "float": "a number", "string": "text", "bool": "true or false, yes or no, on or off", "list": "a list",
    "tuple": "a list", "dict": "a mapping of keys to values", "model": "a mapping of keys to values",
}


#: Endings of spreadsheets, which are of places; one may be given where a scenario is asked for.
SHEETS: Final = (".xlsx", ".csv", ".tsv")
#: Words for a flag beside true and false, as levers that are flags take them.
SWITCHES: Final = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}


def _flag(given: object) -> object:
    return SWITCHES.get(given.casefold(), given) if isinstance(given, str) else given


#: A flag of a file: true or false, yes or no, on or off.
Flag = Annotated[
    bool, BeforeValidator(_flag), WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": list(SWITCHES)}]})
]


def one_of(what: str, names: Sequence[str]) -> Callable[[str], str]:
    """A validator that accepts only ``names``; its error reads as an unknown ``what``."""

    def check_name(given: str) -> str:
        if given not in names:
            raise PydanticCustomError("unknown_name", "unknown", {"what": what, "names": list(names)})
        return given

    return check_name


def readable(parse: Callable[[str], object]) -> Callable[[str], str]:
    """A validator that accepts text which ``parse`` can read; the InputError of ``parse`` becomes its error."""

    def check_text(given: str) -> str:
        try:
            parse(given)
        except InputError as problem:
            raise PydanticCustomError("unreadable", "unreadable", {"problem": problem}) from None
        return given

    return check_text


def checked[ModelT: BaseModel](model: type[ModelT], written: Marked, what: str) -> ModelT:
    """``written`` as a ``model``. Raises InputError at the first value that does not fit; ``what`` names the whole."""
    values = {key: _counted(model, key, item.plain()) for key, item in written.mapping(what).items()}
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        first = problem.errors(include_url=False)[0]
        raise _translated(first, model, written, what) from None


def _counted(model: type[BaseModel], key: str, value: Any) -> Any:
    """The value of a field as the model counts it: where a whole number is asked for, 40.0 is 40."""
    field = model.model_fields.get(key)
    return unfractioned(value) if field is not None and field.annotation is int else value


def _translated(detail: ErrorDetails, model: type[BaseModel], written: Marked, what: str) -> InputError:
    """The InputError that says what a pydantic error says, at the place of the value."""
    key = str(detail["loc"][0]) if detail["loc"] else what
    kind = detail["type"]
    if kind == "extra_forbidden":
        return written.unknown_key("key", key, model.model_fields, f"in {what}")
    if kind == "missing":
        return written.error(f"{what[0].upper()}{what[1:]} lacks the key '{key}'")
    place = _walk(written, detail["loc"])
    context = detail.get("ctx", {})
    if kind == "unknown_name":
        return place.unknown(context["what"], place.plain(), context["names"])
    if kind == "unreadable":
        problem: InputError = context["problem"]
        return problem.at(place.file, place.line, place.column)
    if kind == "not_allowed":
        return place.error(f"'{key}' cannot be {place.shown()}", context["allowed"])
    base, _, ending = kind.partition("_")
    if kind == "int_from_float" or (ending in ("type", "parsing") and base in _TYPES):
        count = base in ("int", "float") and isinstance(place.value, str)
        nearest = number_meant(str(place.value), *_bounds(model, key)) if count else None
        return place.error(f"'{key}' must be {_TYPES[base]}, not {place.shown()}", allowed_range(model, key), nearest)
    if base in ("greater", "less"):
        return place.error(f"'{key}' is {place.shown()}, which is out of range", allowed_range(model, key))
    if kind.endswith("too_short"):
        return place.error(f"'{key}' is empty")
    if kind.endswith("too_long"):
        return place.error(f"'{key}' is too long", f"at most {context['max_length']:,} characters")
    words = detail["msg"].removeprefix("Value error, ")
    return place.error(f"'{key}': {words[0].lower()}{words[1:]}", allowed_range(model, key))


def _walk(written: Marked, location: Sequence[str | int]) -> Marked:
    """The marked value at a pydantic location, as far as the file goes."""
    place = written
    for step in location:
        value = place.value
        if isinstance(value, dict) and step in value:
            place = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            place = value[step]
        else:
            break
    return place


def allowed_range(model: type[BaseModel], key: str) -> str:
    """The range that a field of a model declares, as text; empty when it declares none."""
    low, high = _bounds(model, key)
    if math.isfinite(low) and math.isfinite(high):
        return f"{low:,.12g} to {high:,.12g}"
    return f"{low:g} or more" if math.isfinite(low) else ""


def _bounds(model: type[BaseModel], key: str) -> tuple[float, float]:
    """The least and the greatest value that a field of a model declares; infinite where it declares none."""
    field: FieldInfo | None = model.model_fields.get(key)
    bounds = {"ge": -math.inf, "le": math.inf}
    for constraint in field.metadata if field else ():
        for side in bounds:
            if getattr(constraint, side, None) is not None:
                bounds[side] = getattr(constraint, side)
    return bounds["ge"], bounds["le"]


def shipped_names(folder: Path) -> list[str]:
    """The names of the YAML files in a folder, in alphabetical order."""
    return sorted(name.removesuffix(".yaml") for name in os.listdir(folder) if name.endswith(".yaml"))


def referred_file(path: Path, reference: Marked, allowed: str = "") -> Marked:
    """The content of a file that ``reference`` names. Raises InputError, at the reference when there is none.

    ``allowed`` says what else would do then.
    """
    try:
        exists = path.is_file()
    except (OSError, ValueError):
        exists = False
    if not exists:
        raise reference.error(f"There is no such file: '{reference.plain()}'", allowed)
    return read_file(path)


def path_of(given: object, what: str) -> Path:
    """The path that somebody gave for a ``what``. Raises InputError for what is no path, and for an empty text."""
    if not isinstance(given, str | Path):
        raise InputError(f"{str(given)[:60]!r} ({type(given).__name__}) is no path of a {what}", allowed="text or a Path")
    if given == "":
        raise InputError("The path is empty", allowed=f"the name of a {what}")
    return Path(given)


def is_path(given: str) -> bool:
    """Whether a reference to a file is a path and not a shipped name: it ends in ``.yaml`` or ``.yml``."""
    return given.endswith((".yaml", ".yml"))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def on_disk(folder: Path, given: str) -> Path:
    """The path of a file in a folder as the file system has it: with accents as one letter or apart, whichever is there."""
    forms = (given, unicodedata.normalize("NFC", given), unicodedata.normalize("NFD", given))
    return next((folder / form for form in forms if _is_file(folder / form)), folder / given)


def locate(what: str, folder: Path, given: str, near: Path | None) -> Path:
    """The file of a ``what`` that is given by a shipped name or by a path that ends in ``.yaml`` or ``.yml``.

    A relative path counts from the folder of ``near``, the file that gives it, or else from the working folder.
    Raises UnknownName when no shipped file has the name, and InputError for a spreadsheet.
    """
    if is_path(given):
        return on_disk(near.parent if near is not None else Path(), given)
    if Path(given).suffix.lower() in SHEETS:
        raise InputError(f"'{given}' is a spreadsheet, which describes a place and not a {what}",
                         allowed=f"the name of a {what}; a place of your own comes after --place")
    if f"{given}.yaml" not in os.listdir(folder):
        error = UnknownName(what, given, shipped_names(folder))
        around = near.parent if near is not None else Path()
        beside = (f"{given}{ending}" for ending in (".yaml", ".yml"))
        error.nearest = next((name for name in beside if _is_file(around / name)), error.nearest)
        raise error
    return folder / f"{given}.yaml"
