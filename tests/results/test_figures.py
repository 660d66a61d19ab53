from __future__ import annotations

import sys
import threading
from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.figure import Figure

from sim.figures import drawings
from sim.figures.style import look
from sim.results import Ensemble, Run


def texts(figure: Figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text")))


def drawn(figure: Figure) -> Figure:
    figure.canvas.draw()
    return figure


def test_every_figure_is_drawn_within_its_edges(silo: Ensemble, single_pot: Ensemble, board: Ensemble) -> None:
    figures = drawings([silo, single_pot, board], silo)
    assert {"arrangements", "differences", "outcomes-by-cohort", "refusals", "network-single-pot"} <= set(figures)
    for name, draw in figures.items():
        figure = drawn(draw())
        width, height = figure.canvas.get_width_height()
        for text in figure.texts:
            box = text.get_window_extent()
            assert box.x0 >= -1, name
            assert box.x1 <= width + 1, (name, text.get_text())
            assert box.y0 >= -1, name
            assert box.y1 <= height + 1, (name, text.get_text())
        assert "Birmingham, 2010-10 to 2012-07" in texts(figure).replace("\n", " ")
        assert "4 runs" in texts(figure).replace("\n", " ")


def test_legend_caption_and_panels_do_not_cover_each_other(silo: Ensemble, board: Ensemble) -> None:
    figure = drawn(drawings([silo, board], silo)["arrangements"]())
    caption = min((text.get_window_extent() for text in figure.texts), key=lambda box: box.y0)
    legend = figure.legends[0].get_window_extent()
    panels = min(axes.get_tightbbox().y0 for axes in figure.axes if axes.get_visible())
    for below, above in pairwise((caption.y1, legend.y0, legend.y1, panels)):
        assert below <= above + 1


def test_labels_come_from_the_registry(single_pot: Ensemble) -> None:
    words = texts(single_pot.plot(["net_saving", "wellbeing"]))
    assert "Net saving\n(£m a year)" in words
    assert "Wellbeing\n(0-1)" in words


def test_the_matrix_shows_the_mean_of_the_runs(single_pot: Ensemble) -> None:
    words = texts(drawings([single_pot], single_pot)["who-pays-who-gains"]())
    total = single_pot.gains.sum(axis=(1, 2)).mean()
    assert (f"{total:,.0f}" if total >= 9.95 else f"{total:.1f}") in words.split("\n")


def test_no_two_scenarios_look_the_same() -> None:
    looks = [look(number) for number in range(32)]
    assert len({(one.colour, str(one.dashes)) for one in looks}) == 32
    assert len({one.marker for one in looks[:10]}) == 10


def test_a_notebook_shows_a_figure_without_pyplot(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    assert run.plot()._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]


def test_figures_may_be_drawn_on_threads(single_pot: Ensemble) -> None:
    sizes = []

    def draw() -> None:
        stream = BytesIO()
        single_pot.plot(["wellbeing"]).savefig(stream, format="png")
        sizes.append(len(stream.getvalue()))

    threads = [threading.Thread(target=draw) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sizes) == 2
    assert sizes[0] == sizes[1]


def test_metrics_without_a_value_are_left_blank(silo: Ensemble, single_pot: Ensemble) -> None:
    blank = silo.metrics.copy()
    blank["mean_trust"] = np.nan
    figures = drawings([replace(silo, metrics=blank), single_pot], single_pot)
    for name in ("arrangements", "differences"):
        drawn(figures[name]())
