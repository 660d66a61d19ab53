"""No page and no shipped sweep gives a running time of a sweep: it goes stale, and ``sweep plan`` tells it for the machine."""

from __future__ import annotations

import re

import pytest

from tests.docs.markdown import ROOT
from totalplace.scenarios import sweeps

#: A time in words or figures.
TIME = re.compile(r"\b(?:\d+|an?|half an?|two|three|four|five|ten)\s+(?:seconds?|minutes?|hours?)\b")


@pytest.mark.parametrize("name", sweeps.names())
def test_a_description_gives_no_time(name: str) -> None:
    assert TIME.findall(sweeps.load(name).description) == []


def test_the_page_of_analyses_says_what_tells_the_time() -> None:
    text = (ROOT / "docs" / "analysis.md").read_text("utf-8")
    assert TIME.findall(text) == []
    assert "`totalplace sweep plan NAME` tells" in text
    assert TIME.search("about two minutes"), "a time would be found"


def test_what_a_notebook_says_of_a_shipped_sweep_is_so() -> None:
    """The sweep that notebook 03 names as varying everything does."""
    text = (ROOT / "notebooks" / "03-sweep-and-sensitivity.ipynb").read_text("utf-8")
    found = re.search(r"`([\w-]+)`, varies every parameter", text)
    assert found
    varied = {factor.name.partition(".")[0] for factor in sweeps.load(found[1]).factors}
    from totalplace.scenarios.registry import PARAMETERS

    assert set(PARAMETERS) - varied == set()
