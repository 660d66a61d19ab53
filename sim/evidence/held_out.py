"""Where validation is made: places drawn at random among those that nothing was fitted to or looked at in, and a second year."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from totalplace.scenarios import places as all_places

FILE: Final = Path(__file__).with_name("held_out.yaml")
#: How many places are drawn.
DRAWN: Final = 24
#: Base year of budgets, start and path in which no fact is fitted that is counted there. Two targets, on looked-after children, are
#: measured on its money and need.
HELD_OUT_YEAR: Final = "2017-18"


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return found


def chosen_places() -> tuple[str, ...]:
    """The places held out, from the smallest to the largest group of population."""
    return tuple(_file()["drawn"])


def draw_places() -> tuple[str, ...]:
    """The same drawn anew, by the rule at the head of ``held_out.yaml``."""
    return _draw(_file()["seed"], [*_file()["named"], *_names(_file()["looked_at"])])


def looked_at() -> tuple[tuple[str, ...], ...]:
    """The places of each draw of before, in which verdicts were seen."""
    return tuple(tuple(one["places"]) for one in _file()["looked_at"])


def changes() -> tuple[tuple[str, str], ...]:
    """What was changed after verdicts were seen: the day, and why."""
    return tuple((str(row["date"]), " ".join(str(row["change"]).split())) for row in _file()["changes"])


def draw_before(number: int) -> tuple[str, ...]:
    """The places of a draw of before, drawn anew with its seed."""
    rows = _file()["looked_at"]
    return _draw(rows[number]["seed"], [*_file()["named"], *_names(rows[:number])])


def _names(rows: Sequence[dict[str, Any]]) -> list[str]:
    return [name for row in rows for name in row["places"]]


def _draw(seed: int, taken: Sequence[str]) -> tuple[str, ...]:
    """One place from each group by population, at random by ``seed``, of those that are not ``taken``."""
    named = {all_places.find(name).code for name in taken}
    free = [place for place in all_places.names() if place.code not in named]
    order = np.argsort([all_places.load(place.code).population for place in free], kind="stable")
    chance = np.random.default_rng(seed)
    return tuple(free[int(chance.choice(group))].name for group in np.array_split(order, DRAWN))
