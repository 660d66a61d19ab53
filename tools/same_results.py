"""Play random scenarios in this checkout and in another, and say where results differ by a single bit.

``python -m tools.same_results OTHER_CHECKOUT --scenarios 500 --seed 1`` compares the metrics, negotiations, gains and ledgers of
each run. It ends with 1 if anything differs. ``--within 1e-11`` is for changes that may move last bits: it counts the runs whose
negotiations went another way, says how far the others are apart, and ends with 1 if one of them is further.

The other checkout may have another layout: each plays in a process of its own, with its own path and cache of machine code,
through ``load`` and ``run`` of its public package and its ``Stage``.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
import random
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

HERE: Final = Path(__file__).resolve()
ROOT: Final = HERE.parent.parent
#: The scenario that random settings change.
BASE: Final = "october-2010"
#: The public package in the order in which it is looked for, and the folders of a checkout that may hold it.
PACKAGES: Final = ("totalplace", "sim")
FOLDERS: Final = ("src", "")
#: Starts by year of the budgets: in that year, or before the first cut.
STARTS: Final = {"2010-11": ("2008-01", "2010-04", "2010-10", "2011-01"), "2017-18": ("2017-04", "2017-10", "2018-01")}
MOST_QUARTERS: Final = 24
#: Differences that are written out.
MOST_SAID: Final = 20
#: Runs that are played and compared before their results are thrown away.
TOGETHER: Final = 500
#: Shares of a negotiation further apart than this are another step of the grid that parties look at.
OTHER_SHARE: Final = 1e-6
#: Numbers no further apart than this differ by the rounding of what is nothing or between 0 and 1.
ROUNDING: Final = 1e-14
#: What a run leaves behind, by name: numbers, or the words of what refused it under ``ERROR``.
Results = dict[str, NDArray[Any]]
ERROR: Final = "error"


@dataclass(frozen=True)
class Job:
    """A scenario as settings on top of :data:`BASE`, and the seed of its run."""

    settings: list[str]
    seed: int


def random_jobs(count: int, seed: int, seeds: int = 1) -> list[Job]:
    """Random scenarios over every part of the schema, each with ``seeds`` seeds.

    They are the same for the same ``seed`` and words of the model.
    """
    dice = random.Random(seed)
    chosen = [Job(_settings(dice), dice.randrange(2**31)) for _ in range(count)]
    return [Job(job.settings, job.seed + more) for job in chosen for more in range(seeds)]


def _settings(dice: random.Random) -> list[str]:
    from totalplace.scenarios import arrangement, places
    from totalplace.scenarios.registry import LEVERS, PARAMETERS
    from totalplace.scenarios.vocabulary import AGENCY_KINDS, DECISION_RULES, TOPOLOGIES

    year, quarters = dice.choice(list(STARTS)), dice.randint(1, MOST_QUARTERS)
    start, chosen = dice.choice(STARTS[year]), dice.choice(arrangement.names())
    settings = [
        f"place={json.dumps(dice.choice(places.names()).name)}", f"year={year}", f"start={start}", f"quarters={quarters}",
        f"clusters={dice.randint(1, 6)}", f"nhs={dice.choice((1, 1, dice.randint(2, 8)))}",
        f"network={dice.choice(TOPOLOGIES)}", f"cuts={dice.choice(('none', 'spending-review-2010'))}",
        f"arrangement={chosen}", f"arrangement.rounds={dice.randint(0, 12)}",
        f"arrangement.themes_a_quarter={dice.randint(0, 8)}", f"arrangement.largest_coalition={dice.randint(1, 14)}",
        f"arrangement.set_up={dice.uniform(0, 2)}", f"arrangement.political={dice.random()}",
        f"arrangement.time_limit={dice.choice((0, 0, 4, 8))}",
        f"arrangement.mandated_agencies={json.dumps(dice.sample(AGENCY_KINDS, dice.randint(0, 4)))}",
        f"uncertainties={dice.choice(('default', 'prior'))}",
    ]
    if dice.random() < 0.5 and arrangement.load_arrangement(chosen).commissioners:
        settings.append(f"arrangement.decision_rule={dice.choice(DECISION_RULES)}")
    for name in dice.sample(list(PARAMETERS), dice.randint(0, 6)):
        settings.append(f"uncertainties.{name}={dice.uniform(PARAMETERS[name].low, PARAMETERS[name].high)}")
    for name in dice.sample(list(LEVERS), dice.randint(0, len(LEVERS))):
        target = dice.choice(("", *LEVERS[name].targets)) if LEVERS[name].kind != "flag" else ""
        settings.append(f"levers.{name}{'.' * bool(target)}{target}={json.dumps(_lever_value(dice, LEVERS[name]))}")
    for _ in range(dice.randint(0, 3)):
        name, month = dice.choice([name for name in LEVERS if name != "cuts"]), dice.randrange(3 * quarters)
        at = 12 * int(start[:4]) + int(start[5:]) - 1 + month
        event = {"date": f"{at // 12:04d}-{at % 12 + 1:02d}", "lever": name, "target": "all"}
        settings.append(f"events={json.dumps([event | {'value': _lever_value(dice, LEVERS[name])}])}")
    return settings


def _lever_value(dice: random.Random, lever: Any) -> Any:
    if lever.choices:
        return dice.choice(lever.choices)
    if lever.kind == "flag":
        return dice.choice((0, 1))
    return dice.choice((lever.low, lever.high, dice.uniform(lever.low, lever.high)))


def packages_of(root: Path) -> tuple[Path, str]:
    """The folder of a checkout that Python has to look in, and the name of its public package. Raises SystemExit if it has none."""
    for folder in FOLDERS:
        for name in PACKAGES:
            if (root / folder / name / "__init__.py").is_file():
                return root / folder, name
    raise SystemExit(f"{root} is no checkout of this project: it holds none of the packages {' and '.join(PACKAGES)}")


def results_of(face: Any, job: Job) -> Results:
    """What the run of a job leaves behind in this process's checkout: metrics, negotiations, gains and the ledger's flows."""
    try:
        scenario = _loaded(face.load, *job.settings)
        run = face.run(scenario, seed=job.seed)
    except Exception as error:  # refused as input, a ledger that does not close, or a fault of one checkout: all are compared
        return {ERROR: np.array(f"{type(error).__name__}: {error}")}
    found: Results = {f"metric {name}": np.array(run.metrics[name]) for name in run.metrics.dtype.names}
    found |= {f"negotiations, {name}": np.array(run.deals[name]) for name in run.deals.dtype.names}
    world = _stage()(scenario).play(job.seed)
    return found | {"gains": np.array(run.gains), "flows of the ledger": np.array(world.flows)}


@lru_cache(maxsize=1)
def _loaded(load: Callable[..., Any], *settings: str) -> Any:
    """The scenario with settings on top of :data:`BASE`: the last one is kept for its next seed."""
    return load(BASE, set=list(settings))


@cache
def _stage() -> Any:
    """The class that plays a world, wherever the checkout keeps it."""
    for module in list(sys.modules.values()):
        found = getattr(module, "__dict__", {}).get("Stage")
        if inspect.isclass(found) and found.__module__ == module.__name__ and hasattr(found, "play"):
            return found
    raise SystemExit("this checkout has no class Stage that plays a world")


def play(root: Path, jobs: Path, out: Path) -> None:
    """Play the jobs of a file with the code of ``root`` and write the results of each to a file of its own in ``out``."""
    folder, name = packages_of(root)
    face = importlib.import_module(name)
    if not Path(str(face.__file__)).resolve().is_relative_to(folder):
        raise SystemExit(f"{face.__file__} was imported in place of the package '{name}' of {root}")
    for index, job in enumerate(json.loads(jobs.read_text("utf-8"))):
        np.savez(out / f"{index}.npz", **results_of(face, Job(**job)))  # type: ignore[arg-type]


def played(root: Path, jobs: Sequence[Job], out: Path) -> None:
    """Play all jobs in a process of the checkout ``root``. Raises SystemExit if the process fails."""
    from totalplace.agents.compiled import user_cache

    root = root.resolve()
    folder, _ = packages_of(root)
    out.mkdir()
    asked = out / "jobs.json"
    asked.write_text(json.dumps([vars(job) for job in jobs]), "utf-8")
    cache = user_cache() / f"same-results-{zlib.crc32(str(root).encode()):08x}"
    told = {**os.environ, "PYTHONPATH": str(folder), "TOTALPLACE_CACHE_DIR": str(cache), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-P", str(HERE), "--play", str(root), str(asked), str(out)]
    done = subprocess.run(command, cwd=out, env=told, check=False)
    if done.returncode:
        raise SystemExit(f"the runs of {root} ended with {done.returncode}")


def differences(here: Mapping[str, NDArray[Any]], other: Mapping[str, NDArray[Any]]) -> Iterator[str]:
    """What differs between the results of one run in two checkouts, a line each: what, where first, and both numbers."""
    for name in dict.fromkeys([*here, *other]):
        one, two = here.get(name), other.get(name)
        if one is None or two is None:
            yield f"{name}: only in {'the other' if one is None else 'this'} checkout" + (
                f" ({other[name] if one is None else here[name]})" if name == ERROR else "")
        elif name != ERROR and (one.shape, one.dtype) != (two.shape, two.dtype):
            yield f"{name}: {one.dtype} {one.shape} here, {two.dtype} {two.shape} there"
        elif one.tobytes() != two.tobytes():
            yield f"{name}{_first_difference(one, two)}"


def _first_difference(one: NDArray[Any], two: NDArray[Any]) -> str:
    if one.ndim == 0:
        return f": {one} here, {two} there"
    bits = [np.ascontiguousarray(side).view(np.uint8).reshape(*one.shape, -1) for side in (one, two)]
    at = tuple(int(place[0]) for place in np.nonzero((bits[0] != bits[1]).any(axis=-1)))
    return f" at {list(at)}: {one[at]!r} here, {two[at]!r} there"


def both(other: Path, jobs: Sequence[Job]) -> Iterator[tuple[Job, Results, Results]]:
    """Play the jobs in both checkouts, some hundred at a time: each with its results here and there."""
    for first in range(0, len(jobs), TOGETHER):
        part = jobs[first : first + TOGETHER]
        with tempfile.TemporaryDirectory(prefix="same-results-") as kept:
            for name, root in (("here", ROOT), ("other", other)):
                print(f"{len(part)} runs in {root}", flush=True)
                played(root, part, Path(kept) / name)
            for index, job in enumerate(part):
                with np.load(Path(kept) / "here" / f"{index}.npz") as here, np.load(Path(kept) / "other" / f"{index}.npz") as there:
                    yield job, dict(here), dict(there)


def compare(other: Path, jobs: Sequence[Job]) -> tuple[int, int]:
    """Play the jobs in both checkouts and print what differs; the number of jobs that do, and of those that both refuse."""
    different = refused = 0
    for job, here, there in both(other, jobs):
        found = list(differences(here, there))
        refused += not found and ERROR in here
        different += bool(found)
        if found and different <= MOST_SAID:
            print("\n  ".join([f"seed {job.seed}, {' '.join(job.settings)}", *found[:MOST_SAID]]))
    return different, refused


def went_another_way(here: Results, there: Results) -> bool:
    """Whether one negotiation more was opened, or one had another partner, outcome, reason or share."""
    for name in here:
        if name.startswith("negotiations, "):
            one, two = here[name], there[name]
            if one.shape != two.shape or (one.dtype.kind == "i" and (one != two).any()):
                return True
            if name.split(", ")[1] in ("asked", "offered", "agreed", "limit") and (np.abs(one - two) > OTHER_SHARE).any():
                return True
    return False


def furthest(here: Results, there: Results) -> tuple[float, str]:
    """The largest difference of a number of a run, as a part of the largest number of its kind in that run, and its name."""
    found = (0.0, "")
    for name in here:
        if here[name].size and here[name].dtype.kind == "f":
            with np.errstate(invalid="ignore", divide="ignore"):
                apart = np.max(np.abs(here[name] - there[name]))
                part = apart / np.max(np.abs(here[name]))
            if not apart <= ROUNDING:
                found = max(found, (float(part) if part >= 0.0 else np.inf, name))
    return found


def compare_within(other: Path, jobs: Sequence[Job], within: float) -> bool:
    """Count what a change of last bits does, print it, and say whether all runs are close whose negotiations went the same way."""
    flips = refused = equal = far = 0
    worst = (0.0, "")
    for job, here, there in both(other, jobs):
        if ERROR in here or ERROR in there:
            refused += 1
            far += not (ERROR in here and ERROR in there and str(here[ERROR]) == str(there[ERROR]))
        elif went_another_way(here, there):
            flips += 1
        else:
            apart = furthest(here, there)
            equal += not list(differences(here, there))
            worst = max(worst, apart)
            if not apart[0] < within:
                far += 1
                print(f"{apart[1]} is {apart[0]:.2g} apart: seed {job.seed}, {' '.join(job.settings)}")
    print(f"{len(jobs)} runs: negotiations of {flips} went another way, {equal} are equal to the bit, {refused} were refused; "
          f"of the others the furthest is {worst[0]:.2g} apart ({worst[1]}); {far} are not within {within:g}")
    return far == 0


def main(given: Sequence[str]) -> int:
    """Compare with another checkout; 1 if anything differs or nothing could be compared."""
    if given[:1] == ["--play"]:
        play(*(Path(text) for text in given[1:]))
        return 0
    parser = argparse.ArgumentParser(prog="python -m tools.same_results", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("other", type=Path, help="another checkout of the project")
    parser.add_argument("--scenarios", type=int, default=100, help="how many random scenarios (default: 100)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the scenarios (default: 1)")
    parser.add_argument("--seeds", type=int, default=1, help="how many runs of each scenario (default: 1)")
    parser.add_argument("--within", type=float, help="how far apart numbers may be, as a part of the largest of their kind")
    asked = parser.parse_args(given)
    if asked.scenarios < 1 or asked.seeds < 1:
        parser.error("--scenarios, --seeds: whole numbers from 1")
    packages_of(asked.other.resolve())
    jobs = random_jobs(asked.scenarios, asked.seed, asked.seeds)
    if asked.within is not None:
        return int(not compare_within(asked.other, jobs, asked.within))
    different, refused = compare(asked.other, jobs)
    alike = len(jobs) - different - refused
    print(f"{alike} scenarios equal to the bit, {refused} refused alike, {different} different")
    return int(different > 0 or alike == 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
