"""Every metric on a sheet that is read: a row for each in plain words, in groups, and columns by scenario under a heading each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from totalplace.sim.report.columns import PERCENT, Column, number_format
from totalplace.sim.report.content import Sheet, upper
from totalplace.sim.results.run import KEY_METRICS
from totalplace.sim.results.wording import unit_name

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.model.metrics import Metric

_BETTER: Final = {1: "more", -1: "less", 0: ""}
#: How the columns that have no value of a scenario are called.
_PLACE, _GROUP, _METRIC, _UNIT, _WAY, _SAYS, _NAME = "place", "group", "measure", "unit", "better", "what it is", "name in files"


class Block(NamedTuple):
    """Columns under one heading: of each scenario those of the table, with what follows its name in their headings.

    ``shown`` is the format of their numbers where that is not the one of the unit of the row.
    """

    heading: str
    scenarios: Sequence[str]
    columns: Mapping[str, str]
    shown: str = ""


def by_scenario(
    table: pd.DataFrame, blocks: Sequence[Block], metric: Callable[[str], Metric], place: Callable[[str], str] | None = None
) -> Sheet:
    """A table with a row for each scenario, place and metric, as one with a row for each metric, or each in each place.

    ``metric`` gives a metric by its name, ``place`` what a place is called: a column of its own where there are several.
    Metrics without a value are left out.
    """
    places = [str(name) for name in table["place"].unique()]
    named = place if len(places) > 1 else None
    known = {(row["place"], row["metric"], row["scenario"]): row for row in table.to_dict("records")}
    names = [str(name) for name in table["metric"].unique()]
    metrics = {one.name: one for one in sorted(map(metric, names), key=_place_in_order(list(map(metric, names))))}
    rows, units = [], []
    for where in places:
        for name, one in metrics.items():
            values = [known.get((where, name, scenario), {}).get(column) for block in blocks for scenario in block.scenarios
                      for column in block.columns]
            if any(value is not None and value == value for value in values):
                words = ([] if named is None else [named(where)]) + [upper(one.group), upper(one.label), unit_name(one.unit)]
                rows.append([*words, _BETTER[one.direction], *values, name, f"{upper(one.meaning)}."])
                units.append(one.unit)
    return _sheet(rows, units, blocks, named is not None)


def _place_in_order(metrics: Sequence[Metric]) -> Callable[[Metric], tuple[int, bool]]:
    """Where a metric stands: its group in the order of the registry, in it the key ones first."""
    groups = list(dict.fromkeys(one.group for one in metrics))
    return lambda one: (groups.index(one.group), one.name not in KEY_METRICS)


def _sheet(rows: list[list[Any]], units: list[str], blocks: Sequence[Block], places: bool) -> Sheet:
    """The columns of the rows with their headings and formats, and what stands over which of them."""
    words = [_PLACE] * places + [_GROUP, _METRIC, _UNIT, _WAY]
    columns = [_text(name, len(rows)) for name in words]
    over = []
    for block in blocks:
        first = len(columns) + 1
        for scenario in block.scenarios:
            for name, end in block.columns.items():
                formats = tuple(block.shown or number_format(unit) for unit in units)
                columns.append(Column(f"{scenario}:{name}", ", ".join(filter(None, (scenario, end))), formats))
        if len(columns) >= first:
            over.append((first, len(columns), block.heading))
    columns += [_text(name, len(rows)) for name in (_NAME, _SAYS)]
    note = ("One row for each measure: filter by group. At the right stand the name that files and commands have for it, and what "
            "it is. Measures without a value are left out.")
    return Sheet(tuple(columns), tuple(map(tuple, rows)), tuple(over), len(words) - 2, note, beside=1)


def _text(name: str, rows: int) -> Column:
    return Column(name, name, ("",) * rows)


def of_comparison(table: pd.DataFrame, scenarios: Sequence[str], baseline: str, metric: Callable[[str], Metric]) -> Sheet:
    """A comparison: medians, differences from the baseline, and their bands."""
    others = [name for name in scenarios if name != baseline]
    band, from_it = {"5%": "_p05", "95%": "_p95"}, f"Difference from {baseline}"
    return by_scenario(table, (
        Block("Last year, median", scenarios, {"level": ""}),
        Block(f"{from_it}, median", others, {"difference": ""}),
        Block(f"{from_it}: the band that holds 90% of the seeds", others, {f"difference{end}": word for word, end in band.items()}),
        Block("Share of runs that are better (%)", others, {"share_better": ""}, PERCENT),
        Block("Last year: the band that holds 90% of the runs", scenarios, {f"level{end}": word for word, end in band.items()}),
    ), metric)


def of_levels(
    table: pd.DataFrame, scenarios: Sequence[str], metric: Callable[[str], Metric], place: Callable[[str], str] | None = None
) -> Sheet:
    """Scenarios by themselves: the first quarter where the table has it, medians of the last year, and their bands."""
    first = [Block("First quarter, median", scenarios, {"first_quarter": ""})] if "first_quarter" in table else []
    return by_scenario(table, (
        *first,
        Block("Last year, median", scenarios, {"last_year": ""}),
        Block("Last year: the band that holds 90% of the runs", scenarios, {"last_year_p05": "5%", "last_year_p95": "95%"}),
    ), metric, place)


__all__ = ["Block", "by_scenario", "of_comparison", "of_levels"]
