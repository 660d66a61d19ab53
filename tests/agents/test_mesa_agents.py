"""The rows of agents under the Mesa face: read and written by name, in the type that a column has; what is not there is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.worlds import small
from totalplace.agents.mesa_agents import Agency
from totalplace.scenarios import InputError
from totalplace.scenarios.errors import UnknownAttribute
from totalplace.scenarios.vocabulary import THEMES
from totalplace.sim.engine.place_model import KINDS, PlaceModel


def test_attributes_read_and_write_the_row() -> None:
    model = PlaceModel(small(quarters=2), rng=1)
    agency, cohort = model.agencies.to_list()[1], model.cohorts.to_list()[3]
    assert agency.leadership == model.world.agencies[1]["leadership"]
    agency.leadership = 0.125
    assert model.world.agencies[1]["leadership"] == agency.leadership == 0.125
    model.world.cohorts[3]["wellbeing"] = 0.25
    assert cohort.wellbeing == 0.25
    cohort.outcome[2] = 0.5
    assert model.world.cohorts[3]["outcome"][2] == 0.5
    model.board.mandate = 0.75
    assert model.world.board.mandate == model.board.mandate == 0.75
    assert repr(agency) == "<Agency nhs>"
    assert "£m" in Agency.__dict__["budget"].__doc__


@pytest.mark.parametrize("kind", KINDS.values())
def test_every_column_is_an_attribute(kind: Any) -> None:
    for column in kind.columns.columns:
        assert column.meaning in getattr(kind, column.name).__doc__


@pytest.mark.parametrize("theme", [2, np.int32(2), np.uint8(2), np.array(2), 2.0, np.float32(2)])
def test_numbers_of_numpy_are_numbers_for_agents(theme: Any) -> None:
    model = PlaceModel(small("joint-commissioning", quarters=4), rng=3)
    model.step()
    agency, commissioner = model.agencies.to_list()[1], model.commissioners.to_list()[0]
    agency.appraise(commissioner, theme)
    wanted = model.world.shares[1, 2].copy()
    agency.appraise(commissioner, 2)
    assert model.world.shares[1, 2] == wanted
    agency.leadership = np.array(0.5)
    agency.may_pool = np.True_
    assert (agency.leadership, agency.may_pool) == (0.5, 1)


@pytest.mark.parametrize("theme", [8, -1, 2.5, True, "health_and_care", None, np.array([2]), float("nan"), 2**70])
def test_a_theme_that_is_not_there_is_refused_before_compiled_code_sees_it(theme: Any) -> None:
    model = PlaceModel(small("joint-commissioning", quarters=4), rng=3)
    agency, commissioner = model.agencies.to_list()[1], model.commissioners.to_list()[0]
    for act in (lambda: agency.appraise(commissioner, theme), lambda: agency.offer(commissioner, theme, 0),
                lambda: commissioner.ask(agency, theme, 0), lambda: commissioner.bargain(agency, theme),
                lambda: commissioner.make_deal(theme), lambda: model.board.approve(commissioner, theme)):
        with pytest.raises(InputError, match="0 to 7"):
            act()


class Hoarder(Agency):
    """Keeps attributes of its own: one declared in the class, one set when it is made, and one it works out."""

    budgets: list[float]

    def __init__(self, model: Any, index: int, name: str) -> None:
        super().__init__(model, index, name)
        self.budgets = []
        self.wishes = {"first": 0.5}
        self._private = 1

    @property
    def saved(self) -> float:
        return float(sum(self.budgets))

    def learn(self) -> None:
        super().learn()
        self.budgets.append(float(self.budget))
        self.wishes = {"first": self.saved}
        self._later = 2


class Careless(Agency):
    """Misspells a column when it is made."""

    def __init__(self, model: Any, index: int, name: str) -> None:
        super().__init__(model, index, name)
        self.leadershp = 0.5


class Forgetful(Agency):
    """Sets in a rule what it never declared."""

    def learn(self) -> None:
        self.mood = 1


def test_an_attribute_that_an_agent_does_not_have_is_refused_with_the_nearest() -> None:
    model = PlaceModel(small(quarters=2), rng=1)
    for agent, wrong, right in (
        (model.agencies.to_list()[0], "budgett", "budget"), (model.commissioners.to_list()[0], "leader_ship", "leadership"),
        (model.cohorts.to_list()[0], "well_being", "wellbeing"), (model.departments.to_list()[0], "encouragment", "encouragement"),
        (model.board, "round", "rounds"), (model.world.agencies[0], "budgett", "budget"),
        (model.world.agencies, "budgett", "budget"), (model.world.shares[0, 0], "limits", "limit"),
        (model.world.levers, "clawbak", "clawback"),
        (model.world.parameters, "busines_case", "business_case"), (model.world.clock, "quater", "quarter"),
    ):
        for act in (lambda one, name: getattr(one, name), lambda one, name: setattr(one, name, 0.5)):
            with pytest.raises(UnknownAttribute) as caught:
                act(agent, wrong)
            assert caught.value.nearest == right
            assert wrong in str(caught.value)
        assert not hasattr(agent, wrong)
        assert getattr(agent, wrong, None) is None


def test_a_subclass_may_keep_attributes_of_its_own() -> None:
    scenario = small(quarters=2)
    model = PlaceModel(scenario, rng=1, agent_classes={"agencies": Hoarder})
    while model.running:
        model.step()
    agency = model.agencies.to_list()[0]
    assert (len(agency.budgets), agency.wishes, agency._later) == (2, {"first": agency.saved}, 2)
    agency.pos = (1, 2)
    with pytest.raises(UnknownAttribute, match="of Hoarder; one of your own is declared in its class"):
        agency.wish = 1
    with pytest.raises(UnknownAttribute) as caught:
        PlaceModel(scenario, agent_classes={"agencies": Careless})
    assert caught.value.nearest == "leadership"
    with pytest.raises(UnknownAttribute, match="mood"):
        PlaceModel(scenario, agent_classes={"agencies": Forgetful}).step()


@pytest.mark.parametrize(("name", "value", "words"), [
    ("department", 9, "from 0 to 8"), ("department", -1, "from 0 to 8"), ("kind", 2.5, "a whole number"),
    ("budget", float("nan"), r"-1e\+15 to 1e\+15"), ("leadership", 1.5, "from 0 to 1"), ("budget", "much", "'much'"),
    ("incidence", [1.0, 0.0], "6 times"), ("budget", None, "None"),
])
def test_a_value_that_a_column_cannot_hold_is_refused(name: str, value: Any, words: str) -> None:
    """A department out of range let compiled code read past the end of a table."""
    model = PlaceModel(small(quarters=2), rng=1)  # held: Mesa's sets of agents hold them weakly
    agency = model.agencies.to_list()[1]
    before = agency.row.copy()
    with pytest.raises(InputError, match=words) as caught:
        setattr(agency, name, value)
    assert f"{name} of nhs" in str(caught.value)
    assert agency.row == before


def test_rows_of_an_agency_are_read_and_written_by_name_number_and_partner() -> None:
    model = PlaceModel(small("joint-commissioning", quarters=2), rng=1)
    agency, commissioner, world = model.agencies.to_list()[1], model.commissioners.to_list()[0], model.world
    theme = THEMES.index("health_and_care")
    assert agency.shares["health_and_care"].spend == agency.shares[theme].spend == world.shares[1, theme].spend
    assert len(agency.shares) == len(list(agency.shares)) == len(THEMES)
    agency.shares["health_and_care"].ceded = 0.25
    assert world.shares[1, theme].ceded == 0.25
    agency.ties[commissioner].trust = 0.75
    assert commissioner.ties[agency].trust == agency.ties[commissioner.name].trust == world.ties[1, 0].trust == 0.75
    assert "trust" in dir(agency.ties[0])
    assert agency.appraisals["health_and_care"].__class__ is type(agency.shares[0])


@pytest.mark.parametrize(("said", "wrong"), [
    ("There is no column 'cedd'", lambda one: one.shares[0].cedd),
    ("Did you mean 'ceded'", lambda one: setattr(one.shares[0], "cedd", 0.1)),
    ("There is no theme 'helth_and_care'", lambda one: one.shares["helth_and_care"]),
    ("The theme cannot be -1", lambda one: one.shares[-1]),
    ("The theme cannot be 99", lambda one: one.shares[99]),
    ("cannot be 1.5. Allowed: a number from 0 to 1", lambda one: setattr(one.shares[0], "ceded", 1.5)),
    ("The commissioner cannot be 40", lambda one: one.ties[40]),
])
def test_rows_refuse_what_is_not_there(said: str, wrong: Callable[[Any], Any]) -> None:
    model = PlaceModel(small("joint-commissioning", quarters=2), rng=1)
    before = model.world.shares.tobytes()
    with pytest.raises((InputError, AttributeError), match=said):
        wrong(model.agencies.to_list()[0])
    assert model.world.shares.tobytes() == before
