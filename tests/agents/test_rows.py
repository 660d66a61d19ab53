"""Rows have classes, so that a misspelt column is found before anything runs."""

from pathlib import Path

import pytest
from mypy import api

from tools.rows import WRITTEN, source

ROOT = Path(__file__).resolve().parents[2]


def test_the_classes_are_those_of_the_declarations() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == source(), "run: python -m tools.rows"


@pytest.mark.parametrize(("line", "found"), [
    ("world.agencies[0].budgt", '"AgencyRow" has no attribute "budgt"; maybe "budget"?'),
    ("world.agencies.may_poool", '"AgencyRows" has no attribute "may_poool"; maybe "may_pool"?'),
    ("world.shares[0, 1].limmit", '"ShareRow" has no attribute "limmit"; maybe "limit"?'),
    ("world.parameters.etta", '"ParametersRow" has no attribute "etta"; maybe "eta"?'),
    ("world.levers.cuts + world.ties[0, 0].trust + world.clock.quarter", ""),
])
def test_a_type_checker_finds_a_misspelt_column(line: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "mine.py"
    script.write_text(f"from totalplace.agents.world import World\n\n\ndef look(world: World) -> float:\n    return {line}\n")
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    said, errors, code = api.run(["--config-file=", "--cache-dir", str(ROOT / ".mypy_cache"), "--ignore-missing-imports",
                                  "--follow-imports=silent", str(script)])
    assert not errors
    assert (code, found in said) == (1 if found else 0, True), said
