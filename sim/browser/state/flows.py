"""Money on its way from departments through agencies and pots to themes, read off the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.agents.ledger import AGENCY_ACCOUNT, DEPARTMENT_ACCOUNT, LOCAL_TAXATION, POT_ACCOUNT, THEME_ACCOUNT
from totalplace.scenarios.vocabulary import DEPARTMENTS, THEMES, label
from totalplace.sim.results.deals import agency_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

#: Layers of the flow of money, from the left.
FLOW_LAYERS: Final = ("department", "agency", "pot", "theme")
#: Technical: £m a year below which a flow is not worth a line.
LEAST_FLOW: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Flow:
    """£m a year from one account to another. ``source`` and ``target`` are ids ``kind:name`` with the kinds of FLOW_LAYERS.

    Local taxation counts as a department (``department:local_taxation``).
    """

    source: str
    target: str
    source_label: str
    target_label: str
    money: float


def flows_between(total: NDArray[np.float64], before: NDArray[np.float64] | None, agencies: Sequence[str],
                  words: str, quarters: int) -> tuple[Flow, ...]:
    """The flows over ``quarters`` quarters in which the ledger's sums (£m so far) grew from ``before`` to ``total``.

    They are told in the words of the period ``words``.

    Payments run one way: departments and local taxation to agencies and pots, agencies to pots and themes, pots to themes.
    """
    if quarters <= 0:
        return ()
    yearly = (total - (0.0 if before is None else before)) * 4.0 / quarters
    accounts, names = zip(*_accounts(tuple(agencies), words).items(), strict=True)
    layer = np.array([FLOW_LAYERS.index(kind) for kind, _, _ in names])
    money = yearly[np.ix_(accounts, accounts)]
    found = []
    for source, target in np.argwhere((layer[:, None] < layer) & (money >= LEAST_FLOW)).tolist():
        (kind, name, words), (to_kind, to_name, to_words) = names[source], names[target]
        found.append(Flow(f"{kind}:{name}", f"{to_kind}:{to_name}", words, to_words, float(money[source, target])))
    return tuple(found)


@lru_cache(maxsize=64)
def _accounts(agencies: tuple[str, ...], period: str) -> dict[int, tuple[str, str, str]]:
    """The accounts of the flow by their place in the ledger: kind, name, words."""
    accounts = {DEPARTMENT_ACCOUNT + d: ("department", name, row.called(period))
                for d, (name, row) in enumerate(DEPARTMENTS.rows.items())}
    accounts[LOCAL_TAXATION] = ("department", "local_taxation", "local taxation")
    accounts |= {AGENCY_ACCOUNT + a: ("agency", name, agency_label(name, period)) for a, name in enumerate(agencies)}
    accounts |= {POT_ACCOUNT + j: ("pot", name, f"pooled: {label(name)}") for j, name in enumerate(THEMES)}
    return accounts | {THEME_ACCOUNT + j: ("theme", name, label(name)) for j, name in enumerate(THEMES)}
