"""Build the table of indicator bases from two folders of open source files.

    python -m tools.indicator_tables SOURCE_FOLDER SOURCE_FOLDER_2024

Writes ``natural_units.csv`` in ``scenarios/places`` and in the folder of each later set of places: for each place and year of
spending a value of every indicator of ``scenarios/indicators.yaml`` and its basis, the quality and the time of the figure. A figure
of the place whose time covers part of the year is *actual*; the nearest of another time, or one split from England, is *estimated*.
Where there is none both cells stay empty: who reads the table puts the median of the region there
(``scenarios/places/natural_units.py``). The job needs pandas; nothing in the package reads the source folders.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.year_areas import area_table
from tools.year_people import health
from totalplace.scenarios.indicators import ACTUAL, ESTIMATED, INDICATORS
from totalplace.scenarios.places.shapes import GEOGRAPHIES, years_of
from totalplace.scenarios.source_tree import ROOT

if TYPE_CHECKING:
    import pandas as pd

HERE: Final = ROOT / "scenarios" / "places"
#: Councils of April 2023 that a place here is made of, or is called in the sources, where its code is another.
NOW: Final = {
    "E06000058": "DORSET_BP", "E06000059": "DORSET_BP", "E06000061": "E10000021", "E06000062": "E10000021",
    "E06000063": "E10000006", "E06000064": "E10000006", "E06000060": "E10000002", "E06000065": "E10000023",
    "E06000066": "E10000027",
}
#: England in the financial year that is nearest to each year of spending that has one (thousand): NAO HC 739, 2013; HC 833, 2018.
EMERGENCY_ADMISSIONS: Final = {2012.75: 5300.0, 2016.75: 5800.0}
#: Digits after the point that are kept: sources give no more.
DIGITS: Final = 2

#: Rows of a source: code of the place, first and last moment of the figure (years), value.
_COLUMNS: Final = ["code", "start", "end", "value"]


def _weights(recent: Path, now: Mapping[str, str]) -> pd.Series:
    """People by council, by which rates of the councils of a place are averaged; ``now`` goes with it as an attribute."""
    import pandas as pd

    table = pd.read_csv(recent / "population_mid2023_utla_age_bands.csv")
    people = table.set_index("utla_code")["population_mid2023"]
    people.attrs["now"] = dict(now)
    return people


#: For the places of April 2023, whose codes the sources have.
AS_IT_IS: Final[dict[str, str]] = {}


def _by_place(table: pd.DataFrame, people: pd.Series, count: bool) -> pd.DataFrame:
    """Figures of councils as figures of places: counts are summed, rates averaged over people; half a place is none."""
    now = people.attrs["now"]
    table = table.dropna(subset=["value"]).assign(people=table["code"].map(people).fillna(1.0), council=table["code"])
    table["code"] = table["code"].replace(now)
    parts = {code: sum(1 for place in now.values() if place == code) for code in now.values()}
    table["weight"] = 1.0 if count else table["people"]
    table["value"] *= table["weight"]
    found = table.groupby(["code", "start", "end"], as_index=False).agg(
        value=("value", "sum"), weight=("weight", "sum"), councils=("council", "nunique"), first=("council", "first"))
    whole = [n == parts.get(code, 1) or first == code
             for code, n, first in zip(found["code"], found["councils"], found["first"], strict=True)]
    found = found[whole]
    if not count:
        found["value"] /= found["weight"]
    return found[_COLUMNS]


def _local(recent: Path, people: pd.Series, *names: str) -> pd.DataFrame:
    """Mean of one or two indicators of Explore Local Statistics; a period is a start and a length in years."""
    import pandas as pd

    table = pd.read_csv(recent / "ons_local_indicators_utla_2010_2025.csv.gz")
    table = table[table["indicator"].isin(names)].rename(columns={"utla_code": "code"})
    begun = table["period"].str.slice(0, 7)
    table["start"] = begun.str.slice(0, 4).astype(float) + (begun.str.slice(5, 7).astype(float) - 1.0) / 12.0
    table["end"] = table["start"] + table["period"].str.extract(r"/P(\d+)Y")[0].astype(float)
    both = table.groupby(["code", "start", "end"])["value"]
    table = both.mean()[both.count() == len(names)].reset_index()
    return _by_place(table, people, count=False)


def _children(recent: Path, people: pd.Series, name: str, count: bool) -> pd.DataFrame:
    """A measure of the Local Authority Interactive Tool, which is that of 31 March of its year or of the winter before."""
    import pandas as pd

    table = pd.read_csv(recent / "lait_indicators_utla_2016_2025.csv.gz")
    table = table[table["indicator"] == name].rename(columns={"utla_code": "code"})
    table["end"] = table["year"].astype(float) + 0.25
    table["start"] = table["end"] - 0.25
    return _by_place(table, people, count)


def _care(recent: Path, people: pd.Series, name: str) -> pd.DataFrame:
    """A measure of adult social care by financial year."""
    import pandas as pd

    table = pd.read_csv(recent / "oflog_adult_social_care_measures_2015_16_to_2022_23.csv")
    table = table[table["measure"] == name].rename(columns={"utla_code": "code"})
    table["start"] = table["year"].str.slice(0, 4).astype(float) + 0.25
    table["end"] = table["start"] + 1.0
    table["value"] = pd.to_numeric(table["value"], errors="coerce")
    return _by_place(table, people, count=False)


def _health_index(source: Path, recent: Path, name: str, folder: str) -> pd.DataFrame:
    """A Health Index indicator by calendar year; the source has it by place of 2010-23, and of 2021 by district."""
    import pandas as pd

    if folder:
        found = health(source, recent, area_table(recent))[name].dropna()
        return pd.DataFrame({"code": found.index, "start": 2021.0, "end": 2022.0, "value": found.to_numpy()})
    table = pd.read_csv(source / "derived_places150_cohorts.csv")
    rows = [table[["place_code"]].assign(start=float(year), end=year + 1.0, value=table[f"hi_{name}_{year}"])
            for year in (2015, 2018, 2021)]
    return pd.concat(rows).rename(columns={"place_code": "code"}).dropna()[_COLUMNS]


def _admissions(source: Path, recent: Path, folder: str) -> pd.DataFrame:
    """Emergency admissions of England split over places by their NHS money of the nearest year of spending that they have."""
    import pandas as pd

    rows = []
    for middle, thousand in EMERGENCY_ADMISSIONS.items():
        if folder:
            money = area_table(recent)["nhs"]
            rows.append(_split(money, middle, thousand))
            continue
        year = min(years_of(folder), key=lambda y, at=middle: abs(_middle(y) - at))  # type: ignore[misc]
        file = source / f"derived_places150_agency_spend_{year.replace('-', '_')}.csv"
        money = pd.read_csv(file).set_index("place_code")["nhs_dhsc"]
        rows.append(_split(money, middle, thousand))
    return pd.concat(rows)


def _split(money: pd.Series, middle: float, thousand: float) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({"code": money.index, "start": middle - 0.5, "end": middle + 0.5,
                         "value": (1000.0 * thousand * money / money.sum()).to_numpy()})


def figures(source: Path, recent: Path, folder: str = "") -> dict[str, pd.DataFrame]:
    """Every figure that there is of every indicator: code, start, end and value. ``recent`` holds the files of 2024.

    ``folder`` says whose places: those of 2010-23, or those of April 2023.
    """
    people = _weights(recent, AS_IT_IS if folder else NOW)
    return {
        "healthy_life_expectancy": _local(recent, people, "Male healthy life expectancy", "Female healthy life expectancy"),
        "preventable_cardiovascular_mortality": _local(recent, people, "Preventable cardiovascular mortality (England)"),
        "emergency_admissions": _admissions(source, recent, folder),
        "independent_after_short_term_care": _care(recent, people, "Outcome of short-term services: sequel to service"),
        "looked_after_children": _children(recent, people, "looked_after_children", count=True),
        "recorded_personal_crime": _health_index(source, recent, "personal_crime", folder),
        "not_in_education_or_work": _children(recent, people, "neet_16_17_pct", count=False),
        "claimants": _local(recent, people, "Claimant Count"),
        "employment_rate": _local(recent, people, "Employment rate"),
        "life_satisfaction": _local(recent, people, "Satisfaction"),
    }


#: Indicators whose figures are those of a larger area, split.
SPLIT: Final = ("emergency_admissions",)


def _middle(year: str) -> float:
    """The middle of a year of spending, in years: 2010-11 is April 2010 to March 2011."""
    return float(year[:4]) + 0.75


def _chosen(table: pd.DataFrame, year: str, split: bool) -> dict[str, tuple[str, str]]:
    """Value and basis for each place: the figure whose middle is nearest to that of the year of spending."""
    middle = _middle(year)
    table = table.assign(far=(0.5 * (table["start"] + table["end"]) - middle).abs()).sort_values(["far", "start"])
    found: dict[str, tuple[str, str]] = {}
    for row in table.itertuples(index=False):
        covers = row.start < middle + 0.5 and row.end > middle - 0.5
        first, last = int(row.start), int(row.end - 1e-9)
        time = f"{first}" if last == first else f"{first} to {last}"
        basis = f"{ACTUAL if covers and not split else ESTIMATED} {time}"
        value = f"{row.value:.0f}" if row.value >= 1000.0 else f"{row.value:.{DIGITS}f}"
        found.setdefault(str(row.code), (value, basis))
    return found


def build(
    source: Path, recent: Path, target: Path = HERE, codes: Callable[[], list[str]] | None = None, folder: str = ""
) -> None:
    """Write the table of the places of a folder into ``target``. ``codes`` gives the places; default: those of the folder.

    Raises FileNotFoundError when a source file is missing, KeyError when an indicator of the registry has no source.
    """
    import pandas as pd

    from totalplace.scenarios.places import names

    every = sorted(place.code for place in names(years_of(folder)[0])) if codes is None else codes()
    found = figures(source, recent, folder)
    rows = []
    for year in years_of(folder):
        chosen = {name: _chosen(found[name], year, name in SPLIT) for name in INDICATORS}
        for code in every:
            row = {"code": code, "year": year}
            for name in INDICATORS:
                row[name], row[f"{name}_basis"] = chosen[name].get(code, ("", ""))
            rows.append(row)
    table = pd.DataFrame(rows).sort_values(["code", "year"], ignore_index=True)
    table.to_csv(target / "natural_units.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m tools.indicator_tables SOURCE_FOLDER SOURCE_FOLDER_2024")
    for places in GEOGRAPHIES:
        build(Path(sys.argv[1]), Path(sys.argv[2]), HERE / places, folder=places)
