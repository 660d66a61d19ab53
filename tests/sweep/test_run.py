"""A sweep is run: every run is the run that tp.run gives, whoever plays it and however it is cut."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import totalplace as tp
from tests.sweeps import TEXT, assert_same, driver, small_sweep, tables, wait_for_parts
from totalplace.agents.mesa_agents import Agency
from totalplace.scenarios import sweeps
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.sweeps.choices import by_number
from totalplace.sim.engine.sweep.chunks import kept_quarters, quarters_of_rows
from totalplace.sim.engine.sweep.designs import points
from totalplace.sim.engine.sweep.mesa_engine import scenario_at
from totalplace.sim.engine.sweep.store import Store
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.run import at_end


class Stubborn(Agency):
    """An agency that pays no heed to statute."""

    def comply(self) -> None:
        pass


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return tp.sweep(small_sweep(), tmp_path_factory.mktemp("sweep") / "out", threads=1)


def test_each_run_is_the_run_of_its_scenario_at_its_point(undisturbed: Store) -> None:
    sweep, found = small_sweep(), tables(undisturbed)
    found["runs"] = by_number(found["runs"], [factor.label for factor in sweep.factors])
    metrics = found["metrics"].set_index("run")
    for row in found["runs"].iloc[[0, 27, 79]].itertuples(index=False):
        scenario = sweep.scenarios[row.run // 20]
        values = np.array([found["runs"].loc[row.run, factor.label] for factor in sweep.factors])
        one = tp.run(scenario_at(scenario, sweep.factors, values), row.seed)
        assert (row.scenario, row.place, row.status) == (scenario.name, scenario.place, "done")
        for name in sweep.metrics:
            years = [at_end(one.metrics[name][:quarters], METRICS[name]) for quarters in (4, 8)]
            assert metrics.loc[row.run, name].tolist() == years
        assert metrics.loc[row.run, "quarter"].tolist() == [3, 7]
        assert metrics.loc[row.run, "date"].dt.strftime("%Y-%m").tolist() == [one.dates[3], one.dates[7]]


def test_runs_are_numbered_and_seeded_as_the_sweep_says(undisturbed: Store) -> None:
    sweep, runs = small_sweep(), tables(undisturbed)["runs"]
    runs = by_number(runs, [factor.label for factor in sweep.factors])
    assert len(runs) == sweep.runs == 80
    for row in runs.itertuples():
        scenario = [(s.name, s.place) for s in sweep.scenarios].index((row.scenario, row.place))
        assert row.run == sweep.run_number(scenario, row.point, row.replicate)
        assert row.seed == sweep.seed(row.run)
    design = points(sweep)
    assert runs[[factor.label for factor in sweep.factors]].to_numpy().tolist() == design[runs["point"]].tolist()


@pytest.mark.parametrize(("threads", "chunk"), [(1, 7), (2, 33), *(pytest.param(2, n, marks=pytest.mark.soak) for n in (7, 80))])
def test_neither_threads_nor_chunks_change_the_tables(
    undisturbed: Store, tmp_path: Path, threads: int, chunk: int
) -> None:
    assert_same(tp.sweep(small_sweep(), tmp_path / "out", threads=threads, chunk=chunk), undisturbed)


def test_mesa_gives_the_same_tables(undisturbed: Store, tmp_path: Path) -> None:
    sweep = small_sweep(samples=1)
    compiled = tp.sweep(sweep, tmp_path / "compiled")
    assert_same(tp.sweep(sweep, tmp_path / "mesa", threads=2, engine="mesa", chunk=4), compiled)


def test_mesa_takes_classes_of_agents(tmp_path: Path) -> None:
    sweep = small_sweep(samples=1, quarters=4)
    store = tp.sweep(sweep, tmp_path / "out", threads=1, engine="mesa", agent_classes={"agencies": Stubborn}, chunk=4)
    assert store.missing == 0
    with pytest.raises(InputError, match=r"the classes of agents.*none asked for"):
        tp.sweep(sweep, tmp_path / "out", engine="mesa")


def test_a_sweep_without_factors_and_with_all_metrics(tmp_path: Path) -> None:
    sweep = sweeps.loads("scenarios: silo\nplaces: Rutland\nsettings: {quarters: 5, clusters: 2}\nreplicates: 3\nfirst_seed: 7")
    store = tp.sweep(sweep, tmp_path / "out")
    metrics = tables(store)["metrics"]
    for run in range(3):
        one = tp.run(sweep.scenarios[0], 7 + run)
        for name in tp.METRICS:
            assert metrics.loc[metrics["run"] == run, name].tolist() == one.metrics[name].tolist()


@pytest.mark.parametrize(("every", "quarters"), [
    ("quarter", 3), ("quarter", 10), ("year", 1), ("year", 10), ("last", 8),
    *(pytest.param(*one, marks=pytest.mark.soak) for one in (
        ("quarter", 1), ("quarter", 8), ("year", 3), ("year", 8), ("last", 1), ("last", 3), ("last", 10))),
])
def test_the_end_of_a_sweep_is_the_end_of_its_runs_to_the_bit(every: str, quarters: int, tmp_path: Path) -> None:
    text = TEXT.replace("pooled_share,", "net_saving_cumulative, deals_agreed,").format(samples=1, quarters=quarters, every=every)
    sweep = sweeps.loads(text, "small")
    store = tp.sweep(sweep, tmp_path / "out", chunk=5)
    ends, design = store.ends(), points(sweep)
    assert ends.index.tolist() == list(range(8))
    for run in range(8):
        scenario = scenario_at(sweep.scenarios[run // 2], sweep.factors, design[0])
        one = tp.run(scenario, sweep.seed(run))
        assert ends.loc[run].tolist() == [float(one.at_end(name)) for name in sweep.metrics]
    summary = store.summary(["mean_trust"])
    assert summary["last_year"].tolist() == [float(ends["mean_trust"][number : number + 2].median()) for number in (0, 2, 4, 6)]
    assert store.ends(["mean_trust"], one_in=3).index.tolist() == [0, 3, 6]


def test_a_row_stands_for_the_quarters_that_it_sums_up() -> None:
    assert quarters_of_rows("quarter", 3).tolist() == [[0], [1], [2]]
    assert quarters_of_rows("year", 10).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [6, 7, 8, 9]]
    assert quarters_of_rows("last", 40).tolist() == [[36, 37, 38, 39]]
    assert quarters_of_rows("last", 3).tolist() == [[0, 1, 2]]


def test_kept_quarters() -> None:
    assert kept_quarters("quarter", 3).tolist() == [0, 1, 2]
    assert kept_quarters("year", 10).tolist() == [3, 7, 9]
    assert kept_quarters("year", 8).tolist() == [3, 7]
    assert kept_quarters("last", 40).tolist() == [39]


def test_progress_counts_runs(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    tp.sweep(small_sweep(), tmp_path / "out", chunk=30, progress=lambda done, total: told.append((done, total)))
    assert told[0] == (0, 80)
    assert told[-1] == (80, 80)
    assert len(told) == 4
    again: list[tuple[int, int]] = []
    tp.sweep(small_sweep(), tmp_path / "out", progress=lambda done, total: again.append((done, total)))
    assert again == [(80, 80)]


@pytest.mark.parametrize("options", [
    {"threads": 0}, {"on_error": "ignore"}, {"engine": "abacus"}, {"chunk": 0}, {"agent_classes": {"agencies": Stubborn}},
    {"dask": "tcp://127.0.0.1:1"}, {"dask": 0},
])
def test_bad_options_are_refused(tmp_path: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("totalplace.sim.engine.sweep.dask_cluster.CONNECT_SECONDS", 1)
    with pytest.raises(InputError):
        tp.sweep(small_sweep(), tmp_path / "out", **options)


def test_a_sweep_can_run_beside_the_main_thread(undisturbed: Store, tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        assert_same(pool.submit(tp.sweep, small_sweep(), tmp_path / "out").result(), undisturbed)


#: A sweep that takes long enough to be interrupted.
LONG = (200, 40, "last")


@pytest.fixture(scope="module")
def long_undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return tp.sweep(small_sweep(*LONG), tmp_path_factory.mktemp("long") / "out")


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.soak)])
def test_an_interrupt_finishes_what_is_under_way(long_undisturbed: Store, tmp_path: Path, number: signal.Signals) -> None:
    with driver(tmp_path / "out", *LONG, threads=2) as command:
        wait_for_parts(tmp_path / "out", 2, command)
        os.killpg(command.pid, number)
        _, err = command.communicate(timeout=300)
    assert command.returncode != 0
    assert "runs. The same command on the same folder goes on from there" in err
    stopped = tp.open_sweep(tmp_path / "out")
    assert 40 <= stopped.played < 1600
    assert stopped.damaged() == list(range(len(stopped.records), 80))
    assert not list((tmp_path / "out").rglob("*.partial"))
    assert not (tmp_path / "out" / "lock").exists()
    assert_same(tp.sweep(small_sweep(*LONG), tmp_path / "out"), long_undisturbed)



def test_where_nothing_can_be_written_nothing_goes_on() -> None:
    with pytest.raises(tp.SweepStopped, match=r"'/proc/none/found' cannot be written: .*\. Nothing of the sweep is there yet\."):
        tp.sweep(small_sweep(), "/proc/none/found")
