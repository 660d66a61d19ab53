"""The Mesa face is a Mesa model like any other: agents by type, data collector, batch runs, network, subclasses."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import mesa
import networkx as nx
import numpy as np
import pytest

import totalplace as tp
from tests.worlds import differing_tables, small
from totalplace.agents.mesa_agents import Agency, CitizenCohort, Commissioner, Department, PartnershipBoard
from totalplace.scenarios import InputError, notices
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DEPARTMENTS
from totalplace.sim.engine.ensemble import run
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.model.metrics import METRICS


def finished(model: PlaceModel) -> PlaceModel:
    while model.running:
        model.step()
    return model


@pytest.fixture(scope="module")
def model() -> PlaceModel:
    return finished(PlaceModel(small("single-pot", quarters=8, place="Hartlepool"), rng=7))


def test_agents_by_type(model: PlaceModel) -> None:
    assert set(model.agents_by_type) == {Agency, Commissioner, CitizenCohort, Department, PartnershipBoard}
    assert [agent.name for agent in model.agents_by_type[Agency]] == list(AGENCY_KINDS)
    assert [agent.name for agent in model.agents_by_type[Department]] == list(DEPARTMENTS)
    assert len(model.agents_by_type[CitizenCohort]) == len(model.world.cohorts) == 12
    assert len(model.agents_by_type[PartnershipBoard]) == 1
    assert all(isinstance(agent, mesa.Agent) and agent.model is model for agent in model.agents)
    assert len(model.agents) == sum(len(group) for group in model.agents_by_type.values())


def test_data_collector_holds_the_metrics_of_the_run(model: PlaceModel) -> None:
    collected = model.datacollector.get_model_vars_dataframe()
    frame = run(model.place_scenario, seed=7).frame()
    assert list(collected.columns) == list(METRICS)
    assert np.array_equal(collected.to_numpy(), frame[list(METRICS)].to_numpy())
    deals = model.datacollector.get_table_dataframe("deals")
    expected = run(model.place_scenario, seed=7).deals
    assert len(deals) == len(expected) > 0
    for name in expected.dtype.names or ():
        assert np.array_equal(deals[name].to_numpy(), expected[name]), name


def test_a_model_stops_at_its_horizon_and_says_so(
    model: PlaceModel, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "_said", set())
    assert model.quarter == 8
    assert not model.running
    before = model.world.measures.tobytes()
    for _ in range(2):
        model.step()
    assert capsys.readouterr().err.count("The run has ended after 8 quarters: further steps change nothing") == 1
    assert model.quarter == 8
    assert model.world.measures.tobytes() == before


def test_result_so_far() -> None:
    model = PlaceModel(small("joint-commissioning", quarters=8), rng=2)
    for _ in range(3):
        model.step()
    whole = run(model.place_scenario, seed=2)
    part = model.result()
    assert part.metrics.tobytes() == whole.metrics[:3].tobytes()
    assert part.frame().shape[0] == 3
    assert part.deals.tobytes() == whole.deals[whole.deals["quarter"] < 3].tobytes()


def test_batch_run() -> None:
    names, seeds = ["joint-commissioning", "silo"], [3, 4]
    rows = mesa.batch_run(
        PlaceModel, {"scenario": names, "place": "Rutland", "settings": "quarters=4 clusters=1"}, rng=seeds,
        number_processes=1, display_progress=False,
    )
    assert len(rows) == 4
    assert {(row["scenario"], row["rng"]) for row in rows} == {(name, seed) for name in names for seed in seeds}
    for row in rows:
        played = run(small(row["scenario"], quarters=4, clusters=1), seed=row["rng"])
        for name in METRICS:  # not a number where the metric says nothing, as without a commissioner
            np.testing.assert_equal(row[name], float(played.series(name)[-1]), name)


def test_graph_carries_trust_and_money(model: PlaceModel) -> None:
    graph = model.graph()
    assert isinstance(graph, nx.Graph)
    kinds = nx.get_node_attributes(graph, "kind")
    assert {kind: list(kinds.values()).count(kind) for kind in ("agency", "commissioner", "cohort")} == {
        "agency": 11, "commissioner": 1, "cohort": 12,
    }
    for one, other, edge in graph.edges(data=True):
        assert 0.0 <= edge["trust"] <= 1.0, (one, other)
        assert edge["money"] >= 0.0, (one, other)
    commissioner = model.template.commissioner_names[0]
    ties = model.world.ties[:, 0]
    for agency in model.agencies:
        assert graph.has_edge(agency.name, commissioner) == bool(ties[agency.index].tied)
    money = sum(edge["money"] for _, _, edge in graph.edges(commissioner, data=True))
    assert money == pytest.approx(ties["money"].sum())
    assert money > 0.0


class Refuser(Agency):
    """Wants to cede nothing more."""

    def appraise(self, commissioner: Any, theme: int) -> None:
        super().appraise(commissioner, theme)
        share = self.world.shares[self.index, theme]
        share.ideal = share.limit = max(share.ceded, share.agreed)


class Miser(Agency):
    """Offers nothing, whatever it thinks."""

    def offer(self, commissioner: Any, theme: int, bargaining_round: int) -> None:
        self.world.shares[self.index, theme].offer = 0.0


class Giver(Agency):
    """Offers everything at once."""

    def offer(self, commissioner: Any, theme: int, bargaining_round: int) -> None:
        self.world.shares[self.index, theme].offer = 1.0


class Modest(Commissioner):
    """Asks only for the least that is worth asking for."""

    def ask(self, agency: Any, theme: int, bargaining_round: int) -> None:
        share = self.world.shares[agency.index, theme]
        share.ask = share.ask_floor


class Blocker(PartnershipBoard):
    """Lets nothing pass."""

    def approve(self, commissioner: Any, theme: int) -> bool:
        return False


class Loud(Department):
    """Presses as hard as it can from the start."""

    def steer(self) -> None:
        self.encouragement = 1.0


class Content(CitizenCohort):
    """Does not change."""

    def experience(self) -> None:
        return


def metrics_with(*settings: str, **kinds: type) -> Any:
    scenario = small("single-pot", "levers.single_pot=0", *settings, quarters=6, place="Birmingham")
    return finished(PlaceModel(scenario, rng=1, agent_classes=kinds)).result().metrics


def test_subclasses_change_the_run() -> None:
    plain = metrics_with()
    assert metrics_with(agencies=type("Same", (Agency,), {})).tobytes() == plain.tobytes()
    assert plain["deals_proposed"][-1] > 0.0
    for refusing in (Refuser, Miser):
        assert metrics_with(agencies=refusing)["pooled_share"][-1] <= plain["pooled_share"][-1]
    assert metrics_with(agencies=Giver)["deals_agreed"][-1] > metrics_with(agencies=Miser)["deals_agreed"][-1]
    assert metrics_with("levers.freedom.all=1", agencies=Giver)["deals_refused"][-1] == 0.0, "no department is asked for consent"
    assert metrics_with(board=Blocker)["deals_agreed"][-1] == 0.0
    assert metrics_with(departments=Loud)["encouragement"] == pytest.approx(1.0)
    assert metrics_with(commissioners=Modest).tobytes() != plain.tobytes()
    still = metrics_with(cohorts=Content)["wellbeing_worst_off"]
    assert (still == still[0]).all()


def test_several_subclasses_act_together() -> None:
    result = metrics_with(agencies=Giver, board=Blocker)
    assert result["deals_blocked"][-1] > 0.0
    assert result["deals_agreed"][-1] == result["deals_live"][-1] == 0.0


@pytest.mark.parametrize(
    "kinds", [{"agency": Agency}, {"agencies": Commissioner}, {"cohorts": object}, {"board": mesa.Agent}]
)
def test_classes_that_cannot_act_are_refused(kinds: dict[str, type]) -> None:
    with pytest.raises(InputError) as caught:
        PlaceModel(small(quarters=2), agent_classes=kinds)
    assert next(iter(kinds)) in str(caught.value)


def test_a_class_must_be_a_class() -> None:
    with pytest.raises(InputError):
        PlaceModel(small(quarters=2), agent_classes={"agencies": "Agency"})  # type: ignore[dict-item]


def test_two_models_share_nothing() -> None:
    scenario = small("joint-commissioning", quarters=4)
    one, two = PlaceModel(scenario, rng=1), PlaceModel(scenario, rng=1)
    one.agencies.to_list()[0].leadership = 0.0
    finished(one)
    assert two.quarter == 0
    assert finished(two).result().metrics.tobytes() == run(scenario, seed=1).metrics.tobytes()


def test_settings_and_place_by_name() -> None:
    model = PlaceModel("silo", place="Rutland", settings="quarters=3 levers.cuts=0.5", rng=1)
    assert (model.template.place.name, model.place_scenario.quarters) == ("Rutland", 3)
    other = PlaceModel(small("silo"), place="Hartlepool", settings="quarters=2")
    assert (other.template.place.name, other.place_scenario.quarters) == ("Hartlepool", 2)
    with pytest.raises(InputError):
        PlaceModel("silo", settings="levers.cutz=1")


def calm(*settings: str) -> PlaceModel:
    """A place in which nothing happens: no commissioner, no cuts, no growth of demand, no noise."""
    return PlaceModel(small("silo", "levers.cuts=0", "uncertainties.outcome_noise=0", *settings, quarters=3), rng=5)


def test_collecting_before_the_first_step_gives_the_start() -> None:
    model = calm()
    model.datacollector.collect(model)
    start = model.datacollector.get_model_vars_dataframe().iloc[0]
    before = model.world.measures.tobytes(), model.world.kinds.tobytes(), model.world.neighbourhoods.tobytes()
    assert (start["wellbeing"] > 0.3, start["reactive_demand"], start["duplication_share"]) == (True, 1.0, 100.0)
    model.step()
    first = model.datacollector.get_model_vars_dataframe().iloc[1]
    # A quarter in which nothing happens is as the start; demand grows, so that what depends on it moves a little.
    assert np.allclose(start, first, rtol=0.02, atol=1e-3, equal_nan=True), start.compare(first)
    same = ["wellbeing", "inequality", "inequality_neighbourhoods", "wellbeing_worst_off", "local_control_share", "mean_trust",
            *(name for name in METRICS if name.startswith(("wellbeing_", "outcome_", "ceded_")))]
    assert start[same].to_numpy() == pytest.approx(first[same].to_numpy(), rel=1e-9, nan_ok=True)
    other = calm()
    other.datacollector.collect(other)
    assert (other.world.measures.tobytes(), other.world.kinds.tobytes(), other.world.neighbourhoods.tobytes()) == before


def test_collecting_the_start_changes_nothing() -> None:
    scenario = small("single-pot", quarters=4)
    model = PlaceModel(scenario, rng=2)
    model.datacollector.collect(model)
    assert finished(model).result().metrics.tobytes() == run(scenario, seed=2).metrics.tobytes()
    assert len(model.datacollector.get_model_vars_dataframe()) == 5


def test_the_result_of_a_model_that_has_not_stepped_can_be_shown() -> None:
    result = PlaceModel(small("joint-commissioning", quarters=8), rng=2).result()
    assert repr(result) == "<Run of joint-commissioning in Rutland from 2010-10, 0 quarters, seed 2: nothing played yet>"
    assert (len(result.frame()), list(result.frame().columns[-len(METRICS):])) == (0, list(METRICS))
    assert result.summary()[["first_quarter", "last_year", "change"]].isna().all(axis=None)
    assert "<td>–</td>" in result._repr_html_()
    assert len(result.deals_frame()) == 0
    with pytest.raises(InputError, match="no quarter has been played"):
        result.plot()


def as_pickled(model: PlaceModel) -> PlaceModel:
    return pickle.loads(pickle.dumps(model))


class Remembering(Agency):
    """Keeps what it had, beside its row."""

    def __init__(self, model: Any, index: int, name: str) -> None:
        super().__init__(model, index, name)
        self.memory: list[float] = []

    def learn(self) -> None:
        super().learn()
        self.memory.append(float(self.budget))


@pytest.mark.parametrize("copied", [as_pickled, deepcopy], ids=["pickle", "deepcopy"])
@pytest.mark.parametrize("played", [0, 5])
def test_a_model_that_was_put_away_has_the_same_future(copied: Callable[[PlaceModel], PlaceModel], played: int) -> None:
    doubled = "events=[{date: 2012-01, lever: cuts, target: all, value: 2}]"
    scenario = small("single-pot", "levers.capital_pot=1", doubled, quarters=10)
    model = PlaceModel(scenario, rng=7, agent_classes={"agencies": Remembering})
    for _ in range(played):
        model.step()
    other = copied(model)
    assert differing_tables(model.world, other.world) == []
    for one in (model, other):
        finished(one)
    assert differing_tables(model.world, other.world) == []
    assert other.result().metrics.tobytes() == run(scenario, seed=7).metrics.tobytes()
    for name in ("get_model_vars_dataframe", "deals"):
        frames = [getattr(one.datacollector, name)() if name != "deals" else one.datacollector.get_table_dataframe(name)
                  for one in (model, other)]
        assert frames[0].equals(frames[1])
    assert other.random.random() == model.random.random()
    assert [agent.memory for agent in other.agencies] == [agent.memory for agent in model.agencies]
    assert all(agent.model is other for agent in other.agents)
    other.world.levers.cuts = 0.25
    assert 0.25 in other.world.lever_values
    assert model.world.levers.cuts == 2.0


def test_an_ensemble_of_subclassed_agents_is_that_of_their_models() -> None:
    scenario = small("single-pot", "levers.single_pot=0", quarters=4)
    done: list[tuple[int, int]] = []
    plain = tp.ensemble(scenario, runs=2, agent_classes={}, progress=lambda *given: done.append(given))
    compiled = tp.ensemble(scenario, runs=2)
    assert (plain.metrics.tobytes(), plain.deals.tobytes(), plain.gains.tobytes()) == (
        compiled.metrics.tobytes(), compiled.deals.tobytes(), compiled.gains.tobytes())
    assert done == [(1, 2), (2, 2)]
    misers = tp.ensemble(scenario, runs=2, first_seed=5, agent_classes={"agencies": Miser})
    model = finished(PlaceModel(scenario.for_many_runs(), rng=6, agent_classes={"agencies": Miser}))
    assert misers.metrics[1].tobytes() == model.result().metrics.tobytes()
    with pytest.raises(InputError, match="kind of agent 'agency'"):
        tp.ensemble(scenario, runs=2, agent_classes={"agency": Miser})
