"""A house style for figures: fonts, sizes, colours, width, resolution and kinds of file, from a YAML file that is checked.

It takes effect for a block (:func:`in_house`); :mod:`totalplace.sim.figures.style`, which draws, asks :func:`house` for it. Without
one every figure is as it always was.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from totalplace.scenarios.checking import checked, path_of
from totalplace.scenarios.errors import nearest_name
from totalplace.scenarios.reading import Marked, read_file
from totalplace.sim.results.wording import count, listing

#: Kinds of file that a figure can be written as, and those that it is written as unasked.
FORMATS: Final = ("png", "svg", "pdf")
UNASKED: Final = ("png", "svg")
#: Dots an inch of a PNG unless a style says otherwise.
DPI: Final = 150
_INCH: Final = 2.54
#: The height of a figure in the text of a page, in widths of the text.
_OF_PAPER: Final = 1.25
_COLOUR: Final = re.compile("#[0-9A-Fa-f]{6}")
#: The keys that hold lists: what each value is, and how many there are at least.
_LISTS: Final = {"fonts": ("font", 1), "colours": ("colour", 2), "formats": ("kind of file", 1)}


@dataclass(frozen=True)
class House:
    """A house style. ``width`` is in inches, sizes are in points; None where figures are as they are.

    ``text`` is the size of the text of axes, legends and captions, to which all other text but ``title`` keeps its proportion.
    ``tallest`` is the height of the page that figures are drawn for, in inches, if they are drawn for one.
    """

    fonts: tuple[str, ...] = ()
    text: float | None = None
    title: float | None = None
    colours: tuple[str, ...] = ()
    width: float | None = None
    dpi: int = DPI
    formats: tuple[str, ...] = UNASKED
    notes: tuple[str, ...] = ()
    tallest: float | None = None

    def on_paper(self, width: float, dpi: int) -> House:
        """The style for PNGs in a text ``width`` inches wide, with ``dpi`` at least; stacked panels need the whole of a page."""
        return replace(self, width=width, tallest=_OF_PAPER * width, dpi=max(self.dpi, dpi), formats=("png",))

    def also(self, *formats: str) -> House:
        """The style with these kinds of file beside its own."""
        return replace(self, formats=tuple(dict.fromkeys((*formats, *self.formats))))


class _Written(BaseModel):
    """What a file of a house style may say."""

    model_config = ConfigDict(extra="forbid", strict=True)

    fonts: list[str] = []
    text_size: Annotated[float | None, Field(ge=5.0, le=20.0)] = None
    title_size: Annotated[float | None, Field(ge=5.0, le=36.0)] = None
    colours: Annotated[list[str], Field(max_length=40)] = []
    width: Annotated[float | None, Field(ge=7.0, le=60.0)] = None
    dpi: Annotated[int, Field(ge=50, le=1200)] = DPI
    formats: list[str] = list(UNASKED)


_current: ContextVar[House | None] = ContextVar("house", default=None)


def house() -> House:
    """The house style that figures are drawn in now."""
    return _current.get() or House()


@contextlib.contextmanager
def in_house(style: House) -> Iterator[None]:
    """Draw in a house style for a block."""
    token = _current.set(style)
    try:
        yield
    finally:
        _current.reset(token)


def house_of(given: House | str | Path | None) -> House:
    """A style as such, the one in a file, or none of its own. Raises InputError."""
    return given if isinstance(given, House) else House() if given is None else read_house(given)


def read_house(path: str | Path) -> House:
    """The house style in a YAML file. ``width`` is in cm there.

    Raises InputError, with the place in the file, for what it cannot say, and where none of its fonts is installed.
    """
    marked = read_file(path_of(path, "style"))
    content = marked.mapping("a house style")
    for name in _LISTS:
        if name in content and isinstance(content[name].value, list):
            _check_list(name, content[name])
    written = checked(_Written, marked, "a house style")
    fonts, notes = _installed(written.fonts, content.get("fonts", marked))
    return House(
        fonts, written.text_size, written.title_size, tuple(written.colours),
        None if written.width is None else written.width / _INCH, written.dpi, tuple(dict.fromkeys(written.formats)), notes,
    )


def kinds_in_words(style: House | None) -> str:
    """The kinds of file that figures are written as: ``PNG and SVG``."""
    return listing([name.upper() for name in (style or House()).formats])


def _check_list(name: str, listed: Marked) -> None:
    """Raise InputError, at its place, for a list that is too short and for a value in it that cannot be used."""
    items, (what, least) = listed.items(name), _LISTS[name]
    if len(items) < least:
        raise listed.error(f"'{name}' has {count(len(items), 'value')}", f"at least {least}")
    for item in items:
        text = item.text(f"A {what}")
        if name == "formats" and text not in FORMATS:
            raise item.unknown(what, text, FORMATS)
        if name == "colours" and not _COLOUR.fullmatch(text):
            raise item.error(f"{item.shown()} is no colour", 'red, green and blue as "#1f3a4d", in quotation marks')


def _installed(names: Sequence[str], where: Marked) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fonts that are installed, in the order asked for, and a note where the first is not."""
    from totalplace.sim.figures.settings import matplotlib

    known = {str(font.name) for font in matplotlib.font_manager.fontManager.ttflist}
    found = tuple(name for name in names if name in known)
    if not names or (found and found[0] == names[0]):
        return found, ()
    if found:
        return found, (f"the font {names[0]} is not installed here: figures are drawn in {found[0]}",)
    nearest = nearest_name(names[0], known)
    missing = f"The font '{names[0]}' is not installed" if len(names) == 1 else f"None of the fonts {', '.join(names)} is installed"
    raise where.error(missing, "a font that is installed, or several, the first of which that is installed is taken", nearest)


__all__ = ["DPI", "FORMATS", "UNASKED", "House", "house", "house_of", "in_house", "kinds_in_words", "read_house"]
