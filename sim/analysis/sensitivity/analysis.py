"""What decides a metric: Sobol indices, Morris effects and feature scores of the factors of a sweep."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.errors import InputError
from totalplace.sim.analysis.cases import Cases, of_sweep
from totalplace.sim.analysis.sensitivity.sign import FALSE_ALARM
from totalplace.sim.analysis.workbench_import import library
from totalplace.sim.model.metrics import Metric
from totalplace.sim.results.answers import Answer
from totalplace.sim.results.wording import count

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.engine.sweep.store import Store

#: Bootstrap samples behind the intervals, and the share of them that an interval holds.
RESAMPLES: Final = 500
CONFIDENCE: Final = 0.95
#: Fewest complete blocks or trajectories from which anything is estimated.
LEAST_BLOCKS: Final = 4
#: Factors named as those that decide.
NAMED: Final = 3
#: Parts of a factor's range between which results are held against chance.
FIFTHS: Final = 5


@dataclass(frozen=True, eq=False)
class Indices:
    """Sensitivity of a result to each factor. ``table`` has a row a factor, most influential first: factor, then each measure
    with its interval (``total``, ``total_low``, ``total_high``). ``pairs`` has second-order indices, if there are any.

    ``used`` blocks (trajectories with Morris) of the design were complete, ``dropped`` were not and were left out whole.
    ``named`` are the most influential factors, and ``certainty`` the share of bootstrap samples that agree on them.
    """

    table: pd.DataFrame
    used: int
    dropped: int
    named: tuple[str, ...]
    certainty: float
    pairs: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Sensitivity(Answer):
    """Sensitivity of ``metric``; ``indices`` is None for a design that is neither of Sobol nor of Morris.

    ``varies``: whether it differs between points at all; ``decided``: whether any factor can be told from chance.
    """

    metric: Metric
    indices: Indices | None
    scores: pd.DataFrame
    varies: bool
    decided: bool


def sobol_indices(
    problem: Mapping[str, Any], values: NDArray[np.float64], second_order: bool = False, seed: int = 1
) -> Indices:
    """First-order and total Sobol indices with bootstrap intervals (Saltelli et al. 2010, by SALib).

    ``values`` (points,) are the results at SALib's Sobol points of ``problem``, in their order; NaN for a missing one. A block
    of D + 2 points, or 2D + 2 with ``second_order``, in which one is missing is dropped whole. ``seed``, from 1, is that of
    the bootstrap. Raises InputError for too few blocks, or results that are all the same.
    """
    from SALib.analyze import sobol

    names = list(problem["names"])
    step = (2 if second_order else 1) * len(names) + 2
    kept, dropped = _complete(values, step, "blocks of Sobol points")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of resamples in which nothing varies
        found = sobol.analyze(
            dict(problem), kept, calc_second_order=second_order, num_resamples=RESAMPLES, conf_level=CONFIDENCE,
            keep_resamples=True, seed=seed,
        )
    table = _with_intervals(names, {"first": (found["S1"], found["S1_conf"]), "total": (found["ST"], found["ST_conf"])})
    named, certainty = _leaders(names, found["ST"], found["ST_conf_all"])
    pairs = _pairs(names, found["S2"], found["S2_conf"]) if second_order else None
    return Indices(_ranked(table, "total"), len(kept) // step, dropped, named, certainty, pairs)


def morris_effects(
    problem: Mapping[str, Any], points: NDArray[np.float64], values: NDArray[np.float64], levels: int = 4, seed: int = 1
) -> Indices:
    """Elementary effects over the whole range of each factor (Morris 1991, Campolongo et al. 2007, by SALib).

    ``points`` (P, D) are SALib's trajectories on ``levels`` levels, ``values`` (P,) the results, NaN for a missing one. A
    trajectory in which one is missing is dropped whole. Columns: effect (mean of absolute effects), mean and spread (standard
    deviation), in the unit of the results. Raises InputError as :func:`sobol_indices`.
    """
    from SALib.analyze import morris

    names = list(problem["names"])
    step = len(names) + 1
    kept, dropped = _complete(values, step, "trajectories")
    whole = ~np.isnan(values.reshape(-1, step)).any(axis=1)
    rows = points.reshape(-1, step, len(names))[whole].reshape(-1, len(names))
    found = morris.analyze(
        dict(problem), rows, kept, num_resamples=RESAMPLES, conf_level=CONFIDENCE, num_levels=levels, seed=seed
    )
    effect = np.asarray(found["mu_star"], dtype=np.float64)
    table = _with_intervals(names, {"effect": (effect, np.asarray(found["mu_star_conf"]))})
    table["mean"], table["spread"] = np.asarray(found["mu"]), np.asarray(found["sigma"])
    order = np.argsort(-effect, kind="stable")[:NAMED]
    return Indices(_ranked(table, "effect"), len(kept) // step, dropped, tuple(names[i] for i in order), float("nan"))


def feature_scores(points: pd.DataFrame, values: NDArray[np.float64], seed: int = 1) -> pd.DataFrame:
    """Importance of each column of ``points`` in extra trees (Jaxa-Rozen and Kwakkel 2018, by the EMA workbench).

    Rows with a NaN in ``values`` (P,) do not count. Columns: factor, score (they add up to one), rank_correlation (Spearman; NaN
    for a column of names) and beyond_chance, most important first. Scores say which factor is first even where none matters;
    ``beyond_chance`` says which differ from noise (:func:`_chance`), where chance alone would name any in one case of twenty.
    Raises InputError for fewer than ten results.
    """
    from scipy.stats import spearmanr

    scoring = library("ema_workbench.analysis.feature_scoring")
    there = ~np.isnan(values)
    points, values = points[there].reset_index(drop=True), values[there]
    if len(values) < 10:
        raise InputError(f"There are {count(len(values), 'result')} to score factors with", allowed="at least 10")
    trees, _ = scoring.get_ex_feature_scores(
        points, values, mode=scoring.RuleInductionType.REGRESSION, max_features=max(1, round(points.shape[1] / 3)),
        random_state=seed,
    )
    table = trees.reset_index().set_axis(["factor", "score"], axis=1)
    numbers = points.select_dtypes("number")
    varied = [name for name in numbers if numbers[name].nunique() > 1 and np.ptp(values) > 0]
    table["rank_correlation"] = [
        float(spearmanr(points[name], values).statistic) if name in varied else float("nan") for name in table["factor"]
    ]
    table["beyond_chance"] = [_chance(points[name], values) * points.shape[1] < FALSE_ALARM for name in table["factor"]]
    return table


def _chance(column: pd.Series, values: NDArray[np.float64]) -> float:
    """The chance of results (P,) that go with a factor as these do, or more, if it does not matter: of their ranks in the factor's
    fifths, or by its choices (Kruskal and Wallis 1952), and of their rank correlation; the smaller of the two, twice.
    """
    import pandas as pd
    from scipy.stats import kruskal, spearmanr

    if column.nunique() < 2 or np.ptp(values) <= 1e-12 * np.abs(values).max():
        return 1.0
    number = pd.api.types.is_numeric_dtype(column)
    parts = pd.qcut(column, FIFTHS, labels=False, duplicates="drop") if column.nunique() > FIFTHS and number else column
    groups = [values[parts == part] for part in pd.unique(parts)]
    found = [float(kruskal(*groups).pvalue)] if len(groups) > 1 else []
    found += [float(spearmanr(column, values).pvalue)] if number else []
    return min(1.0, len(found) * min(found, default=1.0))


def analyse(
    sweep: Store | Cases | str | Path, metric: str, scenario: str | None = None, place: str | None = None, seed: int = 1
) -> Sensitivity:
    """What decides a metric in a sweep: Sobol indices or Morris effects as its design has them, and feature scores.

    What decides whether it is above zero is told apart from what decides how much it is: ``sign-and-size``, where both occur.

    Results are those of the last year, means over replicates. A sweep with several scenarios or places needs ``scenario`` or
    ``place``. Raises InputError for a sweep without factors, or that has too few runs.
    """
    from totalplace.sim.analysis.sensitivity import words as sensitivity_words
    from totalplace.sim.analysis.sensitivity.figure import effects_figure, indices_figure, scores_figure, sign_and_size_figure
    from totalplace.sim.analysis.sensitivity.sign import sentences as sign_sentences
    from totalplace.sim.analysis.sensitivity.sign import sign_and_size

    cases = sweep if isinstance(sweep, Cases) else of_sweep(sweep, [metric])
    cases = cases.single(scenario, place)
    if not cases.factors:
        raise InputError(f"The sweep '{cases.name}' varies nothing", allowed="a sweep with levers or uncertainties that vary")
    values, kind, measured = cases.at_points(metric), cases.design["kind"], cases.labels.metric(metric)
    indices = _indices(cases, values, seed) if kind in ("sobol", "morris") else None
    points, scored = _independent(cases, values)
    scores = feature_scores(points, scored, seed)
    source = f"{cases.source}{'' if cases.replicates == 1 else f', means of {cases.replicates} replicates'}"
    caption = f"{source}{cases.what_if}"
    drawings: dict[str, Any] = {}
    tables = {"scores": scores}
    if indices is not None:
        draw = indices_figure if kind == "sobol" else effects_figure
        drawings[kind] = partial(draw, indices, measured, cases.factors, caption)
        tables = {kind: indices.table} | tables | ({} if indices.pairs is None else {"pairs": indices.pairs})
    apart = sign_and_size(points, scored, cases.factors)
    scored_from = f"{source}, {count(len(scored), 'point')} scored{cases.what_if}"
    drawings["scores"] = partial(scores_figure, scores, measured, cases.factors, scored_from)
    if apart is not None:
        tables["sign-and-size"] = apart
        drawings["sign-and-size"] = partial(sign_and_size_figure, apart, measured, cases.factors, scored_from)
    return Sensitivity(
        title=f"What decides {measured.label}",
        source=source,
        tables=tables,
        sentences=(*sensitivity_words.sentences(indices, scores, kind, measured, cases, scored),
                   *sign_sentences(apart, scored, measured, cases.factors)),
        warnings=sensitivity_words.warnings(indices, scores, kind, cases, scored),
        drawings=drawings,
        labels=cases.labels, metric=measured,
        indices=indices, scores=scores,
        varies=not sensitivity_words.same(scored[~np.isnan(scored)]),
        decided=bool(sensitivity_words.leaders(indices, scores, kind)),
    )


def problem_of(cases: Cases) -> dict[str, Any]:
    """The factors of a sweep as SALib describes them, each over [0, 1] of its distribution, as the design was drawn."""
    names = [factor.name for factor in cases.factors]
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _indices(cases: Cases, values: NDArray[np.float64], seed: int) -> Indices:
    design, problem = cases.design, problem_of(cases)
    if design["kind"] == "sobol":
        return sobol_indices(problem, values, design["second_order"], seed)
    from SALib.sample import morris

    # the trajectories as they were drawn: a list of values does not show which level it came from
    points = morris.sample(problem, design["samples"], num_levels=design["levels"], seed=design["design_seed"])
    return morris_effects(problem, points, values, design["levels"], seed)


def _independent(cases: Cases, values: NDArray[np.float64]) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Points and results to score features with: of Sobol's blocks only the first and last point, which are independent."""
    first = cases.table.drop_duplicates("point").set_index("point")
    points = np.asarray(first.index)
    if cases.design["kind"] == "sobol":
        step = cases.points // cases.design["samples"]
        points = points[np.isin(points % step, (0, step - 1))]
    return first.loc[points, [factor.name for factor in cases.factors]], values[points]


def _complete(values: NDArray[np.float64], step: int, what: str) -> tuple[NDArray[np.float64], int]:
    """The values of the blocks of ``step`` in which none is missing, and the number of the other blocks."""
    if values.ndim != 1 or len(values) == 0 or len(values) % step:
        raise InputError(f"{values.size} results are not whole {what}", allowed=f"a multiple of {step}")
    blocks = values.reshape(-1, step)
    whole = ~np.isnan(blocks).any(axis=1)
    kept = blocks[whole]
    if len(kept) < LEAST_BLOCKS:
        raise InputError(f"Only {len(kept)} of {len(blocks)} {what} are complete", allowed=f"at least {LEAST_BLOCKS}")
    if np.ptp(kept) <= 1e-12 * np.abs(kept).max(initial=0.0):
        raise InputError("The result is the same at every point, so that nothing decides it", allowed="a metric that varies")
    return kept.ravel(), int((~whole).sum())


def _with_intervals(names: list[str], measures: Mapping[str, tuple[Any, Any]]) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {"factor": names}
    for name, (middle, half) in measures.items():
        columns |= {name: middle, f"{name}_low": middle - half, f"{name}_high": middle + half}
    return pd.DataFrame(columns)


def _ranked(table: pd.DataFrame, by: str) -> pd.DataFrame:
    return table.sort_values(by, ascending=False, kind="stable", ignore_index=True)


def _leaders(names: list[str], total: NDArray[np.float64], resampled: NDArray[np.float64]) -> tuple[tuple[str, ...], float]:
    """The factors with the greatest total indices, and the share of bootstrap samples in which they are the greatest."""
    number = min(NAMED, len(names))
    order = np.argsort(-np.asarray(total), kind="stable")[:number]
    leading = np.sort(np.argsort(-resampled, axis=1, kind="stable")[:, :number], axis=1)
    return tuple(names[i] for i in order), float((leading == np.sort(order)).all(axis=1).mean())


def _pairs(names: list[str], second: NDArray[np.float64], half: NDArray[np.float64]) -> pd.DataFrame:
    """Second-order indices, one row a pair, the greatest first."""
    import pandas as pd

    upper = np.triu_indices(len(names), 1)
    table = pd.DataFrame({
        "factor": [names[i] for i in upper[0]], "other": [names[i] for i in upper[1]], "second": second[upper],
        "second_low": (second - half)[upper], "second_high": (second + half)[upper],
    })
    return _ranked(table, "second")
