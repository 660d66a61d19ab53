"""How a metric is declared: a figure of a run, a figure for each word of a list, or for each indicator of the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from totalplace.agents.columns import Column, number
from totalplace.scenarios.indicators import Indicator
from totalplace.scenarios.vocabulary import Words, label


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure of a run in a quarter. ``direction``: 1 more is better, -1 worse, 0 neither.

    ``label`` is the name in words, by default the name with spaces; ``aggregate`` says how a year is summed up: the ``last``
    quarter or the ``mean``.
    """

    name: str
    unit: str
    direction: int
    meaning: str
    group: str
    label: str = ""
    aggregate: str = "mean"

    def __post_init__(self) -> None:
        """Give a metric without a label its name in words."""
        if not self.label:
            object.__setattr__(self, "label", self.name.replace("_", " "))

    def metrics(self) -> list[Metric]:
        """The metric itself, as :meth:`MetricList.metrics` gives those of a list."""
        return [self]

    def column(self) -> Column:
        """The column of the table of metrics that holds it."""
        return number(self.name, self.unit, self.meaning)


@dataclass(frozen=True, slots=True)
class MetricList:
    """A metric for each word of a list: a vector column of the table of metrics.

    The metric of a word is called ``prefix_word``; ``meaning`` and ``label`` hold ``{}`` for the label of the word. ``words`` are
    those of the list ``of`` that have a metric. ``name`` is that of the column.
    """

    name: str
    prefix: str
    of: Words
    words: tuple[str, ...]
    unit: str
    direction: int
    group: str
    meaning: str
    label: str

    def metrics(self) -> list[Metric]:
        """The metrics of all words, in the order of the list."""
        return self.named(label)

    def in_words_of(self, period: str) -> list[Metric]:
        """The same with labels and meanings in the words of a period; names stay."""
        return self.named(lambda word: self.of.rows[word].called(period))

    def named(self, words: Callable[[str], str]) -> list[Metric]:
        """The metrics of all words, which are called by ``words``."""
        return [Metric(f"{self.prefix}_{word}", self.unit, self.direction, self.meaning.format(words(word)), self.group,
                       self.label.format(words(word))) for word in self.words]

    def column(self) -> Column:
        """The column of the table of metrics that holds them: a number for each word."""
        return number(self.name, self.unit, self.meaning.format("each"), len(self.words))


@dataclass(frozen=True, slots=True)
class IndicatorList:
    """A metric for each indicator of a registry, in a unit of its own: a vector column of the table of metrics, called ``name``."""

    name: str
    of: Mapping[str, Indicator]
    group: str

    def metrics(self) -> list[Metric]:
        """The metrics of all indicators, in the order of the registry."""
        return [Metric(row.name, row.unit, row.direction, row.meaning, self.group, row.label) for row in self.of.values()]

    def column(self) -> Column:
        """The column of the table of metrics that holds them: a number for each indicator."""
        return number(self.name, "its unit", "each indicator", len(self.of))
