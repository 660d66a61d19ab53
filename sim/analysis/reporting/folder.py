"""The results of ``run``, ``compare`` or ``explain`` read back from their folder, as ensembles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from scenarios.errors import InputError
from scenarios.scenario import text_hash
from sim.compare import check_pairs, named
from sim.results import Ensemble, with_seed
from sim.store import FORMAT

if TYPE_CHECKING:
    import pyarrow as pa

    from scenarios.places import Place

TABLES: Final = ("metrics", "deals", "gains")
#: Networks are not in the tables, so that ensembles read back have no ties.
_NO_TIES: Final = np.dtype([("tied", np.int64), ("trust", np.float64), ("money", np.float64)])


@dataclass(frozen=True, eq=False)
class Results:
    """A folder of results. ``missing`` counts the runs that its manifest names and its tables do not hold.

    ``altered`` are the scenarios whose text is not the one that the hash was taken of, ``older`` those that this version reads
    with further values, since its registries have changed.
    """

    folder: Path
    manifest: dict[str, Any]
    ensembles: tuple[Ensemble, ...]
    baseline: Ensemble
    missing: int
    altered: tuple[str, ...]
    older: tuple[str, ...]


def format_of(folder: Path) -> str:
    """What the manifest of a folder says that it holds. Raises InputError when there is no such folder or no manifest."""
    return str(read_manifest(folder).get("format", ""))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder that a command wrote. Raises InputError."""
    path = folder / "manifest.json"
    allowed = "a folder that 'totalplace run', 'totalplace compare' or 'totalplace sweep run' wrote"
    if not folder.is_dir():
        raise InputError(f"There is no folder '{folder}'", allowed=allowed)
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise InputError(f"The folder '{folder}' has no manifest.json", allowed=allowed) from None
    except (OSError, ValueError) as error:
        raise InputError(f"'{path}' cannot be read: {error}", allowed=allowed) from error
    if not isinstance(content, dict):
        raise InputError(f"'{path}' is not a manifest", allowed=allowed)
    return content


def read_results(folder: Path) -> Results:
    """The results in a folder. Raises InputError for one that holds something else, is damaged or is of another version."""
    manifest = read_manifest(folder)
    if manifest.get("format") != FORMAT:
        raise InputError(f"'{folder}' is of the format '{manifest.get('format')}'", allowed=f"the format '{FORMAT}'")
    try:
        entries = manifest["scenarios"]
        ensembles = tuple(_ensemble(folder, entry) for entry in entries)
        missing = sum(len(entry["seeds"]) - e.runs for entry, e in zip(entries, ensembles, strict=True))
        check_pairs(ensembles)
        baseline = named([e.scenario.name for e in ensembles], manifest.get("options", {}).get("baseline"))
        altered = tuple(str(entry["name"]) for entry in entries if text_hash(str(entry["text"])) != entry["sha256"])
        older = tuple(e.scenario.name for entry, e in zip(entries, ensembles, strict=True) if e.scenario.text != entry["text"])
        return Results(folder, manifest, ensembles, ensembles[baseline], missing, altered, older)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"The results in '{folder}' are damaged: {error!r}", allowed="a folder as it was written") from error


def _ensemble(folder: Path, entry: dict[str, Any]) -> Ensemble:
    """One scenario of the folder."""
    import scenarios
    from scenarios import places

    name = str(entry["name"])
    try:
        scenario = scenarios.loads(str(entry["text"]), name)
        place = places.load(scenario.place, scenario.year, scenario.clusters, scenario.nhs)
    except InputError as error:
        raise InputError(
            f"The scenario '{name}' in '{folder}' cannot be read by this version: {error}",
            allowed="results of this version; run the command in the manifest again",
        ) from error
    seeds, metrics = _metrics(_rows(folder, "metrics", name), int(entry["quarters"]))
    agencies = tuple(place.agency_names)
    commissioners, deals = _deals(_rows(folder, "deals", name), agencies)
    ties = np.zeros((len(seeds), len(agencies), 0), _NO_TIES)
    gains = _gains(_rows(folder, "gains", name), len(seeds), agencies, place)
    return Ensemble(scenario, place, commissioners, metrics, deals, gains, ties, ties, seeds)


def _rows(folder: Path, table: str, scenario: str) -> pa.Table:
    """The rows of a scenario in a table of the folder."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = folder / f"{table}.parquet"
    try:
        return pq.read_table(path, filters=[("scenario", "=", scenario)])
    except FileNotFoundError:
        raise InputError(f"The folder '{folder}' has no {path.name}", allowed="a folder as it was written") from None
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"'{path}' cannot be read: {error}", allowed="a file as it was written") from error


def _metrics(table: pa.Table, quarters: int) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """The seeds (R,) and the metrics (R, Q), in the order of the seeds in the file."""
    from sim.metrics import METRICS

    names = [name for name in table.column_names if name in METRICS]
    seeds = table["seed"].to_numpy().astype(np.int64)[::quarters]
    if len(table) != len(seeds) * quarters or not names or not len(seeds):
        raise ValueError(f"{len(table)} rows of metrics for {quarters} quarters a run")
    metrics = np.zeros((len(seeds), quarters), [(name, np.float64) for name in names])
    for name in names:
        metrics[name] = table[name].to_numpy().reshape(len(seeds), quarters)
    return seeds, metrics


def _deals(table: pa.Table, agencies: Sequence[str]) -> tuple[tuple[str, ...], NDArray[Any]]:
    """The commissioners, and the record of negotiations with index numbers in place of names, as a run has it."""
    from agents.bargaining import DEALS
    from scenarios.vocabulary import THEMES
    from sim.deals import outcome_names, part_names

    commissioners = tuple(str(name) for name in table["commissioner"].unique().to_pylist() if name is not None)
    names = {
        "theme": THEMES, "commissioner": commissioners, "agency": tuple(agencies), "outcome": outcome_names(),
        "reason": part_names(),
    }
    deals = with_seed(np.zeros(len(table), DEALS.dtype), 0)
    for column in deals.dtype.names or ():
        deals[column] = _codes(table[column], names[column]) if column in names else table[column].to_numpy()
    return commissioners, deals


def _codes(column: Any, names: Sequence[str]) -> NDArray[np.int64]:
    """The index number of each value of a column of names, -1 for none."""
    import pandas as pd

    values = column.to_pandas().astype("category").cat.remove_unused_categories()
    unknown = set(values.cat.categories) - set(names)
    if unknown:
        raise ValueError(f"unknown names {sorted(unknown)}")
    return np.asarray(pd.Categorical(values, categories=list(names)).codes, dtype=np.int64)


def _gains(table: pa.Table, runs: int, agencies: Sequence[str], place: Place) -> NDArray[np.float64]:
    """£m from the agency that pays to the one that gains, (R, A, A)."""
    number = len(agencies)
    payer, gainer = np.repeat(agencies, number), np.tile(agencies, number)
    columns = {"pays": np.tile(payer, runs), "gains": np.tile(gainer, runs)}
    if any(table[name].to_pylist() != names.tolist() for name, names in columns.items()):
        raise ValueError(f"the agencies in gains.parquet are not those of {place.name}")
    return np.asarray(table["amount"].to_numpy().reshape(runs, number, number), dtype=np.float64)
