"""Percentages as files give them: ``3.4%`` stands for 0.034 wherever a share is asked for, as ``£3.8bn`` does for 3800 £m."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from totalplace.scenarios.amounts import PATTERN, amount, in_pounds
from totalplace.scenarios.plain_values import plain_value
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import Lever, Parameter


def percentage(text: str) -> float | None:
    """The share that a text such as ``3.4%`` stands for; None for one that is no percentage."""
    text = text.strip()
    if not text.endswith("%"):
        return None
    value = plain_value(text[:-1].rstrip().replace("−", "-"))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(value / 100, 12)


def is_share(row: Lever | Parameter) -> bool:
    """Whether the unit of a lever or parameter is a share, also one of something or in a time (``share a year``)."""
    return row.unit.split()[0] == "share"


def number_schema(row: Lever | Parameter) -> dict[str, Any]:
    """JSON Schema of a number of a lever or parameter, as files give it: in its range, a percentage of a share, an amount in £."""
    number = {"type": "number", "minimum": row.low, "maximum": row.high}
    written = {"type": "string", "pattern": r"^\s*[-+−]?[0-9.]+\s*%\s*$"}
    if in_pounds(row.unit) and isinstance(row, Lever):
        return {"anyOf": [number, {"type": "string", "pattern": PATTERN}]}
    return {"anyOf": [number, written]} if is_share(row) else number


def percentages_read(item: Marked, row: Lever | Parameter) -> Marked:
    """A written value of a lever or parameter, each percentage or amount of money in it a number, in a mapping or list too.

    Raises InputError at a percentage when the unit is not a share. A lever that is a flag or a choice stays as it is.
    """
    if isinstance(row, Lever) and row.kind in ("flag", "choice"):
        return item
    if isinstance(item.value, dict):
        return replace(item, value={key: percentages_read(part, row) for key, part in item.value.items()})
    if isinstance(item.value, list):
        return replace(item, value=[percentages_read(part, row) for part in item.value])
    money = amount(item.value, row.unit) if isinstance(item.value, str) and isinstance(row, Lever) else None
    if money is not None:
        return replace(item, value=money)
    share = percentage(item.value) if isinstance(item.value, str) else None
    if share is None:
        return item
    if not is_share(row):
        allowed = f"{row.low:g} to {row.high:g}"
        allowed += f" ({row.unit})" if row.unit != allowed else ""
        raise item.error(f"'{row.name}' is {item.shown()}, but only a share can be a percentage", allowed)
    return replace(item, value=share)
