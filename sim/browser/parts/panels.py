"""The charts below the network, one group at a time: over time, who pays and who gains, outcomes, money."""

from __future__ import annotations

from collections.abc import Callable
from json import dumps
from typing import Final

import reacton.ipyvuetify as rv
import solara

from totalplace.sim.browser.charts import money, outcomes, over_time
from totalplace.sim.browser.charts.view import Chart
from totalplace.sim.browser.parts.headline_cards import HEADLINE
from totalplace.sim.browser.state.snapshot import Snapshot
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.wording import unit_name

_PANEL: Final = "chart-panel"
#: The groups of charts, in the order of their tabs.
GROUPS: Final = ("Over time", "Who pays, who gains", "Outcomes", "Money")


@solara.component
def _Card(title: str, about: str, option: str, height: int) -> None:
    """A chart with its title."""
    with rv.Html(tag="section", class_="tp-card"):
        rv.Html(tag="h2", children=[title])
        Chart(option, f"{title}: {about}", height)


@solara.component
def OverTime(shot: Snapshot, dark: bool) -> None:
    """The headline metrics over the run, with the baseline."""
    with rv.Html(tag="div", class_="tp-grid"):
        for name in HEADLINE:
            metric = METRICS[name]
            title = f"{metric.label[0].upper()}{metric.label[1:]}, {unit_name(metric.unit)}"
            _Card(title, metric.meaning, dumps(over_time.time_series(shot, [name], dark)), 210)


@solara.component
def _Nothing(words: str) -> None:
    with rv.Html(tag="section", class_="tp-card"):
        rv.Html(tag="p", class_="tp-muted mb-0", children=[words])


@solara.component
def Gains(shot: Snapshot, dark: bool) -> None:
    """Whose money brought whom what, so far."""
    if not money.seen_gains(shot.gains).any():
        _Nothing("No pooled money has brought a gain that could be seen yet: play on.")
        return
    with rv.Html(tag="div", class_="tp-side"):
        _Card("Who pays and who gains, £m so far", "row pays, column gains", dumps(money.gains_matrix(shot, dark)), 460)
        _Card("The same as flows", "from payers on the left to gainers on the right",
              dumps(money.gains_sankey(shot, dark)), 460)


@solara.component
def Outcomes(shot: Snapshot, dark: bool) -> None:
    """Outcomes by cohort and neighbourhood."""
    with rv.Html(tag="div", class_="tp-side"):
        _Card("Outcomes by cohort, change since the base year", "cohorts by outcome domain",
              dumps(outcomes.outcome_matrix(shot, dark)), 560)
        _Card("Wellbeing by neighbourhood", "cohort kinds by neighbourhood",
              dumps(outcomes.wellbeing_by_neighbourhood(shot, dark)), 560)


@solara.component
def Money(shot: Snapshot, dark: bool) -> None:
    """The way of the money in the last quarter."""
    if not shot.flows:
        _Nothing("No money has moved yet: play a quarter.")
        return
    with rv.Html(tag="div"):
        _Card("Money from departments through pots to themes, £m a year", "widths are payments of the last quarter",
              dumps(money.money_flow(shot, dark)), 560)


_DRAWN: Final = dict(zip(GROUPS, (OverTime, Gains, Outcomes, Money), strict=True))


@solara.component_vue("tabs.vue")
def _Tabs(titles: list[str], opened: int, label: str, panel: str, event_open: Callable[[int], None]) -> None:
    """Tabs that wrap where there is little room; ``panel`` is the id of what they show."""


@solara.component
def Panels(shot: Snapshot, dark: bool) -> None:
    """The tabs and the charts of the one that is open; the others are not drawn."""
    opened, open_tab = solara.use_state(0)
    with rv.Html(tag="section", class_="tp-tabs", attributes={"aria-label": "Charts"}):
        _Tabs(titles=list(GROUPS), opened=opened, label="Groups of charts", panel=_PANEL, event_open=lambda tab: open_tab(int(tab)))
        named = {"role": "tabpanel", "id": _PANEL, "aria-label": GROUPS[opened]}
        with rv.Html(tag="div", style_="margin-top: 10px", attributes=named):
            _DRAWN[GROUPS[opened]](shot, dark)
