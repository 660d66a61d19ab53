"""The ingredients of arrangements: groups of fields and levers, named in ``ingredients.yaml``, that analyses take apart."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from totalplace.scenarios.arrangement import Arrangement
from totalplace.scenarios.checking import checked
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.reading import read_file
from totalplace.scenarios.registry import LEVERS
from totalplace.scenarios.stamps import Stamp, stamp

FILE: Final = Path(__file__).with_name("ingredients.yaml")


class Ingredient(BaseModel):
    """A group of fields of an arrangement and of levers that go with it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    label: str = Field(min_length=1, description="Name for a reader")
    meaning: str = Field(min_length=1, description="What it is")
    fields: tuple[str, ...] = Field((), strict=False, description="Fields of an arrangement")
    levers: tuple[str, ...] = Field((), strict=False, description="Levers that arrangements bring")


def ingredients() -> Mapping[str, Ingredient]:
    """The ingredients by key. Raises InputError for a field or lever that there is not, or that two ingredients have."""
    return _kept(stamp(FILE))


@lru_cache(maxsize=1)
def _kept(file: Stamp) -> Mapping[str, Ingredient]:
    found: dict[str, Ingredient] = {}
    taken: dict[str, str] = {}
    for key, item in read_file(file[0]).mapping("The list of ingredients").items():
        one = checked(Ingredient, item, "an ingredient")
        for names, known, what in ((one.fields, Arrangement.model_fields, "field"), (one.levers, LEVERS, "lever")):
            for name in names:
                if name not in known:
                    raise item.unknown(what, name, known, "of an ingredient")
                if name in taken:
                    raise InputError(f"The {what} '{name}' belongs to two ingredients: {taken[name]} and {key}", file=str(FILE))
                taken[name] = key
        found[key] = one
    return MappingProxyType(found)


def ingredient_of(kind: str, name: str) -> Ingredient | None:
    """The ingredient that a field (``arrangement``) or lever (``levers``) belongs to; None where it belongs to none."""
    for one in ingredients().values():
        if name in (one.fields if kind == "arrangement" else one.levers if kind == "levers" else ()):
            return one
    return None
