"""Who pays and who gains: the matrix of one scenario, and each agency's net position under every scenario."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Patch, Rectangle

from totalplace.sim.figures.colours import one_sided, told, two_sided
from totalplace.sim.figures.data import matrix_shown, net_gains_shown
from totalplace.sim.figures.style import SMALL, Chart, caption, dress, own_style
from totalplace.sim.results.deals import agency_label, short_agency_label
from totalplace.sim.results.last_year import BAND

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from totalplace.sim.results.run import Ensemble, Run

#: Most places behind the point of a number: of £m, to the thousand pounds.
_PLACES = 3


@own_style()
def who_pays_who_gains(result: Ensemble | Run) -> Chart:
    """Mean over runs of £m from the agency that pays (row) to the agency that gains (column), with totals."""
    gains = result.gains if result.gains.ndim == 2 else result.gains.mean(axis=0)
    names = [agency_label(name, result.words) for name in result.agency_names]
    figure = Chart(0.62 * len(names) + 3.4, 0.42 * len(names) + 3.0, narrowest=_narrowest(len(names) + 1))
    axes = figure.subplots()
    table = np.zeros((len(names) + 1, len(names) + 1))
    table[:-1, :-1] = gains
    table[-1, :-1] = gains.sum(axis=0)
    table[:-1, -1] = gains.sum(axis=1)
    table[-1, -1] = gains.sum()
    shading = table.copy()
    shading[-1, :] = np.nan
    shading[:, -1] = np.nan
    unsure = np.zeros(table.shape, dtype=bool)
    if result.gains.ndim == 3:
        unsure[:-1, :-1] = _unsure(result.gains)
    handles, dot = _heat(axes, table, shading, signed=bool((gains < 0).any()), unsure=unsure)
    brief = [short_agency_label(name, result.words) for name in result.agency_names]
    axes.set_xticks(range(len(names) + 1), [*brief, "all"], rotation=45, ha="left", fontsize=SMALL)
    axes.set_yticks(range(len(names) + 1), [*names, "all"], fontsize=SMALL)
    axes.set_xlabel("gains", fontsize=SMALL + 1, fontweight="bold")
    axes.set_ylabel("pays", fontsize=SMALL + 1, fontweight="bold")
    axes.xaxis.set_label_position("top")
    axes.xaxis.tick_top()
    axes.axhline(len(names) - 0.5, color="black", linewidth=0.8)
    axes.axvline(len(names) - 0.5, color="black", linewidth=0.8)
    figure.data = matrix_shown(result, gains, unsure[:-1, :-1])
    words = (
        "Each cell: reactive demand avoided and savings returned to the agency of the column through money and "
        f"transition paid by the agency of the row, over the whole run, mean of the runs. {dot}"
    )
    dress(figure, f"Who pays and who gains (£m): {result.scenario.name}", caption([result], words), handles)
    return figure


@own_style()
def net_gains(ensembles: Sequence[Ensemble]) -> Chart:
    """What each agency gains through the others less what the others gain through it, by scenario, mean of runs."""
    names = [agency_label(name, ensembles[0].words) for name in ensembles[0].agency_names]
    runs = [e.gains.sum(axis=1) - e.gains.sum(axis=2) for e in ensembles]
    net = np.array([own.mean(axis=0) for own in runs]).T
    unsure = np.array([_unsure(own) for own in runs]).T
    figure = Chart(0.62 * len(ensembles) + 3.4, 0.36 * len(names) + 2.9, narrowest=_narrowest(len(ensembles)))
    axes = figure.subplots()
    handles, dot = _heat(axes, net, net, signed=True, unsure=unsure)
    scenarios = [ensemble.scenario.name for ensemble in ensembles]
    axes.set_xticks(range(len(scenarios)), scenarios, rotation=45, ha="left", fontsize=SMALL)
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(names)), names, fontsize=SMALL)
    figure.data = net_gains_shown(ensembles, net, unsure)
    sides, meant = told("gains more than it pays for", "pays for more than it gains")
    words = (
        "What an agency gains through money paid by others, less what others gain through what it pays, over the whole "
        f"run, mean of the runs. {f'{sides} ' if sides else ''}{dot}"
    )
    dress(figure, f"{ensembles[0].place_name}: net gain of each agency (£m)", caption(ensembles, words), meant | handles)
    return figure


def _narrowest(columns: int) -> float:
    """Inches that a matrix needs for the names of its rows and the numbers in its columns."""
    return 2.3 + 0.18 * columns


def _unsure(values: Any) -> Any:
    """Where the band that holds 90% of the runs (the first axis) includes zero, unless all are zero: not even the sign is sure."""
    low, high = np.quantile(values, BAND, axis=0)
    return (low <= 0.0) & (high >= 0.0) & values.any(axis=0)


def _heat(axes: Axes, numbers: Any, shading: Any, *, signed: bool, unsure: Any) -> tuple[dict[str, Any], str]:
    """A heat map with a number in every cell; two-sided colours when ``signed``. Entries of its legend, and what a dot is.

    Numbers have as many places as the largest needs, so that a dot, which is next to nothing, is less than a tenth of full colour.
    Cells that are ``unsure`` are hatched instead of coloured, unless they have a dot.
    """
    size = float(np.nanmax(np.abs(shading), initial=0.0))
    places = next((few for few in range(1, _PLACES) if size >= 5.0 * 0.1**few), _PLACES)
    nothing = 0.5 * 0.1**places
    size = max(size, 10.0 * nothing)
    colours = two_sided() if signed else one_sided()
    unsure = unsure & (np.abs(numbers) >= nothing)
    shading = np.where(unsure, np.nan, shading)
    image = axes.imshow(shading, cmap=colours, vmin=-size if signed else 0.0, vmax=size, aspect="auto")
    hatched: dict[str, Any] = {"facecolor": "#f7f7f7", "edgecolor": "#c4c4c4", "hatch": "////", "linewidth": 0.0}
    for row, column in np.argwhere(unsure):
        axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1.0, 1.0, zorder=0.5, **hatched))
    for (row, column), number in np.ndenumerate(numbers):
        shade = shading[row, column]
        red, green, blue, _ = (1, 1, 1, 1) if np.isnan(shade) else image.cmap(image.norm(shade))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.55
        axes.text(
            column, row, _cell(number, places), ha="center", va="center", fontsize=SMALL - 1, color="white" if dark else "black",
            bbox={"facecolor": "#f7f7f7", "edgecolor": "none", "pad": 1.0} if unsure[row, column] else None,
        )
    axes.set_xticks(np.arange(-0.5, numbers.shape[1]), minor=True)
    axes.set_yticks(np.arange(-0.5, numbers.shape[0]), minor=True)
    axes.grid(which="minor", color="white", linewidth=1.0)
    axes.tick_params(which="both", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    handles = {"unsure: 90% of the runs include zero": Patch(**hatched)} if unsure.any() else {}
    return handles, f"A dot is less than {'£0.05m' if places == 1 else f'£{1e6 * nothing:,.0f}'}."


def _cell(number: float, places: int) -> str:
    if abs(number) < 0.5 * 0.1**places:
        return "·"
    text = f"{abs(number):,.0f}" if abs(number) >= 9.95 else f"{abs(number):.{places}f}"
    return f"\u2212{text}" if number < 0 else text
