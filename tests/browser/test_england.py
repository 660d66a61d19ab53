"""The England page: the outline of the places, the runs of all of them, the way to a place."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import expect

import totalplace as tp
from tests.browser.working import wait_for, wait_until_idle
from tools import map_outline as outline
from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.charts.england import beyond, colour_range, england_map
from totalplace.sim.browser.parts.england_words import band_words, how_to_read, order_words, rests_on_words
from totalplace.sim.browser.server.background import DONE, Job, Work
from totalplace.sim.browser.state.address import read_query
from totalplace.sim.browser.state.england_setup import (
    KNOWN,
    England,
    Looked,
    csv,
    known,
    known_of,
    on_map,
    play,
    shown,
)
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results import map_outline
from totalplace.sim.results.every_place import Band, PlaceResults, estimate_words, estimates
from totalplace.sim.results.monte_carlo import CLEAR_RUNS, too_few
from totalplace.sim.results.what_is_known import draws_of
from totalplace.sim.results.wording import amount

ROOT = Path(__file__).resolve().parents[2]
MAP = "[data-testid=map]"


def test_every_place_has_an_outline_in_a_small_file_with_its_attribution() -> None:
    assert outline.FILE.stat().st_size < 300_000
    content = json.loads(map_outline.outline_text())
    assert content["attribution"] == outline.ATTRIBUTION
    assert sorted(one["properties"]["name"] for one in content["features"]) == sorted(place.name for place in places.names())
    for one in content["features"]:
        for polygon in one["geometry"]["coordinates"]:
            assert polygon[0][0] == polygon[0][-1]
            assert len(polygon[0]) >= 4
            assert all(-7 < x < 2.5 and 49.5 < y < 56.5 for x, y in polygon[0])


def test_the_documentation_says_where_the_outline_is_from() -> None:
    words = " ".join((ROOT / "docs" / "data.md").read_text("utf-8").replace(">", " ").split())
    assert "map_outline.geojson" in words
    for part in ("Crown copyright and database right 2014", "TopoJSON by Martin Chorley"):
        assert part in outline.ATTRIBUTION
        assert part in words


def council(code: str, ring: list[tuple[float, float]]) -> dict[str, Any]:
    return {"id": code, "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}


def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, features: list[dict[str, Any]], codes: list[str]) -> dict[str, Any]:
    """The outlines of ``codes`` built from a file with ``features``: the rings by code."""
    known = [place for place in places.names() if place.code in codes]
    monkeypatch.setattr(outline.places, "names", lambda *_: known)
    source = tmp_path / "source.geojson"
    source.write_text(json.dumps({"features": features}), "utf-8")
    found = outline.build(source)["features"]
    return {one["properties"]["code"]: [polygon[0] for polygon in one["geometry"]["coordinates"]] for one in found}


def test_neighbours_keep_one_border_and_parts_of_a_place_are_joined(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    wiggle = [(1.0, 0.0), (1.001, 0.25), (0.999, 0.5), (1.001, 0.75), (1.0, 1.0)]
    left = [(0.0, 0.0), *wiggle, (0.0, 1.0), (0.0, 0.0)]
    right = [(2.0, 0.0), (2.0, 1.0), *wiggle[::-1], (2.0, 0.0)]
    beyond = [(2.0, 0.0), (3.0, 0.0), (3.0, 1.0), (2.0, 1.0), (2.0, 0.0)]
    kent, dorset = "E10000016", "DORSET_BP"
    assert kent in {place.code for place in places.names()}
    features = [council(kent, left), council("E10000009", right), council("E06000028", beyond)]
    rings = built(monkeypatch, tmp_path, features, [kent, dorset])
    shared = [[point for point in ring if abs(point[0] - 1.0) < 0.01] for ring in (rings[kent][0], rings[dorset][0])]
    assert sorted(set(map(tuple, shared[0]))) == sorted(set(map(tuple, shared[1]))) == [(1.0, 0.0), (1.0, 1.0)]
    assert len(rings[dorset]) == 1
    assert not any(0.1 < y < 0.9 and x == 2.0 for x, y in rings[dorset][0])
    assert {(3.0, 0.0), (3.0, 1.0)} <= set(map(tuple, rings[dorset][0]))


def test_a_place_without_an_outline_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no outline of Kent"):
        built(monkeypatch, tmp_path, [], ["E10000016"])


@pytest.mark.parametrize("query", ["scenario=/tmp/x.yaml", "arrangement=../x.yaml", "runs=1000", "runs=0", "seed=x"])
def test_addresses_that_cannot_be_used_are_refused(query: str) -> None:
    with pytest.raises(InputError):
        England.of(read_query(query))


def test_the_map_shows_the_runs_of_each_place(monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.browser.state import england_setup as england

    some = [place for place in places.names() if place.name in ("Kent", "Leeds")]
    monkeypatch.setattr(england, "_KEPT", {})
    monkeypatch.setattr(england.places, "names", lambda *_: some)
    asked, seen = England(runs=3, seed=5), list[Job]()
    Work(seen.append).run(play(asked.load(), asked.runs, asked.seed))
    assert seen[-1].state == DONE
    values = seen[-1].result.values("pooled_share")
    result = tp.ensemble(tp.load("joint-commissioning", place="Leeds"), runs=3, first_seed=5)
    low, middle, high = np.quantile(result.at_end("pooled_share"), (0.05, 0.5, 0.95))
    assert values["Leeds"] == pytest.approx((middle, low, high))
    change = seen[-1].result.values("wellbeing", "change")["Leeds"]
    assert change.middle == pytest.approx(float(np.median(result.at_end("wellbeing") - result.metrics["wellbeing"][:, 0])))
    people = places.find("Leeds").population
    saving = float(np.median(result.at_end("net_saving")))
    assert seen[-1].result.values(on_map("net_saving"))["Leeds"].middle == pytest.approx(1e6 * saving / people)
    assert seen[-1].result.values(on_map("net_saving", "total"))["Leeds"].middle == pytest.approx(saving)
    spend = float(places.load("Leeds").spend.sum())
    assert seen[-1].result.values(on_map("net_saving", "share"))["Leeds"].middle == pytest.approx(100.0 * saving / spend)
    assert seen[-1].result.values("wellbeing", "difference") == {}


def test_the_difference_of_two_scenarios_is_paired_by_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.browser.state import england_setup as england

    monkeypatch.setattr(england, "_KEPT", {})
    monkeypatch.setattr(england.places, "names", lambda *_: [places.find("Leeds")])
    asked, seen = England(against="silo", runs=3), list[Job]()
    Work(seen.append).run(play(asked.load(), asked.runs, asked.seed))
    ours, theirs = (tp.ensemble(tp.load(name, place="Leeds"), runs=3, first_seed=1) for name in ("joint-commissioning", "silo"))
    low, middle, high = np.quantile(ours.at_end("wellbeing") - theirs.at_end("wellbeing"), (0.05, 0.5, 0.95))
    assert seen[-1].result.values("wellbeing", "difference")["Leeds"] == pytest.approx((middle, low, high))


@pytest.mark.parametrize(("against", "arrangement"), [("joint-commissioning", ""), ("silo", "silo")])
def test_two_scenarios_that_are_the_same_are_refused(against: str, arrangement: str) -> None:
    asked = England("silo" if arrangement else "joint-commissioning", arrangement, against)
    with pytest.raises(InputError, match="the same"):
        asked.load()


def test_what_is_known_before_a_run_is_from_the_tables() -> None:
    kent = places.load("Kent")
    assert known("spending_a_head")["Kent"].middle == pytest.approx(1e6 * kent.total / kent.population)
    assert known("services_a_head")["Kent"].middle == pytest.approx(1e6 * kent.spend.sum() / kent.population)
    assert known("deprivation")["Kent"].middle == pytest.approx(
        float(np.average(kent.deprivation, weights=kent.neighbourhood_population)))
    assert all(len(known(name)) == len(places.names()) for name in KNOWN)


def test_colours_of_differences_have_zero_in_the_middle_or_at_an_end() -> None:
    what = shown("net_saving", "difference")
    some = {"a": Band(1.0, 0.5, 2.0), "b": Band(-3.0, -4.0, -2.0), "c": Band(0.2, -1.0, 1.0)}
    low, high = colour_range(some, what)
    assert low == -high
    assert colour_range({name: Band(*map(abs, band)) for name, band in some.items()}, what)[0] == 0.0
    assert colour_range({name: Band(*(-abs(value) for value in band)) for name, band in some.items()}, what)[1] == 0.0
    option = england_map(some, what, False)
    assert [one["name"] for one in option["series"][0]["data"] if "itemStyle" in one] == ["c"]
    assert "visualMap" not in england_map({}, what, False)
    many = {f"p{i}": Band(float(i), float(i), float(i)) for i in range(100)} | {"far": Band(1e6, 1e6, 1e6)}
    assert "far £1,000,000" in beyond(many, shown("net_saving"))
    assert beyond({"a": Band(1.0, 1.0, 1.0)}, shown("wellbeing")) == ""


def test_values_are_handed_out_with_region_unit_and_band() -> None:
    text = csv({"Kent": Band(1.5, 1.0, 2.0)}, shown("net_saving"))
    assert text.startswith(b"\xef\xbb\xbf")
    frame = pd.read_csv(io.BytesIO(text), encoding="utf-8-sig")
    row = frame.iloc[0]
    assert (row["place"], row["region"], row["unit"]) == ("Kent", "South East", "£ a head a year of resources")
    assert (row["median"], row["low_p05"], row["high_p95"], row["council_money"]) == (1.5, 1.0, 2.0, "filed")
    today = pd.read_csv(io.BytesIO(csv({"Slough": Band(1.5, 1.0, 2.0)}, shown("net_saving"), "2024-25")), encoding="utf-8-sig")
    assert today["council_money"].tolist() == ["estimate"]
    results, asked = PlaceResults(end={"Kent": np.zeros((7, 1))}, quarters=12), England("single-pot", against="silo", seed=5)
    told = [pd.read_csv(io.BytesIO(csv({"Kent": Band(1.5, 1.0, 2.0)}, shown("net_saving"), about=asked.about(results, show))),
                        encoding="utf-8-sig", keep_default_na=False).iloc[0, -7:].to_dict() for show in ("", "difference")]
    same = {"scenario": "single-pot", "year_of_budgets": "2010-11", "quarters": 12, "runs": 7, "first_seed": 5}
    assert told == [{"value": "last year", "baseline": ""} | same,
                    {"value": "difference between the two scenarios", "baseline": "silo"} | same]


def test_places_that_filed_nothing_are_marked_on_the_map_and_named_below_it() -> None:
    some = {"Slough": Band(1.0, 1.0, 1.0), "Kent": Band(2.0, 2.0, 2.0)}
    data = england_map(some, shown("net_saving"), False, estimates("2024-25"))["series"][0]["data"]
    assert [one.get("mark") for one in data] == ["(estimate)", None]
    assert "Birmingham, Cumberland and Slough filed no accounts of 2024-25" in estimate_words("2024-25")
    assert estimates("2010-11") == ()
    assert estimate_words("2010-11") == ""


def test_an_order_that_bands_leave_open_says_how_many_places_reach_the_first() -> None:
    bands = {"Leeds": Band(3.0, 2.0, 4.0), "Kent": Band(1.8, 1.0, 2.0), "Essex": Band(1.0, 0.5, 1.5)}
    assert order_words(bands) == ("The order is by the medians and is not sure: the bands of 1 of the other 2 places overlap "
                                  "that of Leeds.")
    apart = bands | {"Kent": Band(1.5, 1.0, 1.9)}
    assert order_words(apart).endswith("the highest place lies above all others by its band.")
    assert order_words({name: Band(*(one.middle,) * 3) for name, one in bands.items()}) == ""


@pytest.mark.parametrize("runs", [0, 1, 4, CLEAR_RUNS])
def test_the_words_beside_a_map_say_what_a_band_is_and_on_how_many_runs_it_rests(runs: int) -> None:
    rows = np.zeros((runs, len(METRICS)))
    results, what = PlaceResults(*({"Leeds": rows},) * 3 if runs else (), quarters=40), shown("pooled_share")
    beside, below = band_words(results, what, ""), rests_on_words(results, what)
    assert below.endswith(too_few(runs)) if runs else below == ""
    assert ("last four quarters" in below) == (runs > 0)
    assert (f"{runs} runs of each place; below it the 90% band" in beside) == (runs > 1)
    assert ("seed by seed" in band_words(results, what, "difference")) == (runs > 1)
    first = next(iter(KNOWN.values()))
    assert band_words(results, first, "") == rests_on_words(results, first) == "", "no run is behind what is known before"


@pytest.mark.parametrize(("runs", "first_seed", "sets"), [(2, 1, 1), (2, 2, 2), (4, 1, 2), (40, 1, 20), (40, 2, 21)])
def test_the_words_below_a_map_count_the_sets_of_parameters_that_all_places_share(runs: int, first_seed: int, sets: int) -> None:
    drawn = draws_of(tp.load("joint-commissioning").for_many_runs(), np.arange(first_seed, first_seed + runs, dtype=np.int64))
    assert drawn is not None
    rows = {"Leeds": np.zeros((runs, len(METRICS)))}
    words = rests_on_words(PlaceResults(rows, rows, rows, quarters=40, parameters=drawn), shown("pooled_share"))
    if sets == 1:
        assert "All runs have one and the same set of parameters, in all places: what is not known is left out." in words
    else:
        assert f"The {runs} runs draw {sets} sets of parameters (two runs share one), the same in all places" in words
    own = rests_on_words(PlaceResults(rows, rows, rows, quarters=40), shown("pooled_share"))
    assert f"Each of the {runs} runs draws a set of parameters of its own" in own


def test_the_usual_runs_draw_sets_enough_for_a_band_and_for_a_difference() -> None:
    asked = England.of({})
    drawn = draws_of(asked.load()[0], np.arange(asked.seed, asked.seed + asked.runs, dtype=np.int64))
    assert drawn is not None
    assert len(np.unique(drawn)) >= 20
    assert too_few(asked.runs) == ""


@pytest.mark.parametrize(("query", "money", "unit"), [
    ("metric=net_saving", "", "£ a head a year of resources"), ("metric=net_saving_per_head", "", "£ a head a year of resources"),
    ("metric=net_saving&money=total", "total", "£m a year of resources"), ("metric=wellbeing&money=share", "share", "0-1"),
    ("metric=net_saving&money=share", "share", "% of base-year spend"),
    ("metric=net_saving&money=gold", "", "£ a head a year of resources"),
    ("metric=net_saving_share_of_spend", "share", "% of base-year spend"),
])
def test_an_address_says_what_money_is_held_against(query: str, money: str, unit: str) -> None:
    looked = Looked.of(read_query(query))
    assert (looked.money, looked.name) == (money, "wellbeing" if "wellbeing" in query else "net_saving")
    assert looked.values(PlaceResults(), True, "2010-11")[0].unit == unit


def test_the_page_counts_the_places(monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.browser.pages import england

    assert f"in all {len(places.names())} places" in england.about()
    monkeypatch.setattr(england, "place_names", lambda *_: ("Kent", "Leeds"))
    assert "in all 2 places" in england.about()


def test_all_places_are_run_and_a_click_opens_one(page: Any, server: str) -> None:
    page.goto(f"{server}/england?scenario=joint-commissioning&runs=1&seed=3&metric=pooled_share")
    wait_for(page, DONE)
    page.locator(f"{MAP}[data-places='148'] .tp-chart[data-ready=true]").wait_for()
    value = page.evaluate("""() => { const chart = document.querySelector('[data-testid=map] .tp-chart').chart;
        return chart.getOption().series[0].data.find(item => item.name === 'Kent').value[0]; }""")
    run = tp.ensemble(tp.load("joint-commissioning", place="Kent"), runs=1, first_seed=3)
    assert value == pytest.approx(float(run.at_end("pooled_share")[0]), rel=1e-4)
    expect(page.get_by_test_id("stale")).to_have_text("")
    page.get_by_text("One run only: it says nothing of chance").wait_for()
    page.get_by_role("region", name="Most and least").get_by_text("One run of each place.").wait_for()
    page.get_by_label("Runs each").fill("2")
    page.get_by_label("Runs each").blur()
    page.get_by_test_id("stale").get_by_text("Runs each: 1 (now 2). Press Run to update them.").wait_for()
    page.get_by_label("Runs each").fill("1")
    page.get_by_label("Runs each").blur()
    page.wait_for_function("() => document.querySelector('[data-testid=stale]').innerText === ''")
    page.get_by_label("Value").click(force=True)
    page.get_by_role("option", name="change since the first quarter").click()
    page.wait_for_url("**show=change**")
    page.get_by_role("heading", name="change since the first quarter").wait_for()
    page.get_by_label("Region", exact=True).click(force=True)
    page.get_by_role("option", name="South East").click()
    page.locator(f"{MAP}[data-places='19']").wait_for()
    page.go_back()
    page.locator(f"{MAP}[data-places='148']").wait_for()
    expect(page.locator("[data-testid=job]")).to_have_attribute("data-state", DONE)
    x, y = page.evaluate("""place => { const box = document.querySelector('[data-testid=map] .tp-chart'); box.scrollIntoView();
        const series = box.chart.getModel().getSeriesByIndex(0); const region = series.coordinateSystem.getRegion(place);
        const at = series.coordinateSystem.dataToPoint(region.getCenter()); const frame = box.getBoundingClientRect();
        return [frame.x + at[0], frame.y + at[1]]; }""", "Kent")
    page.mouse.click(x, y)
    page.wait_for_url("**/place?place=Kent**")
    assert "seed=3" in page.url
    page.locator(".tp-heading h1", has_text="Kent").wait_for()
    page.go_back()
    page.locator(MAP).wait_for()


def test_a_place_is_found_by_name_and_work_ends_with_the_page(page: Any, server: str) -> None:
    page.goto(f"{server}/england?scenario=lsp&runs=40")
    wait_for(page, "running")
    field = page.get_by_role("combobox", name="Open a place")
    field.click()
    field.fill("Rutland")
    page.get_by_role("option", name="Rutland").click()
    page.wait_for_url("**/place?place=Rutland**")
    wait_until_idle(page)


def test_nonsense_in_the_address_is_said_and_the_page_lives(page: Any, server: str) -> None:
    page.goto(f"{server}/england?scenario=joint-comissioning")
    page.get_by_text("Did you mean 'joint-commissioning'").wait_for()
    page.locator(MAP).wait_for()
    page.goto(f"{server}/england?metric=nonsense")
    page.get_by_text("There is no metric 'nonsense'").wait_for()
    page.locator(f"{MAP}[data-places='148']").wait_for()
    page.get_by_role("heading", name="All public money a head").wait_for()


def test_before_a_run_the_map_shows_what_is_known_and_its_table(page: Any, server: str) -> None:
    page.goto(f"{server}/england")
    page.locator(f"{MAP}[data-places='148'] .tp-chart[data-ready=true]").wait_for()
    assert colour_bars(page) == 1
    page.locator(MAP).get_by_text("Show as table").click()
    table = page.get_by_role("region", name="Table: Map of England").locator("table")
    table.locator("tbody tr").nth(147).wait_for()
    kent = amount(known("spending_a_head")["Kent"].middle, "£ a head", brief=True)
    expect(table.locator("tr", has_text="Kent").first).to_contain_text(kent)
    page.get_by_label("Metric").fill("trust")
    page.get_by_role("option", name="Mean trust").click()
    page.wait_for_url("**metric=mean_trust**")
    page.get_by_text("Grey: there is nothing to show before a run").wait_for()
    assert colour_bars(page) == 0


def test_no_field_cuts_what_is_chosen(new_page: Any, server: str) -> None:
    for width in (1400, 420):
        page = new_page(width=width)
        page.goto(f"{server}/england?metric=ceded_further_education")
        page.get_by_label("Scenario", exact=True).click(force=True)
        page.get_by_role("option", name="encouragement-communities-only").click()
        page.locator(".v-select__selection", has_text="(encouragement-communities-only)").wait_for()
        cut = page.locator(".v-select__selection, .v-select input").evaluate_all("""all => all
            .filter(one => one.clientWidth > 0 && one.scrollWidth > one.clientWidth)
            .map(one => one.innerText || one.value).filter(words => words)""")  # a field to type in is empty: nothing is cut
        assert cut == []
        values = page.locator(".v-autocomplete input").evaluate_all("all => all.map(one => one.value)")
        assert "Ceded by further education and skills" in values


def test_a_map_without_any_difference_says_so() -> None:
    what, same = shown("net_saving", "difference"), {"Kent": Band(0.0, 0.0, 0.0), "Leeds": Band(0.0, 0.0, 0.0)}
    assert "visualMap" not in england_map(same, what, False)
    assert how_to_read(what, same) == "No place differs in any run."
    assert "visualMap" in england_map(same | {"Leeds": Band(0.0, -1.0, 0.0)}, what, False)


def colour_bars(page: Any) -> int:
    """How many scales of colours the map has."""
    chart = "document.querySelector('[data-testid=map] .tp-chart').chart"
    return int(page.evaluate(f"() => ({chart}.getOption().visualMap || []).length"))


def test_the_places_of_a_year_have_their_own_outlines_and_figures() -> None:
    content = json.loads(map_outline.outline_text("2024-25"))
    assert content["attribution"] == map_outline.attribution("2024-25")
    assert "2024" in content["attribution"]
    assert sorted(one["properties"]["name"] for one in content["features"]) == [place.name for place in places.names("2024-25")]
    today = known_of("2024-25")["spending_a_head"]
    assert (today.label, known_of("2010-11")) == ("all public money a head, 2024-25", KNOWN)
    assert "mid-2023" in today.meaning
    found = known("spending_a_head", "2024-25")
    assert len(found) == 151
    cumberland = places.load("Cumberland", "2024-25")
    assert found["Cumberland"].middle == pytest.approx(1e6 * cumberland.total / cumberland.population)
    from totalplace.sim.browser.pages.england import about

    assert "151 places" in about("2024-25")


def test_the_year_of_the_budgets_says_which_places_are_run() -> None:
    asked = England.of(read_query("scenario=silo&against=lsp&year=2024-25"))
    assert (asked.year, [one.year for one in asked.load()]) == ("2024-25", ["2024-25", "2024-25"])
    assert England.of(read_query(urlencode(asked.query()))) == asked
    assert England.of(read_query("scenario=today")).year == "2024-25"
    assert England.of({}).year == "2010-11"
    assert [one.year for one in England.of(read_query("scenario=section-75&year=2017-18")).load()] == ["2017-18"]
    with pytest.raises(InputError, match="year of spending '2024'"):
        England.of(read_query("year=2024"))
    with pytest.raises(InputError, match="2010-10 or later|lies before"):
        England.of(read_query("scenario=better-care-fund&year=2024-25")).load()


def test_the_map_of_another_year_is_shown_before_a_run_and_what_is_chosen_stays(page: Any, server: str) -> None:
    page.goto(f"{server}/england")
    page.locator(f"{MAP}[data-places='148'] .tp-chart[data-ready=true]").wait_for()
    page.get_by_label("Scenario", exact=True).click(force=True)
    page.get_by_role("option", name="encouragement-communities-only").click()
    page.get_by_label("Year", exact=True).click(force=True)
    page.get_by_role("option", name="2024-25", exact=True).click()
    page.wait_for_url("**year=2024-25**")
    page.locator(f"{MAP}[data-places='151'] .tp-chart[data-ready=true]").wait_for()
    page.get_by_role("heading", name="All public money a head, 2024-25").wait_for()
    page.get_by_text("in all 151 places").wait_for()
    page.locator(".v-select__selection", has_text="(encouragement-communities-only)").wait_for()
    page.get_by_label("Metric").fill("deprivation")
    page.get_by_role("option", name="Deprivation score").click()
    page.wait_for_url("**metric=deprivation**")
    assert "year=2024-25" in page.url
    page.get_by_role("combobox", name="Open a place").fill("Cumberland")
    page.get_by_role("option", name="Cumberland").click()
    page.wait_for_url("**/place?place=Cumberland**year=2024-25**")
    page.get_by_role("heading", name="Cumberland (estimate)").wait_for()
