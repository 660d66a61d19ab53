"""Metrics in £m held against the place they are of: a head of its people, or as a share of what its bodies spend.

A view on what the rules write, not more of it: the rules and the files of results know the metrics of
:data:`totalplace.sim.model.metrics.METRICS` alone. Each of those in £m may be asked for under two more names, such as
``net_saving_per_head`` and ``net_saving_share_of_spend``, wherever a metric is named. A place has one number of people and one
base-year spend, so that medians, bands and differences are those of the metric, divided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.model.metrics import METRICS, Metric, metrics_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from totalplace.scenarios.places import Place

#: How the units begin of the metrics that can be held against a place.
MONEY: Final = "£m"


@dataclass(frozen=True, slots=True)
class Per:
    """What money is held against: ``name`` on the command line, the ``ending`` of names of metrics, words for label and meaning.

    ``unit`` makes the unit from that of the metric; ``factor`` is what turns £m of a place into it.
    """

    name: str
    ending: str
    label: str
    meaning: str
    unit: Callable[[str], str]
    factor: Callable[[Place], float]

    def of(self, metric: Metric) -> Metric:
        """A metric in £m, held against it."""
        return replace(
            metric, name=f"{metric.name}{self.ending}", unit=self.unit(metric.unit), label=f"{metric.label} {self.label}",
            meaning=f"{metric.meaning}; {self.meaning}",
        )


def pounds_a_head(population: float) -> float:
    """What turns £m of a place with so many people into £ a head."""
    return 1e6 / population


def services(place: Place) -> float:
    """What the bodies of a place spend on services in the base year, £m a year: without pensions and benefits."""
    return float(place.spend.sum())


def services_a_head(place: Place) -> float:
    """The same in £ a head of its people."""
    return services(place) * pounds_a_head(place.population)


HEAD: Final = Per(
    "head", "_per_head", "a head", "a head of the people of the place", lambda unit: f"£ a head{unit.removeprefix(MONEY)}",
    lambda place: pounds_a_head(place.population),
)
SHARE: Final = Per(
    "share", "_share_of_spend", "as a share of spend",
    "as a share of what the bodies of the place spend on services in the base year",
    lambda unit: "% of base-year spend", lambda place: 100.0 / services(place),
)
#: What money can be held against, by its name on the command line.
PER: Final[Mapping[str, Per]] = MappingProxyType({per.name: per for per in (HEAD, SHARE)})


def parted(name: str) -> tuple[str, Per | None]:
    """The metric that the rules write under a name, and what it is held against; a name that nothing has comes back as it is."""
    if name not in METRICS:
        for per in PER.values():
            base = name.removesuffix(per.ending)
            if base != name and base in METRICS and METRICS[base].unit.startswith(MONEY):
                return base, per
    return name, None


def names() -> Iterator[str]:
    """Every name under which a metric may be asked for, those that the rules write first."""
    yield from METRICS
    yield from (f"{name}{per.ending}" for per in PER.values() for name, one in METRICS.items() if one.unit.startswith(MONEY))


def is_metric(name: object) -> bool:
    """Whether a metric may be asked for under a name."""
    return isinstance(name, str) and parted(name)[0] in METRICS


def metric_called(name: str, period: str = "") -> Metric:
    """The metric that is asked for under a name, in the words of a period where one is given.

    Raises UnknownName, with the nearest names.
    """
    base, per = parted(name)
    if base not in METRICS:
        raise UnknownName("metric", name, list(names()))
    one = metrics_of(period)[base] if period else METRICS[base]
    return one if per is None else per.of(one)


def held_against(name: str, per: str | None) -> str:
    """The name of a metric held against one of :data:`PER`, or as it is where that is None.

    Raises UnknownName, and InputError for a metric that is not in £m, or is held against the other already.
    """
    metric_called(name)
    if per is None:
        return name
    if per not in PER:
        raise UnknownName("way to hold money against a place", per, PER)
    base, held = parted(name)
    if not METRICS[base].unit.startswith(MONEY):
        raise InputError(f"'{name}' is not money ({METRICS[base].unit}): there is none of it a head or as a share of spend",
                         allowed="a metric in £m, such as net_saving")
    if held not in (None, PER[per]):
        raise InputError(f"'{name}' is held against a place already", allowed=f"{base}{PER[per].ending}")
    return f"{base}{PER[per].ending}"


def factor(name: str, place: Place) -> float:
    """What to multiply the values that the rules write by to have a metric of a place: 1 but for those of :data:`PER`."""
    per = parted(name)[1]
    return 1.0 if per is None else per.factor(place)


def factors(asked: Iterable[str], place: Place) -> NDArray[np.float64] | None:
    """The same of several metrics (M,), None where all are as the rules write them."""
    found = np.array([factor(name, place) for name in asked])
    return found if (found != 1.0).any() else None


__all__ = [
    "HEAD", "MONEY", "PER", "SHARE", "Per", "factor", "factors", "held_against", "is_metric", "metric_called", "names", "parted",
    "pounds_a_head", "services", "services_a_head",
]
