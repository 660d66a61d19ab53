"""An arrangement that changes at a date: what becomes of pools, commissioners, boards, notice and trust."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import totalplace as tp
from tests.worlds import after, differing, small
from totalplace.agents.arrangement import change_arrangement
from totalplace.agents.compiled import python
from totalplace.scenarios import sweeps
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import THEMES
from totalplace.sim.analysis.branching import analysis as branching
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.engine.sweep.playing import DesignStage

NOTICE = int(PARAMETERS["notice"].default)

HEALTH, CRIME = THEMES.index("health_and_care"), THEMES.index("crime_and_justice")


def changed(name: str, *events: str, quarters: int = 20, **fields: Any) -> Scenario:
    return small(name, f"events=[{', '.join(events)}]", quarters=quarters, **fields)


def test_at_the_first_quarter_it_is_the_arrangement_itself_to_the_bit() -> None:
    dated = changed("lsp", "'2010-10: arrangement single-pot'")
    itself = small("lsp", "arrangement=single-pot", quarters=20)
    for seed in (1, 2):
        assert differing(tp.run(dated, seed), tp.run(itself, seed)) == []


def test_after_the_end_it_changes_nothing() -> None:
    assert differing(tp.run(changed("lsp", "'2015-10: arrangement single-pot'"), 1), tp.run(small("lsp", quarters=20), 1)) == []
    assert differing(tp.run(changed("lsp", "'2015-07: arrangement single-pot'"), 1), tp.run(small("lsp", quarters=20), 1)) != []


def test_until_its_date_nothing_is_another() -> None:
    dated, plain = (tp.run(one, 4).metrics for one in (
        changed("lsp", "'2013-04: arrangement single-pot'"), small("lsp", quarters=20)))
    assert dated[:10].tobytes() == plain[:10].tobytes()
    assert dated["pooled_share"][10] > plain["pooled_share"][10] + 5.0


@pytest.mark.parametrize("seed", [1, 7])
def test_both_faces_are_equal_to_the_bit(seed: int) -> None:
    scenario = changed("single-pot", "'2011-10: arrangement prototype'", "'2012-10: arrangement lsp'",
                       "{date: 2013-07, arrangement: {decision_rule: majority}}", "'2014-10: arrangement silo'")
    model = PlaceModel(scenario, rng=seed)
    while model.running:
        model.step()
    assert differing(model.result(), tp.run(scenario, seed)) == []


def test_a_theme_without_a_commissioner_winds_up_and_the_others_go_on() -> None:
    scenario = changed("single-pot", "'2012-10: arrangement prototype'", place="Birmingham")
    before, now = after(8, scenario, 2), after(9, scenario, 2)
    assert (before.shares["ceded"][:, CRIME] > 0.0).sum() > 2
    assert set(now.shares["notice"][now.shares["ceded"][:, CRIME] > 0.0, CRIME]) == {NOTICE - 1}
    assert (now.shares["ceded"] >= before.shares["ceded"]).all()
    later = after(8 + NOTICE + 1, scenario, 2)
    assert not later.shares["ceded"][:, CRIME].any()
    assert (later.shares["ceded"][:, HEALTH] > 0.0).sum() > 2
    asked = tp.run(scenario, 2).deals
    assert CRIME not in asked["theme"][asked["quarter"] >= 8]
    assert HEALTH in asked["theme"][asked["quarter"] >= 8]


def test_trust_goes_over_to_the_commissioner_that_takes_a_theme_up() -> None:
    scenario = changed("joint-commissioning", "'2013-10: arrangement single-pot'", "'2013-10: single pot at 0'", place="Birmingham")
    world = after(12, scenario, 3)
    new = len(world.commissioners) - 1
    assert world.commissioners["in_post"].tolist() == [1] * new + [0]
    host = int(world.commissioners[new].host)
    others = [a for a in range(len(world.agencies)) if a != host]
    known = world.ties["tied"][:, :new].max(axis=1)
    low = np.minimum(world.ties["trust"][:, :new].min(axis=1), world.ties["trust_start"][:, new])
    high = np.maximum(world.ties["trust"][:, :new].max(axis=1), world.ties["trust_start"][:, new])
    python(change_arrangement)(world)
    trust = world.ties["trust"][:, new]
    assert ((trust >= low - 1e-12) & (trust <= high + 1e-12))[others].all()
    assert (world.ties["tied"][:, new] >= known).all()
    assert world.commissioners["in_post"].tolist() == [0] * new + [1]
    assert not world.ties["tied"][:, :new].any()


def test_a_commissioner_that_both_arrangements_have_goes_on_in_its_post() -> None:
    scenario = changed("joint-commissioning", "{date: 2012-10, arrangement: {decision_rule: unanimity, rounds: 2}}")
    world = after(9, scenario)
    assert len(world.commissioners) == len(scenario.arrangement.commissioners)
    assert (world.board.rounds, world.commissioners["in_post"].tolist()) == (2, [1] * len(world.commissioners))


def test_a_branch_may_change_the_arrangement_and_is_a_scenario_of_its_own() -> None:
    base = small("lsp", "uncertainties=prior", quarters=20)
    found = tp.branch(base, "2013-04", ["arrangement=single-pot", "arrangement.rounds=3", "levers.clawback=0"], runs=3)
    assert found.base.metrics[:, :10].tobytes() == found.branch.metrics[:, :10].tobytes()
    again = tp.ensemble(found.scenario, runs=3)
    assert again.metrics.tobytes() == found.branch.metrics.tobytes()
    assert found.scenario.changes[0].arrangement is not None
    assert found.scenario.changes[0].arrangement.rounds == 3


@pytest.mark.parametrize("quarter", [9, 10, 11, 15])
def test_a_saved_world_goes_on_over_a_change(quarter: int, tmp_path: Any) -> None:
    scenario = changed("single-pot", "'2013-04: arrangement prototype'")
    branching.save(branching.checkpoint(scenario, quarter, seed=4), tmp_path / "world.npz")
    point = branching.open_checkpoint(tmp_path / "world.npz")
    assert differing(branching.resume(point), tp.run(scenario, 4)) == []


def test_it_works_in_sweeps() -> None:
    sweep = sweeps.loads("scenarios: [lsp]\nplaces: [Rutland]\nlevers: {clawback: [0, 1]}\n"
                         "settings: {quarters: 16, events: ['2013-04: arrangement single-pot']}\n")
    scenario = sweep.scenarios[0]
    rows = DesignStage(scenario, sweep.factors, ["pooled_share"], "quarter").rows(np.array([0.3]), [1, 2])
    expected = [tp.run(scenario.with_settings(["levers.clawback=0.3"]), seed).metrics["pooled_share"] for seed in (1, 2)]
    assert rows[..., 0].tolist() == np.array(expected).tolist()
