"""What a run did to outcomes in units that people know, and how good the figures are that it starts from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.indicators import ACTUAL, INDICATORS, QUALITIES
from totalplace.sim.results.compare import clearly, difference
from totalplace.sim.results.monte_carlo import BAND, CLEAR_RUNS
from totalplace.sim.results.wording import amount, listing

if TYPE_CHECKING:
    from totalplace.sim.results.run import Ensemble

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
    value = float(ensemble.place.indicator_base[list(INDICATORS).index(name)])
    return f"{_figure(value, name)} ({basis(ensemble, name)})"


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


def fewer(name: str, gaps: Sequence[float]) -> str:
    """A difference in an indicator in words, from paired differences: ``about 24 (9 to 40) fewer looked-after children``.

    In brackets the band that holds 90% of them. A number of people or cases is told as such, a rate or a mean with its unit; one
    that is not clear says so.
    """
    row, values = INDICATORS[name], np.asarray(gaps, dtype=np.float64)
    low, gap, high = (float(value) for value in np.quantile(values, (BAND[0], 0.5, BAND[1])))
    if not clearly(values):
        ends = f"{signed(low, name)} to {signed(high, name)}"
        return f"no clear difference in {row.label} ({ends})" if values.any() else f"no difference in {row.label}"
    size, least, most = (_figure(abs(value), name) for value in (gap, *sorted((low, high), key=abs)))
    between = "" if least == size == most else f" ({least} to {most})"
    if row.count:
        return f"about {size}{between} {'more' if gap > 0 else 'fewer'} {row.label}"
    unit = f" {row.unit}" if row.unit == "years" else " points" if row.unit.startswith("%") else ""
    return f"{row.label} {size}{between}{unit} {'higher' if gap > 0 else 'lower'}"


def of_base(ensemble: Ensemble, name: str) -> str:
    """What a difference in an indicator is of, for a sentence: ``of 594, estimated``. Its quality is said unless it is actual."""
    value = float(ensemble.place.indicator_base[list(INDICATORS).index(name)])
    quality = basis(ensemble, name).split(" ")[0]
    what = "of" if INDICATORS[name].count else "from"
    return f"{what} {_figure(value, name)}{'' if quality == ACTUAL else f', {quality}'}"


def in_words(ensemble: Ensemble, name: str, gaps: Sequence[float]) -> str:
    """A difference in an indicator, with its band and what it is of: ``about 24 (9 to 40) fewer ... (of 594, estimated)``."""
    return f"{fewer(name, gaps)} ({of_base(ensemble, name)})".replace(") (", "; ")


def said(ensemble: Ensemble, baseline: Ensemble, names: Sequence[str] = LEADING) -> str:
    """What a scenario does to a few indicators in the last year, against a baseline, parted by semicolons.

    Empty where none is known, or runs are too few to call a difference clear.
    """
    if baseline.runs < CLEAR_RUNS:
        return ""
    return "; ".join(in_words(ensemble, name, difference(ensemble, baseline, name).tolist())
                     for name in known((ensemble, baseline), names))


def change(ensemble: Ensemble, baseline: Ensemble, name: str) -> str:
    """The median paired difference of an indicator as a cell of a table."""
    return signed(float(np.median(difference(ensemble, baseline, name))), name)


def signed(gap: float, name: str) -> str:
    """A difference in an indicator with its sign: a number of people or cases without places."""
    return amount(round(gap), "count", signed=True) if INDICATORS[name].count else amount(gap, "", signed=True)


def _figure(value: float, name: str) -> str:
    return amount(round(value), "count") if INDICATORS[name].count else amount(value, "", brief=True)
