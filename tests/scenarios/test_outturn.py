"""Budget paths that follow what was published: every kind and year, quality told, what the sources say, from either base year."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tools import budget_paths
from totalplace import scenarios
from totalplace.scenarios.cuts import BudgetPaths, budget_path, load_cuts, yearly_index
from totalplace.scenarios.prices import INFLATION, deflator, deflators
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.vocabulary import AGENCY_KINDS

PATHS = {"outturn-2010": 2024, "plans-2010": 2014}


@pytest.mark.parametrize(("name", "last"), PATHS.items())
def test_every_kind_has_every_year_with_quality_range_and_source(name: str, last: int) -> None:
    paths = load_cuts(name).paths
    assert set(paths) == set(AGENCY_KINDS)
    for rows in paths.values():
        assert [int(row.year[:4]) for row in rows] == list(range(2011, last + 1))
        for row in rows:
            assert row.low <= row.index <= row.high
            assert row.quality in ("official", "derived", "interpolated", "judgement")
            assert ("judgement" in row.source) == (row.quality == "judgement") or row.quality in ("interpolated", "judgement")


def test_the_review_of_2025_is_as_published_and_then_says_that_it_is_judged() -> None:
    paths = load_cuts("spending-review-2025")
    assert paths.base_year == "2024-25"
    assert set(paths.paths) == set(AGENCY_KINDS)
    for kind, cash_then, cash_now in (("nhs", 193_219, 231_977), ("probation_justice", 11_121, 13_246)):
        assert yearly_index(paths, kind, 2028) == pytest.approx(cash_now / cash_then / deflator(2028), abs=0.0006)
    assert yearly_index(paths, "council", 2028) == pytest.approx(1.23 / deflator(2028), abs=0.0006)
    for rows in paths.paths.values():
        assert [int(row.year[:4]) for row in rows] == list(range(2025, 2035))
        for row in rows:
            assert row.low <= row.index <= row.high
            if int(row.year[:4]) > 2028:
                assert row.quality == "judgement"
                assert row.high - row.low > 0.25


def real(paths: BudgetPaths, kind: str, year: int, inflation: float) -> float:
    """An index of a published plan with other prices after the last year that has a published one."""
    return yearly_index(paths, kind, year) * ((1.0 + INFLATION) / (1.0 + inflation)) ** max(0, year - max(deflators()))


def test_ranges_hold_what_prices_may_be_and_nothing_that_rests_on_judged_prices_is_official() -> None:
    paths = load_cuts("spending-review-2025")
    span = PARAMETERS["inflation_beyond"]
    ends = [INFLATION + span.low, INFLATION + span.high]
    assert ends == pytest.approx([budget_paths.LOW_PRICES, budget_paths.HIGH_PRICES])
    for kind, rows in paths.paths.items():
        for row in rows:
            year = int(row.year[:4])
            assert row.quality != "official" or year <= max(deflators()), (kind, row.year)
            if row.quality in ("official", "derived"):
                for inflation in ends:
                    assert row.low < real(paths, kind, year, inflation) < row.high, (kind, row.year, inflation)
    assert real(paths, "nhs", 2028, 0.03) == pytest.approx(1.070, abs=0.001)


def test_ranges_of_judgement_hold_prices_and_growth_together() -> None:
    cash = budget_paths.Point(2028, 1.2, "derived", "a plan")
    points = [budget_paths.Point(2024, 1.0, "official", ""), cash,
              budget_paths.Point(2034, 0.0, "judgement", "judgement", level=True, growing="nhs")]
    found = budget_paths.indices(points)
    for inflation in (0.015, 0.02, 0.03):
        plan = 1.2 / budget_paths.price(2028, inflation)
        assert found[2028].low <= plan * 0.95 + 1e-9
        assert found[2028].high >= plan * 1.05 - 1e-9
        for growth in (0.0, 0.02, 0.035):
            assert found[2034].low - 1e-9 <= plan * (1.0 + growth) ** 6 <= found[2034].high + 1e-9
    still = budget_paths.Point(2028, 0.0, "judgement", "judgement: level", level=True)
    assert budget_paths.levels([points[0], still], 0.03)[2028] == 1.0, "level in real terms, whatever prices do"


def test_a_year_of_today_brings_its_budget_path_unless_another_is_asked_for() -> None:
    load = scenarios.load
    today = load("silo", place="Leeds", year="2024-25")
    assert today.cuts == "spending-review-2025"
    assert "the budget path is spending-review-2025: it goes with the year of the budgets, 2024-25" in today.notes
    assert load("silo", year="2017-18").cuts == load("silo").cuts == "outturn-2010"
    assert scenarios.loads("name: flat\nextends: silo\ncuts: none\nyear: 2024-25").cuts == "none"
    assert load("silo", set=["cuts=plans-2010", "year=2024-25"]).cuts == "plans-2010"
    again = scenarios.loads(today.text)
    assert (again.cuts, again.notes) == ("spending-review-2025", ())


def test_a_year_of_2010_brings_its_budget_path_to_a_scenario_of_today() -> None:
    load = scenarios.load
    for year in ("2010-11", "2017-18"):
        back = load("section-75", year=year)
        assert back.cuts == load("silo", year=year).cuts == "outturn-2010"
        assert f"the budget path is outturn-2010: it goes with the year of the budgets, {year}" in back.notes
        assert scenarios.loads(back.text).cuts == "outturn-2010"
    assert load("section-75", year="2010-11", cuts="plans-2010").cuts == "plans-2010"
    assert load("section-75", year="2010-11", cuts="none").cuts == "none"
    own = load("section-75")
    assert own.cuts == "spending-review-2025"
    assert not any("budget path" in note for note in own.notes)
    there = scenarios.loads("name: there\nextends: silo\ncuts: plans-2010").with_settings(["year=2024-25"])
    assert (there.cuts, there.with_settings(["year=2010-11"]).cuts) == ("spending-review-2025", "plans-2010")


def test_judgement_stands_only_where_nothing_is_published() -> None:
    judged = {kind for kind, rows in load_cuts("outturn-2010").paths.items() if any(row.quality == "judgement" for row in rows)}
    assert judged == {"further_education", "transport", "voluntary_sector"}
    assert not any(row.quality == "judgement" for rows in load_cuts("plans-2010").paths.values() for row in rows)


@pytest.mark.parametrize(
    ("name", "kind", "year", "cash_then", "cash_now"),
    [("outturn-2010", "nhs", 2014, 96260, 109437), ("outturn-2010", "probation_justice", 2012, 8723, 8201),
     ("plans-2010", "council", 2014, 25956, 22850), ("plans-2010", "nhs", 2014, 97785, 109884),
     ("outturn-2010", "housing_regeneration", 2013, 3799, 2051)],
)
def test_an_index_is_the_published_money_over_that_of_2010_in_real_terms(
    name: str, kind: str, year: int, cash_then: float, cash_now: float
) -> None:
    real = cash_now / deflator(year) / (cash_then / deflator(2010))
    assert yearly_index(load_cuts(name), kind, year) == pytest.approx(real, abs=0.0006)


def test_outturn_falls_for_councils_and_rises_for_the_nhs() -> None:
    paths = load_cuts("outturn-2010")
    assert 0.78 < yearly_index(paths, "council", 2017) < 0.88
    assert yearly_index(paths, "nhs", 2017) > 1.08
    assert yearly_index(paths, "police", 2017) < 0.9
    judged = load_cuts("spending-review-2010")
    assert yearly_index(judged, "council", 2017) < yearly_index(paths, "council", 2017), "spending power fell more than spend"


def test_a_run_from_2017_is_relative_to_its_own_year() -> None:
    path = budget_path("outturn-2010", "2017-10", 30, ["council", "nhs"], base_year="2017-18")
    assert np.array_equal(path[:, :2], np.ones((2, 2)))
    paths = load_cuts("outturn-2010")
    for row, kind in enumerate(("council", "nhs")):
        assert path[row, -1] == pytest.approx(yearly_index(paths, kind, 2024) / yearly_index(paths, kind, 2017))


def test_the_judged_path_stays_under_its_name() -> None:
    assert scenarios.load("joint-commissioning").cuts == "outturn-2010"
    assert scenarios.load("joint-commissioning", set=["cuts=spending-review-2010"]).cuts == "spending-review-2010"


def test_what_bodies_filed_is_chained_and_gaps_lie_on_the_line(tmp_path: Path) -> None:
    (tmp_path / budget_paths.PANEL).write_text(
        "year,ons_code,class,police,childrens_social_care\n2010-11,A,O,100,\n2010-11,B,O,100,\n2012-13,A,O,110,\n2012-13,B,O,,\n"
        "2013-14,A,O,121,\n2013-14,B,O,400,\n", "utf-8",
    )
    for name in (*budget_paths.REGIONAL, budget_paths.DEPARTMENTS):
        (tmp_path / name).write_text("year\n", "utf-8")
    points = budget_paths.Sources([tmp_path]).outturn(("police",), councils_only=False)
    assert [one.year for one in points] == [2010, 2012, 2013]
    assert [one.money for one in points] == pytest.approx([1.0, 1.1, 1.21])
    found = budget_paths.indices(points)
    assert [row[1] for row in found.values()] == ["official", "interpolated", "official", "official"]
    assert found[2011][0] == pytest.approx((1.0 + found[2012][0]) / 2)
    assert found[2013][0] == pytest.approx(1.21 * deflator(2010) / deflator(2013))


KEPT = "departments keep the stances of "


def test_stances_of_another_period_are_noted_with_the_scenario_that_has_those_of_the_year() -> None:
    (said,) = [note for note in scenarios.load("single-pot", place="Leeds", year="2024-25").notes if KEPT in note]
    assert said == (f"{KEPT}October 2010, for which the scenario was written; 'today' and what extends it have those of 2024-25")
    (said,) = [note for note in scenarios.load("section-75", place="Leeds", year="2010-11").notes if KEPT in note]
    assert said.startswith(f"{KEPT}2024-25,")
    assert "'october-2010' and what extends it have those of October 2010" in said
    some = scenarios.load("silo", set=["levers.encouragement.health=0.3", "year=2024-25"])
    assert any(KEPT in note for note in some.notes), "the other departments keep theirs"


@pytest.mark.parametrize("text", [
    "extends: today", "extends: single-pot-today", "extends: silo", "extends: silo\nyear: 2017-18",
    "extends: silo\nyear: 2024-25\nlevers: {encouragement: 0.2}",
    "extends: silo\nyear: 2024-25\nlevers: {encouragement: {all: 0.1, health: 0.3}}",
])
def test_stances_that_belong_to_the_year_or_are_said_for_all_are_not_noted(text: str) -> None:
    assert not any(KEPT in note for note in scenarios.loads(f"name: x\n{text}").notes)
    silo = scenarios.load("silo", year="2024-25")
    assert not any(KEPT in note for note in silo.with_settings(["levers.encouragement=0.2"]).notes)
