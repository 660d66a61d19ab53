"""The world of a run saved at a quarter: a file of its tables, refused when rules or data are no longer the same."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.agents.world import World
from totalplace.scenarios import loads, scenario_of
from totalplace.scenarios.calendar import period, quarter_dates, quarter_index
from totalplace.scenarios.checking import path_of
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.numbers import plain, whole
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.play import Stage
from totalplace.sim.engine.seeds import checked_seed
from totalplace.sim.model.limits import check_values
from totalplace.sim.model.world import AGENCY_FLAGS, Template, build

if TYPE_CHECKING:
    from totalplace.sim.engine.place_model import PlaceModel

FORMAT: Final = "totalplace checkpoint 1"
#: Most bytes in all tables of a checkpoint that is read.
MOST_BYTES: Final = 1_000_000_000
#: Columns that say which row is which and how long a run is, and that no rule changes.
_UNCHANGED: Final = {
    "clock": ("quarters", "calendar", "pays_for_change", "receives_benefits", "domains"),
    "agencies": ("key", "kind", "department", *AGENCY_FLAGS), "commissioners": ("key", "host", "phase"), "domains": ("in_use",),
    "themes": ("back_office", "neighbourhoods", "metric"), "cohorts": ("key", "kind", "neighbourhood"),
    "accounts": ("passing",),
}
#: What a scenario says of later dates.
_DATED: Final = ("events", "arrangements", "budget_path", "budget_below", "budget_above")
#: Laid over other tables, or the same in every run, and so not kept.
_VIEWS: Final = ("levers", "parameters", "coalitions")


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A world before quarter ``quarter`` of a run of ``scenario`` with ``seed``; ``tables`` holds its tables by name."""

    scenario: Scenario
    seed: int
    quarter: int
    tables: Mapping[str, NDArray[Any]]

    @property
    def date(self) -> str:
        """The first month of the next quarter."""
        return quarter_dates(self.scenario.start, self.quarter + 1)[-1]


def quarter_of(scenario: Scenario, at: str | int) -> int:
    """The quarter that a month (``2014-04``) or number means. Raises InputError for one outside the run."""
    number = plain(at)
    if isinstance(number, str):
        quarter = quarter_index(scenario.start, number)
    else:
        quarter = number if isinstance(number, int) and number < 0 else whole(number, "quarter", 0)
    if not 0 <= quarter < scenario.quarters:
        allowed = f"{period(scenario.start, scenario.quarters)}, or a quarter from 0"
        raise InputError(f"{at} is not in the run of '{scenario.name}'", allowed=allowed)
    return quarter


def checkpoint(scenario: Scenario | str | Path, at: str | int, seed: int = 1) -> Checkpoint:
    """The world of a run before the quarter that holds ``at``. Raises InputError, LedgerError."""
    scenario = scenario_of(scenario)
    seed, quarter = checked_seed(seed), quarter_of(scenario, at)
    stage = Stage(scenario)
    stage.begin(seed)
    return Checkpoint(scenario, seed, quarter, tables_of(stage.advance(quarter)))


def checkpoint_of(model: PlaceModel) -> Checkpoint:
    """The world of a Mesa model as it stands. Subclassed agents are not part of it: only what is in the tables."""
    return Checkpoint(model.place_scenario, model.place_seed, model.quarter, tables_of(model.world))


def tables_of(world: World) -> dict[str, NDArray[Any]]:
    """A copy of every table, records as tables of one row, the negotiations as far as they go."""
    parts: dict[str, Any] = world._asdict()
    tables = {
        name: np.array(part, ndmin=1, dtype=_plain(part.dtype)) for name, part in parts.items() if name not in _VIEWS
    }
    tables["deals"] = tables["deals"][: int(world.clock.deals)].copy()
    return tables


def _plain(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """A dtype without the record class that gives attribute access."""
    return np.dtype((np.void, dtype)) if issubclass(dtype.type, np.record) else dtype


def put(point: Checkpoint, world: World) -> None:
    """Set a world at the start of a run with the same seed to a checkpoint; what its own scenario says of later dates stays.

    Commissioners whose posts are not made yet stay as they are at the start.
    """
    posts = int(np.count_nonzero(world.arrangements["quarter"][world.commissioners["phase"]] < max(1, point.quarter)))
    for name, table in point.tables.items():
        if name in _DATED:
            continue
        part = getattr(world, name)
        if name == "deals":
            part[: len(table)] = table
        elif name in ("commissioners", "ties"):
            part[..., :posts] = table[..., :posts]
        elif name == "particles" or (name == "scratch" and part.shape != table.shape):
            continue  # all runs of the scenario share these, which are drawn from at the start; rules leave the other behind
        elif isinstance(part, np.ndarray):
            part[...] = table
        else:
            for column in part.dtype.names:
                part[column] = table[column][0]


def check_tables(point: Checkpoint, path: str | Path) -> None:
    """Raise InputError unless the tables are those of the checkpoint's scenario, and hold only what compiled code can use."""
    template = build(point.scenario)
    wanted = tables_of(template.fresh())
    wrong = [name for name, table in wanted.items() if not _fits(name, point.tables.get(name), table, template)]
    wrong += [name for name in point.tables if name not in wanted]
    wrong += ["themes"] if "themes" not in wrong and not _right_commissioners(point, wanted) else []
    wrong += [
        name for name, columns in _UNCHANGED.items()
        if name not in wrong and not _same(point.tables[name], wanted[name], columns)
    ]
    if wrong or not _right_clock(point):
        raise InputError(
            f"The checkpoint does not fit its scenario: {', '.join(wrong) or 'its clock'}", file=str(path),
            allowed="a checkpoint as totalplace wrote it",
        )
    check_values(point.tables, path)


def _right_clock(point: Checkpoint) -> bool:
    """Whether the clock says what the checkpoint says of itself: quarter, seed, and how many negotiations are on record."""
    clock = point.tables["clock"]
    told = [int(clock[name][0]) for name in ("quarter", "seed", "deals")]
    return told == [point.quarter, point.seed, len(point.tables["deals"])] and 0 <= point.quarter <= point.scenario.quarters


def _right_commissioners(point: Checkpoint, wanted: Mapping[str, NDArray[Any]]) -> bool:
    """Whether each theme has the commissioner of the last arrangement so far that had one for it."""
    leads = wanted["themes"]["commissioner"].copy()
    for arrangement in wanted["arrangements"]:
        if 0 < arrangement["quarter"] < point.quarter:
            leads = np.where(arrangement["leads"] >= 0, arrangement["leads"], leads)
    return np.array_equal(point.tables["themes"]["commissioner"], leads)


def _same(table: NDArray[Any], wanted: NDArray[Any], columns: tuple[str, ...]) -> bool:
    """Whether columns that no rule changes are those of the scenario."""
    return all(np.array_equal(table[column], wanted[column]) for column in columns)


def _fits(name: str, table: NDArray[Any] | None, wanted: NDArray[Any], template: Template) -> bool:
    if table is None or table.dtype != wanted.dtype:
        return False
    if name == "deals":
        return table.ndim == 1 and len(table) <= template.most_deals
    return table.shape == wanted.shape


def save(point: Checkpoint, path: str | Path) -> None:
    """Write a checkpoint to an ``.npz`` file, whole or not at all. Raises InputError when it cannot be written or read back."""
    from totalplace.sim.engine.sweep.manifest import code_hash
    from totalplace.sim.system.disk import write_whole

    path = path_of(path, "file")
    check_tables(point, path)
    about = {"format": FORMAT, "scenario": point.scenario.text, "code": code_hash()}
    content: dict[str, Any] = {key: np.array(text) for key, text in about.items()}
    content["numbers"] = np.array([point.seed, point.quarter], dtype=np.int64)
    content |= {f"table.{name}": table for name, table in point.tables.items()}
    stream = io.BytesIO()
    np.savez_compressed(stream, **content)
    try:
        write_whole(path, stream.getbuffer())
    except OSError as error:
        raise InputError(f"'{path}' cannot be written: {error.strerror}", allowed="a file in a folder you may write in") from error


def open_checkpoint(path: str | Path) -> Checkpoint:
    """A checkpoint from its file. Raises InputError for a file that is none, is damaged, or was made by other rules or data."""
    from totalplace.sim.engine.sweep.manifest import code_hash

    path = path_of(path, "file")
    try:
        with zipfile.ZipFile(path) as archive:  # says at once when it is no such file
            if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
                raise InputError("The checkpoint is too large", file=str(path), allowed=f"at most {MOST_BYTES:,} bytes")
            archive.testzip()
        with np.load(path, allow_pickle=False) as content:
            about = {key: str(content[key]) for key in ("format", "scenario", "code")}
            seed, quarter = (int(number) for number in content["numbers"])
            tables = {name.removeprefix("table."): content[name] for name in content.files if name.startswith("table.")}
    except FileNotFoundError:
        raise InputError("There is no such file", file=str(path)) from None
    except InputError:
        raise
    except Exception as error:  # damaged bytes make zipfile, NumPy and its reader of headers raise errors of all kinds
        raise InputError("The file is not a checkpoint, or is damaged", file=str(path), allowed=f"'{FORMAT}'") from error
    if about["format"] != FORMAT:
        raise InputError(f"The file has the format '{about['format'][:60]}'", file=str(path), allowed=f"'{FORMAT}'")
    if about["code"] != code_hash():
        raise InputError(
            "The checkpoint was made by other rules or data than these", file=str(path),
            allowed="one that this version of totalplace made; make it again",
        )
    point = Checkpoint(loads(about["scenario"], str(path)), checked_seed(seed), quarter, tables)
    check_tables(point, path)
    return point
