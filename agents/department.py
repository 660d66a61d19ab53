"""Whitehall departments: what they allow, encourage and take back, and what they make of what they see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.columns import number, table
from totalplace.agents.compiled import rule
from totalplace.agents.promises import fallen_due

if TYPE_CHECKING:
    from totalplace.agents.world import World

DEPARTMENTS: Final = table(
    "departments",
    "a Whitehall department",
    number("encouragement", "-1 to 1", "what it signals to its agencies now"),
    number("cut", "share", "cut of its agencies' budgets against the base year, by money"),
    number("due", "£m a year", "savings claimed for its agencies' pools that have fallen due"),
    number("delivered", "£m a year", "savings its agencies had"),
    number("standing", "0-1", "how far agencies heed it when it presses; 1 until it pressed and nothing came of it"),
    number("support", "£m a year", "what it pays for staff and support where it encourages"),
    number("assurance", "£m a year", "what it pays to see to pooled money that its targets do not bind"),
)


@rule
def steer(w: World, d: int) -> None:
    """Department ``d`` updates its encouragement from its lever, the cuts it must make and the savings it sees.

    It moves ``stance_speed`` of the way to ``lever + department_stance + attention (cut + delivered / due - expected_delivery)``;
    the last two terms count only once a promise has fallen due. A place that was admitted in a wave
    is encouraged more. A department that pays no attention stays at its lever.
    """
    department = w.departments[d]
    attention = w.parameters.attention
    target = w.levers.encouragement[d] + w.parameters.department_stance + attention * department.cut
    if w.clock.admitted == 1:
        target += w.levers.wave_stance[d]
    if department.due > 0.0:
        target += attention * (min(1.0, department.delivered / department.due) - w.parameters.expected_delivery)
    target = min(1.0, max(-1.0, target))
    department.encouragement += w.parameters.stance_speed * (target - department.encouragement)


@rule
def observe(w: World, d: int) -> None:
    """What department ``d`` sees of its agencies: the cut they bear, savings delivered, and those due by the political claim."""
    department = w.departments[d]
    base, now, due, delivered = 0.0, 0.0, 0.0, 0.0
    for a in range(w.agencies.shape[0]):
        agency = w.agencies[a]
        if agency.department != d:
            continue
        base += agency.baseline
        now += agency.budget
        for j in range(w.themes.shape[0]):
            share = w.shares[a, j]
            if share.ceded > 0.0:
                due += w.parameters.political_claim * fallen_due(w, share)
                delivered += share.delivered
    department.cut = max(0.0, 1.0 - now / base) if base > 0.0 else 0.0
    department.due = due
    department.delivered = delivered
    keep_standing(w, d)


@rule
def keep_standing(w: World, d: int) -> None:
    """Department ``d`` loses standing where it presses and little is delivered; it mends as reputation does, by contact.

    In a year ``pressed_reputation`` of it goes at full pressure where nothing comes; nothing where at least what Whitehall expects
    (``expected_delivery``) of the claims that have fallen due is delivered.
    """
    department, parameters = w.departments[d], w.parameters
    expected = w.parameters.expected_delivery * department.due
    short = 1.0 - min(1.0, department.delivered / expected) if expected > 0.0 else 0.0
    lost = 0.25 * parameters.pressed_reputation * max(0.0, department.encouragement) * short
    department.standing += parameters.trust_contact * (1.0 - department.standing) - lost * department.standing
