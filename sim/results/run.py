"""What a run or an ensemble hands back: arrays as the model wrote them, and tables, figures and words for people.

Shapes: Q quarters, R runs, A agencies, C commissioners. A quarter counts from 0. Money is £m at constant prices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.agents.draws import SEEDS_A_DRAW
from totalplace.scenarios.calendar import period, quarter_dates
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.places.quality import marked
from totalplace.scenarios.vocabulary import period_of
from totalplace.sim.results.last_year import BAND, HEADLINE, KEY_METRICS, at_end, last_year_words, measured_as, spread
from totalplace.sim.results.records import end_to_end, stacked, with_seed
from totalplace.sim.results.relative import metric_called, parted
from totalplace.sim.results.relative import names as every_name
from totalplace.sim.results.setting import band_words
from totalplace.sim.results.summary_html import summary_html
from totalplace.sim.results.what_is_known import draws_of
from totalplace.sim.results.wording import amount, count

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from totalplace.scenarios.places import Place
    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.model.metrics import Metric

__all__ = ["BAND", "HEADLINE", "KEY_METRICS", "Ensemble", "Run", "at_end", "last_year_words", "measured_as", "spread"]


def _timestamps(dates: Sequence[str]) -> Any:
    return np.array(dates, dtype="datetime64[M]").astype("datetime64[ms]")


@dataclass(frozen=True, eq=False, repr=False)
class _Result:
    """What a run and an ensemble have in common; ``metrics`` has one float64 field for each metric."""

    scenario: Scenario
    place: Place
    commissioner_names: tuple[str, ...]
    metrics: NDArray[Any]
    deals: NDArray[Any]
    gains: NDArray[np.float64]
    ties_start: NDArray[Any]
    ties_end: NDArray[Any]

    @property
    def quarters(self) -> int:
        """Length of the run."""
        return int(self.metrics.shape[-1])

    @property
    def dates(self) -> list[str]:
        """First month of each quarter, such as ``2010-10``."""
        return quarter_dates(self.scenario.start, self.quarters)

    @property
    def period(self) -> str:
        """The months that the run covers, from its first to its last: ``2010-10 to 2020-09``."""
        return period(self.scenario.start, self.quarters)

    @property
    def agency_names(self) -> tuple[str, ...]:
        """The agencies, in the order of every array."""
        return tuple(self.place.agency_names)

    @property
    def words(self) -> str:
        """The period whose words a reader of the result sees, of :data:`totalplace.scenarios.vocabulary.PERIODS`."""
        return period_of(self.place.year)

    @property
    def place_name(self) -> str:
        """The place as a reader sees it, marked where the money of its council is an estimate: ``Birmingham (estimate)``."""
        return marked(self.place.code, self.place.year)

    @property
    def known_metrics(self) -> dict[str, Metric]:
        """The registry entries of the metrics that were collected, in its order and the words of the period of the place."""
        from totalplace.sim.model.metrics import metrics_of

        collected = set(self.metrics.dtype.names or ())
        return {name: metric for name, metric in metrics_of(self.words).items() if name in collected}

    def metric(self, name: str) -> Metric:
        """What is known of a metric that was collected, in the words of the period of the place. Raises UnknownName."""
        return metric_called(self._known(name), self.words)

    def series(self, metric: str) -> NDArray[np.float64]:
        """A metric in each quarter, as users are told it: (Q,) of a run, (R, Q) of an ensemble.

        Money may be held against the place, as in ``net_saving_per_head`` (:mod:`totalplace.sim.results.relative`).
        NaN where it says nothing under the scenario (:func:`totalplace.sim.model.metrics.without_value`): ``metrics`` then holds
        what the rules write by definition. Raises UnknownName.
        """
        from totalplace.sim.model.metrics import without_value

        base, per = parted(self._known(metric))
        values: NDArray[np.float64] = self.metrics[base]
        if without_value(base, self.scenario):
            return np.full_like(values, np.nan)
        return values if per is None else values * per.factor(self.place)

    def _known(self, metric: object) -> str:
        """The name of a metric that was collected. Raises UnknownName, with the nearest name."""
        collected = self.known_metrics
        if not isinstance(metric, str) or parted(metric)[0] not in collected:
            raise UnknownName("metric", metric, [name for name in every_name() if parted(name)[0] in collected])
        return metric

    def at_end(self, metric: str) -> NDArray[np.float64]:
        """The value of a metric in the last year: a number for a run, (R,) for an ensemble; see :func:`at_end`.

        NaN for a metric that says nothing under the scenario; see :meth:`series`. Raises UnknownName.
        """
        return at_end(self.series(metric), self.metric(metric))

    def deals_frame(self) -> pd.DataFrame:
        """One row per negotiation, with names in place of index numbers."""
        from totalplace.sim.results.deals import named_deals

        return named_deals(self.deals, self.agency_names, self.commissioner_names, self.dates)

    def _where(self) -> str:
        return f"{self.place_name} from {self.scenario.start}, {count(self.quarters, 'quarter')}"

    def _headline(self) -> str:
        from totalplace.sim.model.metrics import without_value

        if self.quarters == 0:
            return "nothing played yet"
        known = self.known_metrics
        return "; ".join(
            f"{known[name].label.lower()} {amount(float(np.median(self.at_end(name))), known[name].unit)}"
            for name in HEADLINE if name in known and not without_value(name, self.scenario)
        )


@dataclass(frozen=True, eq=False, repr=False)
class Run(_Result):
    """One run. Metrics (Q,), gains (A, A) £m from row to column, ties (A, C) with fields tied, trust and money (£m)."""

    seed: int

    def frame(self) -> pd.DataFrame:
        """One row per quarter: scenario, place, seed, quarter, date, then one column per metric."""
        import pandas as pd

        columns: dict[str, Any] = {
            "scenario": self.scenario.name, "place": self.place.name, "seed": self.seed,
            "quarter": np.arange(self.quarters),
            "date": _timestamps(self.dates),
        }
        columns |= {name: self.series(name) for name in self.known_metrics}
        return pd.DataFrame(columns)

    def summary(self) -> pd.DataFrame:
        """One row per metric: label, unit, first_quarter, last_year (see :func:`at_end`) and the change between them."""
        import pandas as pd

        known = self.known_metrics
        first = [float(self.series(name)[0]) if self.quarters else np.nan for name in known]
        end = [float(self.at_end(name)) for name in known]
        table = {
            "label": [metric.label for metric in known.values()],
            "unit": [metric.unit for metric in known.values()],
            "measured_as": [measured_as(metric, self.quarters) for metric in known.values()],
            "first_quarter": first,
            "last_year": end,
            "change": np.subtract(end, first),
        }
        return pd.DataFrame(table, index=pd.Index(list(known), name="metric"))

    def plot(self, metrics: Sequence[str] | None = None) -> Figure:
        """The metrics over time, in small multiples; the headline metrics where none are named.

        Raises InputError while nothing has been played.
        """
        if self.quarters == 0:
            raise InputError("There is nothing to draw: no quarter has been played", allowed="a run of at least one quarter")
        from totalplace.sim.figures.over_time import run_over_time

        return run_over_time(self, metrics)

    def __repr__(self) -> str:
        return f"<Run of {self.scenario.name} in {self._where()}, seed {self.seed}: {self._headline()}>"

    def _repr_html_(self) -> str:
        return summary_html(f"Run of {self.scenario.name} in {self._where()}, seed {self.seed}", self.summary(),
                            self.known_metrics, self.quarters)


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble(_Result):
    """Runs of one scenario. Metrics (R, Q), gains (R, A, A), ties (R, A, C); deals have the extra field ``seed``."""

    seeds: NDArray[np.int64]
    #: Seeds in a row that share a draw of the posterior; 1 in results that are older than pairs of seeds.
    seeds_a_draw: int = SEEDS_A_DRAW

    @property
    def draws(self) -> NDArray[np.int64] | None:
        """Which draw of the parameters each run (R,) has; None where each has one of its own."""
        return draws_of(self.scenario, self.seeds, self.seeds_a_draw)

    @classmethod
    def of(cls, runs: Sequence[Run]) -> Ensemble:
        """An ensemble of single runs of one scenario, in their order."""
        first, seeds = runs[0], np.array([run.seed for run in runs], dtype=np.int64)
        told = [len(run.deals) for run in runs]
        return cls(
            scenario=first.scenario, place=first.place, commissioner_names=first.commissioner_names,
            metrics=stacked([run.metrics for run in runs]),
            deals=with_seed(end_to_end([run.deals for run in runs]), np.repeat(seeds, told)),
            gains=stacked([run.gains for run in runs]),
            ties_start=stacked([run.ties_start for run in runs]), ties_end=stacked([run.ties_end for run in runs]),
            seeds=seeds,
        )

    @classmethod
    def joined(cls, parts: Sequence[Ensemble]) -> Ensemble:
        """One ensemble of the runs of several of the same scenario, one after the other."""
        first, runs = parts[0], sum(part.runs for part in parts)
        ties = (runs, *first.ties_start.shape[1:])
        return replace(
            first,
            metrics=end_to_end([part.metrics for part in parts]).reshape(runs, first.quarters),
            deals=end_to_end([part.deals for part in parts]),
            gains=np.concatenate([part.gains for part in parts]),
            ties_start=end_to_end([part.ties_start for part in parts]).reshape(ties),
            ties_end=end_to_end([part.ties_end for part in parts]).reshape(ties),
            seeds=np.concatenate([part.seeds for part in parts]),
        )

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.metrics.shape[0])

    def frame(self) -> pd.DataFrame:
        """One row per seed and quarter: scenario, place, seed, quarter, date, then one column per metric."""
        import pandas as pd

        columns: dict[str, Any] = {
            "scenario": self.scenario.name, "place": self.place.name, "seed": np.repeat(self.seeds, self.quarters),
            "quarter": np.tile(np.arange(self.quarters), self.runs),
            "date": np.tile(_timestamps(self.dates), self.runs),
        }
        columns |= {name: self.series(name).reshape(-1) for name in self.known_metrics}
        return pd.DataFrame(columns)

    def summary(self, metrics: Sequence[str] | None = None) -> pd.DataFrame:
        """One row per metric, or per one named: label, unit, measured_as (how a year is summed up), runs, first_quarter (median).

        Then of the last year across runs: last_year (median), last_year_p05 and last_year_p95 (90% band), last_year_from and
        last_year_to (95% interval of the median, for the number of runs), last_year_unknown (the part of the variance that is what
        is not known), last_year_unknown_from and last_year_unknown_to; see :func:`at_end` and :func:`spread`.
        """
        import pandas as pd

        shown = {name: self.metric(name) for name in metrics or self.known_metrics}
        rows = [
            {"label": metric.label, "unit": metric.unit, "measured_as": measured_as(metric, self.quarters), "runs": self.runs,
             "first_quarter": float(np.median(self.series(name)[:, 0])), **spread("last_year", self.at_end(name), self.draws)}
            for name, metric in shown.items()
        ]
        return pd.DataFrame(rows, index=pd.Index(list(shown), name="metric"))

    def freed_money(self) -> pd.DataFrame:
        """Where the freed money went in each run, £m: see :func:`totalplace.sim.results.freed_money.freed_money`."""
        from totalplace.sim.results.freed_money import freed_money

        return freed_money(self)

    def plot(self, metrics: Sequence[str] | None = None) -> Figure:
        """Medians and 90% bands over time, in small multiples; the headline metrics where none are named."""
        from totalplace.sim.figures.over_time import ensemble_over_time

        return ensemble_over_time(self, metrics)

    def __repr__(self) -> str:
        runs = count(self.runs, "run")
        return f"<Ensemble of {self.scenario.name} in {self._where()}, {runs}; medians in the last year: {self._headline()}>"

    def _repr_html_(self) -> str:
        title = f"{self.scenario.name} in {self._where()}, {count(self.runs, 'run')}: medians and 90% bands in the last year"
        return summary_html(title, self.summary(), self.known_metrics, self.quarters, f" Bands are {band_words([self])}.")
