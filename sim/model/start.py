"""The first state of a run: parameters drawn, leaders in post, ties made, money split."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from totalplace.agents import draws
from totalplace.agents.bodies import capacity
from totalplace.agents.cohort import fit_to_need
from totalplace.agents.commissioner import new_commissioner
from totalplace.agents.compiled import rule
from totalplace.agents.department import observe
from totalplace.agents.duplication import gap, power_volume
from totalplace.agents.horizon import annuity
from totalplace.agents.joint_commission import overlap_share
from totalplace.agents.joint_pot import hosts, nobodys_own
from totalplace.agents.judgement import judge_tables
from totalplace.agents.leadership import new_leader
from totalplace.agents.misjudgement import judge_dates
from totalplace.agents.place_effects import draw_place
from totalplace.agents.share import agreement_cost

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def draw_parameters(w: World) -> None:
    """Draw each uncertain parameter of the run from its prior, or all from one row of the posterior; a fixed one stays.

    Where the posterior is drawn from, two seeds, 2m - 1 and 2m, share a draw, however many runs there are: what differs between
    them is chance, what differs more between one pair and the next is what is not known.
    """
    seed, rows = w.clock.seed, w.particles.shape[0]
    if rows > 0:
        seed = (seed + 1) // draws.SEEDS_A_DRAW
    row = int(draws.uniform(seed, draws.PARAMETER, 0, 0, 1) * rows)
    for p in range(w.priors.shape[0]):
        prior = w.priors[p]
        value = prior.low
        if prior.distribution == 3:
            value = w.particles[row, p]
        elif prior.distribution > 0:
            u = draws.uniform(seed, draws.PARAMETER, 0, prior.key, 0)
            width, rise = prior.high - prior.low, prior.mode - prior.low
            if prior.distribution == 1:
                value = prior.low + width * u
            elif u * width < rise:
                value = prior.low + math.sqrt(u * width * rise)
            else:
                value = prior.high - math.sqrt((1.0 - u) * width * (width - rise))
        w.parameter_values[p] = value


@rule
def split_money(w: World, a: int) -> None:
    """Split the spend of agency ``a`` on each theme into reactive, common and planned frontline money."""
    agency, parameters = w.agencies[a], w.parameters
    agency.frontline_start, agency.common_start, agency.reactive_start = 0.0, 0.0, 0.0
    agency.officers, agency.merged = 1.0, 1.0
    agency.capacity = capacity(w, a)
    for j in range(w.themes.shape[0]):
        share, theme = w.shares[a, j], w.themes[j]
        reactive = min(parameters.largest_fixed_part * share.spend, parameters.reactive_share * share.reactive_given)
        common = min(parameters.largest_fixed_part * share.spend - reactive, parameters.common_share * share.common_given)
        share.reactive_start, share.common_start = reactive, max(0.0, common)
        share.frontline_start = share.spend - share.reactive_start - share.common_start
        share.frontline, share.common = share.frontline_start, share.common_start
        share.aspiration = parameters.plan_ambition * w.clock.history_of_place
        share.volume_start = power_volume(share.common_start, parameters.eta)
        share.agreement = agreement_cost(w, share, agency.capacity)
        agency.frontline_start += share.frontline_start
        agency.common_start += share.common_start
        agency.reactive_start += share.reactive_start
        theme.frontline_start += share.frontline_start
        theme.common_start += share.common_start
        theme.preventive_start += min(share.frontline_start, parameters.preventive_share * share.spend)
    agency.baseline = agency.frontline_start + agency.common_start + agency.reactive_start
    agency.budget = agency.baseline
    w.clock.planned_start += agency.frontline_start + agency.common_start
    agency.scale, agency.volume, agency.unit_cost, agency.price = 1.0, 1.0, 1.0, 1.0
    agency.belief = min(1.0, parameters.first_expectation / parameters.business_case)


@rule
def make_ties(w: World, a: int) -> None:
    """Link agency ``a`` with others as the topology says, and tie it to commissioners whose host it is linked with."""
    clock, agency = w.clock, w.agencies[a]
    for b in range(a):
        key = w.agencies[b].key
        drawn = draws.uniform(clock.seed, draws.LINK, 0, min(agency.key, key), max(agency.key, key))
        chance = w.link_chance[a, b]
        if 0.0 < chance < 1.0 and w.parameters.tie_sparseness != 1.0:
            chance = chance**w.parameters.tie_sparseness
        w.links[a, b] = 1.0 if drawn < chance else 0.0
        w.links[b, a] = w.links[a, b]


@rule
def trust_commissioners(w: World, a: int) -> None:
    """Agency ``a``'s first trust in each commissioner, and whether it can be approached."""
    agency = w.agencies[a]
    for c in range(w.commissioners.shape[0]):
        tie, host = w.ties[a, c], w.commissioners[c].host
        drawn = draws.normal(w.clock.seed, draws.TRUST, 0, agency.key, w.commissioners[c].key)
        tie.trust = min(1.0, max(0.0, w.parameters.initial_trust + w.clock.trust_of_place + w.parameters.trust_spread * drawn))
        if hosts(w, a, c):
            tie.trust += (1.0 - nobodys_own(w)) * max(0.0, w.parameters.own_trust - tie.trust)
        tie.trust_start, tie.trust_joined = tie.trust, tie.trust
        tie.tied = 1 if w.commissioners[c].in_post == 1 and (a == host or w.links[a, host] > 0.0) else 0
        tie.tied_start = tie.tied


@rule
def begin(w: World) -> None:
    """Set the world to the start of the run with the seed in its clock."""
    draw_parameters(w)
    judge_tables(w)
    judge_dates(w)
    draw_place(w)
    w.clock.annuity = annuity(w)
    eta = w.parameters.eta
    for g in range(w.grid.shape[0]):
        w.grid[g, 1] = w.grid[g, 0] ** (1.0 / eta)
    for a in range(w.agencies.shape[0]):
        split_money(w, a)
        w.agencies[a].reputation = 1.0
        w.agencies[a].leadership = new_leader(w, a, 0)
        make_ties(w, a)
    for c in range(w.commissioners.shape[0]):
        w.commissioners[c].leadership = new_commissioner(w, c, 0)
    for a in range(w.agencies.shape[0]):
        trust_commissioners(w, a)
    w.clock.duplication_start = 0.0
    fit_to_need(w)
    for j in range(w.themes.shape[0]):
        common, volume = 0.0, 0.0
        for a in range(w.agencies.shape[0]):
            common += w.shares[a, j].common
            volume += w.shares[a, j].volume_start
        w.themes[j].potential = overlap_share(w, j) * gap(common, volume, eta)
        w.themes[j].planned = w.themes[j].frontline_start
        w.clock.duplication_start += w.themes[j].potential
    for k in range(w.cohorts.shape[0]):
        cohort = w.cohorts[k]
        cohort.dissatisfaction = w.parameters.voice_of_need * (1.0 - cohort.wellbeing)
        w.kinds[cohort.kind].dissatisfaction += cohort.persons * cohort.dissatisfaction / w.kinds[cohort.kind].persons
    for d in range(w.departments.shape[0]):
        w.departments[d].encouragement = min(1.0, max(-1.0, w.levers.encouragement[d] + w.parameters.department_stance))
        w.departments[d].standing = 1.0
        observe(w, d)
