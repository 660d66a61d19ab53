"""A seventh outcome domain, a twelfth kind of agency and a ninth theme are rows of tables: no line of code is touched."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.trees import copy_packages
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, OUTCOMES, THEMES

ROOT = Path(__file__).resolve().parent.parent.parent
#: The new words, all of a period of their own, whose year of spending is 2017-18.
WORDS = {
    "agency_kinds": "ambulance: {label: ambulance trust, short: ambulance, also: [paramedics], flags: [core], department: health,\n"
                    "            source: judgement, periods: [later]}\n",
    "themes": "climate: {label: climate and energy, short: climate, also: [net zero], flags: [pooled_share], periods: [later]}\n",
    "outcomes": "culture: {label: culture, short: culture, periods: [later]}\n",
}
PERIODS = ("october-2010: {label: October 2010, years: [2010-11]}\nlater: {label: Later, years: [2017-18]}\n"
           "today: {label: 2024-25, years: [2024-25], places: april-2023}\n")
SCENARIO = """\
name: words
title: New words
extends: october-2010
place: Rutland
year: 2017-18
start: 2017-10
quarters: 4
clusters: 2
arrangement:
  extends: joint-commissioning
  mandated_agencies: [council, ambulance]
  commissioners:
    - {name: green, host: ambulance, themes: [climate], leadership: 0.8}
    - {name: care, host: council, themes: [health_and_care, complex_families], leadership: 0.7}
levers: {mandate: {climate: 0.1, all: 0}, encouragement: {health: 1}}
seeds: {first: 1, count: 3}
"""
_PLAY = """
import json, sys
import totalplace as tp
from totalplace import scenarios
from totalplace.sim.model.metrics import METRICS, without_value

def both(scenario):
    model = tp.PlaceModel(scenario, rng=1)
    while model.running:
        model.step()
    run, mesa = tp.run(scenario, seed=1), model.result()
    assert all(getattr(run, part).tobytes() == getattr(mesa, part).tobytes() for part in ("metrics", "deals", "gains"))
    return run

later = both(scenarios.load("words.yaml"))
before = both(scenarios.load("joint-commissioning", place="Rutland", quarters=4, clusters=2))
print(json.dumps({
    "later": {name: later.metrics[name].tolist() for name in METRICS},
    "before": {name: before.metrics[name].tolist() for name in METRICS},
    "labels": {name: METRICS[name].label for name in METRICS},
    "agencies": [list(later.agency_names), list(before.agency_names)],
    "silent": {name: why for name in METRICS if (why := without_value(name, before.scenario))},
    "says": scenarios.load("single-pot", place="Rutland").says(),
    "themes": sorted({str(theme) for theme in later.deals_frame().theme}),
}))
"""


def add(folder: Path, table: str, rows: list[tuple[object, ...]]) -> None:
    """Adds rows to a judgement table: keys, value, low, high; the source is a judgement."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([*row, "judgement: of a test"] for row in rows)
    path = folder / "places" / "judgement" / f"{table}.csv"
    path.write_text(path.read_text("utf-8").rstrip("\n") + "\n" + text.getvalue(), "utf-8")


def replace(path: Path, old: str, new: str) -> None:
    content = path.read_text("utf-8")
    assert content.count(old) == 1, old
    path.write_text(content.replace(old, new), "utf-8")


def with_new_words(folder: Path) -> None:
    """Adds the words, and their rows in the tables of places, to the folder ``scenarios`` of a copy."""
    (folder / "words" / "periods.yaml").write_text(PERIODS, "utf-8")
    for name, row in WORDS.items():
        path = folder / "words" / f"{name}.yaml"
        path.write_text(path.read_text("utf-8") + row, "utf-8")
    kinds, themes = (*AGENCY_KINDS, "ambulance"), (*THEMES, "climate")
    for trait in ("control_aversion", "accountability", "target_pressure", "leadership", "property_share"):
        add(folder, "agencies", [("ambulance", trait, 0.3, 0.2, 0.4)])
    add(folder, "unit_cost", [("ambulance", 0, 0, 0.2)])
    add(folder, "commonality", [("climate", "overlap", 0.6, 0.4, 0.8), ("climate", "common", 0.25, 0.2, 0.3)])
    for table in ("incidence", "remit"):
        add(folder, table, [(kind, "culture", 0, 0, 0.1) for kind in AGENCY_KINDS])
        add(folder, table, [("ambulance", outcome, 0.4 if outcome in ("health", "culture") else 0.04, 0, 1)
                            for outcome in (*OUTCOMES, "culture")])
    add(folder, "effect", [(theme, "culture", 0.1, 0, 0.2) for theme in themes])
    add(folder, "effect", [("climate", outcome, 0.1, 0, 0.2) for outcome in OUTCOMES])
    add(folder, "need", [(kind, "climate", 1, 0.5, 2) for kind in COHORT_KINDS])
    add(folder, "need_gradient", [("climate", "barriers", 0.1, 0, 0.2)])
    add(folder, "outcome_mean", [(kind, "culture", 0.6, 0.4, 0.8) for kind in COHORT_KINDS])
    add(folder, "outcome_slope", [("culture", "community", 0.5, 0, 1)])
    add(folder, "speed", [("culture", 0.1, 0.05, 0.2)])
    missing = [pair for pair in product(kinds, themes) if pair[0] == "ambulance" or pair[1] == "climate"]
    add(folder, "reactive", [(*pair, 0.3, 0.1, 0.5) for pair in missing])
    lines = folder / "places" / "judgement" / "lines.csv"
    replace(lines, "nhs,all,nhs,nhs,0.98,0.96,0.99,", "nhs,2010-11,nhs,nhs,0.98,0.96,0.99,")
    replace(lines, "council_environmental,all,council,environmental,0.99,0.98,0.995,",
            "council_environmental,2010-11,council,environmental,0.99,0.98,0.995,")
    add(folder, "lines", [
        ("nhs", "2017-18", "nhs", "nhs", 0.93, 0.9, 0.99), ("nhs", "2017-18", "ambulance", "ambulance", 0.05, 0, 0.1),
        ("council_environmental", "2017-18", "council", "green", 0.99, 0.98, 0.995),
        ("nhs", "2024-25", "nhs", "nhs", 0.98, 0.96, 0.99),
        ("council_environmental", "2024-25", "council", "environmental", 0.99, 0.98, 0.995),
    ])
    add(folder, "themes", [
        ("ambulance", "health_and_care", 0.7, 0.5, 0.9), ("ambulance", "climate", 0.2, 0.1, 0.3),
        ("ambulance", "corporate", 0.1, 0, 0.2),
        ("green", "climate", 0.5, 0.4, 0.6), ("green", "housing_and_neighbourhoods", 0.5, 0.4, 0.6),
    ])


@pytest.fixture(scope="module", params=["uncompiled", pytest.param("compiled", marks=pytest.mark.soak)])
def tree(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages with the new words; compiling all rules for them is left to the long tests."""
    root: Path = tmp_path_factory.mktemp(request.param)
    copy_packages(root)
    with_new_words(root / "scenarios")
    (root / "words.yaml").write_text(SCENARIO, "utf-8")
    return root


def called(tree: Path, *command: str) -> str:
    """What a Python of the copy prints."""
    told = os.environ | {"PYTHONPATH": str(tree / "src"), "TOTALPLACE_CACHE_DIR": str(tree / "cache"), "COLUMNS": "200",
                         "NUMBA_DISABLE_JIT": str(int(tree.name.startswith("uncompiled")))}
    done = subprocess.run([sys.executable, *command], cwd=tree, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def played(tree: Path) -> dict[str, Any]:
    """Runs of both faces in the copy, in the period of the new words and in that before."""
    answer: dict[str, Any] = json.loads(called(tree, "-c", _PLAY))
    return answer


def test_new_words_have_metrics_of_their_own(played: dict[str, Any]) -> None:
    later = played["later"]
    assert played["agencies"][0] == [*AGENCY_KINDS, "ambulance"]
    assert min(later["ceded_ambulance"]) > 0.0, "the mandate binds it"
    assert min(later["pooled_share_climate"]) > 0.0
    assert 0.3 < later["outcome_culture"][-1] < 0.9
    assert later["ledger_error"] == [0.0] * 4
    domains = [later[f"outcome_{name}"] for name in (*OUTCOMES, "culture")]
    assert later["wellbeing"] == pytest.approx([sum(values) / 7 for values in zip(*domains, strict=True)], abs=1e-12)
    labels = {name: played["labels"][name] for name in ("ceded_ambulance", "pooled_share_climate", "outcome_culture")}
    assert labels == {"ceded_ambulance": "ceded by ambulance trust", "pooled_share_climate": "pooled share climate and energy",
                      "outcome_culture": "outcome culture"}
    assert "climate" in played["themes"], "it is negotiated"


def test_the_period_before_is_as_it_was(played: dict[str, Any]) -> None:
    import totalplace as tp
    from totalplace import scenarios

    as_it_was = tp.run(scenarios.load("joint-commissioning", place="Rutland", quarters=4, clusters=2), seed=1)
    before = played["before"]
    assert played["agencies"][1] == list(AGENCY_KINDS)
    for name in tp.METRICS:
        assert before[name] == as_it_was.metrics[name].tolist(), name
    new = set(before) - set(tp.METRICS)
    assert new == {"ceded_ambulance", "pooled_share_climate", "outcome_culture"}
    assert before["ceded_ambulance"] == before["pooled_share_climate"] == [0.0] * 4
    assert "negotiated: all themes" in played["says"]
    assert played["silent"] == {
        "pooled_share_climate": "no climate and energy in October 2010", "ceded_ambulance": "no ambulance trust in October 2010",
        "outcome_culture": "no culture in October 2010",
    }


def test_the_commands_know_the_new_words(tree: Path) -> None:
    said = called(tree, "-m", "totalplace", "scenarios", "check", "words.yaml")
    assert "negotiated: health and care, complex families, climate" in said
    called(tree, "-m", "totalplace", "run", "words.yaml", "--runs", "2", "--out", "found")
    called(tree, "-m", "totalplace", "report", "found")
    page = (tree / "found" / "report.html").read_text("utf-8")
    assert "mbulance trust" in page
    assert "limate and energy" in page
