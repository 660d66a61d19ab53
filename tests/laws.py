"""What must hold of any run of any scenario: the laws of the model, checked on metrics, records and the world at the end.

Every check is exact but for rounding: ``NEAR`` of the amounts involved.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.agents.ledger import (
    AGENCY_ACCOUNT,
    BUYERS,
    CAPITAL_POT,
    CHANGE_SUPPLIERS,
    COHORT_ACCOUNT,
    HALF_PENNY,
    LOCAL_TAXATION,
    POT_ACCOUNT,
    PUBLIC_DEBT,
    SAVINGS_ACCOUNT,
)
from totalplace.scenarios.indicators import INDICATORS
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS, OUTCOMES, THEMES
from totalplace.sim.engine.play import Stage, run_of
from totalplace.sim.model.metrics import METRICS, flat
from totalplace.sim.model.metrics.declaration import Metric
from totalplace.sim.model.world import Template, build
from totalplace.sim.results.freed_money import PENNY, unaccounted
from totalplace.sim.results.run import Run

#: Rounding, as a part of the amounts that are added up.
NEAR: Final = 1e-9
#: Least and most of a metric by its unit; None for no bound. A share of a part in a whole may be out by rounding.
BOUNDS: Final[dict[str, tuple[float | None, float | None]]] = {
    "0-1": (0.0, 1.0), "share": (0.0, 1.0), "-1 to 1": (-1.0, 1.0), "-0.5 to 1": (-0.5, 1.0), "count": (0.0, None),
    "index": (0.0, None), "ratio": (0.0, None), "years": (0.0, 60.0), "£m": (0.0, None), "£m a year": (0.0, None),
    "£m present value": (0.0, None), "£m a year of resources": (None, None), "£m of resources": (None, None),
    "£m of resources, present value": (None, None), "£m a year of cash": (None, None),
    "% of health and social care money": (0.0, 100.0), "% of commissioned money": (0.0, None),
    "% of start": (0.0, None), "% of spend": (0.0, None), "% of its spend": (0.0, 100.0),
    "% of place total": (0.0, 100.0), "% of partners": (0.0, 100.0), "% of promise": (0.0, 100.0),
}
#: Balances, which may be negative; cash that is to come back is, in the quarter in which a year of it was not earned on outcome.
BALANCES: Final = ("net_saving", "net_saving_cumulative", "net_present_value", "cashable")
#: Metrics that never fall in a run.
NEVER_FALL: Final = ("removed_cumulative", "removed_present_value", "capital_receipts", "deals_proposed", "deals_agreed",
                     "deals_refused", "deals_blocked", "deals_left", "receipts_returned")
#: Shares of the tables of a world.
SHARES: Final = {
    "shares": ("floor", "single_pot", "ceded", "agreed", "weight", "plan", "offer", "ask"),
    "themes": ("pooled", "redesign", "devolved", "outcome_score"),
    "ties": ("trust", "trust_start", "heard"),
    "agencies": ("stress", "leadership", "dissatisfaction"),
    "commissioners": ("leadership", "reputation"),
    "cohorts": ("outcome", "wellbeing", "expectation", "dissatisfaction"),
    "neighbourhoods": ("capacity",),
}


def played(template: Template, seed: int) -> tuple[Run, Any]:
    """A compiled run of a template and its world at the end."""
    world = Stage(template).play(seed)
    return run_of(template, world, seed), world


def assert_lawful(scenario: Scenario, seed: int) -> None:
    """Run a scenario and check every law; the message lists all that are broken."""
    run, world = played(build(scenario), seed)
    broken = [*broken_bounds(run), *broken_sums(run, world), *broken_world(world), *broken_records(run, world),
              *broken_gains(build(scenario), seed)]
    assert broken == [], f"{broken}\nseed {seed}\n{scenario.text}"


def bounds_of(metric: Metric) -> tuple[float | None, float | None]:
    """The least and the most of a metric: of an indicator its own, else those of its unit."""
    if metric.name in INDICATORS:
        return INDICATORS[metric.name].least, INDICATORS[metric.name].most
    return BOUNDS[metric.unit] if metric.name not in BALANCES else (None, None)


def broken_bounds(run: Run) -> Iterator[str]:
    """Metrics that are no numbers, out of the range of their unit, or fall though they only add up."""
    for metric in METRICS.values():
        values = run.metrics[metric.name]
        if not np.isfinite(values).all():
            yield f"{metric.name} is not finite"
            continue
        low, high = bounds_of(metric)
        slack = NEAR * max(1.0, float(np.abs(values).max()))
        if (low is not None and values.min() < low - slack) or (high is not None and values.max() > high + slack):
            yield f"{metric.name} runs from {values.min()} to {values.max()}"
        if metric.name in NEVER_FALL and (np.diff(values) < -slack).any():
            yield f"{metric.name} falls"
        if metric.unit == "count" and (values != np.round(values)).any():
            yield f"{metric.name} is not whole"
    if (run.metrics["ledger_error"] != 0.0).any():
        yield "the ledger does not close"


def outlay(world: Any) -> float:
    """What departments and local taxation paid by the ledger less what came back to them, £m, without benefits."""
    taxed, people = slice(0, LOCAL_TAXATION + 1), slice(COHORT_ACCOUNT, CHANGE_SUPPLIERS)
    pots = slice(POT_ACCOUNT, POT_ACCOUNT + len(THEMES))
    flows = np.asarray(world.flows)
    return float(flows[taxed].sum() - flows[:, taxed].sum() - flows[taxed, people].sum() - flows[pots, people].sum())


def _unequal(name: str, one: Any, other: Any, scale: Any = 0.0) -> Iterator[str]:
    one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    size = np.max(np.abs(np.concatenate([one.ravel(), other.ravel(), np.ravel(scale), [1e-3]])))
    if one.size and not np.abs(one - other).max() <= NEAR * size:
        yield f"{name}: {one} is not {other}"


def broken_sums(run: Run, world: Any) -> Iterator[str]:
    """Metrics that are not the sums, means and ratios of each other that their meaning says."""
    m = run.metrics
    costs = m["scale_loss"] + m["transition_cost"] + m["transaction_cost"] + m["steering_cost"] + m["oversight_cost"]
    scale = m["duplication_removed"] + m["upkeep_saved"] + costs
    yield from _unequal("net_saving", m["net_saving"], m["duplication_removed"] + m["upkeep_saved"] - costs, scale)
    rate = world.parameter_values[list(PARAMETERS).index("discount_rate")]
    discount = (1.0 + rate) ** (-0.25 * np.arange(len(m)))
    for total, value, factor in (
        ("removed_cumulative", "duplication_removed", 1.0), ("removed_present_value", "duplication_removed", discount),
        ("net_saving_cumulative", "net_saving", 1.0), ("net_present_value", "net_saving", discount),
    ):
        yield from _unequal(total, m[total], np.cumsum(0.25 * m[value] * factor), np.cumsum(0.25 * scale))
    benefit = np.cumsum(0.25 * (m["duplication_removed"] + m["demand_avoided"]) * discount)
    cost = np.cumsum(0.25 * (costs + m["reinvested"]) * discount)
    spent = cost > 1e-9
    yield from _unequal("benefit_cost_ratio", (m["benefit_cost_ratio"] * cost)[spent], benefit[spent])
    start = float(world.clock.duplication_start)
    yield from _unequal("duplication_share", m["duplication_share"] * start, 100.0 * m["duplication"] * (start > 1e-12))
    yield from _unequal("what is freed", m["cashable"] + m["reinvested"], m["duplication_removed"])
    lost = float(unaccounted(m)) if len(m) else 0.0
    if not abs(lost) < PENNY:
        yield f"£{1e6 * lost:.2f} of what was freed is nowhere"
    yield from _unequal("cash for taxpayers", m["taxpayers_cash"], m["clawed_back"] - m["change_by_treasury"] - m["oversight_cost"],
                        m["clawed_back"])
    yield from _unequal("taxpayers' outlay", 0.25 * m["taxpayers_outlay"].sum(), outlay(world))
    returned, removed = np.cumsum(m["returned"]), np.cumsum(m["duplication_removed"])
    yield from _broken_receipts(m, world)
    if (returned > removed + NEAR * max(1.0, removed[-1])).any():
        yield "more comes back than was removed"
    outcomes = np.mean([m[f"outcome_{name}"] for name in OUTCOMES], axis=0)
    yield from _unequal("wellbeing by domain", m["wellbeing"], outcomes)
    people = world.kinds["persons"] / world.kinds["persons"].sum()
    kinds = np.array([m[f"wellbeing_{name}"] for name in COHORT_KINDS])
    yield from _unequal("wellbeing by cohort kind", m["wellbeing"], people @ kinds)
    if (m["wellbeing_worst_off"] > kinds[people > 0].min(axis=0) + NEAR).any():
        yield "the worst-off cohort is better off than its kind"
    if (m["inequality_neighbourhoods"] > m["inequality"] + 1e-7).any():
        yield "neighbourhoods differ more than the cohorts in them"
    yield from _broken_shares(m)
    answered = m["deals_agreed"] + m["deals_refused"] + m["deals_blocked"]
    if (answered > m["deals_proposed"]).any():
        yield "more answers than requests"


def _broken_receipts(m: NDArray[Any], world: Any) -> Iterator[str]:
    """Property receipts that are not spent on moving, on change, handed back or still held, and costs that nobody paid for."""
    flows = np.asarray(world.flows)
    sold = (world.agencies["estate_start"] - world.agencies["estate"]).sum()
    net = (1.0 - world.parameters.release_cost) * sold
    paid_in = flows[BUYERS, AGENCY_ACCOUNT:].sum() + flows[BUYERS, CAPITAL_POT]
    yield from _unequal("receipts", paid_in - 0.25 * m["upkeep_saved"].sum(), net, sold)
    yield from _unequal("receipts handed back", m["receipts_returned"][-1:], flows[:, PUBLIC_DEBT].sum(), sold)
    left = flows[:, CAPITAL_POT].sum() - flows[CAPITAL_POT].sum()
    yield from _unequal("capital pot", left, world.accounts["held"][CAPITAL_POT], sold)
    paid = m["transaction_cost"] + m["steering_cost"] + m["oversight_cost"] + m["transition_cost"]
    spent = 0.25 * paid.sum() + m["reorganisation_cost"][-1] + world.parameters.release_cost * sold
    yield from _unequal("suppliers of change", flows[:, CHANGE_SUPPLIERS].sum(), spent, sold)


def _broken_shares(m: NDArray[Any]) -> Iterator[str]:
    """Percentages that do not go back to one and the same sum of budgets."""
    budgets = None
    for share, part in (("pooled_share", "pooled_budget"), ("removed_share", "duplication_removed")):
        whole = m[share] > 1e-6
        if part == "pooled_budget" and (m["pooled_budget"] > 0).any() and not whole.any():
            continue
        found = np.where(whole, 100.0 * m[part] / np.where(whole, m[share], 1.0), np.nan)
        both = whole if budgets is None else whole & np.isfinite(budgets)
        if budgets is not None and not np.allclose(found[both], budgets[both], rtol=1e-6):
            yield f"{share} and pooled_share are of different budgets"
        budgets = found


def broken_world(world: Any) -> Iterator[str]:
    """What does not add up in the tables of a world at the end of a run, and against the last row of metrics."""
    for table, columns in SHARES.items():
        rows = getattr(world, table)
        for column in columns:
            values = rows[column]
            if values.size and not (np.isfinite(values).all() and values.min() >= -NEAR and values.max() <= 1.0 + NEAR):
                yield f"{table}.{column} runs from {values.min()} to {values.max()}"
    for table in world._fields:
        rows = np.asarray(getattr(world, table))
        for name in rows.dtype.names or ():
            if rows[name].dtype.kind == "f" and not np.isfinite(rows[name]).all():
                yield f"{table}.{name} is not finite"
    m = flat(world.measures)[-1]
    yield from _unequal("pooled_budget", m.pooled_budget, (world.themes["pot"] + world.themes["benefits"]).sum())
    yield from _unequal("ceded by agencies", m.pooled_budget, world.agencies["ceded"].sum())
    planned = world.agencies["scale"] * (world.agencies["frontline_start"] + world.agencies["common_start"])
    planned = planned + world.shares["benefits"].sum(axis=1)
    by_kind = np.bincount(world.agencies["kind"], weights=planned, minlength=len(AGENCY_KINDS))
    ceded = np.array([m[f"ceded_{kind}"] for kind in AGENCY_KINDS])
    yield from _unequal("ceded by kind", 100.0 * m.pooled_budget, by_kind @ ceded)
    yield from _unequal("duplication", m.duplication, max(0.0, (world.themes["potential"] - world.themes["removed"]).sum()),
                        world.themes["potential"])
    spent = (world.shares["frontline_start"] + world.shares["common_start"] + world.shares["reactive_start"]).sum(axis=1)
    yield from _unequal("budget at the start", spent, world.agencies["baseline"], world.shares["spend"])
    weights = world.shares["weight"].sum(axis=0)
    if not np.all((np.abs(weights) < 1e-9) | (np.abs(weights - 1.0) < 1e-9)):
        yield f"the weights of the savings rule add up to {weights}"
    transfers = world.shares["transfer"].sum(axis=0)
    yield from _unequal("side payments", transfers, np.zeros(len(transfers)), np.abs(world.shares["transfer"]))
    yield from broken_books(world)


def broken_books(world: Any) -> Iterator[str]:
    """Accounts that, over the whole run, do not hold what went in less what went out, to half a penny a quarter."""
    passing = world.accounts["passing"] == 1
    balance = world.flows.sum(axis=0) - world.flows.sum(axis=1)
    gap = np.abs(balance - world.accounts["held"])[passing].max()
    if gap > HALF_PENNY * int(world.clock.quarters):
        yield f"an account is out by £{1e6 * gap:.2f} over the run"


def demand_avoided(world: Any) -> NDArray[np.float64]:
    """Reactive demand that integration of each theme and savings spent again on it avoid for each agency, (A, 8) £m a quarter."""
    agencies, gain = world.agencies, np.asarray(world.themes["gain"]) + np.asarray(world.themes["gain_again"])
    money = 0.25 * agencies["reactive_start"] * agencies["unit_cost"] * world.parameters.epsilon
    return np.asarray(money[:, None] * world.parameters.reactive_elasticity * (agencies["incidence"] @ gain.T))


def savings_paid(world: Any) -> NDArray[np.float64]:
    """Savings of each theme posted to each agency so far, (8, A) £m."""
    return np.array(world.flows[SAVINGS_ACCOUNT : SAVINGS_ACCOUNT + len(THEMES), AGENCY_ACCOUNT:])


def broken_gains(template: Template, seed: int) -> Iterator[str]:
    """Quarters in which an agency is not credited with what it was paid and spared, no more and no less, to the penny."""
    stage = Stage(template)
    world = stage.begin(seed)
    paid, credited = savings_paid(world), world.gains.copy()
    for quarter in range(template.scenario.quarters):
        stage.advance(quarter + 1)
        due = (savings_paid(world) - paid).sum(axis=0) + demand_avoided(world).sum(axis=1)
        out = np.abs((world.gains - credited).sum(axis=0) - due)
        if not out.max() < HALF_PENNY:
            yield f"gains of agency {out.argmax()} are out by £{1e6 * out.max():.2f} in quarter {quarter}"
        if world.gains.min() < 0.0:
            yield f"somebody pays less than nothing in quarter {quarter}"
        paid, credited = savings_paid(world), world.gains.copy()


def broken_records(run: Run, world: Any) -> Iterator[str]:
    """Records of negotiations, gains and ties that cannot be, or do not agree with the metrics."""
    deals, last = run.deals, run.metrics[-1]
    if len(deals) != last["deals_proposed"]:
        yield f"{len(deals)} requests on record, {last['deals_proposed']} counted"
    for metric, outcomes in (("deals_agreed", (0, 1)), ("deals_refused", (2,)), ("deals_blocked", (3,))):
        if np.isin(deals["outcome"], outcomes).sum() != last[metric]:
            yield f"{metric} is not what is on record"
    for column in ("asked", "offered", "agreed", "limit"):
        values = deals[column]
        if len(values) and not (np.isfinite(values).all() and values.min() >= -NEAR and values.max() <= 1.0 + NEAR):
            yield f"deals.{column} runs from {values.min()} to {values.max()}"
    if not all(np.isfinite(deals[name]).all() for name in deals.dtype.names or () if name.startswith("part_")):
        yield "a part of an appraisal is not finite"
    if not np.isfinite(run.gains).all():
        yield "gains are not finite"
    if (world.shares["ceded"] > 0.0).sum() < last["deals_live"] - world.themes["left"].sum():
        yield "more live deals than shares ceded"
