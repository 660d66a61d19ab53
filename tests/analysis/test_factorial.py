"""Factorial sweeps over fields and ingredients of arrangements: every combination, and effects with known answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

import totalplace as tp
from totalplace.scenarios import sweeps
from totalplace.scenarios.errors import InputError
from totalplace.sim.analysis.factorial.analysis import INTERACTION, MAIN, Crossed, crossed, factorial
from totalplace.sim.analysis.factorial.analysis import _table as table_of

SMALL = "places: [Rutland]\nsettings: {quarters: 8, clusters: 2}\n"


def test_effects_of_a_known_surface() -> None:
    """y = 3 a + 5 b + 7 a b + 11 c, where c has three levels: 0, 1 and 2."""
    a, b, c, state = np.meshgrid([0, 1], [0, 1], [0, 1, 2], [0.0, 1.0, 5.0], indexing="ij")
    values = 3.0 * a + 5.0 * b + 7.0 * a * b + 11.0 * c + state
    factors = [Crossed("a", ("0", "1"), ()), Crossed("b", ("0", "1"), ()), Crossed("c", ("0", "1", "2"), ())]
    table = table_of(factors, values)
    means = dict(zip(table["effect"], table["mean"], strict=True))
    assert means["a"] == pytest.approx(3.0 + 7.0 / 2)
    assert means["b"] == pytest.approx(5.0 + 7.0 / 2)
    assert (means["c 0 to 1"], means["c 0 to 2"]) == pytest.approx((11.0, 22.0))
    assert means["a with b"] == pytest.approx(7.0)
    assert means["a with c 1"] == pytest.approx(0.0)
    assert (table["kind"] == MAIN).sum() == 4
    assert (table["kind"] == INTERACTION).sum() == 1 + 2 + 2


def test_fields_are_crossed_on_the_arrangement_of_the_scenario_or_another() -> None:
    sweep = sweeps.loads(f"{SMALL}scenarios: lsp\nfields: {{rounds: [2, 8], formal_agreement: [0, 1]}}")
    values = [(2, 0), (2, 1), (8, 0), (8, 1)]
    assert [one.name for one in sweep.scenarios] == [f"rounds {rounds}, formal agreement {how}" for rounds, how in values]
    assert [(one.arrangement.rounds, one.arrangement.formal_agreement) for one in sweep.scenarios] == values
    assert {one.arrangement.decision_rule for one in sweep.scenarios} == {"unanimity"}
    ruled = sweeps.loads(f"{SMALL}scenarios: joint-commissioning\nfields: {{decision_rule: [parties, majority]}}")
    assert [one.arrangement.decision_rule for one in ruled.scenarios] == ["parties", "majority"]
    assert all(one.arrangement.commissioners for one in ruled.scenarios), "those of the scenario"
    other = sweeps.loads(f"{SMALL}arrangements: prototype\nfields: {{rounds: [2, 8]}}")
    assert {one.arrangement.decision_rule for one in other.scenarios} == {"parties"}
    assert other.scenarios[0].levers["scope"] == tp.load("prototype").levers["scope"]


def test_mixtures_begin_with_the_one_arrangement_and_end_with_the_other() -> None:
    sweep = sweeps.loads(f"{SMALL}between: [mandated-pooling, single-pot]")
    assert len(sweep.scenarios) == 2 ** len(sweep.scenarios[-1].name.split(" + ")[1:])
    for one, name in ((sweep.scenarios[0], "mandated-pooling"), (sweep.scenarios[-1], "single-pot")):
        itself = tp.load(name, place="Rutland", quarters=8, clusters=2)
        assert one.levers == itself.levers
        assert tp.run(one, 2).metrics.tobytes() == tp.run(itself, 2).metrics.tobytes()
    silo = sweeps.loads(f"{SMALL}between: [silo, lsp]")
    assert "silo + decision_rule and commissioner" in [one.name for one in silo.scenarios]


def test_what_moves_together_is_one_factor() -> None:
    sweep = sweeps.loads(f"{SMALL}between: [joint-commissioning, prototype]")
    factors = list(crossed([yaml.safe_load(one.text) for one in sweep.scenarios]))
    assert np.prod([len(one.levels) for one in factors]) == len(sweep.scenarios)
    assert {len(one.levels) for one in factors} == {2}
    assert "agreement" in [one.name for one in factors]


def test_effects_of_a_sweep_are_those_of_its_runs(tmp_path: Path) -> None:
    text = "scenarios: single-pot\nfields: {rounds: [2, 8], approval_threshold: [0.2, 0.9]}\nmetrics: [pooled_share]\n"
    sweep = sweeps.loads(f"{SMALL}{text}replicates: 3\n")
    found = factorial(tp.sweep(sweep, tmp_path / "out", threads=1), "pooled_share")
    assert {one.name for one in found.factors} == {"rounds", "approval threshold"}
    assert found.values.shape == (2, 2, 3)
    fixed = [one.with_settings(["uncertainties=default"]) for one in sweep.scenarios]
    ends = {one.name: tp.ensemble(one, runs=3, first_seed=1).at_end("pooled_share") for one in fixed}
    low, high = (np.mean([ends[f"rounds {rounds}, approval threshold {one}"] for one in (0.2, 0.9)]) for rounds in (2, 8))
    table = found.tables["effects"].set_index("effect")
    assert table.loc["rounds", "mean"] == pytest.approx(high - low)
    assert len(table) == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fields: {round: [1, 2]}", "There is no field 'round'"),
        ("fields: {rounds: [1]}", "'rounds' has one value"),
        ("fields: {rounds: [1, 99]}", "'rounds' is 99, which is out of range"),
        ("fields: {rounds: [1, 2]}\narrangements: [lsp, silo]", "one arrangement, or none"),
        ("between: [lsp]", "between two arrangements"),
        ("between: [lsp, lsp]", "do not differ in any ingredient"),
        ("between: [lsp, single-pott]", "single-pot"),
        ("between: [lsp, silo]\narrangements: all", "'arrangements' is not for a sweep with 'between'"),
    ],
)
def test_what_cannot_be_crossed_is_refused(text: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        sweeps.loads(SMALL + text)
    assert says in str(caught.value)
