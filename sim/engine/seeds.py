"""The seeds of runs: whole numbers of 63 bits. Which one a sweep starts with is said in ``scenarios/sweeps/file.py``."""

from __future__ import annotations

from typing import Any, Final

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.numbers import whole

#: Technical: the largest seed, a whole number of 63 bits.
LARGEST_SEED: Final = 2**63 - 1


def checked_seed(seed: Any) -> int:
    """The seed of a run. Raises InputError for anything but a whole number from 0 below 2^63, in Python or NumPy."""
    return whole(seed, "seed", 0, LARGEST_SEED)


def seeds_from(first: Any, runs: int) -> range:
    """The seeds of ``runs`` runs, of which ``first`` is the first. Raises InputError where one would be too large."""
    start = checked_seed(first)
    if runs > LARGEST_SEED + 1:
        raise InputError(f"{runs:.3g} runs are more than there are seeds", allowed=f"at most {LARGEST_SEED + 1:.3g}")
    if start + runs - 1 > LARGEST_SEED:
        raise InputError(f"{runs:,} runs from the seed {start} need seeds that are too large",
                         allowed=f"a first seed of at most {LARGEST_SEED - runs + 1}")
    return range(start, start + runs)
