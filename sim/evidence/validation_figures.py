"""The figures of the validation report."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.fact_runs import MANDATE
from totalplace.sim.evidence.facts import NOT, PARTLY, REPRODUCED, Floats
from totalplace.sim.evidence.lever_signs import MAIN_METRICS, TRIALS
from totalplace.sim.evidence.measures import ceding_change
from totalplace.sim.evidence.validation import DECIDES, Measured, Validation, interval
from totalplace.sim.figures.style import SMALL, Chart, Look, dress, look, own_style, plain
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.results.run import BAND

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from totalplace.scenarios.lever_trials import Trial

#: Colour and marker of the draws of the verdict and of the prior; verdicts are also in words.
_OWN: Final = look(2)
_PRIOR: Final = look(7)
_RANGE: Final = "#cfe8dc"
_VERDICT: Final = {REPRODUCED: look(3).colour, PARTLY: "#9a6a00", NOT: look(4).colour}
#: The colour of an effect is full at a mean of this many standard deviations of the paired differences.
_FULL_SCALE: Final = 6.0
#: Most parameters in a figure: more and their names run into each other.
MOST_SHOWN: Final = 20


def figures(found: Validation) -> dict[str, Figure]:
    """Every figure by the end of its file name."""
    return {"facts": facts_figure(found), "paths": paths(found), "parameters": parameters(found), "levers": levers(found)}


def _places(found: Validation) -> str:
    return f"{len(found.places)} places, {found.runs} draws"


def _spread(axes: Axes, row: int, values: Floats, style: Look, most: float) -> None:
    low, middle, high = (min(value, most) if value == value else np.nan for value in interval(values))
    axes.plot([low, high], [row, row], color=style.colour, linewidth=2.2, solid_capstyle="butt")
    axes.plot([middle], [row], color=style.colour, marker="o", markersize=5)


def _criterion(axes: Axes, number: int, one: Measured) -> None:
    """Published range in the background; model above, prior draws below."""
    criterion = one.criterion
    known = [interval(v)[i] for v in (one.values, one.prior) for i in range(3)]
    known += [b for b in (criterion.low, criterion.high, criterion.central or 0.0) if np.isfinite(b)]
    finite = [value for value in known if np.isfinite(value)]
    margin = 0.06 * (max(finite) - min(finite)) or 1.0
    most = 15.0 if criterion.unit == "years" else max(finite)
    least, most = min(finite) - margin, most + margin
    axes.axvspan(max(criterion.low, least), min(criterion.high, most), color=_RANGE, linewidth=0)
    if criterion.central is not None:
        axes.axvline(criterion.central, color=look(3).colour, linewidth=1.4, linestyle=(0, (4, 2)))
    _spread(axes, 0, one.values, _OWN, most)
    _spread(axes, 1, one.prior, _PRIOR, most)
    axes.set_xlim(least, most)
    axes.set_ylim(1.7, -0.7)
    axes.set_yticks([])
    plain(axes, grid="x")
    axes.spines["left"].set_visible(False)
    words = "\n".join(textwrap.wrap(f"{number}. {criterion.label}", 44))
    axes.set_title(words, fontsize=SMALL, loc="left")
    axes.set_xlabel(criterion.unit, fontsize=SMALL, labelpad=2)
    verdict = {REPRODUCED: "met", PARTLY: "half met", NOT: "missed"}[one.verdict]
    axes.annotate(verdict, (1.0, 0.0), xytext=(0, -15), xycoords="axes fraction", textcoords="offset points", ha="right", va="top",
                  fontsize=SMALL, fontweight="bold", color=_VERDICT[one.verdict])


@own_style()
def facts_figure(found: Validation) -> Figure:
    """One panel a criterion: published range, median and 90% of the draws, and of the prior draws."""
    measured = [(finding.fact.number, one) for finding in found.findings for one in finding.measured]
    columns = 4
    lines = -(-len(measured) // columns)
    figure = Chart(13.0, 1.55 * lines + 1.0)
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes, (number, one) in zip(panels, measured, strict=False):
        _criterion(axes, number, one)
    for axes in panels[len(measured):]:
        axes.set_visible(False)
    words = (f"{_places(found)}. Green: published range; dashed: published value. Dot and bar: median and 90% of the draws, "
             f"blue with {found.draw} parameters, grey over the prior ranges. A pay-back that never comes is drawn at the "
             "right edge.")
    dress(figure, "Published facts and the model", words)
    return figure


def _band(axes: Axes, x: Any, values: Any, number: int, name: str, dashes: Any = "solid") -> None:
    style = look(number)
    low, middle, high = np.nanquantile(values, (BAND[0], 0.5, BAND[1]), axis=0)
    axes.fill_between(x, low, high, color=style.colour, alpha=0.15, linewidth=0)
    axes.plot(x, middle, color=style.colour, linestyle=dashes, linewidth=1.6, label=name)


@own_style()
def paths(found: Validation) -> Figure:
    """Paths over time behind facts 1, 2, 6 and 11: median and 90% of the draws."""
    o = found.observed
    figure = Chart(10.5, 6.6)
    one, two, six, eleven = figure.subplots(2, 2).ravel()
    years = 2010.75 + 0.25 * np.arange(40)
    health = np.array([place.spend[:, 0].sum() for place in o.places])
    one.axhspan(1.0, 6.0, color=_RANGE, linewidth=0)
    lines = [place.nhs + place.social_care for place in o.places]
    board = o("lsp_no_cuts", "pooled_share_health_and_care")
    _band(one, years, np.average(o("joint_no_cuts", "section_75_share"), axis=1, weights=lines), 2, "joint commissioning")
    _band(one, years, np.average(board, axis=1, weights=health), 4, "partnership board, of the theme", "dashed")
    one.set_title("1. Pooled by council and NHS, of all NHS\nand social care money, no cuts (%)", fontsize=SMALL + 0.5, loc="left")
    two.axhspan(1.2, 1.6, color=_RANGE, linewidth=0)
    pooled, floor = (o(s, "pooled_budget").sum(axis=1)[:, MANDATE:] for s in ("bcf", "bcf_floor"))
    _band(two, years[MANDATE:], pooled / floor, 2, "Better Care Fund")
    two.set_title("2. Pooled over the mandated minimum\n(ratio, from the start of the mandate)", fontsize=SMALL + 0.5, loc="left")
    reactive = np.array([place.reactive[1].sum() for place in o.places])
    effect = 100.0 * (o("health", "demand") / o("silo", "demand") - 1.0)
    _band(six, years, np.average(effect, axis=1, weights=reactive), 2, "pooled health and care")
    six.set_title("6. Reactive demand on the NHS\nagainst silo (%)", fontsize=SMALL + 0.5, loc="left")
    for number, trust, name, dashes in ((4, "distrust", "trust 0.3", "dashed"), (2, "trust", "trust 0.7", "solid")):
        _band(eleven, years, ceding_change(o, trust), number, name, dashes)
    eleven.axhline(0.0, color="#444444", linewidth=0.8)
    title = "11. Ceded part of planned and common spend:\ncuts twice as deep less no cuts (points)"
    eleven.set_title(title, fontsize=SMALL + 0.5, loc="left")
    for axes in (one, two, six, eleven):
        plain(axes)
        axes.margins(x=0.01)
        axes.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
        axes.legend(fontsize=SMALL, frameon=False, loc="best")
    dress(figure, "Paths behind four facts", f"{_places(found)}. Line: median of the draws; band: 90%. Green: published range.")
    return figure


def _grid(axes: Axes, values: Floats, rows: list[str], columns: list[str], limit: float, upright: bool = False) -> object:
    image = axes.imshow(values, cmap="RdBu", vmin=-limit, vmax=limit, aspect="auto")
    axes.set_xticks(range(len(columns)), columns, fontsize=SMALL)
    for name in axes.get_xticklabels():
        name.set(**({"rotation": 90} if upright else {"rotation": 40, "ha": "right", "rotation_mode": "anchor"}))
    axes.set_yticks(range(len(rows)), rows, fontsize=SMALL)
    axes.set_xticks(np.arange(-0.5, len(columns)), minor=True)
    axes.set_yticks(np.arange(-0.5, len(rows)), minor=True)
    axes.grid(which="minor", color="white", linewidth=1.0)
    axes.tick_params(which="both", length=0)
    for side in axes.spines.values():
        side.set_visible(False)
    return image


def _text(axes: Axes, x: int, y: int, words: str, strength: float, **options: object) -> None:
    axes.text(x, y, words, ha="center", va="center", fontsize=SMALL - 1.0, color="white" if strength > 0.6 else "black", **options)  # type: ignore[arg-type]


@own_style()
def parameters(found: Validation) -> Figure:
    """Rank correlation with each measure over the prior draws of the parameters that matter most, at most ``MOST_SHOWN``."""
    measured = [(finding.fact.number, one) for finding in found.findings for one in finding.measured]
    values = np.stack([one.correlations for _, one in measured])
    limit = max(DECIDES / np.sqrt(max(1, len(measured[0][1].prior) - 1)), 0.2)
    strongest = np.nan_to_num(np.abs(values)).max(axis=0)
    deciding = int((strongest > limit).sum())
    kept = np.sort(np.argsort(-strongest, kind="stable")[: min(deciding, MOST_SHOWN)])
    names = ["\n".join(textwrap.wrap(list(PARAMETERS.values())[i].named, 30)) for i in kept]
    figure = Chart(0.46 * max(len(names), 8) + 4.2, 0.27 * len(measured) + 3.4)
    axes = figure.subplots()
    rows = [f"{number}. {one.criterion.measure.replace('_', ' ')}" for number, one in measured]
    _grid(axes, values[:, kept], rows, names, 1.0, upright=True)
    for y in range(len(rows)):
        for x, i in enumerate(kept):
            if abs(values[y, i]) > limit:
                _text(axes, x, y, f"{values[y, i]:.1f}".replace("-", "−").replace("0.", "."), abs(values[y, i]))
    words = (f"Spearman's rank correlation over {len(measured[0][1].prior)} prior draws in {len(found.places)} places. "
             f"Blue: the measure rises with the parameter; red: it falls. Numbers: correlations beyond ±{limit:.2f}. "
             + (f"Shown are the {len(kept)} strongest of {deciding} parameters with any." if deciding > len(kept) else ""))
    dress(figure, "Which parameters decide each criterion", words)
    return figure


def _tried(trial: Trial, more: bool) -> str:
    """The name of a trial; with its scenario and values where its lever has more trials than one."""
    apart = [f"{trial.scenario} {trial.low} to {trial.high}"] if more else []
    return "\n".join([trial.lever.replace("_", " "), " · ".join([*apart, *trial.setting.split(", ")[1:]])]).rstrip()


@own_style()
def levers(found: Validation) -> Figure:
    """Mean paired difference of every lever on every main metric, in standard deviations of the pairs' difference."""
    own = {(push.trial.lever, push.trial.setting, push.metric): push for push in found.signs}
    figure = Chart(8.6, 0.34 * len(TRIALS) + 2.6)
    axes = figure.subplots()
    runs = found.sign_runs * len(found.places)
    pushes = [[own[trial.lever, trial.setting, metric] for metric in MAIN_METRICS] for trial in TRIALS]
    shown = np.array([[p.mean / (p.error * np.sqrt(runs)) if p.sign else 0.0 for p in row] for row in pushes])
    often = Counter(t.lever for t in TRIALS)
    names = [_tried(t, often[t.lever] > 1) for t in TRIALS]
    _grid(axes, shown, names, [METRICS[m].label for m in MAIN_METRICS], _FULL_SCALE)
    for y in range(len(TRIALS)):
        for x in range(len(MAIN_METRICS)):
            push = pushes[y][x]
            mark = {"as expected": " ✓", "wrong": " wrong", "no effect": " none"}.get(push.verdict, "")
            strength = min(1.0, abs(shown[y, x]) / _FULL_SCALE)
            _text(axes, x, y, f"{'+' if push.sign > 0 else '−' if push.sign < 0 else '0'}{mark}", strength,
                  fontweight="bold" if push.verdict in ("wrong", "no effect") else "normal")
    words = (f"{runs} pairs on the same seeds in {len(found.places)} places, high less low value of the lever, last year of ten. "
             f"Colour: mean over standard deviation of the differences (full at {_FULL_SCALE:g}); blue raises, red lowers. "
             "✓ sign as the model description implies; wrong: the opposite; none: implied, but within error.")
    dress(figure, "Sign of every lever on every main metric", words)
    return figure


