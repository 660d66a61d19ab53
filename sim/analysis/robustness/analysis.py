"""Which arrangement holds up whatever turns out: regret, maximin, satisficing share, and what is traded for what.

A *state* is what nobody chooses: a place, a point of the design and a replicate (its seed). Every alternative is judged in the
same states. Terms after McPhail et al. (2018), Earth's Future 6, 169-191; regret after Savage (1951).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.sweeps.factors import LEVER
from totalplace.sim.analysis.cases import Cases, check_paired, of_sweep
from totalplace.sim.analysis.conditions import Condition, parse, where
from totalplace.sim.model.metrics import Metric
from totalplace.sim.results.answers import Answer
from totalplace.sim.results.labels import Labels
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.run import BAND
from totalplace.sim.results.setting import places_words
from totalplace.sim.results.wording import amount, count, unit_name

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.engine.sweep.store import Store

SCENARIO: Final = "scenario"
#: Metrics that a choice is weighed against where none are named, as far as the sweep has them.
AGAINST: Final = ("wellbeing", "inequality", "wellbeing_worst_off")
#: Quantile of regret that is given besides its mean and its greatest.
HIGH_REGRET: Final = 0.9


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Robustness(Answer):
    """Alternatives judged by ``metric``. ``values`` and ``regrets`` have a row a state and a column an alternative.

    ``states`` counts the states in which every alternative has a result, ``dropped`` the others.
    """

    metric: Metric
    values: pd.DataFrame
    regrets: pd.DataFrame
    states: int
    dropped: int


def regret(values: pd.DataFrame, direction: int) -> pd.DataFrame:
    """How much worse each alternative (column) does than the best one in each state (row), in the unit of the values."""
    better = values * direction
    return better.max(axis=1).to_numpy()[:, None] - better


def criteria(values: pd.DataFrame, direction: int, holds: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row an alternative, that with the least greatest regret first.

    Columns: alternative; median with median_low and median_high, the 90% band over states; worst; regret_mean, regret_high (of
    nine in ten states) and regret_most; best, the share of states in which it is best or as good as the best; and, with
    ``holds`` (states by alternatives), satisficing, the share of states in which it holds.
    """
    import pandas as pd

    regrets = regret(values, direction)
    worst = values.min() if direction > 0 else values.max()
    size = np.maximum(values.abs().max(axis=1).to_numpy(), 1e-300)[:, None]
    table = pd.DataFrame({
        "alternative": list(values.columns),
        "median": values.median().to_numpy(),
        "median_low": values.quantile(BAND[0]).to_numpy(),
        "median_high": values.quantile(BAND[1]).to_numpy(),
        "worst": worst.to_numpy(),
        "regret_mean": regrets.mean().to_numpy(),
        "regret_high": regrets.quantile(HIGH_REGRET).to_numpy(),
        "regret_most": regrets.max().to_numpy(),
        "best": (regrets <= 1e-9 * size).mean().to_numpy(),
    })
    if holds is not None:
        table["satisficing"] = holds.mean().to_numpy()
    return table.sort_values(["regret_most", "regret_mean"], kind="stable", ignore_index=True)


def robust(
    sweep: Store | str | Path, metric: str = "net_saving", when: str | None = None, by: Sequence[str] = (SCENARIO,),
    against: Sequence[str] | None = None,
) -> Robustness:
    """Judge the alternatives of a sweep by a metric in the last year of the run, over all its states.

    ``by`` says what is chosen: ``scenario``, or levers that the sweep varies; the rest is what turns out. ``when`` is a condition
    (see ``conditions``) that should be met: the satisficing share is that of states in which it is. ``against`` are metrics that
    the choice is weighed against. States in which an alternative is missing are left out. Raises InputError.
    """
    from totalplace.sim.analysis.robustness.figure import curves_figure, regrets_figure, trade_off_figure
    from totalplace.sim.engine.sweep.labels import labels_of
    from totalplace.sim.engine.sweep.store import open_sweep

    store = open_sweep(sweep) if isinstance(sweep, str | Path) else sweep
    kept = list(store.manifest.metrics)
    labels = labels_of(store.scenarios())
    measured = _judged(metric, kept, labels)
    others = [name for name in AGAINST if name in kept and name != metric] if against is None else list(against)
    weighed = [_judged(name, kept, labels) for name in others]
    condition = None if when is None else parse(when, kept, tuple(dict.fromkeys(store.scenarios()[SCENARIO])), labels)
    if SCENARIO in by or (condition is not None and condition.references):
        check_paired(store)
    cases = of_sweep(store, [metric, *others, *(condition.metrics if condition else ())])
    choice, state = _choice(cases, by)
    values, dropped = _states(cases, metric, choice, state)
    holds = _held(cases, condition, choice, state, values) if condition else None
    found = criteria(values, measured.direction, holds)
    weights = _weighed(cases, [measured, *weighed], choice, state, values)
    source, caption = _source(cases, values)
    drawings: dict[str, Any] = {
        "regret": partial(regrets_figure, regret(values, measured.direction), measured, caption),
        "satisficing": partial(curves_figure, values, measured, caption),
    }
    if weighed:
        drawings["trade-offs"] = partial(trade_off_figure, weights, measured, weighed, caption)
    return Robustness(
        title=f"What holds up by {measured.label}",
        source=source,
        tables={"criteria": found, "places": _by_place(values, measured.direction), "trade-offs": weights},
        sentences=_sentences(found, measured, condition),
        warnings=_warnings(found, dropped, len(values)),
        drawings=drawings,
        labels=labels, units=dict.fromkeys(("criteria", "places"), unit_name(measured.unit)), metric=measured,
        values=values,
        regrets=regret(values, measured.direction),
        states=len(values),
        dropped=dropped,
    )


def _source(cases: Cases, values: pd.DataFrame) -> tuple[str, str]:
    """Sweep, places, and how many alternatives, states and runs; the same as figures say it, with a what-if."""
    states = f"{count(len(values.columns), 'alternative')} in {count(len(values), 'state')}"
    source = f"sweep {cases.name} in {places_words(cases.places_shown)}: {states}, {count(values.size, 'run')}"
    return source, f"{source}{cases.what_if}"


def _judged(name: str, kept: Sequence[str], labels: Labels) -> Metric:
    """A metric that has a better direction."""
    if name not in kept:
        raise UnknownName("metric", name, kept, where="in the sweep")
    if metric_called(name).direction == 0:
        allowed = [other for other in kept if metric_called(other).direction]
        raise InputError(f"More of '{name}' is neither better nor worse, so that nothing can be judged by it", allowed=allowed)
    return labels.metric(name)


def _choice(cases: Cases, by: Sequence[str]) -> tuple[list[str], list[str]]:
    """The columns that say which alternative a run is of, and those that say in which state."""
    levers = [factor.name for factor in cases.factors if factor.kind == LEVER]
    for name in by:
        if name not in (SCENARIO, *levers):
            raise UnknownName("alternative", name, (SCENARIO, *levers), where="in the sweep: what is chosen is a lever")
    number = cases.table[list(by)].drop_duplicates().shape[0] if by else 0
    if number < 2:
        chosen = " and ".join(by) or "nothing"
        raise InputError(f"The sweep '{cases.name}' has no alternatives by {chosen}", allowed=(SCENARIO, *levers))
    rest = [] if SCENARIO in by else [SCENARIO]
    if set(by) <= {SCENARIO}:
        return list(by), ["place", "point", "replicate", *rest]
    if number > 1000:
        raise InputError(f"{number:,} alternatives by {' and '.join(by)}", allowed="levers with a few values, as in a grid")
    return list(by), ["place", "replicate", *rest, *(factor.name for factor in cases.factors if factor.name not in by)]


def _states(cases: Cases, metric: str, choice: list[str], state: list[str]) -> tuple[pd.DataFrame, int]:
    """A metric by state and alternative where all alternatives have it, and the number of states where they do not."""
    table = cases.table.assign(alternative=_names(cases, choice))
    order = list(dict.fromkeys(table["alternative"]))
    wide = table.pivot_table(metric, index=state, columns="alternative", aggfunc="mean", dropna=False)[order]
    wide = wide.dropna(how="all")
    whole = wide.dropna()
    if whole.empty:
        raise InputError("No state has a result for every alternative", allowed="a sweep in which each meets the same states")
    return whole, len(wide) - len(whole)


def _names(cases: Cases, choice: list[str]) -> list[str]:
    """The name of the alternative of each run."""
    factors = {factor.name: factor for factor in cases.factors}
    columns = [
        [str(value) for value in cases.table[name]] if name == SCENARIO
        else [f"{factors[name].words} {factors[name].shown(value)}" for value in cases.table[name]]
        for name in choice
    ]
    return [", ".join(parts) for parts in zip(*columns, strict=True)]


def _held(cases: Cases, condition: Condition, choice: list[str], state: list[str], values: pd.DataFrame) -> pd.DataFrame:
    """Whether the condition holds, by state and alternative."""
    holds, _ = where(cases, condition)
    table = cases.table.assign(alternative=_names(cases, choice), holds=holds.astype(np.float64))
    wide = table.pivot_table("holds", index=state, columns="alternative", aggfunc="mean")
    return wide.loc[values.index, values.columns]


def _weighed(
    cases: Cases, metrics: Sequence[Metric], choice: list[str], state: list[str], values: pd.DataFrame
) -> pd.DataFrame:
    """One row an alternative and metric: median and 90% band over states; ``dominated``: another is as good by every median."""
    import pandas as pd

    rows = []
    for metric in metrics:
        table, _ = _states(cases, metric.name, choice, state)
        for name in values.columns:
            low, middle, high = np.quantile(table[name], (BAND[0], 0.5, BAND[1]))
            numbers = {"median": middle, "median_low": low, "median_high": high}
            rows.append({"alternative": name, "metric": metric.name, "unit": metric.unit, **numbers})
    found = pd.DataFrame(rows)
    signs = np.array([metric.direction for metric in metrics])
    better = found.pivot(index="alternative", columns="metric", values="median")[[metric.name for metric in metrics]] * signs
    beaten = {
        name: bool(((better >= own).all(axis=1) & (better > own).any(axis=1)).any()) for name, own in better.iterrows()
    }
    return found.assign(dominated=found["alternative"].map(beaten))


def _by_place(values: pd.DataFrame, direction: int) -> pd.DataFrame:
    """One row a place and alternative: median, mean and greatest regret there."""
    regrets = regret(values, direction)
    parts = {"median": values.groupby(level="place").median(), "regret_mean": regrets.groupby(level="place").mean(),
             "regret_most": regrets.groupby(level="place").max()}
    long = {name: part.stack().rename(name) for name, part in parts.items()}
    first, *rest = long.values()
    table: pd.DataFrame = first.to_frame().join(rest).reset_index()
    return table


def _sentences(found: pd.DataFrame, metric: Metric, condition: Condition | None) -> tuple[str, ...]:
    first = found.iloc[0]
    always = f"{first['alternative']} is best by {metric.label} in every state."
    said = [
        always if first["regret_most"] <= 0.0 else
        f"{first['alternative']} comes closest to the best by {metric.label}: it never falls short by more than "
        f"{amount(float(first['regret_most']), metric.unit)}, and by {amount(float(first['regret_mean']), metric.unit)} on average."
    ]
    safest = found.loc[(found["worst"] * metric.direction).idxmax()]
    said.append(
        f"{safest['alternative']} has the best worst case: {amount(float(safest['worst']), metric.unit)}."
    )
    often = found.loc[found["best"].idxmax()]
    said.append(f"{often['alternative']} is best, or as good as the best, in {100 * often['best']:.0f}% of states.")
    if condition is not None:
        most = found.loc[found["satisficing"].idxmax()]
        words = condition.words[:1].upper() + condition.words[1:]
        said.append(f"{words} in {100 * most['satisficing']:.0f}% of states with {most['alternative']}, the most of all.")
    return tuple(said)


def _warnings(found: pd.DataFrame, dropped: int, states: int) -> tuple[str, ...]:
    noted = [f"{count(dropped, 'state')} left out, in which a run is missing."] if dropped else []
    if states < 50:
        noted.append(f"Only {count(states, 'state')}: worst cases need many.")
    regrets = np.sort(found["regret_most"].to_numpy())
    if len(regrets) > 1 and regrets[1] - regrets[0] <= 0.02 * regrets[-1]:
        noted.append("The first alternatives fall short of the best by nearly the same at most: see the other criteria.")
    return tuple(noted)
