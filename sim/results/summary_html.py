"""The summary of a run or an ensemble as a notebook shows it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from totalplace.sim.results.last_year import last_year_words
from totalplace.sim.results.rendering import rendered
from totalplace.sim.results.what_is_known import UNKNOWN, UNKNOWN_SENTENCE
from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.model.metrics import Metric

_UNKNOWN: Final = "last_year_unknown"
_TEMPLATE: Final = Path(__file__).with_name("summary.html")
#: Columns of a summary that a notebook shows, and their heads.
_HEADS: Final = {
    "first_quarter": "first quarter", "last_year": "last year", "last_year_p05": "90% of runs from", "last_year_p95": "to",
    _UNKNOWN: UNKNOWN, "last_year_from": "95% interval of the median from", "last_year_to": "to ",
    "change": "change",
}


def summary_html(title: str, table: pd.DataFrame, known: Mapping[str, Metric], quarters: int, over: str = "") -> str:
    """A summary as an HTML table, each number with its unit; ``over`` says over what its bands are.

    A column of what is not known stands, with its meaning, where it says something.
    """
    told = _UNKNOWN in table and bool((table[_UNKNOWN] > 0.0).any())
    numbers = [column for column in table.columns if column in _HEADS and (told or column != _UNKNOWN)]
    rows = [
        {"label": str(row["label"]), "meaning": known[str(name)].meaning, "cells": [_cell(row, column) for column in numbers]}
        for name, row in table.iterrows()
    ]
    note = " ".join(filter(None, (f"{last_year_words(quarters)}{over}", UNKNOWN_SENTENCE if told else "")))
    heads = ["metric", *(_HEADS[column].strip() for column in numbers)]
    return rendered(_TEMPLATE, title=title, heads=heads, rows=rows, note=note)


def _cell(row: pd.Series, column: str) -> str:
    value = float(row[column])
    if column != _UNKNOWN:
        return amount(value, row["unit"])
    return "–" if value != value else f"{100 * value:.0f}%"
