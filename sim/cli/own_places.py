"""Commands about a place of one's own: the sheet to fill in, and what is missing or implausible in one that is filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from totalplace.sim.cli.output import console, finished, table

if TYPE_CHECKING:
    from rich.table import Table

    from totalplace.scenarios.own_places.plausible import Compared

File = Annotated[Path, typer.Argument(metavar="FILE", help="A filled-in sheet, .xlsx or .csv.", show_default=False)]
Sheet = Annotated[
    Path, typer.Option("--out", metavar="FILE", help="The sheet to write: it ends in .xlsx or .csv.", show_default=False)
]
Like = Annotated[str | None, typer.Option(metavar="PLACE", help="A place of England like yours: its figures fill the sheet.")]
OfYear = Annotated[str, typer.Option("--year", metavar="YEAR", help="Year of spending: 2010-11, 2017-18 or 2024-25.")]
Unit = Annotated[str, typer.Option(metavar="UNIT", help="Unit of the amounts: '£m', '£ thousand' or '£'.")]
Replace = Annotated[bool, typer.Option("--force", help="Replace FILE if it is there.")]
Picture = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="The picture, .png or .svg. [default: such as my-place-xlsx-check.png]")
]
#: The year of the newest places.
NEWEST: Final = "2024-25"
#: Share of the money below which estimates are not worth a word.
_LEAST: Final = 0.005


def template(out: Sheet, like: Like = None, year: OfYear = NEWEST, unit: Unit = "£m", force: Replace = False) -> None:
    """Write a sheet to fill in for a place of your own, filled from a place like it."""
    from totalplace.scenarios.errors import InputError
    from totalplace.scenarios.own_places.template import template as made
    from totalplace.sim.system.disk import write_whole

    content = made(out.suffix.casefold(), year, like, unit)
    if out.exists() and not force:
        raise InputError(f"'{out}' is there already", allowed="another name, or --force, which replaces it")
    _check_folder(out)
    write_whole(out, content)
    finished(out)
    screen = console()
    screen.print(f"Sheet: {out}", markup=False, soft_wrap=True)
    filled = f"It has the figures of {like}: overwrite those you know." if like else "It is empty; --like PLACE fills it."
    screen.print(f"{filled} Then: totalplace places check {out}", markup=False, soft_wrap=True)


def check(file: File, out: Picture = None) -> None:
    """Say what is missing or implausible in a filled-in sheet, and draw the place beside three like it. Code 1: it is wrong."""
    from totalplace.scenarios.errors import InputError
    from totalplace.scenarios.own_places.book import read_book
    from totalplace.scenarios.own_places.filling import own_place_of
    from totalplace.scenarios.own_places.plausible import LOOK, WRONG, compared, findings
    from totalplace.scenarios.own_places.sheet import given_in
    from totalplace.scenarios.places.quality import estimated_share, own_note
    from totalplace.sim.figures.own_place import beside_real
    from totalplace.sim.results.store import DrawingFailed

    picture = file.with_name(f"{file.name.replace('.', '-')}-check.png") if out is None else out  # r.xlsx and r.csv have their own
    if picture.suffix.casefold() not in (".png", ".svg"):
        raise InputError(f"The picture ends in '{picture.suffix[:12]}'", allowed=(".png", ".svg"))
    _check_folder(picture)
    given = given_in(read_book(file))
    place = own_place_of(given)
    found = findings(given, place)
    screen = console()
    screen.print(f"{place.name}: {place.people:,.0f} people, money of {place.year} in {given.unit}", markup=False, soft_wrap=True)
    screen.print(f"{own_note(place)}.", markup=False, soft_wrap=True)
    screen.print(_beside(compared(place), place.year))
    for one in found:
        where = f"{one.about} ({one.cell})" if one.cell else one.about
        screen.print(f"{one.gravity:6}{where}: {one.words}", markup=False, soft_wrap=True)
    wrong, look = (sum(one.gravity == gravity for one in found) for gravity in (WRONG, LOOK))
    screen.print(_verdict(wrong, look, estimated_share(place)), markup=False, soft_wrap=True)
    try:
        _draw(beside_real(place), picture)
    except OSError as problem:
        raise DrawingFailed(f"The picture '{picture}' cannot be written: {problem.strerror or problem}") from problem
    finished(picture)
    screen.print(f"Picture: {picture}", markup=False, soft_wrap=True)
    if wrong:
        raise typer.Exit(1)


def _verdict(wrong: int, look: int, share: float) -> str:
    """What all findings come to: how many are ``wrong`` or to ``look`` at; ``share`` of the money is an estimate."""
    if wrong:
        return f"{wrong} implausible: mend or explain {'it' if wrong == 1 else 'them'} before you use the place."
    guessed = f"{share:.0%} of the money of its agencies is an estimate. " if share >= _LEAST else ""
    if look:
        return f"{guessed}Nothing is wrong, but {look} to look at: unusual, though possible."
    return f"{guessed}What is given is plausible." if guessed else "Plausible."


def _draw(figure: object, path: Path) -> None:
    """Write a figure, whole or not at all."""
    import io

    from totalplace.sim.figures.style import Chart
    from totalplace.sim.system.disk import write_whole

    assert isinstance(figure, Chart)
    stream = io.BytesIO()
    figure.savefig(stream, format=path.suffix.casefold()[1:], dpi=150)
    write_whole(path, stream.getvalue())


def _check_folder(path: Path) -> None:
    """Raise InputError where a file cannot be written since its folder is not there or something else has its name."""
    from totalplace.scenarios.errors import InputError

    if not path.parent.is_dir():
        raise InputError(f"There is no folder '{path.parent}'", allowed="a folder that is there")
    if path.is_dir():
        raise InputError(f"'{path}' is a folder", allowed="the name of a file")


def _beside(rows: list[Compared], year: str) -> Table:
    """Every line: its amount, £ a head, and what real places have."""
    listing = table(f"Money of {year} beside real places, £ a head")
    listing.add_column("line")
    for column in ("£m", "£ a head", "least", "middle", "most"):
        listing.add_column(column, justify="right", no_wrap=True)
    listing.add_column("quality", no_wrap=True)
    listing.add_column("where from")
    for row in rows:
        head = [f"{number:,.0f}" for number in (row.mine, row.least, row.middle, row.most)]
        listing.add_row(row.label, f"{row.amount:,.1f}", *head, row.quality if row.how else "", row.how)
    return listing


