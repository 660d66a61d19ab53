"""The answers of the page *Questions of today*: each is what the command beside its question finds.

``python -m tools.renew --only questions`` runs every command, reads what it wrote, and puts the answers into the page: medians of
the last year with the band that holds 90% of the runs. Nothing of an answer is typed by hand.
"""

from __future__ import annotations

import contextlib
import io
import shlex
import tempfile
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.indicators import INDICATORS
from totalplace.sim.results.compare import clearly, difference
from totalplace.sim.results.run import BAND, Ensemble
from totalplace.sim.results.setting import place_words
from totalplace.sim.results.wording import amount, listing, unit_name

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.report.read_results import Results

#: What answers show where a question names nothing else.
USUAL: Final = ("pooled_share", "local_control_share", "net_saving", "wellbeing")
#: Notes that every scenario of another year has.
_USUAL_NOTES: Final = ("the run starts in", "the budget path is")


@dataclass(frozen=True, slots=True)
class Question:
    """A question: what a reader asks, and the metrics of its answer."""

    asked: str
    metrics: tuple[str, ...] = USUAL

    @property
    def command(self) -> str:
        """The command that a reader pastes, which prints these metrics: two eras have their own."""
        if shlex.split(self.asked)[1] == "eras":
            return self.asked
        return " ".join((self.asked, *(f"--metric {name}" for name in self.metrics)))

    @property
    def shown(self) -> str:
        """The command as the page has it: the metrics in a line of their own."""
        asked, flag, metrics = self.command.partition(" --metric ")
        return f"{asked} \\\n   {flag}{metrics}" if flag else asked


#: The questions by the name of their block in the page.
QUESTIONS: Final = {
    "better-care-fund": Question(
        "totalplace compare today better-care-fund-2025 --baseline today --place Leeds --runs 100",
        ("section_75_share", "pooled_share", "net_saving", "emergency_admissions"),
    ),
    "section-75": Question(
        "totalplace compare today section-75 exceptional-support --baseline today --place Croydon --runs 100",
        ("section_75_share", "net_saving", "net_saving_cumulative", "exceptional_debt", "wellbeing"),
    ),
    "neighbourhood-health": Question(
        "totalplace compare section-75 neighbourhood-health neighbourhood-health-admitted --baseline section-75 --place Barnsley "
        "--runs 100",
        ("section_75_share", "mean_trust", "net_saving", "emergency_admissions"),
    ),
    "integrated-settlement": Question(
        "totalplace compare today integrated-settlement single-pot-today --baseline today --place Manchester --runs 100",
        ("pooled_share", "beside_budgets", "net_saving", "wellbeing"),
    ),
    "place-budget-pilot": Question(
        "totalplace compare today place-budget-pilot --baseline today --place Liverpool --runs 100",
        ("pooled_share", "net_saving", "reactive_share", "looked_after_children"),
    ),
    "boards-halved": Question(
        "totalplace compare today boards-halved --set arrangement=joint-commissioning --baseline today --place Leeds --runs 100",
        ("pooled_share", "net_saving", "running_cost_saved", "reorganisation_cost", "wellbeing"),
    ),
    "police-to-mayor": Question(
        "totalplace compare today police-to-mayor --set arrangement=board-political --baseline today --place Nottingham --runs 100",
        ("ceded_police", "pooled_share", "mean_trust", "net_saving"),
    ),
    "reorganisation": Question(
        "totalplace compare today reorganisation --set arrangement=joint-commissioning --baseline today --place Kent --runs 100",
        ("pooled_share", "mean_trust", "net_saving", "net_saving_cumulative", "reorganisation_cost"),
    ),
    "multi-year-settlement": Question(
        "totalplace compare today multi-year-settlement --set arrangement=joint-commissioning --baseline today --place Birmingham "
        "--runs 100",
        ("pooled_share", "net_saving", "funding_gap", "wellbeing"),
    ),
    "then-and-now": Question("totalplace eras single-pot joint-commissioning --place Manchester --runs 100"),
}


def answer(name: str) -> str:
    """The command of a question and what it finds, as Markdown."""
    asked = QUESTIONS[name]
    words = shlex.split(asked.command)[1:]
    with tempfile.TemporaryDirectory(prefix="totalplace-question-") as made:
        out = Path(made) / "results"
        _run([*words, "--out", str(out), *(["--figures", "none"] if words[0] == "compare" else [])])
        lines = _of_eras(out, asked.metrics) if words[0] == "eras" else _of_results(out, asked.metrics)
        return "\n".join(("```", asked.shown, "```", "", *lines))


def _run(words: list[str]) -> None:
    from totalplace.sim.cli import exit_code

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as said:
        code = exit_code(words)
    if code:
        raise RuntimeError(f"totalplace {shlex.join(words)} ended with {code}: {said.getvalue()}")


def _of_results(folder: Path, metrics: tuple[str, ...]) -> Iterator[str]:
    """The table of a comparison: the level of the baseline, then differences from it; which are clear; notes on the place."""
    from totalplace.sim.report.read_results import read_results

    found = read_results(folder)
    base, known = found.baseline, found.baseline.known_metrics
    others = [one for one in found.ensembles if one is not base]
    heads = [", ".join(filter(None, (known[name].label, unit_name(known[name].unit)))) for name in metrics]
    yield from _table(["", *heads], [
        [f"{base.scenario.name} (level)", *(_cell(base.at_end(name), known[name]) for name in metrics)],
        *([f"{one.scenario.name} (difference)", *(_gap(found, one, name) for name in metrics)] for one in others),
    ])
    yield ""
    yield filled(f"{place_words(base)}, {base.period}, {base.runs} runs. {_clear_words(found, others, metrics)}")
    notes = dict.fromkeys(note for one in found.ensembles for note in one.scenario.notes if not note.startswith(_USUAL_NOTES))
    for note in notes:
        yield ""
        yield filled(f"*{note[0].upper()}{note[1:]}.*")


def _gap(found: Results, one: Ensemble, name: str) -> str:
    return _cell(difference(one, found.baseline, name), found.baseline.known_metrics[name], signed=True)


def _cell(values: np.ndarray, metric: Metric, *, signed: bool = False) -> str:
    """Median and 90% band, of counts in whole numbers; a dash where some run has no value."""
    if np.isnan(values).any():
        return "–"
    ends = np.quantile(values, (BAND[0], 0.5, BAND[1]))
    if metric.name in INDICATORS and INDICATORS[metric.name].count:
        low, middle, high = (_whole(round(value), signed) for value in ends.tolist())
    else:
        low, middle, high = (amount(value, metric.unit, brief=True, signed=signed) for value in ends.tolist())
    return middle if low == high == middle else f"{middle} ({low} to {high})"


def _whole(number: int, signed: bool) -> str:
    return f"{number:{'+' if signed and number else ''},}".replace("-", "\u2212")


def _clear_words(found: Results, others: list[Ensemble], metrics: tuple[str, ...]) -> str:
    """Which differences are clear: their band lies on one side of zero."""
    known, said = found.baseline.known_metrics, []
    for one in others:
        gaps = {name: difference(one, found.baseline, name) for name in metrics}
        clear = [known[name].label for name, gap in gaps.items() if not np.isnan(gap).any() and clearly(gap)]
        said.append(f"{one.scenario.name}: {listing(clear) or 'none'}")
    return f"Clear, with the band on one side of zero: {'; '.join(said)}."


def _of_eras(folder: Path, metrics: tuple[str, ...]) -> Iterator[str]:
    """The table of two eras: differences from the baseline of each year, and what changed between them."""
    import json

    import pandas as pd

    from totalplace.sim.model.metrics import METRICS

    effects: pd.DataFrame = pd.read_parquet(folder / "effects.parquet")
    said = json.loads((folder / "manifest.json").read_text("utf-8"))
    labels = [METRICS[name].label for name in metrics]
    shown = [row for row in effects.to_dict("records") if row["metric"] in labels and not str(row["unit"]).startswith("£m")]
    rows = []
    for row in shown:
        unit = "£" if str(row["unit"]).startswith("£") else str(row["unit"])
        ends = [[amount(float(row[f"{word}{end}"]), unit, brief=True, signed=True) for end in ("", "_low", "_high")]
                for word in ("then", "now")]
        rows.append([str(row["scenario"]), f"{row['metric']}, {row['unit']}", *(f"{a} ({b} to {c})" for a, b, c in ends)])
    yield from _table(["", "difference from the silo of the same year in", *_years(said["source"])], rows)
    yield ""
    changed = [one for one in said["sentences"] if one.startswith(("Money of the bodies", "Budgets in the last year", "Answers"))]
    yield filled(f"{said['source']}.")
    yield ""
    yield filled(" ".join(changed))


def filled(text: str) -> str:
    """A paragraph in lines of the length that our pages have."""
    return textwrap.fill(text, 130, break_long_words=False, break_on_hyphens=False)


def _years(source: str) -> list[str]:
    """What stands over the columns of two eras: the first and the last month of each run."""
    return [part.rpartition(", ")[2] for part in source.partition(";")[0].split(", and ")]


def _table(heads: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def tables() -> dict[str, Callable[[], str]]:
    """The generated blocks of the page by name."""
    return {name: partial(answer, name) for name in QUESTIONS}
