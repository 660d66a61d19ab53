"""Upper-tier councils of April 2023 with the measures that split money of a region over them, for ``tools.year_tables``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

YEAR: Final = "2024-25"
#: Two bodies too small to model: City of London and Isles of Scilly.
LEFT_OUT: Final = ("E09000001", "E06000053")


def read(folder: Path, name: str) -> pd.DataFrame:
    """A source file. Raises FileNotFoundError."""
    import pandas as pd

    return pd.read_csv(folder / name)


def area_table(recent: Path) -> pd.DataFrame:
    """One row per upper-tier council by code: name, region, people by age, force, fire area, and the measures that split money."""
    geo = read(recent, "geo_ltla_utla_region_police_fire_ca.csv")
    people = read(recent, "population_mid2023_utla_age_bands.csv").set_index("utla_code")
    table = people.rename(columns={"utla_name": "name", "population_mid2023": "residents"})
    first = geo.drop_duplicates("utla_code").set_index("utla_code")
    table["police_area"], table["fire_area"] = first["pfa24_code"], first["fra24_code"]
    need = read(recent, "iod2025_scores_indicators_utla.csv").set_index("utla_code")
    scale = table["residents"] / need["population_2021"]
    claims = read(recent, "uc_households_ltla_may2025.csv").merge(geo[["ltla_code", "utla_code"]], on="ltla_code")
    table["claims"] = claims.groupby("utla_code")["uc_households_may2025"].sum()
    table["aged_75"] = table["age_75_84"] + table["age_85_plus"]
    table["pensioners"] = table["age_65_74"] + table["aged_75"]
    table["poor_older"] = need["income_deprived_60plus"]
    table["working_age"] = table[["age_16_17", "age_18_24", "age_25_44", "age_45_64"]].sum(axis=1)
    table["disabled"] = 0.5 * need["employment_deprived_people"] * scale / need["employment_deprived_people"].sum()
    table["disabled"] += 0.5 * table["residents"] / table["residents"].sum()
    table["children"] = table[["age_0_4", "age_5_15", "age_16_17"]].sum(axis=1)
    table["students"] = table["age_16_17"] + table["age_18_24"]
    violence = need[[column for column in need if column.startswith("violence_")]].sum(axis=1)
    table["crime"] = table["residents"] * (0.5 + 0.5 * violence / float(np.average(violence, weights=need["population_2021"])))
    money = read(recent, "derived_utla153_nhs_icb_allocation.csv")
    money = money[money["year"] == YEAR].set_index("utla23_code")
    table["nhs"] = money["nhs_icb_total_resident_basis"]
    meals = read(recent, "lait_indicators_utla_2016_2025.csv.gz")
    meals = meals[meals["indicator"].isin(("primary_fsm_pct", "secondary_fsm_pct")) & (meals["year"] == "2025")]
    free = meals.astype({"value": float}).groupby("utla_code")["value"].mean().reindex(table.index).fillna(20.0)
    table["pupils"] = (table["age_5_15"] + 0.5 * table["age_16_17"]) * (1.0 + free / 100.0)
    return table
