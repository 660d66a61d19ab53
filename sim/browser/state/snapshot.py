"""A picture of a model between two quarters: immutable, so that a page can read it while the model steps on.

Shapes: A agencies, C commissioners, K cohorts, H neighbourhoods, Q quarters of the run, q quarters that have passed, T themes,
O outcome domains. Money is £m a year at constant prices, unless said otherwise; shares, trust and outcomes are 0-1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.scenarios.calendar import quarter_dates
from totalplace.scenarios.events import told as event_words
from totalplace.scenarios.places.quality import marked, of_money
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, DEPARTMENTS, label, period_of
from totalplace.sim.browser.state.flows import Flow, flows_between
from totalplace.sim.browser.state.graph import Edge, Node, Pulse, edges, nodes, pulses
from totalplace.sim.model.metrics import METRICS, flat, told
from totalplace.sim.results.deals import agency_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.engine.place_model import PlaceModel

@dataclass(frozen=True, slots=True)
class PolicyEvent:
    """A dated change of a lever; ``live`` if somebody made it while the model ran."""

    quarter: int
    text: str
    live: bool


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything a page shows of a model, as it stood when the quarter ``quarter`` (0: the start) had passed.

    ``words`` is the period whose words a reader sees, ``quality`` (A,) how good the money of each agency is. Arrays are read-only
    copies. ``history`` (q,) and ``baseline`` (Q,) or None hold one row of metrics a quarter, with a field for each name in
    ``totalplace.sim.model.metrics.METRICS``; ``baseline`` is the same scenario and seed without the live changes, over the whole
    run. ``deals`` is the record of negotiations so far (fields of ``totalplace.agents.bargaining.DEALS``), ``gains`` (A, A) £m so
    far: the row pays, the column gains.
    """

    key: str
    scenario_name: str
    scenario_title: str
    place_name: str
    words: str
    quality: tuple[str, ...]
    seed: int
    quarter: int
    quarters: int
    dates: tuple[str, ...]
    agency_names: tuple[str, ...]
    commissioner_names: tuple[str, ...]
    cohort_names: tuple[str, ...]
    neighbourhood_names: tuple[str, ...]
    history: NDArray[Any]
    baseline: NDArray[Any] | None
    levers: dict[str, tuple[float, ...]]
    events: tuple[PolicyEvent, ...]
    deals: NDArray[Any]
    gains: NDArray[np.float64]
    departments: NDArray[Any]
    agencies: NDArray[Any]
    commissioners: NDArray[Any]
    cohorts: NDArray[Any]
    neighbourhoods: NDArray[Any]
    shares: NDArray[Any]
    themes: NDArray[Any]
    ties: NDArray[Any]
    links: NDArray[np.float64]
    flows: tuple[Flow, ...]
    flows_total: NDArray[np.float64]

    @property
    def date(self) -> str:
        """First month of the last quarter that passed, ``2010-10``; of the first quarter before the first step."""
        return self.dates[max(0, self.quarter - 1)]

    @property
    def date_label(self) -> str:
        """The quarter in words: ``October to December 2010``."""
        return quarter_words(self.date)

    @property
    def finished(self) -> bool:
        """Whether the run is at its end."""
        return self.quarter >= self.quarters

    @property
    def metrics(self) -> Any | None:
        """The metrics of the last quarter that passed: a row with a field for each name; None before the first step."""
        return self.history[-1] if self.quarter else None

    @property
    def baseline_metrics(self) -> Any | None:
        """The metrics of the baseline in that same quarter, None where there is none."""
        return self.baseline[self.quarter - 1] if self.quarter and self.baseline is not None else None

    def series(self, metric: str) -> NDArray[np.float64]:
        """The values (q,) of a metric so far."""
        return np.asarray(self.history[metric], dtype=np.float64)

    def baseline_series(self, metric: str) -> NDArray[np.float64] | None:
        """The values (Q,) of a metric in the baseline, over the whole run; None without a baseline."""
        return None if self.baseline is None else np.asarray(self.baseline[metric], dtype=np.float64)

    @property
    def outcomes(self) -> NDArray[np.float64]:
        """Outcomes (K, O) of each cohort now."""
        return np.asarray(self.cohorts["outcome"])

    @property
    def outcomes_start(self) -> NDArray[np.float64]:
        """Outcomes (K, O) of each cohort in the base year."""
        return np.asarray(self.cohorts["baseline"])

    @property
    def agency_labels(self) -> tuple[str, ...]:
        """Agencies as a reader sees them."""
        return tuple(agency_label(name, self.words) for name in self.agency_names)

    @cached_property
    def departments_drawn(self) -> frozenset[str]:
        """The departments that have agencies in this place; the others move nothing here."""
        return frozenset(DEPARTMENTS[d] for d in self.agencies["department"].tolist())

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes of the network, from the top layer down."""
        return nodes(self)

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """The ties of the network."""
        return edges(self)

    @cached_property
    def pulses(self) -> tuple[Pulse, ...]:
        """The requests of the quarter that has just passed, in the order in which they were made."""
        return pulses(self)

    def lever(self, name: str, index: int = 0) -> float:
        """The value of a lever as it stands; ``index`` of the department or theme."""
        return self.levers[name][index]


_MONTHS: Final = ("January to March", "April to June", "July to September", "October to December")


def quarter_words(date: str) -> str:
    """``October to December 2010`` of ``2010-10``."""
    year, month = date.split("-")
    return f"{_MONTHS[(int(month) - 1) // 3]} {year}"


def _kept(rows: Any) -> NDArray[Any]:
    """A read-only plain copy of a table."""
    rows = np.array(rows.view(np.ndarray) if isinstance(rows, np.recarray) else rows)
    if rows.dtype.fields:
        rows = rows.view(np.dtype([(name, rows.dtype[name]) for name in rows.dtype.names or ()]))
    rows.flags.writeable = False
    return rows


def take(model: PlaceModel, *, baseline: NDArray[Any] | None = None, live: tuple[PolicyEvent, ...] = (),
         before: Snapshot | None = None) -> Snapshot:
    """A snapshot of ``model`` between two steps.

    ``baseline`` (Q,) holds the metrics of the run to compare with; ``live`` the policy events added while the model ran;
    ``before`` is an earlier snapshot of the same model, so that money flows are those since then, not since the start.
    """
    world, scenario, place = model.world, model.place_scenario, model.template.place
    words, known = period_of(place.year), of_money(place.code, place.year)
    planned = tuple(PolicyEvent(change.quarter, change.text, False) for change in scenario.changes)
    planned += tuple(PolicyEvent(one.quarter, event_words(one.text, one.lever, one.index, words), False) for one in scenario.events)
    total = _kept(world.flows)
    return Snapshot(
        key=f"{scenario.sha256[:16]}-{model.place_seed}",
        scenario_name=scenario.name,
        scenario_title=scenario.title or scenario.name,
        place_name=marked(place.code, place.year),
        words=words,
        quality=tuple(known[AGENCY_KINDS[kind]].words for kind in place.agency_kind.tolist()),
        seed=model.place_seed,
        quarter=model.quarter,
        quarters=scenario.quarters,
        dates=tuple(quarter_dates(scenario.start, scenario.quarters)),
        agency_names=tuple(place.agency_names),
        commissioner_names=model.template.commissioner_names,
        cohort_names=model.template.cohort_names,
        neighbourhood_names=tuple(place.neighbourhood_name),
        history=_kept(told(flat(world.measures[: model.quarter]), scenario)),
        baseline=None if baseline is None else _kept(told(baseline, scenario)),
        levers=_levers(model),
        events=tuple(dict.fromkeys(sorted((*planned, *live), key=lambda event: event.quarter))),
        deals=_kept(world.deals[: int(world.clock.deals)]),
        gains=_kept(world.gains),
        departments=_kept(world.departments),
        agencies=_kept(world.agencies),
        commissioners=_kept(world.commissioners),
        cohorts=_kept(world.cohorts),
        neighbourhoods=_kept(world.neighbourhoods),
        shares=_kept(world.shares),
        themes=_kept(world.themes),
        ties=_kept(world.ties),
        links=_kept(world.links),
        flows=flows_between(total, before.flows_total if before else None, place.agency_names, words,
                            model.quarter - (before.quarter if before else 0)),
        flows_total=total,
    )


def _levers(model: PlaceModel) -> dict[str, tuple[float, ...]]:
    from totalplace.scenarios.registry import LEVERS

    return {name: tuple(np.atleast_1d(model.world.levers[name]).tolist()) for name in LEVERS}


__all__ = ["COHORT_KINDS", "DEPARTMENTS", "METRICS", "Edge", "Flow", "Node", "PolicyEvent", "Pulse",
           "Snapshot", "label", "quarter_words", "take"]
