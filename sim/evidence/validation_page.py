"""The validation report: first what to believe, in plain words, then how each verdict came about."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from totalplace.scenarios.posterior import FILE, differences
from totalplace.sim.evidence.facts import LISTED, MET, NARROW, USES, Criterion, Floats, facts
from totalplace.sim.evidence.findings import DECIDES, Measured
from totalplace.sim.evidence.held_out import HELD_OUT_YEAR, changes
from totalplace.sim.evidence.lever_signs import MAIN_METRICS, STANDARD_ERRORS, TRIALS, Push, unit
from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.model_digest import model_digest
from totalplace.sim.evidence.null_models import Contest
from totalplace.sim.evidence.numbers_in_words import number, parameter_code, percent, span
from totalplace.sim.evidence.resampling import RESAMPLES, Resampled
from totalplace.sim.evidence.validation import FORMERLY_MET, Validation
from totalplace.sim.evidence.validation_words import what_to_believe
from totalplace.sim.model.metrics import METRICS

_MARKS: Final = {1: "+", -1: "−", 0: "0"}


def deciding(measured: Measured) -> str:
    """The parameters that decide a measure, with the sign and size of the rank correlation."""
    named = [f"{parameter_code(name)} {'+' if value > 0 else '−'}{abs(value):.2f}" for name, value in measured.deciding()]
    return ", ".join(named) or "none"


def _how(found: Validation) -> Iterator[str]:
    yield "## How it is done\n"
    drawn = (" They were drawn at random, one from each of as many groups by population, among those named in no calibration, "
             "validation or page of results (`sim/evidence/held_out.yaml`).") if found.by_rule else ""
    yield ("**Draws and places.** A draw is one picture of the country: one set of parameters, and a run in each place with a "
           "seed of its own; money adds up over the places, since most published figures are national sums. For facts with a "
           f"figure, which are of England, each of the {len(found.places)} places has {found.histories} histories in a draw, "
           f"{found.histories * len(found.places)} runs together, as England has 148 places: what chance does to a few places is "
           "no part of what is not known of England. "
           f"{found.runs} draws, and as many of the prior in the same places on the same seeds (from {found.first_seed}); both "
           f"again in {HELD_OUT_YEAR}.{_newer()} The places: {', '.join(found.places)}.{drawn}\n")
    yield ("**Rule.** A figure is *reproduced* if it lies inside the model's 90% interval and that interval is at most "
           f"{NARROW:.0%} as wide as the prior's (on a log scale where the criterion has one); *inside, not narrow* if only the "
           "first holds; *missed* otherwise. A range, a bound or a direction is reproduced if it holds in 90% of the draws. A "
           "fact has the verdict of its criteria where they agree. Where some are reproduced and the others inside, it is inside, "
           "not narrow; any other mix is *partly*. The interval is the model's own: what the model is "
           "known not to carry (the discrepancy) is a reason to keep parameters in calibration, not to call a miss a hit; *away* "
           "says how far off the middle is in standard deviations of figure and discrepancy together. Measures, errors and roles "
           "were fixed before any posterior by them was seen, but for what is said next.\n")
    yield (f"**Resamples.** The draws are few, and a verdict near a bound is a toss. {RESAMPLES} times as many draws are drawn "
           "from them with replacement, of the posterior and of the prior, the same for all criteria, and every verdict is made "
           "anew: beside it stands the share of these resamples in which it is. Widths and shares have as many digits as it "
           "takes to show on which side of the rule they lie.\n")
    for day, change in changes():
        yield f"**What was changed after a verdict was seen**, {day}: {change}\n"
    yield ("Facts, figures, errors and sources are data: `sim/evidence/facts.yaml`; each measure is a function of "
           "`sim/evidence/measures.py`. Which facts the model needs which mechanism for is said in [ablations](ablations.md). "
           f"Written by `totalplace validate --out docs`, with the rules, numbers and facts of: `{model_digest()}`.\n")


def _newer() -> str:
    """A sentence on parameters that the posterior does not have; empty without a posterior or where it fits."""
    said = differences() if FILE.exists() else ""
    return f" {said}." if said else ""


def _summary(found: Validation) -> Iterator[str]:
    yield "## Verdicts\n"
    rows = []
    for one in found.findings:
        parts = [one.part(role) or "–" for role in USES if role != LISTED]
        rows.append((str(one.fact.number), one.fact.statement, USES[one.fact.use], f"**{one.verdict or 'listed'}**",
                     _again(found.again, one.fact.number, one.verdict), one.year_verdict or "–", *parts,
                     ", ".join(one.fact.before) or "new"))
    head = ("", "fact", "part", "verdict", "in resamples", f"in {HELD_OUT_YEAR}", "by targets", "by what was looked at",
            "by what is held out", "version before: defaults, posterior")
    yield from table(head, rows)
    yield "![Every criterion: published figure with its error, prior and posterior interval](images/validation-facts.png)\n"


def _again(again: Resampled, of: str | int, verdict: str) -> str:
    """The share of the resamples in which a verdict is the same; a dash where there is none."""
    return f"{again.share(of, verdict):.0%}" if verdict else "–"


def _criteria(found: Validation) -> Iterator[str]:
    yield "## Every criterion\n"
    rows = []
    for finding in found.findings:
        for one in finding.measured:
            wide = "–" if one.criterion.central is None or not one.verdict else _ratio(one.narrowed)
            away = "–" if one.criterion.observation is None else number(one.away)
            measure = one.criterion.measure
            year = (f"{span(one.year_values)}: {one.year_verdict}, {_again(found.year_again, measure, one.year_verdict)}"
                    if one.year_verdict else "–")
            part = one.criterion.role.replace("_", " ")
            prior = span(one.prior) if len(one.prior) else "–"
            rows.append((
                str(finding.fact.number), f"{one.criterion.label} ({one.criterion.unit})", part, one.criterion.published(),
                span(one.values), prior, wide, percent(one.share, MET), away, f"**{one.verdict or 'listed'}**",
                _again(found.again, measure, one.verdict), year,
            ))
    yield ("Median and 90% interval. *Width*: of the interval over that of the prior. *In range*: draws in the range, or within "
           "what the errors of figure and model allow in nine cases of ten; a dash where neither is stated. *In resamples*, and "
           f"last in the column of {HELD_OUT_YEAR}: share of the resamples of the draws in which the verdict is the same.\n")
    head = ("", "criterion", "part", "published", f"model, {found.draw}", "model, prior", "width", "in range", "away", "verdict",
            "in resamples", HELD_OUT_YEAR)
    yield from table(head, rows)


def _ratio(value: float) -> str:
    return "no end" if math.isinf(value) else percent(value, NARROW)


def _contests(found: Validation) -> Iterator[str]:
    yield "## Simple rules beside the model\n"
    yield ("None of those that predict a figure was fitted to it; what else was known of it is said. Continuous ranked probability "
           "score, in brackets the root mean square error of the median and, where there is a distribution, the share of "
           "the figures inside its 90% interval. Score and error are better where smaller, the best score of a row bold. The score "
           "rates the whole distribution; of a prediction without one it is the absolute error.\n")
    groups: dict[tuple[str, ...], list[Contest]] = {}
    for one in found.contests:
        groups.setdefault(tuple(way.way for way in one.predictions), []).append(one)
    for ways, own in groups.items():
        names = [f"{one.figure} ({one.known})" if one.known else one.figure for one in own]
        rows = [(name, one.unit, str(len(one.actual)), *_scores(one)) for name, one in zip(names, own, strict=True)]
        yield from table(("figure", "unit", "figures", *ways), rows)
        yield f"{own[0].note}\n"


def _scores(one: Contest) -> list[str]:
    scores = [way.score(one.actual) for way in one.predictions]
    words = [f"{_fine(score)} ({_fine(way.error(one.actual))}{_held(way.covered(one.actual))})"
             for score, way in zip(scores, one.predictions, strict=True)]
    return [f"**{text}**" if score == min(scores) else text for score, text in zip(scores, words, strict=True)]


def _held(covered: float) -> str:
    return "" if math.isnan(covered) else f", {covered:.0%}"


def _fine(value: float) -> str:
    return f"{value:.3f}" if value < 1.0 else f"{value:.2f}"


def _former(found: Validation) -> Iterator[str]:
    """Verdicts by criteria that others took the place of, and why."""
    yield "## By the measures of before\n"
    yield (f"Facts were judged by ranges before: met where {FORMERLY_MET:.0%} of the draws lie in the range. The old criteria "
           "are still taken, over the draws of today, and count for nothing.\n")
    rows = []
    for finding in found.findings:
        for criterion, values in finding.former:
            rows.append((str(finding.fact.number), f"{criterion.label} ({criterion.unit})", criterion.published(), span(values),
                         _formerly(criterion, values), criterion.changed))
    yield from table(("", "criterion of before", "range", "model", "met then?", "what changed it"), rows)


def _formerly(criterion: Criterion, values: Floats) -> str:
    share = criterion.share(values)
    return f"{'met' if share >= FORMERLY_MET else 'not met'} ({percent(share, FORMERLY_MET)})"


def _sources() -> Iterator[str]:
    yield "## Figures, errors and sources\n"
    for fact in facts():
        yield f"**{fact.number}. {fact.name}.** {fact.used} Source: {fact.source}.{' ' + fact.note if fact.note else ''}\n"
    rows = []
    for fact in facts():
        for one in fact.criteria:
            if one.observation is not None and one.discrepancy is not None:
                words = " (of the log)" if one.scale == "log" else ""
                figure, model = f"{one.observation:g}{words}", f"{one.discrepancy:g}{words}"
                rows.append((str(fact.number), one.measure.replace("_", " "), one.basis, f"{figure}: {one.observation_basis}",
                             f"{model}: {one.discrepancy_basis}"))
    yield "Standard deviations of what was published, and of what the model cannot carry:\n"
    yield from table(("", "measure", "figure", "error of the figure", "discrepancy"), rows)


def _decided(found: Validation) -> Iterator[str]:
    yield "## Which parameters decide\n"
    yield ("Rank correlation (Spearman) of parameters with each measure over the prior draws, where beyond "
           f"{DECIDES:g} standard errors; at most three are named.\n")
    rows = [(str(finding.fact.number), one.criterion.measure.replace("_", " "), deciding(one))
            for finding in found.findings for one in finding.measured if one.verdict]
    yield from table(("", "measure", "decided by"), rows)
    yield "![Rank correlation of parameters with each criterion](images/validation-parameters.png)\n"


def _cell(push: Push) -> str:
    tick = {"as expected": " ✓", "wrong": " **wrong**", "no effect": " (none)"}.get(push.verdict, "")
    return f"{_MARKS[push.sign]}{tick}"


def _signs(found: Validation) -> Iterator[str]:
    pairs = found.sign_runs * len(found.sign_places)
    yield "## The sign of every lever\n"
    yield (f"Each lever at a low and a high value, on the same seeds: {pairs} pairs over {', '.join(found.sign_places)}; default "
           f"parameters, last year of ten. The sign is that of the mean difference, high less low, 0 within {STANDARD_ERRORS:g} "
           "standard errors. ✓: the sign that the model description implies; *none*: it implies one and there is no effect; "
           "**wrong**: the opposite. A sign without a mark: the description implies none. It implies that a mandate costs "
           "trust when it begins, not that trust is lower ten years on; the first is tested apart.\n")
    rows = []
    for trial in TRIALS:
        own = {push.metric: push for push in found.signs if push.trial is trial}
        rows.append((f"`{trial.lever}`", f"{trial.low} to {trial.high}", trial.setting, *(_cell(own[m]) for m in MAIN_METRICS)))
    yield from table(("lever", "from, to", "in", *(METRICS[m].label for m in MAIN_METRICS)), rows)
    yield "![Size of every lever's effect on every main metric](images/validation-levers.png)\n"
    odd = [push for push in found.signs if push.verdict in ("wrong", "no effect")]
    if odd:
        yield "Signs that are not as expected:\n"
    for push in odd:
        size = number(push.mean) if abs(push.mean) >= 0.1 else f"{push.mean:.4f}".replace("-", "−")
        yield (f"- `{push.trial.lever}` on {METRICS[push.metric].label}: {push.verdict}, {size} {unit(push.metric)} "
               f"(standard error {push.error:.4f}, same direction in {push.same:.0%} of pairs). Expected since {push.trial.why}.")
    yield ""


def markdown(found: Validation) -> str:
    """The whole report."""
    parts = ["# Validation\n", *what_to_believe(found), *_summary(found), *_how(found), *_criteria(found), *_contests(found),
             *_former(found), *_decided(found), *_signs(found), *_sources()]
    return "\n".join(parts).rstrip() + "\n"


def rows(found: Validation) -> list[tuple[str, str, str, str, str, str]]:
    """One row a criterion for the terminal: fact, criterion, published, model, verdict on it, verdict on the fact."""
    listed = []
    for finding in found.findings:
        for n, one in enumerate(finding.measured):
            first = f"{finding.fact.number}. {finding.fact.name}" if n == 0 else ""
            model = f"{span(one.values)} {one.criterion.unit}"
            whole = (finding.verdict or "listed") if n == 0 else ""
            listed.append((first, one.criterion.measure.replace("_", " "), one.criterion.published(), model,
                           one.verdict or "listed", whole))
    return listed


def write(found: Validation, folder: Path) -> list[Path]:
    """Write ``validation.md`` and its figures under ``folder``; returns the files."""
    from totalplace.sim.evidence.validation_figures import figures

    return write_page(folder, "validation.md", markdown(found), lambda: figures(found))

