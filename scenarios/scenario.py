"""A scenario: a place, its arrangement, its levers, what is not known, dated policy events, horizon and seeds.

``ScenarioFile`` is what a file may say, ``Scenario`` what it means once everything is resolved.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Annotated, Any, Final, Self

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, WithJsonSchema
from pydantic_core import PydanticCustomError

from scenarios.arrangement import Arrangement
from scenarios.calendar import format_month, parse_financial_year, parse_month, parse_quarter_start, quarter_dates
from scenarios.checking import readable
from scenarios.events import EVENTS_JSON_SCHEMA, Event
from scenarios.lever_values import LEVERS_JSON_SCHEMA, covered
from scenarios.numbers import unfractioned
from scenarios.reading import Marked, plain_value
from scenarios.uncertainties import Range, uncertainties_schema
from scenarios.vocabulary import THEMES, TOPOLOGIES

MOST_QUARTERS: Final = 240
MOST_CLUSTERS: Final = 1000
FINEST: Final = "finest"


#: Technical: the longest name of a scenario.
_LONGEST_NAME: Final = 160


def _clusters(written: object) -> int | str:
    given = unfractioned(written)
    whole = isinstance(given, int) and not isinstance(given, bool)
    if given == FINEST or (whole and isinstance(given, int) and 1 <= given <= MOST_CLUSTERS):
        return given if isinstance(given, int) else FINEST
    allowed = f"1 to {MOST_CLUSTERS}, or {FINEST}"
    raise PydanticCustomError("not_allowed", "this cannot be used", {"allowed": allowed})


def _short_name(given: str) -> str:
    """A name that can stand in the name of a file; parts are joined by a slash, as in the scenarios of a sweep."""
    parts = given.split("/") if given else []
    fits = all(part and part[0] != "." and all(map(_in_names, part)) for part in parts)
    if len(given) > _LONGEST_NAME or not fits:
        allowed = f"letters, digits, blanks and - _ . , ( ) + & ' /, no part beginning with a dot, at most {_LONGEST_NAME} in all"
        raise PydanticCustomError("not_allowed", "this cannot be used", {"allowed": allowed})
    return given


def fitting_name(given: str) -> str:
    """The name of a scenario for that of its file: what a name may not have is a hyphen, accents are one letter."""
    letters = unicodedata.normalize("NFC", given)[:_LONGEST_NAME].lstrip(".")
    return "".join(letter if _in_names(letter) else "-" for letter in letters) or "-"


def _in_names(letter: str) -> bool:
    return letter.isalnum() or letter in " -_.,()+&'"


def _digits_as_text(given: object) -> object:
    """A year such as ``2017``, which YAML takes for a number, as the text that its author wrote."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


def _written_schema(*kinds: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": list(kinds)})


_CLUSTERS_SCHEMA: Final = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST_CLUSTERS}, {"const": FINEST}]}
_NETWORK_FILE_SCHEMA: Final = {
    "type": "object", "additionalProperties": False, "required": ["file"], "properties": {"file": {"type": "string"}},
}
_MAPPING: Final = {"type": "object"}
_PATH: Final = {"type": "string", "pattern": r"\.ya?ml$"}

Text = Annotated[str, Field(min_length=1, max_length=200)]
FinancialYear = Annotated[str, BeforeValidator(_digits_as_text), AfterValidator(readable(parse_financial_year))]
QuarterStart = Annotated[str, BeforeValidator(_digits_as_text), AfterValidator(readable(parse_quarter_start))]
Clusters = Annotated[int | str, BeforeValidator(_clusters), WithJsonSchema(_CLUSTERS_SCHEMA)]


class Seeds(BaseModel):
    """The seeds of the runs: ``first``, ``first + 1`` and so on, ``count`` of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    first: int = Field(1, ge=0, le=2**32 - 1, description="First seed")
    count: int = Field(100, ge=1, le=1_000_000, description="Number of runs")


class NetworkFile(BaseModel):
    """A partnership network that is read from a file."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    file: Text = Field(description="Path, from the folder of the scenario file")


class ScenarioFile(BaseModel):
    """What a scenario file may say. Whatever it leaves out comes from the scenario it extends, or has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Annotated[Text, AfterValidator(_short_name)] = Field(
        "", description="Short name; the name of the file if not given"
    )
    title: str = Field("", max_length=200, description="Name for a reader")
    description: str = Field("", max_length=5000, description="What the scenario asks")
    extends: Text = Field("", description="Scenario it builds on: a shipped name, or a path that ends in .yaml")
    place: Text = Field("", description="Name or code of a place, as listed by 'totalplace places'")
    year: FinancialYear = Field("2010-11", description="Base year of the budgets")
    start: QuarterStart = Field(
        "2010-10", description="First month of the first quarter; October of the year of the budgets if not given"
    )
    quarters: int = Field(40, ge=1, le=MOST_QUARTERS, description="Length of a run in quarters")
    clusters: Clusters = Field(5, description="Neighbourhood clusters by deprivation, or finest: each small area")
    nhs: int = Field(1, ge=1, le=50, description="1 for one primary care trust, more for that many GP consortia")
    network: Annotated[Any, _written_schema({"enum": list(TOPOLOGIES)}, _NETWORK_FILE_SCHEMA)] = Field(
        "core_periphery", description="Partnership network at the start: a topology, or a file"
    )
    arrangement: Annotated[Any, _written_schema({"type": "string"}, _MAPPING)] = Field(
        "", description="Name or path of an arrangement, or its fields; fields alone change the inherited arrangement"
    )
    cuts: Text = Field("none", description="Budget path: none, a shipped name, or a path that ends in .yaml")
    levers: Annotated[Any, WithJsonSchema(LEVERS_JSON_SCHEMA)] = Field(
        "", description="Lever values; levers with a value for each department or theme take one number or a mapping"
    )
    uncertainties: Annotated[Any, WithJsonSchema(uncertainties_schema())] = Field(
        "default", description="Parameter values: default, prior, or a mapping"
    )
    events: Annotated[Any, _written_schema({"const": "none"}, EVENTS_JSON_SCHEMA)] = Field(
        "none", description="Dated policy events, added to those inherited; none drops those inherited"
    )
    seeds: Annotated[Any, WithJsonSchema(Seeds.model_json_schema())] = Field("", description="Seeds of the runs")


class Scenario(BaseModel):
    """A scenario in full. Made by ``scenarios.load``, never by hand.

    ``levers`` holds every lever: one value, or one for each department or theme; a choice is its index.
    ``uncertainties`` holds every parameter: a number or a range. ``events`` are sorted by quarter; those at or after
    ``quarters`` have no effect and are named in ``notes``. ``text`` is the whole scenario as YAML that loads to an
    equal scenario; ``sha256`` is its hash. Two scenarios are equal when their texts are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    description: str
    place: str
    year: str
    start: str
    quarters: int
    clusters: int | str
    nhs: int
    network: str | NetworkFile
    arrangement: Arrangement
    cuts: str
    levers: dict[str, tuple[float, ...]]
    uncertainties: dict[str, float | Range]
    events: tuple[Event, ...]
    seeds: Seeds
    notes: tuple[str, ...]
    text: str
    sha256: str

    _layers: tuple[Marked, ...] = PrivateAttr(default=())
    _settings: tuple[Marked, ...] = PrivateAttr(default=())

    @property
    def played_events(self) -> tuple[Event, ...]:
        """The events that do not lie after the end of the run."""
        return tuple(event for event in self.events if event.quarter < self.quarters)

    def with_settings(self, settings: Sequence[str], called: str = "--set") -> Scenario:
        """The scenario with ``key=value`` settings on top, in order; keys are dotted (``levers.cuts=0.5``).

        Raises InputError, with the setting as file, for what cannot be used; ``called`` is the word before it there.
        """
        from scenarios.settings import settings_of

        return self.with_contents(settings_of(settings, called))

    def with_contents(self, contents: Sequence[Marked]) -> Scenario:
        """The scenario with the contents of small scenario files on top, in order, as settings are. Raises InputError."""
        from scenarios.resolving import resolve

        return resolve(self._layers, (*self._settings, *contents))

    def says(self) -> list[str]:
        """What the scenario covers, in words: time, budgets, which themes, what changes when."""
        dates = quarter_dates(self.start, self.quarters)
        path = "level" if self.cuts == "none" else f"on the path {self.cuts}, {self.levers['cuts'][0]:g} times its depth"
        lines = [f"time: {dates[0]} to {format_month(parse_month(dates[-1]) + 2)}, budgets of {self.year}, {path}"]
        lines.append(f"negotiated: {self._negotiated()}")
        if any(self.levers["single_pot"]):
            lines.append(f"single pot: {covered('single_pot_scope', self.levers['single_pot_scope'])}")
        if any(self.levers["mandate"]):
            lines.append(f"mandated minimum: {covered('mandate', [float(share > 0) for share in self.levers['mandate']])}")
        lines += [f"event: {text}" for text in dict.fromkeys(event.text for event in self.played_events)]
        return lines

    def _negotiated(self) -> str:
        """The themes that have a commissioner and are in scope, in words."""
        themes = {theme for one in self.arrangement.commissioners for theme in one.themes}
        if self.arrangement.decision_rule == "none":
            return "nothing"
        scope = zip(THEMES, self.levers["scope"], strict=True)
        return covered("scope", [float(theme in themes and value > 0.5) for theme, value in scope])

    def written_as(self, layers: Sequence[Marked], settings: Sequence[Marked]) -> Self:
        """The scenario, knowing what it was made from (so that settings can be put on top later)."""
        self._layers, self._settings = tuple(layers), tuple(settings)
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __repr__(self) -> str:
        return (
            f"Scenario({self.name!r}: {self.arrangement.title or self.arrangement.name}, {self.place} {self.year}, "
            f"{self.quarters} quarters from {self.start}, cuts {self.cuts})"
        )

    __str__ = __repr__


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes YAML that ``scenarios.reading`` reads back as the same values."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _write_text(dumper: Any, text: str) -> Any:
    quoted = plain_value(text) != text
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if quoted else None)


_Dumper.add_representer(str, _write_text)


def canonical_text(content: dict[str, Any]) -> str:
    """YAML of a scenario's resolved content; equal contents give equal texts, whatever the order of their keys."""
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=120)
    return text


def text_hash(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()

