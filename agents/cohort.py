"""Citizen cohorts and their neighbourhoods: what services do to outcomes, and what people make of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.agents import draws
from totalplace.agents.columns import number, table, whole
from totalplace.agents.compiled import rule
from totalplace.agents.elementary import exponential, logarithm, power
from totalplace.agents.lanes import LANES, on_the_stack
from totalplace.agents.numba_private import in_place
from totalplace.scenarios.vocabulary import OUTCOMES
from totalplace.scenarios.vocabulary import THEMES as THEME_NAMES

if TYPE_CHECKING:
    from totalplace.agents.rows import Numbers
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
    whole("estimated", "1 if how many there are is an estimate", "0 or 1"),
    number("persons", "persons", "people"),
    number("burden", "index", "outcome shortfall against the base year", len(OUTCOMES)),
    number("burden_sum", "persons", "the same, summed over people in this quarter", len(OUTCOMES)),
    number("wellbeing", "0-1", "mean outcome"),
    number("wellbeing_sum", "persons", "the same, summed over people in this quarter"),
    number("dissatisfaction", "0-1", "how much they want change"),
    number("dissatisfaction_sum", "persons", "the same, summed over people in this quarter"),
    number("reactive", "£m", "reactive spend that reaches them in this quarter"),
)


#: Technical: themes, outcomes and blocks of four draws for them, and room for them side by side.
THEMES_OF_ALL: Final = len(THEME_NAMES)
OUTCOMES_OF_ALL: Final = len(OUTCOMES)
DRAWS_OF_ALL: Final = -(-len(OUTCOMES) // 4)
themes_by_lane, need_by_lane = on_the_stack(THEMES_OF_ALL), on_the_stack(THEMES_OF_ALL)
noise_by_lane = on_the_stack(OUTCOMES_OF_ALL + OUTCOMES_OF_ALL % 2)
base_by_lane, outcomes_by_lane, burden_by_lane = (on_the_stack(OUTCOMES_OF_ALL) for _ in range(3))
wellbeing_by_lane, persons_by_lane, capacity_by_lane, fit_by_lane = (on_the_stack(1) for _ in range(4))
keys_by_lane = on_the_stack(1, np.uint64)


@rule
def fit_to_need(w: World) -> None:
    """How money on each theme would change for each cohort if neighbourhoods spent it by need.

    Between the neighbourhoods of a cohort kind, money a head now follows ``need^(1 - gap)``; by need it follows ``need``,
    for the same total. Both totals stand in the row of the kind in ``scratch``, by theme.
    """
    themes, totals = w.themes.shape[0], w.scratch
    for i in range(w.kinds.shape[0]):
        for j in range(2 * themes):
            totals[i, j] = 0.0
    for first in range(0, w.cohorts.shape[0], LANES):
        add_up_need(w, first, min(LANES, w.cohorts.shape[0] - first))
    for h in range(w.neighbourhoods.shape[0]):
        for j in range(themes):
            w.neighbourhoods[h].fit[j] = 0.0
    for k in range(w.cohorts.shape[0]):
        cohort = w.cohorts[k]
        place = w.neighbourhoods[cohort.neighbourhood]
        for j in range(themes):
            now, by_need = totals[cohort.kind, j], totals[cohort.kind, themes + j]
            cohort.fit[j] = cohort.fit[j] * now / by_need if by_need > 0.0 else 1.0
            place.fit[j] += cohort.fit[j] * cohort.persons / max(1.0, place.population)


@rule
@in_place
def add_up_need(w: World, first: int, count: int) -> None:
    """Add ``count`` cohorts from ``first`` on to the totals of their kinds; their ``fit`` becomes ``need^gap``."""
    gap, themes = w.parameters.allocation_gap, w.themes.shape[0]
    need, now = need_by_lane(), themes_by_lane()
    for i in range(LANES):
        for j in range(THEMES_OF_ALL):
            need[j, i] = w.cohorts[first + min(i, count - 1)].need[j]
    for j in range(themes):
        for i in range(LANES):
            now[j, i] = power(need[j, i], 1.0 - gap)
            need[j, i] = power(need[j, i], gap)
    for i in range(count):
        cohort = w.cohorts[first + i]
        for j in range(THEMES_OF_ALL):
            cohort.fit[j] = need[j, i]
            w.scratch[cohort.kind, j] += cohort.persons * now[j, i]
            w.scratch[cohort.kind, themes + j] += cohort.persons * cohort.need[j]


@rule
def experience(w: World, k: int) -> None:
    """Cohort ``k`` takes up services and its outcomes move.

    ``target = 1 - (1 - baseline) prod_j (m_j fit (1 + iota r pooled) (1 + beta (capacity - capacity_start)))^(-epsilon E need)``
    and ``outcome += rho (target - outcome) + noise``, kept in [0, 1]. Nothing changing leaves outcomes where they are.
    """
    experience_together(w, k, 1)


@rule
def experience_all(w: World) -> None:
    """All cohorts take up services, side by side; each as in :func:`experience`, to the bit."""
    for first in range(0, w.cohorts.shape[0], LANES):
        experience_together(w, first, min(LANES, w.cohorts.shape[0] - first))


@rule
def experience_together(w: World, first: int, count: int) -> None:
    """``count`` cohorts from ``first`` on, at most :data:`LANES`, take up services and their outcomes move.

    A lane is a cohort; where lanes are left the last cohort stands in them too, and nothing is read back. What is worked out in
    lanes is the same for each cohort whoever its neighbours are; sums over cohorts follow their order.
    """
    worth, noise, base, outcome, burden = themes_by_lane(), noise_by_lane(), base_by_lane(), outcomes_by_lane(), burden_by_lane()
    wellbeing, persons = wellbeing_by_lane(), persons_by_lane()
    weigh_services(w, first, count, worth)
    draw_noise(w, first, count, noise)
    k = first
    for i in range(LANES):
        persons[0, i] = w.cohorts[k].persons
        for o in range(OUTCOMES_OF_ALL):
            base[o, i], outcome[o, i] = w.cohorts[k].baseline[o], w.cohorts[k].outcome[o]
        k = min(k + 1, first + count - 1)
    move_outcomes(w, worth, noise, base, persons, outcome, burden, wellbeing)
    speak(w, first, count, outcome, burden, wellbeing)


@rule
@in_place
def weigh_services(w: World, first: int, count: int, worth: Numbers) -> None:
    """What services of each theme are worth to each cohort against the base year, as a logarithm times its need."""
    need, fit, capacity = need_by_lane(), fit_by_lane(), capacity_by_lane()
    k = first
    for i in range(LANES):
        cohort = w.cohorts[k]
        capacity[0, i] = w.neighbourhoods[cohort.neighbourhood].log_capacity
        for j in range(THEMES_OF_ALL):
            need[j, i] = cohort.need[j]
        k = min(k + 1, first + count - 1)
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        log, devolved = theme.log_planned + theme.log_integration, theme.devolved
        if devolved > 0.0:
            k = first
            for i in range(LANES):
                fit[0, i] = w.cohorts[k].fit[j]
                k = min(k + 1, first + count - 1)
            for i in range(LANES):
                worth[j, i] = (log + capacity[0, i] + logarithm(1.0 + devolved * (fit[0, i] - 1.0))) * need[j, i]
        else:
            for i in range(LANES):
                worth[j, i] = (log + capacity[0, i]) * need[j, i]


@rule
@in_place
def draw_noise(w: World, first: int, count: int, noise: Numbers) -> None:
    """A standard normal number for each outcome of each cohort."""
    clock, key = w.clock, keys_by_lane()
    k = first
    for i in range(LANES):
        key[0, i] = np.uint64(w.cohorts[k].key)
        k = min(k + 1, first + count - 1)
    for part in range(DRAWS_OF_ALL):
        draws.four_normals_each(clock.seed, draws.NOISE, clock.quarter, key, part, noise)


@rule
@in_place
def move_outcomes(
    w: World, worth: Numbers, noise: Numbers, base: Numbers, persons: Numbers, outcome: Numbers, burden: Numbers, wellbeing: Numbers
) -> None:
    """Outcomes move to their targets and by chance; the burden is the shortfall of people against the base year."""
    epsilon, chance, domains = w.parameters.epsilon, w.parameters.outcome_noise, float(w.clock.domains)
    for i in range(LANES):
        wellbeing[0, i] = 0.0
    for o in range(w.domains.shape[0]):
        speed, in_use = min(1.0, w.parameters.rho * w.domains[o].speed), w.domains[o].in_use == 1
        for i in range(LANES):
            push = 0.0
            for j in range(THEMES_OF_ALL):
                push += w.themes[j].effect[o] * worth[j, i]
            short = 1.0 - base[o, i]
            target = 1.0 - short * exponential(-epsilon * push)
            moved = outcome[o, i] + speed * (max(0.0, target) - outcome[o, i]) + chance * noise[o, i]
            outcome[o, i] = min(1.0, max(0.0, moved))
            burden[o, i] = persons[0, i] * (1.0 - outcome[o, i]) / short
            wellbeing[0, i] += outcome[o, i] / domains if in_use else 0.0


@rule
@in_place
def speak(w: World, first: int, count: int, outcome: Numbers, burden: Numbers, wellbeing: Numbers) -> None:
    """Cohorts voice how they fare to all who serve them, by the weight of their numbers."""
    habit, of_loss, of_need = w.parameters.habit, w.parameters.voice_of_loss, w.parameters.voice_of_need
    for i in range(count):
        cohort, fares = w.cohorts[first + i], wellbeing[0, i]
        kind, persons, expected = w.kinds[cohort.kind], cohort.persons, cohort.expectation
        loss = max(0.0, expected - fares)
        voice = min(1.0, of_loss * loss + of_need * (1.0 - fares))
        cohort.wellbeing, cohort.dissatisfaction = fares, voice
        cohort.expectation = expected + habit * (fares - expected)
        kind.wellbeing_sum += persons * fares
        kind.dissatisfaction_sum += persons * voice
        w.neighbourhoods[cohort.neighbourhood].wellbeing_sum += persons * fares
        for o in range(OUTCOMES_OF_ALL):
            cohort.outcome[o] = outcome[o, i]
            kind.burden_sum[o] += burden[o, i]


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
    support += w.parameters.capacity_of_spend * services
    target = min(1.0, max(0.0, place.capacity_start + support))
    place.capacity += w.parameters.capacity_growth * (target - place.capacity)
    place.log_capacity = math.log(1.0 + w.parameters.beta * (place.capacity - place.capacity_start))
