"""The words of the model: kinds, themes and domains, in the order in which every array holds them.

Each list is a table of its own in ``scenarios/words``: a word a row, with its label, what people type for it, its flags and the
periods in which it is in use. The model has room for the words of all periods, so that runs of several fit side by side; a word
that is not in use in the period of a place has no agencies, no money and no people there. ``docs/odd.md``, section 2, describes
the lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from totalplace.scenarios.errors import SHORT_NAMES, InputError, UnknownName
from totalplace.scenarios.periods import fields_of, read_periods
from totalplace.scenarios.reading import Marked, read_file

HERE: Final = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Flag:
    """What a flag of a word says, and how many words of a list carry it in each period: exactly one, at least one, or any."""

    meaning: str
    carried_by: Literal["one", "some", "any"] = "any"


@dataclass(frozen=True, slots=True)
class Word:
    """A row of a list. ``also``: short and other names that people type; ``department``: of an agency kind, its sponsor.

    ``names``, ``shorts``: what it is called in a period in which it is not called by its label, or its short one; ``sponsors``: its
    department in such a period; ``one_of``: what one of several of an agency kind is called in a period; ``governed``,
    ``ungoverned``: what it is called in a period where the strategic authority of the place governs it, and where not.
    """

    name: str
    label: str
    short: str
    also: tuple[str, ...]
    flags: frozenset[str]
    periods: tuple[str, ...]
    department: str = ""
    source: str = ""
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    sponsors: Mapping[str, str] = field(default_factory=dict, hash=False)
    shorts: Mapping[str, str] = field(default_factory=dict, hash=False)
    one_of: Mapping[str, str] = field(default_factory=dict, hash=False)
    governed: Mapping[str, str] = field(default_factory=dict, hash=False)
    ungoverned: Mapping[str, str] = field(default_factory=dict, hash=False)

    def sponsor(self, period: str) -> str:
        """The department that an agency kind answers to in a period."""
        return self.sponsors.get(period, self.department)

    def called(self, period: str) -> str:
        """The words a reader of a period sees: ``NHS``, in 2024-25 ``NHS (integrated care board)``."""
        return self.names.get(period, self.label)

    def called_where(self, period: str, governed: bool) -> str:
        """The same in a place whose strategic authority governs it, or does not: ``police (mayor)``."""
        return (self.governed if governed else self.ungoverned).get(period, self.called(period))

    def briefly(self, period: str) -> str:
        """The same where there is little room: ``DCLG``, in 2024-25 ``MHCLG``."""
        return self.shorts.get(period, self.short)


class Words(tuple[str, ...]):
    """A list of words: the tuple of their names, with their rows by name in ``rows``. ``what`` is one of them, for messages."""

    what: str
    rows: Mapping[str, Word]

    def __new__(cls, what: str, rows: Iterable[Word]) -> Words:
        """The list of ``rows``."""
        kept = {row.name: row for row in rows}
        words = super().__new__(cls, kept)
        words.what, words.rows = what, kept
        return words

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (tuple(self),)

    def in_use(self, period: str) -> tuple[int, ...]:
        """Positions of the words in use in a period."""
        return tuple(i for i, row in enumerate(self.rows.values()) if period in row.periods)

    def used(self, period: str) -> tuple[int, ...]:
        """For each word 1 if it is in use in a period, else 0."""
        return tuple(int(period in row.periods) for row in self.rows.values())

    def flagged(self, flag: str) -> tuple[str, ...]:
        """The words that carry a flag, of any period."""
        return tuple(name for name, row in self.rows.items() if flag in row.flags)

    def marks(self, flag: str, period: str) -> tuple[int, ...]:
        """For each word 1 if it is in use in a period and carries a flag, else 0."""
        return tuple(int(period in row.periods and flag in row.flags) for row in self.rows.values())

    def the(self, flag: str, period: str) -> int:
        """The position of the word that carries a flag of which a period has one."""
        return next(i for i in self.in_use(period) if flag in self.rows[self[i]].flags)


#: The flags of each list, by its file.
FLAGS: Final[dict[str, dict[str, Flag]]] = {
    "agency_kinds": {
        "council": Flag("the elected council: hub of a star, host of what the board commissions, led by a politician, and what it "
                        "spends is controlled in the place", "one"),
        "health_commissioner": Flag("may be several GP consortia, and pools only where the lever gp_may_pool lets it", "one"),
        "employment_service": Flag("brings working-age benefits, and decides only where the lever jobcentre_may_decide lets it",
                                   "one"),
        "core": Flag("at the core of a local strategic partnership", "some"),
        "locally_taxed": Flag("part of its budget is raised locally"),
        "national": Flag("run nationally: what it owes its department weighs twice"),
        "voluntary": Flag("voluntary bodies, which councils and the NHS pay: how much is a judgement"),
        "mandated": Flag("bound by a statutory minimum unless an arrangement says whom it binds"),
    },
    "themes": {
        "back_office": Flag("access, back office and property: shared teams and estates are won by redesigning it", "one"),
        "neighbourhoods": Flag("its services build community capacity", "one"),
        "benefits": Flag("working-age benefits are pooled with its money", "one"),
        "section_75": Flag("money for it is pooled under section 75: its named budget lines are all NHS money and all social care",
                           "one"),
        "pooled_share": Flag("has a metric of its own: the pooled share of its money", "some"),
    },
    "outcomes": {},
    "cohort_kinds": {
        "receives_benefits": Flag("working-age benefits go to these people", "one"),
        "estimated": Flag("how many people are of the kind is a judgement"),
    },
    "departments": {"pays_for_change": Flag("the transition fund is its money", "one")},
    "entitlements": {"working_age": Flag("may be pooled with the money of the employment service")},
}
#: Words of files that stand where a word of a list may stand.
RESERVED: Final = ("all", "board", "none", "unallocated")
#: Lists whose words are those of every period: kinds of people add up to the population.
LASTING: Final = ("cohort_kinds",)
_FIELDS: Final = ("label", "short", "also", "flags", "periods", "names", "shorts")
_SPONSOR: Final = ("department", "source")


def read_words(path: Path, what: str, periods: Iterable[str], departments: Iterable[str] = ()) -> Words:
    """A list of words from its file. ``departments`` are those that an agency kind may answer to; other lists have none.

    Raises InputError, at its place, for a key, flag, period or department that is unknown or missing, for a name that two words
    share, and where a period has too few or too many words with a flag.
    """
    every, sponsors = tuple(periods), tuple(departments)
    content = read_file(path)
    flags = FLAGS[path.stem]
    lasting = path.stem in LASTING
    rows = [_word(name, item, flags, every, sponsors, lasting) for name, item in content.mapping("A list of words").items()]
    _check_names(content, rows)
    for period in every:
        used = [row for row in rows if period in row.periods]
        if not used:
            raise content.error(f"No {what} is in use in the period '{period}'", "at least one in each period")
        for flag, asked in flags.items():
            carrying = [row.name for row in used if flag in row.flags]
            if (asked.carried_by == "one" and len(carrying) != 1) or (asked.carried_by == "some" and not carrying):
                shown = " and ".join(f"'{name}'" for name in carrying) or "none"
                wanted = f"{'exactly' if asked.carried_by == 'one' else 'at least'} one {what} with the flag: {asked.meaning}"
                raise content.error(f"In the period '{period}' the flag '{flag}' is carried by {shown}", wanted)
    return Words(what, rows)


def _word(name: str, item: Marked, flags: Mapping[str, Flag], periods: tuple[str, ...], departments: tuple[str, ...],
          lasting: bool) -> Word:
    if name in RESERVED:
        raise item.error(f"'{name}' means something else", "a key that is none of " + ", ".join(RESERVED))
    if not (name.isidentifier() and name == name.lower()):
        raise item.error(f"The name '{name}' is no key", "small letters, digits and underscores, such as health_and_care")
    needed: tuple[str, ...] = ("label", "short", *(_SPONSOR if departments else ()))
    others: tuple[str, ...] = (*_FIELDS, *(("departments", "one_of", "governed", "ungoverned") if departments else ()))
    fields = fields_of(item, needed, others)
    if lasting and "periods" in fields:
        raise fields["periods"].error("These words are those of every period", "a row without periods")
    return Word(
        name=name,
        label=fields["label"].text("'label'"),
        short=fields["short"].text("'short'"),
        also=_listed(fields, "also"),
        flags=frozenset(_listed(fields, "flags", "flag", flags)),
        periods=_listed(fields, "periods", "period", periods) or periods,
        department=_one_of(fields["department"], "department", departments) if departments else "",
        source=fields["source"].text("'source'") if departments else "",
        names=_by_period(fields, "names", periods),
        sponsors=_by_period(fields, "departments", periods, departments),
        shorts=_by_period(fields, "shorts", periods),
        one_of=_by_period(fields, "one_of", periods),
        governed=_by_period(fields, "governed", periods),
        ungoverned=_by_period(fields, "ungoverned", periods),
    )


def _by_period(fields: Mapping[str, Marked], key: str, periods: tuple[str, ...], allowed: tuple[str, ...] = ()) -> dict[str, str]:
    """What a row says by period. Raises InputError for a period, or a word of those that are ``allowed``, there is not."""
    given = fields[key].mapping(f"'{key}'") if key in fields else {}
    for period in given.keys() - set(periods):
        raise fields[key].unknown_key("period", period, periods)
    return {period: _one_of(said, "department", allowed) if allowed else said.text("A name") for period, said in given.items()}


def _listed(fields: Mapping[str, Marked], key: str, what: str = "", allowed: Iterable[str] = ()) -> tuple[str, ...]:
    if key not in fields:
        return ()
    items = fields[key].items(f"'{key}'")
    return tuple(_one_of(item, what, allowed) if what else item.text(f"A name in '{key}'") for item in items)


def _one_of(item: Marked, what: str, allowed: Iterable[str]) -> str:
    name = item.text(f"A {what}")
    if name not in allowed:
        raise item.unknown(what, name, allowed)
    return name


def _check_names(content: Marked, rows: list[Word]) -> None:
    """Raise InputError where what people type could mean two words of the list."""
    meant: dict[str, str] = {}
    for row in rows:
        for typed in row.also:
            item = content.mapping("A list of words")[row.name]
            if meant.setdefault(typed, row.name) != row.name:
                raise item.error(f"'{typed}' stands for '{row.name}' and for '{meant[typed]}'", "each name for one word")
            if typed != " ".join(typed.casefold().split()):
                raise item.error(f"'{typed}' is never found", "small letters, words parted by one blank")


#: Every period by name.
PERIODS: Final = read_periods(HERE / "periods.yaml")
DEPARTMENTS: Final = read_words(HERE / "departments.yaml", "department", PERIODS)
AGENCY_KINDS: Final = read_words(HERE / "agency_kinds.yaml", "agency kind", PERIODS, DEPARTMENTS)
THEMES: Final = read_words(HERE / "themes.yaml", "theme", PERIODS)
OUTCOMES: Final = read_words(HERE / "outcomes.yaml", "outcome domain", PERIODS)
COHORT_KINDS: Final = read_words(HERE / "cohort_kinds.yaml", "cohort kind", PERIODS)
#: Money that goes to people as of right. It counts in the place total and is pooled only where a scenario says so.
ENTITLEMENTS: Final = read_words(HERE / "entitlements.yaml", "entitlement", PERIODS)

DECISION_RULES: Final = ("none", "unanimity", "majority", "business_case", "parties", "clusters", "place_board")
SAVINGS_RULES: Final = ("proportional", "equal", "nash", "shapley")
#: How a mandate of England is split over places, in the order of the lever ``mandate_split``.
MANDATE_SPLITS: Final = ("nhs_spend", "population", "health_and_care_spend", "better_care_fund")
TOPOLOGIES: Final = ("star", "core_periphery", "small_world", "complete")


#: Every list of words; where what people type could mean a word of several, the first of them that fits is meant.
LISTS: Final = (DEPARTMENTS, AGENCY_KINDS, THEMES, OUTCOMES, COHORT_KINDS, ENTITLEMENTS)


def labels_of(lists: Iterable[Words]) -> dict[str, str]:
    """The label of each word. Raises InputError where a key has one label in one list and another in another."""
    found: dict[str, str] = {}
    for words in lists:
        for name, row in words.rows.items():
            if found.setdefault(name, row.label) != row.label:
                raise InputError(f"The {words.what} '{name}' is called '{row.label}' here and '{found[name]}' in another list",
                                 allowed="one label for each key")
    return found


def short_names_of(lists: Iterable[Words]) -> dict[str, tuple[str, ...]]:
    """What people type, with the words that it may stand for in the order of the lists."""
    found: dict[str, tuple[str, ...]] = {}
    for row in (row for words in lists for row in words.rows.values()):
        for typed in row.also:
            found[typed] = (*found.get(typed, ()), row.name)
    return {typed: tuple(dict.fromkeys(names)) for typed, names in found.items()}


_LABELS: Final = labels_of(LISTS)
SHORT_NAMES.update(short_names_of(LISTS))


def label(key: str) -> str:
    """The words a reader sees for a key: ``health_and_care`` becomes ``health and care``."""
    return _LABELS.get(key, key.replace("_", " "))


def period_of(year: str) -> str:
    """The period of a year of spending, such as ``2010-11``. Raises UnknownName for a year of none."""
    for period in PERIODS.values():
        if year in period.years:
            return period.name
    raise UnknownName("year of spending", year, [year for period in PERIODS.values() for year in period.years])
