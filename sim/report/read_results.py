"""The results of ``run``, ``compare`` or ``explain`` read back from their folder, as ensembles. No table is believed unchecked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from totalplace.scenarios.canonical_text import text_hash
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.in_full import files_named
from totalplace.scenarios.scenario_file import MOST_QUARTERS
from totalplace.sim.report.tables import Rows, codes, every_cell, index_of, real_numbers, table_of, whole_numbers
from totalplace.sim.results.compare import check_pairs, named
from totalplace.sim.results.out_folder import ANALYSIS_FORMAT, OLDER
from totalplace.sim.results.records import with_seed
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.store import FORMAT
from totalplace.sim.system.checksums import check_files, check_signed, read_object

if TYPE_CHECKING:
    import pyarrow as pa

    from totalplace.scenarios.scenario import Scenario

TABLES: Final = ("metrics", "deals", "gains")
#: More agencies than any place has.
MOST_AGENCIES: Final = 1000
#: The table of networks, which earlier versions did not write: ensembles that they wrote have no ties.
TIES: Final = "ties"
_TIE_FIELDS: Final = np.dtype([("tied", np.int64), ("trust", np.float64), ("money", np.float64)])


@dataclass(frozen=True, eq=False)
class Results:
    """A folder of results. ``missing`` counts the runs that its manifest names and its tables do not hold.

    ``has_ties`` says whether networks are in the tables. ``unchecked`` says that an earlier version wrote the folder, without
    checksums. ``altered`` are the scenarios whose text is not the one that the hash was taken of, ``older`` those that this version
    reads with further values, since its registries have changed. ``from_files`` are those
    whose text, saved before texts held all in full, names files of a budget path or network.
    """

    folder: Path
    manifest: dict[str, Any]
    ensembles: tuple[Ensemble, ...]
    baseline: Ensemble
    missing: int
    altered: tuple[str, ...]
    older: tuple[str, ...]
    has_ties: bool = False
    unchecked: bool = False
    from_files: tuple[str, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of the tables that were read."""
        return (*TABLES, TIES) if self.has_ties else TABLES


def format_of(folder: Path) -> str:
    """What the manifest of a folder says that it holds. Raises InputError when there is no such folder or no manifest."""
    return str(read_manifest(folder).get("format", ""))


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder that a command wrote, as it was written. Raises InputError."""
    path = folder / "manifest.json"
    allowed = "a folder that 'totalplace run', 'totalplace compare' or 'totalplace sweep run' wrote"
    if not folder.is_dir():
        raise InputError(f"There is no folder '{folder}'", allowed=allowed)
    try:
        content = read_object(path, "results")
    except FileNotFoundError:
        raise InputError(f"The folder '{folder}' has no manifest.json", allowed=allowed) from None
    if content.get("format") in (FORMAT, ANALYSIS_FORMAT):
        check_signed(content, path)
    return content


class _Entry(BaseModel):
    """What the manifest says of a scenario, as far as the tables are read by it."""

    model_config = ConfigDict(strict=True)

    name: str
    sha256: str
    place: dict[str, str]
    seeds: list[Annotated[int, Field(ge=0, lt=2**63)]] = Field(min_length=1)
    quarters: int = Field(ge=1, le=MOST_QUARTERS)
    negotiations: int = Field(ge=0)
    text: str
    #: Results that are older than pairs of seeds do not say it: each of their seeds has a draw of its own.
    seeds_a_draw: int = Field(1, ge=1)


class _Manifest(BaseModel):
    """The manifest of a folder of results, as far as it is read."""

    scenarios: list[_Entry] = Field(min_length=1)
    options: dict[str, Any] = {}
    versions: dict[str, str | None] = {}
    command: list[str] = []
    seconds: float = 0.0


def read_results(folder: Path) -> Results:
    """The results in a folder. Raises InputError for one that holds something else, is damaged or is of another version."""
    manifest = read_manifest(folder)
    kind = manifest.get("format")
    if kind != FORMAT and (not isinstance(kind, str) or OLDER.get(kind) != FORMAT):
        raise InputError(f"'{folder}' is of the format '{kind}'", allowed=f"the format '{FORMAT}'")
    try:
        entries = _Manifest.model_validate(manifest).scenarios
        if kind == FORMAT:
            check_files(folder, manifest["files"])
        has_ties = kind == FORMAT and f"{TIES}.parquet" in manifest["files"]
        names = (*TABLES, TIES) if has_ties else TABLES
        tables = {name: table_of(folder, name, _most_rows(name, entries)) for name in names}
        ensembles = tuple(_ensemble(folder, entry, tables) for entry in entries)
        if left := sorted({name for rows in tables.values() for name in rows.unread}):
            raise ValueError(f"rows of scenarios that the manifest does not name: {', '.join(left)[:200]}")
        missing = sum(len(entry.seeds) - e.runs for entry, e in zip(entries, ensembles, strict=True))
        check_pairs(ensembles)
        baseline = named([e.scenario.name for e in ensembles], manifest.get("options", {}).get("baseline"))
        altered = tuple(entry.name for entry in entries if text_hash(entry.text) != entry.sha256)
        from_files = tuple(entry.name for entry in entries if files_named(entry.text))
        older = tuple(e.scenario.name for entry, e in zip(entries, ensembles, strict=True)
                      if e.scenario.text != entry.text and entry.name not in from_files)
        return Results(folder, manifest, ensembles, ensembles[baseline], missing, altered, older, has_ties,
                       kind != FORMAT, from_files)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        why = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"[:200]
        raise InputError(f"The manifest in '{folder}' is damaged: {why}", allowed="a folder as it was written") from error
    except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        raise InputError(f"The results in '{folder}' are damaged: {error!r}"[:400], allowed="a folder as it was written") from error


def _most_rows(table: str, entries: Sequence[_Entry]) -> int:
    """More rows than a table has when it is what the manifest says."""
    rows = {"metrics": lambda e: len(e.seeds) * e.quarters, "deals": lambda e: e.negotiations}
    return sum(rows[table](entry) if table in rows else len(entry.seeds) * MOST_AGENCIES**2 for entry in entries)


def _ensemble(folder: Path, entry: _Entry, tables: dict[str, Rows]) -> Ensemble:
    """One scenario of the folder."""
    from totalplace import scenarios

    try:
        scenario = scenarios.loads(entry.text, entry.name)
        place = scenario.material.place
    except InputError as error:
        if named := [file for file in files_named(entry.text) if not Path(file).is_file()]:
            raise InputError(
                f"The scenario '{entry.name}' in '{folder}' was saved with the name of a file that is not there: '{named[0]}'",
                allowed="the file where it was, or results of the command in the manifest run again: they hold what is in it",
            ) from error
        raise InputError(
            f"The scenario '{entry.name}' in '{folder}' cannot be read by this version: {error}",
            allowed="results of this version; run the command in the manifest again",
        ) from error
    if scenario.quarters != entry.quarters or place.name != entry.place.get("name"):
        raise ValueError(f"the text of '{entry.name}' is of {scenario.place}, {scenario.quarters} quarters")
    own = {name: rows.of(entry.name, place.name) for name, rows in tables.items()}
    seeds, metrics = _metrics(own["metrics"], entry, scenario)
    agencies = tuple(place.agency_names)
    known = tuple(post.name for post in scenario.material.posts) if TIES in own else None
    commissioners, deals = _deals(own["deals"], agencies, seeds, entry, known)
    gains = _gains(own["gains"], seeds, agencies)
    if TIES in own:
        start, end = (_ties(own[TIES], seeds, agencies, commissioners, when) for when in ("start", "end"))
    else:
        start = end = np.zeros((len(seeds), len(agencies), 0), _TIE_FIELDS)
    return Ensemble(scenario, place, commissioners, metrics, deals, gains, start, end, seeds, entry.seeds_a_draw)


def _metrics(table: pa.Table, entry: _Entry, scenario: Scenario) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """The seeds (R,) in the order of the manifest and the metrics (R, Q), whatever the order of the rows."""
    from totalplace.sim.model.metrics import METRICS, without_value

    names = [name for name in table.column_names if name in METRICS]
    seed, quarter = whole_numbers(table, "seed"), whole_numbers(table, "quarter")
    found = set(seed.tolist())
    seeds = np.array([one for one in entry.seeds if one in found], dtype=np.int64)
    if not names or not len(seeds) or len(found) != len(seeds):
        raise ValueError(f"the seeds or the columns of the metrics of '{entry.name}' are not those of the manifest")
    shape = (len(seeds), entry.quarters)
    order = every_cell(shape, index_of(seed, seeds), quarter)
    metrics = np.zeros(shape, [(name, np.float64) for name in names])
    for name in names:
        metrics[name] = real_numbers(table, name, bool(without_value(name, scenario)))[order].reshape(shape)
    return seeds, metrics


def _deals(
    table: pa.Table, agencies: Sequence[str], seeds: NDArray[np.int64], entry: _Entry, known: tuple[str, ...] | None
) -> tuple[tuple[str, ...], NDArray[Any]]:
    """The commissioners, and the record of negotiations with index numbers in place of names, as a run has it, by seed.

    Commissioners are those ``known``, or else those in the record.
    """
    from totalplace.agents.bargaining import DEALS
    from totalplace.scenarios.vocabulary import THEMES
    from totalplace.sim.results.deals import outcome_names, reason_names

    complete = len(seeds) == len(entry.seeds)
    if complete and len(table) != entry.negotiations:
        raise ValueError(f"{len(table):,} negotiations of '{entry.name}', and {entry.negotiations:,} in the manifest")
    run, quarter = index_of(whole_numbers(table, "seed"), seeds), whole_numbers(table, "quarter")
    if len(quarter) and not (quarter.min() >= 0 and quarter.max() < entry.quarters):
        raise ValueError(f"a negotiation of '{entry.name}' in a quarter that is not in the run")
    order = np.lexsort((quarter, run))  # stable: within a quarter as they took place
    commissioners = known
    if commissioners is None:
        commissioners = tuple(str(name) for name in table["commissioner"].unique().to_pylist() if name is not None)
    names = {
        "theme": THEMES, "commissioner": commissioners, "agency": tuple(agencies), "outcome": outcome_names(),
        "reason": reason_names(),
    }
    deals = with_seed(np.zeros(len(table), DEALS.dtype), 0)
    for column in deals.dtype.names or ():
        if column in names:
            values: NDArray[Any] = codes(table[column], names[column], missing=column in ("commissioner", "reason"))
        else:
            values = whole_numbers(table, column) if deals.dtype[column].kind in "iu" else real_numbers(table, column)
        deals[column] = values[order]
    return commissioners, deals


def _gains(table: pa.Table, seeds: NDArray[np.int64], agencies: Sequence[str]) -> NDArray[np.float64]:
    """£m from the agency that pays to the one that gains, (R, A, A), whatever the order of the rows."""
    shape = (len(seeds), len(agencies), len(agencies))
    run = index_of(whole_numbers(table, "seed"), seeds)
    order = every_cell(shape, run, codes(table["pays"], agencies), codes(table["gains"], agencies))
    return real_numbers(table, "amount")[order].reshape(shape)


def _ties(
    table: pa.Table, seeds: NDArray[np.int64], agencies: Sequence[str], commissioners: Sequence[str], when: str
) -> NDArray[Any]:
    """Ties (R, A, C) at the ``start`` or the ``end`` of the runs, whatever the order of the rows."""
    shape = (len(seeds), len(agencies), len(commissioners))
    run = index_of(whole_numbers(table, "seed"), seeds)
    order = every_cell(shape, run, codes(table["agency"], agencies), codes(table["commissioner"], commissioners))
    ties = np.zeros(shape, _TIE_FIELDS)
    tied = whole_numbers(table, f"tied_{when}")
    if not np.isin(tied, (0, 1)).all():
        raise ValueError(f"values of tied_{when} that are neither 0 nor 1")
    ties["tied"] = tied[order].reshape(shape)
    for name in ("trust", "money"):
        ties[name] = real_numbers(table, f"{name}_{when}")[order].reshape(shape)
    return ties
