"""Tables of a document: no number and no word is broken, and only what needs it stands on a page across."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import docx
import matplotlib
import pytest
from PIL import ImageFont

from totalplace.sim.report.content import Listing
from totalplace.sim.report.document_layout import PORTRAIT, _needs, is_wide, landscape, styled, table_of

BANDS = ("+0.0013 (+0.00004 to +0.0050)", "+0.0388 (−0.00003 to +0.0814)", "+£0.00004m (−£59,391m to +£59,391m)")
COHORTS = ("scenario", "Older people", "Complex families", "Children and young people", "Out of work", "Offenders and victims",
           "Everyone else")
TABLES = {
    "cohorts": Listing("cohorts", "Cohorts", COHORTS, (("joint-commissioning", *BANDS[:2] * 3), ("single-pot", *BANDS[:2] * 3))),
    "money": Listing("money", "Money", ("scenario", "last year", "difference"), (("single-pot", "£59,391m", BANDS[2]),)),
    "provenance": Listing("made", "How it was made", ("", ""), (("command", "compare " * 20), ("commit", "0" * 40)), words=2),
}


def wide(text: str) -> float:
    """The width of a text in the tables of a document, in cm, in the widest of usual fonts."""
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return float(ImageFont.truetype(str(path), 800).getlength(text)) / 100.0 * 2.54 / 72.0


@pytest.mark.parametrize("name", TABLES)
def test_no_number_and_no_word_is_broken(name: str) -> None:
    table = TABLES[name]
    made: Any = docx.Document()
    styled(made, None)
    if is_wide(table):
        landscape(made)
    table_of(made, table)
    for number, column in enumerate(made.tables[0].columns):
        room = column.width.cm - 0.38
        for row in table.rows:
            for part in row[number].replace("-", "- ").split():
                assert wide(part) <= room or len(part) > 26, (part, room)


def test_a_table_that_fits_on_an_upright_page_stands_on_one() -> None:
    assert not any(is_wide(table) for table in TABLES.values())
    many = tuple(f"column {at}" for at in range(12))
    assert is_wide(Listing("many", "Many", ("scenario", *many), (("silo", *(BANDS[:1] * 12)),)))


def _kept(rows: int) -> list[bool]:
    """Of each row of a table with so many below its heading whether it stays with the next."""
    made: Any = docx.Document()
    styled(made, None)
    table_of(made, Listing("t", "T", ("place", "rank"), tuple((f"place {at}", str(at)) for at in range(rows))))
    return [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in made.tables[0].rows]


def test_no_few_rows_of_a_table_stand_alone_on_a_page() -> None:
    assert _kept(8) == [*[True] * 8, False], "a short table is whole"
    kept = _kept(60)
    assert kept[:3] == [True, True, True], "the heading and the first rows"
    assert kept[-4:] == [False, True, True, False], "the last rows"
    assert not any(kept[3:-3]), "it may break between"


def test_a_table_that_hardly_fits_has_smaller_text_and_stands_upright() -> None:
    columns = next(number for number in range(2, 20) if sum(_needs(_of_bands(number), broken=True)) > PORTRAIT)
    hardly, usual = _of_bands(columns), _of_bands(columns - 2)
    assert not is_wide(hardly)
    assert is_wide(_of_bands(columns + 4))
    made: Any = docx.Document()
    styled(made, None)
    for table in (hardly, usual):
        table_of(made, table)
    sizes = [grid.rows[1].cells[1].paragraphs[0].runs[0].font.size for grid in made.tables]
    assert sizes[0].pt == pytest.approx(7.0)
    assert sizes[1] is None
    assert sum(column.width.cm for column in made.tables[0].columns) <= PORTRAIT + 0.01


def _of_bands(columns: int) -> Listing:
    return Listing("b", "B", ("scenario", *(f"c{at}" for at in range(columns))), (("silo", *BANDS[:1] * columns),))
