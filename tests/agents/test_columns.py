"""Every column is declared once, with a name that reads the same in plain Python and compiled."""

from __future__ import annotations

import numpy as np
import pytest

from totalplace.agents.agency import AGENCIES
from totalplace.agents.appraisal import APPRAISALS
from totalplace.agents.arrangement import ARRANGEMENTS
from totalplace.agents.bargaining import DEALS
from totalplace.agents.board import BOARD
from totalplace.agents.cohort import COHORTS, KINDS
from totalplace.agents.columns import Table
from totalplace.agents.commissioner import COMMISSIONERS, TIES
from totalplace.agents.department import DEPARTMENTS
from totalplace.agents.joint_commission import THEMES
from totalplace.agents.ledger import ACCOUNTS
from totalplace.agents.share import SHARES
from totalplace.agents.world import CLOCK, DOMAINS, EVENTS, NEIGHBOURHOODS, PRIORS
from totalplace.sim.model.memory import LEVERS_TABLE, PARAMETERS_TABLE
from totalplace.sim.model.metrics import MEASURES

TABLES = (
    ACCOUNTS, AGENCIES, APPRAISALS, ARRANGEMENTS, BOARD, CLOCK, COHORTS, COMMISSIONERS, DEALS, DEPARTMENTS, DOMAINS, EVENTS, KINDS,
    LEVERS_TABLE, MEASURES, NEIGHBOURHOODS, PARAMETERS_TABLE, PRIORS, SHARES, THEMES, TIES,
)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_columns_have_a_unit_and_a_meaning(table: Table) -> None:
    assert all(column.unit and column.meaning for column in table.columns)
    assert len({column.name for column in table.columns}) == len(table.columns)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_column_hides_behind_an_attribute_of_numpy(table: Table) -> None:
    taken = set(dir(np.record)) | set(dir(np.recarray))
    assert [column.name for column in table.columns if column.name in taken] == []


def test_every_field_takes_eight_bytes() -> None:
    for table in TABLES:
        for column in table.columns:
            assert table.dtype[column.name].base.itemsize == 8, (table.name, column.name)
