"""Money is a ledger: every pound is a posting from one account to another.

A posting debits one account and credits another by the same amount, so the postings of a quarter always add up. The close
asks more: an account that only passes money on must hold what the rules say it holds, to the penny.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from totalplace.agents.columns import number, table, whole
from totalplace.agents.compiled import rule
from totalplace.scenarios.vocabulary import COHORT_KINDS, DEPARTMENTS, THEMES

if TYPE_CHECKING:
    from totalplace.agents.world import World

#: Technical: half a penny in £m, the most by which an account may be out.
HALF_PENNY: Final = 0.5e-8

ACCOUNTS: Final = table(
    "accounts",
    "an account of the ledger",
    number("opening", "£m", "what the account held when the quarter opened"),
    number("credit", "£m", "postings into the account in this quarter"),
    number("debit", "£m", "postings out of the account in this quarter"),
    number("held", "£m", "what the rules say the account holds"),
    whole("passing", "1 if the account may hold only what the rules say; 0 for the outer world", "0 or 1"),
)

# Technical: the order of the accounts. Agencies come last, since their number differs between places.
DEPARTMENT_ACCOUNT: Final = 0
LOCAL_TAXATION: Final = len(DEPARTMENTS)
BUYERS: Final = LOCAL_TAXATION + 1
COHORT_ACCOUNT: Final = BUYERS + 1
CHANGE_SUPPLIERS: Final = COHORT_ACCOUNT + len(COHORT_KINDS)
PUBLIC_DEBT: Final = CHANGE_SUPPLIERS + 1
CAPITAL_POT: Final = PUBLIC_DEBT + 1
POT_ACCOUNT: Final = CAPITAL_POT + 1
THEME_ACCOUNT: Final = POT_ACCOUNT + len(THEMES)
SAVINGS_ACCOUNT: Final = THEME_ACCOUNT + len(THEMES)
REACTIVE_ACCOUNT: Final = SAVINGS_ACCOUNT + len(THEMES)
AGENCY_ACCOUNT: Final = REACTIVE_ACCOUNT + 1


def account_names(agencies: tuple[str, ...]) -> tuple[str, ...]:
    """The names of all accounts of a place, in the order of the ledger."""
    return (
        *(f"department: {name}" for name in DEPARTMENTS),
        "local taxation",
        "buyers of property",
        *(f"cohorts: {name}" for name in COHORT_KINDS),
        "suppliers of change",
        "public debt",
        "capital pot",
        *(f"revenue pot: {name}" for name in THEMES),
        *(f"theme: {name}" for name in THEMES),
        *(f"savings: {name}" for name in THEMES),
        "reactive services",
        *(f"agency: {name}" for name in agencies),
    )


@rule
def post(w: World, debited: int, credited: int, amount: float) -> None:
    """Post ``amount`` (£m) from the account ``debited`` to the account ``credited``; a negative amount goes back."""
    if amount == 0.0:
        return
    w.accounts[debited].debit += amount
    w.accounts[credited].credit += amount
    w.flows[debited, credited] += amount


@rule
def open_books(w: World) -> None:
    """Carry over what each account holds and start the quarter with no postings."""
    for i in range(w.accounts.shape[0]):
        account = w.accounts[i]
        account.opening = account.held
        account.credit = 0.0
        account.debit = 0.0


@rule
def imbalance(w: World, i: int) -> float:
    """How far account ``i`` is from what the rules say it holds, in £m; the outer world is never out of balance."""
    account = w.accounts[i]
    if account.passing == 0:
        return 0.0
    return account.opening + account.credit - account.debit - account.held


@rule
def close_books(w: World) -> float:
    """The largest imbalance in £m, zero when every account closes to the penny."""
    worst = 0.0
    for i in range(w.accounts.shape[0]):
        gap = abs(imbalance(w, i))
        if gap > worst or gap != gap:
            worst = gap
    if worst < HALF_PENNY:
        return 0.0
    return worst
