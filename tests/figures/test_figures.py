from __future__ import annotations

import sys
import threading
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import totalplace as tp
from tests.drawing import of_each_kind
from totalplace.sim.figures import compared_over_time, differences, drawings, main_figures, net_gains, reasons_for_refusal
from totalplace.sim.figures.house import House, in_house
from totalplace.sim.figures.network import partnership_network
from totalplace.sim.figures.style import CUT_WORDS, look
from totalplace.sim.results.run import BAND, Ensemble, Run
from totalplace.sim.results.store import write_figures


def texts(figure: Figure) -> str:
    found: Any = figure.findobj(match=lambda artist: hasattr(artist, "get_text"))
    return "\n".join(text.get_text() for text in found)


def drawn(figure: Figure) -> Figure:
    figure.canvas.draw()
    return figure


def test_every_figure_is_drawn_within_its_edges(silo: Ensemble, single_pot: Ensemble, board: Ensemble) -> None:
    figures = of_each_kind(drawings([silo, single_pot, board], silo))
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
        assert "Birmingham, 2010-10 to 2012-09" in texts(figure).replace("\n", " ")
        assert "4 runs" in texts(figure).replace("\n", " ")


def test_the_main_figures_show_what_comes_out_what_differs_and_who_gains(silo: Ensemble, single_pot: Ensemble) -> None:
    compared = drawings([silo, single_pot], silo)
    assert main_figures(compared) == ("arrangements", "differences", "net-gains")
    assert main_figures(drawings([single_pot], single_pot)) == ("over-time", "refusals", "who-pays-who-gains")
    assert set(main_figures(compared)) < set(compared)


def test_legend_caption_and_panels_do_not_cover_each_other(silo: Ensemble, board: Ensemble) -> None:
    figure = drawn(drawings([silo, board], silo)["arrangements"]())
    caption = min((text.get_window_extent() for text in figure.texts), key=lambda box: box.y0)
    legend = figure.legends[0].get_window_extent()
    panels = min(box.y0 for axes in figure.axes if axes.get_visible() and (box := axes.get_tightbbox()))
    for below, above in pairwise((caption.y1, legend.y0, legend.y1, panels)):
        assert below <= above + 1


def test_labels_come_from_the_registry(single_pot: Ensemble) -> None:
    words = texts(single_pot.plot(["net_saving", "wellbeing"]))
    assert "Net saving\n(£m a year of resources)" in words
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


def test_ten_lines_have_ten_colours_and_forty_a_look_of_their_own() -> None:
    looks = [look(number) for number in range(40)]
    assert len({one.colour for one in looks[:10]}) == 10
    assert len({(one.colour, str(one.dashes)) for one in looks}) == 40


def test_bars_at_the_right_are_of_the_last_year(silo: Ensemble, single_pot: Ensemble) -> None:
    figure = compared_over_time([silo, single_pot], ["net_saving"])
    lines: Any = figure.axes[0].lines
    bar = next(line for line in lines if len(line.get_xdata()) == 3 and line.get_color() == look(1).colour)
    assert list(bar.get_ydata()) == pytest.approx(np.quantile(single_pot.at_end("net_saving"), (BAND[0], 0.5, BAND[1])).tolist())
    words = " ".join(texts(figure).split())
    assert "Last year: the mean of the last four quarters; of what adds up over the run, the last quarter." in words


def test_an_axis_that_does_not_begin_at_zero_is_marked(silo: Ensemble, single_pot: Ensemble) -> None:
    cut, whole = compared_over_time([silo, single_pot], ["wellbeing"]), compared_over_time([silo, single_pot], ["net_saving"])
    for figure, marks in ((cut, 2), (whole, 0)):
        axes = figure.axes[0]
        assert sum(line.get_transform() == axes.transAxes for line in axes.lines) == marks
        assert (CUT_WORDS in " ".join(texts(figure).split())) is bool(marks)
        low, high = axes.get_ylim()
        assert (low <= 0 <= high) is not bool(marks)


def test_trust_where_there_is_nobody_to_trust_is_not_drawn(silo: Ensemble, single_pot: Ensemble) -> None:
    figure = compared_over_time([silo, single_pot], ["mean_trust"])
    line = next(line for line in figure.axes[0].lines if line.get_color() == look(0).colour)
    assert np.isnan(np.asarray(line.get_ydata(), dtype=float)).all()
    assert "Not drawn, since it has no commissioner: mean trust of silo." in " ".join(texts(figure).split())
    compared = differences([silo, single_pot], silo, ["mean_trust"])
    assert not [line for line in compared.axes[0].lines if not np.isnan(np.asarray(line.get_xdata(), dtype=float)).all()]
    words = " ".join(texts(compared).split())
    assert "No difference in mean trust, since silo has no commissioner." in words
    assert "no value to compare" in words
    both = differences([silo, single_pot], silo, ["mean_trust", "net_saving"])
    assert len([axes for axes in both.axes if axes.get_visible()]) == 1, "beside others an empty panel takes their room"
    assert "No difference in mean trust, since silo has no commissioner." in " ".join(texts(both).split())


def test_cells_whose_sign_is_unsure_are_hatched_and_not_coloured(single_pot: Ensemble) -> None:
    agencies = len(single_pot.agency_names)
    gains = np.zeros((20, agencies, agencies))
    gains[:, 0, 1] = 5.0  # always
    gains[:, 2, 3] = np.linspace(-4.0, 6.0, 20)  # either way, 1 on average
    one = replace(single_pot, gains=gains, seeds=np.arange(20), metrics=np.repeat(single_pot.metrics[:1], 20, axis=0))
    axes: Any = net_gains([one]).axes[0]
    assert [(patch.get_x() + 0.5, patch.get_y() + 0.5) for patch in axes.patches] == [(0.0, 2.0), (0.0, 3.0)]
    assert all(patch.get_hatch() for patch in axes.patches)
    shades = np.ma.filled(axes.images[0].get_array().astype(float), np.nan)
    assert shades[:4, 0].tolist()[:2] == [-5.0, 5.0]
    assert np.isnan(shades[2:4, 0]).all()
    assert "unsure: 90% of the runs include zero" in texts(net_gains([one]))


@pytest.mark.parametrize(("size", "dot", "number"), [
    (20.0, "£0.05m", "\u221220"), (0.6, "£0.05m", "\u22120.6"), (0.06, "£5,000", "\u22120.06"), (0.004, "£500", "\u22120.004"),
    (0.0004, "£500", "·"),
])
def test_small_gains_have_numbers_and_colours_of_their_size(single_pot: Ensemble, size: float, dot: str, number: str) -> None:
    agencies = len(single_pot.agency_names)
    gains = np.zeros((20, agencies, agencies))
    gains[:, 0, 1] = size
    gains[:, 2, 3] = size * np.linspace(-0.8, 1.2, 20)
    gains[0, 4, 5] = size * 20 * 0.4  # in one run of twenty: nothing in 90% of them
    one = replace(single_pot, gains=gains, seeds=np.arange(20), metrics=np.repeat(single_pot.metrics[:1], 20, axis=0))
    axes: Any = net_gains([one]).axes[0]
    assert f"A dot is less than {dot}." in " ".join(texts(net_gains([one])).split())
    assert axes.texts[0].get_text() == number
    shown = size >= 0.001
    assert [round(patch.get_y() + 0.5) for patch in axes.patches] == ([2, 3, 4, 5] if shown else [])
    image = axes.images[0]
    assert np.isclose(image.norm.vmax, max(size, 0.005))
    assert image.norm.vmin == -image.norm.vmax


def test_panels_of_refusals_share_their_scale(single_pot: Ensemble, board: Ensemble) -> None:
    figure = reasons_for_refusal([single_pot, board])
    limits = {axes.get_xlim() for axes in figure.axes if axes.get_visible()}
    assert len(limits) == 1
    assert "All panels have one scale." in " ".join(texts(figure).split())


def test_the_same_run_gives_the_same_svg_to_the_byte(silo: Ensemble, single_pot: Ensemble, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with in_house(House(dpi=60)):
            write_figures(tmp_path / name, of_each_kind(drawings([silo, single_pot], silo)))
    for path in sorted((tmp_path / "one" / "figures").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / "figures" / path.name).read_bytes(), path.name
    assert b"dc:date" not in (tmp_path / "one" / "figures" / "arrangements.svg").read_bytes()


@pytest.mark.parametrize("name", ["single-pot", "single-pot-today"])
def test_labels_of_the_network_stand_clear_of_its_circles(name: str) -> None:
    ensemble = tp.ensemble(tp.load(name, place="Manchester", quarters=4, clusters=1), runs=1)
    figure = drawn(partnership_network(ensemble))
    for axes in (one for one in figure.axes if one.collections and one.texts):
        circles: Any = next(one for one in axes.collections if np.shape(one.get_offsets()) == (len(ensemble.agency_names), 2))
        centres = axes.transData.transform(circles.get_offsets())
        radii = np.sqrt(circles.get_sizes()) / 2.0 * figure.dpi / 72.0
        for label in axes.texts[: len(ensemble.agency_names)]:
            box = label.get_window_extent()
            near = np.column_stack([np.clip(centres[:, 0], box.x0, box.x1), np.clip(centres[:, 1], box.y0, box.y1)])
            assert (np.hypot(*(centres - near).T) > radii).all(), label.get_text()


def test_what_a_place_could_not_have_stands_on_every_figure() -> None:
    today, settled = (tp.load(name, place="Kent", quarters=4, clusters=1, set=settings) for name, settings in (
        ("today", []), ("integrated-settlement", ["events=none", "events=2025-01: arrangement integrated-settlement"])))
    played = [tp.ensemble(one, runs=1) for one in (today, settled)]
    for name, draw in drawings(played, played[0]).items():
        said = " ".join(texts(draw()).split())
        if "today" not in name:
            assert "What if: Kent lies in no strategic authority" in said, name
    assert "(integrated-settlement)" in " ".join(texts(drawings(played, played[0])["differences"]()).split())
