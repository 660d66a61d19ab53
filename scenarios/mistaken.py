"""A file of one kind given where another is wanted: an arrangement as a scenario, or a scenario as an arrangement."""

from __future__ import annotations

from scenarios.arrangement import Arrangement
from scenarios.checking import is_path
from scenarios.errors import InputError
from scenarios.reading import Marked
from scenarios.scenario import ScenarioFile

_OF_ARRANGEMENTS = Arrangement.model_fields.keys() - ScenarioFile.model_fields.keys()
_OF_SCENARIOS = ScenarioFile.model_fields.keys() - Arrangement.model_fields.keys() - {"extends"}


def refuse_arrangement(content: Marked) -> None:
    """Raise InputError, at the first key that tells, when a file that should be a scenario looks like an arrangement."""
    key = _telling(content, _OF_ARRANGEMENTS, _OF_SCENARIOS)
    if key is not None:
        name = content.file if is_path(content.file) else "FILE.yaml"
        raise _at_key(
            content, key, f"'{key}' is a key of arrangements: this looks like an arrangement, not a scenario",
            f"a scenario; to use an arrangement, write 'arrangement: {name}' in a scenario or give --set arrangement={name}",
        )


def refuse_scenario(content: Marked) -> None:
    """Raise InputError, at the first key that tells, when a file that should be an arrangement looks like a scenario."""
    key = _telling(content, _OF_SCENARIOS, _OF_ARRANGEMENTS)
    if key is not None:
        name = content.file if is_path(content.file) else "FILE.yaml"
        raise _at_key(
            content, key, f"'{key}' is a key of scenarios: this looks like a scenario, not an arrangement",
            f"an arrangement; to use a scenario, write 'extends: {name}' in another or give it to 'totalplace run'",
        )


def _telling(content: Marked, theirs: set[str], ours: set[str]) -> str | None:
    """The first key that only files of the other kind have; None when there is none, or one that only ours have."""
    keys = list(content.value) if isinstance(content.value, dict) else []
    if ours.intersection(keys):
        return None
    return next((key for key in keys if key in theirs), None)


def _at_key(content: Marked, key: str, message: str, allowed: str) -> InputError:
    item = content.mapping("The file")[key]
    return InputError(message, file=item.file, line=item.key_line, column=item.key_column, allowed=allowed)
