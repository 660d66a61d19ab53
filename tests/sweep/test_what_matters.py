"""Shipped sweeps of sensitivity vary what matters."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from totalplace.scenarios import sweeps

PAGE = Path(__file__).resolve().parents[2] / "docs" / "what-survives.md"
POT, JOINT = "A single pot saves money against silo", "Joint commissioning saves money against silo"
#: Parameters of each row of the page that a sweep must vary: those that matter most.
FIRST = 5


@pytest.mark.parametrize(("conclusion", "name"), [
    (POT, "what-decides-net-saving"), (POT, "where-it-works"), (JOINT, "where-it-works"), (JOINT, "sobol-net-saving"),
])
def test_a_shipped_sweep_varies_the_parameters_that_the_page_names_first(conclusion: str, name: str) -> None:
    rows = re.findall(rf"^\| {conclusion} \| (`.*) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert len(rows) == 2, "one for each era"
    named = {parameter for row in rows for parameter in re.findall(r"`(\w+)`", row)[:FIRST]}
    assert named - {factor.name for factor in sweeps.load(name).factors} == set()


@pytest.mark.parametrize("name", ["what-decides-net-saving", "where-it-works"])
def test_the_description_counts_the_runs(name: str) -> None:
    sweep = sweeps.load(name)
    assert f"= {sweep.runs:,} runs" in sweep.description
