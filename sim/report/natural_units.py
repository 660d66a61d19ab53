"""The table of outcomes in units that people know, for a report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from totalplace.scenarios.indicators import INDICATORS
from totalplace.sim.report.columns import in_words
from totalplace.sim.report.content import Listing, upper
from totalplace.sim.results.compare import difference, shared_draws
from totalplace.sim.results.last_year import spread
from totalplace.sim.results.natural_units import based, bases, basis_words, change, changed, known

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.sim.model.metrics import Metric
    from totalplace.sim.results.run import Ensemble


def natural_units(ensembles: Sequence[Ensemble], baseline: Ensemble, metrics: Sequence[Metric]) -> tuple[Listing, ...]:
    """A row for each indicator: its base in the place with the quality, then what each scenario does to it in the last year.

    A scenario alone is held against its first quarter, several against the baseline. It stands beside the index of wellbeing:
    nothing where that is not among the ``metrics``, and for results without indicators.
    """
    names = known(ensembles) if any(metric.name == "wellbeing" for metric in metrics) else []
    if not names:
        return ()
    others = [ensemble for ensemble in ensembles if ensemble is not baseline]
    rows = []
    for name in names:
        told = [change(ensemble, baseline, name) for ensemble in others]
        if not others:
            first, last = baseline.series(name)[:, 0], baseline.at_end(name)
            told = [changed((last - first).tolist(), name)]
        rows.append((upper(INDICATORS[name].label), INDICATORS[name].unit, based(baseline, name), *told))
    against = baseline.scenario.name if others else "the first quarter"
    title = f"Outcomes in units people know: difference from {against} in the last year (90% of seeds)"
    head = ("indicator", "unit", "base", *(ensemble.scenario.name for ensemble in others or [baseline]))
    note, frame = basis_words(baseline, names), _frame(names, others, baseline)
    bands = (
        "Base: the figure of the place and its quality. Difference: median over the runs and, in brackets, the band that holds 90% "
        "of them."
    )
    sheet = in_words(frame, baseline.words)
    return (Listing("natural-units", title, head, tuple(rows), words=2, note=note, frame=frame, sheet=sheet, bands=bands),)


def _frame(names: Sequence[str], others: Sequence[Ensemble], baseline: Ensemble) -> pd.DataFrame:
    """A row for each indicator and scenario: base, its basis, value in the last year and difference from the baseline."""
    import pandas as pd

    rows = []
    for name in names:
        stands = {"indicator": name, "unit": INDICATORS[name].unit, **bases(baseline)[name]}
        for ensemble in (baseline, *others):
            value = spread("last_year", ensemble.at_end(name), ensemble.draws)
            gap = {} if ensemble is baseline else spread(
                "difference", difference(ensemble, baseline, name), shared_draws(ensemble, baseline))
            rows.append({"scenario": ensemble.scenario.name, "place": baseline.place.name, **stands, **value, **gap})
    return pd.DataFrame(rows)
