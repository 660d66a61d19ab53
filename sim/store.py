"""Results on disk: Parquet tables whose columns say what they hold, a manifest, figures; all of it or nothing."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.deals import meanings, name_columns
from sim.out_folder import ANALYSIS_FORMAT, FORMAT, check_out, whole_folder
from sim.results import Ensemble

if TYPE_CHECKING:
    import pyarrow as pa
    from matplotlib.figure import Figure

__all__ = [
    "ANALYSIS_FORMAT", "FORMAT", "check_out", "deals_table", "gains_table", "manifest", "metrics_table", "provenance",
    "whole_folder", "write_figures", "write_tables",
]
_PACKAGES = ("totalplace", "numpy", "numba", "mesa", "pandas", "pyarrow")


def write_tables(
    folder: Path,
    ensembles: Sequence[Ensemble],
    *,
    command: Sequence[str],
    options: Mapping[str, Any],
    seconds: float,
) -> None:
    """Write ``metrics``, ``deals`` and ``gains`` as Parquet, and the manifest, into ``folder``.

    ``command`` is what the user typed, ``options`` what it came to, ``seconds`` how long the runs took.
    """
    import pyarrow.parquet as pq

    for name, table in (("metrics", metrics_table), ("deals", deals_table), ("gains", gains_table)):
        with pq.ParquetWriter(folder / f"{name}.parquet", table(ensembles[0]).schema, compression="zstd") as writer:
            for ensemble in ensembles:
                writer.write_table(table(ensemble))
    text = json.dumps(manifest(ensembles, command, options, seconds), indent=2, ensure_ascii=False)
    (folder / "manifest.json").write_text(text + "\n", "utf-8")


def write_figures(
    folder: Path, drawings: Mapping[str, Callable[[], Figure]], progress: Callable[[int], None] | None = None
) -> None:
    """Draw the figures one by one and write each as PNG and SVG into ``folder/figures``."""
    from matplotlib import rc_context

    pictures = folder / "figures"
    pictures.mkdir()
    for number, (name, draw) in enumerate(drawings.items(), start=1):
        figure = draw()
        figure.savefig(pictures / f"{name}.png", dpi=150, metadata={"Software": "totalplace"})
        figure.set_layout_engine("none")  # the layout is found: do not look for it again
        with rc_context({"svg.hashsalt": "totalplace"}):  # identifiers that are the same each time
            figure.savefig(pictures / f"{name}.svg", metadata={"Creator": "totalplace", "Date": None})
        if progress is not None:
            progress(number)


def _text_column(text: str, rows: int) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int16)), pa.array([text]))


def _table(columns: Mapping[str, tuple[Any, str, str]]) -> pa.Table:
    """A table from name: (values, unit, meaning); unit and meaning travel with the file as field metadata."""
    import pyarrow as pa

    arrays, fields = [], []
    for name, (values, unit, says) in columns.items():
        arrays.append(values if isinstance(values, pa.Array) else pa.array(values))
        fields.append(pa.field(name, arrays[-1].type, metadata={"unit": unit, "meaning": says}))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _identity(ensemble: Ensemble, rows: int, seeds: Any) -> dict[str, tuple[Any, str, str]]:
    return {
        "scenario": (_text_column(ensemble.scenario.name, rows), "name", "name of the scenario"),
        "place": (_text_column(ensemble.place.name, rows), "name", "place"),
        "seed": (seeds, "", "seed of every draw of the run"),
    }


def metrics_table(ensemble: Ensemble) -> pa.Table:
    """One row per scenario, place, seed and quarter; one column per metric."""
    dates = np.array(ensemble.dates, dtype="datetime64[M]").astype("datetime64[ms]")
    runs, quarters = ensemble.runs, ensemble.quarters
    columns = _identity(ensemble, runs * quarters, np.repeat(ensemble.seeds, quarters))
    columns["quarter"] = (np.tile(np.arange(quarters), runs), "quarters", "quarter of the run, counted from 0")
    columns["date"] = (np.tile(dates, runs), "date", "first day of the quarter")
    for name, metric in ensemble.known_metrics.items():
        columns[name] = (ensemble.metrics[name].reshape(-1), metric.unit, metric.meaning)
    return _table(columns)


def deals_table(ensemble: Ensemble) -> pa.Table:
    """One row per negotiation."""
    import pyarrow as pa

    deals = ensemble.deals
    dates = np.array(ensemble.dates, dtype="datetime64[M]").astype("datetime64[ms]")
    columns = _identity(ensemble, len(deals), deals["seed"])
    says = meanings()
    named = name_columns(deals, ensemble.agency_names, ensemble.commissioner_names)
    for name in deals.dtype.names or ():
        if name in named:
            codes = pa.array(named[name].codes, mask=named[name].codes < 0)
            words = pa.array(named[name].names, pa.string())
            columns[name] = (pa.DictionaryArray.from_arrays(codes, words), *says[name])
        elif name not in columns:
            columns[name] = (np.ascontiguousarray(deals[name]), *says[name])
        if name == "quarter":
            columns["date"] = (dates[deals["quarter"].astype(np.int64)], *says["date"])
    return _table(columns)


def gains_table(ensemble: Ensemble) -> pa.Table:
    """One row per scenario, seed, agency that pays and agency that gains: £m over the run."""
    import pyarrow as pa

    agencies, runs = ensemble.agency_names, ensemble.runs
    number = len(agencies)
    rows = runs * number * number
    names = pa.array(agencies, pa.string())
    payer = np.tile(np.repeat(np.arange(number, dtype=np.int16), number), runs)
    gainer = np.tile(np.arange(number, dtype=np.int16), runs * number)
    columns = _identity(ensemble, rows, np.repeat(ensemble.seeds, number * number))
    columns["pays"] = (pa.DictionaryArray.from_arrays(pa.array(payer), names), "name", "agency that pays")
    columns["gains"] = (pa.DictionaryArray.from_arrays(pa.array(gainer), names), "name", "agency that gains")
    columns["amount"] = (
        ensemble.gains.reshape(-1),
        "£m",
        "reactive demand avoided and savings returned to the one through money and transition paid by the other",
    )
    return _table(columns)


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
        "quarters": ensemble.quarters,
        "negotiations": len(ensemble.deals),
        "text": scenario.text,
    }


def _without_folder(word: str) -> str:
    """A word of the command, a path cut to its last part."""
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
    root = Path(__file__).resolve().parent.parent
    if not (root / ".git").exists():
        return None

    def git(*words: str) -> str:
        command = ["git", "-C", str(root), *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=5, check=True).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return None
