"""Every kind of bad input is an InputError that names file, line, column, what is wrong and what is allowed."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from totalplace import scenarios
from totalplace.scenarios.errors import InputError, UnknownName, nearest_name
from totalplace.scenarios.scenario import Scenario

NAMED = Path(scenarios.__file__).parent / "named"

# text (the second line of a file), column in it, what the message says, nearest name
FAULTS = [
    ("place: Brimingham", 8, "There is no place 'Brimingham'", "Birmingham"),
    ("place: 3", 8, "'place' must be text", None),
    ("place:", 7, "'place' has no value", None),
    ("arrangment: silo", 1, "There is no key 'arrangment'", "arrangement"),
    ("arrangement: silos", 14, "There is no arrangement 'silos'", "silo"),
    ("arrangement: 3", 14, "must be text", None),
    ("arrangement: {extends: lps}", 24, "There is no arrangement 'lps'", "lsp"),
    ("arrangement: {round: 3}", 15, "There is no key 'round'", "rounds"),
    ("arrangement: {rounds: 30}", 23, "'rounds' is 30, which is out of range", None),
    ("arrangement: {rounds: many}", 23, "'rounds' must be a whole number", None),
    ("arrangement: {cluster_boards: 1}", 31, "'cluster_boards' must be true or false", None),
    ("arrangement: {decision_rule: unanimty}", 30, "There is no decision rule 'unanimty'", "unanimity"),
    ("arrangement: {decision_rule: majority}", 30, "Nobody can negotiate", None),
    ("arrangement: {commissioners: [{name: a, host: counsil, themes: [corporate]}]}", 47, "no host", "council"),
    ("arrangement: {commissioners: [{name: a, host: nhs, themes: [corprate]}]}", 61, "There is no theme", "corporate"),
    ("arrangement: {commissioners: [{name: a, host: nhs, themes: [corporate, corporate]}]}", 72, "to two", None),
    ("arrangement: {commissioners: [{name: a, host: nhs}]}", 31, "lacks the key 'themes'", None),
    ("arrangement: {commissioners: [{name: a, host: nhs, themes: []}]}", 60, "'themes' is empty", None),
    ("arrangement: {mandated_agencies: [pct]}", 35, "There is no agency kind 'pct'", "nhs"),
    ("arrangement: {levers: {cut: 1}}", 24, "There is no lever 'cut'", "cuts"),
    ("levers: {encouragment: 1}", 10, "There is no lever 'encouragment'", "encouragement"),
    ("levers: {encouragement: {helth: 1}}", 26, "There is no department 'helth'", "health"),
    ("levers: {mandate: {helth: 0.1}}", 20, "There is no theme 'helth'", "health_and_care"),
    ("levers: {mandate: 1.5}", 19, "out of range", None),
    ("levers: {mandate: some}", 19, "must be a number", None),
    ("levers: {mandate: true}", 19, "must be a number", None),
    ("levers: {mandate: .nan}", 19, "must be a number", None),
    ("levers: {transition_fund: -1}", 27, "The lever 'transition_fund' is -1, which is out of range", None),
    ("levers: {capital_pot: 0.5}", 23, "The lever 'capital_pot' is 0.5", None),
    ("levers: {savings_rule: nsh}", 24, "There is no choice 'nsh'", "nash"),
    ("levers: {cuts: {all: 1}}", 16, "takes one value", None),
    ("levers: []", 9, "must be a mapping", None),
    ("uncertainties: priors", 16, "There is no setting 'priors'", "prior"),
    ("uncertainties: {etta: 0.8}", 17, "There is no parameter 'etta'", "eta"),
    ("uncertainties: {eta: 3}", 22, "out of range", None),
    ("uncertainties: {eta: low}", 22, "cannot be 'low'", None),
    ("uncertainties: {eta: {low: 0.9, high: 0.8}}", 28, "above 'high'", None),
    ("uncertainties: {eta: {low: 0.1, high: 0.8}}", 28, "out of range", None),
    ("uncertainties: {eta: {low: 0.8}}", 22, "lacks the key 'high'", None),
    ("uncertainties: {eta: {low: 0.8, high: 0.9, distribution: normal}}", 58, "There is no distribution", "uniform"),
    ("uncertainties: {eta: {low: 0.8, high: 0.9, mode: 0.95}}", 50, "not between", None),
    ("quarters: 0", 11, "'quarters' is 0, which is out of range", None),
    ("quarters: 40.5", 11, "must be a whole number", None),
    ("quarters: '40'", 11, "must be a whole number", None),
    ("start: 2010-11", 8, "No quarter starts in 2010-11", "2010-10"),
    ("start: 2010-13", 8, "'2010-13' is not a month", None),
    ("start: 2014/04", 8, "'2014/04' is not a month", "2014-04"),
    ("start: April 2014", 8, "'April 2014' is not a month", "2014-04"),
    ("start: 201404", 8, "'201404' is not a month", "2014-04"),
    ("start: 2024-04", 8, "The run starts in 2024-04 with the budgets of 2010-11: the cuts since 2010-11 would all", None),
    ("start: 2011-04", 8, "The run starts in 2011-04 with the budgets of 2010-11", None),
    ("year: 2010-12", 7, "not a financial year", None),
    ("year: 2017", 7, "'2017' is not a financial year", "2017-18"),
    ("year: 2023", 7, "'2023' is not a financial year", "2024-25"),
    ("year: 2017/18", 7, "'2017/18' is not a financial year", "2017-18"),
    ("year: 1999-00", 7, "There is no year of spending", None),
    ("clusters: 0", 11, "'clusters' cannot be 0", None),
    ("nhs: 0", 6, "'nhs' is 0, which is out of range", None),
    ("network: strar", 10, "There is no network 'strar'", "star"),
    ("network: {file: none.csv}", 17, "There is no network file", None),
    ("cuts: spending-review-2011", 7, "There is no budget path", "spending-review-2010"),
    ("cuts: own.yaml", 7, "There is no such file: 'own.yaml'", None),
    ("seeds: {count: 0}", 16, "'count' is 0, which is out of range", None),
    ("seeds: {cout: 1}", 9, "There is no key 'cout'", "count"),
    ("events: [3]", 10, "An event must be text or a mapping", None),
    ("events: ['2013-04: mandat health and care at 3%']", 10, "There is no lever", "mandate"),
    ("events: ['2013-04: mandate helth at 3%']", 10, "There is no theme 'helth'", "health_and_care"),
    ("events: ['2013-04: mandate corporate 3%']", 10, "cannot be read", None),
    ("events: ['2010-04: mandate corporate at 3%']", 10, "lies before the start", None),
    ("events: ['2013-14: mandate corporate at 3%']", 10, "'2013-14' is not a month", None),
    ("events: ['April 2014: cuts at 0']", 10, "'April 2014' is not a month", "2014-04"),
    ("events: [2014/04: cuts at 0]", 10, "'2014/04' is not a month", "2014-04"),
    ("events: ['2014-04: arrangement single-pott']", 10, "There is no arrangement 'single-pott'", "single-pot"),
    ("events: ['2016-04: budget path spending-review-2011']", 10, "There is no budget path", "spending-review-2010"),
    ("events: ['2016-04: cuts at 4']", 10, "out of range", None),
    ("events: ['2013-04: clawback at 0', '2013-4: clawback at 1']", 36, "Two events give one value on one date", None),
    ("events: ['2013-04: scope corporate at on']", 10, "changes nothing: it is on already, and so are others", None),
    ("levers: {scope: {corporate: 1}}", 17, "'scope' names corporate and does not say what of the other themes", None),
    ("levers: {scope: {corporate: yes, health_and_care: 0}}", 17, "{all: 0, corporate: 1} for these and no others", None),
    ("events: ['2013-04: cuts at 9']", 10, "out of range", None),
    ("events: ['2013-04: cuts corporate at 1']", 10, "takes no target", None),
    ("events: [{date: 2013-04, lever: cuts}]", 10, "lacks the key 'value'", None),
    ("events: [{date: 2013-04, lever: cuts, value: 1, target: x}]", 57, "takes no target", None),
    ("title: &a x", 8, "Anchors (&name) are not allowed", None),
    ("title: *a", 8, "Aliases (*name) are not allowed", None),
    ("title: !!python/object:os.system x", 8, "Tags", None),
    ("extends: silo", 1, "The key 'extends' is given twice; first in line 1", None),
    ("title: [a", 1, "The YAML cannot be read", None),
    ("title: a\tb: c", 9, "The YAML cannot be read", None),
    ("? [a]\n: b", 3, "A key must be text", None),
    ("title: " + "[" * 40 + "]" * 40, 24, "Too many mappings and lists", None),
]


@pytest.mark.parametrize(("text", "column", "words", "nearest"), FAULTS, ids=[fault[0][:60] for fault in FAULTS])
def test_a_fault_is_reported_at_its_place(
    tmp_path: Path, text: str, column: int, words: str, nearest: str | None
) -> None:
    file = tmp_path / "own.yaml"
    if text.startswith("cuts: own"):
        file = tmp_path / "scenario.yaml"
    file.write_text(f"extends: silo\n{text}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        scenarios.check(file)
    error = caught.value
    assert words in str(error)
    assert error.file == str(file)
    assert error.nearest == nearest
    if words != "The YAML cannot be read":
        assert (error.line, error.column) == (2, column)
    assert str(error).startswith(f"{file}:{error.line}:{error.column}: ")


def test_allowed_values_and_the_nearest_are_named() -> None:
    with pytest.raises(InputError) as caught:
        scenarios.loads("extends: silo\nlevers: {mandate: {helth: 2}}", "my.yaml")
    assert str(caught.value) == (
        "my.yaml:2:20: There is no theme 'helth' for 'mandate'. Did you mean 'health_and_care'? Allowed: health_and_care, "
        "complex_families, crime_and_justice, education_and_early_years, work_and_benefits, housing_and_neighbourhoods, "
        "transport_and_economy, corporate, all."
    )
    with pytest.raises(InputError, match=r"Allowed: -1 to 1\.$"):
        scenarios.loads("extends: silo\nlevers: {encouragement: 2}", "my.yaml")


def test_a_second_commissioner_of_a_theme_is_refused_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "extends: silo\narrangement:\n  commissioners:\n    - {name: a, host: nhs, themes: [corporate]}\n"
        "    - {name: b, host: police, themes: [crime_and_justice, corporate]}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="belongs to two commissioners") as caught:
        scenarios.check(file)
    assert (caught.value.line, caught.value.column) == (5, 59)


@pytest.mark.parametrize(
    ("content", "line", "column", "words"),
    [
        (b"", 1, 1, "empty"), (b"# nothing\n", 1, 1, "empty"), (b"- a\n", 1, 1, "must be a mapping"),
        (b"title: \xff\xfe\n", 1, 8, "not text in UTF-8"), ("title: x".encode("utf-16"), 1, 1, "not text in UTF-8"),
        (b"title: a\nplace: \x07\n", 2, 8, "cannot be read"),
        (b"title: a\n---\ntitle: b\n", 2, 1, "more than one document"),
        (bytes(range(256)) * 4, 2, 118, "not text in UTF-8"), (b"title: " + b"x" * 1_000_001, None, None, "too large"),
        (b"title: a\x00b\n", 1, 9, "cannot be read"), (b"[" * 100, 1, 18, "Too many"),
        (b"&a [" * 1000, 1, 1, "Anchors"),
    ],
)
def test_unreadable_files_are_refused(
    tmp_path: Path, content: bytes, line: int | None, column: int | None, words: str
) -> None:
    file = tmp_path / "own.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=words) as caught:
        scenarios.check(file)
    assert (caught.value.file, caught.value.line, caught.value.column) == (str(file), line, column)


@pytest.mark.parametrize("opening", [b"[", b"{a: ", b"- ", b"? "])
def test_lists_without_end_inside_each_other_are_refused_whoever_notices_first(tmp_path: Path, opening: bytes) -> None:
    """Newer YAML readers stop by themselves at some depth, in words of their own; older ones leave it to us."""
    file = tmp_path / "own.yaml"
    file.write_bytes(opening * (900_000 // len(opening)))
    with pytest.raises(InputError) as caught:
        scenarios.check(file)
    assert (caught.value.file, caught.value.line) == (str(file), 1)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("name", ["nowhere.yaml", "a\0.yaml", "x" * 5000 + ".yaml", "/", "/dev/null", ""])
def test_missing_files_are_refused(name: str) -> None:
    with pytest.raises(InputError):
        scenarios.load(name)
    with pytest.raises(InputError, match="no such file" if name else "path is empty"):
        scenarios.check(name)


def test_unknown_scenarios_name_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'joint-commissioning'"):
        scenarios.load("joint-comissioning")
    with pytest.raises(UnknownName, match="Did you mean 'quarters'"):
        scenarios.load("silo", quarter=3)  # type: ignore[arg-type]  # a type checker finds it, and so does the call
    with pytest.raises(UnknownName, match="Did you mean 'Kent'"):
        scenarios.load("silo", place="Knt")


def test_a_missing_base_is_reported_where_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("title: x\nextends: other.yaml\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no such file: 'other\.yaml'") as caught:
        scenarios.check(file)
    assert (caught.value.file, caught.value.line, caught.value.column) == (str(file), 2, 10)


def test_a_fault_in_the_base_is_reported_there(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text("extends: silo\nquarters: 0\n", encoding="utf-8")
    (tmp_path / "own.yaml").write_text("extends: base.yaml\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        scenarios.check(tmp_path / "own.yaml")
    assert caught.value.position == f"{tmp_path / 'base.yaml'}:2:11"


@pytest.mark.parametrize("kind", ["scenario", "arrangement"])
def test_circles_are_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.yaml").write_text("extends: b.yaml\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("title: b\nextends: a.yaml\n", encoding="utf-8")
    start = tmp_path / "a.yaml"
    if kind == "arrangement":
        start = tmp_path / "scenario.yaml"
        start.write_text("extends: silo\narrangement: a.yaml\n", encoding="utf-8")
    with pytest.raises(InputError, match="extends itself") as caught:
        scenarios.check(start)
    assert caught.value.position == f"{tmp_path / 'b.yaml'}:2:10"


@pytest.mark.parametrize("text", ["title: x", "place: Kent", "arrangement: silo"])
def test_place_and_arrangement_are_needed(text: str) -> None:
    with pytest.raises(InputError, match="The scenario names no"):
        scenarios.loads(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("eta=0.9", "Did you mean 'uncertainties.eta'"), ("encouragement=1", "Did you mean 'levers.encouragement'"),
        ("levers.cuts", "must be key=value"), ("=3", "must be key=value"), ("levers..cuts=1", "must be key=value"),
        ("levers.cuts=9", "out of range"), ("levers.cut=1", "Did you mean 'cuts'"), ("quarters=ten", "whole number"),
        ("extends=silo", "no setting 'extends'"), ("levers.mandate=[", "cannot be read"), ("place=", "has no value"),
        ("arrangement.rounds=99", "0 to 12"), ("place=Atlantis", "no place 'Atlantis'"), ("title.x=1", "must be text"),
        ("arrangement.commissioners=[]", "Nobody can negotiate"), ("network=ring", "no network 'ring'"),
        ("events=2013-04: nothing at 3", "no lever 'nothing'"), ("levers.encouragement.helth=1", "'health'"),
    ],
)
def test_settings_are_checked_as_files_are(text: str, words: str) -> None:
    with pytest.raises(InputError, match=r"^--set ") as caught:
        scenarios.load("joint-commissioning", set=[text])
    assert words in str(caught.value)
    assert caught.value.file == f"--set {text}"
    assert caught.value.line is None


def test_errors_travel_between_processes() -> None:
    error = UnknownName("place", "Knt", ["Kent"], file="a.yaml", line=1, column=2)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == "a.yaml:1:2: There is no place 'Knt'. Did you mean 'Kent'? Allowed: Kent."
    assert isinstance(again, UnknownName)


def test_the_nearest_name_ignores_capitals_and_hyphens() -> None:
    assert nearest_name("Joint_Commissioning", ["silo", "joint-commissioning"]) == "joint-commissioning"
    assert nearest_name("zzz", ["silo"]) is None


PIECES = [
    "\n", ":", " ", "- ", "{", "}", "[", "]", ",", '"', "'", "|", ">", "&a ", "*a", "!!int ", "#", "%", "\t", "\x07",
    "\0", "é", "all", "prior", "none", "levers", "uncertainties", "extends: ", "1e999", "-1", "9" * 30, ".nan",
    "2013-04: cuts at 1.5", "true", "null", "a.yaml", "../", "{file: x}", "events", "arrangement",
    "commissioners", "\ud800", "\u2028",
]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "cut", "double", "swap"]),
        st.floats(0, 1), st.integers(1, 40), st.sampled_from(PIECES),
    ),
    min_size=1, max_size=6,
)


def _mutated(text: str, edits: list[tuple[str, float, int, str]]) -> str:
    for kind, where, length, piece in edits:
        at = int(where * len(text))
        chunk = text[at : at + length]
        new = {"insert": piece + chunk, "cut": "", "double": chunk + chunk, "swap": piece}[kind]
        text = text[:at] + new + text[at + length :]
    return text


def _loaded(load: Callable[[], Scenario]) -> tuple[Scenario | None, InputError | None]:
    try:
        return load(), None
    except InputError as error:
        return None, error


@pytest.fixture(scope="module")
def texts() -> list[str]:
    written = [path.read_text(encoding="utf-8") for path in sorted(NAMED.glob("*.yaml"))]
    return [*written, scenarios.load("combined").text, scenarios.load("better-care-fund", uncertainties="prior").text]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_gives_a_scenario_or_an_error(texts: list[str], tmp_path: Path, data: st.DataObject) -> None:
    text = _mutated(data.draw(st.sampled_from(texts)), data.draw(EDITS))
    file = tmp_path / "damaged.yaml"
    file.write_bytes(text.encode("utf-8", errors="surrogatepass"))
    scenario, error = _loaded(lambda: scenarios.check(file))
    if scenario is None:
        assert error
        assert error.message
        assert error.file
    else:
        assert scenarios.loads(scenario.text) == scenario


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200))
def test_bytes_that_are_no_scenario_give_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "bytes.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError):
        scenarios.check(file)


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=40) | st.sampled_from(["levers.", "events=", "arrangement="]).flatmap(
    lambda start: st.text(max_size=30).map(lambda rest: start + rest)))
def test_any_setting_gives_a_scenario_or_an_input_error(text: str) -> None:
    scenario, error = _loaded(lambda: scenarios.load("silo", set=[text]))
    assert scenario or (error and error.file)
