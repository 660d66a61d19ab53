"""Paired differences as a table that a screen reader can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import reacton.ipyvuetify as rv
import solara

from totalplace.sim.browser.charts.base import axis_title
from totalplace.sim.browser.parts.templates import html
from totalplace.sim.model.metrics import Metric
from totalplace.sim.results.compare import difference, probability_better, shared_draws
from totalplace.sim.results.monte_carlo import CLEAR_RUNS, Draws, better_interval, share_words, too_few
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.run import BAND, last_year_words
from totalplace.sim.results.setting import band_words
from totalplace.sim.results.what_is_known import UNKNOWN, UNKNOWN_SENTENCE, split
from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.results.run import Ensemble


def difference_table(ensembles: Sequence[Ensemble], metrics: Sequence[str]) -> None:
    """One row a metric: the baseline's value, and for each other scenario the median difference, its 90% band, how often better."""
    names = [one.scenario.name for one in ensembles]
    heads = [f"{names[0]} (baseline)", *names[1:]]
    rows = [_row(ensembles, metric_called(name, ensembles[0].words)) for name in metrics]
    told = any(line.endswith(UNKNOWN) for row in rows for cell in row if isinstance(cell, Cell) for line in cell.below)
    note = " ".join(filter(None, (
        "Median of the differences seed by seed; in brackets 90% of the runs; the share of runs that are better, with its "
        f"95% interval. Pale: 90% of the runs lie on both sides of no difference, there is none, or there are fewer than "
        f"{CLEAR_RUNS} runs.",
        f"Bands are {band_words(ensembles)}.", UNKNOWN_SENTENCE if told else "",
        last_year_words(ensembles[0].quarters), too_few(ensembles[0].runs))))
    columns = [("metric", False), *((head, True) for head in heads)]
    inside = html("differences", columns=columns, rows=rows)
    with rv.Html(tag="div", class_="tp-wide-scroll", attributes={"tabindex": "0", "role": "group", "aria-label": "Differences"}):
        solara.HTML(tag="table", classes=["tp-table", "tp-stacks"], attributes={"role": "table"}, unsafe_innerHTML=inside)
    rv.Html(tag="p", class_="tp-muted tp-small mt-2 mb-0", children=[note])


class Cell(NamedTuple):
    """A value in words, the lines below it, and the class of its tone; None where it is not a difference."""

    value: str
    below: Sequence[str] = ()
    tone: str | None = None


def _row(ensembles: Sequence[Ensemble], metric: Metric) -> list[str | Cell]:
    """The row of a metric: its name, the baseline's value, and the difference of each other scenario."""
    base = amount(float(np.median(ensembles[0].at_end(metric.name))), metric.unit, brief=True)
    others = [difference_cell(difference(one, ensembles[0], metric.name), metric, shared_draws(one, ensembles[0]))
              for one in ensembles[1:]]
    return [axis_title(metric), Cell(base), *others]


def difference_cell(gap: NDArray[np.float64], metric: Metric, draws: Draws = None) -> Cell:
    """The differences (R,) of a scenario: coloured where nearly all runs agree that it is better or worse.

    ``draws`` (R,): which draw of the parameters each run has.
    """
    if np.isnan(gap).any():
        return Cell("–", ["no value to compare"])
    low, middle, high = (float(value) for value in np.quantile(gap, (BAND[0], 0.5, BAND[1])))
    words = [amount(value, metric.unit, signed=True, brief=True) for value in (middle, low, high)]
    below = [f"({words[1]} to {words[2]})"]
    better = probability_better(gap, metric.direction)
    if better == better:
        below.append(f"better in {share_words(better, better_interval(gap, metric.direction, draws))}")
    parts = split(gap, draws)
    if parts.share > 0.0:
        below.append(f"{parts.cell} {UNKNOWN}")
    shown = tone(low, high, metric.direction)
    if len(gap) < CLEAR_RUNS or not any(letter in "123456789" for word in words for letter in word):
        shown = "tp-unsure"  # what is shown as nothing is neither good nor bad
    return Cell(words[0], below, shown)


def tone(low: float, high: float, direction: int) -> str:
    """The class of a difference whose band runs from ``low`` to ``high``: good, bad, unsure, or nothing where none is better."""
    if not (low <= high):  # no value in some run: nothing to say
        return ""
    if low <= 0.0 <= high:
        return "tp-unsure" if low < high else ""
    if not direction:
        return ""
    return "tp-good" if (low > 0.0) == (direction > 0) else "tp-bad"


__all__ = ["Cell", "difference_cell", "difference_table", "tone"]
