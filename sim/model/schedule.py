"""The order of events in a quarter, stated once.

From it follow the compiled loop (:data:`go_on`), :meth:`totalplace.sim.engine.place_model.PlaceModel.step`, what is compiled
ahead and the table in the documentation. A new quarterly rule stands in the file of who acts and in one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from totalplace.agents.agency import comply, get_back, hear, learn, receive, review, turn_over
from totalplace.agents.annual_plan import plan_year
from totalplace.agents.arrangement import change_arrangement
from totalplace.agents.bargaining import negotiate
from totalplace.agents.board import hold_election
from totalplace.agents.cohort import experience, experience_all, gather, grow
from totalplace.agents.commissioner import lose_leader, redesign, take_stock
from totalplace.agents.compiled import rule
from totalplace.agents.department import observe, steer
from totalplace.agents.estate import hand_back_receipts
from totalplace.agents.exits import part_ways
from totalplace.agents.joint_commission import hand_back
from totalplace.agents.reorganisation import reshape
from totalplace.agents.steering import oversee
from totalplace.sim.model.quarter import close_quarter, next_in_turn, open_quarter, serve, share_out

#: Who acts: the place as a whole, its board, the commissioners in random order, or each row of the table that is named.
PLACE: Final = "place"
BOARD: Final = "board"
IN_TURN: Final = "commissioners in turn"


class Move(NamedTuple):
    """A rule of the quarter: in which phase, and for whom it is played.

    ``together`` is the same rule for all rows side by side, in the same order and equal to the bit: the compiled loop plays it.
    """

    phase: str
    who: str
    rule: Callable[..., Any]
    together: Callable[..., Any] | None = None

    @property
    def name(self) -> str:
        """The name of the rule."""
        return str(self.rule.__name__)

    @property
    def compiled(self) -> Callable[..., Any]:
        """The rule that the compiled loop calls: for all rows at once where there is one."""
        return self.together or self.rule

    @property
    def rows(self) -> str:
        """For whom it is played, in words."""
        if self.who in (PLACE, BOARD):
            return f"the {self.who}"
        return "each of the commissioners, in random order" if self.who == IN_TURN else f"each of the {self.who}"


SCHEDULE: Final = (
    Move("opening", PLACE, change_arrangement),
    Move("opening", PLACE, open_quarter),
    Move("centre", "departments", steer),
    Move("centre", BOARD, hold_election),
    Move("centre", PLACE, reshape),
    Move("centre", "agencies", comply),
    Move("centre", IN_TURN, plan_year),
    Move("finance", "themes", hand_back),
    Move("finance", "agencies", get_back),
    Move("finance", "agencies", receive),
    Move("finance", "departments", oversee),
    Move("service", PLACE, serve),
    Move("service", "cohorts", experience, together=experience_all),
    Move("service", "kinds", gather),
    Move("service", "neighbourhoods", grow),
    Move("service", "agencies", hear),
    Move("service", PLACE, share_out),
    Move("redesign", IN_TURN, redesign),
    Move("redesign", PLACE, hand_back_receipts),
    Move("negotiation", IN_TURN, negotiate),
    Move("learning", "commissioners", take_stock),
    Move("learning", "agencies", learn),
    Move("learning", "agencies", turn_over),
    Move("learning", "commissioners", lose_leader),
    Move("learning", "agencies", review),
    Move("learning", PLACE, part_ways),
    Move("learning", "departments", observe),
    Move("account", PLACE, close_quarter),
)
#: The phases of a quarter in their order.
PHASES: Final = tuple(dict.fromkeys(move.phase for move in SCHEDULE))


def _lines(move: Move) -> Iterator[str]:
    """The statements of the compiled loop that play a rule."""
    if move.rule is close_quarter:
        yield "if close_quarter(w) != 0.0:"
        yield "    return w.clock.quarter - 1"
    elif move.who in (PLACE, BOARD) or move.together is not None:
        yield f"{move.compiled.__name__}(w)"
    elif move.who == IN_TURN:
        yield "row = next_in_turn(w, -1)"
        yield "while row >= 0:"
        yield f"    {move.name}(w, row)"
        yield "    row = next_in_turn(w, row)"
    else:
        yield f"for row in range(w.{move.who}.shape[0]):"
        yield f"    {move.name}(w, row)"


def _loop() -> Any:
    """The loop over quarters, written out from the schedule, for the compiler."""
    body = [line for move in SCHEDULE for line in _lines(move)]
    text = "\n        ".join(["def go_on(w, last):\n    while w.clock.quarter < last:", *body]) + "\n    return -1\n"
    names = {move.compiled.__name__: move.compiled for move in SCHEDULE} | {"next_in_turn": next_in_turn, "__name__": __name__}
    exec(compile(text, __file__, "exec"), names)
    return names["go_on"]


#: Plays the quarters of a world up to ``last`` (not included): ``go_on(w, last)``. The quarter in which the ledger broke comes
#: back, or -1. It is a rule, compiled like any other (``@rule``).
go_on: Final = rule(_loop())
