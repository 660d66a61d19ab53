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

from totalplace.scenarios import places as all_places
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.engine.seeds import checked_seed
from totalplace.sim.evidence.facts import FILE as FACTS
from totalplace.sim.evidence.facts import Criterion, facts

FILE: Final = Path(__file__).with_name("calibration.yaml")
#: Files whose text decides what a simulation measures, beside the rules.
_MEASURING: Final = ("facts.yaml", "measures.py", "fact_runs.py")
_FEWEST: Final = {
    "screening": 20, "particles": 10, "generations": 1, "batch": 1, "moving": 1, "pictures": 1, "candidates": 2, "trials": 1,
    "predicted": 1,
}


@dataclass(frozen=True)
class Size:
    """How much is simulated. A picture is one run of every setting in every place.

    ``screening``: pictures that say which parameters move; ``particles``: of each generation and of the posterior;
    ``generations``: most of them; ``batch``: pictures written at a time; ``moving``: most parameters that are proposed, the
    others being drawn from their priors; ``pictures``: most in all generations; ``candidates``: particles that may become the
    defaults; ``trials``: pictures on which each of them is tried; ``predicted``: pictures on which facts are predicted.
    """

    screening: int
    particles: int
    generations: int
    batch: int
    moving: int
    pictures: int
    candidates: int
    trials: int
    predicted: int


@dataclass(frozen=True)
class Plan:
    """A calibration.

    ``targets`` are measures of criteria, which decide on particles; ``also`` are those that help to choose between candidates
    for the defaults. ``holdout_places`` and ``holdout_year`` are never simulated for either.
    """

    places: tuple[str, ...]
    targets: tuple[str, ...]
    size: Size
    seed: int
    holdout_places: tuple[str, ...] = ()
    holdout_year: str = ""
    also: tuple[str, ...] = ()

    @property
    def choice(self) -> tuple[str, ...]:
        """Measures by which the defaults are chosen among the particles nearest to the facts."""
        return self.targets + tuple(name for name in self.also if name not in self.targets)

    def by_fact(self) -> tuple[tuple[int, ...], ...]:
        """The positions in ``choice`` of the criteria of each fact that has any there."""
        found = (tuple(self.choice.index(c.measure) for c in fact.criteria if c.measure in self.choice) for fact in facts())
        return tuple(group for group in found if group)

    def criteria(self, measures: Sequence[str] = ()) -> tuple[Criterion, ...]:
        """The criteria of measures, by default of the targets, in their order."""
        known = by_measure()
        return tuple(known[name] for name in measures or self.targets)

    def digest(self) -> str:
        """SHA-256 of all that decides the result: the plan, the ranges of the facts, how they are measured, and the rules."""
        from totalplace.sim.engine.sweep.manifest import code_hash

        found = hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode())
        found.update(code_hash().encode())
        for name in _MEASURING:
            found.update((FACTS.parent / name).read_bytes())
        return found.hexdigest()


def by_measure() -> dict[str, Criterion]:
    """Every criterion of the facts by its measure."""
    return {criterion.measure: criterion for fact in facts() for criterion in fact.criteria}


@cache
def _file() -> Mapping[str, Any]:
    found: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return found


def reasons() -> dict[str, str]:
    """Why each target of the shipped plan, and each criterion that helps to choose the defaults, is one."""
    return dict(_file()["targets"]) | dict(_file()["also"])


def shipped() -> Plan:
    """The plan of ``calibration.yaml``."""
    row = _file()
    return checked(Plan(
        places=tuple(row["places"]), targets=tuple(row["targets"]), size=Size(**row["size"]), seed=int(row["seed"]),
        holdout_places=tuple(row["holdout"]["places"]), holdout_year=str(row["holdout"]["year"]),
        also=tuple(row["also"]),
    ))


def asked(places: Sequence[str] = (), targets: Sequence[str] = (), seed: int | None = None, **size: int | None) -> Plan:
    """The shipped plan with what is given in place of its own; raises InputError. ``size``: fields of :class:`Size`."""
    plan = shipped()
    given = {name: value for name, value in size.items() if value is not None}
    plan = replace(plan, size=replace(plan.size, **given), seed=plan.seed if seed is None else seed)
    if places:
        names = tuple(all_places.load(name).name for name in places)
        plan = replace(plan, places=names, holdout_places=tuple(p for p in plan.holdout_places if p not in names))
    return checked(replace(plan, targets=tuple(targets)) if targets else plan)


def checked(plan: Plan) -> Plan:
    """The plan. Raises InputError for places given twice or held out, unknown targets and sizes too small."""
    known = by_measure()
    for target in plan.choice:
        if target not in known:
            raise UnknownName("criterion", target, tuple(known))
    names = [all_places.load(name).name for name in (*plan.places, *plan.holdout_places)]
    for name in names:
        if names.count(name) > 1:
            raise InputError(f"the place '{name}' is given twice", allowed="each place once, for calibration or held out")
    for field, least in _FEWEST.items():
        if getattr(plan.size, field) < least:
            raise InputError(f"'{field}' of a calibration cannot be {getattr(plan.size, field)}", allowed=f"{least} or more")
    checked_seed(plan.seed)
    return plan
