"""Ablations: each leaves one mechanism out, by fields and parameters with a meaning, and is laid over every fact."""

from __future__ import annotations

import numpy as np
import pytest

import totalplace as tp
from tests.worlds import after, begun, differing, small
from totalplace import scenarios
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.evidence.ablations import ABLATIONS, WHOLE, ablate, markdown, overlay
from totalplace.sim.evidence.facts import facts


def quick(name: str, *settings: str) -> Scenario:
    few = () if name == "no-neighbourhoods" else ("clusters=2",)
    return scenarios.load(name, place="Rutland", quarters=16, set=(*few, *settings))


def test_without_trust_it_stays_what_it_was() -> None:
    world = after(16, quick("no-trust"))
    assert (world.shares["ceded"] > 0.0).any()
    assert np.array_equal(world.ties["trust"], world.ties["trust_start"])
    assert not np.array_equal(after(16, quick("joint-commissioning")).ties["trust"], world.ties["trust"])


def test_without_a_network_everybody_is_tied_and_stays_so() -> None:
    for world in (begun(quick("no-network")), after(16, quick("no-network"))):
        assert world.ties["tied"].all()
        assert world.links.sum() == len(world.agencies) * (len(world.agencies) - 1)


def test_without_bargaining_an_agency_gives_what_it_would_choose_and_nobody_is_paid() -> None:
    run = tp.run(quick("no-bargaining"), 2)
    agreed = run.deals[run.deals["agreed"] > 0.0]
    assert len(agreed)
    assert np.array_equal(agreed["agreed"], np.minimum(agreed["offered"], agreed["asked"]))
    assert not after(16, quick("no-bargaining"), 2).shares["transfer"].any()
    model = tp.PlaceModel(quick("no-bargaining"), rng=2)
    while model.running:
        model.step()
    assert differing(model.result(), run) == []


def test_without_neighbourhoods_devolving_changes_no_outcome() -> None:
    plain, devolved = (tp.run(quick("no-neighbourhoods", f"levers.neighbourhood_share={n}")).metrics for n in (0.0, 0.5))
    assert plain["pooled_share"][-1] > 0.0
    assert devolved["wellbeing"] == pytest.approx(plain["wellbeing"])
    assert devolved["net_saving"] == pytest.approx(plain["net_saving"])


def test_without_learning_delivery_and_word_of_it_move_nothing() -> None:
    given, as_given = scenarios.load("no-learning").uncertainties, "uncertainties.department_stance=0"
    assert [given[name] for name in ("trust_gain", "reputation_spread", "attention")] == [0.0, 0.0, 0.0]
    world = after(16, quick("no-learning", as_given))
    assert world.departments["encouragement"] == pytest.approx(world.levers.encouragement)
    learned = after(16, quick("joint-commissioning", as_given))
    assert learned.departments["encouragement"] != pytest.approx(learned.levers.encouragement)


def test_a_value_that_switches_off_may_be_set_and_is_never_drawn() -> None:
    assert PARAMETERS["trust_gain"].off == 0.0
    assert small("silo", "uncertainties.trust_gain=0").uncertainties["trust_gain"] == 0.0
    prior = small("silo", "uncertainties=prior").uncertainties["trust_gain"]
    assert not isinstance(prior, float)
    assert prior.low > 0.0
    for wrong in ("trust_gain=0.0001", "initial_trust=0"):
        with pytest.raises(InputError, match="out of range"):
            small("silo", f"uncertainties.{wrong}")


def test_every_fact_is_measured_under_each() -> None:
    assert overlay("no-trust").parameters[0] == ("trust_contact", 0.0)
    assert overlay("no-network").contents[0].mapping("").keys() == {"network"}
    found = ablate(runs=1, places=["Rutland"], threads=1)
    assert found.models == (WHOLE, *ABLATIONS)
    measures = {criterion.measure for fact in facts() for criterion in fact.criteria}
    assert all(set(found.values[model]) == measures for model in found.models)
    text = markdown(found)
    assert text.count("\n| ") > len(measures)
    assert all(f"`{name}`" in text for name in ABLATIONS)
    council = next(line for line in text.splitlines() if "council services of all public money" in line)
    assert council.count("(–)") == len(found.models), "a figure without errors has no range to lie in"
    assert "✓" not in council
    assert "The rule is another than that of validation" in text
