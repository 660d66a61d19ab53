"""What a reader has to know of the scenarios of a sweep before believing its report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from totalplace import scenarios
from totalplace.scenarios.errors import InputError
from totalplace.sim.results.wording import count

if TYPE_CHECKING:
    from totalplace.sim.engine.sweep.store import Store

#: Notes that are shown: a sweep of every place may have one for each.
MOST: Final = 12


def notes_of_sweep(store: Store) -> Iterator[str]:
    """Notes such as that a place could not have an arrangement, up to ``MOST`` of them, each once.

    They are read from the texts of the scenarios; one that an earlier version wrote and this one cannot read has none.
    """
    noted: dict[str, None] = {}
    for row in store.scenarios().to_dict("records"):
        with suppress(InputError):
            noted |= {f"{row['scenario']}: {note}.": None for note in scenarios.loads(row["text"], row["scenario"]).notes}
    yield from list(noted)[:MOST]
    if len(noted) > MOST:
        yield f"{count(len(noted) - MOST, 'more note')} of other places and scenarios: 'totalplace sweep plan' prints each."
