"""The Mesa faces of the rows: attributes read and write the row, so that nothing is held twice; methods call the rules.

They stand in a file of their own since the compiled face does not need Mesa, whose import takes as long as a hundred runs.
"""

from __future__ import annotations

from difflib import get_close_matches
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, Final

import mesa

from totalplace.agents.agency import AGENCIES, comply, get_back, hear, learn, receive, review, turn_over
from totalplace.agents.annual_plan import begin_year, lapse, plans_now
from totalplace.agents.appraisal import APPRAISALS, appraise, offer
from totalplace.agents.bargaining import approach, ask, assemble, bargain, conclude, invite, settle
from totalplace.agents.board import BOARD, approve, hold_election
from totalplace.agents.cohort import COHORTS, experience
from totalplace.agents.columns import Table
from totalplace.agents.commissioner import COMMISSIONERS, TIES, lose_leader, redesign, take_stock
from totalplace.agents.compiled import python
from totalplace.agents.department import DEPARTMENTS, observe, steer
from totalplace.agents.row_views import Cell, RowViews, checked_index
from totalplace.agents.share import SHARES
from totalplace.agents.steering import oversee
from totalplace.scenarios.errors import UnknownAttribute
from totalplace.scenarios.vocabulary import THEMES

if TYPE_CHECKING:
    from totalplace.agents.rows import AppraisalRow, ShareRow, TieRow

#: Technical: how alike (0-1) a name must be to a column to count as a slip of the pen.
SLIP: Final = 0.85
#: Attributes that Mesa gives every agent.
_OF_MESA: Final = ("model", "unique_id", "pos")


def made(agent: Any) -> Any:
    """An agent whose making is over: from here on it takes no attribute that its class does not know."""
    agent.__dict__["_made"] = True
    return agent


class Row(mesa.Agent[Any]):
    """A Mesa agent whose state is one row of a table of ``model.world``.

    Subclass a kind of agent and override its methods to try another rule; hand the subclass to
    ``PlaceModel(scenario, agent_classes={"agencies": MyAgency})``. What a subclass keeps for itself it declares in the class
    (``memory: list[float]``) or sets in its ``__init__``. Any other name raises UnknownAttribute with the nearest one, so that
    a slip of the pen is not an attribute nobody reads; in ``__init__`` a name that is nearly a column is one unless it is declared.
    """

    columns: ClassVar[Table]
    index: int
    name: str

    def __init_subclass__(cls, table: Table | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if table is None:
            return
        cls.columns = table
        for column in table.columns:
            if column.name not in cls.__dict__:
                setattr(cls, column.name, Cell(column))

    def __init__(self, model: Any, index: int, name: str) -> None:
        super().__init__(model)
        self.index = index
        self.name = name

    if not TYPE_CHECKING:  # columns are made at run time, so that a type checker must take any name

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            raise UnknownAttribute("attribute", name, self._names(), where=f"of {type(self).__name__}")

        def __setattr__(self, name: str, value: Any) -> None:
            if not (name.startswith("_") or name in self.__dict__ or hasattr(type(self), name) or name in self._names()):
                columns = [column.name for column in self.columns.columns]
                if "_made" in self.__dict__ or get_close_matches(name, columns, 1, SLIP):
                    where = f"of {type(self).__name__}; one of your own is declared in its class"
                    raise UnknownAttribute("attribute", name, self._names(), where=where)
            super().__setattr__(name, value)

    @classmethod
    def _names(cls) -> list[str]:
        """The names of an agent's attributes: columns first, then what its classes declare."""
        columns = [column.name for column in cls.columns.columns]
        declared = [name for base in cls.__mro__ for name in (*get_annotations(base), *vars(base)) if not name.startswith("_")]
        return list(dict.fromkeys([*columns, *_OF_MESA, *declared]))

    @property
    def world(self) -> Any:
        """The world that the agent lives in."""
        return self.model.world

    @property
    def row(self) -> Any:
        """The agent's row."""
        return getattr(self.model.world, self.columns.name)[self.index]

    def theme_index(self, theme: Any) -> int:
        """The number of a theme, from 0. Raises InputError for one that is not there."""
        return checked_index(theme, len(self.world.themes), "theme")

    def round_index(self, bargaining_round: Any) -> int:
        """The number of a round of the bargaining, from 0. Raises InputError for one that no bargaining reaches."""
        return checked_index(bargaining_round, int(self.world.board.rounds) + 1, "round of the bargaining")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"


class Agency(Row, table=AGENCIES):
    """A public agency; its row is ``model.world.agencies[index]``."""

    @property
    def shares(self) -> RowViews[ShareRow]:
        """Its money in each theme, what it cedes of it and what is asked of it: ``agency.shares["health_and_care"].ceded``."""
        return RowViews(SHARES, self.world.shares[self.index], THEMES, self, "theme")

    @property
    def appraisals(self) -> RowViews[AppraisalRow]:
        """What it weighs about each theme in the negotiation under way."""
        return RowViews(APPRAISALS, self.world.appraisals[self.index], THEMES, self, "theme")

    @property
    def ties(self) -> RowViews[TieRow]:
        """Its tie with each commissioner, by number, name or commissioner: ``agency.ties[commissioner].trust``."""
        return RowViews(TIES, self.world.ties[self.index], self.model.template.commissioner_names, self, "commissioner")

    def comply(self) -> None:
        """Take in what statute and the single pot demand."""
        python(comply)(self.world, self.index)

    def get_back(self) -> None:
        """Take in the savings of the last quarter."""
        python(get_back)(self.world, self.index)

    def receive(self) -> None:
        """Get the budget, meet reactive demand, plan with what is left, pay."""
        python(receive)(self.world, self.index)

    def hear(self) -> None:
        """Hear the cohorts."""
        python(hear)(self.world, self.index)

    def appraise(self, commissioner: Any, theme: int) -> None:
        """Work out the ideal share and the limit for a theme; the parts are in the record of the negotiation."""
        python(appraise)(self.world, self.index, commissioner.index, self.theme_index(theme))

    def offer(self, commissioner: Any, theme: int, bargaining_round: int) -> None:
        """Offer a share in a round of the bargaining."""
        python(offer)(self.world, self.index, commissioner.index, self.theme_index(theme), self.round_index(bargaining_round))

    def learn(self) -> None:
        """Change trust in the commissioners."""
        python(learn)(self.world, self.index)

    def turn_over(self) -> None:
        """Perhaps lose the leader."""
        python(turn_over)(self.world, self.index)

    def review(self) -> None:
        """Serve out notice, or give it."""
        python(review)(self.world, self.index)


class Commissioner(Row, table=COMMISSIONERS):
    """A strategic commissioner; its row is ``model.world.commissioners[index]``."""

    @property
    def ties(self) -> RowViews[TieRow]:
        """Its tie with each agency, by number, name or agency: ``commissioner.ties[agency].trust``."""
        return RowViews(TIES, self.world.ties[:, self.index], self.model.template.place.agency_names, self, "agency")

    def redesign(self) -> None:
        """Bring agreed shares to life and redesign services."""
        python(redesign)(self.world, self.index)

    def negotiate(self) -> None:
        """Open as many negotiations as the arrangement allows in a quarter."""
        for _ in range(self.world.board.themes_a_quarter):
            theme = self.approach()
            if theme < 0:
                return
            self.make_deal(theme)

    def plan_year(self) -> None:
        """Agree the plans of the new financial year for its themes under a mandate."""
        for theme in range(len(self.world.themes)):
            if python(plans_now)(self.world, self.index, theme):
                python(lapse)(self.world, theme)
                python(invite)(self.world, self.index, theme)
                self.make_deal(theme)
                python(begin_year)(self.world, theme)

    def approach(self) -> int:
        """Choose a theme, whom to ask and how much; -1 if there is nothing to ask for."""
        return int(python(approach)(self.world, self.index))

    def ask(self, agency: Any, theme: int, bargaining_round: int) -> None:
        """Ask an agency for a share in a round of the bargaining."""
        python(ask)(self.world, self.index, agency.index, self.theme_index(theme), self.round_index(bargaining_round))

    def bargain(self, agency: Any, theme: int) -> None:
        """Concede in turn with an agency until request and offer cross or the rounds are over.

        Where neither side has a rule of its own, one call does all rounds.
        """
        theme = self.theme_index(theme)
        if self.world.board.bargaining == 0 or (type(self).ask is Commissioner.ask and type(agency).offer is Agency.offer):
            python(bargain)(self.world, self.index, agency.index, theme)
            return
        for bargaining_round in range(self.world.board.rounds + 1):
            self.ask(agency, theme, bargaining_round)
            agency.offer(self, theme, bargaining_round)
            if python(settle)(self.world, agency.index, theme):
                return

    def make_deal(self, theme: int) -> None:
        """Negotiate with each agency at the table, put the plan to the board and conclude."""
        theme = self.theme_index(theme)
        for agency in self.model.agencies:
            if self.world.shares[agency.index, theme].approached == 1:
                agency.appraise(self, theme)
                self.bargain(agency, theme)
        python(assemble)(self.world, self.index, theme)
        python(conclude)(self.world, self.index, theme, self.model.board.approve(self, theme))

    def take_stock(self) -> None:
        """Learn how it stands with the agencies."""
        python(take_stock)(self.world, self.index)

    def lose_leader(self) -> None:
        """Perhaps lose the leader."""
        python(lose_leader)(self.world, self.index)


class CitizenCohort(Row, table=COHORTS):
    """People of one kind in one neighbourhood; its row is ``model.world.cohorts[index]``."""

    def experience(self) -> None:
        """Take up services; outcomes move; speak."""
        python(experience)(self.world, self.index)


class Department(Row, table=DEPARTMENTS):
    """A Whitehall department; its row is ``model.world.departments[index]``."""

    def steer(self) -> None:
        """Update the stance towards ceding budgets."""
        python(steer)(self.world, self.index)

    def oversee(self) -> None:
        """Pays for support of what it encourages and for the assurance of money that its targets do not bind."""
        python(oversee)(self.world, self.index)

    def observe(self) -> None:
        """Look at what its agencies bear and get."""
        python(observe)(self.world, self.index)


class PartnershipBoard(Row, table=BOARD):
    """The partnership board of a place; its row is ``model.world.board``."""

    @property
    def row(self) -> Any:
        """The board's row."""
        return self.model.world.board

    def hold_election(self) -> None:
        """Renew the council leader's standing at the end of a cycle."""
        python(hold_election)(self.world)

    def approve(self, commissioner: Any, theme: int) -> bool:
        """Whether a plan goes ahead."""
        return bool(python(approve)(self.world, commissioner.index, self.theme_index(theme)))
