"""Where the freed money went: a table of each run that adds up to the penny."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.sim.results.run import Ensemble

#: The places freed money goes to, in words, with the metric that says how much; together they are what was freed.
DESTINATIONS: Final = {
    "spent again on the themes": "reinvested",
    "taken back by departments (cash for taxpayers)": "clawed_back",
    "kept by agencies, spent on agreements": "kept_for_agreements",
    "kept by agencies, spent on partnership work and boards": "kept_for_steering",
    "kept by agencies, spent on change": "kept_for_change",
    "kept by agencies, spent on their services": "kept_for_services",
    "still waiting to come back": "waiting",
    "upkeep of property sold, kept by its owners": "upkeep_saved",
}
FREED: Final = "freed: duplication removed and upkeep saved"
#: What is freed, by metric.
SOURCES: Final = ("duplication_removed", "upkeep_saved")
#: What belongs beside the table and is no part of what was freed.
BESIDE: Final = {
    "of what was freed, cashable": "cashable",
    "all cost of agreements": "transaction_cost",
    "all cost of partnership work, boards and compliance": "steering_cost",
    "all cost of change": "transition_cost",
    "of it, paid by the Treasury's fund": "change_by_treasury",
    "support and assurance, paid by departments": "oversight_cost",
    "cash for taxpayers: taken back less fund and assurance": "taxpayers_cash",
    "property receipts handed back, which pay off public debt": "receipts_returned",
    "taxpayers' outlay": "taxpayers_outlay",
}
#: Metrics that are an amount at the end of a run; all others are amounts a year.
_AT_END: Final = ("waiting", "receipts_returned")
#: A penny in £m.
PENNY: Final = 1e-8


def over_the_run(metrics: dict[str, NDArray[Any]] | Any, metric: str) -> NDArray[np.float64]:
    """What a metric comes to over the whole run, £m: one number for each run, from its quarters on the last axis."""
    series = np.asarray(metrics[metric], dtype=np.float64)
    return np.asarray(series[..., -1] if metric in _AT_END else 0.25 * series.sum(axis=-1))


def destinations(metrics: Any) -> dict[str, NDArray[np.float64]]:
    """£m over the run that went to each of ``DESTINATIONS``, one number for each run; ``metrics`` by name, quarters last."""
    return {words: over_the_run(metrics, metric) for words, metric in DESTINATIONS.items()}


def freed(metrics: Any) -> NDArray[np.float64]:
    """What was freed over the run, £m: duplication removed, and upkeep of property sold beyond it."""
    return np.asarray(sum(over_the_run(metrics, name) for name in SOURCES))


def unaccounted(metrics: Any) -> NDArray[np.float64]:
    """What was freed less what is found in all destinations, £m: less than ``PENNY`` either way in every run."""
    found = freed(metrics)
    for money in destinations(metrics).values():
        found = found - money
    return found


def has_freed_money(ensemble: Ensemble) -> bool:
    """Whether the results hold all that the table needs; those of earlier versions do not."""
    needed = (*SOURCES, *DESTINATIONS.values(), *BESIDE.values())
    return all(name in ensemble.known_metrics for name in needed)


def freed_money(ensemble: Ensemble) -> pd.DataFrame:
    """Where the freed money went in each run: rows are what was freed, destinations and what stands beside; £m over the run.

    Columns are the seeds. The destinations add up to what was freed, to the penny, in each run.
    """
    import pandas as pd

    rows = {FREED: freed(ensemble.metrics), **destinations(ensemble.metrics)}
    rows |= {words: over_the_run(ensemble.metrics, metric) for words, metric in BESIDE.items()}
    frame = pd.DataFrame(rows, index=pd.Index(np.atleast_1d(ensemble.seeds), name="seed")).T
    frame.index.name = "£m over the run"
    return frame


def mean_words(ensemble: Ensemble) -> list[tuple[str, str, str]]:
    """For each row of the table its words, the mean of the runs and its part of what was freed (empty for what stands beside).

    Means add up as the runs do; medians would not.
    """
    means = freed_money(ensemble).mean(axis=1)
    total = float(means[FREED])
    parts = (FREED, *DESTINATIONS)
    return [
        (str(words), amount(float(value), "£m"), f"{100.0 * value / total:.0f}%" if words in parts and total > 0.0 else "")
        for words, value in means.items()
    ]
