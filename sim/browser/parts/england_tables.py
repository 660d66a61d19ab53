"""Beside the map of England: the places with most and least, and the regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
import reacton.ipyvuetify as rv
import solara

from totalplace.sim.browser.state.england_setup import Band, Shown
from totalplace.sim.results.wording import amount

#: Places that each list beside the map names.
LISTED = 8


@solara.component
def Extremes(values: dict[str, Band], what: Shown, regions: Mapping[str, str]) -> None:
    """The places with the highest and the lowest values."""
    ordered = sorted(values, key=lambda place: -values[place].middle)
    hidden = "" if values else "display: none"
    with rv.Html(tag="section", class_="tp-card", style_=hidden, attributes={"aria-label": "Most and least"}):
        for title, some in (("Highest", ordered[:LISTED]), ("Lowest", ordered[::-1][:LISTED])):
            rv.Html(tag="h2", children=[title])
            rows = "".join(_place_row(place, regions[place], values[place], what) for place in some)
            solara.HTML(tag="table", classes=["tp-table", "mb-3"], unsafe_innerHTML=f"<tbody>{rows}</tbody>")


def _place_row(place: str, region: str, band: Band, what: Shown) -> str:
    words = [amount(value, what.unit, signed=what.signed, brief=True) for value in band]
    spread = f'<br><span class="tp-small tp-muted">{escape(f"{words[1]} to {words[2]}")}</span>' if band.low < band.high else ""
    return (f'<tr><th scope="row">{escape(place)}<br><span style="font-weight: 400">{escape(region)}</span></th>'
            f'<td class="tp-number">{escape(words[0])}{spread}</td></tr>')


@solara.component
def Regions(values: dict[str, Band], what: Shown, regions: Mapping[str, str]) -> None:
    """The middle place of each region, from the highest, and the range of its places."""
    found: dict[str, list[float]] = {}
    for place, band in values.items():
        found.setdefault(regions[place], []).append(band.middle)
    ordered = sorted(found, key=lambda region: -float(np.median(found[region])))
    rows = []
    for region in ordered:
        ends = (np.median(found[region]), min(found[region]), max(found[region]))
        words = [amount(float(value), what.unit, signed=what.signed, brief=True) for value in ends]
        rows.append([region, f"{len(found[region])}", *words])
    table = _table(["region", "places", "middle place", "lowest", "highest"], rows)
    hidden = "" if values else "display: none"
    with rv.Html(tag="section", class_="tp-card", style_=hidden, attributes={"aria-label": "Regions"}):
        rv.Html(tag="h2", children=["Regions"])
        solara.HTML(tag="table", classes=["tp-table"], unsafe_innerHTML=table)


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The inside of a table of words and figures."""
    head = "".join(f'<th scope="col" class="{"tp-number" if i else ""}">{escape(name)}</th>' for i, name in enumerate(heads))
    body = ""
    for first, *others in rows:
        cells = "".join(f'<td class="tp-number">{escape(cell)}</td>' for cell in others)
        body += f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>'
    return f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
