"""Who agreed, who refused and why: the record of negotiations counted by agency and theme, and put in sentences.

The module can be called: ``totalplace.explain(...)`` is ``totalplace.sim.results.explain.explain(...)``.

>>> import totalplace
>>> totalplace.explain("joint-commissioning", runs=20)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from totalplace.scenarios import scenario_of
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.vocabulary import label
from totalplace.sim.results.deals import AGREED, agency_label, part_words
from totalplace.sim.results.monte_carlo import too_few
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.setting import band_words
from totalplace.sim.results.verdicts import behind_words
from totalplace.sim.results.wording import amount, count, listing

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.results.answers import Answer


def explain(
    given: Ensemble | Scenario | str | Path, *, runs: int | None = None, first_seed: int | None = None, threads: int | None = None,
) -> Answer:
    """Who agreed, who refused and which part of the appraisal decided it, of an ensemble or of runs of a scenario.

    A scenario, given as such, by name or by path, is run first; an ensemble is taken as it is. The tables are ``by-agency`` and
    ``by-theme`` (:func:`requests`), the figure is ``refusals``; without any negotiation there are neither. Raises InputError,
    LedgerError.
    """
    from totalplace.sim.engine.ensemble import ensemble
    from totalplace.sim.figures.refusals import reasons_for_refusal
    from totalplace.sim.results.answers import Answer

    if not isinstance(given, Ensemble):
        found = ensemble(scenario_of(given), runs, first_seed, threads)
    elif (runs, first_seed, threads) != (None, None, None):
        raise InputError("an ensemble has its own runs and seeds", allowed="a scenario with them, or the ensemble alone")
    else:
        found = given
    asked = len(found.deals) > 0
    return Answer(
        title="Who agreed, who refused and why",
        source=f"{found.scenario.name} in {found.place_name}, {found.period}, {count(found.runs, 'run')}, {band_words([found])}",
        tables={"by-agency": requests(found), "by-theme": requests(found, ("theme",))} if asked else {},
        sentences=tuple(answered(found)),
        warnings=tuple(filter(None, (too_few(found.runs),))),
        drawings={"refusals": partial(reasons_for_refusal, [found])} if asked else {},
    )


def requests(ensemble: Ensemble, by: Sequence[str] = ("agency",)) -> pd.DataFrame:
    """Requests to agencies counted by agency, by theme or by both.

    One row per group that was asked at all. Columns: those of ``by``; requests (a run); agreed, refused, blocked and
    no_coalition (shares of the requests); share (mean share ceded where it agreed, NaN where it never did); reason (the
    part of the appraisal that decided most refusals, empty without refusals) and reason_share (of the refusals).
    """
    import pandas as pd

    deals = ensemble.deals_frame()
    rows = []
    for keys, group in deals.groupby(list(by), observed=True, sort=True):
        outcome = group["outcome"].astype(str)
        agreed = outcome.isin(AGREED)
        reasons = group.loc[outcome == "refused", "reason"].dropna().astype(str).value_counts()
        refusals = int((outcome == "refused").sum())
        rows.append(
            dict(zip(by, keys, strict=True))
            | {
                "requests": len(group) / ensemble.runs,
                "agreed": float(agreed.mean()),
                "refused": refusals / len(group),
                "blocked": float((outcome == "blocked").mean()),
                "no_coalition": float((outcome == "no_coalition").mean()),
                "share": float(group.loc[agreed, "agreed"].mean()),
                "reason": str(reasons.index[0]) if len(reasons) else "",
                "reason_share": float(reasons.iloc[0]) / refusals if len(reasons) else float("nan"),
            }
        )
    columns = [*by, "requests", "agreed", "refused", "blocked", "no_coalition", "share", "reason", "reason_share"]
    return pd.DataFrame(rows, columns=columns)


def answered(ensemble: Ensemble) -> list[str]:
    """The question, then who agreed, who refused and why, then how far to trust it."""
    from totalplace.sim.results.plain import what_it_is

    asked = f"Who agrees to share money in {ensemble.place_name} under {ensemble.scenario.name}, who refuses, and why?"
    behind = behind_words(("who agrees",))
    trust = f"How far to trust it: {what_it_is([ensemble])} {too_few(ensemble.runs)}".rstrip()
    return [asked, *sentences(ensemble), *([trust, *filter(None, (behind,))] if len(ensemble.deals) else [])]


def sentences(ensemble: Ensemble) -> list[str]:
    """The negotiations of an ensemble in plain sentences: one for all, one an agency, one for those never asked."""
    if not len(ensemble.deals):
        return [f"In {ensemble.scenario.name} nobody asks anybody: the arrangement has no negotiation."]
    deals = ensemble.deals_frame()
    said = [_about_all(ensemble, deals)]
    for name in ensemble.agency_names:
        own = deals[deals["agency"] == name]
        if len(own):
            said.append(_about_agency(agency_label(name, ensemble.words), own, ensemble.runs))
    asked = set(deals["agency"].astype(str))
    never = [agency_label(name, ensemble.words) for name in ensemble.agency_names if name not in asked]
    if never:
        said.append(f"Never asked: {listing(never)}.")
    return said


def _about_all(ensemble: Ensemble, deals: pd.DataFrame) -> str:
    outcome = deals["outcome"].astype(str)
    parts = [f"{percent(outcome.isin(AGREED).mean())} ended in agreement"]
    for key, words in (
        ("refused", "in refusal by the agency"),
        ("blocked", "in a plan that the board blocked"),
        ("no_coalition", "without a coalition that was worth having"),
    ):
        if (outcome == key).any():
            parts.append(f"{percent((outcome == key).mean())} {words}")
    asked = f"{len(deals) / ensemble.runs:,.1f} requests a run"
    return (
        f"In {ensemble.scenario.name}, {ensemble.place_name}, commissioners made {asked} "
        f"({count(ensemble.runs, 'run')} of {count(ensemble.quarters, 'quarter')}): {listing(parts)}."
    )


def _about_agency(title: str, deals: pd.DataFrame, runs: int) -> str:
    outcome = deals["outcome"].astype(str)
    agreed, refused = outcome.isin(AGREED), outcome == "refused"
    themes = deals["theme"].astype(str).value_counts()
    often = "most often " if len(themes) > 1 else ""
    text = f"{title[0].upper()}{title[1:]}: asked {len(deals) / runs:,.1f} times a run, {often}about "
    text += label(str(themes.index[0]))
    if agreed.any():
        share = amount(float(deals.loc[agreed, "agreed"].mean()), "share")
        text += f"; agreed {percent(agreed.mean())} of the time, on average to cede {share} of its money in the theme"
    else:
        text += "; never agreed"
    if not refused.any():
        return f"{text}; never refused."
    reasons = deals.loc[refused, "reason"].dropna().astype(str).value_counts().head(2)
    total = int(refused.sum())
    why = listing([f"{part_words(str(part))} ({percent(number / total)})" for part, number in reasons.items()])
    return f"{text}; refused {percent(refused.mean())}{', mostly for ' if why else ''}{why}."


def percent(share: float) -> str:
    """A share as a whole percentage; what is more than nothing is not called nothing, and what is not there a dash."""
    if share != share:
        return "–"
    return "under 1%" if 0.0 < share < 0.005 else f"{100 * share:.0f}%"
