"""What arrangements say and what no publication gives may be out: applied once at the start of a run, like ``judgement.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def judge_dates(w: World) -> None:
    """Apply what may be out in the arrangements of the run, the posts in them, estimated mandates, prices and budgets."""
    for p in range(w.arrangements.shape[0]):
        judge_shares(w, p)
        judge_counts(w, p)
    stand(w)
    shift = w.parameters.arrangement_leadership
    for c in range(w.commissioners.shape[0]):
        w.commissioners[c].leadership_start = min(1.0, max(0.0, w.commissioners[c].leadership_start + shift))
    for e in range(w.events.shape[0]):
        if w.events[e].estimated == 1:
            w.events[e].value *= w.parameters.mandate_unpublished
    judge_years(w)


@rule
def judge_shares(w: World, p: int) -> None:
    """Fields of arrangement ``p`` that are shares or multiples; a share never exceeds 1, and what is 0 or 1 by nature stays so."""
    now, parameters = w.arrangements[p], w.parameters
    now.ambition = min(1.0, parameters.arrangement_ambition * now.ambition)
    now.approval_threshold = min(1.0, parameters.arrangement_approval * now.approval_threshold)
    now.benefit_cost_threshold *= parameters.arrangement_case
    now.formal_agreement = min(1.0, parameters.arrangement_formality * now.formal_agreement)
    now.political = min(1.0, parameters.arrangement_politics * now.political)
    now.officer_support = min(1.0, parameters.arrangement_support * now.officer_support)
    now.outcome_payment = min(1.0, parameters.arrangement_outcome_pay * now.outcome_payment)
    now.extra_freedom = min(1.0, parameters.arrangement_freedom * now.extra_freedom)
    now.transaction_cost = apart(now.transaction_cost, parameters.arrangement_cost)
    now.set_up = apart(now.set_up, parameters.arrangement_setup)
    now.leader_turnover = apart(now.leader_turnover, parameters.arrangement_turnover)


@rule
def apart(multiple: float, exponent: float) -> float:
    """How far a multiple is from 1, to an exponent; 0 and 1 stay what they are."""
    return multiple**exponent if exponent != 1.0 and multiple > 0.0 else multiple


@rule
def judge_counts(w: World, p: int) -> None:
    """Fields of arrangement ``p`` that are whole numbers: rounded, at least one where there was any, within what they may be."""
    now, parameters = w.arrangements[p], w.parameters
    now.rounds = about(now.rounds, parameters.arrangement_rounds, 1, 12)
    now.themes_a_quarter = about(now.themes_a_quarter, parameters.arrangement_agenda, 1, w.themes.shape[0])
    now.largest_coalition = about(now.largest_coalition, parameters.arrangement_coalition, min(2, now.largest_coalition), 50)
    now.time_limit = about(now.time_limit, parameters.arrangement_time_limit, 1, 240)


@rule
def about(count: int, factor: float, least: int, most: int) -> int:
    """A count times ``factor``, rounded, from ``least`` to ``most``; none stays none."""
    return min(most, max(least, int(factor * count + 0.5))) if count > 0 else 0


@rule
def stand(w: World) -> None:
    """The board at the start decides by the first arrangement as it is judged."""
    board, now = w.board, w.arrangements[0]
    board.ambition, board.approval_threshold, board.benefit_cost_threshold = (
        now.ambition, now.approval_threshold, now.benefit_cost_threshold)
    board.formal_agreement, board.political, board.officer_support = now.formal_agreement, now.political, now.officer_support
    board.outcome_payment, board.extra_freedom = now.outcome_payment, now.extra_freedom
    board.transaction_cost, board.set_up, board.leader_turnover = now.transaction_cost, now.set_up, now.leader_turnover
    board.rounds, board.themes_a_quarter = now.rounds, now.themes_a_quarter
    board.largest_coalition, board.time_limit = now.largest_coalition, now.time_limit


@rule
def judge_years(w: World) -> None:
    """Prices after the last year that is published, and budgets within the range of their path."""
    beyond, error = w.parameters.inflation_beyond, w.parameters.budget_error
    if beyond != 0.0:
        for q in range(w.price_level.shape[0]):
            w.price_level[q] *= (1.0 + beyond) ** w.years_unpublished[q]
    if error == 0.0:
        return
    for q in range(w.budget_path.shape[1]):
        for a in range(w.agencies.shape[0]):
            if error > 0.0:
                w.budget_path[a, q] += error * w.budget_above[a, q]
            else:
                w.budget_path[a, q] = max(0.0, w.budget_path[a, q] + error * w.budget_below[a, q])
