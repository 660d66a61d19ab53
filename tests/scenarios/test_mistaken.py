"""An arrangement given as a scenario, and the other way round: the message says what it is and how to use it."""

from __future__ import annotations

from pathlib import Path

import pytest

from totalplace import scenarios
from totalplace.scenarios.arrangement import FOLDER, load_arrangement
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.resolving import FOLDER as SCENARIOS

SMALL_POT = "title: Small pot\nextends: single-pot\nlevers: {single_pot: 0.1}\nbenefit_cost_threshold: 1.5\n"


@pytest.fixture
def small_pot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small-pot.yaml").write_text(SMALL_POT, "utf-8")
    return "small-pot.yaml"


def test_an_arrangement_given_as_a_scenario_is_named_as_such(small_pot: str) -> None:
    for call in (scenarios.check, scenarios.load):
        with pytest.raises(InputError) as caught:
            call(small_pot)
        assert str(caught.value) == (
            "small-pot.yaml:4:1: 'benefit_cost_threshold' is a key of arrangements: this looks like an arrangement, not a "
            "scenario. Allowed: a scenario; to use an arrangement, write 'arrangement: small-pot.yaml' in a scenario or give "
            "--set arrangement=small-pot.yaml."
        )


def test_what_the_message_offers_works(small_pot: str) -> None:
    assert scenarios.load("silo", set=[f"arrangement={small_pot}"]).arrangement.benefit_cost_threshold == 1.5
    scenario = scenarios.loads(f"extends: silo\narrangement: {small_pot}")
    assert scenario.arrangement.benefit_cost_threshold == 1.5


def test_a_scenario_that_extends_an_arrangement_is_told_so(small_pot: str) -> None:
    with pytest.raises(InputError, match="small-pot.yaml:4:1: .* looks like an arrangement"):
        scenarios.loads(f"extends: {small_pot}\nquarters: 8")


def test_a_scenario_with_a_key_of_arrangements_is_a_scenario() -> None:
    with pytest.raises(UnknownName, match="There is no key 'rounds' in a scenario"):
        scenarios.loads("extends: silo\nplace: Kent\nrounds: 3")


def test_a_scenario_given_as_an_arrangement_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text("extends: silo\ntitle: Mine\nquarters: 8\n", "utf-8")
    says = "mine.yaml:3:1: 'quarters' is a key of scenarios: this looks like a scenario, not an arrangement. .*'extends: mine.yaml'"
    with pytest.raises(InputError, match=says):
        load_arrangement("mine.yaml")
    with pytest.raises(InputError, match=says):
        scenarios.load("silo", set=["arrangement=mine.yaml"])


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_arrangement_is_known_as_one(path: Path) -> None:
    with pytest.raises(InputError, match="looks like an arrangement"):
        scenarios.check(path)


@pytest.mark.parametrize("name", ["silo", "single-pot", "october-2010", "better-care-fund"])
def test_shipped_scenarios_are_known_as_such(name: str) -> None:
    with pytest.raises(InputError, match="looks like a scenario"):
        load_arrangement(str(SCENARIOS / f"{name}.yaml"))


def test_a_file_whose_keys_both_have_is_either(tmp_path: Path) -> None:
    (tmp_path / "both.yaml").write_text("extends: silo\ntitle: Both\nlevers: {clawback: 0.1}\n", "utf-8")
    assert load_arrangement(str(tmp_path / "both.yaml")).title == scenarios.check(tmp_path / "both.yaml").title == "Both"
