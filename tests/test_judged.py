"""Everything judged is uncertain: constants of rules, tables of places and fields of arrangements are parameters, or have one."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Iterator

import numpy as np
import pytest

import totalplace as tp
from tests.worlds import begun, differing_tables, small
from tools import source_reading
from tools.source_reading import ROOT
from totalplace.agents.compiled import python
from totalplace.scenarios import judged, prices
from totalplace.scenarios.arrangement import Arrangement, Commissioner
from totalplace.scenarios.places.tables import judgement_names
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.engine.checkpoints import tables_of
from totalplace.sim.engine.place_model import PlaceModel
from totalplace.sim.engine.play import Stage, play_fixed
from totalplace.sim.model.limits import check_values
from totalplace.sim.model.metrics import flat

#: Numbers of the code that stand for no quantity of the world, each with the reason that the comment above it gives in full.
TECHNICAL = {
    "APRIL": "the calendar", "SPRING": "the calendar",
    "REMADE": "addresses of draws", "REMADE_LINKS": "addresses of draws",
    "_LEVEL": "how far compiled code is optimised", "LINKS": "addresses of draws", "LEAVES": "a mark within a quarter",
    "_LOW": "generator", "_HALF": "generator", "_MULTIPLY_0": "generator", "_MULTIPLY_1": "generator",
    "_WEYL_0": "generator", "_WEYL_1": "generator", "_SHIFT": "generator", "_ROUNDS": "generator", "_ONE": "generator",
    "_HALF_CELL": "generator",
    "MOST_EXACT": "when an exact value takes too long", "SAMPLES": "draws of an estimate of it",
    "ROUNDING": "rounding", "LEAST_PLANNED": "no logarithm of nothing", "ALL": "rounding", "HALF_PENNY": "rounding",
    "_TINY": "rounding", "DEPARTMENT_ACCOUNT": "order of accounts",
    "PUBLIC_DEBT": "order of accounts", "GRID_STEPS": "resolution", "SCRATCH_ROWS": "size of memory",
    "MOST_COUNT": "bounds of columns", "LARGEST": "bounds of columns", "SLIP": "spelling", "LANES": "lanes of the processor",
    "MARK": "size of a checksum", "SEEDS_A_DRAW": "how chance is told from what is not known",
}
#: Modules of ``agents`` that are no rules of the model.
MACHINERY = {
    "elementary.py": "coefficients of exponential and logarithm", "compiled.py": "compiling", "numba_private.py": "compiling",
    "kept_code.py": "compiling", "row_views.py": "views",
}
#: Parameters that move no metric of a shipped scenario as it stands: scenario and settings under which they do, and why not else.
ELSEWHERE: dict[str, tuple[str, list[str]]] = {
    # a programme is a lever that no scenario pulls
    "programme_effect": ("joint-commissioning", ["levers.leadership_programme=1"]),
    # prices are published beyond the years of the shipped scenarios
    "inflation_beyond": ("better-care-fund", ["year=2017-18", "start=2017-10", "quarters=60", "events=none",
                                              "levers.mandate_england.health_and_care=8000"]),
    # lags near a quarter are rare at the default of setup_lag
    "shortest_lag": ("joint-commissioning", ["uncertainties.setup_lag=2.5", "uncertainties.setup_lag_spread=0.5"]),
    # trust and pressure leave more reluctance than that at the default
    "least_reluctance": ("joint-commissioning", ["uncertainties.reluctance=1.5", "uncertainties.department_pressure=1",
                                                 "levers.encouragement=1"]),
    # at the default plans pay for cluster boards, however able neighbourhoods are
    "capacity_floor": ("neighbourhood", ["arrangement.benefit_cost_threshold=1.5"]),
    # devolution by half costs less than the bound
    "largest_scale_loss": ("neighbourhood", ["levers.neighbourhood_share=1", "uncertainties.eta=0.6", "clusters=40",
                                             "uncertainties.efficient_size=300"]),
}
#: It says who bears what: it moves the flows of the ledger between accounts, and no metric.
FLOWS_ONLY = {"local_tax"}
SHIPPED = ("single-pot", "board-political", "neighbourhood", "board-officer", "lsp", "outcome-partnership", "prototype",
           "better-care-fund")


def numbers_of_rules() -> Iterator[tuple[str, str]]:
    """File and name of every number that a module in ``agents`` sets at its top."""
    for path in sorted((ROOT / "agents").glob("*.py")):
        if path.name in MACHINERY:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
            value = getattr(node, "value", None)
            if isinstance(target, ast.Name) and value is not None:
                parts = [part for part in ast.walk(value) if isinstance(part, ast.Constant)]
                made = [part for part in ast.walk(value) if isinstance(part, ast.Tuple | ast.List | ast.Dict | ast.Set)]
                called = [ast.unparse(part.func) for part in ast.walk(value) if isinstance(part, ast.Call)]
                plain = [part for part in parts if isinstance(part.value, int | float) and not isinstance(part.value, bool)]
                if plain and not made and all(name.startswith("np.uint") for name in called):
                    yield path.name, target.id


def test_no_number_of_the_rules_lies_outside_the_registry() -> None:
    in_order = {"LOCAL_TAXATION", "BUYERS", "COHORT_ACCOUNT", "CHANGE_SUPPLIERS", "CAPITAL_POT", "POT_ACCOUNT", "THEME_ACCOUNT",
                "SAVINGS_ACCOUNT", "REACTIVE_ACCOUNT", "AGENCY_ACCOUNT", "DRAWS_OF_ALL"}  # by others: positions and sizes
    found = {name for _, name in numbers_of_rules()} - in_order
    assert {"LINKS", "SPRING", "ROUNDING"} <= found
    assert found - set(TECHNICAL) == set(), "a number that decides a result is a parameter of scenarios/parameters.yaml"
    constants = source_reading.constants()
    outside = {one.name for one in constants} - set(TECHNICAL) - set(judged.CONSTANTS)
    assert outside == set(), "it has no parameter in scenarios/judged.py"
    assert all(one.comment.startswith("Technical: ") for one in constants if one.name in TECHNICAL)


def test_every_table_and_field_says_which_parameters_it_may_be_out_by() -> None:
    assert set(judged.TABLES) == set(judgement_names())
    fields = {*Arrangement.model_fields, *Commissioner.model_fields} - {"host", "themes"}
    assert {*judged.FIELDS, *judged.WHAT_IT_IS} == fields
    assert not set(judged.FIELDS) & set(judged.WHAT_IT_IS)
    numbers = {name for name, row in Arrangement.model_fields.items() if row.annotation in (int, float)}
    assert numbers - {"election_cycle"} <= set(judged.FIELDS)
    named = [*sum(judged.TABLES.values(), ()), *sum(judged.FIELDS.values(), ()), *sum(judged.INPUTS.values(), ())]
    assert {*named, *judged.CONSTANTS.values()} <= set(PARAMETERS)
    assert prices.INFLATION == 0.02


RULES = ("judge_tables", "judge_dates", "judge_agency", "judge_shares", "judge_counts", "judge_years")
NEUTRAL = {"multiple": 1.0, "exponent": 1.0}
#: Whose default is that of a row of the posterior (docs/calibration.md), not what leaves tables as they are.
PAGE = (ROOT / "docs" / "calibration.md").read_text("utf-8").split("## Parameters that the facts inform")[1].split("\n## ")[0]
INFORMED = set(re.findall(r"(?m)^\| `(\w+)`", PAGE))


def neutral(names: set[str]) -> list[str]:
    """Settings at which what scales a table leaves it as it is."""
    return [f"uncertainties.{name}={NEUTRAL.get(PARAMETERS[name].unit, 0.0)}" for name in sorted(names)]


@pytest.mark.parametrize("scenario", ["board-political", "better-care-fund", "single-pot-today"])
def test_at_its_neutral_value_what_scales_a_table_changes_nothing_to_the_bit(scenario: str) -> None:
    from totalplace.agents.judgement import judge_tables
    from totalplace.agents.misjudgement import judge_dates

    reads = source_reading.reads()
    names = {name for rule in RULES for name in reads[rule] if name in PARAMETERS}
    assert len(names) > 20
    world = begun(small(scenario, *neutral(names)))
    before = {name: rows.tobytes() for name, rows in tables_of(world).items()}
    for rule in (judge_tables, judge_dates):
        python(rule)(world)
    assert [name for name, rows in tables_of(world).items() if rows.tobytes() != before[name]] == []


@pytest.mark.parametrize("rule", RULES)
def test_what_scales_a_table_changes_nothing_at_its_default_unless_facts_inform_it(rule: str) -> None:
    from totalplace.agents import judgement, misjudgement

    read = source_reading.reads()[rule]
    assert read or rule == "judge_tables"
    for name in read:
        row = PARAMETERS.get(name)
        if row is not None:
            as_it_is = NEUTRAL.get(row.unit, 0.0)
            assert row.default == as_it_is or name in INFORMED, name
            assert row.low <= as_it_is <= row.high, name
    assert hasattr(judgement, rule) or hasattr(misjudgement, rule)


def judged_names() -> list[str]:
    """The parameters that scale what is judged, and those that once were constants of the rules: marked off in the registry."""
    text = (ROOT / "scenarios" / "parameters.yaml").read_text("utf-8")
    block = text.split("# ==== what were constants")[1].split("# ==== end of these")[0]
    return [name for name in PARAMETERS if f"\n{name}: " in block]


@functools.cache
def moved(scenario: str, settings: tuple[str, ...], names: tuple[str, ...]) -> frozenset[str]:
    """The parameters between whose ends any metric of a scenario moves, in Birmingham with two seeds."""
    stage = Stage(tp.load(scenario, set=list(settings)))
    at = [float(given) if isinstance(given, int | float) else given.mode for given in stage.scenario.uncertainties.values()]
    rows = []
    for name in names:
        for end in (PARAMETERS[name].low, PARAMETERS[name].high):
            rows.append(np.array(at))
            rows[-1][list(PARAMETERS).index(name)] = end
    measures = flat(stage.world.measures)
    kept = np.concatenate([stage.words(measures[name]).ravel() for name in measures.dtype.names or ()])
    differ = np.zeros(len(names), bool)
    for seed in (1, 2):
        found = play_fixed(stage, [seed] * len(rows), np.array(rows), kept).reshape(len(names), 2, -1)
        differ |= (found[:, 0] != found[:, 1]).any(axis=-1)
    return frozenset(name for name, one in zip(names, differ, strict=True) if one)


def test_no_parameter_is_inert() -> None:
    left = set(judged_names())
    assert len(left) > 90
    for scenario in SHIPPED:
        left -= moved(scenario, (), tuple(sorted(left)))
    assert left == {*ELSEWHERE, *FLOWS_ONLY}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_moves_nothing_as_scenarios_are_shipped_moves_something_else(name: str) -> None:
    scenario, settings = ELSEWHERE[name]
    assert moved(scenario, tuple(settings), (name,)) == {name}


def test_local_taxes_move_the_flows_of_the_ledger_and_no_metric() -> None:
    low, high = (Stage(small("single-pot", f"uncertainties.local_tax={end}")).play(1) for end in (0.8, 1.2))
    assert low.flows.tobytes() != high.flows.tobytes()
    assert low.measures.tobytes() == high.measures.tobytes()


def ends() -> dict[str, list[str]]:
    """Settings of the worlds at the ends of what is judged, and of one drawn."""
    found = {"drawn": ["uncertainties=prior"]}
    for end in ("low", "high"):
        found[end] = [f"uncertainties.{name}={getattr(PARAMETERS[name], end)}" for name in judged_names()]
    return found


@pytest.mark.parametrize("end", ["low", "high", "drawn"])
@pytest.mark.parametrize("scenario", ["board-political", "better-care-fund", "outcome-partnership"])
def test_shares_stay_shares_and_totals_are_kept(scenario: str, end: str) -> None:
    plain, world = begun(small(scenario)), begun(small(scenario, *ends()[end]), 7)
    check_values(tables_of(world), "a world as it begins")
    for rows in (world.agencies.incidence, world.agencies.remit, world.agencies.kind_weight, world.indicators.of_kind):
        sums = np.asarray(rows).sum(axis=1)
        assert sums[sums > 0] == pytest.approx(1.0)
    assert np.asarray(world.themes.kind_share).sum(axis=1) == pytest.approx(1.0)
    assert np.asarray(world.themes.effect).sum(axis=1) == pytest.approx(np.asarray(plain.themes.effect).sum(axis=1))
    people = world.cohorts.persons
    assert people.sum() == pytest.approx(plain.cohorts.persons.sum())
    assert np.bincount(world.cohorts.neighbourhood, people) == pytest.approx(plain.neighbourhoods.population)
    assert np.average(world.cohorts.need, weights=people, axis=0) == pytest.approx(1.0)
    assert world.shares.spend.sum() + world.clock.unallocated == pytest.approx(plain.shares.spend.sum() + plain.clock.unallocated)
    assert (world.shares.reactive_given + world.shares.common_given <= 1.2 * world.shares.spend + 1e-9).all()
    assert (world.budget_path >= 0.0).all()
    assert (world.arrangements.rounds > 0).tolist() == (plain.arrangements.rounds > 0).tolist()


@pytest.mark.parametrize("scenario", ["board-political", "better-care-fund"])
def test_both_faces_are_equal_to_the_bit_with_all_of_them_drawn(scenario: str) -> None:
    drawn = small(scenario, "uncertainties=prior", quarters=12)
    model = PlaceModel(drawn, rng=5)
    while model.running:
        model.step()
    assert differing_tables(model.world, Stage(drawn).play(5)) == []


def test_the_tables_of_the_parameters_have_all_of_them() -> None:
    assert inspect.getdoc(judged)
    assert set(judged_names()) <= set(PARAMETERS)
