"""The commands: what they print, what they write, and that bad input writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from totalplace import scenarios
from totalplace.sim.cli import exit_code
from totalplace.sim.engine.sweep.store import Store
from totalplace.sim.figures.style import Chart
from totalplace.sim.results.answers import Answer, write
from totalplace.sim.results.store import DrawingFailed
from totalplace.sim.system.checksums import check_files

SMALL = ["--place", "Rutland", "--quarters", "8", "--set", "clusters=2"]


def call(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    capsys.readouterr()
    code = exit_code([str(word) for word in words])
    return code, *capsys.readouterr()


def test_sensitivity_prints_and_writes(sobol_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "analyse", "sensitivity", sobol_store.folder, "--out", "found")
    assert (code, err) == (0, "")
    assert "Note: Samples are few" in out
    assert "\x1b" not in out
    table = pd.read_csv("found/sobol.csv")
    assert list(table["factor"]) == list(pd.read_parquet("found/sobol.parquet")["factor"])
    assert ("32 points cannot tell any of 3 factors from chance" in out) == (not (table["total_low"] > 0.0).any())
    manifest = json.loads(Path("found/manifest.json").read_text("utf-8"))
    assert manifest["options"]["metric"] == "net_saving"
    assert manifest["format"] == "totalplace analysis 2"
    assert {path.name for path in Path("found/figures").iterdir()} == {"sobol.png", "sobol.svg", "scores.png", "scores.svg"}
    code, _, err = call(capsys, "analyse", "sensitivity", sobol_store.folder, "--out", "found")
    assert code == 2
    assert "The folder 'found' exists" in err
    code, _, _ = call(capsys, "analyse", "sensitivity", sobol_store.folder, "--out", "found", "--force", "--metric", "pooled_share")
    assert code == 0


def test_discover_and_robust_print(choice_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "analyse", "discover", choice_store.folder, "--when", "pooled_share > 15", "--method", "cart")
    assert code == 0
    assert "(density)" in out
    code, out, _ = call(capsys, "analyse", "robust", choice_store.folder, "--when", "pooled_share > silo", "--out", "robust")
    assert code == 0
    assert "single-pot" in out
    assert len(pd.read_csv("robust/criteria.csv")) == 3
    assert {path.stem for path in Path("robust/figures").iterdir()} == {"regret", "satisficing", "trade-offs"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["analyse", "sensitivity", "nowhere"], "holds no sweep"),
        (["analyse", "sensitivity", "{choice}"], "names none"),
        (["analyse", "sensitivity", "{choice}", "--scenario", "solo"], "Did you mean 'silo'"),
        (["analyse", "sensitivity", "{choice}", "--metric", "net_savin"], "Did you mean 'net_saving'"),
        (["analyse", "discover", "{choice}", "--when", "net_saving >> 1"], "net_saving >> 1"),
        (["analyse", "discover", "{choice}", "--when", "__import__('os')"], "cannot be read"),
        (["analyse", "discover", "{choice}", "--when", "net_saving > 1e9"], "too few on one side"),
        (["analyse", "robust", "{choice}", "--metric", "pooled_share"], "neither better nor worse"),
        (["analyse", "robust", "{choice}", "--by", "eta"], "no alternative 'eta'"),
        (["branch", "silo", "--then", "levers.cuts=0"], "needs a month"),
        (["branch", "silo", "--at", "2011-04"], "changes nothing"),
        (["branch", "silo", "--at", "2011-04", "--then", "place=Kent"], "A branch changes levers, the"),
        (["branch", "none.npz", "--then", "levers.cuts=0"], "no such file"),
        (["search", "silo", "--out", "found", "--lever", "clawbak"], "Did you mean 'clawback'"),
        (["compare", "silo", "lsp", "single-pot", "--decompose", "net_saving"], "two scenarios, not 3"),
        (["compare", "silo", "lsp", "--decompose", "net_savin"], "Did you mean 'net_saving'"),
    ],
)
def test_bad_input_is_said_and_writes_nothing(
    words: list[str], says: str, choice_store: Store, own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = call(capsys, *(word.format(choice=choice_store.folder) for word in words))
    assert code == 2
    assert says in err
    assert out == ""
    assert list(own_folder.iterdir()) == []


def test_branch_saves_a_world_and_branches_it(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["branch", "single-pot", "--at", "2011-08", "--then", "levers.clawback=0", "--runs", "3"]
    code, out, err = call(capsys, *words, *SMALL, "--save", "world.npz", "--out", "branch")
    assert (code, err) == (0, "")
    assert "Until July 2011 the two are identical" in out
    assert "World saved: world.npz" in out
    assert scenarios.load("branch/branch.yaml").place == "Rutland"
    assert len(pd.read_parquet("branch/differences.parquet"))
    code, out, _ = call(capsys, "branch", "world.npz", "--then", "levers.freedom=1")
    assert code == 0
    assert "Note: One run only" in out
    code, _, err = call(capsys, "branch", "world.npz", "--then", "levers.freedom=1", "--runs", "3")
    assert code == 2
    assert "its own place, length and seed" in err


def test_search_prints_the_front_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["search", "single-pot", "--out", "found", "--lever", "clawback", "--objective", "net_saving", *SMALL,
             "--population", "4", "--generations", "2", "--searches", "1", "--draws", "2"]
    code, out, err = call(capsys, *words)
    assert (code, err) == (0, "")
    assert "policy-01" in out
    assert "Note: One seed only" in out
    assert call(capsys, *words)[1] == out
    assert scenarios.load("found/front/policies/policy-01.yaml").seeds.count == 2


def test_compare_decomposes(capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.yaml").write_text("extends: joint-commissioning\nlevers: {clawback: 0, freedom: 1}\n")
    words = ["compare", "joint-commissioning", "other.yaml", "--decompose", "pooled_share", "--runs", "2", *SMALL]
    code, out, _ = call(capsys, *words, "--out", "found")
    assert code == 0
    assert "From joint-commissioning to other pooled share in the last year changes by" in out
    assert set(pd.read_csv("found/parts.csv")["difference"]) == {"clawback", "freedom"}
    assert Path("found/figures/waterfall.svg").is_file()


def test_every_figure_says_where_it_comes_from(sobol_store: Store, choice_store: Store) -> None:
    from totalplace.sim.analysis.discovery.analysis import discover
    from totalplace.sim.analysis.sensitivity.analysis import analyse

    for answer in (analyse(sobol_store, "net_saving"), discover(choice_store, "pooled_share > 15")):
        for name, draw in answer.drawings.items():
            words = " ".join(text.get_text().replace("\n", " ") for text in draw().texts)
            assert "sweep small-" in words, name
            assert "runs" in words, name


def test_a_figure_that_cannot_be_drawn_costs_no_table(tmp_path: Path) -> None:
    def fails() -> Chart:
        raise RuntimeError("no ink")

    answer = Answer(title="Title", source="source", tables={"one": pd.DataFrame({"a": [1]})}, drawings={"bad": fails})
    with pytest.raises(DrawingFailed, match=r"Of 1 figure these could not be drawn: bad \(no ink\). All else is whole in '.*out'"):
        write(answer, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["manifest.json", "one.csv", "one.parquet"]
    check_files(tmp_path / "out", json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))["files"])


def test_a_library_that_is_not_installed_is_named() -> None:
    from totalplace.scenarios.errors import InputError
    from totalplace.sim.analysis.workbench_import import library

    with pytest.raises(InputError, match="needs the package 'no_such_library'") as error:
        library("no_such_library.analysis")
    assert "totalplace[analysis]" in str(error.value)
