"""Conditions over metrics, such as ``net_saving > 0 and wellbeing_* >= silo``: read and checked, never run as code.

A comparison has a metric (or a pattern that ends in ``*`` for every metric that begins so) on the left, and a number, in the
unit of the metric, or a scenario of the sweep on the right: the same run under that scenario. ``and`` binds closer than ``or``;
parentheses group.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.vocabulary import label
from totalplace.sim.results.labels import PLAIN, Labels
from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.analysis.cases import Cases

Truth = NDArray[np.bool_]

_TOKEN = re.compile(r"\s*(?:(?P<operator>>=|<=|>|<)|(?P<bracket>[()])|(?P<word>[A-Za-z0-9_./+*-]+))")
_COMPARE: Final[dict[str, Callable[[NDArray[np.float64], NDArray[np.float64] | float], Truth]]] = {
    ">": np.greater, ">=": np.greater_equal, "<": np.less, "<=": np.less_equal,
}
_IN_WORDS: Final = {">": "above", ">=": "at least", "<": "below", "<=": "at most"}
#: Longest condition read, in characters, and most parentheses in it.
LONGEST: Final = 1000
MOST_GROUPS: Final = 50
_FORM: Final = "comparisons such as 'net_saving > 0', joined by 'and' or 'or'; parentheses group them"


@dataclass(frozen=True)
class Comparison:
    """``metric operator value``; the value is a number, or the name of a scenario. ``labels`` say how readers see the metric."""

    metric: str
    operator: str
    value: float | str
    labels: Labels = PLAIN

    @property
    def words(self) -> str:
        """The comparison as a reader says it."""
        metric = self.labels.metric(self.metric)
        limit = f"that under {self.value}" if isinstance(self.value, str) else amount(self.value, metric.unit)
        return f"{metric.label} {_IN_WORDS[self.operator]} {limit}"


@dataclass(frozen=True)
class Condition:
    """Comparisons and conditions joined by ``and`` or ``or``; ``text`` is what was written.

    ``pattern`` is that of a comparison of several metrics at once, else empty.
    """

    text: str
    joint: str
    parts: tuple[Comparison | Condition, ...]
    pattern: str = ""

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics it speaks of, each once."""
        return tuple(dict.fromkeys(comparison.metric for comparison in self._comparisons()))

    @property
    def references(self) -> tuple[str, ...]:
        """The scenarios it compares with, each once."""
        return tuple(dict.fromkeys(c.value for c in self._comparisons() if isinstance(c.value, str)))

    @property
    def words(self) -> str:
        """The condition as a reader says it."""
        if self.pattern:
            first = next(self._comparisons())
            every = f"every {label(self.pattern.rstrip('_*'))} metric"
            return first.words.replace(first.labels.metric(first.metric).label, every, 1)
        said = [part.words if isinstance(part, Comparison) or part.joint == "and" else f"({part.words})" for part in self.parts]
        return f" {self.joint} ".join(said)

    def _comparisons(self) -> Iterator[Comparison]:
        for part in self.parts:
            if isinstance(part, Comparison):
                yield part
            else:
                yield from part._comparisons()

    def holds(self, table: pd.DataFrame, references: dict[str, pd.DataFrame] | None = None) -> Truth:
        """Where it holds (rows,). ``references`` has the same runs, row by row, under each scenario that it names."""
        found = [
            _holds(part, table, references or {}) if isinstance(part, Comparison) else part.holds(table, references)
            for part in self.parts
        ]
        joined: Truth = (np.logical_and if self.joint == "and" else np.logical_or).reduce(found)
        return joined


def parse(text: str, metrics: Sequence[str], scenarios: Sequence[str] = (), labels: Labels = PLAIN) -> Condition:
    """The condition that a text states, over some of ``metrics`` and, on the right, ``scenarios``. Raises InputError.

    ``labels`` say how its words name the metrics.
    """
    return _Reader(text, metrics, scenarios, labels).whole()


def references(cases: Cases, condition: Condition, everything: Cases) -> dict[str, pd.DataFrame]:
    """For each scenario that a condition names, its runs in ``everything``, paired with the cases by place, point, replicate."""
    keys = ["place", "point", "replicate"]
    found = {}
    for name in condition.references:
        other = everything.table[everything.table["scenario"] == name][[*keys, *condition.metrics]]
        found[name] = cases.table[keys].merge(other, how="left", on=keys)
    return found


def where(cases: Cases, condition: Condition, everything: Cases | None = None) -> tuple[Truth, Truth]:
    """Where a condition holds, and where it is known: neither the run nor one it is compared with is missing.

    ``everything`` are the cases that have the scenarios it compares with; ``cases`` itself if not given.
    """
    others = references(cases, condition, everything or cases)
    tables = (cases.table, *others.values())
    known = np.logical_and.reduce([table[list(condition.metrics)].notna().all(axis=1).to_numpy() for table in tables])
    return condition.holds(cases.table, others) & known, known


def _holds(comparison: Comparison, table: pd.DataFrame, others: dict[str, pd.DataFrame]) -> Truth:
    value = comparison.value
    right = others[value][comparison.metric].to_numpy(np.float64) if isinstance(value, str) else value
    return _COMPARE[comparison.operator](table[comparison.metric].to_numpy(np.float64), right)


class _Reader:
    """Reads a condition by descent: any = all (or all)*; all = item (and item)*; item = ( any ) | comparison."""

    def __init__(self, text: str, metrics: Sequence[str], scenarios: Sequence[str], labels: Labels) -> None:
        self.text, self.metrics, self.scenarios, self.labels = text, metrics, scenarios, labels
        self.words = list(self._split())
        self.at = 0

    def _split(self) -> Iterator[str]:
        if len(self.text) > LONGEST:
            raise InputError("The condition is too long", allowed=f"at most {LONGEST:,} characters")
        if self.text.count("(") > MOST_GROUPS:
            raise InputError("The condition has too many parentheses", allowed=f"at most {MOST_GROUPS} pairs")
        at = 0
        while self.text[at:].strip():
            found = _TOKEN.match(self.text, at)
            if found is None:
                raise self._error(f"cannot be read from '{self.text[at:].strip()[:20]}' on")
            yield found.group().strip()
            at = found.end()

    def _error(self, what: str) -> InputError:
        return InputError(f"The condition '{self.text}' {what}", allowed=_FORM)

    def _next(self) -> str:
        word = self.words[self.at] if self.at < len(self.words) else ""
        self.at += 1
        return word

    def whole(self) -> Condition:
        found = self._joined("or")
        if self.at < len(self.words):
            raise self._error(f"does not end before '{self.words[self.at]}'")
        return Condition(self.text, "and", (found,)) if isinstance(found, Comparison) else found

    def _joined(self, joint: str) -> Comparison | Condition:
        parts = [self._joined("and") if joint == "or" else self._item()]
        while self.at < len(self.words) and self.words[self.at] == joint:
            self.at += 1
            parts.append(self._joined("and") if joint == "or" else self._item())
        return parts[0] if len(parts) == 1 else Condition(self.text, joint, tuple(parts))

    def _item(self) -> Comparison | Condition:
        word = self._next()
        if word == "(":
            inner = self._joined("or")
            if self._next() != ")":
                raise self._error("lacks a closing parenthesis")
            return inner
        if not word or word in (")", "and", "or", *_COMPARE):
            raise self._error(f"has '{word}' where a metric should stand" if word else "ends where a metric should stand")
        names = self._metrics(word)
        operator = self._next()
        if operator not in _COMPARE:
            raise self._error(f"has '{operator}' after '{word}'" if operator else f"ends after '{word}'")
        value = self._value(self._next())
        parts = tuple(Comparison(name, operator, value, self.labels) for name in names)
        return parts[0] if len(parts) == 1 else Condition(self.text, "and", parts, word)

    def _metrics(self, word: str) -> list[str]:
        if word.endswith("*") and word.count("*") == 1:
            found = [name for name in self.metrics if name.startswith(word[:-1])]
            if found:
                return found
        if word not in self.metrics:
            raise UnknownName("metric", word, self.metrics, where="in the condition")
        return [word]

    def _value(self, word: str) -> float | str:
        if word in self.scenarios:
            return word
        try:
            number = float(word)
        except ValueError:
            number = float("nan")
        if np.isfinite(number):
            return number
        if not word or word in ("(", ")", "and", "or", *_COMPARE):
            raise self._error("lacks a number or the name of a scenario on the right")
        raise UnknownName("number or scenario of the sweep", word, self.scenarios, where="in the condition")
