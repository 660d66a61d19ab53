"""Figures drawn later, from the folder alone, are those that the command would have drawn."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.signing import made_older
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim import figures
from totalplace.sim.figures import drawings
from totalplace.sim.figures.style import Chart
from totalplace.sim.report.read_results import read_results
from totalplace.sim.report.results_figures import draw_figures, figures_of
from totalplace.sim.results.out_folder import folder_in
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.store import DrawingFailed, write_figures


def pictures(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "figures").iterdir())}


def files_of(*names: str) -> list[str]:
    return sorted(f"{name}.{ending}" for name in names for ending in ("png", "svg"))


@pytest.fixture
def copy(compared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(compared, tmp_path / "copy")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small figures of the real names, so that drawing them takes no time."""

    def small(ensembles: list[Ensemble], baseline: Ensemble) -> dict[str, Callable[[], Chart]]:
        return dict.fromkeys(drawings(ensembles, baseline), partial(Chart, 1.0, 1.0))

    monkeypatch.setattr(figures, "drawings", small)


def test_figures_from_the_folder_are_those_of_the_runs_to_the_byte(copy: Path, ensembles: list[Ensemble], tmp_path: Path) -> None:
    every = drawings(ensembles, ensembles[0])
    assert list(figures_of(copy)) == list(every)
    chosen = ("network-joint-commissioning", "refusals", "outcomes-by-cohort")  # ties, negotiations, metrics
    assert draw_figures(copy, chosen) == chosen
    (tmp_path / "runs").mkdir()
    write_figures(tmp_path / "runs", {name: every[name] for name in chosen})
    assert pictures(copy) == pictures(tmp_path / "runs")


@pytest.mark.usefixtures("quick")
def test_what_is_there_is_not_drawn_again_unless_it_is_named(copy: Path) -> None:
    before = {path.name: path.read_bytes() for path in copy.iterdir()}
    assert draw_figures(copy, ["refusals", "differences", "refusals"]) == ("refusals", "differences")
    (copy / "figures" / "refusals.svg").write_text("mine")
    (copy / "figures" / "notes.txt").write_text("mine")
    told: list[tuple[int, int]] = []
    drawn = draw_figures(copy, progress=lambda now, of: told.append((now, of)))
    every = list(figures_of(copy))
    assert list(drawn) == [name for name in every if name not in ("refusals", "differences")]
    assert told[-1] == (len(drawn), len(drawn))
    assert sorted(pictures(copy)) == sorted([*files_of(*every), "notes.txt"])
    assert (copy / "figures" / "refusals.svg").read_text() == "mine"
    assert draw_figures(copy) == ()
    assert draw_figures(copy, ["refusals"]) == ("refusals",)
    assert (copy / "figures" / "refusals.svg").read_text() != "mine"
    assert {path.name: path.read_bytes() for path in copy.iterdir() if path.name != "figures"} == before


@pytest.mark.usefixtures("quick")
def test_a_picture_of_which_one_file_is_missing_is_drawn_again(copy: Path) -> None:
    draw_figures(copy)
    (copy / "figures" / "net-gains.png").unlink()
    assert draw_figures(copy) == ("net-gains",)


@pytest.mark.usefixtures("quick")
def test_an_empty_file_is_no_picture(copy: Path) -> None:
    draw_figures(copy)
    (copy / "figures" / "net-gains.png").write_bytes(b"")
    assert draw_figures(copy) == ("net-gains",)
    assert (copy / "figures" / "net-gains.png").stat().st_size > 0


@pytest.mark.usefixtures("quick")
def test_a_name_that_no_figure_has_is_refused_before_anything_is_drawn(copy: Path) -> None:
    with pytest.raises(UnknownName, match=r"no figure 'network-singlepot' of .*Did you mean 'network-single-pot'"):
        draw_figures(copy, ["refusals", "network-singlepot"])
    assert not (copy / "figures").exists()
    (copy / "figures").write_text("a file")
    with pytest.raises(InputError, match="figures' is no folder"):
        draw_figures(copy)


def test_a_figure_that_cannot_be_drawn_keeps_no_other_from_its_place(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> Chart:
        raise RuntimeError("no ink")

    draws = {"one": partial(Chart, 1.0, 1.0), "two": fails, "three": partial(Chart, 1.0, 1.0)}
    monkeypatch.setattr(figures, "drawings", lambda ensembles, baseline: draws)
    draw_figures(copy, ["one"])
    with pytest.raises(DrawingFailed, match=r"Of 2 figures these could not be drawn: two \(no ink\)"):
        draw_figures(copy)
    assert sorted(pictures(copy)) == files_of("one", "three")
    assert not [path for path in copy.iterdir() if path.name.startswith(".")]


@pytest.mark.usefixtures("quick")
def test_two_commands_do_not_draw_in_one_folder_at_once(copy: Path) -> None:
    with folder_in(copy, "figures"), pytest.raises(InputError, match=r"figures' is being written by process"):
        draw_figures(copy)
    assert len(draw_figures(copy)) == len(figures_of(copy))


@pytest.mark.usefixtures("quick")
def test_folders_of_earlier_versions_have_all_figures_but_networks(copy: Path) -> None:
    (copy / "ties.parquet").unlink()
    made_older(copy)
    assert not read_results(copy).has_ties
    with pytest.raises(InputError, match="holds no networks to draw"):
        draw_figures(copy, ["network-single-pot"])
    drawn = draw_figures(copy)
    assert "refusals" in drawn
    assert not [name for name in drawn if name.startswith("network")]


def test_a_damaged_folder_is_refused(copy: Path) -> None:
    (copy / "ties.parquet").write_bytes(b"no Parquet")
    with pytest.raises(InputError, match=r"ties.parquet' is damaged or was changed"):
        draw_figures(copy)
    assert not (copy / "figures").exists()


@pytest.mark.parametrize("kind", ["totalplace sweep 2", "totalplace analysis 2", ""])
def test_a_folder_of_something_else_is_named_with_what_can_be_drawn(tmp_path: Path, kind: str) -> None:
    (tmp_path / "manifest.json").write_text(f'{{"format": "{kind}"}}', "utf-8")
    with pytest.raises(InputError, match="a folder that run, compare or explain wrote|manifest"):
        draw_figures(tmp_path)
