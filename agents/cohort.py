"""Citizen cohorts and their neighbourhoods: what services do to outcomes, and what people make of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from totalplace.agents import draws
from totalplace.agents.columns import number, table, whole
from totalplace.agents.compiled import rule
from totalplace.scenarios.vocabulary import OUTCOMES
from totalplace.scenarios.vocabulary import THEMES as THEME_NAMES

if TYPE_CHECKING:
    from totalplace.agents.world import World

COHORTS: Final = table(
    "cohorts",
    "people of one kind in one neighbourhood",
    whole("key", "identity of the cohort in every draw"),
    whole("kind", "index of the cohort kind", of="kinds"),
    whole("neighbourhood", "index of the neighbourhood", of="neighbourhoods"),
    number("persons", "persons", "people"),
    number("need", "relative", "need a head by theme, mean 1 over the place", len(THEME_NAMES)),
    number("fit", "relative", "money a head by need against money a head now, mean 1 over the place", len(THEME_NAMES)),
    number("baseline", "0-1", "outcomes in the base year", len(OUTCOMES)),
    number("outcome", "0-1", "outcomes now", len(OUTCOMES)),
    number("wellbeing", "0-1", "mean outcome now"),
    number("expectation", "0-1", "wellbeing that people expect"),
    number("dissatisfaction", "0-1", "how much they want change"),
)

KINDS: Final = table(
    "kinds",
    "all cohorts of one kind together",
    number("persons", "persons", "people"),
    number("burden", "index", "outcome shortfall against the base year", len(OUTCOMES)),
    number("burden_sum", "persons", "the same, summed over people in this quarter", len(OUTCOMES)),
    number("wellbeing", "0-1", "mean outcome"),
    number("wellbeing_sum", "persons", "the same, summed over people in this quarter"),
    number("dissatisfaction", "0-1", "how much they want change"),
    number("dissatisfaction_sum", "persons", "the same, summed over people in this quarter"),
    number("reactive", "£m", "reactive spend that reaches them in this quarter"),
)

#: Speed at which people get used to how things are, a quarter (judgement, 0.02-0.1).
HABIT: Final = 0.05
#: Voice of people whose wellbeing fell short of what they expect, and of people who are badly off (judgement, 2-10; 0.3-1).
VOICE_OF_LOSS: Final = 5.0
VOICE_OF_NEED: Final = 0.5
#: Rise of community capacity with planned spend on neighbourhoods, for each unit of its logarithm (judgement, 0-0.5).
CAPACITY_OF_SPEND: Final = 0.2


@rule
def fit_to_need(w: World) -> None:
    """How money on each theme would change for each cohort if neighbourhoods spent it by need.

    Between the neighbourhoods of a cohort kind, money a head now follows ``need^(1 - gap)``; by need it follows ``need``,
    for the same total. Both totals stand in the row of the kind in ``scratch``, by theme.
    """
    lag, themes = w.parameters.allocation_gap, w.themes.shape[0]
    totals = w.scratch
    for i in range(w.kinds.shape[0]):
        for j in range(2 * themes):
            totals[i, j] = 0.0
    for k in range(w.cohorts.shape[0]):
        cohort = w.cohorts[k]
        for j in range(themes):
            totals[cohort.kind, j] += cohort.persons * cohort.need[j] ** (1.0 - lag)
            totals[cohort.kind, themes + j] += cohort.persons * cohort.need[j]
    for h in range(w.neighbourhoods.shape[0]):
        for j in range(themes):
            w.neighbourhoods[h].fit[j] = 0.0
    for k in range(w.cohorts.shape[0]):
        cohort = w.cohorts[k]
        place = w.neighbourhoods[cohort.neighbourhood]
        for j in range(themes):
            now, by_need = totals[cohort.kind, j], totals[cohort.kind, themes + j]
            cohort.fit[j] = cohort.need[j] ** lag * now / by_need if by_need > 0.0 else 1.0
            place.fit[j] += cohort.fit[j] * cohort.persons / max(1.0, place.population)


@rule
def experience(w: World, k: int) -> None:
    """Cohort ``k`` takes up services and its outcomes move.

    ``target = 1 - (1 - baseline) prod_j (m_j fit (1 + iota r pooled) (1 + beta (capacity - capacity_start)))^(-epsilon E need)``
    and ``outcome += rho (target - outcome) + noise``, kept in [0, 1]. Nothing changing leaves outcomes where they are.
    """
    cohort, parameters, clock = w.cohorts[k], w.parameters, w.clock
    place = w.neighbourhoods[cohort.neighbourhood]
    noise, second, third, fourth = 0.0, 0.0, 0.0, 0.0
    wellbeing = 0.0
    worth = w.scratch[0]
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        worth[j] = theme.log_planned + theme.log_integration + place.log_capacity
        if theme.devolved > 0.0:
            worth[j] += math.log(1.0 + theme.devolved * (cohort.fit[j] - 1.0))
        worth[j] *= cohort.need[j]
    for o in range(w.domains.shape[0]):
        if o % 4 == 0:
            noise, second, third, fourth = draws.four_normals(clock.seed, draws.NOISE, clock.quarter, cohort.key, o // 4)
        push = 0.0
        for j in range(w.themes.shape[0]):
            push += w.themes[j].effect[o] * worth[j]
        target = 1.0 - (1.0 - cohort.baseline[o]) * math.exp(-parameters.epsilon * push)
        speed = min(1.0, parameters.rho * w.domains[o].speed)
        moved = cohort.outcome[o] + speed * (max(0.0, target) - cohort.outcome[o]) + parameters.outcome_noise * noise
        cohort.outcome[o] = min(1.0, max(0.0, moved))
        wellbeing += cohort.outcome[o] / clock.domains if w.domains[o].in_use == 1 else 0.0
        noise, second, third = second, third, fourth
    speak(w, k, wellbeing)


@rule
def speak(w: World, k: int, wellbeing: float) -> None:
    """Cohort ``k`` voices how it fares to all who serve it, by the weight of its numbers."""
    cohort = w.cohorts[k]
    kind = w.kinds[cohort.kind]
    loss = max(0.0, cohort.expectation - wellbeing)
    cohort.dissatisfaction = min(1.0, VOICE_OF_LOSS * loss + VOICE_OF_NEED * (1.0 - wellbeing))
    cohort.expectation += HABIT * (wellbeing - cohort.expectation)
    cohort.wellbeing = wellbeing
    kind.wellbeing_sum += cohort.persons * wellbeing
    w.neighbourhoods[cohort.neighbourhood].wellbeing_sum += cohort.persons * wellbeing
    kind.dissatisfaction_sum += cohort.persons * cohort.dissatisfaction
    for o in range(w.domains.shape[0]):
        kind.burden_sum[o] += cohort.persons * (1.0 - cohort.outcome[o]) / (1.0 - cohort.baseline[o])


@rule
def gather(w: World, i: int) -> None:
    """The voices of cohort kind ``i`` add up to what agencies hear and what drives reactive demand."""
    kind = w.kinds[i]
    if kind.persons > 0.0:
        kind.wellbeing = kind.wellbeing_sum / kind.persons
        kind.dissatisfaction = kind.dissatisfaction_sum / kind.persons
        for o in range(w.domains.shape[0]):
            kind.burden[o] = kind.burden_sum[o] / kind.persons
    kind.wellbeing_sum, kind.dissatisfaction_sum = 0.0, 0.0
    for o in range(w.domains.shape[0]):
        kind.burden_sum[o] = 0.0


@rule
def grow(w: World, h: int) -> None:
    """Community capacity of neighbourhood ``h`` moves to what devolved budgets and neighbourhood services support."""
    place = w.neighbourhoods[h]
    devolved, planned, services = 0.0, 0.0, 0.0
    for j in range(w.themes.shape[0]):
        devolved += w.themes[j].devolved * w.themes[j].planned
        planned += w.themes[j].planned
        services += w.themes[j].log_planned if w.themes[j].neighbourhoods == 1 else 0.0
    support = w.parameters.capacity_support * devolved / planned if planned > 0.0 else 0.0
    support += CAPACITY_OF_SPEND * services
    target = min(1.0, max(0.0, place.capacity_start + support))
    place.capacity += w.parameters.capacity_growth * (target - place.capacity)
    place.log_capacity = math.log(1.0 + w.parameters.beta * (place.capacity - place.capacity_start))
