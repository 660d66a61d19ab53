"""The outline of the places for the map: the shipped file, which ``python -m tools.map_outline SOURCE`` builds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("map_outline.geojson")
ATTRIBUTION: Final = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right 2014. TopoJSON by Martin Chorley, CC BY 4.0."
)


@cache
def outline_text() -> str:
    """The shipped outline as GeoJSON text: a feature for each place, its ``name`` the name of the place."""
    return FILE.read_text("utf-8")
