"""The record of negotiations with names in place of index numbers; units and meanings come from its declaration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from totalplace.scenarios.period_words import called
from totalplace.scenarios.vocabulary import AGENCY_KINDS, PERIODS, THEMES, label

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: What becomes of a request, as a reader sees it.
AGREED = ("agreed", "agreed_with_side_payment")
#: How the names of several NHS commissioners of a place begin.
ONE_OF_SEVERAL: Final = "gp_consortium_"
#: The parts of an appraisal in words that finish the sentence "What decided it was ...".
PART_WORDS = {
    "saving": "the saving it would get back",
    "avoided_demand": "the demand it would avoid",
    "mission": "its mission",
    "voice": "citizens' voice",
    "encouragement": "its department's stance",
    "control": "loss of control",
    "accountability": "accountability to its department",
    "transaction": "transaction cost",
    "transition": "transition cost",
    "consent": "its department's consent",
}


class Named(NamedTuple):
    """A column of names: index numbers into ``names``, -1 for none."""

    codes: NDArray[np.int16]
    names: tuple[str, ...]


def outcome_names() -> tuple[str, ...]:
    """What can become of a request, in the order of the record."""
    from totalplace.agents.bargaining import DEAL_OUTCOMES

    return tuple(DEAL_OUTCOMES)


def part_names() -> tuple[str, ...]:
    """The parts of an agency's appraisal, in the order of the record."""
    from totalplace.agents.appraisal import PARTS

    return tuple(PARTS)


def reason_names() -> tuple[str, ...]:
    """What can decide a refusal, in the order of the record."""
    from totalplace.agents.appraisal import REASONS

    return tuple(REASONS)


def part_words(part: str) -> str:
    """A part of the appraisal as a reader sees it."""
    return PART_WORDS.get(part, label(part))


def agency_label(name: str, period: str = next(iter(PERIODS))) -> str:
    """An agency as a reader of a period sees it: ``gp_consortium_2`` is ``GP consortium 2``, in 2024-25 ``NHS commissioner 2``."""
    if name in AGENCY_KINDS:
        return called(name, period, AGENCY_KINDS)
    number = name.removeprefix(ONE_OF_SEVERAL)
    kind = AGENCY_KINDS.rows[AGENCY_KINDS[AGENCY_KINDS.the("health_commissioner", period)]]
    return label(name) if number == name else f"{kind.one_of.get(period, kind.called(period))} {number}"


def short_agency_label(name: str, period: str) -> str:
    """An agency where there is little room: ``probation_justice`` is ``probation``, ``gp_consortium_2`` as in full."""
    return agency_label(name, period) if name not in AGENCY_KINDS else AGENCY_KINDS.rows[name].briefly(period)


def name_columns(deals: NDArray[Any], agencies: Sequence[str], commissioners: Sequence[str]) -> dict[str, Named]:
    """The columns of ``deals`` that hold index numbers, with the names that they stand for."""
    names = {
        "theme": THEMES,
        "commissioner": tuple(commissioners),
        "agency": tuple(agencies),
        "outcome": outcome_names(),
        "reason": reason_names(),
    }
    return {column: Named(deals[column].astype(np.int16), words) for column, words in names.items()}


def meanings() -> dict[str, tuple[str, str]]:
    """Unit and meaning of every column of the record, as declared where negotiations are recorded."""
    from totalplace.agents.bargaining import DEALS

    declared = {column.name: (column.unit, column.meaning) for column in DEALS.columns}
    named = {
        "theme": ("name", "theme whose money is asked for"),
        "commissioner": ("name", "commissioner that asks"),
        "agency": ("name", "agency that is asked"),
        "outcome": ("name", "what became of the request"),
        "reason": ("name", "part of the appraisal that decided a refusal; empty if it was not refused"),
    }
    return declared | named | {"date": ("date", "first day of the quarter")}


def named_deals(
    deals: NDArray[Any], agencies: Sequence[str], commissioners: Sequence[str], dates: Sequence[str]
) -> pd.DataFrame:
    """One row per negotiation: every column of the record, the date after the quarter, names as categories."""
    import pandas as pd

    named = name_columns(deals, agencies, commissioners)
    months = np.array(dates, dtype="datetime64[M]").astype("datetime64[ms]")
    columns: dict[str, Any] = {}
    for column in deals.dtype.names or ():
        if column in named:
            columns[column] = pd.Categorical.from_codes(named[column].codes, list(named[column].names))
        else:
            columns[column] = deals[column]
        if column == "quarter":
            columns["date"] = months[deals["quarter"].astype(np.int64)]
    return pd.DataFrame(columns)
