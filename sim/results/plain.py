"""The plain answer: what was asked and what came out, in sentences, for whoever reads no table.

The one place where these sentences are made, for the command, reports, the browser and Python. They follow from bands: nobody is
called ahead, or a saving a saving, whose band of 90% of the runs holds zero, or that comes from too few runs. R runs; money is £m.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.sim.model.metrics import without_value
from totalplace.sim.results.compare import difference, shared_draws
from totalplace.sim.results.deals import part_words
from totalplace.sim.results.monte_carlo import BAND, BAND_RUNS, CLEAR_RUNS, Draws, clearly, only_just, plus_minus, too_few
from totalplace.sim.results.natural_units import LEADING, in_words, known, said
from totalplace.sim.results.setting import band_words, places_words
from totalplace.sim.results.verdicts import behind_words
from totalplace.sim.results.what_is_known import split
from totalplace.sim.results.who_gains import faring, paying
from totalplace.sim.results.wording import amount, count, listing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.run import Ensemble

#: Scenarios up to which each has its own sentences; the tables have all.
MOST_SAID: Final = 3
MONEY: Final = "net_saving"
_CASH: Final = "taxpayers_cash"
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
    :data:`MOST_SAID` others those that move money most, clear ones first, have sentences of their own. Raises InputError for
    ensembles that cannot be paired.
    """
    others = [ensemble for ensemble in ensembles if ensemble is not baseline]
    if not others:
        return _alone(baseline)
    told = _worth_saying(others, baseline)
    more = len(others) - len(told)
    rest = [f"What else was compared ({count(more, 'scenario')}) is in the tables."] if more else []
    return Plain(
        asked=question(ensembles, baseline),
        money=(*(money_words(one, baseline) for one in told if MONEY in one.known_metrics), *rest),
        units=tuple(filter(None, (units_words(one, baseline) for one in told))),
        who=tuple(who for one in told for who in who_words(one, baseline)),
        decides=tuple(filter(None, (decides_words(one, baseline) for one in told))),
        trust=tuple(trust_words(others, baseline)),
    )


def _worth_saying(others: Sequence[Ensemble], baseline: Ensemble) -> list[Ensemble]:
    """The few scenarios that move money most against the baseline, those that do so clearly first, in the order given."""
    if len(others) <= MOST_SAID or MONEY not in baseline.known_metrics:
        return list(others[:MOST_SAID])

    def moved(ensemble: Ensemble) -> tuple[bool, float]:
        if MONEY not in ensemble.known_metrics:
            return False, 0.0
        gap = difference(ensemble, baseline, MONEY)
        return bool(clearly(gap)), abs(float(np.median(gap)))

    chosen = sorted(others, key=moved, reverse=True)[:MOST_SAID]
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


def _ends(values: NDArray[np.float64], unit: str, *, signed: bool = False, size: bool = False) -> tuple[str, str, str]:
    """Median and ends of the band in words; their sizes, the smaller first, where the sign is in the verb."""
    low, middle, high = (float(value) for value in np.quantile(values, (BAND[0], 0.5, BAND[1])))
    if size:
        low, high = sorted((abs(low), abs(high)))
        middle = abs(middle)
    told = [amount(value, unit, signed=signed, brief=True) for value in (middle, low, high)]
    return told[0], told[1], told[2]


def money_words(ensemble: Ensemble, baseline: Ensemble) -> str:
    """What a scenario saves or costs a year against the baseline, with its band; what is not clear says so."""
    metric, gap = baseline.metric(MONEY), difference(ensemble, baseline, MONEY)
    name, base = ensemble.scenario.name, baseline.scenario.name
    if not gap.any():
        return f"Money: {name} frees no more and no less than {base}."
    if not (side := clearly(gap)):
        middle, low, high = _ends(gap, metric.unit, signed=True)
        if ensemble.runs < CLEAR_RUNS:
            few = "one run says nothing of chance" if ensemble.runs == 1 else f"{ensemble.runs} runs are too few to call it clear"
            return f"Money: {name} has a net saving of {middle} a year against {base} ({low} to {high}), but {few}."
        return (f"Money: whether {name} saves against {base} is not clear. The median is {middle} a year, but the band that holds "
                f"90% of the runs, {low} to {high}, has zero in it.")
    middle, low, high = _ends(gap, metric.unit, size=True)
    does = "frees" if side > 0 else "costs"
    only = ", only just clear with so few runs" if only_just(gap, shared_draws(ensemble, baseline)) else ""
    again = ", net of what it costs; most of it is spent again on services and is not cash" if side > 0 else ""
    return f"Money: {name} {does} {middle} a year more than {base} ({low} to {high} in 90% of the runs{only}){again}."


def units_words(ensemble: Ensemble, baseline: Ensemble) -> str:
    """What a scenario does to a few outcomes in units that people know, and to the index of wellbeing beside them."""
    name, base = ensemble.scenario.name, baseline.scenario.name
    parts = list(filter(None, (said(ensemble, baseline),)))
    if _INDEX in baseline.known_metrics:
        parts.append(_index_words(difference(ensemble, baseline, _INDEX), baseline.metric(_INDEX)))
    return f"People: under {name}, against {base}, {'; '.join(parts)}." if parts else ""


def _index_words(gap: NDArray[np.float64], metric: Metric) -> str:
    """The difference in the index of wellbeing, on its scale."""
    if not gap.any():
        return f"no difference in {metric.label}"
    middle, low, high = _ends(gap, metric.unit, signed=True)
    unclear = "" if clearly(gap) else "no clear difference in "
    return f"{unclear}{metric.label} {middle} ({low} to {high}) on an index from {metric.unit.replace('-', ' to ')}"


def who_words(ensemble: Ensemble, baseline: Ensemble) -> Iterator[str]:
    """Which agencies gain and pay through each other, which people are better or worse off, what taxpayers get back."""
    if np.abs(ensemble.gains).sum() > 0.0:
        if ensemble.runs < CLEAR_RUNS:
            yield f"Who gains and who pays under {ensemble.scenario.name} cannot be told from {count(ensemble.runs, 'run')}."
            return
        yield f"Agencies (£m over the whole run), {paying(ensemble)}"
    if ensemble.runs >= CLEAR_RUNS and ensemble is not baseline:
        yield f"People, {faring(ensemble, baseline)}"
        if _CASH in ensemble.known_metrics:
            yield _cash_words(ensemble, difference(ensemble, baseline, _CASH), baseline.metric(_CASH).unit)


def _cash_words(ensemble: Ensemble, gap: NDArray[np.float64], unit: str) -> str:
    name = ensemble.scenario.name
    if not gap.any():
        return f"Taxpayers, {name}: no cash comes back, and none is paid."
    side = clearly(gap)
    middle, low, high = _ends(gap, unit, signed=not side, size=bool(side))
    if not side:
        return f"Taxpayers, {name}: no clear gain or loss of cash ({middle} a year, {low} to {high})."
    return f"Taxpayers, {name}: {'get back' if side > 0 else 'pay'} {middle} a year in cash ({low} to {high})."


def decides_words(ensemble: Ensemble, baseline: Ensemble) -> str:
    """What the answer hangs on: parameters or chance, and whether agencies agree."""
    said = []
    if MONEY in baseline.known_metrics and ensemble is not baseline:
        gap = difference(ensemble, baseline, MONEY)
        if parts := split(gap, shared_draws(ensemble, baseline)).cell:
            said.append(f"of the spread in net saving {parts} comes from numbers that nobody knows (docs/what-survives.md names "
                        "those that matter most), the rest is chance")
    if asked := _asking(ensemble):
        said.append(asked)
    return f"What decides it, {ensemble.scenario.name}: {'; '.join(said)}." if said else ""


def _asking(ensemble: Ensemble) -> str:
    """How many requests end in agreement, and why most of the others do not, where they were recorded."""
    if not {"deals_proposed", "deals_agreed"} <= ensemble.known_metrics.keys() or without_value("deals_agreed", ensemble.scenario):
        return ""
    asked, agreed = (float(ensemble.at_end(name).sum()) for name in ("deals_proposed", "deals_agreed"))
    if not asked:
        return ""
    reasons = _reasons(ensemble)
    why = f", and refuse most often for {part_words(reasons)}" if reasons else ""
    return f"agencies agree to {100.0 * agreed / asked:.0f}% of {asked / ensemble.runs:,.0f} requests a run{why}"


def _reasons(ensemble: Ensemble) -> str:
    """The part of the appraisal that decides most refusals; empty where none is recorded."""
    deals = ensemble.deals
    if not len(deals):
        return ""
    frame: Any = ensemble.deals_frame()
    found = frame.loc[frame["outcome"].astype(str) == "refused", "reason"].dropna().astype(str).value_counts()
    return str(found.index[0]) if len(found) else ""


def trust_words(others: Sequence[Ensemble], baseline: Ensemble) -> Iterator[str]:
    """How far to trust it: over what the bands are, whether runs are enough, and what the model has been seen to reproduce."""
    yield f"How far to trust it: {what_it_is(others)} {enough_words(others, baseline)}".rstrip()
    if behind := behind_words():
        yield behind


def what_it_is(ensembles: Sequence[Ensemble]) -> str:
    """That it is no forecast, and over what the bands are."""
    return f"it follows from rules and values of a model and is no forecast; bands are {band_words(ensembles)}."


def enough_words(others: Sequence[Ensemble], baseline: Ensemble) -> str:
    """Whether there are runs enough, and how closely they tell the median of the net saving."""
    runs = baseline.runs
    if few := too_few(runs):
        return few
    tight = [words for one in others if MONEY in one.known_metrics
             and (words := error_words(_gap(one, baseline), baseline.metric(MONEY).unit, shared_draws(one, baseline)))]
    ends = "" if runs >= BAND_RUNS else f", and fewer than the {BAND_RUNS} that the ends of a band take"
    known_to = f" The median of the net saving is known to {listing(list(dict.fromkeys(tight)))} a year." if tight else ""
    return f"{count(runs, 'run')} are enough to call a difference clear{ends}.{known_to}"


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
    middle, low, high = _ends(values, metric.unit, size=bool(side))
    if side:
        does = "frees" if side > 0 else "costs"
        return (f"Money: in the last year joint working under {name} {does} {middle} ({low} to {high} in 90% of the runs), net of "
                "what it costs.")
    why = "the band has zero in it, so that it may be a cost"
    if ensemble.runs < CLEAR_RUNS:
        why = f"{count(ensemble.runs, 'run')} cannot say whether it is a saving"
    return f"Money: in the last year joint working under {name} has a net saving of {middle} ({low} to {high}): {why}."


__all__ = [
    "MOST_SAID", "Plain", "decides_words", "enough_words", "error_words", "money_words", "plain", "question", "trust_words",
    "units_words", "what_it_is", "who_words",
]
