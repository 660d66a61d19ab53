"""Who gains and who pays: against a baseline it is the difference, and what is not the place's own money is named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import totalplace as tp
from totalplace.sim.results.compare import difference
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.who_gains import beside_words, faring_words, net_gain, net_gain_against, paying, who_words


@pytest.fixture(scope="module")
def played() -> list[Ensemble]:
    names = ("silo", "joint-commissioning", "single-pot")
    return [tp.ensemble(tp.load(name, place="Hartlepool", quarters=12), runs=40, first_seed=1) for name in names]


def test_agencies_people_and_taxpayers_are_named(played: list[Ensemble]) -> None:
    said = list(who_words(played[2], played[0]))
    assert [one.split(",")[0].split(" (")[0] for one in said] == ["Agencies", "People", "Taxpayers"]
    assert "in the last year" in said[2]


def test_what_changes_nothing_names_nobody(played: list[Ensemble]) -> None:
    """A branch that changes nothing has the gains of its base, and no agency gains or pays by it."""
    same = replace(played[1], scenario=played[1].scenario.with_settings(["name=same"]))
    assert paying(same, played[1]) == "same against joint-commissioning: no agency gains or pays more or less through the others."
    assert "clear" not in next(iter(who_words(same, played[1])))
    assert list(who_words(same, played[1]))[-1] == "Taxpayers, same: no difference in cash in the last year."


def test_the_amounts_are_differences_from_the_baseline_not_levels(played: list[Ensemble]) -> None:
    base, agencies = played[1], len(played[1].agency_names)
    gains = np.zeros((40, agencies, agencies))
    gains[:, 0, 1] = 5.0
    more = gains.copy()
    more[:, 0, 1] = 7.0
    one, other = replace(base, gains=gains), replace(played[2], gains=more)
    assert net_gain(other)[:, 1].mean() == 7.0
    assert net_gain_against(other, one)[:, 1].mean() == 2.0
    said = paying(other, one)
    assert "net gain through the others clearly higher: NHS (+£2.00m)" in said
    assert "net gain through the others clearly lower: council (\u2212£2.00m)" in said
    assert said.endswith("Under single-pot 100% of all gains go to an agency other than the one that paid, under "
                         "joint-commissioning 100%.")
    assert "clear net gain through the others: NHS (£7.00m)" in paying(other)
    assert paying(other).startswith("single-pot by itself: ")


def test_against_a_baseline_without_gains_the_difference_is_the_gain(played: list[Ensemble]) -> None:
    assert not played[0].gains.any()
    np.testing.assert_array_equal(net_gain_against(played[2], played[0]), net_gain(played[2]))
    assert paying(played[2], played[0]) != paying(played[2], played[1])


def cash(one: Ensemble, last: float, before: float) -> Ensemble:
    """The same runs with another flow of cash in the last year than before."""
    metrics = one.metrics.copy()
    metrics["taxpayers_cash"] = before
    metrics["taxpayers_cash"][:, -4:] = last
    return replace(one, metrics=metrics)


def test_cash_over_the_run_is_told_where_its_sign_is_another(played: list[Ensemble]) -> None:
    base = cash(played[0], 0.0, 0.0)
    turned = list(who_words(cash(played[2], 2.0, -3.0), base))[-1]
    assert "get back £2.00m in cash in the last year" in turned
    assert "; over the whole run it is \u2212£4.00m" in turned
    assert "over the whole run" not in list(who_words(cash(played[2], 2.0, 3.0), base))[-1]


def test_money_of_neighbours_is_said_beside_what_it_brings() -> None:
    base, settled, own = (
        tp.ensemble(tp.load(name, place="Manchester", quarters=12), runs=36, first_seed=1)
        for name in ("today", "integrated-settlement", "single-pot-today"))
    said = beside_words(settled, base)
    middle = float(np.median(difference(settled, base, "beside_budgets")))
    assert f"Manchester gets £{middle:.2f}m a year more than under today" in said
    assert "the pot of its strategic authority, of which other places then have less" in said
    assert said in list(who_words(settled, base))
    assert beside_words(own, base) == ""


def test_where_nobody_clearly_gains_or_pays_it_is_said_once(played: list[Ensemble]) -> None:
    base, agencies = played[1], len(played[1].agency_names)
    gains = np.zeros((40, agencies, agencies))
    gains[:, 0, 1] = np.where(np.arange(40) % 2, 5.0, -5.0) + 0.2
    one = replace(base, gains=gains)
    still = replace(base, gains=np.zeros_like(gains))
    small = replace(base, gains=gains * 0.01)
    moved = paying(replace(one, scenario=played[2].scenario), replace(base, gains=np.roll(gains, 2, axis=1)))
    assert "is clearly higher or lower; higher in some runs and lower in others: 2 agencies." in moved
    by_run = "no agency clearly gains or pays through the others; 2 agencies gain in some runs and pay in others."
    assert by_run in paying(one, still)
    assert "no agency's net gain through the others changes by more than £0.05m." in paying(
        small, replace(base, gains=small.gains * 0.9))
    assert "no agency gains or pays more than £0.05m through the others." in paying(small, still)


def test_who_is_better_off_by_too_little_to_matter_is_not_called_clearly_better_off() -> None:
    far, near, none = np.linspace(0.01, 0.02, 40), np.linspace(0.0001, 0.0003, 40), np.linspace(-1.0, 1.0, 40)
    assert faring_words("x", {"children": near, "older_people": near}) == (
        "x: all 2 kinds of cohort better off, by too little to matter.")
    assert faring_words("x", {"children": far, "older_people": -near}) == (
        "x: children clearly better off; older people worse off, by too little to matter.")
    assert faring_words("x", {"children": none}) == "x: no kind of cohort clearly better or worse off."
    assert faring_words("x", {"children": far[:20]}) == (
        "x: who is better or worse off cannot be told, as 20 runs are too few to call it clear.")
