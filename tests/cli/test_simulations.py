from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

SMALL = ("--quarters", "6", "--runs", "3")


def test_run_prints_medians_and_bands(totalplace: Callable[..., Any]) -> None:
    answer = totalplace("run", "single-pot", *SMALL, "--place", "kent")
    assert answer.code == 0, answer.err
    assert "Kent, 2010-10 to 2012-03, 3 runs" in answer.out
    assert "Pooled share" in answer.out
    assert "90% of runs" in answer.out
    heading = next(line for line in answer.out.splitlines() if line.startswith("metric"))  # in a pipe a table is not narrowed
    assert all(word in heading for word in ("metric", "unit", "quarter", "median", "90% of runs"))
    assert "last year," in answer.out


def test_one_run_has_no_band(totalplace: Callable[..., Any]) -> None:
    assert "90%" not in totalplace("run", "single-pot", "--quarters", "6", "--runs", "1").out


def test_where_the_freed_money_went_is_shown_when_asked_for(totalplace: Callable[..., Any]) -> None:
    words = ("run", "single-pot", "--quarters", "16", "--runs", "2")
    assert "freed money" not in totalplace(*words).out
    answer = totalplace(*words, "--money")
    assert answer.code == 0, answer.err
    assert "Where the freed money went (£m over the run, mean of the runs)" in answer.out
    freed = next(line for line in answer.out.splitlines() if line.startswith("Freed: duplication removed"))
    assert freed.rstrip().endswith("100%")
    both = totalplace("compare", "silo", *words[1:], "--money", "--metric", "wellbeing")
    table = both.out.partition("Where the freed money went")[2]  # above it stands the answer, which names both in sentences
    heading = next(line for line in table.splitlines() if "silo" in line and "single-pot" in line)
    assert heading.split() == ["silo", "single-pot"]
    assert max(map(len, both.out.splitlines())) <= 80


def test_metrics_may_be_chosen(totalplace: Callable[..., Any]) -> None:
    out = totalplace("run", "silo", *SMALL, "--metric", "ledger_error", "--metric", "wellbeing").out
    assert "Ledger error" in out
    assert "Pooled share" not in out


def test_compare_prints_a_table_for_each_metric(totalplace: Callable[..., Any]) -> None:
    answer = totalplace("compare", "silo", "single-pot", *SMALL, "--metric", "wellbeing")
    assert answer.code == 0, answer.err
    assert "Wellbeing in the last year (0-1, more is better)" in answer.out
    assert "2010-10 to 2012-03 (6 quarters); 3 runs of each scenario; seeds 1 to 3" in " ".join(answer.out.split())
    index, _, in_units = answer.out.partition("Outcomes in units people know")
    rows = {line.split()[0]: line for line in index.splitlines() if line.strip()}
    assert rows["silo"].rstrip().endswith("baseline")
    assert "%" in rows["single-pot"]
    assert "looked-after" in in_units
    assert "Bases of indicators: " in in_units
    assert max(map(len, answer.out.splitlines())) <= 80


def test_wide_terminals_get_tables_side_by_side(totalplace: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("compare", "silo", "single-pot", *SMALL, "--metric", "wellbeing", "--metric", "inequality")
    narrow = totalplace(*words).out
    monkeypatch.setenv("COLUMNS", "180")
    wide = totalplace(*words).out
    assert len(wide.splitlines()) < len(narrow.splitlines())


def test_the_baseline_may_be_any_of_the_scenarios(totalplace: Callable[..., Any]) -> None:
    out = totalplace("compare", "silo", "single-pot", *SMALL, "--baseline", "single-pot", "--metric", "wellbeing").out
    assert next(line for line in out.splitlines() if line.startswith("single-pot")).rstrip().endswith("baseline")


def test_settings_change_the_run(totalplace: Callable[..., Any]) -> None:
    words = ("run", "single-pot", *SMALL, "--metric", "funding_gap")
    assert totalplace(*words).out != totalplace(*words, "--set", "levers.cuts=2").out


def test_explain_says_who_refused_and_why(totalplace: Callable[..., Any]) -> None:
    answer = totalplace("explain", "board-political", *SMALL)
    assert answer.code == 0, answer.err
    assert "requests by agency" in answer.out
    assert "Requests by agency and theme" in answer.out
    assert "asked" in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80
    assert "nobody asks anybody" in totalplace("explain", "silo", *SMALL).out


@pytest.mark.figures
def test_results_are_written_and_their_place_is_said(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    answer = totalplace("compare", "silo", "single-pot", *SMALL, "--out", "deep/results", "--seed", "7", "--figures", "all")
    assert answer.code == 0, answer.err
    assert "deep/results" in answer.out.splitlines()[-2]
    assert "deep/results/figures" in answer.out.splitlines()[-1]
    out = tmp_path / "deep" / "results"
    names = {path.name for path in out.iterdir()}
    assert names == {"metrics.parquet", "deals.parquet", "gains.parquet", "ties.parquet", "manifest.json", "figures"}
    pictures = {path.name for path in (out / "figures").iterdir()}
    assert {"arrangements.png", "arrangements.svg", "differences.png", "refusals.png"} <= pictures
    assert {"network-single-pot.png", "who-pays-who-gains-single-pot.svg", "outcomes-by-cohort.png"} <= pictures
    said = json.loads((out / "manifest.json").read_text())
    assert said["scenarios"][0]["seeds"] == [7, 8, 9]
    assert str(tmp_path) not in (out / "manifest.json").read_text()
    assert pq.read_table(out / "metrics.parquet").num_rows == 2 * 3 * 6


@pytest.mark.figures
def test_the_main_figures_are_drawn_unasked_and_the_others_from_the_folder(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    answer = totalplace("compare", "silo", "single-pot", *SMALL, "--out", "my results")
    assert answer.out.splitlines()[-1] == (
        "Figures: my results/figures (3 drawn, PNG and SVG); to draw the other 5: totalplace figures 'my results'"
    )
    drawn = {path.stem for path in (tmp_path / "my results" / "figures").iterdir()}
    assert drawn == {"arrangements", "differences", "net-gains"}
    listed = totalplace("figures", "my results", "--list").out.split()
    assert len(listed) == 8
    assert totalplace("figures", "my results", "network-single-pot").out == "Figures: my results/figures (1 drawn, PNG and SVG)\n"
    assert {path.stem for path in (tmp_path / "my results" / "figures").iterdir()} == drawn | {"network-single-pot"}
    assert drawn < set(listed)


@pytest.mark.parametrize("command", ["run", "compare", "explain"])
def test_figures_may_be_left_for_later(totalplace: Callable[..., Any], tmp_path: Path, command: str) -> None:
    answer = totalplace(command, "silo", *SMALL, "--out", "out", "--figures", "none")
    assert answer.out.splitlines()[-1] == "Figures: none drawn; to draw all 1: totalplace figures out"
    assert not (tmp_path / "out" / "figures").exists()
    assert totalplace("figures", "out").out == "Figures: out/figures (1 drawn, PNG and SVG)\n"
    assert totalplace("figures", "out").out == "Figures: out/figures (all were there)\n"
    assert {path.name for path in (tmp_path / "out" / "figures").iterdir()} == {"one.png", "one.svg"}


@pytest.mark.parametrize("options", [("--figures", "all"), ("--force",)])
def test_options_that_need_a_folder_say_so_without_one(totalplace: Callable[..., Any], options: tuple[str, ...]) -> None:
    answer = totalplace("run", "silo", *SMALL, *options)
    assert answer.code == 0
    assert "Note: nothing was written: --figures, --style and --force take effect with --out DIR" in " ".join(answer.err.split())
    assert "nothing was written" not in totalplace("run", "silo", *SMALL).err


def test_figures_says_what_it_cannot_draw(totalplace: Callable[..., Any]) -> None:
    assert totalplace("run", "silo", *SMALL, "--out", "out").code == 0
    unknown = totalplace("figures", "out", "two")
    assert (unknown.code, unknown.out) == (2, "")
    assert "There is no figure 'two' of 'out'" in unknown.err
    nowhere = totalplace("figures", "nowhere")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "There is no folder 'nowhere'" in nowhere.err


def test_both_engines_give_the_same_tables(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    for engine in ("compiled", "mesa"):
        words = ("run", "board-political", "--quarters", "5", "--runs", "2", "--out", engine, "--engine", engine)
        assert totalplace(*words).code == 0
    for name in ("metrics", "deals", "gains", "ties"):
        one, other = (pq.read_table(tmp_path / engine / f"{name}.parquet") for engine in ("compiled", "mesa"))
        assert one.equals(other, check_metadata=True), name


def test_a_shipped_scenario_beside_a_file_takes_over_its_place_and_says_so(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    for name, theme in (("health", "health_and_care"), ("families", "complex_families")):
        scope = f"{{all: 0, {theme}: 1}}"
        text = f"extends: single-pot\nplace: Leeds\nlevers:\n  single_pot_scope: {scope}\n  scope: {scope}\n"
        (tmp_path / f"{name}.yaml").write_text(text)
    words = ("health.yaml", "families.yaml", *SMALL, "--metric", "wellbeing_worst_off")
    mixed = totalplace("compare", "silo", *words, "--out", "mixed")
    assert mixed.code == 0, mixed.err
    assert "Note: 'silo' is run with the place Leeds, as health and families have it" in mixed.err
    same = totalplace("compare", "silo", *words, "--place", "Leeds", "--out", "same")
    assert "Note" not in same.err
    manifests = [json.loads((tmp_path / folder / "manifest.json").read_text()) for folder in ("mixed", "same")]
    assert {entry["place"]["name"] for entry in manifests[0]["scenarios"]} == {"Leeds"}
    assert manifests[0]["options"]["applied"] == {"silo": {"place": "Leeds"}}
    assert "applied" not in manifests[1]["options"]
    table = [line for line in mixed.out.splitlines() if line and "results" not in line.casefold()]
    assert table[:6] == [line for line in same.out.splitlines() if line][:6]


def test_a_shipped_scenario_beside_a_file_of_another_year_takes_over_year_and_start(
    totalplace: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "y17.yaml").write_text("extends: lsp\nplace: Birmingham\nyear: 2017-18\n")
    answer = totalplace("compare", "lsp", "y17.yaml", *SMALL, "--metric", "funding_gap")
    assert answer.code == 0
    assert "Note: 'lsp' is run with the year of the budgets 2017-18 and the start 2017-10, as y17 has it" in answer.err
    assert "Note: y17: the run starts in 2017-10: the start goes with the year of the budgets, 2017-18" in answer.err
    rows = {line.split()[0]: line.split() for line in answer.out.splitlines() if line.strip()}
    assert rows["lsp"][1] == rows["y17"][1], "the same scenario"


def test_notes_reach_check_run_and_branch(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "extends: single-pot\nquarters: 6\nlevers: {single_pot_scope: {all: 0, health_and_care: 1, corporate: 1}}\n"
        "events: ['2011-10: clawback at 0', '2011-11: clawback at 1', '2019-04: freedom at 1']\n"
    )
    checked = totalplace("scenarios", "check", "own.yaml")
    assert "  single pot: health and care, corporate; paid in by treasury nothing, by all others 30%" in checked.out.splitlines()
    assert "  time: 2010-10 to 2012-03, budgets of 2010-11, on the path outturn-2010, 1 times its depth" in checked.out
    notes = {
        "Note: '2019-04: freedom at 100%' lies after the end of the run and has no effect",
        "Note: '2011-10: clawback at 0%' has no effect: '2011-11: clawback at 100%' falls into the same quarter, and the later "
        "date stands",
    }
    assert set(checked.err.splitlines()) == notes
    assert set(totalplace("run", "own.yaml", "--runs", "1").err.splitlines()) == notes
    branched = totalplace("branch", "own.yaml", "--at", "2011-01", "--then", "levers.freedom=1", "--runs", "1")
    assert notes <= set(branched.err.splitlines())


def test_seeds_of_files_are_for_all_scenarios_and_said(totalplace: Callable[..., Any], tmp_path: Path) -> None:
    for name, first in (("five", 5), ("nine", 9)):
        (tmp_path / f"{name}.yaml").write_text(
            f"extends: silo\nplace: Rutland\nquarters: 2\nseeds: {{first: {first}, count: {first - 2}}}\n")
    for names, given, seeds, noted in (
        (("silo", "five.yaml"), (), "5 to 7", True), (("nine.yaml", "five.yaml"), (), "9 to 15", True),
        (("five.yaml", "nine.yaml"), ("--runs", "2"), "5 and 6", True),
        (("five.yaml", "nine.yaml"), ("--seed", "1"), "1 to 3", True),
        (("five.yaml", "nine.yaml"), ("--runs", "2", "--seed", "3"), "3 and 4", False), (("five.yaml",), (), "5 to 7", False),
    ):
        command = ("compare", *names) if names[1:] else ("run", *names)
        answer = totalplace(*command, "--quarters", "2", *given)
        assert answer.code == 0
        assert re.search(rf"seeds {seeds}\b", " ".join(answer.out.split()))
        note = f"Note: all scenarios are run on the seeds {seeds}, as '{'five' if seeds[0] in '51' else 'nine'}' has them"
        assert (note in answer.err) is noted


def test_a_shipped_scenario_is_no_file_to_check(totalplace: Callable[..., Any]) -> None:
    answer = totalplace("scenarios", "check", "silo")
    assert answer.code == 2
    assert "'silo' is a shipped scenario and no file" in answer.err
    assert "totalplace scenarios show silo" in answer.err
