"""What the guides tell a reader to do comes out as they say: code in its place, numbers that they print, folders that they list."""

from __future__ import annotations

import ast
import contextlib
import io
import re
import shlex
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import totalplace as tp
from tests.docs.markdown import ROOT, Document
from tests.worlds import after, small
from totalplace.scenarios import places, sweeps
from totalplace.sim.cli import exit_code
from totalplace.sim.model.metrics import METRICS, Metric, money
from totalplace.sim.model.metrics.ratio import over
from totalplace.sim.results.run import Run

METRIC = Document(ROOT / "docs" / "how-to" / "metric.md").blocks("text")
FUNCTION = "measure_money"


class Row(SimpleNamespace):
    """A row of metrics that are zero until they are written."""

    def __getattr__(self, name: str) -> float:
        return 0.0


def function(source: str) -> ast.FunctionDef:
    """The function of the guide in a file."""
    return next(node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == FUNCTION)


def assigned(tree: ast.AST) -> set[str]:
    """Names that get a value."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def with_the_guide() -> str:
    """``sim/model/metrics/money.py`` with the code of the guide where it says: at the head, in the loop, at the end."""
    source = Path(money.__file__).read_text("utf-8")
    text = ast.get_source_segment(source, function(source))
    assert text
    head, loop, end = METRIC[1:]
    before, agencies = text.split("    for a in range(w.agencies.shape[0]):\n")
    before = before.replace("    for j in", f"{head}    for j in", 1)
    agencies = agencies.replace("        for j in", f"{loop}        for j in", 1)
    return source.replace(text, f"{before}    for a in range(w.agencies.shape[0]):\n{agencies}\n{end}")


def test_the_metric_of_the_guide_is_declared_as_the_registry_wants_it() -> None:
    (declared,) = eval(f"[{METRIC[0]}]", {"Metric": Metric})
    assert declared.name not in METRICS
    assert f"m.{declared.name} = " in METRIC[-1]
    assert declared.direction in (-1, 0, 1)
    assert declared.group in {metric.group for metric in money.DECLARED}
    assert declared.aggregate == "last"
    assert declared.unit
    assert declared.meaning


def test_the_code_for_a_metric_takes_no_name_that_is_in_use() -> None:
    added = {name for block in METRIC[1:] for name in assigned(ast.parse(textwrap.dedent(block)))}
    assert added
    assert added & assigned(function(Path(money.__file__).read_text("utf-8"))) == set()


def test_the_code_for_a_metric_gives_the_right_number() -> None:
    """Property sold of its value at the start, in Rutland under a single pot; the other metrics stay what they were."""
    scenario = small("single-pot", "uncertainties.property=1", quarters=40)
    world = after(40, scenario)
    space: dict[str, Any] = {"__name__": "totalplace.sim.model.metrics.money"}
    uncompiled = "def rule(function):\n    return function\n"
    exec(with_the_guide().replace("from totalplace.agents.compiled import rule\n", uncompiled), space)
    space["over"] = getattr(over, "py_func", over)
    row = Row()
    space[FUNCTION](world, row)
    kept = world.measures[39]
    assert kept.capital_receipts > 0
    assert row.estate_sold == pytest.approx(100 * kept.capital_receipts / places.load("Rutland").estate.sum())
    for name in ("capital_receipts", "removed_share", "duplication", "net_saving"):
        assert getattr(row, name) == pytest.approx(kept[name]), name


def printed(blocks: list[str]) -> list[list[str]]:
    """What each block of Python prints, as lines of words; blocks share their names, as in a notebook."""
    space: dict[str, Any] = {"__name__": "guide"}
    said = []
    for block in blocks:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(block, "guide", "exec"), space)
        said.append([" ".join(line.split()) for line in out.getvalue().splitlines()])
    return said


def test_the_guide_to_places_prints_what_it_says() -> None:
    guide = Document(ROOT / "docs" / "how-to" / "place.md")
    shown = [[" ".join(line.split()) for line in block.splitlines()] for block in guide.blocks("text")]
    assert printed(guide.blocks("python")) == shown


@pytest.mark.parametrize(("kind", "words"), [
    ("council", "councils spend from £{} to £{} a head"), ("nhs", "the NHS from £{} to £{}"), ("police", "police from £{} to £{}"),
    ("schools", "schools from £{} to £{}"),
])
def test_money_a_head_of_england_is_what_the_guide_to_places_says(kind: str, words: str) -> None:
    loaded = [places.load(place.code, clusters=1) for place in places.names()]
    heads = [1e6 * place.spend[place.agency_names.index(kind)].sum() / place.population for place in loaded]
    text = " ".join((ROOT / "docs" / "how-to" / "place.md").read_text("utf-8").split())
    assert words.format(f"{min(heads):,.0f}", f"{max(heads):,.0f}") in text


def test_a_place_that_nothing_pushes_stands_still_and_else_a_gap_opens() -> None:
    still = ["cuts=none", "uncertainties.demand_growth=0", "uncertainties.looked_after_growth=0", "uncertainties.unit_cost_drift=0",
             "uncertainties.outcome_noise=0"]
    gaps = {}
    for name in ("Leeds", "Rutland"):
        rest, usual = (tp.run(tp.load("silo", place=name, set=settings), seed=1) for settings in (still, still[:1]))
        for metric in ("wellbeing", "funding_gap", "shortfall", "reactive_demand"):
            assert np.ptp(rest.metrics[metric]) < 1e-9, (name, metric)
        assert _gap(rest) == pytest.approx(0.0, abs=1e-9)
        gaps[name] = _gap(usual)
    assert gaps["Leeds"] > gaps["Rutland"] > 0.0
    assert "wider in Leeds than in Rutland" in " ".join((ROOT / "docs" / "how-to" / "place.md").read_text("utf-8").split())


def _gap(run: Run) -> float:
    return float(run.metrics["funding_gap"][-1])


def test_tests_that_the_guide_to_places_leaves_out_are_there() -> None:
    text = (ROOT / "docs" / "how-to" / "place.md").read_text("utf-8")
    sources = [path.read_text("utf-8") for path in (ROOT / "tests" / "places").glob("test_*.py")]
    named = {name for source in sources for name in re.findall(r"def (test_\w*england\w*)", source)}
    assert named == set(re.findall(r"`(test_\w*england\w*)`", text))


def test_the_tutorial_quotes_what_a_branch_prints(capsys: pytest.CaptureFixture[str]) -> None:
    guide = Document(ROOT / "docs" / "tutorial.md")
    (command,) = [block for block in guide.blocks("") if block.startswith("totalplace branch")]
    (quoted,) = guide.blocks("text")
    assert exit_code(shlex.split(command)[1:]) == 0
    printed = capsys.readouterr()
    told = "\n".join(filter(None, (printed.out + printed.err).splitlines()))  # notes go to the other stream, after a blank line
    assert quoted.rstrip() in told


def test_the_page_on_sweeps_lists_what_is_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(
        "scenarios: silo\nplaces: [Rutland]\nlevers: {clawback: [0, 0.3]}\nsettings: {quarters: 4}\n", "utf-8")
    tp.sweep(sweeps.load(str(tmp_path / "small.yaml")), tmp_path / "out")
    listed = re.findall(r"^\| `(\S+\.(?:json|parquet))` \|", (ROOT / "docs" / "sweeps.md").read_text("utf-8"), re.MULTILINE)
    found = {path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert {path.parent / f"*{path.suffix}" if path.parent.name else path for path in found} == {Path(name) for name in listed}
