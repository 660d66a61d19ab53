"""The rows of each table as classes, for type checkers and editors.

``tools/rows.py`` writes this file from the declarations. At run time a table is a NumPy record array and a row one of its
records. Comments give shapes, where a column holds more than one number, and units.
"""

from typing import Any, Self, overload

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Wholes = NDArray[np.int64]

class Row:
    """A record of a table: ``row.column`` or ``row["column"]``."""

    def __getitem__(self, column: str, /) -> Any: ...
    def __setitem__(self, column: str, value: Any, /) -> None: ...
    def copy(self) -> Self: ...

class Table[R, At]:
    """Records that an index, or a pair of them, chooses: ``rows[at]`` is a row, ``rows.column`` an array over all."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]

    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, at: At, /) -> R: ...
    @overload
    def __getitem__(self, at: Any, /) -> Any: ...
    def __setitem__(self, at: Any, value: Any, /) -> None: ...
    def copy(self) -> Self: ...
    def tobytes(self) -> bytes: ...

class ClockRow(Row):
    """The clock of the run."""

    quarter: int  # quarters
    quarters: int  # quarters
    seed: int  # count
    calendar: int  # 0 to 3
    deals: int  # count
    fund_left: float  # £m
    proposed: int  # count
    agreed: int  # count
    refused: int  # count
    blocked: int  # count
    demand_grown: float  # multiple
    care_grown: float  # multiple
    care_dearer: float  # multiple
    annuity: float  # years
    change_funded: float  # share
    on_table: float  # share
    planned_start: float  # £m a year
    duplication_start: float  # £m a year
    removed: float  # £m
    removed_value: float  # £m present value
    net: float  # £m
    net_value: float  # £m present value
    reorganised: float  # £m
    first_cost: int  # quarters
    net_of_pooling: float  # £m
    payback: float  # years
    benefit_value: float  # £m present value
    cost_value: float  # £m present value
    planned_benefit: float  # £m present value
    planned_cost: float  # £m present value
    imbalance: float  # £m
    settlement: float  # years
    settled: int  # quarters
    known: int  # quarters
    pays_for_change: int  # count
    receives_benefits: int  # count
    domains: int  # count
    place: int  # count
    trust_of_place: float  # trust
    leaders_of_place: float  # leadership
    control_of_place: float  # multiple
    history_of_place: float  # multiple
    population: float  # persons
    entitlements: float  # £m a year
    unallocated: float  # £m a year
    council_direct: float  # £m a year
    place_total: float  # £m a year
    england_part: Numbers  # (4,) share
    grants_part: float  # share
    authority_part: float  # multiple
    authority_lines: float  # £m a year
    moved: float  # £m a year
    wave: float  # share
    admitted: int  # 0 or 1

class ParametersRow(Row):
    """The uncertainties of a run."""

    eta: float  # exponent
    kappa: float  # share
    common_share: float  # multiple
    redesign_rate: float  # share a quarter
    partner_drag: float  # 1/partner
    transition_years: float  # years of full saving
    transition_willingness: float  # share of ceded money a year
    setup_lag: float  # quarters
    transaction_cost: float  # £m a partner
    agreement_money: float  # £m a year
    estate_release: float  # share
    epsilon: float  # elasticity
    reactive_elasticity: float  # elasticity
    unit_cost_drift: float  # share a year
    iota: float  # multiple
    rho: float  # multiple
    beta: float  # multiple
    capacity_growth: float  # share a quarter
    capacity_support: float  # capacity
    allocation_gap: float  # exponent
    outcome_noise: float  # sd a quarter
    demand_growth: float  # share a year
    looked_after_growth: float  # share a year
    reactive_share: float  # multiple
    preventive_share: float  # share
    prevention_worth: float  # multiple
    control_aversion: float  # multiple
    control_value: float  # £ a £ ceded
    vertical_value: float  # £ a £ ceded
    encouragement_value: float  # £ a £ ceded
    mission_value: float  # £ a £ of outcome gain
    voice_value: float  # £ a £ ceded
    horizon: float  # years
    discount_rate: float  # share a year
    cash_pressure: float  # exponent
    business_case: float  # multiple
    political_claim: float  # multiple
    budget_target: float  # share
    first_expectation: float  # multiple
    record_learning: float  # share a year
    noticed_trust: float  # trust
    initial_trust: float  # 0-1
    trust_contact: float  # share a quarter
    trust_gain: float  # trust a year
    trust_loss: float  # trust a year
    reputation_spread: float  # share a quarter
    turnover: float  # 1/year
    turnover_trust_loss: float  # share
    turnover_tie_loss: float  # probability
    networking: float  # probability a quarter
    exit_rate: float  # hazard a quarter
    mandate_trust_cost: float  # trust
    attention: float  # share
    exit_shortfall: float  # log hazard
    exit_stress: float  # log hazard
    exit_distrust: float  # log hazard
    exit_formal: float  # share
    trial_delivery: float  # share
    notice: float  # quarters
    officer_effort: float  # share
    trust_effort: float  # share
    deepening_cost: float  # multiple
    host_control: float  # share
    leader_reassurance: float  # share
    full_rounds: float  # rounds
    reluctance: float  # exponent
    department_pressure: float  # exponent
    least_reluctance: float  # exponent
    least_ask: float  # share
    least_promise: float  # trust
    theme_spread: float  # sd of log
    side_payment_limit: float  # share
    setup_lag_spread: float  # sd of log
    shortest_lag: float  # quarters
    longest_lag: float  # quarters
    leader_networking: float  # multiple
    leader_spread: float  # sd of leadership
    programme_effect: float  # share
    trust_spread: float  # sd of trust
    own_trust: float  # trust
    council_cycle: float  # quarters
    leader_standing: float  # 0-1
    standing_of_voice: float  # 0-1
    standing_spread: float  # sd of standing
    lost_standing: float  # 0-1
    politically_led: float  # 0-1
    other_party: float  # probability
    lean_control: float  # weight
    lean_encouragement: float  # weight
    lean_spread: float  # sd
    veto_point: float  # lean
    member_vote: float  # votes
    leader_vote: float  # votes
    capacity_floor: float  # share
    stance_speed: float  # share a quarter
    expected_delivery: float  # share
    department_stance: float  # stance
    unfunded_pace: float  # share
    promise_ramp: float  # quarters
    surprise_bound: float  # share
    expected_redesign: float  # share
    outcome_delay: float  # share
    least_left: float  # share
    largest_scale_loss: float  # share
    shared_teams: float  # multiple
    habit: float  # share a quarter
    voice_of_loss: float  # multiple
    voice_of_need: float  # multiple
    capacity_of_spend: float  # capacity
    largest_fixed_part: float  # share
    accountability: float  # multiple
    agency_leadership: float  # leadership
    property: float  # multiple
    local_tax: float  # multiple
    commissioned_money: float  # multiple
    theme_focus: float  # exponent
    national_part: float  # multiple
    voluntary_part: float  # multiple
    effect_focus: float  # exponent
    incidence_focus: float  # exponent
    remit_focus: float  # exponent
    need_between_kinds: float  # exponent
    need_between_areas: float  # exponent
    outcome_level: float  # log-odds
    outcome_gap: float  # multiple
    small_groups: float  # multiple
    capacity_level: float  # capacity
    capacity_gap: float  # multiple
    looked_after_part: float  # multiple
    drift_elsewhere: float  # share
    tie_sparseness: float  # exponent
    indicator_slope: float  # multiple
    arrangement_ambition: float  # multiple
    arrangement_rounds: float  # multiple
    arrangement_agenda: float  # multiple
    arrangement_coalition: float  # multiple
    arrangement_formality: float  # multiple
    arrangement_cost: float  # exponent
    arrangement_setup: float  # exponent
    arrangement_turnover: float  # exponent
    arrangement_politics: float  # multiple
    arrangement_support: float  # multiple
    arrangement_approval: float  # multiple
    arrangement_case: float  # multiple
    arrangement_outcome_pay: float  # multiple
    arrangement_freedom: float  # multiple
    arrangement_time_limit: float  # multiple
    arrangement_leadership: float  # leadership
    mandate_unpublished: float  # multiple
    inflation_beyond: float  # share a year
    budget_error: float  # part of the range
    joint_pot: float  # 0-1
    statutory_loss: float  # share
    minimum_suffices: float  # share
    plan_ambition: float  # multiple
    aspiration_speed: float  # share a year
    forced_contact: float  # 0-1
    agreement_scale: float  # exponent
    setup_years: float  # years of agreement
    place_trust: float  # sd of trust
    place_leaders: float  # sd of leadership
    place_control: float  # sd of log
    place_history: float  # sd of log
    department_consent: float  # probability a year
    side_payment_consent: float  # share
    exit_reputation: float  # share
    return_wait: float  # quarters
    networking_time: float  # share
    programme_cost: float  # £m a million people a year
    asset_board_cost: float  # £m a million people a year
    support_cost: float  # £m a million people a year
    pressed_reputation: float  # share a year
    target_worth: float  # share
    assurance_cost: float  # share
    compliance_cost: float  # share
    local_worth: float  # multiple
    board_cost: float  # £m a board and theme
    estate_upkeep: float  # £ a year a £
    release_cost: float  # share
    hurry: float  # multiple
    running_cost: float  # share
    severance: float  # years
    body_attention: float  # exponent
    reorganised_trust: float  # share
    reorganised_ties: float  # probability
    reorganisation_time: float  # quarters
    reorganisation_cost: float  # share
    efficient_size: float  # thousand people
    application_rate: float  # share
    debt_cost: float  # share a year

class LeversRow(Row):
    """The levers as they stand."""

    encouragement: Numbers  # (9,) -1 to 1
    freedom: Numbers  # (9,) share
    clawback: Numbers  # (9,) share
    single_pot: Numbers  # (9,) share
    mandate: Numbers  # (8,) share
    mandate_of_budget: Numbers  # (8,) share
    mandate_money: Numbers  # (8,) £m a year
    mandate_a_head: Numbers  # (8,) £ a head a year
    mandate_england: Numbers  # (8,) £m a year
    mandate_split: float  # choice
    mandate_from_councils: float  # share
    mandate_grants: Numbers  # (8,) £m a year
    ring_fence: Numbers  # (8,) share
    scope: Numbers  # (8,) 0 or 1
    single_pot_scope: Numbers  # (8,) 0 or 1
    virement: float  # share
    authority_split: float  # share
    grant_england: Numbers  # (8,) £m a year
    neighbourhood_share: Numbers  # (8,) share
    capital_pot: float  # 0 or 1
    transition_fund: float  # £ a head a year
    reinvested_share: float  # share
    savings_rule: float  # choice
    leadership_programme: float  # share
    gp_may_pool: float  # 0 or 1
    jobcentre_may_decide: float  # 0 or 1
    entitlements_may_pool: float  # 0 or 1
    cuts: float  # multiple of the path
    distress: float  # 0 or 1
    exceptional_support: float  # £ a head a year
    wave: float  # share
    wave_coaching: float  # share
    wave_stance: Numbers  # (9,) -1 to 1
    wave_money: float  # £m a year
    settlement_years: float  # years
    commissioning_capacity: Numbers  # (11,) share
    merger: Numbers  # (11,) bodies
    shared_governance: Numbers  # (11,) share
    reorganisation: Numbers  # (11,) 0 or 1

class BoardRow(Row):
    """The governance arrangement of the place."""

    decision_rule: int  # count
    bargaining: int  # 0 or 1
    rounds: int  # count
    themes_a_quarter: int  # count
    largest_coalition: int  # count
    election_cycle: int  # quarters
    time_limit: int  # quarters
    annual_plan: int  # 0 or 1
    cluster_boards: int  # 0 or 1
    settlement: int  # 0 or 1
    ambition: float  # share
    approval_threshold: float  # share
    benefit_cost_threshold: float  # ratio
    formal_agreement: float  # 0-1
    transaction_cost: float  # multiple
    set_up: float  # multiple
    political: float  # 0-1
    officer_support: float  # 0-1
    leader_turnover: float  # multiple
    outcome_payment: float  # share
    extra_freedom: float  # 0-1
    mandate: float  # 0-1

class ArrangementRow(Row):
    """A governance arrangement and the quarter from which on it stands."""

    quarter: int  # quarters
    decision_rule: int  # count
    bargaining: int  # 0 or 1
    rounds: int  # count
    themes_a_quarter: int  # count
    largest_coalition: int  # count
    election_cycle: int  # quarters
    time_limit: int  # quarters
    annual_plan: int  # 0 or 1
    cluster_boards: int  # 0 or 1
    settlement: int  # 0 or 1
    ambition: float  # share
    approval_threshold: float  # share
    benefit_cost_threshold: float  # ratio
    formal_agreement: float  # 0-1
    transaction_cost: float  # multiple
    set_up: float  # multiple
    political: float  # 0-1
    officer_support: float  # 0-1
    leader_turnover: float  # multiple
    outcome_payment: float  # share
    extra_freedom: float  # 0-1
    leads: Wholes  # (8,) count
    bound: Wholes  # (11,) 0 or 1
    in_pot: Wholes  # (11,) 0 or 1

class ArrangementRows(Table[ArrangementRow, int]):
    """The rows of the table ``arrangements``."""

    quarter: Wholes
    decision_rule: Wholes
    bargaining: Wholes
    rounds: Wholes
    themes_a_quarter: Wholes
    largest_coalition: Wholes
    election_cycle: Wholes
    time_limit: Wholes
    annual_plan: Wholes
    cluster_boards: Wholes
    settlement: Wholes
    ambition: Numbers
    approval_threshold: Numbers
    benefit_cost_threshold: Numbers
    formal_agreement: Numbers
    transaction_cost: Numbers
    set_up: Numbers
    political: Numbers
    officer_support: Numbers
    leader_turnover: Numbers
    outcome_payment: Numbers
    extra_freedom: Numbers
    leads: Wholes
    bound: Wholes
    in_pot: Wholes

class PriorRow(Row):
    """What a parameter of a run is drawn from."""

    key: int  # count
    distribution: int  # count
    low: float  # as the parameter
    high: float  # as the parameter
    mode: float  # as the parameter

class PriorRows(Table[PriorRow, int]):
    """The rows of the table ``priors``."""

    key: Wholes
    distribution: Wholes
    low: Numbers
    high: Numbers
    mode: Numbers

class EventRow(Row):
    """A dated policy event."""

    quarter: int  # quarters
    place: int  # count
    value: float  # as the lever
    estimated: int  # 0 or 1

class EventRows(Table[EventRow, int]):
    """The rows of the table ``events``."""

    quarter: Wholes
    place: Wholes
    value: Numbers
    estimated: Wholes

class DepartmentRow(Row):
    """A Whitehall department."""

    encouragement: float  # -1 to 1
    cut: float  # share
    due: float  # £m a year
    delivered: float  # £m a year
    standing: float  # 0-1
    support: float  # £m a year
    assurance: float  # £m a year

class DepartmentRows(Table[DepartmentRow, int]):
    """The rows of the table ``departments``."""

    encouragement: Numbers
    cut: Numbers
    due: Numbers
    delivered: Numbers
    standing: Numbers
    support: Numbers
    assurance: Numbers

class AgencyRow(Row):
    """A public agency of the place."""

    key: int  # count
    kind: int  # count
    department: int  # count
    council: int  # 0 or 1
    health_commissioner: int  # 0 or 1
    employment_service: int  # 0 or 1
    national: int  # 0 or 1
    voluntary: int  # 0 or 1
    mandated: int  # 0 or 1
    in_pot: int  # 0 or 1
    may_pool: int  # 0 or 1
    leader_left: int  # 0 or 1
    local_share: float  # share
    baseline: float  # £m a year
    frontline_start: float  # £m a year
    common_start: float  # £m a year
    reactive_start: float  # £m a year
    part_of_body: float  # share
    officers: float  # share
    merged: float  # bodies
    governed: float  # share
    made_anew: float  # 0 or 1
    capacity: float  # 0-1
    closed: int  # quarters
    paying: int  # quarters
    one_off: float  # £m a year
    released: float  # £m a year
    budget: float  # £m a year
    depth: float  # multiple of the path
    budget_held: float  # index
    path_held: float  # index
    returned: float  # £m a year
    clawed_back: float  # £m a year
    demand: float  # index
    unit_cost_exposure: float  # share
    unit_cost: float  # index
    reactive: float  # £m a year
    shortfall: float  # £m a year
    overspend: float  # £m a year
    gap: float  # £m a year
    scale: float  # index
    volume: float  # index
    stress: float  # 0-1
    price: float  # £ a £
    price_ahead: float  # £ a £
    known_loss: float  # share a year
    belief: float  # share
    due: float  # £m a year
    delivered: float  # £m a year
    ceded: float  # £m a year
    transaction: float  # £m a year
    steering: float  # £m a year
    upkeep: float  # £m a year
    transition: float  # £m a year
    own_change: float  # £m a year
    estate: float  # £m
    estate_start: float  # £m
    receipts: float  # £m
    debt: float  # £m
    support: float  # £m a year
    handed_back: float  # £m
    leadership: float  # 0-1
    leadership_start: float  # 0-1
    reputation: float  # 0-1
    control_aversion: float  # 0-1
    accountability: float  # 0-1
    target_pressure: float  # 0-1
    dissatisfaction: float  # 0-1
    incidence: Numbers  # (6,) share
    remit: Numbers  # (6,) share
    kind_weight: Numbers  # (6,) share

class AgencyRows(Table[AgencyRow, int]):
    """The rows of the table ``agencies``."""

    key: Wholes
    kind: Wholes
    department: Wholes
    council: Wholes
    health_commissioner: Wholes
    employment_service: Wholes
    national: Wholes
    voluntary: Wholes
    mandated: Wholes
    in_pot: Wholes
    may_pool: Wholes
    leader_left: Wholes
    local_share: Numbers
    baseline: Numbers
    frontline_start: Numbers
    common_start: Numbers
    reactive_start: Numbers
    part_of_body: Numbers
    officers: Numbers
    merged: Numbers
    governed: Numbers
    made_anew: Numbers
    capacity: Numbers
    closed: Wholes
    paying: Wholes
    one_off: Numbers
    released: Numbers
    budget: Numbers
    depth: Numbers
    budget_held: Numbers
    path_held: Numbers
    returned: Numbers
    clawed_back: Numbers
    demand: Numbers
    unit_cost_exposure: Numbers
    unit_cost: Numbers
    reactive: Numbers
    shortfall: Numbers
    overspend: Numbers
    gap: Numbers
    scale: Numbers
    volume: Numbers
    stress: Numbers
    price: Numbers
    price_ahead: Numbers
    known_loss: Numbers
    belief: Numbers
    due: Numbers
    delivered: Numbers
    ceded: Numbers
    transaction: Numbers
    steering: Numbers
    upkeep: Numbers
    transition: Numbers
    own_change: Numbers
    estate: Numbers
    estate_start: Numbers
    receipts: Numbers
    debt: Numbers
    support: Numbers
    handed_back: Numbers
    leadership: Numbers
    leadership_start: Numbers
    reputation: Numbers
    control_aversion: Numbers
    accountability: Numbers
    target_pressure: Numbers
    dissatisfaction: Numbers
    incidence: Numbers
    remit: Numbers
    kind_weight: Numbers

class CommissionerRow(Row):
    """A strategic commissioner for a portfolio of themes."""

    key: int  # count
    host: int  # count
    on_board: int  # 0 or 1
    in_post: int  # 0 or 1
    phase: int  # count
    leader_left: int  # 0 or 1
    leadership: float  # 0-1
    leadership_start: float  # 0-1
    reputation: float  # 0-1
    turn: float  # 0-1

class CommissionerRows(Table[CommissionerRow, int]):
    """The rows of the table ``commissioners``."""

    key: Wholes
    host: Wholes
    on_board: Wholes
    in_post: Wholes
    phase: Wholes
    leader_left: Wholes
    leadership: Numbers
    leadership_start: Numbers
    reputation: Numbers
    turn: Numbers

class AppraisalRow(Row):
    """What an agency weighs about a theme in the negotiation under way."""

    before: float  # share
    lost: float  # share
    apart_others: float  # £m a year
    volume_others: float  # volume
    unit_volume: float  # volume
    saving_rate: float  # £ present value a £ a year
    avoided_rate: float  # £ present value a £ a year
    mission_rate: float  # £ present value a £ a year
    freed_rate: float  # £ present value a £ a year
    transition_rate: float  # £ present value a £ a year
    transition_limit: float  # £m present value
    saving_before: float  # £m a year
    full_saving: float  # £m a year
    linear: Numbers  # (9,) £m present value
    along: float  # £m present value
    quadratic: float  # £m present value
    flexibility: float  # £m present value
    fixed: float  # £m present value
    parts: Numbers  # (9,) £m present value
    powered: float  # share
    power: float  # volume

class AppraisalRows(Table[AppraisalRow, tuple[int, int]]):
    """The rows of the table ``appraisals``."""

    before: Numbers
    lost: Numbers
    apart_others: Numbers
    volume_others: Numbers
    unit_volume: Numbers
    saving_rate: Numbers
    avoided_rate: Numbers
    mission_rate: Numbers
    freed_rate: Numbers
    transition_rate: Numbers
    transition_limit: Numbers
    saving_before: Numbers
    full_saving: Numbers
    linear: Numbers
    along: Numbers
    quadratic: Numbers
    flexibility: Numbers
    fixed: Numbers
    parts: Numbers
    powered: Numbers
    power: Numbers

class ShareRow(Row):
    """An agency's money in a theme and what it cedes of it."""

    spend: float  # £m a year
    reactive_given: float  # £m a year
    common_given: float  # £m a year
    frontline_start: float  # £m a year
    common_start: float  # £m a year
    reactive_start: float  # £m a year
    volume_start: float  # volume
    agreement: float  # £m a year
    benefits_start: float  # £m a year
    frontline: float  # £m a year
    common: float  # £m a year
    benefits: float  # £m a year
    lines: float  # £m a year
    commissioned: float  # £m a year
    mandate: float  # share
    floor: float  # share
    single_pot: float  # share
    ceded: float  # share
    agreed: float  # share
    wait: int  # quarters
    notice: int  # quarters
    live: int  # quarters
    set_up: int  # 0 or 1
    barred: int  # quarters
    aspiration: float  # multiple
    double_running: float  # £m a year
    promised: float  # £m a year
    standing: float  # share
    promised_standing: float  # £m a year
    delivered: float  # £m a year
    weight: float  # share
    funding: float  # share
    transfer: float  # £m a year
    agreed_transfer: float  # £m a year
    agreed_promise: float  # £m a year
    approached: int  # 0 or 1
    party: int  # 0 or 1
    withheld: int  # 0 or 1
    powered: float  # share
    power: float  # volume
    plan: float  # share
    plan_volume: float  # volume
    ask: float  # share
    ask_first: float  # share
    ask_floor: float  # share
    offer: float  # share
    ideal: float  # share
    limit: float  # share
    bargained: float  # share
    value: float  # £m present value
    side_payment: float  # £m present value

class ShareRows(Table[ShareRow, tuple[int, int]]):
    """The rows of the table ``shares``."""

    spend: Numbers
    reactive_given: Numbers
    common_given: Numbers
    frontline_start: Numbers
    common_start: Numbers
    reactive_start: Numbers
    volume_start: Numbers
    agreement: Numbers
    benefits_start: Numbers
    frontline: Numbers
    common: Numbers
    benefits: Numbers
    lines: Numbers
    commissioned: Numbers
    mandate: Numbers
    floor: Numbers
    single_pot: Numbers
    ceded: Numbers
    agreed: Numbers
    wait: Wholes
    notice: Wholes
    live: Wholes
    set_up: Wholes
    barred: Wholes
    aspiration: Numbers
    double_running: Numbers
    promised: Numbers
    standing: Numbers
    promised_standing: Numbers
    delivered: Numbers
    weight: Numbers
    funding: Numbers
    transfer: Numbers
    agreed_transfer: Numbers
    agreed_promise: Numbers
    approached: Wholes
    party: Wholes
    withheld: Wholes
    powered: Numbers
    power: Numbers
    plan: Numbers
    plan_volume: Numbers
    ask: Numbers
    ask_first: Numbers
    ask_floor: Numbers
    offer: Numbers
    ideal: Numbers
    limit: Numbers
    bargained: Numbers
    value: Numbers
    side_payment: Numbers

class TieRow(Row):
    """A partnership tie of an agency and a commissioner."""

    tied: int  # 0 or 1
    met: int  # 0 or 1
    trust: float  # 0-1
    trust_start: float  # 0-1
    trust_joined: float  # 0-1
    tied_start: int  # 0 or 1
    heard: float  # 0-1
    money: float  # £m a year

class TieRows(Table[TieRow, tuple[int, int]]):
    """The rows of the table ``ties``."""

    tied: Wholes
    met: Wholes
    trust: Numbers
    trust_start: Numbers
    trust_joined: Numbers
    tied_start: Wholes
    heard: Numbers
    money: Numbers

class ThemeRow(Row):
    """A theme of spending and its joint commission."""

    back_office: int  # 0 or 1
    neighbourhoods: int  # 0 or 1
    metric: int  # count
    commissioner: int  # count
    partners: int  # count
    talked: int  # quarters
    weighed: float  # £m a year
    left: int  # count
    replanned: int  # 0 or 1
    minimum: float  # £m a year
    minimum_share: float  # share
    grants: float  # £m a year
    fenced: float  # share
    straight: float  # £m a year
    from_authority: float  # £m a year
    moved: float  # £m a year
    granted: float  # £m a year
    unequal: float  # share
    overlap: float  # 0-1
    frontline_start: float  # £m a year
    common_start: float  # £m a year
    preventive_start: float  # £m a year
    effect: Numbers  # (6,) weight
    kind_share: Numbers  # (6,) share
    pot: float  # £m a year
    money: float  # £m a year
    benefits: float  # £m a year
    pooled: float  # share
    covered: float  # £m a year
    redesign: float  # 0-1
    duplication: float  # £m a year
    potential: float  # £m a year
    removed: float  # £m a year
    scale_loss: float  # £m a year
    devolved: float  # share
    planned: float  # £m a year
    preventive: float  # £m a year
    savings_held: float  # £m
    savings_paid: float  # £m
    reinvested: float  # £m a year
    unearned: float  # £m
    transition_money: float  # £m
    transition_spent: float  # £m
    call: float  # £m a year
    progress_expected: float  # share
    done_expected: float  # share
    outcome_score: float  # 0-1
    log_planned: float  # log
    log_integration: float  # log
    gain: Numbers  # (6,) log
    gain_again: Numbers  # (6,) log
    plan_members: int  # count
    plan_apart: float  # £m a year
    plan_volume: float  # volume
    plan_partners: int  # count
    plan_saving: float  # £m a year
    plan_benefit: float  # £m present value
    plan_cost: float  # £m present value

class ThemeRows(Table[ThemeRow, int]):
    """The rows of the table ``themes``."""

    back_office: Wholes
    neighbourhoods: Wholes
    metric: Wholes
    commissioner: Wholes
    partners: Wholes
    talked: Wholes
    weighed: Numbers
    left: Wholes
    replanned: Wholes
    minimum: Numbers
    minimum_share: Numbers
    grants: Numbers
    fenced: Numbers
    straight: Numbers
    from_authority: Numbers
    moved: Numbers
    granted: Numbers
    unequal: Numbers
    overlap: Numbers
    frontline_start: Numbers
    common_start: Numbers
    preventive_start: Numbers
    effect: Numbers
    kind_share: Numbers
    pot: Numbers
    money: Numbers
    benefits: Numbers
    pooled: Numbers
    covered: Numbers
    redesign: Numbers
    duplication: Numbers
    potential: Numbers
    removed: Numbers
    scale_loss: Numbers
    devolved: Numbers
    planned: Numbers
    preventive: Numbers
    savings_held: Numbers
    savings_paid: Numbers
    reinvested: Numbers
    unearned: Numbers
    transition_money: Numbers
    transition_spent: Numbers
    call: Numbers
    progress_expected: Numbers
    done_expected: Numbers
    outcome_score: Numbers
    log_planned: Numbers
    log_integration: Numbers
    gain: Numbers
    gain_again: Numbers
    plan_members: Wholes
    plan_apart: Numbers
    plan_volume: Numbers
    plan_partners: Wholes
    plan_saving: Numbers
    plan_benefit: Numbers
    plan_cost: Numbers

class DomainRow(Row):
    """An outcome domain."""

    speed: float  # share a quarter
    in_use: int  # 0 or 1

class DomainRows(Table[DomainRow, int]):
    """The rows of the table ``domains``."""

    speed: Numbers
    in_use: Wholes

class CohortRow(Row):
    """People of one kind in one neighbourhood."""

    key: int  # count
    kind: int  # count
    neighbourhood: int  # count
    persons: float  # persons
    need: Numbers  # (8,) relative
    fit: Numbers  # (8,) relative
    baseline: Numbers  # (6,) 0-1
    outcome: Numbers  # (6,) 0-1
    wellbeing: float  # 0-1
    expectation: float  # 0-1
    dissatisfaction: float  # 0-1

class CohortRows(Table[CohortRow, int]):
    """The rows of the table ``cohorts``."""

    key: Wholes
    kind: Wholes
    neighbourhood: Wholes
    persons: Numbers
    need: Numbers
    fit: Numbers
    baseline: Numbers
    outcome: Numbers
    wellbeing: Numbers
    expectation: Numbers
    dissatisfaction: Numbers

class NeighbourhoodRow(Row):
    """A neighbourhood or cluster of neighbourhoods."""

    population: float  # persons
    capacity: float  # 0-1
    capacity_start: float  # 0-1
    log_capacity: float  # log
    wellbeing_sum: float  # persons
    fit: Numbers  # (8,) relative

class NeighbourhoodRows(Table[NeighbourhoodRow, int]):
    """The rows of the table ``neighbourhoods``."""

    population: Numbers
    capacity: Numbers
    capacity_start: Numbers
    log_capacity: Numbers
    wellbeing_sum: Numbers
    fit: Numbers

class KindRow(Row):
    """All cohorts of one kind together."""

    estimated: int  # 0 or 1
    persons: float  # persons
    burden: Numbers  # (6,) index
    burden_sum: Numbers  # (6,) persons
    wellbeing: float  # 0-1
    wellbeing_sum: float  # persons
    dissatisfaction: float  # 0-1
    dissatisfaction_sum: float  # persons
    reactive: float  # £m

class KindRows(Table[KindRow, int]):
    """The rows of the table ``kinds``."""

    estimated: Wholes
    persons: Numbers
    burden: Numbers
    burden_sum: Numbers
    wellbeing: Numbers
    wellbeing_sum: Numbers
    dissatisfaction: Numbers
    dissatisfaction_sum: Numbers
    reactive: Numbers

class IndicatorRow(Row):
    """An outcome in a unit that people know."""

    at_start: float  # its unit
    best: float  # its unit
    least: float  # its unit
    most: float  # its unit
    slope: float  # exponent
    of_kind: Numbers  # (6,) share
    of_outcome: Numbers  # (6,) share

class IndicatorRows(Table[IndicatorRow, int]):
    """The rows of the table ``indicators``."""

    at_start: Numbers
    best: Numbers
    least: Numbers
    most: Numbers
    slope: Numbers
    of_kind: Numbers
    of_outcome: Numbers

class AccountRow(Row):
    """An account of the ledger."""

    opening: float  # £m
    credit: float  # £m
    debit: float  # £m
    held: float  # £m
    passing: int  # 0 or 1

class AccountRows(Table[AccountRow, int]):
    """The rows of the table ``accounts``."""

    opening: Numbers
    credit: Numbers
    debit: Numbers
    held: Numbers
    passing: Wholes

class DealRow(Row):
    """One request to one agency."""

    quarter: int  # quarters
    theme: int  # count
    commissioner: int  # count
    agency: int  # count
    asked: float  # share
    offered: float  # share
    agreed: float  # share
    limit: float  # share
    part_saving: float  # £m present value
    part_avoided_demand: float  # £m present value
    part_mission: float  # £m present value
    part_voice: float  # £m present value
    part_encouragement: float  # £m present value
    part_control: float  # £m present value
    part_accountability: float  # £m present value
    part_transaction: float  # £m present value
    part_transition: float  # £m present value
    outcome: int  # count
    reason: int  # count

class DealRows(Table[DealRow, int]):
    """The rows of the table ``deals``."""

    quarter: Wholes
    theme: Wholes
    commissioner: Wholes
    agency: Wholes
    asked: Numbers
    offered: Numbers
    agreed: Numbers
    limit: Numbers
    part_saving: Numbers
    part_avoided_demand: Numbers
    part_mission: Numbers
    part_voice: Numbers
    part_encouragement: Numbers
    part_control: Numbers
    part_accountability: Numbers
    part_transaction: Numbers
    part_transition: Numbers
    outcome: Wholes
    reason: Wholes

class MeasureRow(Row):
    """A quarter."""

    duplication: float  # £m a year
    duplication_share: float  # % of start
    duplication_removed: float  # £m a year
    removed_share: float  # % of spend
    removed_cumulative: float  # £m
    removed_present_value: float  # £m present value
    scale_loss: float  # £m a year
    transition_cost: float  # £m a year
    transaction_cost: float  # £m a year
    steering_cost: float  # £m a year
    oversight_cost: float  # £m a year
    reorganisation_cost: float  # £m
    running_cost_saved: float  # £m a year
    upkeep_saved: float  # £m a year
    net_saving: float  # £m a year of resources
    net_saving_cumulative: float  # £m of resources
    net_present_value: float  # £m of resources, present value
    demand_avoided: float  # £m a year
    benefit_cost_ratio: float  # ratio
    payback: float  # years
    returned: float  # £m a year
    promised_saving: float  # £m a year
    capital_receipts: float  # £m
    receipts_returned: float  # £m
    capital_pot: float  # £m
    money_moved: float  # £m a year
    exceptional_debt: float  # £m
    cashable: float  # £m a year
    reinvested: float  # £m a year
    clawed_back: float  # £m a year
    kept_for_agreements: float  # £m a year
    kept_for_steering: float  # £m a year
    kept_for_change: float  # £m a year
    kept_for_services: float  # £m a year
    waiting: float  # £m
    change_by_treasury: float  # £m a year
    taxpayers_cash: float  # £m a year of cash
    taxpayers_outlay: float  # £m a year of cash
    beside_budgets: float  # £m a year of cash
    pooled_budget: float  # £m a year
    pooled_share: float  # % of spend
    pooled_share_by_theme: Numbers  # (1,) % of spend
    section_75_share: float  # % of health and social care money
    section_75_share_commissioned: float  # % of commissioned money
    local_control_share: float  # % of place total
    redesign: float  # 0-1
    ceded_by_kind: Numbers  # (11,) % of its spend
    wellbeing: float  # 0-1
    inequality: float  # 0-1
    inequality_neighbourhoods: float  # 0-1
    wellbeing_worst_off: float  # 0-1
    outcome_by_domain: Numbers  # (6,) 0-1
    wellbeing_by_cohort: Numbers  # (6,) 0-1
    community_capacity: float  # 0-1
    indicator: Numbers  # (10,) its unit
    reactive_share: float  # % of spend
    preventive_share: float  # % of spend
    reactive_demand: float  # index
    funding_gap: float  # £m a year
    shortfall: float  # £m a year
    stress: float  # 0-1
    mean_trust: float  # 0-1
    joint_working_better: float  # % of partners
    density: float  # share
    centralisation: float  # 0-1
    modularity: float  # -0.5 to 1
    encouragement: float  # -1 to 1
    deals_proposed: float  # count
    deals_agreed: float  # count
    deals_refused: float  # count
    deals_blocked: float  # count
    deals_live: float  # count
    deals_left: float  # count
    admitted: float  # 0-1
    ledger_error: float  # £m
    planned_benefit_cost_ratio: float  # ratio
    claimed_saving: float  # £m a year
    budgeted_saving: float  # £m a year
    case_belief: float  # % of promise

class MeasureRows(Table[MeasureRow, int]):
    """The rows of the table ``measures``."""

    duplication: Numbers
    duplication_share: Numbers
    duplication_removed: Numbers
    removed_share: Numbers
    removed_cumulative: Numbers
    removed_present_value: Numbers
    scale_loss: Numbers
    transition_cost: Numbers
    transaction_cost: Numbers
    steering_cost: Numbers
    oversight_cost: Numbers
    reorganisation_cost: Numbers
    running_cost_saved: Numbers
    upkeep_saved: Numbers
    net_saving: Numbers
    net_saving_cumulative: Numbers
    net_present_value: Numbers
    demand_avoided: Numbers
    benefit_cost_ratio: Numbers
    payback: Numbers
    returned: Numbers
    promised_saving: Numbers
    capital_receipts: Numbers
    receipts_returned: Numbers
    capital_pot: Numbers
    money_moved: Numbers
    exceptional_debt: Numbers
    cashable: Numbers
    reinvested: Numbers
    clawed_back: Numbers
    kept_for_agreements: Numbers
    kept_for_steering: Numbers
    kept_for_change: Numbers
    kept_for_services: Numbers
    waiting: Numbers
    change_by_treasury: Numbers
    taxpayers_cash: Numbers
    taxpayers_outlay: Numbers
    beside_budgets: Numbers
    pooled_budget: Numbers
    pooled_share: Numbers
    pooled_share_by_theme: Numbers
    section_75_share: Numbers
    section_75_share_commissioned: Numbers
    local_control_share: Numbers
    redesign: Numbers
    ceded_by_kind: Numbers
    wellbeing: Numbers
    inequality: Numbers
    inequality_neighbourhoods: Numbers
    wellbeing_worst_off: Numbers
    outcome_by_domain: Numbers
    wellbeing_by_cohort: Numbers
    community_capacity: Numbers
    indicator: Numbers
    reactive_share: Numbers
    preventive_share: Numbers
    reactive_demand: Numbers
    funding_gap: Numbers
    shortfall: Numbers
    stress: Numbers
    mean_trust: Numbers
    joint_working_better: Numbers
    density: Numbers
    centralisation: Numbers
    modularity: Numbers
    encouragement: Numbers
    deals_proposed: Numbers
    deals_agreed: Numbers
    deals_refused: Numbers
    deals_blocked: Numbers
    deals_live: Numbers
    deals_left: Numbers
    admitted: Numbers
    ledger_error: Numbers
    planned_benefit_cost_ratio: Numbers
    claimed_saving: Numbers
    budgeted_saving: Numbers
    case_belief: Numbers
