"""The model document has the tables that the code gives; they name all of the model, and the text names nothing else."""

from __future__ import annotations

import ast
import re
from importlib import import_module

import pytest

from tools import documentation, source_reading
from totalplace.scenarios.arrangement import Arrangement
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.vocabulary import DECISION_RULES, SAVINGS_RULES, TOPOLOGIES
from totalplace.sim.evidence.model_digest import model_files
from totalplace.sim.model.metrics import METRICS

TEXT = documentation.ODD.read_text("utf-8")
PROSE = documentation.prose(TEXT)
#: Words that stand as code or in equations, or in italics.
NAMED = set(re.findall(r"\w+", PROSE))


@pytest.mark.parametrize("name", documentation.TABLES)
def test_the_table_is_what_the_code_gives(name: str) -> None:
    found = re.search(rf"<!-- generated: {name} -->\n(.*?)\n<!-- end -->", TEXT, re.DOTALL)
    assert found, f"docs/odd.md lacks the table {name}"
    assert found[1] == documentation.TABLES[name](), "run python -m tools.documentation, then read the text again"


def test_every_table_stands_once() -> None:
    assert documentation.rewritten(TEXT) == TEXT
    with pytest.raises(ValueError, match="metrics"):
        documentation.rewritten(TEXT.replace("<!-- generated: metrics -->", ""))


def rows(table: str) -> dict[str, list[str]]:
    """The rows of a table as the document has it, by the name in the first column: the cells after it."""
    block = re.search(rf"<!-- generated: {table} -->\n(.*?)\n<!-- end -->", TEXT, re.DOTALL)
    assert block
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in block[1].splitlines() if line.startswith("| `")]
    return {first.strip(" `"): [cell.strip() for cell in rest] for first, *rest in cells}


@pytest.mark.parametrize(("table", "names"), [
    ("rules", [rule.name for rule in source_reading.rules()]),
    ("parameters", list(PARAMETERS)),
    ("levers", list(LEVERS)),
    ("metrics", list(METRICS)),
    ("constants", [constant.name for constant in source_reading.constants()]),
])
def test_a_table_names_and_explains(table: str, names: list[str]) -> None:
    found = rows(table)
    assert list(found) == names
    assert [name for name, cells in found.items() if not any(len(cell) > 10 for cell in cells)] == []


@pytest.mark.parametrize("table", ["parameters", "levers", "metrics"])
def test_a_rule_reads_or_writes_what_is_declared(table: str) -> None:
    """The last cell names the rules, which have rows of their own; what no rule reads or writes is declared for nothing."""
    rules = rows("rules")
    for name, cells in rows(table).items():
        used = re.findall(r"`(\w+)`", cells[-1])
        assert used, f"no rule has to do with {name} of the table of {table}"
        assert set(used) <= set(rules), name
        if table != "metrics":
            assert all(f"`{name}`" in rules[rule][-1] for rule in used), name


def test_every_rule_of_a_quarter_has_a_row_in_its_order() -> None:
    block = re.search(r"<!-- generated: schedule -->\n(.*?)\n<!-- end -->", TEXT, re.DOTALL)
    assert block
    shown = re.findall(r"^\| \d+ \| (\w+) \| [^|]+ \| `(\w+)` \| `([\w/.]+)` \| [^|]{15,} \|", block[1], re.MULTILINE)
    assert shown == [(step.phase, step.rule, step.file) for step in source_reading.schedule()]


@pytest.mark.parametrize(("what", "names"), [
    ("arrangement fields", set(Arrangement.model_fields) - {"name", "title", "description"}),
    ("decision rules", set(DECISION_RULES)),
    ("savings rules", set(SAVINGS_RULES)),
    ("topologies", set(TOPOLOGIES)),
    ("parts of the appraisal", set(import_module("totalplace.agents.appraisal").PARTS)),
    ("what can become of a request", set(import_module("totalplace.agents.bargaining").DEAL_OUTCOMES)),
])
def test_the_text_names(what: str, names: set[str]) -> None:
    assert sorted(names - NAMED) == [], f"{what} that the text of docs/odd.md does not explain"


def test_names_in_the_text_are_those_of_the_model() -> None:
    """What the text writes as code is there: a rule or parameter that was renamed does not live on in an equation."""
    functions = {node.name for path in model_files() for node in ast.walk(source_reading.parsed(path))
                 if isinstance(node, ast.FunctionDef)}
    known = {*functions, *PARAMETERS, *LEVERS, *METRICS, *Arrangement.model_fields, *source_reading.world_fields()}
    known |= {constant.name for constant in source_reading.constants()}
    known |= {column.name for table in source_reading.tables().values() for column in table.columns}
    of_equations = {"burden_io", "fit_hj", "fit_kj", "κ_j"}
    of_documents = {"end", "generated", "posterior", "prior"}
    named = {name for name in re.findall(r"`(\w+)`", PROSE) if len(name) > 2}
    assert len(named) > 150
    assert sorted(named - known - of_equations - of_documents) == []


def test_names_in_code_style_exist() -> None:
    """Constants and files that the text names are there; a rule that was renamed does not live on in the text."""
    constants = {constant.name for constant in source_reading.constants()}
    in_capitals = set(re.findall(r"\b_?[A-Z]{3,}[A-Z_0-9]*\b", " ".join(re.findall(r"`[^`]+`", PROSE))))
    assert in_capitals - constants - {"CHANGELOG"} == set()
    for path in set(re.findall(r"`((?:agents|scenarios|sim)/[\w/]+\.(?:py|yaml))`", PROSE)):
        assert (source_reading.ROOT / path).exists(), path
    places = re.findall(r"`(\w+)`(?:, `\w+`)* \(`((?:agents|sim)/\w+\.py)`", PROSE)
    assert places
    for name, path in places:
        assert f"def {name}(" in (source_reading.ROOT / path).read_text("utf-8"), f"{name} is not in {path}"


def test_a_quarter_has_its_phases_in_order() -> None:
    assert list(dict.fromkeys(step.phase for step in source_reading.schedule())) == [
        "opening", "centre", "finance", "service", "redesign", "negotiation", "learning", "account",
    ]


def test_every_stream_is_drawn_from() -> None:
    assert [stream for stream, uses in source_reading.streams().items() if not uses] == []


def test_every_column_has_unit_and_meaning() -> None:
    for table in source_reading.tables().values():
        for column in table.columns:
            assert column.unit.strip(), f"{table.name}.{column.name}"
            assert len(column.meaning.split()) > 1 or len(column.meaning) > 3, f"{table.name}.{column.name}"


def test_the_document_is_for_readers_elsewhere() -> None:
    assert re.search(r"/(?:work|root|tmp|home)/", TEXT) is None
    assert [line for line in TEXT.splitlines() if line.endswith(" ")] == []
