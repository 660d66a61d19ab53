"""CONTRIBUTING says how many files a change touches: here each is made in a copy of the tree, in that many, and comes through."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.trees import ROOT, copy_packages

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


class Edit(NamedTuple):
    """New text before a text that stands once in a file."""

    file: str
    before: str
    new: str


_LOSS = "parameters.turnover_trust_loss * max(0.0, tie.trust - tie.trust_start)"
_FAREWELL = """\
#: More trust than that in an agency's leader goes with a commissioner (judgement, 1-2).
FAREWELL: Final = 1.2


"""
_SHOCK = """\
shock: {default: 1.0, low: 0.5, high: 2.0, unit: multiple, grade: D, distribution: uniform,
  meaning: "How hard partners take it that a leader goes", source: "judgement"}
"""
_FORGET = '''\
#: Trust that fades in a quarter (judgement, 0-0.1).
FADING: Final = 0.05


@rule
def forget(w: World, a: int) -> None:
    """Agency ``a`` forgets commissioners whom it does not meet."""
    for c in range(w.commissioners.shape[0]):
        if w.ties[a, c].met == 0:
            w.ties[a, c].trust *= 1.0 - FADING


'''
_ESTATE = '''\
    Metric("estate_left", "£m", 0, "property that is not sold yet", "money", aggregate="last"),
'''
_HANDOVER = """\
handover:
  {per: none, kind: share, unit: share, default: 0.0, low: 0.0, high: 1.0,
   meaning: "How well a commissioner that leaves hands over to the next",
   trials: [
     {scenario: joint-commissioning, low: 0, high: 1, raises: [mean_trust], why: "less trust goes with a commissioner"}]}
"""
_CHART = '''\
def again(snapshot: Snapshot, dark: bool) -> dict[str, Any]:
    """Outcomes by cohort once more."""
    return outcome_matrix(snapshot, dark)


'''
_CARD = '''\
        _Card("Once more", "cohorts by outcome domain", dumps(outcomes.again(shot, dark)), 560)
'''
#: Each kind of change of the table, and the edits that make one of its kind. Later edits find the text of earlier ones.
CHANGES: dict[str, tuple[Edit, ...]] = {
    "a rule that changes": (
        Edit("agents/commissioner.py", "@rule\ndef lose_leader(", _FAREWELL),
        Edit("agents/commissioner.py", _LOSS, "FAREWELL * "),
    ),
    "a rule with a new parameter": (
        Edit("agents/commissioner.py", f"FAREWELL * {_LOSS}", "parameters.shock * "),
        Edit("scenarios/parameters.yaml", "turnover_tie_loss:", _SHOCK),
    ),
    "a new rule of the quarter": (
        Edit("agents/agency.py", "@rule\ndef turn_over(", _FORGET),
        Edit("sim/model/schedule.py", "get_back, hear, learn,", "forget, "),
        Edit("sim/model/schedule.py", '    Move("learning", "agencies", turn_over)', '    Move("learning", "agencies", forget),\n'),
    ),
    "a metric": (
        Edit("sim/model/metrics/money.py", '    Metric("capital_pot",', _ESTATE),
        Edit("sim/model/metrics/money.py", "        held += w.agencies[a]", "        m.estate_left += w.agencies[a].estate\n"),
    ),
    "a lever": (
        Edit("agents/commissioner.py", f"parameters.shock * FAREWELL * {_LOSS}", "(1.0 - w.levers.handover) * "),
        Edit("scenarios/levers.yaml", "cuts:\n", _HANDOVER),
    ),
    "a chart of the browser": (
        Edit("sim/browser/charts/outcomes.py", "def _group_name(", _CHART),
        Edit("sim/browser/parts/panels.py", '        _Card("Wellbeing by neighbourhood"', _CARD),
    ),
}
_PLAY = """
import json
import solara
import totalplace as tp
from tools import documentation, rows
from totalplace.sim.browser.parts.panels import Outcomes
from totalplace.sim.browser.state.snapshot import take
from totalplace.sim.evidence.lever_signs import TRIALS

def scenario(*settings):
    return tp.load("joint-commissioning", place="Rutland", quarters=12, clusters=1, set=["uncertainties.turnover=0.4", *settings])

def play(*settings):
    model = tp.PlaceModel(scenario(*settings), rng=1)
    while model.running:
        model.step()
    run = tp.run(scenario(*settings), seed=1)
    assert run.metrics.tobytes() == model.result().metrics.tobytes()
    return model, {name: float(run.metrics[name][-1]) for name in ("mean_trust", "estate_left", "capital_receipts")}

model, plain = play()
documentation.ODD.write_text(documentation.rewritten(documentation.ODD.read_text("utf-8")), "utf-8")
box, context = solara.render(Outcomes(take(model), False), handle_error=False)
print(json.dumps({
    "plain": plain, "shock": play("uncertainties.shock=2")[1], "handover": play("levers.handover=1")[1],
    "estate": float(model.world.agencies["estate"].sum()), "trials": [trial.lever for trial in TRIALS],
    "rows": rows.source(), "cards": str([str(one) for one in box.children]),
}))
"""


def table(head: str) -> dict[str, list[str]]:
    """The rows of the table whose head begins so, by their first cell: the cells after it."""
    lines = TEXT[TEXT.index(f"| {head} |"):].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {first.strip(): rest for first, *rest in cells}


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages and of the model description, with all the changes made, one upon the other."""
    root: Path = tmp_path_factory.mktemp("changes")
    copy_packages(root)
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "odd.md", root / "docs")
    for edits in CHANGES.values():
        for edit in edits:
            path = root / edit.file
            text = path.read_text("utf-8")
            assert text.count(edit.before) == 1, edit
            path.write_text(text.replace(edit.before, edit.new + edit.before), "utf-8")
    return root


@pytest.fixture(scope="module")
def played(tree: Path) -> dict[str, Any]:
    """What the changed tree says and plays, uncompiled, by both faces of the model."""
    told = os.environ | {"PYTHONPATH": f"{tree / 'src'}{os.pathsep}{tree}", "TOTALPLACE_CACHE_DIR": str(tree / "cache"),
                         "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, "-c", _PLAY], cwd=tree, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_touches_as_many_files_as_the_table_says(what: str) -> None:
    count, where = table("what")[what]
    touched = {edit.file for edit in CHANGES[what]}
    assert len(touched) == int(count)
    rooms = re.findall(r"`([\w/.]+)`", where)
    assert all(any(file.startswith(room) for room in rooms) for file in touched)


def test_the_changes_do_what_they_say(played: dict[str, Any]) -> None:
    plain, shock, handover = (played[name]["mean_trust"] for name in ("plain", "shock", "handover"))
    assert shock < plain < handover
    assert played["plain"]["estate_left"] == pytest.approx(played["estate"])
    assert played["trials"].count("handover") == 1
    assert "    handover: float  # share" in played["rows"]
    assert "    shock: float  # multiple" in played["rows"]
    assert "    estate_left: float  # £m" in played["rows"]
    assert "Once more" in played["cards"]


def test_the_model_description_knows_them_without_a_hand(tree: Path, played: dict[str, Any]) -> None:
    assert played
    text = (tree / "docs" / "odd.md").read_text("utf-8")
    for line in (
        r"\| `forget` \| `agents/agency.py` \| Agency ``a`` forgets .* \| `FADING` \|",
        r"\| \d+ \| learning \| each of the agencies \| `forget` \|",
        r"\| `shock` \| How hard .* \| `lose_leader` \|",
        r"\| `handover` \| How well .* \| `lose_leader` \|",
        r"\| `estate_left` \| money .* \| `measure_money` \|",
        r"\| `FAREWELL` \| 1.2 \| `agents/commissioner.py` \|",
    ):
        assert re.search(line, text), line


@pytest.mark.parametrize("head", ["what", "the change"])
def test_the_rooms_of_the_tables_are_there(head: str) -> None:
    for what, cells in table(head).items():
        paths = [name for name in re.findall(r"`([\w/.-]+)`", cells[-1]) if "/" in name]
        assert paths or what == "an arrangement of your own", what
        for path in paths:
            assert (ROOT / path).exists(), f"{what}: {path}"
        for name, path in re.findall(r"`(\w+)` in `([\w/.]+)`", cells[-1]):
            assert name in (ROOT / path).read_text("utf-8"), f"{what}: {name} in {path}"
