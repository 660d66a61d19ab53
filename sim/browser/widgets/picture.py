"""A snapshot as the network widget takes it: structure that seldom changes, figures for every step."""

from __future__ import annotations

from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.sim.browser.charts.colours import diverging, sequential
from totalplace.sim.browser.parts.theme import palette
from totalplace.sim.results.deals import AGREED
from totalplace.sim.results.wording import amount, count, listing

if TYPE_CHECKING:
    from totalplace.sim.browser.state.snapshot import Edge, Node, Snapshot

#: Words of the legend.
WORDS: Final = {
    "money": "money ceded",
    "trust": "trust, none to full",
    "share": "share of its money ceded",
    "stance": "department presses against, encourages",
    "wellbeing": "wellbeing, low to high",
    "ask": "request",
    "agreed": "agreed",
    "refused": "refused",
    "blocked": "blocked, or no coalition",
}


@lru_cache(maxsize=1)
def colours() -> dict[str, dict[str, Any]]:
    """The colours of the widget by theme, ``light`` and ``dark``, from the palette of the app."""
    found = {}
    for name, dark in (("light", False), ("dark", True)):
        shades = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(palette(dark)).items()}
        found[name] = shades | {"stance": diverging(dark), "wellbeing": sequential(dark), "commissioner": shades["muted"]}
    return found


def structure(shot: Snapshot) -> dict[str, Any]:
    """Nodes with their names and groups, the ends of the ties by position, and the scale of sizes; ``key`` is its hash."""
    nodes = [{"id": node.id, "kind": node.kind, "label": node.label, "group": node.group} for node in shot.nodes]
    place = {node.id: i for i, node in enumerate(shot.nodes)}
    edges = [[place[edge.source], place[edge.target], edge.kind] for edge in shot.edges]
    key = sha256(repr((shot.key, nodes, edges)).encode()).hexdigest()[:16]
    return {"key": key, "place": shot.key, "nodes": nodes, "edges": edges, "scale": _scale(shot)}


def _scale(shot: Snapshot) -> dict[str, float]:
    """What the largest circles stand for; it does not change during a run."""
    people = [persons for persons, _ in _people(shot)]
    return {"money": float(shot.agencies["baseline"].max()), "persons": float(max(people, default=1.0))}


def figures(shot: Snapshot, key: str, playing: bool = False) -> dict[str, Any]:
    """Figures of a step for the structure with ``key``: of nodes (size, tone, lines to read) and of edges (money, trust).

    The size is £m a year, of a cohort its people; the tone is the stance of a department (-1 to 1), the share an agency
    cedes, the wellbeing of a cohort. ``ties`` holds lines to read for the edges that have any, by position.
    """
    return {
        "key": key,
        "step": shot.quarter,
        "playing": playing,
        "nodes": _nodes(shot),
        "edges": [[round(edge.money, 3), None if edge.trust is None else round(edge.trust, 3)] for edge in shot.edges],
        "ties": {str(i): _tie(edge) for i, edge in enumerate(shot.edges) if edge.kind in ("tie", "partner")},
        "pulses": [{"from": pulse.source, "to": pulse.target, "outcome": _outcome(pulse.outcome)} for pulse in shot.pulses],
        "summary": summary(shot),
    }


def _outcome(outcome: str) -> str:
    if outcome in AGREED:
        return "agreed"
    return "refused" if outcome == "refused" else "blocked"


def summary(shot: Snapshot) -> str:
    """The network in a sentence, for those who do not see it."""
    where = f"Partnership network of {shot.place_name}"
    if not shot.quarter:
        return f"{where} at the start: {count(len(shot.agencies), 'agency', 'agencies')}, {_commissioners(shot)}."
    outcomes = [_outcome(pulse.outcome) for pulse in shot.pulses]
    kinds = (("agreed", "agreement"), ("refused", "refusal"), ("blocked", "request blocked", "requests blocked"))
    said = [count(outcomes.count(name), *words) for name, *words in kinds if name in outcomes]
    ceded = amount(float(shot.ties["money"].sum()), "£m a year")
    return f"{where}, {shot.date_label}: {listing(said) or 'no requests'}; {ceded} ceded."


def _commissioners(shot: Snapshot) -> str:
    return count(len(shot.commissioner_names), "commissioner")


def _tie(edge: Edge) -> list[str]:
    words = "ceded" if edge.kind == "tie" else "ceded to the same joint commissions"
    trust = [] if edge.trust is None else [f"trust {amount(edge.trust, '0-1')}"]
    return [f"{amount(edge.money, '£m a year')} {words}", *trust]


def _nodes(shot: Snapshot) -> list[list[Any]]:
    """Size, tone and lines of every node."""
    people = _people(shot)
    ways = {"department": _department, "agency": _agency, "commissioner": _commissioner}
    found = []
    for node in shot.nodes:
        size, tone, lines = ways[node.kind](shot, node) if node.kind in ways else _of_cohort(node, *people[_row(node)])
        found.append([round(size, 3), round(tone, 4), *lines])
    return found


def _row(node: Node) -> int:
    return int(node.id.split(":")[1])


def _department(shot: Snapshot, node: Node) -> tuple[float, float, list[str]]:
    stance = float(shot.departments[_row(node)]["encouragement"])
    return node.money, stance, [f"budgets of its agencies {amount(node.money, '£m a year')}",
                                f"encouragement {amount(stance, '-1 to 1', signed=True)}"]


def _agency(shot: Snapshot, node: Node) -> tuple[float, float, list[str]]:
    row = _row(node)
    agency, tied = shot.agencies[row], shot.ties[row]["tied"] != 0
    planned = float(agency["scale"] * (agency["frontline_start"] + agency["common_start"]) + shot.shares[row]["benefits"].sum())
    share = float(agency["ceded"]) / planned if planned > 0.0 else 0.0
    lines = [f"budget {amount(node.money, '£m a year')}",
             f"cedes {amount(float(agency['ceded']), '£m a year')}, {amount(share, 'share')} of its planned and common spend"]
    if tied.any():
        lines.append(f"mean trust {amount(float(shot.ties[row]['trust'][tied].mean()), '0-1')}")
    return node.money, share, [*lines, f"fiscal stress {amount(float(agency['stress']), '0-1')}", f"answers to {node.group}"]


def _commissioner(shot: Snapshot, node: Node) -> tuple[float, float, list[str]]:
    ties = shot.ties[:, _row(node)]
    return node.money, 0.0, [f"pooled {amount(node.money, '£m a year')}",
                             f"{int((ties['tied'] != 0).sum())} ties, {int((ties['money'] > 0.0).sum())} that cede",
                             f"leadership {amount(float(shot.commissioners[_row(node)]['leadership']), '0-1')}",
                             f"hosted by {node.group}"]


def _people(shot: Snapshot) -> list[tuple[float, float]]:
    """People and wellbeing of the cohort nodes by their number: of each cohort, or of all of a kind where nodes stand for kinds."""
    persons, wellbeing = shot.cohorts["persons"], shot.cohorts["wellbeing"]
    if any(node.kind == "cohort" and node.group for node in shot.nodes):
        return list(zip(persons.tolist(), wellbeing.tolist(), strict=True))
    kind = shot.cohorts["kind"]
    total, sums = np.bincount(kind, weights=persons), np.bincount(kind, weights=persons * wellbeing)
    means = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0.0)
    return list(zip(total.tolist(), means.tolist(), strict=True))


def _of_cohort(node: Node, persons: float, wellbeing: float) -> tuple[float, float, list[str]]:
    return persons, wellbeing, [f"{amount(persons, 'count')} people", f"wellbeing {amount(wellbeing, '0-1')}",
                                f"public money that reaches them {amount(node.money, '£m a year')}"]


__all__ = ["WORDS", "colours", "figures", "structure", "summary"]
