"""Build the tables of the places of April 2023 with the money of 2024-25, from two folders of open source files.

    python -m tools.year_tables SOURCE_FOLDER SOURCE_FOLDER_2024

Writes ``spending.csv``, ``quality.csv``, ``indicators.csv``, ``small_areas.parquet``, ``england.csv``, ``bodies.csv``,
``body_places.csv``, ``reconciliation.csv``, ``outturn.csv`` and ``regions.csv`` in ``scenarios/places/april-2023``.
``docs/data.md`` describes every column, ``docs/how-to/year.md`` how to bring the next year in. The job needs pandas and takes a few
seconds; nothing in the package reads the source folders.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from tools.indicator_tables import NOW
from tools.year_areas import LEFT_OUT, YEAR, area_table, read
from tools.year_bodies import bodies
from tools.year_lines import LOCAL_FUNCTIONS, SPLITS, line_of
from tools.year_people import indicator_rows, small_areas
from totalplace.scenarios.places.shapes import LINES
from totalplace.scenarios.source_tree import ROOT

if TYPE_CHECKING:
    import pandas as pd

HERE: Final = ROOT / "scenarios" / "places" / "april-2023"
LOCAL: Final = "Local Government England"
_PANEL: Final = "la_service_spend_panel.csv"
_REGIONAL: Final = "cra_england_region_department_function_2018_2024.csv"
_SEGMENTS: Final = "cra2025_england_region_segment_2022_23_to_2024_25.csv.gz"
_AMOUNT: Final = "gbp_thousand_2024_25"
#: Lines of a council in the source; each is ``council_`` and this name in the table.
SERVICES: Final = (
    "education", "highways_transport", "childrens_social_care", "adult_social_care", "public_health", "housing_gfra", "cultural",
    "environmental", "planning", "fire", "central", "other",
)
#: What only the upper tier of two spends: a district that did not file leaves these lines whole.
UPPER_TIER: Final = ("education", "childrens_social_care", "adult_social_care", "public_health", "fire")
#: Growth of a line outside these bounds is an accident of its bookings: the growth of all services is taken.
LEAST_GROWTH, MOST_GROWTH = 0.6, 1.7
#: Police and fire bodies with codes of their own in the accounts: the code of the area that they serve.
SERVES: Final = {
    "police": {"E12000007": "E23000001", "E47000012": "E23000009"},
    "fire": {"E12000007": "E31000046", "E47000001": "E31000040", "E47000012": "E31000027"},
}
#: Housing benefit as part of what councils spend on social protection outside social care: 2017-18, when both were known.
HOUSING_BENEFIT_PART: Final = 0.848
#: Housing benefit of Birmingham, £ thousand: the Department for Work and Pensions' own figure (benefit expenditure by council).
_BIRMINGHAM: Final = "E08000025"


#: How far a line that was filed can be off: rounding, recharges booked to another line.
FILED: Final = 0.02


def split(regional: pd.Series, table: pd.DataFrame, measure: str) -> pd.Series:
    """Money of regions over their councils in proportion to a measure."""
    part = table[measure] / table.groupby("region")[measure].transform("sum")
    return part * table["region"].map(regional).fillna(0.0)


# What councils, forces and fire authorities spend


def _filed_both(panel: pd.DataFrame, kind: str, since: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of a class of councils in a year and in 2024-25, of those that filed in both, in the same order."""
    own = panel[(panel["class"] == kind) & panel["total_service_expenditure"].notna()]
    before, now = (own[own["year"] == year].set_index("ons_code") for year in (since, YEAR))
    both = before.index.intersection(now.index)
    return before.loc[both], now.loc[both]


def growth(panel: pd.DataFrame, kind: str, since: str) -> pd.Series:
    """By how much each line of a class of councils grew from a year to 2024-25, over those that filed in both."""
    before, now = _filed_both(panel, kind, since)
    every = float(now["total_service_expenditure"].sum() / before["total_service_expenditure"].sum())
    found = now[list(SERVICES)].sum() / before[list(SERVICES)].sum()
    return found.where(found.between(LEAST_GROWTH, MOST_GROWTH), every)


def last_filed(panel: pd.DataFrame, code: str) -> pd.Series:
    """The row of the last year that a council filed. Raises ValueError for one that never did."""
    rows = panel[(panel["ons_code"] == code) & panel["total_service_expenditure"].notna()].sort_values("year")
    if rows.empty:
        raise ValueError(f"the council {code} has no year that was filed")
    return rows.iloc[-1]


def childrens_growth(recent: Path, code: str, since: str) -> float | None:
    """Growth of what a council told the education department that it spends on children, since a year; None if it lacks one."""
    table = read(recent, "lait_indicators_utla_2016_2025.csv.gz")
    own = table[table["indicator"].str.startswith("spend_gross_") & (table["utla_code"] == code)].astype({"value": float})
    sums = own.groupby("year")["value"].sum()
    return float(sums[YEAR] / sums[since]) if since in sums and YEAR in sums else None


class Filled(NamedTuple):
    """A line that was not filed: the council of the place, the line, how far it can be off, and how it was filled."""

    code: str
    line: str
    margin: float
    how: str


def estimated(panel: pd.DataFrame, recent: Path, code: str) -> tuple[pd.Series, str]:
    """The lines of a council that did not file, £ thousand, and how: its last year, moved as its class moved."""
    last = last_filed(panel, code)
    factor = growth(panel, last["class"], last["year"])
    how = f"last filed {last['year']}, moved by line as councils of its class that filed both years"
    own = childrens_growth(recent, code, last["year"]) if last["class"] != "SD" else None
    if own is not None:
        factor["childrens_social_care"] = own
        how += "; children's services by its own return to the education department"
    return last[list(SERVICES)].astype(float).fillna(0.0) * factor, how


def back_test(panel: pd.DataFrame, kind: str, since: str) -> pd.Series:
    """How far the method is off, nine times in ten, for councils of a class that did file: share of the line, at most 1."""
    before, now = _filed_both(panel, kind, since)
    off = (before[list(SERVICES)] * growth(panel, kind, since) / now[list(SERVICES)] - 1.0).abs()
    off = off.replace([np.inf, -np.inf], np.nan)
    return off.quantile(0.9).fillna(1.0).clip(0.02, 1.0)


def council_lines(source: Path, recent: Path, table: pd.DataFrame) -> tuple[pd.DataFrame, list[Filled]]:
    """Lines of every council, £ thousand, districts added to counties; and which of them were filled."""
    panel = read(source, _PANEL)
    filed = read(recent, "derived_utla153_council_net_current_2024_25.csv").set_index("utla_code")
    lines = filed[list(SERVICES)].reindex(table.index).astype(float)
    filled: list[Filled] = []
    geo = read(recent, "geo_ltla_utla_region_police_fire_ca.csv").set_index("ltla_code")
    missing = panel[(panel["year"] == YEAR) & panel["total_service_expenditure"].isna() & (panel["class"] != "O")]
    for code, kind in zip(missing["ons_code"], missing["class"], strict=True):
        guess, how = estimated(panel, recent, code)
        whole = code in lines.index
        place = code if whole else geo.loc[code, "utla_code"]
        lines.loc[place] = guess if whole else lines.loc[place] + guess
        if whole:
            off = back_test(panel, kind, last_filed(panel, place)["year"])
            filled += [Filled(place, name, float(off[name]), how) for name in SERVICES if guess[name]]
        else:
            part = (0.3 * guess / lines.loc[place]).abs().clip(0.02, 1.0)
            filled += [Filled(place, name, float(part[name]), f"{geo.loc[code, 'ltla_name']} did not file: {how}")
                       for name in SERVICES if name not in UPPER_TIER and guess[name]]
    if lines.isna().any().any():
        raise ValueError(f"no lines of {', '.join(lines.index[lines.isna().any(axis=1)])}")
    return lines.rename(columns=lambda name: f"council_{name}"), filled


def area_bodies(recent: Path, table: pd.DataFrame, service: str) -> tuple[pd.Series, pd.DataFrame]:
    """What forces or fire authorities spend in each council, by residents, £ thousand; and the bodies with the area they serve."""
    accounts = read(recent, "police_fire_net_current_2024_25.csv")
    accounts = accounts[accounts[service] > 0].assign(area=lambda t: t["ons_code"].replace(SERVES[service]))
    amount, key = accounts.set_index("area")[service], f"{service}_area"
    unknown = set(amount.index) - set(table[key])
    if unknown:
        raise ValueError(f"no council lies in the {service} area {', '.join(sorted(unknown))}")
    served = table[~table.index.isin(LEFT_OUT)]
    part = served["residents"] / served.groupby(key)["residents"].transform("sum")
    found = (part * served[key].map(amount).fillna(0.0)).reindex(table.index).fillna(0.0)
    return found, accounts


# What departments spend


def departments(recent: Path, table: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Lines of departments by council, £ thousand, and the money of each department with the line that it went to."""
    segments = read(recent, _SEGMENTS)
    segments = segments[segments["department"] != LOCAL].copy()
    told = zip(segments["department"], segments["segment"], segments["hmt_function"], strict=True)
    segments["line"], segments["measure"] = zip(*(line_of(*each) for each in told), strict=True)
    found = dict.fromkeys(SPLITS, 0.0 * table["residents"])
    for (name, measure), rows in segments.groupby(["line", "measure"]):
        regional = rows.groupby("region")[_AMOUNT].sum()
        if measure == "academies":
            found[name] = found[name] + academies(regional, table, lines)
        else:
            found[name] = found[name] + split(regional, table, measure)
    sums = segments.groupby(["department", "line"])[_AMOUNT].sum().reset_index()
    return _frame(found), [
        {"what": row.department, "line": row.line, "in": row[3]} for row in sums.itertuples()
    ]


def _frame(columns: Mapping[str, pd.Series]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns)


def academies(regional: pd.Series, table: pd.DataFrame, lines: pd.DataFrame) -> pd.Series:
    """Money of academies over councils, so that schools of council and academies together have the same a weighted pupil.

    A council whose own schools have more already gets a twentieth of that for academies; the others give it up in proportion.
    """
    own = lines["council_education"]
    every = regional + own.groupby(table["region"]).sum()
    due = split(every, table, "pupils")
    rest = np.maximum(due - own, 0.05 * due)
    return rest / rest.groupby(table["region"]).transform("sum") * table["region"].map(regional)


def housing_benefit(source: Path, recent: Path, table: pd.DataFrame, lines: pd.DataFrame) -> pd.Series:
    """Housing benefit by council, £ thousand: region's social protection outside social care, split as it was in 2017-18.

    Councils that are parts of a place of 2017-18 share its money by households on Universal Credit. For Birmingham the department
    has a figure of its own.
    """
    analysis = read(recent, _REGIONAL)
    rows = analysis[(analysis["year"] == YEAR) & (analysis["department"] == LOCAL) & (analysis["sector"] == "LG")
                    & analysis["hmt_function"].str.startswith("10.") & (analysis["cap_cur"] == "CUR")]
    care = (lines["council_childrens_social_care"] + lines["council_adult_social_care"]).groupby(table["region"]).sum()
    regional = HOUSING_BENEFIT_PART * (rows.groupby("region")["value_gbp_thousand"].sum() - care)
    then = read(source, "derived_places150_agency_spend_2017_18.csv").set_index("place_code")["council_housing_benefit_dwp_funded"]
    place = table.index.to_series().replace(NOW)
    part = table["claims"] / table.groupby(place)["claims"].transform("sum")
    known = table.assign(then=part * place.map(then).fillna(0.0))
    paid = read(source, "dwp_benefit_expenditure_birmingham_2002_2024.csv").set_index("year")["c_hb"]
    own = 1000.0 * float(paid[YEAR.replace("-", "/")])
    others = regional.copy()
    others[table.loc[_BIRMINGHAM, "region"]] -= own
    known.loc[_BIRMINGHAM, "then"] = 0.0
    found = split(others, known, "then")
    found[_BIRMINGHAM] = own
    return found


# What is written


def quality_rows(filled: list[Filled]) -> list[tuple[str, str, str, float, str]]:
    """Rows of ``quality.csv``: line, place (or all), quality, margin and how."""
    rows: list[tuple[str, str, str, float, str]] = []
    for name in SERVICES:
        rows.append((f"council_{name}", "all", "actual", FILED,
                     "Revenue Outturn 2024-25, net current expenditure, districts added to counties (MHCLG)"))
    rows.append(("council_social_care_all", "all", "actual", 0.0, "no such line since 2011-12"))
    rows.append(("housing_benefit", "all", "estimate", 0.40, f"region's social protection by councils outside social care times "
                 f"{HOUSING_BENEFIT_PART} (its part in 2017-18), split as housing benefit of 2017-18 was"))
    rows.append(("housing_benefit", _BIRMINGHAM, "actual", FILED, "benefit expenditure by council (DWP)"))
    for service, what in (("police", "the force"), ("fire", "the fire authority")):
        rows.append((service, "all", "formula", 0.15, f"Revenue Outturn 2024-25 of {what}, split by residents (MHCLG)"))
    rows += [(line, "all", one.quality, one.margin, one.how) for line, one in SPLITS.items()]
    rows.append(("central_skills", "all", "actual", 0.0, "no such line: skills are with the education department"))
    by_cell: dict[tuple[str, str], list[Filled]] = {}
    for one in filled:  # two districts of a county may be missing
        by_cell.setdefault((one.line, one.code), []).append(one)
    rows += [(f"council_{line}", code, "estimate", round(min(1.0, sum(one.margin for one in every)), 2),
              "; ".join(dict.fromkeys(one.how for one in every))) for (line, code), every in by_cell.items()]
    order = {line: i for i, line in enumerate(LINES)}
    return sorted(rows, key=lambda row: (order[row[0]], row[1] != "all", row[1]))


def spending_rows(lines: pd.DataFrame) -> pd.DataFrame:
    """The table of spending: £ thousand by place and line, and the sum of all lines but that of the communities department."""
    lines = lines.assign(**{name: 0.0 for name in LINES if name not in lines})[list(LINES)].round().astype(int)
    lines["source_total"] = lines.sum(axis=1) - lines["central_communities"]
    lines.insert(0, "year", YEAR)
    return lines[~lines.index.isin(LEFT_OUT)].sort_index().rename_axis("code").reset_index()


def reconciliation(recent: Path, table: pd.DataFrame, lines: pd.DataFrame, parts: list[dict[str, Any]]) -> pd.DataFrame:
    """England of the Country and Regional Analysis by department and function, and what of it is in which line, £m."""
    import pandas as pd

    small = table.index.isin(LEFT_OUT)
    rows: list[dict[str, Any]] = []
    sums = {name: (lines[name].sum(), lines[name][small].sum()) for name in lines}
    for part in parts:
        whole, out = sums[part["line"]]
        rows.append({"what": part["what"], "line": part["line"], "analysis": part["in"],
                     "city_and_scilly": part["in"] * out / whole if whole else 0.0})
    analysis = read(recent, _REGIONAL)
    local = analysis[(analysis["year"] == YEAR) & (analysis["department"] == LOCAL)]
    for function, name in LOCAL_FUNCTIONS.items():
        own = local[local["hmt_function"].str.startswith(function) & (local["sector"] == "LG") & (local["cap_cur"] == "CUR")]
        served = [line for line in name if line in lines]
        inside = sum(lines[line].sum() for line in served)
        outside = sum(lines[line][small].sum() for line in served)
        amount = own["value_gbp_thousand"].sum()
        rows.append({"what": f"{LOCAL}, current, {own['hmt_function'].iloc[0]}", "line": " ".join(served), "analysis": amount,
                     "city_and_scilly": outside, "not_in": amount - inside})
    capital = (local["sector"] == "LG") & (local["cap_cur"] == "CAP")
    for label, kept in (("capital", capital), ("public corporations", local["sector"] == "PC")):
        amount = local[kept]["value_gbp_thousand"].sum()
        rows.append({"what": f"{LOCAL}, {label}", "line": "", "analysis": amount, "city_and_scilly": 0.0, "not_in": amount})
    found = pd.DataFrame(rows).fillna({"not_in": 0.0})
    found["places"] = found["analysis"] - found["not_in"] - found["city_and_scilly"]
    for column in ("analysis", "places", "city_and_scilly", "not_in"):
        found[column] = (found[column] / 1000.0).round(3)
    return found[["what", "line", "analysis", "places", "city_and_scilly", "not_in"]]


def build(source: Path, recent: Path, target: Path = HERE) -> None:
    """Write the tables of two folders of source files into ``target``.

    Raises FileNotFoundError when a source file is missing and ValueError when the sources no longer agree.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as parquet

    table = area_table(recent)
    lines, filled = council_lines(source, recent, table)
    lines["housing_benefit"] = housing_benefit(source, recent, table, lines)
    accounts = {}
    for service in ("police", "fire"):
        lines[service], accounts[service] = area_bodies(recent, table, service)
    central, parts = departments(recent, table, lines)
    lines = lines.join(central)
    spending = spending_rows(lines)
    codes = spending["code"].tolist()
    areas = small_areas(source, recent, table, codes)
    indicators = indicator_rows(source, recent, table, codes)
    people = areas.filter(like="pop_").astype(int).sum(axis=1).groupby(areas["place"]).sum()
    if not np.array_equal(people.reindex(indicators["code"]).to_numpy(), indicators["population"].to_numpy()):
        raise ValueError("the small areas of a place do not add up to its population")
    whole, shares = bodies(recent, table, codes, accounts)
    target.mkdir(exist_ok=True)
    care = spending["council_childrens_social_care"] + spending["council_adult_social_care"]
    measures = {"nhs_spend": spending["nhs"].sum() / 1000.0, "population": indicators["population"].sum(),
                "health_and_care_spend": (spending["nhs"] + care).sum() / 1000.0}
    england = pd.DataFrame([(YEAR, name, f"{value:.6f}") for name, value in measures.items()], columns=["year", "measure", "value"])
    outturn = outturn_rows(recent, lines, filled)
    for name, rows in (
        ("spending", spending), ("indicators", indicators), ("england", england), ("bodies", whole), ("body_places", shares),
        ("reconciliation", reconciliation(recent, table, lines, parts)), ("outturn", outturn),
        ("regions", region_rows(recent, table, lines)),
        ("quality", pd.DataFrame(quality_rows(filled), columns=["line", "code", "quality", "margin", "how"])),
    ):
        rows.to_csv(target / f"{name}.csv", index=False, lineterminator="\n")
    stored = pa.Table.from_pandas(areas, preserve_index=False).replace_schema_metadata(None)
    parquet.write_table(stored, target / "small_areas.parquet", compression="zstd", compression_level=19)


def region_rows(recent: Path, table: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Regions of the Country and Regional Analysis, and what of each is in the places: departments, and councils' lines, £m."""
    import pandas as pd

    analysis = read(recent, _REGIONAL)
    analysis = analysis[analysis["year"] == YEAR]
    local = analysis["department"] == LOCAL
    of = {name: rows.groupby("region")["value_gbp_thousand"].sum()
          for name, rows in (("analysis", analysis), ("departments", analysis[~local]), ("local_government", analysis[local]))}
    central = [line for line in lines if line in SPLITS]
    own = lines[~lines.index.isin(LEFT_OUT)].groupby(table["region"]).sum()
    small = lines[lines.index.isin(LEFT_OUT)].groupby(table["region"]).sum()[central].sum(axis=1)
    found = pd.DataFrame({
        **of, "places_departments": own[central].sum(axis=1), "places_local_government": own.drop(columns=central).sum(axis=1),
        "city_and_scilly_departments": small,
    })
    return (found.fillna(0.0) / 1000.0).round(3).rename_axis("region").reset_index()


def outturn_rows(recent: Path, lines: pd.DataFrame, filled: list[Filled]) -> pd.DataFrame:
    """Councils, police and fire by line, £m: what was filed, what was filled, what City of London and Scilly have."""
    import pandas as pd

    filed = read(recent, "derived_utla153_council_net_current_2024_25.csv").set_index("utla_code")
    bodies_filed = read(recent, "police_fire_net_current_2024_25.csv")
    small = lines.index.isin(LEFT_OUT)
    rows = []
    for name in (*(f"council_{service}" for service in SERVICES), "police", "fire"):
        amount = filed[name.removeprefix("council_")].sum() if name.startswith("council_") else bodies_filed[name].sum()
        rows.append((name, amount, lines[name].sum() - amount, lines[name][small].sum(), lines[name][~small].sum()))
    amounts = ["filed", "filled", "city_and_scilly", "places"]
    found = pd.DataFrame(rows, columns=["line", *amounts])
    found[amounts] = (found[amounts] / 1000.0).round(3)
    return found


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m tools.year_tables SOURCE_FOLDER SOURCE_FOLDER_2024")
    build(Path(sys.argv[1]), Path(sys.argv[2]))
