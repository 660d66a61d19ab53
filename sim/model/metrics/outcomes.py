"""How people fare: outcomes by domain and by kind of people, and how far apart they are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule
from totalplace.scenarios.vocabulary import COHORT_KINDS, OUTCOMES
from totalplace.sim.model.metrics.declaration import Metric, MetricList
from totalplace.sim.model.metrics.ratio import over

if TYPE_CHECKING:
    from totalplace.agents.rows import MeasureRow
    from totalplace.agents.world import World

DECLARED: Final[tuple[Metric | MetricList, ...]] = (
    Metric("wellbeing", "0-1", 1, "mean outcome of all people", "outcomes"),
    Metric("inequality", "0-1", -1, "spread (standard deviation over people) of wellbeing between cohorts", "outcomes"),
    Metric("inequality_neighbourhoods", "0-1", -1, "the same between neighbourhoods", "outcomes"),
    Metric("wellbeing_worst_off", "0-1", 1, "wellbeing of the worst-off cohort: the least of all kinds of people in all "
           "neighbourhoods", "outcomes", label="wellbeing of the worst-off cohort"),
    MetricList("outcome_by_domain", "outcome", OUTCOMES, OUTCOMES, "0-1", 1, "outcomes", "mean {} outcome of all people",
               "outcome {}"),
    MetricList("wellbeing_by_cohort", "wellbeing", COHORT_KINDS, COHORT_KINDS, "0-1", 1, "outcomes", "mean outcome of {}",
               "wellbeing of {}"),
    Metric("community_capacity", "0-1", 1, "mean community capacity", "outcomes"),
)


@rule
def measure_outcomes(w: World, m: MeasureRow) -> None:
    """Means over people, by outcome domain and by cohort kind."""
    people = 0.0
    for k in range(w.cohorts.shape[0]):
        cohort = w.cohorts[k]
        people += cohort.persons
        for o in range(w.domains.shape[0]):
            m.outcome_by_domain[o] += cohort.persons * cohort.outcome[o]
        m.wellbeing += cohort.persons * cohort.wellbeing
    m.wellbeing = over(m.wellbeing, people)
    for o in range(w.domains.shape[0]):
        m.outcome_by_domain[o] = over(m.outcome_by_domain[o], people)
    for i in range(w.kinds.shape[0]):
        m.wellbeing_by_cohort[i] = w.kinds[i].wellbeing
    for h in range(w.neighbourhoods.shape[0]):
        m.community_capacity += w.neighbourhoods[h].population * w.neighbourhoods[h].capacity
    m.community_capacity = over(m.community_capacity, w.clock.population)


@rule
def measure_spread(w: World, m: MeasureRow) -> None:
    """Spread of wellbeing between cohorts and between neighbourhoods, and the worst-off cohort."""
    people, square, worst = 0.0, 0.0, 1.0
    for k in range(w.cohorts.shape[0]):
        cohort = w.cohorts[k]
        people += cohort.persons
        square += cohort.persons * (cohort.wellbeing - m.wellbeing) ** 2
        if cohort.persons > 0.0:
            worst = min(worst, cohort.wellbeing)
    m.inequality = math.sqrt(over(square, people))
    m.wellbeing_worst_off = worst
    square = 0.0
    for h in range(w.neighbourhoods.shape[0]):
        place = w.neighbourhoods[h]
        square += place.population * (over(place.wellbeing_sum, place.population) - m.wellbeing) ** 2
        place.wellbeing_sum = 0.0
    m.inequality_neighbourhoods = math.sqrt(over(square, people))
