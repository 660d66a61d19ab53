"""The tables of the panel as logs at constant prices, with lags that never reach over a missing year."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.places.keeping import kept, tables_in
from totalplace.scenarios.prices import deflator
from totalplace.scenarios.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

HERE: Final = ROOT / "sim" / "evidence" / "panel"
tables_in(lambda: (HERE,))
#: Years of spending (by the year in which they end) that estimates use; those after it are held out.
FIRST: Final = 2017
LAST: Final = 2022
HELD_OUT: Final = (2023, 2024, 2025)
EARLY_HELP: Final = ("family_support_spend", "sure_start_spend", "youth_spend")
_SPEND: Final = (
    "looked_after_spend", "safeguarding_spend", *EARLY_HELP, "youth_justice_spend", "other_spend",
)
_RATES: Final = ("plans_rate", "in_need_rate", "neet", "first_entrants_rate", "absence")
#: Marks that leave a place out of every estimate.
_NO_PANEL: Final = ("split", "small")
#: Outcomes of ``councils.csv`` and services that they are held against.
COUNCIL_OUTCOMES: Final = (
    "preventable_cardiovascular_mortality", "healthy_life_expectancy", "claimants", "employment_rate", "life_satisfaction",
)


def _logs(table: pd.DataFrame) -> pd.DataFrame:
    """Natural logs; what is nought or missing has none."""
    return np.log(table.where(table > 0.0))


@kept(maxsize=1)
def children() -> pd.DataFrame:
    """Children's services by ``code`` and ``year`` (2016 to 2025, the year in which spending ends), as published, £ thousand.

    Added: ``early_help_spend``, ``all_spend`` and ``mean_looked_after``, the mean of the stocks at both ends of the year.
    """
    import pandas as pd

    table = pd.read_csv(HERE / "children.csv").set_index(["code", "year"]).sort_index()
    table["marks"] = table["marks"].fillna("")
    table["early_help_spend"] = table[list(EARLY_HELP)].sum(axis=1, min_count=len(EARLY_HELP))
    table["all_spend"] = table[list(_SPEND)].sum(axis=1, min_count=len(_SPEND) - 1)
    before = table["looked_after"].groupby(level="code").shift(1)
    table["mean_looked_after"] = 0.5 * (table["looked_after"] + before)
    return table


def real(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Spending columns at prices of 2024-25, £ thousand; ``year`` is the one in which a year of spending ends."""
    years, rows = np.unique(table.index.get_level_values("year"), return_inverse=True)
    return table[list(columns)].div(np.array([deflator(int(year) - 1) for year in years])[rows], axis=0)


@kept(maxsize=1)
def children_logs() -> pd.DataFrame:
    """Logs by ``code`` and ``year``: ``looked_after``, ``mean_looked_after``, rates, spending at constant prices, and ``children``.

    How many ``children`` live in a place follows from number and rate, and is as rough as the rate.
    """
    table = children()
    money = real(table, *_SPEND, "early_help_spend", "all_spend")
    living = (10000.0 * table["looked_after"] / table["looked_after_rate"]).rename("children")
    return _logs(table[["looked_after", "mean_looked_after", *_RATES]].join([money, living]))


@kept(maxsize=1)
def councils_logs() -> pd.DataFrame:
    """Logs of outturn at constant prices and of outcomes by ``code`` and ``year``, that in which a year of spending ends."""
    import pandas as pd

    table = pd.read_csv(HERE / "councils.csv")
    table["year"] = table["year"].str.slice(0, 4).astype(int) + 1
    table = table.set_index(["code", "year"]).sort_index()
    services = ["social_care_all", "adult_social_care", "all_services"]
    return _logs(real(table, *services).join(table[list(COUNCIL_OUTCOMES)])).join(table["marks"].fillna(""))


def places(marks: pd.Series, without: Sequence[str] = (), last: int = LAST) -> pd.Index:
    """Codes of the places that are whole and large enough, and bear none of some marks up to a year."""
    bad = marks.str.contains("|".join(_NO_PANEL))
    if without:
        until = marks.index.get_level_values("year") <= last
        bad |= marks.str.contains("|".join(without)) & until
    out = bad.groupby(level="code").any()
    return out.index[~out]


def lagged(column: pd.Series, years: int) -> pd.Series:
    """A column as it was ``years`` before (after, where negative), by code and year; missing where that year is."""
    wide = column.unstack("year")
    every = range(int(wide.columns.min()), int(wide.columns.max()) + 1)
    moved = wide.reindex(columns=every).shift(years, axis=1)
    return moved.stack(future_stack=True).rename_axis(["code", "year"])


def adjusted(column: pd.Series, speed: float) -> pd.Series:
    """What has come through of a column at an adjustment of ``speed`` a year, one year later: it starts where the column does."""
    wide = column.unstack("year")
    held = wide.copy()
    for before, now in pairwise(wide.columns):
        held[now] = held[before].where(held[before].notna(), wide[before]) * (1.0 - speed) + speed * wide[before]
    return held.stack(future_stack=True).rename_axis(["code", "year"])
