"""Results on disk: Parquet tables whose columns say what they hold, a manifest, figures; all of it or nothing.

Figures are drawn of finished results, then or later (:mod:`totalplace.sim.report.results_figures`): the tables hold all they need.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios.source_tree import ROOT
from totalplace.scenarios.user_text import printable
from totalplace.sim.results.natural_units import bases
from totalplace.sim.results.out_folder import ANALYSIS_FORMAT, FORMAT, check_out, folder_in, whole_folder, written
from totalplace.sim.results.result_tables import deals_table, gains_table, metrics_table, ties_table
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.spreadsheets import write_csv
from totalplace.sim.results.wording import count, listing
from totalplace.sim.system.checksums import listed, signed
from totalplace.sim.system.processes import program

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from matplotlib.figure import Figure

__all__ = [
    "ANALYSIS_FORMAT", "FORMAT", "DrawingFailed", "add_figures", "check_out", "manifest", "provenance", "whole_folder",
    "write_figures", "write_manifest", "write_tables", "written",
]
#: How the names of the files of a figure may end: pictures and its data.
ENDINGS: Final = ("png", "svg", "pdf", "csv")
#: What stands in a picture besides it: no date, so that the same figure is the same file.
_METADATA: Final[Mapping[str, dict[str, Any]]] = {
    "png": {"Software": "totalplace"}, "svg": {"Creator": "totalplace", "Date": None},
    "pdf": {"Creator": "totalplace", "Producer": None, "CreationDate": None},
}
#: The folder of the figures.
_FIGURES: Final = "figures"
_PACKAGES = ("totalplace", "numpy", "numba", "mesa", "pandas", "pyarrow")


def write_tables(
    folder: Path,
    ensembles: Sequence[Ensemble],
    *,
    command: Sequence[str],
    options: Mapping[str, Any],
    seconds: float,
) -> None:
    """Write ``metrics``, ``deals``, ``gains`` and ``ties`` as Parquet, and the manifest, into ``folder``.

    ``command`` is what the user typed, ``options`` what it came to, ``seconds`` how long the runs took. The manifest has a
    checksum of every file in the folder, those that were there before too.
    """
    import pyarrow.parquet as pq

    tables = {"metrics": metrics_table, "deals": deals_table, "gains": gains_table, "ties": ties_table}
    for name, table in tables.items():
        first = table(ensembles[0])
        # A file that is open, not its name, which Arrow does not take unless it is UTF-8.
        with (
            (folder / f"{name}.parquet").open("wb") as file,
            pq.ParquetWriter(file, first.schema, compression="zstd", use_dictionary=_repeated(first.schema)) as writer,
        ):
            writer.write_table(first)
            for ensemble in ensembles[1:]:
                writer.write_table(table(ensemble))
    write_manifest(folder, manifest(ensembles, command, options, seconds))


def _repeated(schema: pa.Schema) -> list[str]:
    """Columns whose values come again and again. A dictionary of real numbers costs time and room, and is given up in the end."""
    import pyarrow as pa

    return [field.name for field in schema if not pa.types.is_floating(field.type)]


def write_manifest(folder: Path, content: Mapping[str, Any]) -> None:
    """Write ``manifest.json`` with checksums of all files in ``folder`` and of itself; the last of what is written there."""
    text = json.dumps(signed({**content, "files": listed(folder)}), indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_bytes((text + "\n").encode("utf-8", "backslashreplace"))


class DrawingFailed(Exception):  # noqa: N818 (says what failed; the tables are whole)
    """Figures that could not be drawn or written, when all else is done; the message names them and why.

    ``why`` holds the reason for each of them, by name, as far as it is known.
    """

    def __init__(self, message: str, why: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.why = dict(why or {})


def add_figures(
    out: Path, drawings: Mapping[str, Callable[[], Figure]], progress: Callable[[int], None] | None = None
) -> None:
    """Draw figures of finished results into ``out/figures``: all that can be drawn, and then in place at once.

    Those that are there already stay, or are replaced by the new one of their name, with its files of every kind. Raises
    DrawingFailed, naming those that could not be drawn, and the folder, in which the tables are as they were; InputError while
    another command draws there.
    """
    try:
        with folder_in(out, _FIGURES) as partial:
            try:
                write_figures(partial, drawings, progress)
            except DrawingFailed as failed:
                _put(partial / _FIGURES, out / _FIGURES)
                raise DrawingFailed(f"{failed}. All else is whole in '{out}'{_of_before(out, failed.why)}", failed.why) from failed
            _put(partial / _FIGURES, out / _FIGURES)
    except OSError as error:
        raise DrawingFailed(f"The figures cannot be written ({error.strerror}). All else is whole in '{out}'") from error


def _of_before(out: Path, names: Iterable[str]) -> str:
    """The files there of figures that could not be drawn again, which would pass for current."""
    there = [f"{name}.{ending}" for name in names for ending in ENDINGS if (out / _FIGURES / f"{name}.{ending}").exists()]
    return f", where {listing(there)} {'is' if len(there) == 1 else 'are'} of before" if there else ""


def _put(new: Path, figures: Path) -> None:
    """Put drawn figures where they belong: as one folder, or file by file into the one that is there."""
    drawn = sorted(new.iterdir())
    if drawn and not figures.exists():
        new.rename(figures)
        return
    for path in drawn:
        path.replace(figures / path.name)
    names = {path.name for path in drawn}
    for stem in {path.stem for path in drawn}:  # files of a kind that is drawn no more would pass for current
        for ending in ENDINGS:
            if f"{stem}.{ending}" not in names:
                (figures / f"{stem}.{ending}").unlink(missing_ok=True)


def write_figures(
    folder: Path, drawings: Mapping[str, Callable[[], Figure]], progress: Callable[[int], None] | None = None
) -> None:
    """Draw the figures one by one and write each into ``folder/figures``: as PNG and SVG, or as the house style says, and its data.

    A figure that cannot be drawn does not keep the others from being drawn. Raises DrawingFailed, naming those that cannot.
    """
    pictures = folder / _FIGURES
    pictures.mkdir()
    failed: dict[str, Exception] = {}
    for number, (name, draw) in enumerate(drawings.items(), start=1):
        try:
            _write_figure(pictures, name, draw)
        except Exception as error:  # Matplotlib raises errors of all kinds, and none of them may cost what is done
            failed[name] = error
            for ending in ENDINGS:
                (pictures / f"{name}.{ending}").unlink(missing_ok=True)
        if progress is not None:
            progress(number)
    if failed:
        why = {name: _reason(error) for name, error in failed.items()}
        alike: dict[str, list[str]] = {}
        for name, reason in why.items():
            alike.setdefault(reason, []).append(name)
        told = "; ".join(f"{', '.join(names)} ({reason})" for reason, names in alike.items())
        of = count(len(drawings), "figure")
        raise DrawingFailed(f"Of {of} these could not be drawn: {told}", why) from next(iter(failed.values()))


def _reason(error: Exception) -> str:
    """What an error says, on one line that is not too long."""
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(said).strip().partition("\n")[0][:300].rstrip(".")


def _write_figure(pictures: Path, name: str, draw: Callable[[], Figure]) -> None:
    from totalplace.sim.figures.house import house
    from totalplace.sim.figures.style import own_style

    style = house()
    with own_style():
        figure = draw()
        for kind in style.formats:
            dpi: dict[str, Any] = {"dpi": style.dpi} if kind == "png" else {}
            figure.savefig(pictures / f"{name}.{kind}", metadata=_METADATA[kind], **dpi)
            figure.set_layout_engine("none")  # the layout is found: do not look for it again
    data: pd.DataFrame | None = getattr(figure, "data", None)
    if data is not None:
        write_csv(data, pictures / f"{name}.csv")


def manifest(
    ensembles: Sequence[Ensemble], command: Sequence[str], options: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    """Where the results come from: enough to make them again, and nothing about whose machine it was."""
    content = {"format": FORMAT} | provenance(command, options) | {"seconds": round(seconds, 3)}
    return content | {"scenarios": [_entry(ensemble) for ensemble in ensembles]}


def provenance(command: Sequence[str], options: Mapping[str, Any]) -> dict[str, Any]:
    """When, by which command and which code something was written."""
    return {
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": [_without_folder(word) for word in command],
        "options": dict(options),
        "versions": {"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES},
        "commit": _commit(),
        "platform": {"system": platform.system(), "machine": platform.machine(), "processors": os.cpu_count()},
    }


def _entry(ensemble: Ensemble) -> dict[str, Any]:
    scenario = ensemble.scenario
    return {
        "name": scenario.name,
        "sha256": scenario.sha256,
        "place": {"code": ensemble.place.code, "name": ensemble.place.name},
        "seeds": [int(seed) for seed in ensemble.seeds],
        "seeds_a_draw": ensemble.seeds_a_draw,
        "quarters": ensemble.quarters,
        "negotiations": len(ensemble.deals),
        "indicators": bases(ensemble),
        "text": scenario.text,
    }


def _without_folder(word: str) -> str:
    """A word of the command as text, a path cut to its last part."""
    word = printable(word)
    head, equals, tail = word.partition("=")
    if head.startswith("--") and equals:
        return f"{head}={_without_folder(tail)}"
    return Path(word).name if os.sep in word or (os.altsep and os.altsep in word) else word


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _commit() -> str | None:
    """The commit of the source tree, with ``+changes`` where it has others; None outside a checkout."""
    found = program("git")
    if found is None or not (ROOT / ".git").exists():
        return None

    def git(*words: str) -> str:
        command = [found, "-C", str(ROOT), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return None
