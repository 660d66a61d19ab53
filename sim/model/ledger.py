"""The close of the books: a run whose quarter does not balance stops, and says which accounts are out and by how much."""

from __future__ import annotations

from typing import Any

from totalplace.agents.compiled import python
from totalplace.agents.ledger import HALF_PENNY, account_names, imbalance


class LedgerError(RuntimeError):
    """Money was made or lost. ``accounts`` holds the names and the imbalance of each in £m."""

    def __init__(self, quarter: int, accounts: dict[str, float]) -> None:
        self.quarter = quarter
        self.accounts = accounts
        listed = "; ".join(f"{name} by £{1e6 * amount:,.2f}" for name, amount in accounts.items())
        super().__init__(f"The ledger does not close in quarter {quarter}: {listed}")


def check_books(world: Any, agency_names: tuple[str, ...], quarter: int) -> None:
    """Raise :class:`LedgerError` if an account of ``world`` does not hold what the rules say it holds."""
    names = account_names(agency_names)
    gaps = {name: float(python(imbalance)(world, i)) for i, name in enumerate(names)}
    out = {name: gap for name, gap in gaps.items() if not abs(gap) < HALF_PENNY}
    if out:
        raise LedgerError(quarter, out)


def flows_frame(world: Any, agency_names: tuple[str, ...]) -> Any:
    """All money posted so far in £m, a pandas frame: a row is the account debited, a column the account credited."""
    import pandas as pd

    names = list(account_names(agency_names))
    return pd.DataFrame(world.flows, index=names, columns=names)
