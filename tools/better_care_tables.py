"""Build the split of the Better Care Fund's minimum over the places of April 2023, from a folder of open source files.

    python -m tools.better_care_tables SOURCE_FOLDER_2024

Writes ``scenarios/places/april-2023/better_care.csv``: what each council of England, with the two too small to model, has of each
part of the minimum of 2025-26. No split of the whole by place is at hand, so it is an estimate, also where the grant follows
one that is published. ``docs/data.md`` describes the columns.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.year_areas import area_table, read
from totalplace.scenarios.source_tree import ROOT

if TYPE_CHECKING:
    import pandas as pd

TABLE: Final = ROOT / "scenarios" / "places" / "april-2023" / "better_care.csv"
#: The year of the minimum that is split.
MINIMUM: Final = "2025-26"
#: The improved Better Care Fund of 2024-25, £, of which the parts of some councils are published (NHS England, MHCLG).
IMPROVED: Final = 2_140_000_000.0
#: By what a council's part of the grant is split.
PUBLISHED, BY_NEED = "grant of 2024-25", "need"


def parts(recent: Path) -> pd.DataFrame:
    """Shares of England by code (153): ``nhs``, ``council_grant``, ``disabled_facilities``, by what the grant is split, quality.

    All of it is an estimate: what is published is the grant of the year before of some councils, not their minimum of 2025-26.
    """
    table, need = area_table(recent), read(recent, "iod2025_scores_indicators_utla.csv").set_index("utla_code")
    money = read(recent, "derived_utla153_nhs_icb_allocation.csv")
    money = money[money["year"] == MINIMUM].set_index("utla23_code")["nhs_icb_total_resident_basis"].reindex(table.index)
    workless = need["employment_deprived_people"].reindex(table.index)
    older = need["income_deprived_60plus"].reindex(table.index)
    found = table[["name"]].copy()
    found["nhs"] = money / money.sum()
    found["council_grant"], found["grant_by"] = granted(recent, table["name"], workless)
    found["disabled_facilities"] = 0.5 * workless / workless.sum() + 0.5 * older / older.sum()
    found["quality"] = "estimate"
    return found[["name", "nhs", "council_grant", "disabled_facilities", "grant_by", "quality"]].rename_axis("code").sort_index()


def granted(recent: Path, names: pd.Series, workless: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Shares of the councils' grant, and by what: the grant of 2024-25 where it is published, the rest by people out of work for
    want of health or of jobs.
    """
    published = read(recent, "ibcf_2024_25_first15_partial.csv").set_index("authority")["ibcf_grant_2024_25_gbp"]
    actual = names.map(published) / IMPROVED
    rest = workless.where(actual.isna(), 0.0)
    return actual.fillna((1.0 - actual.sum()) * rest / rest.sum()), actual.notna().map({True: PUBLISHED, False: BY_NEED})


def main(folder: str) -> None:
    """Write the table."""
    parts(Path(folder)).to_csv(TABLE, float_format="%.8f", lineterminator="\n")
    print(f"{TABLE.name} written")


if __name__ == "__main__":
    main(*sys.argv[1:])
