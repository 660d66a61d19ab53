"""Section 75 is measured as its source divides."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.worlds import after, small
from totalplace.agents.compiled import python
from totalplace.scenarios import places
from totalplace.scenarios.vocabulary import AGENCY_KINDS
from totalplace.sim.model.metrics import flat
from totalplace.sim.model.metrics.pooling import measure_section_75
from totalplace.sim.model.world import COMMISSIONED

COUNCIL, NHS, POLICE = (AGENCY_KINDS.index(kind) for kind in ("council", "nhs", "police"))


def shares_of(world: Any) -> tuple[float, float]:
    world.measures[0] = np.zeros(1, world.measures.dtype)[0]
    python(measure_section_75)(world, world.measures[0])
    m = flat(world.measures)[0]
    return float(m.section_75_share), float(m.section_75_share_commissioned)


def test_it_is_what_both_pool_of_all_nhs_and_social_care_money() -> None:
    world, place = after(1, small("silo")), places.load("Rutland")
    health = world.shares[:, 0]
    assert shares_of(world) == (0.0, 0.0)
    health["ceded"][NHS] = 0.1
    assert shares_of(world) == (0.0, 0.0), "the NHS alone pools nothing with a council"
    health["ceded"][COUNCIL], health["ceded"][POLICE] = 0.2, 0.5
    pooled = sum(share * (health["frontline"][a] + health["common"][a]) for a, share in ((NHS, 0.1), (COUNCIL, 0.2)))
    found, commissioned = shares_of(world)
    assert found == pytest.approx(100.0 * pooled / (place.nhs + place.social_care))
    assert commissioned == pytest.approx(100.0 * pooled / (COMMISSIONED * place.nhs + place.adult_social_care))
    assert commissioned > found


def test_the_lines_follow_the_budgets_of_who_holds_them() -> None:
    world = after(1, small("silo"))
    world.shares[:, 0]["ceded"][[COUNCIL, NHS]] = 0.1
    before, _ = shares_of(world)
    for agency in (COUNCIL, NHS):
        world.agencies[agency].budget *= 0.5
    assert shares_of(world)[0] == pytest.approx(2.0 * before)


def test_gp_consortia_hold_what_one_commissioner_held() -> None:
    one, three = (after(1, small("silo", nhs=number)).shares[:, 0] for number in (1, 3))
    for column in ("lines", "commissioned"):
        assert three[column].sum() == pytest.approx(one[column].sum())
