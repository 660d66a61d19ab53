"""The script that builds the places of 2024-25, on made-up sources: what did not file, what is split, what adds up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tools import map_outline, year_tables
from tools.year_lines import SPLITS, line_of
from tools.year_people import scaled, transformed
from totalplace.scenarios.places.shapes import LINES

SERVICES = list(year_tables.SERVICES)


def panel(*rows: tuple[str, str, str, float | None]) -> pd.DataFrame:
    """Rows of the panel: year, code, class, and the amount of every line (None where the council did not file)."""
    table = pd.DataFrame([{"year": year, "ons_code": code, "class": kind, **dict.fromkeys(SERVICES, amount)}
                          for year, code, kind, amount in rows])
    table["total_service_expenditure"] = table[SERVICES].sum(axis=1, min_count=1)
    return table


def test_what_was_not_filed_moves_as_councils_of_its_class_that_filed_both_years() -> None:
    table = panel(
        ("2021-22", "A", "MD", 100.0), ("2024-25", "A", "MD", 130.0), ("2021-22", "B", "MD", 300.0), ("2024-25", "B", "MD", 350.0),
        ("2021-22", "C", "MD", 50.0), ("2024-25", "C", "MD", None), ("2021-22", "D", "LB", 10.0), ("2024-25", "D", "LB", 90.0),
        ("2021-22", "E", "MD", 7.0),
    )
    assert year_tables.growth(table, "MD", "2021-22").tolist() == pytest.approx([1.2] * len(SERVICES))
    assert year_tables.last_filed(table, "C")["year"] == "2021-22"
    off = year_tables.back_test(table, "MD", "2021-22")
    assert off["education"] == pytest.approx(np.quantile([10 / 130, 10 / 350], 0.9))
    with pytest.raises(ValueError, match="the council Z has no year that was filed"):
        year_tables.last_filed(table, "Z")


def test_a_line_that_jumps_grows_as_all_services_do() -> None:
    table = panel(("2023-24", "A", "UA", 100.0), ("2024-25", "A", "UA", 110.0))
    table.loc[1, "other"] = -40.0
    table["total_service_expenditure"] = table[SERVICES].sum(axis=1)
    every = table["total_service_expenditure"][1] / table["total_service_expenditure"][0]
    found = year_tables.growth(table, "UA", "2023-24")
    assert found["other"] == pytest.approx(every)
    assert found["education"] == pytest.approx(1.1)


def test_money_of_a_region_is_split_without_a_rest() -> None:
    table = pd.DataFrame({"region": ["N", "N", "S"], "residents": [1.0, 3.0, 2.0]}, index=["A", "B", "C"])
    found = year_tables.split(pd.Series({"N": 100.0, "S": 7.0}), table, "residents")
    assert found.tolist() == [25.0, 75.0, 7.0]


def test_academies_even_out_the_schools_of_a_region() -> None:
    table = pd.DataFrame({"region": "N", "pupils": [100.0, 100.0, 100.0]}, index=["A", "B", "C"])
    lines = pd.DataFrame({"council_education": [0.0, 60.0, 140.0]}, index=table.index)
    found = year_tables.academies(pd.Series({"N": 100.0}), table, lines)
    assert found.sum() == pytest.approx(100.0)
    assert found["A"] > found["B"] > found["C"] > 0.0


@pytest.mark.parametrize(("told", "line"), [
    (("Department for Work and Pensions", "S032A043-PENSION CREDIT", "10. Social protection"), "dwp_pensions"),
    (("Department for Work and Pensions", "S032A086-UNIVERSAL CREDIT", "10. Social protection"), "dwp_unemployment_family_uc"),
    (("Department for Work and Pensions", "S032A037-CARER'S ALLOWANCE", "10. Social protection"), "dwp_sickness_disability"),
    (("Department for Work and Pensions", "S032A012-BENEFIT DELIVERY", "10. Social protection"), "dwp_administration_other"),
    (("HM Revenue and Customs", "S041A008-CHILD BENEFIT", "10. Social protection"), "tax_credits_child_benefit"),
    (("HM Revenue and Customs", "S041A032-R&D TAX CREDITS", "4. of which: enterprise"), "central_other"),
    (("Home Office", "S034A048-FIRE", "3. Public order and safety"), "central_other"),
])
def test_segments_go_to_their_line(told: tuple[str, str, str], line: str) -> None:
    assert line_of(*told)[0] == line
    assert line in LINES
    assert set(SPLITS) <= set(LINES)


def test_scores_are_transformed_as_published() -> None:
    found = transformed(np.random.default_rng(1).normal(size=20_000))
    assert found.mean() == pytest.approx(21.69, abs=0.02)
    assert found.max() == pytest.approx(100.0)
    assert (found > 50.0).mean() == pytest.approx(0.1, abs=0.01), "the published scale puts a tenth above 50"


def test_whole_numbers_add_up() -> None:
    found = scaled(np.array([1.0, 1.0, 1.0]), 100)
    assert sorted(found.tolist()) == [33, 33, 34]


def test_a_line_that_no_source_names_is_missed_at_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        year_tables.build(tmp_path, tmp_path, tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_county_that_became_two_is_cut_along_their_border() -> None:
    whole = {((0.0, 0.0), (0.0, 1.0)), ((0.0, 1.0), (2.0, 1.0)), ((2.0, 1.0), (2.0, 0.0)), ((2.0, 0.0), (0.0, 0.0))}
    west = ((0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.1, 0.5), (1.0, 0.0), (0.0, 0.0))
    east = ((2.0, 0.0), (1.0, 0.0), (1.1, 0.5), (1.0, 1.0), (2.0, 1.0), (2.0, 0.0))
    found = map_outline._divided(whole, {"W": west, "E": east})
    common = {piece for piece in found["W"] if piece[::-1] in found["E"]}
    assert ((1.0, 1.0), (1.1, 0.5)) in common or ((1.1, 0.5), (1.0, 1.0)) in common
    outer = (found["W"] | found["E"]) - common - {piece[::-1] for piece in common}
    assert outer == whole, "no other border moves"
