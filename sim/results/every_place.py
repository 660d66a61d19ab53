"""What came of one scenario, or of the difference between two, in every place: draws by place, and their bands.

Runs of all places have the same seeds. A seed draws the same value of a parameter in every place, so that places may be held
against each other seed by seed, too.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from totalplace.scenarios import places
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.places.quality import is_estimate
from totalplace.scenarios.places.shapes import USUAL_YEAR
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.compare import paired
from totalplace.sim.results.monte_carlo import BAND
from totalplace.sim.results.relative import factor, metric_called, parted
from totalplace.sim.results.wording import amount, count, listing, unit_scale

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Shares of places between which the colours of a map run, so that one place far out does not make all others alike.
CLIPPED: Final = (0.02, 0.98)
#: Places beyond the ends of the colours that are named.
_NAMED: Final = 4


class Band(NamedTuple):
    """A value of a place: the median of its runs, and the ends of the band that holds 90% of them."""

    middle: float
    low: float
    high: float

    @property
    def unsure(self) -> bool:
        """Whether a difference with this band may be of either sign."""
        return self.low < self.high and self.low <= 0.0 <= self.high


@dataclass(frozen=True, eq=False)
class PlaceResults:
    """Metrics of every run of each place by its name, (R, M): at the start (first quarter) and in the last year.

    ``against`` has the last year of the scenario that is subtracted, with the same seeds; it is empty where there is none.
    ``quarters`` is the length of each run, ``year`` that of the budgets; ``over`` says over what the bands are. ``parameters``
    (R,): which draw of the parameters each run has, None where each has one of its own.
    """

    start: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    end: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    against: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    quarters: int = field(default=0, kw_only=True)
    year: str = field(default=USUAL_YEAR, kw_only=True)
    over: str = field(default="", kw_only=True)
    parameters: NDArray[np.int64] | None = field(default=None, kw_only=True)

    @property
    def runs(self) -> int:
        """Runs of each place; 0 before the first place is played."""
        return len(next(iter(self.end.values()), ()))

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where a metric that the rules write stands in each row."""
        return {name: i for i, name in enumerate(METRICS)}

    def draws(self, name: str, show: str = "") -> dict[str, NDArray[np.float64]]:
        """A metric by place in every run (R,): in the last year, or as ``show`` says.

        ``change`` is the change since the first quarter, ``difference`` that from the scenario that is subtracted, seed by seed.
        Money may be held against the place (:mod:`totalplace.sim.results.relative`). NaN where a run has no value. Raises
        UnknownName.
        """
        column = self.positions[parted(metric_called(name).name)[0]]
        less = {"": None, "change": self.start, "difference": self.against}[show]
        relative = parted(name)[1] is not None
        found = {}
        for place, rows in self.end.items():
            values = rows[:, column]
            if less is not None:
                if place not in less:
                    continue
                values = paired(values, less[place][:, column])
            found[place] = values * factor(name, places.load(place, self.year)) if relative else values
        return found

    def values(self, name: str, show: str = "") -> dict[str, Band]:
        """The bands of :meth:`draws`; places without a value, such as of trust where nobody has a partner, are left out."""
        kept = {place: values[~np.isnan(values)] for place, values in self.draws(name, show).items()}
        return {place: band(values) for place, values in kept.items() if len(values)}


def band(values: NDArray[np.float64]) -> Band:
    """The median and the band of values (R,)."""
    low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1]))
    return Band(float(middle), float(low), float(high))


def colour_range(values: Mapping[str, Band], unit: str, signed: bool) -> tuple[float, float]:
    """The values, as they are drawn, at the two ends of the colours of a map.

    Those of differences (``signed``) have zero at an end or in the middle.
    """
    drawn = np.array([one.middle for one in values.values()]) * unit_scale(unit)
    low, high = (float(np.quantile(drawn, share)) for share in CLIPPED)
    if not signed:
        return low, high if high > low else low + 1e-9
    most = max(-low, high, 1e-9)
    return (0.0 if low >= 0.0 else -most), (0.0 if high <= 0.0 and low < 0.0 else most)


def beyond_words(values: Mapping[str, Band], unit: str, signed: bool) -> str:
    """Which places lie beyond the ends of the colours, as a sentence; nothing where none does."""
    if not values:
        return ""
    (low, high), scale = colour_range(values, unit, signed), unit_scale(unit)
    out = [name for name, one in values.items() if not low <= one.middle * scale <= high]
    if not out:
        return ""
    worst = sorted(out, key=lambda name: -abs(values[name].middle * scale - (low + high) / 2))[:_NAMED]
    named = [f"{name} {amount(values[name].middle, unit, signed=signed, brief=True)}" for name in worst]
    more = [f"{len(out) - len(worst)} more"] if len(out) > len(worst) else []
    return f"{count(len(out), 'place lies', 'places lie')} beyond the ends of the colours: {listing([*named, *more])}."


@kept(maxsize=8)
def estimates(year: str) -> tuple[str, ...]:
    """The places of a year whose council filed nothing."""
    return tuple(place.name for place in places.names(year) if is_estimate(place.code, year))


def estimate_words(year: str, among: Collection[str] | None = None) -> str:
    """Which places of a year, or of those ``among``, are estimates, and why; nothing where none are."""
    named = [name for name in estimates(year) if among is None or name in among]
    councils = "its council" if len(named) == 1 else "their councils"
    why = f"filed no accounts of {year}, so that the money of {councils} is estimated"
    return f"Estimates: {listing(named)} {why}." if named else ""


__all__ = ["CLIPPED", "Band", "PlaceResults", "band", "beyond_words", "colour_range", "estimate_words", "estimates"]
