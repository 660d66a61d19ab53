"""Why agencies refuse: what became of requests, and which part of the appraisal decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from totalplace.scenarios.user_text import file_names
from totalplace.scenarios.vocabulary import label
from totalplace.sim.figures.refusals import reasons_for_refusal
from totalplace.sim.report.columns import in_words
from totalplace.sim.report.content import Listing, Picture, Section
from totalplace.sim.results.deals import AGREED, agency_label, part_words
from totalplace.sim.results.explain import percent, requests, sentences
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.who_gains import same_agencies
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    import pandas as pd


def refusals(ensembles: Sequence[Ensemble]) -> Section:
    """Requests by agency and scenario, the parts of the appraisal that decided refusals, and all of it in words."""
    talked = [ensemble for ensemble in ensembles if len(ensemble.deals)]
    if not talked:
        return Section("refusals", "Reasons for refusal", ("Nobody asked anybody: there was no negotiation.",))
    silent = [ensemble.scenario.name for ensemble in ensembles if not len(ensemble.deals)]
    left_out = (f"No negotiation, and so no refusal, under {listing(silent)}.",) if silent else ()
    frame = _by_agency(talked)
    table = Listing(
        "requests", "What became of requests",
        ("scenario", "most refusals for", "requests a run", "agreed", "refused", "blocked, or no coalition", "share ceded, mean"),
        tuple(_row(ensemble) for ensemble in talked), words=2, frame=frame,
        sheet=in_words(frame, talked[0].words),
        bands="Requests a run and shares of all requests, over all runs.",
        note="Share ceded: of the agency's money in the theme, where it agreed. The file has every agency and theme.",
    )
    says = "Refusals a run by agency, split by the part of the appraisal that decided them"
    drawn = [("refusals", ensembles)]
    if not same_agencies(*ensembles):
        files = file_names([ensemble.scenario.name for ensemble in talked])
        drawn = [(f"refusals-{file}", [ensemble]) for file, ensemble in zip(files, talked, strict=True)]
    pictures = tuple(Picture(name, f"{says}.", partial(reasons_for_refusal, shown)) for name, shown in drawn)
    return Section(
        "refusals", "Reasons for refusal", left_out, tuple(_most_refused(ensemble) for ensemble in talked), tables=(table,),
        pictures=pictures, texts={f"Every agency under {e.scenario.name}": "\n\n".join(sentences(e)) for e in talked},
    )


def _reasons(deals: Any) -> Any:
    """Shares of the refusals by deciding part, the most frequent first."""
    refused = deals["outcome"].astype(str) == "refused"
    return deals.loc[refused, "reason"].dropna().astype(str).value_counts(normalize=True)


def _row(ensemble: Ensemble) -> tuple[str, ...]:
    deals = ensemble.deals_frame()
    outcome = deals["outcome"].astype(str)
    agreed = outcome.isin(AGREED)
    reasons = _reasons(deals).head(2)
    why = listing([f"{label(str(part))} ({percent(float(share))})" for part, share in reasons.items()])
    failed = outcome.isin(["blocked", "no_coalition"])
    shares = (agreed.mean(), (outcome == "refused").mean(), failed.mean(), deals.loc[agreed, "agreed"].mean())
    return ensemble.scenario.name, why or "–", f"{len(deals) / ensemble.runs:,.1f}", *(percent(float(share)) for share in shares)


def _most_refused(ensemble: Ensemble) -> str:
    """One sentence: what decides most refusals, and with whom the greatest parts are refused and agreed."""
    table = requests(ensemble)
    reasons = _reasons(ensemble.deals_frame())
    if reasons.empty:
        return f"{ensemble.scenario.name}: in {count(ensemble.runs, 'run')} nobody refused for a reason of its own."
    why = part_words(str(reasons.index[0]))
    text = f"{ensemble.scenario.name}: most refusals are for {why} ({percent(float(reasons.iloc[0]))})"
    hardest = table.loc[table["refused"].idxmax()]
    text += f"; the part refused is greatest with {agency_label(str(hardest['agency']), ensemble.words)}"
    text += f" ({percent(float(hardest['refused']))} of requests)"
    easiest = table.loc[table["agreed"].idxmax()]
    if easiest["agreed"] > 0:
        who = agency_label(str(easiest["agency"]), ensemble.words)
        text += f", the part agreed with {who} ({percent(float(easiest['agreed']))})"
    return f"{text}."


def _by_agency(ensembles: Sequence[Ensemble]) -> pd.DataFrame:
    import pandas as pd

    parts = []
    for ensemble in ensembles:
        table = requests(ensemble, ("agency", "theme"))
        table.insert(0, "scenario", ensemble.scenario.name)
        table.insert(1, "place", ensemble.place.name)
        parts.append(table)
    return pd.concat(parts, ignore_index=True)
