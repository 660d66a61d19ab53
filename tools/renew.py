"""Update all that follows from a change of rules, values or defaults, and say what changed: ``make renew``.

``python -m tools.renew`` does each step that is out of date, in order; ``--list`` shows them and why each would be done;
``--only NAME`` does one, whether or not it is out of date; ``--why REASON`` is written into the change log where results change.
``--as-made`` does nothing and takes what is there as made from what there is now: after a change that cannot have changed it, such
as moved files. Makes no calibration, which takes hours and is a decision: ``totalplace calibrate``.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import math
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tools import baseline, documentation, gallery, headline, questions, rows, schemas, source_reading, then_and_now
from tools.renewal import (
    FAILED,
    Outcome,
    Record,
    RenewalError,
    Step,
    chosen,
    code_files,
    digest_of,
    files_digest,
    listed,
    renewed,
)
from totalplace import agents, scenarios, sim
from totalplace.scenarios import lever_responses as lever_responses_expected
from totalplace.scenarios import places, posterior
from totalplace.sim import analysis, figures
from totalplace.sim.analysis import eras
from totalplace.sim.engine import ensemble
from totalplace.sim.evidence import (
    ablations,
    fact_runs,
    facts,
    former_measures,
    held_out,
    lever_responses,
    lever_responses_page,
    lever_signs,
    markdown_page,
    measures,
    measures_by_place,
    measuring,
    neighbourhoods_won,
    null_models,
    numbers_in_words,
    panel,
    structure,
    survival,
    trade_off,
    trade_off_figure,
    trade_off_page,
    validation,
    validation_figures,
    validation_page,
    validation_words,
)
from totalplace.sim.evidence.model_digest import model_digest
from totalplace.sim.evidence.panel import tables as panel_tables
from totalplace.sim.results import compare

ROOT: Final = source_reading.ROOT
RECORD: Final = ROOT / "tools" / "renewed.json"
#: Draws behind the page of ablations.
ABLATION_RUNS: Final = "20"
#: Draws over the prior behind the page of the trade-off.
TRADE_OFF_RUNS: Final = "4000"
#: Draws of the posterior behind the page of what survives, and its data.
SURVIVAL_RUNS: Final = "200"
SURVIVAL_WORDS: Final = tuple(sorted(Path(survival.__file__ or "").parent.glob("*.yaml")))
#: Draws in each place behind the page of levers.
LEVER_RUNS: Final = "50"
README_PICTURE: Final = ROOT / "docs" / "images" / "arrangements.png"
DIFFERENCES_PICTURE: Final = ROOT / "docs" / "images" / "differences.png"


def _of(*modules: Any) -> Callable[[], str]:
    return lambda: files_digest(code_files(*modules), ROOT)


def _of_files(*paths: Path) -> Callable[[], str]:
    return lambda: files_digest([path for path in paths if path.exists()], ROOT)


def _blocks(path: Path) -> bytes:
    """The generated parts of a page, the whole of a picture."""
    return documentation.generated(path.read_text("utf-8")).encode() if path.suffix == ".md" else path.read_bytes()


def _write_rows() -> None:
    rows.WRITTEN.write_text(rows.source(), "utf-8")


def _write_documents(paths: Iterable[Path]) -> None:
    for path in paths:
        path.write_text(documentation.rewritten(path.read_text("utf-8"), documentation.DOCUMENTS[path]), "utf-8")


def write_baseline(why: str) -> None:
    """Keep the results of default runs, where one differs. Raises RenewalError where one does and no reason is given."""
    found = baseline.results()
    before = baseline.kept()[1] if baseline.FILE.exists() else {}
    different = baseline.differences(before, found)
    if different and not why:
        raise RenewalError(f"{len(different)} numbers of default runs change, the first: {different[0]}. "
                           'Say why: make renew WHY="..."')
    if different:
        baseline.write(why, found)


def _write_headline(pages: Iterable[Path]) -> None:
    _write_documents(pages)
    headline.draw_matrix(DIFFERENCES_PICTURE)


def _command(words: Sequence[str]) -> None:
    from totalplace.sim.cli import exit_code

    with contextlib.redirect_stdout(io.StringIO()):  # what the command says is in what it writes
        code = exit_code(list(words))
    if code:
        raise RenewalError(f"totalplace {' '.join(words)} ended with {code}")


def picture_command(out: str) -> tuple[str, ...]:
    """The command behind the picture of the README, which is that of ``make run``."""
    return ("compare", *headline.ARRANGEMENTS, "--baseline", headline.ARRANGEMENTS[0], "--place", "Birmingham", "--year", "2010-11",
            "--runs", str(headline.PICTURE_RUNS), "--seed", "1", "--quarters", "40", "--out", out, "--force")


def _draw_picture() -> None:
    with tempfile.TemporaryDirectory(prefix="totalplace-picture-") as made:
        _command(picture_command(str(Path(made) / "results")))
        shutil.copyfile(Path(made) / "results" / "figures" / README_PICTURE.name, README_PICTURE)


def _write_gallery() -> None:
    page = documentation.GALLERY
    page.write_text(documentation.rewritten(page.read_text("utf-8"), gallery.tables(page.parent / gallery.PICTURES)), "utf-8")


def _gallery_files() -> list[Path]:
    page = documentation.GALLERY
    return [page, *(page.parent / gallery.PICTURES / f"{name}.png" for name in gallery.GALLERY)]


def _pictures(page: str) -> list[Path]:
    docs = ROOT / "docs"
    return [docs / page, *sorted((docs / "images").glob(f"{page.removesuffix('.md')}-*.png"))]


def _named_scenarios() -> str:
    """A digest of the shipped scenarios and arrangements, which the model alone does not have."""
    rooms = (ROOT / "scenarios" / name for name in ("named", "arrangements"))
    return files_digest([path for room in rooms for path in room.glob("*.yaml")], ROOT)


def _tables() -> str:
    return digest_of("\n".join(write() for write in documentation.TABLES.values()).encode())


#: What results come from. Results that are kept stand for all code that no one has listed: the step before sees to them.
_MODEL: Final[dict[str, Callable[[], str]]] = {
    "rules, values and data": model_digest, "how places are read": _of(places),
    "results that are kept": _of_files(baseline.FILE),
}


def steps(why: str = "") -> tuple[Step, ...]:
    """Every step in its order; ``why`` is the reason of a change of results."""
    odd, docs = documentation.ODD, str(ROOT / "docs")
    quoting = [documentation.README, documentation.TUTORIAL, documentation.THEN_AND_NOW]
    return (
        Step("rows", "classes of the rows of tables, for type checkers", {"columns": lambda: digest_of(rows.source().encode())},
             lambda: [rows.WRITTEN], _write_rows),
        Step("schemas", "JSON Schemas of the files that users write, for editors",
             {"fields, levers and parameters": lambda: digest_of("".join(map(schemas.text, schemas.SCHEMAS)).encode())},
             lambda: list(schemas.SCHEMAS), schemas.write),
        Step("baseline", "results of default runs that are kept", {
            "rules, values and data": model_digest, "code": _of(agents, scenarios, sim),
        }, lambda: [baseline.FILE], partial(write_baseline, why)),
        Step("tables", "tables of docs/odd.md", {"what they say": _tables}, lambda: [odd], partial(_write_documents, [odd]),
             _blocks),
        Step("validation", "docs/validation.md: published facts against the model; minutes", _MODEL | {
            "how facts are measured": _of(
                facts, former_measures, lever_signs, measures, measures_by_place, measuring, fact_runs, null_models, validation,
            ),
            "where, and against what": _of_files(held_out.FILE, *sorted(panel_tables.HERE.glob("*.csv"))),
            "how the page is written": _of(validation_figures, markdown_page, numbers_in_words, validation_page, validation_words),
            "posterior": _of_files(posterior.FILE),
        }, lambda: _pictures("validation.md"), lambda: _command(("validate", "--out", docs))),
        Step("ablations", "docs/ablations.md: published facts without one mechanism each; a minute", _MODEL | {
            "how facts are measured": _of(ablations, facts, measures, measures_by_place, measuring, fact_runs),
        }, lambda: [ROOT / "docs" / "ablations.md"],
             lambda: _command(("validate", "--ablations", "--runs", ABLATION_RUNS, "--out", docs))),
        Step("trade-off", "docs/trade-off.md: voluntary pooling against the top-up; minutes", _MODEL | {
            "how facts are measured": _of(trade_off, facts, measures, measuring, fact_runs),
            "how the page is written": _of(trade_off_page, trade_off_figure, markdown_page),
        }, lambda: _pictures("trade-off.md"),
             lambda: _command(("validate", "--trade-off", "--runs", TRADE_OFF_RUNS, "--out", docs))),
        Step("survival", "docs/what-survives.md: which conclusions hold, and what decides; ten minutes", _MODEL | {
            "what is asked, played and written": _of(survival), "conclusions": _of_files(*SURVIVAL_WORDS),
            "how facts are measured": _of(ablations, facts, measures, fact_runs), "posterior": _of_files(posterior.FILE),
        }, lambda: _pictures("what-survives.md"),
             lambda: _command(("validate", "--survival", "--runs", SURVIVAL_RUNS, "--out", docs))),
        Step("levers", "docs/levers.md: what each lever does over the prior, and who pays; two minutes", _MODEL | {
            "what is expected": _of_files(lever_responses_expected.PATH),
            "how levers are tried": _of(lever_responses, neighbourhoods_won, lever_signs, fact_runs),
            "how the page is written": _of(lever_responses_page, markdown_page),
        }, lambda: _pictures("levers.md"), lambda: _command(("validate", "--levers", "--runs", LEVER_RUNS, "--out", docs))),
        Step("panel", "docs/panel.md: spending and need of places, year by year; a minute", {
            "tables": _of_files(*sorted(panel_tables.HERE.glob("*.csv")), ROOT / "scenarios" / "places" / "gdp_deflator.csv"),
            "how it is estimated and written": _of(panel, markdown_page),
        }, lambda: _pictures("panel.md"), lambda: _command(("validate", "--panel", "--out", docs))),
        Step("structure", "docs/structure.md: structural checks; minutes", _MODEL | {"the checks": _of(structure)},
             lambda: _pictures("structure.md"), lambda: _command(("structure", "--out", docs))),
        Step("headline", "results and verdicts of the README, and what the tutorial quotes", _MODEL | {
            "how they are written": _of(headline, then_and_now, facts), "posterior": _of_files(posterior.FILE),
            "verdicts": _of_files(ROOT / "docs" / "validation.md"), "what survives": _of_files(ROOT / "docs" / "what-survives.md"),
        }, lambda: [*quoting, DIFFERENCES_PICTURE], lambda: _write_headline(quoting), _blocks),
        Step("questions", "answers of docs/how-to/questions-of-today.md; a minute", _MODEL | {
            "what is asked": _of(questions), "how eras are held side by side": _of(eras), "scenarios": _named_scenarios,
            "posterior": _of_files(posterior.FILE),
        }, lambda: [documentation.QUESTIONS], lambda: _write_documents([documentation.QUESTIONS]), _blocks),
        Step("gallery", "docs/gallery.md: twelve questions with figure and answer; two minutes", _MODEL | {
            "what is asked": _of(gallery), "how it is drawn": _of(figures, analysis), "scenarios": _named_scenarios,
            "posterior": _of_files(posterior.FILE),
        }, _gallery_files, _write_gallery, _blocks),
        Step("picture", "picture of the README", _MODEL | {
            "how it is drawn": _of(figures, compare, ensemble), "posterior": _of_files(posterior.FILE),
        }, lambda: [README_PICTURE], _draw_picture),
    )


def numbers_of(results: Mapping[str, Any]) -> dict[tuple[str, str, str], float]:
    """The kept results as numbers by scenario, metric or kind of negotiation, and when."""
    found: dict[tuple[str, str, str], float] = {}
    for name, run in results.items():
        found |= {(name, f"negotiations {outcome}", "all quarters"): float(count) for outcome, count in run["deals"].items()}
        for metric, values in run["metrics"].items():
            found |= {(name, metric, f"quarter {at}"): value for at, value in zip(baseline.QUARTERS, values, strict=True)}
    return found


def changed_results(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str, str, str]]:
    """Scenario, metric, quarter, old and new value of the last kept quarter in which each metric differs."""
    old, new = numbers_of(before), numbers_of(after)
    rows_found: dict[tuple[str, str], tuple[str, str, str, str, str]] = {}
    for key in dict.fromkeys([*old, *new]):
        one, other = old.get(key), new.get(key)
        if one is None or other is None or not math.isclose(one, other, rel_tol=baseline.RELATIVE, abs_tol=baseline.ABSOLUTE):
            rows_found[key[:2]] = (*key, _number(one), _number(other))
    return list(rows_found.values())


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.6g}"


def flipped(before: str, after: str) -> list[tuple[str, str, str]]:
    """Fact, old and new verdict of every fact whose verdict differs between two texts of ``docs/validation.md``."""
    old, new = headline.verdicts_of(before), headline.verdicts_of(after)
    none = ("", "none")
    return [
        (f"{number}. {(new.get(number) or old[number])[0]}", old.get(number, none)[1], new.get(number, none)[1])
        for number in sorted(old | new) if old.get(number, none)[1] != new.get(number, none)[1]
    ]


@dataclass(frozen=True, slots=True)
class Seen:
    """What is compared before and after: kept results and the page of verdicts."""

    results: Mapping[str, Any]
    verdicts: str

    @classmethod
    def now(cls) -> Seen:
        """What there is now."""
        page = ROOT / "docs" / "validation.md"
        return cls(baseline.kept()[1] if baseline.FILE.exists() else {}, page.read_text("utf-8") if page.exists() else "")


def said(outcomes: Sequence[Outcome], before: Seen, after: Seen) -> list[Table | str]:
    """What changed, for a screen: steps and files, results, verdicts."""
    parts: list[Table | str] = ["", _table(("step", "what became of it", "files that changed"), [
        (one.step.name, f"{one.state}: {one.error}" if one.error else one.state, "\n".join(map(_short, one.changed)))
        for one in outcomes
    ]), ""]
    if results := changed_results(before.results, after.results):
        parts += ["Results of default runs that differ, at the last kept quarter in which they do:",
                  _table(("scenario", "metric", "when", "before", "now"), results), ""]
    if verdicts := flipped(before.verdicts, after.verdicts):
        parts += ["Verdicts that flipped:", _table(("fact", "before", "now"), verdicts), ""]
    if not results:
        parts.append("No result of the default runs differs.")
    if not verdicts:
        parts.append("No verdict flipped.")
    if any(one.state == FAILED for one in outcomes):
        parts.append("A step failed: those after it were not done. Fix it and run make renew again; what is done stays done.")
    return parts


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


def _table(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(head, overflow="fold")
    for line in lines:
        table.add_row(*map(escape, line))
    return table


def main(given: Sequence[str], console: Console | None = None, made: Sequence[Step] | None = None) -> int:
    """Do what is asked for; 1 if a step failed, 2 if the call is wrong. ``made``: steps in place of those of the project."""
    parser = argparse.ArgumentParser(prog="python -m tools.renew", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--list", action="store_true", help="show the steps and why each would be done")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="do this step, out of date or not; repeatable")
    parser.add_argument("--why", default="", metavar="REASON", help="why results change, for the change log")
    parser.add_argument("--as-made", action="store_true", help="do nothing, and take what is there as made from what there is now")
    asked = parser.parse_args(given)
    screen = console or Console(width=None if sys.stdout.isatty() else 160, highlight=False)
    every = steps(" ".join(asked.why.split())) if made is None else made
    try:
        record, wanted = Record.read(RECORD), chosen(every, asked.only)
        if asked.list:
            screen.print(_table(("step", "what it makes", "why it would be made"), listed(wanted, record)))
            return 0
        if asked.as_made:
            for step in wanted:
                record.keep(step)
            screen.print(f"Taken as made: {', '.join(step.name for step in wanted)}.")
            return 0
    except RenewalError as error:
        screen.print(str(error), markup=False)
        return 2
    before = Seen.now()
    outcomes = list(renewed(wanted, record, lambda words: screen.print(words, markup=False), forced=bool(asked.only)))
    for part in said(outcomes, before, Seen.now()):
        screen.print(part, markup=False)
    return int(any(one.state == FAILED for one in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
