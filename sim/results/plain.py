"""The plain answer: what was asked and what came out, in sentences, for whoever reads no table.

The one place where these sentences are made, for the command, reports, the browser and Python. They follow from bands: nobody is
called ahead, or a saving a saving, whose band of 90% of the runs holds zero, or that comes from too few runs. R runs; money is £m.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.sim.results.compare import difference, shared_draws
from totalplace.sim.results.deciding import MONEY, decides_words
from totalplace.sim.results.monte_carlo import (
    BAND,
    CLEAR_RUNS,
    Draws,
    clearly,
    in_band,
    only_just,
    plus_minus,
    runs_enough,
    too_few,
    too_few_to_call,
)
from totalplace.sim.results.natural_units import LEADING, SMALL, in_words, known, said
from totalplace.sim.results.setting import band_words, places_words
from totalplace.sim.results.verdicts import behind_words
from totalplace.sim.results.who_gains import BESIDE_BUDGETS, PEOPLE, who_words
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.run import Ensemble

#: Scenarios up to which each has its own sentences; the tables have all.
MOST_SAID: Final = 3
#: Points that the head of a report has at most.
MOST_POINTS: Final = 9
_INDEX: Final = "wellbeing"


@dataclass(frozen=True)
class Plain:
    """The sentences of an answer by what they say; any but ``asked`` and ``trust`` may be empty."""

    asked: str
    money: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    decides: tuple[str, ...] = ()
    trust: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them, in the order in which they are read."""
        return (self.asked, *self.money, *self.units, *self.who, *self.decides, *self.trust)


def plain(ensembles: Sequence[Ensemble], baseline: Ensemble) -> Plain:
    """The answer to what the runs ask: money, units that people know, who gains and pays, what decides it, how far to trust it.

    Several scenarios are held against the baseline, which is one of them; one alone against its own first quarter. Of more than
    :data:`MOST_SAID` others those that move money most, clear ones first, have sentences of their own, and so has what the one that
    most clearly changes anything for people does for them. Raises InputError for ensembles that cannot be paired.
    """
    others = [ensemble for ensemble in ensembles if ensemble is not baseline]
    if not others:
        return _alone(baseline)
    told = _worth_saying(others, baseline, MOST_SAID)
    return _told(told, told, _with(told, _felt_most(others, told[0], baseline)), ensembles, baseline)


def in_short(ensembles: Sequence[Ensemble], baseline: Ensemble) -> Plain:
    """The same for the head of a report: money of those that :func:`plain` tells of, people of the one that most clearly changes
    anything for them, the rest of the one that moves money most.

    Of a comparison it has :data:`MOST_POINTS` points at most; the others stand in the parts of the report that they belong to.
    """
    others = [ensemble for ensemble in ensembles if ensemble is not baseline]
    if len(others) < 2:
        return _shortened(plain(ensembles, baseline)) if others else plain(ensembles, baseline)
    told, (most,) = _worth_saying(others, baseline, MOST_SAID), _worth_saying(others, baseline, 1)
    return _shortened(_told(told, [most], [_felt_most(others, most, baseline)], ensembles, baseline))


def _shortened(answer: Plain) -> Plain:
    """The points that matter most, in the order in which they are read: money first, with who is left out and what of it is not the
    place's own, then how far to trust it and one on each of the other questions.
    """
    beside = tuple(words for words in answer.who if words.startswith(BESIDE_BUDGETS))
    who = tuple(words for words in answer.who if words not in beside)
    first = (*answer.money, *beside, *answer.trust, *answer.units[:1], *(() if beside else who[:1]), *answer.decides[:1])
    rest = (*who, *answer.units[1:], *answer.decides[1:])
    kept = list(dict.fromkeys((*first, *rest)))[:MOST_POINTS]

    def of(said: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(words for words in said if words in kept)

    return replace(answer, money=of(answer.money), units=of(answer.units), who=of(answer.who), decides=of(answer.decides),
                   trust=of(answer.trust))


def _told(told: Sequence[Ensemble], whole: Sequence[Ensemble], felt: Sequence[Ensemble], ensembles: Sequence[Ensemble],
          baseline: Ensemble) -> Plain:
    """Sentences on the money of scenarios that are ``told``, with what of it is not the place's own, on what some of them do for
    people, ``felt``, and on all else of some, ``whole``.
    """
    others = [ensemble for ensemble in ensembles if ensemble is not baseline]
    rest = [one.scenario.name for one in others if not any(one is mine for mine in told)]
    which = f"the {len(rest)} others ({listing(rest)}) are" if len(rest) > 1 else f"the other one ({listing(rest)}) is"
    how = f"These {len(told)} move money most, those whose difference is clear before the others; {which} in the tables."

    def belongs(who: str, one: Ensemble) -> bool:
        among = told if who.startswith(BESIDE_BUDGETS) else felt if who.startswith(PEOPLE) else whole
        return any(one is mine for mine in among)

    return Plain(
        asked=question(ensembles, baseline),
        money=(*(money_words(one, baseline) for one in told if MONEY in one.known_metrics), *([how] if rest else [])),
        units=tuple(filter(None, (units_words(one, baseline) for one in felt))),
        who=tuple(who for one in _with(told, *felt) for who in who_words(one, baseline) if belongs(who, one)),
        decides=tuple(filter(None, (decides_words(one, baseline) for one in whole))),
        trust=tuple(trust_words(told, baseline)),
    )


def _with(some: Sequence[Ensemble], *more: Ensemble) -> list[Ensemble]:
    """Each of ``some`` and ``more`` once."""
    return list({id(one): one for one in (*some, *more)}.values())


def _felt_most(others: Sequence[Ensemble], first: Ensemble, baseline: Ensemble) -> Ensemble:
    """The scenario with most clear differences for people, and of several that with the greatest in wellbeing; else ``first``."""

    def felt(one: Ensemble) -> tuple[int, float]:
        names = [*known((one, baseline), LEADING), *({_INDEX} & {*one.known_metrics} & {*baseline.known_metrics})]
        clear = {name: abs(float(np.median(gap))) for name in names if clearly(gap := difference(one, baseline, name))}
        return len(clear), clear.get(_INDEX, 0.0)

    return max(_with([first], *others), key=felt)


def _worth_saying(others: Sequence[Ensemble], baseline: Ensemble, most: int) -> list[Ensemble]:
    """The few scenarios that move money most against the baseline, those that do so clearly first, in the order given."""
    if len(others) <= most or MONEY not in baseline.known_metrics:
        return list(others[:most])

    def moved(ensemble: Ensemble) -> tuple[bool, float]:
        if MONEY not in ensemble.known_metrics:
            return False, 0.0
        gap = difference(ensemble, baseline, MONEY)
        return bool(clearly(gap)), abs(float(np.median(gap)))

    chosen = sorted(others, key=moved, reverse=True)[:most]
    return [one for one in others if any(one is mine for mine in chosen)]


def question(ensembles: Sequence[Ensemble], baseline: Ensemble) -> str:
    """What the runs ask, as a question: place, time, scenarios, baseline."""
    where = places_words([ensemble.place_name for ensemble in ensembles])
    span = f"{where}, {baseline.period} ({count(baseline.quarters, 'quarter')})"
    others = [ensemble.scenario.name for ensemble in ensembles if ensemble is not baseline]
    if not others:
        return f"What happens in {span} under {baseline.scenario.name}?"
    named = listing(others) if len(others) < 5 else f"{len(others)} scenarios"
    return f"What difference {'does' if len(others) == 1 else 'do'} {named} make against {baseline.scenario.name} in {span}?"


def money_words(ensemble: Ensemble, baseline: Ensemble) -> str:
    """What a scenario saves or costs a year against the baseline, with its band; what is not clear says so."""
    gap, draws = difference(ensemble, baseline, MONEY), shared_draws(ensemble, baseline)
    return saving_words(ensemble.scenario.name, baseline.scenario.name, gap, baseline.metric(MONEY), draws)


def saving_words(name: str, base: str, gap: NDArray[np.float64], metric: Metric, draws: Draws = None) -> str:
    """The same from paired differences (R,) in net saving; ``draws`` (R,) says which runs share a draw of the parameters."""
    if not gap.any():
        return f"Money: {name} frees no more and no less than {base}."
    if not (side := clearly(gap)):
        middle, low, high = in_band(gap, metric.unit, signed=True)
        if few := too_few_to_call(len(gap)):
            return f"Money: {name} has a net saving of {middle} a year against {base} ({low} to {high}), but {few}."
        return (f"Money: whether {name} saves against {base} is not clear. The median is {middle} a year, but the band that holds "
                f"90% of the runs, {low} to {high}, has zero in it.")
    middle, low, high = in_band(gap, metric.unit, size=True)
    does = "frees" if side > 0 else "costs"
    only = ", clear but only just" if only_just(gap, draws) else ""
    again = ", net of what it costs; most of it is spent again on services and is not cash" if side > 0 else ""
    return f"Money: {name} {does} {middle} a year more than {base} ({low} to {high} in 90% of the runs{only}){again}."


def units_words(ensemble: Ensemble, baseline: Ensemble) -> str:
    """What a scenario does to a few outcomes in units that people know, and to the index of wellbeing beside them."""
    name, base = ensemble.scenario.name, baseline.scenario.name
    parts = list(filter(None, (said(ensemble, baseline),)))
    if _INDEX in baseline.known_metrics:
        parts.append(index_words(difference(ensemble, baseline, _INDEX), baseline.metric(_INDEX)))
    return f"People: under {name}, against {base}, {'; '.join(parts)}." if parts else ""


def index_words(gap: NDArray[np.float64], metric: Metric) -> str:
    """A difference in the index of wellbeing, on its scale, from paired differences (R,)."""
    if not gap.any():
        return f"no difference in {metric.label}"
    middle, low, high = in_band(gap, metric.unit, signed=True)
    scale = f"an index from {metric.unit.replace('-', ' to ')}"
    told = f"{metric.label} {middle} ({low} to {high}) on {scale}"
    if few := too_few_to_call(len(gap)):
        return f"{told}, but {few}"
    if not clearly(gap):
        return f"no clear difference in {metric.label}, {scale} ({middle}, {low} to {high})"
    return f"{told}, too small to matter" if np.abs(np.quantile(gap, BAND)).max() < SMALL else told


def trust_words(others: Sequence[Ensemble], baseline: Ensemble, before: Sequence[Ensemble] = ()) -> Iterator[str]:
    """How far to trust it: over what the bands are, whether runs are enough, and what the model has been seen to reproduce.

    ``before``: runs of the same on the money of another year, their baseline first.
    """
    yield f"How far to trust it: {what_it_is(others)} {enough_words(others, baseline, before)}".rstrip()
    if behind := behind_words():
        yield behind


def what_it_is(ensembles: Sequence[Ensemble]) -> str:
    """That it is no forecast, and over what the bands are."""
    return f"it follows from rules and values of a model and is no forecast; bands are {band_words(ensembles)}."


def enough_words(others: Sequence[Ensemble], baseline: Ensemble, before: Sequence[Ensemble] = ()) -> str:
    """Whether there are runs enough, where more may say otherwise, and how closely they tell the median of each net saving.

    That is said of each year where there are runs of another one (``before``, their baseline first).
    """
    if few := too_few(baseline.runs):
        return few
    pairs = [*((one, before[0]) for one in before[1:]), *((one, baseline) for one in others)]
    gaps = {f"{one.scenario.name}{f' on {one.place.year} money' if before else ''}": (_gap(one, base), shared_draws(one, base))
            for one, base in pairs if MONEY in one.known_metrics}
    near = [name for name, (gap, draws) in gaps.items() if only_just(gap, draws)]
    but = f"; that in net saving of {listing(near)} is clear only just, and more runs may say otherwise" if near else ""
    unit, alone = baseline.metric(MONEY).unit if gaps else "", len(gaps) < 2
    tight = [f"{words}{'' if alone else f' for {name}'}" for name, (gap, draws) in gaps.items()
             if (words := error_words(gap, unit, draws))]
    known_to = f" The median of the net saving a year is known to {listing(tight)}." if tight else ""
    return f"{runs_enough(baseline.runs)}{but}.{known_to}"


def error_words(values: NDArray[np.float64], unit: str, draws: Draws = None) -> str:
    """The Monte Carlo error of a median in words, ``±£0.12m``; nothing where there is none."""
    half = plus_minus(values, unit, draws)
    return f"±£{half.removeprefix('±')}m" if half else ""


def _gap(one: Ensemble, baseline: Ensemble) -> NDArray[np.float64]:
    return one.at_end(MONEY) if one is baseline else difference(one, baseline, MONEY)


def _alone(ensemble: Ensemble) -> Plain:
    """The answer of one scenario by itself: its level, and what changes from its first quarter."""
    parts = [in_words(ensemble, name, (ensemble.at_end(name) - ensemble.series(name)[:, 0]).tolist())
             for name in known((ensemble,), LEADING)] if ensemble.runs >= CLEAR_RUNS else []
    return Plain(
        asked=question([ensemble], ensemble),
        money=(_money_alone(ensemble),) if MONEY in ensemble.known_metrics else (),
        units=(f"People: since the first quarter, {'; '.join(parts)}.",) if parts else (),
        who=tuple(who_words(ensemble, ensemble)),
        decides=tuple(filter(None, (decides_words(ensemble, ensemble),))),
        trust=tuple(trust_words([ensemble], ensemble)),
    )


def _money_alone(ensemble: Ensemble) -> str:
    """What joint working frees or costs a year under a scenario by itself."""
    name, metric, values = ensemble.scenario.name, ensemble.metric(MONEY), ensemble.at_end(MONEY)
    if not values.any():
        return f"Money: joint working frees nothing under {name}, and costs nothing."
    side = clearly(values)
    middle, low, high = in_band(values, metric.unit, size=bool(side))
    if side:
        does = "frees" if side > 0 else "costs"
        return (f"Money: in the last year joint working under {name} {does} {middle} ({low} to {high} in 90% of the runs), net of "
                "what it costs.")
    why = "the band has zero in it, so that it may be a cost"
    if ensemble.runs < CLEAR_RUNS:
        why = "one run says nothing of chance" if ensemble.runs == 1 else f"{ensemble.runs} runs are too few to call it a saving"
    return f"Money: in the last year joint working under {name} has a net saving of {middle} ({low} to {high}): {why}."


__all__ = [
    "MOST_POINTS", "MOST_SAID", "Plain", "enough_words", "error_words", "in_short", "index_words", "money_words", "plain",
    "question", "saving_words", "trust_words", "units_words", "what_it_is",
]
