"""Where the freed money went, for a Treasury: a table by scenario that adds up to the penny in every run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from totalplace.sim.report.content import Listing, Section, upper
from totalplace.sim.results.freed_money import BESIDE, DESTINATIONS, FREED, freed_money, has_freed_money
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    import pandas as pd

_HOW = (
    "Resources that joint working frees are spent again on the themes, kept by agencies or taken back by departments. Only what "
    "departments take back is cash for taxpayers; what is spent on services shows in outcomes, and counting it as a saving beside "
    "them would count it twice. What agencies keep counts as paying for agreements first, then for change, the rest for services. "
    "£m over the whole run, mean of the runs: the rows under what was freed add up to it, in each run to the penny."
)


def where_it_went(ensembles: Sequence[Ensemble]) -> Section | None:
    """The section on freed money; None where the results are of a version that did not measure it."""
    known = [ensemble for ensemble in ensembles if has_freed_money(ensemble)]
    if not known:
        return None
    frames = {ensemble.scenario.name: freed_money(ensemble) for ensemble in known}
    rows = tuple(
        (upper(words), *(amount(float(frame.loc[words].mean()), "£m", brief=True) for frame in frames.values()))
        for words in (FREED, *DESTINATIONS, *BESIDE)
    )
    table = Listing("freed-money", "Where the freed money went (£m over the run)", ("", *frames), rows, frame=_long(known),
                    sheet=_means(frames), bands="Mean of the runs, of which the rows add up.")
    return Section("freed-money", "Where the freed money went", (_HOW,), tables=(table,))


def _means(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The table in full numbers: a row for each destination of the money, a column for each scenario, £m over the run."""
    import pandas as pd

    names = [FREED, *DESTINATIONS, *BESIDE]
    means = {name: [float(frame.loc[words].mean()) for words in names] for name, frame in frames.items()}
    return pd.DataFrame({"money": [upper(words) for words in names], "unit": "£m"} | means)


def _long(ensembles: Sequence[Ensemble]) -> pd.DataFrame:
    """One row for each scenario, seed and row of the table: £m over the run."""
    import pandas as pd

    parts = []
    for ensemble in ensembles:
        part = freed_money(ensemble).T.reset_index().melt("seed", var_name="money", value_name="amount")
        part.insert(0, "place", ensemble.place.name)
        part.insert(0, "scenario", ensemble.scenario.name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
