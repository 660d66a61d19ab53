"""What a scenario file may say: its keys, their types and ranges. :mod:`totalplace.scenarios.scenario` is what it means."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, WrapValidator
from pydantic_core import PydanticCustomError

from totalplace.scenarios.calendar import parse_financial_year, parse_quarter_start
from totalplace.scenarios.checking import readable
from totalplace.scenarios.errors import InputError, nearest_name
from totalplace.scenarios.events import EVENTS_JSON_SCHEMA
from totalplace.scenarios.lever_values import LEVERS_JSON_SCHEMA
from totalplace.scenarios.network import NETWORK_JSON_SCHEMA
from totalplace.scenarios.numbers import unfractioned
from totalplace.scenarios.uncertainties import uncertainties_schema
from totalplace.scenarios.vocabulary import PERIODS, TOPOLOGIES

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


def _unless_mapping(given: object, check: Callable[[object], object]) -> object:
    """A mapping as it is, anything else as it is checked: what a name or path stands for may be given in its place."""
    return given if isinstance(given, dict) else check(given)


def _written_schema(*kinds: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": list(kinds)})


_CLUSTERS_SCHEMA: Final = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MOST_CLUSTERS}, {"const": FINEST}]}
_MAPPING: Final = {"type": "object"}
_PATH: Final = {"type": "string", "pattern": r"\.ya?ml$"}



def _year_of_money(text: str) -> int:
    """The calendar year in which a financial year starts. Raises InputError, whose nearest year is one that there is money of."""
    try:
        return parse_financial_year(text)
    except InputError as problem:
        years = [year for one in PERIODS.values() for year in one.years]
        problem.nearest = problem.nearest and nearest_name(problem.nearest, years)
        raise


Text = Annotated[str, Field(min_length=1, max_length=200)]
FinancialYear = Annotated[str, BeforeValidator(_digits_as_text), AfterValidator(readable(_year_of_money))]
QuarterStart = Annotated[str, BeforeValidator(_digits_as_text), AfterValidator(readable(parse_quarter_start))]
Clusters = Annotated[int | str, BeforeValidator(_clusters), WithJsonSchema(_CLUSTERS_SCHEMA)]


class Seeds(BaseModel):
    """The seeds of the runs: ``first``, ``first + 1`` and so on, ``count`` of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    first: int = Field(1, ge=0, le=2**32 - 1, description="First seed")
    count: int = Field(100, ge=1, le=1_000_000, description="Number of runs")


class ScenarioFile(BaseModel):
    """What a scenario file may say. Whatever it leaves out comes from the scenario it extends, or has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: Annotated[Text, AfterValidator(_short_name)] = Field(
        "", description="Short name; the name of the file if not given"
    )
    title: str = Field("", max_length=200, description="Name for a reader")
    description: str = Field("", max_length=5000, description="What the scenario asks")
    extends: Text = Field("", description="Scenario it builds on: a shipped name, or a path that ends in .yaml")
    place: Annotated[Text, WrapValidator(_unless_mapping), _written_schema({"type": "string"}, _MAPPING)] = Field(
        "", description="Name or code of a place, as listed by 'totalplace places', or the path of a spreadsheet with your own"
    )
    year: FinancialYear = Field("2010-11", description="Base year of the budgets")
    start: QuarterStart = Field(
        "2010-10", description="First month of the first quarter; October of the year of the budgets if not given"
    )
    quarters: int = Field(40, ge=1, le=MOST_QUARTERS, description="Length of a run in quarters")
    clusters: Clusters = Field(5, description="Neighbourhood clusters by deprivation, or finest: each small area")
    nhs: int = Field(1, ge=1, le=50, description="1 for one primary care trust, more for that many GP consortia")
    network: Annotated[Any, _written_schema({"enum": list(TOPOLOGIES)}, *NETWORK_JSON_SCHEMA["anyOf"])] = Field(
        "core_periphery", description="Partnership network at the start: a topology, a file, or its ties"
    )
    arrangement: Annotated[Any, _written_schema({"type": "string"}, _MAPPING)] = Field(
        "", description="Name or path of an arrangement, or its fields; fields alone change the inherited arrangement"
    )
    cuts: Annotated[Text, WrapValidator(_unless_mapping), _written_schema({"type": "string"}, _MAPPING)] = Field(
        "none", description="Budget path: none, a shipped name, a path that ends in .yaml, or what such a file says"
    )
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
