"""Kinds of file that a user can hand over, each with valid samples, a way to spoil them and what reads them."""

from __future__ import annotations

import json
import random
import shutil
import time
import traceback
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from tests.mutations import Mutate, mutated_bytes, mutated_json, mutated_yaml
from totalplace import scenarios
from totalplace.scenarios import sweeps
from totalplace.scenarios.arrangement import load_arrangement
from totalplace.scenarios.cuts import load_cuts
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.ensemble import run
from totalplace.sim.model.world import build
from totalplace.sim.results.store import FORMAT

SHIPPED: Final = Path(scenarios.__file__).parent
#: Most seconds of processor time that reading a file may take.
MOST_SECONDS: Final = 20.0
#: Longest message, characters.
MOST_WORDS: Final = 20_000
#: Scenarios that are read in spite of all are run when they are no larger than this.
RUN_QUARTERS, RUN_CLUSTERS, RUN_NHS = 24, 12, 12

OWN: Final = """\
name: own
title: Joint commissioning, own case
extends: october-2010
place: Leeds
year: 2010-11
start: 2010-10
quarters: 8
clusters: 3
nhs: 2
network: small_world
arrangement:
  extends: joint-commissioning
  rounds: 4
  mandated_agencies: [council, police]
  commissioners:
    - {name: families, host: council, themes: [complex_families, education_and_early_years], leadership: 0.6}
    - {name: safety, host: board, themes: [crime_and_justice]}
  levers: {single_pot: {all: 0.1, treasury: 0}}
cuts: spending-review-2010
levers:
  encouragement: {health: 0.5, all: -0.2}
  savings_rule: nash
  transition_fund: 3.5
uncertainties: {all: prior, eta: 0.8, kappa: {low: 0.4, high: 0.6}, iota: default}
events:
  - "2011-04: mandate health and care at 3.4%"
  - {date: 2012-01, lever: cuts, value: 1.5, why: a second round}
seeds: {first: 3, count: 20}
"""
SWEEP: Final = """\
title: Clawback and trust
scenarios: [october-2010]
arrangements: [joint-commissioning, prototype]
places: [Rutland, Kent]
settings: {quarters: 8, uncertainties: prior}
levers:
  clawback: {low: 0, high: 0.6}
  encouragement: {health: [-0.5, 0, 0.5], all: range}
  savings_rule: range
uncertainties: {initial_trust: prior, eta: {low: 0.7, high: 0.9, distribution: triangular, mode: 0.8}}
design: {kind: latin-hypercube, samples: 50, seed: 4}
replicates: 2
metrics: [net_saving, pooled_share]
every: year
"""
MANIFEST: Final = json.dumps({"format": FORMAT, "command": ["totalplace", "run"], "versions": {}, "scenarios": [{"name": "silo"}]})
TIES: Final = "# who knows whom\ncouncil nhs\npolice council\nschools transport\n"
ROWS: Final = "eta,clawback.home,clawback.health,savings_rule\n" + "0.8,0.1,0.3,nash\n0.7,0.5,0.2,equal\n" * 20


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name on disk, valid samples, how one is spoilt, and what reads it (raising InputError)."""

    file: str
    samples: Callable[[], tuple[bytes, ...]]
    mutate: Mutate
    read: Callable[[Path], object]


def _files(pattern: str) -> Callable[[], tuple[bytes, ...]]:
    return lambda: tuple(path.read_bytes() for path in sorted(SHIPPED.glob(pattern)))


def _simulated(scenario: Scenario) -> object:
    """Build what was read, and run it where that is quick: a file that is accepted must also be usable."""
    small = isinstance(scenario.clusters, int) and scenario.clusters <= RUN_CLUSTERS
    if small and scenario.nhs <= RUN_NHS:
        build(scenario)
        if scenario.quarters <= RUN_QUARTERS:
            return run(scenario, 1)
    return scenario


def _read_network(path: Path) -> object:
    return _simulated(scenarios.loads(f"extends: silo\nplace: Rutland\nquarters: 2\nnetwork: {{file: {json.dumps(str(path))}}}"))


def _read_cuts(path: Path) -> object:
    load_cuts(str(path))
    return _simulated(scenarios.loads(f"extends: silo\nplace: Rutland\nquarters: 20\ncuts: {json.dumps(str(path))}"))


def _read_rows(path: Path) -> object:
    return sweeps.loads(f"places: Rutland\ndesign: {{kind: rows, file: {json.dumps(str(path))}}}", "rows")


@cache
def _checkpoint() -> bytes:
    from totalplace.sim.engine import checkpoints

    point = checkpoints.checkpoint(scenarios.load("single-pot", place="Rutland", quarters=4, clusters=1), 2)
    return _written(lambda path: checkpoints.save(point, path))


def _written(write: Callable[[Path], object]) -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.npz"
        write(path)
        return path.read_bytes()


def _read_checkpoint(path: Path) -> object:
    from totalplace.sim.engine import checkpoints

    return checkpoints.open_checkpoint(path)


@cache
def swept() -> Path:
    """A folder of a finished small sweep."""
    import tempfile

    import totalplace as tp
    from tests.sweeps import small_sweep

    folder = Path(tempfile.mkdtemp(prefix="totalplace-fuzz-")) / "sweep"
    tp.sweep(small_sweep(2, 4), folder, threads=1, chunk=8)
    return folder


def _part(name: str) -> Callable[[], tuple[bytes, ...]]:
    return lambda: ((swept() / name).read_bytes(),)


def _read_sweep(name: str) -> Callable[[Path], object]:
    """Everything that is shown of a sweep in whose folder one file is spoilt."""

    def read(path: Path) -> object:
        import totalplace as tp

        folder = path.parent / "sweep"
        if not folder.exists():
            shutil.copytree(swept(), folder)
        before = (folder / name).read_bytes()
        shutil.copy(path, folder / name)
        try:
            store = tp.open_sweep(folder)
            return store.state, store.damaged(), store.failed(), store.frame(), store.summary(), store._repr_html_()
        finally:
            (folder / name).write_bytes(before)

    return read


def _read_results(path: Path) -> object:
    from totalplace.sim.results.store import check_out

    folder = path.parent / "results"
    folder.mkdir(exist_ok=True)
    shutil.copy(path, folder / "manifest.json")
    check_out(folder, force=True)
    return folder


def _same_size(content: bytes, chance: random.Random) -> bytes:
    """Changed bytes in a file that stays as long as it was: its size does not give it away."""
    data = bytearray(content)
    for _ in range(chance.choice([1, 4, 40])):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


KINDS: Final[dict[str, Kind]] = {
    "scenario": Kind("own.yaml", lambda: (OWN.encode(), *_files("named/*.yaml")()), mutated_yaml,
                     lambda path: _simulated(scenarios.load(path))),
    "arrangement": Kind("own.yaml", _files("arrangements/*.yaml"), mutated_yaml, lambda path: load_arrangement(str(path))),
    "cuts": Kind("own.yaml", _files("cuts/*.yaml"), mutated_yaml, _read_cuts),
    "sweep": Kind("own.yaml", lambda: (SWEEP.encode(), *_files("sweeps/[!p]*.yaml")()), mutated_yaml, sweeps.load),
    "rows": Kind("rows.csv", lambda: (ROWS.encode(),), mutated_bytes, _read_rows),
    "network": Kind("ties.txt", lambda: (TIES.encode(),), mutated_bytes, _read_network),
    "checkpoint": Kind("point.npz", lambda: (_checkpoint(),), mutated_bytes, _read_checkpoint),
    "sweep manifest": Kind("spoilt", _part("manifest.json"), mutated_json, _read_sweep("manifest.json")),
    "sweep record": Kind("spoilt", _part("parts/00000.json"), mutated_json, _read_sweep("parts/00000.json")),
    "sweep scenarios": Kind("spoilt", _part("scenarios.parquet"), mutated_bytes, _read_sweep("scenarios.parquet")),
    "sweep runs": Kind("spoilt", _part("runs/part-00000.parquet"), _same_size, _read_sweep("runs/part-00000.parquet")),
    "sweep metrics": Kind("spoilt", _part("metrics/part-00000.parquet"), _same_size, _read_sweep("metrics/part-00000.parquet")),
    "results manifest": Kind("spoilt", lambda: (MANIFEST.encode(),), mutated_json, _read_results),
}


def spoilt(name: str, number: int) -> bytes:
    """Case ``number`` of a kind of file, the same on every machine."""
    kind = KINDS[name]
    chance = random.Random(zlib.crc32(name.encode()) * 1_000_003 + number)
    return kind.mutate(chance.choice(kind.samples()), chance)


def findings(name: str, cases: Iterator[int] | range, folder: Path) -> list[str]:
    """Read the cases of a kind: whatever is not read well or refused with words, with its number and what happened."""
    kind, found = KINDS[name], []
    for number in cases:
        path = folder / kind.file
        path.write_bytes(spoilt(name, number))
        began = time.process_time()
        try:
            kind.read(path)
        except InputError as refusal:
            words = str(refusal)
            if not refusal.message.strip() or len(words) > MOST_WORDS:
                found.append(f"{name} {number}: the message has {len(words)} characters")
        except Exception:
            found.append(f"{name} {number}: {traceback.format_exc(limit=-3)}")
        if time.process_time() - began > MOST_SECONDS:
            found.append(f"{name} {number}: took {time.process_time() - began:.0f} seconds")
    return found

