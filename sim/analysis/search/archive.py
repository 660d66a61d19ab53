"""The archive of a policy search: what is searched, and every generation that was played, each written whole.

A search goes on by being played again: the optimiser is given the written results until they end, and so does what it did before.
"""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.errors import InputError
from totalplace.sim.engine.sweep.parts import parquet
from totalplace.sim.results.out_folder import holdings
from totalplace.sim.system.checksums import KEY, check_signed, is_intact, read_object, seal, signed
from totalplace.sim.system.disk import write_whole

if TYPE_CHECKING:
    import pandas as pd

FORMAT: Final = "totalplace search 2"
#: The format of earlier versions, without checksums; it is read and gone on with.
OLDER: Final = "totalplace search 1"
NAME: Final = "manifest.json"
FOLDER: Final = "generations"
#: What may change between two commands on one folder: a search can be made longer, or be searched with more seeds.
_MAY_DIFFER: Final = ("generations", "seeds")


@dataclass(frozen=True)
class Asked:
    """What is searched: the scenario in full, levers, objectives, draws, how they are judged, and the optimiser's numbers."""

    scenario: str
    levers: tuple[str, ...]
    objectives: tuple[str, ...]
    judged: str
    first_draw: int
    draws: int
    population: int
    generations: int
    seeds: tuple[int, ...]
    code: str
    optimiser: str
    format: str = FORMAT


def optimiser_version() -> str:
    """The library that searches, and its version."""
    return f"pymoo {metadata.version('pymoo')}"


def read_asked(folder: Path) -> Asked | None:
    """What the search in a folder asked for; None if there is none. Raises InputError for another kind of folder."""
    path = folder / NAME
    try:
        content = read_object(path, "a search")
        if content.get("format") not in (FORMAT, OLDER):
            held = content.get("format")
            raise InputError(f"'{folder}' holds no search but '{held}'", allowed="a new folder, or that of a search")
        if content["format"] == FORMAT:
            check_signed(content, path)
        content.pop(KEY, None)
        content["format"] = FORMAT
        lists = {key: tuple(content[key]) for key in ("levers", "objectives", "seeds")}
        return Asked(**(content | lists))
    except FileNotFoundError:
        if folder.is_dir() and any(name != "lock" for name in holdings(folder)):
            raise InputError(f"'{folder}' holds something other than a search", allowed="a new or empty folder") from None
        return None
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise InputError(f"'{path}' is not that of a search: {error}", allowed="a new folder, or that of a search") from error


def check_same(found: Asked, asked: Asked, folder: Path) -> None:
    """Raise InputError, with what differs, when a folder holds another search than the one asked for."""
    old, new = asdict(found), asdict(asked)
    differing = [key for key in old if key not in _MAY_DIFFER and old[key] != new[key]]
    if differing:
        words = {"code": "the code or data of the model", "scenario": "the scenario"}
        lines = [words.get(key, f"{key} ({old[key]} there, {new[key]} asked for)") for key in differing]
        raise InputError(
            f"The folder '{folder}' holds another search. What differs: {'; '.join(lines)}",
            allowed="a new folder, or the search that this one holds",
        )


def write_asked(folder: Path, asked: Asked) -> None:
    """Write what is searched."""
    text = json.dumps(signed(asdict(asked)), indent=2, ensure_ascii=False) + "\n"
    write_whole(folder / NAME, text.encode("utf-8", "backslashreplace"))


class Archive:
    """The generations in the folder of a search, one file each: genes, lever values and objectives of its policies."""

    def __init__(self, folder: Path, levers: tuple[str, ...], objectives: tuple[str, ...]) -> None:
        self.folder = folder / FOLDER
        self.levers, self.objectives = levers, objectives

    def _path(self, seed: int, generation: int) -> Path:
        return self.folder / f"seed-{seed:03d}-generation-{generation:05d}.parquet"

    def write(
        self, seed: int, generation: int, genes: NDArray[np.float64], values: NDArray[np.float64], worth: NDArray[np.float64]
    ) -> None:
        """Write a generation: genes and lever values (N, F), objectives (N, M)."""
        import pandas as pd
        import pyarrow as pa

        table = pd.DataFrame({"seed": seed, "generation": generation, "candidate": np.arange(len(genes))})
        parts = {
            **{f"gene.{name}": genes[:, f] for f, name in enumerate(self.levers)},
            **{name: values[:, f] for f, name in enumerate(self.levers)},
            **{f"objective.{name}": worth[:, m] for m, name in enumerate(self.objectives)},
        }
        self.folder.mkdir(exist_ok=True)
        sealed = seal(pa.Table.from_pandas(table.assign(**parts), preserve_index=False))
        write_whole(self._path(seed, generation), parquet(sealed))

    def read(self, seed: int, generation: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]] | None:
        """Genes, lever values and objectives of a generation; None if it has not been played or its file is damaged."""
        table = self._table(self._path(seed, generation))
        if table is None:
            return None
        genes = table[[f"gene.{name}" for name in self.levers]]
        worth = table[[f"objective.{name}" for name in self.objectives]]
        return genes.to_numpy(np.float64), table[list(self.levers)].to_numpy(np.float64), worth.to_numpy(np.float64)

    def _table(self, path: Path) -> pd.DataFrame | None:
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(io.BytesIO(path.read_bytes()))
            if not is_intact(table):
                return None
            frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)  # the seal is of names and values alone
            wanted = {*self.levers, *(f"gene.{name}" for name in self.levers), *(f"objective.{name}" for name in self.objectives)}
            return frame if wanted <= set(frame.columns) else None
        except Exception:  # damaged bytes make Arrow and pandas raise errors of all kinds
            return None

    def _whole(self, path: Path) -> pd.DataFrame:
        table = self._table(path)
        if table is None:
            raise InputError(
                f"'{path}' is damaged or was changed since it was written",
                allowed="the same search into the same folder again: damaged generations are played again",
            )
        return table

    def frame(self) -> pd.DataFrame:
        """Every policy that was played: seed, generation, candidate, lever values, and objectives by the names of their metrics.

        Raises InputError for a generation whose file is damaged: the same search, run again, plays it anew.
        """
        import pandas as pd

        tables = [self._whole(path) for path in sorted(self.folder.glob("seed-*.parquet"))]
        if not tables:
            columns: list[Any] = ["seed", "generation", "candidate", *self.levers, *self.objectives]
            return pd.DataFrame(columns=columns)
        whole = pd.concat(tables, ignore_index=True)
        kept = whole.drop(columns=[f"gene.{name}" for name in self.levers])
        return kept.rename(columns={f"objective.{name}": name for name in self.objectives})
