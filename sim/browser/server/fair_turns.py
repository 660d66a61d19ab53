"""Fair turns: few jobs compute at one time, sessions follow each other, and nobody holds the others up for long."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable

from totalplace.scenarios.errors import InputError


class Turns:
    """At most ``at_once`` jobs hold a turn, and one of each owner; owners that wait follow each other in a round.

    A job that has held its turn for ``slice_seconds`` gives it up when another owner waits, and gets it back in its round. An owner
    has at most ``most_each`` jobs here, and all owners together ``most``.
    """

    def __init__(self, at_once: int, slice_seconds: float = 0.5, most_each: int = 6, most: int = 60) -> None:
        self.at_once, self.slice_seconds, self.most_each, self.most = at_once, slice_seconds, most_each, most
        self._changed = threading.Condition()
        self._held: list[Turn] = []
        self._round: deque[Turn] = deque()

    def enter(self, owner: Hashable, wanted: Callable[[], bool] = lambda: True) -> Turn:
        """Stand in the queue. ``wanted`` is False while nobody looks at the owner's page: its jobs then wait.

        Raises InputError for an owner who has too many jobs, and when there are too many in all.
        """
        with self._changed:
            there = [turn for turn in (*self._held, *self._round) if not turn.given_up]
            if sum(turn.owner == owner for turn in there) >= self.most_each:
                raise InputError(f"{self.most_each} jobs of yours wait or run already", allowed="another when one has ended")
            if len(there) >= self.most:
                raise InputError("Too many people compute at the moment", allowed="another try in a few minutes")
            turn = Turn(self, owner, wanted)
            self._round.append(turn)
            return turn

    def _wait(self, turn: Turn) -> bool:
        """Wait until ``turn`` is held, or given up: then False."""
        with self._changed:
            while not turn.given_up:
                self._hand_out()
                if turn in self._held:
                    return True
                self._changed.wait(0.2)  # whether somebody looks at a page changes without a word
            self._leave(turn)
            return False

    def _renew(self, turn: Turn) -> bool:
        with self._changed:
            if turn in self._held and not turn.given_up:
                over = time.monotonic() - turn.since >= self.slice_seconds
                if turn.wanted() and not (over and self._next(turn.owner)):
                    return True
                self._held.remove(turn)
                self._round.append(turn)
        return self._wait(turn)

    def _leave(self, turn: Turn) -> None:
        with self._changed:
            for place in (self._held, self._round):
                if turn in place:
                    place.remove(turn)
            self._hand_out()

    def _hand_out(self) -> None:
        while len(self._held) < self.at_once:
            following = self._next()
            if following is None:
                return
            self._round.remove(following)
            self._held.append(following)
            following.since = time.monotonic()
            self._changed.notify_all()

    def _next(self, giving: Hashable = None) -> Turn | None:
        """Who is next: the first that is wanted, of an owner who holds no turn; not ``giving`` itself."""
        busy = {turn.owner for turn in self._held}
        return next((turn for turn in self._round
                     if not turn.given_up and turn.owner not in busy and turn.owner != giving and turn.wanted()), None)


class Turn:
    """A place in the queue of :class:`Turns`, and the turn itself once it is held."""

    def __init__(self, turns: Turns, owner: Hashable, wanted: Callable[[], bool]) -> None:
        self._turns, self.owner, self.wanted = turns, owner, wanted
        self.given_up, self.since = False, 0.0

    def wait(self) -> bool:
        """Wait for the turn; False if it was given up meanwhile."""
        return self._turns._wait(self)

    def renew(self) -> bool:
        """Let another owner have a turn if it is time, and wait for the next of one's own; False if it was given up.

        May be called from several threads of the same job.
        """
        return self._turns._renew(self)

    def give_up(self) -> None:
        """The job is not wanted any more: who waits for this turn stops waiting."""
        with self._turns._changed:
            self.given_up = True
            self._turns._changed.notify_all()

    def leave(self) -> None:
        """The job has ended."""
        self._turns._leave(self)
