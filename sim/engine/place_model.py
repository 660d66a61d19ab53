"""The Mesa face: the agents of a place, activated phase by phase in the same order as the compiled quarter."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from inspect import get_annotations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import mesa
import networkx as nx
import numpy as np
from mesa.agent import AgentSet

from totalplace.agents.compiled import python
from totalplace.agents.mesa_agents import Agency, CitizenCohort, Commissioner, Department, PartnershipBoard, made
from totalplace.scenarios import load, scenario_of
from totalplace.scenarios.errors import InputError, UnknownAttribute, UnknownName
from totalplace.scenarios.notices import say_once
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import DEPARTMENTS
from totalplace.sim.engine.play import run_of
from totalplace.sim.engine.seeds import checked_seed
from totalplace.sim.model.ledger import check_books
from totalplace.sim.model.memory import copy_world
from totalplace.sim.model.metrics import METRICS, flat, without_value
from totalplace.sim.model.network import partnership_graph
from totalplace.sim.model.schedule import BOARD, IN_TURN, PHASES, PLACE, SCHEDULE, Move
from totalplace.sim.model.start import begin
from totalplace.sim.model.start_account import measure_start
from totalplace.sim.model.world import build
from totalplace.sim.results.run import Run

#: Kinds of agent by the table that holds their rows.
KINDS: Final[dict[str, type]] = {
    "departments": Department,
    "agencies": Agency,
    "commissioners": Commissioner,
    "cohorts": CitizenCohort,
    "board": PartnershipBoard,
}


class PlaceModel(mesa.Model):
    """A place as a Mesa model; equal to the compiled run of the same scenario and seed, to the bit.

    ``scenario`` is a :class:`~totalplace.scenarios.scenario.Scenario` or the name of one, with ``place`` and ``settings`` (a text
    of ``key=value`` pairs parted by blanks) on top, so that the model can be built by ``mesa.batch_run``. ``rng`` is the seed,
    a whole number. ``agent_classes`` puts subclasses in place of kinds of agent: keys are departments, agencies,
    commissioners, cohorts, board. Raises InputError for what cannot be used.
    """

    def __init__(self, scenario: Scenario | str | Path = "joint-commissioning", place: str | None = None, settings: str = "",
                 agent_classes: Mapping[str, type] | None = None, rng: int | None = 1) -> None:
        self.place_seed = checked_seed(_any_seed() if rng is None else rng)
        super().__init__(rng=self.place_seed)
        if isinstance(scenario, str | Path):
            scenario = load(scenario, place=place, set=settings.split())
        else:
            scenario = scenario_of(scenario)
            if place is not None or settings:
                given = [f"place={place}"] if place is not None else []
                scenario = scenario.with_settings([*given, *settings.split()])
        self.place_scenario = scenario
        self.template = build(scenario)
        self.world = self.template.fresh()
        self.world.clock.seed = self.place_seed
        python(begin)(self.world)
        self._make_agents(_classes(agent_classes or {}))
        self.datacollector = mesa.DataCollector(
            model_reporters={name: partial(_metric_now, name=name) for name in METRICS},
            tables={"deals": list(self.world.deals.dtype.names or ())},
        )
        self._deals_collected = 0
        self.running = True
        self._made = type(self) is PlaceModel  # the __init__ of another class still goes on

    if not TYPE_CHECKING:  # a type checker knows the attributes

        def __setattr__(self, name: str, value: Any) -> None:
            if self.__dict__.get("_made") and not (name.startswith("_") or hasattr(self, name)):
                declared = [one for base in type(self).__mro__ for one in get_annotations(base)]
                if name not in declared:
                    names = [one for one in dict.fromkeys([*self.__dict__, *declared, *dir(type(self))]) if not one.startswith("_")]
                    where = f"of {type(self).__name__}; one of your own is declared in a class made from it"
                    raise UnknownAttribute("attribute", name, names, where=where)
            super().__setattr__(name, value)

    def _make_agents(self, kinds: Mapping[str, type]) -> None:
        place = self.template.place
        self.departments = _make(self, kinds["departments"], DEPARTMENTS)
        self.agencies = _make(self, kinds["agencies"], place.agency_names)
        self.commissioners = _make(self, kinds["commissioners"], self.template.commissioner_names)
        self.cohorts = _make(self, kinds["cohorts"], self.template.cohort_names)
        self.board: PartnershipBoard = made(kinds["board"](self, 0, "partnership board"))

    @property
    def quarter(self) -> int:
        """Quarters that have passed."""
        return int(self.world.clock.quarter)

    def step(self) -> None:
        """One quarter: centre, finance, service, redesign, negotiation, learning, account.

        After the last quarter of the scenario nothing happens any more, which is said once, and ``running`` is False. Raises
        LedgerError, with the accounts and the amounts, if the quarter does not close to the penny.
        """
        self._made = True
        if self.quarter >= self.place_scenario.quarters:
            self.running = False
            say_once(f"The run has ended after {self.quarter} quarters: further steps change nothing. A longer scenario: "
                     f"load(..., quarters={self.quarter + 4}).")
            return
        for phase in PHASES:
            getattr(self, phase)()

    def _play(self, phase: str) -> Any:
        """Activate those who act in a phase, in the order of the schedule; what the last rule for the place gives comes back."""
        given = None
        for move in SCHEDULE:
            if move.phase != phase:
                continue
            if move.who == BOARD:
                _act(self.board, move)
            elif move.who == IN_TURN:
                for commissioner in sorted(self.commissioners, key=lambda one: float(one.turn)):
                    _act(commissioner, move)
            elif move.who in KINDS:
                getattr(self, move.who).do(_act, move)
            elif move.who == PLACE:
                given = python(move.rule)(self.world)
            else:
                for row in range(len(getattr(self.world, move.who))):
                    python(move.rule)(self.world, row)
        return given

    def opening(self) -> None:
        """The books are opened; dated policy events take effect."""
        self._play("opening")

    def centre(self) -> None:
        """Departments update their stance; councils are elected; agencies take in what statute demands."""
        self._play("centre")

    def finance(self) -> None:
        """Savings come back, budgets arrive, reactive demand is met first."""
        self._play("finance")

    def service(self) -> None:
        """Money reaches cohorts; outcomes and community capacity move; cohorts speak and are heard."""
        self._play("service")

    def redesign(self) -> None:
        """Agreed shares become live; services are redesigned, in random order, since commissioners share the money for change."""
        self._play("redesign")

    def negotiation(self) -> None:
        """Commissioners negotiate, in random order."""
        self._play("negotiation")

    def learning(self) -> None:
        """Trust moves, leaders turn over, partners give notice and leave, departments look on."""
        self._play("learning")

    def account(self) -> None:
        """The ledger closes to the penny; metrics and negotiations are collected."""
        closed = self.quarter
        if self._play("account") != 0.0:
            check_books(self.world, self.template.place.agency_names, closed)
        self.datacollector.collect(self)
        rows = self.world.deals[self._deals_collected : int(self.world.clock.deals)]
        for row in rows:
            self.datacollector.add_table_row("deals", dict(zip(rows.dtype.names, row.tolist(), strict=True)))
        self._deals_collected = int(self.world.clock.deals)
        self.running = self.quarter < self.place_scenario.quarters

    def graph(self) -> nx.Graph:
        """The partnership network as it stands; edges carry trust (0-1) and money (£m a year)."""
        return partnership_graph(
            self.world, self.template.place.agency_names, self.template.commissioner_names, self.template.cohort_names
        )

    def result(self) -> Run:
        """What the run has to report so far, in the form that :func:`totalplace.run` gives."""
        run = run_of(self.template, self.world, self.place_seed)
        return _shortened(run, self.quarter)


def _shortened(run: Run, quarters: int) -> Run:
    from dataclasses import replace

    return run if quarters == len(run.metrics) else replace(run, metrics=run.metrics[:quarters])


def _any_seed() -> int:
    """A seed nobody chose, for a model whose ``rng`` is None."""
    return int(np.random.SeedSequence().generate_state(1)[0])


def _classes(given: Mapping[str, type]) -> dict[str, type]:
    for name, kind in given.items():
        if name not in KINDS:
            raise UnknownName("kind of agent", name, list(KINDS))
        if not (isinstance(kind, type) and issubclass(kind, KINDS[name])):
            named = getattr(kind, "__name__", kind)
            raise InputError(f"{named} cannot act as {name}", allowed=f"a subclass of {KINDS[name].__name__}")
    return {**KINDS, **given}


def _make(model: PlaceModel, kind: type, names: tuple[str, ...]) -> AgentSet[Any]:
    return AgentSet([made(kind(model, index, name)) for index, name in enumerate(names)], random=model.random)


def _act(agent: Any, move: Move) -> None:
    """An agent does its part of a quarter: by its method of that name, which a subclass may change, else by the rule itself."""
    if callable(getattr(type(agent), move.name, None)):
        getattr(agent, move.name)()
    elif move.who == BOARD:
        python(move.rule)(agent.world)
    else:
        python(move.rule)(agent.world, agent.index)


def _metric_now(model: PlaceModel, name: str) -> float:
    """A metric of the last quarter, or of the start while no quarter has been played; NaN for one that says nothing here."""
    if without_value(name, model.place_scenario):
        return math.nan
    world = model.world
    if model.quarter == 0:
        world = copy_world(world)
        python(measure_start)(world)
    return float(flat(world.measures)[name][max(0, model.quarter - 1)])
