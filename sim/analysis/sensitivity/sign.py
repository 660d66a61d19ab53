"""Sign against size: what decides whether a result is above zero, and what decides how much it is where it is.

The two need not be the same. Sign is told by Monte Carlo filtering (Hornberger and Spear 1981, Journal of Environmental Management
12): the two-sample Kolmogorov-Smirnov distance of a factor between points above zero and points below. Size is told by Spearman's
rank correlation of a factor with the result among the points above zero. A factor is named where chance alone would name any of
them in one case of twenty (Bonferroni over the factors). D factors, N independent points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.sim.analysis.cases import Varied
    from totalplace.sim.model.metrics import Metric

#: Chance of naming any factor if none matters, and fewest points on either side of zero.
FALSE_ALARM: Final = 0.05
FEWEST: Final = 10
#: Factors that a sentence names.
NAMED: Final = 3


def sign_and_size(points: pd.DataFrame, values: NDArray[np.float64], factors: Sequence[Varied]) -> pd.DataFrame | None:
    """For each factor how far it decides the sign of values (N,), and the size of those above zero; the surest of the sign first.

    Columns: factor; sign, the distance from 0 to 1, with sign_way (1 where more of it makes a result above zero more frequent, -1
    less); size, the rank correlation; decides_sign and decides_size. Choices, which have no order, are left out. None where fewer
    than ten points lie on either side.
    """
    import pandas as pd
    from scipy.stats import ks_2samp, spearmanr

    there = ~np.isnan(values)
    above = values[there] > 0.0
    if min(int(above.sum()), int((~above).sum())) < FEWEST:
        return None
    ordered = [factor.name for factor in factors if not factor.choices]
    rows = []
    for name in ordered:
        column = points[name].to_numpy(np.float64)[there]
        test = ks_2samp(column[above], column[~above], method="asymp")
        size = spearmanr(column[above], values[there][above]) if np.ptp(column[above]) > 0.0 else None
        rows.append({
            "factor": name, "sign": float(test.statistic),
            "sign_way": 1 if np.median(column[above]) >= np.median(column[~above]) else -1,
            "size": float("nan") if size is None else float(size.statistic),
            "decides_sign": bool(test.pvalue * len(ordered) < FALSE_ALARM),
            "decides_size": size is not None and bool(size.pvalue * len(ordered) < FALSE_ALARM),
        })
    return pd.DataFrame(rows).sort_values("sign", ascending=False, kind="stable", ignore_index=True) if rows else None


def sentences(table: pd.DataFrame | None, values: NDArray[np.float64], metric: Metric, factors: Sequence[Varied]) -> list[str]:
    """What decides whether the metric is above zero, what decides how much it is, and why the two differ."""
    known = values[~np.isnan(values)]
    share, name = float(np.mean(known > 0.0)), f"{metric.label[:1].upper()}{metric.label[1:]}"
    if table is None:
        if share in (0.0, 1.0):
            return [f"{name} is {'always' if share else 'never'} above zero: nothing in these ranges decides its sign."]
        return [f"{name} is above zero in {100 * share:.0f}% of {count(len(known), 'point')}. What decides its sign takes {FEWEST} "
                "points or more on each side."]
    words = {factor.name: factor.short for factor in factors}
    sign = table[table["decides_sign"]].head(NAMED)
    size = table[table["decides_size"]].sort_values("size", key=abs, ascending=False).head(NAMED)
    whether = [f"{words[row.factor]} ({'more' if row.sign_way > 0 else 'less'} of it helps)" for row in sign.itertuples()]
    much = [f"{words[row.factor]} (rank correlation {row.size:+.2f})".replace("-", "\u2212") for row in size.itertuples()]
    said = [
        f"Whether {metric.label} is above zero ({100 * share:.0f}% of {count(len(known), 'point')}): {_decided_by(whether)}.",
        f"How much it is, where it is above zero: {_decided_by(much)}.",
    ]
    return [*said, *_why(list(sign["factor"]), list(size["factor"]), table, words)]


def _decided_by(told: list[str]) -> str:
    if not told:
        return "no factor decides it beyond chance"
    return f"{listing(told)} {'decide' if len(told) > 1 else 'decides'} it"


def _why(sign: list[str], size: list[str], table: pd.DataFrame, words: dict[str, str]) -> list[str]:
    """Why the factors of the sign are others than those of the size, in the figures of both."""
    row = table.set_index("factor")
    only_sign, only_size = ([name for name in one if name not in other] for one, other in ((sign, size), (size, sign)))
    if not only_sign and not only_size:
        return ["The same factors decide both."] if sign else []
    parts = []
    if only_sign:
        told = listing([f"{words[name]} ({abs(row.loc[name, 'size']):.2f})" for name in only_sign])
        parts.append(f"{told} {_verb('carry', only_sign)} results across zero but {_verb('matter', only_sign)} less for how "
                     "much it is (rank correlation in brackets)")
    if only_size:
        told = listing([f"{words[name]} ({row.loc[name, 'sign']:.2f})" for name in only_size])
        parts.append(f"{told} {_verb('scale', only_size)} how much it is but {_verb('differ', only_size)} less between points "
                     "above zero and points below (distance in brackets, from 0 to 1)")
    return [f"They differ because {'; '.join(parts)}."]


def _verb(verb: str, names: list[str]) -> str:
    one = f"{verb[:-1]}ies" if verb.endswith("y") else f"{verb}s"
    return one if len(names) == 1 else verb


__all__ = ["FEWEST", "sentences", "sign_and_size"]
