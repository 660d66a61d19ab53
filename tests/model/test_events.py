"""Dated policy events and levers: they take effect when and where they should."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.worlds import after, begun, small
from totalplace.agents.appraisal import ACCOUNTABILITY, appraise
from totalplace.agents.compiled import python
from totalplace.scenarios import InputError
from totalplace.scenarios.period_words import words_of
from totalplace.scenarios.vocabulary import AGENCY_KINDS, THEMES
from totalplace.sim.engine.ensemble import run
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.model.network import link_chance
from totalplace.sim.results.run import Run

WORK = THEMES.index("work_and_benefits")
NHS, JOBCENTRE = AGENCY_KINDS.index("nhs"), AGENCY_KINDS.index("jobcentre_plus")


def event(date: str, lever: str, value: float, target: str = "all") -> str:
    return f'events=[{{date: "{date}", lever: {lever}, target: {target}, value: {value}}}]'


def test_encouragement_moves_in_the_quarter_of_the_event() -> None:
    plain = small("silo", "uncertainties.attention=0", "uncertainties.department_stance=0", "levers.encouragement=0", quarters=10)
    pressed = run(plain.with_settings([event("2011-10", "encouragement", 1.0)])).metrics["encouragement"]
    assert (pressed[:4] == 0.0).all()
    assert (np.diff(pressed[3:]) > 0.0).all()
    assert (run(plain).metrics["encouragement"] == 0.0).all()


def test_a_mandate_binds_from_its_quarter_on() -> None:
    scenario = small("silo", "arrangement=joint-commissioning", "arrangement.themes_a_quarter=0",
                     "arrangement.mandated_agencies=[council, nhs]", event("2012-01", "mandate", 0.2, "health_and_care"),
                     quarters=10)
    pooled = run(scenario).metrics["pooled_share_health_and_care"]
    assert (pooled[:5] == 0.0).all()
    assert (pooled[5:] > 0.0).all()
    world = after(10, scenario)
    share = world.shares[:, 0]
    bound = world.agencies["mandated"] == 1
    planned = share["frontline_start"] + share["common_start"]
    assert share["ceded"][bound] * planned[bound] == pytest.approx(np.minimum(planned[bound], 0.2 * share["spend"][bound]))
    assert not share["ceded"][~bound].any()
    deals = run(scenario).deals
    assert len(deals) == 0


def test_the_last_of_two_events_of_a_quarter_stands() -> None:
    scenario = small("silo", event("2011-01", "cuts", 0.0), event("2011-02", "cuts", 2.0), quarters=4)
    alone = small("silo", event("2011-02", "cuts", 2.0), quarters=4)
    assert run(scenario).metrics.tobytes() == run(alone).metrics.tobytes()


def budgets_of(*settings: str) -> Any:
    """Budgets against the base year, quarter by quarter, of the council of a place without negotiation (Q,)."""
    model = PlaceModel(small("silo", "cuts=spending-review-2010", *settings, quarters=24), rng=1)
    found = []
    while model.running:
        model.step()
        council = model.world.agencies[np.flatnonzero(model.world.agencies["council"])[0]]
        found.append(float(council.budget / council.baseline))
    return np.array(found)


def test_a_dated_change_of_cuts_touches_only_later_years() -> None:
    path = budgets_of()
    changed = budgets_of(event("2013-04", "cuts", 2.0), event("2014-10", "cuts", 0.5))
    assert changed[:10].tolist() == path[:10].tolist()
    by_hand = [path[9] + 2.0 * (path[q] - path[9]) for q in range(10, 16)]
    by_hand += [by_hand[-1] + 0.5 * (path[q] - path[15]) for q in range(16, 24)]
    assert changed[10:] == pytest.approx(by_hand)
    assert changed[16:18] == pytest.approx(changed[15])  # within a financial year no step of the path is left
    assert budgets_of(event("2010-10", "cuts", 2.0)).tolist() == budgets_of("levers.cuts=2").tolist()
    eased = budgets_of(event("2013-04", "cuts", 0.0))
    assert eased[10:] == pytest.approx(path[9])  # what was cut stays cut


def test_deeper_cuts_raise_stress_and_the_gap() -> None:
    runs = [run(small("silo", f"levers.cuts={depth}", quarters=16)).metrics for depth in (0.0, 0.5, 1.0, 2.0)]
    for metric in ("stress", "funding_gap", "reactive_share"):
        values = [float(metrics[metric][-1]) for metrics in runs]
        assert values == sorted(values), metric
        assert len(set(values)) == len(values), metric
    wellbeing = [float(metrics["wellbeing"][-1]) for metrics in runs]
    assert wellbeing == sorted(wellbeing, reverse=True)


def limit_of(world: Any, kind: int, theme: int) -> tuple[float, float]:
    """Worth of vertical accountability for a full share, and the limit, of an agency in a theme."""
    a = int(np.flatnonzero(world.agencies["kind"] == kind)[0])
    c = int(world.themes[theme].commissioner)
    share = world.shares[:, theme]
    share["plan"] = 0.5
    share["plan_volume"] = (0.5 * share["common"]) ** (1.0 / world.parameters.eta)
    world.themes[theme].plan_apart = 0.5 * share["common"].sum()
    world.themes[theme].plan_volume = share["plan_volume"].sum()
    python(appraise)(world, a, c, theme)
    return float(world.appraisals[a, theme].linear[ACCOUNTABILITY]), float(share["limit"][a])


def test_jobcentre_plus_goes_further_when_it_may_decide() -> None:
    limits = []
    for free in (0, 1):
        world = begun(small("single-pot", f"levers.jobcentre_may_decide={free}", place="Birmingham"))
        limits.append([limit_of(world, JOBCENTRE, WORK), limit_of(world, NHS, 0)])
    (bound, health), (free_to_decide, same_health) = limits
    assert free_to_decide[0] > bound[0]
    assert free_to_decide[1] >= bound[1]
    assert health == same_health


def test_nhs_that_may_not_pool_is_not_asked() -> None:
    for nhs in (1, 3):
        scenario = small("joint-commissioning", "levers.gp_may_pool=0", quarters=16, nhs=nhs, place="Birmingham")
        result = run(scenario, seed=2)
        assert (result.metrics["ceded_nhs"] == 0.0).all()
        asked = result.deals["agency"]
        kinds = result.place.agency_kind[asked]
        assert len(asked) > 0
        assert NHS not in kinds
        allowed = run(scenario.with_settings(["levers.gp_may_pool=1"]), seed=2)
        assert NHS in allowed.place.agency_kind[allowed.deals["agency"]]


def test_entitlements_raise_the_money_in_pools() -> None:
    plain = small("single-pot", "levers.single_pot=0.3", quarters=4, place="Birmingham")
    with_benefits = plain.with_settings(["levers.entitlements_may_pool=1"])
    one, two = run(plain).metrics[0], run(with_benefits).metrics[0]
    world = after(1, with_benefits)
    benefits = world.shares["benefits"] * world.shares["ceded"]
    assert benefits.sum() > 0.0
    assert two["pooled_budget"] - one["pooled_budget"] == pytest.approx(benefits.sum())
    assert two["local_control_share"] > one["local_control_share"]


def first_deals_end(limit: int) -> Run:
    scenario = small("prototype", f"arrangement.time_limit={limit}", "arrangement.set_up=0", "uncertainties.exit_rate=0.003",
                     "uncertainties.redesign_rate=0.1", "levers.encouragement=1", quarters=24, place="Birmingham")
    return run(scenario, seed=1)


def test_a_time_limit_ends_what_has_not_delivered() -> None:
    limited, unlimited = first_deals_end(4), first_deals_end(0)
    assert limited.metrics["deals_live"].max() > 0.0
    assert limited.metrics["deals_left"][-1] >= unlimited.metrics["deals_left"][-1]


@pytest.mark.parametrize("topology", ["star", "core_periphery", "small_world", "complete"])
def test_topologies(topology: str) -> None:
    kinds, names = np.arange(len(AGENCY_KINDS)), AGENCY_KINDS
    chance = link_chance(topology, kinds, words_of("october-2010").agency_kinds)
    assert np.array_equal(chance, chance.T)
    assert not chance.diagonal().any()
    assert ((chance >= 0.0) & (chance <= 1.0)).all()
    if topology == "complete":
        assert chance.sum() == len(names) * (len(names) - 1)
    if topology == "star":
        assert chance[0, 1:].all()
        assert not chance[1:, 1:].any()
    if topology == "core_periphery":
        assert (chance[:3, :3] + np.eye(3) == 1.0).all()
        assert chance[:3, 3:].min() > chance[3:, 3:].max()
    links = begun(small(network=topology)).links
    assert set(np.unique(links)) <= {0.0, 1.0}
    assert (links[chance == 1.0] == 1.0).all()
    assert (links[chance == 0.0] == 0.0).all()


def test_a_network_from_a_file(tmp_path: Any) -> None:
    file = tmp_path / "ties.txt"
    file.write_text("council nhs\npolice fire\n", encoding="utf-8")
    model = PlaceModel(small("silo", f"network={{file: {file}}}", quarters=2), rng=1)
    assert model.world.links.sum() == 4.0
    names = model.template.place.agency_names
    assert model.world.links[names.index("police"), names.index("fire")] == 1.0
    file.write_text("council nhz\n", encoding="utf-8")
    with pytest.raises(InputError, match="nhs"):
        PlaceModel(small("silo", f"network={{file: {file}}}", quarters=3), rng=1)
