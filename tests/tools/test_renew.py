"""``make renew``: order, what is skipped and why, the report, and that a failure leaves the rest undone."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tools import baseline, documentation, headline, renew
from tools.renewal import FAILED, MADE, SAME, SKIPPED, UNDONE, Record, RenewalError, Step, code_of, digest_of, files_digest, renewed

ROOT = Path(__file__).resolve().parents[2]
NAMES = [
    "rows", "schemas", "baseline", "tables", "validation", "ablations", "trade-off", "survival", "levers", "panel", "structure",
    "headline", "questions", "gallery", "picture",
]


class Works:
    """Three small steps in a folder: a copy of the source, then two that are made from copies; what was done, in order."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.done: list[str] = []
        (root / "source").write_text("one")
        (root / "tools").mkdir()
        self.record = Record(root / "tools" / "renewed.json")
        self.steps = (self.copy("first", "source"), self.copy("second", "first"), self.copy("third", "second"))

    def copy(self, name: str, source: str) -> Step:
        def make() -> None:
            self.done.append(name)
            (self.root / name).write_text((self.root / source).read_text())

        return Step(name, f"a copy of {source}", {source: lambda: files_digest([self.root / source], self.root)},
                    lambda: [self.root / name], make)

    def renew(self, *only: str) -> list[str]:
        self.done.clear()
        record = Record.read(self.record.path)
        return [one.state for one in renewed(renew.chosen(self.steps, only), record, lambda words: None, forced=bool(only))]


@pytest.fixture
def works(tmp_path: Path) -> Works:
    return Works(tmp_path)


def test_steps_are_done_in_order_once_and_again_only_where_something_has_changed(works: Works) -> None:
    assert works.renew() == [MADE, MADE, MADE]
    assert works.done == ["first", "second", "third"]
    assert works.renew() == [SKIPPED, SKIPPED, SKIPPED]
    assert works.done == []
    (works.root / "source").write_text("two")
    assert works.renew() == [MADE, MADE, MADE]
    assert (works.root / "third").read_text() == "two"
    (works.root / "second").write_text("by hand")
    assert Record.read(works.record.path).reasons(works.steps[1]) == ["second is not what was made"]
    assert works.renew() == [SKIPPED, MADE, SKIPPED]
    assert works.done == ["second"]
    (works.root / "third").unlink()
    assert Record.read(works.record.path).reasons(works.steps[2]) == ["third is not there any more"]
    assert works.renew() == [SKIPPED, SKIPPED, MADE]


def test_a_step_that_is_asked_for_is_done_alone_though_up_to_date(works: Works) -> None:
    works.renew()
    assert works.renew("second") == [SAME]
    assert works.done == ["second"]
    with pytest.raises(RenewalError, match="There is no step 'fourth'. There are: first, second, third"):
        works.renew("fourth")


def test_a_failure_leaves_the_rest_undone_and_what_was_made_stays_made(works: Works) -> None:
    def fail() -> None:
        works.done.append("failed")
        raise OSError("no room")

    whole = works.steps
    works.steps = (whole[0], replace(whole[1], make=fail), whole[2])
    record = Record.read(works.record.path)
    outcomes = list(renewed(works.steps, record, lambda words: None))
    assert [one.state for one in outcomes] == [MADE, FAILED, UNDONE]
    assert outcomes[1].error == "OSError: no room"
    assert works.done == ["first", "failed"]
    assert set(json.loads(works.record.path.read_text())) == {"first"}
    works.steps = whole
    assert works.renew() == [SKIPPED, MADE, MADE]


def test_a_step_that_does_not_write_its_file_has_failed(works: Works) -> None:
    step = replace(works.steps[0], make=lambda: None)
    (outcome,) = renewed([step], works.record, lambda words: None)
    assert (outcome.state, outcome.error) == (FAILED, "first was not written")


def test_a_damaged_record_is_said(works: Works) -> None:
    works.record.path.write_text("{")
    with pytest.raises(RenewalError, match="renewed.json is damaged.*without it every step is done"):
        Record.read(works.record.path)


def test_digests_know_code_from_comments(tmp_path: Path) -> None:
    plain = 'def f():\n    return 1\n'
    assert code_of(plain + "# why\n") == code_of(plain)
    assert code_of('def f():\n    """What."""\n    return 1\n') == code_of('def f():\n    """Other."""\n    return 1\n')
    assert code_of(plain) != code_of(plain.replace("1", "2"))
    assert digest_of(b"a") != digest_of(b"b")


def test_the_steps_of_the_project_stand_in_order_and_what_they_write_is_there() -> None:
    steps = renew.steps()
    assert [step.name for step in steps] == NAMES
    for step in steps:
        files = list(step.files())
        assert files
        assert set(step.outputs()) == set(files), step.name
        assert step.inputs() == step.inputs()
    pictures = {path.name for path in steps[4].files()}
    assert {"validation.md", "validation-facts.png"} <= pictures
    assert not any("structure" in name for name in pictures)


def test_what_is_generated_and_committed_has_a_step_or_says_how_it_is_made() -> None:
    made = {path.relative_to(ROOT).as_posix() for step in renew.steps() for path in step.files()}
    apart = {"docs/calibration.md", "scenarios/posterior.csv"}  # calibration decides anew and takes hours
    rooms = [ROOT / name for name in ("agents", "docs", "scenarios", "sim", "tests/baseline")]
    kinds = (".md", ".yaml", ".csv", ".pyi")
    files = [ROOT / "README.md", *(path for room in rooms for path in room.rglob("*") if path.suffix in kinds)]
    heads = {path.relative_to(ROOT).as_posix(): path.read_bytes() for path in files}
    signs = (b"is written by `totalplace", b"writes this file", b"Do not edit", b"<!-- generated: metrics",
             b"<!-- generated: results", b"written by `totalplace calibrate`")
    generated = {name for name, head in heads.items() if any(sign in head for sign in signs)}
    assert generated - made - apart == set()


def test_the_picture_is_that_of_make_run() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    names = re.search(r"^ARRANGEMENTS = (.*)$", makefile, re.MULTILINE)
    recipe = re.search(r"totalplace (compare .*)$", makefile, re.MULTILINE)
    assert names
    assert recipe
    words = recipe[1].replace("$(ARRANGEMENTS)", names[1]).replace("$(RESULTS)", "OUT").split()
    assert words == list(renew.picture_command("OUT"))


def results(net: float, quarter_9: float = 2.0) -> dict[str, Any]:
    return {"lsp": {"place": "Leeds", "seed": 1, "deals": {"agreed": 3, "refused": 1},
                    "metrics": {"net_saving": [0.0, quarter_9, 3.0, net], "wellbeing": [0.6] * 4}}}


PAGE = """# Validation

## Verdicts

|  | fact | part | verdict |
|---|---|---|---|
| 1 | Little is pooled. | target | **{}** |
| 10 | Trust falls. | held out | **{}** |
| 2 | Savings are small. | target | **reproduced** |

## Every criterion

| 1 | no fact | at | **all** |
"""


def test_changed_results_and_flipped_verdicts_are_told_with_old_and_new() -> None:
    assert renew.changed_results(results(4.0), results(4.0 * (1 + 1e-12))) == []
    assert renew.changed_results(results(4.0), results(5.5)) == [("lsp", "net_saving", "quarter 39", "4", "5.5")]
    assert renew.changed_results(results(4.0), results(4.0, quarter_9=1.5)) == [("lsp", "net_saving", "quarter 9", "2", "1.5")]
    new = results(4.0)
    new["lsp"]["metrics"]["payback"] = [1.0] * 4
    new["lsp"]["deals"]["agreed"] = 7
    assert renew.changed_results(results(4.0), new) == [
        ("lsp", "negotiations agreed", "all quarters", "3", "7"), ("lsp", "payback", "quarter 39", "none", "1"),
    ]
    before, after = PAGE.format("partly", "inside, not narrow"), PAGE.format("reproduced", "inside, not narrow")
    assert renew.flipped(before, before) == []
    assert renew.flipped(before, after) == [("1. Voluntary pooling is small", "partly", "reproduced")]
    assert renew.flipped("", before)[-1] == ("10. Prevention is little, and another gains", "none", "inside, not narrow")


@pytest.fixture
def project(works: Works, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """The command over small steps, with results that change as one of them is done."""
    pages = [PAGE.format(verdict, "missed") for verdict in ("partly", "reproduced")]
    seen = [renew.Seen(results(4.0), pages[0]), renew.Seen(results(5.5), pages[1])]
    monkeypatch.setattr(renew, "RECORD", works.record.path)
    monkeypatch.setattr(renew, "ROOT", works.root)
    monkeypatch.setattr(renew.Seen, "now", lambda: seen["first" in works.done])

    def call(*words: str) -> tuple[int, str]:
        screen = io.StringIO()
        return renew.main(words, Console(file=screen, width=140), works.steps), screen.getvalue()

    return call


def test_the_command_lists_does_and_reports(works: Works, project: Callable[..., tuple[int, str]]) -> None:
    code, said = project("--list")
    assert code == 0
    assert said.count("never made") == 3
    assert works.done == []
    code, said = project()
    assert code == 0
    told = (r"first +updated +first *\n", r"lsp +net_saving +quarter 39 +4 +5.5",
            r"1. Voluntary pooling is small +partly +reproduced")
    for line in told:
        assert re.search(line, said), said
    works.done.clear()
    code, said = project()
    assert code == 0
    assert said.count("up to date") == 3
    assert "No result of the default runs differs.\nNo verdict flipped.\n" in said
    (works.root / "first").write_text("[by hand]")
    assert re.search(r"first +a copy of source +first is not what was made", project("--list")[1])
    assert project("--as-made", "--only", "first", "--only", "second") == (0, "Taken as made: first, second.\n")
    assert re.search(r"second +a copy of first +up to date", project("--list")[1])
    assert project("--only", "nothing")[0] == 2


def test_the_command_says_what_failed(works: Works, project: Callable[..., tuple[int, str]]) -> None:
    def fail() -> None:
        raise RenewalError("Say why: make renew WHY=\"...\"")

    works.steps = (works.steps[0], replace(works.steps[1], make=fail), works.steps[2])
    code, said = project()
    assert code == 1
    assert re.search(r'second +failed: Say why: make renew WHY="\.\.\."', said)
    assert re.search(r"third +not reached", said)
    assert "those after it were not done" in said


def test_results_do_not_change_without_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, file = tmp_path / "CHANGELOG.md", tmp_path / "default-run.yaml"
    log.write_text("# Changelog\n\n## 1\n\n- x\n", "utf-8")
    monkeypatch.setattr(baseline, "CHANGELOG", log)
    monkeypatch.setattr(baseline, "FILE", file)
    baseline.write("before", results(4.0))
    monkeypatch.setattr(baseline, "results", lambda: results(5.5))
    with pytest.raises(RenewalError, match=r"1 numbers of default runs change, the first: lsp .*Say why: make renew WHY="):
        renew.write_baseline("")
    assert baseline.kept() == ("before", results(4.0))
    renew.write_baseline("Trust counts")
    assert baseline.kept() == ("Trust counts", results(5.5))
    assert "- Trust counts\n" in log.read_text("utf-8")
    renew.write_baseline("")
    assert baseline.kept()[0] == "Trust counts"


def test_generated_parts_of_a_document_are_told_from_prose() -> None:
    text = documentation.README.read_text("utf-8")
    assert documentation.generated(text) == documentation.generated(text.replace("The model", "A model"))
    assert "<!-- generated: results -->" in documentation.generated(text)
    assert headline.ARRANGEMENTS[0] == "silo"
