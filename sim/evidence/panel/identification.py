"""What is identified in the panel and what is not, in words, with the numbers that say so; and the traps of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from totalplace.sim.evidence.panel.regressions import Dynamic, Estimate, long_run

#: Effects of early help of which the page says whether they would have been seen.
ASKED: Final = (-0.2, -0.1)


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, a true minus before what is below zero; nought has none."""
    text = f"{value:+.{digits}f}"
    return f"{0.0:.{digits}f}" if float(text) == 0.0 else text.replace("-", "−")


def identified(own: Dynamic, later: Estimate, end: Estimate, leads: Sequence[Estimate]) -> Iterator[str]:
    """The section on identification: ``later`` and ``end`` are effects of early help, ``leads`` its placebos."""
    yield "## What is identified, and what is not"
    yield ""
    yield (
        "Each place and each year has an effect of its own, so that what counts is how far a place departs from its usual in a "
        "year, against how far others do. Errors are clustered by place. That leaves out what places always were (deprivation, "
        "density, a quality of the council that does not change) and what all went through (laws, prices, the pandemic). It does "
        "not leave out what changes in one place and moves both: a council that sees need coming and spends more on early help "
        "hides what early help does."
    )
    yield ""
    yield (
        "- **What need does to spending is identified.** It is close to accounting: a child in care is paid for in the same "
        "year, and what is paid for is the mean of the year. The stock of its last day measures that with error and gives less. "
        "The estimate says what councils spent, not what children needed."
    )
    yield _upper_bound(later, end, leads)
    yield _speed(own)
    yield (
        "- **What outturn does to outcomes of places is not identified.** Leads show as much as lags (below), health moves over "
        "decades, and councils with growing need are given more."
    )
    yield ""


def _upper_bound(later: Estimate, end: Estimate, leads: Sequence[Estimate]) -> str:
    seen, in_the_end = (
        " and ".join(f"one of {signed(true, 1)} in {100 * one.power(true):.0f}%" for true in ASKED) for one in (later, end)
    )
    nothing = all(one.holds_none() for one in leads)
    placebo = "and shows nothing" if nothing else "but shows something, so that the lags may be no effect either"
    return (
        "- **What early help does to need has an upper bound.** How often a true effect a year later would have been seen: "
        f"{seen}. In the end, where need goes a quarter of its way a year: {in_the_end}. Early help of one or two years after, "
        f"which cannot cause, should show nothing, {placebo}. There is no instrument: the cuts of 2010 to 2016, which were not "
        "chosen locally, lie before the data."
    )


def _speed(own: Dynamic) -> str:
    years = own.within.rows // own.within.places
    ends = " or ".join(signed(long_run(own.driver.value, lag)) for lag in (own.within.value, own.corrected))
    effects = " and ".join(signed(one.value) for one in (own.driver, own.instrumented_driver))
    return (
        f"- **How fast need adjusts is not identified.** With place effects and {years} years the coefficient of a lag of need is "
        f"biased downward: {signed(own.within.value)} as estimated, {signed(own.corrected)} with the bias of first order added "
        "back (Hahn and Kuersteiner 2002). In differences, with the levels two and three years before as instruments (after "
        f"Arellano and Bond 1991), it is {signed(own.instrumented.value)} with a standard error of {own.instrumented.error:.2f}; "
        f"the instruments have an F of {own.strength:.1f}, where 10 is asked for. Early help a year before does {effects} beside "
        f"the lag, within places and in differences; what that comes to in the end, {ends} by the two lags, is worth as little as "
        "the lag."
    )


def traps() -> Iterator[str]:
    """The section on traps of the tables, and what is done about each."""
    yield "## Traps"
    yield ""
    for line in (
        "Spend of a year ends on 31 March, the day of the stocks of that year: spend of 2016-17 stands with the stocks of 2017.",
        "What is spent on children in care follows their mean over the year. Against the stock of one day the elasticity is biased "
        "toward nothing.",
        "How many children live in a place follows only from rates that are rounded, and that were counted anew from 2019 (in "
        "seven London boroughs by more than a twentieth). Dividing both sides by them makes need and spend move together. "
        "Numbers and money are therefore of the whole place here; rates of plans and of children in need carry that error.",
        "Councils that were split, and the smallest, are left out.",
        "Early help that falls by more than 45% or rises by more than 80% in a year is marked. Most such jumps are lines booked "
        "elsewhere (several go back a year later); which are decisions cannot be told. Estimates are without these places; the "
        "last column has them.",
        "Nought for Sure Start or youth services is a matter of booking; early help is their sum with family support.",
        "Entrants to youth justice are of calendar years, absence is of school years and missing in 2020, young people not in "
        "education or work start in 2018.",
        "Outturn lacks 2015-16, 2016-17 and 2018-19 to 2020-21, and some councils have not filed since. Public health came with "
        "2013-14, and Sure Start moved in 2014-15. No lag reaches over a gap.",
        "Preventable mortality and healthy life expectancy are means of three years: neighbouring years share two thirds of their "
        "data, and so do the last year known and the first held out.",
        "The GDP deflator rose steeply in 2020-21 and fell a little in 2021-22, as much that government does was counted anew in "
        "the pandemic. Real growth in these two years says little; year effects take it out of all estimates, and growth over more "
        "years is not moved by it.",
        "Over places, early help and numbers in care rise together: places in need have more of both. Nothing here rests on that.",
    ):
        yield f"- {line}"
    yield ""
