"""A value in merged cells that stand beside several rows: whose it is, nothing says."""

from __future__ import annotations

from typing import Final

from totalplace.scenarios.own_places.amounts import is_nothing, tidy
from totalplace.scenarios.own_places.layout import Layout
from totalplace.scenarios.places.quality import listed

#: Rows beside one merged cell are named up to so many.
_NAMED: Final = 4


def refuse_shared(layout: Layout, values: int) -> None:
    """Raise InputError for a value of the column ``values`` in cells that are merged beside several rows."""
    known = {found.label.row for found in layout.found}
    for merged in layout.grid.merged:
        if not merged.left <= values <= merged.right:
            continue
        rows = [row for row in layout.grid.rows if merged.top <= row[0].row <= merged.bottom]
        labels = [label for row in rows if (label := layout.label_of(row, values)) is not None]
        value = next((cell for row in rows for cell in row if merged.left <= cell.column <= merged.right), None)
        shown = "" if value is None else value.formula or tidy(str(value.value))
        if value is None or is_nothing(shown) or len(labels) < 2 or known.isdisjoint(one.row for one in labels):
            continue
        names = [f"'{tidy(one.text)[:60]}' ({one.name})" for one in labels]
        beside = listed(tuple(names)) if len(names) <= _NAMED else f"{len(names)} rows, from {names[0]} to {names[-1]}"
        raise layout.grid.error(
            f"The cells {merged.name} are merged, so that one value, {shown[:40]}, stands beside {beside}", value,
            "a value of its own beside each row; rows that you cannot tell apart stay empty and count in the total of their group")
