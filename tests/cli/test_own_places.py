"""A place of one's own from file to report, and wherever else a place is named."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import yaml

import totalplace as tp
from tests.own_places.spreadsheets import ABOUT, LINES, book, each, rows, text
from totalplace.scenarios import loads, own_places, places
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.rows import ROWS
from totalplace.scenarios.places.shapes import ESTIMATE

Command = Callable[..., Any]
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "my-own-place.md"
SHORT = ("--runs", "2", "--quarters", "6")


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    """The made-up council in a workbook as people keep them: text numbers, a merged head, other sheets, its own names."""
    named = {"Adult social care": "Adults' services", "NHS": "Integrated Care Board", "Police": "Police & Crime Commissioner"}
    table = [[named.get(str(row[0]), row[0]), *row[1:]] if row else row for row in rows(money=each(lambda value: f"£{value:,.2f}"))]

    def spoil(made: Any, sheet: Any) -> None:
        sheet.insert_rows(2)
        sheet["A2"] = "Draft 3, figures of the finance team"
        sheet.merge_cells("A2:F2")
        made.create_sheet("Old").append(["nothing here", 3])

    path = tmp_path / "my-place.xlsx"
    path.write_bytes(book(table, spoil))
    return path


def test_from_file_to_report_by_the_commands_of_the_guide(
    totalplace: Command, messy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(messy.parent)
    block = re.search(r"```\n(totalplace .*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    assert block is not None
    commands = [line.split() for line in block[1].strip().replace("\\\n", " ").splitlines()]
    assert [words[1] for words in commands] == ["places", "places", "compare", "report"]
    filled = messy.read_bytes()
    messy.unlink()
    for number, words in enumerate(commands):
        if words[1] == "compare":
            words += [*SHORT, "--figures", "none"]
        answer = totalplace(*words[1:])
        assert answer.code == 0, answer.err
        if number == 0:
            assert openpyxl.load_workbook(messy).sheetnames[0] == "My place"
            messy.write_bytes(filled)  # the sheet that came back from finance, which is not the template any more
    page = Path("results/my-place/report.html").read_text("utf-8")
    assert "Newtown is a place of your own, read from my-place.xlsx" in page
    manifest = json.loads(Path("results/my-place/manifest.json").read_text("utf-8"))
    assert {entry["place"]["name"] for entry in manifest["scenarios"]} == {"Newtown"}
    assert Path("my-place-xlsx-check.png").stat().st_size > 20_000


def test_sheets_of_one_stem_have_a_picture_each(totalplace: Command, tmp_path: Path) -> None:
    for kind in ("xlsx", "csv"):
        assert totalplace("places", "template", "--like", "Rutland", "--out", f"r.{kind}").code == 0
        assert f"Picture: r-{kind}-check.png" in totalplace("places", "check", f"r.{kind}").out
    pictures = [tmp_path / f"r-{kind}-check.png" for kind in ("xlsx", "csv")]
    assert all(picture.is_file() for picture in pictures)


def test_results_need_the_file_no_more(totalplace: Command, messy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(messy.parent)
    assert totalplace("run", "silo", "--place", "my-place.xlsx", *SHORT, "--out", "kept").code == 0
    before = Path("kept/metrics.csv").read_bytes() if Path("kept/metrics.csv").exists() else b""
    messy.unlink()
    assert totalplace("figures", "kept").code == 0
    assert totalplace("report", "kept").code == 0
    entry = json.loads(Path("kept/manifest.json").read_text("utf-8"))["scenarios"][0]
    again = loads(entry["text"], "silo")
    assert again.material.place.code == entry["place"]["code"]
    assert again.sha256 == entry["sha256"]
    assert yaml.safe_load(entry["text"])["place"]["file"] == "my-place.xlsx"
    Path("again.yaml").write_text(entry["text"], encoding="utf-8")
    assert totalplace("run", "again.yaml", *SHORT, "--out", "second").code == 0
    if before:
        assert Path("second/metrics.csv").read_bytes() == before


def test_everywhere_a_place_is_named(totalplace: Command, messy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(messy.parent)
    file = "my-place.xlsx"
    told = totalplace("places", "show", file)
    assert told.code == 0
    assert "Newtown" in told.out
    assert "given in my-place.xlsx, B12" in told.out
    assert totalplace("explain", "single-pot", "--place", file, "--quarters", "4").code == 0
    branch = totalplace("branch", "silo", "--at", "2025-04", "--then", "levers.clawback=0", "--place", file, *SHORT)
    assert branch.code == 0, branch.err
    assert totalplace("run", "silo", "--set", f"place={file}", *SHORT).code == 0
    year = totalplace("run", "silo", "--place", file, "--year", "2010-11", *SHORT)
    assert year.code == 2
    assert "money of '2024-25' only" in year.err
    eras = totalplace("eras", "single-pot", "--place", file)
    assert eras.code == 2
    assert "one year" in eras.err
    Path("mine.yaml").write_text(f"extends: today\nplace: {file}\n", encoding="utf-8")
    checked = totalplace("scenarios", "check", "mine.yaml")
    assert "Newtown" in checked.out
    Path("sweep.yaml").write_text(
        f"scenarios: [single-pot-today]\nplaces: [{file}, Leeds]\nsettings: {{quarters: 4}}\nreplicates: 1\n"
        "levers: {encouragement: {low: 0, high: 0.5, steps: 2}}\ndesign: {kind: grid}\n", encoding="utf-8")
    swept = totalplace("sweep", "run", "sweep.yaml", "--out", "swept")
    assert swept.code == 0, swept.err
    messy.unlink()
    assert "Newtown" in totalplace("sweep", "show", "swept").out
    assert totalplace("report", "swept").code == 0


def test_python_takes_the_file_and_threads_and_processes_know_the_place(messy: Path) -> None:
    scenario = tp.load("silo", place=str(messy), quarters=4)
    assert (scenario.place, scenario.year) == ("Newtown", "2024-25")
    place = scenario.material.place
    assert place.own is not None
    assert {line: one.amount for line, one in place.own.lines.items() if one.how.startswith("given")} == pytest.approx(LINES)
    state = pickle.dumps(scenario)
    code = place.code
    del scenario, place
    again = pickle.loads(state)
    assert places.find(code, "2024-25").name == "Newtown"
    assert tp.run(again).frame()["wellbeing"].notna().all()


def test_the_same_money_gives_the_same_results_whatever_the_unit(tmp_path: Path) -> None:
    for unit, factor in (("£m", 1.0), ("£ thousand", 1e3)):
        table = rows(ABOUT | {"Amounts are in": unit}, each(lambda value, factor=factor: round(value * factor, 6)))  # type: ignore[misc]
        (tmp_path / f"{factor:g}.csv").write_bytes(text(table))
    runs = [tp.run(tp.load("single-pot", place=str(tmp_path / name), quarters=8)).frame() for name in ("1.csv", "1000.csv")]
    np.testing.assert_array_equal(runs[0].select_dtypes("number"), runs[1].select_dtypes("number"))


def test_check_says_what_is_implausible_and_where(totalplace: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.csv").write_bytes(text(rows()))
    good = totalplace("places", "check", "good.csv")
    assert good.code == 0
    share = re.search(r"and (\d+)% of the money of its agencies, are estimates", good.out)
    assert share is not None
    assert f"{share[1]}% of the money of its agencies is an estimate. What is given is plausible." in good.out
    assert "lines of money" in good.out
    Path("off.csv").write_bytes(text(rows(money=each(lambda value: value) | {"NHS": 1.04275})))
    off = totalplace("places", "check", "off.csv", "--out", "off.svg")
    assert off.code == 1
    assert "wrong NHS (B21): £3 a head" in off.out
    assert "off by a thousand?" in off.out
    assert Path("off.svg").exists()
    Path("all.csv").write_bytes(text(rows(money=each(lambda value: value * 1e3))))
    assert totalplace("places", "check", "all.csv").code == 1
    refused = totalplace("run", "silo", "--place", "all.csv", *SHORT)
    assert refused.code == 2
    assert "their unit is another one" in refused.err
    Path("left.csv").write_bytes(text(rows(ABOUT | {"People, all ages": 482_998})))
    assert "still that of Bristol" in totalplace("places", "check", "left.csv").out
    assert totalplace("places", "check", "nothing.csv").code == 2


def test_show_names_every_line_that_is_estimated_as_the_sheet_does(totalplace: Command, messy: Path) -> None:
    own = tp.load("silo", place=str(messy)).material.place.own
    assert own is not None
    shown = totalplace("places", "show", str(messy)).out
    (said,) = [line for line in shown.splitlines() if line.startswith("Estimate: ")]
    missing = [ROWS[line].label for line, one in own.lines.items() if one.quality == ESTIMATE]
    assert said.removeprefix("Estimate: ").rpartition(": ")[0].split("; ") == missing
    assert "gfra" not in shown


def test_a_template_is_not_written_over(totalplace: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert totalplace("places", "template", "--out", "mine.csv", "--like", "Leeds").code == 0
    Path("mine.csv").write_text("my work", encoding="utf-8")
    again = totalplace("places", "template", "--out", "mine.csv", "--like", "Leeds")
    assert again.code == 2
    assert "--force" in again.err
    assert Path("mine.csv").read_text("utf-8") == "my work"
    assert totalplace("places", "template", "--out", "mine.csv", "--like", "Leeds", "--force").code == 0
    assert totalplace("places", "template", "--out", "no/where.csv").code == 2


@pytest.mark.parametrize(("key", "value", "words"), [
    ("year", "2019-20", "money of '2019-20' only"), ("like", "E99999999", "There is no place with the code"),
    ("people", 3, "out of range"), ("spending", {}, "lacks the key"), ("ages", {"0_to_15": 1}, "lacks the key"),
    ("more", 1, "more"),
    ("sha256", 3, "must be text"), ("region", None, "lacks the key 'region'"),
])
def test_a_place_in_a_scenario_that_is_spoilt_is_refused(messy: Path, key: str, value: Any, words: str) -> None:
    content = yaml.safe_load(tp.load("silo", place=str(messy)).text)
    if value is None:
        del content["place"][key]
    else:
        content["place"][key] = value
    with pytest.raises(InputError, match=re.escape(words)):
        loads(yaml.safe_dump(content, allow_unicode=True), "silo")


def test_a_code_that_nothing_holds_is_refused(messy: Path) -> None:
    own = own_places.read_place(messy)
    with pytest.raises(InputError, match="not of 2010-11"):
        places.find(own.code, "2010-11")
    with pytest.raises(InputError, match="is not loaded"):
        places.find("own-000000000000", "2024-25")


def test_check_calls_nothing_plausible_that_it_says_to_look_at(totalplace: Command, tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_bytes(text(rows(money=each(lambda value: value) | {"Police": 39.9, "Adult social care": 195.0})))
    few = totalplace("places", "check", "few.csv")
    assert few.code == 0, few.err
    assert re.search(r"look  Police \(B22\): £133 a head; in real places £166 to £\d+; less than in any real place", few.out)
    assert re.search(r"look  Adult social care \(B11\): £650 a head; .*; more than in any real place", few.out)
    looks = sum(line.startswith("look") for line in few.out.splitlines())
    assert f"is an estimate. Nothing is wrong, but {looks} to look at: unusual, though possible." in few.out
    assert "plausible." not in few.out
