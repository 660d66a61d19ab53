"""The model document has the tables that the code gives, and its text names everything that the model is made of."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from tools import documentation, source_reading
from totalplace.scenarios.arrangement import Arrangement
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.scenarios.vocabulary import DECISION_RULES, SAVINGS_RULES, TOPOLOGIES

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


@pytest.mark.parametrize(("what", "names"), [
    ("rules", {rule.name for rule in source_reading.rules()}),
    ("parameters", set(PARAMETERS)),
    ("levers", set(LEVERS)),
    ("arrangement fields", set(Arrangement.model_fields) - {"name", "title", "description"}),
    ("constants", {constant.name for constant in source_reading.constants()}),
    ("decision rules", set(DECISION_RULES)),
    ("savings rules", set(SAVINGS_RULES)),
    ("topologies", set(TOPOLOGIES)),
    ("parts of the appraisal", set(import_module("totalplace.agents.appraisal").PARTS)),
    ("what can become of a request", set(import_module("totalplace.agents.bargaining").DEAL_OUTCOMES)),
])
def test_the_text_names(what: str, names: set[str]) -> None:
    assert sorted(names - NAMED) == [], f"{what} that the text of docs/odd.md does not explain"


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
