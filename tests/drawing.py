"""Little to draw, for tests to which figures are nothing, and one figure of each kind for those to which kinds are all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def drawing_little() -> Iterator[None]:
    """Commands in this process draw one small figure in place of all."""
    from totalplace.sim.figures.style import Chart

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("totalplace.sim.figures.drawings", lambda ensembles, baseline: {"one": lambda: Chart(1.0, 1.0)})
        yield


@contextmanager
def reports_drawing_little(but: tuple[str, ...] = ()) -> Iterator[None]:
    """Reports of this process have a small figure in place of each, except of those named."""
    from totalplace.sim.figures.style import Chart
    from totalplace.sim.report import write

    real = write.write_figures

    def little(folder: Path, drawings: Mapping[str, Callable[[], Any]], *told: Any) -> None:
        real(folder, {name: draw if name in but else lambda: Chart(1.0, 1.0) for name, draw in drawings.items()}, *told)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "write_figures", little)
        yield


def of_each_kind(*every: Mapping[str, Callable[[], Any]]) -> dict[str, Callable[[], Any]]:
    """The first figure of each function that draws: the network of one scenario, not of all."""
    first: dict[Any, tuple[str, Callable[[], Any]]] = {}
    for name, draw in (item for draws in every for item in draws.items()):
        assert isinstance(draw, partial), name
        first.setdefault(draw.func, (name, draw))
    return dict(first.values())
