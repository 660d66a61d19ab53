"""Records of runs put together: negotiations with their seed, rows one after the other, arrays of many runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def with_seed(deals: NDArray[Any], seed: int | NDArray[np.int64]) -> NDArray[Any]:
    """The record of negotiations with a last field ``seed``: of one run, or of each negotiation."""
    narrow = deals.dtype.itemsize // 8  # every field takes eight bytes
    rows = np.empty((len(deals), narrow + 1), dtype=np.int64)
    rows[:, :narrow] = np.ascontiguousarray(deals).view(np.int64).reshape(len(deals), narrow)
    rows[:, narrow] = seed
    return seeded(rows, deals.dtype)


def seeded(rows: NDArray[np.int64], kind: np.dtype[Any]) -> NDArray[Any]:
    """Rows of words as a record of negotiations of a ``kind`` with a last field ``seed``."""
    return rows.view([*((name, kind[name]) for name in kind.names or ()), ("seed", np.int64)]).reshape(-1)


def end_to_end(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays of rows of one kind one after the other, as bytes: numpy would look at each field of each array."""
    joined = np.concatenate([np.ascontiguousarray(part).reshape(-1).view(np.uint8) for part in parts])
    return joined.view(parts[0].dtype)


def stacked(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays of one shape and kind, one a run on a new first axis."""
    return end_to_end(parts).reshape(len(parts), *parts[0].shape)
