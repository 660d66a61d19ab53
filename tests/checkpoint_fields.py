"""Every field of every table of a checkpoint with every extreme value: refused in words, or a run that ends.

Runs as a process of its own (``python -m tests.checkpoint_fields FIRST STEP``), since what is looked for would end the process.
"""

from __future__ import annotations

import faulthandler
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np

from tests.worlds import small
from totalplace.scenarios import InputError
from totalplace.sim.analysis.branching.analysis import resume
from totalplace.sim.engine.checkpoints import Checkpoint, check_tables, checkpoint
from totalplace.sim.model.ledger import LedgerError

WHOLE: Final = (-(2**63), -(2**31), -5, -1, 0, 1, 2, 3, 7, 8, 9, 60, 241, 2**31, 2**32, 2**62, 2**63 - 1)
REAL: Final = (float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 1e16, 1e15, -1e15, 1e9, -1e9, -1.0, -1e-300, 0.0, 0.5, 2.0,
               9.0)


class Case(NamedTuple):
    """A value at the first place, the last one, or everywhere in a column of a table."""

    table: str
    column: str
    where: str
    value: float


def start() -> Checkpoint:
    """A run in the middle of its life: shares ceded, agreed and under notice, money in pots, events to come."""
    event = "events=[{date: 2013-01, lever: clawback, target: all, value: 0.5}]"
    return checkpoint(small("board-political", "levers.mandate=0.1", "levers.capital_pot=1", event, quarters=12), 7, seed=3)


def cases(point: Checkpoint) -> Iterator[Case]:
    """All cases, in an order that does not change."""
    for table, rows in sorted(point.tables.items()):
        for column in rows.dtype.names or ("",):
            kind = (rows[column] if column else rows).dtype.kind
            for value in WHOLE if kind == "i" else REAL:
                for where in ("first", "last", "all"):
                    yield Case(table, column, where, value)


def changed(point: Checkpoint, case: Case) -> Checkpoint:
    """A checkpoint with one field changed."""
    table = point.tables[case.table].copy()
    flat: Any = (table[case.column] if case.column else table).reshape(-1)
    flat[{"first": slice(0, 1), "last": slice(-1, None), "all": slice(None)}[case.where]] = case.value
    if case.column:
        table[case.column] = flat.reshape(table[case.column].shape)
    return replace(point, tables={**point.tables, case.table: table})


def tried(point: Checkpoint, case: Case) -> str:
    """What becomes of a case: refused, played, or played until the ledger broke."""
    other = changed(point, case)
    try:
        check_tables(other, "a file")
        resume(other)
    except InputError:
        return "refused"
    except LedgerError:
        return "ledger"
    return "played"


def main(first: int, step: int) -> None:
    """Try case ``first`` and every ``step``-th after it; each is said before it is tried, the count at the end."""
    faulthandler.enable()
    point = start()
    counts: Counter[str] = Counter()
    for number, case in enumerate(cases(point)):
        if number >= first and (number - first) % step == 0:
            print(number, *case, file=sys.stderr, flush=True)
            with np.errstate(all="ignore"):
                counts[tried(point, case)] += 1
    print(json.dumps(counts))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
