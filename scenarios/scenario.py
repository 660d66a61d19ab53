"""A scenario: a place, its arrangement, its levers, what is not known, dated policy events, horizon and seeds.

``ScenarioFile`` (:mod:`totalplace.scenarios.scenario_file`) is what a file may say, ``Scenario`` what it means
once everything is resolved.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, PrivateAttr

from totalplace.scenarios.arrangement import Arrangement
from totalplace.scenarios.calendar import period
from totalplace.scenarios.cuts import Cuts
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.events import Event
from totalplace.scenarios.events import told as event_words
from totalplace.scenarios.idle_levers import MANDATES
from totalplace.scenarios.lever_values import covered, paid_in
from totalplace.scenarios.network import Ties
from totalplace.scenarios.phases import Change, changed_fields
from totalplace.scenarios.posterior import say_differences
from totalplace.scenarios.read_only import read_only
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import LEVERS, target_label
from totalplace.scenarios.scenario_file import Seeds
from totalplace.scenarios.uncertainties import Range
from totalplace.scenarios.vocabulary import THEMES, label, period_of

if TYPE_CHECKING:
    from totalplace.scenarios.material import Material


#: Events of one lever and value from which on they are told together.
_TOGETHER: Final = 3
_BY_HAND: Final = "a scenario is made by scenarios.load or scenarios.loads, never by hand"


class Maker(NamedTuple):
    """How scenarios are made, which a scenario knows so that others can be made from it.

    ``settings`` reads ``key=value`` texts that are called by a word; ``resolve`` makes a scenario of layers and settings;
    ``for_many_runs`` makes one of another, its layers, its settings and its maker.
    """

    settings: Callable[[Sequence[str], str], list[Marked]]
    resolve: Callable[[Sequence[Marked], Sequence[Marked]], Scenario]
    for_many_runs: Callable[[Scenario, Sequence[Marked], Sequence[Marked], Maker], Scenario]


#: How to change what is not a field of its own.
_IN_ALL: Final = "scenario.with_settings([...]), which gives another scenario"


class UnchangedScenario(InputError, AttributeError):  # noqa: N818 (it is an InputError, and one of attributes)
    """A field of a scenario that somebody tried to set."""


class Scenario(BaseModel):
    """A scenario in full. Made by ``scenarios.load``, never by hand.

    ``levers`` holds every lever: one value, or one for each department or theme; a choice is its index.
    ``uncertainties`` holds every parameter: a number or a range. ``events`` change levers, ``changes`` the arrangement and the
    budget path; both are sorted by quarter, and those at or after ``quarters`` have no effect and are named in ``notes``. ``text``
    is the whole scenario as YAML that loads to an equal scenario, with a budget path or network of its own in full; ``sha256`` is
    its hash. Two scenarios are equal when their texts are. ``material`` is what its world is built from: once a scenario is loaded,
    nothing of it is read again. Nothing of a scenario can be written to: ``with_settings`` gives another one.
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
    network: str | Ties
    arrangement: Arrangement
    cuts: Cuts
    levers: Annotated[dict[str, tuple[float, ...]], AfterValidator(read_only)]
    uncertainties: Annotated[dict[str, float | Range], AfterValidator(read_only)]
    events: tuple[Event, ...]
    changes: tuple[Change, ...]
    seeds: Seeds
    notes: tuple[str, ...]
    text: str
    sha256: str

    _layers: tuple[Marked, ...] = PrivateAttr(default=())
    _settings: tuple[Marked, ...] = PrivateAttr(default=())
    _maker: Maker | None = PrivateAttr(default=None)
    _material: Material | None = PrivateAttr(default=None)
    _many: Scenario | None = PrivateAttr(default=None)

    @property
    def played_events(self) -> tuple[Event, ...]:
        """The events that do not lie after the end of the run."""
        return tuple(event for event in self.events if event.quarter < self.quarters)

    @property
    def played_changes(self) -> tuple[Change, ...]:
        """The changes of arrangement and budget path that do not lie after the end of the run."""
        return tuple(change for change in self.changes if change.quarter < self.quarters)

    def with_settings(self, settings: Sequence[str], called: str = "--set") -> Scenario:
        """The scenario with ``key=value`` settings on top, in order; keys are dotted (``levers.cuts=0.5``).

        Raises InputError, with the setting as file, for what cannot be used; ``called`` is the word before it there.
        """
        return self.with_contents(self._made().settings(settings, called))

    def with_contents(self, contents: Sequence[Marked]) -> Scenario:
        """The scenario with the contents of small scenario files on top, in order, as settings are. Raises InputError."""
        return self._made().resolve(self._layers, (*self._settings, *contents))

    def for_many_runs(self) -> Scenario:
        """The scenario as many runs are played: what it says nothing of among the uncertainties is drawn from the posterior.

        A parameter that a file or a setting gives, by its name or with all others (``uncertainties: default``), stays as given. One
        run by itself has those that nothing is said of at their defaults. Raises InputError if no posterior is shipped that fits.
        """
        if self._many is None:
            maker = self._made()
            self._many = maker.for_many_runs(self, self._layers, self._settings, maker)
        if self._many is not self:
            say_differences()
        return self._many

    @property
    def material(self) -> Material:
        """What the world of the scenario is built from."""
        if self._material is None:
            raise TypeError(_BY_HAND)
        return self._material

    @property
    def place_shown(self) -> str:
        """The place with its mark where its money is an estimate; also one of a user's own."""
        from totalplace.scenarios.places.quality import marked

        return marked(self.material.place.code, self.year)

    def _made(self) -> Maker:
        if self._maker is None:
            raise TypeError(_BY_HAND)
        return self._maker

    def says(self) -> list[str]:
        """What the scenario covers, in words: time, budgets, which themes, what changes when."""
        path = "level" if self.cuts == "none" else f"on the path {self.cuts}, {self.levers['cuts'][0]:g} times its depth"
        lines = [f"time: {period(self.start, self.quarters)}, budgets of {self.year}, {path}"]
        lines.append(f"negotiated: {self._negotiated(self.arrangement)}")
        if any(self.levers["single_pot"]):
            lines.append(f"single pot: {covered(self.levers['single_pot_scope'], period_of(self.year))}; "
                         f"{paid_in(self.levers['single_pot'], period_of(self.year))}")
        bound = [float(any(values)) for values in zip(*(self.levers[name] for name in MANDATES), strict=True)]
        if any(bound):
            lines.append(f"mandated minimum: {covered(bound, period_of(self.year))}")
        told = [(change.quarter, line) for change in self.played_changes for line in self._changed(change)]
        told += [(event.quarter, f"event: {text}") for event, text in _in_groups(self.played_events, period_of(self.year))]
        lines += dict.fromkeys(line for _, line in sorted(told, key=lambda one: one[0]))
        return lines

    def _changed(self, change: Change) -> list[str]:
        """What a change of the arrangement or the budget path does, in words."""
        if change.arrangement is None:
            return [f"event: {change.text}, carried on from where budgets stand"]
        earlier = [one.arrangement for one in self.played_changes if one.arrangement is not None and one.quarter < change.quarter]
        before, now = (earlier or [self.arrangement])[-1], change.arrangement
        fields = "; ".join(changed_fields(before, now)) or "no field but commissioners and levers"
        lines = [f"event: {change.text}, in place of {before.name}: {fields}"]
        left = {theme for one in before.commissioners for theme in one.themes}
        left -= {theme for one in now.commissioners for theme in one.themes}
        lines.append(f"negotiated from {change.text[:7]} on: {self._negotiated(now, change.quarter)}")
        if left:
            named = ", ".join(label(theme) for theme in THEMES if theme in left)
            lines.append(f"without a commissioner from {change.text[:7]} on, so that partners get notice: {named}")
        return lines

    def _negotiated(self, arrangement: Arrangement, quarter: int = 0) -> str:
        """The themes that have a commissioner and are in scope in a quarter, in words."""
        themes = {theme for one in arrangement.commissioners for theme in one.themes}
        if arrangement.decision_rule == "none":
            return "nothing"
        scope = list(self.levers["scope"])
        for event in self.events:
            if event.lever == "scope" and event.quarter <= quarter and quarter > 0:
                scope[event.index] = event.value
        on = [float(theme in themes and value > 0.5) for theme, value in zip(THEMES, scope, strict=True)]
        return covered(on, period_of(self.year))

    def made_from(self, layers: Sequence[Marked], settings: Sequence[Marked], maker: Maker, material: Material) -> Self:
        """The scenario, knowing what it was made from and how (so that settings can be put on top later), and its material."""
        self._layers, self._settings, self._maker, self._material = tuple(layers), tuple(settings), maker, material
        return self

    def __getstate__(self) -> dict[Any, Any]:
        state = super().__getstate__()
        private = {**(state["__pydantic_private__"] or {}), "_many": None}
        text = {"text": zlib.compress(self.text.encode())}
        return state | {"__dict__": state["__dict__"] | text, "__pydantic_private__": private}

    def __setstate__(self, state: dict[Any, Any]) -> None:
        text = zlib.decompress(state["__dict__"]["text"]).decode()
        super().__setstate__(state | {"__dict__": state["__dict__"] | {"text": text}})

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_"):
            told = f"scenario.with_settings(['{name}=...']), which gives another" if name in type(self).model_fields else _IN_ALL
            raise UnchangedScenario(f"A scenario stays as it is: '{name}' cannot be set", allowed=told)
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise UnchangedScenario(f"A scenario stays as it is: '{name}' cannot be removed", allowed=_IN_ALL)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy. Raises UnchangedScenario for an ``update``: fields alone would no longer go with text, hash and material."""
        if update:
            told = ", ".join(f"'{name}=...'" for name in update)
            raise UnchangedScenario(
                f"A scenario stays as it is: a copy cannot have {' and '.join(f"another '{name}'" for name in update)}",
                allowed=f"scenario.with_settings([{told}]), which gives another",
            )
        return super().model_copy(deep=deep)

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


def _in_groups(events: Sequence[Event], period: str) -> list[tuple[Event, str]]:
    """Events with their words; several departments or themes whose value of a lever becomes the same at once are told together."""
    groups: dict[tuple[int, str, float], list[Event]] = {}
    for event in events:
        groups.setdefault((event.quarter, event.lever, event.value), []).append(event)
    told = []
    for (_, lever, _), group in groups.items():
        texts = list(dict.fromkeys(event.text for event in group))
        if len(texts) < _TOGETHER or not LEVERS[lever].targets:
            told += [(group[0], event_words(text, lever, group[0].index, period)) for text in texts]
            continue
        date, _, words = texts[0].partition(": ")
        named = ", ".join(target_label(LEVERS[lever], event.index, period) for event in group)
        told.append((group[0], f"{date}: {label(lever)} at {words.rpartition(' at ')[2]} for {named}"))
    return told
