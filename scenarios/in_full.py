"""What a scenario names in files, read and put in the place of the name: from then on the scenario needs the files no more.

Names of what is shipped stay, but for an arrangement, which stands as the layers it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios import cuts as cuts_paths
from totalplace.scenarios.arrangement import Arrangement, arrangement_layers
from totalplace.scenarios.checking import checked, is_path, on_disk, referred_file
from totalplace.scenarios.dated_wholes import whole_of
from totalplace.scenarios.network import NetworkFile, read_network
from totalplace.scenarios.reading import Marked, read_text

_HELD: Final = "the file where it was; a scenario that is saved now holds what is in it"


@dataclass(frozen=True, slots=True, eq=False)
class InFull(Marked):
    """An arrangement that a layer names, or extends, as the list of its layers, the most basic first; ``named`` is that name."""

    named: str = ""


def in_full(layers: Sequence[Marked], settings: Sequence[Marked]) -> tuple[tuple[Marked, ...], tuple[Marked, ...]]:
    """Layers and settings of a scenario, with what they name in files in its place.

    Of budget paths, networks and places only the last counts; others are not read. Raises InputError where a file is named that
    cannot be read.
    """
    every = [_with(_with(item, "arrangement", _arrangement), "events", _events) for item in (*layers, *settings)]
    for key, read in (("cuts", _cuts), ("network", _network), ("place", _place)):
        number = max((i for i, item in enumerate(every) if key in item.mapping("A scenario")), default=None)
        if number is not None:
            every[number] = _with(every[number], key, read)
            if key == "place":
                every[number] = _with_year(every, number)
    return tuple(every[: len(layers)]), tuple(every[len(layers) :])


def files_named(text: str) -> tuple[str, ...]:
    """The files of budget path and network that the text of a scenario names: of one saved before texts held them in full.

    Raises InputError for what is no YAML.
    """
    fields = read_text(text, "scenario").mapping("A scenario")
    cuts, network = fields.get("cuts"), fields.get("network")
    named = [cuts.value] if cuts is not None and isinstance(cuts.value, str) and is_path(cuts.value) else []
    if network is not None and isinstance(network.value, dict) and "file" in network.value:
        named.append(network.value["file"].text("'file'"))
    return tuple(named)


def _with(layer: Marked, key: str, read: Callable[[Marked], Marked]) -> Marked:
    """A layer with what its ``key`` stands for; the layer itself where that says all already."""
    fields = layer.mapping("A scenario")
    if key not in fields:
        return layer
    whole = read(fields[key])
    return layer if whole is fields[key] else Marked(fields | {key: whole}, layer.file, layer.line, layer.column)


def _near(written: Marked) -> Path | None:
    """The file that names another, from whose folder the name counts; None for a setting."""
    return Path(written.file) if written.line is not None else None


def _arrangement(written: Marked) -> Marked:
    if isinstance(written, InFull) or (isinstance(written.value, dict) and "extends" not in written.value):
        return written
    named = written.value if isinstance(written.value, str) else ""
    return InFull(list(arrangement_layers(written, _near(written))), written.file, written.line, written.column, named=named)


def _events(written: Marked) -> Marked:
    """Dated events, with the arrangements and budget paths that they name in full."""
    if not isinstance(written.value, list):
        return written
    items = [_event(item) for item in written.value]
    if all(one is other for one, other in zip(items, written.value, strict=True)):
        return written
    return Marked(items, written.file, written.line, written.column, written.key_line, written.key_column)


def _event(item: Marked) -> Marked:
    change = whole_of(item)
    if change is None:
        return item
    given = change.written
    whole = _cuts(given) if change.key == "cuts" else _arrangement(given)
    if isinstance(given.value, dict) and given.value.keys() >= Arrangement.model_fields.keys():
        whole = InFull([given], given.file, given.line, given.column)  # all fields: nothing of the arrangement before is left
    if whole is given and isinstance(item.value, dict) and change.key in item.value:
        return item
    fields: dict[str, Any] = {"date": Marked(change.date, item.file, item.line, item.column), change.key: whole}
    fields |= {"why": Marked(change.why, item.file)} if change.why else {}
    return Marked(fields, item.file, item.line, item.column)


def _cuts(written: Marked) -> Marked:
    if not isinstance(written.value, str) or not is_path(written.value):
        return written
    content = referred_file(cuts_paths.find(written.value, _near(written)), written, _HELD)
    cuts_paths.read_cuts(content)  # a fault is reported in the file, once
    return content


def _network(written: Marked) -> Marked:
    if not isinstance(written.value, dict) or "ties" in written.value:
        return written
    given = checked(NetworkFile, written, "a network")
    place, near = written.value["file"], _near(written.value["file"])
    path = on_disk(near.parent if near is not None else Path(), given.file)
    try:
        if path.is_file():
            return read_network(path.resolve())
    except (OSError, ValueError):
        pass
    raise place.error(f"There is no network file '{given.file}'", _HELD)


def _place(written: Marked) -> Marked:
    """A place of a user's own, from its file, as the text of a scenario holds it."""
    from totalplace.scenarios import own_places
    from totalplace.scenarios.own_places.written import written as in_text

    if not isinstance(written.value, str) or not own_places.is_place_file(written.value):
        return written
    near = _near(written)
    path = on_disk(near.parent if near is not None else Path(), written.value)
    return in_text(own_places.read_place(path), path.name, written)


def _with_year(every: Sequence[Marked], number: int) -> Marked:
    """The layer or setting that gives the place, with the year of a place of one's own: it has money of that year only.

    Raises InputError where what comes later, or the same file, asks for another year.
    """
    item = every[number]
    fields = item.mapping("A scenario")
    if not isinstance(fields["place"].value, dict) or "year" not in fields["place"].value:
        return item
    year = fields["place"].value["year"]
    for later in every[number:]:
        asked = later.mapping("A scenario").get("year")
        if asked is not None and asked.value != year.value:
            told = f"The place has money of {year.shown()} only, not of {asked.shown()}"
            raise asked.error(told, f"the year {year.shown()}, or none")
    return item if "year" in fields else Marked(fields | {"year": year}, item.file, item.line, item.column)
