"""The parts of a difference in a table, in sentences and in a waterfall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from totalplace.sim.results.answers import Answer
from totalplace.sim.results.monte_carlo import in_band, too_few
from totalplace.sim.results.run import BAND
from totalplace.sim.results.setting import uncertainties_words, what_if_words
from totalplace.sim.results.wording import amount, count, is_percentage, listing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.model.metrics import Metric

#: Groups named in the sentence.
NAMED = 3


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Decomposition(Answer):
    """Parts (groups, runs) of the difference of ``metric`` between two scenarios, by group of differences and seed.

    ``parts.sum(axis=0)`` is ``total`` (R,) to rounding. ``exact`` says whether every set was played; if not, ``errors`` (groups,)
    are the standard errors of the mean parts that sampling orders leaves.
    """

    metric: Metric
    groups: tuple[str, ...]
    parts: NDArray[np.float64]
    total: NDArray[np.float64]
    start: NDArray[np.float64]
    exact: bool
    errors: NDArray[np.float64]


def answer(
    first: Scenario, second: Scenario, metric: Metric, groups: Sequence[str], parts: NDArray[np.float64],
    start: NDArray[np.float64], total: NDArray[np.float64], exact: bool, errors: NDArray[np.float64], teams: int,
) -> Decomposition:
    """The decomposition, the greatest part first."""
    from totalplace.sim.analysis.decomposition.figure import waterfall

    order = np.argsort(-np.abs(parts.mean(axis=1)), kind="stable")
    groups, parts, errors = [groups[i] for i in order], parts[order], errors[order]
    table = _table(groups, parts, total, errors)
    runs = len(total)
    names = (first.name, second.name if second.name != first.name else f"{second.name}, changed")
    where = first.place_shown
    source = f"{names[0]} and {names[1]} in {where}, {count(runs, 'seed')} in each of {teams:,} mixtures; "
    source += uncertainties_words(second)
    return Decomposition(
        title=f"What makes the difference in {metric.label}: {names[1]} less {names[0]}",
        source=source,
        tables={"parts": table},
        sentences=_sentences(names, metric, groups, parts, total),
        warnings=_warnings(exact, errors, parts, runs, metric),
        drawings={
            "waterfall": partial(
                waterfall, groups, parts, start, start + total, metric, names, f"{source}.{what_if_words((first, second))}"
            )
        },
        metric=metric,
        groups=tuple(groups),
        parts=parts,
        total=total,
        start=start,
        exact=exact,
        errors=errors,
    )


def _table(
    groups: Sequence[str], parts: NDArray[np.float64], total: NDArray[np.float64], errors: NDArray[np.float64]
) -> pd.DataFrame:
    """One row a group: part (mean over seeds), its 90% band over seeds, share of the whole, standard error of sampling orders."""
    import pandas as pd

    low, high = np.quantile(parts, BAND, axis=1)
    whole = float(total.mean())
    means = parts.mean(axis=1)
    return pd.DataFrame({
        "difference": list(groups),
        "part": means,
        "part_low": low,
        "part_high": high,
        "share": means / whole if whole else np.full(len(means), np.nan),
        "standard_error": errors,
    })


def banded(values: NDArray[np.float64], metric: Metric) -> str:
    """The mean over seeds and the band that holds 90% of them: ``+£1.20m (+£0.40m to +£2.10m)``, ``+2.1 points (+1.5 to +2.6)``."""
    middle, low, high = in_band(values, metric.unit, signed=True, mean=True)
    return f"{middle}{' points' if is_percentage(metric.unit) else ''} ({low} to {high})"


def _sentences(
    names: tuple[str, str], metric: Metric, groups: Sequence[str], parts: NDArray[np.float64], total: NDArray[np.float64]
) -> tuple[str, ...]:
    whole = banded(total, metric)
    means = parts.mean(axis=1)
    low, high = np.quantile(parts, BAND, axis=1)
    clear = [i for i in range(len(groups)) if low[i] > 0 or high[i] < 0]
    named = [f"{groups[i]} {banded(parts[i], metric)}" for i in clear[:NAMED]]
    said = [f"From {names[0]} to {names[1]} {metric.label} in the last year changes by {whole}: mean and 90% of the seeds."]
    if named:
        most = "Most of it comes" if 2.0 * abs(means[clear[:NAMED]].sum()) > abs(total.mean()) else "Its greatest clear parts come"
        said.append(f"{most} from {listing(named)}.")
    unsure = [groups[i] for i in range(len(groups)) if i not in clear and np.any(parts[i])]
    if unsure:
        said.append(f"Not clear whether it adds or takes away: {listing(unsure)}.")
    still = [group for group, part in zip(groups, parts, strict=True) if not np.any(part)]
    if still:
        said.append(f"Without any effect: {listing(still)}.")
    return tuple(said)


def _warnings(
    exact: bool, errors: NDArray[np.float64], parts: NDArray[np.float64], runs: int, metric: Metric
) -> tuple[str, ...]:
    noted = []
    if not exact:
        worst = amount(float(errors.max()), metric.unit)
        noted.append(f"{len(parts)} groups differ: orders were sampled, and leave a standard error of up to {worst} on a part.")
    if few := too_few(runs):
        noted.append(few)
    return tuple(noted)
