"""The sweep page: which folders it opens, what it keeps, and the runs behind a point."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

import totalplace as tp
from tests.browser.working import PATIENCE
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.browser.charts.sweeps import MOST_LINES, parallel, scale_of, scatter
from totalplace.sim.browser.parts.theme import DARK, LIGHT
from totalplace.sim.browser.server.settings import set_sweep_root, sweep_root
from totalplace.sim.browser.state.address import read_query
from totalplace.sim.browser.state.sweep_data import (
    EXAMPLE,
    Opened,
    open_sweep,
    scenario_of,
    settings,
    sweep_folder,
    sweep_names,
    usual_axes,
)
from totalplace.sim.browser.state.sweep_view import SweepView, ranges_words, written_ranges

SWEEP = """
title: Clawback and trust
arrangements: [lsp, joint-commissioning]
places: [Kent]
settings: {quarters: 8}
levers:
  clawback: {all: [0, 0.5], health: [0.1, 0.4]}
  savings_rule: [equal, shapley]
uncertainties:
  initial_trust: [0.3, 0.6]
design: grid
replicates: 2
metrics: [net_saving, pooled_share, wellbeing, density]
every: quarter
"""


@pytest.fixture(scope="module", autouse=True)
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of the server's sweeps: one that has run, and things that are none."""
    import totalplace as tp

    folder, before = tmp_path_factory.mktemp("sweeps"), sweep_root()
    file = folder / "clawback.yaml"
    file.write_text(SWEEP, "utf-8")
    tp.sweep(file, folder / "clawback", threads=1)
    (folder / "other").mkdir()
    (folder / "broken").mkdir()
    (folder / "broken" / "manifest.json").write_text("{", "utf-8")
    set_sweep_root(folder)
    yield folder
    set_sweep_root(before)


@pytest.fixture(scope="module")
def opened(root: Path) -> Opened:
    return open_sweep("clawback")


def test_only_sweeps_in_the_folder_of_the_server_can_be_opened(root: Path) -> None:
    assert sweep_names() == ["clawback"]
    assert sweep_folder("clawback") == root / "clawback"
    for name in ("other", "broken", "..", "../sweeps/clawback", str(root / "clawback"), ".", ""):
        with pytest.raises(UnknownName):
            sweep_folder(name)


def test_a_folder_that_is_not_there_has_no_sweeps(tmp_path: Path) -> None:
    before = sweep_root()
    set_sweep_root(tmp_path / "none")
    assert sweep_names() == []
    set_sweep_root(before)


def test_the_last_year_of_every_run_is_read(opened: Opened, root: Path) -> None:
    import totalplace as tp

    store = tp.open_sweep(root / "clawback")
    frame = store.frame()
    last = frame[frame["quarter"] >= 4].groupby("run")["net_saving"].mean()
    assert opened.run.tolist() == last.index.tolist()
    assert len(opened.run) == store.total == 64
    assert opened.values["net_saving"].tolist() == pytest.approx(last.tolist())
    assert opened.shown("scenario", 0) == frame[frame["run"] == 0]["scenario"].iloc[0]
    assert usual_axes(opened)[0] == "scenario"


def test_ranges_keep_what_is_within_all_of_them(opened: Opened) -> None:
    kept = opened.within({"initial_trust": [(0.5, 1.0)], "savings_rule": [(-0.5, 1.5)]})
    assert kept.tolist() == ((opened.values["initial_trust"] > 0.5) & (opened.values["savings_rule"] <= 1.5)).tolist()
    assert 0 < kept.sum() < 64
    assert opened.within({}).all()


def test_behind_a_point_stand_its_replicates(opened: Opened) -> None:
    rows = opened.behind(int(opened.run[5]))
    assert 5 in rows
    assert opened.replicate[rows].tolist() == [0, 1]
    assert len({(int(opened.point[row]), opened.shown("scenario", int(row))) for row in rows}) == 1
    assert len(opened.behind(99_999)) == 0


@pytest.mark.parametrize("row", [0, 13, 63])
def test_the_scenario_of_a_run_makes_it_again(opened: Opened, row: int) -> None:
    run = tp.run(scenario_of(opened, row), seed=int(opened.seed[row]))
    for name in ("net_saving", "pooled_share", "wellbeing"):
        assert run.at_end(name) == opened.values[name][row]


def test_settings_name_what_moves_together(opened: Opened) -> None:
    said = settings(opened, 0)
    assert f"levers.clawback.health={opened.values['clawback.health'][0]}" in said
    assert f"levers.clawback.home={opened.values['clawback.all'][0]}" in said
    assert not any(word.startswith("levers.clawback.all") for word in said)
    assert sum(word.startswith("levers.savings_rule=") for word in said) == 1


def test_charts_hold_the_runs(opened: Opened) -> None:
    names = ["scenario", "initial_trust", "density"]
    option = parallel(opened, names, np.arange(64) < 40, False)
    faint = [line for series in option["series"] if series["lineStyle"]["opacity"] < 0.1 for line in series["data"]]
    assert len(faint) == 24
    lines = [line for series in option["series"] for line in series["data"]]
    assert len(lines) == 64 <= MOST_LINES
    assert scale_of(opened.axes["density"]) == 100.0
    assert max(line[2] for line in lines) == pytest.approx(100 * opened.values["density"].max(), rel=1e-4)
    axis = option["parallelAxis"][1]
    assert axis["min"] < 0.3 < 0.6 < axis["max"]
    kept = np.arange(64) < 10
    shown = scatter(opened, "pooled_share", "wellbeing", kept, 3, True)["series"][:-1]
    assert sorted(point["id"] for series in shown for point in series["data"]) == list(range(10))


def ready(page: Any, server: str, query: str = "sweep=clawback") -> Any:
    page.goto(f"{server}/sweep?{query}")
    page.locator("[data-testid=sweep] .tp-chart[data-ready=true]").wait_for()
    return page.get_by_test_id("sweep")


#: How many lines of the parallel axes are faint.
FAINT = """() => (document.querySelector('[data-testid=sweep] .tp-chart').chart?.getOption().series ?? [])
    .filter(one => one.lineStyle.opacity < 0.1).reduce((sum, one) => sum + one.data.length, 0)"""


def wait_for_kept(page: Any, kept: int) -> None:
    page.locator(f"[data-testid=sweep][data-kept='{kept}']").wait_for()


#: The ranges that are brushed on the axes.
ACTIVE = """() => (document.querySelector('[data-testid=sweep] .tp-chart').chart?.getModel()
    .findComponents({mainType: 'parallelAxis'}) ?? []).flatMap(axis => axis.activeIntervals)"""


def test_brushing_keeps_the_runs_in_a_range(page: Any, new_page: Any, server: str) -> None:
    ready(page, server)
    x, top, bottom = page.evaluate("""() => { const box = document.querySelector('[data-testid=sweep] .tp-chart');
        box.scrollIntoView({block: 'center'});
        const axis = box.chart.getOption().parallelAxis.findIndex(axis => axis.name.startsWith('Initial'));
        const system = box.chart.getModel().getComponent('parallel').coordinateSystem;
        const [frame, rect] = [box.getBoundingClientRect(), system.getRect()];
        const x = system.getAxisLayout(`dim${axis}`).position[0];
        return [frame.x + x, frame.y + rect.y, frame.y + rect.y + rect.height]; }""")
    page.mouse.move(x, top + 2)
    page.mouse.down()
    page.mouse.move(x, (top + bottom) / 2, steps=6)
    page.mouse.up()
    wait_for_kept(page, 32)
    page.get_by_text("Kept by dragging: Initial trust (0-1) from 0.4").wait_for()
    page.wait_for_url("**brush=initial_trust**")
    page.wait_for_function(f"() => ({ACTIVE})().length === 1")
    drawn = page.evaluate(ACTIVE)
    other = new_page()
    other.goto(page.url)
    wait_for_kept(other, 32)
    other.wait_for_function(f"() => ({ACTIVE})().length === 1")
    assert other.evaluate(ACTIVE)[0] == pytest.approx(drawn[0], rel=1e-4), "who follows the address sees the same brush"
    other.context.close()
    page.go_back()
    wait_for_kept(page, 64)
    page.wait_for_function(f"() => ({ACTIVE})().length === 0")
    page.go_forward()
    wait_for_kept(page, 32)
    page.wait_for_function(f"() => ({ACTIVE})().length === 1")
    page.get_by_role("button", name="Keep all runs").click()
    wait_for_kept(page, 64)
    page.wait_for_function(f"() => ({ACTIVE})().length === 0")
    assert "brush=" not in page.url


@pytest.mark.parametrize(("query", "words"), [
    ("keep=initial_trust", "The range 'initial_trust' in the address cannot be read"),
    ("keep=initial_trust:lots:", "'lots' is no number"),
    ("brush=initial_trst:0:1", "Did you mean 'initial_trust'"), ("keep=wellbeing:1:0", "ends below its start"),
    ("brush=initial_trust:nan:1", "'nan' is no number"), ("axis=wellbeeing", "Did you mean 'wellbeing'"),
    ("x=nothing", "There is no axis"),
    ("run=-4", "The number of a run cannot be '-4'"), ("keep=:0:1", "There is no axis ''")])
def test_a_view_that_cannot_be_read_is_refused(opened: Opened, query: str, words: str) -> None:
    with pytest.raises(InputError, match=re.escape(words)):
        SweepView.of(opened, read_query(query))


def test_an_address_holds_the_ranges_that_are_kept(opened: Opened) -> None:
    query = read_query("axis=density&axis=initial_trust&keep=net_saving::-0.5&keep=initial_trust:0.2:0.4&keep=initial_trust:0.5:"
                       "&brush=density:0.01:0.02&brush=savings_rule:-0.5:0.5")
    view = SweepView.of(opened, query)
    assert view.typed == {"net_saving": [(-np.inf, -0.5)], "initial_trust": [(0.2, 0.4), (0.5, np.inf)]}
    assert written_ranges(view.typed) == query["keep"]
    assert written_ranges(view.brushed) == query["brush"]
    assert json.loads(view.drawn(opened)) == [[[pytest.approx(1.0), pytest.approx(2.0)]], []], "as the axes are drawn, in %"
    assert view.with_brushes(opened, [[], [[0.25, 0.35]]]) == {"savings_rule": [(-0.5, 0.5)], "initial_trust": [(0.25, 0.35)]}
    assert ranges_words(opened, {"scenario": [(-0.5, 0.5)]}) == f"Scenario {opened.axes['scenario'].choices[0]}"


def test_a_broken_range_in_the_address_is_said_and_can_be_let_go(page: Any, server: str) -> None:
    ready(page, server, "sweep=clawback&keep=initial_trust:lots:&run=3")
    page.get_by_text("'lots' is no number. Allowed: a number such as 0.2, or nothing.").wait_for()
    wait_for_kept(page, 64)
    page.get_by_role("button", name="Keep all runs").click()
    page.get_by_text("'lots' is no number").wait_for(state="detached")
    page.get_by_label("Number of a run").fill("many")
    page.get_by_label("Number of a run").blur()
    page.get_by_text("The number of a run cannot be 'many'").wait_for()
    page.get_by_label("Keep a range of").click(force=True)
    page.get_by_role("option", name="Initial trust").click()
    page.get_by_label("from", exact=True).fill("2")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_text("No run is kept: let a range go.").wait_for()


def test_a_range_by_numbers_and_a_bad_one(page: Any, server: str) -> None:
    ready(page, server)
    page.get_by_label("Keep a range of").click(force=True)
    page.get_by_role("option", name="Initial trust").click()
    page.get_by_label("from", exact=True).fill("0.5")
    page.get_by_role("button", name="Keep", exact=True).click()
    wait_for_kept(page, 32)
    page.get_by_text("Kept by numbers: Initial trust (0-1) from 0.500.").wait_for()
    page.wait_for_function(f"() => ({FAINT})() === 32")
    assert "keep=initial_trust%3A0.5%3A" in page.url
    page.reload()
    wait_for_kept(page, 32)
    page.wait_for_function(f"() => ({FAINT})() === 32")
    page.get_by_label("from", exact=True).fill("lots")
    page.get_by_label("to", exact=True).fill("few")
    page.get_by_role("button", name="Keep", exact=True).click()
    for words in ("'lots' is no number", "'few' is no number"):
        page.get_by_text(words).wait_for()
    wait_for_kept(page, 32)
    page.get_by_role("button", name="Keep all runs").click()
    wait_for_kept(page, 64)
    page.wait_for_function(f"() => ({FAINT})() === 0")


def test_without_a_sweep_the_page_says_how_to_make_one_and_plays_its_example(page: Any, server: str, tmp_path: Path) -> None:
    import totalplace as tp
    from totalplace import scenarios

    page.goto(f"{server}/sweep")
    page.get_by_test_id("how-to").get_by_text("totalplace sweep run example.yaml").wait_for()
    page.locator("[data-testid=sweep][data-runs='60'] .tp-chart[data-ready=true]").wait_for(timeout=PATIENCE)
    page.get_by_label("Number of a run").fill("17")
    page.get_by_label("Number of a run").blur()
    page.get_by_test_id("behind").locator("table").wait_for()
    with page.expect_download() as started:
        page.get_by_role("button", name="Scenario of this run").click()
    assert started.value.suggested_filename.endswith("-in-Kent-run-17-of-example.yaml")
    started.value.save_as(tmp_path / "run.yaml")
    (tmp_path / "example.yaml").write_text(EXAMPLE, "utf-8")
    store = tp.sweep(tmp_path / "example.yaml", tmp_path / "example", threads=1)
    last = store.frame().query("run == 17").iloc[-1]
    again = tp.run(scenarios.check(tmp_path / "run.yaml"), seed=int(last["seed"]))
    assert again.metrics["net_saving"][-1] == last["net_saving"]


def test_charts_follow_the_colours_of_the_system(new_page: Any, server: str) -> None:
    page = new_page(color_scheme="light")
    ready(page, server)
    text = "() => document.querySelector('[data-testid=sweep] .tp-chart').chart?.getOption().textStyle.color"
    page.wait_for_function(f"wanted => ({text})() === wanted", arg=LIGHT.text)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"wanted => ({text})() === wanted", arg=DARK.text)


def test_two_scenarios_never_have_one_label(opened: Opened) -> None:
    long = replace(opened, axes=opened.axes | {"scenario": replace(opened.axes["scenario"], choices=(
        "joint-commissioning, levers.reinvested_share 0.1", "joint-commissioning, levers.reinvested_share 0.2"))})
    labels = parallel(long, ["scenario"], np.arange(64) < 64, False)["parallelAxis"][0]["data"]
    assert len(set(labels)) == 2
    assert max(map(len, labels)) < 20


def test_a_point_leads_to_its_runs_and_to_a_scenario_that_makes_one_again(
    page: Any, server: str, opened: Opened, tmp_path: Path
) -> None:
    from totalplace import scenarios

    ready(page, server, "sweep=clawback&x=pooled_share&y=net_saving")
    page.locator(".tp-two .tp-chart[data-ready=true]").wait_for()
    x, y, run = page.evaluate("""() => { const box = document.querySelector('.tp-two .tp-chart'); box.scrollIntoView();
        const data = box.chart.getOption().series[1].data; const last = data[data.length - 1];
        const at = box.chart.convertToPixel({seriesIndex: 1}, last.value); const frame = box.getBoundingClientRect();
        return [frame.x + at[0], frame.y + at[1], last.id]; }""")
    page.mouse.click(x, y)
    behind = page.get_by_test_id("behind")
    behind.locator("table").wait_for()
    row = int(np.flatnonzero(opened.run == int(behind.get_attribute("data-run")))[0])
    assert opened.values["pooled_share"][row] == pytest.approx(opened.values["pooled_share"][opened.run == run][0], abs=0.2)
    with page.expect_download() as started:
        page.get_by_role("button", name="Scenario of this run").click()
    started.value.save_as(tmp_path / "run.yaml")
    again = tp.run(scenarios.check(tmp_path / "run.yaml"), seed=int(opened.seed[row]))
    assert again.at_end("net_saving") == opened.values["net_saving"][row]


@pytest.mark.parametrize("name", ["..%2F..%2Fetc", "%2Fetc", "nothing"])
def test_a_name_that_is_no_sweep_is_said_and_nothing_is_opened(page: Any, server: str, name: str) -> None:
    page.goto(f"{server}/sweep?sweep={name}")
    page.get_by_text("There is no sweep").wait_for()
    expect(page.get_by_test_id("sweep")).to_have_count(0)
    page.get_by_role("link", name="Guide").click()
    page.locator(".tp-heading h1", has_text="Guide").wait_for()


def test_the_list_opens_a_sweep_and_fits_a_phone(new_page: Any, server: str) -> None:
    page = new_page(width=420)
    page.goto(f"{server}/sweep")
    page.get_by_label("Sweep", exact=True).click(force=True)
    page.get_by_role("option", name="clawback").click()
    page.wait_for_url("**sweep=clawback")
    page.locator("[data-testid=sweep] .tp-chart[data-ready=true]").wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth") <= 0
