"""Trials of a lever: a low and a high value that are played against each other, and the signs that the model description implies.

They stand with the lever in ``levers.yaml``; ``totalplace validate`` plays them (:mod:`totalplace.sim.evidence.lever_signs`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from totalplace.scenarios.reading import Marked

_NAMED: Final = Path(__file__).parent / "named"
_NEEDED: Final = ("scenario", "low", "high")
_OTHERS: Final = ("where", "raises", "lowers", "why")


@dataclass(frozen=True, slots=True)
class Trial:
    """A lever at two values in one scenario, both as for ``--set``; ``where``: settings on both sides, as for ``--set``.

    ``raises`` and ``lowers`` name the metrics for which the model description implies a sign, ``why`` says from which rule.
    """

    lever: str
    scenario: str
    low: str
    high: str
    raises: tuple[str, ...] = ()
    lowers: tuple[str, ...] = ()
    why: str = ""
    where: tuple[str, ...] = ()

    @property
    def expected(self) -> dict[str, int]:
        """The sign that is expected, by metric."""
        return dict.fromkeys(self.raises, 1) | dict.fromkeys(self.lowers, -1)

    @property
    def setting(self) -> str:
        """The scenario and what is set in it."""
        return ", ".join([self.scenario, *(text.replace("uncertainties.", "").replace("=", " ") for text in self.where)])


def trials(lever: str, given: Marked, low: float, high: float, choices: Sequence[str]) -> tuple[Trial, ...]:
    """The trials of a lever whose values run from ``low`` to ``high``, or are one of ``choices``.

    Raises InputError where there is none, and for a trial that cannot be played or says two things about one metric.
    """
    items = given.items("The trials of a lever")
    if not items:
        raise given.error(f"The lever '{lever}' has no trial", "at least one")
    return tuple(_trial(lever, item, low, high, choices) for item in items)


def _trial(lever: str, item: Marked, low: float, high: float, choices: Sequence[str]) -> Trial:
    fields = item.mapping("A trial of a lever")
    for key in fields:
        if key not in (*_NEEDED, *_OTHERS):
            raise item.unknown_key("key", key, (*_NEEDED, *_OTHERS), "in a trial of a lever")
    for key in _NEEDED:
        if key not in fields:
            raise item.error(f"The trial lacks the key '{key}'", _NEEDED)
    shipped = sorted(path.stem for path in _NAMED.glob("*.yaml"))
    if fields["scenario"].plain() not in shipped:
        raise fields["scenario"].unknown("scenario", fields["scenario"].plain(), shipped)
    least, most = (_value(key, fields[key], low, high, choices) for key in ("low", "high"))
    if least == most or (not choices and float(least) > float(most)):
        raise fields["high"].error("The high value of a trial must lie above the low one")
    raises, lowers, where = (_texts(key, fields) for key in ("raises", "lowers", "where"))
    if both := set(raises) & set(lowers):
        raise fields["lowers"].error(f"The trial raises and lowers '{min(both)}'", "one of them")
    why = fields["why"].text("Why a sign is expected") if "why" in fields else ""
    if bool(why) != bool(raises or lowers):
        raise item.error("The trial says why without a sign, or a sign without why", "raises or lowers, with why; or none of them")
    return Trial(lever, fields["scenario"].text("The scenario"), least, most, raises, lowers, why, where)


def _value(key: str, given: Marked, low: float, high: float, choices: Sequence[str]) -> str:
    """A value of the lever as text for ``--set``."""
    if not choices:
        return f"{given.number(f'The {key} value of a trial', low, high):g}"
    if given.plain() not in choices:
        raise given.unknown("choice", given.plain(), choices)
    return str(given.plain())


def _texts(key: str, fields: dict[str, Marked]) -> tuple[str, ...]:
    """A list of texts, each once; nothing where the key is not given."""
    if key not in fields:
        return ()
    items = fields[key].items(f"'{key}' of a trial")
    found: list[str] = []
    for item in items:
        text = item.text(f"What stands in '{key}'")
        if text in found:
            raise item.error(f"'{text}' stands twice in '{key}'")
        found.append(text)
    return tuple(found)
