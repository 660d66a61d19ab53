"""Choices by name: tables that people read and write hold the names of choices, analyses count with their numbers from 0."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.registry import LEVERS

if TYPE_CHECKING:
    import pandas as pd


def choices_of(label: str) -> tuple[str, ...]:
    """The names that a column of this label may hold, in the order of their numbers; none if it holds numbers."""
    lever = LEVERS.get(label.partition(".")[0])
    return lever.choices if lever is not None else ()


def by_name(table: pd.DataFrame, labels: Iterable[str]) -> pd.DataFrame:
    """A table in which the columns of choices among ``labels`` hold names in place of numbers."""
    chosen = [label for label in labels if choices_of(label)]
    return table.assign(**{label: [choices_of(label)[int(value)] for value in table[label]] for label in chosen})


def by_number(table: pd.DataFrame, labels: Iterable[str]) -> pd.DataFrame:
    """A table in which the columns of choices among ``labels`` hold numbers in place of names. Raises UnknownName."""
    chosen = [label for label in labels if choices_of(label)]
    return table.assign(**{label: [_number(label, value) for value in table[label]] for label in chosen})


def _number(label: str, value: object) -> float:
    """The number of a choice; one that is a number already, as older tables have it, stays."""
    choices = choices_of(label)
    if not isinstance(value, str):
        return float(value)  # type: ignore[arg-type]
    if value not in choices:
        raise UnknownName("choice", value, choices, where=f"for '{label}'")
    return float(choices.index(value))
