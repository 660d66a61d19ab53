"""Arrangements can be compared on the money of 2024-25 in every one of the 151 places, and every ledger closes."""

from __future__ import annotations

import numpy as np
import pytest

import totalplace as tp
from totalplace.scenarios.places.quality import is_estimate
from totalplace.sim.cli import exit_code
from totalplace.sim.results.freed_money import PENNY, unaccounted

YEAR = "2024-25"
#: What is compared; the first is the baseline.
ARRANGEMENTS = (
    "silo", "mandated-pooling", "single-pot", "better-care-fund-2025", "integrated-settlement", "single-pot-today",
)
#: Places that stand for all in the quick tests: three that filed nothing, a small and a large one, a county, two in London.
SOME = ("Birmingham", "Slough", "Cumberland", "Rutland", "Kent", "Dorset", "Kensington and Chelsea", "Westminster")
EVERY = tuple(place.name for place in tp.places.names(YEAR))


def compare(place: str, quarters: int) -> None:
    """Compare the arrangements: a run that does not close its ledger raises LedgerError; freed money is found to the penny."""
    asked = [tp.load(name, place=place, year=YEAR, quarters=quarters) for name in ARRANGEMENTS]
    ensembles = [tp.ensemble(scenario, runs=2, threads=1) for scenario in asked]
    table = tp.compare(ensembles, ARRANGEMENTS[0])
    assert len(table) == len(ARRANGEMENTS) * len(ensembles[0].known_metrics)
    for ensemble in ensembles:
        assert ensemble.place.name == place
        assert ("(estimate)" in ensemble.place_name) == is_estimate(place, YEAR)
        assert (f"{place} filed no accounts" in " ".join(ensemble.scenario.notes)) == is_estimate(place, YEAR)
        assert all(np.isfinite(ensemble.metrics[name]).all() for name in ensemble.known_metrics)
        assert np.abs(unaccounted(ensemble.metrics)).max() < PENNY
    pooled = table[table["metric"] == "pooled_budget"].set_index("scenario")["level"]
    assert pooled["silo"] == 0.0 < pooled["mandated-pooling"] < pooled["single-pot"]
    assert pooled["single-pot-today"] > pooled["better-care-fund-2025"] > 0.0
    assert pooled["integrated-settlement"] > 0.0, "a what-if where no authority holds one"


@pytest.mark.parametrize("place", SOME)
def test_arrangements_are_compared_on_money_of_today(place: str) -> None:
    compare(place, 12)


@pytest.mark.soak
@pytest.mark.parametrize("place", EVERY)
def test_arrangements_are_compared_in_every_place_of_today(place: str) -> None:
    compare(place, 40)


def test_there_are_151_places_of_which_three_are_estimates() -> None:
    assert len(EVERY) == 151
    assert [place for place in EVERY if is_estimate(place, YEAR)] == ["Birmingham", "Cumberland", "Slough"]
    assert not any(is_estimate(place.name, "2010-11") for place in tp.places.names("2010-11"))


def test_the_command_marks_an_estimate(capsys: pytest.CaptureFixture[str]) -> None:
    small = ("--place", "Birmingham", "--year", YEAR, "--runs", "2", "--quarters", "4")
    words = ("compare", *ARRANGEMENTS, "--baseline", "silo", *small)
    assert exit_code(list(words)) == 0
    said = capsys.readouterr()
    assert "Birmingham (E08000025) (estimate)" in said.out
    assert said.err.count("Birmingham filed no accounts of 2024-25") == 1, "said once for all scenarios"
