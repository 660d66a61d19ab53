"""The figure that all others are made from: in our own style or that of the house, as high as its rows need, written whole."""

from __future__ import annotations

import math
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from matplotlib.ticker import AutoLocator, MaxNLocator

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.user_text import printable
from totalplace.sim.figures.house import House, house
from totalplace.sim.figures.settings import matplotlib

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: Points of the text of axes, legends and captions.
SMALL: Final = 8.0
#: Most that a picture to scale (a map, a network) is high in a figure of a given width, in widths.
_TO_SCALE: Final = 1.25
#: Parameters that are about windows and files, not about looks: those of the session stay.
_OF_SESSIONS: Final = ("backend", "webagg.", "tk.", "interactive", "toolbar", "savefig.directory", "docstring.", "timezone",
                       "date.epoch", "figure.max_open_warning", "figure.raise_window")
#: Matplotlib's own values, with text that is text and identifiers that do not change from one drawing to the next.
_OWN: Final[Any] = {
    name: value for name, value in matplotlib.rcParamsDefault.items() if not name.startswith(_OF_SESSIONS)
} | {"text.parse_math": False, "text.usetex": False, "svg.hashsalt": "totalplace"}
_one_at_a_time = threading.RLock()
#: The name that Matplotlib gives a clip path.
_CLIP: Final = re.compile(r"\bp[0-9a-f]{10}\b")
#: What Matplotlib says where text leaves panels no room.
_COLLAPSED: Final = "constrained_layout not applied"
_IN_CM: Final = 2.54
#: Most gaps between ticks of an axis, as Matplotlib chooses them.
_MOST_TICKS: Final = 9


@contextmanager
def own_style() -> Iterator[None]:
    """Our own values for all that Matplotlib would take from its settings, for a block or, as decorator, for a function.

    A house style adds its fonts. The settings are one for a process: threads that draw wait for each other.
    """
    fonts = house().fonts
    own = _OWN | ({"font.family": [*fonts, "DejaVu Sans"]} if fonts else {})
    with _one_at_a_time, matplotlib.rc_context(own):
        yield


class Chart(Figure):
    """A figure with a canvas of its own, which a notebook shows without any set-up.

    ``data`` are the numbers that it shows, in the units of the results. In a house style with a width it is so wide, whatever
    ``width`` says, and ``narrowed`` is the part of ``width`` that it has then. Its height is what its rows need, unless it is a
    picture ``to_scale``. Raises InputError where the style is narrower than the ``narrowest`` at which a reader can read it.
    """

    def __init__(self, width: float, height: float, *, to_scale: bool = False, narrowest: float = 0.0, **options: Any) -> None:
        own = house()
        wide = own.width or width
        _check_width(own, narrowest * text_scale(own))
        tall = height * max(1.0, text_scale(own))
        if own.width is not None and to_scale:
            tall = min(tall, _TO_SCALE * wide)
        super().__init__(figsize=(wide, on_page(tall)), layout="constrained", facecolor="white", **options)
        FigureCanvasAgg(self)
        self.narrowed = min(1.0, wide / width)
        self.data: pd.DataFrame | None = None

    def savefig(self, *given: Any, **named: Any) -> None:
        """Write the figure, in our own style; as :meth:`matplotlib.figure.Figure.savefig`. The same figure gives the same SVG.

        Raises InputError where its panels have no room.
        """
        target: Any = given[0] if given else named.get("fname")
        kind = named.get("format") or str(target).rpartition(".")[2]
        for words in self.findobj(Text):  # control characters of names are shown, not drawn as boxes
            if words.get_text() != printable(words.get_text()):
                words.set_text(printable(words.get_text()))
        with own_style(), warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing from font")  # letters that our font lacks are boxes
            warnings.filterwarnings("error", _COLLAPSED)
            try:
                self._settle()
                if kind != "svg":
                    super().savefig(*given, **named)
                    return
                drawn = BytesIO()
                super().savefig(drawn, **(named | {"format": "svg"}))
            except UserWarning as warned:
                if not str(warned).startswith(_COLLAPSED):
                    raise
                wide = f"{_IN_CM * float(self.get_figwidth()):.3g} cm"
                allowed = "a wider style or smaller text"
                raise InputError(f"its panels have no room at a width of {wide}", allowed=allowed) from warned
        text = _numbered(drawn.getvalue().decode())
        if hasattr(target, "write"):
            target.write(text.encode())
        else:
            Path(str(target)).write_text(text, encoding="utf-8", newline="\n")

    def _settle(self) -> None:
        """Choose the ticks of a narrow figure once: how many there are depends on the room, and the room on how far they reach."""
        engine = self.get_layout_engine()
        if self.narrowed == 1.0 or not isinstance(engine, ConstrainedLayoutEngine):
            return
        engine.execute(self)
        for axes in self.axes:
            if isinstance(axes.xaxis.get_major_locator(), AutoLocator):
                for most in range(max(1, min(_MOST_TICKS, axes.xaxis.get_tick_space())), 0, -1):
                    axes.xaxis.set_major_locator(MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]))
                    if not _overlapping(axes):
                        break

    def _repr_png_(self) -> bytes:
        stream = BytesIO()
        self.savefig(stream, format="png", dpi=100)
        return stream.getvalue()


def _overlapping(axes: Axes) -> bool:
    """Whether words of ticks below a panel, of those in sight, come closer to each other than a letter is wide."""
    low, high = sorted(axes.get_xlim())
    labels = [label for label in axes.get_xticklabels() if low <= label.get_position()[0] <= high and label.get_text()]
    boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.x0)
    return any(right.x0 - left.x1 < 0.5 * left.height for left, right in pairwise(boxes))


def _numbered(svg: str) -> str:
    """The SVG with its clip paths numbered in order: Matplotlib names some after where they lie in memory."""
    names: dict[str, str] = {}
    return _CLIP.sub(lambda found: names.setdefault(found[0], f"p{len(names)}"), svg)


def text_scale(own: House) -> float:
    """How much larger text is in a house style than unasked."""
    return 1.0 if own.text is None else own.text / SMALL


def _check_width(own: House, least: float) -> None:
    """Raise InputError where the style is narrower than a figure that needs ``least`` inches."""
    if own.width is not None and own.width < least - 1e-9:
        raise InputError(f"it cannot be read at a width of {_IN_CM * own.width:.3g} cm",
                         allowed=f"a style with a width of at least {math.ceil(_IN_CM * least)} cm")


def on_page(height: float) -> float:
    """A height, or the height of the page that figures are drawn for, where it is less."""
    return min(height, house().tallest or height)
