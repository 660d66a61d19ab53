"""English places: 148 upper-tier areas of 2010-23 and 151 of April 2023, with public money, neighbourhoods and people.

    import totalplace.scenarios.places as places
    places.load("Birmingham").spend

``docs/data.md`` says where every number comes from.
"""

from totalplace.scenarios.places.bodies import Body, bodies
from totalplace.scenarios.places.finding import PlaceName, code_note, find, names, search, unknown_place
from totalplace.scenarios.places.place import Place, load
from totalplace.scenarios.places.surroundings import bodies_of, neighbours

__all__ = [
    "Body", "Place", "PlaceName", "bodies", "bodies_of", "code_note", "find", "load", "names", "neighbours", "search",
    "unknown_place",
]
