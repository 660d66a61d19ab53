"""More of a lever gives more, or never less, of what it acts on: laws that hold in every run, not on average.

What holds only on average (encouragement and trust raise pooling, say) is in ``totalplace.sim.evidence.lever_signs`` and in
``tests/patterns``. A law here holds because nothing else can move: nobody negotiates, or only one number differs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.checking import tried
from tests.whole_scenarios import FALLING, loaded, path_file, whole_settings
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, OUTCOMES
from totalplace.sim.engine.ensemble import run

SEEDS = st.integers(0, 2**63 - 1)
SHARE = st.floats(0, 1)
QUIET = ("uncertainties.outcome_noise=0", "events=none")
SILO = ("arrangement=silo", *QUIET)
OUTCOME_METRICS = ("wellbeing", *(f"outcome_{o}" for o in OUTCOMES), *(f"wellbeing_{k}" for k in COHORT_KINDS))
#: Nobody asks anybody: what is pooled is what statute and departments say.
NO_REQUESTS = ("arrangement.themes_a_quarter=0", "arrangement.annual_plan=false", "events=none")


def never_less(more: Any, less: Any, names: tuple[str, ...]) -> None:
    for name in names:
        slack = 1e-9 * max(1.0, float(np.abs(less[name]).max()))
        assert (more[name] >= less[name] - slack).all(), (name, more[name], less[name])


def at_values(base: list[str], over: tuple[str, ...], parameter: str, shares: tuple[float, float], seed: int) -> tuple[Any, Any]:
    """Metrics of two runs that differ in a parameter: at the smaller and at the larger of two shares of its prior range."""
    row = PARAMETERS[parameter]
    low, high = (min(row.high, row.low + share * (row.high - row.low)) for share in sorted(shares))
    one, other = (run(loaded(base, [*over, f"uncertainties.{parameter}={value!r}"]), seed).metrics for value in (low, high))
    return one, other


@tried(10, given_settings=whole_settings(16), path=st.sampled_from(FALLING), one=st.floats(0, 2), other=st.floats(0, 2), seed=SEEDS)
def test_deeper_cuts_never_help_a_silo(given_settings: list[str], path: str, one: float, other: float, seed: int) -> None:
    over = [*SILO, f"cuts={path_file(path)}"]
    mild, deep = (run(loaded(given_settings, [*over, f"levers.cuts={depth}"]), seed).metrics for depth in sorted((one, other)))
    never_less(mild, deep, OUTCOME_METRICS)
    never_less(deep, mild, ("funding_gap", "shortfall", "reactive_demand"))


@tried(10, given_settings=whole_settings(16), one=SHARE, other=SHARE, seed=SEEDS)
def test_faster_demand_never_helps_a_silo(given_settings: list[str], one: float, other: float, seed: int) -> None:
    slow, fast = at_values(given_settings, SILO, "demand_growth", (one, other), seed)
    never_less(slow, fast, OUTCOME_METRICS)
    never_less(fast, slow, ("funding_gap", "shortfall", "reactive_demand"))


@tried(13, given_settings=whole_settings(16), one=SHARE, other=SHARE, seed=SEEDS)
def test_a_higher_mandate_never_pools_less(given_settings: list[str], one: float, other: float, seed: int) -> None:
    low, high = sorted((one, other))
    # Without the minimum in money of the arrangement, which is a smaller share of what is left as outcomes improve; and without a
    # single pot, which takes a share of planned spend, so that what is left for benefits and acute care decides its part of all.
    over = ["arrangement=mandated-pooling", "levers.mandate_of_budget.health_and_care=0", "levers.single_pot=0", *NO_REQUESTS]
    less, more = (run(loaded(given_settings, [*over, f"levers.mandate={share}"]), seed).metrics for share in (low, high))
    never_less(more, less, tuple(f"ceded_{kind}" for kind in AGENCY_KINDS))
    never_less(more, less, ("deals_live",))


@tried(13, given_settings=whole_settings(16), one=SHARE, other=SHARE, seed=SEEDS)
def test_a_larger_single_pot_never_pools_less(given_settings: list[str], one: float, other: float, seed: int) -> None:
    low, high = sorted((one, other))
    over = ["arrangement=single-pot", *NO_REQUESTS]
    less, more = (run(loaded(given_settings, [*over, f"levers.single_pot={share}"]), seed).metrics for share in (low, high))
    never_less(more, less, tuple(f"ceded_{kind}" for kind in AGENCY_KINDS))


@tried(13, given_settings=whole_settings(1), one=SHARE, other=SHARE, seed=SEEDS)
def test_more_overlap_is_more_duplication_at_the_start(given_settings: list[str], one: float, other: float, seed: int) -> None:
    less, more = at_values(given_settings, SILO, "kappa", (one, other), seed)
    never_less(more, less, ("duplication",))


@tried(13, given_settings=whole_settings(1), one=SHARE, other=SHARE, seed=SEEDS)
def test_less_scale_is_less_duplication_at_the_start(given_settings: list[str], one: float, other: float, seed: int) -> None:
    more, less = at_values(given_settings, SILO, "eta", (one, other), seed)
    never_less(more, less, ("duplication",))


@tried(10, given_settings=whole_settings(16), seed=SEEDS)
def test_a_silo_pools_saves_and_proposes_nothing(given_settings: list[str], seed: int) -> None:
    metrics = run(loaded(given_settings, ["arrangement=silo"]), seed).metrics
    for name in ("pooled_budget", "duplication_removed", "returned", "transition_cost", "transaction_cost", "deals_proposed"):
        assert (metrics[name] == 0.0).all(), name
