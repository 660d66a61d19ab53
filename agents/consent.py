"""Consent of a department: what a body that is run nationally may cede, and whether it may take a side payment for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents import draws
from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def consent_chance(w: World, a: int) -> float:
    """Chance that the department of agency ``a`` consents in a year to what its agency wants to cede.

    1 for a body that is not run nationally and for a Jobcentre Plus that may decide locally. Else ``department_consent``, of which
    a discouraging stance takes its part away and to which an encouraging one adds its part of what is missing; freedom (of the
    lever and of the arrangement) closes the gap to 1.
    """
    agency = w.agencies[a]
    if agency.national == 0 or (agency.employment_service == 1 and w.levers.jobcentre_may_decide > 0.5):
        return 1.0
    bound = (1.0 - w.levers.freedom[agency.department]) * (1.0 - w.board.extra_freedom)
    stance, willing = w.departments[agency.department].encouragement, w.parameters.department_consent
    willing += stance * (1.0 - willing) if stance > 0.0 else stance * willing
    return 1.0 - bound * (1.0 - willing)


@rule
def consents(w: World, a: int, j: int, to: float) -> bool:
    """Whether the department lets agency ``a`` cede theme ``j``; ``to`` (0-1) is how easily it agrees to such a thing.

    A department answers once a year: the same question in the same year has the same answer, and who may take a side payment may
    cede.
    """
    chance = consent_chance(w, a) * to
    if chance >= 1.0:
        return True
    year = w.clock.quarter // 4
    return draws.uniform(w.clock.seed, draws.CONSENT, year, w.agencies[a].key, j) < chance


@rule
def may_cede(w: World, a: int, j: int) -> bool:
    """Whether agency ``a`` may cede theme ``j`` for its own reasons."""
    return consents(w, a, j, 1.0)


@rule
def may_be_paid(w: World, a: int, j: int) -> bool:
    """Whether agency ``a`` may take a local side payment for theme ``j``: money that its department did not vote."""
    if consent_chance(w, a) >= 1.0:
        return True
    return consents(w, a, j, w.parameters.side_payment_consent)
