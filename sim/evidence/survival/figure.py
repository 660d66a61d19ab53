"""The figure of what survives: the share of the draws in which each conclusion holds, by era and model."""

from __future__ import annotations

import textwrap

import numpy as np

from totalplace.sim.evidence.survival.runs import WHOLE, Played
from totalplace.sim.figures.style import SMALL, Chart, dress, own_style


@own_style()
def matrix(found: Played) -> Chart:
    """One row a conclusion, one column a model, one panel an era: share of the draws in which it holds, in percent."""
    eras, models = found.asked.eras, list(found.values[found.asked.eras[0]])
    rows = found.asked.conclusions
    figure = Chart(5.2 + 0.34 * len(models) * len(eras), 2.6 + 0.27 * len(rows))
    panels = figure.subplots(1, len(eras), squeeze=False, sharey=True)[0]
    for axes, era in zip(panels, eras, strict=True):
        shares = np.array([[100.0 * found.holds(one, era, model) for model in models] for one in rows])
        size = SMALL - 1.5
        axes.imshow(shares, cmap="PuOr", vmin=0.0, vmax=100.0, aspect="auto")
        for i, j in np.ndindex(shares.shape):
            dark = abs(shares[i, j] - 50.0) > 30.0
            axes.text(j, i, f"{shares[i, j]:.0f}", ha="center", va="center", fontsize=size, color="white" if dark else "black")
        axes.axvline(len(WHOLE) - 0.5, color="white", linewidth=3.0)
        axes.set_xticks(range(len(models)), models, rotation=90, fontsize=SMALL - 0.5)
        axes.set_title(f"{era} money", fontsize=SMALL + 0.5, loc="left")
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)
    names = [textwrap.fill(one.words, 62) for one in rows]
    panels[0].set_yticks(range(len(rows)), names, fontsize=SMALL - 0.5)
    words = (f"Share of the draws, in percent, in which each conclusion holds, of {len(found.places)} places together in the last "
             "year of the run. Left of the white line the model as it is, over the posterior and the prior; right of it with its "
             "structure or with judged settings of policy changed, over the posterior. Purple: it holds. Brown: its opposite does.")
    dress(figure, "What survives", words)
    return figure


__all__ = ["matrix"]
