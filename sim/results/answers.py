"""What every analysis hands back: tables, sentences, warnings and figures, with where they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.checking import path_of
from totalplace.sim.results.labels import PLAIN, Labels

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from totalplace.sim.figures.style import Chart


_TEMPLATE: Final = Path(__file__).with_name("answer.html")


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Answer:
    """What came of an analysis.

    ``source`` says scenario, place and number of runs, and stands on every figure. ``tables`` hold full numbers, by name.
    ``sentences`` say what came out, ``warnings`` what a reader has to know before believing it. ``drawings`` draw the figures,
    by name of file. ``labels`` say how readers see names in the tables, ``units`` in what a table counts.
    """

    title: str
    source: str
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    sentences: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    drawings: Mapping[str, Callable[[], Chart]] = field(default_factory=dict)
    labels: Labels = PLAIN
    units: Mapping[str, str] = field(default_factory=dict)

    def plot(self, name: str | None = None) -> Figure:
        """The figure called ``name``, or the first one. Raises UnknownName."""
        from totalplace.scenarios.errors import UnknownName

        chosen = next(iter(self.drawings), "none") if name is None else name
        if chosen not in self.drawings:
            raise UnknownName("figure", chosen, self.drawings)
        return self.drawings[chosen]()

    def __repr__(self) -> str:
        lines = [f"{self.title} ({self.source})", *self.sentences, *(f"Note: {warning}" for warning in self.warnings)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from markupsafe import Markup

        from totalplace.sim.results.rendering import rendered

        tables = {name: Markup(table._repr_html_()) for name, table in self.tables.items()}
        return rendered(_TEMPLATE, answer=self, tables=tables)


def write(
    answer: Answer, out: str | Path, *, command: Sequence[str] = (), options: Mapping[str, Any] | None = None,
    force: bool = False, files: Mapping[str, str] | None = None,
) -> None:
    """Write the tables as Parquet and CSV and what is said into a new folder, all or nothing, then the figures as PNG and SVG.

    ``files`` are further texts by name. Raises InputError when the folder may not be written, DrawingFailed when all is written
    but figures.
    """
    save(answer, out, command=command, options=options, force=force, files=files)
    draw(answer, out)


def save(
    answer: Answer, out: str | Path, *, command: Sequence[str] = (), options: Mapping[str, Any] | None = None,
    force: bool = False, files: Mapping[str, str] | None = None, shown: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """The first half of :func:`write`: all but the figures. ``shown`` are the columns by table that a report shows, all if none."""
    from totalplace.sim.results.store import write_manifest, written

    def fill(folder: Path) -> None:
        write_tables(answer, folder)
        for name, text in (files or {}).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(text.encode())
        write_manifest(folder, _manifest(answer, command, options or {}, shown or {}))

    written(path_of(out, "folder"), force, fill)


def draw(answer: Answer, out: str | Path) -> None:
    """The second half of :func:`write`: the figures. Raises DrawingFailed."""
    from totalplace.sim.results.store import add_figures

    add_figures(path_of(out, "folder"), answer.drawings)


def write_tables(answer: Answer, folder: Path) -> None:
    """Write the tables of an answer as Parquet and CSV into a folder that is being written."""
    from totalplace.sim.results.spreadsheets import write_csv

    for name, table in answer.tables.items():
        (folder / f"{name}.parquet").write_bytes(table.to_parquet(index=False))
        write_csv(table, folder / f"{name}.csv")


def _manifest(
    answer: Answer, command: Sequence[str], options: Mapping[str, Any], shown: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    from totalplace.sim.results.store import ANALYSIS_FORMAT, provenance

    content = {"format": ANALYSIS_FORMAT} | provenance(command, options)
    said = {
        "title": answer.title, "source": answer.source, "sentences": answer.sentences, "warnings": answer.warnings,
        "tables": list(answer.tables), "figures": list(answer.drawings), "units": dict(answer.units),
        "shown": {name: list(columns) for name, columns in shown.items()},
    }
    return content | said
