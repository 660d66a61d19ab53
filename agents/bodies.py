"""What a body has for the place: officers for joint work, and governors that it may share with others.

A body larger than the place, such as an integrated care board or a police force, has one leadership for all its places. How
bodies change is in ``reorganisation.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents import draws
from totalplace.agents.compiled import rule
from totalplace.agents.joint_pot import hosts, yearly

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def capacity(w: World, a: int) -> float:
    """Officers for joint work that agency ``a`` has for the place, against those of a body of its own in the base year (0-1).

    ``officers (s / merged)^body_attention``: ``s`` is the part of its body that the place is, 1 for a body of the place alone.
    """
    agency = w.agencies[a]
    part = agency.part_of_body / agency.merged
    return agency.officers * (part**w.parameters.body_attention if part < 1.0 else 1.0)


@rule
def at_the_table(w: World, a: int, j: int) -> bool:
    """Whether agency ``a`` has officers to spare for a negotiation about theme ``j`` in this quarter, and may conclude one.

    A body that was made anew makes no new deals for a time. What statute has planned each year everybody is there for.
    """
    agency = w.agencies[a]
    if (agency.closed == 0 and agency.capacity >= 1.0) or yearly(w, j):
        return True
    if agency.closed > 0:
        return False
    return draws.uniform(w.clock.seed, draws.ATTENDANCE, w.clock.quarter, agency.key, j) < agency.capacity


@rule
def may_open(w: World, c: int) -> bool:
    """Whether commissioner ``c`` can open negotiations in this quarter: the agency that it sits in may commit, and has officers.

    A council in distress commits to nothing new, nor does a body that was made anew for a time.
    """
    host = w.commissioners[c].host
    if not hosts(w, host, c):
        return True
    agency = w.agencies[host]
    if agency.closed > 0 or (agency.council == 1 and w.levers.distress >= 0.5):
        return False
    if agency.capacity >= 1.0:
        return True
    key = w.themes.shape[0] + w.commissioners[c].key
    return draws.uniform(w.clock.seed, draws.ATTENDANCE, w.clock.quarter, agency.key, key) < agency.capacity


@rule
def capacity_of_commissioner(w: World, c: int) -> float:
    """Officers of the agency that commissioner ``c`` sits in; one that the board hosts has all that it had."""
    host = w.commissioners[c].host
    return w.agencies[host].capacity if hosts(w, host, c) else 1.0


@rule
def shared_with_host(w: World, a: int, c: int) -> float:
    """How far (0-1) commissioner ``c`` sits in the agency whose leaders govern agency ``a``: the council."""
    host = w.commissioners[c].host
    return w.agencies[a].governed if w.agencies[host].council == 1 and hosts(w, host, c) else 0.0
