"""Shares may be written as percentages wherever a lever or an uncertainty is set; what is no share may not."""

from __future__ import annotations

import jsonschema
import pytest

from totalplace import scenarios
from totalplace.scenarios import sweeps
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.percentages import is_share, percentage
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.uncertainties import Range

SHARE = next(name for name, row in PARAMETERS.items() if is_share(row) and row.low <= 0.1 <= row.high)


@pytest.mark.parametrize(
    ("text", "share"),
    [("3.4%", 0.034), ("100 %", 1.0), ("-5%", -0.05), ("−5%", -0.05), ("0%", 0.0), ("3.4", None), ("%", None), ("true%", None),
     ("many%", None), ("5%%", None)],
)
def test_a_percentage_is_a_share(text: str, share: float | None) -> None:
    assert percentage(text) == share


def test_shares_are_told_by_their_unit() -> None:
    assert {name for name, lever in LEVERS.items() if is_share(lever)} == {
        name for name, lever in LEVERS.items() if lever.kind == "share"
    }
    assert {row.unit.split()[0] for row in PARAMETERS.values() if is_share(row)} == {"share"}


@pytest.mark.parametrize("text", ["mandate: 3.4%", "mandate: '3.4 %'", "mandate: {all: 3.4%}"])
def test_levers_of_a_file_take_percentages(text: str) -> None:
    scenario = scenarios.loads(f"extends: silo\nlevers: {{{text}}}")
    assert set(scenario.levers["mandate"]) == {0.034}
    assert scenario == scenarios.loads("extends: silo\nlevers: {mandate: 0.034}")
    assert scenarios.loads(scenario.text, scenario.name) == scenario


def test_settings_take_percentages() -> None:
    given = ["levers.mandate=3.4%", "levers.clawback.health=50%", f"uncertainties.{SHARE}=10%"]
    scenario = scenarios.load("silo", set=given)
    assert set(scenario.levers["mandate"]) == {0.034}
    assert 0.5 in scenario.levers["clawback"]
    assert scenario.uncertainties[SHARE] == 0.1


def test_levers_of_an_arrangement_are_kept_as_numbers() -> None:
    scenario, same = (
        scenarios.loads(f"extends: silo\narrangement: {{levers: {{mandate: {value}}}}}") for value in ("3.4%", "0.034")
    )
    assert scenario.arrangement.levers["mandate"] == 0.034
    assert scenario == same


def test_a_dated_change_takes_a_percentage_as_text_and_as_a_mapping() -> None:
    text, mapping = (
        scenarios.loads(f"extends: silo\nevents: [{event}]").events
        for event in ("'2013-04: clawback health at 5%'", "{date: 2013-04, lever: clawback, target: health, value: 5%}")
    )
    assert text == mapping
    assert text[0].value == 0.05


def test_ranges_of_uncertainties_take_percentages() -> None:
    row = PARAMETERS[SHARE]
    scenario = scenarios.loads(f"extends: silo\nuncertainties: {{{SHARE}: {{low: {row.low * 100}%, high: 10%}}}}")
    found = scenario.uncertainties[SHARE]
    assert isinstance(found, Range)
    assert (found.low, found.high) == (row.low, 0.1)


def test_sweeps_take_percentages() -> None:
    text = "scenarios: silo\nlevers:\n  clawback: [0%, 50%]\n  mandate: {low: 0%, high: 10%, steps: 2}\n"
    sweep = sweeps.loads(text)
    assert [factor.values for factor in sweep.factors] == [(0.0, 0.5), (0.0, 0.1)]


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("levers: {encouragement: 50%}", 25, "'encouragement' is '50%', but only a share can be a percentage. Allowed: -1 to 1."),
        ("levers: {transition_fund: 5%}", 27, "but only a share can be a percentage. Allowed: 0 to 50 (£ a head a year)."),
        ("levers: {mandate: 150%}", 19, "The lever 'mandate' is 1.5, which is out of range. Allowed: 0 to 1 (share)."),
        ("levers: {scope: 100%}", 17, "The lever 'scope' is '100%'. Allowed: 0 or 1"),
        ("levers: {savings_rule: 50%}", 24, "There is no choice '50%'"),
        ("levers: {mandate: many%}", 19, "must be a number, not 'many%'"),
        ("uncertainties: {eta: 85%}", 22, "'eta' is '85%', but only a share can be a percentage"),
    ],
)
def test_other_percentages_are_refused_at_their_place(text: str, column: int, says: str) -> None:
    with pytest.raises(InputError) as caught:
        scenarios.loads(f"extends: silo\n{text}", "own.yaml")
    assert says in str(caught.value)
    assert (caught.value.line, caught.value.column) == (2, column)


def test_the_schema_takes_percentages_of_shares_only() -> None:
    validator = jsonschema.Draft202012Validator(scenarios.json_schema())
    for good in ({"mandate": "3.4%"}, {"clawback": {"health": "50 %"}}, {"reinvested_share": "50%"}):
        assert validator.is_valid({"levers": good}), good
    for bad in ({"encouragement": "50%"}, {"mandate": "many"}, {"cuts": "50%"}):
        assert not validator.is_valid({"levers": bad}), bad
    assert validator.is_valid({"uncertainties": {SHARE: "10%"}})
    assert not validator.is_valid({"uncertainties": {"eta": "85%"}})
