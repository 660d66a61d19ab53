"""The people of the places of April 2023: small areas of 2021 and indicators of each place, for ``tools.year_tables``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.places.shapes import INDICATORS

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: The round of indicators: most are of 2024, health of 2021.
ROUND: Final = 2024
#: Families with complex needs: those of the first national programme, as in the older years; no later count is of the same.
FAMILIES: Final = 117_910
#: The scale of the official transformation of domain scores: 0 (best) to 100, the most deprived tenth above 50.
_SCALE: Final = 23.0
#: Domains of deprivation: name in the table, column of the source.
DOMAINS: Final = {
    "income": "income_score", "employment": "employment_score", "education": "education_score", "health": "health_score",
    "crime": "crime_score", "barriers": "housing_and_services_score", "environment": "environment_score",
}
#: Age bands of a small area: columns of the Census of 2021, and of the residents of mid-2023.
BANDS: Final = {
    "pop_0_15": (("pop21_15_under",), ("age_0_4", "age_5_15")),
    "pop_16_24": (("pop21_16_24",), ("age_16_17", "age_18_24")),
    "pop_25_64": (("pop21_25_34", "pop21_35_49", "pop21_50_64"), ("age_25_44", "age_45_64")),
    "pop_65_plus": (("pop21_65_plus",), ("age_65_74", "age_75_84", "age_85_plus")),
}


def transformed(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Domain scores by the published exponential transformation of their ranks: 0 to 100, mean 21.7, more is more deprived."""
    rank = score.argsort(kind="stable").argsort(kind="stable") + 1.0
    found: NDArray[np.float64] = -_SCALE * np.log(1.0 - rank / len(score) * (1.0 - np.exp(-100.0 / _SCALE)))
    return found


def scaled(counts: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Counts in proportion, as whole numbers that add up to a total: the largest remainders are rounded up."""
    exact = counts / counts.sum() * total
    found: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    found[np.argsort(found - exact, kind="stable")[: total - int(found.sum())]] += 1
    return found


def small_areas(source: Path, recent: Path, table: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """One row per small area of 2021 in whole-number units: persons, thousandths (rates), hundredths and tenths (scores).

    People of the Census of 2021 by age, moved to the residents of the place at mid-2023.
    """
    import pandas as pd

    areas = pd.read_csv(recent / "imd2025_lsoa21.csv.gz")
    for domain, column in DOMAINS.items():
        areas[domain] = (10.0 * transformed(areas[column].to_numpy(dtype=np.float64))).round()
    areas = areas[areas["utla_code"].isin(codes)].sort_values(["utla_code", "lsoa21_code"], ignore_index=True)
    result = pd.DataFrame({"code": areas["lsoa21_code"].str[1:].astype(np.int32), "name": _names(source, recent, areas)})
    result["place"] = areas["utla_code"]
    for band, (census, now) in BANDS.items():
        counted = areas[list(census)].sum(axis=1).to_numpy(dtype=np.float64)
        result[band] = 0
        for code, rows in areas.groupby("utla_code").groups.items():
            result.loc[rows, band] = scaled(counted[rows], int(table.loc[code, list(now)].sum()))
    rate = areas["income_deprived_people"] / areas[[c for c in areas if c.startswith("pop21_")]].sum(axis=1)
    guess = rate * areas["pop21_15_under"]  # where the count is suppressed
    result["income_deprived_children"] = areas["income_deprived_children"].fillna(guess).fillna(0.0).round()
    result["employment_rate"] = (areas["employment_score"] * 1000).round()
    result["imd_2025"] = (areas["imd_score"] * 100).round()
    for domain in DOMAINS:
        result[domain] = areas[domain]
    whole = [column for column in result if column not in ("code", "name", "place")]
    result[whole] = result[whole].astype(np.uint16)
    return result


def _names(source: Path, recent: Path, areas: pd.DataFrame) -> pd.Series:
    """Names of small areas: that of 2011 where the area is the same, else the council and the code."""
    import pandas as pd

    lookup = pd.read_csv(recent / "lookup_lsoa11_lsoa21.csv.gz")
    same = lookup[lookup["change_code"] == "U"].set_index("lsoa21_code")["lsoa11_code"]
    then = pd.read_csv(source / "neighbourhoods_lsoa11.csv.gz").set_index("lsoa_code")["lsoa_name"]
    geo = pd.read_csv(recent / "geo_ltla_utla_region_police_fire_ca.csv").set_index("ltla_code")["ltla_name"]
    known = areas["lsoa21_code"].map(same).map(then)
    return known.fillna(areas["ltla24_code"].map(geo).fillna("") + " " + areas["lsoa21_code"])


def indicator_rows(source: Path, recent: Path, table: pd.DataFrame, codes: list[str]) -> pd.DataFrame:
    """One row per place: code, name, region, residents of mid-2023, families with complex needs, indicators of the round."""
    import pandas as pd

    need = pd.read_csv(recent / "iod2025_scores_indicators_utla.csv").set_index("utla_code")
    poor = need["income_deprived_children"]
    result = table.loc[codes, ["name", "region", "residents"]].rename(columns={"residents": "population"})
    result["complex_families"] = (FAMILIES * poor / poor.sum()).round().astype(int)
    found = health(source, recent, table)
    found["personal_crime"] = need[[column for column in need if column.startswith("violence_")]].sum(axis=1)
    found["rough_sleeping"] = need["core_homelessness_rate_percent_of_households"]
    found["pupil_absences"] = latest(recent, "persistent_absence_pct")
    found["child_poverty"] = local(recent, "Children in relative poverty after housing costs")
    found["unemployment"] = local(recent, "Claimant Count")
    for indicator in INDICATORS:
        values = found[indicator].reindex(codes)
        result[f"{indicator}_{ROUND}"] = values.fillna(values.median()).round(3)
    return result.rename_axis("code").reset_index()


def health(source: Path, recent: Path, table: pd.DataFrame) -> pd.DataFrame:
    """Health Index indicators of 2021 by council of April 2023, districts averaged over the people of their small areas."""
    import pandas as pd

    areas = pd.read_csv(source / "neighbourhoods_lsoa11.csv.gz", usecols=["ltla21_code", "lsoa_code", "pop_total"])
    lookup = pd.read_csv(recent / "lookup_lsoa11_lsoa21.csv.gz").drop_duplicates("lsoa11_code")
    lookup = lookup.set_index("lsoa11_code")["lsoa21_code"]
    now = pd.read_csv(recent / "imd2025_lsoa21.csv.gz").set_index("lsoa21_code")["utla_code"]
    areas["utla_code"] = areas["lsoa_code"].map(lookup).map(now)
    people = areas.groupby(["ltla21_code", "utla_code"], as_index=False)["pop_total"].sum()
    index = pd.read_csv(source / "ons_health_index_indicators_ltla21_2015_2021.csv")
    index = people.merge(index[index["year"] == 2021], on="ltla21_code")
    found = {}
    for indicator in INDICATORS:
        known = index.dropna(subset=[indicator])
        weighted = (known[indicator] * known["pop_total"]).groupby(known["utla_code"]).sum()
        found[indicator] = weighted / known.groupby("utla_code")["pop_total"].sum()
    return pd.DataFrame(found).reindex(table.index)


def latest(recent: Path, name: str) -> pd.Series:
    """A measure of the Local Authority Interactive Tool: the last year of each council."""
    import pandas as pd

    rows = pd.read_csv(recent / "lait_indicators_utla_2016_2025.csv.gz")
    rows = rows[rows["indicator"] == name].astype({"value": float}).sort_values("year")
    return rows.groupby("utla_code")["value"].last()


def local(recent: Path, name: str) -> pd.Series:
    """A measure of Explore Local Statistics that begins in the round's year."""
    import pandas as pd

    rows = pd.read_csv(recent / "ons_local_indicators_utla_2010_2025.csv.gz")
    rows = rows[(rows["indicator"] == name) & rows["period"].str.startswith(str(ROUND))]
    return rows.set_index("utla_code")["value"]
