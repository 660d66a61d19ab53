"""The connector to the EMA workbench: its experiments, processes and optimisers work on our scenarios."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path

import numpy as np
import pytest

import totalplace as tp
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.scenario import Scenario

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from ema_workbench import SequentialEvaluator, perform_experiments

CHOSEN = ["clawback", "encouragement.health", "savings_rule", "capital_pot"]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return tp.load("single-pot", place="Rutland", set=["quarters=8", "clusters=2"])


def test_an_experiment_is_the_run_of_the_scenario_with_its_settings(scenario: Scenario) -> None:
    model = tp.ema_model(scenario, CHOSEN, ["eta", "setup_lag"], ["net_saving", "wellbeing"], runs=2)
    table, outcomes = perform_experiments(model, scenarios=3, policies=2)
    assert len(table) == 6
    assert set(table["savings_rule"]) <= set(LEVERS["savings_rule"].choices)
    for row in (0, 5):
        given = table.iloc[row]
        settings = [
            f"levers.clawback={float(given['clawback'])!r}",
            f"levers.encouragement.health={float(given['encouragement__health'])!r}",
            f"levers.savings_rule={given['savings_rule']}",
            f"levers.capital_pot={int(given['capital_pot'])}",
            "uncertainties=default",
            *(f"uncertainties.{name}={float(given[name])!r}" for name in ("eta", "setup_lag")),
        ]
        ours = tp.ensemble(scenario.with_settings(settings), runs=2)
        assert outcomes["net_saving"][row] == pytest.approx(ours.at_end("net_saving").mean(), abs=1e-12)
        assert outcomes["wellbeing"][row] == pytest.approx(ours.at_end("wellbeing").mean(), abs=1e-12)


def test_what_is_not_set_stays_as_the_scenario_has_it(scenario: Scenario) -> None:
    model = tp.ema_model(scenario, CHOSEN, ["eta"], ["net_saving"], runs=2)
    fixed = tp.ensemble(scenario.with_settings(["uncertainties=default"]), runs=2)
    assert model.function()["net_saving"] == pytest.approx(fixed.at_end("net_saving").mean())


def test_a_model_lists_levers_uncertainties_and_outcomes_from_the_registries(scenario: Scenario) -> None:
    model = tp.ema_model(scenario)
    assert {parameter.name for parameter in model.uncertainties} == set(PARAMETERS)
    assert {parameter.name for parameter in model.levers} == set(LEVERS) - {"cuts"}
    kinds = {outcome.name: outcome.kind for outcome in model.outcomes}
    assert kinds["net_saving"] == 1
    assert kinds["inequality"] == -1
    assert kinds["pooled_share"] == 0
    assert (model.uncertainties["eta"].lower_bound, model.uncertainties["eta"].upper_bound) == (
        PARAMETERS["eta"].low, PARAMETERS["eta"].high,
    )


def test_ranges_of_the_scenario_bound_its_uncertainties(scenario: Scenario) -> None:
    narrow = scenario.with_settings(["uncertainties.eta={low: 0.7, high: 0.8, distribution: triangular, mode: 0.75}"])
    eta = tp.ema_model(narrow, CHOSEN, ["eta"]).uncertainties["eta"]
    assert (eta.lower_bound, eta.upper_bound) == pytest.approx((0.7, 0.8))
    assert eta.dist.mean() == pytest.approx(0.75)


def test_its_optimisers_work(scenario: Scenario, tmp_path: Path) -> None:
    model = tp.ema_model(scenario, CHOSEN, ["eta"], ["net_saving", "inequality"], choices="numbers")
    with SequentialEvaluator(model) as evaluator:
        found, _ = evaluator.optimize(
            nfe=30, searchover="levers", epsilons=[0.01, 0.0001], population_size=10, directory=str(tmp_path), filename="a.tar.gz"
        )
    assert len(found)
    assert {"clawback", "encouragement__health", "net_saving", "inequality"} <= set(found.columns)


def test_the_model_can_be_sent_to_other_processes(scenario: Scenario) -> None:
    function = tp.ema_model(scenario, CHOSEN, ["eta"], ["net_saving"]).function
    again = pickle.loads(pickle.dumps(function))
    assert again(clawback=0.1, eta=0.7) == function(clawback=0.1, eta=0.7)


def test_unknown_names_are_refused(scenario: Scenario) -> None:
    with pytest.raises(UnknownName, match="clawbak"):
        tp.ema_model(scenario, ["clawbak"])
    with pytest.raises(UnknownName, match="etta"):
        tp.ema_model(scenario, CHOSEN, ["etta"])
    with pytest.raises(UnknownName, match="net_savings"):
        tp.ema_model(scenario, CHOSEN, ["eta"], ["net_savings"])
    for name, given in (("levers", ("eta",)), ("uncertainties", (CHOSEN, "eta")), ("outcomes", (CHOSEN, ["eta"], "eta"))):
        with pytest.raises(InputError, match=f"The {name} are the text 'eta'"):
            tp.ema_model(scenario, *given)
    with pytest.raises(InputError, match="number of runs"):
        tp.ema_model(scenario, runs=0)
    with pytest.raises(UnknownName, match="gold"):
        tp.ema_model(scenario, CHOSEN, ["eta"]).function(savings_rule="gold")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"clawback": 20}, "The lever 'clawback' is 20, which is out of range. Allowed: 0 to 1 (share)"),
        ({"clawback": -3.0}, "The lever 'clawback' is -3.0, which is out of range"),
        ({"clawback": float("nan")}, "The lever 'clawback' is nan, which is out of range"),
        ({"encouragement__health": -1.5}, "out of range. Allowed: -1 to 1"),
        ({"savings_rule": 7}, "The choice of 'savings_rule' cannot be 7. Allowed: proportional, equal, nash, shapley; "
         "or their numbers, from 0 to 3"),
        ({"savings_rule": 1.5}, "The choice of 'savings_rule' cannot be 1.5"),
        ({"savings_rule": "nsh"}, "There is no choice 'nsh' for 'savings_rule'. Did you mean 'nash'? "
         "Allowed: proportional, equal, nash, shapley"),
        ({"capital_pot": 0.5}, "The lever 'capital_pot' is 0.5. Allowed: 0 or 1"),
        ({"eta": 3.0}, "The parameter 'eta' is 3.0, which is out of range. Allowed: 0.6 to 0.95 (exponent)"),
        ({"eta": True}, "The parameter 'eta' must be a number, not true"),
        ({"cuts": 3.5}, "The lever 'cuts' is 3.5, which is out of range"),
        ({"clawback": 0.1, "clawback__health": 0.2}, "'clawback.health' is given twice; first as 'clawback'"),
    ],
    ids=str,
)
def test_a_value_that_no_scenario_could_have_is_refused(scenario: Scenario, given: dict[str, object], says: str) -> None:
    function = tp.ema_model(scenario, CHOSEN, ["eta"], ["net_saving"]).function
    with pytest.raises(InputError) as caught:
        function(**given)
    assert says in str(caught.value)


def test_numbers_of_any_kind_and_names_of_choices_are_taken(scenario: Scenario) -> None:
    function = tp.ema_model(scenario, CHOSEN, ["eta"], ["net_saving"]).function
    named = function(savings_rule="nash", capital_pot=1, clawback=0.25)
    for rule, pot, share in ((2, True, np.float32(0.25)), (np.int64(2), np.bool_(True), np.array(0.25)), (2.0, "yes", "25%")):
        assert function(savings_rule=rule, capital_pot=pot, clawback=share) == named
    both = function(clawback__health=0.25, clawback__all=0.25)
    assert both == function(clawback=0.25)


def test_choices_are_names_and_numbers_for_optimisers(scenario: Scenario) -> None:
    named = tp.ema_model(scenario, ["savings_rule"]).levers["savings_rule"]
    assert [category.name for category in named.categories] == list(LEVERS["savings_rule"].choices)
    numbered = tp.ema_model("single-pot", ["savings_rule"], choices="numbers").levers["savings_rule"]
    assert (numbered.lower_bound, numbered.upper_bound) == (0, 3)
    with pytest.raises(UnknownName, match="Did you mean 'names'"):
        tp.ema_model(scenario, choices="name")
    with pytest.raises(InputError, match="'net_saving' is given twice"):
        tp.ema_model(scenario, CHOSEN, ["eta"], ["net_saving", "net_saving"])
