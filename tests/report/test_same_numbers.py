"""The same number for the same thing wherever it stands: Python, command, CSV, XLSX, DOCX, HTML, figure and browser."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from rich.columns import Columns
from rich.console import Group
from rich.table import Table

import totalplace as tp
from tests.report.conftest import write_results
from tests.report.page_text import Page, cell
from totalplace.scenarios.indicators import INDICATORS
from totalplace.sim.browser.parts.difference_table import difference_cell
from totalplace.sim.browser.state.compare_setup import differences_csv
from totalplace.sim.cli.tables import comparison_tables
from totalplace.sim.figures import differences
from totalplace.sim.model.metrics import METRICS, Metric
from totalplace.sim.report.content import Listing, Report, Sheet, upper
from totalplace.sim.report.document import document
from totalplace.sim.report.html_page import page
from totalplace.sim.report.workbook import HEAD_ROW, sheet_name, workbook
from totalplace.sim.report.write import report
from totalplace.sim.results.compare import compare, difference, shared_draws
from totalplace.sim.results.natural_units import change
from totalplace.sim.results.plain import MOST_SAID, in_short, plain
from totalplace.sim.results.run import KEY_METRICS, Ensemble
from totalplace.sim.results.spreadsheets import csv_bytes
from totalplace.sim.results.wording import amount, unit_scale

ARRANGEMENTS = (
    "silo", "lsp", "board-political", "board-officer", "joint-commissioning", "outcome-partnership", "neighbourhood", "prototype",
    "mandated-pooling", "single-pot",
)
PLACES = ("Rutland", "Hartlepool", "Darlington", "Torbay", "Halton", "Bracknell Forest", "Southend-on-Sea", "Hackney")
#: Six times six scenarios drawn at random, each with five against the first: thirty comparisons.
ROUNDS, SCENARIOS = 6, 6


class Compared(NamedTuple):
    """Ensembles drawn at random, the first of which is the baseline, and all that is written of them."""

    ensembles: list[Ensemble]
    truth: pd.DataFrame
    content: Report
    html: Page
    tables: dict[str, list[list[str]]]
    book: Any


@pytest.fixture(scope="module", params=range(ROUNDS))
def compared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    rng = np.random.default_rng([20261127, request.param])
    names = [str(name) for name in rng.permutation(ARRANGEMENTS)[:SCENARIOS]]
    place, seed = str(rng.choice(PLACES)), int(rng.integers(1, 1000))
    quarters, runs = (int(number) for number in rng.integers(2, 9, size=2))
    settings = ["uncertainties=prior"] if rng.random() < 0.5 else ["uncertainties=default"]
    scenarios = [tp.load(name, place=place, quarters=quarters, set=settings) for name in names]
    ensembles = [tp.ensemble(scenario, runs=runs, first_seed=seed) for scenario in scenarios]
    content = report(write_results(tmp_path_factory.mktemp("same") / "results", ensembles, names[0]))
    undrawn = dict.fromkeys(content.pictures, "not drawn here")
    made = docx.Document(io.BytesIO(document(content, {}, undrawn, "report")))
    listings = [table for section in content.sections for table in section.tables]
    tables = {one.name: [[entry.text for entry in row.cells] for row in grid.rows]
              for one, grid in zip(listings, made.tables, strict=True)}
    book = openpyxl.load_workbook(io.BytesIO(workbook(content, "report")))
    return Compared(ensembles, compare(ensembles, names[0]), content, Page(page(content, {}, undrawn, "", "report")), tables, book)


def listing_of(content: Report, name: str) -> Listing:
    return next(table for section in content.sections for table in section.tables if table.name == name)


def sheet_of(book: Any, content: Report, name: str) -> pd.DataFrame:
    """A sheet as a table, its columns by their place."""
    sheet = book[sheet_name(content, listing_of(content, name))]
    return pd.DataFrame(list(sheet.iter_rows(min_row=HEAD_ROW + 1, values_only=True)))


def read(content: bytes) -> pd.DataFrame:
    """A CSV file, its numbers to the bit."""
    return pd.read_csv(io.BytesIO(content), encoding="utf-8-sig")


def equal(found: pd.Series[Any], truth: pd.Series[Any]) -> bool:
    """Whether two columns of numbers are the same to the bit, nothing being where there is no number."""
    return np.array_equal(found.to_numpy(np.float64, na_value=np.nan), truth.to_numpy(np.float64), equal_nan=True)


def row_of(truth: pd.DataFrame, scenario: str, metric: str) -> Any:
    return truth[(truth["scenario"] == scenario) & (truth["metric"] == metric)].iloc[0]


def in_words(row: Any, name: str, metric: Metric, *, signed: bool = False) -> tuple[str, str, str]:
    """A number of a comparison and the ends of its band as a reader sees them."""
    middle, low, high = (amount(float(row[f"{name}{end}"]), metric.unit, brief=True, signed=signed) for end in ("", "_p05", "_p95"))
    return middle, low, high


def shown(middle: str, low: str, high: str, text: str) -> bool:
    """Whether a cell shows a number and its band; a Monte Carlo error may stand between."""
    if middle == "–":
        return text == "–"
    return text.split(" ")[0] == middle and text.endswith(f"({low} to {high})")


def pairs(one: Compared) -> Iterator[tuple[str, Metric, Any]]:
    for ensemble in one.ensembles[1:]:
        for name in KEY_METRICS:
            yield ensemble.scenario.name, METRICS[name], row_of(one.truth, ensemble.scenario.name, name)


def test_thirty_comparisons_are_made() -> None:
    assert ROUNDS * (SCENARIOS - 1) == 30


def test_files_hold_the_numbers_of_python_to_the_bit(compared: Compared) -> None:
    frame = listing_of(compared.content, "headline").frame
    assert frame is not None
    csv = read(csv_bytes(frame))
    browser = read(differences_csv(compared.ensembles))
    assert len(csv) == len(browser) == len(compared.truth)
    for name in compared.truth.columns:
        truth = compared.truth[name]
        if truth.dtype.kind == "f":
            assert equal(csv[name], truth), name
            assert equal(browser[name], truth), name


def test_the_sheet_of_all_metrics_holds_the_numbers_of_python_to_the_bit(compared: Compared) -> None:
    listing = listing_of(compared.content, "headline")
    assert isinstance(listing.sheet, Sheet)
    sheet, columns = sheet_of(compared.book, compared.content, "headline"), listing.sheet.columns
    named = next(number for number, column in enumerate(columns) if column.heading == "name in files")
    checked = 0
    for number, column in enumerate(columns):
        scenario, _, name = column.name.partition(":")
        if name:
            truth = compared.truth[compared.truth["scenario"] == scenario].set_index("metric")[name]
            assert equal(sheet[number], truth.loc[list(sheet[named])].reset_index(drop=True)), column.name
            checked += 1
    assert checked == 3 * SCENARIOS + 4 * (SCENARIOS - 1)
    left_out = set(compared.truth["metric"]) - set(sheet[named])
    assert compared.truth[compared.truth["metric"].isin(left_out)]["level"].isna().all()
    assert not sheet.map(lambda entry: isinstance(entry, str) and entry.replace(".", "", 1).isdigit()).any().any()


def test_every_sheet_of_a_metric_holds_its_level_and_difference(compared: Compared) -> None:
    for name in KEY_METRICS:
        listing = listing_of(compared.content, f"headline-{name}")
        assert listing.numbers is not None
        sheet = sheet_of(compared.book, compared.content, listing.name)
        for column in ("level", "level_p05", "level_p95", "difference", "difference_p05", "difference_p95"):
            truth = compared.truth[compared.truth["metric"] == name][column]
            assert equal(sheet[list(listing.numbers.columns).index(column)], truth), (name, column)


def test_page_and_document_say_what_python_says(compared: Compared) -> None:
    for scenario, metric, row in pairs(compared):
        listing = listing_of(compared.content, f"headline-{metric.name}")
        page_rows = {line[0]: [cell(text) for text in line] for line in compared.html.tables[listing.title][1:]}
        document_rows = {line[0]: [cell(text) for text in line] for line in compared.tables[listing.name][1:]}
        assert page_rows == document_rows
        level, gap = page_rows[scenario][1:3]
        assert shown(*in_words(row, "level", metric), level), (scenario, metric.name, level)
        assert shown(*in_words(row, "difference", metric, signed=True), gap), (scenario, metric.name, gap)


def test_the_command_says_what_python_says(compared: Compared) -> None:
    metrics = [METRICS[name] for name in KEY_METRICS]
    found = {str(table.title): table for table in tables_in(comparison_tables(compared.ensembles, compared.ensembles[0], metrics))}
    for scenario, metric, row in pairs(compared):
        table = next(one for title, one in found.items() if title.startswith(f"{upper(metric.label)} in the last year"))
        columns = [list(column.cells) for column in table.columns]
        said = [str(column[columns[0].index(scenario)]) for column in columns]
        middle, low, high = in_words(row, "difference", metric, signed=True)
        assert said[1] == in_words(row, "level", metric)[0]
        assert said[2].split(" ")[0] == middle
        assert said[3] == ("–" if middle == "–" else f"{low} to {high}")


def tables_in(part: Any) -> Iterator[Table]:
    if isinstance(part, Table):
        yield part
    elif isinstance(part, Group | Columns):
        for inner in part.renderables:
            yield from tables_in(inner)


def test_the_plain_answer_is_the_same_everywhere_and_has_the_numbers_of_the_table(compared: Compared) -> None:
    base, said = compared.ensembles[0], plain(compared.ensembles, compared.ensembles[0])
    assert tp.answer(compared.ensembles).sentences == said.sentences
    printed = str(comparison_tables(compared.ensembles, base, [METRICS["net_saving"]]).renderables[0])
    short = in_short(compared.ensembles, base)
    assert printed.startswith("\n".join(short.sentences))
    assert ("A report of these runs says more" in printed) == (short != said)
    assert compared.content.lead == said.asked
    assert compared.content.summary == short.sentences[1:]
    assert set(compared.content.summary) <= set(said.sentences)
    text = " ".join(compared.html.text.split())
    assert [words for words in said.sentences if cell(" ".join(words.split())) not in cell(text)] == []
    others = compared.ensembles[1:]
    sentences = [words for words in said.money if "in the tables" not in words]
    told = {words: [one for one in others if f" {one.scenario.name} " in words] for words in sentences}
    assert len(told) == min(len(others), MOST_SAID)
    for words, (ensemble, *_) in told.items():
        row = row_of(compared.truth, ensemble.scenario.name, "net_saving")
        middle, low, high = in_words(row, "difference", METRICS["net_saving"], signed=True)
        assert "no more and no less" in words or (middle in words and f"{low} to {high}" in words), words


def test_outcomes_in_natural_units_are_the_same_in_file_sheet_page_and_command(compared: Compared) -> None:
    listing = listing_of(compared.content, "natural-units")
    frame = listing.frame
    assert frame is not None
    csv, sheet = read(csv_bytes(frame)), sheet_of(compared.book, compared.content, "natural-units")
    page_rows = {line[0]: [cell(text) for text in line] for line in compared.html.tables[listing.title][1:]}
    for place, one in enumerate(compared.ensembles[1:], start=3):
        for name in INDICATORS:
            gap = difference(one, compared.ensembles[0], name)
            of = (frame["scenario"] == one.scenario.name) & (frame["indicator"] == name)
            truth = float(np.median(gap))
            assert float(csv.loc[of.to_numpy(), "difference"].iloc[0]) == truth
            assert float(sheet.loc[of.to_numpy(), list(frame.columns).index("difference")].iloc[0]) == truth
            assert page_rows[upper(INDICATORS[name].label)][place] == cell(change(one, compared.ensembles[0], name))


def test_the_browser_says_what_python_says(compared: Compared) -> None:
    base, others = compared.ensembles[0], {one.scenario.name: one for one in compared.ensembles[1:]}
    for scenario, metric, row in pairs(compared):
        other = others[scenario]
        said = difference_cell(difference(other, base, metric.name), metric, shared_draws(other, base))
        middle, low, high = in_words(row, "difference", metric, signed=True)
        assert said.value == middle
        assert middle == "–" or said.below[0] == f"({low} to {high})"


def test_the_figure_draws_what_python_says_and_its_file_holds_it(compared: Compared) -> None:
    figure = differences(compared.ensembles, compared.ensembles[0])
    assert figure.data is not None
    held = read(csv_bytes(figure.data))
    names = [one.scenario.name for one in compared.ensembles[1:]]
    panels: list[Any] = [axes for axes in figure.axes if axes.get_visible()]
    for scenario, metric, row in pairs(compared):
        line = held[(held["scenario"] == scenario) & (held["metric"] == metric.name)].iloc[0]
        truth = [float(row[f"difference{end}"]) for end in ("", "_p05", "_p95")]
        assert np.array_equal([float(line[f"difference{end}"]) for end in ("", "_p05", "_p95")], truth, equal_nan=True)
        axes = panels[KEY_METRICS.index(metric.name)]
        drawn = next(one for one in axes.lines if list(one.get_ydata()) == [names.index(scenario)] * 3)
        middle, low, high = (value * unit_scale(metric.unit) for value in truth)
        np.testing.assert_allclose(np.asarray(drawn.get_xdata(), dtype=np.float64), [low, middle, high], rtol=1e-12, atol=1e-12)


def test_a_folder_says_what_the_runs_say(compared: Compared, tmp_path: Path) -> None:
    """Nothing is lost on the way to the disk: the report is of the folder, the truth of the runs."""
    frame = listing_of(compared.content, "headline").frame
    assert frame is not None
    pd.testing.assert_frame_equal(frame, compared.truth, check_exact=True)
