"""What is given in Python and is of another kind than asked for ends in the words of this library, not in those of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import totalplace as tp
from totalplace import scenarios
from totalplace.scenarios.errors import InputError, UnknownAttribute

WRONG = (None, 3, b"silo", ["silo"], {"place": "Kent"})


def asks() -> dict[str, tuple[Callable[[Any], object], str]]:
    silo = tp.load("silo", place="Rutland", quarters=1)
    return {
        "load": (tp.load, "is no scenario"),
        "run": (tp.run, "is no scenario"),
        "loads": (scenarios.loads, "is no text"),
        "check": (scenarios.check, "is no path of a scenario"),
        "sweeps.load": (tp.sweeps.load, "is no sweep"),
        "sweeps.loads": (tp.sweeps.loads, "is no text"),
        "sweeps.check": (tp.sweeps.check, "is no path of a sweep"),
        "sweep": (lambda given: tp.sweep(given, "out"), "is no sweep"),
        "open_sweep": (tp.open_sweep, "is no path of a folder"),
        "report": (tp.report, "is no path of a folder"),
        "with_settings": (lambda given: silo.with_settings([given]), "is no list of settings"),
        "branch": (lambda given: tp.branch("lsp", "2012-04", [given]), "must be a list of settings"),
    }


@pytest.mark.parametrize("name", asks())
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_another_kind_is_refused_in_words(name: str, wrong: object) -> None:
    ask, words = asks()[name]
    with pytest.raises(InputError, match=words) as caught:
        ask(wrong)
    assert caught.value.allowed


def test_a_scenario_is_no_name_of_one() -> None:
    with pytest.raises(InputError, match=r"\(Scenario\) is a scenario already"):
        given: Any = tp.load("silo")
        tp.load(given)


@pytest.mark.parametrize("wrong", [None, 3, "quarters=3", [3], [None], b"quarters=3", {"quarters": 3}], ids=str)
def test_settings_are_a_list_of_texts(wrong: Any) -> None:
    scenario = tp.load("silo")
    sweep = "where-it-works"
    for ask in (scenario.with_settings, lambda given: tp.load("silo", set=given), lambda given: tp.sweeps.load(sweep, set=given)):
        with pytest.raises(InputError):
            ask(wrong)
    assert scenario.with_settings([]) == scenario.with_settings(()) == scenario
    row: Any = iter(["quarters=3"])
    assert scenario.with_settings(row).quarters == 3


def test_a_model_takes_no_attribute_that_it_does_not_know() -> None:
    model = tp.PlaceModel("silo", place="Rutland", settings="quarters=2 clusters=1")
    for wrong in ("levrs", "wrld", "expected"):
        with pytest.raises(UnknownAttribute, match=f"There is no attribute '{wrong}' of PlaceModel"):
            setattr(model, wrong, 3)
    with pytest.raises(UnknownAttribute, match="Did you mean 'world'"):
        model.wrld = 3
    model._mine, model.running = 3, True
    model.step()

    class Mine(tp.PlaceModel):
        declared: int

        def __init__(self) -> None:
            super().__init__("silo", place="Rutland", settings="quarters=2 clusters=1")
            self.kept = 1

    mine = Mine()
    mine.step()
    mine.declared, mine.kept = 2, 2
    with pytest.raises(UnknownAttribute, match="declared in a class made from it"):
        mine.other = 3
