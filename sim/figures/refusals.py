"""Reasons for refusal: which part of the appraisal decided it, by agency, in stacked bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.sim.figures.colours import fills
from totalplace.sim.figures.data import refusals_shown
from totalplace.sim.figures.style import COLOURS, SMALL, Chart, caption, dress, grid_shape, own_style, plain, wrapped
from totalplace.sim.results.deals import agency_label, outcome_names, part_words, reason_names

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from totalplace.sim.results.run import Ensemble

#: Hatches tell the parts apart in black and white.
_HATCHES = ("", "///", "", "\\\\\\", "...", "", "|||", "---", "", "xxx", "ooo")
#: Unasked: fills beside the colours of lines, of which the first, black, is for lines alone.
_MORE_FILLS = ("#F0E442", "#444444", "#8c564b", "#bbbbbb")


def refusal_counts(ensemble: Ensemble) -> Any:
    """Refusals a run, (A, P + 1) by agency and deciding part; the last column counts those decided by no part."""
    refused = ensemble.deals[ensemble.deals["outcome"] == outcome_names().index("refused")]
    parts = len(reason_names())
    counts = np.zeros((len(ensemble.agency_names), parts + 1))
    np.add.at(counts, (refused["agency"].astype(int), refused["reason"].astype(int) % (parts + 1)), 1.0)
    return counts / ensemble.runs


@own_style()
def reasons_for_refusal(ensembles: Sequence[Ensemble]) -> Chart:
    """Refusals a run by agency, split by the part of the appraisal that decided them; one panel per scenario."""
    counted = [(ensemble, refusal_counts(ensemble)) for ensemble in ensembles]
    shown = [(ensemble, counts) for ensemble, counts in counted if counts.any()] or counted[:1]
    names = [agency_label(name, ensembles[0].words) for name in ensembles[0].agency_names]
    rows, columns = grid_shape(len(shown), 3)
    figure = Chart(max(3.0 * columns + 1.6, 6.8), (0.2 * len(names) + 0.75) * rows + 1.6)
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes in panels.ravel()[len(shown) :]:
        axes.set_visible(False)
    words = [*(part_words(part) for part in reason_names()), "no objection: the two sides did not meet"]
    used = np.flatnonzero(sum(counts.sum(axis=0) for _, counts in shown))
    handles: dict[int, Any] = {}
    for axes, (ensemble, counts) in zip(panels.ravel(), shown, strict=False):
        handles |= _stack(axes, counts, used)
        axes.set_title(*wrapped([ensemble.scenario.name], max(12, int(46 * figure.narrowed))), fontsize=SMALL + 1, loc="left")
        axes.set_xlabel("refusals a run", fontsize=SMALL)
        plain(axes, grid="x")
        axes.tick_params(labelbottom=True)
    for axes in panels[:, 0]:
        axes.set_yticks(range(len(names)), names, fontsize=SMALL)
        axes.set_ylim(len(names) - 0.4, -0.6)
    figure.data = refusals_shown(shown, words)
    left_out = len(ensembles) - len(shown)
    more = f" Scenarios without refusals are left out ({left_out})." if left_out and handles else ""
    scale = " All panels have one scale." if len(shown) > 1 else ""
    says = f"The part of the appraisal that weighed most against the request.{scale}{more}"
    legend = {words[part]: handle for part, handle in handles.items()}
    title = f"{ensembles[0].place_name}: why agencies refused"
    dress(figure, title, caption(ensembles, says), legend, columns=4 if columns > 2 else 3)
    return figure


def _stack(axes: Axes, counts: Any, used: Any) -> dict[int, Any]:
    left = np.zeros(len(counts))
    handles = {}
    colours = fills((*COLOURS[1:], *_MORE_FILLS), counts.shape[1])
    for part in used:
        handles[int(part)] = axes.barh(
            range(len(counts)), counts[:, part], left=left, height=0.75, color=colours[part % len(colours)],
            hatch=_HATCHES[part % len(_HATCHES)], hatch_linewidth=0.5, edgecolor="white", linewidth=0.3,
        )  # fmt: skip
        left += counts[:, part]
    return handles
