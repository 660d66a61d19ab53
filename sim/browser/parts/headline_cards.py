"""Headline cards: a metric now, and how it differs from the same run without the levers moved."""

from __future__ import annotations

from json import dumps
from typing import Final

import solara

from totalplace.sim.browser.charts.base import sentence
from totalplace.sim.browser.state.snapshot import Snapshot
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.wording import amount

#: The metrics of the headline, in the order of the cards.
HEADLINE: Final = ("duplication_removed", "pooled_share", "local_control_share", "wellbeing", "net_saving", "funding_gap")


def value_and_unit(value: float, unit: str) -> tuple[str, str]:
    """A value for large type and its unit for small: ``£12.3m`` and ``a year``, ``0.62`` and ``(0 to 1)``."""
    brief = amount(value, unit, brief=True)
    unit = f"({unit.replace('-', ' to ')})" if unit[:1].isdigit() else unit
    return brief, unit.removeprefix("£m").removeprefix("%").strip() if unit.startswith(("£m", "%")) else unit


def change_words(value: float, baseline: float, unit: str) -> str:
    """A difference as a reader sees it."""
    if value == baseline:
        return "same as baseline"
    return f"{amount(value - baseline, unit, signed=True, brief=not unit.startswith('%'))} against baseline"


def card(name: str, value: float | None, baseline: float | None) -> dict[str, str]:
    """The words of one metric's card; before the first step ``value`` is None and the card says what it will show.

    ``baseline`` is None where there is none.
    """
    metric = METRICS[name]
    words, unit = ("", "") if value is None else value_and_unit(value, metric.unit)
    change, tone = "", ""
    if value is not None and baseline is not None:
        change = change_words(value, baseline, metric.unit)
        shown = any(digit in change for digit in "123456789")  # what rounds to nothing is neither good nor bad
        gain = metric.direction * (value - baseline) if shown else 0.0
        tone = "tp-good" if gain > 0 else "tp-bad" if gain < 0 else ""
    described = {"name": name, "label": sentence(metric.label), "meaning": f"{sentence(metric.meaning)}."}
    return described | {"value": words, "unit": unit, "change": change, "tone": tone}


@solara.component_vue("headline_cards.vue")
def _Cards(cards: str) -> None:
    """Cards side by side; ``cards`` is a JSON list of what :func:`card` gives."""


@solara.component
def Headline(snapshot: Snapshot) -> None:
    """The cards of a snapshot; without a baseline they show values alone."""
    now, before = snapshot.metrics, snapshot.baseline_metrics
    _Cards(cards=dumps([
        card(name, None if now is None else float(now[name]), None if before is None else float(before[name])) for name in HEADLINE
    ]))
