"""Scenario files and spreadsheets that a stranger sends: checked like any other, and never followed to another file."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import solara

from totalplace.scenarios.checking import is_path
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.grids import is_place_file
from totalplace.sim.browser.server.settings import MOST_UPLOADED

if TYPE_CHECKING:
    from totalplace.scenarios.reading import Marked
    from totalplace.scenarios.scenario import Scenario

_SHIPPED: Final = "names of what is shipped, such as those in the lists of this page"
_TOO_LARGE: Final = "The file is too large"
_BROKEN: Final = "The file did not arrive whole"


def uploaded_scenario(content: bytes, name: str) -> Scenario:
    """The scenario in an uploaded file, at most 1 MB of YAML. ``name`` is what its sender calls the file.

    Raises InputError for what ``scenarios.loads`` refuses, and for anything that names a file.
    """
    from totalplace.scenarios.reading import read_text
    from totalplace.scenarios.resolving import resolve, text_layers

    shown = shown_name(name)
    if len(content) > MOST_UPLOADED:
        raise InputError(_TOO_LARGE, file=shown, allowed=f"at most {MOST_UPLOADED:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("The file is not text in UTF-8", file=shown) from None
    _refuse_files(read_text(text, shown))
    return resolve(text_layers(text, shown), ())


def shown_name(name: str) -> str:
    """What a message calls a file whose sender calls it ``name``."""
    return re.sub(r"[^\w .()-]", "_", name.replace("\\", "/").rsplit("/", 1)[-1])[:80] or "scenario.yaml"


def _refuse_files(content: Marked) -> None:
    """Raise InputError where a scenario refers to a file by its path."""
    fields = content.mapping("A scenario")
    place = fields.get("place")
    if place is not None and isinstance(place.value, str) and is_place_file(place.value):
        raise place.error("An uploaded scenario may not refer to a file", "the name of a place")
    references = [fields[key] for key in ("extends", "arrangement", "cuts") if key in fields]
    arrangement = fields.get("arrangement")
    if arrangement is not None and isinstance(arrangement.value, dict) and "extends" in arrangement.value:
        references.append(arrangement.value["extends"])
    for reference in references:
        if isinstance(reference.value, str) and is_path(reference.value):
            raise reference.error("An uploaded scenario may not refer to a file", _SHIPPED)
    network = fields.get("network")
    if network is not None and isinstance(network.value, dict) and "ties" not in network.value:
        raise network.error("An uploaded scenario may not refer to a file", "the name of a topology")


def uploaded_place(content: bytes, name: str, running: Scenario) -> Scenario:
    """The scenario that runs, in the place of an uploaded spreadsheet, whose year it takes. Raises InputError."""
    from totalplace.scenarios.own_places.book import book_of
    from totalplace.scenarios.own_places.filling import place_of_book
    from totalplace.scenarios.own_places.written import written
    from totalplace.scenarios.reading import Marked

    if len(content) > MOST_UPLOADED:
        raise InputError(_TOO_LARGE, file=name, allowed=f"at most {MOST_UPLOADED:,} bytes")
    place = written(place_of_book(book_of(content, name)), name)
    return running.with_contents([Marked({"place": place}, name)])


def read_upload(data: dict[str, Any], running: Scenario | None = None) -> Scenario:
    """The scenario in what :func:`ScenarioFile` sends: name, size in bytes, content in base 64. Raises InputError.

    A spreadsheet is a place of one's own for the scenario that is ``running``.
    """
    told = data if isinstance(data, dict) else {}
    name, size, content = told.get("name"), told.get("size"), told.get("content")
    shown = shown_name(name if isinstance(name, str) else "")
    if not isinstance(size, int) or not isinstance(content, str):
        raise InputError(_BROKEN, file=shown)
    if size > MOST_UPLOADED or len(content) > 2 * MOST_UPLOADED:
        raise InputError(_TOO_LARGE, file=shown, allowed=f"at most {MOST_UPLOADED:,} bytes")
    try:
        received = base64.b64decode(content, validate=True)
    except ValueError:  # letters that are none of base 64
        raise InputError(_BROKEN, file=shown) from None
    if running is not None and is_place_file(shown) and not shown.casefold().endswith(".txt"):  # a text may be a scenario
        return uploaded_place(received, shown, running)
    return uploaded_scenario(received, shown)


@solara.component_vue("upload.vue")
def ScenarioFile(label: str, most: int, event_chosen: Callable[[dict[str, Any]], None]) -> None:
    """A button that opens a file of the reader's machine and sends its name, size and content.

    A file of more than ``most`` bytes is not read: only its name and size are sent.
    """
