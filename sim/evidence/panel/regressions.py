"""Regressions over places and years, by linearmodels: within places, over a long difference, and with a lag of the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.stats import norm

from totalplace.scenarios.errors import InputError
from totalplace.sim.evidence.panel.tables import lagged
from totalplace.sim.system.extras import how_to_install

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

#: Standard errors to each side of an estimate in its 95% interval.
_WIDTH: Final = float(norm.ppf(0.975))


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its standard error, clustered by place, and what it rests on."""

    value: float
    error: float
    places: int
    rows: int

    @property
    def low(self) -> float:
        """The lower end of the 95% interval."""
        return self.value - _WIDTH * self.error

    @property
    def high(self) -> float:
        """The upper end of the 95% interval."""
        return self.value + _WIDTH * self.error

    def holds_none(self) -> bool:
        """Whether the interval holds no effect at all."""
        return self.low <= 0.0 <= self.high

    def power(self, true: float) -> float:
        """How often an estimate with this error would lie beyond chance (5%, two-sided) if the truth were ``true``."""
        far = abs(true) / self.error
        return float(norm.cdf(far - _WIDTH) + norm.cdf(-far - _WIDTH))


def linearmodels() -> tuple[Any, Any]:
    """The two regressions that are used. Raises InputError, which names the extra, where linearmodels is not installed."""
    try:
        from linearmodels.iv import IV2SLS
        from linearmodels.panel import PanelOLS
    except ImportError as error:
        raise InputError(f"The panel needs linearmodels: {error}", allowed=how_to_install("panel")) from error
    return PanelOLS, IV2SLS


def _whole(outcome: pd.Series, drivers: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Rows by code and year that have the outcome and all drivers. Raises InputError where there are too few for any estimate."""
    import pandas as pd

    table = pd.DataFrame({"outcome": outcome, **drivers}).dropna()
    if len(table) <= len(drivers) + table.index.get_level_values("code").nunique():
        raise InputError(f"{len(table)} rows are too few to estimate anything within places", allowed="more years, or more places")
    return table


def within(outcome: pd.Series, drivers: Mapping[str, pd.Series]) -> dict[str, Estimate]:
    """Effects of drivers on an outcome with an effect of each place and of each year; errors clustered by place.

    All are columns by ``code`` and ``year``; rows where one is missing are left out. Raises InputError where too few are left, or
    where linearmodels is not installed.
    """
    panel_ols, _ = linearmodels()
    table = _whole(outcome, drivers)
    fit = panel_ols(table["outcome"], table[list(drivers)], entity_effects=True, time_effects=True).fit(
        cov_type="clustered", cluster_entity=True)
    number = table.index.get_level_values("code").nunique()
    return {name: Estimate(float(fit.params[name]), float(fit.std_errors[name]), number, len(table)) for name in drivers}


def difference(outcome: pd.Series, driver: pd.Series, first: int, last: int) -> Estimate:
    """The change of an outcome between two years on that of a driver, over places; errors robust to unequal variance."""
    import pandas as pd

    _, two_stage = linearmodels()
    change = {name: column.xs(last, level="year") - column.xs(first, level="year")
              for name, column in (("outcome", outcome), ("driver", driver))}
    table = pd.DataFrame(change).dropna().assign(constant=1.0)
    fit = two_stage(table["outcome"], table[["constant", "driver"]], None, None).fit(cov_type="robust")
    return Estimate(float(fit.params["driver"]), float(fit.std_errors["driver"]), len(table), len(table))


@dataclass(frozen=True)
class Dynamic:
    """An outcome on its own lag and a driver, three ways.

    ``within`` holds place effects and is biased downward by about (1 + lag) / years; ``corrected`` adds that back (Hahn and
    Kuersteiner 2002); ``instrumented`` is in differences, the lag instrumented by the levels two and three years before (after
    Arellano and Bond 1991); ``strength`` is the F of the two, in two stages of least squares.
    """

    within: Estimate
    driver: Estimate
    corrected: float
    instrumented: Estimate
    instrumented_driver: Estimate
    strength: float


def dynamic(outcome: pd.Series, driver: pd.Series) -> Dynamic:
    """Estimate an outcome on its value a year before and on a driver, both by ``code`` and ``year``."""
    import pandas as pd

    _, two_stage = linearmodels()
    before, twice, thrice = (lagged(outcome, years) for years in (1, 2, 3))
    found = within(outcome, {"lag": before, "driver": driver})
    years = found["lag"].rows / found["lag"].places
    corrected = found["lag"].value + (1.0 + found["lag"].value) / years
    table = pd.DataFrame({
        "outcome": outcome - before, "lag": before - twice, "driver": driver - lagged(driver, 1), "twice": twice, "thrice": thrice,
    }).dropna()
    for name in table.columns:  # year effects
        table[name] = table[name] - table[name].groupby(level="year").transform("mean")
    clusters = pd.Series(pd.factorize(table.index.get_level_values("code"))[0], table.index)
    fit = two_stage(table["outcome"], table[["driver"]], table[["lag"]], table[["twice", "thrice"]]).fit(
        cov_type="clustered", clusters=clusters)
    number = int(clusters.max()) + 1
    lag, moved = (Estimate(float(fit.params[name]), float(fit.std_errors[name]), number, len(table)) for name in ("lag", "driver"))
    strength = float(fit.first_stage.diagnostics.loc["lag", "f.stat"])
    return Dynamic(found["lag"], found["driver"], float(corrected), lag, moved, strength)


def long_run(effect: float, lag: float) -> float:
    """What an effect comes to in the end where a share ``lag`` of the outcome stays a year later; none where all stays."""
    return effect / (1.0 - lag) if lag < 1.0 else float(np.nan)
