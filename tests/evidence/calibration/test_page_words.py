"""Words of the calibration page: rows that come more than once, what does not fit, and that the page of today says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from totalplace.scenarios.posterior import FILE, read
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration import page_words
from totalplace.sim.evidence.calibration.marginals import marginals
from totalplace.sim.evidence.calibration.plan import since

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "calibration.md").read_text("utf-8")


def test_rows_that_come_more_than_once_are_counted_once() -> None:
    rows = np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 3.0]])
    assert page_words.rows_words(rows) == "3 rows that are shipped, 2 of them distinct"


def test_the_page_of_today_says_what_is_shipped_and_what_its_digest_is() -> None:
    rows = read(FILE).rows
    for words in page_words.shipped(rows):
        assert words in PAGE
    assert f"{page_words.distinct(rows)} of them distinct" in PAGE
    assert since() in PAGE


@pytest.mark.parametrize("words", [page_words.TIME, page_words.WIDTH, page_words.BOUND, page_words.TOGETHER])
def test_the_page_of_today_has_the_words_of_the_code(words: str) -> None:
    assert words in PAGE


def test_targets_that_fit_worse_than_their_errors_are_named_the_worst_first() -> None:
    said = page_words.losses(["one", "two", "three"], np.array([0.9, 0.5, 1.24]))
    assert "- (`three`, 1.24), (`one`, 0.90)\n" in said
    assert "two" not in said
    known = page_words.losses(["voluntary_share", "promised_over_delivered"], np.array([0.9, 0.2]))
    assert "- pooled by choice (`voluntary_share`, 0.90): Consent to a joint pot weighs" in known
    assert page_words.losses(["one"], np.array([0.5])).startswith("No target")


def test_a_parameter_that_piles_up_is_named_with_what_it_is() -> None:
    unit = np.full((200, len(PARAMETERS)), np.linspace(0.0, 1.0, 200)[:, None])
    at = list(PARAMETERS).index("transaction_cost")
    unit[:, at] **= 4
    said = page_words.piled(list(marginals(unit, unit, np.full(200, 1 / 200)).values()))
    assert "`transaction_cost` at the low end" in said
    assert PARAMETERS["transaction_cost"].meaning in said
    assert "read by `agreement_cost` (`agents/share.py`)" in said


def test_every_parameter_is_read_by_a_rule_or_when_a_world_is_made() -> None:
    assert page_words.rules_that_read("arrangement_cost") == ["`judge_shares` (`agents/misjudgement.py`)"]
    silent = [name for name in PARAMETERS if not page_words.rules_that_read(name)]
    assert len(silent) < len(PARAMETERS) / 4, silent
