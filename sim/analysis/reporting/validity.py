"""How far a report can be trusted: what the model reproduces, what its numbers rest on, what the bands do and do not show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING, Final

from scenarios.registry import PARAMETERS
from scenarios.uncertainties import POSTERIOR, Range
from sim.analysis.facts import USES, facts
from sim.analysis.reporting.content import Listing, Section
from sim.wording import count, listing

if TYPE_CHECKING:
    from scenarios.scenario import Scenario

VALIDATION: Final = Path(__file__).resolve().parents[3] / "docs" / "validation.md"
_VERDICT: Final = re.compile(r"^\| *(\d+) *\|[^|]*\|[^|]*\| \**([a-z]+)\** \| ([a-z]+) \|$", re.MULTILINE)
#: Runs below which the ends of a 90% band are too rough to be read closely.
ROUGH: Final = 30
_JUDGED: Final = "D"


def verdicts(path: Path = VALIDATION) -> dict[int, tuple[str, str]]:
    """The verdict on each published fact by its number, at the default parameters and over their ranges.

    Read from the page that ``totalplace validate`` writes; empty where that page is not installed.
    """
    try:
        text = path.read_text("utf-8")
    except OSError:
        return {}
    return {int(number): (default, prior) for number, default, prior in _VERDICT.findall(text)}


def of_scenarios(scenarios: Sequence[Scenario], runs: int) -> Section:
    """What a reader has to know before believing the figures of these scenarios, of which there are ``runs`` runs each."""
    ranges = {name: value for s in scenarios for name, value in s.uncertainties.items() if isinstance(value, Range)}
    calibrated = any(value.distribution == POSTERIOR for value in ranges.values())
    return validity([scenario.place for scenario in scenarios], set(ranges), runs, calibrated=calibrated)


def validity(places: Sequence[str], varied: Set[str], runs: int, *, calibrated: bool) -> Section:
    """The same from the places, the parameters that vary between runs, and whether they come from the calibration."""
    places = list(dict.fromkeys(places))
    grades = Counter(parameter.grade for parameter in PARAMETERS.values())
    found = verdicts()
    where = listing(places) if len(places) < 4 else f"any of the {len(places)} places"
    points = [
        "The figures show what follows from stated rules and ranges. They are not a forecast.",
        f"Nothing is calibrated on {where}: its money, agencies and people come from official tables, but no parameter was fitted "
        "to what happened there. Defaults were chosen in view of published national figures (docs/calibration.md).",
        f"{grades[_JUDGED]} of {len(PARAMETERS)} parameters are judgement (grade D); the others come from counts, studies or "
        "audits, each with its source.",
        _bands(varied),
    ]
    if calibrated:
        points.append("Parameters are drawn from what calibration on published national figures leaves: see docs/calibration.md.")
    notes = []
    if runs < ROUGH:
        notes.append(f"Only {count(runs, 'run')} of each scenario: the ends of a 90% band need {ROUGH} or more to mean much.")
    if not found:
        notes.append("The verdicts on published facts are in docs/validation.md of the source, which is not installed here.")
    return Section("validity", "How far to trust it", _said(found), tuple(points), tuple(notes), (_facts(found),))


def _bands(varied: Set[str]) -> str:
    if not varied:
        return ("Parameters are held at one value: the bands show chance between runs, not what is unknown about the parameters. "
                "With uncertainties=prior every run draws them from their ranges.")
    return (f"{count(len(varied), 'parameter')} of {len(PARAMETERS)} vary over ranges: the bands show chance and what is unknown "
            "about these, not about the rules of the model.")


def _said(found: dict[int, tuple[str, str]]) -> tuple[str, ...]:
    if not found:
        return ()
    counted = Counter(default for default, _ in found.values())
    words = [f"{counted[verdict]} {text}" for verdict, text in
             (("reproduced", "are reproduced"), ("partly", "partly"), ("not", "not")) if counted[verdict]]
    return (f"Of {len(found)} published facts that the model is held against, {listing(words)}.",)


def _facts(found: dict[int, tuple[str, str]]) -> Listing:
    missing = ("see docs/validation.md", "")
    rows = tuple(
        (str(fact.number), fact.statement, USES[fact.use], *found.get(fact.number, missing)) for fact in facts()
    )
    head = ("", "published fact", "use", "verdict", "over the ranges")
    note = "The rule behind the verdicts, the sources and every criterion are in docs/validation.md."
    return Listing("facts", "Published facts and verdicts", head, rows, words=len(head), note=note)
