"""Words of a figure end within it in every house style, and its colours are those of the style."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import totalplace as tp
from totalplace.sim.figures import drawings
from totalplace.sim.figures.house import House, in_house
from totalplace.sim.figures.room import lines_within, room_of
from totalplace.sim.figures.style import Chart, dress, own_style
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.store import DrawingFailed, add_figures

COLOURS = ("#1f3a4d", "#d1495b", "#66a182", "#edae49")
STYLES = [House(fonts=("DejaVu Serif",), text=text, title=title, colours=COLOURS, width=width / 2.54)
          for width, text, title in ((8.0, 8.0, 10.0), (12.0, 8.0, 10.0), (12.0, 11.0, 14.0))]


def _beyond(figure: Figure) -> list[str]:
    """The words that end outside of a figure, left, right or above: of it, its legends and its axes."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=100)
    figure.set_dpi(100)
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    whole = figure.bbox
    ticks: Iterable[Text] = (label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)
                             for label in axis.get_ticklabels() if _in_view(axes, axis, label))
    texts = [*figure.texts, *ticks, *(words for legend in figure.legends for words in legend.get_texts())]
    boxes = [(words.get_text(), words.get_window_extent(renderer)) for words in texts if words.get_text() and words.get_visible()]
    return [text for text, box in boxes if box.x0 < whole.x0 - 1 or box.x1 > whole.x1 + 1 or box.y1 > whole.y1 + 1]


def _in_view(axes: object, axis: object, label: Text) -> bool:
    if not axes.get_visible():  # type: ignore[attr-defined]
        return False
    low, high = sorted(axis.get_view_interval())  # type: ignore[attr-defined]
    at = label.get_position()[0 if axis.axis_name == "x" else 1]  # type: ignore[attr-defined]
    return bool(low <= at <= high)


@pytest.mark.parametrize("style", STYLES)
def test_no_words_are_cut_off_in_a_house_style(board: Ensemble, silo: Ensemble, single_pot: Ensemble, style: House) -> None:
    figures = drawings([silo, board, single_pot], silo)
    for name in ("arrangements", "net-gains", "refusals", "differences"):
        with in_house(style):
            assert _beyond(figures[name]()) == [], name


def test_a_legend_of_long_names_has_fewer_columns_and_breaks_what_no_line_holds() -> None:
    names = ["a scenario with a name that is long", "another one with a name as long as the first", "short"]
    brief = room_of(7.0, 1.0, "", "", ["a", "b", "c"], 5)
    assert (brief.columns, brief.entries, brief.beyond) == (3, ["a", "b", "c"], 0.0)
    room = room_of(5.5, 1.0, "", "", names, 5)
    assert room.columns == 2
    assert room.beyond > 0.0
    narrow = room_of(2.0, 1.0, "", "", names, 5)
    assert narrow.columns == 1
    assert [entry.replace("\n", " ") for entry in narrow.entries] == names
    assert "\n" in narrow.entries[1]
    assert narrow.bottom - narrow.caption > room.bottom - room.caption


def test_a_figure_grows_by_the_lines_of_its_legend() -> None:
    def height(names: Iterable[str]) -> float:
        with own_style():
            figure = Chart(5.0, 4.0)
            dress(figure, "title", "words", {name: figure.subplots().plot([0, 1])[0] for name in names})
        assert _beyond(figure) == []
        return float(figure.get_figheight())

    assert height("abcde") == 4.0
    assert height(f"{letter} {'long ' * 12}" for letter in "abcde") > 4.5


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_lines_are_measured_and_keep_every_word(weight: str) -> None:
    text = "WWW MMM WWW MMM iii lll WWW MMM"
    assert lines_within(text, 9.0, 8.0, 100, weight) == [text]
    lines = lines_within(text, 1.0, 8.0, 100, weight)
    assert len(lines) > 2
    assert " ".join(lines) == text
    assert lines_within("", 1.0, 8.0, 100, weight) == []


def test_areas_have_the_colours_of_the_style_or_paler_ones(silo: Ensemble, single_pot: Ensemble) -> None:
    def drawn(style: House) -> set[str]:
        with in_house(style):
            figure = drawings([silo, single_pot], silo)["refusals"]()
        return {to_hex(bar.get_facecolor()) for axes in figure.axes for bar in axes.patches
                if isinstance(bar, Rectangle) and bar.get_width() > 0}

    def is_of_the_style(colour: str) -> bool:
        white = np.array([1.0, 1.0, 1.0])
        for own in COLOURS:
            away, to_white = np.array(to_rgb(colour)) - white, np.array(to_rgb(own)) - white
            part = float(away @ to_white / (to_white @ to_white))
            if 0.05 < part <= 1.0 + 1e-6 and np.abs(away - part * to_white).max() < 0.01:
                return True
        return False

    styled = drawn(House(colours=COLOURS))
    assert len(styled) == len(drawn(House()))
    assert all(map(is_of_the_style, styled))


def test_captions_name_no_colour_that_a_style_does_not_have(silo: Ensemble, single_pot: Ensemble) -> None:
    found = tp.decompose(single_pot.scenario, single_pot.scenario.with_settings(["levers.clawback=0.9"]), runs=2)
    draws = {**found.drawings, "differences": drawings([silo, single_pot], silo)["differences"]}
    for name, draw in draws.items():
        with in_house(House(colours=COLOURS)):
            said = " ".join(words.get_text() for words in draw().findobj(Text))
        assert not any(colour in said for colour in ("Blue", "Orange", "Green")), name
        assert "better than silo" in said or ("raises it" in said and "lowers it" in said)


def test_files_of_before_are_named_where_a_figure_cannot_be_drawn_again(single_pot: Ensemble, tmp_path: Path) -> None:
    draws = {name: drawings([single_pot], single_pot)[name] for name in ("who-pays-who-gains", "refusals")}
    (tmp_path / "new").mkdir()
    narrow = House(width=8 / 2.54, formats=("png",))
    with in_house(narrow), pytest.raises(DrawingFailed) as fresh:
        add_figures(tmp_path / "new", draws)
    assert "of before" not in str(fresh.value)
    add_figures(tmp_path, draws)
    with in_house(narrow), pytest.raises(DrawingFailed) as failed:
        add_figures(tmp_path, draws)
    names = "who-pays-who-gains.png, who-pays-who-gains.svg and who-pays-who-gains.csv"
    assert str(failed.value).endswith(f"All else is whole in '{tmp_path}', where {names} are of before")
