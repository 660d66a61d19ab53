"""Build the outline of the places for the map that is shipped: ``python -m tools.map_outline SOURCE``.

SOURCE is a GeoJSON file of England's upper-tier councils of 2013 (WGS84, id: code). Councils that the model takes as one place
are joined, small ones that it leaves out are dropped, and borders are simplified once for both neighbours, so no gaps open.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.parts.map_outline import ATTRIBUTION, FILE

#: Councils that are parts of one place of the model.
JOINED: Final = {"E10000009": "DORSET_BP", "E06000028": "DORSET_BP", "E06000029": "DORSET_BP"}
#: Technical: how far a simplified border may be from the true one, and the smallest islands that are kept, in degrees.
TOLERANCE: Final = 0.004
LEAST_ISLAND: Final = 0.02

Point = tuple[float, float]
Line = tuple[Point, ...]


def build(source: Path) -> dict[str, Any]:
    """The outline of every place from the outlines of the councils. Raises InputError when a place has none."""
    content = json.loads(source.read_text("utf-8"))
    names = {place.code: place.name for place in places.names()}
    edges = {code: borders for code, borders in _borders(content["features"]).items() if code in names}
    missing = [name for code, name in names.items() if code not in edges]
    if missing:
        raise InputError(f"There is no outline of {', '.join(missing)}", file=str(source), allowed="an outline of every place")
    junctions = _junctions(edges.values())
    features: list[dict[str, Any]] = []
    for code in names:
        rings = [_simplified(ring, junctions) for ring in _rings(edges[code])]
        large = [ring for ring in rings if len(ring) > 3 and _extent(ring) >= LEAST_ISLAND] or [max(rings, key=_extent)]
        shape = {"type": "MultiPolygon", "coordinates": [[ring] for ring in sorted(large, key=_extent, reverse=True)]}
        features.append({"type": "Feature", "properties": {"name": names[code], "code": code}, "geometry": shape})
    features.sort(key=lambda feature: -_extent(feature["geometry"]["coordinates"][0][0]))  # a town inside a county comes after it
    return {"type": "FeatureCollection", "attribution": ATTRIBUTION, "features": features}


def _borders(features: Iterable[dict[str, Any]]) -> dict[str, set[tuple[Point, Point]]]:
    """Directed pieces of border by place; those between two parts of one place cancel out."""
    found: dict[str, set[tuple[Point, Point]]] = defaultdict(set)
    for feature in features:
        own = found[JOINED.get(feature["id"], feature["id"])]
        for polygon in feature["geometry"]["coordinates"]:
            ring = [(float(x), float(y)) for x, y in polygon[0]]
            for piece in pairwise(ring):
                if piece[::-1] in own:
                    own.discard((piece[1], piece[0]))
                elif piece[0] != piece[1]:
                    own.add(piece)
    return found


def _junctions(borders: Iterable[set[tuple[Point, Point]]]) -> set[Point]:
    """Points where more or fewer than two pieces of border meet: they stay as they are."""
    beside: dict[Point, set[Point]] = defaultdict(set)
    for pieces in borders:
        for a, b in pieces:
            beside[a].add(b)
            beside[b].add(a)
    return {point for point, others in beside.items() if len(others) != 2}


def _rings(pieces: set[tuple[Point, Point]]) -> list[Line]:
    """Closed rings of directed pieces of border, in an order that does not depend on the run."""
    after: dict[Point, list[Point]] = defaultdict(list)
    for a, b in sorted(pieces):
        after[a].append(b)
    rings = []
    for start in sorted(after):
        while after[start]:
            ring = [start]
            while after[ring[-1]]:
                ring.append(after[ring[-1]].pop())
                if ring[-1] == start:
                    break
            if len(ring) > 3 and ring[-1] == start:
                rings.append(tuple(ring))
    return rings


def _simplified(ring: Line, junctions: set[Point]) -> list[Point]:
    """A ring simplified stretch by stretch between junctions, each the same whichever way it is walked."""
    stops = [i for i, point in enumerate(ring[:-1]) if point in junctions]
    if not stops:  # an island: cut at two points that do not depend on where the ring starts
        stops = sorted({ring.index(min(ring)), ring.index(max(ring))})
    turned = [*ring[stops[0] : -1], *ring[: stops[0] + 1]]
    cuts = [stop - stops[0] for stop in stops] + [len(turned) - 1]
    kept: list[Point] = []
    for first, last in pairwise(cuts):
        stretch = tuple(turned[first : last + 1])
        forward = stretch <= stretch[::-1]
        line = _douglas_peucker(stretch if forward else stretch[::-1])
        kept += list(line if forward else line[::-1])[:-1]
    return [*kept, kept[0]]


def _douglas_peucker(line: Sequence[Point]) -> Line:
    """Douglas and Peucker (1973): the line without the points that are within the tolerance of a straight course."""
    if len(line) < 3:
        return tuple(line)
    (ax, ay), (bx, by) = line[0], line[-1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5

    def away(point: Point) -> float:
        x, y = point
        if length == 0.0:
            return float(((x - ax) ** 2 + (y - ay) ** 2) ** 0.5)
        return float(abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length)

    furthest = max(range(1, len(line) - 1), key=lambda i: away(line[i]))
    if away(line[furthest]) <= TOLERANCE:
        return (line[0], line[-1])
    return (*_douglas_peucker(line[: furthest + 1])[:-1], *_douglas_peucker(line[furthest:]))


def _extent(ring: Sequence[Point]) -> float:
    """The larger side of the box around a ring, degrees."""
    xs, ys = zip(*ring, strict=True)
    return float(max(max(xs) - min(xs), max(ys) - min(ys)))


def main(arguments: Sequence[str]) -> None:
    """Build the shipped file from the file named in ``arguments``."""
    if len(arguments) != 1:
        raise SystemExit("usage: python -m tools.map_outline SOURCE")
    try:
        text = json.dumps(build(Path(arguments[0])), ensure_ascii=False, separators=(",", ":"))
    except (InputError, OSError, ValueError) as error:
        raise SystemExit(f"The outline cannot be built: {error}") from error
    FILE.write_text(text + "\n", "utf-8")
    print(f"{FILE.name}: {len(text.encode()):,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
