"""Build the tables of the panel, spending and need by place and year, from two folders of open source files.

    python -m tools.panel_tables SOURCE_FOLDER SOURCE_FOLDER_2024

Writes three tables in ``sim/evidence/panel``: ``children.csv``, children's services of the 151 places of April 2023 from 2016 to
2025, ``councils.csv``, outturn by service of the 148 places of 2010-23 in the ten years that exist, with outcomes, and
``other_income.csv``, what part of adult social care other income pays for in places of April 2023. Money is £ thousand of its year.
``docs/data.md`` describes every column and what ``marks`` says. Nothing in the package reads the source folders.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tools.budget_paths import COUNCIL_LINES, PANEL, SURE_START
from tools.indicator_tables import figures
from totalplace.scenarios.calendar import format_financial_year
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places import find, names, tables
from totalplace.scenarios.prices import deflator
from totalplace.scenarios.source_tree import ROOT

if TYPE_CHECKING:
    import pandas as pd

HERE: Final = ROOT / "sim" / "evidence" / "panel"
CHILDREN: Final = "lait_indicators_utla_2016_2025.csv.gz"
OTHER_INCOME: Final = "derived_adult_social_care_other_income_by_council_2021_22_to_2024_25.csv"
#: Columns of ``children.csv`` and the measures of the source that they hold: stocks and shares of a year, and then spend.
STOCKS: Final = {
    "looked_after": "looked_after_children",
    "looked_after_rate": "looked_after_rate_per_10000",
    "plans_rate": "child_protection_plan_rate_per_10000",
    "in_need_rate": "children_in_need_rate_per_10000",
    "neet": "neet_16_17_pct",
    "first_entrants_rate": "first_time_entrants_youth_justice_per_100000",
    "absence": "absence_pct_sessions",
}
SPEND: Final = {
    "looked_after_spend": "spend_gross_looked_after_gbp",
    "safeguarding_spend": "spend_gross_safeguarding_gbp",
    "family_support_spend": "spend_gross_family_support_gbp",
    "sure_start_spend": "spend_gross_sure_start_family_hubs_gbp",
    "youth_spend": "spend_gross_services_for_young_people_gbp",
    "youth_justice_spend": "spend_gross_youth_justice_gbp",
    "other_spend": "spend_gross_other_children_family_gbp",
}
EARLY_HELP: Final = ("family_support_spend", "sure_start_spend", "youth_spend")
YEARS: Final = range(2016, 2026)
#: A place with fewer looked-after children than this in any year: their number and spend are those of single families.
SMALL: Final = 50
#: Changes in a year (of the log, at constant prices) beyond which a line has been booked elsewhere or a population counted anew;
#: judgement, 0.5 to 0.8 and 0.04 to 0.08: the ninth decile of real changes is 0.2, and 0.02.
JUMP: Final = 0.6
RECOUNTED: Final = 0.06
#: Lines of ``councils.csv`` beside all services, and outcomes of places.
SERVICES: Final = ("social_care_all", "adult_social_care", "childrens_social_care", "public_health")
OUTCOMES: Final = (
    "healthy_life_expectancy", "preventable_cardiovascular_mortality", "independent_after_short_term_care", "claimants",
    "employment_rate", "life_satisfaction",
)
#: Change in a year beyond which adult social care has been booked elsewhere; judgement, 0.2 to 0.4: the ninth decile is 0.1.
JUMP_ADULT: Final = 0.3
#: Districts that were made after 2013 and were gone by 2023, and their county.
BETWEEN: Final = {"E07000244": "E10000029", "E07000245": "E10000029", "E07000246": "E10000027"}
#: Councils of an upper tier; districts of a second one have none of :data:`SERVICES`.
UPPER: Final = ("UA", "SC", "MD", "LB")


def _money_year(year: str) -> int:
    """The year in which a year of spending ends, in which the stock of 31 March stands beside it."""
    return int(year[:4]) + 1


def _log_change(table: pd.DataFrame, column: pd.Series) -> pd.Series:
    """Change of the log from the row before of the same place; of nothing where there is none."""
    import pandas as pd

    with np.errstate(divide="ignore", invalid="ignore"):
        logs = pd.Series(np.log(column.to_numpy(dtype=float)), table.index).replace([np.inf, -np.inf], np.nan)
    return logs.groupby(table["code"]).diff()


def _marks(table: pd.DataFrame) -> list[str]:
    """What to know of each row before it is used, as words with spaces between."""
    by_place = table.groupby("code")
    split = by_place["looked_after"].transform("count") < by_place["year"].transform("count") - 1
    small = by_place["looked_after"].transform("min") < SMALL
    prices = table["year"].map({year: deflator(year - 1) for year in YEARS})
    early = table[list(EARLY_HELP)].sum(axis=1, min_count=len(EARLY_HELP)) / prices
    rates = table["looked_after"] / table["looked_after_rate"]
    said = {
        "split": split, "small": small & ~split,
        "jump_early_help": _log_change(table, early).abs() > JUMP,
        "jump_safeguarding": _log_change(table, table["safeguarding_spend"] / prices).abs() > JUMP,
        "rates_recounted": _log_change(table, rates).abs() > RECOUNTED,
        "zero_sure_start": table["sure_start_spend"] == 0.0, "zero_youth": table["youth_spend"] == 0.0,
    }
    return [" ".join(word for word, of in said.items() if of.iloc[row]) for row in range(len(table))]


def children(recent: Path, codes: list[str]) -> pd.DataFrame:
    """The table of children's services: a row for each place and each of :data:`YEARS`, blank where nothing was published.

    A year of spending stands in the year in which it ends, beside the stock of its last day. Raises OSError where the source is
    missing, KeyError where it lacks a measure.
    """
    import pandas as pd

    source = pd.read_csv(recent / CHILDREN)
    wanted = STOCKS | SPEND
    source = source[source["indicator"].isin(wanted.values()) & ~source["year"].str.contains("/")]
    source["year"] = [_money_year(year) if "-" in year else int(year) for year in source["year"]]
    wide = source.pivot(index=["utla_code", "year"], columns="indicator", values="value")
    wide = wide[list(wanted.values())].set_axis(list(wanted), axis=1)
    every = pd.MultiIndex.from_product([sorted(codes), YEARS], names=["code", "year"])
    table = wide.rename_axis(["code", "year"]).reindex(every).reset_index()
    table[list(STOCKS)] = table[list(STOCKS)].round(3)
    table[list(SPEND)] = (table[list(SPEND)] / 1000.0).round(1)
    # Who books nothing on looked-after children, and has some, did not report.
    table.loc[table["looked_after_spend"] == 0.0, list(SPEND)] = np.nan
    table["marks"] = _marks(table)
    return table


def _place_of(source: Path, recent: Path) -> dict[str, str]:
    """The place of 2010-23 in which a council of any of the years lies, by code."""
    import pandas as pd

    now = pd.read_csv(recent / "geo_ltla_utla_region_police_fire_ca.csv")
    then = pd.read_csv(source / "lookup_lad13_utla13.csv")
    found = dict(zip(now["ltla_code"], now["utla_code"], strict=True))
    found |= dict(zip(then["lad13_code"], then["utla13_code"], strict=True)) | BETWEEN
    found |= {code: code for code in found.values()}
    place = {row.former: row.code for row in pd.read_csv(ROOT / "scenarios" / "places" / "codes.csv").itertuples()}
    return {code: place.get(code, place.get(upper, upper)) for code, upper in found.items()} | place


def _outturn(source: Path, place_of: dict[str, str]) -> pd.DataFrame:
    """Lines of every place and year, by code and year; blank where a council of it did not file."""
    import pandas as pd

    table = pd.read_csv(source / PANEL)
    table = table[table["class"].isin((*UPPER, "SD"))].copy()
    table["code"] = table["ons_code"].map(place_of)
    table["all_services"] = table[list(COUNCIL_LINES)].sum(axis=1, min_count=len(COUNCIL_LINES))
    first = table["class"].isin(UPPER)
    whole = table.groupby(["code", "year"])["all_services"].agg(lambda filed: filed.sum(min_count=len(filed)))
    upper = table[first].groupby(["code", "year"])[list(SERVICES)].agg(lambda filed: filed.sum(min_count=len(filed)))
    return upper.join(whole).round(0)


def councils(source: Path, recent: Path, codes: list[str]) -> pd.DataFrame:
    """The table of outturn by service, a row for each place and each year that exists, with the outcomes of that year.

    An outcome is the one whose middle lies nearest to that of the financial year, within half a year. Raises OSError where a source
    is missing, KeyError where it lacks a line.
    """
    import pandas as pd

    spent = _outturn(source, _place_of(source, recent))
    years = sorted(spent.index.unique("year"))
    table = spent.reindex(pd.MultiIndex.from_product([sorted(codes), years], names=["code", "year"]))
    found = figures(source, recent, "")
    for name in OUTCOMES:
        rows = found[name]
        starts = np.floor(0.5 * (rows["start"] + rows["end"]) - 0.25).astype(int)
        rows = rows.assign(year=[format_financial_year(year) for year in starts])
        table[name] = rows.groupby(["code", "year"])["value"].mean().round(3)
    table = table.reset_index()
    table["marks"] = _outturn_marks(table)
    return table


def _outturn_marks(table: pd.DataFrame) -> list[str]:
    """What to know of each row of outturn before it is used, as words with spaces between."""
    first = table["year"].str.slice(0, 4).astype(int)
    follows = first.groupby(table["code"]).diff() == 1
    real = table["adult_social_care"] / first.map({year: deflator(year) for year in set(first)})
    said = {
        "not_filed": table["all_services"].isna(),
        "sure_start_moved": table["year"] == format_financial_year(SURE_START),
        "jump_adult_social_care": (_log_change(table, real).abs() > JUMP_ADULT) & follows,
    }
    return [" ".join(word for word, of in said.items() if of.iloc[row]) for row in range(len(table))]


def other_income(recent: Path, codes: list[str]) -> pd.DataFrame:
    """Other income of adult social care over gross spend, ``share``, by place and year in which the year of spending ends.

    Councils that are no place of April 2023, nor the whole of one, are left out. Raises OSError where the source is missing,
    KeyError where it lacks a column.
    """
    import pandas as pd

    table = pd.read_csv(recent / OTHER_INCOME)
    became = {name.code: name.code for name in names("2024-25")} | _became(table["utla_code"], codes)
    table["code"] = table["utla_code"].map(became)
    table["year"] = [_money_year(year) for year in table["year"]]
    table["share"] = table["other_income_share_of_gross"].round(4)
    return table.dropna(subset=["code"])[["code", "year", "share"]].sort_values(["code", "year"]).reset_index(drop=True)


def _became(former: pd.Series, codes: list[str]) -> dict[str, str]:
    """The place of April 2023 that a council of another code is, the whole of it."""
    found = {}
    for code in sorted(set(former) - set(codes)):
        try:
            found[code] = find(code, "2024-25").code
        except InputError:
            continue  # it was split, or is none of the places here
    return found


def build(source: Path, recent: Path, target: Path = HERE) -> list[Path]:
    """Write the tables into a folder; returns the files. Raises OSError and KeyError for a source that is not as it was."""
    now = [place.code for place in names("2024-25")]
    then = list(tables.indicators(""))
    written = []
    tables_of = {"children.csv": children(recent, now), "councils.csv": councils(source, recent, then),
                 "other_income.csv": other_income(recent, now)}
    for name, table in tables_of.items():
        written.append(target / name)
        table.to_csv(written[-1], index=False, lineterminator="\n", float_format="%.10g")
    return written


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m tools.panel_tables SOURCE_FOLDER SOURCE_FOLDER_2024")
    for file in build(Path(sys.argv[1]), Path(sys.argv[2])):
        print(file)
