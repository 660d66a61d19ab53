"""A word in a corner has room, and a map of a part of England shows that part over the colours that its places have."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest

from totalplace.sim.analysis.robustness.figure import trade_off_figure
from totalplace.sim.figures.england import england_map
from totalplace.sim.figures.style import Chart
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.every_place import Band

NORTH_EAST = {"Northumberland": 120.0, "Gateshead": 130.0, "Middlesbrough": 146.0, "Redcar and Cleveland": 140.0}


def _map(values: dict[str, float]) -> Chart:
    bands = {name: Band(value, value - 1.0, value + 1.0) for name, value in values.items()}
    return england_map(bands, METRICS["net_saving"], True, "2024-25", "title", "source")


def test_a_map_of_a_region_shows_the_region_over_its_own_values() -> None:
    figure = _map(NORTH_EAST)
    south, north = figure.axes[0].get_ylim()
    assert 54.0 < south < 54.6
    assert 55.7 < north < 56.2
    assert not figure.axes[0].child_axes, "London is not there"
    assert figure.axes[1].get_ylim() == (120.0, 146.0)
    assert any("Colours do not begin at zero." in words.get_text().replace("\n", " ") for words in figure.texts)


def test_a_map_from_end_to_end_is_whole_and_colours_of_both_signs_have_zero_in_the_middle() -> None:
    figure = _map({"Northumberland": 5.0, "Cornwall": -3.0, "Hackney": 1.0})
    south, north = figure.axes[0].get_ylim()
    assert south < 50.2
    assert north > 55.7
    assert len(figure.axes[0].child_axes) == 1
    low, high = figure.axes[1].get_ylim()
    assert low == pytest.approx(-high)
    assert not any("do not begin" in words.get_text() for words in figure.texts)


@pytest.mark.parametrize(("metric", "other"), [("net_saving", "wellbeing"), ("net_saving", "inequality")])
def test_no_mark_lies_under_the_word_better(metric: str, other: str) -> None:
    one, two = METRICS[metric], METRICS[other]
    best = (one.direction, two.direction)
    rows = [{"alternative": name, "metric": m.name, "median": value * way, "dominated": False}
            for name, value in (("worst", 0.0), ("middle", 1.0), ("best", 2.0)) for m, way in zip((one, two), best, strict=True)]
    figure = trade_off_figure(pd.DataFrame(rows), one, [two], "source")
    figure.savefig(io.BytesIO(), format="png", dpi=100)
    figure.set_dpi(100)
    canvas: Any = figure.canvas
    axes = figure.axes[0]
    word = next(words for words in axes.texts if words.get_text() == "better").get_window_extent(canvas.get_renderer())
    for line in axes.lines:
        (x, y), radius = axes.transData.transform(np.column_stack(line.get_data()))[0], 7 / 2 * 100 / 72
        assert not (word.x0 - radius < x < word.x1 + radius and word.y0 - radius < y < word.y1 + radius), line
