"""The page of voluntary pooling against the top-up of a mandate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from scipy.stats import spearmanr

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.facts import Floats, interval
from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.numbers_in_words import number
from totalplace.sim.evidence.trade_off import CURVES, MEASURED, SPREAD_DRAWS, TradeOff, criteria, telling
from totalplace.sim.evidence.trade_off_figure import both

PAGE: Final = "trade-off.md"
#: Adult care, 150 councils (own estimate from the Revenue Outturn; other income, mostly NHS and joint funding, over gross spend: a
#: proxy): mean, standard deviation and quartiles in %.
PROXY: Final = (15.9, 6.6, 10.9, 20.0)
_SHORT: Final = {"voluntary_share": "voluntary, %", "top_up": "top-up 2015-16", "top_up_later": "top-up 2019-20"}


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
            middle = " / ".join(number(interval(values)[1]) for values in curve.found[name])
            label = f"`{curve.parameter}`: {meaning}" if i == 0 else ""
            at = " / ".join(f"{value:.3g}" for value in curve.values) if i == 0 else ""
            rows.append((label, at, _SHORT[name], middle))
    yield from table(("parameter", "values", "measure", "median at each"), rows)


def _telling(found: TradeOff) -> Iterator[str]:
    yield "## What would have to hold"
    yield ""
    chance, apart = telling(found)
    if not apart:
        yield "No parameter tells the draws that have all three from the rest by more than chance."
        yield ""
        return
    yield (
        "Parameters in which the draws that have all three differ most from the rest. Difference: of mean quantiles in the prior, "
        f"from −1 to 1; chance alone gives less than {chance:.2f}."
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
    return write_page(folder, PAGE, markdown(found), lambda: {"both": both(found)})
