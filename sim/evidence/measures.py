"""How each criterion is measured: from what was observed to one number a draw.

Money adds up over the places of a draw before shares are taken, since the published figures are national sums. Every
measure takes an :class:`Observed` of N draws and returns (N,), in the unit of its criterion; NaN where there is nothing
to measure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from totalplace.scenarios.calendar import parse_financial_year
from totalplace.scenarios.places import load, names
from totalplace.scenarios.places.shapes import USUAL_YEAR
from totalplace.scenarios.prices import deflator
from totalplace.scenarios.vocabulary import AGENCY_KINDS, THEMES
from totalplace.sim.evidence.fact_runs import MANDATE, Observed
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.evidence.measures_by_place import BY_PLACE
from totalplace.sim.evidence.measuring import (
    ADMISSIONS,
    acute_nhs_spend,
    effect_after,
    money,
    over,
    part_early,
    weighted,
    year_mean,
)

_HEALTH: Final = THEMES.index("health_and_care")
#: Council and NHS, whose joint working the facts hold against that of nationally run kinds.
_LOCAL: Final = [AGENCY_KINDS.index(kind) for kind in ("council", "nhs")]
#: Quarters of the eighth year: the published share of 2007/08 came eight years after the powers to pool.
_YEAR_8: Final = slice(28, 32)
#: The key agencies of a place, and the least share of its money, in %, that one of them cedes to count as being in.
_KEY: Final = ("council", "nhs", "police", "jobcentre_plus")
_IN: Final = 10.0


def _named_lines(o: Observed) -> Floats:
    """All NHS and social care money at the start (P,), £m a year."""
    return np.array([p.nhs + p.social_care for p in o.places])


def voluntary_share(o: Observed) -> Floats:
    """Fact 1: what councils and the NHS of all places pool together over all their NHS and social care money."""
    return weighted(year_mean(o, "joint_no_cuts", "section_75_share", _YEAR_8), _named_lines(o))


def top_up(o: Observed, later: int = 0) -> Floats:
    """Fact 2: pooled money in the first year of the mandate over that of a run with the same seed and the minimum only."""
    year = slice(MANDATE + 4 * later, MANDATE + 4 * later + 4)
    pooled, least = (year_mean(o, setting, "pooled_budget", year).sum(axis=1) for setting in ("bcf", "bcf_floor"))
    return over(pooled, least)


def top_up_later(o: Observed) -> Floats:
    """Fact 2: the same four years later."""
    return top_up(o, later=4)


def better_joint_working(o: Observed) -> Floats:
    """Fact 3: areas where trust of those with money in the pool, in the mean, is higher after two years than when it began."""
    partners = o("bcf_two_years", "partner")
    rise = ((o("bcf_two_years", "trust") - o("bcf_begins", "trust")) * partners).sum(axis=2)
    pools = partners.any(axis=2)
    better = pools & (rise > 0.0)
    return 100.0 * over(better.mean(axis=1), pools.mean(axis=1))


def realised_over_planned(o: Observed) -> Floats:
    """Fact 3: what the first year of the mandate saved against the year before, of the saving promised for it.

    Saved: fall of what the NHS spends on acute need, and rise of duplication removed.
    """
    before, year = (slice(first, first + 4) for first in (MANDATE - 4, MANDATE))
    acute, removed = acute_nhs_spend(o, "bcf"), o("bcf", "duplication_removed")
    saved = (acute[:, :, before] - acute[:, :, year] + removed[:, :, year] - removed[:, :, before]).sum(axis=(1, 2))
    return 100.0 * over(saved, o("bcf", "promised_saving")[:, :, year].sum(axis=(1, 2)))


def promised_over_delivered(o: Observed) -> Floats:
    """Fact 4: promises in force over duplication removed, both a year."""
    return over(year_mean(o, "joint", "promised_saving").sum(axis=1), year_mean(o, "joint", "duplication_removed").sum(axis=1))


def full_redesign(o: Observed) -> Floats:
    """Fact 5: duplication removed in the last year of twenty where all is pooled and change is paid for, of all spend."""
    return 100.0 * year_mean(o, "full", "duplication_removed").sum(axis=1) / money(o).sum()


def full_redesign_england(o: Observed) -> Floats:
    """Fact 5: the same for England, £bn a year at prices of 2010-11: the share that the places show, of what all places spend."""
    year = o.places[0].year
    prices = deflator(parse_financial_year(USUAL_YEAR)) / deflator(parse_financial_year(year))
    every = sum(load(place.code, year).spend.sum() for place in names(year))
    return full_redesign(o) / 100.0 * every * prices / 1000.0


def planned_benefit_over_cost(o: Observed) -> Floats:
    """Fact 5: benefit over cost in the business cases of Cheshire West and Chester, as far as agreed by the end of year 2."""
    planned = o("west_cheshire", "planned_benefit_cost_ratio")[:, 0, 7]
    return np.where(planned > 0.0, planned, np.nan)


def payback(o: Observed) -> Floats:
    """Fact 6: median over places with a shared back office of the years to pay-back; infinite where it never comes."""
    years = o("corporate", "payback")[:, :, -1]
    shared = o("corporate", "pooled_budget").max(axis=2) > 0.0
    years = np.where(shared, np.where(years > 0.0, years, np.inf), np.nan)
    return np.array([np.median(row[~np.isnan(row)]) if (~np.isnan(row)).any() else np.nan for row in years])


def _admissions_after(o: Observed, years: int) -> Floats:
    weights = np.array([place.indicator_base[ADMISSIONS] for place in o.places])
    return effect_after(o, years, ("health", "silo"), ("emergency_admissions", "pooled_budget"), weights)


def admissions_effect(o: Observed) -> Floats:
    """Fact 6: effect on emergency admissions after six years."""
    return _admissions_after(o, 6)


def admissions_early(o: Observed) -> Floats:
    """Fact 6: the part of the six-year effect that is there after two."""
    return part_early(_admissions_after(o, 2), _admissions_after(o, 6))


def _lag_counts(o: Observed) -> Floats:
    """Joint commissions agreed in all places, by quarters of set-up: (N, 13)."""
    return np.asarray(o("joint_watched", "lags").sum(axis=1))


def median_lag(o: Observed) -> Floats:
    """Fact 7: median set-up time in months."""
    counts = _lag_counts(o)
    below = np.cumsum(counts, axis=1)
    middle = (below >= 0.5 * below[:, -1:]).argmax(axis=1)
    return np.where(below[:, -1] > 0.0, 3.0 * middle, np.nan)


def lags_in_range(o: Observed) -> Floats:
    """Fact 7: share of set-ups of 5 to 22 months."""
    counts = _lag_counts(o)
    months = 3 * np.arange(counts.shape[1])
    return 100.0 * over(counts[:, (months >= 5) & (months <= 22)].sum(axis=1), counts.sum(axis=1))


def _all_in(o: Observed, setting: str) -> Floats:
    """Share of places, in %, where all key agencies are in at the end."""
    inside = [year_mean(o, setting, f"ceded_{kind}") >= _IN for kind in _KEY]
    return np.asarray(100.0 * np.logical_and.reduce(inside).mean(axis=1), dtype=np.float64)


def _last_in(o: Observed, setting: str) -> Floats:
    """What the key agency that cedes least cedes at the end, in % of its money, mean over places."""
    ceded = [year_mean(o, setting, f"ceded_{kind}") for kind in _KEY]
    return np.asarray(np.minimum.reduce(ceded).mean(axis=1), dtype=np.float64)


def harder_without(o: Observed) -> Floats:
    """Fact 8: what the key agency that cedes least cedes, mean over places, encouraged less indifferent departments."""
    return _last_in(o, "encouraged") - _last_in(o, "indifferent")


def all_in_without(o: Observed) -> Floats:
    """Fact 8: places with all key agencies in without encouragement."""
    return _all_in(o, "indifferent")


def _ceded(o: Observed) -> Floats:
    """Ceded shares by kind at the end, mean over places, in %: (N, 11)."""
    return np.stack([year_mean(o, "board", f"ceded_{kind}").mean(axis=1) for kind in AGENCY_KINDS], axis=1)


def _national(o: Observed) -> list[int]:
    """Kinds that are run nationally."""
    place = o.places[0]
    return [int(kind) for kind, national in zip(place.agency_kind, place.national, strict=True) if national > 0.5]


def local_over_national(o: Observed) -> Floats:
    """Fact 9: mean ceded share of council and NHS less that of the nationally run kinds."""
    ceded = _ceded(o)
    return np.asarray(ceded[:, _LOCAL].mean(axis=1) - ceded[:, _national(o)].mean(axis=1))


def years_later(o: Observed) -> Floats:
    """Fact 9: mean years to the first money ceded, nationally run kinds less council and NHS; never counts as the whole run."""
    joined = []
    for kind in AGENCY_KINDS:
        ceded = o("board", f"ceded_{kind}") > 0.0
        first = np.where(ceded.any(axis=2), ceded.argmax(axis=2), ceded.shape[2])
        joined.append(0.25 * first.mean(axis=1))
    years = np.stack(joined, axis=1)
    return np.asarray(years[:, _national(o)].mean(axis=1) - years[:, _LOCAL].mean(axis=1))


def jobcentre_rank(o: Observed) -> Floats:
    """Fact 9: rank of Jobcentre Plus when kinds are ordered by what they cede, least first."""
    ceded = _ceded(o)
    jobcentre = ceded[:, [AGENCY_KINDS.index("jobcentre_plus")]]
    return np.asarray(1.0 + (ceded < jobcentre).sum(axis=1), dtype=np.float64)


def preventive_share(o: Observed) -> Floats:
    """Fact 10: preventive spend over all spend in the first quarter."""
    return weighted(o("lsp_no_cuts", "preventive_share")[:, :, 0], money(o))


def others_gain(o: Observed) -> Floats:
    """Fact 10: part of all gains (savings returned, demand avoided) that falls to others than the agency that pays."""
    gains = o("joint", "gains").sum(axis=1)
    return 100.0 * over(gains[:, 0], gains[:, 1])


def _appraisal_change(o: Observed, part: int) -> Floats:
    """Change of a worth with deep cuts against none, in %, mean over low and high trust."""
    changes = []
    for trust in ("distrust", "trust"):
        level, cut = (o(f"{one}_{trust}", "appraisals")[:, :, part].mean(axis=1) for one in ("level", "cut"))
        changes.append(100.0 * (over(cut, level) - 1.0))
    return np.asarray(np.mean(changes, axis=0))


def interest(o: Observed) -> Floats:
    """Fact 11: change of the worth of a pound saved."""
    return _appraisal_change(o, 0)


def retreat(o: Observed) -> Floats:
    """Fact 11: change of the worth of control over a pound."""
    return _appraisal_change(o, 1)


def _net(o: Observed, trust: str) -> Floats:
    """Change of pooled money in the last year with deep cuts against none, in %."""
    level, cut = (year_mean(o, f"{one}_{trust}", "pooled_budget").sum(axis=1) for one in ("level", "cut"))
    return np.asarray(100.0 * (over(cut, level) - 1.0))


def net_trust(o: Observed) -> Floats:
    """Beside fact 11: what deep cuts do to pooling where trust is high."""
    return _net(o, "trust")


def net_distrust(o: Observed) -> Floats:
    """Beside fact 11: what deep cuts do to pooling where trust is low."""
    return _net(o, "distrust")


def mandate_money(o: Observed) -> Floats:
    """Fact 12: pooled share of health and care money, mandated less voluntary."""
    metric = "pooled_share_health_and_care"
    return weighted(year_mean(o, "mandated", metric) - year_mean(o, "lsp", metric), money(o, _HEALTH))


def mandate_wellbeing(o: Observed) -> Floats:
    """Fact 12: mean wellbeing, mandated less voluntary, in thousandths, weighted by people."""
    people = np.array([p.population for p in o.places])
    return 1000.0 * weighted(year_mean(o, "mandated", "wellbeing") - year_mean(o, "lsp", "wellbeing"), people)


MEASURES: Final[dict[str, Callable[[Observed], Floats]]] = {
    one.__name__: one
    for one in (
        voluntary_share, top_up, top_up_later, better_joint_working, realised_over_planned, promised_over_delivered, full_redesign,
        full_redesign_england, planned_benefit_over_cost, payback, admissions_effect, admissions_early, median_lag, lags_in_range,
        harder_without, all_in_without, local_over_national, years_later, jobcentre_rank, preventive_share, others_gain, interest,
        retreat, net_trust, net_distrust, mandate_money, mandate_wellbeing, *BY_PLACE,
    )
}
