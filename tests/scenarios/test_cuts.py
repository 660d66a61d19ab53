"""Budget paths: indices, years, and what a file of them may not say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from totalplace.scenarios.cuts import budget_path, load_cuts, yearly_index
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.vocabulary import AGENCY_KINDS

REVIEW = "spending-review-2010"
KINDS = np.arange(len(AGENCY_KINDS))


def test_no_cuts_are_level() -> None:
    assert np.array_equal(budget_path("none", "2010-10", 40, KINDS), np.ones((11, 40)))


def test_the_path_is_stepped_by_financial_year_and_starts_at_one() -> None:
    path = budget_path(REVIEW, "2010-10", 40, KINDS)
    assert path.shape == (11, 40)
    assert path.dtype == np.float64
    assert np.array_equal(path[:, :2], np.ones((11, 2)))
    years = path[:, 2:38].reshape(11, 9, 4)
    assert np.array_equal(years.min(axis=2), years.max(axis=2))


@pytest.mark.parametrize(
    ("kind", "year", "index"),
    [("council", 2017, 1 - 0.286), ("police", 2014, 1 - 0.19), ("probation_justice", 2014, 1 - 0.242),
     ("schools", 2014, 1 - 0.064), ("nhs", 2014, 1.04), ("transport", 2014, 1 - 0.133), ("jobcentre_plus", 2014, 0.999),
     ("further_education", 2014, 1 - 0.265), ("housing_regeneration", 2014, 1 - 0.625)],
)
def test_published_changes_are_met(kind: str, year: int, index: float) -> None:
    assert yearly_index(load_cuts(REVIEW), kind, year) == pytest.approx(index)


def test_council_cuts_are_front_loaded_and_every_kind_has_a_path() -> None:
    paths = load_cuts(REVIEW)
    assert set(paths.paths) == set(AGENCY_KINDS)
    fall = -np.diff([yearly_index(paths, "council", year) for year in range(2010, 2018)])
    assert fall[0] == fall.max()
    assert np.all(fall > 0)


def test_a_run_from_a_later_base_year_is_relative_to_it() -> None:
    path = budget_path(REVIEW, "2017-10", 12, ["council", "nhs"])
    assert np.array_equal(path[:, :2], np.ones((2, 2)))
    assert path[1, -1] == pytest.approx(1.10 / 1.07)
    older = budget_path(REVIEW, "2017-10", 12, ["council"], base_year="2010-11")
    assert older[0, 0] == pytest.approx(0.714)
    earlier_start = budget_path(REVIEW, "2010-10", 4, ["council"], base_year="2017-18")
    assert earlier_start[0, 0] == 1.0


def test_every_row_has_range_and_source() -> None:
    for kind, rows in load_cuts(REVIEW).paths.items():
        for row in rows:
            assert row.low <= row.index <= row.high, kind
            assert row.source


@pytest.mark.parametrize(
    ("paths", "line", "column", "words"),
    [
        ("counsil: []", 4, 3, "There is no agency kind 'counsil'"),
        ("council: [{year: 2011-12, index: -0.1, low: 0, high: 1, source: x}]", 4, 36, "out of range"),
        ("council: [{year: 2011-12, index: 0.9, low: 0.95, high: 1, source: x}]", 4, 36, "outside its own range"),
        ("council: [{year: 2010-11, index: 1, low: 1, high: 1, source: x}]", 4, 20, "not after"),
        ("council: [{year: 2011, index: 1, low: 1, high: 1, source: x}]", 4, 20, "must be text"),
        ("council: [{year: 2011-12, index: 1, low: 1, high: 1}]", 4, 13, "lacks the key 'source'"),
        ("council: 3", 4, 12, "must be a list"),
    ],
)
def test_a_faulty_file_is_refused_at_its_place(tmp_path: Path, paths: str, line: int, column: int, words: str) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(f"title: own\nbase_year: 2010-11\npaths:\n  {paths}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        budget_path(str(file), "2010-10", 4, KINDS)
    assert words in str(caught.value)
    assert (caught.value.file, caught.value.line, caught.value.column) == (str(file), line, column)
