"""The registry of facts: what was published, how it is measured on the model, and by which rule the verdict falls.

The facts are data (``facts.yaml``). A criterion says in which range a measure must lie; the rule is one for all:
a criterion is met if at least ``MET`` of the draws lie in the range, half met from ``HALF_MET``. A fact is reproduced
if all its criteria are met, not reproduced if none is met or half met, partly in between.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml
from numpy.typing import NDArray

from totalplace.scenarios.errors import InputError

Floats = NDArray[np.float64]

#: Share of the draws in the range from which a criterion is met, and from which it is half met.
MET: Final = 2 / 3
HALF_MET: Final = 1 / 3
REPRODUCED, PARTLY, NOT = "reproduced", "partly", "not"
#: How far a fact is independent evidence.
USES: Final = {
    "calibrated": "used for calibration (docs/calibration.md)",
    "choice": "helped to choose the default values (docs/calibration.md)",
    "input": "its figure is also the source of a parameter",
    "built": "forces are rules or judged tables, the result is only checked",
    "checked": "only checked",
}
#: The same of several facts, for a list.
USED_AS: Final = {
    "calibrated": "were targets of calibration, in other places",
    "choice": "helped to choose the default values",
    "input": "give a parameter its value or range",
    "built": "rest on rules or judged tables put in on purpose",
    "checked": "were only checked",
}
FILE: Final = Path(__file__).with_name("facts.yaml")


#: Verbs of :data:`USED_AS` for one fact.
_SINGULAR: Final = {"were": "was", "give": "gives", "rest": "rests"}
_ONE: Final = re.compile(r"^(were|give|rest)\b")


@dataclass(frozen=True, slots=True)
class Criterion:
    """A range that a measure must lie in: ``low`` to ``high`` in ``unit``, infinite where one side is open.

    ``changed`` says of a criterion of before why another one took its place.
    """

    measure: str
    label: str
    unit: str
    low: float
    central: float | None
    high: float
    basis: str
    changed: str = ""

    def holds(self, values: Floats) -> NDArray[np.bool_]:
        """Whether each draw lies in the range; NaN, where the pattern cannot be measured, does not."""
        return np.asarray((values >= self.low) & (values <= self.high))

    def published(self) -> str:
        """The published value and range in words."""
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
    """A published fact as a pattern; ``use`` is a key of USES, ``used`` says how in words.

    ``former`` are criteria by which it was judged before: they are still measured and shown, and count for nothing.
    """

    number: int
    name: str
    statement: str
    use: str
    used: str
    source: str
    criteria: tuple[Criterion, ...]
    change: str
    note: str = ""
    former: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What is run for the facts: a shipped scenario with overrides; see the head of ``facts.yaml``."""

    name: str
    scenario: str
    set: tuple[str, ...] = ()
    parameters: tuple[tuple[str, float], ...] = ()
    keep: tuple[str, ...] = ()
    watch: str = ""


def criterion_verdict(share: float) -> str:
    """The verdict on a criterion from the share of draws in its range."""
    return REPRODUCED if share >= MET else PARTLY if share >= HALF_MET else NOT


def fact_verdict(shares: Sequence[float]) -> str:
    """The verdict on a fact from the shares of draws in the ranges of its criteria."""
    verdicts = {criterion_verdict(share) for share in shares}
    return verdicts.pop() if len(verdicts) == 1 else PARTLY


class _OnceEach(yaml.SafeLoader):
    """YAML in which a key may stand once only, so that no fact or setting takes the place of another unseen."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """The mapping of a node. Raises InputError for a key that is given twice."""
        keys = [key.value for key, _ in node.value]
        double = next((place for place, key in enumerate(keys) if key in keys[:place]), None)
        if double is not None:
            mark = node.value[double][0].start_mark
            raise InputError(f"The key '{keys[double]}' is given twice", file=FILE.name, line=mark.line + 1, column=mark.column + 1)
        return dict(super().construct_mapping(node, deep=deep))


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(FILE.read_text("utf-8"), _OnceEach)
    return found


def _criterion(row: dict[str, Any]) -> Criterion:
    low, high = row["low"], row["high"]
    return Criterion(**(row | {"low": -math.inf if low is None else float(low), "high": math.inf if high is None else float(high)}))


def facts() -> tuple[Fact, ...]:
    """Every fact, in the order of the model description. Raises KeyError for a use that there is not."""
    found = []
    for number, row in enumerate(_file()["facts"], 1):
        USES[row["use"]]
        lists = {name: tuple(_criterion(one) for one in row.get(name, ())) for name in ("criteria", "former")}
        found.append(Fact(number=number, **(row | lists)))
    return tuple(found)


def by_use() -> dict[str, tuple[Fact, ...]]:
    """The facts by use, from the least independent evidence to the most; uses that none has are left out."""
    found = {use: tuple(fact for fact in facts() if fact.use == use) for use in USES}
    return {use: own for use, own in found.items() if own}


def uses_words() -> str:
    """How far the facts are independent evidence, as one sentence with the numbers of the facts."""
    said = []
    for use, own in by_use().items():
        numbers = ", ".join(str(fact.number) for fact in own)
        words = USED_AS[use] if len(own) > 1 else _ONE.sub(lambda found: _SINGULAR[found[0]], USED_AS[use], count=1)
        said.append(f"{len(own)} {words} ({numbers})")
    return f"Of these {len(facts())} facts {'; '.join(said)}."


def settings() -> dict[str, Setting]:
    """Every setting by name."""
    found = {}
    for name, row in _file()["settings"].items():
        known = {field.name for field in fields(Setting)}
        if unknown := set(row) - known:
            raise KeyError(f"setting {name}: {', '.join(sorted(unknown))}")
        parameters = tuple(row.get("parameters", {}).items())
        lists = {"set": tuple(row.get("set", ())), "keep": tuple(row.get("keep", ())), "parameters": parameters}
        found[name] = Setting(name=name, **(row | lists))
    return found
