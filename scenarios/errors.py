"""The one way in which bad input is reported: file, line, column, what is wrong, what is allowed, nearest name."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

from totalplace.scenarios.user_text import printable

#: How many allowed values a message lists before it only counts the rest.
LISTED = 20
#: Most characters of a message, and of where it belongs, that are shown: what users give may be of any length.
_MOST = 1000
#: Short and other names that people type, with the names that they may stand for; ``totalplace.scenarios.vocabulary`` fills it.
SHORT_NAMES: dict[str, tuple[str, ...]] = {}
#: By how much a word of a name has to be more alike than a whole name (0-1, judgement: 0.05 to 0.15).
_CLEARLY = 0.1


def nearest_name(given: str, allowed: Iterable[str]) -> str | None:
    """The allowed name most like ``given``, in the spelling of ``allowed``; None when none is alike.

    Capitals, spaces, hyphens and underscores do not count. A name may be alike as a whole, or in a word of it that is clearly
    more alike. Short names of departments, agencies and themes, such as DWP, stand for the names that they are short for.
    """
    names = list(allowed)
    meant = next((name for name in SHORT_NAMES.get(_plain(given), ()) if name in names), None)
    if meant is not None:
        return meant
    whole = {_plain(name): name for name in names}
    words = {word: name for name in reversed(names) for word in _plain(name).split() if len(word) > 3}
    wanted, found = _plain(given)[:200], []
    for spelled, cutoff, less in ((whole, 0.6, 0.0), (words, 0.75, _CLEARLY)):
        for like in difflib.get_close_matches(wanted, list(spelled), n=1, cutoff=cutoff):
            found.append((difflib.SequenceMatcher(None, like, wanted).ratio() - less, spelled[like]))
    return max(found, key=lambda one: one[0])[1] if found else None


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFC", name).casefold().replace("&", " and ")
    return " ".join(text.replace("_", " ").replace("-", " ").split())


class InputError(Exception):
    """Something the user gave cannot be used.

    ``file`` is a path or a word for the source such as ``--set``; ``line`` and ``column`` count from 1.
    ``allowed`` is what would do: a sentence, or names, which stand between semicolons when one of them holds a comma.
    ``nearest`` is the valid name most like what was given.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        allowed: str | Iterable[str] = "",
        nearest: str | None = None,
    ) -> None:
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.allowed: str | tuple[str, ...] = allowed if isinstance(allowed, str) else tuple(allowed)
        self.nearest = nearest
        super().__init__(message)

    def at(self, file: str | None, line: int | None = None, column: int | None = None) -> InputError:
        """The same error, of the same class, at a place in a file; a place it already has is kept."""
        if self.file is None:
            self.file, self.line, self.column = file, line, column
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), dict(self.__dict__))

    @property
    def position(self) -> str:
        """``FILE:LINE:COLUMN`` as far as it is known, else an empty text."""
        parts = [self.file, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)

    def __str__(self) -> str:
        message = _short(self.message, _MOST)
        text = printable(f"{_short(self.position, _MOST)}: {message}" if self.position else message)
        text = text if text.endswith((".", "!", "?")) else text + "."
        if self.nearest:  # before the names, of which there may be many
            text += f" Did you mean '{printable(self.nearest)}'?"
        if self.allowed:
            text += f" Allowed: {printable(self._allowed_text())}."
        return text

    def _allowed_text(self) -> str:
        if isinstance(self.allowed, str):
            return self.allowed.rstrip(".")
        listed = self.allowed[:LISTED]
        shown = ("; " if any("," in name for name in listed) else ", ").join(listed)
        rest = len(self.allowed) - LISTED
        return f"{shown} and {rest} more" if rest > 0 else shown


class UnknownName(InputError):  # noqa: N818 (it is an InputError, and says what is unknown)
    """A name that nothing has: a place, scenario, arrangement, lever, department, theme, parameter or key.

    ``what`` is the kind of thing (``place``), ``given`` the name as the user wrote it, ``allowed`` the names there are;
    ``where`` says where it was looked for (``in a scenario``).
    """

    def __init__(
        self,
        what: str,
        given: object,
        allowed: Iterable[str],
        *,
        where: str = "",
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
    ) -> None:
        self.what = what
        self.given = str(given)
        names = tuple(allowed)
        super().__init__(
            f"There is no {what} '{_short(self.given)}'" + (f" {where}" if where else ""),
            file=file,
            line=line,
            column=column,
            allowed=names,
            nearest=nearest_name(self.given, names),
        )


class BeforeStart(InputError):  # noqa: N818 (it is an InputError, and says what is wrong)
    """A dated change before the start of the run: ``event`` is the change in words."""

    def __init__(
        self, event: str, allowed: str, *, file: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        self.event = event
        message = f"The event '{event}' lies before the start of the run"
        super().__init__(message, file=file, line=line, column=column, allowed=allowed)


class GivenTwice(InputError):  # noqa: N818 (it is an InputError, and says what is wrong)
    """One value in one list twice, whether the two differ or not: ``first`` is how it was given before, ``name`` how again."""

    def __init__(
        self, name: str, first: str, *, file: str | None = None, line: int | None = None, column: int | None = None
    ) -> None:
        before = "" if first == name else f"; first as '{first}'"
        super().__init__(f"'{name}' is given twice{before}", file=file, line=line, column=column, allowed="each value once")


class UnknownAttribute(UnknownName, AttributeError):  # noqa: N818 (as UnknownName)
    """An attribute that an agent, a row or a table does not have; also an AttributeError, as Python asks of attributes."""


def _restore(kind: type[InputError], state: dict[str, object]) -> InputError:
    """An error as it was before it was pickled (errors travel between processes)."""
    error = kind.__new__(kind)
    error.args = (state["message"],)
    error.__dict__.update(state)
    return error


def _short(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."
