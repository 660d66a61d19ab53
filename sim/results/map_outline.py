"""The outlines of the places for the map: the shipped files, which ``python -m tools.map_outline SOURCE`` builds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from totalplace.scenarios.places.shapes import GEOGRAPHIES, USUAL_YEAR, geography_of

#: The file of outlines by the folder of the places.
FILES: Final = {
    folder: Path(__file__).with_name(f"map_outline_{folder}.geojson" if folder else "map_outline.geojson") for folder in GEOGRAPHIES
}
FILE: Final = FILES[""]
ATTRIBUTION: Final = (
    "Contains public sector information licensed under the Open Government Licence v3.0. "
    "Contains OS data © Crown copyright and database right 2014. TopoJSON by Martin Chorley, CC BY 4.0."
)
#: What goes with the outlines of a folder.
ATTRIBUTIONS: Final = {
    "": ATTRIBUTION,
    "april-2023": "Contains public sector information licensed under the Open Government Licence v3.0 (ONS). "
                  "Contains OS data © Crown copyright and database right 2024.",
}


@cache
def outline_text(year: str = USUAL_YEAR) -> str:
    """The shipped outlines of the places of a year as GeoJSON text: a feature for each place, with its ``name``."""
    return FILES[geography_of(year)].read_text("utf-8")


def attribution(year: str = USUAL_YEAR) -> str:
    """What goes with the outlines of a year."""
    return ATTRIBUTIONS[geography_of(year)]
