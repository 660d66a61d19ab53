"""Outcomes of cohorts and neighbourhoods as heat maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.scenarios.vocabulary import COHORT_KINDS, OUTCOMES, label
from totalplace.sim.browser.charts.base import axis, frame, narrow, number, sentence, shades, tooltip
from totalplace.sim.browser.charts.colours import diverging, sequential
from totalplace.sim.browser.parts.theme import palette

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.browser.state.snapshot import Snapshot

#: Technical: the diverging scale never gets narrower than this, so that noise does not look like a change.
LEAST_CHANGE = 0.01
#: Neighbourhoods of a finer place are shown in this many groups of about the same number, in their order.
MOST_GROUPS = 12


def outcome_matrix(snapshot: Snapshot, dark: bool) -> dict[str, Any]:
    """Change of each outcome domain against the base year, by kind of cohort, mean over people."""
    change = _mean(snapshot, snapshot.outcomes - snapshot.outcomes_start, snapshot.cohorts["kind"], len(COHORT_KINDS))
    size = max(LEAST_CHANGE, float(np.nanmax(np.abs(change), initial=0.0)))
    rows, columns = [sentence(label(kind)) for kind in COHORT_KINDS], [sentence(label(name)) for name in OUTCOMES]
    scale = shades(dark, diverging(dark), -size, size, text=[f"+{size:.3f} better", f"worse \u2212{size:.3f}"])
    return _heat(dark, rows, columns, change, scale, "Change of outcome", signed=True)


def wellbeing_by_neighbourhood(snapshot: Snapshot, dark: bool) -> dict[str, Any]:
    """Wellbeing of each kind of cohort (rows) in each neighbourhood (columns)."""
    count = len(snapshot.neighbourhood_names)
    group = np.arange(count) if count <= MOST_GROUPS else np.arange(count) * MOST_GROUPS // count
    groups = int(group[-1]) + 1
    cell = snapshot.cohorts["kind"] * groups + group[snapshot.cohorts["neighbourhood"]]
    values = _mean(snapshot, snapshot.cohorts["wellbeing"][:, None], cell, len(COHORT_KINDS) * groups).reshape(-1, groups)
    names = [_group_name(snapshot, np.flatnonzero(group == g)) for g in range(groups)]
    rows = [sentence(label(kind)) for kind in COHORT_KINDS]
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    scale = shades(dark, sequential(dark), low, max(high, low + LEAST_CHANGE), text=[f"{high:.2f}", f"{low:.2f}"])
    return _heat(dark, rows, names, values, scale, "Wellbeing", signed=False)


def _group_name(snapshot: Snapshot, members: NDArray[np.int64]) -> str:
    first, last = (sentence(snapshot.neighbourhood_names[i]) for i in (members[0], members[-1]))
    return first if len(members) == 1 else f"{first} to {last}"


def _mean(snapshot: Snapshot, values: NDArray[np.float64], group: NDArray[np.int64], groups: int) -> NDArray[np.float64]:
    """Mean over people (G, ...) of values (K, ...) of cohorts by group; NaN without people."""
    persons = snapshot.cohorts["persons"]
    sums = np.zeros((groups, values.shape[1]))
    np.add.at(sums, group, persons[:, None] * values)
    people = np.bincount(group, weights=persons, minlength=groups)[:, None]
    return np.divide(sums, people, out=np.full_like(sums, np.nan), where=people > 0.0)


def _heat(dark: bool, rows: list[str], columns: list[str], values: NDArray[np.float64], scale: dict[str, Any], name: str,
          signed: bool) -> dict[str, Any]:
    how = {"before": "", "after": "", "places": 3, "signed": signed}
    cells = [[j, i, round(float(value), 4)] for (i, j), value in np.ndenumerate(values) if value == value]
    labels = {"color": palette(dark).muted, "fontSize": 11, "interval": 0, "rotate": 30 if len(columns) > 4 else 0}
    return frame(
        dark,
        grid={"left": 8, "right": 8, "top": 8, "bottom": 40, "containLabel": True},
        tooltip=tooltip(dark, valueFormatter={"number": how}),
        xAxis=axis(dark, "category", data=columns, axisLabel=labels),
        yAxis=axis(dark, "category", data=rows, inverse=True),
        visualMap=scale,
        media=narrow(yAxis={"axisLabel": {"width": 86, "overflow": "break", "lineHeight": 12}},
                     xAxis={"axisLabel": labels | {"rotate": 60}}, series=[{"label": {"fontSize": 9}}]),
        series=[{
            "type": "heatmap", "name": name, "data": cells,
            "label": {"show": True, "fontSize": 10, "formatter": {"number": number("0-1", signed)}},
            "itemStyle": {"borderColor": palette(dark).card, "borderWidth": 1},
        }],
    )
