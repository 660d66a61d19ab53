"""What is missing in a place of one's own, and what is implausible against all real places of its year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from totalplace.scenarios.own_places.amounts import a_head_in_words
from totalplace.scenarios.own_places.factors import ABSURD, BEYOND, times_usual, within
from totalplace.scenarios.own_places.filling import GIVEN, LEAVES, is_left
from totalplace.scenarios.own_places.given import Given
from totalplace.scenarios.own_places.likes import place_called, scores
from totalplace.scenarios.own_places.rows import AGES, GROUPS, ROWS, ages_of, by_group
from totalplace.scenarios.places import records, tables
from totalplace.scenarios.places.finding import names
from totalplace.scenarios.places.own import OwnPlace
from totalplace.scenarios.places.shapes import ESTIMATE

#: How grave a finding is: results would be wrong; look again, it may be right; what to know.
WRONG, LOOK, NOTE = GRAVITIES = ("wrong", "look", "note")
#: Beyond the least and most of real places by a factor (``BEYOND``) a line is wrong, inside them but in the outermost part worth a
#: look. Judgement, 0.01 to 0.05.
OUTERMOST: Final = 0.02
#: A line below this, £ a head in the middle place, is not held against the others: too small to say anything.
LEAST_A_HEAD: Final = 5.0
#: So many lines missing at the end of a template's sheet look like a file that is not whole.
CUT_OFF: Final = 2
#: Lines that are not given are named up to so many.
NAMED: Final = 6


@dataclass(frozen=True)
class Finding:
    """Something to know of a place: how grave it is, what it is about, its cell (empty for none) and a sentence."""

    gravity: str
    about: str
    cell: str
    words: str


@dataclass(frozen=True)
class Compared:
    """A line or group of a place beside real ones, £ a head: its own, and least, middle and most of the real places.

    ``quality`` of a line; that of most of the money of a group.
    """

    key: str
    label: str
    amount: float
    mine: float
    least: float
    middle: float
    most: float
    quality: str
    how: str


def compared(place: OwnPlace) -> list[Compared]:
    """Every line of a place, after those of each group the group, and all of it, beside all real places of its year."""
    found = []
    with tables.as_they_are():
        for group, members in by_group(place.year).items():
            found += [_compared(place, (line,), line, ROWS[line].label) for line in members]
            found.append(_compared(place, members, f"total_{group}", f"{GROUPS[group]}, together"))
        return [*found, _compared(place, tuple(place.lines), "total_all", ROWS["total_all"].label)]


def _real(lines: Sequence[str], year: str) -> np.ndarray:
    """£ a head of lines together in every real place of a year."""
    amounts = ((records.spending_of(one.code, year), one.population) for one in names(year))
    return np.array([1e6 * sum(amount[line] for line in lines) / people for amount, people in amounts])


def _compared(place: OwnPlace, lines: Sequence[str], key: str, label: str) -> Compared:
    real = _real(lines, place.year)
    amount = sum(place.lines[line].amount for line in lines)
    by_quality: dict[str, float] = {}
    for line in lines:
        one = place.lines[line]
        by_quality[one.quality] = by_quality.get(one.quality, 0.0) + abs(one.amount)
    quality = max(by_quality, key=lambda word: by_quality[word])
    how = place.lines[lines[0]].how if len(lines) == 1 else ""
    ends = float(real.min()), float(np.median(real)), float(real.max())
    return Compared(key, label, amount, 1e6 * amount / place.people, *ends, quality, how)


def findings(given: Given, place: OwnPlace) -> list[Finding]:
    """All that is missing, implausible or worth knowing, the gravest first."""
    with tables.as_they_are():
        every = [*_unit(given, place), *_people(given, place), *_lines(place), *_shares(place), *_cut_off(given, place),
                 *_missing(given, place)]
    every += [Finding(NOTE, "file", "", note) for note in given.notes]
    return sorted(every, key=lambda one: GRAVITIES.index(one.gravity))


def _unit(given: Given, place: OwnPlace) -> Iterator[Finding]:
    slips = [line for line, one in place.lines.items() if one.how.startswith(GIVEN) and _is_slip(place, line)]
    times = times_usual(place, slips if len(slips) == 1 else ())  # one line that is off says nothing of the unit of the others
    if times is not None and not 1.0 / ABSURD <= times <= ABSURD:
        told = f"the amounts are {_times(times)} those of real places a head: is '{given.unit}' their unit?"
        yield Finding(WRONG, "unit", "", told)


def _times(factor: float) -> str:
    return f"{factor:,.0f} times" if factor >= 10.0 else f"{factor:.1f} times" if factor >= 1.0 else f"1/{1 / factor:,.0f} of"


def _people(given: Given, place: OwnPlace) -> Iterator[Finding]:
    real = names(place.year)
    few, many = min(one.population for one in real), max(one.population for one in real)
    cell = given.cells["people"].name if "people" in given.cells else ""
    if not few / 2 <= place.people <= 2 * many:
        yield Finding(LOOK, "people", cell, f"{place.people:,.0f} people; real places have {few:,.0f} to {many:,.0f}")
    like = place_called(given.like, place.year) if given.like is not None else None
    theirs = given.origin.place if given.origin is not None else like
    if theirs is not None and abs(theirs.population - place.people) < 0.5:
        yield Finding(LOOK, "people", cell, f"the number of people is still that of {theirs.name}")
    known = scores(place.year)
    if isinstance(given.deprivation, float) and not min(known.values()) <= place.deprivation <= max(known.values()):
        span = f"{min(known.values()):.1f} to {max(known.values()):.1f}"
        told = f"a score of {place.deprivation:.1f}; real places have {span}"
        yield Finding(LOOK, "deprivation", given.cells["deprivation"].name, told)
    if given.ages:
        yield from _ages(given, place)


def _ages(given: Given, place: OwnPlace) -> Iterator[Finding]:
    real = [ages_of(one.code, place.year) for one in names(place.year)]
    for band in AGES:
        shares = [100.0 * ages[band] / sum(ages.values()) for ages in real]
        mine = 100.0 * place.ages[band] / place.people
        if band in given.ages and not min(shares) <= mine <= max(shares):
            yield Finding(LOOK, ROWS[band].label, given.cells[band].name,
                          f"{mine:.0f}% of the people; in real places {min(shares):.0f}% to {max(shares):.0f}%")


def implausible(place: OwnPlace) -> tuple[str, ...]:
    """What is wrong in the lines of a place, as notes that go with it wherever it is used; results need its file no more."""
    return tuple(f"{place.name}: {one.about}{f' ({one.cell})' if one.cell else ''} is implausible, {one.words}"
                 for one in _lines(place) if one.gravity == WRONG)


def _lines(place: OwnPlace) -> Iterator[Finding]:
    """Lines that are given, and those that what a total leaves goes to, against the same of real places."""
    for line, one in place.lines.items():
        if not one.how.startswith((GIVEN, LEAVES)):
            continue
        real = _real((line,), place.year)
        mine, middle = 1e6 * one.amount / place.people, float(np.median(real))
        label, cell = ROWS[line].label, one.how.rpartition(", ")[2] if one.how.startswith(GIVEN) else ""
        span = f"{a_head_in_words(mine)} a head; in real places {a_head_in_words(real.min())} to {a_head_in_words(real.max())}"
        if mine < 0.0 <= real.min():
            yield Finding(WRONG, label, cell, f"below zero, {span}")
        elif middle >= LEAST_A_HEAD and mine > 0.0 and _off_by_thousand(mine / middle):
            yield Finding(WRONG, label, cell, f"{span}, {a_head_in_words(middle)} in the middle: off by a thousand?")
        elif middle >= LEAST_A_HEAD and not within(mine, real, BEYOND):
            yield Finding(WRONG, label, cell, span)
        elif middle >= LEAST_A_HEAD and not np.quantile(real, OUTERMOST) <= mine <= np.quantile(real, 1.0 - OUTERMOST):
            few = "less" if mine < middle else "more"
            rest = f"{100 * (1.0 - OUTERMOST):.0f}% of real places" if real.min() <= mine <= real.max() else "any real place"
            rare = f"{'below zero, and ' if mine < 0.0 else ''}{few} than in {rest}"
            yield Finding(LOOK, label, cell, f"{span}; {rare}")


def _is_slip(place: OwnPlace, line: str) -> bool:
    """Whether a line that is given is off by about a thousand."""
    mine, middle = 1e6 * place.lines[line].amount / place.people, float(np.median(_real((line,), place.year)))
    return middle >= LEAST_A_HEAD and mine > 0.0 and _off_by_thousand(mine / middle)


def _off_by_thousand(factor: float) -> bool:
    return 200.0 < factor < 5000.0 or 200.0 < 1.0 / factor < 5000.0


def _shares(place: OwnPlace) -> Iterator[Finding]:
    """Groups as a share of all money, and all money a head, against real places."""
    everything = tuple(place.lines)
    whole = _real(everything, place.year)
    mine = 1e6 * sum(one.amount for one in place.lines.values()) / place.people
    if not within(mine, whole, 1.2):
        span = f"£{whole.min():,.0f} to £{whole.max():,.0f}"
        yield Finding(WRONG, "all public money", "", f"£{mine:,.0f} a head; in real places {span}")
    for group, members in by_group(place.year).items():
        shares = 100.0 * _real(members, place.year) / whole
        own = 100.0 * 1e6 * sum(place.lines[line].amount for line in members) / place.people / mine if mine else 0.0
        if not within(own, shares, 1.1):
            yield Finding(LOOK, GROUPS[group].lower(), "", f"{own:.0f}% of all public money; in real places {shares.min():.0f}% to "
                          f"{shares.max():.0f}%")


def _cut_off(given: Given, place: OwnPlace) -> Iterator[Finding]:
    """A sheet made from a template whose last rows are gone, as those of a file that was copied in part."""
    order = [key for group, lines in by_group(place.year).items() for key in (*lines, f"total_{group}")]
    last = max((at for at, key in enumerate(order) if key in given.cells), default=-1)
    gone = [ROWS[key].label for key in order[last + 1:] if key in place.lines]
    if given.origin is not None and len(gone) >= CUT_OFF:
        after = f"after '{ROWS[order[last]].label}'" if last >= 0 else "with money"
        yield Finding(LOOK, "rows", "", f"no row {after}: the template has {len(gone)} more lines, from '{gone[0]}' to "
                      f"'{gone[-1]}'; is the file whole?")


def _missing(given: Given, place: OwnPlace) -> Iterator[Finding]:
    """What was not given, by where it is taken from."""
    ways: dict[str, list[str]] = {}
    for line, one in place.lines.items():
        if one.quality == ESTIMATE and (line not in given.money or is_left(given, line)):
            ways.setdefault(one.how, []).append(ROWS[line].label)
    for how, labels in ways.items():
        few = "; ".join(labels) if len(labels) <= NAMED else f"{len(labels)} lines of money, which the table marks as estimates"
        yield Finding(NOTE, "not given", "", f"{few}: {how}")
    left, now = sum(one.left for one in given.money.values()), (place.like, place.year, given.unit)
    if given.origin is not None and left and (given.origin.place.code, given.origin.year, given.origin.unit) != now:
        told = f"{left} amounts are still those that the sheet was made from, of {given.origin.words}: they count as not given"
        yield Finding(NOTE, "not given", given.cells["made_from"].name, told)
    if place.estimated:
        yield Finding(NOTE, "not given", "", "; ".join(place.estimated))
