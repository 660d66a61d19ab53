"""An arrangement that takes effect: its board decides by it."""

from __future__ import annotations

import pytest

from tests.worlds import begun, small
from totalplace.agents.arrangement import enact
from totalplace.agents.board import BOARD
from totalplace.agents.compiled import python
from totalplace.scenarios.arrangement import names


@pytest.mark.parametrize("later", [name for name in names() if name != "silo"])
def test_the_board_decides_by_every_field_of_the_arrangement_that_takes_effect(later: str) -> None:
    world = begun(small("silo", f"events=['2012-04: arrangement {later}']"))
    fields = [column.name for column in BOARD.columns if column.name != "mandate"]
    now = world.arrangements[1]
    assert any(world.board[field] != now[field] for field in fields)
    python(enact)(world, 1)
    assert {field: world.board[field] for field in fields} == {field: now[field] for field in fields}
