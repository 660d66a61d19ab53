"""The validation report: Markdown that says how each verdict came about, facts used and facts only checked kept apart."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from totalplace.scenarios.places import load
from totalplace.scenarios.posterior import FILE, differences
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration.plan import shipped
from totalplace.sim.evidence.deciding_parameters import FALSE_ALARM
from totalplace.sim.evidence.facts import HALF_MET, MET, NOT, REPRODUCED, USES
from totalplace.sim.evidence.lever_signs import MAIN_METRICS, STANDARD_ERRORS, TRIALS, Push, unit
from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.measures import all_in_against
from totalplace.sim.evidence.model_digest import model_digest
from totalplace.sim.evidence.validation import DECIDES, Finding, Measured, Validation, interval
from totalplace.sim.model.metrics import METRICS

DRAW_WORDS: Final = {
    "default": "the default values of all parameters, so that draws differ by seed only",
    "prior": "parameters drawn from their prior ranges",
    "posterior": "parameters drawn from the posterior",
}
_USE_WORDS: Final = {
    "calibrated": (
        "Facts used for calibration",
        "Calibration held the model against criteria of these facts in other places ([calibration](calibration.md)). Here they "
        "show whether that carries over to places it did not see; they are no independent evidence. A criterion that was a "
        "target says so.",
    ),
    "choice": (
        "Facts that helped to choose the default values",
        "They decided nothing in the posterior, but between candidates for the defaults, in the places of calibration.",
    ),
    "input": (
        "Facts whose figure is also the source of a parameter",
        "A parameter took its value or range from the same publication. That the model gives the figure back shows that nothing "
        "stands in the way, and little more.",
    ),
    "built": (
        "Facts whose forces are rules or judged tables",
        "Nothing was fitted to these, but what pushes that way was put in on purpose; whether it prevails is checked.",
    ),
    "checked": ("Facts only checked", "No value was chosen with these in view."),
}
_MARKS: Final = {1: "+", -1: "−", 0: "0"}


def number(value: float) -> str:
    """A number to about three figures; ``never`` for infinity and a dash for none."""
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "never" if value > 0 else "−never"
    size = abs(value)
    text = f"{size:,.0f}" if size >= 100 else f"{size:.1f}" if size >= 10 else f"{size:.2f}"
    zero = not any(digit in text for digit in "123456789")
    return ("0" if zero else f"−{text}" if value < 0 else text)


def span(values: np.ndarray) -> str:
    """Median and 90% interval in words."""
    low, middle, high = interval(values)
    return f"{number(middle)} ({number(low)} to {number(high)})"


def deciding(measured: Measured) -> str:
    """The parameters that decide a measure, with the sign and size of the rank correlation."""
    named = [f"{parameter_code(name)} {'+' if value > 0 else '−'}{abs(value):.2f}" for name, value in measured.deciding()]
    return ", ".join(named) or "none"


def parameter_code(parameter: str) -> str:
    """A parameter as code, with what it stands for where its name does not say it."""
    words = PARAMETERS[parameter].words if parameter in PARAMETERS else ""
    return f"`{parameter}`" + (f" ({words})" if words else "")


def turns_on(measured: Measured) -> str:
    """The parameters that decide whether a draw is in range, each with the direction that helps and its distance."""
    helps = {1: "more", -1: "less"}
    return ", ".join(f"{helps[one.direction]} {parameter_code(one.name)} {one.distance:.2f}" for one in measured.turns_on) or "–"


def _how(found: Validation) -> Iterator[str]:
    count = len(found.findings)
    reproduced = sum(finding.verdict == REPRODUCED for finding in found.findings)
    yield "# Validation\n"
    missed = sum(finding.verdict == NOT for finding in found.findings)
    yield (f"Of {count} published facts {reproduced} are reproduced, {count - reproduced - missed} partly and {missed} not. "
           "Default values are those of [calibration](calibration.md).\n")
    yield ("This file is written by `totalplace validate --out docs`. Facts, ranges and sources are data: "
           "`sim/evidence/facts.yaml`; each measure is a function of `sim/evidence/measures.py`. Rules, numbers and facts "
           f"that it was written with: `{model_digest()}`.\n")
    yield "## How it is done\n"
    prior_draws = len(found.findings[0].measured[0].prior)
    yield (f"**Draws.** {found.runs} draws, with {DRAW_WORDS[found.draw]}. A draw is one picture of the country: one run in "
           "each of the places below, each with a seed of its own, and money added up over them, since most published "
           f"figures are national sums. Seeds start at {found.first_seed} and are the same in every scenario. {prior_draws} "
           "prior draws (a Latin hypercube over all parameters) show how far a verdict depends on what is not known; "
           f"{len(found.findings[0].measured[0].posterior)} rows of the posterior show what is left of that after calibration."
           f"{_newer()}\n")
    yield ("**Rule.** Each fact has one to four criteria, each a range that a measure must lie in. A criterion is met if at "
           f"least {MET:.0%} of the draws lie in the range, half met from {HALF_MET:.0%}. A fact is *reproduced* if all its "
           "criteria are met, *not* if none is met or half met, else *partly*. The rule is the same for all facts.\n")
    yield ("**Which parameters decide.** Over the prior draws: the rank correlation of a parameter with the measure, where beyond "
           f"{DECIDES:g} standard errors; and, for being in range, the Kolmogorov-Smirnov distance between the draws in range and "
           "out of it (regional sensitivity: Hornberger and Spear 1981), where chance alone would name a parameter for "
           f"at most {FALSE_ALARM:.0%} of the criteria.\n")
    rule = ("Chosen by rule: places in order of population in four groups, each in two by deprivation; from each of the "
            "eight the one nearest to its group's middle, from a region not yet taken.")
    rule = rule if found.by_rule else "As asked for."
    yield f"**Places.** {rule}\n"
    rows = []
    for name in found.places:
        place = load(name)
        deprivation = float(np.average(place.deprivation, weights=place.neighbourhood_population))
        rows.append((name, place.region, f"{place.population:,.0f}", f"{deprivation:.1f}"))
    yield from table(("place", "region", "population", "deprivation score"), rows)


def _newer() -> str:
    """A sentence on parameters that the posterior does not have; empty without a posterior or where it fits."""
    said = differences() if FILE.exists() else ""
    return f" {said}." if said else ""


def _summary(found: Validation) -> Iterator[str]:
    yield "## Verdicts\n"
    rows = [
        (str(f.fact.number), f.fact.statement, USES[f.fact.use], f"**{f.verdict}**", f.posterior_verdict, f.prior_verdict)
        for f in found.findings
    ]
    yield from table(("", "fact", "use", "verdict", "over the posterior", "over prior ranges"), rows)
    yield from _former(found)
    yield "![Every criterion: published range, model median and 90% interval](images/validation-facts.png)\n"


def _former(found: Validation) -> Iterator[str]:
    """Verdicts by criteria that others took the place of, beside those of today, and why."""
    rows = []
    for finding in found.findings:
        for one in finding.former:
            new = "; ".join(f"{now.criterion.label}: {span(now.values)} {now.criterion.unit}" for now in finding.measured)
            old = f"{finding.former_verdict} ({one.share:.0%} in range)"
            rows.append((str(finding.fact.number), f"{one.criterion.label} ({one.criterion.unit})", span(one.values), old,
                         f"**{finding.verdict}**: {new}", one.criterion.changed))
    if rows:
        yield ("Some facts were judged by another measure before. The old one is still taken, and counts for nothing; other "
               "verdicts differ from earlier versions only by what rules and budgets became.\n")
        head = ("", "measured before", "model", "verdict by it", "verdict by the measure of today", "what changed it")
        yield from table(head, rows)


def _fact(finding: Finding, found: Validation) -> Iterator[str]:
    fact = finding.fact
    yield f"### {fact.number}. {fact.name}: {finding.verdict}\n"
    yield f"{fact.statement} Source: {fact.source}.\n"
    if fact.used:
        yield f"{fact.used}\n"
    rows = []
    for one in finding.measured:
        known = one.by_place[~np.isnan(one.by_place)]
        places = f"{number(float(known.min()))} to {number(float(known.max()))}" if len(known) else "–"
        target = _part(one.criterion.measure)
        after = f"{span(one.posterior)}, {one.posterior_share:.0%}" if len(one.posterior) else "–"
        rows.append((f"{one.criterion.label} ({one.criterion.unit}){target}", one.criterion.published(), span(one.values),
                     f"{one.share:.0%}", places, after, f"{span(one.prior)}, {one.prior_share:.0%}", deciding(one), turns_on(one)))
    head = ("criterion", "published (range)", "model, median (90%)", "in range", "medians of single places",
            "posterior draws, in range", "prior draws, in range",
            "value decided by (rank correlation)", "being in range helped by (distance)")
    yield from table(head, rows)
    yield f"Ranges: {'; '.join(one.criterion.basis for one in finding.measured)}.\n"
    if fact.name.startswith("Without Whitehall"):
        against = span(all_in_against(found.observed))
        yield f"Where departments discourage it (−0.5), all key agencies are in, in {against}% of places.\n"
    if fact.note:
        yield f"{fact.note}\n"
    if finding.verdict != REPRODUCED:
        yield f"{_missed(finding)} What would have to change: {fact.change}\n"


def _part(measure: str) -> str:
    """What part a criterion had in calibration."""
    plan = shipped()
    if measure in plan.targets:
        return " (target of calibration)"
    return " (helped to choose the defaults)" if measure in plan.also else ""


def _missed(finding: Finding) -> str:
    """In one sentence which criteria are missed, on which side, and how often over the prior."""
    said = []
    for one in finding.measured:
        if one.verdict == REPRODUCED:
            continue
        middle = interval(one.values)[1]
        side = "too low" if middle < one.criterion.low else "too high" if middle > one.criterion.high else "often out of range"
        said.append(f"{one.criterion.label}: {side} (in range in {one.prior_share:.0%} of prior draws)")
    return f"**Missed:** {'; '.join(said)}."


def _facts(found: Validation) -> Iterator[str]:
    for use in USES:
        title, words = _USE_WORDS[use]
        yield f"## {title}\n"
        yield f"{words}\n"
        for finding in found.findings:
            if finding.fact.use == use:
                yield from _fact(finding, found)
    yield "![Paths behind facts 1, 2, 6 and 11](images/validation-paths.png)\n"
    yield "## Which parameters decide\n"
    yield ("Rank correlation (Spearman) of each parameter with each measure over the prior draws; parameters that decide "
           f"nothing are left out. The columns *decided by* above name at most three, each at least {DECIDES:g} standard errors "
           "from zero. A correlation holds the other parameters at random, not at their defaults.\n")
    yield "![Rank correlation of parameters with each criterion](images/validation-parameters.png)\n"


def _cell(push: Push) -> str:
    tick = {"as expected": " ✓", "wrong": " **wrong**", "no effect": " (none)"}.get(push.verdict, "")
    return f"{_MARKS[push.sign]}{tick}"


def _signs(found: Validation) -> Iterator[str]:
    runs = found.sign_runs * len(found.places)
    yield "## The sign of every lever\n"
    yield (f"Each lever at a low and a high value, on the same seeds: {runs} pairs over the places, default parameters, last "
           f"year of ten. The sign is that of the mean difference, high less low, 0 within {STANDARD_ERRORS:g} standard "
           "errors. ✓: the sign that the model description implies; *none*: it implies one and there is no effect; "
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
    parts = [*_how(found), *_summary(found), *_facts(found), *_signs(found)]
    return "\n".join(parts).rstrip() + "\n"


def rows(found: Validation) -> list[tuple[str, str, str, str, str, str]]:
    """One row a criterion for the terminal: fact, criterion, published, model, share in range, verdict on the fact."""
    listed = []
    for finding in found.findings:
        for n, one in enumerate(finding.measured):
            first = f"{finding.fact.number}. {finding.fact.name}" if n == 0 else ""
            model = f"{span(one.values)} {one.criterion.unit}"
            listed.append((first, one.criterion.measure.replace("_", " "), one.criterion.published(), model, f"{one.share:.0%}",
                           finding.verdict if n == 0 else ""))
    return listed


def write(found: Validation, folder: Path) -> list[Path]:
    """Write ``validation.md`` and its figures under ``folder``; returns the files."""
    from totalplace.sim.evidence.validation_figures import figures

    return write_page(folder, "validation.md", markdown(found), lambda: figures(found))
