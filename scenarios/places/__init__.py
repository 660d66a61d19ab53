"""English places: 148 upper-tier areas with the spending of public bodies, neighbourhoods and people.

    import totalplace.scenarios.places as places
    places.load("Birmingham").spend

``docs/data.md`` says where every number comes from.
"""

from totalplace.scenarios.places.finding import PlaceName, code_note, find, names, search, unknown_place
from totalplace.scenarios.places.place import Place, load

__all__ = ["Place", "PlaceName", "code_note", "find", "load", "names", "search", "unknown_place"]
