"""The partnership network of a snapshot as nodes, ties and the requests of the quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.agents.appraisal import REASONS
from totalplace.agents.bargaining import DEAL_OUTCOMES
from totalplace.scenarios.period_words import called
from totalplace.scenarios.vocabulary import COHORT_KINDS, DEPARTMENTS, THEMES, label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.browser.state.snapshot import Snapshot

#: The rows of the network, from the top.
LAYERS: Final = ("department", "agency", "commissioner", "cohort")
#: More cohorts than this are drawn as one node for each kind.
MOST_COHORT_NODES: Final = 60


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the network. ``kind`` is one of LAYERS, ``layer`` its place there, ``money`` £m a year.

    ``group`` is the department of an agency, the host of a commissioner, the neighbourhood of a cohort.
    """

    id: str
    kind: str
    label: str
    layer: int
    money: float
    group: str


@dataclass(frozen=True, slots=True)
class Edge:
    """A tie. ``kind``: answers (department, agency), tie (agency, commissioner), partner (two agencies), serves (agency, cohort).

    ``money``: budget of the agency; ceded through the tie; ceded to the same joint commissions; spend that reaches the cohort.
    ``trust``: of the agency in the commissioner; the lower mean trust of two agencies; one less dissatisfaction of the cohort;
    None where a tie has none.
    """

    source: str
    target: str
    kind: str
    trust: float | None
    money: float


@dataclass(frozen=True, slots=True)
class Pulse:
    """A request of the quarter that has just passed, from a commissioner (``source``) to an agency (``target``).

    ``outcome`` is one of ``totalplace.agents.bargaining.DEAL_OUTCOMES``; shares 0-1; ``reason`` names the part of the
    appraisal that decided a refusal, empty otherwise.
    """

    source: str
    target: str
    theme: str
    asked: float
    offered: float
    agreed: float
    outcome: str
    reason: str


def nodes(shot: Snapshot) -> tuple[Node, ...]:
    """Departments, agencies, commissioners and cohorts, in this order."""
    agencies, reach = shot.agencies, _reach(shot)
    budgets = np.bincount(agencies["department"], weights=agencies["budget"], minlength=len(DEPARTMENTS))
    used = set(agencies["department"].tolist())
    found = [_node("department", d, row.called(shot.words), budgets[d], "")
             for d, row in enumerate(DEPARTMENTS.rows.values()) if d in used]
    for a, words in enumerate(shot.agency_labels):
        sponsor = called(DEPARTMENTS[agencies["department"][a]], shot.words, DEPARTMENTS)
        found.append(_node("agency", a, words, agencies["budget"][a], sponsor))
    for c, name in enumerate(shot.commissioner_names):
        row = shot.commissioners[c]
        host = "the place board" if row["on_board"] else shot.agency_labels[row["host"]]
        found.append(_node("commissioner", c, name, shot.ties["money"][:, c].sum(), host))
    if _by_kind(shot):
        money = _kind_sums(shot, reach.sum(axis=1))
        found += [_node("cohort", i, label(name), money[i], "") for i, name in enumerate(COHORT_KINDS)]
    else:
        for k, row in enumerate(shot.cohorts):
            found.append(_node("cohort", k, label(COHORT_KINDS[row["kind"]]), reach[k].sum(),
                               shot.neighbourhood_names[row["neighbourhood"]]))
    return tuple(found)


def _node(kind: str, index: int, words: str, money: Any, group: str) -> Node:
    return Node(f"{kind}:{index}", kind, words, LAYERS.index(kind), float(money), group)


def _by_kind(shot: Snapshot) -> bool:
    return len(shot.cohorts) > MOST_COHORT_NODES


def _reach(shot: Snapshot) -> NDArray[np.float64]:
    """£m a year (K, A) of each agency's spend that reaches each cohort, by need."""
    shares = shot.shares
    spend = shares["frontline"] + shares["common"] + shares["reactive_start"]
    weight = shot.cohorts["persons"][:, None] * shot.cohorts["need"]
    reach: NDArray[np.float64] = (weight / np.maximum(weight.sum(axis=0), 1e-12)) @ spend.T
    return reach


def _kind_sums(shot: Snapshot, values: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.zeros((len(COHORT_KINDS), *values.shape[1:]))
    np.add.at(sums, shot.cohorts["kind"], values)
    return sums


def edges(shot: Snapshot) -> tuple[Edge, ...]:
    """Ties between the layers, and between agencies; see :class:`totalplace.sim.browser.state.snapshot.Edge`."""
    return (*_answers(shot), *_ties(shot), *_partners(shot), *_serves(shot))


def _answers(shot: Snapshot) -> list[Edge]:
    pairs = zip(shot.agencies["department"].tolist(), shot.agencies["budget"].tolist(), strict=True)
    return [Edge(f"department:{d}", f"agency:{a}", "answers", None, budget) for a, (d, budget) in enumerate(pairs)]


def _ties(shot: Snapshot) -> list[Edge]:
    trust, money = shot.ties["trust"].tolist(), shot.ties["money"].tolist()
    return [Edge(f"agency:{a}", f"commissioner:{c}", "tie", trust[a][c], money[a][c])
            for a, c in np.argwhere(shot.ties["tied"] != 0).tolist()]


def _partners(shot: Snapshot) -> list[Edge]:
    ceded = shot.shares["ceded"] * (shot.shares["frontline"] + shot.shares["common"])
    joint = np.minimum(ceded[:, None, :], ceded[None, :, :]).sum(axis=2)
    agencies = len(ceded)
    trust = shot.ties["trust"].mean(axis=1) if shot.ties.shape[1] else np.zeros(agencies)
    joined = np.tril((shot.links > 0.0) | (joint > 0.0), -1)
    return [Edge(f"agency:{a}", f"agency:{b}", "partner", float(min(trust[a], trust[b])), float(joint[a, b]))
            for a, b in np.argwhere(joined).tolist()]


def _serves(shot: Snapshot) -> list[Edge]:
    reach, calm = _reach(shot), 1.0 - shot.cohorts["dissatisfaction"]
    if _by_kind(shot):
        persons = np.maximum(_kind_sums(shot, shot.cohorts["persons"]), 1e-12)
        calm = _kind_sums(shot, shot.cohorts["persons"] * calm) / persons
        reach = _kind_sums(shot, reach)
    money, trust = reach.tolist(), calm.tolist()
    return [Edge(f"agency:{a}", f"cohort:{k}", "serves", trust[k], money[k][a]) for k, a in np.argwhere(reach > 0.0).tolist()]


def pulses(shot: Snapshot) -> tuple[Pulse, ...]:
    """The requests of the last quarter that passed."""
    rows = shot.deals[shot.deals["quarter"] == shot.quarter - 1]
    return tuple(
        Pulse(f"commissioner:{row['commissioner']}", f"agency:{row['agency']}", THEMES[row["theme"]], float(row["asked"]),
              float(row["offered"]), float(row["agreed"]), DEAL_OUTCOMES[row["outcome"]],
              REASONS[row["reason"]] if row["reason"] >= 0 else "")
        for row in rows
    )
