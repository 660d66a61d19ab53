"""What is asked to survive, as data: conclusions, arrangements, rankings and variants of the model, written down beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml

from totalplace.scenarios.errors import UnknownName
from totalplace.scenarios.reading import Marked, marked
from totalplace.sim.evidence.ablations import overlay
from totalplace.sim.evidence.facts import Floats
from totalplace.sim.model.metrics import METRICS

FILE: Final = Path(__file__).with_name("conclusions.yaml")
#: Differences smaller than this, relative to the size of the values, are rounding and count as none.
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A sentence that holds in a draw or not: ``metric`` of scenario ``of`` is more (``sign`` 1) or less (-1) than what is said.

    That is one of: the metric of scenario ``against``; ``times`` another metric, ``than``; ``percent`` of what agencies spend at
    the start; the metric of all other arrangements (``against`` empty and nothing else).
    """

    words: str
    metric: str
    of: str
    sign: int
    against: str = ""
    than: str = ""
    times: float = 1.0
    percent: float = 0.0

    def margin(self, values: Floats, asked: Asked, spend: float) -> Floats:
        """By how much it holds in each draw (N,), from values (N, arrangements, metrics); not above zero where it does not hold.

        ``spend``: what agencies spend at the start, in the unit of the metric.
        """
        own = values[:, asked.arrangements.index(self.of), asked.metrics.index(self.metric)]
        if self.against:
            other = values[:, asked.arrangements.index(self.against), asked.metrics.index(self.metric)]
        elif self.than:
            other = self.times * values[:, asked.arrangements.index(self.of), asked.metrics.index(self.than)]
        elif self.percent:
            other = np.full(len(own), spend * self.percent / 100.0)
        else:
            rest = [i for i, name in enumerate(asked.arrangements) if name != self.of]
            every = self.sign * values[:, rest, asked.metrics.index(self.metric)]
            other = self.sign * every.max(axis=1)
        gap = self.sign * (own - other)
        return np.asarray(np.where(np.abs(gap) <= _ROUNDING * np.maximum(np.abs(own), np.abs(other)), 0.0, gap))


@dataclass(frozen=True, eq=False)
class Variant:
    """The model with its structure, or a setting that is judged, changed.

    ``contents`` are laid over each arrangement, or over those of ``only``; ``parameters`` hold in every draw.
    """

    name: str
    contents: tuple[Marked, ...] = ()
    parameters: tuple[tuple[str, float], ...] = ()
    only: tuple[str, ...] = ()

    def of(self, arrangement: str) -> tuple[Marked, ...]:
        """What is laid over an arrangement."""
        return self.contents if not self.only or arrangement in self.only else ()


@dataclass(frozen=True, eq=False)
class Asked:
    """All that is asked; ``rankings`` by metric whether more comes first (1) or less (-1)."""

    eras: tuple[str, ...]
    arrangements: tuple[str, ...]
    rankings: dict[str, int]
    variants: tuple[Variant, ...]
    conclusions: tuple[Conclusion, ...]

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that rankings and conclusions need, each once."""
        own = (name for one in self.conclusions for name in (one.metric, one.than) if name)
        return tuple(dict.fromkeys([*self.rankings, *own]))


@cache
def asked() -> Asked:
    """What ``conclusions.yaml`` asks. Raises UnknownName for an arrangement or a metric that there is not, ValueError otherwise."""
    content = yaml.safe_load(FILE.read_text("utf-8"))
    found = Asked(
        tuple(content["eras"]), tuple(content["arrangements"]),
        {name: {"more": 1, "less": -1}[way] for name, way in content["rankings"].items()},
        tuple(_variant(name, given) for name, given in content["variants"].items()),
        tuple(_conclusion(given) for given in content["conclusions"]),
    )
    for name in found.metrics:
        if name not in METRICS:
            raise UnknownName("metric", name, list(METRICS), where="among the conclusions", file=str(FILE))
    used = [(one.words, name) for one in found.conclusions for name in (one.of, one.against) if name]
    used += [(one.name, name) for one in found.variants for name in one.only]
    for words, name in used:
        if name not in found.arrangements:
            raise UnknownName("arrangement", name, found.arrangements, where=f"in '{words}'", file=str(FILE))
    return found


def _variant(name: str, given: dict[str, Any]) -> Variant:
    if "ablation" in given:
        over = overlay(given["ablation"])
        return Variant(name, over.contents, over.parameters)
    return Variant(name, (marked(given["over"], f"the variant '{name}'"),), only=tuple(given.get("in", ())))


def _conclusion(given: dict[str, Any]) -> Conclusion:
    (way,) = (name for name in ("more", "less") if name in given)
    held = {key: value for key, value in given[way].items() if key != "all"}
    if unknown := (given.keys() - {"words", "metric", "of", way}) | (held.keys() - {"against", "than", "times", "percent"}):
        raise ValueError(f"the conclusion '{given['words']}' has {', '.join(sorted(unknown))}")
    return Conclusion(given["words"], given["metric"], given["of"], {"more": 1, "less": -1}[way], **held)


__all__ = ["FILE", "Asked", "Conclusion", "Variant", "asked"]
