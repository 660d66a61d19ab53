"""What overrides what, dates, events, texts and hashes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from totalplace import scenarios
from totalplace.scenarios.calendar import (
    financial_year_starts,
    format_financial_year,
    parse_financial_year,
    quarter_dates,
    quarter_index,
)
from totalplace.scenarios.cuts import load_cuts
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.lever_values import resolve_levers
from totalplace.scenarios.network import Ties
from totalplace.scenarios.reading import marked, read_text
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.uncertainties import Range

MANDATE = "levers.mandate.health_and_care"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_levers_rise_from_base_to_arrangement_to_scenario_to_setting(tmp_path: Path) -> None:
    write(
        tmp_path,
        base="extends: october-2010\nlevers: {freedom: 0.1, clawback: 0.1, transition_fund: 1, gp_may_pool: 0}\n",
        own_arrangement="extends: lsp\nlevers: {freedom: 0.2, clawback: 0.2, transition_fund: 2}\n",
        own="extends: base.yaml\narrangement: own_arrangement.yaml\nlevers: {freedom: 0.3, clawback: 0.3}\n",
    )
    scenario = scenarios.load(tmp_path / "own.yaml", set=["levers.freedom=0.4"])
    found = [scenario.levers[name][0] for name in ("freedom", "clawback", "transition_fund", "gp_may_pool")]
    assert found == [0.4, 0.3, 2.0, 0.0]
    assert scenario.levers["cuts"] == LEVERS["cuts"].defaults


def test_levers_of_a_scenario_stay_over_its_arrangement_when_it_is_extended(tmp_path: Path) -> None:
    write(
        tmp_path,
        own="extends: october-2010\narrangement: mandated-pooling\nlevers: {mandate: {health_and_care: 0.5}}\n",
        child="extends: own.yaml\ntitle: child\n",
    )
    assert scenarios.load(tmp_path / "child.yaml").levers["mandate"][0] == 0.5


def test_another_arrangement_takes_the_levers_of_the_first_with_it() -> None:
    scenario = scenarios.load("single-pot")
    assert sum(scenario.levers["single_pot"]) > 0
    other = scenario.with_settings(["arrangement=lsp"])
    assert other.levers == scenarios.load("lsp").levers
    assert other.arrangement == scenarios.load("lsp").arrangement


def test_a_setting_of_the_arrangement_stays_below_the_levers_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, own="extends: lsp\nlevers: {capital_pot: 0}\n")
    scenario = scenarios.load(tmp_path / "own.yaml", set=["arrangement=single-pot"])
    assert scenario.levers["capital_pot"] == (0.0,)
    assert scenario.levers["single_pot"][0] == 0.3


def test_fields_alone_change_the_inherited_arrangement(tmp_path: Path) -> None:
    write(tmp_path, own="extends: joint-commissioning\narrangement: {rounds: 3, levers: {freedom: 0.9}}\n")
    scenario = scenarios.load(tmp_path / "own.yaml", set=["arrangement.ambition=0.9", "arrangement.levers.clawback=0"])
    base = scenarios.load("joint-commissioning").arrangement
    assert scenario.arrangement == base.model_copy(
        update={"rounds": 3, "ambition": 0.9, "levers": {"freedom": 0.9, "clawback": 0}}
    )
    assert scenario.levers["freedom"] == (0.9,) * 9
    assert scenario.levers["clawback"] == (0.0,) * 9


def test_all_is_a_default_that_others_override() -> None:
    layers = [
        {"encouragement": {"health": 0.5, "all": -0.5}}, {"encouragement": {"home": 0.1}, "scope": False},
        {"scope": {"corporate": 1}}, {"savings_rule": "nash"},
    ]
    values = resolve_levers([marked(layer, "x") for layer in layers])
    assert values["encouragement"] == (-0.5, 0.5, -0.5, 0.1, -0.5, -0.5, -0.5, -0.5, -0.5)
    assert values["scope"] == (0.0,) * 7 + (1.0,)
    assert values["savings_rule"] == (2.0,)


def test_uncertainties_take_numbers_ranges_and_words() -> None:
    eta = PARAMETERS["eta"]
    assert scenarios.load("silo").uncertainties["eta"] == eta.default
    prior = scenarios.load("silo", uncertainties="prior")
    assert prior.uncertainties["eta"] == Range(eta.low, eta.high, eta.distribution, eta.default)
    mixed = scenarios.loads(
        "extends: silo\nuncertainties: {all: prior, eta: 0.9, kappa: default, iota: {low: 0.4, high: 0.5}}"
    )
    assert mixed.uncertainties["eta"] == 0.9
    assert mixed.uncertainties["kappa"] == PARAMETERS["kappa"].default
    assert mixed.uncertainties["iota"] == Range(0.4, 0.5, "uniform", 0.45)
    assert isinstance(mixed.uncertainties["rho"], Range)
    assert mixed.with_settings(["uncertainties=default"]).uncertainties == scenarios.load("silo").uncertainties


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        ("2013-04: mandate health and care at 3.4%", [("mandate", 0, 0.034)]),
        ("2013-6: Mandate Health_and_care at 0.034", [("mandate", 0, 0.034)]),
        ("2012-04: encouragement health at 0.5", [("encouragement", 1, 0.5)]),
        ("2012-04: encouragement of work and pensions at -1", [("encouragement", 2, -1.0)]),
        ("2012-04: single pot scope transport and economy at off", [("single_pot_scope", 6, 0.0)]),
        ("2012-04: single pot health at 30 %", [("single_pot", 1, 0.3)]),
        ("2011-04: cuts at 1.5", [("cuts", 0, 1.5)]),
        ("2015-04: savings rule at Shapley", [("savings_rule", 0, 3.0)]),
        ("2015-04: capital_pot at 1", [("capital_pot", 0, 1.0)]),
        ("2015-04: scope at 0", [("scope", index, 0.0) for index in range(8)]),
        ("{date: 2015-04, lever: clawback, target: treasury, value: 0.2, why: a try}", [("clawback", 8, 0.2)]),
        ("{date: 2015-04, lever: mandate, target: health and care, value: 0.1}", [("mandate", 0, 0.1)]),
    ],
)
def test_events_are_read(text: str, changes: list[tuple[str, int, float]]) -> None:
    for item in (text, f'"{text}"') if text[0] != "{" else (text,):
        scenario = scenarios.loads(f"extends: silo\nevents:\n  - {item}\n")
        assert [(event.lever, event.index, event.value) for event in scenario.events] == changes
        assert scenarios.loads(scenario.text).events == scenario.events


def test_events_are_placed_in_quarters_and_sorted() -> None:
    scenario = scenarios.loads(
        "extends: silo\n"
        "events: ['2015-06: clawback health at 1', '2010-12: cuts at 1', '2011-01: cuts at 0.5', '2015-04: clawback health at 0.2',"
        " '2015-04: clawback at 0.5']"
    )
    found = [(event.quarter, event.index, event.value) for event in scenario.events if event.index in (0, 1)]
    assert found == [(0, 0, 1.0), (1, 0, 0.5), (18, 0, 0.5), (18, 1, 0.5), (18, 1, 0.2), (18, 1, 1.0)]
    assert scenario.events[-1].text == "2015-06: clawback health at 100%"
    assert scenario.notes == (
        "'2015-04: clawback health at 20%' has no effect: '2015-06: clawback health at 100%' falls into the same quarter, "
        "and the later date stands",
        "'2010-12: cuts at 1.0' changes nothing: the budget path is level while it holds",
    )


def test_events_add_up_along_the_chain_and_can_be_dropped(tmp_path: Path) -> None:
    write(
        tmp_path,
        own="extends: better-care-fund\nevents: ['2020-07: freedom at 1.0']\n",
        none="extends: better-care-fund\nevents: none\n",
    )
    base = scenarios.load("better-care-fund").events
    assert scenarios.load(tmp_path / "own.yaml").events[: len(base)] == base
    assert scenarios.load(tmp_path / "none.yaml").events == ()
    assert len(scenarios.load("better-care-fund", set=["events=2016-04: savings_rule at nash"]).events) == len(base) + 1


def test_events_after_the_end_are_kept_and_noted() -> None:
    scenario = scenarios.load("better-care-fund", quarters=12)
    assert [event.quarter for event in scenario.events[:3]] == [10, 10, 18]
    assert len(scenario.notes) == len(scenario.events) - 2
    first = "'2015-04: mandate england health and care at £3,800m' lies after the end of the run and has no effect"
    assert scenario.notes[0] == first


def test_overrides_and_settings_come_last_in_order() -> None:
    late = ["quarters=9", "seeds.count=2"]
    scenario = scenarios.load("silo", place="e10000016", year="2017-18", quarters=8, set=late)
    assert (scenario.place, scenario.year, scenario.quarters) == ("Kent", "2017-18", 9)
    assert (scenario.seeds.first, scenario.seeds.count) == (1, 2)
    assert scenario.start == "2017-10"
    assert scenario.notes == ("the run starts in 2017-10: the start goes with the year of the budgets, 2017-18",)
    assert scenarios.load("silo", place=None) == scenarios.load("silo")
    first, then = ["quarters=7"], [f"{MANDATE}=0.1", "clusters=finest"]
    step_by_step = scenarios.load("silo").with_settings(first).with_settings(then)
    assert step_by_step == scenarios.load("silo", set=[*first, *then])
    assert step_by_step.quarters == 7
    assert step_by_step.clusters == "finest"


def test_text_and_hash_do_not_depend_on_the_order_of_keys() -> None:
    one = scenarios.loads("extends: silo\nquarters: 9\nlevers: {cuts: 0.5, freedom: {health: 1, home: 0}}")
    two = scenarios.loads("levers: {freedom: {home: 0, health: 1.0}, cuts: 0.50}\nquarters: 9\nextends: silo")
    assert one.text == two.text
    assert one.sha256 == two.sha256
    assert one.sha256 != scenarios.load("silo", quarters=9).sha256


TITLES = ["1e5", "null", "true", "2010-10", "a: b # c", " x ", "'", "£ café", "-", "a\nb", "%", "@", "\u2028", "\x07"]


@pytest.mark.parametrize("title", TITLES)
def test_titles_survive_the_canonical_text(title: str) -> None:
    scenario = scenarios.load("silo", title=title)
    assert scenario.title == title
    assert scenarios.loads(scenario.text).title == title


def test_paths_count_from_the_file_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "net.txt").write_text("police nhs\n", encoding="utf-8")
    write(
        tmp_path,
        cut="title: own\nbase_year: 2010-11\n"
        "paths: {council: [{year: 2011-12, index: 0.5, low: 0.5, high: 0.5, source: x}]}\n",
    )
    write(tmp_path / "sub", own="extends: silo\ncuts: ../cut.yaml\nnetwork: {file: ../net.txt}\n")
    scenario = scenarios.load(tmp_path / "sub" / "own.yaml")
    assert scenario.cuts == load_cuts(str(tmp_path / "cut.yaml"))
    assert scenario.network == Ties(ties=(("nhs", "police"),))
    assert scenarios.loads(scenario.text) == scenario


def test_values_know_where_they_stand() -> None:
    tree = read_text("a: 1\nb:\n  - x: é\n    'y': \"2\"\n  - [3, 2010-11, no, 1e3]\n", "file.yaml")
    assert tree.plain() == {"a": 1, "b": [{"x": "é", "y": "2"}, [3, "2010-11", "no", 1000.0]]}
    second = tree.mapping("it")["b"].items("it")[0].mapping("it")["y"]
    assert (second.line, second.column, second.key_line, second.key_column) == (4, 10, 4, 5)


@given(st.integers(1950, 2090), st.integers(1, 12), st.integers(0, 200))
def test_quarters_and_dates_agree(year: int, month: int, quarter: int) -> None:
    start = f"{year}-{(month - 1) // 3 * 3 + 1:02d}"
    dates = quarter_dates(start, quarter + 1)
    assert quarter_index(start, dates[-1]) == quarter
    assert quarter_index(start, f"{year}-{month:02d}") == 0
    first = financial_year_starts(start, 1)[0]
    assert first == (year if month >= 4 else year - 1)
    assert parse_financial_year(format_financial_year(first)) == first


def test_october_2010_is_the_third_quarter_of_2010_11() -> None:
    assert quarter_dates("2010-10", 3) == ["2010-10", "2011-01", "2011-04"]
    assert financial_year_starts("2010-10", 3) == [2010, 2010, 2011]


@pytest.mark.parametrize(("name", "told"), [("quarters", "with_settings(['quarters=...'])"), ("quaters", "with_settings([...])")])
def test_a_scenario_stays_as_it_is(name: str, told: str) -> None:
    scenario = scenarios.load("silo")
    with pytest.raises(InputError) as caught:
        setattr(scenario, name, 3)
    assert str(caught.value).startswith(f"A scenario stays as it is: '{name}' cannot be set. Allowed: scenario.{told}")
    assert scenario == scenarios.load("silo")


@pytest.mark.parametrize("settings", [
    ["events=none", "events=2014-04: clawback at 0.5"], ["events=2014-04: clawback at 0.5", "events=none"],
])
def test_no_events_drops_those_of_the_file_and_none_that_are_given_beside_it(settings: list[str]) -> None:
    wanted = ["2014-04: clawback at 50%"]
    for scenario in (
        scenarios.load("better-care-fund", set=settings),
        scenarios.load("better-care-fund", set=["events=none"], events=["2014-04: clawback at 0.5"]),
        scenarios.load("better-care-fund").with_settings(settings),
    ):
        assert list(dict.fromkeys(event.text for event in scenario.events)) == wanted
    again = scenarios.load("better-care-fund", events=["2014-04: clawback at 0.5"]).with_settings(["events=none"])
    assert again.events == (), "what an earlier call gave is inherited by the next"
