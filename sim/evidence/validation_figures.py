"""The figures of the validation report."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.facts import NOT, REPRODUCED, WIDE, Floats, interval
from totalplace.sim.evidence.findings import DECIDES, Measured
from totalplace.sim.evidence.lever_signs import MAIN_METRICS, TRIALS
from totalplace.sim.evidence.validation import Validation
from totalplace.sim.figures.style import SMALL, Chart, Look, dress, look, own_style, plain
from totalplace.sim.model.metrics import METRICS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from totalplace.scenarios.lever_trials import Trial

#: Colour and marker of the draws of the verdict and of the prior; verdicts are also in words.
_OWN: Final = look(2)
_PRIOR: Final = look(7)
_RANGE: Final = "#cfe8dc"
_VERDICT: Final = {REPRODUCED: look(3).colour, WIDE: "#9a6a00", NOT: look(4).colour, "listed": "#555555"}
#: The colour of an effect is full at a mean of this many standard deviations of the paired differences.
_FULL_SCALE: Final = 6.0
#: Most parameters in a figure: more and their names run into each other.
MOST_SHOWN: Final = 20


def figures(found: Validation) -> dict[str, Figure]:
    """Every figure by the end of its file name."""
    return {"facts": facts_figure(found), "parameters": parameters(found), "levers": levers(found)}


def _places(found: Validation) -> str:
    return f"{len(found.places)} places, {found.runs} draws"


def _ends(one: Measured) -> tuple[float, float]:
    """The least and the most that the panel of a criterion shows: all but the farthest of the prior."""
    criterion = one.criterion
    shown = [*interval(one.values), *(np.clip(interval(one.prior), *_near(one)) if len(one.prior) else ())]
    shown += [end for end in (criterion.low, criterion.high, criterion.central) if end is not None]
    finite = [float(value) for value in shown if np.isfinite(value)]
    margin = 0.06 * (max(finite) - min(finite)) or 1.0
    return min(finite) - margin, max(finite) + margin


def _near(one: Measured) -> tuple[float, float]:
    """Ends beyond which the prior is cut off, so that the rest can be seen: three times as far as model and figure go."""
    known = [end for end in (*interval(one.values), one.criterion.low, one.criterion.high) if np.isfinite(end)]
    if one.criterion.central is not None:
        known.append(one.criterion.central)
    middle, reach = 0.5 * (max(known) + min(known)), 1.5 * (max(known) - min(known)) or 1.0
    return middle - reach, middle + reach


def _spread(axes: Axes, row: int, values: Floats, style: Look, ends: tuple[float, float]) -> None:
    low, middle, high = (float(np.clip(value, *ends)) if value == value else np.nan for value in interval(values))
    axes.plot([low, high], [row, row], color=style.colour, linewidth=2.2, solid_capstyle="butt")
    axes.plot([middle], [row], color=style.colour, marker="o", markersize=5)


def _published(axes: Axes, one: Measured, ends: tuple[float, float]) -> None:
    """The figure with nine cases of ten of its error, on a wash of what errors and discrepancy allow; or the range."""
    criterion = one.criterion
    axes.axvspan(max(criterion.low, ends[0]), min(criterion.high, ends[1]), color=_RANGE, linewidth=0)
    if criterion.central is None or criterion.observation is None:
        return
    reach = 1.645 * criterion.observation
    log = criterion.scale == "log"
    sides = (criterion.central * np.exp(-reach), criterion.central * np.exp(reach)) if log else (
        criterion.central - reach, criterion.central + reach)
    axes.plot(sides, [0, 0], color=look(3).colour, linewidth=2.2, solid_capstyle="butt")
    axes.plot([criterion.central], [0], color=look(3).colour, marker="D", markersize=5)


def _criterion(axes: Axes, number: int, one: Measured) -> None:
    """Published figure above, the prior and then the draws of the verdict below it."""
    criterion, ends = one.criterion, _ends(one)
    _published(axes, one, ends)
    if len(one.prior):
        _spread(axes, 1, one.prior, _PRIOR, ends)
    _spread(axes, 2, one.values, _OWN, ends)
    axes.set_xlim(*ends)
    axes.set_ylim(2.7, -0.7)
    axes.set_yticks([])
    plain(axes, grid="x")
    axes.spines["left"].set_visible(False)
    axes.set_title("\n".join(textwrap.wrap(f"{number}. {criterion.label}", 44)), fontsize=SMALL, loc="left")
    axes.set_xlabel(criterion.unit, fontsize=SMALL, labelpad=2)
    verdict = one.verdict or "listed"
    axes.annotate(verdict, (1.0, 0.0), xytext=(0, -15), xycoords="axes fraction", textcoords="offset points", ha="right", va="top",
                  fontsize=SMALL, fontweight="bold", color=_VERDICT[verdict])


@own_style()
def facts_figure(found: Validation) -> Figure:
    """One panel a criterion: published figure with its error, prior interval, interval of the draws of the verdict."""
    measured = [(finding.fact.number, one) for finding in found.findings for one in finding.measured if one.verdict]
    columns = 4
    lines = -(-len(measured) // columns)
    figure = Chart(13.0, 1.75 * lines + 1.0)
    panels = figure.subplots(lines, columns, squeeze=False).ravel()
    for axes, (number, one) in zip(panels, measured, strict=False):
        _criterion(axes, number, one)
    for axes in panels[len(measured):]:
        axes.set_visible(False)
    words = (f"{_places(found)}. Green diamond and bar: published figure and nine cases of ten of its error; wash: what that and "
             "the model's discrepancy allow, or the published range. Dot and bar: median and 90% of the draws, grey over the "
             f"prior, blue over the {found.draw if found.draw != 'default' else 'default values'}. What lies beyond a panel, or "
             "never comes, is drawn at its edge.")
    dress(figure, "Published figures and the model", words)
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
    measured = [(finding.fact.number, one) for finding in found.findings for one in finding.measured if one.verdict]
    values = np.stack([one.correlations for _, one in measured])
    limit = max(DECIDES / np.sqrt(max(1, len(measured[0][1].prior) - 1)), 0.2)
    strongest = np.nan_to_num(np.abs(values)).max(axis=0)
    deciding = int((strongest > limit).sum())
    kept = np.sort(np.argsort(-strongest, kind="stable")[: min(max(deciding, 1), MOST_SHOWN)])
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
    runs = found.sign_runs * len(found.sign_places)
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
    words = (f"{runs} pairs on the same seeds in {len(found.sign_places)} places, high less low value of the lever, last year of "
             f"ten. Colour: mean over standard deviation of the differences (full at {_FULL_SCALE:g}); blue raises, red lowers. "
             "✓ sign as the model description implies; wrong: the opposite; none: implied, but within error.")
    dress(figure, "Sign of every lever on every main metric", words)
    return figure


