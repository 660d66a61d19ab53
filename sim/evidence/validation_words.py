"""The first page of the validation report: what to believe, in plain words, for a reader who wants no more."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from totalplace.sim.evidence.facts import (
    CHECKED,
    HELD_OUT,
    MET,
    NARROW,
    NORMAL_90,
    NOT,
    REPRODUCED,
    ROLES,
    TARGET,
    WIDE,
    interval,
    waiting,
    width,
)
from totalplace.sim.evidence.findings import Finding, Measured
from totalplace.sim.evidence.held_out import HELD_OUT_YEAR
from totalplace.sim.evidence.null_models import Contest
from totalplace.sim.evidence.numbers_in_words import number, percent, span
from totalplace.sim.evidence.resampling import RESAMPLES, STEADY, Resampled
from totalplace.sim.evidence.validation import Validation
from totalplace.sim.results.wording import listing

DRAW_WORDS: Final = {
    "default": "the default values of all parameters, so that draws differ by chance only",
    "prior": "parameters drawn from their prior ranges",
    "posterior": "parameters drawn from what [calibration](calibration.md) leaves of their ranges",
}
#: Units that say nothing after a number.
_BARE: Final = ("ratio", "correlation", "elasticity", "rank")
#: How many facts with a published figure a model should reproduce to be believed: set before the first verdict by this rule.
BAR: Final = 6
_PARTS: Final = {TARGET: "targets of calibration", CHECKED: "looked at before, deciding nothing", HELD_OUT: "held out"}


def what_to_believe(found: Validation) -> Iterator[str]:
    """The plain words at the head of the page."""
    yield "## What to believe\n"
    yield _count(found) + "\n"
    yield _tosses(found) + "\n"
    yield from _bullets("Comes out", [_came_out(one, found.again) for one in found.findings if one.verdict == REPRODUCED])
    half = [one for one in found.findings if one.verdict not in ("", REPRODUCED)]
    yield from _bullets("Does not come out, or in part, and the rule that stands in the way",
                        [_missed(one, found.again) for one in half])
    yield from _bullets("Listed, deciding nothing, and not as published", [*_listed(found)])
    yield from _bullets("How much of this is evidence", [*_evidence(found)])
    yield from _bullets("The agent model against simple rules, on figures that none was fitted to", [*beside(found.contests)])
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
    met = "met" if len(found.reproduced(True)) >= BAR else "not met"
    bar = f"The bar, {BAR} of {len(found.judged(True))} facts with a published figure, is {met}."
    where = "places that calibration never saw" if found.by_rule else "places that were asked for"
    return (f"{_upper(text)}; {listed} more are listed and not counted, since inputs of the model set what they measure. {bar} "
            f"That is in {len(found.places)} {where}, over {found.runs} draws, with {DRAW_WORDS[found.draw]}. Verdicts in other "
            "places were seen before, and then a measure was changed ([how it is done](#how-it-is-done)). Below, a number is the "
            "median, in brackets the 90% interval; *prior* is the model before calibration, and a *deviation* is the standard "
            "deviation of the figure and of what the model cannot carry, together.")


def _tosses(found: Validation) -> str:
    """How often the counts are the same when the draws are resampled, and where they go."""
    said = []
    for figure, kind in ((True, "with a published figure"), (False, "with a direction only")):
        count = len(found.reproduced(figure))
        share, low, high = found.again.counted([one.fact.number for one in found.judged(figure)], count)
        said.append(f"{share:.0%} reproduce as many facts {kind}, and nine of ten {_range(low, high)}")
    return (f"Some verdicts lie so near the rule that other draws would turn them. Of {RESAMPLES} resamples of the draws "
            f"{'; '.join(said)}. Beside a verdict below stands in how many of them it is the same, if in less than {STEADY:.0%}.")


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"


def _in_resamples(again: Resampled, of: str | int, verdict: str, before: str = ", ") -> str:
    """In how many of the resamples a verdict is the same; nothing where it is in nearly all."""
    share = again.share(of, verdict)
    return f"{before}in {share:.0%} of resamples" if share < STEADY else ""


def _listed(found: Validation) -> Iterator[str]:
    """Criteria that get no verdict and are not as published."""
    for finding in found.findings:
        off = [one for one in finding.measured if not one.verdict and not one.as_published]
        if off:
            said = "; ".join(f"{_value(one)}: {_how_missed(one)}" for one in off)
            yield f"*{finding.fact.name}* ({finding.fact.number}): {said}."


def _came_out(finding: Finding, again: Resampled) -> str:
    said = [_value(one) for one in finding.measured if one.verdict]
    times = _in_resamples(again, finding.fact.number, finding.verdict)
    return f"*{finding.fact.name}* ({finding.fact.number}{times}): {'; '.join(said)}."


def _value(one: Measured) -> str:
    """A criterion in few words: what the model says, and what was published."""
    criterion = one.criterion
    published = criterion.published() if criterion.central is None else f"{criterion.central:g}".replace("-", "−")
    unit = "" if criterion.unit in _BARE else "%" if criterion.unit == "%" else f" {criterion.unit}"
    return f"{criterion.plain} {span(one.values)}{unit}, published {published}"


def _missed(finding: Finding, again: Resampled) -> str:
    """Which criteria are missed, or inside a band that is wide, and the rule that stands in the way."""
    number_of, verdict = finding.fact.number, finding.verdict
    said = [f"{_value(one)}: {_how_missed(one)}{_in_resamples(again, one.criterion.measure, one.verdict)}"
            for one in finding.measured if one.verdict in (WIDE, NOT)]
    text = "; ".join(said)
    times = _in_resamples(again, number_of, verdict, " ")
    return f"*{finding.fact.name}* ({number_of}, {verdict}{times}). {_upper(text)}. In the way: {finding.fact.change}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _how_missed(one: Measured) -> str:
    """What is wrong with a criterion that is not reproduced, in few words."""
    criterion = one.criterion
    if one.verdict == WIDE:
        wide = "with no end" if math.isinf(one.narrowed) else f"{percent(one.narrowed, NARROW)} as wide as before calibration"
        return f"inside, but {wide}{_no_narrower(one)}"
    if criterion.central is None:
        return f"holds in {percent(one.share, MET)} of the draws"
    low, _, high = interval(one.values)
    side = "too low" if high < criterion.central else "too high" if low > criterion.central else "not measured"
    return side if criterion.observation is None else f"{side}, {number(abs(one.away))} deviations away"


def _no_narrower(one: Measured) -> str:
    """Where what the figure and the model may be out by is no narrower than half the prior: no such figure could tell more."""
    prior = width(one.criterion, one.prior)
    allowed = 2.0 * NORMAL_90 * one.criterion.deviation
    if math.isinf(prior) or prior == 0.0 or allowed <= NARROW * prior:
        return ""
    return " (no figure with such errors could narrow it further)"


def _evidence(found: Validation) -> Iterator[str]:
    """Criteria by part, and the year held out."""
    every = [one for finding in found.findings for one in finding.measured if one.verdict]
    for role in ROLES:
        own = [one for one in every if one.criterion.role == role]
        if own:
            good = sum(one.verdict == REPRODUCED for one in own)
            tense = "were" if role == CHECKED else "are"
            yield f"Of {len(own)} criteria that {tense} {_PARTS[role]}, {good or 'none'} come{'s' * (good < 2)} out."
    taken = [one for one in found.findings if one.year_verdict]
    right = [one for one in taken if one.year_verdict == REPRODUCED]
    numbers = f" ({', '.join(str(one.fact.number) for one in right)})" if right else ""
    share, low, high = found.year_again.counted([one.fact.number for one in taken], len(right))
    yield (f"With the budgets, the start and the budget path of {HELD_OUT_YEAR}, {len(right)} of {len(taken)} facts that can be "
           f"measured there {'is' if len(right) == 1 else 'are'} reproduced{numbers}, so many in {share:.0%} of resamples of the "
           f"draws, {_range(low, high)} in nine of ten. None of these facts was fitted in that year, but its money and need were "
           "used: two targets, numbers and unit cost of looked-after children (14), are measured on them.")


def beside(contests: Sequence[Contest]) -> Iterator[str]:
    """Where the agent model predicts better than null models, and where not, by the ranked probability score; years together."""
    groups: dict[str, list[Contest]] = {}
    for one in contests:
        groups.setdefault(one.figure.partition(" in 20")[0], []).append(one)
    for figure, own in groups.items():
        wins = {way.way: sum(way.way in one.better()[0] for one in own) for way in own[0].predictions[1:]}
        sides = {
            "better than": [way for way, won in wins.items() if won == len(own)],
            "better in part than": [f"{way} ({won} of {len(own)} years)" for way, won in wins.items() if 0 < won < len(own)],
            "worse than": [way for way, won in wins.items() if not won],
        }
        said = "; ".join(f"{words} {listing(ways)}" for words, ways in sides.items() if ways)
        years = own[0].figure[len(figure):] if len(own) == 1 else f" in {len(own)} years held out, by place"
        known = f" ({own[0].known})" if own[0].known else ""
        yield f"{_upper(figure)}{years}{known}: {said}.{_coverage(own)}"


def _coverage(own: Sequence[Contest]) -> str:
    """How often the 90% intervals of the agent model hold the figure of a place, over the years; nothing of a single figure."""
    held = [f"{one.predictions[0].covered(one.actual):.0%}" for one in own if len(one.actual) > 1]
    return f" Its 90% intervals by place hold the figure in {listing(held)} of the places." if held else ""
