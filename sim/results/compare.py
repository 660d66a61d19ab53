"""Scenarios against a baseline, seed by seed: runs with one seed share their draws (common random numbers).

The one room where it is checked that scenarios can be paired: :func:`check_pair` for two, :func:`check_scenarios` for several,
:func:`check_runs` and :func:`check_pairs` for their runs. The module can be called: ``totalplace.compare(...)`` is
``totalplace.sim.results.compare.compare(...)``.

>>> import totalplace
>>> totalplace.compare(["silo", "single-pot"], runs=20)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.reading import Marked, marked
from totalplace.sim.results.monte_carlo import better_interval
from totalplace.sim.results.monte_carlo import clearly as clearly
from totalplace.sim.results.monte_carlo import probability_better as probability_better
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.run import Ensemble, measured_as, spread

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.model.metrics import Metric

#: What two scenarios must share to be paired, in words, and how to give it to both.
_SHARED: Final = {
    "place": ("place", "one place for all, such as --place {}"),
    "year": ("year of the budgets", "one year for all, such as --year {}; 'totalplace eras' holds two years side by side"),
    "start": ("start", "one start for all, such as --set start={}"),
    "quarters": ("number of quarters", "one length for all, such as --quarters {}"),
}

#: Why a difference is not what two medians beside it give.
PAIRED_WORDS = (
    "A difference is the median of the differences seed by seed, which decides; it need not be the difference of the two medians."
)
#: Differences smaller than this, relative to the size of the values, are rounding and count as none.
ROUNDING = 1e-9


def named(names: Sequence[str], baseline: str | None) -> int:
    """The position of the baseline among the scenarios called ``names``: the first where none is asked for."""
    if baseline is None:
        return 0
    if baseline not in names:
        raise UnknownName("scenario", baseline, names, where="among those compared")
    return list(names).index(baseline)


def check_pair(scenario: Scenario, baseline: Scenario) -> None:
    """Raise :class:`InputError` unless the runs of two scenarios can be subtracted seed by seed.

    They must share place, year of the budgets, start and length, and what is drawn: a parameter that a run of one draws must be
    drawn from the same range in the other, since else a difference would be one between draws. A parameter that is fixed in one or
    in both may differ, as long as the two share a draw of others or neither draws any: such a difference is what is asked.
    """
    for key, (words, mend) in _SHARED.items():
        ours, theirs = getattr(scenario, key), getattr(baseline, key)
        if ours != theirs:
            raise InputError(
                f"'{scenario.name}' and '{baseline.name}' differ in {words}: {ours} and {theirs}", allowed=mend.format(theirs)
            )
    ours, theirs = ({name: value for name, value in one.uncertainties.items() if not isinstance(value, int | float)}
                    for one in (scenario, baseline))
    either, both = ours.keys() | theirs.keys(), ours.keys() & theirs.keys()
    drawn = [name for name in scenario.uncertainties if name in either and (name in both or not both)
             and ours.get(name) != theirs.get(name)]
    if drawn:
        which = drawn[0] if len(drawn) == 1 else f"{drawn[0]} and {len(drawn) - 1} more"
        raise InputError(
            f"'{scenario.name}' and '{baseline.name}' do not draw the same uncertainties ({which}): their runs with one seed are "
            "of different draws", allowed="the same ranges for all, such as --set uncertainties=posterior, or fixed values in all",
        )


@dataclass(frozen=True)
class Lent:
    """What a shipped scenario takes over from files beside it: ``values`` by field, as ``contents`` for it, and in words."""

    values: dict[str, str]
    contents: tuple[Marked, ...]
    words: str


def lent(scenarios: Sequence[Scenario], own: Sequence[bool]) -> dict[str, Lent]:
    """What shipped scenarios take over, by name, where the files beside them (``own``) agree on another place, year or start."""
    files = [scenario for scenario, mine in zip(scenarios, own, strict=True) if mine]
    asked = {key: {getattr(scenario, key) for scenario in files} for key in ("place", "year", "start")}
    agreed = {key: found.pop() for key, found in asked.items() if len(found) == 1}
    if "year" not in agreed or "start" not in agreed:
        agreed = {key: value for key, value in agreed.items() if key == "place"}
    result = {}
    for scenario in (scenario for scenario, mine in zip(scenarios, own, strict=True) if not mine):
        values = {key: value for key, value in agreed.items() if value != getattr(scenario, key)}
        if not values:
            continue
        whole = values | ({key: agreed[key] for key in ("year", "start")} if values.keys() & {"year", "start"} else {})
        said = " and ".join(f"the {_SHARED[key][0]} {value}" for key, value in values.items())
        owners = f"{' and '.join(one.name for one in files)} {'has' if len(files) == 1 else 'have'}"
        words = f"'{scenario.name}' is run with {said}, as {owners} it"
        result[scenario.name] = Lent(values, (marked(whole, f"{scenario.name} beside {files[0].name}"),), words)
    return result


def check_scenarios(scenarios: Sequence[Scenario]) -> None:
    """Raise :class:`InputError` unless the scenarios can be paired with each other: see :func:`check_pair`; names differ."""
    names = [scenario.name for scenario in scenarios]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"The scenario '{name}' is given twice", allowed="each scenario once")
    for scenario in scenarios[1:]:
        check_pair(scenario, scenarios[0])


def check_pairs(ensembles: Sequence[Ensemble]) -> None:
    """Raise :class:`InputError` unless the ensembles can be paired by seed."""
    check_scenarios([ensemble.scenario for ensemble in ensembles])
    for ensemble in ensembles[1:]:
        check_runs(ensemble, ensembles[0])


def check_runs(ensemble: Ensemble, baseline: Ensemble) -> None:
    """Raise :class:`InputError` unless the runs of two ensembles can be subtracted: see :func:`check_pair`; seeds are the same."""
    if ensemble.scenario is not baseline.scenario:
        check_pair(ensemble.scenario, baseline.scenario)
    if not np.array_equal(ensemble.seeds, baseline.seeds):
        raise InputError(
            f"'{ensemble.scenario.name}' and '{baseline.scenario.name}' were run on other seeds",
            allowed="ensembles with the same seeds",
        )


def played(
    given: Sequence[Ensemble | Scenario | str | Path], runs: int | None = None, first_seed: int | None = None,
    threads: int | None = None, *, bar: bool = False,
) -> list[Ensemble]:
    """Ensembles of what is given: ensembles as they are, scenarios (as such, by name or by path) run on the same seeds.

    By default the number of runs and the first seed are those of the first ensemble, else those of the first scenario. Raises
    :class:`InputError` before anything is run when they cannot be paired. ``bar`` shows a bar for each scenario that is run.
    """
    from totalplace.scenarios import scenario_of
    from totalplace.sim.engine.ensemble import ensemble

    if isinstance(given, str | Path) or not isinstance(given, Sequence) or len(given) == 0:
        raise InputError("There is nothing to compare", allowed="a list of scenarios or ensembles, such as ['silo', 'single-pot']")
    asked = [one if isinstance(one, Ensemble) else scenario_of(one).for_many_runs() for one in given]
    known = [one.scenario if isinstance(one, Ensemble) else one for one in asked]
    check_scenarios(known)
    first = next((one for one in asked if isinstance(one, Ensemble)), None)
    if runs is None:
        runs = known[0].seeds.count if first is None else first.runs
    if first_seed is None:
        first_seed = known[0].seeds.first if first is None else int(first.seeds[0])
    return [one if isinstance(one, Ensemble) else ensemble(one, runs, first_seed, threads, bar) for one in asked]


def paired(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Paired values less others (R,); differences of mere rounding are zero."""
    gap = np.asarray(ours - theirs, dtype=np.float64)
    gap[np.abs(gap) <= ROUNDING * np.maximum(np.abs(ours), np.abs(theirs))] = 0.0
    return gap


def difference(ensemble: Ensemble, baseline: Ensemble, metric: str) -> NDArray[np.float64]:
    """The value in the last year less the baseline's, (R,), paired by seed; differences of mere rounding are zero.

    Raises :class:`InputError` for ensembles that cannot be paired.
    """
    check_runs(ensemble, baseline)
    return paired(ensemble.at_end(metric), baseline.at_end(metric))


def shared_draws(ensemble: Ensemble, baseline: Ensemble) -> NDArray[np.int64] | None:
    """Which draw of the parameters the runs (R,) of a paired difference have; None where each has one of its own."""
    ours, theirs = ensemble.draws, baseline.draws
    return None if ours is None or theirs is None else max(ours, theirs, key=lambda draws: len(np.unique(draws)))


def compare(
    ensembles: Sequence[Ensemble | Scenario | str | Path], baseline: str | None = None, *, runs: int | None = None,
    first_seed: int | None = None, threads: int | None = None, metrics: Sequence[str] | None = None,
) -> pd.DataFrame:
    """One row per scenario and metric, the baseline's own rows too (with differences of zero).

    ``metrics`` names those that are told, such as ``net_saving_per_head``; without it all that the rules write are.

    Scenarios, given as such, by name or by path, are run first: ``runs`` of each on the same seeds (see :func:`played`).

    Columns: scenario, place, metric, label, unit; measured_as (how the last year is summed up); better (``more``, ``less`` or
    nothing); baseline (its name) and runs. Of the level in the last year: level (median), level_p05 and level_p95 (the band that
    holds 90% of the runs), level_from and level_to (95% interval of the median, for the number of runs). The same of the paired
    differences from the baseline: difference, difference_mean, difference_p05, difference_p95, difference_from, difference_to.
    level_unknown and difference_unknown: the part of the variance over runs that is what is not known, the rest being chance; with
    _from and _to its 95% interval (:mod:`totalplace.sim.results.what_is_known`).
    clear: ``higher`` or ``lower`` where their band lies on one side of zero, ``no`` where it does not, nothing where there is
    no difference to speak of, since one of the two has no value. share_better is the share of runs
    that are better than the baseline, share_better_from and share_better_to its 95% interval. NaN where there is no such number
    or too few runs for it (:mod:`totalplace.sim.results.monte_carlo`). Raises InputError when the ensembles cannot be paired, and
    UnknownName for a metric that there is not.
    """
    import pandas as pd

    asked = [metric_called(name).name for name in ([metrics] if isinstance(metrics, str) else metrics or ())]
    found = played(ensembles, runs, first_seed, threads)
    check_pairs(found)
    reference = found[named([ensemble.scenario.name for ensemble in found], baseline)]
    for one in found:
        check_runs(one, reference)
    rows = [_row(one, reference, one.metric(name)) for one in found for name in asked or one.known_metrics]
    return pd.DataFrame(rows)


def _row(ensemble: Ensemble, reference: Ensemble, metric: Metric) -> dict[str, object]:
    gap = paired(ensemble.at_end(metric.name), reference.at_end(metric.name))
    draws = shared_draws(ensemble, reference)
    share = better_interval(gap, metric.direction, draws)
    return {
        "scenario": ensemble.scenario.name,
        "place": ensemble.place.name,
        "metric": metric.name,
        "label": metric.label,
        "unit": metric.unit,
        "measured_as": measured_as(metric, ensemble.quarters),
        "better": {1: "more", -1: "less"}.get(metric.direction, ""),
        "baseline": reference.scenario.name,
        "runs": ensemble.runs,
        **spread("level", ensemble.at_end(metric.name), ensemble.draws),
        **spread("difference", gap, draws),
        "difference_mean": float(np.mean(gap)),
        "clear": "" if np.isnan(gap).any() else {1: "higher", -1: "lower", 0: "no"}[clearly(gap)],
        "share_better": probability_better(gap, metric.direction),
        "share_better_from": share.low,
        "share_better_to": share.high,
    }
