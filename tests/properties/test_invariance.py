"""What must not matter does not: the order of rows and files, names, the unit of money, how people are grouped.

Sums over rows in another order differ in the last bits, and a negotiation is a chain of comparisons, so that a tie may be
broken the other way. Where all numbers of a table change place, the test therefore asks for equality to rounding, and in a
small part of scenarios only that the first quarter is equal.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.checking import tried
from tests.whole_scenarios import commissioner_lists, loaded, whole_scenarios, whole_settings
from tests.worlds import differing, doubled, edited, run_edited
from totalplace.agents.ledger import AGENCY_ACCOUNT
from totalplace.scenarios import loads
from totalplace.scenarios.reading import read_text
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.ensemble import run
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.model.memory import copy_world
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.model.world import Template
from totalplace.sim.results.run import Run

SEEDS = st.integers(0, 2**63 - 1)
RANDOM = st.randoms(use_true_random=False)


def apart(one: Run, other: Run, factor: float = 1.0) -> list[str]:
    """Metrics in which two runs differ by more than rounding, those in £m times ``factor`` in the first."""
    found = []
    for metric in METRICS.values():
        expected = one.metrics[metric.name] * (factor if metric.unit.startswith("£m") else 1.0)
        if not np.allclose(other.metrics[metric.name], expected, rtol=1e-6, atol=1e-8 * max(1.0, np.abs(expected).max())):
            found.append(metric.name)
    return found


def dust(one: Run) -> bool:
    """Whether ratios count as nothing: a pooled budget of less than a penny a year, or plans for so little that they cost nothing.

    What a plan for a penny saves is the difference of two budgets of a place, so rounding decides it.
    """
    pooled, planned = one.metrics["pooled_budget"], one.metrics["planned_benefit_cost_ratio"]
    return bool(((pooled > 0.0) & (pooled < 1e-8)).any() or (planned > 1e6).any())


@tried(13, scenario=whole_scenarios(16), seed=SEEDS)
def test_twice_the_money_doubles_money_and_leaves_shares_alone(scenario: Scenario, seed: int) -> None:
    once, twice = run_edited(edited(scenario), seed), run_edited(doubled(scenario), seed)
    assume(not dust(once))
    assert apart(once, twice, 2.0) == []
    assert np.allclose(twice.gains, 2.0 * once.gains, rtol=1e-6, atol=1e-8)


def split(template: Template, chosen: list[int]) -> Template:
    """The template with each chosen cohort in two equal halves, the second half at the end of the table."""
    world = template.world
    rows: Any = np.concatenate([world.cohorts, world.cohorts[chosen]]).view(np.recarray)
    halves = [*chosen, *range(len(world.cohorts), len(rows))]
    rows["persons"][halves] *= 0.5
    rows["key"][len(world.cohorts):] += 1_000_000
    names = (*template.cohort_names, *(f"half of {template.cohort_names[k]}" for k in chosen))
    return replace(template, world=copy_world(world._replace(cohorts=rows)), cohort_names=names)


@tried(13, given_settings=whole_settings(16), seed=SEEDS, data=st.data())
def test_two_halves_of_a_cohort_are_the_cohort(given_settings: list[str], seed: int, data: st.DataObject) -> None:
    scenario = loaded(given_settings, ["uncertainties.outcome_noise=0"])  # the two halves would have noise of their own
    template = edited(scenario)
    every = st.sampled_from(range(len(template.world.cohorts)))
    halved = split(template, data.draw(st.lists(every, unique=True, min_size=1, max_size=5)))
    assert apart(run_edited(template, seed), run_edited(halved, seed)) == []


def relabelled(template: Template, order: NDArray[np.int64]) -> Template:
    """The template with its agencies in another order; each keeps its key, its money and its ties."""
    world = template.world
    books = np.concatenate([np.arange(AGENCY_ACCOUNT), AGENCY_ACCOUNT + order])
    commissioners = world.commissioners.copy()
    commissioners["host"] = np.argsort(order)[commissioners["host"]]
    moved = world._replace(
        agencies=world.agencies[order].copy(), shares=world.shares[order].copy(), appraisals=world.appraisals[order].copy(),
        ties=world.ties[order].copy(), links=world.links[np.ix_(order, order)].copy(),
        link_chance=world.link_chance[np.ix_(order, order)].copy(), budget_path=world.budget_path[order].copy(),
        budget_below=world.budget_below[order].copy(), budget_above=world.budget_above[order].copy(),
        accounts=world.accounts[books].copy(), commissioners=commissioners,
    )
    return replace(template, world=copy_world(moved))


@tried(20, scenario=whole_scenarios(16), seed=SEEDS, random=RANDOM)
def test_the_order_of_agencies_does_not_matter(scenario: Scenario, seed: int, random: Any) -> None:
    template = edited(scenario)
    order = np.arange(len(template.world.agencies))
    random.shuffle(order)
    one, other = run_edited(template, seed), run_edited(relabelled(template, order), seed)
    assume(not dust(one))
    assert apart(one, other) == []
    assert np.allclose(one.gains[np.ix_(order, order)], other.gains, rtol=1e-6, atol=1e-8)


def test_where_all_is_pooled_rounding_decides_nothing() -> None:
    """With all money in the single pot, a theme was turned to or not by what rounding left of nothing: the order decided."""
    template = edited(loaded(['place="Birmingham"', "year=2010-11", "start=2008-01", "quarters=1", "clusters=1", "cuts=none",
                              'network="star"', "nhs=1", "uncertainties=default", "arrangement=board-officer",
                              "levers.single_pot=1.0"]))
    one = run_edited(template, 0)
    for number in range(20):
        order = np.random.default_rng(number).permutation(len(template.world.agencies))
        assert apart(one, run_edited(relabelled(template, order), 0)) == []


@tried(13, given_settings=whole_settings(12), commissioners=commissioner_lists(), seed=SEEDS, random=RANDOM)
def test_the_order_and_names_of_commissioners_do_not_matter(
    given_settings: list[str], commissioners: list[dict[str, Any]], seed: int, random: Any
) -> None:
    renamed = [{**one, "name": f"another {number}"} for number, one in enumerate(commissioners)]
    random.shuffle(renamed)
    common = ("arrangement.decision_rule=parties",)
    one, other = (
        run(loaded(given_settings, [*common, f"arrangement.commissioners={json.dumps(these)}"]), seed)
        for these in (commissioners, renamed)
    )
    assert apart(one, other) == []


@tried(20, scenario=whole_scenarios(8), seed=SEEDS, random=RANDOM)
def test_the_order_of_keys_in_a_file_does_not_matter(scenario: Scenario, seed: int, random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key]) for key in keys}

    other = loads(json.dumps(shuffled(read_text(scenario.text, "own.yaml").plain())), "shuffled.yaml")
    assert other == scenario
    assert differing(run(scenario, seed), run(other, seed)) == []


@tried(10, scenario=whole_scenarios(8), seed=SEEDS)
def test_names_and_titles_do_not_matter(scenario: Scenario, seed: int) -> None:
    other = scenario.with_settings(["name=another", "title=Another", "description=Words"])
    assert differing(run(scenario, seed), run(other, seed)) == []


@tried(10, scenario=whole_scenarios(8), seed=SEEDS)
def test_both_faces_are_equal_to_the_bit(scenario: Scenario, seed: int) -> None:
    model = PlaceModel(scenario, rng=seed)
    while model.running:
        model.step()
    assert differing(run(scenario, seed), model.result()) == []


@tried(10, given_settings=whole_settings(8), more=st.integers(1, 8), seed=SEEDS)
def test_a_longer_run_begins_like_the_shorter_one(given_settings: list[str], more: int, seed: int) -> None:
    short = loaded(given_settings)
    long = short.with_settings([f"quarters={short.quarters + more}"])
    one, other = run(short, seed), run(long, seed)
    assert one.metrics.tobytes() == other.metrics[: short.quarters].tobytes()


def test_the_checks_notice_a_difference() -> None:
    scenario = loaded(["arrangement=single-pot", "quarters=4"])
    one = run(scenario, 1)
    assert apart(one, one) == []
    assert apart(one, one, 2.0) != []
    assert "mean_trust" in apart(one, run(scenario, 2))

