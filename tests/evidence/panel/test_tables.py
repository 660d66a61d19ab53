"""The tables of the panel that ship: keys, laws, marks; and lags that never reach over a gap."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from totalplace.scenarios.places import names
from totalplace.scenarios.places import tables as place_tables
from totalplace.sim.evidence.panel import tables

SPEND = [
    "looked_after_spend", "safeguarding_spend", "family_support_spend", "sure_start_spend", "youth_spend", "youth_justice_spend",
    "other_spend",
]


def raw(name: str) -> pd.DataFrame:
    return pd.read_csv(tables.HERE / name, keep_default_na=True)


def test_every_place_has_every_year_once() -> None:
    children, councils = raw("children.csv"), raw("councils.csv")
    assert set(children["code"]) == {place.code for place in names("2024-25")}
    assert set(councils["code"]) == set(place_tables.indicators(""))
    for table, years in ((children, 10), (councils, 10)):
        assert not table.duplicated(["code", "year"]).any()
        assert (table.groupby("code").size() == years).all()
    assert set(councils["year"]).isdisjoint({"2015-16", "2016-17", "2018-19", "2019-20", "2020-21"})


def test_nothing_is_below_nought_and_parts_are_no_more_than_the_whole() -> None:
    children, councils = raw("children.csv"), raw("councils.csv")
    assert (children.select_dtypes("number").fillna(0.0) >= 0.0).all().all()
    assert children.loc[children["year"] == 2016, SPEND].isna().all().all()
    filed = councils.dropna(subset=["adult_social_care", "childrens_social_care", "social_care_all"])
    parts = filed["adult_social_care"] + filed["childrens_social_care"]
    assert np.allclose(parts, filed["social_care_all"], rtol=0.01, atol=2.0)
    known = councils.dropna(subset=["all_services", "social_care_all"])
    assert (known["social_care_all"] < known["all_services"]).all()


def test_england_is_as_published() -> None:
    """81,770 children were looked after in March 2025, for £8.96bn in 2024-25 (DfE); the City and Scilly have a few of them."""
    total = raw("children.csv").groupby("year")["looked_after"].sum()
    assert total[2025] == pytest.approx(81770.0, rel=0.002)
    assert 8.9e6 < raw("children.csv").groupby("year")["looked_after_spend"].sum()[2025] < 9.0e6


def test_numbers_and_rates_agree_but_for_rounding() -> None:
    children = raw("children.csv").dropna(subset=["looked_after", "looked_after_rate"])
    people = 10000.0 * children["looked_after"] / children["looked_after_rate"]
    spread = people.groupby(children["code"]).agg(lambda column: column.max() / column.min())
    recounted = children.loc[children["marks"].fillna("").str.contains("rates_recounted"), "code"]
    assert spread.drop(recounted.unique()).max() < 1.35


def test_marks_are_those_that_are_described_as_often_as_is_said() -> None:
    text = (tables.ROOT / "docs" / "data.md").read_text("utf-8")
    section = text[text.index("## The panel") : text.index("## The places of 2024-25")]
    counts: dict[str, int] = {}
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[1].replace(", ", "").isdigit():
            counts |= dict(zip(cells[0].replace("`", "").split(", "), map(int, cells[1].split(", ")), strict=True))
    marks = pd.concat([raw("children.csv")["marks"], raw("councils.csv")["marks"]]).dropna().str.split().explode()
    assert counts == marks.value_counts().to_dict()


def test_places_that_are_split_small_or_jump_are_left_out() -> None:
    marks = tables.children()["marks"]
    every, steady = tables.places(marks), tables.places(marks, ("jump_early_help",))
    assert "E06000063" not in every  # Cumberland, made in 2023
    assert "E06000017" not in every  # Rutland
    assert {"E09000033"} <= set(every) - set(steady)  # Westminster booked early help elsewhere and back
    late = set(tables.places(marks, ("jump_early_help",), 2025))
    assert late < set(steady)


def series(values: dict[int, float]) -> pd.Series:
    index = pd.MultiIndex.from_product([["A"], values], names=["code", "year"])
    return pd.Series(list(values.values()), index, dtype=float)


def test_no_lag_reaches_over_a_gap() -> None:
    moved = tables.lagged(series({2011: 1.0, 2012: 2.0, 2015: 5.0, 2016: 6.0}), 1).dropna()
    assert moved.to_dict() == {("A", 2012): 1.0, ("A", 2013): 2.0, ("A", 2016): 5.0}
    ahead = tables.lagged(series({2011: 1.0, 2012: 2.0, 2015: 5.0}), -1).dropna()
    assert ahead.to_dict() == {("A", 2011): 2.0, ("A", 2014): 5.0}


def test_what_comes_through_closes_a_part_of_the_gap_each_year() -> None:
    found = tables.adjusted(series({2017: 0.0, 2018: 1.0, 2019: 1.0, 2020: 1.0}), 0.25)
    assert found["A"].tolist() == pytest.approx([0.0, 0.0, 0.25, 0.4375])
