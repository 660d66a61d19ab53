"""Arrangements taken apart: parts that add up, fields that do not matter, groups that are named in data."""

from __future__ import annotations

import numpy as np
import pytest

import totalplace as tp
from totalplace.scenarios.arrangement import Arrangement
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.ingredients import ingredients
from totalplace.scenarios.registry import LEVERS
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.analysis.decomposition.analysis import INGREDIENTS, differences, taken_apart
from totalplace.sim.analysis.decomposition.ingredients import WHOLE
from totalplace.sim.model.metrics import metric

QUICK = ["quarters=10", "clusters=2"]
METRICS = ["pooled_share", "net_saving"]


def loaded(name: str, *settings: str) -> Scenario:
    return tp.load(name, place="Rutland", set=[*QUICK, *settings])


def test_every_field_and_lever_of_arrangements_belongs_to_an_ingredient() -> None:
    fields = [name for one in ingredients().values() for name in one.fields]
    levers = [name for one in ingredients().values() for name in one.levers]
    assert set(fields) == set(Arrangement.model_fields) - {"name", "title", "description", "levers"}
    assert set(levers) == set(LEVERS) - {"cuts"}
    assert len(fields) == len(set(fields))
    assert len(levers) == len(set(levers))


def test_parts_add_up_to_the_whole_in_every_run() -> None:
    found = tp.ingredients(loaded("joint-commissioning"), loaded("single-pot"), METRICS, runs=3)
    assert "decision rule" in found.groups
    assert "commissioner" in found.groups
    assert "money paid in" in found.groups
    assert found.parts.sum(axis=0) == pytest.approx(found.total, abs=1e-9)
    ends = [[tp.ensemble(loaded(name), runs=3, first_seed=1).at_end(one) for one in METRICS] for name in
            ("joint-commissioning", "single-pot")]
    assert found.total == pytest.approx(np.array(ends[1]) - np.array(ends[0]))
    table = found.tables["ingredients"]
    for one in METRICS:
        rows = table[table["metric"] == one]
        parts, whole = rows[rows["ingredient"] != WHOLE], rows[rows["ingredient"] == WHOLE]
        assert parts["part"].sum() == pytest.approx(float(whole["part"].iloc[0]), abs=1e-9)
        assert parts["share"].sum() == pytest.approx(1.0)


def test_what_does_not_matter_has_no_part_at_all() -> None:
    """Nobody is bound where there is no mandate, and votes do not count where the parties decide."""
    first = loaded("joint-commissioning")
    second = loaded("joint-commissioning", "arrangement.mandated_agencies=[police]", "arrangement.approval_threshold=0.9",
                    "levers.transition_fund=20")
    found = tp.ingredients(first, second, METRICS, runs=2)
    parts = dict(zip(found.groups, found.parts, strict=True))
    assert not parts["money paid in"].any()
    assert not parts["decision rule"].any()
    assert parts["fund and capital pot"] == pytest.approx(found.total)
    assert "Without any effect: decision rule and money paid in." in found.sentences[0]


def test_the_order_of_groups_and_the_direction_do_not_matter() -> None:
    first, second = loaded("joint-commissioning"), loaded("prototype")
    groups = differences(first, second, INGREDIENTS)
    measured = [metric(name) for name in METRICS]
    one = taken_apart(first, second, measured, 2, groups)
    turned = taken_apart(first, second, measured, 2, dict(reversed(groups.items())))
    back = taken_apart(second, first, measured, 2, groups)
    assert turned.parts[::-1] == pytest.approx(one.parts, abs=1e-12)
    assert back.parts == pytest.approx(-one.parts, abs=1e-12)


def test_rule_and_commissioner_are_one_where_nobody_commissions() -> None:
    assert "decision rule and commissioner" in differences(loaded("silo"), loaded("single-pot"), INGREDIENTS)
    groups = differences(loaded("silo"), loaded("silo", "levers.cuts=0"), INGREDIENTS)
    assert groups == {"cuts": (("levers", "cuts"),)}


def test_the_prior_is_played_beside_and_adds_up() -> None:
    found = tp.ingredients(loaded("joint-commissioning"), loaded("prototype"), ["pooled_share"], runs=3, over_prior=True)
    assert found.prior is not None
    assert found.prior.shape == found.parts.shape
    assert {"prior", "prior_low", "prior_high"} <= set(found.tables["ingredients"].columns)
    drawn = [tp.ensemble(loaded(name, "uncertainties=prior"), runs=3, first_seed=1).at_end("pooled_share") for name in
             ("joint-commissioning", "prototype")]
    assert found.prior.sum(axis=0)[0] == pytest.approx(drawn[1] - drawn[0])


def test_what_cannot_be_taken_apart_is_refused() -> None:
    with pytest.raises(UnknownName):
        tp.ingredients(loaded("silo"), loaded("lsp"), ["net_savings"])
    with pytest.raises(InputError, match="each once"):
        tp.ingredients(loaded("silo"), loaded("lsp"), ["net_saving", "net_saving"])
    with pytest.raises(InputError, match="Mean trust has no value under 'silo': no commissioner"):
        tp.ingredients(loaded("silo"), loaded("lsp"), ["net_saving", "mean_trust"])
    with pytest.raises(InputError, match="has no value under 'silo': no commissioner"):
        tp.decompose(loaded("lsp"), loaded("silo"), "joint_working_better")
    with pytest.raises(InputError, match="cannot be grouped by 'colour'"):
        differences(loaded("silo"), loaded("lsp"), "colour")
