"""Lever values as files give them: one number for all departments or themes, or one each, ``all`` as the default.

A share may be written as a percentage.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from totalplace.scenarios.checking import SWITCHES
from totalplace.scenarios.percentages import number_schema, percentages_read
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import LEVERS, Lever
from totalplace.scenarios.vocabulary import DEPARTMENTS, THEMES, label

#: The key that stands for every department or theme.
ALL: Final = "all"


def resolve_levers(layers: Sequence[Marked]) -> dict[str, tuple[float, ...]]:
    """Every lever with its full values: the registry's defaults, then each layer over those before it.

    A number, or ``all`` in a mapping, sets every target; the other keys of a mapping then set one each. Values are
    tuples of length 1, or one value for each department or theme; a choice is its index. Where flags are switched on by name,
    ``all`` must be said beside them: in the same mapping, or in a setting before (settings come from no file and count as one).
    Raises InputError.
    """
    values = {name: list(lever.defaults) for name, lever in LEVERS.items()}
    said: set[str] = set()
    settings = False
    for layer in layers:
        if layer.line is not None or not settings:
            said = set()
        settings = layer.line is None
        for name, item in layer.mapping("'levers'").items():
            if name not in LEVERS:
                raise layer.unknown_key("lever", name, LEVERS)
            _set(values[name], LEVERS[name], item)
            if not isinstance(item.value, dict) or ALL in item.value or len(item.value) == len(LEVERS[name].targets):
                said.add(name)
            elif LEVERS[name].kind == "flag" and name not in said:
                _check_named(LEVERS[name], item)
    return {name: tuple(row) for name, row in values.items()}


def _check_named(lever: Lever, item: Marked) -> None:
    """Raise InputError where flags are switched on by name and nothing is said of the others, which may be on already."""
    parts = item.mapping(f"The lever '{lever.name}'")
    on = [target for target, part in parts.items() if lever_value(lever, part) == 1.0]
    if on:
        named = ", ".join(f"{target}: 1" for target in on)
        raise item.error(
            f"'{lever.name}' names {' and '.join(on)} and does not say what of the other {lever.per}s, which may be on already",
            f"{{{ALL}: 0, {named}}} for these and no others, or {ALL}: 1 in its place",
        )


def covered(values: Sequence[float], period: str) -> str:
    """What a flag with a value for each theme covers of those in use in a period: ``health and care, complex families``."""
    used = [(theme, values[i]) for i, theme in enumerate(THEMES) if period in THEMES.rows[theme].periods]
    on = [theme for theme, value in used if value > 0.5]
    off = [theme for theme, value in used if value <= 0.5]
    if not on or not off:
        return "all themes" if on else "no theme"
    if len(off) == 1:
        return f"all themes but {label(off[0])}"
    return ", ".join(label(target) for target in on)


def paid_in(values: Sequence[float], period: str) -> str:
    """What each department in use in a period pays in, of a share for each: ``paid in by health 50%, by all others nothing``."""
    used = [(label(name), values[i]) for i, name in enumerate(DEPARTMENTS) if period in DEPARTMENTS.rows[name].periods]
    usual = max(dict.fromkeys(value for _, value in used), key=lambda value: sum(other == value for _, other in used))
    apart = [f"by {name} {_percent(value)}" for name, value in used if value != usual]
    rest = f"by {'all others' if apart else 'all departments'} {_percent(usual)}"
    return f"paid in {', '.join([*apart, rest])}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%" if share else "nothing"


def _set(row: list[float], lever: Lever, item: Marked) -> None:
    if not isinstance(item.value, dict):
        row[:] = [lever_value(lever, item)] * len(row)
        return
    if not lever.targets:
        raise item.error(f"The lever '{lever.name}' takes one value, not a mapping", _allowed(lever))
    parts = item.mapping(f"The lever '{lever.name}'")
    if ALL in parts:
        row[:] = [lever_value(lever, parts[ALL])] * len(row)
    for target, part in parts.items():
        if target in lever.targets:
            row[lever.targets.index(target)] = lever_value(lever, part)
        elif target != ALL:
            raise item.unknown_key(lever.per, target, (*lever.targets, ALL), f"for '{lever.name}'")


def lever_value(lever: Lever, item: Marked) -> float:
    """The number that a written value of a lever stands for; a share may be a percentage, ``3.4%`` for 0.034.

    Raises InputError for a wrong type, a value out of range, and a percentage of what is not a share.
    """
    value = item.value
    if lever.kind == "choice":
        name = item.text(f"The lever '{lever.name}'")
        if name not in lever.choices:
            raise item.unknown("choice", name, lever.choices, f"for '{lever.name}'")
        return float(lever.choices.index(name))
    if lever.kind == "flag":
        if isinstance(value, int | float) and value in (0, 1):
            return float(value)
        if isinstance(value, str) and value.casefold() in SWITCHES:
            return float(SWITCHES[value.casefold()])
        raise item.error(f"The lever '{lever.name}' is {item.shown()}", "0 or 1, off or on, no or yes, false or true")
    return percentages_read(item, lever).number(f"The lever '{lever.name}'", lever.low, lever.high, lever.unit)


def _allowed(lever: Lever) -> str | tuple[str, ...]:
    return lever.choices or f"{lever.low:g} to {lever.high:g} ({lever.unit})"


def written_levers(values: dict[str, tuple[float, ...]]) -> dict[str, Any]:
    """Full lever values in the form in which a file gives them."""
    return {name: _written(LEVERS[name], row) for name, row in values.items()}


def _written(lever: Lever, row: tuple[float, ...]) -> Any:
    shown = [written_value(lever, value) for value in row]
    return dict(zip(lever.targets, shown, strict=True)) if lever.targets else shown[0]


def written_value(lever: Lever, value: float) -> str | int | float:
    """One value of a lever in the form in which a file gives it."""
    if lever.kind == "choice":
        return lever.choices[int(value)]
    return int(value) if lever.kind == "flag" else value


def _value_schema(lever: Lever) -> dict[str, Any]:
    if lever.kind == "choice":
        return {"enum": list(lever.choices)}
    if lever.kind == "flag":
        return {"anyOf": [{"enum": [0, 1]}, {"type": "boolean"}, {"enum": list(SWITCHES)}]}
    return number_schema(lever)


def _schema(lever: Lever) -> dict[str, Any]:
    value = _value_schema(lever)
    about = {"description": f"{lever.meaning}. Unit: {lever.unit}. Default: {written_value(lever, lever.default)}"}
    if not lever.targets:
        return value | about
    properties = dict.fromkeys((*lever.targets, ALL), value)
    parts = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"anyOf": [value, parts]} | about


#: JSON Schema of a mapping of levers, as files give it.
LEVERS_JSON_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: _schema(lever) for name, lever in LEVERS.items()},
}
