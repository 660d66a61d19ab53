"""Voluntary pooling against the top-up of a mandate: whether one set of parameters can have both, and what stands in the way.

Published are a small voluntary pool (fact 1) and pools far above what statute demands (fact 2). Draws over the prior say how often
the model has each and all; curves from the default values say which parameter moves which; the parameters in which draws that have
all differ most from the rest say what would have to hold. N draws, P places.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import rankdata, spearmanr

from totalplace.scenarios import places as all_places
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.seeds import checked_seed
from totalplace.sim.evidence.fact_runs import MANDATE, Observed, draws, from_prior, observe, places_by_rule
from totalplace.sim.evidence.facts import Criterion, Floats, facts, settings
from totalplace.sim.evidence.findings import DECIDES
from totalplace.sim.evidence.measures import MEASURES

if TYPE_CHECKING:
    from totalplace.sim.evidence.facts import Setting

#: What is weighed up: measures of facts 1 and 2.
MEASURED: Final = ("voluntary_share", "top_up", "top_up_later")
#: Parameters that get a curve, and parameters that are said to tell draws with all three from the rest.
CURVES: Final = 6
TELLING: Final = 8
#: Quantiles of the prior at which a curve is drawn, beside the default value.
QUANTILES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
#: Draws at default values, and behind each point of a curve.
DEFAULT_DRAWS: Final = 20
#: Draws at default values in all places of the year, behind the spread over places.
SPREAD_DRAWS: Final = 5


@dataclass(frozen=True, eq=False)
class Curve:
    """One parameter from the low to the high end of its prior, all else at default: ``found[measure]`` (len(values), N)."""

    parameter: str
    values: tuple[float, ...]
    found: dict[str, Floats]


@dataclass(frozen=True, eq=False)
class TradeOff:
    """``default[measure]`` and ``prior[measure]`` (N,); ``sets`` (N, parameters) behind the prior; ``spread[name]`` (N, P)."""

    default: dict[str, Floats]
    prior: dict[str, Floats]
    sets: Floats
    curves: tuple[Curve, ...]
    spread: dict[str, Floats]
    population: Floats
    places: tuple[str, ...]
    first_seed: int

    def met(self, measure: str) -> Floats:
        """Which draws over the prior (N,) lie in the range of a measure."""
        return np.asarray(criteria()[measure].holds(self.prior[measure]))

    def all_met(self) -> Floats:
        """Which draws over the prior (N,) have all of :data:`MEASURED`."""
        return np.asarray(np.all([self.met(name) for name in MEASURED], axis=0))


def criteria() -> dict[str, Criterion]:
    """The published range of each measure, as the facts have it."""
    every = {one.measure: one for fact in facts() for one in fact.criteria}
    return {name: every[name] for name in MEASURED}


def _asked() -> list[Setting]:
    """The settings behind the measures, without what is looked at for other facts."""
    return [replace(settings()[name], watch="") for name in ("joint_no_cuts", "bcf", "bcf_floor")]


def _measured(seen: Observed) -> dict[str, Floats]:
    return {name: MEASURES[name](seen) for name in MEASURED}


def weigh(
    runs: int = 1000, places: Sequence[str] = (), first_seed: int = 1, threads: int | None = None,
    progress: Callable[[int, int], None] | None = None, spread_over: Sequence[str] = (),
) -> TradeOff:
    """Measure facts 1 and 2 at default values, over ``runs`` draws of the prior, and along the parameters that matter most.

    The spread over places is measured in ``spread_over``, by default in every place. Raises InputError for unknown places or
    numbers that cannot be, LedgerError.
    """
    runs, first_seed = whole(runs, "number of draws"), checked_seed(first_seed)
    where = tuple(places) or places_by_rule()
    every = tuple(spread_over) or tuple(place.name for place in all_places.names())
    asked = _asked()
    points = len(QUANTILES) + 1
    each = len(asked) * len(where)
    total = each * (runs + DEFAULT_DRAWS * (1 + CURVES * points)) + len(asked) * len(every) * SPREAD_DRAWS
    done = [0]

    def tell(more: int) -> None:
        done[0] += more
        if progress is not None:
            progress(done[0], total)

    def measure(sets: Floats, names: Sequence[str] = where) -> Observed:
        return observe(asked, names, sets, first_seed, threads, tell)

    sets = draws("prior", runs)
    prior = _measured(measure(sets))
    curves = []
    for name in strongest(sets, prior)[:CURVES]:
        row = PARAMETERS[name]
        quantiles = from_prior(row, np.array(QUANTILES))
        values = tuple(sorted((row.default, *map(float, quantiles[~np.isclose(quantiles, row.default)]))))
        found = [_measured(measure(_with(name, value))) for value in values]
        curves.append(Curve(name, values, {key: np.stack([one[key] for one in found]) for key in MEASURED}))
    default = _measured(measure(draws("default", DEFAULT_DRAWS)))
    spread = _spread(measure(draws("default", SPREAD_DRAWS), every))
    people = np.array([all_places.load(name).population for name in every])
    return TradeOff(default, prior, sets, tuple(curves), spread, people, where, first_seed)


def _with(name: str, value: float) -> Floats:
    """Default values with one parameter at ``value`` (:data:`DEFAULT_DRAWS`, parameters)."""
    sets = draws("default", DEFAULT_DRAWS)
    sets[:, list(PARAMETERS).index(name)] = value
    return sets


def strongest(sets: Floats, found: dict[str, Floats]) -> list[str]:
    """Parameters by the largest rank correlation (in size) with any measure over draws ``sets`` (N, parameters)."""
    size = np.zeros(sets.shape[1])
    for values in found.values():
        known = np.isfinite(values)
        ranks = rankdata(values[known])
        if ranks.std() > 0.0:
            size = np.maximum(size, np.abs([spearmanr(column, ranks).statistic for column in sets[known].T]))
    return [list(PARAMETERS)[i] for i in np.argsort(-size, kind="stable")]


def telling(found: TradeOff) -> tuple[float, list[tuple[str, float, float, float]]]:
    """What chance gives, and the parameters in which draws with all three differ from the rest by more.

    Of a parameter: name, median with all three, median without, difference of the mean quantiles in the prior, from -1 to 1. By
    chance that is less than :data:`DECIDES` standard errors, ``sqrt((1/with + 1/without) / 12)``. None where no draw, or each, has
    all three.
    """
    all_three = found.all_met().astype(bool)
    if not all_three.any() or all_three.all():
        return 1.0, []
    chance = DECIDES * np.sqrt((1.0 / all_three.sum() + 1.0 / (~all_three).sum()) / 12.0)
    ranks = np.apply_along_axis(rankdata, 0, found.sets) / len(found.sets)
    apart = ranks[all_three].mean(axis=0) - ranks[~all_three].mean(axis=0)
    medians = [np.median(found.sets[which], axis=0) for which in (all_three, ~all_three)]
    order = [i for i in np.argsort(-np.abs(apart), kind="stable")[:TELLING] if abs(apart[i]) > chance]
    return float(chance), [(list(PARAMETERS)[i], float(medians[0][i]), float(medians[1][i]), float(apart[i])) for i in order]


def _spread(seen: Observed) -> dict[str, Floats]:
    """Money pooled by place and draw (N, P), in % of all NHS and social care money of the place at the start."""
    lines = np.array([place.nhs + place.social_care for place in seen.places])
    year = slice(MANDATE + 16, MANDATE + 20)
    pooled, least = (seen(name, "pooled_budget")[:, :, year].mean(axis=2) for name in ("bcf", "bcf_floor"))
    return {
        "voluntary, year 8": seen("joint_no_cuts", "section_75_share")[:, :, 28:32].mean(axis=2),
        "under the mandate, 2019-20": 100.0 * pooled / lines,
        "over the minimum, 2019-20": 100.0 * (pooled - least) / lines,
    }
