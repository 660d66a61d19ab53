"""What the sweep page shows of a sweep, as its address holds it: axes, points, the ranges that are kept, a run.

``keep=initial_trust:0.5:`` keeps the runs whose initial trust is at least 0.5, ``brush=net_saving:-1:0.5`` those that were brushed
on the axis; an axis may have several ranges, of which a run must be in one. Values are those of the sweep; an end may be left out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.browser.charts.sweeps import axis_words, scale_of
from totalplace.sim.browser.state.compare_setup import whole
from totalplace.sim.browser.state.sweep_data import MOST_AXES, Ranges, usual_axes
from totalplace.sim.results.wording import amount, listing

if TYPE_CHECKING:
    from totalplace.sim.browser.state.sweep_data import Opened

Span = tuple[float, float]

#: What an address says of the view of a sweep.
KEYS: Final = ("axis", "x", "y", "keep", "brush", "run")
#: Technical: largest number of a run that is looked up.
_LARGEST_RUN: Final = 999_999_999
_FORM: Final = "AXIS:FROM:TO, such as initial_trust:0.2:0.5; an end may be empty"


@dataclass(frozen=True, slots=True)
class SweepView:
    """The axes of the lines, those of the points, ranges kept by numbers and by brushes, the run whose replicates are listed."""

    axes: tuple[str, ...]
    across: str
    up: str
    typed: Mapping[str, list[Span]]
    brushed: Mapping[str, list[Span]]
    run: int | None = None

    @classmethod
    def of(cls, opened: Opened, query: Mapping[str, Sequence[str]]) -> SweepView:
        """The view in an address. Raises InputError for what the sweep does not have, and for a range or number that is none."""
        axes = tuple(_known(opened, name) for name in query.get("axis", ()))[:MOST_AXES] or tuple(usual_axes(opened))
        metrics = [name for name, axis in opened.axes.items() if axis.kind == "metric"]
        usual = [*[name for name in axes if name in metrics], *metrics, *opened.factors]
        given = {key: query.get(key, [""])[-1] for key in ("x", "y", "run")}
        across, up = (_known(opened, given[key] or usual[min(at, len(usual) - 1)]) for key, at in (("x", 1), ("y", 0)))
        return cls(axes, across, up, _ranges(opened, query.get("keep", ())), _ranges(opened, query.get("brush", ())),
                   read_run(given["run"]) if given["run"] else None)

    def with_brushes(self, opened: Opened, drawn: Sequence[Sequence[Sequence[float]]]) -> dict[str, list[Span]]:
        """The brushed ranges after those of the axes shown have become ``drawn``; those of other axes stay."""
        others = {name: spans for name, spans in self.brushed.items() if name not in self.axes}
        return others | {name: _unscaled(opened, name, spans) for name, spans in zip(self.axes, drawn, strict=False) if spans}

    def drawn(self, opened: Opened) -> str:
        """The brushed ranges of each axis shown, on the axis as it is drawn, as JSON; null for an end that is left open."""
        return json.dumps([_scaled(opened, name, self.brushed.get(name, [])) for name in self.axes])


def read_run(text: str) -> int:
    """The number of a run. Raises InputError."""
    return whole(text.strip(), "number of a run", 0, _LARGEST_RUN)


def _known(opened: Opened, name: str) -> str:
    if name not in opened.axes:
        raise UnknownName("axis", name, opened.axes)
    return name


def _ranges(opened: Opened, texts: Sequence[str]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for text in texts:
        parts = text.rsplit(":", 2)
        if len(parts) < 3:
            raise InputError(f"The range '{text[:60]}' in the address cannot be read", allowed=_FORM)
        name, low, high = parts
        try:
            span = (read_number(low, "-inf"), read_number(high, "inf"))
        except InputError as error:
            message = f"The range '{text[:60]}' in the address cannot be read: {error.message}"
            raise InputError(message, allowed=error.allowed) from None
        if span[0] > span[1]:
            raise InputError(f"The range '{text[:60]}' in the address ends below its start", allowed=_FORM)
        found.setdefault(_known(opened, name), []).append(span)
    return found


def read_number(text: str, instead: str) -> float:
    """A number as somebody typed it, ``instead`` where there is none. Raises InputError."""
    try:
        found = float(text.strip().replace("\u2212", "-") or instead)
    except ValueError:
        found = math.nan
    if math.isnan(found):
        raise InputError(f"'{text.strip()[:40]}' is no number", allowed="a number such as 0.2, or nothing")
    return found


def written_ranges(ranges: Ranges) -> list[str]:
    """Ranges as values of an address."""
    return [f"{name}:{_written(low)}:{_written(high)}" for name, spans in ranges.items() for low, high in spans]


def _written(end: float) -> str:
    return f"{end:.9g}" if math.isfinite(end) else ""


def _room(opened: Opened, name: str) -> float:
    """Half a step where values have names: a brush on one of them is as wide."""
    return 0.5 if opened.axes[name].choices else 0.0


def _unscaled(opened: Opened, name: str, spans: Sequence[Sequence[float]]) -> list[Span]:
    """Ranges on an axis as it is drawn, in the values of the sweep."""
    scale, room = scale_of(opened.axes[name]), _room(opened, name)
    return [(_short(float(low) / scale - room), _short(float(high) / scale + room)) for low, high in spans]


def _short(value: float) -> float:
    """As exact as anybody can brush."""
    return float(f"{value:.6g}")


def _scaled(opened: Opened, name: str, spans: Sequence[Span]) -> list[list[float | None]]:
    scale, room = scale_of(opened.axes[name]), _room(opened, name)
    drawn = [((low + room) * scale, (high - room) * scale) for low, high in spans]
    return [[end if math.isfinite(end) else None for end in ends] for ends in drawn]


def ranges_words(opened: Opened, ranges: Ranges) -> str:
    """Ranges in words."""
    return listing([f"{axis_words(opened.axes[name])} {' or '.join(_span_words(opened, name, span) for span in spans)}"
                    for name, spans in ranges.items()])


def _span_words(opened: Opened, name: str, span: Span) -> str:
    axis = opened.axes[name]
    if axis.choices:
        return listing([choice for i, choice in enumerate(axis.choices) if span[0] <= i <= span[1]]) or "none"
    ends = [f"{word} {amount(end, axis.unit, brief=True)}" for word, end in zip(("from", "to"), span, strict=True)
            if math.isfinite(end)]
    return " ".join(ends) or "anything"


def empty(opened: Opened, across: str, up: str, kept: Any) -> str:
    """Why there is no point to show, or nothing where there is one."""
    if not kept.any():
        return "No run is kept: let a range go."
    pairs = opened.values[across][kept] + opened.values[up][kept]
    return "" if (pairs == pairs).any() else "No run that is kept has a value of both axes."
