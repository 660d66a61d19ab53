from __future__ import annotations

import pytest

from totalplace.sim.results.explain import requests, sentences
from totalplace.sim.results.run import Ensemble


def test_requests_add_up_by_agency_and_theme(board: Ensemble) -> None:
    by_agency = requests(board)
    by_both = requests(board, ("agency", "theme"))
    assert by_agency["requests"].sum() * board.runs == pytest.approx(len(board.deals))
    assert by_both["requests"].sum() == pytest.approx(by_agency["requests"].sum())
    shares = by_agency[["agreed", "refused", "blocked", "no_coalition"]].sum(axis=1)
    assert shares.to_numpy() == pytest.approx(1.0)


def test_a_refusal_has_a_reason_with_its_share(board: Ensemble) -> None:
    counted = requests(board)
    refused = counted[counted["refused"] > 0]
    assert len(refused)
    assert refused["reason_share"].between(0, 1).all()
    assert (counted.loc[counted["refused"] == 0, "reason"] == "").all()


def test_sentences_name_every_agency_that_was_asked(board: Ensemble) -> None:
    said = sentences(board)
    assert said[0].startswith("In board-political, Birmingham, commissioners made")
    assert all(sentence.endswith(".") for sentence in said)
    asked = board.deals_frame()["agency"].astype(str).nunique()
    assert sum(": asked " in sentence for sentence in said) == asked


def test_without_negotiation_one_sentence_says_so(silo: Ensemble) -> None:
    assert sentences(silo) == ["In silo nobody asks anybody: the arrangement has no negotiation."]
    assert requests(silo).empty
