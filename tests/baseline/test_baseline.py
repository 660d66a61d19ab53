"""The results of default runs are those that are kept; a change of them is meant, and its reason is in the change log."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tools import baseline


def test_default_runs_give_the_results_that_are_kept() -> None:
    _, kept = baseline.kept()
    found = baseline.differences(kept, baseline.results())
    assert not found, "\n".join([f"{len(found)} numbers differ", *found[:20], baseline.HOW_TO])


def test_the_reason_of_the_last_change_is_in_the_change_log() -> None:
    why, kept = baseline.kept()
    assert f"\n- {why}\n" in baseline.CHANGELOG.read_text("utf-8")
    assert baseline.FILE.read_text("utf-8") == baseline.written(why, kept), "the file was edited by hand"


def test_a_number_that_moves_is_found_and_rounding_is_not() -> None:
    run = {"deals": {"agreed": 3}, "metrics": {"net_saving": [0.0, 1e-05, 20.0, -4.5]}}
    near = {"deals": {"agreed": 3}, "metrics": {"net_saving": [1e-13, 1e-05, 20.0 * (1 + 1e-10), -4.5]}}
    far = {"deals": {"agreed": 4}, "metrics": {"net_saving": [0.0, 1e-05, 20.0 * (1 + 1e-8), -4.5], "payback": [0.0] * 4}}
    assert baseline.differences({"a": run}, {"a": near}) == []
    assert [line.split(":")[0] for line in baseline.differences({"a": run}, {"a": far})] == [
        "a deals agreed", "a metrics net_saving, quarter 19", "a metrics payback",
    ]
    assert baseline.differences({}, {"a": run})
    assert baseline.differences({"a": run}, {})
    assert baseline.differences({"a": float("nan")}, {"a": 1.0})


def test_numbers_are_written_in_full() -> None:
    values = [1e-05, 1e16, -2e-300, 0.1 + 0.2, 0.0, 123456.789]
    run = {"place": "Leeds", "seed": 1, "deals": {"agreed": 1}, "metrics": {"net_saving": values}}
    read = yaml.safe_load(baseline.written('a "reason": #1', {"lsp": run}))
    assert read["runs"]["lsp"]["metrics"]["net_saving"] == values
    assert read["why"] == 'a "reason": #1'


@pytest.mark.parametrize(("before", "after"), [
    ("# Log\n\n## 2\n\n- x\n\n## 1\n\n- y\n", "# Log\n\n## 2\n\n- x\n\n### Results\n\n- why\n\n## 1\n\n- y\n"),
    ("# Log\n\n## 1\n\n- x\n", "# Log\n\n## 1\n\n- x\n\n### Results\n\n- why\n"),
    ("# Log\n\n## 1\n\n### Results\n\n- old\n", "# Log\n\n## 1\n\n### Results\n\n- old\n- why\n"),
    ("# Log\n\n## 1\n\n### Results\n\n- old\n\n### Fixed\n\n- f\n",
     "# Log\n\n## 1\n\n### Results\n\n- old\n- why\n\n### Fixed\n\n- f\n"),
])
def test_the_reason_goes_under_the_newest_version(before: str, after: str) -> None:
    assert baseline.with_reason(before, "why") == after


def test_writing_needs_a_reason_and_writes_both_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, file = tmp_path / "CHANGELOG.md", tmp_path / "baseline" / "default-run.yaml"
    log.write_text("# Changelog\n\n## 1\n\n- x\n", "utf-8")
    monkeypatch.setattr(baseline, "ROOT", tmp_path)
    monkeypatch.setattr(baseline, "CHANGELOG", log)
    monkeypatch.setattr(baseline, "FILE", file)
    found = {"lsp": {"place": "Leeds", "seed": 1, "deals": {"agreed": 1}, "metrics": {"net_saving": [1.0, 2.0, 3.0, 4.0]}}}
    monkeypatch.setattr(baseline, "results", lambda: found)
    assert baseline.main([]) == 1
    assert baseline.main(["--write", " "]) == 2
    assert not file.exists()
    assert baseline.main(["--write", "because"]) == 0
    assert baseline.kept() == ("because", found)
    assert log.read_text("utf-8").count("- because\n") == 1
    assert baseline.main(["--write", "again"]) == 0, "nothing differs, nothing is written"
    assert "again" not in log.read_text("utf-8")
