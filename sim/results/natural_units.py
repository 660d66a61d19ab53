"""What a run did to outcomes in units that people know, and how good the figures are that it starts from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.indicators import ACTUAL, INDICATORS, QUALITIES
from totalplace.sim.results.compare import clearly, difference
from totalplace.sim.results.monte_carlo import BAND, CLEAR_RUNS, too_few_to_call
from totalplace.sim.results.wording import amount, listing, whole

if TYPE_CHECKING:
    from totalplace.sim.results.run import Ensemble

#: Share of its base, or of the scale of an index from 0 to 1, below which a clear difference is too small to matter.
SMALL: Final = 0.001
#: How many times that the further end of the band of such a difference may be: one case, where half a one is too small.
_END: Final = 3.0
#: The indicators that are shown where there is room for a few.
LEADING: Final = ("looked_after_children", "emergency_admissions", "healthy_life_expectancy", "claimants")


def known(ensembles: Sequence[Ensemble], names: Sequence[str] = tuple(INDICATORS)) -> list[str]:
    """The indicators that all of the results hold; those of an older version have none."""
    return [name for name in names if all(name in (ensemble.metrics.dtype.names or ()) for ensemble in ensembles)]


def basis(ensemble: Ensemble, name: str) -> str:
    """The quality of the base of an indicator in the place, and of when or whom it is: ``estimated 2016``."""
    return ensemble.place.indicator_basis[list(INDICATORS).index(name)]


def titled(name: str) -> str:
    """An indicator as the head of a column: its label, and its unit where it is not a number of people or cases."""
    row = INDICATORS[name]
    return row.label if row.count else f"{row.label}, {row.unit}"


def based(ensemble: Ensemble, name: str) -> str:
    """The base of an indicator in the place with its quality: ``594 (estimated 2016)``."""
    return f"{_base(ensemble, name)} ({basis(ensemble, name)})"


def bases(ensemble: Ensemble) -> dict[str, dict[str, float | str]]:
    """What each indicator that the results hold starts from in the place, its quality and time, for files."""
    of = zip(INDICATORS, ensemble.place.indicator_base.tolist(), ensemble.place.indicator_basis, strict=True)
    return {name: {"base": value, "basis": words} for name, value, words in of if name in known([ensemble])}


def basis_words(ensemble: Ensemble, names: Sequence[str]) -> str:
    """A sentence that says how good the bases of indicators are, by quality; empty without any."""
    of = {quality: [INDICATORS[name].label for name in names if basis(ensemble, name).startswith(quality)] for quality in QUALITIES}
    said = [f"{quality} for {listing(labels)}" for quality, labels in of.items() if labels]
    effect = "What moves them is the model's, by a mapping that is one to one at the base (scenarios/indicators.yaml)."
    return f"Bases of indicators: {'; '.join(said)}. {effect}" if said else ""


def fewer(name: str, gaps: Sequence[float], base: float = math.nan) -> str:
    """A difference in an indicator in words, from paired differences: ``about 24 (9 to 40) fewer looked-after children``.

    In brackets the band that holds 90% of them. A number of people or cases is told as such, a rate or a mean with its unit. One
    that is not clear says so, and so does one of too few runs to call it clear. One that is clear is too small to matter where its
    median is less than half of one case, or :data:`SMALL` of the ``base``, and its band ends at no more than one case, or
    three times as much of the base.
    """
    row, values = INDICATORS[name], np.asarray(gaps, dtype=np.float64)
    low, gap, high = (float(value) for value in np.quantile(values, (BAND[0], 0.5, BAND[1])))
    if not values.any():
        return f"no difference in {row.label}"
    ends = f"{signed(low, name)} to {signed(high, name)}"
    unit = "" if row.count else f" {row.unit}" if row.unit == "years" else " points" if row.unit.startswith("%") else ""
    if few := too_few_to_call(len(values)):
        return f"{row.label} {signed(gap, name)} ({ends}){unit}, but {few}"
    if not clearly(values):
        return f"no clear difference in {row.label} ({ends})"
    size, least, most = (_figure(abs(value), name) for value in (gap, *sorted((low, high), key=abs)))
    band = "" if least == size == most else f"{least} to {most}"
    way = ("more" if gap > 0 else "fewer") if row.count else ("higher" if gap > 0 else "lower")
    small = 0.5 if row.count else SMALL * abs(base)
    if abs(gap) < small and max(abs(low), abs(high)) < _END * small:
        return f"a difference in {row.label} too small to matter ({band or size}{unit} {way})"
    between = f" ({band})" if band else ""
    return f"about {size}{between} {way} {row.label}" if row.count else f"{row.label} {size}{between}{unit} {way}"


def of_base(ensemble: Ensemble, name: str) -> str:
    """What a difference in an indicator is of, for a sentence: ``of 594, estimated``, ``from 60.65 years``, ``from 4.5%``.

    Its quality is said unless it is actual.
    """
    row, quality = INDICATORS[name], basis(ensemble, name).split(" ")[0]
    unit = "%" if row.unit.startswith("%") else f" on a scale from {row.unit}" if row.unit[0].isdigit() else f" {row.unit}"
    what = f"of {_base(ensemble, name)}" if row.count else f"from {_base(ensemble, name)}{unit}"
    return f"{what}{'' if quality == ACTUAL else f', {quality}'}"


def in_words(ensemble: Ensemble, name: str, gaps: Sequence[float]) -> str:
    """A difference in an indicator, with its band and what it is of: ``about 24 (9 to 40) fewer ... (of 594, estimated)``."""
    return f"{fewer(name, gaps, _base_value(ensemble, name))} ({of_base(ensemble, name)})".replace(") (", "; ")


def said(ensemble: Ensemble, baseline: Ensemble, names: Sequence[str] = LEADING) -> str:
    """What a scenario does to a few indicators in the last year, against a baseline, parted by semicolons.

    Empty where none is known, or runs are too few to call a difference clear.
    """
    if baseline.runs < CLEAR_RUNS:
        return ""
    return "; ".join(in_words(ensemble, name, difference(ensemble, baseline, name).tolist())
                     for name in known((ensemble, baseline), names))


def change(ensemble: Ensemble, baseline: Ensemble, name: str) -> str:
    """The median paired difference of an indicator as a cell of a table, with its band: ``−24 (−40 to −9)``."""
    return changed(difference(ensemble, baseline, name).tolist(), name)


def changed(gaps: Sequence[float], name: str) -> str:
    """The median of differences in an indicator with the band that holds 90% of them."""
    low, middle, high = (signed(float(value), name) for value in np.quantile(gaps, (BAND[0], 0.5, BAND[1])))
    return middle if low == middle == high else f"{middle} ({low} to {high})"


def signed(gap: float, name: str) -> str:
    """A difference in an indicator with its sign: a number of people or cases without places."""
    return whole(gap, signed=True) if INDICATORS[name].count else amount(gap, "", signed=True)


def _figure(value: float, name: str) -> str:
    return whole(value) if INDICATORS[name].count else amount(value, "", brief=True)


def _base_value(ensemble: Ensemble, name: str) -> float:
    return float(ensemble.place.indicator_base[list(INDICATORS).index(name)])


def _base(ensemble: Ensemble, name: str) -> str:
    """The base of an indicator in figures: a rate or a mean as it is published, to two places."""
    value = _base_value(ensemble, name)
    return whole(value) if INDICATORS[name].count else f"{value + 1e-9:.2f}".rstrip("0").rstrip(".")
