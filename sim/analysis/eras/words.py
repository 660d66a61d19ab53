"""What two eras say side by side, in sentences, and what a reader has to know before believing it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from totalplace.scenarios.calendar import parse_financial_year
from totalplace.scenarios.prices import deflators
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DEPARTMENTS
from totalplace.sim.analysis.eras.era import A_HEAD
from totalplace.sim.results.deciding import MONEY
from totalplace.sim.results.monte_carlo import too_few, too_few_to_call
from totalplace.sim.results.plain import money_words, trust_words, units_words
from totalplace.sim.results.run import last_year_words
from totalplace.sim.results.setting import notes_of
from totalplace.sim.results.wording import amount, listing

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.results.run import Ensemble

#: Bodies that are named of those whose money, or budgets, changed most.
NAMED = 3


def sentences(
    effects: pd.DataFrame, money: pd.DataFrame, budgets: pd.DataFrame, then: Sequence[Ensemble], now: Sequence[Ensemble]
) -> tuple[str, ...]:
    """What each arrangement does in either year, then what changed: money, budgets ahead, names and departments."""
    years = then[0].place.year, now[0].place.year
    known = {str(row["scenario"]): row for row in effects.to_dict("records")
             if row["metric"] == now[0].metric(MONEY).label and str(row["unit"]).startswith(A_HEAD)}
    said = [_asked(now, years), *(answer_words(row, name, now[0], years) for name, row in known.items())]
    said += [words for every in (then, now) for one in every[1:] for words in _answered(one, every[0])]
    said += [_effect_words(ensemble, effects[effects["scenario"] == ensemble.scenario.name], years) for ensemble in now[1:]]
    return (*said, _money_words(money, years), _budget_words(budgets, then[0], now[0]), *_body_words(money, then[0], now[0]),
            last_year_words(now[0].quarters), *trust_words(now[1:], now[0], then))


def _answered(one: Ensemble, baseline: Ensemble) -> Iterator[str]:
    """Money and people of a year, as a comparison tells them."""
    for words in (money_words(one, baseline), units_words(one, baseline)):
        if words:
            what, _, rest = words.partition(": ")
            yield f"{what}, {baseline.place.year}: {rest}"


def _asked(now: Sequence[Ensemble], years: tuple[str, str]) -> str:
    """What is asked: whether the arrangements do on the money of one year what they do on that of another."""
    names = listing([one.scenario.name for one in now[1:]])
    return (f"Does {names} do in {now[0].place_name} on {years[1]} money what it did on {years[0]} money, against "
            f"{now[0].scenario.name}?" if len(now) == 2 else
            f"Do {names} do in {now[0].place_name} on {years[1]} money what they did on {years[0]} money, against "
            f"{now[0].scenario.name}?")


def answer_words(row: dict[Any, Any], name: str, baseline: Ensemble, years: tuple[str, str]) -> str:
    """Whether net saving a head is the same on the money of both years, by a row of the effects: where the two bands overlap, the
    model does not settle it.
    """
    before, after = years
    unit = f"Net saving of {name}, a head and year at prices of {after}, against {baseline.scenario.name} in the same year"
    told = f"{unit}: {_both(row, years)}."
    if few := too_few_to_call(baseline.runs):
        return f"{told} Whether the two differ cannot be told: {few}."
    if row["then_low"] <= row["now_high"] and row["now_low"] <= row["then_high"]:
        return f"{told} The two bands overlap, so that the model does not settle on which money it is higher."
    return f"{told} No: the two bands do not overlap, and it is higher on {after if row['now'] > row['then'] else before} money."


def _effect_words(ensemble: Ensemble, rows: pd.DataFrame, years: tuple[str, str]) -> str:
    told = []
    for row in rows.to_dict("records"):
        if row["metric"] in ("pooled share", "wellbeing"):
            told.append(f"{row['metric']} {_both(row, years)}")
    title = ensemble.scenario.title or ensemble.scenario.name
    return f"{title}, against its baseline in the last year: {'; '.join(told)}."


def _both(row: dict[Any, Any], years: tuple[str, str]) -> str:
    unit = str(row["unit"])
    points = unit.startswith("%")
    parts = []
    for word, year in zip(("then", "now"), years, strict=True):
        ends = [_figure(float(row[f"{word}{end}"]), unit) for end in ("", "_low", "_high")]
        parts.append(f"{ends[0]} ({ends[1]} to {ends[2]}) on {year} money")
    return f"{' and '.join(parts)}{', points' if points else ''}"


def _figure(value: float, unit: str) -> str:
    return amount(value, "£" if unit.startswith("£") else unit, signed=True, brief=True)


def _money_words(money: pd.DataFrame, years: tuple[str, str]) -> str:
    rows = money.to_dict("records")
    all_of_them, own = rows[-1], [row for row in rows[:-1] if row["then"] > 0.0]
    most = sorted(own, key=lambda row: -abs(float(row["now"]) - float(row["then"])))[:NAMED]
    named = [f"{row['body']} from £{row['then']:,.0f} to £{row['now']:,.0f}" for row in most]
    return (f"Money of the bodies, a head at prices of {years[1]}: £{all_of_them['then']:,.0f} in {years[0]}, "
            f"£{all_of_them['now']:,.0f} in {years[1]}; most changed: {listing(named)}.")


def _budget_words(budgets: pd.DataFrame, then: Ensemble, now: Ensemble) -> str:
    rows = budgets.to_dict("records")
    wide = sorted(rows, key=lambda row: -abs(float(row["percent_now"]) - float(row["percent_then"])))[:NAMED]
    named = [f"{row['body']} {row['percent_then']:.0f}% then, {row['percent_now']:.0f}% now" for row in wide]
    return (f"Budgets in the last year as a share of the base year, in real terms, by the paths {then.scenario.cuts} and "
            f"{now.scenario.cuts}: they differ most for {listing(named)}.")


def _body_words(money: pd.DataFrame, then: Ensemble, now: Ensemble) -> Iterator[str]:
    renamed = [f"{row['body']} ({row['was']})" for row in money.to_dict("records") if row["was"]]
    if renamed:
        yield f"Under another name in {then.place.year}: {listing(renamed)}."
    moved = []
    for word in AGENCY_KINDS.rows.values():
        before, after = word.sponsor(then.words), word.sponsor(now.words)
        if before != after:
            names = DEPARTMENTS.rows[before].called(then.words), DEPARTMENTS.rows[after].called(now.words)
            moved.append(f"{word.called(now.words)} ({names[0]} to {names[1]})")
    if moved:
        yield f"Answers to another department: {listing(moved)}."


def warnings(every_then: Sequence[Ensemble], every_now: Sequence[Ensemble]) -> tuple[str, ...]:
    """Places that are not the same, notes of the scenarios, what is beyond what is published, and that the years are not paired."""
    then, now, said = every_then[0], every_now[0], list[str]()
    if then.place.name != now.place.name:
        said.append(f"{now.place.name} was part of {then.place.name} in {then.place.year}: what is said of {then.place.year} is of "
                    f"{then.place.name} as a whole")
    noted = [note for every in (every_then, every_now) for note in notes_of([one.scenario for one in every])]
    said += dict.fromkeys(noted)
    said.append("the two years are not paired seed by seed: people, money, budgets and dates differ together, and no one of them "
                "is shown to be why the effects do")
    ends = [parse_financial_year(now.place.year) + now.quarters // 4, max(deflators())]
    if ends[0] > ends[1]:
        said.append("budgets after 2028-29 and prices after 2025-26 are judgement (docs/data.md)")
    return (*said, *filter(None, (too_few(now.runs),)))
