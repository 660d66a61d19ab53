"""The equations of docs/odd.md, written out again from its text, give what the model gives in a running place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from totalplace.agents import appraisal, bargaining
from totalplace.agents.appraisal import PARTS
from totalplace.agents.mesa_agents import Agency, CitizenCohort
from totalplace.sim.engine.place_model import PlaceModel

SETTINGS = "levers.neighbourhood_share=0.3 levers.savings_rule=nash levers.leadership_programme=0.4 uncertainties.outcome_noise=0"
QUARTERS = 14


def clip(x: float) -> float:
    return min(1.0, max(0.0, x))


def money(w: Any, a: int, j: int) -> float:
    return float(w.shares[a, j].frontline + w.shares[a, j].common)


def led(w: Any, leadership: float) -> float:
    return leadership + w.parameters.programme_effect * w.levers.leadership_programme * (1 - leadership)


def overlap(w: Any, j: int) -> float:
    return min(1.0, w.parameters.kappa * w.themes[j].overlap)


def gap(costs: Any, eta: float) -> float:
    costs = np.asarray(costs)
    return float(max(0.0, costs.sum() - (costs[costs > 0] ** (1 / eta)).sum() ** eta))


def parts(w: Any, a: int, c: int, j: int) -> Any:
    """Section 7.7: the parts of the appraisal as a function of the share, from the state as it is now."""
    p, board, levers, one, share, theme = w.parameters, w.board, w.levers, w.agencies[a], w.shares[a, j], w.themes[j]
    z0, M, benefits, T, S = max(share.ceded, share.agreed), money(w, a, j), share.benefits, w.ties[a, c].trust, one.stress
    d, host = one.department, w.commissioners[c].host
    lead = led(w, w.commissioners[c].leadership)
    persuasion = clip(lead + (board.political * (board.mandate - 0.5) if w.agencies[host].council else 0))
    V = 0.5 * (persuasion + led(w, one.leadership))
    Y = (1 - (1 + p.discount_rate) ** -p.horizon) / p.discount_rate
    L = max(0.0, p.horizon - p.setup_lag * board.set_up / 4)
    q = 4 * p.redesign_rate * lead / (1 + p.partner_drag * max(0, max(2, theme.partners) - 2))
    R = (L - (1 - math.exp(-q * L)) / q) / p.horizon
    Z, both = theme.money, M + benefits
    g = p.epsilon * p.iota * p.expected_redesign / (1 + p.iota * theme.redesign * theme.pooled)
    g *= both / Z * Y * R * p.outcome_delay
    expected = one.belief * p.business_case * R * Y
    returned = (1 - levers.reinvested_share) * (1 - board.outcome_payment * (1 - p.expected_redesign * T))
    G = p.epsilon * p.prevention_worth / (theme.planned + (p.prevention_worth - 1) * theme.preventive)
    G *= expected * (1 - returned) * p.outcome_delay
    common = np.array([w.shares[b, j].common for b in range(len(w.agencies))])
    plan = np.array([w.shares[b, j].plan for b in range(len(w.agencies))])

    def saving(z: float) -> float:
        ceded = plan.copy()
        ceded[a] = z
        pooled = ceded * common
        if pooled.sum() - pooled[a] <= 0 or pooled[a] <= 0:
            return 0.0
        weight = 0.5 * (pooled[a] / pooled.sum() + 1 / max(2, theme.plan_members))
        return overlap(w, j) * gap(pooled, p.eta) * weight

    price = max(p.least_left, 1 - S) ** -p.cash_pressure
    assert one.price == pytest.approx(price)
    saved = price * expected * returned * (1 - levers.clawback[d])
    control = p.control_value * p.control_aversion * clip(one.control_aversion * w.clock.control_of_place) * (1 - T)
    control *= 1 - p.leader_reassurance * V
    milder = 1 - (1 - p.host_control) * (1 - p.joint_pot * board.formal_agreement)
    control *= both * Y * (milder if host == a else 1)
    lost = p.statutory_loss * share.floor
    vertical = p.vertical_value * one.target_pressure * (1 - levers.freedom[d]) * (1 - board.extra_freedom) * (1 + one.national)
    opening = S * p.notice / 4 / p.horizon
    bound = 0.5 * p.cash_pressure * price * opening**2 * Y * (1 - T) * M
    fixed = price * agreement(w, a, j) * (1 - p.trust_effort * T) * Y
    fixed *= p.deepening_cost if z0 > 0 else 1
    fixed += 0 if share.set_up else price * p.setup_years * agreement(w, a, j)
    own = price * (1 - w.clock.change_funded)
    avoided = price * one.reactive * p.reactive_elasticity * float(one.incidence @ theme.effect)
    mission = (1 + board.outcome_payment) * p.mission_value * Z * float(one.remit @ theme.effect)
    voice = p.voice_value * one.accountability * one.dissatisfaction * M * Y
    pressed = w.departments[d].encouragement
    stance = p.encouragement_value * pressed * (w.departments[d].standing if pressed > 0 else 1) * M * Y
    bill, most, before = p.transition_years * (1 - math.exp(-q * L)), p.transition_willingness * M * Y, saving(z0)

    def at(z: float) -> list[float]:
        more, rise = z - z0, saving(z) - before
        lost_now, lost_then = max(0, z0 - lost), max(0, z - lost)
        squares = lost_then**2 - lost_now**2
        held = control * squares + bound * (lost_then - lost_now + squares)
        return [saved * rise, avoided * (T * g * more + G * rise), mission * (g * more + G * rise), voice * more, stance * more,
                -held, -vertical * M * Y * more, -fixed, -own * min(bill * rise, most * more)]

    return z0, at


def agreement(w: Any, a: int, j: int) -> float:
    """Section 7.4: what an agreement costs a partner in a year."""
    share, p = w.shares[a, j], w.parameters
    size = ((share.frontline_start + share.common_start) / p.agreement_money) ** p.agreement_scale
    return float(p.transaction_cost * size * w.board.transaction_cost * (1 - p.officer_effort * w.board.officer_support))


def steering_cost(w: Any, a: int) -> float:
    """Section 7.4: what it costs an agency to steer joint working."""
    p, levers, shares = w.parameters, w.levers, w.shares[a]
    planned = (w.shares.frontline_start + w.shares.common_start).sum(axis=0)
    led = [w.commissioners[theme.commissioner].in_post for theme in w.themes]
    table = planned[np.array(led) == 1].sum() / planned.sum()
    own = (shares.frontline_start + shares.common_start).sum()
    common = p.programme_cost * levers.leadership_programme + p.asset_board_cost * levers.capital_pot
    work = p.networking_time * p.networking * own + common * w.clock.population / 1e6 * own / planned.sum()
    statutory = np.minimum(shares.ceded, np.maximum(0, shares.floor - shares.single_pot)) * (shares.frontline + shares.common)
    boards = np.where(shares.ceded > 0, shares.funding, 0.0) @ levers.neighbourhood_share * (len(w.neighbourhoods) - 1)
    return float(table * work + p.compliance_cost * statutory.sum() + p.board_cost * boards)


class Appraiser(Agency):
    """Works out its appraisal, budget and trust by the document, next to the model."""

    def appraise(self, commissioner: Any, theme: int) -> None:
        super().appraise(commissioner, theme)
        self.model.expected[(self.index, theme)] = parts(self.world, self.index, commissioner.index, theme)

    def receive(self) -> None:
        w, a, p = self.world, self.index, self.world.parameters
        burden = np.array([w.kinds[i].burden for i in range(len(w.kinds))])
        years = w.clock.quarter / 4
        demand = float(self.kind_weight @ burden @ self.incidence) ** p.reactive_elasticity * (1 + p.demand_growth) ** years
        numbers = (1 + p.looked_after_growth) ** years if self.council == 1 else 1.0
        demand *= 1 + self.unit_cost_exposure * (numbers * (1 + p.unit_cost_drift) ** years - 1)
        ceded = [j for j in range(8) if w.shares[a, j].ceded > 0]
        spent = [w.shares[a, j].ceded * money(w, a, j) for j in ceded]
        call = [w.themes[j].call * z / w.themes[j].pot if w.themes[j].pot > 0 else 0.0 for j, z in zip(ceded, spent, strict=True)]
        double = sum(min(one, p.transition_willingness * z) for one, z in zip(call, spent, strict=True))
        cost = sum(agreement(w, a, j) * (1 if w.shares[a, j].set_up else 1 + 4 * p.setup_years) for j in ceded)
        receipts, steered = 4 * min(0.25 * double, self.receipts), steering_cost(w, a)
        returned, transfers = self.returned, sum(w.shares[a, j].transfer for j in ceded)
        super().receive()
        budget = self.baseline * max(0.0, 1 + w.levers.cuts * (w.budget_path[a, w.clock.quarter] - 1))
        upkeep = p.estate_upkeep * (self.estate_start - self.estate)
        own = budget + returned + upkeep + transfers - cost - steered - double + receipts
        planned = self.frontline_start + self.common_start
        assert (self.budget, self.reactive) == pytest.approx((budget, self.reactive_start * demand))
        assert self.scale == pytest.approx((own - min(self.reactive, own)) / planned)
        assert self.stress == pytest.approx(clip(1 - self.scale))

    def hear(self) -> None:
        if self.index == 0:
            check_services(self.world)
        super().hear()

    def learn(self) -> None:
        w, a, p = self.world, self.index, self.world.parameters
        expected = []
        for c in range(len(w.commissioners)):
            tie, led_by = w.ties[a, c], [j for j in range(8) if w.themes[j].commissioner == c]
            mine = [w.shares[a, j] for j in led_by if w.shares[a, j].ceded > 0]
            trust = tie.trust + (p.trust_contact * (1 - tie.trust) if tie.met or mine else 0)
            due = sum(share.promised * min(1, share.live / p.promise_ramp) for share in mine)
            if due > 0 and max(share.live for share in mine) % 4 == 0:
                had = sum(share.delivered * (1 - min(1, share.single_pot / share.ceded)) for share in mine)
                kept = min(1 + p.surprise_bound, had / (self.belief * due))
                trust += p.trust_gain * kept - p.trust_loss * max(0, 1 - kept)
            trust = clip(trust + p.reputation_spread * (tie.heard - trust))
            expected.append(trust if tie.tied else tie.trust)
        belief, linked = self.belief, w.links[a] > 0
        if self.due > 0:
            belief += (1 - (1 - p.record_learning) ** 0.25) * (min(1, self.delivered / self.due) - belief)
        if w.agencies.due[linked].sum() > 0:
            belief += p.reputation_spread * (min(1, w.agencies.delivered[linked].sum() / w.agencies.due[linked].sum()) - belief)
        super().learn()
        assert self.belief == pytest.approx(belief)
        assert [w.ties[a, c].trust for c in range(len(expected))] == pytest.approx(expected)


class Witness(CitizenCohort):
    """Works out its outcomes by the document, next to the model."""

    def experience(self) -> None:
        w, p, place = self.world, self.world.parameters, self.world.neighbourhoods[self.neighbourhood]
        log = [theme.log_planned + theme.log_integration + math.log(1 + p.beta * (place.capacity - place.capacity_start))
               + math.log(1 + theme.devolved * (self.fit[j] - 1)) for j, theme in enumerate(w.themes)]
        expected = []
        for o in range(len(w.domains)):
            push = sum(theme.effect[o] * self.need[j] * log[j] for j, theme in enumerate(w.themes))
            target = max(0.0, 1 - (1 - self.baseline[o]) * math.exp(-p.epsilon * push))
            expected.append(clip(self.outcome[o] + min(1, p.rho * w.domains[o].speed) * (target - self.outcome[o])))
        expectation = self.expectation
        super().experience()
        assert self.outcome == pytest.approx(expected)
        loss = max(0.0, expectation - np.mean(expected))
        said = p.voice_of_loss * loss + p.voice_of_need * (1 - np.mean(expected))
        assert self.dissatisfaction == pytest.approx(min(1, said))


def check_services(w: Any) -> None:
    """Section 7.5: duplication and what reaches people, right after it did."""
    eta, H, corporate = w.parameters.eta, len(w.neighbourhoods), w.themes[list(w.themes.back_office).index(1)]
    h = max(1.0, min(H, 1e3 * w.parameters.efficient_size * H / w.clock.population))
    teams = 1 + w.parameters.shared_teams * corporate.redesign * corporate.pooled
    for j, theme in enumerate(w.themes):
        shares, devolved = w.shares[:, j], w.levers.neighbourhood_share[j]
        pooled = shares.ceded * shares.common
        once = (pooled[pooled > 0] ** (1 / eta)).sum() ** eta
        removed = theme.redesign * theme.duplication
        loss = devolved * theme.redesign * overlap(w, j) * once * (h ** (1 - eta) - 1)
        loss = min(loss, w.parameters.largest_scale_loss * (shares.ceded * shares.frontline).sum())
        planned = shares.frontline.sum() + w.levers.reinvested_share * removed - loss + 4 * theme.unearned
        partners = (shares.ceded > 0).sum()
        assert theme.potential == pytest.approx(overlap(w, j) * gap(shares.common, eta))
        assert theme.duplication == pytest.approx(overlap(w, j) * gap(pooled, eta) if partners > 1 else 0.0)
        assert (theme.removed, theme.scale_loss, theme.planned) == pytest.approx((removed, loss, planned))
        assert theme.devolved == pytest.approx(devolved * theme.pooled)
        reinvested = w.levers.reinvested_share * removed + 4 * theme.unearned
        at_start = np.minimum(shares.frontline_start, w.parameters.preventive_share * shares.spend).sum()
        preventive, more = at_start * shares.frontline.sum() / theme.frontline_start + reinvested, w.parameters.prevention_worth - 1
        assert (theme.preventive_start, theme.preventive) == pytest.approx((at_start, preventive))
        weighted = (planned + more * preventive) / (theme.frontline_start + more * at_start)
        bound = (1 - w.levers.freedom[w.agencies.department]) * (1 - w.board.extra_freedom)
        freed = (w.agencies.target_pressure * shares.ceded * (shares.frontline + shares.common) * (1 - bound)).sum()
        slip = w.parameters.target_worth * freed / (shares.frontline + shares.common).sum()
        assert theme.log_planned == pytest.approx(math.log(weighted) + math.log(1 - slip), abs=1e-9)
        integration = math.log(1 + w.parameters.iota * teams * theme.redesign * theme.pooled)
        local = math.log(1 + w.parameters.local_worth * theme.unequal * theme.devolved)
        assert theme.log_integration == pytest.approx(integration + local)


class Watched(PlaceModel):
    """A model beside which what the equations ask for is kept."""

    expected: dict[tuple[int, int], Any]


@pytest.mark.parametrize("scenario", ["single-pot", "outcome-partnership"])
def test_the_equations_of_the_document_are_those_of_the_model(scenario: str) -> None:
    model = Watched(scenario, settings=SETTINGS, agent_classes={"agencies": Appraiser, "cohorts": Witness}, rng=3)
    compared, least_ask = 0, model.world.parameters.least_ask
    for _ in range(QUARTERS):
        model.expected = {}
        first = int(model.world.clock.deals)
        model.step()
        for deal in model.world.deals[first : int(model.world.clock.deals)]:
            z0, at = model.expected[(int(deal.agency), int(deal.theme))]
            z = deal.agreed if deal.agreed > 0 else min(deal.asked, z0 + least_ask * model.world.board.ambition * (1 - z0))
            if bargaining.DEAL_OUTCOMES[deal.outcome] in ("agreed", "refused") and deal.reason != appraisal.CONSENT:
                assert [deal[f"part_{part}"] for part in PARTS] == pytest.approx(at(z), rel=1e-7, abs=1e-9)
                compared += 1
    assert compared > 50, "enough deals to say so"
