"""Build the compact tables of English places from a folder of open source files.

    python -m tools.place_tables SOURCE_FOLDER

Writes ``spending.csv`` (£ thousand by place, year and line), ``indicators.csv`` (one row per place) and
``small_areas.parquet`` (one row per small area) in ``scenarios/places``. ``docs/data.md`` describes every column. The job
needs pandas and takes a few seconds; nothing in the package reads the source folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.places.shapes import INDICATORS, LINES, ROUNDS, YEARS
from totalplace.scenarios.source_tree import ROOT

if TYPE_CHECKING:
    import pandas as pd

HERE: Final = ROOT / "scenarios" / "places"
#: Two bodies too small to model: City of London and Isles of Scilly.
LEFT_OUT: Final = ("E09000001", "E06000053")
DOMAINS: Final = ("income", "employment", "education", "health", "crime", "barriers", "environment")
#: Departments that are not among "other central departments": they have their own line, or the source leaves them out.
OWN_LINE: Final = (
    "Department of Health",
    "Department of Health and Social Care",
    "Department for Work and Pensions",
    "Department for Education",
    "Ministry of Justice",
    "HM Revenue and Customs",
    "Local Government England",
    "Local Government Boundary Commission for England",
)
COMMUNITIES: Final = (
    "Department for Communities and Local Government",
    "Ministry of Housing, Communities and Local Government",
)
BUSINESS: Final = (
    "Department for Business Innovation and Skills",
    "Department for Business, Energy and Industrial Strategy",
)
#: Parts of "other central departments" that an agency of the model spends: line, departments, start of the function.
CENTRAL_PARTS: Final = (
    ("central_enterprise", BUSINESS, "4. of which: enterprise"),
    ("central_skills", BUSINESS, "9. Education"),
    ("central_transport", ("Department for Transport",), "4. of which: transport"),
)
#: Lines taken over as they are, with their names here.
RENAMED: Final = {
    "council_housing_benefit_dwp_funded": "housing_benefit",
    "fire_standalone": "fire",
    "nhs_dhsc": "nhs",
    "hmrc_credits_child_benefit": "tax_credits_child_benefit",
    "moj": "justice",
    "dfe_academies_fe_other": "education_department",
}


def _regional(analysis: pd.DataFrame, year: str, departments: tuple[str, ...], function: str = "") -> pd.Series:
    """£ thousand by region that departments spend on a function in a year, outside local government."""
    rows = analysis[
        (analysis["year"] == year)
        & (analysis["sector"] != "LG")
        & analysis["department"].isin(departments)
        & analysis["hmt_function"].str.startswith(function)
    ]
    return rows.groupby("region")["value_gbp_thousand"].sum()


def _spending(source: Path, analysis: pd.DataFrame, year: str) -> pd.DataFrame:
    """Lines of one year in £ thousand, one row per place; every place of the source, also those left out later."""
    import pandas as pd

    table = pd.read_csv(source / f"derived_places150_agency_spend_{year.replace('-', '_')}.csv").rename(columns=RENAMED)
    region = table["region"]

    def share_of(column: str, regional: pd.Series) -> pd.Series:
        """Place's part of a regional amount, in proportion to its part of a column of the region."""
        return table[column] / table.groupby("region")[column].transform("sum") * region.map(regional).fillna(0.0)

    employment = _regional(analysis, year, ("Department for Work and Pensions",), "4. of which: employment")
    table["dwp_employment"] = share_of("dwp_jobcentre_admin_other", employment)
    table["dwp_administration_other"] = table["dwp_jobcentre_admin_other"] - table["dwp_employment"]
    for line, departments, function in CENTRAL_PARTS:
        table[line] = share_of("other_central_departments", _regional(analysis, year, departments, function))
    parts = [line for line, _, _ in CENTRAL_PARTS]
    table["central_other"] = table["other_central_departments"] - table[parts].sum(axis=1)
    table["central_communities"] = share_of("other_central_departments", _regional(analysis, year, COMMUNITIES))
    table = table.assign(**{line: 0.0 for line in LINES if line not in table})
    result = table[["place_code"]].rename(columns={"place_code": "code"}).assign(year=year)
    result[list(LINES)] = table[list(LINES)].round().astype(int)
    result["source_total"] = table["total_estimate"].round().astype(int)
    return result


def _check_central(source: Path, analysis: pd.DataFrame, year: str) -> None:
    """Stop if other central departments no longer equal the regional analysis without communities."""
    import pandas as pd

    table = pd.read_csv(source / f"derived_places150_agency_spend_{year.replace('-', '_')}.csv")
    others = tuple(sorted(set(analysis["department"]) - set(OWN_LINE) - set(COMMUNITIES)))
    gap = table.groupby("region")["other_central_departments"].sum() - _regional(analysis, year, others)
    if float(gap.abs().max()) > 50.0:
        message = f"{year}: other central departments differ from the regional analysis by up to £{gap.abs().max()}k"
        raise ValueError(message)


def _indicators(source: Path) -> pd.DataFrame:
    """One row per place: code, name, region, population mid-2020, families with complex needs, Health Index values."""
    import pandas as pd

    table = pd.read_csv(source / "derived_places150_cohorts.csv")
    result = table[["place_code", "place_name", "region", "total", "proxy_complex_families_share_of_117910"]].copy()
    result.columns = pd.Index(["code", "name", "region", "population", "complex_families"])
    for column in ("population", "complex_families"):
        result[column] = result[column].round().astype(int)
    for year in ROUNDS:
        for indicator in INDICATORS:
            result[f"{indicator}_{year}"] = table[f"hi_{indicator}_{year}"].round(3)
    return result


def _small_areas(source: Path, codes: list[str]) -> pd.DataFrame:
    """One row per small area in whole-number units: persons, thousandths (rates), hundredths and tenths (scores)."""
    import pandas as pd

    table = pd.read_csv(source / "neighbourhoods_lsoa11.csv.gz")
    table = table[table["place_code"].isin(codes)]
    result = pd.DataFrame(
        {
            "code": table["lsoa_code"].str[1:].astype(np.int32),
            "name": table["lsoa_name"],
            "place": table["place_code"],
            "pop_0_15": table["pop_0_15"],
            "pop_16_24": table["pop_16_24"],
            "pop_25_64": table["pop_25_64"],
            "pop_65_plus": table["pop_65_79"] + table["pop_80_plus"],
            "income_deprived_children": table["income_deprived_children_0_15"],
            "employment_rate": (table["employment_rate"] * 1000).round(),
            "imd_2015": (table["imd2015_score"] * 100).round(),
            "imd_2019": (table["imd2019_score"] * 100).round(),
        }
    )
    for domain in DOMAINS:
        result[domain] = (table[f"{domain}_transformed"] * 10).round()
    whole = [column for column in result if column not in ("code", "name", "place")]
    result[whole] = result[whole].astype(np.uint16)
    return result.sort_values(["place", "code"], ignore_index=True)


def build(source: Path, target: Path = HERE) -> None:
    """Write the three tables of a folder of source files into ``target``.

    Raises FileNotFoundError when a source file is missing and ValueError when the sources no longer agree.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as parquet

    analysis = pd.read_csv(source / "cra_england_region_department_function.csv")
    indicators = _indicators(source)
    indicators = indicators[~indicators["code"].isin(LEFT_OUT)].sort_values("code", ignore_index=True)
    codes = indicators["code"].tolist()
    years = []
    for year in YEARS:
        _check_central(source, analysis, year)
        spending = _spending(source, analysis, year)
        years.append(spending[spending["code"].isin(codes)])
    spending = pd.concat(years).sort_values(["code", "year"], ignore_index=True)
    areas = _small_areas(source, codes)
    population = areas.filter(like="pop_").astype(int).sum(axis=1).groupby(areas["place"]).sum()
    if not np.array_equal(population.to_numpy(), indicators["population"].to_numpy()):
        message = "the small areas of a place do not add up to its population"
        raise ValueError(message)
    indicators.to_csv(target / "indicators.csv", index=False, lineterminator="\n")
    spending.to_csv(target / "spending.csv", index=False, lineterminator="\n")
    table = pa.Table.from_pandas(areas, preserve_index=False).replace_schema_metadata(None)
    parquet.write_table(table, target / "small_areas.parquet", compression="zstd", compression_level=19)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tools.place_tables SOURCE_FOLDER")
    build(Path(sys.argv[1]))
