"""Workbooks (.xlsx) as grids: values as they were last worked out, nothing linked, nothing run.

A workbook is an archive of XML. Its parts are measured before they are unpacked, and one that declares entities is refused.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import iterparse

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.own_places.grids import MOST_COLUMNS, MOST_ROWS, Cell, Grid, Merged, check_size

#: Technical: most bytes of all parts of a workbook when unpacked, most parts, most sheets.
MOST_UNPACKED: Final = 60_000_000
MOST_PARTS: Final = 2_000
MOST_SHEETS: Final = 60
#: How XML declares entities, in every encoding of it.
_DECLARATIONS: Final = tuple(
    word.encode(code) for word in ("<!ENTITY", "<!DOCTYPE") for code in ("utf-8", "utf-16-le", "utf-16-be")
)
_DAMAGED: Final = "a workbook that opens in a spreadsheet, saved again"


def grids_of_workbook(content: bytes, name: str) -> list[Grid]:
    """The sheets of a workbook, those without cells too. Raises InputError for one that is damaged, too large or protected."""
    import openpyxl  # late: costs a tenth of a second

    _check_archive(content, name)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that openpyxl does not know: charts, validation, conditional formats
            values = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            formulas = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
            if len(values.worksheets) > MOST_SHEETS:
                raise InputError("The workbook has too many sheets", file=name, allowed=f"at most {MOST_SHEETS}")
            return [Grid(name, sheet.title, tuple(_rows(name, sheet, formulas[sheet.title])), merged=_merged(name, sheet))
                    for sheet in values.worksheets]
    except InputError:
        raise
    except Exception as problem:  # openpyxl lets out whatever goes wrong in XML, archives and styles
        if _has_chart_sheet(content):
            told = "The workbook has a sheet that is a chart, and it cannot be read"
            raise InputError(told, file=name, allowed="the same without that sheet, or the sheet of the place alone") from None
        told = f"{type(problem).__name__}: {problem}"[:200]
        raise InputError(f"The workbook is damaged and cannot be read ({told})", file=name, allowed=_DAMAGED) from None


def _has_chart_sheet(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(name.startswith("xl/chartsheets/") for name in archive.namelist())


def _check_archive(content: bytes, name: str) -> None:
    """Raise InputError for an archive that is damaged, no workbook, too large when unpacked, or has XML that declares entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                allowed = f"at most {MOST_UNPACKED:,} bytes in {MOST_PARTS:,} parts"
                raise InputError("The workbook is too large when it is unpacked", file=name, allowed=allowed)
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names:
                raise InputError("The file is an archive and no workbook", file=name, allowed="a .xlsx file")
            if any(part.endswith("vbaProject.bin") for part in names):
                raise InputError("The workbook has macros", file=name, allowed="the same saved as .xlsx, without macros")
            if any(part.flag_bits & 1 for part in parts):
                raise InputError("The workbook is protected by a password", file=name, allowed="one without a password")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and any(word in archive.read(part) for word in _DECLARATIONS):
                    raise InputError("The workbook has XML that declares entities", file=name, allowed=_DAMAGED)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as problem:
        told = f"The workbook is damaged and cannot be unpacked ({problem})"
        raise InputError(told, file=name, allowed=_DAMAGED) from None
    except Exception as problem:
        if isinstance(problem, InputError):
            raise
        told = f"The workbook is damaged and cannot be unpacked ({type(problem).__name__})"  # what zlib and lzma raise
        raise InputError(told, file=name, allowed=_DAMAGED) from None


def _rows(name: str, values: Any, formulas: Any) -> Iterator[tuple[Cell, ...]]:
    """Rows of a sheet that hold something. Raises InputError where the sheet is too large."""
    values.reset_dimensions()  # what a sheet says of its size may be wrong
    formulas.reset_dimensions()
    for row, written in zip(values.iter_rows(), formulas.iter_rows(), strict=True):
        cells = tuple(_cells(row, written))
        if cells:
            if cells[-1].row >= MOST_ROWS or cells[-1].column >= MOST_COLUMNS:
                check_size(name, values.title, [cells])
            yield cells


def _cells(row: Any, written: Any) -> Iterator[Cell]:
    for cell, source in zip(row, written, strict=True):
        formula = str(source.value) if getattr(source, "data_type", "") == "f" else ""
        if cell.value is None and not formula:
            continue
        if isinstance(cell.value, str) and not cell.value.strip():
            continue
        number_format = str(getattr(cell, "number_format", "") or "")
        percent = "%" in number_format and isinstance(cell.value, int | float)
        at = source if cell.value is None else cell
        yield Cell(cell.value, int(at.row) - 1, int(at.column) - 1, formula, percent)


def _merged(name: str, sheet: Any) -> tuple[Merged, ...]:
    """The cells of a sheet that are merged over several rows, from the top. Raises InputError for more than a sheet has rows."""
    from openpyxl.utils import range_boundaries

    found: set[Merged] = set()
    with sheet._get_source() as part:
        for _, element in iterparse(part):
            if element.tag.rpartition("}")[2] == "mergeCell":
                left, top, right, bottom = (number or 1 for number in range_boundaries(element.get("ref", "")))
                if bottom > top:
                    found.add(Merged(top - 1, left - 1, bottom - 1, right - 1))
            element.clear()
            if len(found) > MOST_ROWS:
                raise InputError(f"The sheet '{sheet.title[:40]}' has too many merged cells", file=name,
                                 allowed=f"at most {MOST_ROWS:,}")
    return tuple(sorted(found))
