"""What a scenario says is what its author means: dates, years, cuts and flags that belong together, and what they cover."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import totalplace as tp
from totalplace import scenarios
from totalplace.scenarios import sweeps
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.lever_values import covered
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import THEMES

TWO = "{all: 0, health_and_care: 1, complex_families: 1}"


def of(text: str) -> Scenario:
    return scenarios.loads(text, "own.yaml")


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        of(text)
    return str(caught.value)


def gap(scenario: Scenario) -> np.ndarray:
    return tp.run(scenario).metrics["funding_gap"]


def test_the_later_date_in_a_quarter_decides_whatever_the_order_of_lines() -> None:
    one = "extends: joint-commissioning\nquarters: 14\nevents:\n  - '2013-04: cuts at 2'\n  - '2013-06: cuts at 0.2'\n"
    other = "extends: joint-commissioning\nquarters: 14\nevents:\n  - '2013-06: cuts at 0.2'\n  - '2013-04: cuts at 2'\n"
    assert of(one).text == of(other).text
    assert tp.run(of(one)).metrics.tobytes() == tp.run(of(other)).metrics.tobytes()
    alone = of("extends: joint-commissioning\nquarters: 14\nevents: ['2013-06: cuts at 0.2']")
    assert tp.run(of(one)).metrics.tobytes() == tp.run(alone).metrics.tobytes()
    undone = "'2013-04: cuts at 2.0' has no effect: '2013-06: cuts at 0.2' falls into the same quarter, and the later date stands"
    assert of(one).notes == (undone,)


def test_a_name_stands_over_all_on_one_date() -> None:
    for events in ("['2012-04: clawback health at 0.1', '2012-04: clawback at 0.9']",
                   "['2012-04: clawback at 0.9', '2012-04: clawback health at 0.1']"):
        scenario = of(f"extends: silo\nquarters: 10\nevents: {events}")
        values = dict.fromkeys(range(9), 0.0) | {event.index: event.value for event in scenario.events}
        assert values == {0: 0.9, 1: 0.1, **dict.fromkeys(range(2, 9), 0.9)}
        assert scenario.notes == ()


def test_a_value_twice_on_a_date_is_refused_in_one_list_and_overrides_in_a_later_one(tmp_path: Path) -> None:
    said = refusal("extends: silo\nevents:\n  - '2012-04: mandate corporate at 3%'\n  - '2012-04: mandate corporate at 4%'\n")
    assert said == (
        "own.yaml:4:5: Two events give one value on one date: '2012-04: mandate corporate at 3%' and "
        "'2012-04: mandate corporate at 4%'. Allowed: one of them, or another date."
    )
    scenario = scenarios.load("better-care-fund", set=["events=2015-04: mandate england health and care at £5bn"])
    assert [event.value for event in scenario.events if event.quarter < 22] == [0.5, 0.5, 5000.0]
    with pytest.raises(InputError, match="Two events give one value"):
        scenarios.load("silo", events=["2012-04: cuts at 0", "2012-04: cuts at 0"])


def test_start_follows_the_year_and_keeps_its_quarter() -> None:
    assert (of("extends: lsp\nyear: 2017-18").start, of("extends: lsp").start) == ("2017-10", "2010-10")
    assert scenarios.load("lsp", year="2017-18").start == "2017-10"
    assert scenarios.load("lsp", set=["year=2017-18"]).start == "2017-10"
    for both in (["year=2017-18", "start=2017-04"], ["start=2017-04", "year=2017-18"]):
        scenario = scenarios.load("lsp", set=both)
        assert (scenario.start, scenario.notes) == ("2017-04", ())
    assert of("place: Kent\nyear: 2017-18\narrangement: silo").start == "2017-10"
    assert of("extends: lsp\nstart: 2010-4").start == "2010-04"


def test_a_later_file_moves_the_start_of_the_one_it_extends(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("extends: lsp\nyear: 2017-18\nstart: 2018-01\n")
    (tmp_path / "own.yaml").write_text("extends: base.yaml\nyear: 2010-11\n")
    assert scenarios.load(tmp_path / "base.yaml").start == "2018-01"
    assert scenarios.load(tmp_path / "own.yaml").start == "2011-01"


def test_budgets_of_2017_18_do_not_play_the_cuts_of_the_2010s_again() -> None:
    judged = "extends: lsp\nplace: Leeds\ncuts: spending-review-2010\nquarters: 20"  # level after 2017-18, as outturn is not
    level = "uncertainties: {unit_cost_drift: 0}"  # dearer care opens a gap of its own, whatever budgets do
    early = gap(of(judged))
    late = gap(of(f"{judged}\nyear: 2017-18\n{level}"))
    assert early[2] > 80.0
    assert late[2] < 5.0
    assert early.max() > 300.0
    assert late.max() < 20.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("year: 2017-18\nstart: 2010-10",
         "own.yaml:3:8: The run starts in 2010-10 with the budgets of 2017-18: the cuts from 2010-11 on, which these budgets "
         "already hold, would be played again. Allowed: a start from 2017-04 to 2018-01 for these budgets"),
        ("start: 2024-04",
         "own.yaml:2:8: The run starts in 2024-04 with the budgets of 2010-11: the cuts since 2010-11 would all fall into "
         "the first quarter. Allowed: a start from 2010-04 to 2011-01 for these budgets (without 'start' it follows 'year')"),
    ],
)
def test_a_start_whose_money_is_not_that_of_the_budgets_is_refused(text: str, says: str) -> None:
    assert refusal(f"extends: lsp\n{text}").startswith(says)


def test_a_start_over_which_the_path_is_level_is_noted() -> None:
    assert of("extends: lsp\nstart: 2009-01").notes == ("the run starts in 2009-01, in 2008-09, with the budgets of 2010-11",)
    assert of("extends: lsp\nstart: 2024-04\ncuts: none").notes == (
        "the run starts in 2024-04, in 2024-25, with the budgets of 2010-11",)


def test_a_dated_change_of_cuts_is_taken_at_any_date_and_noted_where_it_changes_nothing() -> None:
    """A dated change touches only later years, so that it may come at any date."""
    assert of("extends: lsp\nevents: ['2012-03: cuts at 2']").events[0].value == 2.0
    assert of("extends: lsp\nlevers: {cuts: 0.5}\nevents: ['2012-04: cuts at 0.6']").notes == ()
    idle = "'2016-04: cuts at 2.0' changes nothing: the budget path is level while it holds"
    assert of("extends: lsp\ncuts: none\nevents: ['2016-04: cuts at 2']").notes == (idle,)


@pytest.mark.parametrize(("events", "idle"), [
    (["2014-04: cuts at 2", "2014-06: budget path none"], ["2014-04: cuts at 2.0"]),  # one quarter
    (["2014-04: cuts at 2", "2014-08: budget path none"], []),
    (["2014-04: budget path none", "2014-06: cuts at 2"], ["2014-06: cuts at 2.0"]),
    (["2013-07: cuts at 2", "2013-10: cuts at 0"], ["2013-07: cuts at 2.0"]),
    (["2013-07: cuts at 2", "2014-04: cuts at 0"], ["2013-07: cuts at 2.0"]),
    (["2013-07: cuts at 2", "2014-07: cuts at 0"], []),
    (["2013-04: budget path none", "2014-01: budget path outturn-2010", "2014-01: cuts at 2"], []),
])
def test_a_depth_of_cuts_that_holds_in_no_april_is_noted_and_changes_nothing(events: list[str], idle: list[str]) -> None:
    scenario = of(f"extends: lsp\nplace: Rutland\nquarters: 24\nevents: {events}")
    said = [f"'{text}' changes nothing: the budget path is level while it holds" for text in idle]
    assert [note for note in scenario.notes if "while it holds" in note] == said
    without = of(f"extends: lsp\nplace: Rutland\nquarters: 24\nevents: {[text for text in events if 'cuts at 2' not in text]}")
    assert np.array_equal(gap(scenario), gap(without)) is bool(idle)


def test_double_cuts_from_a_date_leave_the_years_before_as_they_were() -> None:
    """It made £316m a gap of £489m in one quarter: the lever scaled the years that had been played."""
    text = "extends: lsp\nplace: Leeds\nevents: ['2016-04: cuts at {}']"
    plain, deeper = gap(of(text.format(1))), gap(of(text.format(2)))
    assert plain[:22].tolist() == deeper[:22].tolist()
    assert 0.0 < deeper[22] - plain[22] < 30.0


def test_what_changes_when_an_arrangement_does_is_said_in_words() -> None:
    scenario = of("extends: lsp\nevents: ['2014-04: arrangement prototype']")
    said = scenario.says()
    assert "event: 2014-04: arrangement prototype, in place of lsp: decision rule unanimity to parties; rounds 4 to 8" in said[2]
    assert "negotiated from 2014-04 on: health and care, complex families" in said
    assert any(line.startswith("without a commissioner from 2014-04 on, so that partners get notice: crime") for line in said)
    assert (scenario.changes[0].quarter, scenario.arrangement.name) == (14, "lsp")
    assert scenarios.loads(scenario.text) == scenario
    assert scenarios.loads(scenario.text).changes == scenario.changes


def test_levers_come_with_the_arrangement_of_a_date_below_those_of_its_file() -> None:
    single = of("extends: lsp\nevents: ['2014-04: arrangement single-pot']")
    brought = {("single_pot", 0.3), ("capital_pot", 1.0), ("transition_fund", 2.0)}
    assert {(one.lever, one.value) for one in single.events} == brought
    own = of("extends: lsp\nlevers: {single_pot: 0.1}\nevents: ['2014-04: arrangement single-pot', '2014-04: capital pot at 0']")
    assert [(one.lever, one.value) for one in own.events] == [("capital_pot", 0.0), ("transition_fund", 2.0)]
    back = of("extends: single-pot\nevents: ['2014-04: arrangement lsp']")
    assert {one.value for one in back.events} == {0.0}


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ("'2014-04: arrangement single-pott'", "Did you mean 'single-pot'?"),
        ("'2009-04: arrangement single-pot'", "lies before the start of the run"),
        ("'2014-04: budget path deeper'", "There is no budget path 'deeper'"),
        ("{date: 2014-04, arrangement: {rounds: 99}}", "'rounds' is 99, which is out of range"),
        ("{date: 2014-04, arrangement: lsp, cuts: none}", "either the arrangement or the budget path"),
        ("{date: 2014-04, arrangement: lsp, value: 3}", "There is no key 'value'"),
        ("{date: 2014-04, arrangement: {decision_rule: majority, commissioners: []}}", "there are no commissioners"),
    ],
)
def test_a_wrong_change_of_arrangement_or_path_is_refused(event: str, says: str) -> None:
    assert says in refusal(f"extends: lsp\nevents: [{event}]")


def test_a_budget_path_at_a_date_is_carried_on_from_where_the_other_stands(tmp_path: Path) -> None:
    (tmp_path / "later.yaml").write_text(
        "title: later\nbase_year: 2013-14\npaths:\n  council:\n"
        "    - {year: 2014-15, index: 0.5, low: 0.4, high: 0.6, source: made up}\n"
    )
    (tmp_path / "own.yaml").write_text("extends: lsp\nquarters: 20\nevents: [{date: 2014-04, cuts: later.yaml}]\n")
    scenario = scenarios.load(tmp_path / "own.yaml")
    (tmp_path / "later.yaml").unlink()
    budgets, before = scenario.material.budgets, scenarios.load("lsp", quarters=20).material.budgets
    assert budgets[:, :14].tolist() == before[:, :14].tolist()
    assert budgets[0, 14:] == pytest.approx(0.5 * before[0, 13])
    assert budgets[1, 14:] == pytest.approx(before[1, 13])
    assert scenarios.loads(scenario.text) == scenario
    first = of("extends: lsp\nevents: ['2010-10: budget path none']")
    assert (first.cuts, first.changes) == ("none", ())


def test_flags_by_name_ask_what_of_the_others() -> None:
    trap = refusal("extends: single-pot\nlevers:\n  single_pot_scope: {health_and_care: 1, complex_families: 1}\n")
    assert trap == (
        "own.yaml:3:21: 'single_pot_scope' names health_and_care and complex_families and does not say what of the other themes, "
        f"which may be on already. Allowed: {TWO} for these and no others, or all: 1 in its place."
    )
    two = of(f"extends: single-pot\nlevers: {{single_pot_scope: {TWO}}}")
    settings = [f"levers.single_pot_scope.{word}" for word in ("all=0", "health_and_care=1", "complex_families=1")]
    for order in permutations(settings):
        assert tp.load("single-pot", set=order).levers == two.levers, "the settings of one command count together"
    assert two.levers["single_pot_scope"] == (1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for together in (["levers.scope=0", "levers.scope.corporate=1"], ["levers.scope.all=0", "levers.scope.corporate=yes"]):
        assert scenarios.load("lsp", set=together).levers["scope"] == (0.0,) * 7 + (1.0,)
    assert scenarios.load("lsp", set=["levers.scope.corporate=0"]).levers["scope"] == (1.0,) * 7 + (0.0,)
    given: tuple[dict[str, Any], ...] = ({"set": ["levers.scope.corporate=1"]}, {"levers": {"scope": {"corporate": True}}})
    for alone in given:
        with pytest.raises(InputError, match="does not say what of the other themes"):
            scenarios.load("lsp", **alone)


def test_a_flag_that_an_event_switches_on_by_name_asks_too() -> None:
    said = refusal("extends: single-pot\nevents: ['2014-04: single pot scope health and care at 1']")
    assert "'2014-04: single pot scope at 0' beside it, for this one and no others from then on" in said
    only = of("extends: single-pot\nevents: ['2014-04: single pot scope health and care at 1', '2014-04: single pot scope at 0']")
    assert [event.value for event in only.events] == [0.0] * 8 + [1.0]
    joined = of("extends: lsp\nlevers: {scope: {all: 0, corporate: 1}}\nevents: ['2014-04: scope health and care at 1']")
    assert [event.index for event in joined.events] == [0]


def test_what_flags_cover_in_words() -> None:
    now = "october-2010"
    assert covered((1.0,) * 8, now) == "all themes"
    assert covered((0.0,) * 8, now) == "no theme"
    assert covered((1.0,) * 7 + (0.0,), now) == "all themes but corporate"
    assert covered([float(name in ("corporate", "health_and_care")) for name in THEMES], now) == "health and care, corporate"


@pytest.mark.parametrize("event", ["2030-04: cuts at 2", "2030-04: cuts at 0", "2030-04: single pot scope health and care at 1"])
def test_an_event_after_the_end_is_said_to_be_that_and_nothing_else(event: str) -> None:
    """Not that the path is level, or that it switches on what is on: it does nothing."""
    scenario = of(f"extends: single-pot\nevents: ['{event}']")
    assert len(scenario.notes) == 1
    assert scenario.notes[0].endswith("lies after the end of the run and has no effect")
    assert scenario.played_events == ()


def test_a_run_made_shorter_leaves_an_event_behind() -> None:
    deeper = "extends: lsp\nlevers: {cuts: 0.5}\nevents: ['2016-04: cuts at 1']\n"
    assert of(deeper).notes == ()
    short = of(f"{deeper}quarters: 8")
    assert short.notes == ("'2016-04: cuts at 1.0' lies after the end of the run and has no effect",)
    assert tp.run(short).metrics.tobytes() == tp.run(of("extends: lsp\nquarters: 8\nlevers: {cuts: 0.5}")).metrics.tobytes()


@pytest.mark.parametrize(("first", "second", "name"), [
    ("levers.cuts=0.5", "levers.cuts=0.6", "levers.cuts"),
    ("levers.cuts=0.5", "levers.cuts=0.5", "levers.cuts"),
    ("levers.clawback.health=0.1", "levers={clawback: {health: 0.1, education: 0}}", "levers.clawback.health"),
    ("levers.clawback={all: 0, health: 1}", "levers.clawback.all=1", "levers.clawback"),
    ("place=Leeds", "place=Kent", "place"),
    ("seeds.first=1", "seeds={first: 2}", "seeds.first"),
    ("uncertainties.eta=prior", "uncertainties.eta=0.8", "uncertainties.eta"),
    ("arrangement.levers={cuts: 1}", "arrangement.levers.cuts=0", "arrangement.levers.cuts"),
])
def test_a_value_twice_in_one_list_of_settings_is_refused_whether_they_differ_or_not(first: str, second: str, name: str) -> None:
    said = f"--set {second}: '{name}' is given twice; first as '{first}'. Allowed: each value once."
    for call in (lambda: scenarios.load("silo", set=[first, second]), lambda: scenarios.load("silo").with_settings([first, second]),
                 lambda: sweeps.load("where-it-works", set=[first, second])):
        with pytest.raises(InputError) as caught:
            call()
        assert str(caught.value) == said


def test_a_lever_twice_in_one_branch_is_refused() -> None:
    for again in ("0.1", "0.2"):
        with pytest.raises(InputError) as caught:
            tp.branch("silo", "2012-04", ["levers.clawback=0.1", f"levers.clawback={again}"], runs=1)
        assert str(caught.value) == (
            f"--then levers.clawback={again}: 'levers.clawback' is given twice; first as 'levers.clawback=0.1'. "
            "Allowed: each value once."
        )


def test_a_list_of_settings_may_say_all_and_one_and_a_later_list_overrides() -> None:
    both = scenarios.load("silo", set=["levers.clawback=0", "levers.clawback.health=1", "arrangement=lsp", "arrangement.rounds=2"])
    assert both.levers["clawback"] == (0.0, 1.0, *(0.0,) * 7)
    assert both.with_settings(["levers.clawback=0.5"]).levers["clawback"] == (0.5,) * 9
    with pytest.raises(InputError, match="Two events give one value on one date"):
        scenarios.load("silo", set=["events=2012-04: cuts at 0", "events=2012-04: cuts at 0"])
