"""What is calibrated, where, against which facts and on how many simulations: data, read and checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from totalplace.agents.compiled import rule_sources
from totalplace.scenarios import places as all_places
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.source_tree import ROOT
from totalplace.sim.engine.seeds import checked_seed
from totalplace.sim.evidence.facts import FILE as FACTS
from totalplace.sim.evidence.facts import Criterion, facts, targets
from totalplace.sim.evidence.held_out import HELD_OUT_YEAR, chosen_places

FILE: Final = Path(__file__).with_name("calibration.yaml")
#: Files whose text decides what a simulation measures, beside the rules.
_MEASURING: Final = ("facts.yaml", "facts.py", "measures.py", "measures_by_place.py", "measuring.py", "fact_runs.py")
#: Files of rules that do not decide a result of calibration: a posterior that came out, and values that followed from it.
_FOLLOWING: Final = ("posterior.csv", "parameters.yaml")
#: Sets of parameters that candidates for the defaults are held against: see ``central.py``.
OTHERS: Final = 2
_DATA: Final = (".csv", ".parquet", ".yaml")
_FEWEST: Final = {
    "places": 2, "points": 20, "repeats": 2, "repeated": 8, "cloud": 20, "round": 10, "rounds": 1, "particles": 10,
    "populations": 2, "synthetic": 0, "each": 4, "batch": 1, "candidates": 1, "looks": 1,
}


@dataclass(frozen=True)
class Size:
    """How much is simulated. A picture is one run of every setting in every place of its batch.

    ``places``: of a picture; ``points``: of each wave; ``repeats``: pictures of the first ``repeated`` points of a wave, others
    have one; ``cloud``: points that stand for what is not ruled out; ``round``: particles simulated at a time, in so many
    ``rounds``, for emulators to learn from; ``particles``: of the posterior, in so many ``populations``; ``synthetic``: sets of
    data made by the model itself, for coverage, and particles for ``each``; ``batch``: pictures written at a time; ``candidates``:
    the most central rows of which one gives the defaults, each judged by ``looks`` pictures.
    """

    places: int
    points: int
    repeats: int
    repeated: int
    cloud: int
    round: int
    rounds: int
    particles: int
    populations: int
    synthetic: int
    each: int
    batch: int
    candidates: int
    looks: int


@dataclass(frozen=True)
class Plan:
    """A calibration: ``targets`` are measures of criteria; ``waves`` say by which rank of implausibility and cut each rules out."""

    targets: tuple[str, ...]
    waves: tuple[tuple[int, float], ...]
    size: Size
    seed: int
    holdout_places: tuple[str, ...] = ()
    holdout_year: str = ""

    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria of the targets, in their order."""
        known = by_measure()
        return tuple(known[name] for name in self.targets)

    @property
    def pictures(self) -> int:
        """Pictures in all."""
        size = self.size
        repeated = (size.repeats - 1) * min(size.repeated, size.points)
        central = size.looks * (size.candidates + OTHERS)
        return len(self.waves) * (size.points + repeated) + size.rounds * size.round + size.particles + central

    @property
    def country(self) -> float:
        """Noise of the whole country over that of a picture, as variances: places are independent."""
        return self.size.places / len(self.pool())

    def pool(self) -> tuple[str, ...]:
        """The places that pictures are drawn from: all but those held out."""
        return tuple(place.name for place in all_places.names() if place.name not in self.holdout_places)

    def digest(self) -> str:
        """SHA-256 of all that decides the result: the plan, the facts, how they are measured, the priors, the rules."""
        found = hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode())
        found.update(_rules().encode())
        for row in PARAMETERS.values():
            found.update(repr((row.name, row.low, row.high, row.distribution, row.peak)).encode())
        for path in (*(FACTS.parent / name for name in _MEASURING), *sorted(FILE.parent.glob("*.py"))):
            found.update(path.read_bytes())
        return found.hexdigest()


@cache
def _rules() -> str:
    """SHA-256 of rules, scenarios and tables, but for what follows from a calibration."""
    data = [path for path in (ROOT / "scenarios").rglob("*") if path.suffix in _DATA and "sweeps" not in path.parts]
    found = hashlib.sha256()
    for path in sorted({*rule_sources(), *data}):
        if path.name not in _FOLLOWING:
            found.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


def by_measure() -> dict[str, Criterion]:
    """Every criterion of the facts by its measure."""
    return {criterion.measure: criterion for fact in facts() for criterion in fact.criteria}


@cache
def _file() -> Mapping[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return found


def changes() -> tuple[tuple[str, str], ...]:
    """What was changed after a verdict was seen: the day, and why."""
    return tuple((str(row["date"]), " ".join(str(row["change"]).split())) for row in _file()["changes"])


def since() -> str:
    """What was done to rules and texts since the posterior that is shipped was made; empty after a new calibration."""
    return " ".join(str(_file().get("since") or "").split())


def shipped() -> Plan:
    """The plan of ``calibration.yaml``, with the targets of the facts."""
    row = _file()
    return checked(Plan(
        targets=tuple(one.measure for one in targets()), waves=tuple((int(one["rank"]), float(one["cut"])) for one in row["waves"]),
        size=Size(**row["size"]), seed=int(row["seed"]), holdout_places=chosen_places(), holdout_year=HELD_OUT_YEAR,
    ))


def asked(only: Sequence[str] = (), seed: int | None = None, quick: bool = False) -> Plan:
    """The shipped plan with ``only`` these targets, another seed, or the sizes of a first look; raises InputError."""
    plan = shipped()
    return checked(replace(
        plan, targets=tuple(only) or plan.targets, seed=plan.seed if seed is None else seed,
        size=Size(**_file()["quick"]) if quick else plan.size,
    ))


def checked(plan: Plan) -> Plan:
    """The plan. Raises InputError for unknown targets and those without figure, places given twice and sizes too small."""
    known = by_measure()
    for target in plan.targets:
        if target not in known:
            raise UnknownName("criterion", target, tuple(known))
        if known[target].observation is None or known[target].discrepancy is None:
            raise InputError(f"The criterion '{target}' states no errors", allowed=", ".join(one.measure for one in targets()))
    for field, least in _FEWEST.items():
        if getattr(plan.size, field) < least:
            raise InputError(f"'{field}' of a calibration cannot be {getattr(plan.size, field)}", allowed=f"{least} or more")
    if len(plan.pool()) < plan.size.places:
        raise InputError(f"{plan.size.places} places are more than are not held out", allowed=f"at most {len(plan.pool())}")
    checked_seed(plan.seed)
    return plan
