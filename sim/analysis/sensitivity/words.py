"""What a sensitivity analysis says, and what a reader has to know before believing it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.sim.analysis.sensitivity.sign import NAMED
from totalplace.sim.results.wording import amount, count, listing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.sim.analysis.cases import Cases
    from totalplace.sim.analysis.sensitivity.analysis import Indices
    from totalplace.sim.model.metrics import Metric

#: The measure that ranks factors, by design.
_MEASURES: Final[Mapping[str, str]] = {"sobol": "total", "morris": "effect"}
#: Half-width of an interval above which a reader is told that samples are too few.
WIDE: Final = 0.1
#: Total index below which a factor hardly matters, however high it ranks.
NOTABLE: Final = 0.05
#: Rank correlation above which a factor is said to raise or lower a metric.
CLEAR: Final = 0.1


def sentences(
    indices: Indices | None, scores: pd.DataFrame, kind: str, metric: Metric, cases: Cases, values: NDArray[np.float64]
) -> tuple[str, ...]:
    """Which factors decide the metric, how surely, and in which direction; ``values`` (P,) are the results that are scored."""
    words = {factor.name: factor.words for factor in cases.factors}
    first = leaders(indices, scores, kind)
    if not first:
        return (_none(indices, scores, metric, words, values),)
    if indices is None:
        said = [_of_scores(first, int((~np.isnan(values)).sum()), metric, words)]
    else:
        said = (_of_sobol if kind == "sobol" else _of_morris)(indices, first, metric, words)
    means = {factor.name: f"{factor.short} stands for “{factor.meaning}”" for factor in cases.factors
             if f"({factor.meaning})" not in factor.words}
    if told := [means[name] for name in first if name in means]:
        said.append(f"Here {listing(told)}.")
    return (*said, *_directions(first, scores, metric, words))


def leaders(indices: Indices | None, scores: pd.DataFrame, kind: str) -> list[str]:
    """The factors that a sentence names, the most influential first: by scores those beyond chance, else those above zero."""
    if indices is None:
        return list(scores.loc[scores["beyond_chance"], "factor"][:NAMED])
    low = indices.table.set_index("factor")[f"{_MEASURES[kind]}_low"]
    return [name for name in indices.named if low[name] > 0.0]


def _none(indices: Indices | None, scores: pd.DataFrame, metric: Metric, words: dict[str, str], values: NDArray[np.float64]) -> str:
    known = values[~np.isnan(values)]
    if same(known):
        return f"Nothing that is varied decides {metric.label}: it is the same at every point."
    first = f"{len(known)} points cannot tell any of {count(len(words), 'factor')} from chance"
    if indices is not None:
        return f"{first}: what decides {metric.label} is not known from them."
    top = scores.iloc[0]
    return (f"{first}: what decides {metric.label} is not known from them. The highest feature score, {top['score']:.3f} of "
            f"{words[top['factor']]}, is no higher than one without influence can have.")


def same(known: NDArray[np.float64]) -> bool:
    """Whether results that are there are all the same, but for rounding."""
    return bool(np.ptp(known) <= 1e-12 * np.abs(known).max())


def _of_scores(leaders: list[str], points: int, metric: Metric, words: dict[str, str]) -> str:
    most = f"{listing([words[name] for name in leaders])} {'matter' if len(leaders) > 1 else 'matters'} most for {metric.label}"
    alone = "" if len(leaders) in (NAMED, len(words)) else f"; {points} points cannot tell any other from chance"
    return f"By feature scores, {most}{alone}."


def _of_sobol(indices: Indices, leaders: list[str], metric: Metric, words: dict[str, str]) -> list[str]:
    total = indices.table.set_index("factor")["total"]
    told = [f"{words[name]} ({total[name]:.2f})" for name in leaders]
    strong = sum(float(total[name]) >= NOTABLE for name in leaders) or len(told)
    named, weak = listing(told[:strong]), listing(told[strong:])
    next_to = "comes next and hardly matters" if len(told) - strong == 1 else "come next and hardly matter"
    verb, rest = "decide" if strong > 1 else "alone decides", f"; {weak} {next_to}" if weak else ""
    first = float(indices.table["first"].clip(lower=0).sum())
    alone = min(1.0, first)
    return [
        f"{named[:1].upper()}{named[1:]} {verb} {metric.label}{' most' if strong > 1 else ''}{rest}: these have the greatest "
        f"total indices, in {100 * indices.certainty:.0f}% of bootstrap samples too.",
        f"Factors one by one explain {100 * alone:.0f}% of its variance, their interactions the rest.",
    ]


def _of_morris(indices: Indices, leaders: list[str], metric: Metric, words: dict[str, str]) -> list[str]:
    effect = indices.table.set_index("factor")["effect"]
    named = listing([f"{words[name]} ({amount(float(effect[name]), metric.unit)})" for name in leaders])
    return [f"{named[:1].upper()}{named[1:]} {'move' if len(leaders) > 1 else 'moves'} {metric.label} most: mean absolute effect "
            "over the whole range."]


def _directions(leaders: list[str], scores: pd.DataFrame, metric: Metric, words: dict[str, str]) -> list[str]:
    correlation = scores.set_index("factor")["rank_correlation"]
    up = [words[name] for name in leaders if correlation.get(name, 0.0) > CLEAR]
    down = [words[name] for name in leaders if correlation.get(name, 0.0) < -CLEAR]
    said = []
    for names, verb in ((up, "more"), (down, "less")):
        if names:
            said.append(f"With more {listing(names)} there is {verb} {metric.label}.")
    return said


def warnings(
    indices: Indices | None, scores: pd.DataFrame, kind: str, cases: Cases, values: NDArray[np.float64]
) -> tuple[str, ...]:
    """Missing runs, intervals that include zero, samples that are too few, and scores that are within chance."""
    if indices is None:
        only = f"The design is {kind}: feature scores rank factors, but give no shares of variance."
        return (only, *_within_chance(scores, values[~np.isnan(values)]), *_missing(cases))
    words = {factor.name: factor.words for factor in cases.factors}
    block = "blocks of Sobol points" if kind == "sobol" else "trajectories"
    noted = []
    if indices.dropped:
        noted.append(
            f"{count(cases.missing, 'run')} missing: {indices.dropped} of {indices.used + indices.dropped} {block} were left "
            "out whole."
        )
    measure, table = _MEASURES[kind], indices.table
    nothing = [words[name] for name in table.loc[table[f"{measure}_low"] <= 0.0, "factor"]]
    if nothing:
        noted.append(f"Intervals include zero, so that no influence is shown: {listing(nothing)}.")
    if kind == "sobol":
        noted += _sobol_doubts(table, indices, WIDE)
    elif indices.used < 10:
        noted.append(f"Only {indices.used} trajectories; ten or more are usual.")
    return tuple(noted)


def _sobol_doubts(table: pd.DataFrame, indices: Indices, wide: float) -> list[str]:
    noted = []
    half = float(((table["total_high"] - table["total_low"]) / 2).max())
    if half > wide:
        noted.append(
            f"Samples are few: the widest interval of a total index is ±{half:.2f}. Four times as many base samples as "
            f"the {indices.used:,} used would halve it."
        )
    below = int((table["first"] < 0).sum())
    if below:
        noted.append(f"{count(below, 'first-order index', 'first-order indices')} below zero: sampling error, read as zero.")
    if indices.certainty < 0.9:
        noted.append("The order of the most influential factors is not certain: see the intervals.")
    return noted


def _within_chance(scores: pd.DataFrame, known: NDArray[np.float64]) -> list[str]:
    within, points = int((~scores["beyond_chance"]).sum()), len(known)
    if not within or same(known):
        return []
    return [f"{within} of {count(len(scores), 'factor')} cannot be told from chance with {count(points, 'point')}: their order in "
            "the table says nothing. More points would tell."]


def _missing(cases: Cases) -> tuple[str, ...]:
    return (f"{count(cases.missing, 'run')} missing and left out.",) if cases.missing else ()
