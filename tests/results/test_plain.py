"""The plain answer: its sentences follow from the bands, hold the numbers of the tables, and say what cannot be said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import totalplace as tp
from totalplace.sim.evidence.facts import NOT, PARTLY, REPRODUCED, WIDE, facts
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.compare import difference
from totalplace.sim.results.monte_carlo import BAND, CLEAR_RUNS, only_just
from totalplace.sim.results.plain import (
    MOST_POINTS,
    MOST_SAID,
    enough_words,
    in_short,
    index_words,
    money_words,
    plain,
    question,
    units_words,
)
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.verdicts import _SAID, BEHIND, Verdicts, behind_words
from totalplace.sim.results.who_gains import BESIDE_BUDGETS
from totalplace.sim.results.wording import amount

NAMES = ("silo", "joint-commissioning", "single-pot")


@pytest.fixture(scope="module")
def played() -> list[Ensemble]:
    return [tp.ensemble(tp.load(name, place="Hartlepool", quarters=12), runs=40, first_seed=1) for name in NAMES]


def saving(one: Ensemble, ends: np.ndarray) -> Ensemble:
    """The same scenario with a net saving of ``ends`` (R,) in every quarter."""
    metrics = np.repeat(one.metrics[:1], len(ends), axis=0)
    metrics["net_saving"] = ends[:, np.newaxis]
    return replace(one, metrics=metrics, seeds=np.arange(1, len(ends) + 1), gains=np.repeat(one.gains[:1], len(ends), axis=0))


def test_what_is_asked_comes_first_and_how_far_to_trust_it_last(played: list[Ensemble]) -> None:
    said = plain(played, played[0]).sentences
    assert said[0] == question(played, played[0]) == (
        "What difference do joint-commissioning and single-pot make against silo in Hartlepool, 2010-10 to 2013-09 (12 quarters)?")
    assert said[1].startswith("Money: ")
    trust = "How far to trust it: it follows from rules and values of a model and is no forecast; bands are over the posterior"
    assert said[-2].startswith(trust)
    assert said[-1].startswith("Of the published facts behind it (docs/validation.md), on money freed (facts 3, 4, 5 and 6) ")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(numbers=st.lists(st.integers(-4, 8), min_size=8, max_size=8), times=st.integers(1, 6))
def test_a_saving_is_called_one_only_where_its_band_leaves_out_zero(played: list[Ensemble], numbers: list[int], times: int) -> None:
    ends = np.tile(np.array(numbers, dtype=np.float64), times)
    base, other = saving(played[0], np.zeros(len(ends))), saving(played[2], ends)
    said, (low, high) = money_words(other, base), np.quantile(ends, BAND)
    clear = len(ends) >= CLEAR_RUNS and (low > 0.0 or high < 0.0)
    assert ("frees £" in said) == (clear and low > 0.0)
    assert ("costs £" in said) == (clear and high < 0.0)
    assert clear or "not clear" in said or "too few" in said or "no more and no less" in said
    if not ends.any():
        assert said == "Money: single-pot frees no more and no less than silo."
    elif not clear:
        middle, first, last = (amount(float(v), "£m a year", brief=True, signed=True) for v in np.quantile(ends, (0.5, *BAND)))
        assert middle in said
        assert f"{first} to {last}" in said or f"{first} to {last}," in said


def test_the_numbers_are_those_of_the_table(played: list[Ensemble]) -> None:
    table = tp.compare(played, "silo").set_index(["scenario", "metric"])
    said = plain(played, played[0])
    for name, money in zip(NAMES[1:], said.money, strict=True):
        row = table.loc[(name, "net_saving")]
        low, middle, high = (float(row[f"difference{end}"]) for end in ("_p05", "", "_p95"))
        clear = low > 0.0 or high < 0.0
        shown = [amount(abs(v) if clear else v, "£m a year", brief=True, signed=not clear) for v in (middle, low, high)]
        assert all(number in money for number in shown), (money, shown)


def test_people_are_told_in_their_units_with_bands_and_what_is_estimated(played: list[Ensemble]) -> None:
    said = units_words(played[2], played[0])
    assert "looked-after children (of " in said or "looked-after children (\u2212" in said
    assert ", estimated" in said
    assert said.endswith("on an index from 0 to 1.")


def test_few_runs_name_nobody(played: list[Ensemble]) -> None:
    few = [replace(one, metrics=one.metrics[:8], seeds=one.seeds[:8], gains=one.gains[:8]) for one in played]
    said = " ".join(plain(few, few[0]).sentences)
    assert "8 runs are too few to call it clear" in said
    assert "cannot be told from 8 runs" in said
    assert "clearly" not in said
    assert "clear net gain" not in said
    assert "Only 8 runs: too few to call a difference clear" in said


def test_a_clear_difference_in_the_index_that_is_too_small_to_matter_says_so() -> None:
    metric = METRICS["wellbeing"]
    assert "too small" not in index_words(np.linspace(0.0002, 0.0012, 101), metric)
    assert index_words(np.linspace(0.0002, 0.0008, 101), metric).endswith("on an index from 0 to 1, too small to matter")
    assert index_words(np.linspace(-0.0002, 0.0008, 101), metric).startswith("no clear difference")


def test_too_few_runs_are_said_of_the_index_too_and_never_that_nothing_differs(played: list[Ensemble]) -> None:
    few = [replace(one, metrics=one.metrics[:3], seeds=one.seeds[:3], gains=one.gains[:3]) for one in played]
    said = units_words(few[2], few[0])
    assert "no clear difference" not in said
    assert said.endswith("on an index from 0 to 1, but 3 runs are too few to call it clear.")


def test_what_is_clear_only_just_is_not_called_enough_further_down(played: list[Ensemble]) -> None:
    ends = np.concatenate([np.full(2, -1.0), np.full(38, 2.0)])
    base, other = saving(played[0], np.zeros(40)), saving(played[2], ends)
    assert only_just(difference(other, base, "net_saving"))
    assert "clear but only just" in money_words(other, base)
    assert "; that in net saving of single-pot is clear only just, and more runs may say otherwise." in enough_words([other], base)
    sure = saving(played[2], np.full(200, 2.0))
    assert "only just" not in enough_words([sure], saving(played[0], np.zeros(200)))


def test_precision_is_told_of_each_scenario_by_its_name(played: list[Ensemble]) -> None:
    rng = np.linspace(0.0, 1.0, 40)
    base, other = saving(played[0], np.zeros(40)), saving(played[2], 5.0 + rng)
    twin = replace(other, scenario=other.scenario.with_settings(["name=twin"]))
    said = enough_words([other, twin], base)
    error = said.partition("known to ")[2].partition(" for ")[0]
    assert f"known to {error} for single-pot and {error} for twin." in said, "equal values are told twice, each with its name"
    assert "for single-pot" not in enough_words([other], base)


def test_in_short_tells_the_money_of_a_few_and_all_of_the_one_that_moves_most(played: list[Ensemble]) -> None:
    names = [played[0].scenario.with_settings([f"name=still-{number}"]) for number in range(6)]
    many = [played[0], *(replace(played[0], scenario=one) for one in names), played[2]]
    said, whole = in_short(many, many[0]), plain(many, many[0])
    assert set(said.sentences) <= set(whole.sentences)
    assert len(said.units) == 1
    assert "under single-pot" in said.units[0]
    assert len(said.sentences) == MOST_POINTS + 1
    assert len(said.money) == MOST_SAID + 1
    assert "the 4 others" in said.money[-1], "who is left out is said"
    assert said.trust == whole.trust, "what the model has been seen to reproduce is not left out"
    for part in (said.who, said.decides, said.trust):
        assert len(part) >= 1, "each question has its answer"


def test_in_short_tells_of_money_beside_budgets_wherever_it_tells_of_money(played: list[Ensemble]) -> None:
    def granted(one: Ensemble, name: str, more: float, ends: float) -> Ensemble:
        metrics = one.metrics.copy()
        metrics["beside_budgets"], metrics["net_saving"] = more, ends
        return replace(one, metrics=metrics, scenario=one.scenario.with_settings([f"name={name}"]))

    base = granted(played[0], "base", 0.0, 0.0)
    most, granted_most = granted(played[2], "most", 0.0, 9.0), granted(played[2], "granted", 5.0, 3.0)
    last = granted(played[1], "less", 0.0, 1.0)
    many = [base, most, granted_most, last, granted(played[1], "least", 7.0, 0.1)]
    said = in_short(many, base)
    assert len(said.sentences) <= MOST_POINTS + 1
    assert [words.partition(":")[0] for words in said.who if words.startswith(BESIDE_BUDGETS)] == [f"{BESIDE_BUDGETS}, granted"]
    for part in (said.units, said.trust):
        assert part, "the other questions keep their answers"
    three = [base, *(granted(played[2], name, 5.0, ends) for name, ends in (("a", 3.0), ("b", 2.0), ("c", 1.0)))]
    assert sum(words.startswith(BESIDE_BUDGETS) for words in in_short(three, base).who) == 3
    assert in_short(three, base).trust


def test_people_are_told_of_the_scenario_that_clearly_helps_them_whatever_moves_money_most(played: list[Ensemble]) -> None:
    def made(one: Ensemble, name: str, ends: float, better: float) -> Ensemble:
        metrics = played[0].metrics.copy()
        metrics["net_saving"] = ends
        for outcome in ("wellbeing", *(found for found in METRICS if found.startswith("wellbeing_"))):
            metrics[outcome] += better
        return replace(one, metrics=metrics, scenario=one.scenario.with_settings([f"name={name}"]))

    base, costs = made(played[0], "base", 0.0, 0.0), made(played[1], "costs", -9.0, 0.0)
    for helps in (made(played[1], "helps", 1.0, 0.02), made(played[1], "helps", 0.0, 0.02)):
        most = [made(played[1], f"costs-{number}", -9.0 - number, 0.0) for number in range(MOST_SAID)]
        for several in ([base, costs, helps], [base, helps, costs], [base, *most, helps]):
            said, whole = in_short(several, base), plain(several, base)
            assert set(said.sentences) <= set(whole.sentences)
            assert [words.startswith("People: under helps, against base, ") for words in said.units] == [True]
            assert {words.partition(":")[0] for words in said.who if words.startswith("People, ")} <= {"People, helps"}
            assert "People, helps: all 6 kinds of cohort clearly better off." in whole.who
    nobody = [base, made(played[1], "less", 1.0, 0.0), costs]
    assert in_short(nobody, base).units[0].startswith("People: under costs, ")


def test_in_short_of_two_scenarios_keeps_the_order_and_leaves_out_the_least(played: list[Ensemble]) -> None:
    two = [played[0], played[2]]
    said, whole = in_short(two, two[0]).sentences, plain(two, two[0]).sentences
    assert len(said) == min(MOST_POINTS + 1, len(whole))
    assert [words for words in whole if words in said] == list(said)
    assert said[:2] == whole[:2]


def test_one_scenario_alone_is_told_by_its_level(played: list[Ensemble]) -> None:
    said = plain([played[2]], played[2])
    assert said.asked.startswith("What happens in Hartlepool")
    assert said.money[0].startswith("Money: in the last year joint working under single-pot ")
    assert plain([played[0]], played[0]).money == ("Money: joint working frees nothing under silo, and costs nothing.",)


def test_of_many_scenarios_the_first_have_sentences_and_the_rest_are_counted(played: list[Ensemble]) -> None:
    more = [replace(played[2], scenario=played[2].scenario.with_settings([f"name=pot-{number}"])) for number in range(5)]
    said = plain([played[0], *more], played[0])
    assert len(said.units) == MOST_SAID
    assert said.money[-1] == (
        "These 3 move money most, those whose difference is clear before the others; the 2 others (pot-3 and pot-4) are in the "
        "tables.")


def test_of_many_scenarios_those_are_told_that_move_money_clearly_and_most(played: list[Ensemble]) -> None:
    """The single pot moves money; copies of the silo, given before it, move none."""
    still = [replace(played[0], scenario=played[0].scenario.with_settings([f"name=still-{number}"])) for number in range(4)]
    said = plain([played[0], *still, played[2]], played[0])
    assert "single-pot" in said.money[-2], "in the order given"
    assert sum("frees no more and no less" in words for words in said.money) == MOST_SAID - 1


def test_verdicts_are_those_of_the_facts_and_are_counted() -> None:
    assert {number for numbers in BEHIND.values() for number in numbers} <= {fact.number for fact in facts()}
    assert set(_SAID) == {REPRODUCED, WIDE, PARTLY, NOT}
    known = Verdicts(("verdict",), {3: (NOT,), 4: (WIDE,), 5: (PARTLY,), 6: (PARTLY,)})
    assert behind_words(("money freed",), known) == (
        "Of the published facts behind it (docs/validation.md), on money freed (facts 3, 4, 5 and 6) none is reproduced, 1 is "
        "inside a band that is too wide to tell, 2 are reproduced in part and 1 is missed.")
    assert behind_words(("money freed",), Verdicts(("verdict",), {})) == ""


def test_python_gives_the_answer_with_table_notes_and_figures(played: list[Ensemble]) -> None:
    found = tp.answer(played)
    assert found.sentences == plain(played, played[0]).sentences
    table = found.tables["differences"]
    assert set(table["scenario"]) == set(NAMES[1:])
    row = table[(table["scenario"] == "single-pot") & (table["metric"] == "wellbeing")].iloc[0]
    assert row["difference"] == np.median(difference(played[2], played[0], "wellbeing"))
    assert list(found.drawings) == ["differences", "over-time"]
    assert tp.answer([played[2]], metrics=["wellbeing"]).plot().axes
