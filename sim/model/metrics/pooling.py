"""What is pooled and ceded, by whom, and what is controlled in the place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.compiled import rule
from totalplace.scenarios.vocabulary import AGENCY_KINDS, THEMES
from totalplace.sim.model.metrics.declaration import Metric, MetricList
from totalplace.sim.model.metrics.ratio import over

if TYPE_CHECKING:
    from totalplace.agents.rows import MeasureRow
    from totalplace.agents.world import World

DECLARED: Final[tuple[Metric | MetricList, ...]] = (
    Metric("pooled_budget", "£m a year", 0, "planned and common spend in pooled budgets", "pooling"),
    Metric("pooled_share", "% of spend", 0, "pooled budgets, of all addressable spend", "pooling"),
    MetricList("pooled_share_by_theme", "pooled_share", THEMES, THEMES.flagged("pooled_share"), "% of spend", 0, "pooling",
               "pooled {} money, of the theme's spend", "pooled share {}"),
    Metric("section_75_share", "% of health and social care money", 0, "what council and NHS pool together of health and care, of "
           "all NHS money and all social care, as the published share divides", "pooling", label="pooled under section 75"),
    Metric("section_75_share_commissioned", "% of commissioned money", 0, "the same of what is commissioned in the place (an "
           "estimate): NHS commissioned money and social care for adults", "pooling",
           label="pooled under section 75, of commissioned money"),
    Metric("local_control_share", "% of place total", 1, "money controlled in the place, of all its public money", "pooling"),
    Metric("redesign", "0-1", 1, "progress of redesign, weighted by pooled money", "pooling"),
    MetricList("ceded_by_kind", "ceded", AGENCY_KINDS, AGENCY_KINDS, "% of its spend", 0, "pooling",
               "share of its planned and common spend that {} cedes", "ceded by {}"),
)


@rule
def theme_spend(w: World, j: int) -> float:
    """All that is spent on theme ``j``, £m a year: planned, common and reactive."""
    spend = 0.0
    for a in range(w.agencies.shape[0]):
        share = w.shares[a, j]
        spend += share.frontline + share.common + share.reactive_start * w.agencies[a].demand * w.agencies[a].unit_cost
    return spend


@rule
def measure_pooling(w: World, m: MeasureRow) -> None:
    """What is pooled, and what part of the place's money is controlled in the place."""
    pot, budgets, redesign, baseline, local = 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(w.themes.shape[0]):
        theme = w.themes[j]
        pot += theme.pot + theme.benefits
        redesign += theme.pot * theme.redesign
        if theme.metric >= 0:
            m.pooled_share_by_theme[theme.metric] = 100.0 * over(theme.pot, theme_spend(w, j))
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        budgets += agency.budget
        baseline += agency.baseline + agency.released
        if agency.council == 1:
            local += w.clock.council_direct * over(agency.budget, agency.baseline)
        else:
            local += agency.ceded
    m.pooled_budget = pot
    m.pooled_share = 100.0 * over(pot, budgets)
    m.redesign = over(redesign, pot)
    m.local_control_share = 100.0 * over(local, w.clock.place_total - baseline + budgets)
    measure_section_75(w, m)
    measure_ceding(w, m)


@rule
def measure_section_75(w: World, m: MeasureRow) -> None:
    """What council and NHS pool together, of all NHS and social care money and of what of it is commissioned in the place.

    Only where both have money in the pool is it a joint one. Named budget lines rise and fall with the budget of who holds them.
    """
    money, commissioned, pooled, councils, others = 0.0, 0.0, 0.0, 0, 0
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        budget = over(agency.budget, agency.baseline)
        for j in range(w.themes.shape[0]):
            share = w.shares[a, j]
            if share.commissioned <= 0.0:
                continue
            money += budget * share.lines
            commissioned += budget * share.commissioned
            if share.ceded > 0.0:
                pooled += share.ceded * (share.frontline + share.common)
                councils += agency.council
                others += 1 - agency.council
    if councils > 0 and others > 0:
        m.section_75_share = 100.0 * over(pooled, money)
        m.section_75_share_commissioned = 100.0 * over(pooled, commissioned)


@rule
def measure_ceding(w: World, m: MeasureRow) -> None:
    """Which kinds of agency cede how much of their planned and common spend and of the benefits that they could pool."""
    kinds, planned = m.ceded_by_kind.shape[0], w.scratch[4]
    for i in range(kinds):
        planned[i] = 0.0
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        m.ceded_by_kind[agency.kind] += agency.ceded
        planned[agency.kind] += agency.scale * (agency.frontline_start + agency.common_start)
        for j in range(w.themes.shape[0]):
            planned[agency.kind] += w.shares[a, j].benefits
    for i in range(kinds):
        m.ceded_by_kind[i] = 100.0 * over(m.ceded_by_kind[i], planned[i])
