"""What a session records and repeats, what it shows while it steps, and what it refuses; without a web browser."""

from __future__ import annotations

import base64
import threading
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

import totalplace as tp
from tests.browser.serving import wait_until
from tests.own_places.spreadsheets import book, rows, text
from totalplace import scenarios
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.registry import LEVERS, lever_size
from totalplace.sim.browser.parts.upload import uploaded_scenario
from totalplace.sim.browser.server.settings import MOST_UPLOADED
from totalplace.sim.browser.state.address import link, read_query
from totalplace.sim.browser.state.autoplay import Drawn, Player
from totalplace.sim.browser.state.controller import Desk
from totalplace.sim.browser.state.flows import FLOW_LAYERS
from totalplace.sim.browser.state.place_setup import USUAL, Setup
from totalplace.sim.browser.state.session import PlaceSession
from totalplace.sim.browser.state.snapshot import take
from totalplace.sim.model.metrics import METRICS

QUARTERS = 6


@some.composite
def moves(draw: some.DrawFn) -> tuple[int, str, int, float]:
    """When which lever is set to what."""
    lever = draw(some.sampled_from(sorted(LEVERS)))
    row = LEVERS[lever]
    value = draw(some.floats(row.low, row.high) if row.kind in ("share", "number") else some.integers(int(row.low), int(row.high)))
    return draw(some.integers(0, QUARTERS - 1)), lever, draw(some.integers(0, lever_size(row) - 1)), float(value)


def short(name: str = "better-care-fund", quarters: int = QUARTERS) -> scenarios.Scenario:
    return tp.load(name, quarters=quarters)


def test_a_settlement_that_is_set_in_play_looks_as_far_ahead_as_one_that_was_planned() -> None:
    """Also beyond the end of the run."""
    session = PlaceSession(short(), seed=448)
    session.move("settlement_years", 0, 2.0)
    for _ in range(QUARTERS):
        session.step()
    history = session.view.snapshot.history
    assert history is not None
    planned = tp.run(tp.load("better-care-fund", quarters=QUARTERS, levers={"settlement_years": 2}), 448)
    saved = tp.run(scenarios.loads(session.saved().text), 448)
    for name in METRICS:
        np.testing.assert_array_equal(history[name], saved.metrics[name])
        np.testing.assert_array_equal(history[name], planned.metrics[name])


@given(some.lists(moves(), max_size=8), some.integers(0, 2**32 - 1))
@settings(max_examples=8)
def test_a_saved_run_repeats_to_the_bit(made: list[tuple[int, str, int, float]], seed: int) -> None:
    session = PlaceSession(short(), seed)
    baseline = session.view.snapshot.baseline
    for quarter in range(QUARTERS):
        for when, lever, index, value in made:
            if when == quarter:
                session.move(lever, index, value)
        session.step()
    saved = session.saved()
    again = tp.run(scenarios.loads(saved.text), saved.seeds.first)
    history = session.view.snapshot.history
    assert history is not None
    assert baseline is not None
    for name in METRICS:
        np.testing.assert_array_equal(again.metrics[name], history[name])
        np.testing.assert_array_equal(tp.run(short(), seed).metrics[name], baseline[name])


def test_a_move_changes_the_run_from_the_next_quarter_on_and_not_before() -> None:
    session = PlaceSession(short(), 1)
    session.step()
    session.step()
    session.move("cuts", 0, 2.0)
    assert session.view.levers["cuts"] == (2.0,)
    assert session.view.snapshot.levers["cuts"] == (1.0,)
    for _ in range(4):
        session.step()
    shot = session.view.snapshot
    now, before = shot.series("funding_gap"), shot.baseline_series("funding_gap")
    assert now is not None
    assert before is not None
    assert (now[:2] == before[:2]).all()
    assert (now[2:] > before[2:]).any()
    assert [(event.text, event.live) for event in shot.events if event.live] == [("2011-04: cuts at 2.0", True)]


def test_the_last_move_of_a_lever_in_a_quarter_counts_and_a_planned_event_comes_before_it() -> None:
    scenario = tp.load("joint-commissioning", quarters=4, set=["events=2011-01: cuts at 0.3"])
    session = PlaceSession(scenario, 1)
    session.step()
    assert session.view.levers["cuts"] == (0.3,), "the planned event is the next to come"
    for value in (0.5, 0.9):
        session.move("cuts", 0, value)
    assert session.view.moved == 1
    session.step()
    assert session.view.snapshot.levers["cuts"] == (0.9,)
    assert tp.run(session.saved(), 1).scenario.events[-1].value == 0.9


def test_a_move_back_to_what_stands_is_kept_too() -> None:
    session = PlaceSession(short("lsp"), 1)
    session.move("reinvested_share", 0, 0.9)
    session.move("reinvested_share", 0, 0.5)
    session.step()
    assert session.view.snapshot.levers["reinvested_share"] == (0.5,)


@pytest.mark.parametrize(("lever", "index", "value"), [
    ("cuts", 0, 3.5), ("cuts", 1, 1.0), ("encouragement", 9, 0.0), ("encouragement", -1, 0.0), ("cuts", 0, float("nan")),
    ("magic", 0, 1.0),
])
def test_a_move_that_no_scenario_could_say_is_refused_and_nothing_changes(lever: str, index: int, value: float) -> None:
    session = PlaceSession(short(), 1)
    with pytest.raises(InputError):
        session.move(lever, index, value)
    assert session.view.moved == 0
    session.step()
    shot = session.view.snapshot
    assert shot.baseline is not None
    assert shot.series("wellbeing")[0] == shot.baseline["wellbeing"][0]


def test_at_the_end_nothing_moves_any_more() -> None:
    session = PlaceSession(short(quarters=2), 1)
    session.step()
    last = session.step()
    assert last.snapshot.finished
    assert session.step() is last
    with pytest.raises(InputError, match="at its end"):
        session.move("cuts", 0, 2.0)


def test_reset_forgets_the_moves() -> None:
    session = PlaceSession(short(), 1)
    session.move("encouragement", 1, 1.0)
    first = session.step().snapshot
    session.reset()
    assert session.view.moved == 0
    again = session.step().snapshot
    assert again.baseline is not None
    assert first.series("encouragement")[0] > again.series("encouragement")[0] == again.baseline["encouragement"][0]


def test_a_model_that_breaks_is_not_stepped_again_before_a_reset(monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.engine.place_model import PlaceModel

    session = PlaceSession(short(), 1)
    session.step()
    monkeypatch.setattr(PlaceModel, "redesign", lambda model: 1 / 0)
    view = session.step()
    assert view.stopped
    assert "January to March 2011" in view.problem
    assert view.snapshot.quarter == 1
    monkeypatch.undo()
    assert session.step() is view
    assert session.move("cuts", 0, 2.0) is view
    session.reset()
    assert session.step().snapshot.quarter == 1


def test_a_snapshot_stays_as_it_was() -> None:
    session = PlaceSession(short("lsp"), 1)
    shot = session.step().snapshot
    kept = [np.array(part) for part in (shot.history, shot.agencies, shot.ties, shot.gains)]
    session.step()
    for before, part in zip(kept, (shot.history, shot.agencies, shot.ties, shot.gains), strict=True):
        np.testing.assert_array_equal(before, part)
        with pytest.raises(ValueError, match="read-only"):
            part[...] = 0
    with pytest.raises(FrozenInstanceError):
        shot.quarter = 9  # type: ignore[misc]


def test_the_network_of_a_snapshot_is_that_of_the_model() -> None:
    model = tp.PlaceModel(short("joint-commissioning"), rng=2)
    for _ in range(QUARTERS):
        model.step()
    shot, graph = take(model), model.graph()
    labels = {node.id: node for node in shot.nodes}
    names = {**{f"agency:{a}": name for a, name in enumerate(shot.agency_names)},
             **{f"commissioner:{c}": name for c, name in enumerate(shot.commissioner_names)},
             **{f"cohort:{k}": name for k, name in enumerate(shot.cohort_names)}}
    drawn = [edge for edge in shot.edges if edge.kind != "answers"]
    assert len(drawn) == graph.number_of_edges()
    for edge in drawn:
        data = graph.edges[names[edge.source], names[edge.target]]
        assert edge.trust == pytest.approx(data["trust"], abs=1e-12)
        assert edge.money == pytest.approx(data["money"], abs=1e-9)
    for node, name in names.items():
        assert labels[node].money == pytest.approx(graph.nodes[name]["money"])
    assert len(shot.pulses) == int((shot.deals["quarter"] == QUARTERS - 1).sum()) > 0


def test_many_cohorts_are_drawn_by_kind_and_no_money_is_lost() -> None:
    model = tp.PlaceModel(tp.load("lsp", quarters=2, clusters=20), rng=1)
    model.step()
    shot = take(model)
    cohorts = [node for node in shot.nodes if node.kind == "cohort"]
    assert len(cohorts) == 6 < len(shot.cohorts)
    spend = sum(float(shot.shares[name].sum()) for name in ("frontline", "common", "reactive_start"))
    assert sum(node.money for node in cohorts) == pytest.approx(spend)


def test_money_flows_one_way_and_pots_pay_what_they_get() -> None:
    session = PlaceSession(short("single-pot"), 1)
    for _ in range(4):
        view = session.step()
    flows = view.snapshot.flows
    for flow in flows:
        source, target = flow.source.split(":")[0], flow.target.split(":")[0]
        assert FLOW_LAYERS.index(source) < FLOW_LAYERS.index(target)
    budgets = sum(flow.money for flow in flows if flow.source.startswith("department:"))
    assert budgets == pytest.approx(float(view.snapshot.agencies["budget"].sum()), rel=0.02)
    total = 0.25 * sum(flow.money for flow in flows)
    assert 0 < total < view.snapshot.flows_total.sum(), "flows are those of the last quarter, not since the start"


def test_nobody_reads_a_model_half_way_through_a_quarter() -> None:
    session = PlaceSession(short("joint-commissioning", 12), 1)
    seen: list[bool] = []
    over = threading.Event()

    def read() -> None:
        while not over.is_set():
            shot = session.view.snapshot
            seen.append(len(shot.history) == shot.quarter and bool(np.all(shot.history["wellbeing"] > 0)))
            session.saved()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(12):
        session.step()
    over.set()
    for reader in readers:
        reader.join()
    assert len(seen) > 0
    assert all(seen)


class Watched(Drawn):
    """Tells which pictures play has waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.awaited: list[tuple[int, ...]] = []

    def wait(self, quarters: tuple[int, ...], stopped: threading.Event) -> None:
        self.awaited.append(quarters)
        super().wait(quarters, stopped)


def test_play_waits_for_the_browser_and_stops_when_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.browser.state import autoplay as module

    monkeypatch.setattr(module, "PATIENCE", 600.0)
    session, drawn = PlaceSession(short(quarters=40), 1), Watched()
    shown: list[int] = []
    player = Player(session, drawn, lambda: 0.0, lambda: shown.append(session.view.snapshot.quarter), lambda: None)
    player.start()
    wait_until(lambda: drawn.awaited == [(0, 1)], "play waits for the first picture")
    assert shown == [1], "the browser has not drawn the start yet"
    drawn.tell(0)
    wait_until(lambda: drawn.awaited == [(0, 1), (1, 2)], "play waits for the second picture")
    assert shown == [1, 2], "one picture ahead, no more"
    drawn.tell(1)
    wait_until(lambda: len(shown) == 3, "play goes on")
    player.stop()
    player.join(60)
    assert not player.is_alive()
    assert shown == [1, 2, 3]


def test_a_desk_keeps_what_runs_when_an_address_or_a_file_cannot_be_used() -> None:
    desk = Desk()
    desk.open({"scenario": ["lsp"], "seed": ["4"]})
    desk.step()
    running = desk.session
    desk.open({"scenario": ["lsp"], "seed": ["4"]})
    assert desk.session is running
    desk.send({"name": "x.yaml", "size": 3, "content": "!!!"})
    assert "did not arrive whole" in desk.message
    desk.send({"name": "x.yaml", "size": 9_000_000, "content": ""})
    assert "too large" in desk.message
    assert desk.session is running
    desk.open({"scenario": ["nothing"]})
    assert "There is no scenario 'nothing'" in desk.message
    assert desk.session.scenario.name == USUAL


@pytest.mark.parametrize("text", [
    "extends: /tmp/other.yaml", "extends: other.yml", "extends: lsp\narrangement: ../x.yaml", "extends: lsp\ncuts: paths.yaml",
    "extends: lsp\narrangement: {extends: ./a.yaml}", "extends: lsp\nnetwork: {file: /etc/hosts}", "- a list", "",
    "extends: lsp\nlevers: {cuts: !!python/object/apply:os.system [ls]}", "extends: lsp\nmagic: 1", "extends: lsp\nquarters: 9999",
])
def test_an_uploaded_scenario_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(InputError) as refused:
        uploaded_scenario(text.encode(), "../../etc/mine.yaml")
    assert str(refused.value).startswith("mine.yaml")


def test_an_uploaded_spreadsheet_is_the_place_of_the_scenario_that_runs() -> None:
    desk = Desk()
    desk.open({"scenario": ["single-pot"]})
    before = desk.session.scenario
    for name, content in (("newtown.csv", text(rows())), ("newtown.xlsx", book(rows()))):
        desk.send({"name": f"C:\\work\\{name}", "size": len(content), "content": base64.b64encode(content).decode()})
        assert desk.message == ""
        after = desk.session.scenario
        assert (after.place, after.year, after.arrangement) == ("Newtown", "2024-25", before.arrangement)
        assert any(name in note for note in after.notes)
        desk.step()
    desk.send({"name": "x.csv", "size": 9, "content": base64.b64encode(b"apples,3\n").decode()})
    assert "No sheet has a row that is known" in desk.message
    assert desk.session.scenario == after


def test_an_uploaded_scenario_names_no_spreadsheet_of_the_server(tmp_path: object) -> None:
    for name in ("mine.csv", "/etc/passwd.txt", "../mine.xlsx", "mine.ods"):
        with pytest.raises(InputError, match="may not refer to a file"):
            uploaded_scenario(f"extends: lsp\nplace: {name}".encode(), "a.yaml")


def test_an_uploaded_scenario_opens_no_file(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = uploaded_scenario(tp.load("single-pot").text.encode(), "a.yaml")
    assert scenario == tp.load("single-pot")
    with pytest.raises(InputError, match="too large"):
        uploaded_scenario(b"#" * (MOST_UPLOADED + 1), "a.yaml")
    with pytest.raises(InputError, match="UTF-8"):
        uploaded_scenario(b"\xff", "a.yaml")


@pytest.mark.parametrize("query", [
    {"scenario": ["x.yaml"]}, {"scenario": ["/etc/passwd"]}, {"arrangement": ["a.yml"]}, {"place": ["../Kent"]}, {"seed": ["1e3"]},
    {"seed": ["-1"]}, {"seed": ["4294967296"]}, {"seed": ["١"]}, {"year": ["2024"]},
])
def test_an_address_may_say_only_what_is_shipped(query: dict[str, list[str]]) -> None:
    with pytest.raises(InputError):
        Setup.of(query)


def test_a_set_up_goes_through_an_address_and_back() -> None:
    setup = Setup("lsp", "Bristol, City of", "single-pot", 9)
    assert Setup.of(read_query(link("place", **setup.query()).partition("?")[2])) == setup
    scenario, seed = setup.load()
    assert (scenario.place, scenario.arrangement.name, seed) == ("Bristol, City of", "single-pot", 9)
    today = Setup("single-pot", "Cumberland", given_year="2024-25")
    assert Setup.of(read_query(link("place", **today.query()).partition("?")[2])) == today
    assert (today.load()[0].year, today.year, Setup("lsp").year) == ("2024-25", "2024-25", "2010-11")
    assert Setup.of({}) == Setup()
    assert link("place", **Setup().query()) == "/place"
    assert read_query("a=1&" * 1000) == {}
    with pytest.raises(UnknownName, match="Did you mean 'lsp'"):
        Setup.of({"scenario": ["lps"]})
