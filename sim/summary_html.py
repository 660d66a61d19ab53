"""The summary of a run or an ensemble as a notebook shows it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Final

from sim.last_year import last_year_words
from sim.wording import amount

if TYPE_CHECKING:
    import pandas as pd

    from sim.metrics import Metric

#: Columns of a summary that a notebook shows, and their heads.
_HEADS: Final = {
    "first_quarter": "first quarter", "last_year": "last year", "last_year_p05": "90% of runs from", "last_year_p95": "to",
    "last_year_from": "95% interval of the median from", "last_year_to": "to ", "change": "change",
}


def summary_html(title: str, table: pd.DataFrame, known: Mapping[str, Metric], quarters: int) -> str:
    """A summary as an HTML table, each number with its unit."""
    numbers = [column for column in table.columns if column in _HEADS]
    head = "".join(f"<th>{escape(column)}</th>" for column in ["metric", *(_HEADS[column] for column in numbers)])
    rows = []
    for name, row in table.iterrows():
        meaning = escape(known[str(name)].meaning, quote=True)
        cells = "".join(f"<td>{escape(amount(float(row[column]), row['unit']))}</td>" for column in numbers)
        rows.append(f'<tr><th title="{meaning}" style="text-align:left">{escape(str(row["label"]))}</th>{cells}</tr>')
    body = f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f"<p>{escape(title)}</p>{body}<p>{escape(last_year_words(quarters))}</p>"
