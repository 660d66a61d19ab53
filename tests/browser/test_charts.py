"""Options of charts: what they show is what the model says, with names and units from the registry."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import totalplace as tp
from tests.browser.reading import open_place
from totalplace.scenarios.errors import UnknownName
from totalplace.sim.browser.charts.base import axis_title, number
from totalplace.sim.browser.charts.england import england_map
from totalplace.sim.browser.charts.ensembles import bands, differences
from totalplace.sim.browser.charts.money import gains_matrix, gains_sankey, money_flow
from totalplace.sim.browser.charts.outcomes import outcome_matrix, wellbeing_by_neighbourhood
from totalplace.sim.browser.charts.over_time import time_series
from totalplace.sim.browser.charts.refusal import appraisal_bars
from totalplace.sim.browser.parts.theme import palette
from totalplace.sim.browser.state.england_setup import Band, shown
from totalplace.sim.browser.state.snapshot import PolicyEvent, Snapshot, take
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.compare import difference
from totalplace.sim.results.deals import part_names

QUARTERS = 12


@pytest.fixture(scope="module")
def shot() -> Snapshot:
    scenario = tp.load("single-pot", quarters=24)
    model = tp.PlaceModel(scenario, rng=3)
    for _ in range(QUARTERS):
        model.step()
    return take(model, baseline=tp.run(scenario, seed=3).metrics, live=(PolicyEvent(5, "freedom of health 0.8", True),))


@pytest.fixture(scope="module")
def ensembles() -> list[Any]:
    return [tp.ensemble(tp.load(name, quarters=12), runs=6) for name in ("silo", "joint-commissioning")]


def at(value: float) -> Band:
    """A value whose runs do not differ."""
    return Band(value, value, value)


def all_options(shot: Snapshot, dark: bool) -> dict[str, dict[str, Any]]:
    parts = {part: float(shot.deals[0][f"part_{part}"]) for part in part_names()}
    return {
        "series": time_series(shot, ["pooled_share"], dark), "gains": gains_matrix(shot, dark), "sankey": gains_sankey(shot, dark),
        "flow": money_flow(shot, dark), "outcomes": outcome_matrix(shot, dark), "wellbeing": wellbeing_by_neighbourhood(shot, dark),
        "appraisal": appraisal_bars(parts, dark), "map": england_map({"Kent": at(0.4), "Leeds": at(0.6)}, shown("wellbeing"), dark),
    }


@pytest.mark.parametrize("dark", [False, True])
def test_options_are_plain_data_in_the_colours_of_the_theme(shot: Snapshot, dark: bool) -> None:
    for name, option in all_options(shot, dark).items():
        text = json.dumps(option, allow_nan=False)
        assert option["textStyle"]["color"] == palette(dark).text, name
        assert option["tooltip"]["backgroundColor"] == palette(dark).card, name
        assert len(text) < 60_000, name


def test_a_line_ends_where_the_run_is_and_the_baseline_at_its_end(shot: Snapshot) -> None:
    option = time_series(shot, ["pooled_share"], False)
    lines = {series["name"]: series["data"] for series in option["series"]}
    assert lines["Pooled share"] == pytest.approx(shot.series("pooled_share"), rel=1e-4)
    assert len(lines["Baseline"]) == 24
    assert lines["Baseline"][:QUARTERS] == pytest.approx(lines["Pooled share"])
    assert len(option["xAxis"]["data"]) == 24
    assert option["yAxis"]["name"] == METRICS["pooled_share"].unit


def test_shares_are_drawn_as_percentages(shot: Snapshot) -> None:
    option = time_series(shot, ["density"], False)
    assert option["yAxis"]["name"] == "%"
    assert option["series"][-1]["data"] == pytest.approx(100 * shot.series("density"), rel=1e-4)


def test_levers_that_were_moved_are_marked_in_their_quarter(shot: Snapshot) -> None:
    marks = time_series(shot, ["wellbeing"], False)["series"][-1]["markLine"]["data"]
    assert {"xAxis": 5, "name": "freedom of health 0.8"}.items() <= next(mark for mark in marks if mark["xAxis"] == 5).items()
    assert next(mark for mark in marks if mark["xAxis"] == 5)["lineStyle"]["type"] == "solid"


def test_a_metric_there_is_not_is_refused(shot: Snapshot) -> None:
    with pytest.raises(UnknownName):
        time_series(shot, ["pooled_sharee"], False)


def test_the_matrix_holds_the_gains(shot: Snapshot) -> None:
    option = gains_matrix(shot, False)
    columns, rows = option["xAxis"]["data"], option["yAxis"]["data"]
    labels = [label[:1].upper() + label[1:] for label in shot.agency_labels]
    cells = option["series"][0]["data"]
    assert cells
    for j, i, value in cells:
        assert value == pytest.approx(shot.gains[labels.index(rows[i]), labels.index(columns[j])], abs=1e-3)
    assert sum(cell[2] for cell in cells) == pytest.approx(shot.gains[shot.gains >= 0.05].sum(), rel=1e-3)


@pytest.mark.parametrize("layers", [("department", "pot", "theme"), ("department", "agency", "pot", "theme")])
def test_no_money_is_lost_on_the_way_through_the_flow(shot: Snapshot, layers: tuple[str, ...]) -> None:
    links = money_flow(shot, False, layers)["series"][0]["links"]
    sources, targets = {link["source"] for link in links}, {link["target"] for link in links}
    given = sum(link["value"] for link in links if link["source"] not in targets)
    taken = sum(link["value"] for link in links if link["target"] not in sources)
    planned = sum(flow.money for flow in shot.flows if flow.target.startswith("theme:"))
    assert taken == pytest.approx(planned, rel=0.02)
    assert given >= taken * 0.98


def test_the_sankey_of_gains_holds_those_of_the_matrix(shot: Snapshot) -> None:
    cells, option = gains_sankey(shot, False)["series"][0]["links"], gains_matrix(shot, False)
    names = option["xAxis"]["data"]
    gains = {(f"{names[i]} pays", f"{names[j]} gains"): value for j, i, value in option["series"][0]["data"]}
    assert all(gains[link["source"], link["target"]] == link["value"] for link in cells)
    assert sum(link["value"] for link in cells) > 0.8 * shot.gains.sum()


def test_heat_maps_are_means_over_people(shot: Snapshot) -> None:
    cells = {(i, j): value for j, i, value in outcome_matrix(shot, False)["series"][0]["data"]}
    own = shot.cohorts["kind"] == 1
    change = shot.outcomes[own, 2] - shot.outcomes_start[own, 2]
    assert cells[1, 2] == pytest.approx(np.average(change, weights=shot.cohorts["persons"][own]), abs=1e-4)
    cells = {(i, j): value for j, i, value in wellbeing_by_neighbourhood(shot, False)["series"][0]["data"]}
    one = (shot.cohorts["kind"] == 3) & (shot.cohorts["neighbourhood"] == 4)
    assert cells[3, 4] == pytest.approx(float(shot.cohorts["wellbeing"][one][0]), abs=1e-4)


def test_many_neighbourhoods_are_grouped() -> None:
    model = tp.PlaceModel(tp.load("silo", clusters=40, quarters=4), rng=1)
    option = wellbeing_by_neighbourhood(take(model), False)
    assert 6 <= len(option["xAxis"]["data"]) <= 12
    assert " to " in option["xAxis"]["data"][0]


def test_bars_are_sorted_and_the_sum_is_marked() -> None:
    option = appraisal_bars({"saving": 2.0, "control": -3.0, "voice": 0.5}, False)
    assert [bar["value"] for bar in option["series"][0]["data"]] == [-3.0, 0.5, 2.0]
    assert option["series"][0]["markLine"]["data"] == [{"xAxis": -0.5}]
    assert option["yAxis"]["data"][0] == "Loss of control"


@pytest.mark.parametrize("parts", [
    {"saving": 0.02, "control": -0.103}, {"saving": 0.0004, "control": -0.0023, "voice": 0.0001}, {"saving": 12.0, "voice": 3.0},
    {"control": -7.1}, {"saving": 0.0, "control": 0.0}])
def test_the_axis_of_an_appraisal_has_zero_among_few_round_marks(parts: dict[str, float]) -> None:
    axis = appraisal_bars(parts, False)["xAxis"]
    marks = np.arange(round(axis["min"] / axis["interval"]), round(axis["max"] / axis["interval"]) + 1) * axis["interval"]
    assert 0.0 in marks
    assert 2 <= len(marks) <= 6
    assert axis["min"] <= min(0.0, *parts.values(), sum(parts.values()))
    assert axis["max"] >= max(0.0, *parts.values(), sum(parts.values()))
    labels = [f"{mark:.{axis['axisLabel']['formatter']['number']['places']}f}" for mark in marks]
    assert len(set(labels)) == len(labels), "marks are told apart"


#: The words of a chart as they are drawn, and how many of them are cut or stick out of it.
DRAWN = """chart => { const box = document.querySelector(chart); const found = { words: [], wrong: [] };
    if (!box || !box.chart) return found;
    for (const part of box.chart.getZr().storage.getDisplayList(true)) {
        const text = part.style.text; if (!text || part.ignore || part.invisible) continue;
        const at = part.getBoundingRect().clone(); if (part.transform) at.applyTransform(part.transform);
        found.words.push(text);
        if (/(…|\\.\\.\\.)$/.test(text) || at.x < -1 || at.y < -1 || at.x + at.width > box.clientWidth + 1
            || at.y + at.height > box.clientHeight + 1) found.wrong.push(text); }
    return found; }"""


def test_on_a_phone_words_of_charts_are_whole_and_the_axis_of_a_refusal_has_zero(new_page: Any, server: str) -> None:
    page = new_page(width=420)
    open_place(page, server, "?scenario=single-pot&at=40")
    for tab, words, charts in (("Money", "neighbourhoods", 1), ("Who pays, who gains", "and skills gains", 2)):
        page.get_by_role("tab", name=tab).click()
        page.locator("#chart-panel .tp-chart[data-ready=true]").nth(charts - 1).wait_for()
        chart = "#chart-panel section:last-child .tp-chart"
        page.wait_for_function(f"([chart, words]) => ({DRAWN})(chart).words.some(one => one.includes(words))", arg=[chart, words])
        assert page.evaluate(DRAWN, chart)["wrong"] == []
    page.locator("[data-node='agency:1']").focus()
    page.keyboard.press("Enter")
    chart = "[data-testid=node-card] .tp-chart"
    page.locator(f"{chart}[data-ready=true]").wait_for()
    drawn = page.evaluate(DRAWN, chart)
    assert drawn["words"].count("0") == 1
    assert drawn["wrong"] == []


def test_bands_hold_the_middle_and_the_band_of_the_runs(ensembles: list[Any]) -> None:
    option = bands(ensembles, "pooled_share", False)
    lines = {series["name"]: np.array(series["data"]) for series in option["series"]}
    low, middle, high = np.quantile(ensembles[1].metrics["pooled_share"], (0.05, 0.5, 0.95), axis=0)
    assert lines["joint-commissioning"] == pytest.approx(middle, rel=1e-4)
    assert lines["~low joint-commissioning"] == pytest.approx(low, rel=1e-6)
    assert lines["~low joint-commissioning"] + lines["~band joint-commissioning"] == pytest.approx(high, rel=1e-5)
    assert option["title"]["text"] == axis_title(METRICS["pooled_share"])


def test_differences_are_paired_by_seed(ensembles: list[Any]) -> None:
    option = differences(ensembles, "net_saving", False)
    box = option["series"][0]["data"][0]
    gap = difference(ensembles[1], ensembles[0], "net_saving")
    assert box["name"] == "joint-commissioning"
    assert box["value"] == pytest.approx(np.quantile(gap, (0.05, 0.25, 0.5, 0.75, 0.95)), rel=1e-4)


def test_a_map_of_changes_is_blue_for_better_whatever_the_direction() -> None:
    better = england_map({"Kent": at(-1.0), "Leeds": at(1.0)}, shown("wellbeing", "change"), False)["visualMap"]["inRange"]["color"]
    worse = england_map({"Kent": at(-1.0), "Leeds": at(1.0)}, shown("inequality", "change"), False)["visualMap"]["inRange"]["color"]
    assert better == worse[::-1]
    falls = england_map({"Kent": at(-0.01), "Leeds": at(-0.02)}, shown("wellbeing", "change"), False)["visualMap"]
    assert (falls["min"], falls["max"]) == (pytest.approx(-0.02, abs=0.001), 0.0), "where all fall, the colours run from zero"
    assert falls["inRange"]["color"] == better[:4]


def test_an_empty_map_can_be_drawn() -> None:
    option = england_map({}, shown("wellbeing"), False)
    json.dumps(option, allow_nan=False)
    assert "visualMap" not in option, "a scale of colours beside a grey map says something that is not there"


@pytest.mark.parametrize(("unit", "before", "after"), [
    ("£m a year", "£", "m a year"), ("% of spend", "", "% of spend"), ("share", "", "%"), ("0-1", "", "")])
def test_numbers_are_written_with_their_units(unit: str, before: str, after: str) -> None:
    how = number(unit)
    assert (how["before"], how["after"]) == (before, after)


def test_a_snapshot_at_the_start_can_be_drawn(shot: Snapshot) -> None:
    start = replace(take(tp.PlaceModel(tp.load("lsp"), rng=1)), baseline=shot.baseline)
    for make in (gains_matrix, gains_sankey, money_flow, outcome_matrix, wellbeing_by_neighbourhood):
        json.dumps(make(start, True), allow_nan=False)
    json.dumps(time_series(start, ["wellbeing"], True), allow_nan=False)


def test_a_difference_that_rounds_to_nothing_is_neither_good_nor_bad() -> None:
    from totalplace.sim.browser.parts.headline_cards import card

    assert card("net_saving", 1.000001, 1.0)["tone"] == ""
    assert card("net_saving", 1.5, 1.0)["tone"] == "tp-good"
    assert card("funding_gap", 1.5, 1.0)["tone"] == "tp-bad"
