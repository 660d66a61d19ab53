"""For whom: which agencies pay and which gain, and how each kind of cohort fares."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from totalplace.scenarios.user_text import file_names
from totalplace.scenarios.vocabulary import COHORT_KINDS, label
from totalplace.sim.figures.differences import outcomes_by_cohort, outcomes_by_domain
from totalplace.sim.figures.gains import net_gains, who_pays_who_gains
from totalplace.sim.report.columns import in_words
from totalplace.sim.report.content import Listing, Picture, Section, upper
from totalplace.sim.report.findings import LEVEL_BANDS, band, difference_bands
from totalplace.sim.results.compare import compare, difference
from totalplace.sim.results.deals import agency_label
from totalplace.sim.results.monte_carlo import in_band
from totalplace.sim.results.run import BAND, Ensemble
from totalplace.sim.results.who_gains import (
    MOST_FLOWS,
    faring,
    net_gain,
    net_gain_against,
    same_agencies,
    who_words,
)
from totalplace.sim.results.wording import amount

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.sim.model.metrics import Metric

#: Scenarios up to which a table has bands beside the means, and flows that are named of each.
MOST_BANDS = 5
_MEAN_BANDS = "Mean of the runs and, in brackets, the band that holds 90% of them."


def who_pays(ensembles: Sequence[Ensemble], baseline: Ensemble) -> Section:
    """Gains of each agency through money that others pay, by scenario, and what that differs from the baseline."""
    moved = [ensemble for ensemble in ensembles if np.abs(ensemble.gains).sum() > 0]
    others = [one for one in ensembles if one is not baseline]
    points = tuple(words for one in others or moved for words in who_words(one, baseline))
    if not moved:
        nobody = "No agency ceded anything, so that nobody pays for anybody."
        return Section("who-pays", "Who pays and who gains", (nobody,), points)
    tables = [_net_table(moved)]
    against = [one for one in ensembles if one is not baseline and same_agencies(one, baseline)]
    if against and baseline.gains.any():
        tables.append(_net_table(against, baseline))
    pictures = [
        Picture(f"who-pays-who-gains-{file}", f"£m from the agency that pays to the one that gains, {e.scenario.name}.",
                partial(who_pays_who_gains, e))
        for e, file in zip(moved, file_names([e.scenario.name for e in moved]), strict=True)
    ]
    if len(moved) > 1 and same_agencies(*moved):
        pictures.insert(0, Picture("net-gains", "Net gain of each agency by scenario, £m.", partial(net_gains, moved)))
    return Section("who-pays", "Who pays and who gains", points=points, tables=(*tables, _flows(moved)), pictures=tuple(pictures))


def _net_table(ensembles: Sequence[Ensemble], baseline: Ensemble | None = None) -> Listing:
    """What each agency gains on balance in scenarios, by themselves or against a baseline."""
    names, brief = list(dict.fromkeys(name for one in ensembles for name in one.agency_names)), len(ensembles) > MOST_BANDS
    cells = {name: [_net_words(one, baseline, name, brief) for one in ensembles] for name in names}
    rows = tuple((upper(agency_label(name, ensembles[0].words)), *own) for name, own in cells.items())
    against = "" if baseline is None else f": difference from {baseline.scenario.name}"
    note = (
        "What an agency gains through money and transition paid by others, less what others gain through what it pays, £m over the "
        f"whole run{against}: mean of the runs{'' if brief else ' and, in brackets, 90% of them'}."
    )
    head = ("agency", *(e.scenario.name for e in ensembles))
    frame = _net_frame(ensembles, baseline)
    return Listing(f"net-gains{'-against' if against else ''}", f"Net gain of each agency{against} (£m)", head, rows, note=note,
                   frame=frame, sheet=in_words(frame, ensembles[0].words), bands="Mean of the runs." if brief else _MEAN_BANDS)


def _net(ensemble: Ensemble, baseline: Ensemble | None) -> NDArray[np.float64]:
    return net_gain(ensemble) if baseline is None else net_gain_against(ensemble, baseline)


def _net_words(ensemble: Ensemble, baseline: Ensemble | None, agency: str, brief: bool) -> str:
    if agency not in ensemble.agency_names:
        return "–"
    values = _net(ensemble, baseline)[:, ensemble.agency_names.index(agency)]
    middle, low, high = in_band(values, "£m", signed=baseline is not None, mean=True)
    return middle if brief else f"{middle} ({low} to {high})"


def _net_frame(ensembles: Sequence[Ensemble], baseline: Ensemble | None) -> pd.DataFrame:
    """One row per scenario and agency: mean and 90% band over runs of its net gain, or of the difference in it from a baseline."""
    import pandas as pd

    parts = []
    for ensemble in ensembles:
        net = _net(ensemble, baseline)
        low, high = np.quantile(net, BAND, axis=0)
        columns = {"agency": ensemble.agency_names, "unit": "£m", "runs": ensemble.runs, "net_gain_mean": net.mean(axis=0),
                   "net_gain_p05": low, "net_gain_p95": high}
        parts.append(pd.DataFrame({"scenario": ensemble.scenario.name, "place": ensemble.place.name, **columns}))
    return pd.concat(parts, ignore_index=True)


def _flows(ensembles: Sequence[Ensemble]) -> Listing:
    """The largest gains of one agency through another's money, by scenario; the file has every pair."""
    frame = _gains_frame(ensembles)
    between = frame[frame["pays"] != frame["gains"]].sort_values("gain_mean", ascending=False, kind="stable")
    largest = between.groupby("scenario", sort=False).head(MOST_FLOWS)
    order = [ensemble.scenario.name for ensemble in ensembles]
    rows = []
    for name in order:
        for row in largest[largest["scenario"] == name].to_dict("records"):
            ends = [amount(float(row[end]), "£m", brief=True) for end in ("gain_mean", "gain_p05", "gain_p95")]
            words = tuple(upper(agency_label(str(row[end]), ensembles[0].words)) for end in ("pays", "gains"))
            rows.append((name, *words, f"{ends[0]} ({ends[1]} to {ends[2]})"))
    note = "£m over the whole run, mean and 90% of the runs. The file has every pair, and gains through an agency's own money."
    head = ("scenario", "pays", "gains", "amount")
    return Listing("gains", "The largest gains through another's money", head, tuple(rows), words=3, note=note, frame=frame,
                   sheet=in_words(frame, ensembles[0].words), bands=_MEAN_BANDS)


def _gains_frame(ensembles: Sequence[Ensemble]) -> pd.DataFrame:
    """One row per scenario, agency that pays and agency that gains: mean and 90% band over runs."""
    import pandas as pd

    parts = []
    for ensemble in ensembles:
        number = len(ensemble.agency_names)
        low, high = np.quantile(ensemble.gains, BAND, axis=0)
        parts.append(pd.DataFrame({
            "scenario": ensemble.scenario.name,
            "place": ensemble.place.name,
            "pays": np.repeat(ensemble.agency_names, number),
            "gains": np.tile(ensemble.agency_names, number),
            "unit": "£m",
            "runs": ensemble.runs,
            "gain_mean": ensemble.gains.mean(axis=0).reshape(-1),
            "gain_p05": low.reshape(-1),
            "gain_p95": high.reshape(-1),
        }))
    return pd.concat(parts, ignore_index=True)


def cohorts(ensembles: Sequence[Ensemble], baseline: Ensemble) -> Section:
    """Wellbeing of each kind of cohort, and outcomes by domain."""
    own = baseline.known_metrics
    metrics = [own[f"wellbeing_{kind}"] for kind in COHORT_KINDS if f"wellbeing_{kind}" in own]
    if not metrics:
        return Section("cohorts", "Cohorts", ("Wellbeing by cohort was not kept.",))
    kinds = [label(metric.name.removeprefix("wellbeing_")) for metric in metrics]
    since = len(ensembles) == 1
    what, when = ("Change", "from the first quarter to the last year") if since else (
        f"Difference from {baseline.scenario.name}", "in the last year")
    pictures = (
        Picture("outcomes-by-cohort", f"{what} in wellbeing {when}, by cohort.", partial(outcomes_by_cohort, ensembles, baseline)),
        Picture("outcomes-by-domain", f"{what} in outcomes {when}, by domain.", partial(outcomes_by_domain, ensembles, baseline)),
    )
    if since:
        starts = [amount(float(np.median(baseline.series(m.name)[:, 0])), m.unit) for m in metrics]
        ends = [band(baseline.at_end(m.name), m) for m in metrics]
        rows = tuple(zip(map(upper, kinds), starts, ends, strict=True))
        head = ("cohort", "first quarter", "last year, median (90% of runs)")
        table = Listing("cohorts", "Wellbeing by cohort (0-1)", head, rows, sheet=_wellbeing(ensembles, baseline, metrics),
                        bands=LEVEL_BANDS)
        return Section("cohorts", "Cohorts", tables=(table,), pictures=pictures)
    others = [ensemble for ensemble in ensembles if ensemble is not baseline]
    cells = tuple(
        (e.scenario.name, *(band(difference(e, baseline, m.name), m, signed=True) for m in metrics)) for e in others
    )
    table = Listing("cohorts", f"Wellbeing by cohort: difference from {baseline.scenario.name} in the last year (0-1)",
                    ("scenario", *(upper(kind) for kind in kinds)), cells, note="Median and, in brackets, 90% of the seeds.",
                    sheet=_wellbeing(ensembles, baseline, metrics), bands=difference_bands(baseline.scenario.name))
    said = tuple(faring(e, baseline) for e in others)
    return Section("cohorts", "Cohorts", points=said, tables=(table,), pictures=pictures)


def _wellbeing(ensembles: Sequence[Ensemble], baseline: Ensemble, metrics: Sequence[Metric]) -> pd.DataFrame:
    """Wellbeing of each kind of cohort in full numbers: levels and differences from the baseline, a row a scenario and cohort."""
    frame = compare(ensembles, baseline.scenario.name)
    return frame[frame["metric"].isin([metric.name for metric in metrics])].reset_index(drop=True)
