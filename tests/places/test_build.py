"""The build script on a made-up source folder: regional money is split, checked and rounded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tools import place_tables as build
from totalplace.scenarios.places import tables

PLACES = ("A1", "A2")
REGION = "North"
UNSHARED = {"council_education": 900.0, "council_other": -5.0, "police": 80.0, "nhs_dhsc": 700.0, "moj": 30.0}


def _spending_rows(extra: dict[str, float]) -> pd.DataFrame:
    rows = []
    for code, share in zip(PLACES, (0.25, 0.75), strict=True):
        split = {"dwp_jobcentre_admin_other": 40.0 * share, "other_central_departments": 1000.0 * share, **extra}
        amounts = {**UNSHARED, **split, "council_housing_benefit_dwp_funded": 10.0, "fire_standalone": 4.0}
        others = ("dwp_pensions", "dwp_sickness_disability", "dwp_unemployment_family_uc",
                  "hmrc_credits_child_benefit", "dfe_academies_fe_other")  # fmt: skip
        amounts |= dict.fromkeys(others, 1.0)
        rows.append({"place_code": code, "region": REGION, **amounts, "total_estimate": sum(amounts.values())})
    return pd.DataFrame(rows)


def _analysis(year: str) -> list[dict[str, object]]:
    business, communities = build.BUSINESS[0], build.COMMUNITIES[0]
    spent = [
        ("Department for Work and Pensions", "4. of which: employment policies", "CG", 20.0),
        (business, "4. of which: enterprise and economic development", "CG", 100.0),
        (business, "9. Education", "CG", 300.0),
        ("Department for Transport", "4. of which: transport", "CG", 200.0),
        ("Home Office", "3. Public order and safety", "CG", 400.0),
        (communities, "6. Housing and community amenities", "CG", 60.0),
        ("Local Government England", "9. Education", "LG", 1800.0),
    ]
    return [
        {"year": year, "department": department, "hmt_function": function, "sector": sector, "region": REGION,
         "value_gbp_thousand": value}
        for department, function, sector, value in spent
    ]  # fmt: skip


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    for year in build.YEARS:
        name = f"derived_places150_agency_spend_{year.replace('-', '_')}.csv"
        _spending_rows({"council_cultural": 7.0}).to_csv(folder / name, index=False)
    pd.DataFrame([row for year in build.YEARS for row in _analysis(year)]).to_csv(
        folder / "cra_england_region_department_function.csv", index=False
    )
    cohorts = pd.DataFrame({"place_code": PLACES, "place_name": ["Aton", "Beton"], "region": REGION})
    cohorts["total"], cohorts["proxy_complex_families_share_of_117910"] = 100.0, 3.0
    for indicator in build.INDICATORS:
        for when in build.ROUNDS:
            cohorts[f"hi_{indicator}_{when}"] = 1.5
    cohorts.to_csv(folder / "derived_places150_cohorts.csv", index=False)
    areas = pd.DataFrame({"lsoa_code": ["E01000002", "E01000001"], "lsoa_name": ["Beton 1", "Aton 1"]})
    areas["place_code"] = ["A2", "A1"]
    for column, value in {"pop_0_15": 20, "pop_16_24": 10, "pop_25_64": 50, "pop_65_79": 15, "pop_80_plus": 5}.items():
        areas[column] = value
    areas["income_deprived_children_0_15"], areas["employment_rate"] = 5, 0.123
    areas["imd2015_score"], areas["imd2019_score"] = 12.345, 23.456
    for domain in build.DOMAINS:
        areas[f"{domain}_transformed"] = 34.56
    areas.to_csv(folder / "neighbourhoods_lsoa11.csv.gz", index=False)
    return folder


def test_regional_money_is_split_by_the_share_of_the_place(source: Path, tmp_path: Path) -> None:
    build.build(source, tmp_path)
    rows = pd.read_csv(tmp_path / "spending.csv").set_index(["code", "year"]).loc[("A2", "2010-11")]
    assert rows["dwp_employment"] == 15
    assert rows["dwp_administration_other"] == 15
    assert rows["central_enterprise"] == 75
    assert rows["central_skills"] == 225
    assert rows["central_transport"] == 150
    assert rows["central_other"] == 300
    assert rows["central_communities"] == 45
    assert rows["council_public_health"] == 0
    assert rows[list(build.LINES)].sum() - rows["central_communities"] == rows["source_total"]


def test_small_areas_are_sorted_and_stored_small(source: Path, tmp_path: Path) -> None:
    build.build(source, tmp_path)
    areas = pd.read_parquet(tmp_path / "small_areas.parquet")
    assert areas["name"].tolist() == ["Aton 1", "Beton 1"]
    assert areas["place"].tolist() == ["A1", "A2"]
    assert areas["pop_65_plus"].tolist() == [20, 20]
    assert areas["employment_rate"].tolist() == [123, 123]
    assert areas["imd_2019"].tolist() == [2346, 2346]
    assert areas["health"].dtype == np.uint16


def test_sources_that_disagree_stop_the_build(source: Path, tmp_path: Path) -> None:
    path = source / "cra_england_region_department_function.csv"
    analysis = pd.read_csv(path)
    analysis.loc[analysis["department"] == "Home Office", "value_gbp_thousand"] = 9000.0
    analysis.to_csv(path, index=False)
    with pytest.raises(ValueError, match="other central departments differ"):
        build.build(source, tmp_path)
    assert not (tmp_path / "spending.csv").exists()


def test_shipped_tables_have_the_columns_of_the_script() -> None:
    lines = next(iter(tables.spending().values()))
    assert tuple(lines) == (*build.LINES, "source_total")
    assert len(tables.spending()) == 2 * len(tables.indicators())


def test_england_has_296_rows_of_spending() -> None:
    assert len(tables.spending()) == 296
