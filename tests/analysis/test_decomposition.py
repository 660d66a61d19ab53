"""Shapley's parts: games with known answers, and scenarios whose parts add up."""

from __future__ import annotations

import numpy as np
import pytest

import totalplace as tp
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.analysis.decomposition.analysis import differences, mixed, sampled_shapley, shapley
from totalplace.sim.analysis.decomposition.words import banded
from totalplace.sim.results.relative import metric_called

QUICK = ["quarters=10", "clusters=2"]


def gloves(team: frozenset[int]) -> np.ndarray:
    """Players 0 and 1 have a left glove each, player 2 a right one; a pair is worth 1."""
    return np.array([1.0 if 2 in team and team & {0, 1} else 0.0])


def additive(team: frozenset[int]) -> np.ndarray:
    worth = np.array([[3.0, 1.0], [-1.0, 2.0], [0.0, 0.0], [0.5, 0.5]])
    return worth[sorted(team)].sum(axis=0) + 10.0


def loaded(name: str, *settings: str) -> Scenario:
    return tp.load(name, place="Rutland", set=[*QUICK, *settings])


def test_the_glove_game() -> None:
    assert shapley(gloves, 3)[:, 0] == pytest.approx([1 / 6, 1 / 6, 4 / 6])


def test_an_additive_game_gives_each_its_own_in_every_run() -> None:
    assert shapley(additive, 4) == pytest.approx(np.array([[3.0, 1.0], [-1.0, 2.0], [0.0, 0.0], [0.5, 0.5]]))
    parts, errors = sampled_shapley(additive, 4, orders=3)
    assert parts == pytest.approx(shapley(additive, 4))
    assert errors == pytest.approx(np.zeros(4), abs=1e-12)


def test_sampled_orders_come_near_and_add_up() -> None:
    parts, errors = sampled_shapley(gloves, 3, orders=400)
    assert parts.sum() == pytest.approx(1.0, abs=1e-12)
    assert (np.abs(parts[:, 0] - [1 / 6, 1 / 6, 4 / 6]) <= 4 * errors + 1e-12).all()
    assert (errors < 0.05).all()


def test_parts_of_two_scenarios_add_up_to_rounding() -> None:
    first = loaded("joint-commissioning")
    second = loaded("joint-commissioning", "levers.clawback=0", "levers.transition_fund=5", "arrangement.rounds=2")
    found = tp.decompose(first, second, "net_saving", runs=4)
    assert found.exact
    assert set(found.groups) == {"clawback", "transition fund", "rounds"}
    assert found.parts.shape == (3, 4)
    assert found.parts.sum(axis=0) == pytest.approx(found.total, abs=1e-9)
    ends = [tp.ensemble(one, runs=4, first_seed=1).at_end("net_saving") for one in (first, second)]
    assert found.start == pytest.approx(ends[0])
    assert found.total == pytest.approx(ends[1] - ends[0])
    turned = tp.decompose(second, first, "net_saving", runs=4)
    order = [turned.groups.index(name) for name in found.groups]
    assert turned.parts[order] == pytest.approx(-found.parts)


def test_a_lever_that_touches_nobody_has_no_part() -> None:
    first = loaded("silo")
    second = loaded("silo", "levers.clawback=0", "levers.cuts=0")
    found = tp.decompose(first, second, "reactive_share", runs=2)
    parts = dict(zip(found.groups, found.parts, strict=True))
    assert not parts["clawback"].any()
    assert parts["cuts"] == pytest.approx(found.total)
    assert "Without any effect: clawback." in found.sentences
    assert "(" in found.sentences[0], "a part without its band says nothing of chance"
    assert found.sentences[0].endswith("): mean and 90% of the seeds.")


def test_a_difference_in_a_percentage_is_one_of_points() -> None:
    values = np.linspace(17.0, 18.6, 41)
    assert banded(values, metric_called("pooled_share")) == "+17.8 points (+17.1 to +18.5)"
    assert "points" not in banded(values, metric_called("net_saving"))


def test_many_differences_are_sampled_with_standard_errors() -> None:
    first, second = loaded("joint-commissioning"), loaded("single-pot")
    found = tp.decompose(first, second, "pooled_share", runs=2, most_exact=3, orders=3)
    assert not found.exact
    assert found.parts.sum(axis=0) == pytest.approx(found.total, abs=1e-9)
    assert (found.errors >= 0).all()
    assert found.errors.max() > 0
    assert any("orders were sampled" in warning for warning in found.warnings)
    assert found.groups[0] == "single pot"
    again = tp.decompose(first, second, "pooled_share", runs=2, most_exact=3, orders=3, threads=1)
    assert np.array_equal(again.parts, found.parts), "whatever the threads"


def test_from_no_negotiation_the_rule_and_the_commissioners_go_together() -> None:
    groups = differences(loaded("silo"), loaded("joint-commissioning"))
    assert groups["decision rule and commissioners"] == (("arrangement", "commissioners"), ("arrangement", "decision_rule"))
    whole = mixed(loaded("silo"), loaded("joint-commissioning"), [place for places in groups.values() for place in places])
    seed = {"seed": 3}
    assert np.array_equal(tp.run(whole, **seed).metrics, tp.run(loaded("joint-commissioning"), **seed).metrics)


def test_what_cannot_be_decomposed_is_refused() -> None:
    first = loaded("joint-commissioning")
    with pytest.raises(InputError, match="do not differ"):
        tp.decompose(first, loaded("joint-commissioning", "title=Other"))
    with pytest.raises(InputError, match="place"):
        tp.decompose(first, tp.load("joint-commissioning", place="Kent", set=QUICK))
    with pytest.raises(InputError, match="quarters"):
        tp.decompose(first, tp.load("lsp", place="Rutland"))
    with pytest.raises(UnknownName):
        tp.decompose(first, loaded("lsp"), "net_savings")


@pytest.mark.parametrize(("name", "group"), [
    ("integrated-settlement", "events: arrangement integrated-settlement (2025-04)"),
    ("police-to-mayor", "events: shared governance (2028-05)"),
    ("better-care-fund-2025", "events: mandate england (2025-04 to 2034-04) and mandate grants (2025-04 to 2034-04)"),
    ("place-budget-pilot", "events: freedom (2026-04), clawback (2026-04), arrangement place-budget-pilot (2026-04) and "
                           "encouragement (2026-04)"),
])
def test_dated_events_are_named(name: str, group: str) -> None:
    first, second = tp.load("today", place="Leeds"), tp.load(name, place="Leeds")
    assert [one for one in differences(first, second) if one.startswith("events")] == [group]
    assert [one for one in differences(second, first) if one.startswith("events")] == [group]


def test_of_many_dated_changes_the_first_are_named() -> None:
    levers = ("clawback", "freedom", "cuts", "virement", "leadership programme")
    events = [f"{2011 + i}-04: {lever} at 0.5" for i, lever in enumerate(levers)]
    many = tp.load("lsp", place="Rutland", events=events)
    (group,) = differences(tp.load("lsp", place="Rutland"), many)
    assert group == "events: clawback (2011-04), freedom (2012-04), cuts (2013-04) and 2 others"
    (moved,) = differences(tp.load("lsp", place="Rutland", events=["2011-04: clawback at 0.4"]),
                           tp.load("lsp", place="Rutland", events=["2011-04: clawback at 0.6"]))
    assert moved == "events: clawback (2011-04)"


def test_where_it_comes_from_marks_an_estimate_and_a_what_if() -> None:
    first = tp.load("today", place="Slough", quarters=4, clusters=1)
    found = tp.decompose(first, first.with_settings(["events=2025-01: arrangement place-budget-pilot"]), "ceded_nhs", runs=2)
    assert "in Slough (estimate)" in found.source
    assert "ceded by NHS (integrated care board)" in found.title
    caption = " ".join(" ".join(text.get_text().split()) for text in found.plot().texts)
    assert "What if: which places have the arrangement place-budget-pilot is not published" in caption
