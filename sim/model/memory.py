"""The memory of a world: its tables in one block, copied at once, and the rows of numbers that lie under its records."""

from __future__ import annotations

import copyreg
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.agents.columns import Table, number, rows_of, table
from totalplace.agents.world import World
from totalplace.scenarios.registry import LEVERS, PARAMETERS, lever_size

PARAMETERS_TABLE: Final = table("parameters", "the uncertainties of a run",
                                *(number(p.name, p.unit, p.meaning) for p in PARAMETERS.values()))
LEVERS_TABLE: Final = table("levers", "the levers as they stand", *(
    number(lever.name, lever.unit, lever.meaning, *(() if lever_size(lever) == 1 else (lever_size(lever),)))
    for lever in LEVERS.values()
))

#: Outside the block of memory: views of other tables, the record of negotiations, whose length is in the clock, and what is the
#: same in every run.
_APART: Final = frozenset({"levers", "parameters", "deals", "particles", "coalitions"})


def copy_world(source: World, read_only: bool = False) -> World:
    """A copy that shares no memory with ``source``: its tables, but for the record of negotiations, lie in one block of memory.

    Only the rows of the posterior, ``particles``, which nobody writes to, are those of ``source``. Nothing of a ``read_only`` copy
    can be written to.

    What a thread does in Python between two runs holds up all others, so setting a world back is one copy of memory.
    """
    # A table starts on a cache line of 64 bytes.
    parts: dict[str, Any] = source._asdict()
    together = {name: part for name, part in parts.items() if name not in _APART}
    ends = np.cumsum([-(-part.nbytes // 64) * 64 for part in together.values()])
    memory = np.zeros(int(ends[-1]), np.uint8)
    tables: dict[str, Any] = {"levers": None, "parameters": None, "deals": parts["deals"].copy(), "particles": source.particles,
                              "coalitions": parts["coalitions"].copy()}
    for (name, part), start in zip(together.items(), [0, *ends[:-1].tolist()], strict=True):
        table = memory[start : start + part.nbytes].view(part.dtype).reshape(part.shape or (1,))
        table[...] = part
        table.setflags(write=not read_only)
        if isinstance(part, np.record):
            tables[name] = rows_of(table)[0]
        else:
            tables[name] = table.view(type(part))
    tables["particles"].setflags(write=False)
    for name in ("deals", "coalitions"):
        tables[name].setflags(write=not read_only)
    return linked(World(**tables))


def memory_of(world: World) -> NDArray[np.uint8]:
    """The block of memory in which the tables of a copied world lie."""
    memory = world.flows.base
    if memory is None or memory.dtype != np.uint8:
        raise ValueError("the tables of this world do not lie in one block of memory: make it with copy_world")
    return memory


def linked(world: World) -> World:
    """The world with the records of levers and parameters laid over their rows of numbers, so that each is held once."""
    return world._replace(
        levers=_laid_over(world.lever_values, LEVERS_TABLE),
        parameters=_laid_over(world.parameter_values, PARAMETERS_TABLE),
    )


def _put_together(parts: dict[str, Any], deals: int) -> World:
    """A world from its tables, with room for as many negotiations as it had."""
    told = parts["deals"]
    room = rows_of(np.zeros(deals, told.dtype))
    room[: len(told)] = told
    return copy_world(World(**parts | {"levers": None, "parameters": None, "deals": room}))


def _taken_apart(world: World) -> tuple[Any, ...]:
    """How a world is pickled and copied: its tables without the views of them, negotiations as far as they go."""
    parts = {name: part for name, part in zip(world._fields, world, strict=True) if name not in ("levers", "parameters")}
    parts["deals"] = world.deals[: int(world.clock.deals)]
    return _put_together, (parts, len(world.deals))


copyreg.pickle(World, _taken_apart)


def _laid_over(numbers: NDArray[np.float64], kind: Table) -> Any:
    return rows_of(numbers, kind.dtype)[0]
