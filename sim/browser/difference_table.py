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
from sim.monte_carlo import share_words, too_few
from sim.results import last_year_words
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
    said = (
        "Median of the differences seed by seed; in small type 90% of the runs, and the share of runs that are better, with its "
        "95% interval.", last_year_words(ensembles[0].quarters), too_few(ensembles[0].runs),
    )
    note = " ".join(filter(None, said))
    solara.HTML(tag="table", classes=["tp-table"], unsafe_innerHTML=f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>")
    rv.Html(tag="p", class_="tp-muted tp-small mt-2 mb-0", children=[note])


def _row(rows: pd.DataFrame, name: str) -> str:
    """The HTML of a row; ``rows`` hold one scenario each, the baseline first."""
    metric = METRICS[name]
    base, others = rows.iloc[0], rows.iloc[1:]
    cells = "".join(_cell(row, metric.unit) for _, row in others.iterrows())
    value = escape(amount(float(base["level"]), metric.unit, brief=True))
    head = f'<th scope="row" style="vertical-align: top">{escape(axis_title(metric))}</th>'
    return f'<tr>{head}<td class="tp-number">{value}</td>{cells}</tr>'


def _cell(row: pd.Series, unit: str) -> str:
    columns = ("difference", "difference_p05", "difference_p95")
    middle, low, high = (amount(float(row[name]), unit, signed=True, brief=True) for name in columns)
    better, interval = float(row["share_better"]), (float(row["share_better_from"]), float(row["share_better_to"]))
    words = "" if better != better else f", better in {share_words(better, interval)}"
    spread = f'<span class="tp-small tp-muted">{escape(f"{low} to {high}{words}")}</span>'
    return f'<td class="tp-number"><b>{escape(middle)}</b><br>{spread}</td>'


__all__ = ["difference_table"]
