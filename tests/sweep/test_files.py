"""Sweep files: what they cross and vary, and bad input reported with file, line, column, what is allowed and nearest."""

from __future__ import annotations

import contextlib
import pickle
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from totalplace import scenarios
from totalplace.scenarios import arrangement, places, sweeps
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.reading import read_text
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.sweeps.file import SweepFile
from totalplace.scenarios.sweeps.sweep import DESIGNS, EVERY
from totalplace.sim.engine.sweep.designs import metric_names
from totalplace.sim.model.metrics import METRICS

# text (the second line of a file), column in it, what the message says, nearest name
FAULTS = [
    ("desing: grid", 1, "There is no key 'desing'", "design"),
    ("scenarios: [sillo]", 13, "There is no scenario 'sillo'", "silo"),
    ("scenarios: none.yaml", 12, "There is no such file", None),
    ("scenarios: []", 12, "'scenarios' is empty", None),
    ("scenarios: [silo, silo]", 19, "The scenario 'silo' is given twice", None),
    ("scenarios: 3", 12, "A scenario must be text", None),
    ("arrangements: [lps]", 16, "There is no arrangement 'lps'", "lsp"),
    ("places: [Brimingham]", 10, "There is no place or region 'Brimingham'", "Birmingham"),
    ("places: [North Eats]", 10, "There is no place or region 'North Eats'", "North East"),
    ("places: [Kent, Kent]", 16, "given twice", None),
    ("settings: {quarters: 0}", 22, "'quarters' is 0, which is out of range", None),
    ("settings: {quarter: 8}", 12, "There is no key 'quarter'", "quarters"),
    ("settings: {extends: silo}", 12, "'extends' cannot stand in 'settings'", None),
    ("settings: {levers: {cut: 0}}", 21, "There is no lever 'cut'", "cuts"),
    ("settings: 3", 11, "must be a mapping", None),
    ("levers: {clawbak: [0, 1]}", 10, "There is no lever 'clawbak'", "clawback"),
    ("levers: {clawback: {helth: [0, 1]}}", 21, "There is no department 'helth'", "health"),
    ("levers: {clawback: [0, 2]}", 24, "The lever 'clawback' is 2, which is out of range", None),
    ("levers: {clawback: [0, some]}", 24, "must be a number", None),
    ("levers: {clawback: [0, 0.5, 0]}", 29, "has the value 0 twice", None),
    ("levers: {clawback: [0]}", 20, "does not vary over 1 value", None),
    ("levers: {clawback: 0.5}", 20, "does not vary over 0.5", None),
    ("levers: {clawback: prior}", 20, "does not vary over 'prior'", None),
    ("levers: {clawback: {low: 0.5, high: 0.2, steps: 3}}", 26, "'low' of 'clawback' is not below 'high'", None),
    ("levers: {clawback: {low: -1, high: 0.2}}", 26, "'low' of 'clawback' is -1, which is out of range", None),
    ("levers: {clawback: {low: 0, high: 1, steps: 1}}", 45, "'steps' is 1, which is out of range", None),
    ("levers: {clawback: {low: 0}}", 20, "lacks the key 'high'", None),
    ("levers: {clawback: {low: 0, high: 1, stpes: 3}}", 38, "There is no key 'stpes'", "steps"),
    ("levers: {clawback: {}}", 20, "names no department", None),
    ("levers: {clawback: range}", 20, "A grid needs values of 'clawback'", None),
    ("levers: {clawback: {health: [0, 1], all: range}}", 42, "A grid needs values of 'clawback.all'", None),
    ("levers: {capital_pot: {low: 0, high: 1}}", 23, "does not vary over a mapping", None),
    ("levers: {capital_pot: {health: [0, 1]}}", 23, "takes no targets", None),
    ("levers: {savings_rule: [nash, shaply]}", 31, "There is no choice 'shaply'", "shapley"),
    ("uncertainties: default", 16, "All uncertainties do not vary over 'default'", None),
    ("uncertainties: {etta: prior}", 17, "There is no parameter 'etta'", "eta"),
    ("uncertainties: {eta: [0.7, 7]}", 28, "out of range", None),
    ("uncertainties: {eta: high}", 22, "does not vary over 'high'", None),
    ("uncertainties: {eta: {low: 0.7, high: 0.9, mode: 0.8}}", 50, "has no 'mode'", None),
    ("uncertainties: {eta: {low: 0.7, high: 0.9, distribution: triangular, mode: 0.6}}", 76, "not between", None),
    ("uncertainties: {eta: {low: 0.7, high: 0.9, steps: 3, distribution: uniform}}", 68, "has no 'distribution'", None),
    ("uncertainties: {eta: {low: 0.7, high: 0.9, distribution: normal}}", 58, "There is no distribution", "uniform"),
    ("design: sobl", 9, "There is no design 'sobl'", "sobol"),
    ("design: sobol", 9, "The design 'sobol' lacks the key 'samples'", None),
    ("design: rows", 9, "The design 'rows' lacks the key 'file'", None),
    ("design: {kind: grid, samples: 3}", 22, "There is no key 'samples' in the design 'grid'", None),
    ("design: {kind: sobol, samples: 100}", 32, "'samples' of sobol is 100", None),
    ("design: {kind: random, samples: 0}", 33, "'samples' is 0, which is out of range", None),
    ("design: {kind: morris, samples: 4, levels: 5}", 44, "'levels' of morris is 5", None),
    ("design: {kind: random, samples: 4}", 9, "Nothing varies in the design 'random'", None),
    ("design: {kind: rows, file: none.csv}", 28, "There is no such file", None),
    ("replicates: 0", 13, "'replicates' is 0, which is out of range", None),
    ("replicates: some", 13, "'replicates' must be a whole number", None),
    ("first_seed: -1", 13, "'first_seed' is -1, which is out of range", None),
    ("common_random_numbers: 1", 24, "must be true or false", None),
    ("metrics: []", 10, "'metrics' is empty", None),
    ("metrics: [net_saving, 3]", 23, "A metric must be text", None),
    ("metrics: [net_saving, net_savings]", 23, "There is no metric 'net_savings'", "net_saving"),
    ("every: month", 8, "There is no value 'month'", None),
]


@pytest.mark.parametrize(("text", "column", "words", "nearest"), FAULTS, ids=[fault[0][:60] for fault in FAULTS])
def test_a_fault_is_reported_at_its_place(
    tmp_path: Path, text: str, column: int, words: str, nearest: str | None
) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(f"title: own\n{text}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        metric_names(sweeps.check(file))
    error = caught.value
    assert words in str(error)
    assert (error.file, error.line, error.column) == (str(file), 2, column)
    assert error.nearest == nearest


CSV_FAULTS = [
    ("clawbak\n1", 1, "There is no lever or parameter 'clawbak'"),
    ("clawback.helth\n1", 1, "There is no department 'helth'"),
    ("cuts.health\n1", 1, "There is no target 'health'"),
    ("clawback,clawback.health\n0,1", 1, "'clawback.health' is given twice; first as 'clawback'. Allowed: each value once."),
    ("eta,eta\n0.8,0.8", 1, "'eta' is given twice. Allowed: each value once."),
    ("eta,iota\n0.8,0.3\n\n0.8", 4, "The row has 1 values"),
    ("eta\n0.8\n8", 3, "The parameter 'eta' is 8, which is out of range"),
    ("eta\nmany", 2, "must be a number"),
    ("eta,iota\n0.8,", 2, "The column 'iota' has no value"),
    ("eta", 1, "The file holds no points"),
    ("", 1, "The file holds no points"),
    ("savings_rule\nnsh", 2, "There is no choice 'nsh'"),
    ('eta\n"0.8', 2, "The CSV cannot be read"),
]


@pytest.mark.parametrize(("text", "line", "words"), CSV_FAULTS, ids=[fault[2] for fault in CSV_FAULTS])
def test_a_fault_in_a_csv_file_is_reported_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (tmp_path / "rows.csv").write_text(text, encoding="utf-8")
    file = tmp_path / "own.yaml"
    file.write_text("design: {kind: rows, file: rows.csv}", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        sweeps.check(file)
    assert words in str(caught.value)
    assert (caught.value.file, caught.value.line) == (str(tmp_path / "rows.csv"), line)


def test_rows_of_a_csv_file(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("clawback.health, eta, savings_rule\n0.1,0.8,nash\n0.2,0.7,equal\n")
    file = tmp_path / "own.yaml"
    file.write_text("design: {kind: rows, file: rows.csv}", encoding="utf-8")
    sweep = sweeps.check(file)
    assert sweep.rows is not None
    assert sweep.rows.tolist() == [[0.1, 0.8, 2.0], [0.2, 0.7, 1.0]]
    assert [factor.label for factor in sweep.factors] == ["clawback.health", "eta", "savings_rule"]
    assert (sweep.factors[0].low, sweep.factors[0].high) == (0.1, 0.2)
    (tmp_path / "rows.csv").write_text("clawback.health,eta,savings_rule\n0.1,0.8,nash\n0.2,0.7,nash\n")
    assert sweeps.check(file) != sweep
    file.write_text("levers: {cuts: [0, 1]}\ndesign: {kind: rows, file: rows.csv}", encoding="utf-8")
    with pytest.raises(InputError, match=r"own\.yaml:1:1: 'levers' is not for the design 'rows'"):
        sweeps.check(file)


def test_scenarios_arrangements_and_places_are_crossed_places_fastest() -> None:
    sweep = sweeps.loads("scenarios: [silo, october-2010]\narrangements: [lsp, prototype]\nplaces: [Kent, e08000025]")
    assert [(item.name, item.place) for item in sweep.scenarios] == [
        (f"{base}/{chosen}", place)
        for base in ("silo", "october-2010") for chosen in ("lsp", "prototype") for place in ("Kent", "Birmingham")
    ]
    assert [item.arrangement.name for item in sweep.scenarios[:4]] == ["lsp", "lsp", "prototype", "prototype"]
    assert sweep.runs == 8


def test_an_arrangement_alone_stands_on_october_2010() -> None:
    (scenario,) = sweeps.loads("arrangements: single-pot\nplaces: Kent").scenarios
    named = scenarios.load("single-pot", place="Kent")
    assert scenario.name == "single-pot"
    assert (scenario.levers, scenario.arrangement, scenario.cuts) == (named.levers, named.arrangement, named.cuts)


def test_regions_and_all_places() -> None:
    north_east = [place.name for place in places.names() if place.region == "North East"]
    found = sweeps.loads("places: [Kent, north east, County Durham]").scenarios
    assert [item.place for item in found] == ["Kent", *north_east]
    assert len(sweeps.loads("places: all").scenarios) == len(places.names()) == 148
    assert len(sweeps.loads("arrangements: all").scenarios) == len(arrangement.names())


def test_settings_come_on_top_of_scenarios_and_given_ones_on_top_of_these(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("arrangements: [single-pot, silo]\nsettings: {quarters: 8, levers: {single_pot: 0.5}}")
    assert all(item.quarters == 8 and set(item.levers["single_pot"]) == {0.5} for item in sweeps.check(file).scenarios)
    assert {item.quarters for item in sweeps.load(file, set=["quarters=4"]).scenarios} == {4}
    with pytest.raises(InputError, match="'place' stands in 'settings'"):
        sweeps.loads("places: all\nsettings: {place: Kent}")


def test_paths_count_from_the_folder_of_the_sweep(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("extends: silo\nplace: Kent")
    (tmp_path / "deal.yaml").write_text("extends: lsp\nrounds: 2")
    file = tmp_path / "own.yaml"
    file.write_text("scenarios: [silo, mine.yaml]\narrangements: [lsp, deal.yaml]")
    names = [(item.name, item.place, item.arrangement.rounds) for item in sweeps.check(file).scenarios]
    assert names[2:] == [("mine/lsp", "Kent", names[0][2]), ("mine/deal", "Kent", 2)]


def test_two_scenarios_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "silo.yaml").write_text("extends: silo\nquarters: 8")
    file = tmp_path / "own.yaml"
    file.write_text("scenarios: [silo, silo.yaml]")
    with pytest.raises(InputError, match="two scenarios 'silo' in Birmingham"):
        sweeps.check(file)


def test_levers_of_departments_vary_together_or_apart() -> None:
    sweep = sweeps.loads("levers:\n  clawback: {all: [0, 1], health: [0, 0.5]}\n  freedom: [0, 1]\n  capital_pot: range")
    departments = range(len(LEVERS["clawback"].targets))
    health = LEVERS["clawback"].targets.index("health")
    assert [factor.label for factor in sweep.factors] == ["clawback.all", "clawback.health", "freedom", "capital_pot"]
    assert sweep.factors[0].indices == tuple(index for index in departments if index != health)
    assert sweep.factors[1].indices == (health,)
    assert sweep.factors[2].indices == tuple(departments)
    assert (sweep.factors[3].values, sweep.factors[3].integer) == ((0.0, 1.0), True)


def test_all_uncertainties_but_some() -> None:
    text = "uncertainties: {all: prior, eta: default, iota: [0, 0.3]}\ndesign: {kind: random, samples: 1}"
    factors = {factor.name: factor for factor in sweeps.loads(text).factors}
    assert set(factors) == set(PARAMETERS) - {"eta"}
    assert factors["iota"].values == (0.0, 0.3)
    assert factors["kappa"].values == ()


def test_steps_are_evenly_spaced_with_both_ends() -> None:
    (factor,) = sweeps.loads("levers: {clawback: {low: 0.1, high: 0.7, steps: 4}}").factors
    assert factor.values == (0.1, 0.3, 0.5, 0.7)


def test_seeds_with_and_without_common_random_numbers() -> None:
    text = "levers: {cuts: [0, 1]}\nplaces: [Kent, Devon]\nreplicates: 3\nfirst_seed: 10\n"
    sweep = sweeps.loads(text)
    assert [sweep.seed(run) for run in range(sweep.runs)] == [10, 11, 12] * 4
    apart = sweeps.loads(text + "common_random_numbers: false")
    assert [apart.seed(run) for run in range(apart.runs)] == list(range(10, 22))
    assert [sweep.run_number(s, p, r) for s in range(2) for p in range(2) for r in range(3)] == list(range(12))


def test_a_design_that_is_too_large_is_refused_before_it_is_made() -> None:
    span = "{low: 0, high: 1, steps: 1000}"
    text = f"levers: {{clawback: {span}, freedom: {span}, single_pot: {span}}}"
    with pytest.raises(InputError, match="The design has 1,000,000,000 points of 3 factors"):
        sweeps.loads(text)


def test_an_event_that_replaces_a_factor_is_noted() -> None:
    text = "levers: {cuts: [0, 1]}\nsettings: {events: ['2011-04: cuts at 1.5']}"
    (note,) = sweeps.loads(text).notes
    assert note == "'2011-04: cuts at 1.5' in 'october-2010' replaces what the sweep sets of 'cuts' from then on"


def test_equal_sweeps_are_those_with_equal_results() -> None:
    text = "levers: {cuts: [0, 1]}"
    sweep = sweeps.loads(text)
    assert sweep == sweeps.loads(f"title: another title\n{text}", "other")
    assert hash(sweep) == hash(sweeps.loads(text))
    for change in ("replicates: 2", "every: last", "metrics: [wellbeing]", "first_seed: 2", "settings: {quarters: 8}",
                   "places: Kent", "uncertainties: {eta: [0.7, 0.8]}", "common_random_numbers: false"):
        other = sweeps.loads(f"{text}\n{change}")
        assert other != sweep
        assert other.sha256 != sweep.sha256


def test_a_sweep_travels_between_processes() -> None:
    sweep = sweeps.load("arrangements-by-trust-and-clawback")
    again = pickle.loads(pickle.dumps(sweep))
    assert again == sweep
    assert again.scenarios == sweep.scenarios
    assert again.factors == sweep.factors


def test_metrics_are_those_of_the_file_or_all() -> None:
    assert metric_names(sweeps.loads("title: a")) == tuple(METRICS)
    assert metric_names(sweeps.loads("metrics: [wellbeing, duplication]")) == ("wellbeing", "duplication")


@pytest.mark.parametrize("name", sweeps.names())
def test_shipped_sweeps_are_good_and_fit_the_schema(name: str) -> None:
    sweep = sweeps.load(name)
    assert sweep.title
    assert sweep.description
    assert metric_names(sweep)
    assert sweep.notes == ()
    file = Path(sweeps.__file__).parent / f"{name}.yaml"
    written = read_text(file.read_text("utf-8"), name).plain()
    jsonschema.Draft202012Validator(sweeps.json_schema()).validate(written)


def test_the_example_and_the_keys_of_the_documentation_are_those_of_the_code() -> None:
    text = (Path(__file__).parents[2] / "docs" / "sweeps.md").read_text("utf-8")
    example = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert example is not None
    assert sweeps.loads(example[1]).points == 500
    jsonschema.Draft202012Validator(sweeps.json_schema()).validate(read_text(example[1], "docs").plain())
    for key in SweepFile.model_fields:
        assert f"`{key}`" in text
    for name in (*DESIGNS, *EVERY, *sweeps.names()):
        assert f"`{name}`" in text


SCHEMA_FAULTS = [
    fault[0] for fault in FAULTS
    if fault[0].startswith(("desing", "replicates", "every", "design: sobl", "settings", "common", "levers: {clawbak", "first"))
]


@pytest.mark.parametrize("text", SCHEMA_FAULTS)
def test_the_schema_refuses_what_the_reader_refuses(text: str) -> None:
    validator = jsonschema.Draft202012Validator(sweeps.json_schema())
    assert not validator.is_valid(read_text(text, "own").plain())


def test_the_schema_is_valid_and_takes_every_form() -> None:
    schema = sweeps.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    text = """
levers: {clawback: {health: [0, 1], all: range}, savings_rule: [nash, equal], capital_pot: range, cuts: {low: 0, high: 1}}
uncertainties: {all: prior, eta: default, iota: {low: 0.1, high: 0.2, distribution: triangular, mode: 0.15}}
design: {kind: morris, samples: 4, levels: 6, seed: 3}
places: [London, Kent]
settings: {quarters: 8, levers: {cuts: 1}}
"""
    jsonschema.Draft202012Validator(schema).validate(read_text(text, "own").plain())
    assert sweeps.loads(text).points == 4 * (2 + 3 + len(PARAMETERS) - 1 + 1)


def test_there_is_no_other_sweep() -> None:
    with pytest.raises(UnknownName, match="There is no sweep 'sobol-saving'.*Did you mean 'sobol-net-saving'"):
        sweeps.load("sobol-saving")


_SCALARS = st.one_of(st.integers(-3, 300), st.floats(allow_nan=True), st.booleans(), st.text(max_size=8))
_WORDS = st.sampled_from(["all", "prior", "range", "default", "low", "high", "steps", "health", "eta", "clawback", "cuts",
                          "kind", "samples", "file", "sobol", "rows", "morris", "Kent", "silo", "savings_rule"])
_VALUES = st.recursive(
    _SCALARS | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["scenarios", "arrangements", "places", "settings", "levers", "uncertainties", "design",
                                        "replicates", "first_seed", "metrics", "every"]), _VALUES, max_size=4))
def test_whatever_is_written_gives_a_sweep_or_an_input_error(content: dict[str, object]) -> None:
    from totalplace.scenarios.reading import marked
    from totalplace.scenarios.sweeps.resolving import resolve

    with contextlib.suppress(InputError):
        assert resolve(marked(content, "given"), ()).runs >= 1
