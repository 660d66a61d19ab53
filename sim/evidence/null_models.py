"""Null models: simple rules and regressions beside the agent model, on the same figures that none of them has seen.

Each predicts the figure of each place held out, or the national one, with what was known before. Scores: root mean square error,
and the continuous ranked probability score (Gneiting and Raftery 2007, *Journal of the American Statistical Association* 102),
which rates a whole distribution and is the absolute error of a prediction without one. Both are better where smaller. N members of
an ensemble, P places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios import places as all_places
from totalplace.scenarios.cuts import load_cuts, yearly_index
from totalplace.scenarios.prices import deflator
from totalplace.sim.evidence.fact_runs import Observed
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.evidence.measures import top_up_later
from totalplace.sim.evidence.measures_by_place import brought, children_by_place

if TYPE_CHECKING:
    import pandas as pd

AGENTS: Final = "agent model"
NATIONAL: Final = "national ratio"
MANDATE: Final = "mandate times a constant"
REGRESSION: Final = "regression over places"
LAST_YEAR: Final = "last year's value"
MEAN: Final = "mean of three years"
NO_CHANGE: Final = "no change"
EQUATION: Final = "panel equation"
#: The Better Care Fund, £bn: minimum and total of the first year, minimum and total four years later.
FUND: Final = ((3.8, 5.3), (6.4, 9.2))
#: Year (in which a year of spending ends) of other income that is predicted, from the three before it.
INCOME_YEAR: Final = 2025
_TODAY: Final = "2024-25"
#: Year in which the silo of children in care begins, and the last that predictions know.
_BASE, _KNOWN = 2018, 2022
_NORMAL_90: Final = 1.6449
_QUANTILES: Final = 99


@dataclass(frozen=True, eq=False)
class Prediction:
    """What one way says of each place: an ``ensemble`` (N, P), one member where it states no distribution."""

    way: str
    ensemble: Floats

    def error(self, actual: Floats) -> float:
        """Root mean square error of the medians over places."""
        return float(np.sqrt(np.mean((np.median(self.ensemble, axis=0) - actual) ** 2)))

    def covered(self, actual: Floats) -> float:
        """Share of the places whose figure the 90% interval holds; NaN where no distribution is stated."""
        if len(self.ensemble) == 1:
            return float("nan")
        low, high = np.quantile(self.ensemble, (0.05, 0.95), axis=0, method="nearest")
        return float(np.mean((low <= actual) & (actual <= high)))

    def score(self, actual: Floats) -> float:
        """Continuous ranked probability score, mean over places."""
        return float(crps(self.ensemble, actual).mean())


@dataclass(frozen=True, eq=False)
class Contest:
    """A figure that nothing was fitted to, ``actual`` (P,) in ``unit``, and what each way predicts of it; the agents come first.

    ``known`` says what of it was known before, where anything was.
    """

    figure: str
    unit: str
    actual: Floats
    predictions: tuple[Prediction, ...]
    note: str = ""
    known: str = ""

    def better(self) -> tuple[list[str], list[str]]:
        """The ways that the agent model beats, and those that beat it, by the ranked probability score."""
        ours, *others = self.predictions
        own = ours.score(self.actual)
        won = [one.way for one in others if own < one.score(self.actual)]
        return won, [one.way for one in others if one.way not in won]


def crps(ensemble: Floats, actual: Floats) -> Floats:
    """The continuous ranked probability score of an ensemble (N, P) for ``actual`` (P,): (P,), 0 at best, in their unit.

    ``E|X - y| - E|X - X'| / 2``, with members weighed alike.
    """
    ranked = np.sort(ensemble, axis=0)
    count = len(ranked)
    weights = (2.0 * np.arange(1, count + 1) - count - 1.0) / count**2
    return np.asarray(np.abs(ranked - actual).mean(axis=0) - weights @ ranked)


def contests(country: Observed, once: Observed) -> tuple[Contest, ...]:
    """Every figure that the places have and nothing was fitted to, with all that predict it.

    ``country`` has every history of every place, for figures of England, ``once`` one history of each.
    """
    found = [fund(country), income(once), *children(once)]
    return tuple(one for one in found if len(one.actual))


def fund(o: Observed) -> Contest:
    """Total of the Better Care Fund in 2019-20, £bn of the day."""
    (first, pooled), (minimum, actual) = FUND
    path = load_cuts("outturn-2010")
    grown = yearly_index(path, "nhs", 2019) / yearly_index(path, "nhs", 2015) * deflator(2019) / deflator(2015)
    ways = {MANDATE: minimum * pooled / first, NATIONAL: pooled * grown, NO_CHANGE: pooled}
    ours = top_up_later(o)
    predictions = [Prediction(AGENTS, minimum * ours[~np.isnan(ours)][:, None])]
    predictions += [Prediction(way, np.array([[value]])) for way, value in ways.items()]
    return Contest("total of the Better Care Fund in 2019-20", "£bn", np.array([actual]), tuple(predictions),
                   "The minimum of the year is known to all. National ratio: the same part of the NHS budget as in 2015-16. No "
                   "change: in money of the day. There is one figure, and no rule states a distribution.",
                   "looked at before, when measures were chosen")


def _other_income() -> pd.DataFrame:
    """Other income of adult social care over gross spend by place (April 2023) and year, in %."""
    import pandas as pd

    from totalplace.sim.evidence.panel.tables import HERE

    table = pd.read_csv(HERE / "other_income.csv")
    return 100.0 * table.pivot(index="code", columns="year", values="share")


def _signs(codes: pd.Index) -> Floats:
    """What is known of places of today, (P, 4): a constant, NHS over social care money, log of people, deprivation."""
    loaded = [all_places.load(code, _TODAY) for code in codes]
    ratio = [place.nhs / place.social_care for place in loaded]
    worse = [float(np.average(place.deprivation, weights=place.neighbourhood_population)) for place in loaded]
    return np.column_stack([np.ones(len(loaded)), ratio, np.log([place.population for place in loaded]), worse])


def _code_now(code: str) -> str:
    """The code in April 2023 of a place of 2010-23; its own where it has become several."""
    from totalplace.scenarios.errors import InputError

    try:
        return all_places.find(code, _TODAY).code
    except InputError:
        return code


def income(o: Observed) -> Contest:
    """Other income of adult social care, of gross spend, by place in :data:`INCOME_YEAR`.

    What others got wrong by a rule in the year before makes the distribution round its prediction.
    """
    table = _other_income()
    years = [INCOME_YEAR - back for back in (3, 2, 1, 0)]
    table = table[years].dropna()
    held = [(p, code) for p, place in enumerate(o.places) if (code := _code_now(place.code)) in table.index]
    mine = table.loc[[code for _, code in held]]
    others = table.drop(index=mine.index)
    known, learned = _signs(mine.index), _signs(others.index)
    before = others[INCOME_YEAR - 1].to_numpy()
    ratio = before.mean() / learned[:, 1].mean()
    fit, *_ = np.linalg.lstsq(learned, before, rcond=None)
    first_two = others[years[:2]].mean(axis=1).to_numpy()
    ways: Mapping[str, tuple[Floats, Floats]] = {
        NATIONAL: (np.full(len(mine), before.mean()), before - others[years[1]].mean()),
        MANDATE: (ratio * known[:, 1], before - ratio * learned[:, 1]),
        REGRESSION: (known @ fit, before - learned @ fit),
        LAST_YEAR: (mine[INCOME_YEAR - 1].to_numpy(), before - others[years[1]].to_numpy()),
        MEAN: (mine[years[:3]].mean(axis=1).to_numpy(), before - first_two),
    }
    share = brought(o, 4)[:, [p for p, _ in held]] if held else np.zeros((len(o.parameters), 0))
    level = share.mean(axis=1, keepdims=True)
    ours = np.where(level > 0.0, share / np.where(level > 0.0, level, 1.0), 1.0) * before.mean()
    predictions = [Prediction(AGENTS, ours)] + [Prediction(way, at + off[:, None]) for way, (at, off) in ways.items()]
    return Contest("other income of adult social care in 2024-25, by place", "% of gross spend", mine[INCOME_YEAR].to_numpy(),
                   tuple(predictions),
                   "The model says how places differ: its NHS money over social care money in 2019-20, with the mean of other "
                   "councils the year before. Rules are fitted in the other councils, and their errors there are their "
                   "distribution, so that last year's value and the mean of years are moved by what these drifted by a year "
                   "before. Regression: on NHS over social care money, people and deprivation.",
                   "their spread over places is a target of calibration")


def children(o: Observed) -> list[Contest]:
    """Children in care, and real spend on them, by place in each year held out: logs, from what was known in 2021-22."""
    from totalplace.sim.evidence.panel import prediction

    rows = {_code_now(place.code): p for p, place in enumerate(o.places)}
    found = []
    for part, held_list in enumerate((prediction.numbers(), prediction.spend())):
        for held in held_list:
            kept = [i for i, code in enumerate(held.codes) if code in rows]
            columns = [rows[held.codes[i]] for i in kept]
            then, now = (children_by_place(o, year - _BASE)[part][:, columns] for year in (_KNOWN, held.year))
            start = held.predicted[prediction.NO_CHANGE][kept]
            ways = [Prediction(AGENTS, start + np.log(now / then))]
            ways += [Prediction(way, held.predicted[way][kept] + _as_before(held.missed[way], [*rows]))
                     for way in (prediction.NO_CHANGE, prediction.TREND)]
            ways.append(Prediction(EQUATION, _spread(held.predicted[prediction.OURS][kept], held.reach)))
            found.append(Contest(f"{held.measure} in {held.year - 1}-{held.year % 100:02d}, by place", "log", held.actual[kept],
                                 tuple(ways), _CHILDREN_NOTE))
    return found


_CHILDREN_NOTE: Final = (
    "All start from what each place had in 2021-22; the model adds its growth from then on. Round no change and the trend lies the "
    "spread of what they were out by in other places, as many years ahead, in the years to 2021-22; their middle is as they say."
)


def _as_before(missed: pd.Series, held: list[str]) -> Floats:
    """What a way was out by in other places than those held out, less what was common to all: (N, 1)."""
    off = missed.drop(index=[code for code in held if code in missed.index]).to_numpy(dtype=float)
    return np.asarray(off - off.mean())[:, None]


def _spread(middle: Floats, reach: float | None) -> Floats:
    """Members (N, P) round a prediction (P,) with a normal 90% interval of ``reach`` to each side; itself where it has none."""
    from scipy.stats import norm

    if reach is None:
        return middle[None, :]
    quantiles = norm.ppf((np.arange(_QUANTILES) + 0.5) / _QUANTILES)
    return np.asarray(middle + reach / _NORMAL_90 * quantiles[:, None])
