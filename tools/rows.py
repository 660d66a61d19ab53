"""Write ``agents/rows.pyi``: a class for the rows of each table, for type checkers and editors.

At run time a table is a NumPy record array and a row one of its records; the classes only say which columns there are, so
that a misspelt one is found before anything runs. Call ``python -m tools.rows`` after a change of columns.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from totalplace.agents.agency import AGENCIES
from totalplace.agents.appraisal import APPRAISALS
from totalplace.agents.arrangement import ARRANGEMENTS
from totalplace.agents.bargaining import DEALS
from totalplace.agents.board import BOARD
from totalplace.agents.cohort import COHORTS, KINDS
from totalplace.agents.columns import Column, Table
from totalplace.agents.commissioner import COMMISSIONERS, TIES
from totalplace.agents.department import DEPARTMENTS
from totalplace.agents.indicator import INDICATORS
from totalplace.agents.joint_commission import THEMES
from totalplace.agents.ledger import ACCOUNTS
from totalplace.agents.share import SHARES
from totalplace.agents.world import CLOCK, DOMAINS, EVENTS, NEIGHBOURHOODS, PRIORS
from totalplace.sim.model.memory import LEVERS_TABLE, PARAMETERS_TABLE
from totalplace.sim.model.metrics import MEASURES

WRITTEN: Final = Path(__file__).resolve().parent.parent / "agents" / "rows.pyi"
#: The name of a row, and the number of indices that choose one; none for a table of a single record.
ROWS: Final[tuple[tuple[str, Table, int], ...]] = (
    ("Clock", CLOCK, 0), ("Parameters", PARAMETERS_TABLE, 0), ("Levers", LEVERS_TABLE, 0), ("Board", BOARD, 0),
    ("Arrangement", ARRANGEMENTS, 1),
    ("Prior", PRIORS, 1), ("Event", EVENTS, 1), ("Department", DEPARTMENTS, 1), ("Agency", AGENCIES, 1),
    ("Commissioner", COMMISSIONERS, 1), ("Appraisal", APPRAISALS, 2), ("Share", SHARES, 2), ("Tie", TIES, 2),
    ("Theme", THEMES, 1), ("Domain", DOMAINS, 1), ("Cohort", COHORTS, 1), ("Neighbourhood", NEIGHBOURHOODS, 1),
    ("Kind", KINDS, 1), ("Indicator", INDICATORS, 1), ("Account", ACCOUNTS, 1), ("Deal", DEALS, 1), ("Measure", MEASURES, 1),
)
_HEAD: Final = '''"""The rows of each table as classes, for type checkers and editors.

``tools/rows.py`` writes this file from the declarations. At run time a table is a NumPy record array and a row one of its
records. Comments give shapes, where a column holds more than one number, and units.
"""

from typing import Any, Self, overload

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Wholes = NDArray[np.int64]

class Row:
    """A record of a table: ``row.column`` or ``row["column"]``."""

    def __getitem__(self, column: str, /) -> Any: ...
    def __setitem__(self, column: str, value: Any, /) -> None: ...
    def copy(self) -> Self: ...

class Table[R, At]:
    """Records that an index, or a pair of them, chooses: ``rows[at]`` is a row, ``rows.column`` an array over all."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, at: At, /) -> R: ...
    @overload
    def __getitem__(self, at: Any, /) -> Any: ...
    def __setitem__(self, at: Any, value: Any, /) -> None: ...
    def copy(self) -> Self: ...
    def tobytes(self) -> bytes: ...
'''


def _line(column: Column, kind: str) -> str:
    shape = f"({', '.join(map(str, column.shape))}{',' if len(column.shape) == 1 else ''}) " if column.shape else ""
    return f"    {column.name}: {kind}  # {shape}{column.unit}".rstrip()


def _classes(name: str, table: Table, indices: int) -> str:
    plain = {True: "int", False: "float"}
    array = {True: "Wholes", False: "Numbers"}
    row = "\n".join(_line(c, array[c.whole] if c.shape else plain[c.whole]) for c in table.columns)
    text = f'\nclass {name}Row(Row):\n    """{table.row[:1].upper()}{table.row[1:]}."""\n\n{row}\n'
    if indices == 0:
        return text
    columns = "\n".join(f"    {c.name}: {array[c.whole]}" for c in table.columns)
    at = "int" if indices == 1 else "tuple[int, int]"
    return text + f'\nclass {name}Rows(Table[{name}Row, {at}]):\n    """The rows of the table ``{table.name}``."""\n\n{columns}\n'


def source() -> str:
    """The text of ``agents/rows.pyi``."""
    return _HEAD + "".join(_classes(*row) for row in ROWS)


if __name__ == "__main__":
    WRITTEN.write_text(source(), encoding="utf-8")
