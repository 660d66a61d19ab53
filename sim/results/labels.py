"""How readers of a table see names in it: in the words of the period of the budgets, places with the mark of an estimate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from totalplace.scenarios.registry import named
from totalplace.sim.model.metrics import Metric
from totalplace.sim.results.relative import metric_called


@dataclass(frozen=True, slots=True)
class Labels:
    """The words of a ``period``, labels where there are several; ``places``: by name, how a place that is marked is shown."""

    period: str = ""
    places: Mapping[str, str] = field(default_factory=dict)

    def place(self, name: str) -> str:
        """A place, marked where its council filed nothing: ``Birmingham (estimate)``."""
        return self.places.get(name, name)

    def all_places(self, names: Iterable[str]) -> tuple[str, ...]:
        """Places in their order."""
        return tuple(map(self.place, names))

    def factor(self, name: str) -> str:
        """A lever or parameter: ``shared governance of police (commissioner or mayor)``."""
        return named(name, self.period)

    def metric(self, name: str) -> Metric:
        """A metric with its label and meaning. Raises UnknownName."""
        return metric_called(name, self.period)


#: Names as they are.
PLAIN = Labels()
