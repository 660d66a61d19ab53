"""The page of responses, ``docs/levers.md``: signs that were expected and that were found, what bears the cost, and a figure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.registry import LEVERS, named
from totalplace.sim.evidence.lever_responses import (
    AS_EXPECTED,
    FALSE_REASON,
    FLAT,
    STILL,
    UNCLEAR,
    WRONG,
    Moved,
    Response,
    Responses,
    paid,
    unit,
)
from totalplace.sim.evidence.lever_signs import STANDARD_ERRORS
from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.neighbourhoods_won import Devolved, section
from totalplace.sim.figures.style import SMALL, dress, own_style
from totalplace.sim.model.metrics import METRICS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PAGE: Final = "levers.md"
_ARROWS: Final = {1: "\u25b2", -1: "\u25bc", 0: "\u00b7"}
_MARKS: Final = {AS_EXPECTED: " \u2713", WRONG: " \u2717", UNCLEAR: " ?", STILL: " !", FALSE_REASON: " !"}


def markdown(found: Responses, devolved: Sequence[Devolved] = ()) -> str:
    """The page: signs, means by value, who pays, misses, and where neighbourhoods win."""
    parts = [*_head(found), *_signs(found), *_misses(found), *_who_pays(found), *_values(found)]
    return "\n".join([*parts, *(section(devolved) if devolved else ())]).rstrip() + "\n"


def _head(found: Responses) -> Iterator[str]:
    yield "# Levers"
    yield ""
    yield (
        f"How six metrics respond to each lever over the prior: {found.runs} draws in each of {', '.join(found.places)}, seeds "
        f"from {found.first_seed}, the same draws at every value. All but the lever that is tried stands as in the scenario that "
        "is named; a lever with a value for each department or theme is set for all. Three mechanisms that are parameters and no "
        "levers stand at the end. What was expected was written down first, in `scenarios/responses.yaml`, and is not changed "
        "afterwards. Written by `totalplace validate --levers`."
    )
    yield ""
    rows = [(METRICS[metric].label, unit(metric), why) for metric, why in found.watched.items()]
    yield from table(("metric", "unit", "why it is watched"), rows)
    yield "Money is the mean of the run, in £ a head; all else stands at the end of ten years."
    yield ""


def _cell(one: Moved) -> str:
    """Arrow, share of the draws that move and go that way, and a mark where a sign was expected."""
    if one.moved == 0.0:
        return f"moves nothing{_MARKS.get(one.verdict, '')}"
    mark = _MARKS.get(one.verdict, "")
    if not one.row.ordered:
        return f"moves {100 * one.moved:.0f}%{mark}"
    return f"{_ARROWS[one.sign]} {100 * one.same:.0f}%{mark}" + ("" if one.moved > 0.995 else f" of {100 * one.moved:.0f}%")


def _tried_in(row: Response) -> str:
    """The scenario, with what else is set: ``mandated-pooling, mandate england 5000``."""
    told = [setting.removeprefix("levers.").replace("_", " ").replace("=", " ") for setting in row.where]
    return ", ".join([row.scenario, *told])


def _signs(found: Responses) -> Iterator[str]:
    yield "## Signs"
    yield ""
    yield (
        "From the lowest to the highest value: \u25b2 rises, \u25bc falls, \u00b7 neither (the mean of paired differences lies "
        f"within {STANDARD_ERRORS:g} standard errors of zero); then the share of the draws that go that way, of those that move. "
        "\u2713 as expected, \u2717 the other way, ? no clear sign though one was expected, ! moves nothing without a reason, or "
        "moves against one; no mark: nothing was expected. Of a choice there is no sign, only the share of draws that it moves."
    )
    yield ""
    rows = [(named(row.name), _tried_in(row), *map(_cell, found.found[row.name].values())) for row in found.rows]
    yield from table(("lever", "tried in", *(METRICS[metric].label for metric in found.watched)), rows)
    yield "![Responses of six metrics to each lever](images/levers-responses.png)"
    yield ""


def _misses(found: Responses) -> Iterator[str]:
    verdicts = [one.verdict for metrics in found.found.values() for one in metrics.values()]
    wanted = sum(len(row.expected) for row in found.rows)
    yield "## What was expected and what was found"
    yield ""
    yield (f"{verdicts.count(AS_EXPECTED)} of {wanted} expected signs are found; {verdicts.count(WRONG)} are the other way, "
           f"{verdicts.count(UNCLEAR)} are not clear.")
    yield ""
    for words in [*found.misses(), *found.faults()]:
        yield f"- {words}"
    if found.misses() or found.faults():
        yield ""
    reasons = [(named(row.name), METRICS[metric].label, why) for row in found.rows for metric, why in row.flat.items()
               if found.found[row.name][metric].verdict == FLAT]
    if reasons:
        yield from table(("lever", "moves nothing of", "because"), reasons)
    expected = [(named(row.name), _words(row), row.why) for row in found.rows if row.expected]
    yield from table(("lever", "expected of a higher value", "why"), expected)


def _words(row: Response) -> str:
    raised, lowered = (", ".join(METRICS[name].label for name in names) for names in (row.raises, row.lowers))
    return "; ".join(text for text, names in ((f"more {raised}", raised), (f"less {lowered}", lowered)) if names)


def _who_pays(found: Responses) -> Iterator[str]:
    yield "## Who bears the cost"
    yield ""
    rows = []
    for row in found.rows:
        shown = []
        for metric, sign in row.cost.items():
            one = found.costs[row.name][metric]
            change = float(one.means[-1] - one.means[0])
            words = f"{METRICS[metric].label} {change:+.3g} {unit(metric)}" if sign else f"{METRICS[metric].label} moves"
            shown.append(words + ("" if paid(one, sign) else " (**not shown**)"))
        rows.append((named(row.name), row.bears, "; ".join(shown) + (f": {row.either}" if row.either else "")))
    yield from table(("lever", "who bears it", "where it shows, from the lowest to the highest value"), rows)


def _values(found: Responses) -> Iterator[str]:
    yield "## Each value"
    yield ""
    yield "Means of all draws."
    yield ""
    rows = []
    for row in found.rows:
        for number, value in enumerate(row.values):
            cells = [f"{found.found[row.name][metric].means[number]:.4g}" for metric in found.watched]
            rows.append((named(row.name) if number == 0 else "", value, *cells))
    yield from table(("lever", "value", *(f"{METRICS[metric].label} ({unit(metric)})" for metric in found.watched)), rows)


@own_style()
def responses_figure(found: Responses) -> Figure:
    """Levers down, metrics across: colour by the share of draws that rise or fall, a cross where a sign was missed."""
    from matplotlib.figure import Figure

    rows = [row for row in found.rows if row.ordered]
    metrics = list(found.watched)
    cells = [[found.found[row.name][metric] for metric in metrics] for row in rows]
    direction = np.array([[one.sign * one.same for one in line] for line in cells])
    figure = Figure(figsize=(8.2, 0.29 * len(rows) + 2.2), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(direction, cmap="RdBu", vmin=-1.0, vmax=1.0, aspect="auto")
    for y, line in enumerate(cells):
        for x, one in enumerate(line):
            share = f"{100 * one.same:.0f}" if one.sign else ("0" if one.moved == 0.0 else "\u00b7")
            mark = {AS_EXPECTED: " \u2713", WRONG: " \u2717", UNCLEAR: " ?"}.get(one.verdict, "")
            pale = abs(direction[y, x]) < 0.7
            axes.text(x, y, share + mark, ha="center", va="center", fontsize=SMALL, color="black" if pale else "white")
    axes.set_xticks(range(len(metrics)), [METRICS[metric].label for metric in metrics], fontsize=SMALL)
    axes.set_yticks(range(len(rows)), [row.name.replace("_", " ") + ("" if row.name in LEVERS else " *") for row in rows],
                    fontsize=SMALL)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    words = ("Blue: the highest value raises the metric against the lowest, red: lowers it; the number is the share (%) of the "
             "draws it moves that go that way. \u00b7 no clear sign. \u2713 as expected, \u2717 the other way, ? not clear though "
             f"expected. Prior draws, {found.runs} in each of {len(found.places)} places. * a parameter and no lever.")
    dress(figure, "What each lever does", words)
    return figure


def write(found: Responses, devolved: Sequence[Devolved], folder: Path) -> list[Path]:
    """Write the page and its figure into a folder. Raises InputError when it cannot be written."""
    return write_page(folder, PAGE, markdown(found, devolved), lambda: {"responses": responses_figure(found)})
