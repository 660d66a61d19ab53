"""An analysis as a part of a report: its tables, sentences, warnings and figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from totalplace.sim.report.content import Picture, Section, listed, upper
from totalplace.sim.results.answers import Answer

#: What stands in brackets in the tables of an analysis, by the beginning of the name of its section.
_BANDS: Final = {
    "sensitivity": "In brackets, where there are any, the 95% interval over resampled points of the design.",
    "robustness": "In brackets, where there are any, the band that holds 90% of the states.",
}


def section_of(answer: Answer, name: str, title: str, shown: Sequence[str] | None = None) -> Section:
    """What an analysis handed back, as a section. ``shown`` names the tables that are on the page; all become files."""
    bands = next((words for kind, words in _BANDS.items() if name.startswith(kind)), "")
    tables = [
        listed(f"{name}-{key}", f"{title}: {key.replace('-', ' ')}", table, bands=bands, setting=f"{upper(answer.source)}.",
               labels=answer.labels)
        for key, table in answer.tables.items() if len(table) and (shown is None or key in shown)
    ]
    pictures = tuple(
        Picture(f"{name}-{key}", f"{answer.title}: {key.replace('-', ' ')}.", draw) for key, draw in answer.drawings.items()
    )
    return Section(name, title, (f"{upper(answer.source)}.",), answer.sentences, answer.warnings, tuple(tables), pictures)
