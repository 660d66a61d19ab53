"""What the England page says of its map and lists: how to read the colours, what the numbers are and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from totalplace.sim.browser.charts.england import differ
from totalplace.sim.browser.state.england_setup import KNOWN, Shown
from totalplace.sim.results.every_place import Band, PlaceResults
from totalplace.sim.results.monte_carlo import too_few
from totalplace.sim.results.run import last_year_words
from totalplace.sim.results.wording import count


def how_to_read(what: Shown, values: Mapping[str, Band]) -> str:
    """What the colours of the map mean, or that there is nothing to show or no difference; nothing for plain levels."""
    if not values:
        return "Grey: there is nothing to show before a run, or the metric has no value here. Press Run."
    if not what.signed:
        return ""
    if not differ(values):
        return "No place differs in any run."
    side = "Blue is better, orange worse." if what.direction else "Blue is more, orange less."
    return f"{side} Pale places: 90% of the runs lie on both sides of zero, so that the sign is not sure."


def rests_on_words(results: PlaceResults, what: Shown) -> str:
    """What the last year is, which parameters the runs have, and what they are too few to say; nothing where no runs are shown."""
    if what.name in KNOWN or not results.runs:
        return ""
    return " ".join(filter(None, (last_year_words(results.quarters), sets_words(results), too_few(results.runs))))


def sets_words(results: PlaceResults) -> str:
    """How many sets of parameters the runs have, and that all places share them."""
    runs = count(results.runs, "run")
    if results.parameters is None:
        return f"Each of the {runs} draws a set of parameters of its own, the same in all places."
    sets = len(np.unique(results.parameters))
    if sets == 1:
        return "All runs have one and the same set of parameters, in all places: what is not known is left out."
    return (f"The {runs} draw {count(sets, 'set')} of parameters (two runs share one), the same in all places: few sets may lift "
            "or lower the whole map.")


def band_words(results: PlaceResults, what: Shown, show: str) -> str:
    """What the numbers of a place are and on how many runs they rest; nothing where no runs are shown."""
    if what.name in KNOWN or not results.runs:
        return ""
    if results.runs == 1:
        return "One run of each place."
    of_what = f": {results.over}" if results.over else ""
    of = {"": "Median", "change": "Median of the changes", "difference": "Median of the differences seed by seed"}[show]
    return f"{of}, {count(results.runs, 'run')} of each place; below it the 90% band, in which 90% of the runs lie{of_what}."


def order_words(values: Mapping[str, Band]) -> str:
    """How far the order of the places is sure: how many have a band that overlaps that of the highest; nothing without bands."""
    if len(values) < 2 or all(band.low == band.high for band in values.values()):
        return ""
    first = max(values, key=lambda place: values[place].middle)
    level = sum(band.high >= values[first].low for place, band in values.items() if place != first)
    if not level:
        return "The order is by the medians; the highest place lies above all others by its band."
    return (f"The order is by the medians and is not sure: the bands of {level:,} of the other {len(values) - 1:,} places overlap "
            f"that of {first}.")
