"""How far a report can be trusted: what the model reproduces, what its numbers rest on, what the bands do and do not show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from typing import TYPE_CHECKING, Final

from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.uncertainties import POSTERIOR, Range
from totalplace.sim.evidence.facts import NOT, PARTLY, REPRODUCED, USES, WIDE, facts, uses_words
from totalplace.sim.report.content import Listing, Section
from totalplace.sim.results.monte_carlo import too_few
from totalplace.sim.results.verdicts import LISTED_WORD, Verdicts, behind_words, verdicts
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario

_JUDGED: Final = "D"
_OF_THE_MODEL: Final = "Of the model, not of the runs of this report."


def of_scenarios(scenarios: Sequence[Scenario], runs: int) -> Section:
    """What a reader has to know before believing the figures of these scenarios, of which there are ``runs`` runs each."""
    ranges = {name: value for s in scenarios for name, value in s.uncertainties.items() if isinstance(value, Range)}
    calibrated = any(value.distribution == POSTERIOR for value in ranges.values())
    return validity([scenario.place_shown for scenario in scenarios], set(ranges), runs, calibrated=calibrated)


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
    if few := too_few(runs):
        notes.append(few)
    if not found.of:
        notes.append("The verdicts on published facts are in docs/validation.md of the source, which is not installed here.")
    return Section("validity", "How far to trust it", _said(found), tuple(points), tuple(notes), (_facts(found),))


def _bands(varied: Set[str]) -> str:
    if not varied:
        return ("Parameters are held at one value: the bands show chance between runs, not what is unknown about the parameters. "
                "With uncertainties=posterior they are drawn from what calibration leaves, with prior from their whole ranges.")
    vary = "varies" if len(varied) == 1 else "vary"
    return (f"{count(len(varied), 'parameter')} of {len(PARAMETERS)} {vary} between runs: the bands show chance and what is "
            f"unknown about {'it' if len(varied) == 1 else 'these'}, not about the rules of the model.")


def _said(found: Verdicts) -> tuple[str, ...]:
    if not found.of:
        return ()
    counted = Counter(row[0] for row in found.of.values())
    words = [f"{counted[verdict]} {one if counted[verdict] == 1 else more} {text}" for verdict, one, more, text in (
        (REPRODUCED, "is", "are", "reproduced"), (WIDE, "has", "have", "the figure inside a wide band"),
        (PARTLY, "is", "are", "reproduced in part"), (NOT, "is", "are", "missed"), (LISTED_WORD, "is", "are", "listed only"),
    ) if counted[verdict]]
    held = f"Of {len(found.of)} published facts that the model is held against, {listing(words)}. {uses_words()}"
    return held, behind_words(found=found)


def _facts(found: Verdicts) -> Listing:
    missing = ("see docs/validation.md", *[""] * (len(found.heads) - 1))
    rows = tuple(
        (str(fact.number), fact.statement, USES[fact.use], *found.of.get(fact.number, missing)) for fact in facts()
    )
    head = ("", "published fact", "use", *found.heads)
    note = "The rule behind the verdicts, the sources and every criterion are in docs/validation.md."
    return Listing("facts", "Published facts and verdicts", head, rows, words=len(head), note=note, setting=_OF_THE_MODEL)
