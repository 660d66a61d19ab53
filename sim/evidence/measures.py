"""How each criterion is measured: from what was observed to one number a draw.

Money adds up over the places of a draw before shares are taken, since the published figures are national sums. Every
measure takes an :class:`Observed` of N draws and returns (N,), in the unit of its criterion; NaN where there is nothing
to measure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from totalplace.scenarios.places import load, names
from totalplace.scenarios.vocabulary import AGENCY_KINDS, THEMES
from totalplace.sim.evidence.fact_runs import MANDATE, MANDATE_PLUS_2, Observed
from totalplace.sim.evidence.facts import Floats

_HEALTH: Final = THEMES.index("health_and_care")
_NHS: Final = AGENCY_KINDS.index("nhs")
#: Council and NHS, whose joint working the facts hold against that of nationally run kinds.
_LOCAL: Final = [AGENCY_KINDS.index(kind) for kind in ("council", "nhs")]
#: Quarters of the eighth year: the published share of 2007/08 came eight years after the powers to pool.
_YEAR_8: Final = slice(28, 32)
_LAST_YEAR: Final = slice(-4, None)
#: The key agencies of a place, and the least share of its money, in %, that one of them cedes to count as being in.
_KEY: Final = ("council", "nhs", "police", "jobcentre_plus")
_IN: Final = 10.0


def _money(o: Observed, theme: int | None = None) -> Floats:
    """Spend at the start (P,), £m a year, of all themes or of one."""
    return np.array([p.spend.sum() if theme is None else p.spend[:, theme].sum() for p in o.places])


def _weighted(values: Floats, weights: Floats) -> Floats:
    """Mean over places (N,) of ``values`` (N, P)."""
    return np.asarray(np.average(values, axis=1, weights=weights))


def _over(part: Floats, whole: Floats) -> Floats:
    """A ratio, NaN where there is nothing to divide by."""
    return np.divide(part, whole, out=np.full(np.broadcast(part, whole).shape, np.nan), where=np.asarray(whole) > 0.0)


def _year(o: Observed, setting: str, metric: str, quarters: slice = _LAST_YEAR) -> Floats:
    """Mean of a metric over some quarters, by default the last four: (N, P)."""
    return np.asarray(o(setting, metric)[:, :, quarters].mean(axis=2))


def _named_lines(o: Observed) -> Floats:
    """All NHS and social care money at the start (P,), £m a year."""
    return np.array([p.nhs + p.social_care for p in o.places])


def voluntary_share(o: Observed) -> Floats:
    """Fact 1: what councils and the NHS of all places pool together over all their NHS and social care money."""
    return _weighted(_year(o, "joint_no_cuts", "section_75_share", _YEAR_8), _named_lines(o))


def top_up(o: Observed, later: int = 0) -> Floats:
    """Fact 2: pooled money in the first year of the mandate over that of a run with the same seed and the minimum only."""
    year = slice(MANDATE + 4 * later, MANDATE + 4 * later + 4)
    return _over(_year(o, "bcf", "pooled_budget", year).sum(axis=1), _year(o, "bcf_floor", "pooled_budget", year).sum(axis=1))


def top_up_later(o: Observed) -> Floats:
    """Fact 2: the same four years later."""
    return top_up(o, later=4)


def better_joint_working(o: Observed) -> Floats:
    """Fact 3: partners with money in the pool two years into the mandate who trust more than when it began."""
    seen = o("bcf", "trust")
    return 100.0 * _over(seen[:, :, 1].sum(axis=1), seen[:, :, 0].sum(axis=1))


def realised_over_planned(o: Observed) -> Floats:
    """Fact 3: what two years brought beyond the quarter before the mandate, over what plans promised for that time.

    Brought: duplication removed and reactive demand avoided, gross of cost. Promised: promises in force.
    """
    years = slice(MANDATE, MANDATE_PLUS_2)

    def rise(metric: str) -> Floats:
        series = o("bcf", metric)
        return np.asarray((series[:, :, years] - series[:, :, MANDATE - 1 : MANDATE]).sum(axis=(1, 2)))

    return 100.0 * _over(rise("duplication_removed") + rise("demand_avoided"), rise("promised_saving"))


def promised_over_delivered(o: Observed) -> Floats:
    """Fact 4: promises in force over duplication removed, both a year."""
    return _over(_year(o, "joint", "promised_saving").sum(axis=1), _year(o, "joint", "duplication_removed").sum(axis=1))


def full_redesign(o: Observed) -> Floats:
    """Fact 5: duplication removed in the last year of twenty where all is pooled and change is paid for, of all spend."""
    return 100.0 * _year(o, "full", "duplication_removed").sum(axis=1) / _money(o).sum()


def full_redesign_england(o: Observed) -> Floats:
    """Fact 5: the same for England, £bn a year: the share that the places show, of what all places spend."""
    every = sum(load(place.code, o.places[0].year).spend.sum() for place in names())
    return full_redesign(o) / 100.0 * every / 1000.0


def payback(o: Observed) -> Floats:
    """Fact 6: median over places with a shared back office of the years to pay-back; infinite where it never comes."""
    years = o("corporate", "payback")[:, :, -1]
    shared = o("corporate", "pooled_budget").max(axis=2) > 0.0
    years = np.where(shared, np.where(years > 0.0, years, np.inf), np.nan)
    return np.array([np.median(row[~np.isnan(row)]) if (~np.isnan(row)).any() else np.nan for row in years])


def _effect_after(o: Observed, years: int) -> Floats:
    """Reactive demand on the NHS against silo, in %, so many years after health and care money was first pooled."""
    pooled = o("health", "pooled_budget") > 0.0
    last = pooled.shape[2] - 1
    at = np.minimum(pooled.argmax(axis=2) + 4 * years, last)[:, :, None]
    change = 100.0 * (o("health", "demand") / o("silo", "demand") - 1.0)
    effect = np.where(pooled.any(axis=2), np.take_along_axis(change, at, axis=2)[:, :, 0], np.nan)
    weights = np.array([p.reactive[_NHS].sum() for p in o.places])
    known = ~np.isnan(effect)
    return _over((np.where(known, effect, 0.0) * weights).sum(axis=1), (known * weights).sum(axis=1))


def demand_effect(o: Observed) -> Floats:
    """Fact 6: effect on reactive demand after six years."""
    return _effect_after(o, 6)


def effect_early(o: Observed) -> Floats:
    """Fact 6: the part of the six-year effect that is there after two."""
    late = _effect_after(o, 6)
    return np.where(late < 0.0, 100.0 * _effect_after(o, 2) / np.where(late < 0.0, late, 1.0), np.nan)


def _lag_counts(o: Observed) -> Floats:
    """Joint commissions agreed in all places, by quarters of set-up: (N, 13)."""
    return np.asarray(o("joint", "lags").sum(axis=1))


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
    return 100.0 * _over(counts[:, (months >= 5) & (months <= 22)].sum(axis=1), counts.sum(axis=1))


def _all_in(o: Observed, setting: str) -> Floats:
    """Share of places, in %, where all key agencies are in at the end."""
    inside = [_year(o, setting, f"ceded_{kind}") >= _IN for kind in _KEY]
    return np.asarray(100.0 * np.logical_and.reduce(inside).mean(axis=1), dtype=np.float64)


def _last_in(o: Observed, setting: str) -> Floats:
    """What the key agency that cedes least cedes at the end, in % of its money, mean over places."""
    ceded = [_year(o, setting, f"ceded_{kind}") for kind in _KEY]
    return np.asarray(np.minimum.reduce(ceded).mean(axis=1), dtype=np.float64)


def harder_without(o: Observed) -> Floats:
    """Fact 8: what the key agency that cedes least cedes, mean over places, encouraged less indifferent departments."""
    return _last_in(o, "encouraged") - _last_in(o, "indifferent")


def all_in_without(o: Observed) -> Floats:
    """Fact 8: places with all key agencies in without encouragement."""
    return _all_in(o, "indifferent")


def all_in_against(o: Observed) -> Floats:
    """Beside fact 8: places with all key agencies in against the will of departments."""
    return _all_in(o, "discouraged")


def _ceded(o: Observed) -> Floats:
    """Ceded shares by kind at the end, mean over places, in %: (N, 11)."""
    return np.stack([_year(o, "board", f"ceded_{kind}").mean(axis=1) for kind in AGENCY_KINDS], axis=1)


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
    return _weighted(o("lsp_no_cuts", "preventive_share")[:, :, 0], _money(o))


def others_gain(o: Observed) -> Floats:
    """Fact 10: part of all gains (savings returned, demand avoided) that falls to others than the agency that pays."""
    gains = o("joint", "gains").sum(axis=1)
    return 100.0 * _over(gains[:, 0], gains[:, 1])


def _appraisal_change(o: Observed, part: int) -> Floats:
    """Change of a worth with deep cuts against none, in %, mean over low and high trust."""
    changes = []
    for trust in ("distrust", "trust"):
        level, cut = (o(f"{one}_{trust}", "ceding")[:, :, part].mean(axis=1) for one in ("level", "cut"))
        changes.append(100.0 * (_over(cut, level) - 1.0))
    return np.asarray(np.mean(changes, axis=0))


def interest(o: Observed) -> Floats:
    """Fact 11: change of the worth of a pound saved."""
    return _appraisal_change(o, -2)


def retreat(o: Observed) -> Floats:
    """Fact 11: change of the worth of control over a pound."""
    return _appraisal_change(o, -1)


def ceding_change(o: Observed, trust: str) -> Floats:
    """Change with deep cuts of the ceded part of planned and common spend, points, by quarter (N, 40), weighted by money.

    At base-year money: what is pooled of *all* spend falls with cuts even if nobody retreats, since reactive demand is met
    first.
    """
    change = o(f"cut_{trust}", "ceding")[:, :, :40] - o(f"level_{trust}", "ceding")[:, :, :40]
    return np.asarray(100.0 * np.average(change, axis=1, weights=_money(o)))


def _net(o: Observed, trust: str) -> Floats:
    """The same in the last year."""
    return np.asarray(ceding_change(o, trust)[:, _LAST_YEAR].mean(axis=1))


def net_trust(o: Observed) -> Floats:
    """Fact 11: what deep cuts do to pooling where trust is high."""
    return _net(o, "trust")


def net_distrust(o: Observed) -> Floats:
    """Fact 11: what deep cuts do to pooling where trust is low."""
    return _net(o, "distrust")


def mandate_money(o: Observed) -> Floats:
    """Fact 12: pooled share of health and care money, mandated less voluntary."""
    metric = "pooled_share_health_and_care"
    return _weighted(_year(o, "mandated", metric) - _year(o, "lsp", metric), _money(o, _HEALTH))


def mandate_wellbeing(o: Observed) -> Floats:
    """Fact 12: mean wellbeing, mandated less voluntary, in thousandths, weighted by people."""
    people = np.array([p.population for p in o.places])
    return 1000.0 * _weighted(_year(o, "mandated", "wellbeing") - _year(o, "lsp", "wellbeing"), people)


MEASURES: Final[dict[str, Callable[[Observed], Floats]]] = {
    one.__name__: one
    for one in (
        voluntary_share, top_up, top_up_later, better_joint_working, realised_over_planned, promised_over_delivered, full_redesign,
        full_redesign_england, payback,
        demand_effect, effect_early, median_lag, lags_in_range, harder_without, all_in_without, local_over_national,
        years_later, jobcentre_rank, preventive_share, others_gain, interest, retreat, net_trust, net_distrust,
        mandate_money, mandate_wellbeing,
    )
}
