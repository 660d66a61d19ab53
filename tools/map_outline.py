"""Build the outlines of the places for the map that is shipped, and the table of places that share a border.

    python -m tools.map_outline SOURCE              places of 2010-23
    python -m tools.map_outline SOURCE DISTRICTS    places of April 2023

SOURCE is a GeoJSON file of England's upper-tier councils of 2013 (WGS84, id: code). Councils that the model takes as one place are
joined, small ones that it leaves out are dropped, and borders are simplified once for both neighbours, so no gaps open. DISTRICTS
is a JSON file of districts of December 2024 (code, rings in degrees): where a place of 2010-23 has become two, the border between
them is taken from it and laid through the outline of the whole, so that no other border moves.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places.shapes import USUAL_YEAR, years_of
from totalplace.scenarios.source_tree import ROOT
from totalplace.sim.results.map_outline import ATTRIBUTION as ATTRIBUTION
from totalplace.sim.results.map_outline import FILE as FILE
from totalplace.sim.results.map_outline import FILES, attribution

#: Councils that are parts of one place of the model.
JOINED: Final = {"E10000009": "DORSET_BP", "E06000028": "DORSET_BP", "E06000029": "DORSET_BP"}
#: Places of 2010-23 that have another code in April 2023, or have become two.
BECAME: Final = {
    "E10000002": ("E06000060",), "E10000023": ("E06000065",), "E10000027": ("E06000066",),
    "E10000006": ("E06000063", "E06000064"), "E10000021": ("E06000061", "E06000062"), "DORSET_BP": ("E06000058", "E06000059"),
}
#: Technical: how far a simplified border may be from the true one, and the smallest islands that are kept, in degrees.
TOLERANCE: Final = 0.004
LEAST_ISLAND: Final = 0.02

Point = tuple[float, float]
Line = tuple[Point, ...]
Piece = tuple[Point, Point]
Borders = dict[str, set[Piece]]


def build(source: Path, districts: Path | None = None) -> dict[str, Any]:
    """The outline of every place from the outlines of the councils; with those of districts, of the places of April 2023.

    Raises InputError when a place has none.
    """
    year = years_of("april-2023")[0] if districts is not None else USUAL_YEAR
    names = {place.code: place.name for place in places.names(year)}
    edges = _edges(source, districts, names)
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
    return {"type": "FeatureCollection", "attribution": attribution(year), "features": features}


def _edges(source: Path, districts: Path | None, names: Mapping[str, str], holes: bool = False) -> Borders:
    """Directed pieces of border of every place that there is; ``holes`` takes those around a town inside a county as well."""
    found = _borders(json.loads(source.read_text("utf-8"))["features"], holes)
    if districts is not None:
        content = json.loads(districts.read_text("utf-8"))["features"]
        rings = {one["code"]: max(map(_line, one["rings"]), key=_extent) for one in content}
        for whole, parts in BECAME.items():
            pieces = found.pop(whole)
            found |= _divided(pieces, {code: rings[code] for code in parts}) if parts[1:] else {parts[0]: pieces}
    return {code: borders for code, borders in found.items() if code in names}


def _line(ring: Sequence[Sequence[float]]) -> Line:
    return tuple((float(x), float(y)) for x, y in ring)


def _divided(pieces: set[Piece], parts: Mapping[str, Line]) -> Borders:
    """The pieces of border of an area that has become two: its islands go to the nearer, its mainland is cut along their border."""
    one, other = parts
    found: Borders = {one: set(), other: set()}
    for ring in sorted(_rings(pieces), key=_extent):
        nearer = [one if _away(point, parts[one]) <= _away(point, parts[other]) else other for point in ring[:-1]]
        if len(set(nearer)) == 1:
            found[nearer[0]] |= set(pairwise(ring))
            continue
        starts = [i for i, code in enumerate(nearer) if code == one and nearer[i - 1] == other]
        turned = [*ring[starts[0] : -1], *ring[: starts[0]]]
        last = max(i for i in range(len(turned)) if nearer[(starts[0] + i) % len(nearer)] == one)
        cut = _between(parts[one], parts[other], turned[last])
        first = [*turned[: last + 1], *cut, turned[0]]
        second = [*turned[last:], turned[0], *cut[::-1], turned[last]]
        found[one] |= {piece for piece in pairwise(first) if piece[0] != piece[1]}
        found[other] |= {piece for piece in pairwise(second) if piece[0] != piece[1]}
    return found


def _between(one: Line, other: Line, start: Point) -> list[Point]:
    """The points of the border between two areas, from its end that is nearer to ``start`` on."""
    shared = set(one) & set(other)
    turned = next(i for i, point in enumerate(one[:-1]) if point in shared and one[i - 1 if i else -2] not in shared)
    line = [point for point in (*one[turned:-1], *one[:turned]) if point in shared]
    return line if _away(start, line[:1]) <= _away(start, line[-1:]) else line[::-1]


def _away(point: Point, line: Sequence[Point]) -> float:
    """How far a point is from the nearest point of a line, degrees."""
    return min(float((point[0] - x) ** 2 + (point[1] - y) ** 2) ** 0.5 for x, y in line)


def adjacency(source: Path, districts: Path | None = None) -> list[tuple[str, str]]:
    """Pairs of places that share a piece of border, each once, in the order of their codes."""
    year = years_of("april-2023")[0] if districts is not None else USUAL_YEAR
    edges = _edges(source, districts, {place.code: place.name for place in places.names(year)}, holes=True)
    owner: dict[Piece, str] = {piece: code for code, pieces in edges.items() for piece in pieces}
    found = {(code, owner[a, b]) for code, pieces in edges.items() for b, a in pieces if (a, b) in owner}
    return sorted({(min(pair), max(pair)) for pair in found if pair[0] != pair[1]})


def _borders(features: Iterable[dict[str, Any]], holes: bool) -> Borders:
    """Directed pieces of border by place; those between two parts of one place cancel out."""
    found: Borders = defaultdict(set)
    for feature in features:
        own = found[JOINED.get(feature["id"], feature["id"])]
        for border in (ring for polygon in feature["geometry"]["coordinates"] for ring in (polygon if holes else polygon[:1])):
            for piece in pairwise([(float(x), float(y)) for x, y in border]):
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
    """Build the shipped files from the files named in ``arguments``."""
    if len(arguments) not in (1, 2):
        raise SystemExit("usage: python -m tools.map_outline SOURCE [DISTRICTS]")
    paths = [Path(argument) for argument in arguments]
    folder = "april-2023" if paths[1:] else ""
    try:
        text = json.dumps(build(*paths), ensure_ascii=False, separators=(",", ":"))
        pairs = adjacency(*paths)
    except (InputError, OSError, ValueError) as error:
        raise SystemExit(f"The outline cannot be built: {error}") from error
    FILES[folder].write_text(text + "\n", "utf-8")
    print(f"{FILES[folder].name}: {len(text.encode()):,} bytes")
    with (ROOT / "scenarios" / "places" / folder / "adjacency.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("place", "other"), *pairs])
    print(f"adjacency.csv: {len(pairs)} pairs")


if __name__ == "__main__":
    main(sys.argv[1:])
