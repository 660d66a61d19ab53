"""The gallery holds twelve questions whose commands exist, and its answers are what the commands find."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import totalplace as tp
from tests.docs.test_examples import wrong_with
from tools import documentation, gallery
from tools.gallery import GALLERY, Entry, answer
from totalplace.sim.figures.differences import outcomes_by_cohort
from totalplace.sim.results.compare import difference
from totalplace.sim.results.wording import amount

PAGE = documentation.GALLERY.read_text("utf-8")
SMALL = "--place Rutland --runs 40 --quarters 8 --out results"


def test_there_are_twelve_questions_each_with_commands_answer_and_figure() -> None:
    assert len(GALLERY) == 12
    parts = re.split(r"^## \d+\. ", PAGE, flags=re.MULTILINE)[1:]
    for part, (name, entry) in zip(parts, GALLERY.items(), strict=True):
        assert part.partition("\n")[0].endswith("?")
        block = documentation.generated(part)
        assert f"<!-- generated: {name} -->" in block
        for command in entry.commands:
            assert gallery.shown(command) in block
            assert shlex.split(gallery.shown(command).replace("\\\n", "")) == shlex.split(command), "what is shown is what was run"
        assert f"]({gallery.PICTURES}/{name}.png)" in block
        picture = documentation.GALLERY.parent / gallery.PICTURES / f"{name}.png"
        with Image.open(picture) as shown:
            assert shown.width <= gallery.WIDTH
        assert picture.stat().st_size < 200_000, "a page of twelve figures stays light"


@pytest.mark.parametrize("name", GALLERY)
def test_commands_of_the_gallery_exist(name: str) -> None:
    assert [command for command in GALLERY[name].commands if wrong_with(command)] == []


def test_an_answer_and_its_picture_come_from_the_runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    entry = Entry((f"totalplace compare silo lsp single-pot --baseline silo {SMALL}",), "results/figures/differences.png",
                  "Differences", GALLERY["which-arrangement"].say)
    monkeypatch.setitem(GALLERY, "small", entry)
    told = " ".join(answer("small", tmp_path / "pictures").split())
    silo, pot = (tp.ensemble(tp.load(name, place="Rutland", quarters=8), runs=40) for name in ("silo", "single-pot"))
    gap = difference(pot, silo, "net_saving")
    assert f"single-pot, {gallery._band(gap, '£m', signed=True)}" in told
    low, high = np.quantile(gap, (0.05, 0.95))
    side = "clearly more" if low > 0 else "clearly less" if high < 0 else "no clear difference"
    assert re.search(rf"{side} with [^;]*single-pot", told), told
    with Image.open(tmp_path / "pictures" / "small.png") as shown:
        assert shown.width == gallery.WIDTH
    assert "![Differences](images/gallery/small.png)" in told


def test_who_pays_is_told_in_the_means_of_its_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GALLERY, "small", Entry((f"totalplace run single-pot {SMALL}",), "results/figures/who-pays-who-gains.png",
                                                "Matrix", GALLERY["who-pays"].say))
    told = " ".join(answer("small").split())
    found = tp.ensemble(tp.load("single-pot", place="Rutland", quarters=8), runs=40)
    mean = found.gains.mean(axis=0) * ~np.eye(found.gains.shape[1], dtype=bool)
    net = mean.sum(axis=0) - mean.sum(axis=1)
    assert "Figures are means of the runs" in told
    assert f"is worth {amount(float(mean.max()), '£m', brief=True)} (" in told
    assert f"{amount(float(net.max()), '£m', brief=True, signed=True)} (" in told
    assert f"{amount(float(net.min()), '£m', brief=True, signed=True)} (" in told


def test_who_is_better_off_is_told_of_the_differences_that_its_figure_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    commands = (f"totalplace compare silo single-pot --baseline silo {SMALL}", "totalplace figures results outcomes-by-cohort")
    monkeypatch.setitem(GALLERY, "small", Entry(commands, "x.png", "", GALLERY["who-is-better-off"].say))
    told = " ".join(answer("small").split())
    silo, pot = (tp.ensemble(tp.load(name, place="Rutland", quarters=8), runs=40) for name in ("silo", "single-pot"))
    data = outcomes_by_cohort([silo, pot], silo).data
    assert data is not None
    clear = (data["difference_p05"] > 0).sum()
    assert f"wellbeing with single-pot is clearly higher than with silo for {clear} of 6 groups" in told
    ends = data.sort_values("difference")
    for end, row in (("largest", ends.iloc[-1]), ("smallest", ends.iloc[0])):
        shown = [amount(row[f"difference{part}"], "0-1", brief=True, signed=True) for part in ("", "_p05", "_p95")]
        assert re.search(rf"{end} for [\w ]+, {re.escape(f'{shown[0]} ({shown[1]} to {shown[2]})')}", told), told


def test_what_costs_more_than_it_frees_is_no_saving() -> None:
    assert gallery._saves(3.82) == "saves £3.82m a year"
    assert gallery._saves(-3.82) == "costs £3.82m a year more than it frees"


def test_money_of_other_places_is_told_with_a_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    small = "--place Manchester --runs 40 --quarters 12 --out results"
    command = f"totalplace compare today single-pot-today integrated-settlement --baseline today {small}"
    monkeypatch.setitem(GALLERY, "small", Entry((command,), "x.png", "", GALLERY["integrated-settlement"].say))
    told = " ".join(answer("small").split())
    assert "Money beside its budgets, integrated-settlement: Manchester" in told
    assert "of which other places then have less" in told
    assert "Money beside its budgets, single-pot-today" not in told


def test_a_slip_in_a_sheet_is_found() -> None:
    told = " ".join(answer("own-place").split())
    assert re.search(r"finds \d+ things? wrong and ends with code 1", told)
    assert "*Adult social care" in told


def test_a_command_that_fails_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(GALLERY, "small", Entry((f"totalplace run no-such {SMALL}",), "x.png", "", lambda *_: ""))
    with pytest.raises(RuntimeError, match="no-such"):
        answer("small")
