"""What is judged may be out: multipliers, shifts and exponents of hand-made tables, applied once at the start of a run.

Each is a parameter whose default changes nothing. Shares stay shares and totals are kept. What an arrangement says and what no
publication gives of the years of a run stand in ``misjudgement.py``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.rows import Numbers, ShareRow
    from totalplace.agents.world import World


@rule
def judge_tables(w: World) -> None:
    """Apply what may be out in the tables of agencies, money, effects and people."""
    parameters = w.parameters
    for a in range(w.agencies.shape[0]):
        judge_agency(w, a)
    for j in range(w.themes.shape[0]):
        focus(w.themes[j].effect, parameters.effect_focus)
        pay_voluntary(w, j)
    judge_people(w)
    for n in range(w.indicators.shape[0]):
        w.indicators[n].slope *= parameters.indicator_slope
    if parameters.theme_focus != 1.0 or parameters.voluntary_part != 1.0:
        serve_anew(w)
    judge_capacity(w)


@rule
def focus(values: Numbers, exponent: float) -> None:
    """Raise weights to a power and keep their sum: above 1 the large ones gain, below 1 the small ones."""
    if exponent == 1.0:
        return
    before, after = 0.0, 0.0
    for i in range(values.shape[0]):
        if values[i] > 0.0:
            before += values[i]
            values[i] = values[i] ** exponent
            after += values[i]
    for i in range(values.shape[0]):
        if values[i] > 0.0:
            values[i] *= before / after


@rule
def judge_agency(w: World, a: int) -> None:
    """Apply what may be out in the tables of agency ``a``: who it answers to, its leaders, property, taxes, needs and money."""
    agency, parameters = w.agencies[a], w.parameters
    agency.accountability = min(1.0, parameters.accountability * agency.accountability)
    agency.leadership_start = min(1.0, max(0.0, agency.leadership_start + parameters.agency_leadership))
    agency.estate *= parameters.property
    agency.estate_start *= parameters.property
    agency.local_share = min(1.0, parameters.local_tax * agency.local_share)
    if agency.council == 1:
        agency.unit_cost_exposure = min(1.0, parameters.looked_after_part * agency.unit_cost_exposure)
    else:
        agency.unit_cost_exposure = min(1.0, agency.unit_cost_exposure + parameters.drift_elsewhere)
    focus(agency.incidence, parameters.incidence_focus)
    focus(agency.remit, parameters.remit_focus)
    for j in range(w.themes.shape[0]):
        w.shares[a, j].commissioned *= commissioned_part(w, a)
    if agency.national == 1 and agency.employment_service == 0:
        spend_more(w, a, parameters.national_part)
    if parameters.theme_focus != 1.0:
        focus_spend(w, a, parameters.theme_focus)


@rule
def commissioned_part(w: World, a: int) -> float:
    """Multiple of the money of agency ``a`` that is commissioned in the place: only of the NHS is it an estimate."""
    return w.parameters.commissioned_money if w.agencies[a].health_commissioner == 1 else 1.0


@rule
def rescale(share: ShareRow, factor: float) -> None:
    """Scale the spend of a ``share`` and what is part of it; lines of the accounts that are counted apart stay."""
    share.spend *= factor
    share.reactive_given *= factor
    share.common_given *= factor
    if share.commissioned <= 0.0:
        share.lines *= factor


@rule
def spend_more(w: World, a: int, factor: float) -> None:
    """Agency ``a`` spends ``factor`` times as much in the place; the difference is money that no agency of the place holds."""
    agency, before = w.agencies[a], 0.0
    for j in range(w.themes.shape[0]):
        before += w.shares[a, j].spend
        rescale(w.shares[a, j], factor)
    agency.estate *= factor
    agency.estate_start *= factor
    w.clock.unallocated -= (factor - 1.0) * before


@rule
def focus_spend(w: World, a: int, exponent: float) -> None:
    """Raise the split of agency ``a``'s spend over themes to a power and keep its total."""
    total, powered = 0.0, 0.0
    for j in range(w.themes.shape[0]):
        total += w.shares[a, j].spend
    if total <= 0.0:
        return
    for j in range(w.themes.shape[0]):
        powered += (w.shares[a, j].spend / total) ** exponent
    for j in range(w.themes.shape[0]):
        part = w.shares[a, j].spend / total
        if part > 0.0:
            rescale(w.shares[a, j], part ** (exponent - 1.0) / powered)


@rule
def pay_voluntary(w: World, j: int) -> None:
    """Voluntary bodies spend ``voluntary_part`` times as much on theme ``j``; councils spend that much less, at most half."""
    theirs, councils = 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        if w.agencies[a].voluntary == 1:
            theirs += w.shares[a, j].spend
        elif w.agencies[a].council == 1:
            councils += w.shares[a, j].spend
    if theirs <= 0.0 or councils <= 0.0:
        return
    more = min((w.parameters.voluntary_part - 1.0) * theirs, 0.5 * councils)
    for a in range(w.agencies.shape[0]):
        if w.agencies[a].voluntary == 1:
            rescale(w.shares[a, j], 1.0 + more / theirs)
        elif w.agencies[a].council == 1:
            rescale(w.shares[a, j], 1.0 - more / councils)


@rule
def judge_people(w: World) -> None:
    """Apply what may be out in how many people there are of small groups, in needs and in outcomes of the base year."""
    parameters = w.parameters
    if parameters.small_groups != 1.0:
        count_anew(w)
    if parameters.small_groups != 1.0 or parameters.need_between_kinds != 1.0 or parameters.need_between_areas != 1.0:
        need_anew(w)
        serve_anew(w)
    if parameters.outcome_level != 0.0 or parameters.outcome_gap != 1.0:
        fare_anew(w)


@rule
def count_anew(w: World) -> None:
    """Scale the people of kinds that are estimated; those of the other kinds in a neighbourhood make up for it, in proportion."""
    before, others, factor = w.scratch[0], w.scratch[1], w.parameters.small_groups
    for i in range(w.kinds.shape[0]):
        before[i], w.kinds[i].persons = w.kinds[i].persons, 0.0
    for h in range(w.neighbourhoods.shape[0]):
        groups, rest = 0.0, 0.0
        for k in range(w.cohorts.shape[0]):
            if w.cohorts[k].neighbourhood == h:
                if w.kinds[w.cohorts[k].kind].estimated == 1:
                    groups += w.cohorts[k].persons
                else:
                    rest += w.cohorts[k].persons
        others[0] = max(0.0, 1.0 - (factor - 1.0) * groups / rest) if rest > 0.0 else 1.0
        for k in range(w.cohorts.shape[0]):
            cohort = w.cohorts[k]
            if cohort.neighbourhood == h:
                cohort.persons *= factor if w.kinds[cohort.kind].estimated == 1 else others[0]
    for k in range(w.cohorts.shape[0]):
        w.kinds[w.cohorts[k].kind].persons += w.cohorts[k].persons
    for n in range(w.indicators.shape[0]):
        one, counted = w.indicators[n], 0.0
        for i in range(one.of_kind.shape[0]):
            one.of_kind[i] *= w.kinds[i].persons / before[i] if before[i] > 0.0 else 1.0
            counted += one.of_kind[i]
        for i in range(one.of_kind.shape[0]):
            one.of_kind[i] /= counted


@rule
def need_anew(w: World) -> None:
    """Needs between kinds and between neighbourhoods to their exponents, with a mean of 1 over the place by theme."""
    kinds, areas = w.parameters.need_between_kinds, w.parameters.need_between_areas
    for j in range(w.themes.shape[0]):
        for i in range(w.kinds.shape[0]):
            w.scratch[i, j] = 0.0
        for k in range(w.cohorts.shape[0]):
            cohort = w.cohorts[k]
            w.scratch[cohort.kind, j] += cohort.persons * cohort.need[j]
        total, people = 0.0, 0.0
        for k in range(w.cohorts.shape[0]):
            cohort, persons = w.cohorts[k], w.kinds[w.cohorts[k].kind].persons
            mean = w.scratch[cohort.kind, j] / persons if persons > 0.0 else 0.0
            if mean > 0.0:
                cohort.need[j] = mean**kinds * (cohort.need[j] / mean) ** areas
            total += cohort.persons * cohort.need[j]
            people += cohort.persons
        for k in range(w.cohorts.shape[0]):
            w.cohorts[k].need[j] *= people / total if total > 0.0 else 1.0


@rule
def serve_anew(w: World) -> None:
    """Work out again which kinds of people money of a theme and of an agency reaches: by need and by money."""
    for j in range(w.themes.shape[0]):
        share, total = w.themes[j].kind_share, 0.0
        for i in range(share.shape[0]):
            share[i] = 0.0
        for k in range(w.cohorts.shape[0]):
            weight = w.cohorts[k].persons * w.cohorts[k].need[j]
            share[w.cohorts[k].kind] += weight
            total += weight
        for i in range(share.shape[0]):
            share[i] /= max(total, 1e-12)
    for a in range(w.agencies.shape[0]):
        weights, total = w.agencies[a].kind_weight, 0.0
        for i in range(weights.shape[0]):
            weights[i] = 0.0
            for j in range(w.themes.shape[0]):
                weights[i] += w.shares[a, j].spend * w.themes[j].kind_share[i]
            total += weights[i]
        for i in range(weights.shape[0]):
            weights[i] /= max(total, 1e-12)


@rule
def fare_anew(w: World) -> None:
    """Outcomes of the base year: ``mean + level + gap (x - mean)`` in log-odds, round the mean of a kind; between 0.05 and 0.95."""
    level, gap = w.parameters.outcome_level, w.parameters.outcome_gap
    for o in range(w.domains.shape[0]):
        for i in range(w.kinds.shape[0]):
            w.scratch[i, 0] = 0.0
        for k in range(w.cohorts.shape[0]):
            cohort = w.cohorts[k]
            w.scratch[cohort.kind, 0] += cohort.persons * math.log(cohort.baseline[o] / (1.0 - cohort.baseline[o]))
        for k in range(w.cohorts.shape[0]):
            cohort, persons = w.cohorts[k], w.kinds[w.cohorts[k].kind].persons
            odds = math.log(cohort.baseline[o] / (1.0 - cohort.baseline[o]))
            mean = w.scratch[cohort.kind, 0] / persons if persons > 0.0 else odds
            odds = mean + level + gap * (odds - mean)
            cohort.baseline[o] = min(0.95, max(0.05, 1.0 / (1.0 + math.exp(-odds))))
            cohort.outcome[o] = cohort.baseline[o]
    for k in range(w.cohorts.shape[0]):
        cohort, fares = w.cohorts[k], 0.0
        for o in range(w.domains.shape[0]):
            fares += cohort.baseline[o] / float(w.clock.domains) if w.domains[o].in_use == 1 else 0.0
        cohort.wellbeing, cohort.expectation = fares, fares


@rule
def judge_capacity(w: World) -> None:
    """Community capacity at the start: ``mean + level + gap (x - mean)``, kept in [0, 1], round the mean of the place by people."""
    level, gap = w.parameters.capacity_level, w.parameters.capacity_gap
    if level == 0.0 and gap == 1.0:
        return
    mean, people = 0.0, 0.0
    for h in range(w.neighbourhoods.shape[0]):
        mean += w.neighbourhoods[h].population * w.neighbourhoods[h].capacity
        people += w.neighbourhoods[h].population
    mean /= max(people, 1.0)
    for h in range(w.neighbourhoods.shape[0]):
        place = w.neighbourhoods[h]
        place.capacity = min(1.0, max(0.0, mean + level + gap * (place.capacity - mean)))
        place.capacity_start = place.capacity
