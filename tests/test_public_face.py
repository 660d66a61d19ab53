"""What ``import totalplace`` gives: every name there, typed, and a scenario taken alike by name, file or object."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import totalplace as tp
from totalplace.scenarios.errors import InputError
from totalplace.sim.results.explain import requests

ROOT = Path(__file__).resolve().parents[1]
#: A user's script: a line, and what the type checker says of it; nothing where it is right.
SCRIPT = (
    ("import totalplace as tp", ""),
    ("scenario = tp.load('silo', place='Kent', quarters=8, levers={'clawback': 0.5})", ""),
    ("tp.load('silo', plaec='Kent')", "plaec"),
    ("tp.load('silo', quarters='8')", "quarters"),
    ("run = tp.run(scenario, seed=2)", ""),
    ("tp.run(scenario, sede=2)", "sede"),
    ("tp.run(3)", "int"),
    ("ensemble = tp.ensemble('silo', runs=3, first_seed=1, threads=1)", ""),
    ("tp.ensemble('silo', rnus=3)", "rnus"),
    ("ensemble.deals_frame()", ""),
    ("ensemble.deal_frame()", "deal_frame"),
    ("tp.compare(['silo', scenario, ensemble], baseline='silo', runs=3)", ""),
    ("tp.compare(['silo', 'lsp'], baselin='silo')", "baselin"),
    ("tp.explain('silo', runs=3).sentences", ""),
    ("tp.explain('silo', run=3)", "run"),
    ("store = tp.sweep('sobol-net-saving', 'out', threads=2)", ""),
    ("tp.sweep('sobol-net-saving', 'out', thread=2)", "thread"),
    ("tp.open_sweep('out').summary()", ""),
    ("store.sumary()", "sumary"),
    ("tp.branch('silo', 3, ['levers.clawback=0'], runs=2).sentences", ""),
    ("tp.branch('silo', 3, ['levers.clawback=0'], runz=2)", "runz"),
    ("tp.report('out', metrics=['net_saving'])", ""),
    ("tp.report('out', metric=['net_saving'])", "metric"),
    ("model = tp.PlaceModel('silo', place='Kent', rng=1)", ""),
    ("tp.PlaceModel('silo', placee='Kent')", "placee"),
    ("model.step()", ""),
    ("model.world.agencies[0].budget + model.world.shares[0, 1].spend", ""),
    ("model.world.agencies[0].budgett", "budgett"),
    ("model.world.shares[0, 1].spent", "spent"),
    ("tp.laod('silo')", "laod"),
    ("def last(found: tp.Ensemble, asked: tp.Scenario) -> float: return float(found.metrics['net_saving'][0, -1])", ""),
)


def test_the_type_checker_finds_what_is_misspelt_in_a_script_and_nothing_else(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("\n".join(line for line, _ in SCRIPT) + "\n", "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--hide-error-context", str(script)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    said = dict[int, str]()
    for number, text in re.findall(r"script\.py:(\d+): error: (.*)", done.stdout):
        said[int(number)] = said.get(int(number), "") + text
    assert {SCRIPT[number - 1][0] for number in said} == {line for line, word in SCRIPT if word}, done.stdout + done.stderr
    for number, (line, word) in enumerate(SCRIPT, 1):
        assert word in said.get(number, ""), (line, said.get(number))


def test_every_name_is_there_listed_and_described() -> None:
    assert dir(tp) == sorted(tp.__all__)
    verbs = {"load", "run", "ensemble", "compare", "explain", "sweep", "open_sweep", "branch", "report"}
    assert verbs | {"PlaceModel"} <= set(dir(tp))
    assert "open" not in tp.__all__
    for name in tp.__all__:
        found = getattr(tp, name)
        assert not (callable(found) or inspect.isclass(found)) or inspect.getdoc(found), name
    with pytest.raises(AttributeError, match="Did you mean 'open_sweep'"):
        getattr(tp, "open_" + "swep")


def forms(tmp_path: Path) -> tuple[tp.Scenario, tuple[Any, ...]]:
    """A scenario as an object, as text of a path, and as a path."""
    scenario = tp.load("joint-commissioning", place="Reading", quarters=6, set=["uncertainties=default"])
    file = tmp_path / "mine.yaml"
    file.write_text(scenario.text, "utf-8")
    return scenario, (scenario, str(file), file)


def test_a_scenario_is_taken_alike_by_name_file_or_object(tmp_path: Path) -> None:
    scenario, given = forms(tmp_path)
    silo = tp.load("silo", place="Reading", quarters=6, set=["uncertainties=default"])
    expected = tp.ensemble(scenario, runs=2, first_seed=1)
    table = tp.compare([expected, tp.ensemble(silo, runs=2, first_seed=1)])
    for one in given:
        assert tp.run(one, seed=1).metrics.tobytes() == expected.metrics[0].tobytes()
        assert tp.ensemble(one, runs=2, first_seed=1).metrics.tobytes() == expected.metrics.tobytes()
        assert tp.PlaceModel(one).place_scenario == scenario
        assert tp.compare([one, silo], runs=2, first_seed=1).equals(table)
        assert tp.explain(one, runs=2, first_seed=1).sentences == tp.explain(expected).sentences
        assert tp.branch(one, 3, ["levers.clawback=0"], runs=1).base.scenario == scenario
        assert tp.decompose(one, scenario.with_settings(["levers.clawback=0.9"]), runs=1).title
    assert tp.run("joint-commissioning").scenario == tp.load("joint-commissioning")


def test_explain_says_who_refused_with_tables_and_a_figure() -> None:
    found = tp.explain("joint-commissioning", runs=4)
    assert list(found.tables) == ["by-agency", "by-theme"]
    ensemble = tp.ensemble("joint-commissioning", runs=4)
    assert found.tables["by-agency"].equals(requests(ensemble))
    assert found.tables["by-theme"]["requests"].sum() == pytest.approx(len(ensemble.deals) / 4)
    assert np.isclose(found.tables["by-agency"]["requests"].sum(), found.tables["by-theme"]["requests"].sum())
    assert found.source.startswith("joint-commissioning in Birmingham, 2010-10 to 2020-09, 4 runs, over the posterior")
    assert found.sentences[0] == "Who agrees to share money in Birmingham under joint-commissioning, who refuses, and why?"
    assert found.sentences[1].startswith("In joint-commissioning, Birmingham, commissioners made ")
    assert found.sentences[-1].startswith("Of the published facts behind it (docs/validation.md), on who agrees")
    assert found.plot("refusals").axes
    nobody = tp.explain("silo", runs=1)
    assert (dict(nobody.tables), dict(nobody.drawings)) == ({}, {})
    assert nobody.sentences[1:] == ("In silo nobody asks anybody: the arrangement has no negotiation.",)
    with pytest.raises(InputError, match="an ensemble has its own runs"):
        tp.explain(ensemble, runs=5)
