"""Beside the map of England: the places with most and least, and the regions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import reacton.ipyvuetify as rv
import solara

from totalplace.scenarios.places.quality import marked
from totalplace.sim.browser.parts.templates import html
from totalplace.sim.browser.state.england_setup import Shown
from totalplace.sim.results.every_place import Band
from totalplace.sim.results.wording import amount

#: Places that each list beside the map names.
LISTED = 8


@solara.component
def Extremes(values: dict[str, Band], what: Shown, regions: Mapping[str, str], about: str, year: str) -> None:
    """The places with the highest and the lowest values; ``about`` says what the numbers are, where that needs saying."""
    ordered = sorted(values, key=lambda place: -values[place].middle)
    hidden = "" if values else "display: none"
    with rv.Html(tag="section", class_="tp-card", style_=hidden, attributes={"aria-label": "Most and least"}):
        rv.Html(tag="p", class_="tp-muted tp-small mb-2 tp-may-be-empty", children=[about] if about else [])
        for title, some in (("Highest", ordered[:LISTED]), ("Lowest", ordered[::-1][:LISTED])):
            rv.Html(tag="h2", children=[title])
            rows = [_row(marked(place, year), regions[place], values[place], what) for place in some]
            solara.HTML(tag="table", classes=["tp-table", "mb-3"], unsafe_innerHTML=html("places", rows=rows))


class _Row(NamedTuple):
    """A place with its region, its value, and the ends of its band in words where it is not sure."""

    place: str
    region: str
    value: str
    band: Sequence[str]


def _row(place: str, region: str, band: Band, what: Shown) -> _Row:
    value, low, high = (amount(value, what.unit, signed=what.signed, brief=True) for value in band)
    return _Row(place, region, value, [f"{low} to {high}"] if band.low < band.high else [])


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
    table = html("figures", heads=["region", "places", "middle place", "lowest", "highest"], rows=rows, named=True)
    hidden = "" if values else "display: none"
    with rv.Html(tag="section", class_="tp-card", style_=hidden, attributes={"aria-label": "Regions"}):
        rv.Html(tag="h2", children=["Regions"])
        solara.HTML(tag="table", classes=["tp-table"], unsafe_innerHTML=table)
