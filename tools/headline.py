"""The results in the README: ten arrangements in the default place, which of them do not differ, verdicts on published facts."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations
from typing import Any, Final

import numpy as np

RUNS: Final = 100
#: What the README compares, the baseline first; the picture is of the same (``make run``).
ARRANGEMENTS: Final = (
    "silo", "lsp", "board-political", "board-officer", "joint-commissioning", "outcome-partnership", "neighbourhood", "prototype",
    "mandated-pooling", "single-pot",
)
#: Measures of the table: metric, words, decimals.
_COLUMNS: Final = (
    ("pooled_share", "pooled, % of spend", 1),
    ("local_control_share", "local control, % of place total", 1),
    ("duplication_removed", "duplication removed, £m a year", 1),
    ("net_saving", "net saving, £m a year", 1),
    ("wellbeing", "wellbeing, 0-1", 3),
    ("looked_after_children", "looked-after children (base estimated)", 0),
)
#: Measures by which arrangements are held against each other.
_COMPARED: Final = ("pooled_share", "net_saving", "wellbeing")


@cache
def _results() -> Mapping[str, Any]:
    from totalplace import scenarios
    from totalplace.sim.engine.ensemble import ensemble

    return {name: ensemble(scenarios.load(name), runs=RUNS, first_seed=1) for name in ARRANGEMENTS}


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", "−") if round(value, decimals) else "0"


def _cell(values: Any, decimals: int) -> str:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    if high - low < 0.5 * 10.0**-decimals:
        return _number(middle, decimals)
    return f"{_number(middle, decimals)} ({_number(low, decimals)} to {_number(high, decimals)})"


def results() -> tuple[tuple[str, ...], list[list[str]]]:
    """Head and rows of a table: medians of the last year with 90% of the runs in brackets."""
    rows = [[name, *(_cell(found.at_end(metric), decimals) for metric, _, decimals in _COLUMNS)]
            for name, found in _results().items()]
    return ("arrangement", *(words for _, words, _ in _COLUMNS)), rows


def alike() -> str:
    """The pairs of arrangements whose paired difference has a 90% band that includes zero, by metric, as a Markdown list."""
    from totalplace.sim.model.metrics import METRICS

    lines = []
    for metric in _COMPARED:
        pairs = []
        for one, other in combinations(_results(), 2):
            low, high = np.quantile(_results()[one].at_end(metric) - _results()[other].at_end(metric), (0.05, 0.95))
            if low <= 0.0 <= high:
                pairs.append(f"{one} and {other}")
        text = f"- {METRICS[metric].label}: {'; '.join(pairs) or 'none'}."
        lines += textwrap.wrap(text, 120, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(lines)


def branch() -> str:
    """What the tutorial's branch says, as it is printed."""
    from totalplace.scenarios import load
    from totalplace.sim.analysis.branching.analysis import branch as play

    scenario = load("joint-commissioning", place="Manchester")
    found = play(scenario, "2011-04", ["levers.clawback=0", "levers.encouragement.health=0.5"], runs=50)
    return "\n".join(("```text", *found.sentences, *(f"Note: {one}" for one in found.warnings), "```"))


def uses() -> str:
    """How far the published facts are independent evidence, by how calibration and parameters used them, as a Markdown list."""
    from totalplace.sim.evidence.facts import USED_AS, by_use

    lines = []
    for use, own in by_use().items():
        facts = "; ".join(f"{fact.name[0].lower()}{fact.name[1:]} ({fact.number})" for fact in own)
        lines += textwrap.wrap(f"- {USED_AS[use]}, {len(own)}: {facts}.", 120, subsequent_indent="  ")
    return "\n".join(lines)


def verdicts() -> str:
    """The verdicts of the validation report as a Markdown list."""
    from tools.source_reading import ROOT

    found: dict[str, list[str]] = {}
    for number, (fact, verdict) in verdicts_of((ROOT / "docs" / "validation.md").read_text("utf-8")).items():
        found.setdefault(verdict, []).append(f"{fact[0].lower()}{fact[1:]} ({number})")
    lines = []
    for verdict in ("reproduced", "inside, not narrow", "partly", "missed", "listed"):
        if verdict in found:
            lines += textwrap.wrap(f"- {verdict}, {len(found[verdict])}: {'; '.join(found[verdict])}.", 120, subsequent_indent="  ")
    return "\n".join(lines)


def survival() -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Head and rows of the short table of what survives, from its page."""
    from tools.source_reading import ROOT
    from totalplace.sim.evidence.survival.page import PAGE, short

    head, *rows = short((ROOT / "docs" / PAGE).read_text("utf-8"))
    return head, rows


def verdicts_of(page: str) -> dict[int, tuple[str, str]]:
    """Fact and verdict by the number of the fact, in order, from the text of ``docs/validation.md``."""
    from totalplace.sim.evidence.facts import facts

    names = {fact.number: fact.name for fact in facts()}
    table = page.partition("## Verdicts")[2].partition("\n## ")[0]
    found = re.findall(r"^\| (\d+) \| .+? \| .+? \| \*\*(.+?)\*\* \|", table, re.MULTILINE)
    rows = sorted((int(number), verdict) for number, verdict in found)
    return {number: (names.get(number, f"fact {number}"), verdict) for number, verdict in rows}
