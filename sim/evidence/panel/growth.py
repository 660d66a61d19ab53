"""What became of spending and need: growth of spend as unit cost times numbers, and how long places stay as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.sim.evidence.panel.tables import FIRST, adjusted, children, children_logs, places, real

if TYPE_CHECKING:
    import pandas as pd

#: The last year of the table.
END: Final = 2025
#: Share of its way to what spending asks for that need goes in a year, in the check of partial adjustment.
SPEED: Final = 0.25
#: Years over which changes of places are held against those of one.
STEPS: Final = 4
#: Measures whose persistence over places is shown.
LASTING: Final = ("looked_after", "looked_after_rate", "plans_rate", "in_need_rate", "neet", "early_help_spend", "unit_cost")


@dataclass(frozen=True)
class Growth:
    """Real growth between two years over the same places, as logs; ``unit_cost`` and ``numbers`` add up to ``spend``.

    ``costs`` are the unit costs of the first and last year (£ a child in care, prices of 2024-25), ``spread`` the quartiles over
    places of the growth of unit cost a year.
    """

    first: int
    last: int
    places: int
    spend: float
    unit_cost: float
    numbers: float
    early_help: float
    costs: tuple[float, float]
    spread: tuple[float, float]

    @property
    def drift(self) -> float:
        """Growth of unit cost a year, as a share."""
        return float(np.expm1(self.unit_cost / (self.last - self.first)))


def _balanced() -> pd.DataFrame:
    """Numbers and real spend of places that have them in every year."""
    table = children()
    money = real(table, "looked_after_spend", "early_help_spend").join(table["mean_looked_after"])
    kept = money.loc[places(table["marks"])]
    kept = kept[kept.index.get_level_values("year") >= FIRST]
    whole = kept.notna().all(axis=1).groupby(level="code").transform("all")
    return kept[whole]


def growth(first: int, last: int) -> Growth:
    """Growth of spend on looked-after children between two years (in which a year of spending ends)."""
    table = _balanced()
    sums = table.groupby(level="year").sum().loc[[first, last]]
    logs = np.log(sums).diff().iloc[-1]
    cost = 1000.0 * sums["looked_after_spend"] / sums["mean_looked_after"]
    each = np.log(table["looked_after_spend"] / table["mean_looked_after"]).unstack("year")
    years = last - first
    spread = np.expm1((each[last] - each[first]).quantile([0.25, 0.75]) / years)
    numbers = float(logs["mean_looked_after"])
    spend = float(logs["looked_after_spend"])
    return Growth(first, last, len(each), spend, spend - numbers, numbers, float(logs["early_help_spend"]),
                  (float(cost.iloc[0]), float(cost.iloc[-1])), (float(spread.iloc[0]), float(spread.iloc[-1])))


def explained(elasticity: float) -> float:
    """Part of the growth of numbers to :data:`END` that early help explains at an elasticity, adjusting by :data:`SPEED`."""
    table = np.log(_balanced().groupby(level="year").sum())
    come_through = adjusted(_as_place(table["early_help_spend"]), SPEED)
    moved = float(come_through.iloc[-1] - come_through.iloc[0])
    return elasticity * moved / float(table["mean_looked_after"].iloc[-1] - table["mean_looked_after"].iloc[0])


def _as_place(column: pd.Series) -> pd.Series:
    import pandas as pd

    return pd.concat({"England": column}, names=["code"])


@dataclass(frozen=True)
class Lasting:
    """How places differ and how long: log deviation over places, of a yearly change, and rank correlation of both ends.

    ``walk`` is the variance of changes over :data:`STEPS` years over as many times that of a year: 1 in a random walk, less where
    places go back to what they were, more where they go on.
    """

    measure: str
    first: int
    last: int
    places: int
    apart: float
    moved: float
    ranks: float
    walk: float


def lasting() -> list[Lasting]:
    """Persistence of each of :data:`LASTING` over the years that it has."""
    logs = children_logs().join(np.log(children()[["looked_after_rate"]]))
    logs["unit_cost"] = logs["looked_after_spend"] - logs["mean_looked_after"]
    logs = logs.loc[places(children()["marks"])]
    found = []
    for name in LASTING:
        wide = logs[name].unstack("year").dropna(axis=1, how="all").dropna()
        first, last = int(wide.columns[0]), int(wide.columns[-1])
        step = _apart(wide, 1)
        ranks = float(wide[first].corr(wide[last], method="spearman"))
        moved = float(np.sqrt((step**2).to_numpy().mean()))
        walk = float((_apart(wide, STEPS) ** 2).to_numpy().mean()) / (STEPS * float((_apart(wide, 1) ** 2).to_numpy().mean()))
        found.append(Lasting(name, first, last, len(wide), float(wide.mean(axis=1).std()), moved, ranks, walk))
    return found


def _apart(wide: pd.DataFrame, years: int) -> pd.DataFrame:
    """Changes over so many years, less what all places have in common; ``wide`` has a column for each year, without gaps."""
    change = wide.diff(years, axis=1).iloc[:, years:]
    return change - change.mean()


def yearly_costs() -> pd.DataFrame:
    """Unit cost, numbers, spend and early help of England by year, 1 in the first; for the figure."""
    sums = _balanced().groupby(level="year").sum()
    sums["unit_cost"] = sums["looked_after_spend"] / sums["mean_looked_after"]
    return sums / sums.iloc[0]


