"""The report as a document (DOCX): title, sentences, tables with captions that stand alone, figures, provenance.

What the page shows folded, scenarios in full, is left to the page and to the results.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from totalplace.sim.report.archive import GENERATOR, settled, text_of, when
from totalplace.sim.report.content import Listing, Picture, Report, Section
from totalplace.sim.report.document_layout import (
    PORTRAIT,
    caption,
    field,
    figure,
    is_wide,
    landscape,
    portrait,
    styled,
    table_of,
)
from totalplace.sim.results.wording import joined, listing

if TYPE_CHECKING:
    from docx.document import Document

_CAUTION: Final = "What follows from the rules and values of a model, not a forecast: see “How far to trust it”."


def document(
    report: Report, figures: Mapping[str, bytes], undrawn: Mapping[str, str], beside: str, fonts: tuple[str, ...] = ()
) -> bytes:
    """The document. ``figures`` hold a PNG by name of figure, ``undrawn`` why there is none, ``beside`` names the folder with the
    figures and tables as files, ``fonts`` are those of a house style, the first of which is that of the text.
    """
    import docx

    made = docx.Document()
    styled(made, fonts[0] if fonts else None)
    _properties(made, report)
    _head(made, report)
    for section in report.sections:
        _section(made, report, section, figures, undrawn)
    portrait(made)
    made.add_paragraph(
        f"Written by totalplace {metadata.version('totalplace')}{_of(report)}. Figures with their data and tables as CSV are in "
        f"the folder {text_of(beside)}.", style="Note",
    )
    _footer(made, report)
    stream = io.BytesIO()
    made.save(stream)
    return settled(stream.getvalue(), when(report.made))


def _of(report: Report) -> str:
    return f" from results of {when(report.made):%d %B %Y}".replace(" of 0", " of ") if report.made else ""


def _properties(made: Document, report: Report) -> None:
    about = made.core_properties
    about.title, about.subject = text_of(report.title)[:250], text_of(report.lead)[:250]
    about.author = about.last_modified_by = f"totalplace {metadata.version('totalplace')}"
    about.category, about.comments, about.keywords, about.language = GENERATOR, "", "pooled budgets; simulation", "en-GB"
    about.created = about.modified = when(report.made).replace(tzinfo=None)
    about.revision = 1


def _head(made: Document, report: Report) -> None:
    """Title, question, facts, and what came out in a few sentences."""
    made.add_paragraph(text_of(report.title), style="Title")
    made.add_paragraph(text_of(report.lead), style="Subtitle")
    for word, value in report.facts:
        line = made.add_paragraph(style="Fact")
        line.add_run(f"{text_of(word)}\t").bold = True
        line.add_run(text_of(value))
    made.add_heading("In short", 1)
    for sentence in report.summary:
        made.add_paragraph(joined(text_of(sentence)), style="List Bullet")
    made.add_paragraph(_CAUTION, style="Note")


def _section(
    made: Document, report: Report, section: Section, figures: Mapping[str, bytes], undrawn: Mapping[str, str]
) -> None:
    """A part of the report. A table too wide for the page stands on a page across, and what follows it goes on there."""
    if not any(map(is_wide, section.tables)):
        portrait(made)
    made.add_heading(text_of(section.title), 1)
    for paragraph in section.paragraphs:
        made.add_paragraph(joined(text_of(paragraph)))
    for point in section.points:
        made.add_paragraph(joined(text_of(point)), style="List Bullet")
    for note in section.notes:
        line = made.add_paragraph(style="Note")
        line.add_run("Note. ").bold = True
        line.add_run(text_of(note))
    for table in section.tables:
        _table(made, report, table)
    for picture in section.pictures:
        _picture(made, report, picture, figures.get(picture.name), undrawn.get(picture.name, ""))
    if section.texts:
        portrait(made)
        titles = listing([text_of(title) for title in section.texts])
        made.add_paragraph(f"Left out here for its length: {titles}. The page (--format html) has it.", style="Note")


def _table(made: Document, report: Report, table: Listing) -> None:
    if is_wide(table):
        landscape(made)
    caption(made, report.caption(table), before=True)
    table_of(made, table)
    if table.note:
        made.add_paragraph(text_of(table.note), style="Note")


def _picture(made: Document, report: Report, picture: Picture, content: bytes | None, why: str) -> None:
    portrait(made)
    if content is None:
        made.add_paragraph(f"This figure could not be drawn. {text_of(picture.says)} The reason: {text_of(why)}.", style="Note")
        return
    figure(made, content, text_of(picture.says), PORTRAIT)
    caption(made, report.caption(picture), before=False)


def _footer(made: Document, report: Report) -> None:
    """Title and number of the page at the foot of each."""
    for section in made.sections:
        section.footer.is_linked_to_previous = True
    foot: Any = made.sections[0].footer
    foot.is_linked_to_previous = False
    line = foot.paragraphs[0]
    line.style = made.styles["Foot"]
    line.add_run(f"{text_of(report.title)[:80]}, totalplace {metadata.version('totalplace')}, page ")
    field(line, "PAGE", "1")
    line.add_run(" of ")
    field(line, "NUMPAGES", "1")


__all__ = ["document"]
