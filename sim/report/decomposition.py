"""Where a difference comes from: the parts that ``totalplace compare --decompose`` wrote beside the results."""

from __future__ import annotations

import io
from itertools import zip_longest
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.errors import InputError
from totalplace.sim.report.content import Listing, Section, upper
from totalplace.sim.results.compare import difference
from totalplace.sim.results.relative import is_metric, metric_called
from totalplace.sim.results.wording import amount, unit_name

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.report.read_results import Results

TABLE: Final = "parts.parquet"
_OPTION: Final = "--decompose"
_COLUMNS: Final = ("difference", "part", "part_low", "part_high", "share")


def decomposition(results: Results) -> Section | None:
    """The parts of the difference between the two scenarios; None where it was not decomposed. Raises InputError."""
    path = results.folder / TABLE
    name = decomposed_metric([str(word) for word in results.manifest.get("command", [])])
    if not path.is_file() or not is_metric(name) or len(results.ensembles) != 2:
        return None
    frame = _read(results)
    metric = metric_called(name, results.baseline.words)
    other = next(ensemble for ensemble in results.ensembles if ensemble is not results.baseline)
    gap = float(difference(other, results.baseline, name).mean())
    rows = tuple(
        (upper(str(row["difference"])), _band(row, metric.unit), f"{100 * row['share']:.0f}%".replace("-", "\u2212"))
        for row in frame.to_dict("records")
    )
    said = (
        f"From {results.baseline.scenario.name} to {other.scenario.name}, {metric.label} in the last year changes by "
        f"{amount(gap, metric.unit, signed=True)} (mean over seeds). The parts are Shapley values: what each difference adds, on "
        f"average over all orders in which the differences could be made; they add up to "
        f"{amount(float(np.sum(frame['part'])), metric.unit, signed=True)}."
    )
    head = ("what differs", "part (90% of seeds)", "share")
    table = Listing("parts", f"Parts of the difference in {metric.label} ({unit_name(metric.unit)})", head, rows, frame=frame,
                    bands="Part: mean over the seeds of its Shapley value and, in brackets, 90% of the seeds.")
    return Section("decomposition", "Where the difference comes from", (said,), tables=(table,))


def decomposed_metric(command: list[str]) -> str:
    """The metric that a command decomposed; nothing if it did not."""
    for word, following in zip_longest(command, command[1:], fillvalue=""):
        if word == _OPTION:
            return following
        if word.startswith(f"{_OPTION}="):
            return word.partition("=")[2]
    return ""


def _read(results: Results) -> pd.DataFrame:
    import pandas as pd

    path = results.folder / TABLE
    try:
        frame = pd.read_parquet(io.BytesIO(path.read_bytes()))
    except Exception as error:  # damaged bytes make Arrow and pandas raise errors of all kinds
        raise InputError(f"'{path}' cannot be read: {error}", allowed="a file as it was written") from error
    if not set(_COLUMNS) <= set(frame.columns):
        raise InputError(f"'{path}' is of another version", allowed=f"the columns {', '.join(_COLUMNS)}")
    return frame


def _band(row: dict[object, object], unit: str) -> str:
    middle, low, high = (amount(float(str(row[name])), unit, brief=True, signed=True) for name in ("part", "part_low", "part_high"))
    return f"{middle} ({low} to {high})"
