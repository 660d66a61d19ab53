"""The script that builds the panel, on made-up sources: years that end, blanks, marks, districts added, outcomes of their year."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tools import panel_tables as build

CODES = ["E06000001", "E06000002", "E09000002"]
#: Spend of the made-up council by year of spending, in thousands: early help falls to a third in the third year.
EARLY = {"2016-17": 900.0, "2017-18": 910.0, "2018-19": 300.0}


@pytest.fixture
def recent(tmp_path: Path) -> Path:
    rows: list[tuple[str, str, str, float]] = []
    for code in CODES:
        for year in (2016, 2017, 2018, 2019):
            rows.append((code, "looked_after_children", str(year), 100.0 + year - 2016))
            rows.append((code, "looked_after_rate_per_10000", str(year), 50.0))
        for ends, early in EARLY.items():
            for name in build.SPEND.values():
                value = 1000.0 * (early / 3.0 if name in map(build.SPEND.get, build.EARLY_HELP) else 500.0)
                rows.append((code, name, ends, value))
    rows = [row for row in rows if not (row[0] == "E06000002" and row[1].startswith("looked_after") and row[2] != "2019")]
    rows = [(*row[:3], 0.0) if row[:3] == ("E09000002", "spend_gross_looked_after_gbp", "2017-18") else row for row in rows]
    rows += [("E06000001", "permanent_exclusion_rate", "2016/17", 1.0)]
    pd.DataFrame(rows, columns=["utla_code", "indicator", "year", "value"]).to_csv(tmp_path / build.CHILDREN, index=False)
    return tmp_path


def with_every_measure(folder: Path) -> Path:
    """The source with the measures that the made-up one lacks, of one place."""
    table = pd.read_csv(folder / build.CHILDREN)
    missing = set(build.STOCKS.values()) - set(table["indicator"])
    more = pd.DataFrame([("E06000001", name, "2018", 7.0) for name in sorted(missing)], columns=table.columns)
    pd.concat([table, more]).to_csv(folder / build.CHILDREN, index=False)
    return folder


def test_spend_stands_in_the_year_in_which_it_ends_and_blanks_stay(recent: Path) -> None:
    table = build.children(with_every_measure(recent), CODES).set_index(["code", "year"])
    assert len(table) == len(CODES) * len(build.YEARS)
    assert table.loc[("E06000001", 2017), "family_support_spend"] == pytest.approx(300.0)
    assert pd.isna(table.loc[("E06000001", 2016), "family_support_spend"])
    assert pd.isna(table.loc[("E06000001", 2025), "looked_after"])
    assert table.loc[("E06000001", 2018), "neet"] == 7.0


def test_who_books_nothing_on_children_in_care_did_not_report(recent: Path) -> None:
    table = build.children(with_every_measure(recent), CODES).set_index(["code", "year"])
    assert table.loc[("E09000002", 2018), list(build.SPEND)].isna().all()
    assert table.loc[("E09000002", 2017), list(build.SPEND)].notna().all()


def test_rows_are_marked_where_they_jump_and_where_a_place_is_not_whole(recent: Path) -> None:
    table = build.children(with_every_measure(recent), CODES).set_index(["code", "year"])
    marks = table["marks"]
    assert [year for year in build.YEARS if "jump_early_help" in marks["E06000001", year]] == [2019]
    assert all("split" in marks["E06000002", year] for year in build.YEARS)


def test_a_source_without_a_measure_is_refused(recent: Path) -> None:
    with pytest.raises(KeyError):
        build.children(recent, CODES)


def test_districts_are_added_to_their_county_and_who_did_not_file_leaves_a_blank(tmp_path: Path) -> None:
    lines = dict.fromkeys(build.COUNCIL_LINES, 1.0)
    services = {"adult_social_care": 40.0, "childrens_social_care": 20.0, "public_health": 5.0}
    nothing = dict.fromkeys(services)
    county = {"class": "SC", "ons_code": "E10000003"}
    rows = [
        {"year": "2010-11", **county, **lines, **services, "social_care_all": 60.0},
        {"year": "2010-11", "class": "SD", "ons_code": "E07000008", **lines, **nothing, "social_care_all": 0.0},
        {"year": "2010-11", "class": "O", "ons_code": "E23000023", **lines, **nothing},
        {"year": "2011-12", **county, **lines, **services, "social_care_all": 60.0},
        {"year": "2011-12", "class": "SD", "ons_code": "E07000008", **dict.fromkeys(lines), **nothing},
    ]
    pd.DataFrame(rows).to_csv(tmp_path / build.PANEL, index=False)
    pd.DataFrame({"ltla_code": ["E07000008"], "utla_code": ["E10000003"]}).to_csv(
        tmp_path / "geo_ltla_utla_region_police_fire_ca.csv", index=False)
    pd.DataFrame({"lad13_code": ["E07000008"], "utla13_code": ["E10000003"]}).to_csv(
        tmp_path / "lookup_lad13_utla13.csv", index=False)
    found = build._outturn(tmp_path, build._place_of(tmp_path, tmp_path))
    assert list(found.index) == [("E10000003", "2010-11"), ("E10000003", "2011-12")]
    others = len(build.COUNCIL_LINES) - 1
    assert found.loc[("E10000003", "2010-11"), "all_services"] == 60.0 + 2 * others
    assert found.loc[("E10000003", "2010-11"), "adult_social_care"] == 40.0
    assert pd.isna(found.loc[("E10000003", "2011-12"), "all_services"])
    assert found.loc[("E10000003", "2011-12"), "adult_social_care"] == 40.0


def test_other_income_is_of_whole_places_under_their_code_of_today(tmp_path: Path) -> None:
    """North Yorkshire has another code since 2023; the City is no place; Cumbria became two, and its share is of neither."""
    rows = [("2023-24", "E06000001", 0.15237), ("2024-25", "E06000001", 0.2), ("2021-22", "E10000023", 0.1),
            ("2023-24", "E09000001", 0.3), ("2021-22", "E10000006", 0.4)]
    source = pd.DataFrame(rows, columns=["year", "utla_code", "other_income_share_of_gross"])
    source.to_csv(tmp_path / build.OTHER_INCOME, index=False)
    table = build.other_income(tmp_path, ["E06000001", "E06000065"])
    assert table.to_numpy().tolist() == [["E06000001", 2024, 0.1524], ["E06000001", 2025, 0.2], ["E06000065", 2022, 0.1]]
