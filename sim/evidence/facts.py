"""The registry of facts: what was published and how surely, how it is measured on the model, and by which rule the verdict falls.

The facts are data (``facts.yaml``). A criterion holds a figure, with the error of what was published and what the model cannot
carry, or a range. Over the draws of the posterior a figure is *reproduced* if it lies inside the model's 90% interval and that
interval is at most half as wide as the prior's; a range, a bound or a direction if it holds in 90% of the draws. A fact is
reproduced if all its criteria are that get a verdict.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.sim.evidence.yaml_once import read_once

Floats = NDArray[np.float64]

#: Share of the draws in which a range, a bound or a direction must hold.
MET: Final = 0.9
#: Width of the 90% interval over that of the prior, at most, for a figure to count as reproduced.
NARROW: Final = 0.5
#: Verdicts: on a criterion all but the third, which is a fact's with criteria of different verdicts.
REPRODUCED, WIDE, PARTLY, NOT = "reproduced", "inside, not narrow", "partly", "missed"
#: What a criterion decides, and what a fact does by the first of these that one of its criteria has.
TARGET, CHECKED, HELD_OUT, LISTED = ROLES = ("target", "checked", "held_out", "listed")
#: How far a fact is independent evidence, by its part.
USES: Final = {
    TARGET: "target of calibration (docs/calibration.md)",
    CHECKED: "looked at before, decides nothing",
    HELD_OUT: "held out: decides nothing",
    LISTED: "listed, not counted",
}
#: The same of several facts, for a list.
USED_AS: Final = {
    TARGET: "are targets of calibration, in other places",
    CHECKED: "were looked at before and decide nothing",
    HELD_OUT: "are held out",
    LISTED: "are listed and not counted: inputs of the model set what they measure",
}
FILE: Final = Path(__file__).with_name("facts.yaml")
LINEAR, LOG = SCALES = ("linear", "log")
#: Least log-likelihood: that of 20 standard deviations. What cannot be measured counts as this far away.
FLOOR: Final = -200.0
#: Standard deviations from the middle to the end of a 90% interval of a normal distribution.
NORMAL_90: Final = 1.6449

#: Verbs of :data:`USED_AS` for one fact.
_SINGULAR: Final = {"were": "was", "are": "is", "targets": "a target", "decide": "decides", "they measure": "it measures"}
_PLURAL: Final = re.compile("|".join(rf"\b{word}\b" for word in sorted(_SINGULAR, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Criterion:
    """A published figure that a measure is held against, or a range that it must lie in, in ``unit``.

    ``observation`` is the standard deviation of what was published, ``discrepancy`` that of what the model cannot carry; where
    ``scale`` is ``log``, both are of the logarithm. ``low`` to ``high`` is the range, infinite where one side is open; of a figure
    what these errors allow, in nine cases of ten. ``plain`` names it in few words; ``changed`` says why another replaced it.
    """

    measure: str
    label: str
    unit: str
    basis: str
    role: str = TARGET
    central: float | None = None
    low: float = -math.inf
    high: float = math.inf
    observation: float | None = None
    discrepancy: float | None = None
    scale: str = LINEAR
    observation_basis: str = ""
    discrepancy_basis: str = ""
    changed: str = ""
    plain: str = ""

    @property
    def deviation(self) -> float:
        """Standard deviation of figure and model together, on the criterion's scale. Raises ValueError where none is stated."""
        if self.observation is None or self.discrepancy is None:
            raise ValueError(f"no errors are stated for {self.measure}")
        return math.hypot(self.observation, self.discrepancy)

    def holds(self, values: Floats) -> NDArray[np.bool_]:
        """Whether each draw lies in the range; NaN, where the pattern cannot be measured, does not."""
        return np.asarray((values >= self.low) & (values <= self.high))

    def share(self, values: Floats) -> float:
        """Share of the draws (N,) in the range; NaN of a figure without errors, which has none."""
        return math.nan if math.isinf(self.low) and math.isinf(self.high) else float(self.holds(values).mean())

    def away(self, values: Floats) -> Floats:
        """How far each value (N,) is from the figure or outside the range, in standard deviations; NaN where there is nothing."""
        with np.errstate(invalid="ignore", divide="ignore"):
            scaled = np.log(np.where(values > 0.0, values, np.nan)) if self.scale == LOG else np.asarray(values, np.float64)
            if self.central is not None:
                middle = math.log(self.central) if self.scale == LOG else self.central
                return np.asarray((scaled - middle) / self.deviation)
            low, high = (math.log(one) if self.scale == LOG and 0.0 < one < math.inf else one for one in (self.low, self.high))
            outside = np.where(scaled < low, scaled - low, np.where(scaled > high, scaled - high, 0.0))
        return np.asarray(np.where(np.isnan(scaled), np.nan, outside) / self.deviation)

    def log_likelihood(self, values: Floats) -> Floats:
        """Log of the Gaussian kernel of values (N,) round the figure, or beyond the bound: at most 0, at least :data:`FLOOR`.

        The variance is that of the figure and of the discrepancy. Raises ValueError where they are not stated.
        """
        away = self.away(values)
        return np.asarray(np.where(np.isfinite(away), np.maximum(-0.5 * np.square(away), FLOOR), FLOOR))

    def published(self) -> str:
        """The published figure with its error, or the range, in words."""
        if self.central is not None and self.observation is not None:
            return f"{self.central:g} ± {self.observation:g}" if self.scale == LINEAR else (
                f"{self.central:g} (× or ÷ {math.exp(self.observation):.2f})")
        if math.isinf(self.low) and math.isinf(self.high):
            return "" if self.central is None else f"{self.central:g}"
        if math.isinf(self.low):
            span = f"at most {self.high:g}"
        elif math.isinf(self.high):
            span = "above 0" if self.low <= 0.1 else f"at least {self.low:g}"
        elif self.unit == "%" and (self.low, self.high) == (0.1, 99.9):
            span = "above 0, below 100"
        else:
            span = f"{self.low:g} to {self.high:g}"
        return span if self.central is None else f"{self.central:g} ({span})"


@dataclass(frozen=True, slots=True)
class Fact:
    """A published fact as a pattern; ``used`` says in words how it was used, ``figure`` whether it has a published figure.

    ``other_year``: its measures have a meaning in another base year.
    ``former`` are criteria by which it was judged before: they are still measured and shown, and count for nothing. ``before`` are
    the verdicts of the last version: at default values and over the posterior of then.
    """

    number: int
    name: str
    statement: str
    used: str
    source: str
    criteria: tuple[Criterion, ...]
    change: str
    figure: bool = False
    other_year: bool = False
    note: str = ""
    former: tuple[Criterion, ...] = ()
    before: tuple[str, ...] = field(default=())

    @property
    def use(self) -> str:
        """The part of the fact: the first of :data:`ROLES` that a criterion has."""
        return next(role for role in ROLES if any(one.role == role for one in self.criteria))

    @property
    def judged(self) -> tuple[Criterion, ...]:
        """The criteria that get a verdict."""
        return tuple(one for one in self.criteria if one.role != LISTED)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is run for the facts: a shipped scenario with overrides; see the head of ``facts.yaml``."""

    name: str
    scenario: str
    set: tuple[str, ...] = ()
    parameters: tuple[tuple[str, float], ...] = ()
    keep: tuple[str, ...] = ()
    watch: str = ""
    place: str = ""
    ties: bool = False
    aside: bool = False


def interval(values: Floats) -> tuple[float, float, float]:
    """Low end of the 90% interval, median and high end; draws that cannot be measured are left out, NaN if all are."""
    known = values[~np.isnan(values)]
    if not len(known):
        return (float("nan"),) * 3
    low, middle, high = np.quantile(known, (0.05, 0.5, 0.95), method="nearest")
    return float(low), float(middle), float(high)


def width(criterion: Criterion, values: Floats) -> float:
    """Width of the 90% interval on the criterion's scale; infinite where an end is never or nothing."""
    low, _, high = interval(values)
    if criterion.scale == LOG:
        low, high = (math.log(end) if end > 0.0 else -math.inf for end in (low, high))
    return high - low if math.isfinite(high - low) else math.inf


def narrowed(criterion: Criterion, values: Floats, prior: Floats) -> float:
    """Width of the 90% interval of ``values`` over that of the prior draws; infinite where only the first has no end, 0 for 0."""
    own, wide = width(criterion, values), width(criterion, prior)
    if math.isinf(own):
        return math.inf
    return 0.0 if math.isinf(wide) else own / wide if wide > 0.0 else (0.0 if own == 0.0 else math.inf)


def inside(criterion: Criterion, values: Floats) -> bool:
    """Whether the published figure lies inside the 90% interval of ``values`` (N,)."""
    low, _, high = interval(values)
    return criterion.central is not None and low <= criterion.central <= high


def criterion_verdict(criterion: Criterion, values: Floats, prior: Floats) -> str:
    """The verdict on a criterion from draws (N,) and prior draws (M,) in the same places: one of the verdicts but partly."""
    if criterion.central is None:
        return REPRODUCED if criterion.share(values) >= MET else NOT
    if not inside(criterion, values):
        return NOT
    return REPRODUCED if narrowed(criterion, values, prior) <= NARROW else WIDE


def fact_verdict(verdicts: Iterable[str]) -> str:
    """The verdict on a fact from those on its criteria: theirs where they agree, missed where none has the figure, else partly."""
    found = set(verdicts)
    if len(found) == 1:
        return found.pop()
    return WIDE if found == {REPRODUCED, WIDE} else PARTLY


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    found: dict[str, Any] = read_once(FILE)
    return found


def _criterion(row: dict[str, Any]) -> Criterion:
    """A criterion; the range of a figure without one is what its errors allow. Raises KeyError for a role or scale there is not."""
    given = {key: value for key, value in row.items() if value is not None}
    found = Criterion(**given)
    if found.role not in ROLES or found.scale not in SCALES:
        raise KeyError(f"{found.measure}: {found.role}, {found.scale}")
    if found.central is None or found.observation is None or "low" in given or "high" in given:
        return found
    reach = NORMAL_90 * found.deviation
    ends = (found.central * math.exp(-reach), found.central * math.exp(reach))
    low, high = ends if found.scale == LOG else (found.central - reach, found.central + reach)
    return Criterion(**(given | {"low": low, "high": high}))


def facts() -> tuple[Fact, ...]:
    """Every fact, in the order of the model description."""
    found = []
    for number, row in enumerate(_file()["facts"], 1):
        lists: dict[str, Any] = {name: tuple(_criterion(one) for one in row.get(name, ())) for name in ("criteria", "former")}
        found.append(Fact(number=number, **(row | lists | {"before": tuple(row.get("before", ()))})))
    return tuple(found)


def waiting() -> dict[str, str]:
    """What is published and not held against the model, with the reason."""
    return dict(_file()["waiting"])


def targets() -> tuple[Criterion, ...]:
    """The criteria that decide the posterior, in the order of the facts."""
    return tuple(one for fact in facts() for one in fact.criteria if one.role == TARGET)


def by_use() -> dict[str, tuple[Fact, ...]]:
    """The facts by use, from the least independent evidence to the most; uses that none has are left out."""
    found = {use: tuple(fact for fact in facts() if fact.use == use) for use in USES}
    return {use: own for use, own in found.items() if own}


def uses_words() -> str:
    """How far the facts are independent evidence, as one sentence with the numbers of the facts."""
    said = []
    for use, own in by_use().items():
        numbers = ", ".join(str(fact.number) for fact in own)
        words = USED_AS[use] if len(own) > 1 else _PLURAL.sub(lambda found: _SINGULAR[found[0]], USED_AS[use])
        said.append(f"{len(own)} {words} ({numbers})")
    return f"Of these {len(facts())} facts {'; '.join(said)}."


def settings() -> dict[str, Setting]:
    """Every setting by name. Raises KeyError for a key that a setting does not have."""
    found = {}
    for name, row in _file()["settings"].items():
        known = {one.name for one in fields(Setting)}
        if unknown := set(row) - known:
            raise KeyError(f"setting {name}: {', '.join(sorted(unknown))}")
        parameters = tuple(row.get("parameters", {}).items())
        lists = {"set": tuple(row.get("set", ())), "keep": tuple(row.get("keep", ())), "parameters": parameters}
        found[name] = Setting(name=name, **(row | lists))
    return found

