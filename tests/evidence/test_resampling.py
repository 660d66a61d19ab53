"""Resamples of the draws: verdicts far from the rule stay, those at it are tosses, and shares print on the right side of it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from totalplace.sim.evidence.facts import MET, NARROW, NOT, REPRODUCED, WIDE, Criterion, Fact, Floats
from totalplace.sim.evidence.findings import Finding, Measured
from totalplace.sim.evidence.numbers_in_words import percent
from totalplace.sim.evidence.resampling import resample

NONE = np.zeros(0)
PRIOR = np.linspace(-10.0, 10.0, 200)


def finding(number: int, *drawn: tuple[str, Floats]) -> Finding:
    criteria = [Criterion(name, name, "%", "basis", central=0.0, observation=1.0, discrepancy=1.0) for name, _ in drawn]
    measured = [Measured(one, values, PRIOR, NONE, NONE, NONE) for one, (_, values) in zip(criteria, drawn, strict=True)]
    return Finding(Fact(number, "name", "statement", "used", "source", tuple(criteria), "rule"), tuple(measured))


def test_a_verdict_far_from_the_rule_stays_in_every_resample_and_one_at_the_rule_is_a_toss() -> None:
    chance = np.random.default_rng(2)
    spread = chance.uniform(-5.0, 5.0, 200)
    again = resample([finding(1, ("narrow", 0.1 * spread)), finding(2, ("at the rule", spread)), finding(3, ("off", spread + 30.0)),
                      finding(4, ("wide", 2.5 * spread))])
    assert again.share("narrow", REPRODUCED) == again.share(1, REPRODUCED) == 1.0
    assert again.share("off", NOT) == 1.0
    assert again.share("wide", WIDE) == 1.0
    assert 0.2 < again.share("at the rule", REPRODUCED) < 0.8
    assert again.share("at the rule", REPRODUCED) + again.share("at the rule", WIDE) == 1.0
    toss = again.share(2, REPRODUCED)
    assert again.counted([1, 2, 3, 4], 2) == (toss, 1, 2)
    assert again.counted([1, 2], 1)[0] == pytest.approx(1.0 - toss)


def test_the_same_draws_are_taken_for_every_criterion_and_the_same_resamples_each_time() -> None:
    spread = np.random.default_rng(3).uniform(-5.0, 5.0, 200)
    twins = [finding(1, ("one", spread), ("other", spread))]
    again = resample(twins)
    assert again.criteria["one"] == again.criteria["other"] == again.facts[1]
    assert again == resample(twins)


@pytest.mark.parametrize(("value", "bound", "words"), [
    (0.47, NARROW, "47%"), (0.5, NARROW, "50%"), (0.504, NARROW, "50.4%"), (0.4996, NARROW, "49.96%"), (0.506, NARROW, "51%"),
    (0.897, MET, "89.7%"), (180 / 200, MET, "90%"), (1.0, MET, "100%"), (math.nan, MET, "–"),
])
def test_a_share_is_printed_on_the_side_of_the_bound_where_it_lies(value: float, bound: float, words: str) -> None:
    assert percent(value, bound) == words


def test_a_figure_without_errors_holds_in_no_share_of_the_draws_and_is_as_published_only_inside_the_interval() -> None:
    one = Criterion("share", "share", "%", "basis", "listed", central=12.4)
    for values, inside in ((np.full(9, 9.38), False), (np.linspace(12.0, 13.0, 9), True)):
        assert math.isnan(one.share(values))
        assert Measured(one, values, NONE, NONE, NONE, NONE).as_published == inside
