"""Bodies whose territory is larger than a place, and what of them each place is, for ``tools.year_tables``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tools.year_areas import YEAR

if TYPE_CHECKING:
    import pandas as pd

#: Strategic authorities by 2025 that the lookup of 2023 does not have, with their members: from memory, not read in a source.
FROM_MEMORY: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "S01": ("North East", ("E06000047", "E06000057", "E08000021", "E08000022", "E08000023", "E08000024", "E08000037")),
    "S02": ("York and North Yorkshire", ("E06000014", "E06000065")),
    "S03": ("East Midlands", ("E06000015", "E06000018", "E10000007", "E10000024")),
    "S04": ("Hull and East Yorkshire", ("E06000010", "E06000011")),
    "S05": ("Greater Lincolnshire", ("E06000012", "E06000013", "E10000019")),
    "S06": ("Devon and Torbay", ("E06000027", "E10000008")),
    "S07": ("Lancashire", ("E06000008", "E06000009", "E10000017")),
}
#: Combined authorities of 2023 that became part of one of those above.
GONE: Final = ("North East", "North of Tyne")
#: Parts of a board that are no more than a border that runs through a small area, or than a practice that lists patients elsewhere.
LEAST, PRACTICES = 0.002, 0.02
#: The authority of London, whose members are its boroughs.
LONDON: Final = ("E12000007", "Greater London Authority")


def bodies(
    recent: Path, table: pd.DataFrame, codes: list[str], accounts: Mapping[str, pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every body (kind, code, name, its money in £ thousand, quality) and its places with their shares of residents and need."""
    import pandas as pd

    whole: list[dict[str, Any]] = []
    shares: list[pd.DataFrame] = []
    for rows, parts in (_boards(recent, codes), *(_areas(table, codes, service, accounts[service]) for service in accounts),
                        _authorities(recent, table, codes)):
        whole += rows
        shares.append(parts)
    found = pd.concat(shares, ignore_index=True)
    found[["residents", "need"]] = found[["residents", "need"]].round(6)
    found = found[["body", "place", "residents", "need"]]
    return pd.DataFrame(whole), found.sort_values(["body", "place"], ignore_index=True)


def _boards(recent: Path, codes: list[str]) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """Integrated care boards: allocations, residents of the Census of 2021 by small area, need-weighted patients by practice."""
    import pandas as pd

    money = pd.read_csv(recent / "nhs_icb_allocations_2023_24_to_2025_26.csv")
    money = money[money["year"] == YEAR].set_index("icb_code")
    columns = ["core_combined", "primary_medical_care", "pharmacy_ophthalmic_dental", "running_costs"]
    areas = pd.read_csv(recent / "imd2025_lsoa21.csv.gz")
    areas["people"] = areas[[column for column in areas if column.startswith("pop21_")]].sum(axis=1)
    residents = areas.groupby(["icb24_code_nhs", "utla_code"])["people"].sum()
    weighted = pd.read_csv(recent / "nhs_weighted_population_utla_icb_2024_25.csv")
    need = weighted.set_index(["icb_code", "utla23_code"])["wp_core_overall"]
    parts = pd.DataFrame({"residents": residents, "need": need}).fillna(0.0).rename_axis(["body", "place"]).reset_index()
    whole = parts.groupby("body")[["residents", "need"]].transform("sum")
    kept = (parts["residents"] > LEAST * whole["residents"]) | (parts["need"] > PRACTICES * whole["need"])
    parts = parts[parts["place"].isin(codes) & kept]
    parts[["residents", "need"]] /= parts.groupby("body")[["residents", "need"]].transform("sum")
    rows = [{"kind": "integrated care board", "code": code, "name": str(row["icb_name"]).removeprefix("NHS "),
             "money": round(float(row[columns].sum())), "quality": "actual", "source": "allocation 2024-25 (NHS England)"}
            for code, row in money.iterrows()]
    return rows, parts


def _areas(
    table: pd.DataFrame, codes: list[str], service: str, accounts: pd.DataFrame
) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """Police forces or fire authorities with accounts of their own: outturn, residents, and need by crime; of fire by residents."""
    import pandas as pd

    kind = {"police": "police body", "fire": "fire authority"}[service]
    places = table.loc[codes]
    parts = []
    for row in accounts.itertuples():
        own = places[places[f"{service}_area"] == row.area]
        need = own["crime" if service == "police" else "residents"]
        parts.append(own.assign(body=row.ons_code if row.ons_code == row.area else f"{row.ons_code}_{service}",
                                share=own["residents"] / own["residents"].sum(), need=need / need.sum()))
    found = pd.concat(parts).rename_axis("place").reset_index()[["body", "place", "share", "need"]]
    rows = [{"kind": kind, "code": row.ons_code if row.ons_code == row.area else f"{row.ons_code}_{service}", "name": row.authority,
             "money": round(float(getattr(row, service))), "quality": "actual", "source": f"Revenue Outturn {YEAR} (MHCLG)"}
            for row in accounts.itertuples()]
    return rows, found.rename(columns={"share": "residents"})


def _authorities(recent: Path, table: pd.DataFrame, codes: list[str]) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """Strategic and combined authorities: those of 2023 by the lookup, newer ones from memory."""
    import pandas as pd

    geo = pd.read_csv(recent / "geo_ltla_utla_region_police_fire_ca.csv").dropna(subset=["cauth23_code"])
    geo = geo[~geo["cauth23_name"].isin(GONE)].drop_duplicates("utla_code")
    members = {(code, name): tuple(rows["utla_code"]) for (code, name), rows in geo.groupby(["cauth23_code", "cauth23_name"])}
    source = dict.fromkeys(members, ("actual", "combined authorities of 2023 (ONS)"))
    boroughs = tuple(code for code in codes if code.startswith("E09"))
    for key, own, told in (
        (LONDON, boroughs, ("actual", "its members are the boroughs")),
        *(((code, name), own, ("estimate", "judgement: from memory, as of 2025; not read in a source"))
          for code, (name, own) in FROM_MEMORY.items()),
    ):
        members[key], source[key] = own, told
    rows, parts = [], []
    for (code, name), own in members.items():
        rows.append({"kind": "strategic authority", "code": code, "name": name, "money": "", "quality": source[code, name][0],
                     "source": source[code, name][1]})
        here = table.loc[[one for one in own if one in codes]]
        own_part = here[["residents", "claims"]] / here[["residents", "claims"]].sum()
        parts.append(own_part.rename(columns={"claims": "need"}).rename_axis("place").reset_index().assign(body=code))
    return rows, pd.concat(parts, ignore_index=True)
