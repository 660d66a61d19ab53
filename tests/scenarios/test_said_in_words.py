"""Mistakes that were taken silently, or told in words that do not help: ties, long values, encodings, commas, level paths."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import pytest

import totalplace as tp
from totalplace import scenarios
from totalplace.scenarios.errors import InputError
from totalplace.sim.cli import exit_code

BASE = "extends: lsp\nplace: Rutland\nquarters: 8\n"


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        scenarios.loads(BASE + text)
    return caught.value


@pytest.mark.parametrize(("ties", "line", "says"), [
    ("[[council, council]]", 5, "A tie of 'council' with itself is none"),
    ("[]", 5, "The network has no tie"),
])
def test_ties_that_are_none_are_refused(ties: str, line: int, says: str) -> None:
    error = refused(f"network:\n  ties: {ties}\n")
    assert (error.message, error.line) == (says, line)
    with pytest.raises(InputError, match=says.split(";")[0]):
        tp.load("lsp", network={"ties": scenarios_list(ties)})


def scenarios_list(ties: str) -> Any:
    import yaml

    return yaml.safe_load(ties)


@pytest.mark.parametrize(("lines", "line", "says"), [
    ("council council\n", 1, "A tie of 'council' with itself is none"),
    ("# nothing\n", None, "The network file has no tie"),
])
def test_a_network_file_is_held_to_the_same(tmp_path: Path, lines: str, line: int | None, says: str) -> None:
    (tmp_path / "ties.txt").write_text(lines)
    (tmp_path / "mine.yaml").write_text(f"{BASE}network: {{file: ties.txt}}\n")
    with pytest.raises(InputError) as caught:
        tp.load(tmp_path / "mine.yaml")
    assert (caught.value.message, caught.value.line) == (says, line)
    assert str(caught.value.file).endswith("ties.txt")


def test_ties_given_twice_are_told(tmp_path: Path) -> None:
    (tmp_path / "ties.txt").write_text("council nhs\n# no more\nnhs, council\nfire police\n")
    (tmp_path / "mine.yaml").write_text(f"{BASE}network: {{file: ties.txt}}\n")
    found = tp.load(tmp_path / "mine.yaml")
    assert "the tie of 'council' and 'nhs' is given 2 times (lines 1, 3) and counts once" in found.notes
    assert not any("fire" in note for note in found.notes)
    inline = tp.load("lsp", network={"ties": [["council", "nhs"], ["council", "nhs"], ["nhs", "council"]]})
    assert "the tie of 'council' and 'nhs' is given 3 times and counts once" in inline.notes
    assert not any("tie" in note for note in scenarios.loads(found.text).notes)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_a_network_file_that_is_not_utf_8_is_called_that(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "ties.txt").write_bytes(codecs.encode("# Gemeinderäte ÿ\ncouncil nhs\n", encoding))
    (tmp_path / "mine.yaml").write_text(f"{BASE}network: {{file: ties.txt}}\n")
    with pytest.raises(InputError) as caught:
        tp.load(tmp_path / "mine.yaml")
    assert "codec" not in str(caught.value)
    assert caught.value.message.startswith(("The file is not text in UTF-8", "A line of a network file", "There is no agency"))


@pytest.mark.parametrize("words", [
    ["title=" + "x" * 100_000], ["place=" + "x" * 100_000], ["x" * 100_000 + "=3"], ["levers." + "x" * 100_000 + "=3"],
    ["x" * 100_000],    ["levers.clawback=" + "x" * 100_000], ["cuts=" + "x" * 100_000 + ".yaml"], ["events=" + "x" * 100_000],
    ["title=a", "title=" + "x" * 100_000],
], ids=lambda words: words[0][:20])
def test_a_message_is_short_however_long_the_value(words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        tp.load("silo", set=words)
    assert len(str(caught.value)) < 3_000
    field: dict[str, Any] = {"title": "x" * 100_000}
    with pytest.raises(InputError) as named:
        tp.load("silo", **field)
    assert len(str(named.value)) < 500


@pytest.mark.parametrize(("written", "meant"), [("0,5", "0.5"), ("1,25", "1.25"), ("0,25%", "0.25%"), ("1,000", "1000")])
@pytest.mark.parametrize("after", ["", ", cuts: 1"])
def test_a_comma_in_a_mapping_of_numbers_is_understood(written: str, meant: str, after: str) -> None:
    error = refused(f"levers: {{clawback: {written}{after}}}\n")
    assert error.message == f"'{written}' is no number"
    assert (error.line, error.column, error.nearest) == (4, 20, meant)


def test_what_is_no_number_in_a_mapping_is_told_as_before() -> None:
    assert refused("levers: {clawback: 0.5, cuts}\n").message == "'cuts' has no value"
    assert refused("levers: {clawback: , cuts: 1}\n").message == "'clawback' has no value"


def test_a_path_that_is_level_throughout_is_noted() -> None:
    note = "the budget path plans-2010 is level throughout the run"
    assert note in tp.load("silo", year="2017-18", cuts="plans-2010").notes
    assert not any("level" in told for told in tp.load("silo", cuts="plans-2010").notes)
    assert not any("level" in told for told in tp.load("silo", year="2017-18", cuts="none").notes)
    assert not any("level" in told for told in tp.load("silo", quarters=1).notes)
    late = tp.load("silo", year="2017-18", cuts="none", events=["2018-04: budget path plans-2010"])
    assert "'2018-04: budget path plans-2010': that path is level from then on" in late.notes


@pytest.mark.parametrize("name", ["-x", "plain", "with blank", "\x1b[31mred", "it's \udcff\udcfe", "back\\slash \u202eturned"])
def test_the_hint_draws_the_figures(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import os
    import subprocess

    monkeypatch.chdir(tmp_path)
    words = ["run", "silo", "--place", "Rutland", "--quarters", "1", "--runs", "1", "--figures", "none", "--out", name]
    assert exit_code(words) == 0
    hint = capsys.readouterr().out.partition("totalplace figures")[2].splitlines()[0]
    said = subprocess.run(["bash", "-c", f"printf %s {hint}"], capture_output=True, check=True).stdout  # as a user pastes it
    folder = os.fsdecode(said)
    assert Path(folder) == Path(name)
    assert exit_code(["figures", "--list", folder]) == 0
    assert "over-time" in capsys.readouterr().out
