"""The partnership network: how likely each tie is at the start, and the network as a graph."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.period_words import InUse

if TYPE_CHECKING:
    import networkx as nx

#: Chance of a tie between core and periphery, and within the periphery (judgement, 0.5-0.9 and 0-0.3); the
#: parameter tie_sparseness is an exponent of each chance.
CORE_TO_PERIPHERY = 0.7
WITHIN_PERIPHERY = 0.1
#: Chance of a shortcut in a small world of neighbours on a ring (Newman and Watts 1999; judgement, 0.05-0.2).
SHORTCUT = 0.1


def link_chance(topology: str, kinds: NDArray[np.int64], words: InUse) -> NDArray[np.float64]:
    """Probability (A, A) that two agencies have a tie at the start, in a topology of the vocabulary.

    ``kinds`` (A,) are those of the agencies of a place, ``words`` the kinds of agencies in its period.
    """
    n = len(kinds)
    core = np.array(words.marks["core"])[kinds] == 1
    if topology == "star":
        hub = kinds == words.the["council"]
        chance = (hub[:, None] | hub[None, :]).astype(float)
    elif topology == "core_periphery":
        both, neither = core[:, None] & core[None, :], ~core[:, None] & ~core[None, :]
        chance = np.where(both, 1.0, np.where(neither, WITHIN_PERIPHERY, CORE_TO_PERIPHERY))
    elif topology == "small_world":
        steps = np.abs(np.arange(n)[:, None] - np.arange(n)[None, :])
        chance = np.where(np.minimum(steps, n - steps) <= 2, 1.0, SHORTCUT)
    else:
        chance = np.ones((n, n))
    np.fill_diagonal(chance, 0.0)
    return chance


def own_links(ties: Iterable[tuple[int, int]], n: int) -> NDArray[np.float64]:
    """The same of ``n`` agencies whose ``ties`` are given: 1 between those that have one, else 0."""
    chance = np.zeros((n, n))
    for a, b in ties:
        chance[a, b] = chance[b, a] = 1.0
    return chance


def partnership_graph(world: Any, agency_names: tuple[str, ...], commissioner_names: tuple[str, ...],
                      cohort_names: tuple[str, ...]) -> nx.Graph:
    """The partnership network as it stands: agencies, commissioners and cohorts.

    Edges carry ``trust`` (0-1) and ``money`` (£m a year): what an agency cedes to a commissioner, and an agency's planned and
    reactive spend that reaches a cohort. The trust of a cohort is one less its dissatisfaction. Ties between agencies
    carry the money both cede to the same joint commissions.
    """
    import networkx as nx

    graph = nx.Graph()
    for a, name in enumerate(agency_names):
        graph.add_node(name, kind="agency", money=float(world.agencies[a].budget))
    for c, name in enumerate(commissioner_names):
        if not (world.commissioners["in_post"][c] or world.ties["tied"][:, c].any()):
            continue  # its post is not made yet, or given up
        graph.add_node(name, kind="commissioner", money=float(world.ties["money"][:, c].sum()))
    for a, agency in enumerate(agency_names):
        for c, commissioner in enumerate(commissioner_names):
            tie = world.ties[a, c]
            if tie.tied:
                graph.add_edge(agency, commissioner, trust=float(tie.trust), money=float(tie.money))
    _add_agency_ties(graph, world, agency_names)
    _add_cohort_ties(graph, world, agency_names, cohort_names)
    return graph


def _add_agency_ties(graph: nx.Graph, world: Any, names: tuple[str, ...]) -> None:
    ceded = world.shares["ceded"] * (world.shares["frontline"] + world.shares["common"])
    posts = world.commissioners["in_post"] == 1
    trust = world.ties["trust"][:, posts].mean(axis=1) if posts.any() else np.zeros(len(names))
    for a in range(len(names)):
        for b in range(a):
            joint = float(np.minimum(ceded[a], ceded[b]).sum())
            if world.links[a, b] > 0.0 or joint > 0.0:
                graph.add_edge(names[a], names[b], trust=float(min(trust[a], trust[b])), money=joint)


def _add_cohort_ties(graph: nx.Graph, world: Any, names: tuple[str, ...], cohort_names: tuple[str, ...]) -> None:
    cohorts, spend = world.cohorts, world.shares["frontline"] + world.shares["common"] + world.shares["reactive_start"]
    weight = cohorts["persons"][:, None] * cohorts["need"]
    reach = (weight / np.maximum(weight.sum(axis=0), 1e-12)) @ spend.T
    for k, cohort in enumerate(cohort_names):
        graph.add_node(cohort, kind="cohort", money=float(reach[k].sum()))
        for a, agency in enumerate(names):
            if reach[k, a] > 0.0:
                graph.add_edge(agency, cohort, trust=float(1.0 - cohorts[k].dissatisfaction), money=float(reach[k, a]))
