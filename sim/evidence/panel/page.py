"""The page of the panel, ``docs/panel.md``: in plain words first, then every estimate, growth, and the years held out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.panel.estimates import LEADS, Finding, when
from totalplace.sim.evidence.panel.figures import estimates_figure, growth_figure
from totalplace.sim.evidence.panel.growth import SPEED, STEPS, explained
from totalplace.sim.evidence.panel.identification import identified, signed, traps
from totalplace.sim.evidence.panel.prediction import BETTER, GIVEN, IMPOSED, NO_CHANGE, OURS, TREND, Held
from totalplace.sim.evidence.panel.regressions import Estimate
from totalplace.sim.evidence.panel.study import Study
from totalplace.sim.evidence.panel.tables import HELD_OUT, LAST

PAGE: Final = "panel.md"
_NUMBERS: Final = ("looked-after children", "early help")
_SPEND: Final = ("spend on looked-after children", "their mean number over the year")
_COLUMNS: Final = ("of", "to", "in time", "elasticity (95%)", "places", "with places whose reporting jumps")
#: Share of places below which a 90% interval is said to be too narrow.
_NARROW: Final = 0.85


def told(one: Estimate) -> str:
    """An estimate with its 95% interval."""
    return f"{signed(one.value)} ({signed(one.low)} to {signed(one.high)})"


def percent(log: float) -> str:
    """A difference of logs as a percentage."""
    return f"{signed(100.0 * float(np.expm1(log)), 0)}%"


def markdown(found: Study) -> str:
    """The page: what follows, what is identified, estimates, growth, places, years held out, traps."""
    later, end = _early_help(found)
    leads = [one.main for one in found.need if one.when in map(when, LEADS)]
    parts = (
        _head(), _plain(found), identified(found.own_lag, later, end, leads), _need(found), _money(found), _growth(found),
        _places(found), _held(found), _outturn(found), traps(),
    )
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _early_help(found: Study) -> tuple[Estimate, Estimate]:
    """What early help does to numbers a year later, and in the end."""
    return found.one(*_NUMBERS, when(1)).main, found.one(*_NUMBERS, f"in the end, {SPEED:g} a year").main


def _year(ends: int) -> str:
    return f"{ends - 1}-{ends % 100:02d}"


def _head() -> Iterator[str]:
    yield "# The panel: what spending does to need, and need to spending"
    yield ""
    yield (
        "Children's services of 151 places, 2016 to 2025, and outturn by service of 148 places in ten years from 2010-11 to "
        f"2024-25, held against each other within places. Estimates use years of spending to {_year(LAST)}; the years from "
        f"{HELD_OUT[0]} on are held out and predicted. Written by `totalplace validate --panel` from tables that ship with the "
        "model ([data](data.md#the-panel)); nothing here depends on the model or its parameters."
    )
    yield ""


def _a_tenth_less(one: Estimate) -> str:
    """What a tenth less of a driver goes with, and its interval, %."""
    low, middle, high = (signed(-10.0 * value, 1) for value in (one.high, one.value, one.low))
    return f"{middle}% ({low} to {high}%)"


def _plain(found: Study) -> Iterator[str]:
    later, end = _early_help(found)
    spend = found.one(*_SPEND, "the same year").main
    whole, before, after = found.growth
    none = sum(one.main.holds_none() for one in found.need)
    low, high = (f"£{cost / 1000.0:.1f}k" for cost in whole.costs)
    yield "## In plain words"
    yield ""
    yield (
        f"- **Need and spending.** Ten per cent more looked-after children go with {10 * spend.value:.0f}% more spend on them "
        f"({10 * spend.low:.0f} to {10 * spend.high:.0f}%)."
    )
    yield (
        f"- **Early help and need.** A tenth less early help goes with {_a_tenth_less(later)} looked-after children a year later, "
        f"and {_a_tenth_less(end)} in the end where need goes a quarter of its way a year. Of {len(found.need)} intervals {none} "
        "include no effect at all."
    )
    yield (
        f"- **Prices and numbers.** Real spend on looked-after children changed by {percent(whole.spend)} from "
        f"{_year(whole.first)} to {_year(whole.last)}: {percent(whole.unit_cost)} what a child in care costs ({low} to {high} at "
        f"prices of 2024-25), {percent(whole.numbers)} their number. Unit cost rose by {100 * before.drift:.1f}% a year to "
        f"{_year(before.last)} and by {100 * after.drift:.1f}% a year after."
    )
    yield from _verdict(found)
    yield ""
    yield "![Elasticities with 95% intervals: need on early help, spending on need](images/panel-estimates.png)"
    yield ""


def _verdict(found: Study) -> Iterator[str]:
    """What the years held out say, counted over the years of each measure."""
    yield (
        "- **Years held out.** Our equations against no change and each place's own trend, ahead or behind by more than "
        f"{BETTER:g} standard errors over places:"
    )
    for measure in dict.fromkeys(one.measure for one in found.held):
        rows = [one for one in found.held if one.measure == measure]
        yield f"  - {measure}: {', '.join(_compared(rows, other) for other in (NO_CHANGE, TREND))}."


def _compared(rows: Sequence[Held], other: str) -> str:
    ahead = [one.ahead(OURS, other) for one in rows]
    better, worse = sum(one > BETTER for one in ahead), sum(one < -BETTER for one in ahead)
    counts = " and ".join(f"{word} in {number}" for word, number in (("better", better), ("worse", worse)) if number)
    return f"against {other} {counts or 'neither'} (of {len(rows)})"


def _rows(findings: Sequence[Finding]) -> Iterator[tuple[str, ...]]:
    before = ("", "")
    for one in findings:
        name = (one.outcome, one.driver)
        shown = name if name != before else ("", "")
        before = name
        yield (*shown, one.when, told(one.main), str(one.main.places), told(one.check) if one.check else "")


def _need(found: Study) -> Iterator[str]:
    yield "## Need on early help"
    yield ""
    yield (
        "Early help: family support, Sure Start and family hubs, services for young people, at constant prices. Each row is an "
        "estimate of its own; numbers and money are of the whole place, since how many children live there is known only through "
        "rounded rates."
    )
    yield ""
    yield from table(_COLUMNS, _rows((*found.need, *found.others)))


def _money(found: Study) -> Iterator[str]:
    yield "## Spending on need"
    yield ""
    yield from table(_COLUMNS, _rows(found.money))


def _growth(found: Study) -> Iterator[str]:
    later, end = _early_help(found)
    yield "## Spend is numbers times unit cost"
    yield ""
    rows = []
    for one in found.growth:
        ratio = one.spend - one.early_help
        parts = " / ".join(f"{signed(100 * part / ratio, 0)}%" for part in (one.unit_cost, one.numbers, -one.early_help))
        spread = " to ".join(f"{100 * value:.1f}" for value in one.spread)
        changes = map(percent, (one.spend, one.unit_cost, one.numbers, one.early_help))
        rows.append((f"{_year(one.first)} to {_year(one.last)}", *changes, parts, f"{100 * one.drift:.1f}%", f"{spread}%"))
    yield from table(("years", "spend", "unit cost", "numbers", "early help",
                      "of the ratio of spend to early help: cost / numbers / early help", "unit cost a year",
                      "quartiles over places"), rows)
    shares = [f"{100 * explained(value):.0f}%" for value in (later.value, end.value, end.low)]
    yield (
        f"{found.growth[0].places} places with every year, at prices of 2024-25. What early help did explains {shares[0]} of the "
        f"growth of numbers at the estimate of a year later, {shares[1]} at that in the end, {shares[2]} at the end of its "
        "interval."
    )
    yield ""
    yield "![Growth of spend, unit cost, numbers and early help; errors in the years held out](images/panel-growth.png)"
    yield ""


def _places(found: Study) -> Iterator[str]:
    yield "## How long places stay as they are"
    yield ""
    rows = [(one.measure.replace("_", " "), f"{one.first} to {one.last}", str(one.places), f"{one.apart:.2f}", f"{one.moved:.2f}",
             f"{one.ranks:.2f}", f"{one.walk:.2f}") for one in found.lasting]
    yield from table(("measure", "years", "places", "log deviation over places", "of a yearly change",
                      "rank correlation, both ends", f"variance over {STEPS} years"), rows)
    yield (
        f"The last column is the variance of changes over {STEPS} years over {STEPS} times that of one year: 1 in a random walk, "
        "less where places go back to what they were or a year is badly measured, more where they go on."
    )
    yield ""


def _errors(one: Held, way: str) -> str:
    return f"{one.error(way):.3f} ({one.apart(way):.3f})" if way in one.predicted else ""


def _held(found: Study) -> Iterator[str]:
    yield "## Years held out"
    yield ""
    yield (
        f"Known are the years to {_year(LAST)} (stocks of March {LAST}). *No change* is the last of them; *trend* the last of them "
        "and the slope of each place's least-squares line. *Ours* for children: the change after an origin on the change "
        "before it, on how far the place was from its own mean (numbers) or its unit cost from others' (spend), and on what early "
        "help or numbers did before; the "
        "same for all places, from all origins that end before. *Given numbers*: the elasticity above times the change of "
        "numbers, known only afterwards, and the drift of unit cost as it was. For outturn and outcomes: the trend of the place, "
        "drawn to that of all by as much as growth held before. Changes are since the last year known. Errors are of logs: root "
        "mean square, and in brackets that of places among each other, without what all have in common."
    )
    yield ""
    rows = []
    for one in found.held:
        ways = (_errors(one, way) for way in (NO_CHANGE, TREND, OURS, GIVEN))
        ahead = (signed(one.ahead(OURS, other), 1) for other in (NO_CHANGE, TREND))
        changes = (percent(change) for change in (one.changed(), one.changed(OURS)))
        covered = one.covered()
        rows.append((one.measure, str(one.year), str(len(one.actual)), *changes, *ways, *ahead,
                     "" if covered is None else f"{100 * covered:.0f}%"))
    yield from table(("measure", "year", "places", "mean change", "as ours said", NO_CHANGE, TREND, OURS, GIVEN,
                      "ours ahead of no change (standard errors)", "of trend", "in our 90% interval"), rows)
    yield from _misses(found)
    yield "What larger effects of early help, imposed on no change, would have said of looked-after children:"
    yield ""
    names = [f"early help {-one:g}" for one in IMPOSED]
    imposed = [one for one in found.held if names[0] in one.predicted]
    yield from table(("year", NO_CHANGE, *(name.replace("-", "−") for name in names)),
                     [(str(one.year), *(_errors(one, way) for way in (NO_CHANGE, *names))) for one in imposed])


def _misses(found: Study) -> Iterator[str]:
    """Where ours is worse than no change, or its interval too narrow, said in words."""
    worse = [f"{one.measure} {one.year}" for one in found.held if one.ahead(OURS, NO_CHANGE) < -BETTER]
    narrow = [f"{one.measure} {one.year} ({100 * covered:.0f}%)" for one in found.held
              if (covered := one.covered()) is not None and covered < _NARROW]
    if worse:
        yield f"Worse than no change: {', '.join(worse)}."
        yield ""
    if narrow:
        yield f"The 90% interval is too narrow for {', '.join(narrow)}: it knows only what changed before."
        yield ""
    if any(one.startswith("claimants") for one in worse):
        yield "Claimants stood where the pandemic had put them when prediction starts; a rule that goes on from there goes wrong."
        yield ""


def _outturn(found: Study) -> Iterator[str]:
    beyond = [one for one in found.outturn if not one.main.holds_none()]
    leads = sum(one.when in map(when, LEADS) for one in beyond)
    yield "## Outcomes of places on outturn"
    yield ""
    yield (
        "Ten years of outturn with gaps: a lag or a lead exists only inside 2010-11 to 2014-15, since no other two neighbouring "
        f"years lie before {_year(HELD_OUT[0])}. A lead that shows as much as a lag says that what is seen is not what money did. "
        f"{len(beyond)} of {len(found.outturn)} intervals do not hold nought, {leads} of them of leads; chance alone gives "
        f"{0.05 * len(found.outturn):.0f}."
    )
    yield ""
    by_pair: dict[tuple[str, str], dict[str, Estimate]] = {}
    for one in found.outturn:
        by_pair.setdefault((one.outcome, one.driver), {})[one.when] = one.main
    yield from table(("of", "to", *next(iter(by_pair.values()))),
                     [(*pair, *map(told, estimates.values())) for pair, estimates in by_pair.items()])


def write(found: Study, folder: Path) -> list[Path]:
    """Write the page and its figures into a folder. Raises InputError when it cannot be written, DrawingFailed for a figure."""
    return write_page(folder, PAGE, markdown(found), lambda: {"estimates": estimates_figure(found), "growth": growth_figure(found)})
