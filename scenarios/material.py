"""What the world of a scenario is built from: all that stands in files or goes by a name, found when the scenario is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.arrangement import BOARD, Arrangement, Commissioner
from totalplace.scenarios.cuts import budgets_by_kind
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.network import Ties, positions
from totalplace.scenarios.period_words import PeriodWords, words_of
from totalplace.scenarios.phases import Change, Phase, Post, phases_of
from totalplace.scenarios.places import Place, load
from totalplace.scenarios.places.surroundings import part_of_body
from totalplace.scenarios.posterior import learnt
from totalplace.scenarios.prices import price_levels, years_unpublished
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.uncertainties import POSTERIOR, Range
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DECISION_RULES, THEMES, period_of

#: Quarters beyond the end of a run whose budgets agencies may know in it.
_AHEAD: Final = int(4.0 * LEVERS["settlement_years"].high)


@dataclass(frozen=True, eq=False)
class Material:
    """What the world of a scenario is built from, so that nothing is read and no name is looked up after a scenario is loaded.

    - ``place`` with A agencies, and the ``period`` of its year, whose words are ``words``
    - ``budgets`` (agency kinds, quarters) real-terms index of each kind's budget, 1 in the base year; beyond the end of the run as
      far as a settlement tells agencies their budgets
    - ``budgets_below``, ``budgets_above`` how far the ends of its range lie from it, to three figures, since ranges are judged
    - ``prices`` (quarters,) price level, 1 in the base year; ``unpublished`` (quarters,) years beyond the table of prices
    - ``particles`` (N, K) rows of the posterior, of the parameters whose positions are ``learnt`` (K,); none where nothing is drawn
      from it
    - ``ties`` pairs of positions of agencies, of a network of the scenario's own; None where its network is a topology
    - ``hosts`` positions of the agencies that host each post of a commissioner, ``portfolios`` positions of its themes
    - ``arrangements``, by phase: its quarter, the positions of its rule in DECISION_RULES and of whom it binds in AGENCY_KINDS, and
      the number of the post for each theme, -1 for none
    - ``parts`` (agency kinds,) part of its body that the place is, 1 for a body of the place alone
    - ``posts`` of commissioners and ``phases`` of arrangements, in words
    - ``most_negotiations`` that commissioners open in a quarter
    - ``digest`` SHA-256 of all that

    Arrays are read-only.
    """

    period: str
    place: Place
    budgets: NDArray[np.float64]
    budgets_below: NDArray[np.float16]
    budgets_above: NDArray[np.float16]
    prices: NDArray[np.float64]
    unpublished: NDArray[np.int8]
    learnt: tuple[int, ...]
    particles: NDArray[np.float64]
    ties: tuple[tuple[int, int], ...] | None
    hosts: tuple[int, ...]
    portfolios: tuple[tuple[int, ...], ...]
    arrangements: tuple[tuple[int, int, tuple[int, ...], tuple[int, ...]], ...]
    parts: tuple[float, ...]
    posts: tuple[Post, ...]
    phases: tuple[Phase, ...]
    most_negotiations: int
    digest: str

    def __post_init__(self) -> None:
        """Make all that could be written to read-only."""
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self.__post_init__()

    def __deepcopy__(self, memo: object) -> Material:
        return self  # nothing of it can be written to

    @property
    def words(self) -> PeriodWords:
        """The words of the period."""
        return words_of(self.period)


def material_of(content: Mapping[str, Any], code: str, arrangement: Arrangement, written: Mapping[str, Marked]) -> Material:
    """What the world of a scenario is built from: ``content`` are its fields, ``written`` where files or settings give them.

    ``code`` is that of its place.

    Raises InputError, where it is written, for more clusters than the place has small areas, for a host that the place does not
    have and for a network with such an agency.
    """
    try:
        place = load(code, content["year"], content["clusters"], content["nhs"])
    except InputError as problem:
        raise _at(problem, written.get("clusters", written["place"])) from None
    network, period = content["network"], period_of(content["year"])
    played = [change for change in content["changes"] if change.quarter < content["quarters"]]
    posts, phases = phases_of(arrangement, played)
    budgets = _budgets(content, played, "index")
    found: dict[str, Any] = {
        "period": period,
        "place": place,
        "budgets": budgets,
        "budgets_below": (budgets - _budgets(content, played, "low")).astype(np.float16),
        "budgets_above": (_budgets(content, played, "high") - budgets).astype(np.float16),
        "prices": price_levels(content["start"], content["quarters"], content["year"]),
        "unpublished": years_unpublished(content["start"], content["quarters"], content["year"]).astype(np.int8),
        **dict(zip(("learnt", "particles"), _particles(content["uncertainties"]), strict=True)),
        "ties": positions(network, place.agency_names, written["network"]) if isinstance(network, Ties) else None,
        "hosts": tuple(_host(post.commissioner, place, period, written["arrangement"]) for post in posts),
        "portfolios": tuple(tuple(THEMES.index(theme) for theme in post.commissioner.themes) for post in posts),
        "arrangements": tuple(_phase(phase) for phase in phases),
        "parts": tuple(part_of_body(place.code, content["year"], kind) for kind in AGENCY_KINDS),
    }
    most = max(_opened(phase.arrangement) for phase in phases)
    return Material(**found, posts=posts, phases=phases, most_negotiations=most, digest=_digest(found))


def drawing(material: Material, uncertainties: Mapping[str, float | Range]) -> Material:
    """The same for other uncertainties."""
    known, rows = _particles(uncertainties)
    digest = hashlib.sha256(material.digest.encode() + repr(known).encode() + np.ascontiguousarray(rows).tobytes())
    return replace(material, learnt=known, particles=rows, digest=digest.hexdigest())


def _opened(arrangement: Arrangement) -> int:
    """Most negotiations that the commissioners of an arrangement open in a quarter; an annual plan may be of all their themes."""
    return sum(len(one.themes) if arrangement.annual_plan else min(_agenda(arrangement), len(one.themes))
               for one in arrangement.commissioners)


def _agenda(arrangement: Arrangement) -> int:
    """Most negotiations that a commissioner opens in a quarter, with what may be out in the arrangement."""
    return int(PARAMETERS["arrangement_agenda"].high * arrangement.themes_a_quarter + 0.5)


def _phase(phase: Phase) -> tuple[int, int, tuple[int, ...], tuple[int, ...]]:
    """A phase in numbers: see :class:`Material`."""
    now = phase.arrangement
    bound = tuple(AGENCY_KINDS.index(kind) for kind in now.mandated_agencies)
    return phase.quarter, DECISION_RULES.index(now.decision_rule), bound, phase.leads


def _budgets(content: Mapping[str, Any], changes: Sequence[Change], end: str) -> NDArray[np.float64]:
    """The budget path, or an ``end`` of its range (``low``, ``high``), as far as agencies may know it within the run.

    That is by the longest settlement there may be, since one may be set while the run is played.

    One that comes at a date is carried on from where the one before it stands.
    """
    start, quarters, year = content["start"], content["quarters"] + _AHEAD, content["year"]
    budgets = budgets_by_kind(content["cuts"], start, quarters, year, end)
    for change in changes:
        if change.cuts is not None:
            path, budgets = budgets_by_kind(change.cuts, start, quarters, year, end), budgets.copy()
            before = path[:, change.quarter - 1, None]
            growth = np.divide(path[:, change.quarter :], before, out=np.zeros_like(path[:, change.quarter :]), where=before > 0.0)
            budgets[:, change.quarter :] = budgets[:, change.quarter - 1, None] * growth
    return budgets


def _at(problem: InputError, item: Marked) -> InputError:
    return problem.at(item.file, item.line, item.column)


def _particles(uncertainties: Mapping[str, float | Range]) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """The posterior, of the parameters that it knows, if a parameter is drawn from it."""
    drawn = any(isinstance(given, Range) and given.distribution == POSTERIOR for given in uncertainties.values())
    return learnt() if drawn else ((), np.zeros((0, 0)))


def _host(commissioner: Commissioner, place: Place, period: str, item: Marked) -> int:
    """The position of the agency that hosts a commissioner; the council hosts those of the board."""
    council = AGENCY_KINDS[words_of(period).agency_kinds.the["council"]]
    try:
        return place.first_agency(council if commissioner.host == BOARD else commissioner.host, "host")
    except InputError as problem:
        raise _at(problem, item) from None


def _digest(found: Mapping[str, Any]) -> str:
    """SHA-256 of all parts."""
    digest = hashlib.sha256()
    for part in found.values():
        if isinstance(part, Place):
            digest.update(part.digest.encode())
        else:
            digest.update(np.ascontiguousarray(part) if isinstance(part, np.ndarray) else repr(part).encode())
    return digest.hexdigest()
