"""Validation: every fact of the registry held against the model over draws of the posterior, in places and a year held out.

A draw is one picture of the country (:mod:`totalplace.sim.evidence.fact_runs`). The verdicts rest on draws of the kind asked for;
prior draws in the same places, on the same seeds, say how much narrower the model became. Published figures are of England: what
chance does to a few places is no part of what is not known of it, so that for facts with a figure each place has several histories,
as many runs together as England has places. N draws.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import rankdata

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.places import load
from totalplace.scenarios.places.shapes import USUAL_YEAR
from totalplace.sim.engine.seeds import checked_seed, seeds_from
from totalplace.sim.evidence.calibration.pictures import in_year, needed
from totalplace.sim.evidence.fact_runs import Observed, draws, observe, places_by_rule, runs_of
from totalplace.sim.evidence.facts import LISTED, REPRODUCED, Criterion, Fact, Floats, Setting, facts, settings
from totalplace.sim.evidence.findings import Finding, Measured
from totalplace.sim.evidence.former_measures import FORMER
from totalplace.sim.evidence.held_out import HELD_OUT_YEAR, chosen_places
from totalplace.sim.evidence.lever_signs import TRIALS, Push, lever_signs
from totalplace.sim.evidence.measures import MEASURES
from totalplace.sim.evidence.null_models import Contest, contests
from totalplace.sim.evidence.panel.regressions import linearmodels
from totalplace.sim.evidence.resampling import Resampled, resample

DRAWS: Final = ("default", "prior", "posterior")
#: Fewest runs a lever value and place get for the table of signs.
SIGN_SHARE: Final = 0.1
FEWEST_SIGN_RUNS: Final = 3
#: The rule by which criteria were judged before: met where so many draws lie in the range.
FORMERLY_MET: Final = 2 / 3

#: Histories of each place in a draw, for facts with a published figure: of 24 places 144, where England had 148 in 2010-11.
HISTORIES: Final = 6

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Validation:
    """What ``totalplace validate`` found; ``again``: verdicts in resamples of the draws, ``year_again``: of the other year."""

    findings: tuple[Finding, ...]
    contests: tuple[Contest, ...]
    signs: tuple[Push, ...]
    draw: str
    places: tuple[str, ...]
    runs: int
    first_seed: int
    by_rule: bool
    sign_runs: int
    sign_places: tuple[str, ...]
    again: Resampled
    year_again: Resampled
    histories: int = HISTORIES

    def reproduced(self, figure: bool) -> list[Finding]:
        """Facts reproduced among those with a published figure, or among those with a direction only."""
        return [finding for finding in self.judged(figure) if finding.verdict == REPRODUCED]

    def judged(self, figure: bool) -> list[Finding]:
        """Facts that are counted: those with a published figure, or those with a direction only."""
        return [finding for finding in self.findings if finding.verdict and finding.fact.figure == figure]


def rank_correlations(parameters: Floats, values: Floats) -> Floats:
    """Spearman's rank correlation of each column of ``parameters`` (N, F) with ``values`` (N,); 0 where nothing varies."""
    known = ~np.isnan(values)
    if known.sum() < 3:
        return np.zeros(parameters.shape[1])
    ranks = rankdata(parameters[known], axis=0)
    outcome = rankdata(values[known])
    ranks, outcome = ranks - ranks.mean(axis=0), outcome - outcome.mean()
    scale = np.sqrt((ranks**2).sum(axis=0) * (outcome**2).sum())
    return np.asarray(np.divide(ranks.T @ outcome, scale, out=np.zeros(parameters.shape[1]), where=scale > 0.0))


@dataclass(frozen=True, eq=False)
class Pictures:
    """What was observed of draws: ``country`` has every history of every place in the settings of facts with a figure.

    ``once`` has one history of each place, in every setting.
    """

    country: Observed
    once: Observed

    def of(self, fact: Fact) -> Observed:
        """Where a fact is measured."""
        return self.country if fact.figure else self.once


@dataclass(frozen=True, eq=False)
class Seen:
    """What was observed: draws of the verdict and of the prior; ``year`` and ``year_prior``: the same in the year held out."""

    values: Pictures
    prior: Pictures
    year: Pictures
    year_prior: Pictures


def _measure(criterion: Criterion, fact: Fact, seen: Seen) -> Measured:
    measure, nothing = MEASURES[criterion.measure], np.zeros(0)
    listed = criterion.role == LISTED
    prior = nothing if listed else measure(seen.prior.of(fact))
    years = [measure(one.of(fact)) if fact.other_year and not listed else nothing for one in (seen.year, seen.year_prior)]
    correlations = nothing if listed else rank_correlations(seen.prior.once.parameters, prior)
    return Measured(criterion, measure(seen.values.of(fact)), prior, years[0], years[1], correlations)


def find(seen: Seen) -> tuple[Finding, ...]:
    """Every fact measured on what was observed; criteria of before on one history of each place."""
    every = MEASURES | FORMER
    return tuple(
        Finding(fact, tuple(_measure(one, fact, seen) for one in fact.criteria),
                tuple((one, every[one.measure](seen.values.once)) for one in fact.former))
        for fact in facts()
    )


def of_figures(place: str) -> frozenset[str]:
    """The settings that facts with a figure are measured in, found by measuring them once in a place."""
    return frozenset(one.name for one in needed([one.measure for fact in facts() if fact.figure for one in fact.criteria], place))


def _once(seen: Observed, places: int) -> Observed:
    """The first history of each of so many places."""
    data = {name: {key: values[:, :places] for key, values in kept.items()} for name, kept in seen.data.items()}
    return Observed(seen.places[:places], seen.parameters, data)


def check(runs: int, places: Sequence[str], draw: str) -> None:
    """Raise InputError for what cannot be validated."""
    if draw not in DRAWS:
        raise InputError(f"no draws are called '{draw}'", allowed=", ".join(DRAWS))
    whole(runs, "number of draws")
    for number, name in enumerate(places):
        if load(name).code in [load(other).code for other in places[:number]]:
            raise InputError(f"the place '{name}' is given twice", allowed="each place once")


def validate(runs: int = 200, places: Sequence[str] = (), draw: str = "posterior", first_seed: int = 1,
             threads: int | None = None, progress: Progress | None = None, histories: int = HISTORIES) -> Validation:
    """Validate the model: ``runs`` draws for the verdicts and as many of the prior, both also in the year held out; lever signs.

    ``places``: names or codes; by default those held out; each has so many ``histories`` in a draw where a fact has a figure.
    Raises InputError for unknown places or draws, or where linearmodels, which a rule beside the model needs, is not installed.
    """
    check(runs, places, draw)
    linearmodels()
    runs, first_seed = whole(runs, "number of draws"), checked_seed(first_seed)
    where = tuple(load(name).name for name in places) or chosen_places()
    seeds_from(first_seed, len(where) * runs * histories)
    every = list(settings().values())
    judged = [one for one in every if not one.aside]
    later = [in_year(one, HELD_OUT_YEAR) for one in judged if f"year={HELD_OUT_YEAR}" not in one.set]
    sign_places, sign_runs = places_by_rule(), max(FEWEST_SIGN_RUNS, round(SIGN_SHARE * runs))
    figures = of_figures(where[0])
    total = runs * sum(runs_of([one], len(where) * (histories if one.name in figures else 1))
                       for part in (every, judged, later, later) for one in part)
    total += 2 * sign_runs * len(sign_places) * len(TRIALS)
    done = [0]

    def tell(more: int) -> None:
        done[0] += more
        if progress is not None:
            progress(done[0], total)

    def pictures(asked: list[Setting], parameters: Floats, year: str = USUAL_YEAR) -> Pictures:
        national = [one for one in asked if one.name in figures]
        local = [one for one in asked if one.name not in figures]
        country = observe(national, where * histories, parameters, first_seed, threads, tell, year=year)
        once = observe(local, where, parameters, first_seed, threads, tell, year=year)
        return Pictures(country, Observed(once.places, parameters, _once(country, len(where)).data | once.data))

    own, prior = draws(draw, runs), draws("prior", runs)
    seen = Seen(pictures(every, own), pictures(judged, prior), pictures(later, own, HELD_OUT_YEAR),
                pictures(later, prior, HELD_OUT_YEAR))
    with np.errstate(all="ignore"):
        findings = find(seen)
        again, year_again = (resample(findings, year) for year in (False, True))
    signs = lever_signs(sign_places, sign_runs, progress=tell)
    return Validation(
        findings, contests(seen.values.country, seen.values.once), tuple(signs), draw, where, runs, first_seed, not places,
        sign_runs, sign_places, again, year_again, histories,
    )
