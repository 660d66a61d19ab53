"""Validation: every fact of the registry held against the model over many draws and a mix of real places.

A draw is one picture of the country (:mod:`totalplace.sim.evidence.fact_runs`). The verdicts rest on draws of the kind asked for;
prior draws are always made too, to say which parameters decide a verdict (rank correlation).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import rankdata

from totalplace.scenarios import posterior
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.places import load
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.seeds import checked_seed, seeds_from
from totalplace.sim.evidence.deciding_parameters import Decides, in_range_by
from totalplace.sim.evidence.fact_runs import Observed, chosen_places, draws, observe
from totalplace.sim.evidence.facts import Criterion, Fact, Floats, criterion_verdict, fact_verdict, facts, settings
from totalplace.sim.evidence.former_measures import FORMER
from totalplace.sim.evidence.lever_signs import TRIALS, Push, lever_signs
from totalplace.sim.evidence.measures import MEASURES
from totalplace.sim.results.run import BAND

DRAWS: Final = ("default", "prior", "posterior")
#: Draws behind the rank correlations for each draw behind the verdicts.
PRIOR_MULTIPLE: Final = 2
#: Fewest runs a lever value and place get for the table of signs.
SIGN_SHARE: Final = 0.2
FEWEST_SIGN_RUNS: Final = 3
#: A parameter counts as deciding a criterion from this rank correlation, in standard errors of one of no relation: with 170
#: parameters one in twenty criteria names any by chance (Bonferroni).
DECIDES: Final = 3.6
MOST_NAMED: Final = 3

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Measured:
    """A criterion on the model: draws (N,) of the verdict and of the prior, medians of single places (P,).

    ``posterior``: draws of the posterior, none if there is none. ``correlations`` are rank correlations of each parameter with
    the measure over the prior draws, in registry order; ``turns_on`` are those that decide whether a prior draw is in range.
    """

    criterion: Criterion
    values: Floats
    prior: Floats
    posterior: Floats
    by_place: Floats
    correlations: Floats
    turns_on: tuple[Decides, ...]

    @property
    def share(self) -> float:
        """Share of the draws in the range."""
        return float(self.criterion.holds(self.values).mean())

    @property
    def prior_share(self) -> float:
        """Share of the prior draws in the range."""
        return float(self.criterion.holds(self.prior).mean())

    @property
    def posterior_share(self) -> float:
        """Share of the draws of the posterior in the range; NaN without a posterior."""
        return float(self.criterion.holds(self.posterior).mean()) if len(self.posterior) else float("nan")

    @property
    def verdict(self) -> str:
        """Met, half met or not, in the words of the verdicts on facts."""
        return criterion_verdict(self.share)

    def deciding(self) -> list[tuple[str, float]]:
        """The parameters that decide the measure, strongest first, at most three: name and rank correlation."""
        limit = DECIDES / np.sqrt(max(1, np.isfinite(self.prior).sum() - 1))
        order = np.argsort(-np.abs(self.correlations))[:MOST_NAMED]
        return [(list(PARAMETERS)[i], float(self.correlations[i])) for i in order if abs(self.correlations[i]) > limit]


@dataclass(frozen=True, eq=False)
class Finding:
    """A fact and what was measured of it; ``former``: by criteria that others took the place of."""

    fact: Fact
    measured: tuple[Measured, ...]
    former: tuple[Measured, ...] = ()

    @property
    def former_verdict(self) -> str:
        """The verdict by the criteria of before; nothing where they are those of today."""
        return fact_verdict([one.share for one in self.former]) if self.former else ""

    @property
    def verdict(self) -> str:
        """Reproduced, partly or not."""
        return fact_verdict([one.share for one in self.measured])

    @property
    def prior_verdict(self) -> str:
        """The same over the prior draws."""
        return fact_verdict([one.prior_share for one in self.measured])

    @property
    def posterior_verdict(self) -> str:
        """The same over the posterior; nothing without one."""
        if not len(self.measured[0].posterior):
            return ""
        return fact_verdict([one.posterior_share for one in self.measured])


@dataclass(frozen=True, eq=False)
class Validation:
    """What ``totalplace validate`` found."""

    findings: tuple[Finding, ...]
    signs: tuple[Push, ...]
    draw: str
    places: tuple[str, ...]
    runs: int
    first_seed: int
    by_rule: bool
    observed: Observed
    sign_runs: int


def interval(values: Floats) -> tuple[float, float, float]:
    """Low end of the 90% interval, median and high end; draws that cannot be measured are left out, NaN if all are."""
    known = values[~np.isnan(values)]
    if not len(known):
        return (float("nan"),) * 3
    low, middle, high = np.quantile(known, (BAND[0], 0.5, BAND[1]), method="nearest")
    return float(low), float(middle), float(high)


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


def _measure(criterion: Criterion, seen: Observed, prior: Observed, posterior: Observed | None) -> Measured:
    measure = (MEASURES | FORMER)[criterion.measure]
    over_prior = measure(prior)
    over_posterior = np.zeros(0) if posterior is None else measure(posterior)
    by_place = np.array([interval(measure(seen.at(p)))[1] for p in range(len(seen.places))])
    correlations = rank_correlations(prior.parameters, over_prior)
    turns_on = tuple(in_range_by(prior.parameters, criterion.holds(over_prior))[:MOST_NAMED])
    return Measured(criterion, measure(seen), over_prior, over_posterior, by_place, correlations, turns_on)


def find(seen: Observed, prior: Observed, posterior: Observed | None = None) -> tuple[Finding, ...]:
    """Every fact measured on what was observed."""
    def measured(criteria: Sequence[Criterion]) -> tuple[Measured, ...]:
        return tuple(_measure(criterion, seen, prior, posterior) for criterion in criteria)

    return tuple(Finding(fact, measured(fact.criteria), measured(fact.former)) for fact in facts())


def check(runs: int, places: Sequence[str], draw: str) -> None:
    """Raise InputError for what cannot be validated."""
    if draw not in DRAWS:
        raise InputError(f"no draws are called '{draw}'", allowed=", ".join(DRAWS))
    whole(runs, "number of draws")
    for number, name in enumerate(places):
        if load(name).code in [load(other).code for other in places[:number]]:
            raise InputError(f"the place '{name}' is given twice", allowed="each place once")


def validate(runs: int = 100, places: Sequence[str] = (), draw: str = "default", first_seed: int = 1,
             threads: int | None = None, progress: Progress | None = None) -> Validation:
    """Validate the model: ``runs`` draws for the verdicts, as many of the posterior, twice as many of the prior; lever signs.

    ``places``: names or codes; by default eight chosen by rule. Raises InputError for unknown places or draws.
    """
    check(runs, places, draw)
    runs, first_seed = whole(runs, "number of draws"), checked_seed(first_seed)
    where = tuple(load(name).name for name in places) or chosen_places()
    needed = list(settings().values())
    prior_runs = PRIOR_MULTIPLE * runs
    seeds_from(first_seed, len(where) * prior_runs)
    sign_runs = max(FEWEST_SIGN_RUNS, round(SIGN_SHARE * runs))
    other = {draw, "posterior"} - {"prior"} if posterior.FILE.exists() else {draw} - {"prior"}
    total = len(where) * (len(needed) * (len(other) * runs + prior_runs) + 2 * sign_runs * len(TRIALS))
    done = [0]

    def tell(more: int) -> None:
        done[0] += more
        if progress is not None:
            progress(done[0], total)

    prior = observe(needed, where, draws("prior", prior_runs), first_seed, threads, tell)
    found = {kind: observe(needed, where, draws(kind, runs), first_seed, threads, tell) for kind in other}
    seen = found.get(draw, prior)
    signs = lever_signs(where, sign_runs, progress=tell)
    findings = find(seen, prior, found.get("posterior"))
    return Validation(findings, tuple(signs), draw, where, len(seen.parameters), first_seed, not places, seen, sign_runs)
