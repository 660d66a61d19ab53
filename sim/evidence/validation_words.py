"""The first page of the validation report: what to believe, in plain words, for a reader who wants no more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from totalplace.sim.evidence.facts import CHECKED, HELD_OUT, NOT, REPRODUCED, ROLES, TARGET, WIDE, interval, waiting
from totalplace.sim.evidence.held_out import HELD_OUT_YEAR
from totalplace.sim.evidence.null_models import Contest
from totalplace.sim.evidence.numbers_in_words import number, span
from totalplace.sim.evidence.validation import Finding, Measured, Validation
from totalplace.sim.results.wording import listing

DRAW_WORDS: Final = {
    "default": "the default values of all parameters, so that draws differ by chance only",
    "prior": "parameters drawn from their prior ranges",
    "posterior": "parameters drawn from what [calibration](calibration.md) leaves of their ranges",
}
_PARTS: Final = {TARGET: "targets of calibration", CHECKED: "looked at before, deciding nothing", HELD_OUT: "held out"}


def what_to_believe(found: Validation) -> Iterator[str]:
    """The plain words at the head of the page."""
    yield "## What to believe\n"
    yield _count(found) + "\n"
    yield from _bullets("Comes out", [_came_out(one) for one in found.findings if one.verdict == REPRODUCED])
    half = [one for one in found.findings if one.verdict not in ("", REPRODUCED)]
    yield from _bullets("Does not come out, or in part, and the rule that stands in the way", [_missed(one) for one in half])
    yield from _bullets("How much of this is evidence", [*_evidence(found)])
    yield from _bullets("Against simple rules, on figures that none of them has seen", [*beside(found.contests)])
    yield from _bullets("Published, and not held against the model", [f"{what}: {why}." for what, why in waiting().items()])


def _bullets(title: str, points: Sequence[str]) -> Iterator[str]:
    if points:
        yield f"**{title}.**\n"
        yield from (f"- {point}" for point in points)
        yield ""


def _count(found: Validation) -> str:
    parts = []
    for figure, kind in ((True, "with a published figure"), (False, "with a direction only")):
        judged, good = found.judged(figure), found.reproduced(figure)
        numbers = f" ({', '.join(str(one.fact.number) for one in good)})" if good else ""
        parts.append(f"of {len(judged)} facts {kind} {len(good)} {'is' if len(good) == 1 else 'are'} reproduced{numbers}")
    listed = sum(1 for one in found.findings if not one.verdict)
    text = "; ".join(parts)
    where = "places that calibration never saw" if found.by_rule else "places that were asked for"
    return (f"{text[0].upper()}{text[1:]}; {listed} more are listed and not counted, since their figures are inputs of the model. That "
            f"is in {len(found.places)} {where}, over {found.runs} draws, with {DRAW_WORDS[found.draw]}.")


def _came_out(finding: Finding) -> str:
    said = [_value(one) for one in finding.measured if one.verdict]
    return f"*{finding.fact.name}* ({finding.fact.number}): {'; '.join(said)}."


def _value(one: Measured) -> str:
    """A criterion in words: what the model says, and what was published."""
    criterion = one.criterion
    published = criterion.published() if criterion.central is None else f"{criterion.central:g}"
    return f"{_short(one)} {span(one.values)} {criterion.unit} (published: {published})"


def _short(one: Measured) -> str:
    return one.criterion.measure.replace("_", " ")


def _missed(finding: Finding) -> str:
    """Which criteria are missed or inside a band that is wide, and what would have to change."""
    said = []
    for one in finding.measured:
        if one.verdict == WIDE:
            said.append(f"{_value(one)} has the figure inside, but a band {one.narrowed:.0%} as wide as the prior's")
        elif one.verdict == NOT:
            said.append(f"{_value(one)}: {_side(one)}")
    return f"*{finding.fact.name}* ({finding.fact.number}, {finding.verdict}): {'; '.join(said)}. {finding.fact.change}"


def _side(one: Measured) -> str:
    """On which side a criterion is missed, and by how much."""
    criterion = one.criterion
    if criterion.central is None:
        return f"holds in {one.share:.0%} of the draws, where 90% are asked for"
    low, _, high = interval(one.values)
    side = "too low" if high < criterion.central else "too high" if low > criterion.central else "not measured"
    return f"{side}, its middle {number(abs(one.away))} standard deviations of figure and model away"


def _evidence(found: Validation) -> Iterator[str]:
    """Criteria by part, and the year held out."""
    every = [one for finding in found.findings for one in finding.measured if one.verdict]
    for role in ROLES:
        own = [one for one in every if one.criterion.role == role]
        if own:
            good = sum(one.verdict == REPRODUCED for one in own)
            yield f"{len(own)} criteria {'are' if role != CHECKED else 'were'} {_PARTS[role]}: {good} of them are reproduced."
    taken = [one for one in found.findings if one.year_verdict]
    good = [one for one in taken if one.year_verdict == REPRODUCED]
    numbers = f" ({', '.join(str(one.fact.number) for one in good)})" if good else ""
    yield (f"With the budgets, the start and the budget path of {HELD_OUT_YEAR}, which nothing was fitted to, {len(good)} of "
           f"{len(taken)} facts that have a meaning there are reproduced{numbers}.")


def beside(contests: Sequence[Contest]) -> Iterator[str]:
    """Where the agent model predicts better than null models, and where not, by the ranked probability score."""
    for one in contests:
        won, lost = one.better()
        said = f"better than {listing(won)}" if won else ""
        said += ("; " if won and lost else "") + (f"worse than {listing(lost)}" if lost else "")
        yield f"{one.figure[0].upper()}{one.figure[1:]}: the agent model predicts {said}."
