"""Which ingredient of an arrangement does what: the difference of several metrics between two scenarios, group by group.

Groups are those of ``scenarios/ingredients.yaml``; what differs beside them (cuts, network, dated events) is a group of its own.
A part is Shapley's, over all sets of groups, with the same seeds in all; the parts of a metric add up to its whole difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios import scenario_of
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.ingredients import ingredients as known
from totalplace.scenarios.vocabulary import period_of
from totalplace.sim.analysis.decomposition.analysis import INGREDIENTS, Parts, differences, taken_apart
from totalplace.sim.analysis.decomposition.words import banded
from totalplace.sim.model.metrics import Metric
from totalplace.sim.results.answers import Answer
from totalplace.sim.results.monte_carlo import too_few
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.run import BAND
from totalplace.sim.results.setting import uncertainties_words, what_if_words
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.engine.ensemble import Progress

#: Metrics where none are asked for.
METRICS: Final = ("pooled_share", "duplication_removed", "net_saving", "wellbeing")
#: The row of the table that holds the difference itself.
WHOLE: Final = "whole difference"
#: Standard errors on either side of a mean that hold 95%.
TWO_SIDED: Final = 1.96


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TakenApart(Answer):
    """Parts (groups, M, R) of the differences of ``metrics`` between two scenarios, by ingredient, metric and seed.

    ``parts.sum(axis=0)`` is ``total`` (M, R) to rounding. ``prior`` holds the parts with parameters drawn from their ranges, where
    that was asked for.
    """

    metrics: tuple[Metric, ...]
    groups: tuple[str, ...]
    parts: NDArray[np.float64]
    total: NDArray[np.float64]
    prior: NDArray[np.float64] | None


def ingredients(
    first: Scenario | str | Path, second: Scenario | str | Path, metrics: Sequence[str] | None = None, runs: int | None = None, *,
    over_prior: bool = False, first_seed: int | None = None, threads: int | None = None, progress: Progress | None = None,
) -> TakenApart:
    """What each ingredient of ``second`` does against ``first`` to metrics in the last year (default: four of them).

    Every set of ingredients is played with ``runs`` seeds (default: 20), the same ones everywhere; ``over_prior`` plays them once
    more with all parameters drawn from their ranges. Raises InputError for scenarios that cannot be paired or do not differ,
    LedgerError.
    """
    names = list(METRICS if metrics is None else metrics)
    if isinstance(metrics, str) or not names or len(set(names)) != len(names):
        raise InputError(f"The metrics cannot be {metrics!r}", allowed="a list of metrics, each once, such as ['net_saving']")
    for name in names:
        metric_called(name)
    first, second = (scenario_of(one).for_many_runs() for one in (first, second))
    measured = [metric_called(name, period_of(first.year)) for name in names]
    groups = differences(first, second, INGREDIENTS)
    rounds = 1 + over_prior

    def told(now: int, of: int) -> None:
        if progress is not None:
            progress(now, of * rounds)

    found = taken_apart(first, second, measured, runs, groups, first_seed=first_seed, threads=threads, progress=told)
    drawn = None
    if over_prior:
        a, b = (one.with_settings(["uncertainties=prior"]) for one in (first, second))
        again = {name: places for name, places in groups.items() if all(key != "uncertainties" for key, _ in places)}
        drawn = taken_apart(a, b, measured, runs, again, first_seed=first_seed, threads=threads, progress=None)
    return _answer(first, second, measured, found, drawn)


def _answer(first: Scenario, second: Scenario, metrics: Sequence[Metric], found: Parts, drawn: Parts | None) -> TakenApart:
    from totalplace.sim.analysis.decomposition.ingredients_figure import small_multiples

    order = _in_order(found.groups)
    groups, parts = [found.groups[i] for i in order], found.parts[order]
    prior = None if drawn is None else np.array([
        drawn.parts[drawn.groups.index(name)] if name in drawn.groups else np.zeros_like(drawn.parts[0]) for name in groups
    ])
    names = (first.name, second.name if second.name != first.name else f"{second.name}, changed")
    runs = found.total.shape[-1]
    where = first.place_shown
    source = f"{names[0]} and {names[1]} in {where}, {count(runs, 'seed')} in each of {found.teams:,} mixtures; "
    source += uncertainties_words(second)
    told = f"{source}.{what_if_words((first, second))}"
    warnings = [few] if (few := too_few(runs)) else []
    if not found.exact:
        warnings.append(f"{len(groups)} groups differ: orders were sampled, and the column standard_error says what that leaves.")
    return TakenApart(
        title=f"Which ingredient does what: {names[1]} less {names[0]}",
        source=source,
        tables={"ingredients": _table(metrics, groups, parts, found.total, found.errors[order], prior)},
        sentences=tuple(_sentence(one, groups, parts[:, m], found.total[m]) for m, one in enumerate(metrics)),
        warnings=tuple(warnings),
        drawings={"ingredients": partial(small_multiples, groups, parts, found.total, prior, metrics, names, told)},
        metrics=tuple(metrics),
        groups=tuple(groups),
        parts=parts,
        total=found.total,
        prior=prior,
    )


def _in_order(groups: Sequence[str]) -> list[int]:
    """The positions of groups in the order of the list of ingredients; others come last."""
    labels = [one.label for one in known().values()]
    first = [next((i for i, label in enumerate(labels) if group.startswith(label)), len(labels)) for group in groups]
    return sorted(range(len(groups)), key=lambda i: (first[i], groups[i]))


def _table(
    metrics: Sequence[Metric], groups: Sequence[str], parts: NDArray[np.float64], total: NDArray[np.float64],
    errors: NDArray[np.float64], prior: NDArray[np.float64] | None,
) -> pd.DataFrame:
    """A row for each metric and ingredient, and one for the whole difference.

    ``part`` is the mean over seeds, ``part_low`` and ``part_high`` hold 90% of the seeds, ``part_from`` and ``part_to`` are the 95%
    interval of the mean; ``share`` is of the whole; ``prior_`` says the same over the ranges of all parameters.
    """
    import pandas as pd

    rows = []
    for m, one in enumerate(metrics):
        whole = float(total[m].mean())
        drawn = None if prior is None else prior.sum(axis=0)[m]
        over_ranges = [None if prior is None else prior[i, m] for i in range(len(groups))]
        lines = list(zip(groups, parts[:, m], errors[:, m], over_ranges, strict=True))
        for group, part, error, over in [*lines, (WHOLE, total[m], 0.0, drawn)]:
            row = {"metric": one.name, "unit": one.unit, "ingredient": group, **_interval("part", part)}
            row |= {"share": float(part.mean()) / whole if whole else np.nan, "standard_error": error}
            rows.append(row | ({} if over is None else _interval("prior", over)))
    return pd.DataFrame(rows)


def _interval(name: str, part: NDArray[np.float64]) -> dict[str, float]:
    """Mean over seeds, the band of 90% of them, and the 95% interval of the mean."""
    low, high = np.quantile(part, BAND)
    mean = float(part.mean())
    half = TWO_SIDED * float(part.std(ddof=1)) / np.sqrt(len(part)) if len(part) > 1 else np.nan
    return {name: mean, f"{name}_low": low, f"{name}_high": high, f"{name}_from": mean - half, f"{name}_to": mean + half}


def _sentence(one: Metric, groups: Sequence[str], parts: NDArray[np.float64], total: NDArray[np.float64]) -> str:
    """What comes of a metric in words: the whole difference, its greatest parts, and what has no part."""
    means = parts.mean(axis=1)
    order = [int(i) for i in np.argsort(-np.abs(means), kind="stable") if means[i] != 0.0]
    said = f"{one.label[:1].upper()}{one.label[1:]} changes by {banded(total, one)}, mean and 90% of the seeds"
    if order:
        said += f": {listing([f'{groups[i]} {banded(parts[i], one)}' for i in order])}"
    still = [group for group, mean in zip(groups, means, strict=True) if mean == 0.0]
    return said + (f". Without any effect: {listing(still)}." if still else ".")
