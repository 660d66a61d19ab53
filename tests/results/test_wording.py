from __future__ import annotations

import math

import pytest

from totalplace.sim.results.wording import amount, count, listing, unit_name, unit_scale, whole


@pytest.mark.parametrize(
    ("value", "unit", "options", "words"),
    [
        (1234.5, "£m a year", {}, "£1,234m a year"),
        (12.345, "£m a year", {"brief": True}, "£12.3m"),
        (9.996, "£m", {}, "£10.0m"),
        (99.96, "£m", {}, "£100m"),
        (-0.5, "£m", {"signed": True}, "−£0.50m"),
        (0.5, "£m", {"signed": True}, "+£0.50m"),
        (0.0, "£m", {"signed": True}, "£0m"),
        (-0.0004, "£m", {}, "−£0.0004m"),
        (0.0000004, "£m", {}, "£0m"),
        (0.00002, "0-1", {"signed": True}, "+0.00002"),
        (0.004, "share", {"signed": True}, "+0.40 points"),
        (0.00004, "share", {"brief": True}, "0.004%"),
        (4.56, "% of spend", {}, "4.56% of spend"),
        (4.56, "% of spend", {"brief": True}, "4.56%"),
        (4.56, "% of spend", {"signed": True}, "+4.56 points"),
        (0.125, "share", {}, "12.5%"),
        (0.5123, "0-1", {}, "0.512"),
        (-0.0023, "0-1", {"signed": True}, "−0.0023"),
        (1234.0, "count", {}, "1,234"),
        (12.0, "count", {}, "12"),
        (2.5, "count", {}, "2.500"),
        (math.nan, "£m", {}, "–"),
        (1e-9, "£m", {}, "£0m"),
        (-1e-9, "£m", {"signed": True}, "£0m"),
        (0.0, "£m", {}, "£0m"),
    ],
)
def test_amounts_carry_unit_and_about_three_figures(
    value: float, unit: str, options: dict[str, bool], words: str
) -> None:
    assert amount(value, unit, **options) == words


@pytest.mark.parametrize(("value", "words"), [
    (1234.4, "1,234"), (-0.6, "−1"), (0.34, "0.3"), (-0.04, "−0.04"), (0.0, "0"), (1e-9, "0"),
])
def test_people_and_cases_are_whole_and_what_is_less_than_half_of_one_is_not_nothing(value: float, words: str) -> None:
    assert whole(value) == words


def test_shares_are_drawn_as_percentages() -> None:
    assert (unit_name("share"), unit_scale("share")) == ("%", 100.0)
    assert (unit_name("% of spend"), unit_scale("% of spend")) == ("% of spend", 1.0)
    assert (unit_name("£m"), unit_scale("£m")) == ("£m", 1.0)


def test_counts_and_lists() -> None:
    assert count(1, "run") == "1 run"
    assert count(1200, "run") == "1,200 runs"
    assert count(2, "agency", "agencies") == "2 agencies"
    assert [listing(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
