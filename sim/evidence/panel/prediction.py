"""Years held out: what no change, each place's own trend and the equations say of them, all from what was known before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.sim.evidence.panel.regressions import within
from totalplace.sim.evidence.panel.tables import FIRST, HELD_OUT, LAST, children, children_logs, councils_logs, lagged, places

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

NO_CHANGE: Final = "no change"
TREND: Final = "trend of the place"
OURS: Final = "ours"
GIVEN: Final = "ours, given numbers"
#: Elasticities of numbers to early help that are imposed, to see whether the years held out bear them.
IMPOSED: Final = (0.1, 0.2, 0.3)
#: Standard errors beyond which one way is said to predict better than another.
BETTER: Final = 2.0
#: Fewest years that a trend of the past is made from.
FEWEST: Final = 3
_WIDTH: Final = 1.645  # of a normal 90% interval
#: Lines and outcomes of the council panel that are predicted.
_COUNCIL: Final = {
    "adult_social_care": "adult social care", "all_services": "all council services",
    "preventable_cardiovascular_mortality": "preventable cardiovascular mortality", "claimants": "claimants",
    "life_satisfaction": "life satisfaction",
}


@dataclass(frozen=True, eq=False)
class Held:
    """A measure in a year held out: ``actual`` (places,) and ``predicted[way]`` (places,) in logs.

    ``reach`` is how far the 90% interval of :data:`OURS` goes to each side, by the errors of the years before, where it has one;
    ``codes`` (places,) those of the places. ``missed[way]``, by code: how far the way was out as many years ahead in the years up
    to :data:`LAST`.
    """

    measure: str
    year: int
    actual: NDArray[np.float64]
    predicted: Mapping[str, NDArray[np.float64]]
    reach: float | None = None
    codes: tuple[str, ...] = ()
    missed: Mapping[str, pd.Series] = field(default_factory=dict)

    def error(self, way: str) -> float:
        """Root mean square error of logs."""
        return float(np.sqrt(np.mean((self.predicted[way] - self.actual) ** 2)))

    def apart(self, way: str) -> float:
        """The same of places among each other, without what all have in common."""
        off = self.predicted[way] - self.actual
        return float(off.std())

    def ahead(self, way: str, of: str) -> float:
        """By how many standard errors, over places, a way predicts better than another; below zero: worse."""
        gain = (self.predicted[of] - self.actual) ** 2 - (self.predicted[way] - self.actual) ** 2
        spread = float(gain.std(ddof=1))
        return float(np.sqrt(len(gain)) * gain.mean() / spread) if spread > 0.0 else 0.0

    def changed(self, way: str = "") -> float:
        """Mean change of the log since the last year known: as a way says, or as it was."""
        now = self.predicted[way] if way else self.actual
        return float(np.mean(now - self.predicted[NO_CHANGE]))

    def covered(self) -> float | None:
        """Share of places inside the 90% interval of ours."""
        if self.reach is None:
            return None
        return float(np.mean(np.abs(self.predicted[OURS] - self.actual) <= self.reach))


def _slopes(wide: pd.DataFrame) -> pd.Series:
    """Change a year of each place by least squares over the years that it has; none where it has fewer than two."""
    import pandas as pd

    years = np.broadcast_to(wide.columns.to_numpy(dtype=float), wide.shape)
    known = wide.notna().to_numpy()
    values = wide.fillna(0.0).to_numpy()
    middle = (years * known).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    across = (years - middle[:, None]) * known
    width = np.where(known.sum(axis=1) > 1, (across**2).sum(axis=1), np.nan)
    return pd.Series((across * values).sum(axis=1) / width, wide.index)


def _direct(outcome: pd.Series, signs: Mapping[str, pd.Series], ahead: int) -> tuple[pd.Series, float]:
    """Prediction of the change ``ahead`` years after :data:`LAST` from signs known then, and the error of the fit.

    Least squares over all origins whose change ends by :data:`LAST`: a constant and a slope for each sign, the same for all places.
    """
    import pandas as pd

    change = (lagged(outcome, -ahead) - outcome).rename("change")
    table = pd.concat([change, pd.DataFrame(signs)], axis=1)
    year = table.index.get_level_values("year")
    learned = table[(year + ahead <= LAST)].dropna()
    known = np.column_stack([np.ones(len(learned)), learned[list(signs)]])
    fit, *_ = np.linalg.lstsq(known, learned["change"].to_numpy(), rcond=None)
    off = learned["change"].to_numpy() - known @ fit
    now = table.xs(LAST, level="year")[list(signs)]
    return fit[0] + now @ fit[1:], float(np.sqrt((off**2).sum() / (len(off) - len(fit))))


def _ways(wide: pd.DataFrame, year: int, ours: pd.Series) -> dict[str, pd.Series]:
    """No change, trend of the place from the years to :data:`LAST`, and ours, by place."""
    slopes = _slopes(wide[[column for column in wide.columns if column <= LAST]])
    return {NO_CHANGE: wide[LAST], TREND: wide[LAST] + (year - LAST) * slopes, OURS: ours}


def _missed(wide: pd.DataFrame, ahead: int) -> dict[str, pd.Series]:
    """What came less what no change and the trend would have said so many years before, from every year that allows it, by code.

    A trend needs :data:`FEWEST` years before it.
    """
    import pandas as pd

    known = [year for year in wide.columns if year <= LAST]
    off: dict[str, list[pd.Series]] = {NO_CHANGE: [], TREND: []}
    for place, origin in enumerate(known):
        if origin + ahead not in known:
            continue
        moved = wide[origin + ahead] - wide[origin]
        off[NO_CHANGE].append(moved)
        if place + 1 >= FEWEST:
            off[TREND].append(moved - ahead * _slopes(wide[known[:place + 1]]))
    return {way: pd.concat(rows).dropna() for way, rows in off.items() if rows}


def _held(measure: str, wide: pd.DataFrame, year: int, ways: Mapping[str, pd.Series], reach: float | None) -> Held:
    import pandas as pd

    table = pd.DataFrame({"actual": wide[year], **ways}).dropna()
    predicted = {way: table[way].to_numpy() for way in ways}
    codes = tuple(map(str, table.index))
    return Held(measure, year, table["actual"].to_numpy(), predicted, reach, codes, _missed(wide, year - LAST))


def numbers() -> list[Held]:
    """Looked-after children of each year held out: how they moved before, how far from the place's mean, and early help before.

    Beside it :data:`IMPOSED` elasticities: no change but for what early help, known only afterwards, would have done a year later.
    """
    logs = children_logs().loc[places(children()["marks"], ("jump_early_help",))]
    outcome, early = logs["looked_after"], logs["early_help_spend"]
    usual = outcome.groupby(level="code").expanding().mean().droplevel(0)
    signs = {"moved": outcome - lagged(outcome, 1), "away": outcome - usual, "early_help": early - lagged(early, 1)}
    wide, help_wide = outcome.unstack("year"), early.unstack("year")
    found = []
    for year in HELD_OUT:
        change, error = _direct(outcome, signs, year - LAST)
        ways = _ways(wide, year, wide[LAST] + change)
        for elasticity in IMPOSED:
            ways[f"early help {-elasticity:g}"] = wide[LAST] - elasticity * (help_wide[year - 1] - help_wide[LAST - 1])
        found.append(_held("looked-after children", wide, year, ways, _WIDTH * error))
    return found


def spend() -> list[Held]:
    """Real spend on looked-after children of each year held out; :data:`GIVEN` knows their numbers, and no later price."""
    logs = children_logs().loc[places(children()["marks"])]
    outcome, need = logs["looked_after_spend"], logs["mean_looked_after"]
    cost = outcome - need
    dear = cost - cost.groupby(level="year").transform("mean")
    signs = {"moved": outcome - lagged(outcome, 1), "dear": dear, "need": need - lagged(need, 1)}
    year_of = outcome.index.get_level_values("year")
    elasticity = within(outcome[year_of <= LAST], {"need": need})["need"].value
    wide, need_wide = outcome.unstack("year"), need.unstack("year")
    rest = (outcome - elasticity * need).unstack("year")
    drift = float((rest[LAST] - rest[FIRST]).mean()) / (LAST - FIRST)
    found = []
    for year in HELD_OUT:
        change, error = _direct(outcome, signs, year - LAST)
        ways = _ways(wide, year, wide[LAST] + change)
        ways[GIVEN] = wide[LAST] + elasticity * (need_wide[year] - need_wide[LAST]) + (year - LAST) * drift
        found.append(_held("spend on looked-after children", wide, year, ways, _WIDTH * error))
    return found


def councils() -> list[Held]:
    """Lines and outcomes of the council panel: trends of places drawn toward that of all, by as much as trends held before.

    How much of a trend holds is the slope of growth from 2017-18 to 2021-22 on growth from 2011-12 to 2017-18, over places.
    """
    logs = councils_logs()
    logs = logs.loc[places(logs["marks"], ("jump_adult_social_care",))]
    found = []
    for name, words in _COUNCIL.items():
        wide = logs[name].unstack("year")
        known = [year for year in wide.columns if year <= LAST]
        early = _slopes(wide[[year for year in known if 2012 <= year <= 2018]])
        late = (wide[LAST] - wide[2018]) / (LAST - 2018)
        both = early.notna() & late.notna()
        holds = float(np.polyfit(early[both], late[both], 1)[0])
        slopes = _slopes(wide[known])
        for year in HELD_OUT:
            if wide[year].notna().sum() == 0:
                continue
            own = wide[LAST] + (year - LAST) * (late.mean() + holds * (slopes - slopes.mean()))
            found.append(_held(words, wide, year, _ways(wide, year, own), None))
    return found
