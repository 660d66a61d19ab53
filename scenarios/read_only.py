"""Mappings that nobody can write to: what a scenario says stays as it is, though many share it and much is kept by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

from totalplace.scenarios.errors import InputError

_INSTEAD: Final = (
    "scenario.with_settings(['levers.clawback=0.5']), which gives another scenario, or dict(...) for a copy to write to"
)


class UnchangedMapping(InputError, TypeError):  # noqa: N818 (it is an InputError, and one of types)
    """A part of a scenario that somebody tried to write to."""


class ReadOnly[Key, Value](dict[Key, Value]):
    """A dictionary that refuses to be written to. A copy made by ``dict`` or ``copy`` can be."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise UnchangedMapping("What a scenario holds stays as it is: a value of it cannot be set or removed", allowed=_INSTEAD)

    if not TYPE_CHECKING:  # a type checker knows the methods of a dictionary
        __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __deepcopy__(self, memo: object) -> Self:
        return self  # nothing of it can be written to

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)


def read_only(value: Any) -> Any:
    """A value whose mappings, and those inside them, refuse to be written to."""
    if isinstance(value, Mapping):
        return ReadOnly({key: read_only(item) for key, item in value.items()})
    return value
