"""The tables of results as they are written: runs of a scenario in columns that say their unit and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from totalplace.sim.results.deals import meanings, name_columns
from totalplace.sim.results.run import Ensemble

if TYPE_CHECKING:
    import pyarrow as pa

#: The columns of a tie, at the start and at the end of a run: unit and meaning.
_OF_TIES: Final = {
    "tied": ("0 or 1", "1 if the commissioner can approach the agency"),
    "trust": ("0-1", "trust of the agency in the commissioner"),
    "money": ("£m a year", "money that the agency cedes to the commissioner"),
}


def _text_column(text: str, rows: int) -> pa.Array:
    import pyarrow as pa

    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int16)), pa.array([text]))


def _table(columns: Mapping[str, tuple[Any, str, str]]) -> pa.Table:
    """A table from name: (values, unit, meaning); unit and meaning travel with the file as field metadata."""
    import pyarrow as pa

    arrays, fields = [], []
    for name, (values, unit, says) in columns.items():
        arrays.append(values if isinstance(values, pa.Array) else pa.array(values))
        fields.append(pa.field(name, arrays[-1].type, metadata={"unit": unit, "meaning": says}))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def _identity(ensemble: Ensemble, rows: int, seeds: Any) -> dict[str, tuple[Any, str, str]]:
    return {
        "scenario": (_text_column(ensemble.scenario.name, rows), "name", "name of the scenario"),
        "place": (_text_column(ensemble.place.name, rows), "name", "place"),
        "seed": (seeds, "", "seed of every draw of the run"),
    }


def metrics_table(ensemble: Ensemble) -> pa.Table:
    """One row per scenario, place, seed and quarter; one column per metric."""
    dates = np.array(ensemble.dates, dtype="datetime64[M]").astype("datetime64[ms]")
    runs, quarters = ensemble.runs, ensemble.quarters
    columns = _identity(ensemble, runs * quarters, np.repeat(ensemble.seeds, quarters))
    columns["quarter"] = (np.tile(np.arange(quarters), runs), "quarters", "quarter of the run, counted from 0")
    columns["date"] = (np.tile(dates, runs), "date", "first day of the quarter")
    for name, metric in ensemble.known_metrics.items():
        columns[name] = (ensemble.series(name).reshape(-1), metric.unit, metric.meaning)
    return _table(columns)


def deals_table(ensemble: Ensemble) -> pa.Table:
    """One row per negotiation."""
    import pyarrow as pa

    deals = ensemble.deals
    dates = np.array(ensemble.dates, dtype="datetime64[M]").astype("datetime64[ms]")
    columns = _identity(ensemble, len(deals), deals["seed"])
    says = meanings()
    named = name_columns(deals, ensemble.agency_names, ensemble.commissioner_names)
    for name in deals.dtype.names or ():
        if name in named:
            codes = pa.array(named[name].codes, mask=named[name].codes < 0)
            words = pa.array(named[name].names, pa.string())
            columns[name] = (pa.DictionaryArray.from_arrays(codes, words), *says[name])
        elif name not in columns:
            columns[name] = (np.ascontiguousarray(deals[name]), *says[name])
        if name == "quarter":
            columns["date"] = (dates[deals["quarter"].astype(np.int64)], *says["date"])
    return _table(columns)


def gains_table(ensemble: Ensemble) -> pa.Table:
    """One row per scenario, seed, agency that pays and agency that gains: £m over the run."""
    import pyarrow as pa

    agencies, runs = ensemble.agency_names, ensemble.runs
    number = len(agencies)
    rows = runs * number * number
    names = pa.array(agencies, pa.string())
    payer = np.tile(np.repeat(np.arange(number, dtype=np.int16), number), runs)
    gainer = np.tile(np.arange(number, dtype=np.int16), runs * number)
    columns = _identity(ensemble, rows, np.repeat(ensemble.seeds, number * number))
    columns["pays"] = (pa.DictionaryArray.from_arrays(pa.array(payer), names), "name", "agency that pays")
    columns["gains"] = (pa.DictionaryArray.from_arrays(pa.array(gainer), names), "name", "agency that gains")
    columns["amount"] = (
        ensemble.gains.reshape(-1),
        "£m",
        "reactive demand avoided and savings returned to the one through money and transition paid by the other",
    )
    return _table(columns)


def ties_table(ensemble: Ensemble) -> pa.Table:
    """One row per scenario, seed, agency and commissioner: whether they were tied at the start and at the end, trust and money."""
    import pyarrow as pa

    agencies, commissioners = len(ensemble.agency_names), len(ensemble.commissioner_names)
    agency = np.repeat(np.arange(agencies, dtype=np.int16), commissioners)
    commissioner = np.tile(np.arange(commissioners, dtype=np.int16), agencies)
    columns = _identity(ensemble, ensemble.ties_end.size, np.repeat(ensemble.seeds, len(agency)))
    named = {"agency": (agency, ensemble.agency_names), "commissioner": (commissioner, ensemble.commissioner_names)}
    for name, (own, names) in named.items():
        every = pa.array(np.tile(own, ensemble.runs))
        columns[name] = (pa.DictionaryArray.from_arrays(every, pa.array(names, pa.string())), "name", name)
    for when, ties in (("start", ensemble.ties_start), ("end", ensemble.ties_end)):
        for field, (unit, says) in _OF_TIES.items():
            columns[f"{field}_{when}"] = (ties[field].reshape(-1), unit, f"{says}, at the {when} of the run")
    return _table(columns)
