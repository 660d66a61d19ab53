"""The gallery: twelve questions, each with its commands, its figure and the sentences that answer it (``docs/gallery.md``).

``python -m tools.renew --only gallery`` runs every command in an empty folder, keeps a small copy of one figure, and writes the
answers from what the commands wrote: medians with the band that holds 90% of the runs, or means where the figure has means.
Nothing of an answer is typed by hand.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from tools.questions import filled
from totalplace.sim.results.compare import clearly, difference
from totalplace.sim.results.run import BAND
from totalplace.sim.results.wording import amount, count, is_percentage, listing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.report.read_results import Results
    from totalplace.sim.results.run import Ensemble

#: Width of the pictures in pixels, and how many colours they keep.
WIDTH: Final = 1000
COLOURS: Final = 256
PICTURES: Final = "images/gallery"
#: The sweep that a reader saves before running it.
SWEEP: Final = """\
title: Which arrangement holds up in Kent
arrangements: [silo, joint-commissioning, mandated-pooling, single-pot]
places: [Kent]
levers: {clawback: range, encouragement: range}
uncertainties: prior
design: {kind: latin-hypercube, samples: 100}
metrics: [net_saving, wellbeing]
every: last
"""
#: What is written into the sheet of the made-up council: the row, and the figure in it.
SHEET: Final = {"People, all ages": "300000", "Adult social care": "170000"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A question of the gallery.

    ``commands`` run one after the other in one folder, ``figure`` is what they drew there, ``shows`` says what it shows, and
    ``say`` makes the answer from that folder and from what the last command printed. ``file`` is the name and text of a file that
    a reader saves first; ``between`` is done after the first command.
    """

    commands: tuple[str, ...]
    figure: str
    shows: str
    say: Callable[[Path, str], str]
    file: tuple[str, str] | None = None
    between: Callable[[Path], None] | None = None


def _read(folder: Path) -> Results:
    from totalplace.sim.report.read_results import read_results

    return read_results(folder / "results")


def _band(values: NDArray[np.float64], unit: str, *, signed: bool = False) -> str:
    """A median with the band that holds 90% of the runs."""
    low, middle, high = np.quantile(values, (BAND[0], 0.5, BAND[1])).tolist()
    return _told(middle, low, high, unit, signed=signed)


def _told(middle: float, low: float, high: float, unit: str, *, signed: bool = False) -> str:
    """A figure with the ends of its band. A difference in a percentage is in points."""
    told = [amount(value, unit, brief=True, signed=signed) for value in (middle, low, high)]
    return f"{told[0]}{' points' if signed and is_percentage(unit) else ''} ({told[1]} to {told[2]})"


#: What stands before scenarios whose difference is clear, by its sign, or is not.
_SIDES: Final = {1: "clearly more with", -1: "clearly less with", 0: "no clear difference with"}


def _against(found: Results, metric: str, per: str = "") -> str:
    """What each scenario does to a metric against the baseline: those that are clear first, then those that are not."""
    known = found.baseline.known_metrics[metric]
    sides: dict[int, list[str]] = {sign: [] for sign in _SIDES}
    for one in found.ensembles:
        if one is not found.baseline:
            gap = difference(one, found.baseline, metric)
            sides[clearly(gap)].append(f"{one.scenario.name}, {_band(gap, known.unit, signed=True)}")
    parts = "; ".join(f"{_SIDES[sign]} {' and '.join(own)}" for sign, own in sides.items() if own)
    return f"{known.label[0].upper()}{known.label[1:]}{per}, against {found.baseline.scenario.name}: {parts}."


def _beside(found: Results) -> str:
    """Which scenarios have money from outside the budgets of the place, whose it is, with a blank before it; empty for none."""
    from totalplace.sim.results.who_gains import beside_words

    told = [beside_words(one, found.baseline) for one in found.ensembles if one is not found.baseline]
    return "".join(f" {words}" for words in told if words)


def _which_arrangement(folder: Path, _: str) -> str:
    found = _read(folder)
    return f"{_against(found, 'net_saving', ' a year')}{_beside(found)}"


def _who_pays(folder: Path, _: str) -> str:
    """The pair of two different agencies between which most money moves, and who gains and pays most on balance.

    Means over the runs, as the figure and the report have them: parts of a mean add up to its total, which medians do not.
    """
    from totalplace.sim.results.deals import agency_label
    from totalplace.sim.results.who_gains import net_gain

    (found,) = _read(folder).ensembles
    between, net = found.gains * ~np.eye(found.gains.shape[1], dtype=bool), net_gain(found)
    middle = between.mean(axis=0)
    pays, gains = np.unravel_index(int(middle.argmax()), middle.shape)
    order = net.mean(axis=0).argsort()
    label = [agency_label(name, found.words) for name in found.agency_names]
    ends = {word: f"{label[at]}, {_mean_band(net[:, at], signed=True)}{'' if clearly(net[:, at]) else ', which is not clear'}"
            for word, at in (("gains", order[-1]), ("pays", order[0]))}
    return (f"Figures are means of the runs, with the band of 90% of the runs. Most passes from {label[pays]} to {label[gains]}. "
            f"What the first spends is worth {_mean_band(between[:, pays, gains])} to the second over the run. On balance the one "
            f"that gains most is {ends['gains']}. The one that pays most is {ends['pays']}.")


def _mean_band(values: NDArray[np.float64], *, signed: bool = False) -> str:
    """A mean in £m with the band that holds 90% of the runs."""
    low, high = np.quantile(values, BAND).tolist()
    return _told(float(values.mean()), low, high, "£m", signed=signed)


def _why_not(folder: Path, _: str) -> str:
    from totalplace.sim.results.deals import part_words
    from totalplace.sim.results.explain import percent, sentences

    (found,) = _read(folder).ensembles
    deals = found.deals_frame()
    reasons = deals.loc[deals["outcome"].astype(str) == "refused", "reason"].dropna().astype(str)
    shares = reasons.value_counts(normalize=True).head(3)
    parts = listing([f"{part_words(str(name))} ({percent(float(share))})" for name, share in shares.items()])
    return f"{sentences(found)[0]} What weighs most in refusals is {parts}."


def _who_is_better_off(folder: Path, _: str) -> str:
    """Against the baseline, the groups of people that gain most and least, and whether all gain clearly."""
    found = _read(folder)
    known, one = found.baseline.known_metrics, found.ensembles[-1]
    groups = [name for name in known if _is_of_a_group(name, one)]
    gaps = {name: difference(one, found.baseline, name) for name in groups}
    clear = [name for name in groups if clearly(gaps[name]) > 0]
    most, least = (choose(groups, key=lambda name: float(np.median(gaps[name]))) for choose in (max, min))
    told = {name: f"{_group(name)}, {_band(gaps[name], '0-1', signed=True)}" for name in (most, least)}
    return (f"In the last year wellbeing with {one.scenario.name} is clearly higher than with {found.baseline.scenario.name} for "
            f"{len(clear)} of {count(len(groups), 'group')} of people. On a scale of 0 to 1 the difference is largest for "
            f"{told[most]}, and smallest for {told[least]}.")


def _is_of_a_group(name: str, found: Ensemble) -> bool:
    from totalplace.scenarios.vocabulary import COHORT_KINDS

    return name.removeprefix("wellbeing_") in COHORT_KINDS and name != "wellbeing" and not np.isnan(found.at_end(name)).any()


def _group(metric: str) -> str:
    return metric.removeprefix("wellbeing_").replace("_", " ")


def _which_part(folder: Path, _: str) -> str:
    """The ingredients in order of what they add, those whose band includes zero told apart."""
    import pandas as pd

    from totalplace.sim.analysis.decomposition.ingredients import WHOLE

    table = pd.read_parquet(folder / "results" / "ingredients.parquet")
    rows = table[table["metric"] == "net_saving"].sort_values("part", ascending=False).to_dict("records")
    told = {str(row["ingredient"]): _told(row["part"], row["part_low"], row["part_high"], "£m", signed=True) for row in rows}
    clear = [str(row["ingredient"]) for row in rows if row["part_low"] * row["part_high"] > 0 and row["ingredient"] != WHOLE]
    rest = [name for name in told if name not in (*clear, WHOLE)]
    named = " and ".join(f"{name}, {told[name]}" for name in clear)
    parts = f"Clear parts of it are {named}." if clear else "No part of it is clear."
    left = f" The bands of {listing(rest)} include zero." if rest else ""
    return f"The single pot adds {told[WHOLE]} a year on average over the runs. {parts}{left}"


def _what_if(folder: Path, _: str) -> str:
    import pandas as pd

    table = pd.read_csv(folder / "results" / "differences.csv").set_index("metric")
    parts = []
    for name in ("pooled_share", "net_saving", "mean_trust"):
        row = table.loc[name]
        sure = "not clear" if row["clear"] == "no" else f"clearly {row['clear']}"
        told = _told(row["difference"], row["difference_p05"], row["difference_p95"], str(row["unit"]), signed=True)
        parts.append(f"{row['label']} {told}, {sure}")
    return f"In the last year the change makes this difference: {'; '.join(parts)}."


def _instrument(folder: Path, _: str) -> str:
    found = _read(folder)
    return f"{_against(found, 'section_75_share')} {_against(found, 'net_saving', ' a year')}{_beside(found)}"


def _settlement(folder: Path, _: str) -> str:
    found = _read(folder)
    return f"{_against(found, 'pooled_share')} {_against(found, 'net_saving', ' a year')}{_beside(found)}"


def _where(folder: Path, _: str) -> str:
    import pandas as pd

    table = pd.read_parquet(folder / "results" / "ranking.parquet")
    first, last = table.iloc[0], table.iloc[-1]
    told = [f"{row['place']}, {_told(row['value'], row['value_low'], row['value_high'], '£')}" for row in (first, last)]
    alike = int((table["apart_from_first"] == "no").sum())
    ranks = f"{int(first['rank_low'])} and {int(first['rank_high'])}"
    return (f"Of {count(len(table), 'place')}, a single pot frees most a head and year in {told[0]}, and least in {told[1]}. "
            f"But {alike:,} of the other places cannot be told apart from the first. In nine runs of ten {first['place']} itself "
            f"ranks between {ranks}.")


def _two_eras(folder: Path, _: str) -> str:
    """The sentence after the question, which is the answer."""
    return str(json.loads((folder / "results" / "manifest.json").read_text("utf-8"))["sentences"][1])


def _holds_up(folder: Path, _: str) -> str:
    import pandas as pd

    table = pd.read_parquet(folder / "answer" / "criteria.parquet")
    first = table.loc[table["regret_most"].idxmin()]
    others = [f"{row['alternative']} up to {amount(float(row['regret_most']), '£m')}" for row in table.to_dict("records")
              if row["alternative"] != first["alternative"]]
    draws = SWEEP.partition("samples: ")[2].partition("}")[0]
    return (f"Over {draws} draws from the whole ranges, {first['alternative']} saves most in {100 * first['best']:.0f}%. In its "
            f"worst draw it {_saves(float(first['worst']))}. Another choice would have cost, in the worst draw: "
            f"{listing(others)} a year.")


def _saves(value: float) -> str:
    """What a net saving in £m a year is: a saving, or a cost."""
    size = f"{amount(abs(value), '£m')} a year"
    return f"saves {size}" if value >= 0.0 else f"costs {size} more than it frees"


def _own_place(_: Path, printed: str) -> str:
    """How many things are wrong, and what is said of the slip."""
    wrong = re.findall(r"^wrong +(.*)$", printed, re.MULTILINE)
    row = next(name for name in SHEET if not name.startswith("People"))
    slip = next((line for line in wrong if line.startswith(row)), None)
    if slip is None:
        raise RuntimeError(f"places check finds nothing wrong with '{row}'")
    return f"Yes. The check finds {count(len(wrong), 'thing')} wrong and ends with code 1. Of the slip it says: *{slip}*"


def _fill_in(folder: Path) -> None:
    """Write the figures of the made-up council into its sheet."""
    path = folder / "my-place.csv"
    text = path.read_text("utf-8-sig")
    for row, figure in SHEET.items():
        quoted = f'"{row}"' if "," in row else row
        text, done = re.subn(rf"^({re.escape(quoted)}),[^,\n]*", rf"\g<1>,{figure}", text, flags=re.MULTILINE)
        if done != 1:
            raise RuntimeError(f"the sheet has no row '{row}'")
    path.write_text(text, "utf-8")


#: The questions by the name of their block in the page.
GALLERY: Final = {
    "which-arrangement": Entry(
        ("totalplace compare silo joint-commissioning mandated-pooling single-pot --baseline silo --place Leeds --runs 100 "
         "--out results",),
        "results/figures/differences.png", "Differences from the silo in the key measures, with bands", _which_arrangement,
    ),
    "who-pays": Entry(
        ("totalplace run single-pot --place Sheffield --runs 100 --out results", "totalplace report results"),
        "results/figures/who-pays-who-gains.png", "Matrix of the agencies that pay against the agencies that gain", _who_pays,
    ),
    "why-not": Entry(
        ("totalplace explain joint-commissioning --place Manchester --runs 100 --out results",),
        "results/figures/refusals.png", "Reasons for refusal by agency", _why_not,
    ),
    "who-is-better-off": Entry(
        ("totalplace compare silo single-pot --baseline silo --place Knowsley --runs 100 --out results",
         "totalplace figures results outcomes-by-cohort"),
        "results/figures/outcomes-by-cohort.png", "Difference from the silo in wellbeing by group of people", _who_is_better_off,
    ),
    "which-part": Entry(
        ("totalplace compare joint-commissioning single-pot --place Leeds --runs 40 --decompose net_saving --by ingredients "
         "--metric pooled_share --metric wellbeing --out results",),
        "results/figures/ingredients.png", "What each ingredient adds to pooled share, net saving and wellbeing", _which_part,
    ),
    "what-if": Entry(
        ("totalplace branch joint-commissioning --at 2014-04 --then levers.clawback=0 --place Leeds --runs 100 --out results",),
        "results/figures/over-time.png", "Measures over time with the change and without it", _what_if,
    ),
    "better-care-fund": Entry(
        ("totalplace compare today better-care-fund-2025 --baseline today --place Leeds --runs 100 --metric section_75_share "
         "--metric net_saving --out results",),
        "results/figures/arrangements.png", "Measures over time with the minimum and without it", _instrument,
    ),
    "integrated-settlement": Entry(
        ("totalplace compare today integrated-settlement single-pot-today --baseline today --place Manchester --runs 100 "
         "--out results",),
        "results/figures/differences.png", "Differences from today in the key measures, with bands", _settlement,
    ),
    "where": Entry(
        ("totalplace rank single-pot-today --per head --runs 40 --out results",),
        "results/figures/map.png", "Map of England: net saving a head by place", _where,
    ),
    "two-eras": Entry(
        ("totalplace eras single-pot --place Bradford --runs 100 --out results",),
        "results/figures/eras.png", "Effects on the budgets of 2010-11 beside those of 2024-25", _two_eras,
    ),
    "holds-up": Entry(
        ("totalplace sweep run holds-up.yaml --out sweep", "totalplace analyse robust sweep --out answer"),
        "answer/figures/regret.png", "Regret of each arrangement over the draws", _holds_up, file=("holds-up.yaml", SWEEP),
    ),
    "own-place": Entry(
        ("totalplace places template --like Bristol --year 2024-25 --out my-place.csv", "totalplace places check my-place.csv"),
        "my-place-csv-check.png", "The made-up council beside three real places like it", _own_place, between=_fill_in,
    ),
}


def answer(name: str, pictures: Path | None = None) -> str:
    """The commands of a question, its figure and its answer, as Markdown; with ``pictures`` the figure is written there."""
    entry = GALLERY[name]
    with tempfile.TemporaryDirectory(prefix="totalplace-gallery-") as made, contextlib.chdir(made):
        folder = Path(made)
        if entry.file:
            (folder / entry.file[0]).write_text(entry.file[1], "utf-8")
        printed = ""
        for number, command in enumerate(entry.commands):
            printed = _run(shlex.split(command)[1:])
            if entry.between and not number:
                entry.between(folder)
        if pictures:
            shrink(folder / entry.figure, pictures / f"{name}.png")
        return "\n".join(_markdown(name, entry, entry.say(folder, printed)))


def _markdown(name: str, entry: Entry, said: str) -> Iterator[str]:
    if entry.file:
        yield from (f"Save this as `{entry.file[0]}`:", "", "```yaml", entry.file[1].rstrip(), "```", "")
    yield from ("```", *map(shown, entry.commands), "```", "", filled(said), "", f"![{entry.shows}]({PICTURES}/{name}.png)")


def shown(command: str) -> str:
    """A command as the page has it: long ones go on in a second line."""
    if len(command) <= 120:
        return command
    cut = command.rindex(" --", 0, 118)
    return f"{command[:cut]} \\\n   {command[cut:]}"


def _run(words: Sequence[str]) -> str:
    """What a command prints. Raises RuntimeError where it fails; a check that finds something wrong is no failure."""
    from totalplace.sim.cli import exit_code

    with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.redirect_stderr(io.StringIO()) as errors:
        code = exit_code(list(words))
    if code and not (code == 1 and words[:2] == ["places", "check"]):
        raise RuntimeError(f"totalplace {shlex.join(words)} ended with {code}: {errors.getvalue()}")
    return said.getvalue()


def shrink(source: Path, target: Path) -> None:
    """Write a picture small: so wide at most, in few colours."""
    from PIL import Image

    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as picture:
        plain = picture.convert("RGB")
        if plain.width > WIDTH:
            plain = plain.resize((WIDTH, round(plain.height * WIDTH / plain.width)), Image.Resampling.LANCZOS)
        plain.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def tables(pictures: Path | None = None) -> dict[str, Callable[[], str]]:
    """The generated blocks of the page by name."""
    return {name: partial(answer, name, pictures) for name in GALLERY}
