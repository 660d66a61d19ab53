"""English places: 148 upper-tier areas with the spending of public bodies, neighbourhoods and people.

    import scenarios.places as places
    places.load("Birmingham").spend

``docs/data.md`` says where every number comes from.
"""

from scenarios.places.place import Place, PlaceName, find, load, names, search

__all__ = ["Place", "PlaceName", "find", "load", "names", "search"]
