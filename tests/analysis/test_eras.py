"""Two eras side by side: each year is its own comparison, money is at one price level, and what changed is what the places say."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib.text import Text

import totalplace as tp
from tests.results.test_plain import saving
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.prices import deflator
from totalplace.sim.analysis.eras.analysis import Eras, places_of
from totalplace.sim.analysis.eras.words import answer_words
from totalplace.sim.cli import exit_code
from totalplace.sim.results.plain import enough_words

NAMES = ["single-pot", "joint-commissioning"]


@pytest.fixture(scope="module")
def found() -> Eras:
    return tp.eras(NAMES, "Cumberland", runs=6, quarters=12)


def test_each_year_is_what_a_comparison_of_that_year_says(found: Eras) -> None:
    effects = found.tables["effects"]
    for word, year in (("then", "2010-11"), ("now", "2024-25")):
        asked = [tp.load(name, place="Cumberland", year=year, quarters=12) for name in ("silo", *NAMES)]
        compared = tp.compare(asked, runs=6).set_index(["scenario", "label"])
        for row in effects[effects["unit"].str.startswith(("£m", "%", "0-1"))].to_dict("records"):
            expected = compared.loc[(row["scenario"], row["metric"])]
            assert row[word] == pytest.approx(expected["difference"], rel=1e-12), (row["metric"], year)
            assert row[f"{word}_low"] == pytest.approx(np.quantile(found_gap(found, word, row), 0.05), rel=1e-12)


def found_gap(found: Eras, word: str, row: dict[str, object]) -> np.ndarray:
    era = getattr(found, word)
    name = next(key for key, one in era.ensembles[0].known_metrics.items() if one.label == row["metric"])
    gap: np.ndarray = era.of(row["scenario"]).at_end(name) - era.ensembles[0].at_end(name)
    return gap


def test_money_is_told_a_head_at_the_prices_of_the_later_year(found: Eras) -> None:
    effects = found.tables["effects"]
    own = effects[(effects["scenario"] == "single-pot") & (effects["metric"] == "net saving")]
    pounds, head = own[own["unit"].str.startswith("£m")].iloc[0], own[own["unit"].str.startswith("£ a head")].iloc[0]
    then, now = tp.places.load("Cumbria", "2010-11"), tp.places.load("Cumberland", "2024-25")
    assert head["unit"] == "£ a head a year of resources, prices of 2024-25"
    assert head["then"] == pytest.approx(pounds["then"] * 1e6 / then.population * deflator(2024) / deflator(2010))
    assert head["now"] == pytest.approx(pounds["now"] * 1e6 / now.population)


def test_what_changed_is_what_the_places_hold(found: Eras) -> None:
    money = found.tables["money-a-head"].set_index("body")
    then, now = tp.places.load("Cumbria", "2010-11"), tp.places.load("Cumberland", "2024-25")
    level = deflator(2024) / deflator(2010)
    assert money.loc["all of them", "then"] == pytest.approx(1e6 * level * then.spend.sum() / then.population, rel=1e-6)
    assert money.loc["all of them", "now"] == pytest.approx(1e6 * now.spend.sum() / now.population, rel=1e-6)
    assert money.loc["NHS (integrated care board)", "was"] == "NHS"
    assert money.loc["council", "quality_now"] == "estimate"
    budgets = found.tables["budgets-of-the-last-year"].set_index("body")
    assert budgets.loc["council", ["department_then", "department_now"]].tolist() == ["communities", "MHCLG"]
    paths = [era.ensembles[0].scenario.material.budgets[0, -4:].mean() for era in (found.then, found.now)]
    assert budgets.loc["council", ["percent_then", "percent_now"]].tolist() == pytest.approx([100.0 * path for path in paths])


def test_it_says_what_a_place_was_part_of_and_what_is_an_estimate(found: Eras) -> None:
    said = " ".join(found.warnings)
    assert "Cumberland was part of Cumbria in 2010-11" in said
    assert "Cumberland filed no accounts of 2024-25" in said
    assert "not paired" in said
    assert any("Answers to another department: further education and skills (business to DfE)." in one for one in found.sentences)
    words = [text.get_text() for text in found.plot().findobj(Text)]
    assert "Cumbria, Cumberland (estimate): the same arrangement, 2010-11 and 2024-25" in words
    assert {"budgets of 2010-11", "budgets of 2024-25", *NAMES} <= set(words)


@pytest.mark.parametrize(("given", "then", "now"), [
    ("Manchester", "Manchester", "Manchester"), ("Westmorland and Furness", "Cumbria", "Westmorland and Furness"),
    ("Dorset", "Dorset, Bournemouth and Poole", "Dorset"), ("E10000006", "E10000006", None),
    ("West Northamptonshire", "Northamptonshire", "West Northamptonshire"),
])  # fmt: skip
def test_a_place_is_found_in_both_years_or_what_became_of_it_is_said(given: str, then: str, now: str | None) -> None:
    if now is None:
        with pytest.raises(UnknownName, match="Cumberland and Westmorland and Furness"):
            places_of(given, "2010-11", "2024-25")
        return
    assert [one.name for one in places_of(given, "2010-11", "2024-25")] == [then, now]


def test_every_place_of_today_has_one_of_2010() -> None:
    for place in tp.places.names("2024-25"):
        then, now = places_of(place.name, "2010-11", "2024-25")
        assert now == place
        assert then in tp.places.names("2010-11")


@pytest.mark.parametrize(("names", "more", "says"), [
    ("silo", {}, "nothing to hold against"), ("lsp", {"then": "2024-25", "now": "2010-11"}, "not before"),
    ("lsp", {"now": "2023-24"}, "no year of spending '2023-24'"), ("no-such", {}, "no-such"),
    ("lsp", {"place": "Cumbria"}, "Cumbria became Cumberland and Westmorland and Furness in April 2023"),
    ("lsp", {"place": "Atlantis"}, "Atlantis"),
    ("integrated-settlement", {}, "arrangement integrated-settlement' falls after the end of the run on the money of 2010-11"),
    ("better-care-fund-2025", {}, "dated changes belong to one era, and '2025-04: mandate england .* after the end"),
    ("better-care-fund", {}, "in 'better-care-fund': .* falls before the start of the run on the money of 2024-25"),
    ("lsp", {"settings": ["events=2012-04: cuts at 0.5"]}, "in 'silo': .* before the start of the run on the money of 2024-25"),
])  # fmt: skip
def test_what_cannot_be_held_side_by_side_is_refused_before_a_run(names: str, more: dict[str, str], says: str) -> None:
    with pytest.raises(InputError, match=says):
        tp.eras(names, runs=1, **more)  # type: ignore[arg-type]


@pytest.fixture
def small() -> tuple[str, ...]:
    return ("single-pot", "--place", "Rutland", "--runs", "2", "--quarters", "4")


def test_the_command_prints_what_the_function_says(small: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["eras", *small]) == 0
    out = capsys.readouterr().out
    answer = tp.eras("single-pot", "Rutland", runs=2, quarters=4)
    assert all(sentence in out for sentence in answer.sentences)
    assert "Money a head" in out
    assert "MHCLG" in out


def test_scenarios_of_today_play_the_cuts_of_2010_and_are_called_by_their_titles() -> None:
    found = tp.eras(["section-75", "single-pot-today"], "Rutland", runs=2, quarters=4)
    for era, path in ((found.then, "outturn-2010"), (found.now, "spending-review-2025")):
        assert {one.scenario.cuts for one in era.ensembles} == {path}
    titles = ["Section 75, voluntary", "Single pot today (Total Place 2.0)"]
    assert [one.split(", against")[0] for one in found.sentences if one.startswith(tuple(titles))] == titles
    assert found.sentences[0].startswith("Do section-75 and single-pot-today do in Rutland on 2024-25 money what they did")


def test_every_note_of_the_scenarios_is_told_once() -> None:
    found = tp.eras(["joint-commissioning", "lsp"], "Rutland", runs=1, quarters=4, settings=["arrangement.open_to=unnamed_places"])
    for era in (found.then, found.now):
        for one in era.ensembles:
            for note in one.scenario.notes:
                assert len([told for told in found.warnings if told in (note, f"{one.scenario.name}: {note}")]) == 1
    assert any(told.startswith("silo: what if: which places have the arrangement") for told in found.warnings)


def test_two_years_of_one_period_have_one_set_of_words() -> None:
    found = tp.eras("single-pot", "Rutland", then="2010-11", now="2017-18", runs=2, quarters=4)
    assert not any(found.tables["money-a-head"]["was"])
    assert not any("Under another name" in one or "another department" in one for one in found.sentences)


def test_the_help_promises_no_file_that_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["eras", "--help"]) == 0
    said = capsys.readouterr().out
    assert "name or code" in " ".join(said.split())
    assert ".xlsx" not in said


ROW = {"metric": "net saving", "unit": "£ a head a year of resources, prices of 2024-25",
       "then": 1.0, "then_low": 0.5, "then_high": 2.0}


@pytest.mark.parametrize(("now", "runs", "says"), [
    ((5.0, 2.5, 9.0), 40, "No: the two bands do not overlap, and it is higher on 2024-25 money."),
    ((0.1, -0.2, 0.4), 40, "No: the two bands do not overlap, and it is higher on 2010-11 money."),
    ((5.0, 1.5, 9.0), 40, "The two bands overlap, so that the model does not settle on which money it is higher."),
    ((5.0, 2.5, 9.0), 6, "Whether the two differ cannot be told: 6 runs are too few to call it clear."),
])
def test_what_is_asked_is_answered(found: Eras, now: tuple[float, float, float], runs: int, says: str) -> None:
    row = ROW | dict(zip(("now", "now_low", "now_high"), now, strict=True))
    base = found.now.ensembles[0]
    many = SimpleNamespace(runs=runs, scenario=base.scenario)
    said = answer_words(row, "single-pot", many, ("2010-11", "2024-25"))  # type: ignore[arg-type]
    assert said.endswith(says)
    assert "+£1.00 (+£0.50 to +£2.00) on 2010-11 money and " in said


def test_the_answer_comes_after_the_question_and_precision_is_told_of_both_years(found: Eras) -> None:
    assert [words.partition(",")[0] for words in found.sentences[1:3]] == [f"Net saving of {name}" for name in NAMES]
    ends = np.linspace(0.0, 1.0, 40)
    two = [[saving(one, number * ends) for number, one in enumerate(era.ensembles[:2])] for era in (found.then, found.now)]
    said = enough_words(two[1][1:], two[1][0], two[0]).partition("known to ")[2]
    name = found.now.ensembles[1].scenario.name
    assert f" for {name} on 2010-11 money and " in said
    assert said.endswith(f" for {name} on 2024-25 money.")
