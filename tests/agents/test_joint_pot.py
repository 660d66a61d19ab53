"""Joint pots: whose they are, what statute takes, the annual plan, places that differ, consent, and what leaving costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import after, begun, fixed, small
from totalplace.agents.agency import comply, receive, review
from totalplace.agents.annual_plan import APRIL, aspire, lapse
from totalplace.agents.appraisal import CONSENT, appraise, consider, control_lost
from totalplace.agents.bargaining import DEAL_OUTCOMES, REFUSED
from totalplace.agents.compiled import python
from totalplace.agents.consent import consent_chance, may_be_paid, may_cede
from totalplace.agents.exits import LEAVES, part_ways
from totalplace.agents.joint_pot import forced_part, nobodys_own, statutory, to_be_won, yearly
from totalplace.agents.request import can_join, request
from totalplace.agents.share import agreement_cost
from totalplace.agents.stance import heeded_beyond
from totalplace.scenarios.vocabulary import AGENCY_KINDS, THEMES
from totalplace.sim.model import kernel
from totalplace.sim.model.world import build

HEALTH = list(THEMES).index("health_and_care")
EVENTS = ["2012-04: mandate health and care at 4%", "2014-04: mandate health and care at 6%"]
WIDTHS = ("place_trust", "place_leaders", "place_control", "place_history")
EFFECTS = ("trust_of_place", "leaders_of_place", "control_of_place", "history_of_place")


def mandated(*settings: str, quarters: int = 24, place: str = "Rutland") -> Any:
    """A mandate from 2012 on, raised in 2014."""
    return small("mandated-pooling", *settings, quarters=quarters, place=place, levers={"mandate": 0}, events=EVENTS)


def of_kind(world: Any, kind: str) -> int:
    """The first agency of a kind."""
    return int(np.flatnonzero(world.agencies["kind"] == list(AGENCY_KINDS).index(kind))[0])


# ---- places differ


def effects(name: str, place: str, seed: int, width: float | None = None) -> list[float]:
    """How a place differs from others under a scenario and a seed."""
    world = build(small(name, place=place)).fresh()
    world.clock.seed = seed
    if width is not None:
        fixed(world, **dict.fromkeys(WIDTHS, width))
    kernel.start(world)
    return [float(world.clock[effect]) for effect in EFFECTS]


def test_a_place_has_the_same_draws_in_every_scenario_of_a_seed() -> None:
    one = effects("joint-commissioning", "Rutland", 3)
    for name in ("silo", "mandated-pooling", "single-pot"):
        assert effects(name, "Rutland", 3) == one
    assert set(effects("silo", "Rutland", 4)).isdisjoint(one), "another seed"
    assert set(effects("silo", "Torbay", 3)).isdisjoint(one), "another place"


def test_places_of_no_width_do_not_differ() -> None:
    assert effects("joint-commissioning", "Rutland", 3, width=0.0) == [0.0, 0.0, 1.0, 1.0]


def test_the_spread_over_places_is_the_parameter_and_its_mean_is_neutral() -> None:
    drawn = np.array([effects("silo", "Rutland", seed, width=0.4) for seed in range(400)])
    assert drawn.mean(axis=0) == pytest.approx([0, 0, 1, 1], abs=0.08)
    assert drawn[:, :2].std(axis=0) == pytest.approx([0.4, 0.4], abs=0.05)
    assert np.log(drawn[:, 2:]).std(axis=0) == pytest.approx([0.4, 0.4], abs=0.05)


def test_history_raises_the_first_request_and_not_the_least() -> None:
    world = begun(small())
    share = world.shares[0, HEALTH]
    asked = []
    for history in (0.5, 1.0, 2.0):
        world.clock.history_of_place = history
        python(request)(world, 0, HEALTH)
        asked.append((float(share.ask_first), float(share.ask_floor)))
    firsts, least = zip(*asked, strict=True)
    assert firsts[0] < firsts[1] < firsts[2]
    assert len(set(least)) == 1


# ---- a joint pot is nobody's own; what statute takes is lost already


def host_at_the_table(joint_pot: float, formal: float) -> tuple[float, float]:
    """Loss of control of a host in its own pot, and its trust at the start."""
    world = build(small("joint-commissioning")).fresh()
    fixed(world, joint_pot=joint_pot, **dict.fromkeys(WIDTHS, 0.0))
    world.arrangements[0].formal_agreement = formal
    kernel.start(world)
    c = int(world.themes[HEALTH].commissioner)
    host = int(world.commissioners[c].host)
    trust = float(world.ties[host, c].trust)
    world.ties[host, c].trust = 0.5
    python(consider)(world, host, c, HEALTH)
    return float(world.appraisals[host, HEALTH].quadratic), trust


def test_the_host_of_a_joint_pot_is_bound_like_any_partner() -> None:
    own, shared = host_at_the_table(0.0, 1.0), host_at_the_table(1.0, 1.0)
    assert shared[0] == pytest.approx(own[0] / 0.3)
    assert own[1] == pytest.approx(0.9)
    assert shared[1] < 0.9
    assert host_at_the_table(1.0, 0.0) == pytest.approx(own), "without a formal agreement the pot is its host's"
    half = host_at_the_table(0.5, 1.0)
    assert own[0] < half[0] < shared[0]
    assert own[1] > half[1] > shared[1]


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_control_lost_to_statute_costs_nothing_more(before: float, more: float, floor: float, part: float) -> None:
    world = begun(small())
    appraisal = world.appraisals[0, HEALTH]
    z = before + (1.0 - before) * more
    appraisal.before, appraisal.lost, appraisal.quadratic, appraisal.flexibility = before, 0.0, 1.0, 0.0
    alone = python(control_lost)(appraisal, z)
    assert alone == pytest.approx(z * z - before * before, abs=1e-12)
    appraisal.lost = part * floor
    under_mandate = python(control_lost)(appraisal, z)
    assert -1e-12 <= under_mandate <= alone + 1e-12
    if z <= part * floor:
        assert under_mandate == pytest.approx(0.0, abs=1e-12)


def test_a_minimum_stands_in_for_part_of_a_push_and_of_no_brake() -> None:
    world = begun(mandated())
    a = of_kind(world, "nhs")
    department, share = world.departments[world.agencies[a].department], world.shares[a, HEALTH]
    department.encouragement, world.parameters.minimum_suffices = 0.6, 0.5
    assert python(heeded_beyond)(world, a, HEALTH) == pytest.approx(0.6)
    share.floor = 0.05
    assert python(heeded_beyond)(world, a, HEALTH) == pytest.approx(0.3)
    department.encouragement = -0.6
    assert python(heeded_beyond)(world, a, HEALTH) == pytest.approx(-0.6)


def test_who_is_forced_learns_to_trust_or_not_by_its_leaders() -> None:
    world = begun(mandated())
    a = of_kind(world, "nhs")
    share = world.shares[a, HEALTH]
    share.floor, share.ceded = 0.05, 0.05
    assert python(forced_part)(world, a, 0) == pytest.approx(1.0)
    won = []
    for leadership in (0.1, 0.9):
        world.agencies[a].leadership = world.commissioners[0].leadership = leadership
        won.append(python(to_be_won)(world, a, 0))
    assert won[0] < won[1] < 1.0
    share.ceded = 0.5
    assert python(to_be_won)(world, a, 0) > won[1], "most of it by choice"
    share.floor = 0.0
    assert python(to_be_won)(world, a, 0) == 1.0
    share.floor, world.parameters.forced_contact = 0.5, 0.0
    assert python(to_be_won)(world, a, 0) == 1.0


# ---- the annual plan


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_floor_never_lowers_what_is_pooled(seed: int) -> None:
    world = begun(mandated("uncertainties=prior", place="Torbay"), seed)
    quarters = range(1, 25)
    before = np.zeros(len(world.agencies))
    for quarter in quarters:
        voluntary = not python(yearly)(world, HEALTH)
        kernel.advance(world, quarter)
        shares = world.shares[:, HEALTH]
        assert (shares["ceded"] >= shares["floor"] - 1e-12).all()
        if voluntary and python(yearly)(world, HEALTH):
            assert (shares["ceded"] >= before - 1e-12).all(), "the first plan keeps what was pooled by choice"
        before = np.array(shares["ceded"])


def test_plans_are_made_in_april_and_live_at_once() -> None:
    world = begun(mandated(place="Torbay"))
    kernel.advance(world, 6)  # to the end of March 2012
    talks = int(world.clock.deals)
    kernel.advance(world, 7)
    planned = world.deals[talks : int(world.clock.deals)]
    assert len(planned) > 0
    assert (world.shares["wait"][:, HEALTH] == 0).all()
    agreed = planned[planned["agreed"] > 0]
    assert [world.shares[int(a), HEALTH].ceded for a in agreed["agency"]] == pytest.approx(list(agreed["agreed"]))
    kernel.advance(world, 24)
    later = world.deals[talks : int(world.clock.deals)]["quarter"]
    assert set((later + world.clock.calendar) % 4) == {APRIL}


def test_a_plan_that_is_refused_lapses_to_the_floor() -> None:
    world = after(7, mandated(place="Torbay"))
    a = of_kind(world, "nhs")
    share = world.shares[a, HEALTH]
    share.standing, share.ceded = 0.0, share.floor + 0.2
    world.agencies["control_aversion"] = 1.0
    world.parameters.control_value, world.parameters.statutory_loss = 1e6, 0.0
    kernel.advance(world, 10)
    assert share.ceded == pytest.approx(share.floor + 0.2), "until March"
    kernel.advance(world, 11)
    assert share.ceded == pytest.approx(share.floor)
    assert share.promised == pytest.approx(share.promised_standing)
    assert world.shares["transfer"][:, HEALTH] == pytest.approx(0.0)


def test_without_an_annual_plan_nothing_lapses() -> None:
    world = begun(small("joint-commissioning", levers={"mandate": {"health_and_care": 0.04}}, place="Torbay"))
    kernel.advance(world, 4)
    assert not python(yearly)(world, HEALTH)
    assert python(statutory)(world.shares[of_kind(world, "nhs"), HEALTH]) > 0.0


def test_the_aspiration_follows_what_was_met() -> None:
    world = begun(mandated())
    share = world.shares[of_kind(world, "nhs"), HEALTH]
    share.floor, share.aspiration, share.ask_first = 0.1, 1.0, 0.2
    world.parameters.aspiration_speed = 0.5
    share.party, share.ceded = 1, 0.2
    python(aspire)(world, of_kind(world, "nhs"), HEALTH)
    assert share.aspiration == pytest.approx(1.5)
    share.party, share.ceded, share.offer, share.aspiration = 0, 0.1, 0.12, 1.0
    python(aspire)(world, of_kind(world, "nhs"), HEALTH)
    assert share.aspiration == pytest.approx(0.6)
    world.parameters.aspiration_speed = 0.0
    python(aspire)(world, of_kind(world, "nhs"), HEALTH)
    assert share.aspiration == pytest.approx(0.6)


def test_what_was_pooled_by_choice_before_a_mandate_stands() -> None:
    world = begun(mandated())
    a = of_kind(world, "nhs")
    share = world.shares[a, HEALTH]
    share.ceded, share.promised = 0.3, 2.0
    python(comply)(world, a)
    world.levers.mandate[HEALTH] = 0.04
    python(comply)(world, a)
    share.ceded = 0.5
    python(lapse)(world, HEALTH)
    assert share.ceded == pytest.approx(0.3)
    assert share.promised == pytest.approx(2.0)


# ---- agreements and set-up


def test_a_set_up_is_paid_once() -> None:
    world = begun(small())
    a = of_kind(world, "nhs")
    share = world.shares[a, HEALTH]
    share.ceded, paid = 0.1, []
    for _ in range(3):
        python(receive)(world, a)
        paid.append(float(world.agencies[a].transaction))
    yearly_cost = float(share.agreement)
    assert paid == pytest.approx([yearly_cost * (1 + 4 * world.parameters.setup_years), yearly_cost, yearly_cost])


def test_a_set_up_weighs_only_on_a_partner_that_never_was_in() -> None:
    world = begun(small())
    c = int(world.themes[HEALTH].commissioner)
    share, appraisal = world.shares[0, HEALTH], world.appraisals[0, HEALTH]
    python(consider)(world, 0, c, HEALTH)
    first = float(appraisal.fixed)
    share.set_up = 1
    python(consider)(world, 0, c, HEALTH)
    assert first - appraisal.fixed == pytest.approx(world.parameters.setup_years * share.agreement)


@pytest.mark.parametrize(("exponent", "small_pays_more"), [(0.5, True), (1.0, False)])
def test_agreements_in_line_with_money_do_not_burden_small_places(exponent: float, small_pays_more: bool) -> None:
    world = begun(small())
    world.parameters.agreement_scale = exponent
    share = world.shares[of_kind(world, "nhs"), HEALTH]
    rate = []
    for money in (10.0, 1000.0):
        share.frontline_start, share.common_start = money, 0.0
        rate.append(python(agreement_cost)(world, share, 1.0) / money)
    assert (rate[0] > rate[1] * 1.01) == small_pays_more


# ---- consent of departments


def test_freedom_and_a_friendly_stance_make_consent_likelier() -> None:
    world = begun(small())
    a = of_kind(world, "jobcentre_plus")
    d = int(world.agencies[a].department)
    department, freedom = world.departments[d], world.levers.freedom
    world.parameters.department_consent = 0.2
    chances = {}
    for stance in (-0.5, 0.0, 0.5):
        for free in (0.0, 0.5, 1.0):
            department.encouragement, freedom[d] = stance, free
            chances[stance, free] = python(consent_chance)(world, a)
    assert chances[0.0, 0.0] == pytest.approx(0.2)
    assert chances[-0.5, 0.0] < chances[0.0, 0.0] < chances[0.5, 0.0]
    for stance in (-0.5, 0.0, 0.5):
        assert chances[stance, 0.0] < chances[stance, 0.5] < chances[stance, 1.0]
    assert python(consent_chance)(world, of_kind(world, "council")) == 1.0
    department.encouragement, freedom[d], world.levers.jobcentre_may_decide = -1.0, 0.0, 1.0
    assert python(consent_chance)(world, a) == 1.0


def test_who_may_be_paid_may_cede_and_a_department_answers_once_a_year() -> None:
    world = begun(small())
    a = of_kind(world, "jobcentre_plus")
    world.parameters.department_consent, world.parameters.side_payment_consent = 0.5, 0.5
    answers = []
    for quarter in range(400):
        world.clock.quarter = quarter
        answers.append((python(may_cede)(world, a, HEALTH), python(may_be_paid)(world, a, HEALTH)))
    cede, paid = np.array(answers).T
    assert (cede | ~paid).all()
    assert 0 < paid.mean() < cede.mean() < 1
    assert (cede.reshape(-1, 4) == cede[::4, None]).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_refusals_for_lack_of_consent_are_recorded(seed: int) -> None:
    refused = {}
    for consent in (0.0, 1.0):
        world = build(small("single-pot", place="Torbay", quarters=24)).fresh()
        world.clock.seed = seed
        fixed(world, department_consent=consent, side_payment_consent=consent, attention=0.0)
        world.levers.encouragement[:] = 0.0
        kernel.start(world)
        kernel.advance(world, 24)
        deals = world.deals[: int(world.clock.deals)]
        withheld = deals[deals["reason"] == CONSENT]
        assert set(withheld["outcome"]) <= {REFUSED}
        assert world.agencies["national"][withheld["agency"]].all()
        if consent == 0.0:
            free = world.levers.freedom[world.agencies["department"]] > 0.0
            paid = deals[deals["outcome"] == DEAL_OUTCOMES.index("agreed_with_side_payment")]
            assert world.board.extra_freedom > 0.0 or (free | (world.agencies["national"] == 0))[paid["agency"]].all()
        refused[consent] = len(withheld)
    assert refused[1.0] == 0 < refused[0.0]


# ---- leaving


def pooled(exit_reputation: float = 0.1, return_wait: float = 4.0) -> tuple[Any, int, int]:
    """A world in which two agencies pool, linked with a third and with nobody else."""
    world = begun(small())
    world.parameters.exit_reputation, world.parameters.return_wait = exit_reputation, return_wait
    world.links[:, :] = 0.0
    world.links[0, 3] = world.links[3, 0] = 1.0
    world.shares["ceded"][:2, HEALTH] = 0.2
    world.ties["tied"], world.ties["trust"], world.agencies["may_pool"] = 1, 0.5, 1
    return world, 0, int(world.themes[HEALTH].commissioner)


def leave(world: Any, *leavers: int) -> None:
    """These agencies leave the pool of health and care in this quarter."""
    world.shares["notice"][list(leavers), HEALTH] = LEAVES
    python(part_ways)(world)


def test_who_leave_in_one_quarter_hear_of_one_another_whoever_comes_first() -> None:
    trust = []
    for leavers in ((0,), (1,), (0, 1)):
        world, _, c = pooled()
        before = world.ties["trust"].copy()
        leave(world, *leavers)
        assert (world.shares["ceded"][list(leavers), HEALTH] == 0.0).all()
        assert (world.shares["notice"][:, HEALTH] == 0).all()
        trust.append(world.ties["trust"][:, c] / before[:, c])
    assert trust[2] == pytest.approx(trust[0] * trust[1])
    assert trust[2][:2] == pytest.approx(0.9)


def test_leaving_costs_trust_with_everybody_who_hears_of_it() -> None:
    world, leaver, c = pooled()
    before = world.ties["trust"].copy()
    leave(world, leaver)
    after_it = world.ties["trust"] / before
    assert after_it[1, c] == after_it[3, c] == pytest.approx(0.9), "the other partner and the link"
    hosted = [i for i in range(len(world.commissioners)) if world.commissioners[i].host == leaver]
    assert after_it[3, hosted] == pytest.approx(0.9)
    told = np.zeros_like(before, bool)
    told[np.ix_([1, 3], [c, *hosted])] = True
    assert after_it[~told] == pytest.approx(1.0)
    assert world.agencies[leaver].reputation == pytest.approx(0.9)
    world, leaver, c = pooled(exit_reputation=0.0)
    before = world.ties["trust"].copy()
    leave(world, leaver)
    assert world.ties["trust"] == pytest.approx(before)


@pytest.mark.parametrize("wait", [0, 3])
def test_a_leaver_is_not_asked_again_for_a_while(wait: int) -> None:
    world, leaver, c = pooled(return_wait=float(wait))
    leave(world, leaver)
    asked = []
    for _ in range(5):
        asked.append(python(can_join)(world, c, leaver, HEALTH))
        python(review)(world, leaver)
    assert asked == [False] * wait + [True] * (5 - wait)
    assert world.agencies[leaver].reputation > 0.9, "it mends"


def test_nobodys_own_needs_both_the_rule_and_the_agreement() -> None:
    world = begun(small())
    for joint, formal, expected in ((1.0, 1.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.5, 0.8, 0.4)):
        world.parameters.joint_pot, world.board.formal_agreement = joint, formal
        assert python(nobodys_own)(world) == pytest.approx(expected)


def test_more_of_the_floor_lost_already_means_a_higher_limit() -> None:
    world = begun(mandated())
    a = of_kind(world, "nhs")
    share = world.shares[a, HEALTH]
    share.floor = share.ceded = 0.1
    share.set_up, world.ties["trust"] = 1, 0.6
    world.departments["encouragement"], world.parameters.minimum_suffices = 1.0, 0.0
    limits = []
    for part in (0.0, 0.5, 1.0):
        world.parameters.statutory_loss = part
        python(appraise)(world, a, 0, HEALTH)
        limits.append(float(share.limit))
    assert limits[0] <= limits[1] <= limits[2]
    assert limits[0] < limits[2]
