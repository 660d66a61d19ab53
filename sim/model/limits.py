"""What the tables of a world may hold, by the declarations of their columns: compiled rules check no index and no count."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

from totalplace.agents.agency import AGENCIES
from totalplace.agents.appraisal import APPRAISALS
from totalplace.agents.arrangement import ARRANGEMENTS
from totalplace.agents.bargaining import DEALS
from totalplace.agents.board import BOARD
from totalplace.agents.cohort import COHORTS, KINDS
from totalplace.agents.columns import Table, number
from totalplace.agents.commissioner import COMMISSIONERS, TIES
from totalplace.agents.department import DEPARTMENTS
from totalplace.agents.indicator import INDICATORS
from totalplace.agents.joint_commission import THEMES
from totalplace.agents.ledger import ACCOUNTS
from totalplace.agents.share import SHARES
from totalplace.agents.world import CLOCK, DOMAINS, EVENTS, NEIGHBOURHOODS, PRIORS
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.registry import LEVERS
from totalplace.sim.model.metrics import MEASURES
from totalplace.sim.model.world import lever_place

#: The declaration of every table of a world that has named columns; the other parts are plain arrays of numbers.
TABLES: Final[dict[str, Table]] = {
    "clock": CLOCK, "priors": PRIORS, "events": EVENTS, "arrangements": ARRANGEMENTS, "board": BOARD,
    "departments": DEPARTMENTS, "agencies": AGENCIES,
    "commissioners": COMMISSIONERS, "appraisals": APPRAISALS, "shares": SHARES, "ties": TIES, "themes": THEMES,
    "domains": DOMAINS, "cohorts": COHORTS, "neighbourhoods": NEIGHBOURHOODS, "kinds": KINDS, "indicators": INDICATORS,
    "accounts": ACCOUNTS, "deals": DEALS, "measures": MEASURES,
}

Tables = Mapping[str, NDArray[Any]]


def check_values(tables: Tables, file: str | Path) -> None:
    """Raise InputError, with the table, the column and the value, for what no declaration allows; ``tables`` is complete."""
    for name, rows in tables.items():
        _check_table(name, rows, tables, file)
    for lever in LEVERS.values():
        value = tables["lever_values"][lever_place(lever.name, 0)]
        if lever.choices and value not in range(len(lever.choices)):
            raise InputError(f"The checkpoint holds lever_values: {lever.name} = {value}", file=str(file), allowed=lever.choices)


def _check_table(name: str, rows: NDArray[Any], tables: Tables, file: str | Path) -> None:
    """One table; a plain array holds finite numbers."""
    columns = TABLES[name].columns if name in TABLES else (number(name, "", ""),)
    for column in columns:
        length = len(tables[column.of]) if column.of else None
        broken = column.broken(rows[column.name] if rows.dtype.names else rows, length)
        if broken:
            where = f"{name}.{column.name}" if rows.dtype.names else name
            raise InputError(f"The checkpoint holds {where} = {broken}", file=str(file), allowed=column.allowed(length))
