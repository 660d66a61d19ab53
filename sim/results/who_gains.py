"""Who gains and who pays: agencies through each other's money, people and taxpayers, in sentences.

R runs, A agencies. Money of agencies is £m over the whole run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.vocabulary import COHORT_KINDS, label
from totalplace.sim.results.compare import check_runs, difference, paired
from totalplace.sim.results.deals import agency_label
from totalplace.sim.results.freed_money import over_the_run
from totalplace.sim.results.monte_carlo import BAND, CLEAR_RUNS, clearly, in_band, too_few_to_call
from totalplace.sim.results.natural_units import SMALL
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.results.run import Ensemble

#: £m over the run below which an agency's net gain is not worth a sentence.
_SMALL: Final = 0.05
#: How a sentence begins on money that a place gets from outside its bodies.
BESIDE_BUDGETS: Final = "Money beside its budgets"
#: How one begins on people.
PEOPLE: Final = "People, "
#: Agencies that a sentence names on either side.
MOST_FLOWS: Final = 3
#: What a net gain above and below zero is called, by itself or against a baseline without any; and a difference in it; then what
#: is said where there is none of either.
_LEVEL: Final = ("clear net gain through the others", "clear net payment for the others",
                 "no agency clearly gains or pays through the others")
_DIFFERENCE: Final = ("net gain through the others clearly higher", "net gain through the others clearly lower",
                      "no agency's net gain through the others is clearly higher or lower")
_CASH: Final = "taxpayers_cash"
_BESIDE: Final = "beside_budgets"


def net_gain(ensemble: Ensemble) -> NDArray[np.float64]:
    """What each agency gains through others less what others gain through it, (R, A), £m over the run."""
    return np.asarray(ensemble.gains.sum(axis=1) - ensemble.gains.sum(axis=2))


def same_agencies(*ensembles: Ensemble) -> bool:
    """Whether all have the same agencies: with GP consortia in place of one trust they have not."""
    return len({ensemble.agency_names for ensemble in ensembles}) == 1


def net_gain_against(ensemble: Ensemble, baseline: Ensemble) -> NDArray[np.float64]:
    """The difference in :func:`net_gain` from a baseline with the same agencies, (R, A), paired by seed. Raises InputError."""
    check_runs(ensemble, baseline)
    return paired(net_gain(ensemble), net_gain(baseline))


def who_words(ensemble: Ensemble, baseline: Ensemble) -> Iterator[str]:
    """What money comes from outside the place's budgets, which agencies gain and pay, which people, what taxpayers get back."""
    if np.abs(ensemble.gains).sum() > 0.0 or np.abs(baseline.gains).sum() > 0.0:
        if ensemble.runs < CLEAR_RUNS:
            yield f"Who gains and who pays under {ensemble.scenario.name} cannot be told from {count(ensemble.runs, 'run')}."
            return
        yield f"Agencies (£m over the whole run, mean and 90% of the runs), {paying(ensemble, baseline)}"
    if ensemble.runs < CLEAR_RUNS or ensemble is baseline:
        return
    yield f"{PEOPLE}{faring(ensemble, baseline)}"
    if beside := beside_words(ensemble, baseline):
        yield beside
    if _CASH in ensemble.known_metrics:
        yield _cash_words(ensemble, baseline)


def paying(ensemble: Ensemble, baseline: Ensemble | None = None) -> str:
    """One sentence: who clearly gains, who clearly pays, and how much goes to another pocket than the one that paid.

    Against a baseline it is of the difference from it; without one, for the baseline itself, and beside one with other agencies, it
    is of the scenario by itself. Clear is what has one sign in 90% of the runs; agencies that have not are counted and not named.
    """
    name = ensemble.scenario.name
    if baseline is None or baseline is ensemble or not same_agencies(ensemble, baseline):
        return f"{name} by itself: {_named(ensemble, net_gain(ensemble), _LEVEL)}. {_elsewhere(ensemble)}"
    base, net = baseline.scenario.name, net_gain_against(ensemble, baseline)
    if not net.any():
        return f"{name} against {base}: no agency gains or pays more or less through the others."
    words = _DIFFERENCE if baseline.gains.any() else _LEVEL
    return f"{name} against {base}: {_named(ensemble, net, words)}. {_elsewhere(ensemble, baseline)}"


def _named(ensemble: Ensemble, net: NDArray[np.float64], ways: tuple[str, str, str]) -> str:
    """The agencies whose net gain (R, A), or its difference, is clear, with mean and band."""
    low, high = np.quantile(net, BAND, axis=0)
    means, signed = net.mean(axis=0), ways is _DIFFERENCE
    if np.abs(means).max() < _SMALL:
        most = f"more than £{_SMALL:.2f}m"
        return (f"no agency's net gain through the others changes by {most}" if signed
                else f"no agency gains or pays {most} through the others")
    said, labels = [], [agency_label(name, ensemble.words) for name in ensemble.agency_names]
    for words, sign in zip(ways[:2], (1, -1), strict=True):
        order = np.argsort(-means * sign, kind="stable")
        clear = [i for i in order if (low[i] > 0 if sign > 0 else high[i] < 0) and abs(means[i]) >= _SMALL]
        named = [f"{labels[i]} ({_with_band(net[:, i], signed)})" for i in clear[:MOST_FLOWS]]
        more = [f"{len(clear) - MOST_FLOWS} more"] if len(clear) > MOST_FLOWS else []
        said += [f"{words}: {listing([*named, *more])}"] if named else []
    said = said or [ways[2]]
    unsure = int(((low <= 0) & (high >= 0) & (np.abs(means) >= _SMALL)).sum())
    said += [f"{count(unsure, 'agency', 'agencies')} {'gains' if unsure == 1 else 'gain'} in some runs and "
             f"{'pays' if unsure == 1 else 'pay'} in others"] if unsure and not signed else []
    said += [f"higher in some runs and lower in others: {count(unsure, 'agency', 'agencies')}"] if unsure and signed else []
    return "; ".join(said)


def _with_band(net: NDArray[np.float64], signed: bool) -> str:
    """The mean over the runs and the band that holds 90% of them, where they differ."""
    middle, low, high = in_band(net, "£m", signed=signed, mean=True)
    return middle if middle == low == high else f"{middle}, {low} to {high}"


def _elsewhere(ensemble: Ensemble, baseline: Ensemble | None = None) -> str:
    """How much of all gains goes to another pocket than the one that paid, under each scenario that has any, by itself."""
    told = {one.scenario.name: mean for one in (ensemble, baseline) if one is not None and (mean := one.gains.mean(axis=0)).any()}
    parts: list[str] = []
    for name, mean in told.items():
        positive = np.where(mean > 0, mean, 0.0)
        share = 100.0 * (1.0 - float(np.trace(positive)) / float(positive.sum()))
        go = "" if parts else " of all gains go to an agency other than the one that paid"
        parts.append(f"{'under' if parts else 'Under'} {name} {share:.0f}%{go}")
    return f"{', '.join(parts)}." if parts else ""


def faring(ensemble: Ensemble, baseline: Ensemble) -> str:
    """One sentence: which kinds of cohort are clearly better or worse off than under the baseline."""
    known = [kind for kind in COHORT_KINDS if f"wellbeing_{kind}" in ensemble.known_metrics]
    return faring_words(ensemble.scenario.name, {kind: difference(ensemble, baseline, f"wellbeing_{kind}") for kind in known})


def faring_words(name: str, gaps: Mapping[str, NDArray[np.float64]]) -> str:
    """The same from paired differences (R,) in the wellbeing of each kind of cohort."""
    if few := next((words for gap in gaps.values() if (words := too_few_to_call(len(gap)))), ""):
        return f"{name}: who is better or worse off cannot be told, as {few}."
    ways: dict[str, list[str]] = {}
    for kind, gap in gaps.items():
        if side := clearly(gap):
            off = f"{'better' if side > 0 else 'worse'} off"
            small = np.abs(np.quantile(gap, BAND)).max() < SMALL
            way = f"{off}, by too little to matter" if small else f"clearly {off}"
            ways.setdefault(way, []).append(label(kind))
    order = sorted(ways, key=lambda way: (not way.startswith("clearly"), "worse" in way))
    parts = [f"{f'all {count(len(gaps), "kind")} of cohort' if len(ways[way]) == len(gaps) else listing(ways[way])} {way}"
             for way in order]
    return f"{name}: {'; '.join(parts) or 'no kind of cohort clearly better or worse off'}."


def beside_words(ensemble: Ensemble, baseline: Ensemble) -> str:
    """What the place gets from outside the budgets of its agencies, against a baseline, and who then has less; empty for none."""
    if _BESIDE not in ensemble.known_metrics or not (gap := difference(ensemble, baseline, _BESIDE)).any():
        return ""
    side, name = clearly(gap), ensemble.scenario.name
    middle, low, high = in_band(gap, "£m", signed=not side, size=bool(side))
    way = {1: "more", -1: "less"}.get(side, "more or less")
    less = {1: ", of which other places then have less", -1: ", of which other places then have more"}.get(side, "")
    of = {"authority_split": f"the pot of its strategic authority{less}", "grant_england": "grants"}
    whose = listing([words for lever, words in of.items() if any(_ever(one.scenario, lever) for one in (ensemble, baseline))])
    return (f"{BESIDE_BUDGETS}, {name}: {ensemble.place_name} gets {middle} a year {way} than under "
            f"{baseline.scenario.name} in the last year ({low} to {high}), from {whose or 'outside'}. What changes for people and "
            "agencies comes in part from this money, not from working together.")


def _ever(scenario: Scenario, lever: str) -> bool:
    """Whether a lever is other than nothing at any time of a scenario."""
    return any(scenario.levers[lever]) or any(event.lever == lever and event.value for event in scenario.events)


def _cash_words(ensemble: Ensemble, baseline: Ensemble) -> str:
    """What taxpayers get back or pay in the last year; over the whole run too where that has another sign."""
    name, gap, unit = ensemble.scenario.name, difference(ensemble, baseline, _CASH), "£m"
    if not gap.any():
        return f"Taxpayers, {name}: no difference in cash in the last year."
    side = clearly(gap)
    middle, low, high = in_band(gap, unit, signed=not side, size=bool(side))
    whole = paired(over_the_run(ensemble.metrics, _CASH), over_the_run(baseline.metrics, _CASH))
    over, *ends = in_band(whole, unit, signed=True)
    run = f"; over the whole run it is {over} ({ends[0]} to {ends[1]})" if np.median(gap) * np.median(whole) < 0.0 else ""
    if not side:
        return f"Taxpayers, {name}: no clear gain or loss of cash in the last year ({middle}, {low} to {high}){run}."
    does = "get back" if side > 0 else "pay"
    return f"Taxpayers, {name}: {does} {middle} in cash in the last year ({low} to {high}){run}."


__all__ = [
    "BESIDE_BUDGETS", "MOST_FLOWS", "beside_words", "faring", "faring_words", "net_gain", "net_gain_against", "paying",
    "same_agencies", "who_words",
]
