"""What changed between two years in a place: the money of each body, what it is called, whom it answers to, its budget path."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.scenarios.calendar import parse_financial_year
from totalplace.scenarios.places.quality import of_money
from totalplace.scenarios.prices import deflator
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DEPARTMENTS, period_of
from totalplace.sim.results.last_year import LAST_QUARTERS

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.scenarios.places import Place
    from totalplace.sim.results.run import Ensemble


def money(then: Place, now: Place) -> pd.DataFrame:
    """A row for each kind of body and one for all: £ a head at the prices of the later year, and how good the figures are.

    Columns: body (as it is called now), was (then, where that is another name), then and now (£ a head), percent_change,
    quality_then, quality_now.
    """
    import pandas as pd

    level = deflator(parse_financial_year(now.year)) / deflator(parse_financial_year(then.year))
    known = [of_money(place.code, place.year) for place in (then, now)]
    rows = []
    for name, word in AGENCY_KINDS.rows.items():
        was, amount = (1e6 * scale * own[name].total / place.population if name in own else 0.0
                       for own, place, scale in zip(known, (then, now), (level, 1.0), strict=True))
        called, called_then = word.called(period_of(now.year)), word.called(period_of(then.year))
        quality = [own[name].words if name in own else "" for own in known]
        rows.append({"body": called, "was": called_then if called_then != called else "", "then": was, "now": amount,
                     "percent_change": _change(was, amount), "quality_then": quality[0], "quality_now": quality[1]})
    before, after = (sum(float(str(row[word])) for row in rows) for word in ("then", "now"))
    rows.append({"body": "all of them", "was": "", "then": before, "now": after, "percent_change": _change(before, after),
                 "quality_then": "", "quality_now": ""})
    return pd.DataFrame(rows)


def _change(was: float, amount: float) -> float:
    """Change in % of what there was; NaN where there was nothing."""
    return 100.0 * (amount / was - 1.0) if was > 0.0 else float("nan")


def budgets(then: Ensemble, now: Ensemble) -> pd.DataFrame:
    """A row for each kind of body: its department in either year, and its budget in the last year of a run.

    Columns: body, department_then, department_now, percent_then, percent_now (of the budget of the base year).

    The budgets are those of the path, in real terms, before what levers and arrangements do to them.
    """
    import pandas as pd

    index = [100.0 * one.scenario.material.budgets[:, -min(LAST_QUARTERS, one.quarters):].mean(axis=1) for one in (then, now)]
    rows = []
    for number, word in enumerate(AGENCY_KINDS.rows.values()):
        sponsors = [DEPARTMENTS.rows[word.sponsor(one.words)].called(one.words) for one in (then, now)]
        rows.append({"body": word.called(now.words), "department_then": sponsors[0], "department_now": sponsors[1],
                     "percent_then": float(index[0][number]), "percent_now": float(index[1][number])})
    return pd.DataFrame(rows)
