"""What a spreadsheet shows of numbers, and captions that stand alone where it has no brackets."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from totalplace.sim.report import report, write_report
from totalplace.sim.report.analyses import section_of
from totalplace.sim.report.columns import columns_of
from totalplace.sim.report.content import without_brackets
from totalplace.sim.report.sheet_cells import lines_of, width_of
from totalplace.sim.results.answers import Answer


def _shown(value: float, form: str) -> str:
    """A number as a spreadsheet shows it in one of our formats."""
    return f"{value:,.{len(form.partition('.')[2])}f}"


def test_numbers_of_no_unit_are_shown_with_a_few_figures_in_a_spreadsheet() -> None:
    table = pd.DataFrame({
        "alternative": ["a", "b"], "runs": [3, 4], "seed": [1234567, 2], "median": [11.07282514152, 3.7],
        "median_low": [8.3612345, 2.0], "median_high": [15.8, 7.1], "regret_mean": [0.0123456, 0.0],
        "regret_high": [1234.56789, 5.0], "best": [0.95432, 0.04],
    })
    columns = {one.name: one for one in columns_of(table)}
    shown = {name: [_shown(value, form) for value, form in zip(table[name], one.formats, strict=True)]
             for name, one in columns.items() if table[name].dtype.kind == "f"}
    assert shown["median"] == ["11.1", "3.7"]
    assert shown["median_low"] == ["8.4", "2.0"], "the ends of a band have the places of its middle"
    assert shown["regret_mean"] == ["0.0123", "0.0000"]
    assert shown["regret_high"] == ["1,235", "5"]
    assert "General" not in {form for name, one in columns.items() if name != "seed" for form in one.formats}
    assert columns["median_high"].heading == "median: upper end"
    assert columns["regret_high"].heading == "regret high", "it is no end of a band"


def test_a_caption_says_in_brackets_only_where_something_is() -> None:
    said = without_brackets("Median and, in brackets, 90% of the seeds. In brackets, the 95% interval.")
    assert said == "Median and 90% of the seeds. Lower and upper end: the 95% interval."
    bare = pd.DataFrame({"place": ["a"], "median": [1.0]})
    banded = bare.assign(median_low=[0.0], median_high=[2.0])
    answer = Answer(title="t", source="sweep s in a", tables={"one": bare, "two": banded}, units={"one": "£m"})
    one, two = section_of(answer, "robustness", "What holds up").tables
    assert one.title == "What holds up (£m): one"
    assert not one.bands
    assert "Median: over the states." in one.note
    assert "Regret" not in one.note
    assert two.bands == "In brackets, the band that holds 90% of the states."


def test_tables_of_what_holds_up_stand_alone_and_fit_in_a_workbook(swept: Path, tmp_path: Path) -> None:
    content = report(swept)
    tables = [table for section in content.sections if section.name == "robustness" for table in section.tables]
    assert len(tables) == 3
    for table in tables:
        said = str(content.caption(table))
        assert all(words in said for words in ("Hartlepool", "Rutland", "2010-10 to ", " states, "))
        assert "£m a year of resources" in said or (table.frame is not None and "unit" in table.frame), table.name
        assert table.note.startswith("A state is a place")
        for head in table.head:
            if head.lower() not in ("alternative", "place", "metric", "unit"):
                assert head.partition(" ")[0] in table.note, head
    book = openpyxl.load_workbook(write_report(swept, tmp_path / "sweep.xlsx"))
    for sheet in book:
        assert not [cell.coordinate for row in sheet.iter_rows() for cell in row
                    if isinstance(cell.value, float) and cell.number_format == "General"], sheet.title
        if sheet.title[0].isdigit():
            assert "in brackets" not in f"{sheet['A1'].value} {sheet['A2'].value}".lower(), sheet.title
            over = next((one.max_col for one in sheet.merged_cells.ranges if one.min_row == 1), 1)
            letters = sum(width_of(sheet, column) for column in range(1, over + 1)) / 1.12
            height: Any = sheet.row_dimensions[1].height
            assert height >= 14.0 * lines_of(str(sheet["A1"].value), letters), sheet.title
