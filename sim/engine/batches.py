"""Runs of one scenario played in batches, all that they have to report written to arrays that are there already."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.agents.bargaining import DEALS
from totalplace.sim.engine.play import TIE_FIELDS, Stage
from totalplace.sim.model.metrics import FLAT
from totalplace.sim.results.records import seeded
from totalplace.sim.results.run import Ensemble

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.model.world import Template

#: Runs that are played without coming back to Python, as long as what they leave takes no more bytes than that.
_MOST_TOGETHER: Final = 32
_MOST_BYTES: Final = 2**19
#: Words of a negotiation with the seed of its run.
_WORDS: Final = len(DEALS.columns) + 1
#: Technical: room for negotiations where there are more than was expected, as a multiple of those there are.
_ROOM: Final = 1.5


@dataclass(frozen=True)
class Room:
    """Arrays for what runs (n,) have to report, but for their negotiations; see :class:`~totalplace.sim.results.run.Ensemble`."""

    metrics: NDArray[Any]
    gains: NDArray[np.float64]
    ties_start: NDArray[Any]
    ties_end: NDArray[Any]

    @classmethod
    def of(cls, template: Template, runs: int) -> Room:
        """Room for so many runs of a scenario."""
        agencies, commissioners = template.world.ties.shape
        ties = (runs, agencies, commissioners)
        return cls(np.empty((runs, template.scenario.quarters), FLAT), np.empty((runs, agencies, agencies)),
                   np.empty(ties, TIE_FIELDS), np.empty(ties, TIE_FIELDS))

    def part(self, first: int, last: int) -> Room:
        """The room of runs ``first`` to ``last``, not included."""
        return Room(*(array[first:last] for array in vars(self).values()))

    def take(self, other: Room) -> None:
        """Take over what another room for as many runs holds."""
        for mine, theirs in zip(vars(self).values(), vars(other).values(), strict=True):
            mine[:] = theirs


class Record:
    """The negotiations of batches of runs one after the other, in the order of the batches, whichever is played first.

    A batch goes to its place as soon as all before it are there; others wait. Threads may share it. ``expected`` is how many
    negotiations there may be: memory is taken only as it is used, and where there are more they move once.
    """

    def __init__(self, expected: int) -> None:
        self._rows = np.empty((expected, _WORDS), np.int64)
        self._count, self._next = 0, 0
        self._waiting: dict[int, NDArray[np.int64]] = {}
        self._lock = threading.Lock()

    def take(self, batch: int, told: NDArray[np.int64]) -> None:
        """Take the negotiations of a batch, counted from 0, as rows of words, the last of them the seed."""
        with self._lock:
            if batch != self._next:
                self._waiting[batch] = told.copy()
                return
            self._append(told)
            self._next += 1
            while self._next in self._waiting:
                self._append(self._waiting.pop(self._next))
                self._next += 1

    def _append(self, told: NDArray[np.int64]) -> None:
        last = self._count + len(told)
        if last > len(self._rows):
            more = np.empty((int(_ROOM * last), _WORDS), np.int64)
            more[: self._count] = self._rows[: self._count]
            self._rows = more
        self._rows[self._count : last] = told
        self._count = last

    def __len__(self) -> int:
        return self._count

    def rows(self) -> NDArray[Any]:
        """All negotiations so far, with the field ``seed``."""
        return seeded(self._rows[: self._count], DEALS.dtype)


class Batches:
    """The world of one scenario on which batches of up to ``together`` runs are played. Not to be shared by threads."""

    def __init__(self, template: Template) -> None:
        self._stage = Stage(template)
        self.template = template
        world = self._stage.world
        words, ties = self._stage.words, world.ties
        self._parts = (
            words(np.asarray(world.measures).view(np.float64)).reshape(-1),
            words(world.gains).reshape(-1),
            np.stack([words(ties[name]) for name in ("tied_start", "trust_start")], axis=-1).reshape(-1),
            np.stack([words(ties[name]) for name in TIE_FIELDS.names or ()], axis=-1).reshape(-1),
        )
        self._kept = np.concatenate(self._parts)
        self.together = max(1, min(_MOST_TOGETHER, _MOST_BYTES // (8 * len(self._kept))))
        self._rows = np.empty((self.together, len(self._kept)), np.int64)
        most = self.together * template.most_deals
        self._told = np.empty((most, _WORDS), np.int64)  # takes memory only as it is used

    def play(self, seeds: Sequence[int], room: Room) -> NDArray[np.int64]:
        """Play runs with these seeds, at most ``together``, into ``room``; their negotiations come back, for :meth:`Record.take`.

        They stand until runs are played again. Raises LedgerError, with the accounts, if a quarter does not close.
        """
        played = self._stage.play_many(seeds, self._kept, self._rows[: len(seeds)], told=self._told)
        broken = np.flatnonzero(played.broken >= 0)
        if len(broken):
            self._stage.replay(seeds[int(broken[0])])
        self._write(self._rows[: len(seeds)], room)
        return self._told[: played.deals[-1]]

    def _write(self, rows: NDArray[np.int64], room: Room) -> None:
        metrics, gains, start, end = np.split(rows, np.cumsum([len(part) for part in self._parts[:-1]]), axis=1)
        _words(room.metrics)[:] = metrics
        _words(room.gains)[:] = gains
        _words(room.ties_end)[:] = end
        fields = _words(room.ties_start).reshape(len(rows), -1, len(TIE_FIELDS.names or ()))
        fields[..., :2], fields[..., 2] = start.reshape(len(rows), -1, 2), 0


def _words(array: NDArray[Any]) -> NDArray[np.int64]:
    """An array of runs as rows of words of 8 bytes."""
    return array.view(np.int64).reshape(len(array), -1)


def ensemble_of(template: Template, seeds: Sequence[int], room: Room, record: Record) -> Ensemble:
    """The ensemble of runs that were played in batches."""
    return Ensemble(
        scenario=template.scenario, place=template.place, commissioner_names=template.commissioner_names, deals=record.rows(),
        seeds=np.array(seeds, dtype=np.int64), **vars(room),
    )
