"""Choices by name in every table that people read, and tables of points that a sweep reads back as a design of rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import totalplace as tp
from totalplace.scenarios import sweeps
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.sweeps.choices import by_name, by_number
from totalplace.sim.analysis.cases import of_sweep
from totalplace.sim.engine.sweep.designs import points
from totalplace.sim.engine.sweep.store import Store

TEXT = """
scenarios: single-pot
settings: {place: Rutland, quarters: 4, clusters: 1}
levers:
  savings_rule: [proportional, nash, shapley]
  capital_pot: range
  clawback: {health: [0, 0.5], all: [0.25, 1]}
uncertainties: {eta: [0.7, 0.9]}
metrics: [net_saving]
"""
FACTORS = ["savings_rule", "capital_pot", "clawback.health", "clawback.all", "eta"]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    found: Store = tp.sweep(sweeps.loads(TEXT, "own"), tmp_path_factory.mktemp("sweep") / "out")
    return found


def test_runs_hold_choices_by_name(store: Store) -> None:
    runs = store.runs.to_table().to_pandas()
    assert runs["savings_rule"].value_counts().to_dict() == {"proportional": 16, "nash": 16, "shapley": 16}
    assert set(store.frame()["savings_rule"]) == {"proportional", "nash", "shapley"}


def test_analyses_count_with_their_numbers(store: Store) -> None:
    cases = of_sweep(store)
    assert np.unique(cases.table["savings_rule"]).tolist() == [0.0, 2.0, 3.0]
    varied = next(factor for factor in cases.factors if factor.name == "savings_rule")
    assert [varied.shown(value) for value in (0.0, 2.0, 3.0)] == ["proportional", "nash", "shapley"]


def test_points_that_a_sweep_wrote_are_read_back_as_a_design(store: Store, tmp_path: Path) -> None:
    runs = store.runs.to_table().to_pandas()
    runs[FACTORS].to_csv(tmp_path / "rows.csv", index=False)
    (tmp_path / "again.yaml").write_text(
        "scenarios: single-pot\nsettings: {place: Rutland, quarters: 4, clusters: 1}\nmetrics: [net_saving]\n"
        "design: {kind: rows, file: rows.csv}\n"
    )
    again = sweeps.load(tmp_path / "again.yaml")
    assert [factor.label for factor in again.factors] == FACTORS
    assert np.array_equal(points(again), points(sweeps.loads(TEXT, "own")))
    found = tp.sweep(again, tmp_path / "out")
    assert found.runs.to_table(columns=FACTORS).equals(store.runs.to_table(columns=FACTORS))
    assert found.frame()["net_saving"].tolist() == store.frame()["net_saving"].tolist()


def test_names_and_numbers_of_choices_change_into_each_other(store: Store) -> None:
    runs = store.runs.to_table().to_pandas()
    numbered = by_number(runs, FACTORS)
    assert by_name(numbered, FACTORS).equals(runs)
    assert by_number(numbered, FACTORS).equals(numbered)
    with pytest.raises(InputError, match="There is no choice 'nsh' for 'savings_rule'"):
        by_number(runs.assign(savings_rule="nsh"), FACTORS)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("savings_rule;eta\nnash;0.7", "The columns are parted by semicolons. Allowed: a CSV file parted by commas"),
        ("savings_rule\teta\nnash\t0.7", "The columns are parted by tabs"),
        ("clawback.health,clawback.helth\n0,1", "There is no department 'helth'"),
        ("cuts.all\n1", "There is no target 'all'"),
        ("scope.corporate\n1\n0", "'scope' varies by name and nothing is said of the other themes"),
    ],
)
def test_what_a_header_cannot_be_is_said(tmp_path: Path, header: str, says: str) -> None:
    (tmp_path / "rows.csv").write_text(header)
    (tmp_path / "own.yaml").write_text("design: {kind: rows, file: rows.csv}\n")
    with pytest.raises(InputError) as caught:
        sweeps.check(tmp_path / "own.yaml")
    assert says in str(caught.value)


def test_flags_that_vary_by_name_need_a_word_on_the_others() -> None:
    text = "levers: {{single_pot_scope: {{health_and_care: [0, 1]}}}}\nsettings: {settings}"
    for settings in ("{levers: {single_pot_scope: 0}}", "{levers: {single_pot_scope: {all: 1, corporate: 0}}}"):
        assert len(sweeps.loads(text.format(settings=settings)).factors) == 1
    with pytest.raises(InputError, match="varies by name and nothing is said of the other themes"):
        sweeps.loads(text.format(settings="{quarters: 4}"))


def test_cuts_that_vary_can_be_deepened_by_an_event() -> None:
    assert sweeps.loads("levers: {cuts: [0.5, 2]}\nsettings: {events: ['2014-04: cuts at 1']}").factors[0].low == 0.5


def test_words_for_flags_are_taken_everywhere() -> None:
    for word, value in (("yes", True), ("on", True), ("No", False), ("false", False)):
        sweep = sweeps.loads(f"levers: {{clawback: [0, 1]}}\ncommon_random_numbers: {word}")
        assert sweep.common_random_numbers is value
    design = "levers: {clawback: range}\ndesign: {kind: sobol, samples: 4, second_order: yes}"
    assert sweeps.loads(design).second_order is True
