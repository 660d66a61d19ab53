"""The numbers that figures show, as tables in the units of the results: what is drawn stands in the file beside the picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from totalplace.sim.results.last_year import BAND

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.every_place import Band
    from totalplace.sim.results.run import Ensemble, Run

_AT = (0.5, *BAND)


def values_shown(
    ensembles: Sequence[Ensemble], metrics: Mapping[str, Metric], name: str, values: Callable[[Ensemble, str], NDArray[np.float64]]
) -> pd.DataFrame:
    """A row for each metric and scenario: the median ``name`` of its values (R,), NAME_p05 and NAME_p95 the ends of their band."""
    import pandas as pd

    rows = []
    for key, metric in metrics.items():
        for ensemble in ensembles:
            found = np.quantile(values(ensemble, key), _AT).tolist()
            ends = dict(zip((name, f"{name}_p05", f"{name}_p95"), found, strict=True))
            rows.append({**_of(ensemble), **_about(key, metric), "runs": ensemble.runs, **ends})
    return pd.DataFrame(rows)


def courses_shown(results: Sequence[Ensemble | Run], metrics: Mapping[str, Metric], *, at_end: bool = False) -> pd.DataFrame:
    """A row for each metric, scenario and quarter: its value, of several runs their median with the ends of their band.

    With ``at_end`` one more for the last year. Nothing stands where a metric says nothing about a scenario.
    """
    import pandas as pd

    rows = []
    for key, metric in metrics.items():
        for result in results:
            series = np.atleast_2d(result.series(key))
            times = [(date, series[:, quarter]) for quarter, date in enumerate(result.dates)]
            times += [("last year", np.atleast_1d(result.at_end(key)))] if at_end else []
            for date, own in times:
                middle, low, high = np.quantile(own, _AT).tolist()
                value = {"value": middle} if len(series) == 1 else {"median": middle, "p05": low, "p95": high}
                rows.append({**_of(result), **_about(key, metric), "quarter": date, **value})
    return pd.DataFrame(rows)


def matrix_shown(result: Ensemble | Run, gains: NDArray[np.float64], unsure: NDArray[np.bool_]) -> pd.DataFrame:
    """A row for each agency that pays and one that gains: £m over the run, mean of the runs, and whether its sign is unsure."""
    import pandas as pd

    names, number = list(result.agency_names), len(result.agency_names)
    return pd.DataFrame({
        **_of(result), "pays": np.repeat(names, number), "gains": np.tile(names, number), "unit": "£m",
        "gain_mean": gains.reshape(-1), "unsure": unsure.reshape(-1),
    })


def net_gains_shown(ensembles: Sequence[Ensemble], net: NDArray[np.float64], unsure: NDArray[np.bool_]) -> pd.DataFrame:
    """A row for each scenario and agency: its net gain (A, E) in £m over the run, and whether even its sign is unsure."""
    import pandas as pd

    parts = [
        pd.DataFrame({**_of(one), "agency": one.agency_names, "unit": "£m", "net_gain_mean": net[:, number],
                      "unsure": unsure[:, number]})
        for number, one in enumerate(ensembles)
    ]
    return pd.concat(parts, ignore_index=True)


def places_shown(values: Mapping[str, Band], metric: Metric) -> pd.DataFrame:
    """A row for each place: the median of a metric and the ends of its band."""
    import pandas as pd

    rows = [{"place": name, **_about(metric.name, metric), "median": one.middle, "p05": one.low, "p95": one.high}
            for name, one in values.items()]
    return pd.DataFrame(rows)


def refusals_shown(counted: Sequence[tuple[Ensemble, Any]], parts: Sequence[str]) -> pd.DataFrame:
    """A row for each scenario, agency and part of the appraisal that decided a refusal: refusals a run (A, P)."""
    import pandas as pd

    rows = [
        {**_of(ensemble), "agency": agency, "decided_by": part, "refusals_a_run": float(counts[row, column])}
        for ensemble, counts in counted
        for row, agency in enumerate(ensemble.agency_names)
        for column, part in enumerate(parts) if counts[row, column]
    ]
    return pd.DataFrame(rows, columns=["scenario", "place", "agency", "decided_by", "refusals_a_run"])


def ties_shown(result: Ensemble | Run, ties: Mapping[str, Any]) -> pd.DataFrame:
    """A row for each quarter, agency and commissioner with a tie (A, C): share of runs with it, £m a year, trust from 0 to 1."""
    import pandas as pd

    rows = [
        {**_of(result), "quarter": date, "agency": agency, "commissioner": commissioner, "tied": float(found["tied"][row, column]),
         "money": float(found["money"][row, column]), "money_unit": "£m a year", "trust": float(found["trust"][row, column])}
        for date, found in ties.items()
        for row, agency in enumerate(result.agency_names)
        for column, commissioner in enumerate(result.commissioner_names) if found["tied"][row, column] > 0.0
    ]
    columns = ["scenario", "place", "quarter", "agency", "commissioner", "tied", "money", "money_unit", "trust"]
    return pd.DataFrame(rows, columns=columns)


def _of(result: Ensemble | Run) -> dict[str, str]:
    return {"scenario": result.scenario.name, "place": result.place.name}


def _about(name: str, metric: Metric) -> dict[str, str]:
    return {"metric": name, "label": metric.label, "unit": metric.unit}


__all__ = ["courses_shown", "matrix_shown", "net_gains_shown", "places_shown", "refusals_shown", "ties_shown", "values_shown"]
