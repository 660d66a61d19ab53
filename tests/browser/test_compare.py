"""The compare page: what it takes from an address, what it runs, what it shows and hands out."""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from playwright.sync_api import expect

import totalplace as tp
from tests.browser.working import PATIENCE, wait_for, wait_until_idle
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.scenario_file import MOST_QUARTERS
from totalplace.sim.browser.charts.view import option_text
from totalplace.sim.browser.pages.compare import Form
from totalplace.sim.browser.parts.difference_table import difference_cell, tone
from totalplace.sim.browser.parts.plain_answer import MORE
from totalplace.sim.browser.parts.templates import html
from totalplace.sim.browser.server.background import AT_ONCE, CANCELLED, DONE, FAILED, RUNNING, Cancelled, Job, Work
from totalplace.sim.browser.state.address import read_query
from totalplace.sim.browser.state.compare_setup import Comparison, Side, check_changes, csv, file_stem, parquet, play
from totalplace.sim.browser.state.england_setup import England
from totalplace.sim.browser.state.place_setup import Setup
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.compare import compare
from totalplace.sim.results.monte_carlo import share_words
from totalplace.sim.results.plain import plain
from totalplace.sim.results.wording import amount

QUERY = "scenario=silo&scenario=joint-commissioning+levers.reinvested_share%3D0.8&place=Kent&runs=4&quarters=12"


def ensembles() -> list[Any]:
    sides = [("silo", []), ("joint-commissioning", ["levers.reinvested_share=0.8"])]
    return [tp.ensemble(tp.load(name, set=changes, place="Kent", quarters=12), runs=4, first_seed=1) for name, changes in sides]


def test_an_address_holds_the_whole_comparison() -> None:
    asked = Comparison.of(read_query(QUERY))
    assert asked == Comparison((Side("silo"), Side("joint-commissioning", "levers.reinvested_share=0.8")), "Kent", 4, 1, 12)
    again = {name: value if isinstance(value, list) else [str(value)] for name, value in asked.query().items()}
    assert Comparison.of(again) == asked
    assert [scenario.name for scenario in asked.load()] == ["silo", "joint-commissioning, levers.reinvested_share 0.8"]


def test_sides_that_differ_have_names_that_differ() -> None:
    long = " ".join(f"levers.encouragement.{department}=0.5" for department in ("health", "home", "justice"))
    sides = (*(Side("lsp", f"{long} levers.reinvested_share={share}") for share in (0.1, 0.2)), Side("lsp"))
    names = [scenario.name for scenario in Comparison(sides).load()]
    assert len(set(names)) == 3
    assert names[2] == "lsp"
    assert names[1].endswith(" (2)")
    with pytest.raises(InputError, match="given twice"):
        Comparison((Side("lsp", long), Side("lsp", long))).load()


@pytest.mark.parametrize("changes", [
    "network.file=/etc/passwd", "cuts=/tmp/cuts.yaml", "arrangement=../mine.yaml", "extends=other.yaml",
    "uncertainties=/tmp/x.yaml", "place=Kent", "seeds.count=1000000", "levers.reinvested_share",
    "clusters=finest", "levers.reinvested_share=2", "quarters=240", "arrangement=lsp arrangement=silo",
    "levers.reinvested_share=0.2 levers.reinvested_share=0.2", "levers.freedom.all=0.2 levers.freedom=0.5"])
def test_changes_that_could_open_a_file_or_tie_up_the_server_are_refused(changes: str) -> None:
    with pytest.raises(InputError):
        Comparison((Side("silo"), Side("lsp", changes))).load()


def test_all_changes_that_cannot_be_made_are_told_at_once_each_with_what_was_meant() -> None:
    with pytest.raises(InputError) as refused:
        check_changes("reinvested_share=0.4 foo=3 nhs=many levers.reinvested_share=0.5 eta=0.7")
    said = str(refused.value)
    assert "'reinvested_share' cannot be changed here. Did you mean 'levers.reinvested_share'?" in said
    assert "'foo' cannot be changed here. Allowed: " in said
    assert "'many' cannot be the value of nhs" in said
    assert "Did you mean 'uncertainties.eta'?" in said
    assert "levers.reinvested_share' is" not in said


def test_changes_by_shipped_name_are_taken() -> None:
    assert check_changes("arrangement=lsp cuts=none uncertainties=prior nhs=3") == [
        "arrangement=lsp", "cuts=none", "uncertainties=prior", "nhs=3"]


@pytest.mark.parametrize("query", [
    "scenario=silo", "scenario=silo&scenario=silo", "scenario=silo&scenario=/tmp/mine.yaml", "&".join(["scenario=silo"] * 7),
    "scenario=silo&scenario=lsp&place=Atlantis", "scenario=silo&scenario=lsp&runs=1000000", "scenario=silo&scenario=lsp&seed=-1",
    "scenario=silo&scenario=lsp&quarters=900", "scenario=silo&scenario=lsp&quaters=8", "scenario=silo&scenario=lsp&year=2024-25"])
def test_addresses_that_cannot_be_used_are_refused(query: str) -> None:
    with pytest.raises(InputError):
        Comparison.of(read_query(query)).load()


@pytest.mark.parametrize(("of", "query", "nearest"), [
    (Comparison.of, "quaters=8", "quarters"), (England.of, "shown=difference", "show"), (England.of, "reegion=London", "region"),
    (Setup.of, "plaec=Leeds", "place"), (Setup.of, "move=13:cuts:1.2", "moves"),
])
def test_a_value_that_a_page_does_not_have_is_named(of: Any, query: str, nearest: str) -> None:
    with pytest.raises(UnknownName, match="There is no value '.*' in the address of this page") as refused:
        of(read_query(query))
    assert refused.value.nearest == nearest


def test_quarters_are_as_many_as_a_scenario_may_have() -> None:
    form = Form.of(Comparison.of(read_query(QUERY)))
    for typed, meant in (("", 0), (" ", 0), ("1", 1), (str(MOST_QUARTERS), MOST_QUARTERS)):
        wanted, wrong = replace(form, quarters=typed).read()
        assert (wanted.quarters, wrong) == (meant, {})
        assert {scenario.quarters for scenario in wanted.load()} == {meant or 40}
    for typed in ("0", "00", "-1", str(MOST_QUARTERS + 1), "many"):
        found = replace(form, quarters=typed).read()[1]
        allowed = f"a whole number from 1 to {MOST_QUARTERS}"
        assert found == {"quarters": f"The number of quarters cannot be '{typed}'. Allowed: {allowed}."}
        with pytest.raises(InputError, match=f"from 1 to {MOST_QUARTERS}"):
            Comparison.of(read_query(f"{QUERY}&quarters={typed}"))


@pytest.mark.parametrize(("query", "words"), [
    ("scenario=nope", "There is no scenario 'nope'"), ("scenario=silo&scenario=nope", "There is no scenario 'nope'"),
    ("scenario=silo", "^1 scenario cannot be compared. Allowed: 2 to 6 scenarios")])
def test_a_scenario_that_is_not_shipped_is_named_before_scenarios_are_counted(query: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        Comparison.of(read_query(f"{query}&runs=10")).load()


def test_seeds_are_as_large_as_the_command_takes_them() -> None:
    last = 2**63 - 1
    asked = Comparison.of(read_query(f"{QUERY}&seed={last - 3}"))
    shown: list[Job] = []
    Work(shown.append).run(play(asked.load(), asked.runs, asked.seed))
    assert shown[-1].result[0].seeds.tolist() == list(range(last - 3, last + 1))
    expected = tp.run(asked.load()[1], seed=last).metrics["pooled_share"]
    assert shown[-1].result[1].metrics["pooled_share"][3].tolist() == expected.tolist()
    for seed, words in ((last - 2, "seeds that are too large"), (last + 1, f"from 0 to {last}"), ("9" * 400, "cannot be")):
        with pytest.raises(InputError, match=words):
            Comparison.of(read_query(f"{QUERY}&seed={seed}"))
        assert "seed" in replace(Form.of(Comparison(runs=4)), seed=str(seed)).read()[1]


def test_downloads_hold_every_run_and_quarter() -> None:
    played = ensembles()
    frame = pd.read_csv(io.BytesIO(csv(played)))
    assert len(frame) == 2 * 4 * 12
    assert frame["wellbeing"].to_numpy() == pytest.approx(np.concatenate([one.metrics["wellbeing"].ravel() for one in played]))
    table = pq.read_table(io.BytesIO(parquet(played)))
    assert table.num_rows == len(frame)
    assert table.schema.field("net_saving").metadata[b"unit"] == "£m a year of resources".encode()


def test_work_reports_shows_what_went_wrong_and_stops_when_cancelled() -> None:
    shown: list[Job] = []
    Work(shown.append).run(play(Comparison.of(read_query(QUERY)).load(), 4, 1))
    assert shown[-1].state == DONE
    assert (shown[-1].done, shown[-1].total) == (8, 8)
    assert [one.runs for one in shown[-1].result] == [4, 4]
    Work(shown.append).run(lambda work: 1 / 0)
    assert shown[-1].state == FAILED
    assert "division by zero" in shown[-1].message
    work, before = Work(shown.append), len(shown)
    work.cancel()
    with pytest.raises(Cancelled):
        work.report(1, 2)
    work.run(lambda work: work.report(1, 2))
    assert len(shown) == before
    assert AT_ONCE >= 1


def test_two_scenarios_are_compared_and_shared_by_address(page: Any, new_page: Any, server: str, tmp_path: Path) -> None:
    page.goto(f"{server}/compare?{QUERY}&metric=pooled_share&metric=wellbeing")
    wait_for(page, DONE)
    table = page.get_by_role("region", name="Paired differences").locator("table")
    table.wait_for()
    played = ensembles()
    asked = Comparison.of(read_query(QUERY)).load()  # with their names on the page, which lets go of the record of negotiations
    bare = [replace(one, deals=one.deals[:0], scenario=own.for_many_runs()) for one, own in zip(played, asked, strict=True)]
    answer = page.get_by_test_id("answer")
    said = [words.replace("\u2060", "") for words in answer.locator("p").all_text_contents()]
    assert said == list(plain(bare, bare[0]).sentences)
    folded = answer.locator("details p").first
    expect(folded).to_be_hidden()
    answer.get_by_text(MORE).click()
    expect(folded).to_be_visible()
    expected = compare(played)
    rows = expected[expected["scenario"] == played[1].scenario.name].set_index("metric")
    words = table.inner_text()
    assert amount(float(rows.loc["pooled_share", "difference"]), "% of spend", signed=True, brief=True) in words
    wellbeing = rows.loc["wellbeing"]
    interval = (wellbeing["share_better_from"], wellbeing["share_better_to"])
    assert f"better in {share_words(wellbeing['share_better'], interval)}" in words
    expect(page.locator("[data-metric]")).to_have_count(2)
    page.locator(".tp-chart[data-ready=true]").nth(3).wait_for()
    low, middle, high = np.quantile(played[1].metrics["pooled_share"][:, 6], (0.05, 0.5, 0.95))
    tip = tooltip(page, "[data-metric=pooled_share] .tp-chart", 3, 6)
    band = " to ".join(amount(float(value), "% of spend") for value in (low, high))
    assert f"joint-commissioning, levers.reinvested_share 0.8 {amount(float(middle), '% of spend')} ({band})" in tip
    assert "2012 Q2" in tip
    with page.expect_download() as started:
        page.get_by_role("button", name="Runs as CSV").click()
    started.value.save_as(tmp_path / "runs.csv")
    frame = pd.read_csv(tmp_path / "runs.csv")
    values = np.concatenate([one.metrics["pooled_share"].ravel() for one in played])
    assert frame["pooled_share"].to_numpy() == pytest.approx(values)
    other = new_page()
    other.goto(page.url)
    wait_for(other, DONE)
    assert other.get_by_role("region", name="Paired differences").locator("table").inner_text() == words


def tooltip(page: Any, chart: str, series: int, place: int) -> str:
    """The words that a chart shows for a point of one of its series."""
    return str(page.evaluate("""async ([chart, seriesIndex, dataIndex]) => { const box = document.querySelector(chart);
        box.scrollIntoView({block: 'center'}); box.chart.dispatchAction({type: 'showTip', seriesIndex, dataIndex});
        await new Promise(resolve => setTimeout(resolve, 100));
        return [...box.children].map(part => part.innerText).join(' ').replace(/\\s+/g, ' '); }""", [chart, series, place]))


def test_the_form_writes_the_address_and_back_goes_back(page: Any, server: str) -> None:
    page.goto(f"{server}/compare")
    page.get_by_label("Runs each").fill("3")
    page.get_by_label("Quarters", exact=True).fill("8")
    page.get_by_label("Changes").nth(1).fill("levers.reinvested_share=0.9")
    page.get_by_role("button", name="Remove scenario 3").click()
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**runs=3**")
    assert "levers.reinvested_share%3D0.9" in page.url
    wait_for(page, DONE)
    page.get_by_test_id("results").get_by_text("3 runs each").wait_for()
    page.go_back()
    page.get_by_test_id("results").wait_for(state="detached")


def test_a_bad_change_is_said_beside_a_page_that_lives(page: Any, server: str) -> None:
    page.goto(f"{server}/compare?{QUERY}")
    page.get_by_test_id("results").wait_for()
    page.get_by_label("Changes").nth(0).fill("levers.reinvested_shar=0.5")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Did you mean 'reinvested_share'").wait_for()
    expect(page.get_by_test_id("results")).to_have_count(1)
    page.get_by_test_id("stale").get_by_text("Baseline: silo (now silo levers.reinvested_shar=0.5)").wait_for()
    page.goto(f"{server}/compare?scenario=silo&scenario=/etc/passwd.yaml")
    page.get_by_text("There is no scenario '/etc/passwd.yaml'").wait_for()


def test_work_is_cancelled_by_the_button_and_by_leaving(page: Any, server: str) -> None:
    page.goto(f"{server}/compare?scenario=silo&scenario=single-pot&scenario=lsp&runs=300&quarters=240")
    wait_for(page, "running")
    page.get_by_role("button", name="Cancel").click()
    wait_for(page, CANCELLED)
    page.get_by_text("Cancelled after").wait_for()
    page.goto(f"{server}/compare?scenario=silo&scenario=single-pot&scenario=prototype&runs=300&quarters=240")
    wait_for(page, "running")
    page.goto("about:blank")
    wait_until_idle(page)


def test_news_from_a_thread_of_a_pool_is_drawn_in_the_session_that_asked() -> None:
    from solara.server import kernel, kernel_context

    session = kernel_context.VirtualKernelContext(id="one", kernel=kernel.Kernel(), session_id="one")
    drawn_in: list[Any] = []
    with session:
        work = Work(lambda job: drawn_in.append(kernel_context.get_current_context()))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work.report, 1, 1).result()
    assert drawn_in == [session]
    session.closed_event.set()
    work.report(1, 1)
    assert drawn_in == [session]


def cancel_and_run(page: Any, server: str, runs: int) -> None:
    """Start a long comparison, cancel it, run a short one, and see all of its charts."""
    page.goto(f"{server}/compare?scenario=silo&scenario=joint-commissioning&scenario=single-pot&runs=300&quarters=240")
    wait_for(page, RUNNING)
    page.get_by_role("button", name="Cancel").click()
    wait_for(page, CANCELLED)
    page.get_by_label("Runs each").fill(str(runs))
    page.get_by_role("button", name="Run", exact=True).click()
    wait_for(page, DONE)
    page.get_by_text(f"Done: {3 * runs} runs.").wait_for()
    page.get_by_role("region", name="Paired differences").locator("table").first.wait_for(timeout=PATIENCE)
    page.locator(".tp-chart[data-ready=true]").nth(3).wait_for(timeout=PATIENCE)


def test_run_after_cancel_shows_results_and_run_runs_again(page: Any, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.browser.pages import compare as module

    started: list[int] = []

    def counted(found: Any, runs: int, seed: int) -> Any:
        started.append(runs)
        return play(found, runs, seed)

    monkeypatch.setattr(module, "play", counted)
    cancel_and_run(page, server, 4)
    assert started == [300, 4]
    page.get_by_role("button", name="Run", exact=True).click()
    while len(started) < 3:
        page.wait_for_timeout(20)
    wait_for(page, DONE)
    page.get_by_test_id("results").wait_for()


def test_a_failure_to_draw_is_said_beside_a_page_that_lives(page: Any, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.browser.pages import compare as module

    with monkeypatch.context() as broken:
        broken.setattr(module, "bands", lambda *_: 1 / 0)
        page.goto(f"{server}/compare?{QUERY}")
        page.get_by_text("The comparison could not be drawn: ZeroDivisionError: division by zero").wait_for(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_enabled()
    page.get_by_role("button", name="Try again").click()
    page.get_by_test_id("results").wait_for()
    page.locator("[data-failed=true]").wait_for(state="detached")


def test_everything_wrong_is_said_at_once_beside_its_field(page: Any, server: str) -> None:
    page.goto(f"{server}/compare")
    page.get_by_label("Runs each").fill("many")
    page.get_by_label("First seed").fill("-1")
    page.get_by_label("Changes").nth(0).fill("levers.reinvested_shar=0.5")
    page.get_by_label("Changes").nth(1).fill("levers.cuts=1 levers.cuts=1.5")
    page.get_by_label("Changes").nth(2).fill("arrangement=lspp")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_text("Did you mean 'lsp'?").wait_for()
    wrong = page.locator(".tp-field .v-messages__message").all_inner_texts()
    assert [text.partition(".")[0] for text in wrong] == [
        "The number of runs cannot be 'many'", "The seed cannot be '-1'", "levers", "'levers",
        "There is no arrangement 'lspp'"]
    assert "Did you mean 'reinvested_share'" in wrong[2]
    assert wrong[3] == "'levers.cuts' is given twice. Allowed: each lever, parameter or name once."
    assert "--" not in "".join(wrong)


def test_another_scenario_is_one_that_is_not_there_yet(page: Any, server: str) -> None:
    page.goto(f"{server}/compare")
    add = page.get_by_role("button", name="Add a scenario")
    for number in (4, 5, 6):
        add.click()
        page.get_by_role("group", name=f"Scenario {number}").wait_for()
    expect(add).to_be_disabled()
    draft = Comparison().with_another().with_another().with_another()
    assert len({side.scenario for side in draft.sides}) == 6
    assert len(draft.load()) == 6


def test_names_lines_and_colours_of_six_scenarios_are_unlike() -> None:
    from totalplace.sim.browser.charts.ensembles import DASHES, colour_of, short_names

    assert len({str(dash) for dash in DASHES[:6]}) == 6
    for dark in (False, True):
        assert len({colour_of(i, dark) for i in range(6)}) == 6
    names = [f"joint-commissioning, levers.reinvested_share {share} levers.freedom 1" for share in (0.1, 0.2, 0.3)]
    for some in (names, [*names, "silo"], ["x" * 90 + "a" + "x" * 90, "x" * 90 + "b" + "x" * 90]):
        assert len(set(short_names(some))) == len(some)
        assert max(map(len, short_names(some))) <= 28


def test_a_difference_is_good_or_bad_only_where_its_band_says_so() -> None:
    assert [tone(0.1, 0.3, 1), tone(0.1, 0.3, -1), tone(-0.2, -0.1, 1), tone(-0.2, -0.1, -1)] == [
        "tp-good", "tp-bad", "tp-bad", "tp-good"]
    assert [tone(0.0, 0.0, 1), tone(-0.1, 0.1, 1), tone(0.0, 0.2, 1), tone(0.1, 0.2, 0)] == ["", "tp-unsure", "tp-unsure", ""]


def test_nothing_is_coloured_that_is_shown_as_nothing_or_rests_on_few_runs() -> None:
    wellbeing = METRICS["wellbeing"]
    cells = [difference_cell(gap, wellbeing) for gap in (
        np.full(40, 1e-9), np.full(40, 0.0), np.full(40, 0.01), np.full(3, 0.01), np.full(3, 0.0))]
    cells += [difference_cell(gap, METRICS["pooled_share"]) for gap in (np.full(3, 0.2), np.full(40, 0.2))]  # of no direction
    shown = html("differences", columns=[("metric", False), *(("name", True) for _ in cells)], rows=[["wellbeing", *cells]])
    assert re.findall('<b class="(.*?)">', shown) == [
        "tp-unsure", "tp-unsure", "tp-good", "tp-unsure", "tp-unsure", "tp-unsure", ""]


def test_what_has_no_value_is_left_out_of_charts_and_said(new_page: Any, server: str) -> None:
    text = option_text({"data": [1.5, math.nan, (math.inf, 2)], "name": "a"})
    assert json.loads(text) == {"data": [1.5, None, [None, 2]], "name": "a"}
    assert tone(math.nan, math.nan, 1) == ""
    page = new_page(width=420)
    page.goto(f"{server}/compare?scenario=silo&scenario=lsp&scenario=single-pot&place=Kent&runs=4&quarters=8&metric=mean_trust"
              "&metric=wellbeing")
    wait_for(page, DONE)
    page.get_by_text("No value to compare: mean trust has none in the last year of silo, so no difference from it.").wait_for()
    page.locator(".tp-chart[data-ready=true]").nth(2).wait_for(timeout=PATIENCE)
    expect(page.locator("[data-metric=mean_trust] .tp-chart"), "words stand in place of a chart without a value").to_have_count(1)
    expect(page.locator("[data-metric=wellbeing] .tp-chart")).to_have_count(2)
    table = page.get_by_role("region", name="Paired differences").get_by_role("table")
    expect(table.get_by_role("row", name="Wellbeing").get_by_role("cell")).to_have_count(3)
    cut = table.locator("th, td, td *").evaluate_all("""all => all.map(one => one.getBoundingClientRect())
        .filter(box => box.width > 1 && (box.left < 0 || box.right > innerWidth)).length""")
    assert cut == 0, "on a phone nothing of the table lies beyond the edge"
    assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0


def test_changed_fields_mark_the_results_as_those_of_other_settings(page: Any, server: str) -> None:
    page.goto(f"{server}/compare?{QUERY}")
    page.get_by_test_id("results").wait_for(timeout=PATIENCE)
    mark = page.get_by_test_id("stale")
    expect(mark).to_have_text("")
    page.get_by_label("Runs each").fill("3")
    page.get_by_label("Quarters", exact=True).fill("010")
    page.get_by_label("Quarters", exact=True).blur()
    mark.get_by_text("Runs each: 4 (now 3); Quarters: 12 (now 010). Press Run to update them.").wait_for()
    page.get_by_label("Runs each").fill("04")
    page.get_by_label("Runs each").blur()
    mark.get_by_text("of other settings than the fields above. Quarters: 12 (now 010).").wait_for()
    page.get_by_role("button", name="Add a scenario").click()
    mark.get_by_text("Added: single-pot; Quarters").wait_for()
    page.mouse.wheel(0, 600)
    page.wait_for_function("() => scrollY > 300")
    box = mark.bounding_box()
    assert 0 <= box["y"] < 100, "it stays in sight beside the results"
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**quarters=10**")
    wait_for(page, DONE)
    page.get_by_test_id("results").get_by_text("Kent, 2010-10 to 2013-03, 4 runs each").wait_for()
    expect(mark).to_have_text("")


def test_files_are_called_by_what_they_hold() -> None:
    assert file_stem(ensembles()) == (
        "totalplace-silo-or-joint-commissioning-in-Kent-2010-10-to-2013-09")


@pytest.mark.soak
def test_thirty_times_cancel_and_run_under_load(new_page: Any, server: str) -> None:
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        for _ in range(30):
            page = new_page()
            cancel_and_run(page, server, 10)
            page.context.close()
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
