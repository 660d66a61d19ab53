"""The world of one place: every table that a rule may read or write."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from totalplace.agents.by_address import by_address
from totalplace.agents.columns import number, table, whole
from totalplace.scenarios.vocabulary import MANDATE_SPLITS
from totalplace.scenarios.vocabulary import THEMES as THEME_NAMES

if TYPE_CHECKING:
    from totalplace.agents.rows import (
        AccountRows,
        AgencyRows,
        AppraisalRows,
        ArrangementRows,
        BoardRow,
        ClockRow,
        CohortRows,
        CommissionerRows,
        DealRows,
        DepartmentRows,
        DomainRows,
        EventRows,
        IndicatorRows,
        KindRows,
        LeversRow,
        MeasureRows,
        NeighbourhoodRows,
        Numbers,
        ParametersRow,
        PriorRows,
        ShareRows,
        ThemeRows,
        TieRows,
    )

CLOCK = table(
    "clock",
    "the clock of the run",
    whole("quarter", "quarters since the start", "quarters"),
    whole("quarters", "length of the run", "quarters", least=1),
    whole("seed", "seed of every draw", most=2**63 - 1),
    whole("calendar", "calendar quarter of the first quarter of the run: 0 is January to March", "0 to 3", most=3),
    whole("deals", "negotiations recorded so far"),
    number("fund_left", "£m", "transition fund of this quarter not yet drawn"),
    whole("proposed", "requests to agencies so far"),
    whole("agreed", "requests agreed so far"),
    whole("refused", "requests refused so far"),
    whole("blocked", "agreements that the board blocked so far"),
    number("demand_grown", "multiple", "demand at constant outcomes against the base year"),
    number("care_grown", "multiple", "looked-after care at constant outcomes against the base year, beyond the growth of demand"),
    number("care_dearer", "multiple", "real unit cost of care against the base year"),
    number("annuity", "years", "present value of a pound a year over the horizon of agencies"),
    number("change_funded", "share", "part of the cost of change that fund and capital pot are expected to pay"),
    number("on_table", "share", "part of that in themes with a commissioner and in scope, where there is a board that decides"),
    number("planned_start", "£m a year", "planned and common spend of all agencies in the base year"),
    number("duplication_start", "£m a year", "duplication among all agencies at the start"),
    number("removed", "£m", "duplication removed since the start"),
    number("removed_value", "£m present value", "the same, discounted"),
    number("net", "£m", "net saving since the start"),
    number("net_value", "£m present value", "the same, discounted"),
    number("reorganised", "£m", "cost of bodies that change, since the start"),
    whole("first_cost", "quarters since the first cost of change or agreements, 0 before", "quarters"),
    number("net_of_pooling", "£m", "net saving since that first cost"),
    number("payback", "years", "time from the first cost until net saving since then was not negative, 0 before"),
    number("benefit_value", "£m present value", "duplication removed and demand avoided since the start"),
    number("cost_value", "£m present value", "cost of change, agreements, lost scale and services paid from savings"),
    number("planned_benefit", "£m present value", "benefit in the business cases agreed so far"),
    number("planned_cost", "£m present value", "cost in the business cases agreed so far"),
    number("imbalance", "£m", "largest imbalance of the ledger so far"),
    number("settlement", "years", "length of the settlement in force"),
    whole("settled", "quarter in which that length was set", "quarters"),
    whole("known", "quarters ahead whose budgets agencies know", "quarters"),
    whole("pays_for_change", "index of the department whose money the transition fund is", of="departments"),
    whole("receives_benefits", "index of the kind of people that working-age benefits go to", of="kinds"),
    whole("domains", "outcome domains in use"),
    whole("place", "identity of the place in every draw"),
    number("trust_of_place", "trust", "how far trust at the start is above that of other places"),
    number("leaders_of_place", "leadership", "how far the leadership of its posts is above that of other places"),
    number("control_of_place", "multiple", "control aversion of its agencies against other places"),
    number("history_of_place", "multiple", "what its commissioners first ask for against other places"),
    number("population", "persons", "people of the place"),
    number("entitlements", "£m a year", "pensions, benefits and tax credits of the place"),
    number("unallocated", "£m a year", "other central spending that no agency of the place holds"),
    number("council_direct", "£m a year", "what the council controls at the start: its spend without schools and housing benefit"),
    number("place_total", "£m a year", "all public money of the place at the start"),
    number("england_part", "share", "the place's part of England by NHS spend, by people, by health and social care spend, by the "
           "NHS minimum of the Better Care Fund", len(MANDATE_SPLITS)),
    number("grants_part", "share", "the place's part of the grants that councils bring into the Better Care Fund"),
    number("authority_part", "multiple", "what need gives it of a pot of its strategic authority, against what is spent in it"),
    number("authority_lines", "£m a year", "what departments spend in it on what a settlement may hold"),
    number("moved", "£m a year", "money moved between themes of the single pot"),
    number("wave", "share", "part of those that applied that the last wave admitted"),
    whole("admitted", "1 if the place was admitted in a wave", "0 or 1"),
)

EVENTS = table(
    "events",
    "a dated policy event",
    whole("quarter", "quarter in which it takes effect", "quarters"),
    whole("place", "position in the lever values", of="lever_values"),
    number("value", "as the lever", "the new value"),
    whole("estimated", "1 if it is an estimate of mandated money", "0 or 1"),
)

DOMAINS = table(
    "domains",
    "an outcome domain",
    number("speed", "share a quarter", "part of the way to its target that an outcome moves in a quarter"),
    whole("in_use", "1 if it counts in the period of the place", "0 or 1"),
)

PRIORS = table(
    "priors",
    "what a parameter of a run is drawn from",
    whole("key", "identity of the parameter in its draw"),
    whole("distribution", "0 fixed, 1 uniform, 2 triangular, 3 from the posterior", most=3),
    number("low", "as the parameter", "the least value, or the fixed one"),
    number("high", "as the parameter", "the largest value"),
    number("mode", "as the parameter", "the likeliest value of a triangular distribution"),
)

NEIGHBOURHOODS = table(
    "neighbourhoods",
    "a neighbourhood or cluster of neighbourhoods",
    number("population", "persons", "people"),
    number("capacity", "0-1", "community capacity"),
    number("capacity_start", "0-1", "community capacity at the start"),
    number("log_capacity", "log", "logarithm of the worth that community capacity adds to services"),
    number("wellbeing_sum", "persons", "mean outcome summed over people in this quarter"),
    number("fit", "relative", "money a head by need against money a head now, by theme", len(THEME_NAMES)),
)


@by_address
class World(NamedTuple):
    """The tables of one place. A = agencies, C = commissioners, K = cohorts, H = neighbourhoods, Q = quarters.

    D = departments, J = themes, O = outcome domains, I = cohort kinds: the lists of words, of all periods.
    """

    clock: ClockRow  # one record
    parameters: ParametersRow  # one record: the uncertainties
    parameter_values: Numbers  # the same, as one row of numbers
    priors: PriorRows  # (parameters,): what the parameters of a run are drawn from
    particles: Numbers  # (rows, parameters): the posterior, one row of which is drawn; of no rows when nothing is drawn from it
    levers: LeversRow  # one record: the levers as they stand
    lever_values: Numbers  # the same levers as one row of numbers, for dated events
    events: EventRows  # (events,)
    board: BoardRow  # one record: the governance arrangement as it stands
    arrangements: ArrangementRows  # (P,): the arrangements of the run, by date; the first from the start
    departments: DepartmentRows  # (D,)
    agencies: AgencyRows  # (A,)
    commissioners: CommissionerRows  # (C,)
    appraisals: AppraisalRows  # (A, J): what an agency weighs in a negotiation
    shares: ShareRows  # (A, J): an agency's money in a theme, and what it cedes
    ties: TieRows  # (A, C): partnership ties of agencies and commissioners
    links: Numbers  # (A, A) 0 or 1: ties between agencies
    link_chance: Numbers  # (A, A) probability of such a tie, from the topology
    themes: ThemeRows  # (J,)
    domains: DomainRows  # (O,)
    cohorts: CohortRows  # (K,)
    neighbourhoods: NeighbourhoodRows  # (H,)
    kinds: KindRows  # (I,): cohorts of one kind together
    indicators: IndicatorRows  # (N,): outcomes in units that people know
    accounts: AccountRows  # (accounts,)
    flows: Numbers  # (accounts, accounts) £m posted so far
    gains: Numbers  # (A, A) £m: row pays, column gains
    budget_path: Numbers  # (A, Q) budget relative to the base year
    budget_below: Numbers  # (A, Q) how far the low end of its range lies below it
    budget_above: Numbers  # (A, Q) how far the high end lies above it
    price_level: Numbers  # (Q,) prices relative to the base year
    years_unpublished: Numbers  # (Q,) years for which prices are not published, those before the base year apart
    scratch: Numbers  # (I or 6, widest table): rows that rules work on and leave behind
    coalitions: Numbers  # (A, samples): draws 0-1 of who joins the coalitions that Shapley's value is estimated on; -1 until needed
    grid: Numbers  # (G, 2): ceded shares at which a deal is appraised, and their power 1/eta
    deals: DealRows  # (most negotiations,): the record of negotiations
    measures: MeasureRows  # (Q,): metrics
