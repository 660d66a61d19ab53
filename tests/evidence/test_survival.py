from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import totalplace as tp
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.survival import runs
from totalplace.sim.evidence.survival.conclusions import Asked, Conclusion, Variant, asked
from totalplace.sim.evidence.survival.page import (
    FAILS,
    LIKELY,
    OPEN,
    SURVIVES,
    Survival,
    markdown,
    short,
    turns,
    verdict,
    write,
)
from totalplace.sim.evidence.survival.runs import Played, survive, usual_places
from totalplace.sim.evidence.survival.sensitivity import by_reach, data_that_would_settle, decided, of_conclusions

NAMES = ("silo", "lsp", "single-pot")
METRICS = ("net_saving", "wellbeing", "promised_saving")


def small(*conclusions: Conclusion, variants: tuple[Variant, ...] = ()) -> Asked:
    return Asked(("2010-11",), NAMES, {"net_saving": 1, "wellbeing": 1}, variants, conclusions)


def values(*rows: tuple[float, float, float]) -> np.ndarray:
    """Net saving of the three arrangements in each draw; half of it is promised, wellbeing is the opposite."""
    saving = np.array(rows)
    return np.stack([saving, -saving, 0.5 * saving], axis=2)


def test_a_conclusion_holds_by_what_it_is_held_against() -> None:
    more = Conclusion("", "net_saving", "single-pot", 1, against="silo")
    promised = Conclusion("", "promised_saving", "silo", 1, than="net_saving", times=2.0)
    little = Conclusion("", "net_saving", "single-pot", -1, percent=4.0)
    first = Conclusion("", "net_saving", "single-pot", 1)
    last = Conclusion("", "net_saving", "silo", -1)
    what = small(more, promised, little, first, last)
    found = values((1.0, 2.0, 3.0), (3.0, 1.0, 2.0), (1.0, 3.0, 2.0))
    assert (more.margin(found, what, 100.0) > 0.0).tolist() == [True, False, True]
    assert more.margin(found, what, 100.0).tolist() == [2.0, -1.0, 1.0]
    assert not (promised.margin(found, what, 100.0) > 0.0).any()
    assert (little.margin(found, what, 60.0) > 0.0).tolist() == [False, True, True]
    assert (first.margin(found, what, 100.0) > 0.0).tolist() == [True, False, False]
    assert (last.margin(found, what, 100.0) > 0.0).tolist() == [True, False, True]


def test_mere_rounding_does_not_make_a_conclusion_hold() -> None:
    one = Conclusion("", "net_saving", "single-pot", 1, against="silo")
    assert one.margin(values((1.0, 0.0, 1.0 + 1e-12)), small(one), 1.0).tolist() == [0.0]


def played(posterior: np.ndarray, prior: np.ndarray, changed: np.ndarray, *conclusions: Conclusion) -> Played:
    what = small(*conclusions, variants=(Variant("turned"),))
    sets = np.random.default_rng(1).random((len(prior), len(PARAMETERS)))
    return Played(what, {"2010-11": {"posterior": posterior, "prior": prior, "turned": changed}}, {"2010-11": 100.0}, sets,
                  ("Rutland",), 1, tuple(range(0, len(posterior), len(posterior) // len(changed))))


def test_verdicts_follow_from_shares_of_draws() -> None:
    one = Conclusion("more", "net_saving", "single-pot", 1, against="silo")
    yes, no = values(*[(0.0, 0.0, 1.0)] * 10), values(*[(1.0, 0.0, 0.0)] * 10)
    half = np.concatenate([yes[:5], no[:5]])
    assert verdict(played(yes, yes, yes, one), one) == SURVIVES
    assert verdict(played(yes, half, yes, one), one) == LIKELY
    assert verdict(played(half, yes, yes, one), one) == OPEN
    assert verdict(played(no, half, yes, one), one) == FAILS
    assert turns(played(yes, yes, no, one), one, "2010-11") == ["turned"]
    assert turns(played(yes, no, yes, one), one, "2010-11") == []


def test_a_change_of_structure_turns_what_it_changes_on_the_same_draws() -> None:
    """Where the draws that a variant has lie on the other side as it is, the variant has turned nothing."""
    one = Conclusion("more", "net_saving", "single-pot", 1, against="silo")
    yes, no = values(*[(0.0, 0.0, 1.0)] * 10), values(*[(1.0, 0.0, 0.0)] * 10)
    every_fourth = np.tile(np.concatenate([no[:1], yes[:3]]), (10, 1, 1))  # holds in 30 of 40 draws, in none of those that are few
    assert turns(played(every_fourth, yes, no, one), one, "2010-11") == []
    others = np.tile(np.concatenate([yes[:1], no[:1], yes[:2]]), (10, 1, 1))
    assert turns(played(others, yes, no, one), one, "2010-11") == ["turned"]
    nearly = np.concatenate([yes[:6], no[:4]])  # six of ten before, four of ten after: chance
    assert turns(played(nearly, yes, np.concatenate([yes[:4], no[:6]]), one), one, "2010-11") == []


def test_ranks_count_from_the_best_and_share_places() -> None:
    found = played(values((1.0, 3.0, 3.0)), values((1.0, 2.0, 3.0)), values((1.0, 2.0, 3.0)))
    assert found.ranks("net_saving", "2010-11", "posterior").tolist() == [[3.0, 1.5, 1.5]]
    assert found.ranks("wellbeing", "2010-11", "prior").tolist() == [[1.0, 2.0, 3.0]]


def test_the_parameter_that_decides_is_named_and_chance_is_not() -> None:
    sets = np.random.default_rng(2).random((400, len(PARAMETERS)))
    place = list(PARAMETERS).index("kappa")
    found = decided("more", sets, -(sets[:, place] ** 3))
    assert [name for name, _ in found.ten()] == ["kappa"]
    assert found.ten()[0][1] == pytest.approx(-1.0)
    assert decided("none", sets, np.ones(400)).ten() == []
    with_gaps = np.where(np.arange(400) < 40, np.nan, sets[:, place])
    assert decided("gaps", sets, with_gaps).draws == 360
    assert by_reach([found, found, decided("eta", sets, sets[:, 0])])[0] == ("kappa", 2)


def test_what_is_asked_names_only_what_there_is() -> None:
    what = asked()
    assert len(what.conclusions) >= 20
    assert len({one.words for one in what.conclusions}) == len(what.conclusions)
    assert what.eras == ("2010-11", "2024-25")
    assert {"no network", "savings shared by Nash", "network a star", "no bargaining"} <= {one.name for one in what.variants}
    assert len(usual_places(what.eras)) == 8
    assert data_that_would_settle()


def test_a_setting_of_one_arrangement_changes_that_one_alone() -> None:
    found = {one.name: one for one in asked().variants}
    tenth = found["a tenth paid into the single pot"]
    assert tenth.of("single-pot") == tenth.contents
    assert tenth.of("joint-commissioning") == ()
    pot = tp.load("single-pot").with_contents(tenth.of("single-pot"))
    assert max(pot.levers["single_pot"]) == 0.1
    everywhere = found["half of the cash clawed back"]
    assert set(tp.load("lsp").with_contents(everywhere.of("lsp")).levers["clawback"]) == {0.5}


def test_all_of_it_runs_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    what = asked()
    few = replace(what, variants=tuple(one for one in what.variants if one.name in ("no trust", "network a star")),
                  arrangements=what.arrangements)
    monkeypatch.setattr(runs, "asked", lambda: few)
    done: list[tuple[int, int]] = []
    found = survive(4, ["Rutland"], progress=lambda *given: done.append(given))
    assert done[-1][0] == done[-1][1]
    assert found.values["2010-11"]["posterior"].shape == (4, len(what.arrangements), len(what.metrics))
    silo = found.values["2024-25"]["prior"][:, 0]
    assert np.allclose(silo[:, what.metrics.index("pooled_share")], 0.0)
    assert found.few == (0,)
    again = survive(4, ["Rutland"])
    assert again.values["2024-25"]["no trust"].tobytes() == found.values["2024-25"]["no trust"].tobytes()
    survival = Survival(found, {era: of_conclusions(found, era) for era in what.eras}, [])
    text = markdown(survival)
    head, *rows = short(text)
    assert head[0] == "conclusion"
    assert "turns in" not in head
    assert [row[0] for row in rows] == [one.words for one in what.conclusions]
    files = write(survival, tmp_path)
    assert [file.name for file in files] == ["what-survives-conclusions.png", "what-survives.md"]
