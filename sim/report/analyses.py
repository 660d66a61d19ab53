"""An analysis as a part of a report: its tables, sentences, warnings and figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from totalplace.sim.report.content import Picture, Section, listed, upper
from totalplace.sim.results.answers import Answer

if TYPE_CHECKING:
    import pandas as pd

#: What stands in brackets in the tables of an analysis, by the beginning of the name of its section.
_BANDS: Final = {
    "sensitivity": "In brackets, the 95% interval over resampled points of the design.",
    "robustness": "In brackets, the band that holds 90% of the states.",
}
_STATES: Final = "A state is a place, a point of the design and a seed; every alternative is judged in the same states."
#: What columns of tables of what holds up mean that their headings do not say.
_MEANT: Final = {
    "median": "Median: over the states.",
    "worst": "Worst: in the worst state.",
    "regret_mean": "Regret: how far an alternative falls short of the best one in the same state, on average and at most.",
    "regret_high": "Regret high: what it does not exceed in nine states of ten.",
    "best": "Best: the share of states in which it is best, or as good as the best.",
    "satisficing": "Satisficing: the share of states in which the condition is met.",
    "dominated": "Dominated: another is as good by the median of every metric of the table, and better by one.",
}


def section_of(answer: Answer, name: str, title: str, shown: Sequence[str] | None = None) -> Section:
    """What an analysis handed back, as a section. ``shown`` names the tables that are on the page; all become files."""
    tables = [
        listed(f"{name}-{key}", _title(answer, title, key), table, _meant(name, table), bands=_bands(name, table),
               setting=f"{upper(answer.source)}.", labels=answer.labels)
        for key, table in answer.tables.items() if len(table) and (shown is None or key in shown)
    ]
    pictures = tuple(
        Picture(f"{name}-{key}", f"{answer.title}: {key.replace('-', ' ')}.", draw) for key, draw in answer.drawings.items()
    )
    return Section(name, title, (f"{upper(answer.source)}.",), answer.sentences, answer.warnings, tuple(tables), pictures)


def _title(answer: Answer, title: str, key: str) -> str:
    """The title of a table, with its unit where it has one for all of its numbers."""
    unit = answer.units.get(key, "")
    return f"{title}{f' ({unit})' if unit else ''}: {key.replace('-', ' ')}"


def _bands(name: str, table: pd.DataFrame) -> str:
    """What stands in brackets in a table of the section ``name``; nothing where nothing does."""
    banded = any(str(column).endswith("_low") for column in table)
    return next((words for kind, words in _BANDS.items() if name.startswith(kind)), "") if banded else ""


def _meant(name: str, table: pd.DataFrame) -> str:
    """What the columns of a table mean, where it is one of what holds up."""
    if not name.startswith("robustness"):
        return ""
    return " ".join([_STATES, *(words for column, words in _MEANT.items() if column in table)])
