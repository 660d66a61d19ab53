"""Little to draw, for tests to which figures are nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def drawing_little() -> Iterator[None]:
    """Commands in this process draw one small figure in place of all."""
    from totalplace.sim.figures.style import Chart

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("totalplace.sim.figures.drawings", lambda ensembles, baseline: {"one": lambda: Chart(1.0, 1.0)})
        yield
