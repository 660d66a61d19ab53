"""Every number that was judged says so, gives a range and names what it rests on."""

from __future__ import annotations

import pytest

from totalplace.scenarios.places import tables
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, ENTITLEMENTS, OUTCOMES, THEMES

KEYS = {
    "agency": AGENCY_KINDS,
    "theme": THEMES,
    "outcome": OUTCOMES,
    "cohort_kind": COHORT_KINDS,
    "destination": (*AGENCY_KINDS, *ENTITLEMENTS, "unallocated"),
}


def test_all_tables_are_there() -> None:
    assert len(tables.judgement_names()) == 16


@pytest.mark.parametrize("name", tables.judgement_names())
def test_every_value_lies_in_its_range_and_has_a_source(name: str) -> None:
    rows = tables.judgements(name)
    assert rows
    assert len({row.keys for row in rows}) == len(rows)
    for row in rows:
        assert row.low <= row.value <= row.high, row
        assert len(row.source.strip()) >= 8, row
        if row.low == row.high:
            assert not row.source.startswith("judgement"), row


@pytest.mark.parametrize("name", tables.judgement_names())
def test_keys_are_words_of_the_model(name: str) -> None:
    header = (tables.HERE / "judgement" / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header[-4:] == ["value", "low", "high", "source"]
    for row in tables.judgements(name):
        for column, key in zip(header, row.keys, strict=False):
            assert key in KEYS.get(column, (key,)), row


@pytest.mark.parametrize(
    ("name", "rows", "columns"),
    [
        ("incidence", AGENCY_KINDS, OUTCOMES),
        ("remit", AGENCY_KINDS, OUTCOMES),
        ("effect", THEMES, OUTCOMES),
        ("need", COHORT_KINDS, THEMES),
        ("outcome_mean", COHORT_KINDS, OUTCOMES),
        ("reactive", AGENCY_KINDS, THEMES),
        ("commonality", THEMES, ("overlap", "common")),
    ],
)
def test_matrices_are_complete(name: str, rows: tuple[str, ...], columns: tuple[str, ...]) -> None:
    assert set(tables.values(name)) == {(row, column) for row in rows for column in columns}


def test_shipped_tables_are_small() -> None:
    assert (tables.HERE / "small_areas.parquet").stat().st_size < 1_300_000
    assert "Open Government Licence v3.0" in (tables.HERE / "ATTRIBUTION.txt").read_text(encoding="utf-8")
