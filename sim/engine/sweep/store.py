"""The results of a sweep as they lie on disk: opened at once, read when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.scenarios.checking import path_of
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.engine.sweep.ends import ends
from totalplace.sim.engine.sweep.manifest import EARLIER, NAME, Manifest, read_manifest
from totalplace.sim.engine.sweep.parts import TABLES, Parts, failed_runs
from totalplace.sim.engine.sweep.tables import FAILED, OF_THE_WORK, SCENARIO_COLUMNS
from totalplace.sim.results.out_folder import check_name
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.rendering import rendered
from totalplace.sim.results.run import BAND
from totalplace.sim.results.wording import count
from totalplace.sim.system.checksums import file_checksum

if TYPE_CHECKING:
    import pandas as pd
    from pyarrow.dataset import Dataset


_TEMPLATE: Final = Path(__file__).with_name("store.html")
#: Threads that read files for their checksums.
_HASHED_AT_ONCE = 4
#: Metrics that a summary reads at once, so that its memory does not grow with their number.
_AT_ONCE = 8


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Turn what Arrow says of damaged tables in ``folder`` into an InputError that says what to do."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, KeyError, IndexError, TypeError, MemoryError, UnicodeDecodeError) as error:
        raise _damaged(folder, str(error).strip().partition("\n")[0][:200] or type(error).__name__) from error


def _damaged(folder: Path, why: str) -> InputError:
    return InputError(
        f"The tables of the sweep in '{folder}' are damaged: {why}",
        allowed="the same sweep run into the same folder again: damaged parts are repeated",
    )


class Store:
    """The folder of a sweep. Parts that are not finished, or of the wrong size, are taken as not there.

    ``runs`` and ``metrics`` are Arrow data sets, which read nothing until a table, a batch or a filter is asked of them.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._parts = Parts(folder, manifest)

    @cached_property
    def records(self) -> dict[int, dict[str, Any]]:
        """The record of each finished part by its number. The manifest of a finished sweep has them all."""
        finished = dict(enumerate(self.manifest.parts)) if self._finished else {}
        found = {number: self._parts.present(number, finished.get(number)) for number in self._written}
        return {number: record for number, record in found.items() if record is not None}

    @property
    def _finished(self) -> bool:
        return len(self.manifest.parts) == self.manifest.chunks

    @property
    def _written(self) -> Sequence[int]:
        """The numbers of the parts that were written: all of a finished sweep, though a record may be gone."""
        return range(self.manifest.chunks) if self._finished else self._parts.numbers()

    def _dataset(self, table: str) -> Dataset:
        import pyarrow.dataset as ds

        files = [str(self._parts.table_path(table, number)) for number in self.records]
        if not files:
            raise InputError(f"No part of the sweep in '{self.folder}' is finished yet", allowed="a sweep that has run")
        with readable(self.folder):
            self._check(table)
            return ds.dataset(files, format="parquet")

    def _check(self, table: str) -> None:
        """Raise InputError unless every part of a table is what was written; a file is read for that once in a process."""
        with ThreadPoolExecutor(_HASHED_AT_ONCE) as pool:
            intact = list(pool.map(lambda record: self._parts.intact(table, record), self.records.values()))
        wrong = [number for number, right in zip(self.records, intact, strict=True) if not right]
        if wrong:
            raise _damaged(self.folder, f"{table} of part {', '.join(map(str, wrong[:5]))} does not have its checksum")

    @cached_property
    def runs(self) -> Dataset:
        """One row a run: its scenario, place, point, replicate, seed, factors, status, seconds and error."""
        return self._dataset("runs")

    @cached_property
    def metrics(self) -> Dataset:
        """One row a run and kept quarter or year: run, quarter, date and the metrics. A failed run has none."""
        return self._dataset("metrics")

    @property
    def checked(self) -> bool:
        """Whether the manifest and the records have checksums; those of earlier versions have none."""
        return self.manifest.format != EARLIER

    @property
    def total(self) -> int:
        """Runs of the whole sweep."""
        return self.manifest.runs

    @property
    def played(self) -> int:
        """Runs in finished parts, failed ones included."""
        return sum(int(record["runs"]) for record in self.records.values())

    @property
    def failures(self) -> int:
        """Runs that failed."""
        return failed_runs(self.records)

    @property
    def missing(self) -> int:
        """Runs without metrics: those that failed and those that have not been played yet."""
        return self.total - self.played + self.failures

    @property
    def complete(self) -> bool:
        """Whether every run has been played, failed ones included."""
        return self.played == self.total

    def damaged(self) -> list[int]:
        """Numbers of the parts that are not there or not, to the byte, as they were written; reads every file."""
        return [number for number in range(self.manifest.chunks) if self._parts.whole(number) is None]

    def failed(self) -> pd.DataFrame:
        """The runs that failed, with their point, seed, factors and error."""
        import pyarrow.dataset as ds

        with readable(self.folder):
            frame: pd.DataFrame = self.runs.to_table(filter=ds.field("status") == FAILED).to_pandas()
        return frame

    def frame(self, metrics: Sequence[str] | None = None) -> pd.DataFrame:
        """One row a run and kept quarter: what identifies the run, its factors, quarter, date and metrics.

        Where years were kept (``every: year`` or ``last``), a row is the year that ends with its quarter.
        Failed runs are not in it. ``metrics`` names those to read; without it all that were kept. Raises UnknownName.
        """
        import pandas as pd

        names = self._names(metrics)
        kept = [name for name in self.runs.schema.names if name not in (*OF_THE_WORK, "status", "error")]
        with readable(self.folder):
            values = self.metrics.to_table(columns=["run", "quarter", "date", *names]).to_pandas()
            runs = self.runs.to_table(columns=kept).to_pandas()
            rows = runs.iloc[np.searchsorted(runs["run"].to_numpy(), values["run"].to_numpy())].reset_index(drop=True)
        return pd.concat([rows, values.drop(columns="run")], axis=1)

    def summary(self, metrics: Sequence[str] | None = None) -> pd.DataFrame:
        """One row per scenario, place and metric: runs done and missing, last_year (median), last_year_p05 and last_year_p95.

        These are of the last year of the run, over points, replicates and seeds; the two ends hold 90% of the runs.
        Scenarios without a run that is done are not in it.
        """
        with readable(self.folder):
            return self._summary(self.scenarios(), self._names(metrics))

    def _summary(self, scenarios: pd.DataFrame, names: list[str]) -> pd.DataFrame:
        import pandas as pd

        bands: dict[tuple[int, str], Any] = {}
        for first in range(0, len(names), _AT_ONCE):
            bands |= self._bands(names[first : first + _AT_ONCE], len(scenarios))
        each = self.total // max(1, len(scenarios))
        rows = []
        for (number, name), (done, low, middle, high) in sorted(bands.items(), key=lambda item: item[0][0]):
            where = {"scenario": scenarios["scenario"][number], "place": scenarios["place"][number]}
            counts = {"done": done, "missing": each - done}
            rows.append({**where, "metric": name, "unit": metric_called(name).unit, **counts,
                         "last_year": middle, "last_year_p05": low, "last_year_p95": high})
        return pd.DataFrame(rows)

    def ends(self, metrics: Sequence[str] | None = None, one_in: int = 1) -> pd.DataFrame:
        """The metrics of each run that is done in its last year, one row a run; the index is the run. Raises UnknownName.

        ``one_in`` thins the runs out: those whose number it divides are read.
        """
        names = self._names(metrics)
        with readable(self.folder):
            return ends(self, names, one_in)

    def _bands(self, names: list[str], scenarios: int) -> dict[tuple[int, str], Any]:
        """By number of scenario and metric: runs done, and quantiles over them in the last year of the run."""
        table = self.ends(names)
        found, starts = np.unique(table.index.to_numpy() // max(1, self.total // scenarios), return_index=True)
        bands = {}
        for name in names:
            for number, values in zip(found.tolist(), np.split(table[name].to_numpy(), starts[1:]), strict=True):
                low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1])).tolist()
                bands[number, name] = (len(values), low, middle, high)
        return bands

    def scenarios(self) -> pd.DataFrame:
        """The scenarios of the sweep in their order, each with its whole text."""
        import pandas as pd

        path = self.folder / "scenarios.parquet"
        with readable(self.folder):
            if self.checked and file_checksum(path) != self.manifest.scenarios:
                raise _damaged(self.folder, f"{path.name} does not have its checksum")
            return pd.read_parquet(path, columns=list(SCENARIO_COLUMNS))

    def _names(self, metrics: Sequence[str] | None) -> list[str]:
        metrics = [metrics] if isinstance(metrics, str) else metrics
        for name in metrics or ():
            if name not in self.manifest.metrics:
                raise UnknownName("metric", name, list(self.manifest.metrics), where=f"in '{self.folder}'")
        return list(self.manifest.metrics if metrics is None else metrics)

    def __repr__(self) -> str:
        return f"<Sweep {self.manifest.name} in {self.folder}: {self.state}>"

    @property
    def state(self) -> str:
        """How far the sweep is, in words."""
        words = f"{self.played:,} of {count(self.total, 'run')} played"
        words += f", {self.failures:,} of them failed" if self.failures else ""
        return words + self._spoilt()

    def _spoilt(self) -> str:
        """What is damaged, in words. Files that are there in their length are read only where others are not."""
        left_out = len(self._written) - len(self.records)
        if not left_out:
            return ""
        known = self.records.values() if self.checked else ()
        more = sum(not all(self._parts.intact(table, record) for table in TABLES) for record in known)
        return f", {count(left_out, 'part')} damaged and left out" + (f", {count(more, 'part')} damaged" if more else "")

    def _repr_html_(self) -> str:
        from markupsafe import Markup

        summary = Markup(self.summary()._repr_html_()) if self.records else ""
        return rendered(_TEMPLATE, title=repr(self)[1:-1], summary=summary)


def open_sweep(folder: str | Path) -> Store:
    """The results of a sweep in ``folder``, finished or not. Raises InputError when it holds none."""
    folder = path_of(folder, "folder")
    check_name(folder)
    manifest = read_manifest(folder)
    if manifest is None:
        raise InputError(f"'{folder}' holds no sweep", allowed=f"a folder with a {NAME}, as 'totalplace sweep run' writes it")
    return Store(folder, manifest)


__all__ = ["TABLES", "Store", "open"]
