"""The published schemas are those that the code makes, and the shipped files name them and fit them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tools import schemas
from totalplace import scenarios
from totalplace.scenarios.reading import read_text

SHIPPED = schemas.shipped()


@pytest.mark.parametrize("path", schemas.SCHEMAS, ids=lambda path: path.name)
def test_the_published_schema_is_that_of_the_code(path: Path) -> None:
    assert path.read_text("utf-8") == schemas.text(path), "run make renew, or python -m tools.schemas"
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text("utf-8")))


def test_the_schema_of_scenarios_is_what_the_command_prints() -> None:
    assert json.loads(schemas.SCENARIO.read_text("utf-8")) == scenarios.json_schema()


def test_there_are_files_of_every_kind() -> None:
    assert set(SHIPPED.values()) == set(schemas.SCHEMAS)
    assert len(SHIPPED) > 40


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_shipped_file_names_its_schema_for_editors_and_fits_it(file: Path) -> None:
    text = file.read_text("utf-8")
    assert text.startswith(schemas.first_line(file, SHIPPED[file]))
    named = file.parent / text.splitlines()[0].partition("$schema=")[2]
    assert named.resolve() == SHIPPED[file]
    validator = jsonschema.Draft202012Validator(json.loads(named.read_text("utf-8")))
    content = read_text(text, file.name).plain()
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(content)] == []


def test_a_misspelt_key_does_not_fit() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(schemas.SCENARIO.read_text("utf-8")))
    assert not list(validator.iter_errors({"extends": "silo", "place": "Kent"}))
    assert list(validator.iter_errors({"extends": "silo", "plaec": "Kent"}))
    assert list(validator.iter_errors({"extends": "silo", "levers": {"clawbak": 0.5}}))
