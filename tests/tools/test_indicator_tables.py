"""The script that builds bases of indicators, on made-up sources: nearest figure, quality, merged councils, what is missing."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from tools import indicator_tables as build
from totalplace.scenarios.indicators import INDICATORS
from totalplace.scenarios.places.shapes import years_of

YEARS = years_of("")
CODES = ("E06000001", "E06000002", "E10000006")
COUNCILS = ("E06000001", "E06000002", "E06000063", "E06000064")


@pytest.fixture
def sources(tmp_path: Path) -> tuple[Path, Path]:
    old, recent = tmp_path / "data", tmp_path / "data2024"
    old.mkdir()
    recent.mkdir()
    crime = {f"hi_personal_crime_{year}": [30.0, 40.0, 50.0] for year in (2015, 2018, 2021)}
    pd.DataFrame({"place_code": CODES, **crime}).to_csv(old / "derived_places150_cohorts.csv", index=False)
    for year in YEARS:
        table = pd.DataFrame({"place_code": CODES, "nhs_dhsc": [100.0, 300.0, 600.0]})
        table.to_csv(old / f"derived_places150_agency_spend_{year.replace('-', '_')}.csv", index=False)
    pd.DataFrame({"utla_code": COUNCILS, "population_mid2023": [100, 100, 100, 300]}).to_csv(
        recent / "population_mid2023_utla_age_bands.csv", index=False)
    local = [(code, name, period, value) for i, code in enumerate(COUNCILS) for name, period, value in (
        ("Male healthy life expectancy", "2011-01-01/P3Y", 60.0 + i),
        ("Female healthy life expectancy", "2011-01-01/P3Y", 62.0 + i),
        ("Preventable cardiovascular mortality (England)", "2010-01-01/P3Y", 30.0), ("Claimant Count", "2017-01-01/P1Y", 2.0),
        ("Employment rate", "2010-01-01/P1Y", 70.0), ("Employment rate", "2017-01-01/P1Y", 75.0),
        ("Satisfaction", "2011-04-01/P1Y", 7.5))]
    local = [row for row in local if not (row[0] == "E06000002" and row[1] == "Satisfaction")]
    pd.DataFrame(local, columns=["utla_code", "indicator", "period", "value"]).to_csv(
        recent / "ons_local_indicators_utla_2010_2025.csv.gz", index=False)
    children = [(code, name, year, value) for code in COUNCILS for name, year, value in (
        ("looked_after_children", 2016, 100.0), ("looked_after_children", 2018, 110.0), ("neet_16_17_pct", 2018, 3.0))]
    children.remove(("E06000064", "looked_after_children", 2016, 100.0))
    pd.DataFrame([*children, ("E06000001", "spend", "2016-17", 9.0)], columns=["utla_code", "indicator", "year", "value"]).to_csv(
        recent / "lait_indicators_utla_2016_2025.csv.gz", index=False)
    pd.DataFrame({"year": "2017-18", "utla_code": COUNCILS, "measure": "Outcome of short-term services: sequel to service",
                  "value": [70.0, 75.0, 80.0, 84.0]}).to_csv(
        recent / "oflog_adult_social_care_measures_2015_16_to_2022_23.csv", index=False)
    return old, recent


def test_bases_are_the_nearest_figures_marked_by_what_they_cover(tmp_path: Path, sources: tuple[Path, Path]) -> None:
    build.build(*sources, tmp_path, lambda: list(CODES))
    with (tmp_path / "natural_units.csv").open() as file:
        rows = {(row["code"], row["year"]): row for row in csv.DictReader(file)}
    assert set(rows) == {(code, year) for code in CODES for year in YEARS}

    def cell(code: str, year: str, name: str) -> tuple[str, str]:
        return rows[code, year][name], rows[code, year][f"{name}_basis"]

    assert cell("E06000001", "2010-11", "healthy_life_expectancy") == ("61.00", "actual 2011 to 2013")
    assert cell("E06000001", "2017-18", "healthy_life_expectancy") == ("61.00", "estimated 2011 to 2013")
    assert cell("E06000001", "2010-11", "employment_rate") == ("70.00", "actual 2010")
    assert cell("E06000001", "2017-18", "employment_rate") == ("75.00", "actual 2017")
    assert cell("E06000001", "2010-11", "looked_after_children") == ("100.00", "estimated 2016")
    assert cell("E06000001", "2017-18", "looked_after_children") == ("110.00", "actual 2018")
    assert cell("E06000002", "2010-11", "life_satisfaction") == ("", "")
    assert cell("E06000002", "2010-11", "emergency_admissions") == ("1590000", "estimated 2012 to 2013")
    assert {basis.split()[0] for row in rows.values() for name in INDICATORS if (basis := row[f"{name}_basis"])} == {
        "actual", "estimated"}


def test_councils_of_a_place_are_put_together_and_half_a_place_is_none(tmp_path: Path, sources: tuple[Path, Path]) -> None:
    build.build(*sources, tmp_path, lambda: list(CODES))
    with (tmp_path / "natural_units.csv").open() as file:
        row = next(row for row in csv.DictReader(file) if (row["code"], row["year"]) == ("E10000006", "2010-11"))
    assert (row["looked_after_children"], row["looked_after_children_basis"]) == ("220.00", "estimated 2018")  # 2016 has one of two
    assert row["independent_after_short_term_care"] == "83.00"  # 80 and 84, weighted by people
    assert row["healthy_life_expectancy"] == "63.75"


def test_a_missing_source_is_named(tmp_path: Path, sources: tuple[Path, Path]) -> None:
    (sources[1] / "lait_indicators_utla_2016_2025.csv.gz").unlink()
    with pytest.raises(FileNotFoundError, match="lait"):
        build.build(*sources, tmp_path, lambda: list(CODES))
