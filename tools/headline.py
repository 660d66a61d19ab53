"""The results in the README: an answer in words, ten arrangements in the default place, which of them differ, what to trust."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tools.questions import filled
from totalplace.sim.results.run import BAND
from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

#: Runs behind the answer and the tables; 500 sets of parameters, since two runs share one. The picture has those of ``make run``.
RUNS: Final = 1000
PICTURE_RUNS: Final = 100
#: What the README compares, the baseline first; the picture is of the same (``make run``).
ARRANGEMENTS: Final = (
    "silo", "lsp", "board-political", "board-officer", "joint-commissioning", "outcome-partnership", "neighbourhood", "prototype",
    "mandated-pooling", "single-pot",
)
#: Least and most that departments may pay into a single pot, as shares: the range in scenarios/arrangements/single-pot.yaml.
PAID_IN: Final = (0.1, 0.5)
#: Measures of the table: metric, words, decimals.
_COLUMNS: Final = (
    ("pooled_share", "pooled, % of spend", 1),
    ("local_control_share", "local control, % of place total", 1),
    ("duplication_removed", "duplication removed, £m a year", 1),
    ("net_saving", "net saving, £m a year", 1),
    ("wellbeing", "wellbeing, 0-1", 3),
    ("looked_after_children", "looked-after children (base estimated)", 0),
)
#: Measures by which arrangements are held against each other, with what stands over their panel.
_COMPARED: Final = {"pooled_share": "pooled share", "net_saving": "net saving", "wellbeing": "wellbeing"}
#: The arrangements of the answer in words: the baseline, one that departments give for, one that agencies join if they like.
_SILO, _JOINT, _POT = ARRANGEMENTS[0], "joint-commissioning", "single-pot"
#: The conclusions of the short table, in the words of ``docs/what-survives.md``: what a reader would ask first.
CONCLUSIONS: Final = (
    "A single pot saves money against silo",
    "A single pot frees less than 4% of what agencies spend",
    "A single pot raises wellbeing against silo",
    "Joint commissioning saves money against silo",
    "Joint commissioning raises wellbeing against silo",
    "Mandated pooling saves more than voluntary joint commissioning",
    "A single pot costs taxpayers less than silo",
    "A board of officers pools more than a board of politicians",
)
#: Colours of the matrix: clearly less, no clear difference, clearly more; and the sign in each, for print in black and white.
_MATRIX: Final = {-1: ("#D55E00", "−"), 0: ("#eeeeee", ""), 1: ("#0072B2", "+")}


@cache
def played() -> Mapping[str, Any]:
    """The runs of each arrangement by name, played once."""
    from totalplace import scenarios
    from totalplace.sim.engine.ensemble import ensemble

    return {name: ensemble(scenarios.load(name), runs=RUNS, first_seed=1) for name in ARRANGEMENTS}


def number(value: float, decimals: int) -> str:
    """A number with so many decimals, nothing as 0."""
    return f"{value:.{decimals}f}".replace("-", "−") if round(value, decimals) else "0"


def _cell(values: Any, decimals: int) -> str:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    if high - low < 0.5 * 10.0**-decimals:
        return number(middle, decimals)
    return f"{number(middle, decimals)} ({number(low, decimals)} to {number(high, decimals)})"


def results() -> tuple[tuple[str, ...], list[list[str]]]:
    """Head and rows of a table: medians of the last year with 90% of the runs in brackets."""
    rows = [[name, *(_cell(found.at_end(metric), decimals) for metric, _, decimals in _COLUMNS)]
            for name, found in played().items()]
    return ("arrangement", *(words for _, words, _ in _COLUMNS)), rows


def answer() -> str:
    """One answer in words: what a single pot saves against the silo, and what is beside it, each with its band."""
    found = played()
    saving, joint = (_gap(name, "net_saving") for name in (_POT, _JOINT))
    share = float(np.median(found[_POT].at_end("net_saving_share_of_spend")))
    years = found[_POT].quarters // 4
    return filled(
        f"**{found[_POT].place_name}, {found[_POT].period}. A single pot frees {_money(saving)} a year in year {years} "
        f"({_money_band(saving)}).** This is net of what the pot costs to set up and run. It comes to {_pounds(share)} that the "
        f"public bodies there spend on services. Joint commissioning, which no body has to join, frees {_money(joint)} "
        f"({_money_band(joint)}){_doubt(joint)}. With the pot {_people('looked_after_children')}, and mean wellbeing on a "
        f"scale of 0 to 1 {_wellbeing()}. All this is against the same place without joint work. Each figure is the median of "
        f"{found[_POT].runs:,} runs over the posterior (by chance and by what calibration leaves unknown), and the brackets hold "
        f"90% of them. More runs may move the median saving of the pot by "
        f"{_error(saving)}. {_paid_in()}")


def _paid_in() -> str:
    """What the pot frees where departments pay in the least and the most that is judged possible."""
    from totalplace.scenarios.vocabulary import DEPARTMENTS
    from totalplace.sim.engine.ensemble import ensemble

    found = played()[_POT]
    paid = dict(zip(DEPARTMENTS, found.scenario.levers["single_pot"], strict=True))
    told = []
    for share in PAID_IN:
        pot = found.scenario.with_settings([f"levers.single_pot.{name}={share:g}" for name, given in paid.items() if given])
        saving = float(np.median(ensemble(pot, runs=found.runs, first_seed=1).at_end("net_saving")))
        told.append(f"{_pounds_million(saving)} at {100.0 * share:.0f}%")
    return (f"It also rests on what departments pay in, which nobody published: {100.0 * max(paid.values()):.0f}% of what their "
            f"agencies plan to spend. The pot frees {' and '.join(told)}.")


def _error(values: NDArray[np.float64]) -> str:
    """How far the median of a difference from the baseline may be off by the number of runs, £m."""
    from totalplace.sim.results.compare import shared_draws
    from totalplace.sim.results.monte_carlo import quantile_interval

    interval = quantile_interval(values, draws=shared_draws(played()[_POT], played()[_SILO]))
    return _pounds_million(interval.half(float(np.median(values)))) if interval.known else "more than can be told"


def _gap(name: str, metric: str) -> NDArray[np.float64]:
    from totalplace.sim.results.compare import difference

    return difference(played()[name], played()[_SILO], metric)


def _ends(values: NDArray[np.float64]) -> tuple[float, float, float]:
    low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1])).tolist()
    return low, middle, high


def _money(values: NDArray[np.float64]) -> str:
    return _pounds_million(_ends(values)[1])


def _money_band(values: NDArray[np.float64]) -> str:
    low, _, high = _ends(values)
    return f"{_pounds_million(low)} to {_pounds_million(high)}"


def _pounds_million(value: float) -> str:
    """£m without places from £10m on, with one below."""
    text = f"{abs(value):.{0 if abs(value) >= 9.95 else 1}f}"
    return f"{'−' if value < 0 and float(text) else ''}£{text}m"


def _pounds(share: float) -> str:
    """A percentage of money as one pound in so many; as a percentage where it is nothing or less."""
    return f"one pound in every {100.0 / share:,.0f}" if share > 0 else f"{amount(share, '%')} of all"


def _doubt(values: NDArray[np.float64]) -> str:
    low, _, high = _ends(values)
    return ", or perhaps nothing" if low <= 0.0 <= high else ""


def _people(metric: str) -> str:
    """How many more or fewer people than in the silo, with the band, of an indicator that counts them."""
    from totalplace.scenarios.indicators import INDICATORS

    low, middle, high = _ends(_gap(_POT, metric))
    label = INDICATORS[metric].label
    if low <= 0.0 <= high:
        return f"the number of {label} does not clearly change"
    near, far = sorted((abs(low), abs(high)))
    return f"there are about {abs(middle):,.0f} ({near:,.0f} to {far:,.0f}) {'more' if middle > 0 else 'fewer'} {label}"


def _wellbeing() -> str:
    low, middle, high = _ends(_gap(_POT, "wellbeing"))
    if low <= 0.0 <= high:
        return "does not clearly change"
    near, far = sorted((abs(low), abs(high)))
    return f"is {abs(middle):.3f} ({near:.3f} to {far:.3f}) {'higher' if middle > 0 else 'lower'}"


def differences(metric: str) -> NDArray[np.int8]:
    """Whether each arrangement (rows) has clearly more, 1, or less, −1, of a metric in the last year than each other (columns).

    Clear: the 90% band of the paired differences lies on one side of zero. Zero is no clear difference.
    """
    from totalplace.sim.results.compare import clearly

    ends = [found.at_end(metric) for found in played().values()]
    return np.array([[0 if one is other else clearly(one - other) for other in ends] for one in ends], dtype=np.int8)


def matrix() -> Figure:
    """The picture of which arrangements differ: a triangle of pairs for each measure."""
    from totalplace.sim.figures.style import SMALL, Chart, own_style

    names = list(played())
    with own_style():
        figure = Chart(11.0, 5.2)
        panels = figure.subplots(1, len(_COMPARED), sharey=True)
        for axes, (metric, title) in zip(panels, _COMPARED.items(), strict=True):
            _triangle(axes, differences(metric))
            axes.set_xticks(range(len(names) - 1), names[:-1], rotation=90, fontsize=SMALL + 0.5)
            axes.set_title(title, fontsize=SMALL + 2, loc="left")
            axes.set_anchor("N")
        panels[0].set_yticks(range(1, len(names)), names[1:], fontsize=SMALL + 0.5)
        words = {1: "row has clearly more than column", -1: "row has clearly less",
                 0: "no clear difference: the 90% band over the posterior includes zero"}
        marks = [panels[0].scatter([], [], marker="s", s=70, color=_MATRIX[sign][0]) for sign in words]
        figure.legend(marks, words.values(), loc="outside lower center", ncols=3, frameon=False, fontsize=SMALL + 1)
    return figure


def _triangle(axes: Axes, signs: NDArray[np.int8]) -> None:
    """The pairs of one measure below the diagonal, each a square with a sign."""
    from totalplace.sim.figures.style import SMALL

    for row in range(1, len(signs)):
        for column in range(row):
            colour, sign = _MATRIX[int(signs[row, column])]
            axes.add_patch(_square(column, row, colour))
            axes.text(column, row, sign, ha="center", va="center", color="white", fontsize=SMALL + 1, fontweight="bold")
    axes.set_xlim(-0.5, len(signs) - 1.5)
    axes.set_ylim(len(signs) - 0.5, 0.5)
    axes.set_aspect("equal")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _square(column: int, row: int, colour: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.46, row - 0.46), 0.92, 0.92, facecolor=colour, linewidth=0)


def draw_matrix(path: Path) -> None:
    """Write the picture of which arrangements differ."""
    matrix().savefig(path, dpi=110)


def branch() -> str:
    """What the tutorial's branch says, as it is printed."""
    from totalplace.scenarios import load
    from totalplace.sim.analysis.branching.analysis import branch as play

    scenario = load("joint-commissioning", place="Manchester")
    found = play(scenario, "2011-04", ["levers.clawback=0", "levers.encouragement.health=0.5"], runs=50)
    return "\n".join(("```text", *found.sentences, *(f"Note: {one}" for one in found.warnings), "```"))


def uses() -> str:
    """How far the published facts are independent evidence, by how calibration and parameters used them, as one sentence."""
    from totalplace.sim.evidence.facts import USED_AS, by_use
    from totalplace.sim.results.wording import listing

    found = {use: len(own) for use, own in by_use().items()}
    return filled(f"Of {sum(found.values())} facts {listing([f'{number} {USED_AS[use]}' for use, number in found.items()])}.")


def verdicts() -> str:
    """The verdicts of the validation report as a Markdown list."""
    from tools.source_reading import ROOT

    found: dict[str, list[str]] = {}
    for number, (fact, verdict) in verdicts_of((ROOT / "docs" / "validation.md").read_text("utf-8")).items():
        found.setdefault(verdict, []).append(f"{fact[0].lower()}{fact[1:]} ({number})")
    lines = []
    for verdict in ("reproduced", "inside, not narrow", "partly", "missed", "listed"):
        if verdict in found:
            lines += textwrap.wrap(f"- {verdict}, {len(found[verdict])}: {'; '.join(found[verdict])}.", 120, subsequent_indent="  ")
    return "\n".join(lines)


def survival() -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Head and rows of the short table of what survives, from its page. Raises ValueError for a conclusion that is not there."""
    from tools.source_reading import ROOT
    from totalplace.sim.evidence.survival.page import PAGE, short

    head, *rows = short((ROOT / "docs" / PAGE).read_text("utf-8"))
    found = {row[0]: row for row in rows}
    if missing := [words for words in CONCLUSIONS if words not in found]:
        raise ValueError(f"docs/{PAGE} has no conclusion '{missing[0]}'")
    return head, [found[words] for words in CONCLUSIONS]


def verdicts_of(page: str) -> dict[int, tuple[str, str]]:
    """Fact and verdict by the number of the fact, in order, from the text of ``docs/validation.md``."""
    from totalplace.sim.evidence.facts import facts

    names = {fact.number: fact.name for fact in facts()}
    table = page.partition("## Verdicts")[2].partition("\n## ")[0]
    found = re.findall(r"^\| (\d+) \| .+? \| .+? \| \*\*(.+?)\*\* \|", table, re.MULTILINE)
    rows = sorted((int(number), verdict) for number, verdict in found)
    return {number: (names.get(number, f"fact {number}"), verdict) for number, verdict in rows}
