"""Where the freed money went adds up to the penny in every run; only what departments take back is cash for taxpayers."""

from __future__ import annotations

import numpy as np
import pytest

from tests.laws import outlay
from tests.worlds import small
from totalplace import scenarios
from totalplace.sim.engine.ensemble import ensemble, run
from totalplace.sim.engine.play import Stage, run_of
from totalplace.sim.model.world import build
from totalplace.sim.results.freed_money import BESIDE, DESTINATIONS, FREED, PENNY, freed_money, mean_words, unaccounted


@pytest.mark.parametrize("name", scenarios.names())
def test_every_shipped_scenario_adds_up_to_the_penny(name: str) -> None:
    found = ensemble(small(name, quarters=40, place="Nottingham"), runs=3, threads=1)
    assert np.abs(unaccounted(found.metrics)).max() < PENNY
    frame = freed_money(found)
    assert list(frame.index) == [FREED, *DESTINATIONS, *BESIDE]
    assert list(frame.columns) == found.seeds.tolist()
    np.testing.assert_allclose(frame.loc[list(DESTINATIONS)].sum(), frame.loc[FREED], atol=PENNY)
    assert (frame.loc[list(DESTINATIONS)].to_numpy() >= -PENNY).all()


def test_outlay_is_that_of_the_ledger_and_falls_by_what_is_taken_back() -> None:
    paid, cash = {}, 0.0
    for name in ("silo", "single-pot"):
        template = build(small(name, quarters=40, place="Nottingham"))
        world = Stage(template).play(1)
        m = run_of(template, world, 1).metrics
        paid[name] = 0.25 * m["taxpayers_outlay"].sum()
        assert paid[name] == pytest.approx(outlay(world))
        cash = 0.25 * m["taxpayers_cash"].sum()
    assert cash > 0.0
    assert paid["silo"] - paid["single-pot"] == pytest.approx(cash, abs=0.01)


@pytest.mark.parametrize(("setting", "gone"), [("levers.reinvested_share=1", "clawed_back"), ("levers.clawback=0", "clawed_back"),
                                               ("levers.clawback=1", "kept_for_services")])
def test_levers_decide_where_it_goes(setting: str, gone: str) -> None:
    found = ensemble(small("single-pot", setting, quarters=24), runs=2, threads=1).metrics
    assert found["duplication_removed"].sum() > 0.0
    assert (found[gone] == 0.0).all()
    assert np.abs(unaccounted(found)).max() < PENNY


def test_means_and_a_single_run_say_the_same() -> None:
    scenario = small("single-pot", quarters=16)
    rows = mean_words(ensemble(scenario, runs=2, threads=1))
    assert rows[0][0] == FREED
    assert rows[0][2] == "100%"
    assert len(rows) == 1 + len(DESTINATIONS) + len(BESIDE)
    one = run(scenario, seed=1)
    assert abs(float(unaccounted(one.metrics))) < PENNY
