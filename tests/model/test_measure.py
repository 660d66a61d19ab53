"""What metrics count: mean trust is over all pairs, whoever is tied; without a commissioner it says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from tests.worlds import after, small
from totalplace.agents.compiled import python
from totalplace.scenarios import arrangement as arrangements
from totalplace.scenarios import load
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.vocabulary import AGENCY_KINDS, OUTCOMES, Word, Words
from totalplace.sim.engine.ensemble import run
from totalplace.sim.model.measure import measure
from totalplace.sim.model.metrics import DECLARED, METRICS, MetricList, by_name, flat, without_value


def measured(world: object, name: str) -> float:
    """A metric of a world as it stands."""
    row = flat(world.measures)[world.clock.quarter]  # type: ignore[attr-defined]
    for column in METRICS:
        row[column] = 0.0
    python(measure)(world)
    return float(row[name])


def test_mean_trust_is_over_every_agency_and_every_commissioner_that_is_not_its_own() -> None:
    world = after(8, small("board-political", quarters=12))
    own = np.array([[world.commissioners[c].host == a and not world.commissioners[c].on_board
                     for c in range(len(world.commissioners))] for a in range(len(world.agencies))])
    assert own.any()
    assert measured(world, "mean_trust") == pytest.approx(world.ties["trust"][~own].mean(), rel=1e-12)


def test_ties_that_are_made_and_broken_leave_mean_trust_alone() -> None:
    world = after(8, small("joint-commissioning", quarters=12))
    before = measured(world, "mean_trust")
    partners = measured(world, "joint_working_better")
    world.ties["tied"] = 1
    assert measured(world, "mean_trust") == before
    world.ties["tied"] = 0
    assert measured(world, "mean_trust") == before
    assert (partners, measured(world, "joint_working_better")) == pytest.approx((partners, 0.0))
    world.ties["trust"] *= 0.5
    assert measured(world, "mean_trust") == pytest.approx(0.5 * before)


def test_a_network_that_ties_everybody_starts_at_the_trust_of_one_that_ties_few() -> None:
    """The first mean of a metric must not depend on who happens to be approachable."""
    ends = [run(small("joint-commissioning", quarters=1, network=network), 3).metrics["mean_trust"][0]
            for network in ("complete", "star")]
    assert ends[0] == pytest.approx(ends[1], abs=0.02)


@pytest.mark.parametrize("name", arrangements.names())
def test_trust_has_no_value_without_a_commissioner(name: str) -> None:
    scenario = load("october-2010", set=[f"arrangement={name}", "quarters=6", "clusters=1", "place=Rutland"])
    result = run(scenario)
    assert (without_value("mean_trust", scenario) == "no commissioner") == (name == "silo")
    assert without_value("pooled_share", scenario) == ""
    assert ("mean trust" in repr(result)) == (name != "silo")
    assert (len(set(result.metrics["mean_trust"])) == 1) == (name == "silo")


def test_the_metrics_of_a_list_are_a_vector_column_with_a_name_for_each_word() -> None:
    world = after(2, small())
    row, named = world.measures[1], flat(world.measures)[1]
    assert row.ceded_by_kind.shape == (11,)
    assert [float(named[f"ceded_{kind}"]) for kind in AGENCY_KINDS] == row.ceded_by_kind.tolist()
    assert [float(named[f"outcome_{domain}"]) for domain in OUTCOMES] == row.outcome_by_domain.tolist()
    assert row.outcome_by_domain.min() > 0.0
    named["ceded_council"] = 7.0
    assert row.ceded_by_kind[0] == 7.0, "the memory is the same"


def test_a_word_whose_metric_has_the_name_of_another_is_refused() -> None:
    kinds = Words("cohort kind", [Word("worst_off", "the worst off", "worst off", (), frozenset(), ("october-2010",))])
    row = MetricList("column", "wellbeing", kinds, kinds, "0-1", 1, "outcomes", "of {}", "of {}")
    with pytest.raises(InputError, match="Two metrics are called 'wellbeing_worst_off'"):
        by_name([*DECLARED, row])
