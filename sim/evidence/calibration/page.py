"""The calibration report, ``docs/calibration.md``: what was learnt, what was not, how far it can be believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration import page_words
from totalplace.sim.evidence.calibration.coverage import ENDS, Coverage
from totalplace.sim.evidence.calibration.figures import figures
from totalplace.sim.evidence.calibration.marginals import INFORMED, rounded, weighted_quantiles
from totalplace.sim.evidence.calibration.page_defaults import default_lines
from totalplace.sim.evidence.calibration.plan import changes
from totalplace.sim.evidence.calibration.posterior import POWER
from totalplace.sim.evidence.calibration.run import SHIPPED, Calibration
from totalplace.sim.evidence.calibration.tensions import PULLS
from totalplace.sim.evidence.facts import Floats, facts
from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.validation_page import number, parameter_code

PAGE: Final = "calibration.md"
_TITLES: Final = {
    "targets": "Targets: the figure with its error, the prior and the posterior",
    "marginals": "Posterior of the parameters that the facts inform",
    "pairs": "Posterior of the most informed parameters, two at a time",
    "coverage": "Synthetic data: truths and 90% intervals",
}
#: Where it is said what was changed.
_CHANGED: Final = "What was changed after a verdict was seen"
#: Parameters named one by one, and those that a better figure would teach most about.
_NAMED: Final = 8
_TAUGHT: Final = 3
#: Part of the standard deviation of a parameter from which a better figure teaches something of it.
_TEACHES: Final = 0.05
#: Width of an interval over the prior's from which a parameter counts as better known.
_BETTER: Final = 0.75
_AT: Final = (ENDS[0], 0.5, ENDS[1])


def _span(values: Floats, weights: Floats) -> Floats:
    """Ends and median of 90% of what can be measured, by weight; NaN if nothing can."""
    known = ~np.isnan(values)
    return weighted_quantiles(values[known], weights[known], _AT) if known.any() else np.full(3, np.nan)


def predicted(found: Calibration) -> list[tuple[Floats, Floats]]:
    """For each target ends and median of 90% of the pictures: over the prior, and over the posterior by weight."""
    prior, sample = found.matching.waves[0].pictures, found.sample
    return [(_span(prior[:, t], np.ones(len(prior))), _span(sample.measured[:, t], sample.weights)) for t in range(prior.shape[1])]


def inside(found: Calibration) -> list[bool]:
    """Whether the figure of each target lies in the 90% interval of the posterior's pictures; of a bound, the median."""
    said = []
    for one, (_, (low, middle, high)) in zip(found.plan.criteria(), predicted(found), strict=True):
        said.append(bool(low <= one.central <= high) if one.central is not None else bool(one.low <= middle <= one.high))
    return said


def covered(found: Calibration) -> tuple[float, float] | None:
    """Share of intervals that hold the truth, over synthetic data and informed parameters, and their mean contraction."""
    columns = list(found.informed)
    if found.coverage is None or not columns:
        return None
    return float(found.coverage.holds[:, columns].mean()), float(found.coverage.contraction[columns].mean())


def summary(found: Calibration) -> str:
    """The calibration in one sentence."""
    sample, kept, cover = found.sample, inside(found), covered(found)
    said = (f"{len(found.informed)} of {len(PARAMETERS)} parameters informed by {len(kept)} targets, of which {sum(kept)} lie "
            "inside "
            f"the posterior's 90% interval; effective size {sample.effective:,.0f} of {len(sample.weights):,} particles; "
            f"{found.matching.waves[-1].share:.2g} of the prior not ruled out")
    if cover is not None:
        said += f"; on synthetic data {cover[0]:.0%} of the 90% intervals hold the truth, at {cover[1]:.0%} of their prior's width"
    return said + "."


def _names(columns: Sequence[int]) -> str:
    every = list(PARAMETERS)
    return ", ".join(parameter_code(every[i]) for i in columns)


def _learnt(found: Calibration) -> Iterator[str]:
    order, every = list(found.informed), list(found.marginals.values())
    better = sum(every[i].share_of_range < _BETTER for i in order)
    most = f", most of {_names(order[:_NAMED])}" if order else ""
    yield (f"**What was learnt.** The {len(found.plan.targets)} published figures tell something of {len(order)} of "
           f"{len(PARAMETERS)} parameters{most}. {better} are known at least a quarter better than before.\n")
    yield (f"**What was not.** The other {len(PARAMETERS) - len(order)} are as unknown as they were; the posterior carries them "
           "with all of their ranges. Results that turn on them are as wide as judgement makes them.\n")


def _changes(_: Calibration) -> Iterator[str]:
    found = changes()
    if found:
        yield f"## {_CHANGED}\n"
        yield "\n".join(f"- {day}: {why}" for day, why in found) + "\n"


def _head(found: Calibration) -> Iterator[str]:
    yield "# Calibration\n"
    yield ("This file is written by `totalplace calibrate --out DIR --docs docs`. What is done is data: "
           "`sim/evidence/calibration/calibration.yaml`; the targets are those of `sim/evidence/facts.yaml`.\n")
    yield "## In plain words\n"
    yield from _learnt(found)
    kept, cover = inside(found), covered(found)
    missed = [one.plain for one, good in zip(found.plan.criteria(), kept, strict=True) if not good]
    but = f"; not that of {', '.join(missed)}" if missed else ""
    bound = f"{page_words.BOUND} " if any(one.central is None for one in found.plan.criteria()) else ""
    yield (f"**How well it fits.** {sum(kept)} of {len(kept)} published figures lie inside the 90% interval of the posterior's own "
           f"pictures{but}. {bound}Places held out judge that: see [validation](validation.md).\n")
    if cover is not None:
        yield ("**How far to believe it.** Data that the model made itself, from known parameters, went through the same "
               "machinery: "
               f"{cover[0]:.0%} of the 90% intervals hold the truth, at {cover[1]:.0%} of the width of their prior. That says "
               "that the "
               "machinery is sound, not that the model is right: a rule that is wrong shows where the posterior piles up at an "
               "end of the prior, or where facts pull apart, below.\n")
    yield (f"In short: {summary(found)} {found.pictures:,} pictures of {found.runs_a_picture} runs, "
           f"{found.pictures * found.runs_a_picture:,} runs in all. {page_words.TIME}\n")
    if changes():
        yield f"Some of this was changed after a verdict had been seen: [what, and why](#{_CHANGED.lower().replace(' ', '-')}).\n"


def _targets(found: Calibration) -> Iterator[str]:
    yield "## Targets\n"
    yield ("Error: standard deviations of the figure as published and of what the model cannot carry, of logarithms where "
           "marked. *Loss*: "
           "half the mean square of the misfit in these; a posterior that fits as well as its errors say has about 0.5 or less.\n")
    of = {one.measure: fact.number for fact in facts() for one in fact.criteria}
    rows = []
    for t, (one, spans) in enumerate(zip(found.plan.criteria(), predicted(found), strict=True)):
        prior, posterior = (f"{number(middle)} ({number(low)} to {number(high)})" for low, middle, high in spans)
        error = f"{one.observation:g}; {one.discrepancy:g}" + (" (log)" if one.scale == "log" else "")
        figure = f"{one.central:g}" if one.central is not None else one.published()
        rows.append((str(of[one.measure]), f"`{one.measure}`: {one.label}", one.unit, figure, error, prior, posterior,
                     number(float(found.tensions.loss[t]))))
    yield from table(("fact", "target", "unit", "figure", "error", "prior (90%)", "posterior (90%)", "loss"), rows)


def _waves(found: Calibration) -> Iterator[str]:
    plan, size = found.plan, found.plan.size
    yield "## How it is done\n"
    yield (f"**Pictures.** A picture is one run of every setting that the targets need, in {size.places} places, each with a "
           "seed of its "
           f"own. Places are drawn anew for every {size.batch} pictures, over size and deprivation, from {len(plan.pool())}; "
           "those of validation are left out. What places and seeds do to a measure is the noise of a picture. Figures are of "
           "England: the noise of the country, which the posterior counts as chance, is smaller than that of a picture as the "
           f"picture has fewer places ({plan.country:.2f} of its variance).\n")
    yield (f"**History matching.** Each wave simulates {size.points:,} points, the first {size.repeated:,} of them {size.repeats} "
           "times, fits an emulator to every "
           "target (scikit-learn: a quadratic, with a Gaussian process on what it leaves where that errs less out of fold), and "
           "rules out what is implausible beyond the cut, given noise, emulator, observation and discrepancy.\n")
    rows = []
    for wave in found.matching.waves:
        explained = ", ".join(f"{one.explained:.2f}" for one in wave.emulators.each)
        rank = f"{wave.cut:g}, {'second ' if wave.rank == 2 else ''}largest"
        rows.append((str(wave.number), f"{len(wave.unit):,}", rank, f"{wave.share:.2g}", explained))
    yield from table(("wave", "points", "cut", "share of the prior not ruled out", "R² of the emulators, in the order above"), rows)


def _rounds(found: Calibration) -> Iterator[str]:
    sample, names = found.sample, list(PARAMETERS)
    yield (f"**Posterior.** Emulators learn from {sample.learnt:,} particles more, proposed by the prior times the kernel that "
           f"they expect to the power {POWER:g}. Then {sample.populations} populations of "
           f"{len(sample.unit) // sample.populations:,}, each apart from the others, are tempered from what history "
           "matching left to the prior times the expected kernel (sequential Monte Carlo; moves by differential evolution), the "
           "emulators' own error and the noise of the country counted in. Each particle is simulated, and its own picture corrects "
           "what the emulators say of it, as far as their error is larger than the noise of a picture: its weight is the kernel "
           "expected with its picture over that without, at most the root of their number times the mean weight (truncated "
           "importance sampling, Ionides 2008). Effective size, from the weights and from how far the means of "
           f"populations lie apart: {sample.effective:,.0f}. {SHIPPED:,} rows are drawn by weight and shipped.\n")
    yield from page_words.shipped(found.rows)
    errors = [(one.error, one.noise) for one in sample.emulators.each]
    rows = [(f"`{name}`", f"{error:.2f}", f"{noise:.2f}", f"{trust:.2f}")
            for name, (error, noise), trust in zip(found.plan.targets, errors, sample.corrected()[1], strict=True)]
    yield "What is uncertain of one particle, as variances, where the error of figure and model together is 1:\n"
    yield from table(("target", "error of the emulator", "noise of a picture", "left with its own picture"), rows)
    left, by = sample.moved()
    most = max(found.informed, key=lambda i: abs(by[i]), default=0)
    mean = float(np.sqrt((by[list(found.informed)] ** 2).mean())) if found.informed else 0.0
    yield (f"**A check.** Weights by the kernels of the particles' own pictures alone are exact, for a model that errs as the "
           f"targets say (Wilkinson 2013), but noise leaves {left:,.0f} effective particles of them. They move the means of the "
           f"informed parameters by {mean:.2f} of their standard deviations (root mean square; by chance alone some "
           f"{1.0 / np.sqrt(left):.2f}), {parameter_code(names[most])} the most, by {by[most]:+.2f}.\n")


def _coverage(found: Calibration) -> Iterator[str]:
    one, cover = found.coverage, covered(found)
    if one is None or cover is None:
        return
    yield "## Coverage on synthetic data\n"
    yield (f"{len(one.truth)} sets of data, made from pictures of points of the last wave, whose prior is what the waves "
           "before it left, with an error of observation and discrepancy; a population of its own is tempered to each, as to the "
           "published figures. Contraction: width of the 90% interval over that of what the truths "
           "were drawn from. An interval as wide as the prior covers too. Then the same for the weights: truths are particles, and "
           "the other particles are weighted by their own pictures"
           f"{_sizes(found)}.\n")
    names, both = list(PARAMETERS), [one] if found.weights_coverage is None else [one, found.weights_coverage]
    rows = [(parameter_code(names[i]), *(word for each in both for word in _held(each, [i]))) for i in found.informed]
    every = ("**all**", *(f"**{word}**" for each in both for word in _held(each, list(found.informed))))
    head = ("intervals that hold the truth", "contraction", "of the weights: that hold it", "contraction")
    yield from table(("parameter", *head[: 2 * len(both)]), [every, *rows])


def _held(one: Coverage, columns: list[int]) -> tuple[str, str]:
    return f"{one.holds[:, columns].mean():.0%}", f"{one.contraction[columns].mean():.0%}"


def _sizes(found: Calibration) -> str:
    one = found.weights_coverage
    return "" if one is None else f" (effective sizes {number(float(one.effective.min()))} to {number(float(one.effective.max()))})"


def _parameters(found: Calibration) -> Iterator[str]:
    yield "## Parameters that the facts inform\n"
    yield (f"{page_words.WIDTH} Informed: the posterior is farther from the prior than {INFORMED:g} over the "
           "root of the effective size (Kolmogorov and Smirnov). *Default before*, *default*: see above.\n")
    central, rows = found.defaults(), []
    for i in found.informed:
        row = list(PARAMETERS.values())[i]
        known = found.marginals[row.name]
        rows.append((parameter_code(row.name), row.unit, f"{row.low:g} to {row.high:g}",
                     f"{known.median:.3g} ({known.low:.3g} to {known.high:.3g})", f"{known.share_of_range:.0%}", known.piled,
                     f"{row.default:g}", f"{rounded(row, float(central[i])):g}"))
    head = ("parameter", "unit", "prior range", "posterior median (90%)", "width", "piles up at", "default before", "default")
    yield from table(head, rows)


def _structure(found: Calibration) -> Iterator[str]:
    yield "## Where a rule may be wrong\n"
    names, pairs = found.plan.targets, found.tensions.pairs()
    yield page_words.piled(list(found.marginals.values()))
    yield page_words.losses(names, found.tensions.loss)
    if pairs:
        yield f"Facts that pull apart (the mean log kernel of one gains more than {PULLS:g} if the other is dropped):\n"
        rows = [(f"`{names[i]}`", f"`{names[j]}`", f"{gain:.2f}") for i, j, gain in pairs]
        yield from table(("target", "is held back by", "gain"), rows)
    else:
        yield page_words.TOGETHER
    unknown = [f"`{names[j]}`" for j in range(len(names)) if np.isnan(found.tensions.gain[:, j]).all()]
    if unknown:
        yield f"Without {', '.join(unknown)} too few particles are left to say.\n"


def _data(found: Calibration) -> Iterator[str]:
    yield "## What data would settle\n"
    yield "Parameters whose standard deviation would fall most if the error of a target, figure and model together, were halved:\n"
    rows, every = [], list(PARAMETERS)
    for name, teaches in zip(found.plan.targets, np.nan_to_num(found.tensions.teaches), strict=True):
        best = [int(i) for i in np.argsort(-teaches, kind="stable")[:_TAUGHT] if teaches[i] >= _TEACHES]
        rows.append((f"`{name}`", ", ".join(f"`{every[i]}` −{teaches[i]:.0%}" for i in best) or "none by a twentieth"))
    yield from table(("a better figure of", "would teach"), rows)


def markdown(found: Calibration) -> str:
    """The whole page."""
    sections = (_head, _targets, _waves, _rounds, default_lines, _coverage, _parameters, _structure, _changes, _data)
    parts = [text for section in sections for text in section(found)]
    shown = [name for name in _TITLES if name != "coverage" or found.coverage is not None]
    parts += [f"![{_TITLES[name]}](images/calibration-{name}.png)\n" for name in shown]
    return "\n".join(parts).rstrip() + "\n"


def write(found: Calibration, folder: Path) -> list[Path]:
    """Write ``calibration.md`` and ``images/calibration-*.png`` in ``folder``, each whole; raises InputError, DrawingFailed."""
    return write_page(folder, PAGE, markdown(found), lambda: figures(found))
