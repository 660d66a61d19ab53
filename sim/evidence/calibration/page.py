"""The calibration report, ``docs/calibration.md``: what was done, what was learnt, what holds where it was not used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from totalplace.scenarios.places import load
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration.distance import FARTHEST
from totalplace.sim.evidence.calibration.figures import figures
from totalplace.sim.evidence.calibration.plan import by_measure, reasons
from totalplace.sim.evidence.calibration.posterior import DIGITS
from totalplace.sim.evidence.calibration.run import (
    CALIBRATED,
    COMPACT,
    CROSSINGS,
    HOLDOUT,
    HOLDOUT_YEAR,
    POSTERIOR,
    PRESENT,
    PROPOSED,
    ROUNDS,
    Calibration,
)
from totalplace.sim.evidence.calibration.screening import MOVES
from totalplace.sim.evidence.facts import MET, fact_verdict, facts
from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.validation_page import number, parameter_code, span

PAGE: Final = "calibration.md"
_WHERE: Final = (CALIBRATED, HOLDOUT, HOLDOUT_YEAR)
_TITLES: Final = {
    "marginals": "Posterior of every parameter against its prior",
    "pairs": "Posterior of the most informed parameters, two at a time",
    "distances": "Distances by generation, and pictures in range",
    "predicted": "Every criterion predicted: published range, median and 90% interval",
}


def share_in_range(found: Calibration, where: str, which: str, measure: str) -> float:
    """Share of the predicted pictures in the range of a criterion."""
    values = found.predicted[where, which][:, found.measures.index(measure)]
    return float(by_measure()[measure].holds(values).mean())


def verdicts(found: Calibration, where: str, which: str) -> dict[int, str]:
    """The verdict on each fact by the rule of validation, from the predicted pictures."""
    return {
        fact.number: fact_verdict([share_in_range(found, where, which, c.measure) for c in fact.criteria]) for fact in facts()
    }


def _reproduced(found: Calibration, where: str, which: str) -> str:
    given = verdicts(found, where, which)
    return f"{sum(verdict == 'reproduced' for verdict in given.values())} of {len(given)}"


def _head(found: Calibration) -> Iterator[str]:
    size, sample = found.plan.size, found.sample
    pictures = size.screening + sum(one.pictures for one in sample.generations)
    last = sample.generations[-1]
    yield "# Calibration\n"
    yield ("This file is written by `totalplace calibrate --out DIR --docs docs`. What is calibrated, where and against what "
           "is data: `sim/evidence/calibration/calibration.yaml`.\n")
    yield (f"Approximate Bayesian computation on {pictures:,} pictures of {found.runs_a_picture} runs each "
           f"({pictures * found.runs_a_picture:,} runs): {len(sample.generations)} generations of {size.particles} particles. "
           f"The last accepts a distance of {number(last.threshold)} and has an effective size of {last.effective:.0f}. "
           f"{sum(one.informed for one in found.marginals.values())} of {len(PARAMETERS)} parameters are informed by the facts.\n")
    rows = [[where, *(_reproduced(found, where, which) for which in (PRESENT, PROPOSED, POSTERIOR))]
            for where in _WHERE if (where, POSTERIOR) in found.predicted]
    yield "Facts reproduced, by the rule of `docs/validation.md`:\n"
    yield from table(("where", PRESENT, PROPOSED, POSTERIOR), rows)


def _how(found: Calibration) -> Iterator[str]:
    plan, size = found.plan, found.plan.size
    yield "## How it is done\n"
    yield ("**Pictures.** A picture of the country is one run of every setting that the facts used need, in each of the "
           "places, each with a seed of its own; measures are those of validation.\n")
    yield ("**Distance.** A published range is read as the uncertainty of the published figure: inside it the distance is 0. "
           f"Outside, it is the way to the range in interquartile ranges of the measure over the prior, at most {FARTHEST:g}; "
           "the distance of a picture is the mean over the facts used.\n")
    yield (f"**Screening.** {size.screening} pictures over the prior (a Latin hypercube) say which parameters the facts speak "
           f"about: those whose rank correlation with any measure is beyond {MOVES:g} standard errors, at most {size.moving}. "
           "The others are drawn from their priors in every picture, so that the posterior is of all parameters together.\n")
    yield ("**Sequential Monte Carlo.** pyABC (Schälte et al. 2022, *Journal of Open Source Software* 7, 4304). Each "
           "generation accepts the pictures nearer than the median of the one before, until all are in every range, or fewer "
           f"than 2% of proposals are accepted, or {size.generations} generations or {size.pictures:,} pictures are simulated. "
           "Proposals come from a widened normal distribution fitted to the last generation, on the scale of normal quantiles "
           "of the prior, and a tenth of them from the prior.\n")
    yield ("**Rule for defaults.** A parameter that was not moved keeps its default. For the others, taken together, the "
           f"candidates are the weighted median and the {size.candidates} particles nearest to the facts, rounded to {DIGITS} "
           f"significant digits. Since a particle can be near by luck, each is tried on {max(1, size.trials // ROUNDS)} new "
           f"pictures of the calibration places; the best 1 in {ROUNDS} are crossed with each other {CROSSINGS} times (every "
           "parameter at a point between two parents), and the children tried in the same way; the best are tried on "
           f"{size.trials} more, and the best of all with each parameter alone, then with all, put back to the present default: "
           "what stands goes only if it is beaten. Best is who meets "
           f"most facts by the rule of validation (each criterion in range in {MET:.0%} of "
           "pictures), then is in range most often on average, then has the smaller distance. Criteria here are those used and "
           f"{', '.join(f'`{name}`' for name in plan.also)}, which decide between candidates only.\n")
    yield (f"**Posterior that is shipped.** {COMPACT} rows drawn from the last generation by weight (systematic resampling): "
           "`scenarios/posterior.csv`. A scenario that says `uncertainties: posterior` draws one row for each seed.\n")
    rows = []
    for name in (*plan.places, *plan.holdout_places):
        place = load(name)
        deprivation = float(np.average(place.deprivation, weights=place.neighbourhood_population))
        use = "held out" if name in plan.holdout_places else "calibration"
        rows.append((name, place.region, f"{place.population:,.0f}", f"{deprivation:.1f}", use))
    yield from table(("place", "region", "population", "deprivation score", "use"), rows)
    if plan.holdout_year:
        yield (f"Also held out: the budgets of {plan.holdout_year}, with the start, dated policies and the budget path of that "
               "time.\n")
    yield from table(("generation", "largest distance", "pictures", "accepted", "effective size"), [
        (str(one.number), number(one.threshold), str(one.pictures), f"{one.acceptance:.0%}", f"{one.effective:.0f}")
        for one in found.sample.generations
    ])


def _facts(found: Calibration) -> Iterator[str]:
    yield "## Facts used and facts only checked\n"
    why, plan = reasons(), found.plan
    groups = [where for where in _WHERE if (where, POSTERIOR) in found.predicted]
    rows = []
    for fact in facts():
        for criterion in fact.criteria:
            use = "for the choice" if criterion.measure in plan.also else "checked"
            use = "**used**" if criterion.measure in plan.targets else use
            cells = [
                f"{span(found.predicted[where, which][:, found.measures.index(criterion.measure)])}, "
                f"{share_in_range(found, where, which, criterion.measure):.0%}"
                for where in groups for which in (POSTERIOR, PROPOSED)
            ]
            rows.append((str(fact.number), criterion.label, criterion.published(), use, *cells))
    heads = [f"{where}: {which}" for where in groups for which in (POSTERIOR, PROPOSED)]
    yield ("Median (90% interval) of the pictures, and the share in the published range. Criteria that are *used* decide which "
           "parameters are kept; those *for the choice* only which of them become the defaults; the others had no part in that.\n")
    yield from table(("", "criterion", "published (range)", "use", *heads), rows)
    yield "Why each is used:\n"
    yield from (f"- `{name}`: {why.get(name, 'asked for')}." for name in found.plan.choice)
    yield ""
    missed = [by_measure()[name].label for name, share in zip(found.plan.choice, found.tried, strict=True) if share < MET]
    if missed:
        yield (f"**Not met at the proposed defaults** on the calibration places (in range in less than {MET:.0%} of pictures): "
               f"{'; '.join(missed)}.\n")
    holds = {where: {n for n, v in verdicts(found, where, PROPOSED).items() if v == "reproduced"} for where in groups}
    if len(groups) > 1:
        lost = sorted(holds[CALIBRATED] - holds[HOLDOUT])
        words = f"facts {', '.join(map(str, lost))} are" if lost else "no fact is"
        yield f"At the proposed defaults {words} lost in the places held out.\n"


def _parameters(found: Calibration) -> Iterator[str]:
    yield "## Parameters\n"
    rows = []
    for i, (name, row) in enumerate(PARAMETERS.items()):
        known = found.marginals[name]
        change = f"**{found.proposed[i]:g}**" if found.proposed[i] != found.present[i] else f"{found.proposed[i]:g}"
        rows.append((parameter_code(name), row.unit, f"{row.low:g} to {row.high:g}", f"{found.present[i]:g}",
                     f"{known.median:.3g} ({known.low:.3g} to {known.high:.3g})", "yes" if known.informed else "no",
                     f"{known.share_of_range:.0%}", change))
    yield ("*Informed*: the posterior differs from the prior. *Width*: 90% interval over that of the prior. Proposed defaults "
           "that differ from the present ones are bold.\n")
    yield from table(("parameter", "unit", "prior range", "present default", "posterior median (90%)", "informed", "width",
                       "proposed default"), rows)


def markdown(found: Calibration) -> str:
    """The whole page."""
    parts = [*_head(found), *_how(found), *_facts(found), *_parameters(found)]
    parts += [f"![{title}](images/calibration-{name}.png)\n" for name, title in _TITLES.items()]
    return "\n".join(parts).rstrip() + "\n"


def write(found: Calibration, folder: Path) -> list[Path]:
    """Write ``calibration.md`` and ``images/calibration-*.png`` in ``folder``, each whole; raises InputError, DrawingFailed."""
    return write_page(folder, PAGE, markdown(found), lambda: figures(found))
