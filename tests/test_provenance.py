"""Every number says what it is and where it comes from: parameters, levers, constants of the rules, tables of places."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from tools import source_reading
from tools.source_reading import ROOT, Constant
from totalplace.scenarios.registry import LEVERS, PARAMETERS, Lever, Parameter
from totalplace.scenarios.uncertainties import DISTRIBUTIONS

CONSTANTS = source_reading.constants()
#: A range from one number or multiple to another: 0.1-0.5, 4 to 12, half to twice.
RANGE = re.compile(r"-?\d[\d.]*\s*(?:-|–|to)\s*-?\d|half to twice")
#: A source has a year.
YEAR = re.compile(r"\b(?:19|20)\d\d(?:[-/]\d\d)?\b")
#: Figures that nobody has seen at their source, by a mark of each.
UNVERIFIED = (
    r"Cm\s*7942", r"£7\.1bn", r"Counting Cumbria", r"4\.4%?, (?:2012-13 )?[-−]?3\.3", r"£107bn", r"11 pathfinders",
    r"198 (?:NIs|national indicators)", r"£1\.51", r"£389m", r"£500m", r"closure,? (?:in )?March 2021",
)
#: The word that says that nobody has published the figure.
JUDGEMENT = "judgement"


@pytest.mark.parametrize("parameter", PARAMETERS.values(), ids=lambda one: one.name)
def test_a_parameter_says_what_it_is_and_where_it_comes_from(parameter: Parameter) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", parameter.name)
    assert len(parameter.meaning) > 15
    assert parameter.unit.strip()
    assert parameter.low <= parameter.default <= parameter.high
    assert parameter.low < parameter.high
    assert parameter.distribution in DISTRIBUTIONS
    assert parameter.grade in tuple("ABCD")
    assert parameter.source.strip()
    judged = parameter.source.startswith(JUDGEMENT)
    assert judged == (parameter.grade == "D"), "grade D is judgement, and only that"
    assert judged or YEAR.search(parameter.source), "a source has a year"


@pytest.mark.parametrize("lever", LEVERS.values(), ids=lambda one: one.name)
def test_a_lever_says_what_it_is(lever: Lever) -> None:
    assert len(lever.meaning) > 15
    assert lever.unit.strip()
    assert lever.low <= lever.default <= lever.high
    assert lever.per in ("none", "department", "theme", "agency kind")
    assert lever.kind in ("share", "number", "flag", "choice")
    assert (lever.kind == "choice") == bool(lever.choices)


@pytest.mark.parametrize("constant", CONSTANTS, ids=lambda one: f"{one.file}:{one.name}")
def test_a_constant_says_what_it_is_and_where_it_comes_from(constant: Constant) -> None:
    where = f"{constant.file}:{constant.line} {constant.name}"
    comment = constant.comment
    assert len(comment) > 15, f"{where} has no comment"
    if JUDGEMENT in comment:
        assert RANGE.search(YEAR.sub("", comment)), f"{where} is judgement without a range"
    else:
        assert YEAR.search(comment) or comment.startswith("Technical: "), f"{where} names neither a source nor judgement"


def test_constants_are_found() -> None:
    names = {constant.name for constant in CONSTANTS}
    assert {"CORE_TO_PERIPHERY", "LOCAL_TAX", "MOST_EXACT", "_HALF_CELL", "DEPARTMENT_ACCOUNT"} <= names
    assert "COUNCIL" not in names, "an index into the vocabulary is no number"


@pytest.mark.parametrize("table", sorted((ROOT / "scenarios" / "places" / "judgement").glob("*.csv")), ids=lambda one: one.stem)
def test_hand_made_values_of_places_have_range_and_source(table: Path) -> None:
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert row["source"].strip(), row
            if "value" in row:
                assert float(row["low"]) <= float(row["value"]) <= float(row["high"]), row
                assert JUDGEMENT not in row["source"] or float(row["low"]) < float(row["high"]), row


def texts() -> list[Path]:
    """Every text of the project in which a figure could be cited."""
    kinds = (".py", ".yaml", ".csv", ".md", ".txt", ".cff")
    folders = [ROOT / name for name in ("agents", "scenarios", "sim", "docs", "notebooks")]
    found = [path for folder in folders if folder.exists() for path in folder.rglob("*") if path.suffix in kinds]
    large = {"spending.csv", "indicators.csv"}
    return [*(path for path in found if path.name not in large), ROOT / "README.md", ROOT / "CHANGELOG.md"]


def test_no_unverified_figure_is_cited() -> None:
    banned = re.compile("|".join(UNVERIFIED))
    wrong = []
    for path in texts():
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if found := banned.search(line):
                wrong.append(f"{path.relative_to(ROOT)}:{number} {found[0]}")
    assert wrong == []
