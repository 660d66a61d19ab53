"""Voluntary pooling against the top-up of a mandate: whether one set of parameters can have both, and what stands in the way.

Published are a small voluntary pool (fact 1) and pools far above what statute demands (fact 2). Draws over the prior say how often
the model has each and all; curves from the default values say which parameter moves which; the parameters in which draws that have
all differ most from the rest say what would have to hold. N draws, P places.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import rankdata, spearmanr

from totalplace.scenarios import places as all_places
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.seeds import checked_seed
from totalplace.sim.evidence.fact_runs import MANDATE, Observed, chosen_places, draws, from_prior, observe
from totalplace.sim.evidence.facts import Criterion, Floats, facts, settings
from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.measures import MEASURES
from totalplace.sim.evidence.validation import interval
from totalplace.sim.evidence.validation_page import number

if TYPE_CHECKING:
    from totalplace.sim.evidence.facts import Setting

PAGE: Final = "trade-off.md"
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
#: Adult care, 150 councils (own estimate from the Revenue Outturn; other income, mostly NHS and joint funding, over gross spend: a
#: proxy): mean, standard deviation and quartiles in %.
PROXY: Final = (15.9, 6.6, 10.9, 20.0)


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
    where = tuple(places) or chosen_places()
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


def telling(found: TradeOff) -> list[tuple[str, float, float, float]]:
    """Parameters in which draws with all three differ most from the rest: name, median with, median without, difference.

    The difference is that of the mean quantiles in the prior, from -1 to 1. Empty where no draw, or each, has all three.
    """
    all_three = found.all_met().astype(bool)
    if not all_three.any() or all_three.all():
        return []
    ranks = np.apply_along_axis(rankdata, 0, found.sets) / len(found.sets)
    apart = ranks[all_three].mean(axis=0) - ranks[~all_three].mean(axis=0)
    medians = [np.median(found.sets[which], axis=0) for which in (all_three, ~all_three)]
    return [
        (list(PARAMETERS)[i], float(medians[0][i]), float(medians[1][i]), float(apart[i]))
        for i in np.argsort(-np.abs(apart), kind="stable")[:TELLING]
    ]


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


def markdown(found: TradeOff) -> str:
    """The page: both facts at default values and over the prior, curves, what tells draws apart, spread over places."""
    return "\n".join([*_head(found), *_both(found), *_curves(found), *_telling(found), *_places(found)]).rstrip() + "\n"


def _head(found: TradeOff) -> Iterator[str]:
    yield "# Voluntary pooling and the top-up"
    yield ""
    yield (
        "Left alone, councils and the NHS pooled little; where statute set a minimum, they pooled far more than they had to. Can "
        f"the model have both? {len(found.places)} places, {len(found.prior[MEASURED[0]])} draws over the prior, seeds from "
        f"{found.first_seed}; each draw is a picture of the country. Written by `totalplace validate --trade-off`."
    )
    yield ""
    yield "![Voluntary pooling and the top-up over the prior, and along the parameters that matter most](images/trade-off-both.png)"
    yield ""


def _span(values: Floats) -> str:
    low, middle, high = interval(values)
    return f"{number(middle)} ({number(low)} to {number(high)})"


def _both(found: TradeOff) -> Iterator[str]:
    yield "## At default values and over the prior"
    yield ""
    rows = []
    for name, one in criteria().items():
        unit = f" ({one.unit})" if one.unit else ""
        share = one.holds(found.default[name]).mean()
        rows.append((one.label + unit, one.published(), _span(found.default[name]), f"{100 * share:.0f}%",
                     _span(found.prior[name]), f"{100 * found.met(name).mean():.0f}%"))
    yield from table(("measure", "published", "default values, median (90%)", "in range", "prior, median (90%)", "in range"), rows)
    first, second, third = (found.met(name) for name in MEASURED)
    tops = first.astype(bool) & (second.astype(bool) | third.astype(bool))
    yield (
        f"All three together: {100 * found.all_met().mean():.1f}% of the draws over the prior; the voluntary pool and at least one "
        f"top-up {100 * tops.mean():.1f}%. If they were independent of one another, "
        f"{100 * first.mean() * second.mean() * third.mean():.1f}% would have all three."
    )
    yield ""


def _curves(found: TradeOff) -> Iterator[str]:
    yield "## Which parameter moves which"
    yield ""
    yield (
        f"One parameter at a time over its range, all else at default values; medians. The {CURVES} with the largest rank "
        "correlation with any of the three over the prior."
    )
    yield ""
    rows = []
    for curve in found.curves:
        meaning = PARAMETERS[curve.parameter].words or PARAMETERS[curve.parameter].meaning
        for i, name in enumerate(MEASURED):
            middle = " / ".join(number(float(np.median(values))) for values in curve.found[name])
            label = f"`{curve.parameter}`: {meaning}" if i == 0 else ""
            at = " / ".join(f"{value:.3g}" for value in curve.values) if i == 0 else ""
            rows.append((label, at, _SHORT[name], middle))
    yield from table(("parameter", "values", "measure", "median at each"), rows)


_SHORT: Final = {"voluntary_share": "voluntary, %", "top_up": "top-up 2015-16", "top_up_later": "top-up 2019-20"}


def _telling(found: TradeOff) -> Iterator[str]:
    yield "## What would have to hold"
    yield ""
    apart = telling(found)
    if not apart:
        yield "No draw over the prior has all three, or all have: there is nothing to tell apart."
        yield ""
        return
    yield (
        "Parameters in which the draws that have all three differ most from the rest. Difference: of mean quantiles in the prior, "
        "from −1 to 1."
    )
    yield ""
    rows = []
    for name, own, rest, difference in apart:
        row = PARAMETERS[name]
        rows.append((f"`{name}`", row.words or row.meaning, f"{row.low:g} to {row.high:g}", f"{row.default:g}", f"{own:.3g}",
                     f"{rest:.3g}", f"{difference:+.2f}"))
    yield from table(("parameter", "meaning", "range", "default", "median with all three", "without", "difference"), rows)


def _places(found: TradeOff) -> Iterator[str]:
    yield "## Spread over places"
    yield ""
    mean, deviation, low, high = PROXY
    yield (
        f"Default values, {len(found.population)} places, {SPREAD_DRAWS} draws: money pooled in % of all NHS and social care money "
        "of a place. Published beside it is a proxy, the other income of adult social care (mostly NHS and joint funding) over its "
        "gross spend: only its spread relative to its mean, and that it does not depend on size, can be compared."
    )
    yield ""
    proxy = "published proxy: other income of adult care"
    rows = [(proxy, number(mean), number(deviation / mean), f"{low:g}; {high:g}", "none", "")]
    for name, values in found.spread.items():
        quarters = np.median(np.quantile(values, (0.25, 0.75), axis=1), axis=1)
        with np.errstate(invalid="ignore"):
            varies = np.median(values.std(axis=1) / values.mean(axis=1))
        mean = float(np.median(values.mean(axis=1)))
        rows.append((name, number(mean), number(float(varies)), f"{quarters[0]:.1f}; {quarters[1]:.1f}",
                     _with_size(values, found.population), f"{100 * (values < 0.1).mean():.0f}%"))
    yield from table(("pooled", "mean, %", "spread over mean", "quartiles, %", "rank correlation with population",
                      "places below 0.1%"), rows)


def _with_size(values: Floats, population: Floats) -> str:
    """Median over draws of the rank correlation of ``values`` (N, P) with ``population`` (P,); none where all places are alike."""
    known = [spearmanr(row, population).statistic for row in values if np.ptp(row) > 0.0]
    return f"{np.median(known):+.2f}" if known else "none"


def write(found: TradeOff, folder: Path) -> list[Path]:
    """Write the page and its figure into a folder. Raises InputError when it cannot be written, DrawingFailed for the figure."""
    from totalplace.sim.evidence.trade_off_figure import both

    return write_page(folder, PAGE, markdown(found), lambda: {"both": both(found)})
