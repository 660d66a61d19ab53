"""Where money flows, who pays and who gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.scenarios.vocabulary import DEPARTMENTS
from totalplace.sim.browser.charts.base import axis, frame, narrow, number, sentence, shades, tooltip
from totalplace.sim.browser.charts.colours import sequential
from totalplace.sim.browser.parts.theme import palette
from totalplace.sim.browser.state.flows import FLOW_LAYERS
from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.browser.state.snapshot import Snapshot

#: Technical: flows below this share of all money are left out of a Sankey, which would draw them as hairs.
LEAST_SHARE = 0.0005


def gains_matrix(snapshot: Snapshot, dark: bool) -> dict[str, Any]:
    """Who pays (rows) for whose gain (columns) so far, £m."""
    return pays_and_gains(snapshot.gains, snapshot.agency_labels, dark)


def seen_gains(gains: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which gains (A, A) are large enough to be drawn."""
    return gains >= max(0.05, 1e-4 * float(gains.max(initial=0.0)))


def pays_and_gains(gains: NDArray[np.float64], agencies: Sequence[str], dark: bool) -> dict[str, Any]:
    """Who pays (rows) for whose gain (columns), £m (A, A); agencies that neither pay nor gain are left out."""
    seen = seen_gains(gains)
    used = np.flatnonzero(seen.any(axis=0) | seen.any(axis=1)).tolist()
    names = [sentence(agencies[i]) for i in used]
    cells = [[j, i, round(float(gains[a, b]), 3)] for i, a in enumerate(used) for j, b in enumerate(used) if seen[a, b]]
    most = max((cell[2] for cell in cells), default=1.0)
    colours, bare = palette(dark), {"before": "", "after": "", "places": 1 if most >= 10.0 else 2, "signed": False}
    rotated = {"color": colours.muted, "fontSize": 11, "rotate": -40, "interval": 0}
    return frame(
        dark,
        title={"text": "The row pays,\nthe column gains", "left": 8, "top": 8, "textStyle": {
            "color": colours.muted, "fontSize": 11, "fontWeight": "normal", "lineHeight": 14}},
        grid={"left": 8, "right": 50, "top": 8, "bottom": 42, "containLabel": True},
        tooltip=tooltip(dark, valueFormatter={"number": number("£m")}),
        xAxis=axis(dark, "category", data=names, position="top", axisLabel=rotated),
        yAxis=axis(dark, "category", data=names, inverse=True),
        visualMap=shades(dark, sequential(dark), 0.0, most, text=[amount(most, "£m", brief=True), "0"]),
        media=narrow(
            title={"text": "The row pays, the column gains", "top": 0}, grid={"right": 30, "top": 22},
            series=[{"label": {"show": len(names) <= 4}}],
            xAxis={"axisLabel": rotated | {"rotate": -60}},
            yAxis={"axisLabel": {"fontSize": 10, "width": 108, "overflow": "break", "lineHeight": 11, "interval": 0,
                                 "hideOverlap": False}},
        ),
        series=[{
            "type": "heatmap", "name": "Pays for, £m", "data": cells,
            "label": {"show": len(names) <= 12, "fontSize": 10, "formatter": {"number": bare}},
            "itemStyle": {"borderColor": colours.card, "borderWidth": 1},
        }],
    )


def gains_sankey(snapshot: Snapshot, dark: bool) -> dict[str, Any]:
    """Who pays (left) for whose gain (right) so far, £m."""
    gains, labels = snapshot.gains, [sentence(words) for words in snapshot.agency_labels]
    least = max(0.05, LEAST_SHARE * 10 * float(gains.sum()))
    links = [{"source": f"{labels[a]} pays", "target": f"{labels[b]} gains", "value": round(float(gains[a, b]), 3)}
             for a, b in np.argwhere(gains >= least).tolist()]
    names = list(dict.fromkeys([str(link["source"]) for link in links] + [str(link["target"]) for link in links]))
    colour = {label: palette(dark).series[i % len(palette(dark).series)] for i, label in enumerate(labels)}
    nodes = [{"name": name, "itemStyle": {"color": colour[name.rsplit(" ", 1)[0]]}} for name in names]
    return _sankey(dark, nodes, links, "£m", 2)


def money_flow(snapshot: Snapshot, dark: bool, layers: Sequence[str] = ("department", "pot", "theme")) -> dict[str, Any]:
    """Money a year from departments through agencies and pots to themes, £m; layers not named are passed through in proportion."""
    flows = {(flow.source, flow.target): flow.money for flow in snapshot.flows}
    words = {flow.source: flow.source_label for flow in snapshot.flows}
    words |= {flow.target: flow.target_label for flow in snapshot.flows}
    for layer in FLOW_LAYERS:
        if layer not in layers:
            flows = _passed_through(flows, f"{layer}:")
    total = sum(money for (source, _), money in flows.items() if source.startswith(f"{layers[0]}:"))
    kept = {pair: money for pair, money in flows.items() if money >= LEAST_SHARE * total}
    used = list(dict.fromkeys([name for pair in kept for name in pair]))
    used.sort(key=lambda name: FLOW_LAYERS.index(name.split(":")[0]))
    series, shown = palette(dark).series, {name: _unique(name, words[name], snapshot.words) for name in used}
    nodes: list[dict[str, Any]] = []
    for name in used:
        kind = name.split(":")[0]
        last = {"depth": len(layers) - 1} if kind == layers[-1] else {}
        nodes.append({"name": shown[name], "itemStyle": {"color": series[FLOW_LAYERS.index(kind)]}} | last)
    links = [{"source": shown[a], "target": shown[b], "value": round(money, 2)} for (a, b), money in kept.items()]
    return _sankey(dark, nodes, links, "£m a year", len(layers))


def _unique(name: str, words: str, period: str) -> str:
    """Words for a node; a department without a name of its own and a theme may have the same ones, ECharts needs them to differ."""
    department = DEPARTMENTS.rows.get(name.removeprefix("department:"))
    general = name.startswith("department:") and department is not None and period not in department.names
    return f"{sentence(words)} department" if general else sentence(words)


def _passed_through(flows: dict[tuple[str, str], float], prefix: str) -> dict[tuple[str, str], float]:
    """Flows without the nodes that begin with ``prefix``: what each gave is taken from its givers in proportion."""
    kept = {pair: money for pair, money in flows.items() if not any(name.startswith(prefix) for name in pair)}
    middle = {name for pair in flows for name in pair if name.startswith(prefix)}
    for node in middle:
        givers = {a: money for (a, b), money in flows.items() if b == node}
        total = sum(givers.values())
        for target, money in [(b, money) for (a, b), money in flows.items() if a == node]:
            for giver, given in givers.items():
                kept[giver, target] = kept.get((giver, target), 0.0) + money * given / total
    return kept


def _sankey(dark: bool, nodes: list[dict[str, Any]], links: list[dict[str, Any]], unit: str, layers: int) -> dict[str, Any]:
    """Flows through ``layers`` layers. On a phone labels take two lines, for which nodes stand further apart."""
    label = {"color": palette(dark).text, "fontSize": 11, "width": 184, "overflow": "break", "lineHeight": 12}
    small = {"fontSize": 10, "lineHeight": 11}
    inner = [{"depth": depth, "label": {**label, **small, "width": 112}} for depth in range(layers - 1)]
    return frame(
        dark,
        tooltip=tooltip(dark, valueFormatter={"number": number(unit)}),
        media=narrow(series=[{"right": 94, "top": 14, "bottom": 14, "nodeGap": 22, "label": {**small, "width": 90},
                              "levels": inner}]),
        series=[{
            "type": "sankey", "data": nodes, "links": links, "left": 4, "right": 190, "top": 8, "bottom": 8, "nodeGap": 12,
            "nodeWidth": 12, "draggable": False, "layoutIterations": 24, "emphasis": {"focus": "adjacency"},
            "lineStyle": {"color": "source", "opacity": 0.32, "curveness": 0.5},
            "label": label,
        }],
    )
