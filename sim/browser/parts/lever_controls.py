"""The levers of the registry as sliders, switches and lists that may be moved while the model runs."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from json import dumps
from typing import Any, Final

import solara

from totalplace.scenarios.registry import LEVERS, Lever, target_label
from totalplace.scenarios.vocabulary import label

#: Levers that are always in sight, and those whose panels come first.
IN_SIGHT: Final = ("cuts", "reinvested_share")
FIRST: Final = ("encouragement", "freedom", "mandate")
_OTHER: Final = "Other levers"

Move = Callable[[str, int, float], None]


def lever_label(lever: Lever, index: int, period: str) -> str:
    """What a lever, or its value for a department or theme, is called in a period: ``encouragement: health``."""
    name = label(lever.name)
    return f"{name}: {target_label(lever, index, period)}" if lever.targets else name


def slider_step(lever: Lever) -> float:
    """One step of a lever's slider: a hundredth of a share, else a round number that makes some forty to eighty steps."""
    if lever.kind == "share":
        return 0.01
    rough = (lever.high - lever.low) / 40 * (1 + 1e-9)
    power = 10.0 ** math.floor(math.log10(rough))
    return round(max(n * power for n in (1, 2, 5) if n * power <= rough), 6)


def described(lever: Lever, departments: frozenset[str], period: str) -> dict[str, Any]:
    """A lever as ``levers.vue`` shows it; of a lever by department only those of ``departments``, which have agencies here."""
    shown = [i for i, target in enumerate(lever.targets) if lever.per != "department" or target in departments] or [0]
    items = [{"index": i, "name": lever_label(lever, i, period),
              "label": target_label(lever, i, period) if lever.targets else label(lever.name)} for i in shown]
    unit = f" ({lever.unit})" if lever.kind == "number" else ""
    return {"name": lever.name, "kind": lever.kind, "meaning": f"{lever.meaning}{unit}.", "low": lever.low,
            "high": lever.high, "step": slider_step(lever), "choices": list(lever.choices), "items": items}


@cache
def groups(departments: frozenset[str], period: str) -> str:
    """JSON of the levers behind each panel, in the order in which they are shown; those always in sight have no title."""
    names = [*FIRST, *(name for name in LEVERS if name not in FIRST and name not in IN_SIGHT)]
    found = {"": [LEVERS[name] for name in IN_SIGHT]}
    found |= {_panel_title(LEVERS[name]): [LEVERS[name]] for name in names if LEVERS[name].targets}
    found[_OTHER] = [LEVERS[name] for name in names if not LEVERS[name].targets]
    return dumps([{"title": title, "levers": [described(lever, departments, period) for lever in levers]}
                  for title, levers in found.items()])


def _panel_title(lever: Lever) -> str:
    name = lever.name.replace("_", " ")
    return f"{name[0].upper()}{name[1:]} by {lever.per}"


@solara.component_vue("levers.vue")
def _Levers(described: str, values: str, disabled: bool, answered: int, event_moved: Callable[[dict[str, Any]], None]) -> None:
    """The controls; ``described`` is what :func:`groups` gives, ``values`` JSON of the levers' values by name.

    ``answered`` is the number of the last move that has been heard: until then the values are those of a moment ago.
    """


@solara.component
def Levers(levers: dict[str, tuple[float, ...]], departments: frozenset[str], period: str, disabled: bool, on_move: Move) -> None:
    """Every lever as it will stand in the next quarter; ``on_move(lever, index, value)`` is called when one is moved."""
    answered, answer = solara.use_state(0)

    def moved(given: dict[str, Any]) -> None:
        on_move(str(given["lever"]), int(given["index"]), float(given["value"]))
        answer(int(given["count"]))

    _Levers(described=groups(departments, period), values=dumps(levers), disabled=disabled, answered=answered, event_moved=moved)
