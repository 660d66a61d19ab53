"""A report is written whole or not at all, replaces only a report, and holds nothing that a reader's browser would run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import totalplace as tp
from tests.drawing import reports_drawing_little
from tests.report.conftest import write_results
from tests.report.page_text import PATIENCE, Page
from tests.signing import signed_again
from totalplace import scenarios
from totalplace.scenarios.errors import InputError
from totalplace.sim.cli import exit_code
from totalplace.sim.report import refusals, write_report
from totalplace.sim.report import write as writing
from totalplace.sim.system.checksums import check_files

EVIL = "\"'><img src=http://evil.example/x onerror=alert(1)><script>alert(2)</script></style><!--"



@pytest.fixture
def little() -> Iterator[None]:
    """For tests to which figures are nothing."""
    with reports_drawing_little():
        yield


little_to_draw = pytest.mark.usefixtures("little")


@little_to_draw
def test_the_command_writes_page_and_folder(alone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine.html"
    assert exit_code(["report", str(alone), "--out", str(out)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "mine.html"]
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["figures", "manifest.json", "tables"]
    assert "mine.html" in capsys.readouterr().out


@little_to_draw
def test_without_a_name_it_goes_into_the_folder(alone: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(alone, tmp_path / "results")
    assert exit_code(["report", str(folder)]) == 0
    assert (folder / "report.html").is_file()
    assert exit_code(["report", str(folder)]) == 2
    assert exit_code(["report", str(folder), "--force"]) == 0


@little_to_draw
def test_another_format_of_a_report_joins_the_first(alone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shutil.copytree(alone, tmp_path / "results")
    assert exit_code(["report", str(folder), "--format", "html"]) == 0
    page = (folder / "report.html").read_bytes()
    assert exit_code(["report", str(folder), "--format", "docx"]) == 0
    assert (folder / "report.docx").is_file()
    assert (folder / "report.html").read_bytes() == page
    assert exit_code(["report", str(folder), "--format", "docx"]) == 2, "a document that is there is not written over"
    assert exit_code(["report", str(folder), "--format", "xlsx", "--metric", "wellbeing"]) == 2, "the page stands on other tables"
    assert "holds figures and tables of another report" in capsys.readouterr().err
    assert not (folder / "report.xlsx").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "There is no folder 'nowhere'"),
        (["{empty}"], "has no manifest.json"),
        (["{compared}", "--out", "page.pdf"],
         "not the name of a page, a document or a workbook. Allowed: --out FILE.html, FILE.docx or FILE.xlsx"),
        (["{compared}", "--out", "page.pdf", "--format", "docx"], "not the name of a document. Allowed: --out FILE.docx"),
        (["{compared}", "--out", "{taken}"], "--force"),
        (["{compared}", "--out", "{taken}", "--force"], "no report of totalplace"),
        (["{compared}", "--metric", "net_savings"], "Did you mean 'net_saving'"),
        (["{other}"], "of which there is no report"),
    ],
)
def test_errors_are_said_and_leave_nothing(
    compared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    empty, other, taken = tmp_path / "empty", tmp_path / "other", tmp_path / "taken.html"
    empty.mkdir()
    other.mkdir()
    (other / "manifest.json").write_text('{"format": "something else"}')
    taken.write_text("<p>my own page</p>")
    places = {"empty": empty, "other": other, "taken": taken, "compared": compared}
    filled = [argument.format(**places) for argument in arguments]
    before = sorted(path.name for path in (*tmp_path.iterdir(), *compared.iterdir()))
    assert exit_code(["report", *filled]) == 2
    assert words in capsys.readouterr().err
    assert sorted(path.name for path in (*tmp_path.iterdir(), *compared.iterdir())) == before
    assert taken.read_text() == "<p>my own page</p>"


@little_to_draw
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_failure_while_writing_leaves_the_old_report(
    alone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    out = write_report(alone, tmp_path / "page.html")
    before = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def fails(*given: Any, **named: Any) -> str:
        raise error

    monkeypatch.setattr(writing, "page", fails)
    with pytest.raises(error):
        write_report(alone, out, force=True)
    assert {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_a_folder_beside_that_holds_something_else_is_not_replaced(alone: Path, tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "diary.txt").write_text("mine")
    with pytest.raises(InputError, match="not replaced"):
        write_report(alone, tmp_path / "page.html", force=True)
    assert not (tmp_path / "page.html").exists()


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page, with all its figures, about results whose every text is hostile."""
    tmp_path = tmp_path_factory.mktemp("poisoned")
    shipped = scenarios.loads(tp.load("single-pot", place="Rutland", quarters=4).for_many_runs().text, "evil")
    lines = [line for line in shipped.text.splitlines() if not line.startswith(("name:", "title:", "description:"))]
    mapping = json.dumps(EVIL)
    hostile = scenarios.loads("\n".join([*lines, "name: evil & co", f"title: {mapping}", f"description: {mapping}"]), "evil")
    assert hostile.title == EVIL
    ensembles = [tp.ensemble(tp.load("silo", place="Rutland", quarters=4), runs=2), tp.ensemble(hostile, runs=2)]
    folder = write_results(tmp_path / "evil", ensembles, "evil & co", command=("totalplace", EVIL))

    def poison(manifest: dict[str, Any]) -> None:
        platform = dict.fromkeys(("system", "machine"), EVIL)
        manifest |= {"written": EVIL, "commit": EVIL, "versions": {EVIL: EVIL}, "platform": platform}
        manifest["options"] |= {"engine": EVIL, "settings": [EVIL]}

    signed_again(folder, poison)
    return write_report(folder, tmp_path / "page.html")


def test_every_text_is_escaped(poisoned: Path) -> None:
    page = Page(poisoned.read_text())
    assert "script" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert [address for address in page.addresses if not address.startswith(("data:image/svg+xml;base64,", "#", "data:,"))] == []
    assert EVIL in page.text
    assert page.tags.count("style") == 1
    names = [path.name for path in poisoned.with_suffix("").rglob("*")]
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.") for name in names)


def test_a_hostile_page_runs_nothing_and_asks_for_nothing(poisoned: Path, chrome: Any) -> None:
    asked: list[str] = []
    said: list[str] = []
    with chrome.new_context() as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        page.goto(poisoned.as_uri())
        page.wait_for_load_state("networkidle")
    assert [address for address in asked if not address.startswith("data:")] == [poisoned.as_uri()]
    assert said == []


def test_a_figure_that_cannot_be_drawn_costs_neither_the_page_nor_the_other_figures(
    compared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails(*given: Any) -> None:
        raise RuntimeError("no <ink>\nand more")

    monkeypatch.setattr(refusals, "reasons_for_refusal", fails)
    html = tmp_path / "page.html"
    with reports_drawing_little(but=("refusals",)):
        assert exit_code(["report", str(compared), "--out", str(html)]) == 1
    said = capsys.readouterr().err
    assert "these could not be drawn: refusals (no <ink>). The page '" in said
    assert f"The page '{html}' is whole but for them, and says so in their place." in said
    page = Page(html.read_text("utf-8"))
    assert "This figure could not be drawn." in page.text
    assert "The reason: no <ink>." in page.text
    drawn = {path.stem for path in (tmp_path / "page" / "figures").iterdir()}
    assert "refusals" not in drawn
    assert len(drawn) >= 2
    assert page.tags.count("img") == len(drawn)
    manifest = json.loads((tmp_path / "page" / "manifest.json").read_text("utf-8"))
    assert set(manifest["figures"]) == drawn
    check_files(tmp_path / "page", manifest["files"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["page", "page.html"]
    monkeypatch.undo()
    with reports_drawing_little(but=("refusals",)):
        assert exit_code(["report", str(compared), "--out", str(html), "--force"]) == 0
    assert "could not be drawn" not in html.read_text("utf-8")


@little_to_draw
def test_every_table_of_a_comparison_says_its_place(compared: Path, tmp_path: Path) -> None:
    write_report(compared, tmp_path / "page.html")
    tables = sorted((tmp_path / "page" / "tables").glob("*.csv"))
    assert {path.stem for path in tables} >= {"headline", "requests", "gains", "net-gains"}
    for path in tables:
        frame = pd.read_csv(path, encoding="utf-8-sig")
        assert list(frame.columns[:2]) == ["scenario", "place"], path.stem
        assert set(frame["place"]) == {"Hartlepool"}, path.stem


def test_a_page_that_leads_nowhere_is_said_to_be_a_link(alone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.html").symlink_to("nowhere.html")
    assert exit_code(["report", str(alone), "--out", str(tmp_path / "page.html")]) == 2
    assert "page.html' is a symbolic link to 'nowhere.html', which does not exist." in capsys.readouterr().err
