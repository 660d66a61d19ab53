"""The page ``docs/structure.md``: each structural check, its figures with intervals, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from totalplace import scenarios
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.vocabulary import TOPOLOGIES
from totalplace.sim.evidence.findings import DECIDES
from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.numbers_in_words import number
from totalplace.sim.evidence.structure.convergence import KEPT, LAG, METRICS, RESCALED
from totalplace.sim.evidence.structure.figures import figures
from totalplace.sim.evidence.structure.ranking import NETWORK_METRICS, NETWORKED, REPLICATES, STABLE, TAU
from totalplace.sim.evidence.structure.stage import Estimate
from totalplace.sim.evidence.structure.study import Structure
from totalplace.sim.evidence.validation import rank_correlations
from totalplace.sim.model.metrics import METRICS as REGISTRY
from totalplace.sim.model.metrics import without_value
from totalplace.sim.results.run import BAND

PAGE: Final = "structure.md"
#: The spiral has settled if the reactive share moves less than this (points) in this many years, and is lost from this share (%).
SETTLED: Final = 1.0
SETTLED_YEARS: Final = 5
LOST: Final = 75.0


def shown(one: Estimate) -> str:
    """Mean and interval, with as many digits as the interval bears."""
    if one.low == one.high:
        return number(one.mean)
    width = one.high - one.low if np.isfinite(one.high) else 1.0
    digits = int(np.clip(1 - np.floor(np.log10(width)), 0, 6))
    return " ".join((f"{one.mean:.{digits}f}", f"({one.low:.{digits}f} to {one.high:.{digits}f})")).replace("-", "−")


def marked(one: Estimate) -> str:
    """The same, bold where the interval leaves zero out."""
    return f"**{shown(one)}**" if one.clear else shown(one)


def _spread(values: np.ndarray) -> str:
    low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1]))
    return f"{number(middle)} ({number(low)} to {number(high)}; largest {number(values.max())})"


def _metric(name: str) -> str:
    return f"{REGISTRY[name].label} ({REGISTRY[name].unit})"


def _gain(found: Structure) -> Iterator[str]:
    g, s = found.gains, found.spiral
    yield "## Loop gain of reactive demand\n"
    yield ("A pound more of reactive demand on an agency is a pound less of its planned spend; outcomes slip, and reactive "
           "demand of "
           "all agencies rises by *G* pounds. The loop gain is the largest eigenvalue of *G*: below one the spiral dies out. It is "
           "read from the equations and measured with one pound of demand in the compiled model.\n")
    apart = float(np.abs(g.analytic - g.measured).max())
    past = [100.0 * float((values >= 1.0).mean()) for values in (g.analytic, g.cut, g.deep)]
    rows: list[tuple[str, ...]] = [
        (place, number(g.at_defaults[i]), _spread(g.analytic[i]), _spread(g.cut[i]), _spread(g.deep[i]))
        for i, place in enumerate(g.places)
    ]
    yield from table(("place", "at the defaults", "over the prior, at the start: median (90%)", "after ten years of cuts",
                       "after ten years of cuts twice as deep"), rows)
    yield (f"{g.analytic.shape[1]} prior draws a place. Equations and model differ by at most {apart:.1e}. The gain passes one in "
           f"{past[0]:.1f}% of draws at the start, {past[1]:.1f}% after cuts and {past[2]:.1f}% after cuts twice as deep. At "
           "the start "
           f"`epsilon` would have to be {number(float(np.median(g.epsilon_at_one)))} "
           f"({number(float(g.epsilon_at_one.min()))} at least) for a gain of one; its prior ends at "
           f"{PARAMETERS['epsilon'].high:g}. "
           "Cuts raise the gain, since each pound lost is then a larger part of what is left.\n")
    correlations = rank_correlations(g.parameters, g.analytic.mean(axis=0))
    names = list(PARAMETERS)
    limit = DECIDES / np.sqrt(len(g.parameters) - 1)
    deciding = [f"`{names[i]}` {correlations[i]:+.2f}".replace("-", "−") for i in np.argsort(-np.abs(correlations))[:5]
                if abs(correlations[i]) > limit]
    yield f"Decided by (rank correlation over the prior): {', '.join(deciding) or 'no parameter alone'}.\n"
    yield "![Loop gain over the prior](images/structure-loop-gain.png)\n"
    yield f"What happens past one, in {s.place}, a silo with cuts over {s.reactive_share.shape[1] // 4} years:\n"
    rows = [
        (f"{value:g}", *(number(v) for v in (s.reactive_share[i, 39], s.reactive_share[i, -1], s.wellbeing[i, -1], s.unmet[i, -1])))
        for i, value in enumerate(s.gains)
    ]
    yield from table(("gain at the start", "reactive share after 10 years (%)", "at the end (%)", "wellbeing at the end (0-1)",
                       "demand without money at the end (%)"), rows)
    still = np.abs(s.reactive_share[:, -1] - s.reactive_share[:, -1 - 4 * SETTLED_YEARS]) < SETTLED
    calm = [f"{value:g}" for value, settled, share in zip(s.gains, still, s.reactive_share[:, -1], strict=True)
            if settled and share < LOST]
    lost = [f"{value:g}" for value, share in zip(s.gains, s.reactive_share[:, -1], strict=True) if share >= LOST]
    yield (f"Cuts set the spiral off. It has settled (reactive share within {SETTLED:g} point over the last {SETTLED_YEARS} "
           "years, below "
           f"{LOST:g}%) from a gain of {', '.join(calm) or 'none of these'}; reactive demand takes {LOST:g}% or more of spend from "
           f"{', '.join(lost) or 'none of these'}: the gain grows as planned spend shrinks, so that it can pass one on the "
           "way. The model "
           "stays bounded: outcomes stay in [0, 1], and what cannot be paid is recorded as a shortfall.\n")
    yield "![The spiral from several gains](images/structure-spiral.png)\n"


def _grain(found: Structure) -> Iterator[str]:
    grain = found.grain
    yield "## Number of neighbourhoods\n"
    yield (f"Joint commissioning with 1 to all neighbourhoods (small areas), {grain.runs} runs each, last year of ten. "
           "Difference from the "
           "finest with its 95% interval; bold where the interval leaves zero out.\n")
    for place in grain.places:
        rows = [
            (_metric(metric), shown(grain.level[place, grain.levels[-1]][metric]),
             *(marked(grain.difference[place, level][metric]) for level in grain.levels[:-1]))
            for metric in METRICS
        ]
        yield f"{place}:\n"
        yield from table(("metric", "finest", *(f"{level} less finest" for level in grain.levels[:-1])), rows)
    yield ("Inequality is between cohorts, so that it grows with the number of neighbourhoods by its meaning: compare it only "
           "between runs "
           "with the same number.\n")
    yield "![Number of clusters](images/structure-clusters.png)\n"


def _steps(found: Structure) -> Iterator[str]:
    yield "## Length of a step\n"
    yield ("The step cannot be set: quarters stand in rules and constants. Time is stretched instead: a quarter becomes "
           "several steps, the "
           "path of cuts is repeated, and parameters are rescaled:\n")
    yield from (f"- {', '.join(f'`{name}`' for name in names)}, and the speeds of outcomes: {rule}." if "redesign_rate" in names
                else f"- {', '.join(f'`{name}`' for name in names)}: {rule}." for rule, names in RESCALED.items())
    yield "\nNot rescaled: " + "; ".join(KEPT) + f". The set-up lag is {LAG:g} quarters on both sides.\n"
    for step in found.steps:
        yield f"`{step.scenario}`, {step.steps} steps a quarter, {step.runs} seeds in each of {', '.join(found.places)}:\n"
        rows = [
            (_metric(name), shown(step.quarter[name]), shown(step.fine[name]),
             marked(one),
             f"{100.0 * one.mean / step.quarter[name].mean:+.1f}%".replace("-", "−") if step.quarter[name].mean else "–")
            for name, one in step.difference.items() if not without_value(name, scenarios.load(step.scenario))
        ]
        yield from table(("metric", "quarters", "finer steps", "difference (95% interval)", "of the mean"), rows)


def _network(found: Structure) -> Iterator[str]:
    t = found.topology
    yield "## Partnership network at the start\n"
    yield (f"{t.runs} seeds in each of {', '.join(t.places)}, last year of ten. Difference from core-periphery on the same "
           "seeds with its "
           "95% interval; bold where it leaves zero out.\n")
    for scenario in NETWORKED:
        rows = []
        for name in NETWORK_METRICS:
            cells = [t.difference[scenario, topology, name] for topology in TOPOLOGIES if topology != "core_periphery"]
            rows.append((_metric(name), shown(t.level[scenario, name]), *map(marked, cells)))
        yield f"`{scenario}`:\n"
        others = [topology.replace("_", " ") for topology in TOPOLOGIES if topology != "core_periphery"]
        yield from table(("metric", "core periphery", *others), rows)
    yield "![Topologies](images/structure-network.png)\n"


def _rankings(found: Structure) -> Iterator[str]:
    yield "## Replicates for a stable ranking of the ten arrangements\n"
    yield (f"Resamples of {found.rankings[0].runs} seeds, on which all arrangements were run, against the ranking by all of "
           "them. Stable: the "
           f"same arrangement first in {STABLE:.0%} of resamples, and a Kendall tau of at least {TAU:g} in as many.\n")
    tried = REPLICATES[: len(found.rankings[0].tau)]
    most = tried[-1]
    rows: list[tuple[str, ...]] = []
    for one in found.rankings:
        close = "; ".join(f"{a} and {b}" for a, b in one.close) or "none"
        needed = f"{one.needed}" if one.needed else f"more than {most}"
        agreement = (f"{one.tau[-1][0]:.2f}", f"{one.same[-1]:.0%}")
        rows.append((one.place, REGISTRY[one.metric].label, one.order[0], needed, *agreement, close))
    yield from table(("place", "by", "first", "replicates for a stable ranking", f"tau with {most} (5% point)",
                       f"whole order the same with {most}", "neighbours within error of each other"), rows)
    rows = []
    for one in found.rankings:
        cells = [f"{mean:.2f}, {best:.0%}" for (_, mean), best in zip(one.tau, one.best, strict=True)]
        rows.append((one.place, REGISTRY[one.metric].label, *cells))
    yield "Mean tau and share of resamples with the same arrangement first, by number of replicates:\n"
    yield from table(("place", "by", *map(str, tried)), rows)
    yield "![Stability of rankings](images/structure-rankings.png)\n"


def markdown(found: Structure) -> str:
    """The whole page."""
    head = ["# Structural checks\n", "This file is written by `totalplace structure --out docs`. Default parameters unless said.\n"]
    return "\n".join([*head, *_gain(found), *_grain(found), *_steps(found), *_network(found), *_rankings(found)]).rstrip() + "\n"


def write(found: Structure, folder: Path) -> list[Path]:
    """Write ``structure.md`` and ``images/structure-*.png`` in ``folder``, each whole; raises InputError, DrawingFailed."""
    return write_page(folder, PAGE, markdown(found), lambda: figures(found))
