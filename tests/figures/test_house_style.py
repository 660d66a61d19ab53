"""A house style of figures is read with care, changes what it names and nothing else, and each figure has its data beside it."""

from __future__ import annotations

import io
import re
import struct
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.cm import ScalarMappable
from matplotlib.colors import to_hex
from matplotlib.text import Text

from tests.drawing import of_each_kind
from totalplace.scenarios.errors import InputError
from totalplace.sim.cli import exit_code
from totalplace.sim.figures import drawings
from totalplace.sim.figures.house import House, house, in_house, read_house
from totalplace.sim.figures.style import COLOURS, SMALL, Chart, look, own_style
from totalplace.sim.results.compare import compare
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.store import DrawingFailed, add_figures, write_figures

WHOLE = """
fonts: [No Such Font, DejaVu Serif]
text_size: 9
title_size: 11
colours: ["#1f3a4d", "#d1495b", "#66a182"]
width: 16
dpi: 300
formats: [png, pdf]
"""


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        (tmp_path / "house.yaml").write_text(text, "utf-8")
        return tmp_path / "house.yaml"

    return write


def test_a_style_is_what_its_file_says(written: Callable[[str], Path]) -> None:
    style = read_house(written(WHOLE))
    assert style.fonts == ("DejaVu Serif",)
    assert style.notes == ("the font No Such Font is not installed here: figures are drawn in DejaVu Serif",)
    assert style.width == pytest.approx(16 / 2.54)
    assert (style.text, style.title, style.dpi, style.formats) == (9.0, 11.0, 300, ("png", "pdf"))
    assert style.colours == ("#1f3a4d", "#d1495b", "#66a182")
    assert read_house(written("dpi: 300\n")) == House(dpi=300)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colors: ['#112233', '#445566']", "no key 'colors' in a house style. Did you mean 'colours'"),
        ("fonts: [DejaVu Sanss]", "house.yaml:1:8: The font 'DejaVu Sanss' is not installed. Did you mean 'DejaVu Sans'"),
        ("fonts: [No Such, Nor This]", "None of the fonts No Such, Nor This is installed"),
        ("fonts: DejaVu Sans", "'fonts' must be a list, not 'DejaVu Sans'"),
        ("fonts: [3]", "A font must be text, not 3"),
        ("colours: ['#112233', red]", "house.yaml:1:22: 'red' is no colour"),
        ("colours: ['#112233']", "'colours' has 1 value. Allowed: at least 2"),
        ("formats: [jpg]", "no kind of file 'jpg'"),
        ("formats: []", "'formats' has 0 values"),
        ("width: 1", "'width' is 1, which is out of range. Allowed: 7 to 60"),
        ("dpi: 1.5", "'dpi' must be a whole number"),
        ("text_size: large", "'text_size' must be a number, not 'large'"),
        ("- one", "a house style must be a mapping"),
        ("", "The file is empty"),
    ],
)
def test_what_a_style_cannot_say_is_refused_with_its_place(written: Callable[[str], Path], text: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        read_house(written(text))
    assert words in str(refused.value)


def drawn(draw: Callable[[], Any]) -> Chart:
    with own_style():
        figure: Chart = draw()
        figure.canvas.draw()
    return figure


def test_a_style_sets_width_text_colours_and_font(silo: Ensemble, single_pot: Ensemble, board: Ensemble) -> None:
    every = of_each_kind(drawings([silo, single_pot, board], silo))
    style = House(fonts=("DejaVu Serif",), text=7.0, title=9.5, colours=("#1f3a4d", "#d1495b"), width=16 / 2.54)
    for name, draw in every.items():
        plain = drawn(draw)
        with in_house(style):
            figure = drawn(draw)
            assert look(3).colour == "#d1495b"
            assert look(0).dashes != look(2).dashes
        assert figure.get_size_inches()[0] == pytest.approx(16 / 2.54), name
        assert {words.get_fontname() for words in figure.findobj(Text)} == {"DejaVu Serif"}, name
        scale = 7.0 / SMALL
        title = next(words for words in figure.texts if words.get_fontweight() == "bold")
        assert title.get_fontsize() == pytest.approx(9.5), name
        sizes = {round(float(words.get_fontsize()), 3) for words in plain.findobj(Text)} - {12.0}
        seen = [words for words in figure.findobj(Text) if words.get_visible() and words.get_text() and words is not title]
        ours = {round(float(words.get_fontsize()), 3) for words in seen}
        assert ours <= {round(size * scale, 3) for size in (*sizes, 12.0)}, name
        width, height = figure.canvas.get_width_height()
        for words in figure.texts:
            box = words.get_window_extent()
            assert box.x0 >= -1, name
            assert box.y0 >= -1, name
            assert box.x1 <= width + 1, (name, words.get_text())
            assert box.y1 <= height + 1, name
    assert house() == House()
    assert look(3).colour == COLOURS[3]


@pytest.mark.parametrize("width", [8.0, 12.0])
def test_a_figure_of_any_width_can_be_read_or_is_refused_with_the_width_it_needs(
    silo: Ensemble, single_pot: Ensemble, board: Ensemble, width: float
) -> None:
    several, alone = drawings([silo, single_pot, board], silo), drawings([single_pot], single_pot)
    assert_read_or_refused([*of_each_kind(several, alone).items()], width)


@pytest.mark.soak
@pytest.mark.parametrize("width", [7.0, 8.0, 12.0, 16.0])
def test_every_figure_of_any_width_can_be_read_or_is_refused(
    silo: Ensemble, single_pot: Ensemble, board: Ensemble, width: float
) -> None:
    several, alone = drawings([silo, single_pot, board], silo), drawings([single_pot], single_pot)
    assert_read_or_refused([*several.items(), *alone.items()], width)


def assert_read_or_refused(draws: Sequence[tuple[str, Callable[[], Any]]], width: float) -> None:
    """Panels are tall enough for their rows and lie over nothing: not over each other, the title, the legend or the caption.

    Numbers below a panel stand apart.
    """
    refused = {}
    for name, draw in draws:
        with in_house(House(fonts=("DejaVu Serif",), width=width / 2.54)):
            try:
                with own_style():
                    figure = draw()
            except InputError as error:
                refused[name] = str(error)
                continue
            figure.savefig(io.BytesIO(), format="png", dpi=40)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            figure.draw_without_rendering()
        panels = [axes for axes in figure.axes if axes.get_visible() and axes.axison]
        boxes = [box for axes in panels if (box := axes.get_tightbbox()) is not None]
        boxes += [words.get_window_extent() for words in figure.texts]
        boxes += [legend.get_window_extent() for legend in figure.legends]
        dots = figure.dpi
        over = [(one.bounds, other.bounds) for i, one in enumerate(boxes) for other in boxes[:i]
                if min(one.x1, other.x1) - max(one.x0, other.x0) > 0.1 * dots
                and min(one.y1, other.y1) - max(one.y0, other.y0) > 0.04 * dots]
        assert not over, name
        for axes in panels:
            assert axes.get_window_extent().height > 0.4 * dots, name
            low, high = sorted(axes.get_xlim())
            level = [words.get_window_extent() for words in axes.get_xticklabels()
                     if words.get_text() and words.get_rotation() == 0.0 and low <= words.get_position()[0] <= high]
            ends = sorted((box.x0, box.x1) for box in level)
            assert all(left[1] < right[0] for left, right in pairwise(ends)), name
    for name, words in refused.items():
        least = re.search(rf"cannot be read at a width of {width:g} cm\. Allowed: .* at least (\d+) cm", words)
        assert least is not None, name
        assert width < float(least[1]) <= 14.0, name
    assert bool(refused) == (width < 12.0)


def test_a_figure_whose_panels_have_no_room_is_not_drawn(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    def crushed() -> Chart:
        figure = Chart(3.0, 1.0)
        for axes in figure.subplots(9, 1):
            axes.set_title("A title\nof a panel")
        return figure

    with pytest.raises(DrawingFailed, match=r"crushed \(its panels have no room at a width of 7\.62 cm"):
        write_figures(tmp_path, {"crushed": crushed})
    assert not list((tmp_path / "figures").iterdir())
    assert not [one for one in recwarn if "constrained_layout" in str(one.message)]


def test_figures_of_a_report_on_paper_fit_on_its_page(silo: Ensemble, single_pot: Ensemble) -> None:
    for style in (House(), House(width=7.0 / 2.54)):
        with in_house(style.on_paper(6.3, 200)):
            for name, draw in drawings([silo, single_pot], silo).items():
                with own_style():
                    wide, tall = draw().get_size_inches()
                assert wide == pytest.approx(6.3), name
                assert tall < 8.0, name


@pytest.mark.parametrize(("width", "below"), [(16.0, True), (20.0, True), (28.0, False)])
def test_names_of_a_network_keep_apart_however_wide_the_figure_is(
    silo: Ensemble, single_pot: Ensemble, width: float, below: bool
) -> None:
    """The two quarters stand side by side only where the circles leave room for names, which keep their size."""
    with in_house(House(width=width / 2.54, text=8.0)):
        figure = drawn(drawings([single_pot], single_pot)["network"])
        figure.draw_without_rendering()
    first, last = figure.axes[:2]
    assert (first.get_position().y0 > last.get_position().y1) == below
    for axes in (first, last):
        named = [words for words in [*axes.texts, axes.title] if words.get_text() and not words.get_text().isdigit()]
        boxes = [words.get_window_extent() for words in named]
        assert not [1 for i, one in enumerate(boxes) for other in boxes[:i] if one.overlaps(other)]


def test_heat_maps_and_networks_have_the_colours_of_the_style(silo: Ensemble, single_pot: Ensemble) -> None:
    several, alone = drawings([silo, single_pot], silo), drawings([single_pot], single_pot)
    plain = drawn(several["net-gains"])
    with in_house(House(colours=("#123456", "#abcdef", "#ff00ff"))):
        net, pays, network = drawn(several["net-gains"]), drawn(alone["who-pays-who-gains"]), drawn(alone["network"])
    colours = net.axes[0].images[0].cmap
    assert [to_hex(colours(end)) for end in (0.0, 1.0)] == ["#abcdef", "#123456"]
    assert min(colours(0.5)) > 0.99, "white for nothing"
    assert to_hex(pays.axes[0].images[0].cmap(1.0)) == "#123456"
    assert "#123456" in [to_hex(part.cmap(1.0)) for part in network.findobj() if isinstance(part, ScalarMappable)]
    assert any("Blue: gains more" in words.get_text() for words in plain.texts)
    assert not any(colour in words.get_text() for words in net.texts for colour in ("Blue", "Orange"))
    told = {words.get_text(): to_hex(patch.get_facecolor()) for legend in net.legends
            for patch, words in zip(legend.get_patches(), legend.get_texts(), strict=True)}
    assert told["gains more than it pays for"] == "#123456"
    assert told["pays for more than it gains"] == "#abcdef"


def test_a_figure_drawn_again_leaves_no_files_of_its_former_kinds(tmp_path: Path) -> None:
    def small() -> Chart:
        figure = Chart(1.0, 1.0)
        figure.data = pd.DataFrame({"value": [1.0]})
        return figure

    add_figures(tmp_path, {"differences": small, "net-gains": small})
    with in_house(House(formats=("pdf",))):
        add_figures(tmp_path, {"differences": small})
    there = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert there == ["differences.csv", "differences.pdf", "net-gains.csv", "net-gains.png", "net-gains.svg"]


def test_files_are_of_the_kinds_and_the_dots_of_the_style(silo: Ensemble, single_pot: Ensemble, tmp_path: Path) -> None:
    draws = {"differences": drawings([silo, single_pot], silo)["differences"]}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        with in_house(House(width=5.0, dpi=80, formats=("png", "pdf"))):
            write_figures(tmp_path / name, draws)
    folder = tmp_path / "one" / "figures"
    assert sorted(path.name for path in folder.iterdir()) == ["differences.csv", "differences.pdf", "differences.png"]
    assert struct.unpack(">I", (folder / "differences.png").read_bytes()[16:20])[0] == 400
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "two" / "figures" / path.name).read_bytes(), path.name


def test_every_figure_has_its_data(silo: Ensemble, single_pot: Ensemble) -> None:
    figures = {name: draw() for name, draw in drawings([silo, single_pot], silo).items()}
    alone = {name: draw() for name, draw in drawings([single_pot], single_pot).items()}
    for name, figure in (*figures.items(), *alone.items()):
        data = getattr(figure, "data", None)
        assert isinstance(data, pd.DataFrame), name
        assert list(data.columns[:2]) == ["scenario", "place"], name
        assert len(data), name
    truth = compare([silo, single_pot], "silo").set_index(["scenario", "metric"])
    data = figures["differences"].data.set_index(["scenario", "metric"])  # type: ignore[attr-defined]
    assert data["difference_p95"].equals(truth.loc[data.index, "difference_p95"])
    net = figures["net-gains"].data  # type: ignore[attr-defined]
    own = net.loc[net["scenario"] == "single-pot", "net_gain_mean"].to_numpy()
    np.testing.assert_array_equal(own, (single_pot.gains.sum(axis=1) - single_pot.gains.sum(axis=2)).mean(axis=0))
    ends = figures["arrangements"].data.query("quarter == 'last year' and metric == 'net_saving'")  # type: ignore[attr-defined]
    assert ends["median"].tolist() == [float(np.median(one.at_end("net_saving"))) for one in (silo, single_pot)]
    refused = alone["refusals"].data  # type: ignore[attr-defined]
    times = (single_pot.deals_frame()["outcome"] == "refused").sum()
    assert refused["refusals_a_run"].sum() == pytest.approx(times / single_pot.runs)


def test_commands_draw_in_a_style(written: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = written(WHOLE.replace("dpi: 300", "dpi: 80")), tmp_path / "out"
    small = ["--place", "Rutland", "--runs", "2", "--quarters", "4"]
    assert exit_code(["run", "single-pot", *small, "--out", str(out), "--style", str(path)]) == 0
    said = capsys.readouterr()
    assert "3 drawn, PNG and PDF" in said.out
    assert "Note: the font No Such Font is not installed here" in said.err
    names = ("over-time", "refusals", "who-pays-who-gains")
    there = sorted(one.name for one in (out / "figures").iterdir())
    assert there == [f"{name}.{end}" for name in names for end in ("csv", "pdf", "png")]
    assert exit_code(["figures", str(out), "refusals", "--style", str(written("dpi: 60\nformats: [png]"))]) == 0
    assert "1 drawn, PNG" in capsys.readouterr().out
    assert not (out / "figures" / "refusals.pdf").exists()
    broken = written("dpi: none of it")
    assert exit_code(["run", "single-pot", *small, "--out", str(tmp_path / "other"), "--style", str(broken)]) == 2
    assert not (tmp_path / "other").exists()
    assert "'dpi' must be a whole number" in capsys.readouterr().err


def test_a_picture_in_memory_is_in_the_style_too(single_pot: Ensemble) -> None:
    with in_house(House(width=5.0)):
        figure = single_pot.plot(["wellbeing"])
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=100)
    assert struct.unpack(">I", stream.getvalue()[16:20])[0] == 500
