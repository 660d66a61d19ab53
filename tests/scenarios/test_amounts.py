"""Amounts of money as files write them, and the checks of mandates in money."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from totalplace import scenarios
from totalplace.scenarios.amounts import amount, shown
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.schema import scenario_schema

UNIT, HEAD = "£m a year", "£ a head a year"


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [("£3.8bn", UNIT, 3800.0), ("£3,800m", UNIT, 3800.0), (" £ 3.8 billion ", UNIT, 3800.0), ("£640k", UNIT, 0.64),
     ("£500", UNIT, 0.0005), ("£66", HEAD, 66.0), ("£66.50", HEAD, 66.5), ("3.8bn", UNIT, None), ("£", UNIT, None),
     ("£3,80m", UNIT, None), ("£-3m", UNIT, None), ("£3.8bn", "share", None), ("£nan", UNIT, None)],
)
def test_an_amount_is_read_in_the_unit_of_its_lever(text: str, unit: str, number: float | None) -> None:
    assert amount(text, unit) == number


@given(st.integers(0, 10**9).map(lambda thousandths: thousandths / 1000), st.sampled_from([UNIT, HEAD]))
def test_what_is_shown_reads_back(number: float, unit: str) -> None:
    assert amount(shown(number, unit), unit) == pytest.approx(number, abs=1e-9)


@pytest.mark.parametrize("text", ["£3.8bn", "'£3,800m'", "3800", "{all: 0, health_and_care: £3.8bn}"])
def test_levers_and_events_take_amounts(text: str) -> None:
    scenario = scenarios.loads(f"extends: mandated-pooling\nlevers: {{mandate_england: {text}}}")
    assert scenario.levers["mandate_england"][0] == 3800.0
    assert scenarios.loads(scenario.text, scenario.name) == scenario


def test_an_event_may_give_money_in_words_and_says_it_back() -> None:
    scenario = scenarios.loads('extends: mandated-pooling\nevents: ["2015-04: mandate england health and care at £3.8bn"]')
    assert [(event.lever, event.index, event.value) for event in scenario.events] == [("mandate_england", 0, 3800.0)]
    assert scenario.events[0].text == "2015-04: mandate england health and care at £3,800m"
    assert scenarios.loads(scenario.text, scenario.name) == scenario
    assert "mandated minimum: health and care" in scenario.says()


@pytest.mark.parametrize(
    ("lever", "value", "words"),
    [("mandate_england", "-5", "0 to 200000"), ("mandate_money", "£99bn", "0 to 20000"), ("mandate_money", "3%", "only a share"),
     ("mandate_a_head", "lots", "number"), ("mandate", "£3bn", "number")],
)
def test_what_cannot_be_a_mandate_is_refused_in_words(lever: str, value: str, words: str) -> None:
    with pytest.raises(InputError) as problem:
        scenarios.loads(f"extends: mandated-pooling\nlevers: {{{lever}: {value}}}")
    assert words in f"{problem.value}"


def test_the_schema_takes_amounts_where_money_is_asked_for() -> None:
    schema = scenario_schema()
    jsonschema.validate({"levers": {"mandate_england": {"health_and_care": "£3.8bn"}, "mandate_a_head": "£66"}}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"levers": {"cuts": "£3bn"}}, schema)
