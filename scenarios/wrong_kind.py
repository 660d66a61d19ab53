"""A file of one kind given where another is wanted: an arrangement as a scenario, or a scenario as an arrangement."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from totalplace.scenarios.checking import is_path
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.scenario_file import ScenarioFile

_OF_SCENARIOS: Final = ScenarioFile.model_fields.keys()
#: A key of both kinds of file, with another meaning in each.
_TELLS_NOTHING: Final = {"extends"}


def refuse_arrangement(content: Marked, of_arrangements: Set[str]) -> None:
    """Raise InputError, at the first key that tells, when a file that should be a scenario looks like an arrangement.

    ``of_arrangements`` are the keys of an arrangement, here and in :func:`refuse_scenario`.
    """
    name = _named(content)
    use = f"to use an arrangement, write 'arrangement: {name}' in a scenario or give --set arrangement={name}"
    _refuse(content, _telling(content, of_arrangements, _OF_SCENARIOS), "an arrangement", "a scenario", use)


def refuse_scenario(content: Marked, of_arrangements: Set[str]) -> None:
    """Raise InputError, at the first key that tells, when a file that should be an arrangement looks like a scenario."""
    use = f"to use a scenario, write 'extends: {_named(content)}' in another or give it to 'totalplace run'"
    _refuse(content, _telling(content, _OF_SCENARIOS, of_arrangements), "a scenario", "an arrangement", use)


def _named(content: Marked) -> str:
    return content.file if is_path(content.file) else "FILE.yaml"


def _refuse(content: Marked, key: str | None, looks_like: str, wanted: str, use: str) -> None:
    """Raise InputError at ``key``, if there is one: ``looks_like`` and ``wanted`` are kinds of file with their article."""
    if key is None:
        return
    item = content.mapping("The file")[key]
    message = f"'{key}' is a key of {looks_like.split()[1]}s: this looks like {looks_like}, not {wanted}"
    raise InputError(message, file=item.file, line=item.key_line, column=item.key_column, allowed=f"{wanted}; {use}")


def _telling(content: Marked, theirs: Set[str], ours: Set[str]) -> str | None:
    """The first key that only files of the other kind have; None when there is none, or one that only ours have."""
    keys = list(content.value) if isinstance(content.value, dict) else []
    if (ours - theirs - _TELLS_NOTHING) & set(keys):
        return None
    return next((key for key in keys if key in theirs - ours - _TELLS_NOTHING), None)
