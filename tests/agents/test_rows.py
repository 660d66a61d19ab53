"""Rows have classes, so that a misspelt column is found before anything runs."""

from pathlib import Path

import pytest
from mypy import api

from tools.rows import WRITTEN, source

ROOT = Path(__file__).resolve().parents[2]


def test_the_classes_are_those_of_the_declarations() -> None:
    assert WRITTEN.read_text(encoding="utf-8") == source(), "run: python -m tools.rows"


#: What a user writes of a world: an expression, and what the type checker says of it; nothing where it is right.
LOOKS = (
    ("world.agencies[0].budgt", '"AgencyRow" has no attribute "budgt"; maybe "budget"?'),
    ("world.agencies.may_poool", '"AgencyRows" has no attribute "may_poool"; maybe "may_pool"?'),
    ("world.shares[0, 1].limmit", '"ShareRow" has no attribute "limmit"; maybe "limit"?'),
    ("world.parameters.etta", '"ParametersRow" has no attribute "etta"; maybe "eta"?'),
    ("world.levers.cuts + world.ties[0, 0].trust + world.clock.quarter", ""),
)


def test_a_type_checker_finds_a_misspelt_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "mine.py"
    functions = [f"def look_{number}(world: World) -> float:\n    return {line}\n" for number, (line, _) in enumerate(LOOKS)]
    script.write_text("from totalplace.agents.world import World\n\n\n" + "\n\n".join(functions))
    monkeypatch.setenv("MYPYPATH", str(ROOT / "src"))
    said, errors, _ = api.run(["--config-file=", "--cache-dir", str(ROOT / ".mypy_cache" / "rows"), "--ignore-missing-imports",
                               "--follow-imports=silent", str(script)])
    assert not errors
    assert [found for _, found in LOOKS if found not in said] == []
    assert said.count("error:") == sum(bool(found) for _, found in LOOKS), said
