"""What a scenario's dated changes of arrangement and budget path come to: the changes themselves, and the levers that go with them.

Levers of an arrangement that comes at a date rank as if a scenario had chosen it from the start: just below those of the file that
says so. What it brings that the one before did not takes effect with it; a dated event of the same lever and date stands over it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from totalplace.scenarios.arrangement import Arrangement, merge_arrangement
from totalplace.scenarios.cuts import BudgetPaths, Cuts
from totalplace.scenarios.dated_wholes import DatedWhole
from totalplace.scenarios.events import Change as Dated
from totalplace.scenarios.events import DatedChange, lever_change
from totalplace.scenarios.in_full import InFull
from totalplace.scenarios.lever_values import resolve_levers
from totalplace.scenarios.phases import Change, path_words
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import LEVERS

#: The rank of what a layer says, and what it says: levers of an arrangement stand below those of the file itself.
type Ranked = tuple[tuple[int, int], Marked]
#: Why a lever changes with the arrangement.
WITH: Final = "comes with the arrangement"
type Levers = dict[str, tuple[float, ...]]


class Timeline:
    """The arrangement of a scenario and its levers, from the start and as dated changes replace them.

    ``arrangement`` and ``levers`` are ranked layers of the start. ``start`` is that of the run. Changes in its first quarter are no
    changes: what they say holds from the start. ``kept`` holds the others with the arrangements that they come to, ``brought`` the
    changes of levers that come with them, ``undone`` those of which a later one of the same quarter leaves nothing, with that one.
    """

    def __init__(self, arrangement: Sequence[Ranked], levers: Sequence[Ranked], start: str) -> None:
        self._layers, self._own, self._start = list(arrangement), list(levers), start
        self.arrangement = self._merged()
        self.levers = self._levers()
        self.kept: list[tuple[DatedWhole, Change]] = []
        self.brought: list[DatedChange] = []
        self.undone: list[tuple[DatedWhole, DatedWhole]] = []

    def _merged(self) -> Arrangement:
        return merge_arrangement(tuple(layer for _, layer in self._layers))

    def _levers(self) -> Levers:
        """All levers as the arrangement that stands last, and the scenario, have them."""
        brought = [(rank, layer.mapping("An arrangement")) for rank, layer in self._layers]
        ranked = [*self._own, *((rank, fields["levers"]) for rank, fields in brought if "levers" in fields)]
        return resolve_levers([layer for _, layer in sorted(ranked, key=lambda pair: pair[0])])

    def _put_on(self, change: DatedWhole, last: int) -> Arrangement:
        """The arrangement after a change; ``last`` is the number of the last file."""
        rank = (min(change.layer, last), 0)
        if isinstance(change.written, InFull):
            self._layers = [(rank, layer) for layer in change.written.items("An arrangement")]
        else:
            self._layers.append((rank, change.written))
        return self._merged()

    def take(self, changes: Sequence[Dated], last: int) -> None:
        """Take in the dated changes of the arrangement, in the order of their dates; the last in a quarter stands.

        ``last`` is the number of the last file. Raises InputError.
        """
        asked = [change for change in changes if isinstance(change, DatedWhole) and change.key == "arrangement"]
        quarters = [change.quarter(self._start) for change in asked]
        before, levers = self.arrangement, self.levers
        if len(set(quarters)) < len(quarters):
            self._note_undone(asked, quarters, last)
        for number, (change, quarter) in enumerate(zip(asked, quarters, strict=True)):
            now = self._put_on(change, last)
            if quarter == 0:
                self.arrangement = before = now
                self.levers = levers = self._levers()
            elif quarter not in quarters[number + 1 :]:
                words = f"{change.date}: arrangement {now.name}" + (" as changed" if now.name == before.name else "")
                self.kept.append((change, Change(quarter, words, arrangement=now)))
                then = self._levers()
                self.brought += _brought(change, levers, then, changes)
                before, levers = now, then


    def _note_undone(self, asked: Sequence[DatedWhole], quarters: Sequence[int], last: int) -> None:
        """Note the changes that make no difference to what the last one of their quarter comes to."""
        before = self._layers

        def comes_to(changes: Sequence[DatedWhole]) -> tuple[Arrangement, Levers]:
            self._layers = list(before)
            for change in changes:
                self._put_on(change, last)
            return self._merged(), self._levers()

        for number, (change, quarter) in enumerate(zip(asked, quarters, strict=True)):
            so_far = [one for one, when in zip(asked, quarters, strict=True) if when <= quarter]
            later = [one for one in so_far if one in asked[number + 1 :]]
            if later and comes_to([one for one in so_far if one is not change]) == comes_to(so_far):
                self.undone.append((change, later[-1]))
        self._layers = before


def _brought(change: DatedWhole, before: Levers, now: Levers, said: Sequence[Dated]) -> list[DatedChange]:
    """The changes of levers that come with another arrangement, but for those that an event of the same date makes itself."""
    found = []
    for name, values in now.items():
        taken = {i for one in said if (one.date, one.lever) == (change.date, name) for i in one.indices}
        moved = [i for i, value in enumerate(values) if value != before[name][i] and i not in taken]
        whole = len(moved) == len(values) and len({values[i] for i in moved}) == 1
        for indices in [tuple(moved)] if whole else [(i,) for i in moved]:
            found.append(lever_change(change.date, LEVERS[name], indices, values[indices[0]], WITH, change.place))
    return found


def paths_of(
    changes: Sequence[Dated], start: str, read: Callable[[Marked], Cuts]
) -> tuple[list[tuple[DatedWhole, Change]], list[tuple[DatedWhole, DatedWhole]]]:
    """The dated changes of the budget path with the paths that they come to, by date, the last of each quarter.

    Then those that another of the same quarter takes the place of, each with that one. Raises InputError.
    """
    asked = [change for change in changes if isinstance(change, DatedWhole) and change.key == "cuts"]
    found: dict[int, tuple[DatedWhole, Change]] = {}
    stands = {change.quarter(start): change for change in asked}
    for change in asked:
        cuts, quarter = read(change.written), change.quarter(start)
        found[quarter] = change, Change(quarter, f"{change.date}: budget path {path_words(cuts)}", cuts=cuts)
    undone = [(change, stands[change.quarter(start)]) for change in asked if change is not stands[change.quarter(start)]]
    return list(found.values()), undone


def written_whole(dated: DatedWhole, change: Change) -> dict[str, Any]:
    """A change as a mapping that reads back as the same change: what it comes to, in full."""
    why = {"why": dated.why} if dated.why else {}
    if change.arrangement is not None:
        return {"date": dated.date, "arrangement": change.arrangement.model_dump(mode="json")} | why
    cuts = change.cuts
    return {"date": dated.date, "cuts": cuts.model_dump() if isinstance(cuts, BudgetPaths) else cuts} | why
