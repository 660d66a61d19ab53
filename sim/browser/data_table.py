"""The numbers of a chart as a table, for those who cannot see the chart or want the figures themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

import reacton.ipyvuetify as rv
import solara


@dataclass(frozen=True, slots=True)
class DataTable:
    """Heads of the columns and rows of cells in words; the first cell of a row names it. ``note`` says what the cells hold."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""

    @property
    def html(self) -> str:
        """The inside of a table element."""
        first, *others = (escape(name) for name in self.heads)
        head = f'<th scope="col">{first}</th>' + "".join(f'<th scope="col" class="tp-number">{name}</th>' for name in others)
        rows = "".join(
            f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f'<td class="tp-number">{escape(cell)}</td>' for cell in row[1:])
            + "</tr>" for row in self.rows)
        return f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"


@solara.component
def AsTable(make: Callable[[], DataTable], about: str) -> None:
    """A line that opens to the table that ``make`` gives, which is not made before; ``about`` names it for screen readers."""
    wanted, want = solara.use_state(False)
    with rv.Html(tag="details", class_="tp-as-table"):
        line = rv.Html(tag="summary", children=["Show as table"])
        with rv.Html(tag="div", class_="tp-may-be-empty"):
            if wanted:
                table = make()
                reach = {"role": "region", "aria-label": f"Table: {about}", "tabindex": "0"}
                with rv.Html(tag="div", class_="tp-table-window", attributes=reach):
                    solara.HTML(tag="table", classes=["tp-table"], unsafe_innerHTML=table.html)
                rv.Html(tag="p", class_="tp-muted tp-small mb-0 tp-may-be-empty", children=[table.note] if table.note else [])
    rv.use_event(line, "click", lambda *_: want(True))
