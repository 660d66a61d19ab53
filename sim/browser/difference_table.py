"""Paired differences as a table that a screen reader can read."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import reacton.ipyvuetify as rv
import solara

from sim.browser.charts.base import axis_title
from sim.compare import compare
from sim.metrics import METRICS
from sim.wording import amount

if TYPE_CHECKING:
    import pandas as pd

    from sim.results import Ensemble


def difference_table(ensembles: Sequence[Ensemble], metrics: Sequence[str]) -> None:
    """One row a metric: the baseline's value, and for each other scenario the median difference, its 90% band, how often better."""
    table = solara.use_memo(lambda: compare(ensembles), [ensembles])
    names = [one.scenario.name for one in ensembles]
    heads = ["metric", f"{names[0]} (baseline)", *names[1:]]
    head = "".join(f'<th scope="col" class="{"tp-number" if i else ""}">{escape(name)}</th>' for i, name in enumerate(heads))
    rows = "".join(_row(table[table["metric"] == name], name) for name in metrics)
    note = "Median difference, 90% of the runs in brackets, share of the runs that are better."
    solara.HTML(tag="table", classes=["tp-table"], unsafe_innerHTML=f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>")
    rv.Html(tag="p", class_="tp-muted tp-small mt-2 mb-0", children=[note])


def _row(rows: pd.DataFrame, name: str) -> str:
    """The HTML of a row; ``rows`` hold one scenario each, the baseline first."""
    metric = METRICS[name]
    base, others = rows.iloc[0], rows.iloc[1:]
    cells = "".join(_cell(row, metric.unit) for _, row in others.iterrows())
    value = escape(amount(float(base["value"]), metric.unit, brief=True))
    head = f'<th scope="row" style="vertical-align: top">{escape(axis_title(metric))}</th>'
    return f'<tr>{head}<td class="tp-number">{value}</td>{cells}</tr>'


def _cell(row: pd.Series, unit: str) -> str:
    middle, low, high = (amount(float(row[name]), unit, signed=True, brief=True) for name in ("median", "low", "high"))
    better = float(row["probability_better"])
    words = "" if better != better else f", better in {100 * better:.0f}%"
    spread = f'<span class="tp-small tp-muted">{escape(f"{low} to {high}{words}")}</span>'
    return f'<td class="tp-number"><b>{escape(middle)}</b><br>{spread}</td>'


__all__ = ["difference_table"]
