"""Places of a user's own from spreadsheets: the template, the reader, and how a place like it fills what a file leaves open.

    from totalplace.scenarios import own_places
    own_places.read_place(Path("my-place.xlsx"))

``docs/how-to/my-own-place.md`` says what a file may hold.
"""

from __future__ import annotations

from totalplace.scenarios.own_places.filling import own_place_of, read_place
from totalplace.scenarios.own_places.grids import is_place_file
from totalplace.scenarios.own_places.plausible import implausible
from totalplace.scenarios.own_places.written import place_of_text

__all__ = ["implausible", "is_place_file", "own_place_of", "place_of_text", "read_place"]
