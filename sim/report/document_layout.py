"""How a document looks: styles, pages upright and across, tables with a header on each page, captions that count, figures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from totalplace.sim.report.archive import text_of
from totalplace.sim.report.content import Caption, Listing
from totalplace.sim.results.wording import joined

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph

#: Width of the text of a page of A4, upright and across, and the height of a figure at most, in cm.
PORTRAIT: Final = 17.0
LANDSCAPE: Final = 25.7
_TALLEST: Final = 21.5
_SHORT, _LONG, _MARGIN = 21.0, 29.7, 2.0
#: Points of text, of tables, and letters of usual width that a centimetre of a table has in the widest of usual fonts.
_TEXT, _SMALL = 10.0, 8.0
_LETTERS: Final = 5.7
#: Letters of other widths, in usual ones, and the margins of a cell in cm.
_WIDTHS: Final = {**dict.fromkeys("mwMW@%", 1.6), **dict.fromkeys("+−=<>", 1.37), **dict.fromkeys(".,:;ijl|'!", 0.55),
                  **dict.fromkeys(" ()[]/ft", 0.65), **dict.fromkeys("0123456789£–", 1.05)}
_MARGINS: Final = 0.42
_LEAST: Final = 1.3
#: The part of the width of a page that the least widths of columns may take, so that long texts find room.
_FULL: Final = 0.9
#: How much wider letters of a heading are than those of its column.
_BOLDER: Final = 1.2
#: How much smaller the text of a table may be that has no room on an upright page otherwise.
_SMALLER: Final = 7.0 / 8.0
#: Rows up to which a table stands on one page, its heading among them; rows of a longer one that never stand alone.
_SHORT_TABLE, _FEW = 14, 3
#: Words that are longer are broken.
_LONGEST_WORD: Final = 26
_DARK: Final = (0x1F, 0x3A, 0x4D)
_GREY: Final = (0x55, 0x55, 0x55)


def styled(made: Document, font: str | None) -> None:
    """Give a new document its page, its styles and its language."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    _page(made.sections[0], across=False)
    base = made.styles["Normal"]
    base.font.size = Pt(_TEXT)
    base.paragraph_format.space_after = Pt(5)
    _in_english(base)
    sizes = {"Title": (20, True), "Subtitle": (11.5, False), "Heading 1": (14, True), "Caption": (9, False)}
    for name in ("Note", "Fact", "Cell", "Foot"):
        made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = base
    sizes |= {"Note": (9, False), "Fact": (9.5, False), "Cell": (_SMALL, False), "Foot": (8, False)}
    for name, (size, bold) in sizes.items():
        style = made.styles[name]
        style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
        style.font.color.rgb = RGBColor(*(_DARK if bold else _GREY if name in ("Note", "Foot") else (0, 0, 0)))
    for name in ("Normal", "Title", "Subtitle", "Heading 1", "Caption"):
        _font(made.styles[name], font or "Calibri")
    over = made.styles["Caption"].paragraph_format
    over.keep_with_next, over.space_before, over.space_after = False, Pt(9), Pt(4)
    made.styles["Note"].paragraph_format.space_before = Pt(4)
    made.styles["Cell"].paragraph_format.space_after = Pt(0)
    fact = made.styles["Fact"].paragraph_format
    fact.space_after, fact.left_indent, fact.first_line_indent = Pt(1), Pt(120), Pt(-120)
    fact.tab_stops.add_tab_stop(Pt(120))
    made.styles["Heading 1"].paragraph_format.space_before = Pt(16)


def _font(style: Any, name: str) -> None:
    """Set the font of a style for all scripts; the theme of the template has no say."""
    from docx.oxml.ns import qn

    style.font.name = name
    fonts = style.element.rPr.rFonts
    for script in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{script}"), name)
        fonts.attrib.pop(qn(f"w:{script}Theme"), None)
    fonts.attrib.pop(qn("w:cstheme"), None)


def _in_english(style: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-GB")
    style.element.get_or_add_rPr().append(language)


def _page(section: Any, *, across: bool) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    width, height = (_LONG, _SHORT) if across else (_SHORT, _LONG)
    section.page_width, section.page_height = Cm(width), Cm(height)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN)


def landscape(made: Document) -> None:
    """Go on with a page across, unless it is one."""
    _turn(made, across=True)


def portrait(made: Document) -> None:
    """Go on with a page upright, unless it is one."""
    _turn(made, across=False)


def _turn(made: Document, *, across: bool) -> None:
    from docx.enum.section import WD_SECTION

    if is_across(made) != across:
        _page(made.add_section(WD_SECTION.NEW_PAGE), across=across)


def is_across(made: Document) -> bool:
    """Whether the page that a document is at lies across."""
    last = made.sections[-1]
    return bool((last.page_width or 0) > (last.page_height or 0))


def caption(made: Document, words: Caption, *, before: bool) -> None:
    """A caption that counts, so that a list of tables can be made of it; ``before`` what it is about, it stays with that."""
    line = made.add_paragraph(style="Caption")
    line.paragraph_format.keep_with_next = before
    kind, _, number = words.label.partition(" ")
    line.add_run(f"{kind} ").bold = True
    field(line, f"SEQ {kind} \\* ARABIC", number, bold=True)
    line.add_run(f". {text_of(words.title).rstrip('.')}.").bold = True
    if words.rest:
        line.add_run(f" {text_of(words.rest)}")


def field(line: Paragraph, code: str, shown: str, *, bold: bool = False) -> None:
    """A field that an office program works out, such as the number of a page; ``shown`` is what it shows until then."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", shown), ("end", "")):
        run = line.add_run(shown if kind == "text" else "")
        run.bold = bold or None
        if kind == "text":
            continue
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.set(qn("xml:space"), "preserve")
            part.text = f" {text} "
        run._r.append(part)


def figure(made: Document, content: bytes, says: str, width: float) -> None:
    """A picture, ``width`` cm wide at most, with what it shows for those who cannot see it."""
    from docx.shared import Cm

    line = made.add_paragraph()
    line.paragraph_format.keep_with_next = True
    shape = line.add_run().add_picture(io.BytesIO(content))
    part = min(1.0, Cm(width) / shape.width, Cm(_TALLEST) / shape.height)
    shape.width, shape.height = round(shape.width * part), round(shape.height * part)
    shape._inline.docPr.set("descr", says)


def is_wide(table: Listing) -> bool:
    """Whether a table needs a page across: its least width leaves no room on an upright one, even in smaller text with bands on
    two lines.
    """
    return not (_fits(table, 1.0) or _fits(table, _SMALLER))


def _fits(table: Listing, scale: float) -> bool:
    """Whether a table has room on an upright page in text so much larger than usual."""
    full = PORTRAIT if table.words == 1 or scale < 1.0 else _FULL * PORTRAIT
    return sum(_needs(table, broken=True, scale=scale)) <= full


def _columns(table: Listing) -> list[list[str]]:
    """The texts of each column, its heading first."""
    return [[head, *(row[number] for row in table.rows)] for number, head in enumerate(table.head)]


def _needs(table: Listing, *, broken: bool = False, scale: float = 1.0) -> list[float]:
    """The least width of each column in cm: its longest word, or, of numbers, the estimate and the band on a line each.

    ``broken``: the two ends of a band on a line each too. ``scale``: how much larger the text is than usual.
    """
    needs = []
    for number, texts in enumerate(_columns(table)):
        parts = [part for text in texts[1:] for part in _lines(text, number >= table.words, broken=broken)]
        words = [_BOLDER * _length(word) for text in texts[:1] for word in text.split()]
        needs.append(max(_LEAST, scale * max([*map(_length, parts), *words], default=1.0) + _MARGINS))
    return needs


def _lines(text: str, number: bool, *, broken: bool) -> list[str]:
    """What stays on one line: of a number the estimate and its band apart, or each end of the band; of words each."""
    if not number:
        return text.replace("-", "- ").split()  # a line may end after a hyphen
    lines = text.replace(" (", "\n(")
    return (lines.replace(" to ", " to\n") if broken else lines).split("\n")


def _length(part: str) -> float:
    """The width of a word or number in cm, of one that is broken that of its longest line."""
    return sum(_WIDTHS.get(letter, 1.15 if letter.isupper() else 1.0) for letter in part[:_LONGEST_WORD]) / _LETTERS


def _widths(table: Listing, room: float, scale: float) -> list[float]:
    """Widths of the columns that fill the room as far as the texts need it: each its least, the rest by what is longest."""
    least = _needs(table, scale=scale)
    if sum(least) > room:
        least = _needs(table, broken=True, scale=scale)
    texts = _columns(table)
    wanted = [max(one, scale * max(map(len, own)) / _LETTERS + _MARGINS) for one, own in zip(least, texts, strict=True)]
    if sum(wanted) <= room:
        return wanted
    if sum(least) >= room:
        return [one * room / sum(least) for one in least]
    spare, more = room - sum(least), [want - one for want, one in zip(wanted, least, strict=True)]
    return [one + spare * extra / sum(more) for one, extra in zip(least, more, strict=True)]


def table_of(made: Document, table: Listing) -> None:
    """A table: its header on each page, no row broken over two, no few rows alone on a page, numbers on the right."""
    from docx.shared import Cm

    has_head, across = any(table.head), is_across(made)
    scale = 1.0 if across or _fits(table, 1.0) else _SMALLER
    grid = made.add_table(rows=len(table.rows) + has_head, cols=len(table.head))
    grid.autofit = False
    _lined(grid)
    if has_head:
        _fill(grid, 0, table.head, table.words, scale, bold=True)
        _mark(grid.rows[0], "w:tblHeader")
    for number, row in enumerate(table.rows, start=int(has_head)):
        _fill(grid, number, row, table.words, scale)
        _mark(grid.rows[number], "w:cantSplit")
    _together(grid)
    for column, width in zip(grid.columns, _widths(table, LANDSCAPE if across else PORTRAIT, scale), strict=True):
        column.width = Cm(width)
        for cell in column.cells:
            cell.width = Cm(width)


def _together(grid: Table) -> None:
    """Keep a short table on one page, and of a long one its first rows and its last ones."""
    rows = len(grid.rows)
    for number, row in enumerate(grid.rows):
        if number < rows - 1 and (rows <= _SHORT_TABLE or number < _FEW or number >= rows - _FEW):
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True


def _fill(grid: Table, row: int, texts: Sequence[str], words: int, scale: float, *, bold: bool = False) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    for number, (cell, text) in enumerate(zip(grid.rows[row].cells, texts, strict=True)):
        line = cell.paragraphs[0]
        line.style = "Cell"
        run = line.add_run(joined(text_of(text)))
        run.bold = bold or None
        if scale != 1.0:
            run.font.size = Pt(scale * _SMALL)
        if number >= words:
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _mark(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement

    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _lined(grid: Table) -> None:
    """Thin lines between rows, none between columns."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "999999" if side == "insideH" else "1F3A4D")):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    after = grid._tbl.tblPr.find(qn("w:tblLayout"))  # the order of these is fixed
    after.addprevious(borders)


__all__ = [
    "LANDSCAPE", "PORTRAIT", "caption", "field", "figure", "is_across", "is_wide", "landscape", "portrait", "styled", "table_of",
]
