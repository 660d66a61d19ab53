"""A digest of the model: results that were made by another model than this one are known by it."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from totalplace.scenarios.source_tree import ROOT

#: Files of ``agents`` that are machinery and hold no part of the model.
_MACHINERY: Final = {"__init__.py", "columns.py", "compiled.py", "elementary.py", "mesa_agents.py", "row_views.py"}
#: Files and rooms of ``sim/model`` that hold a part of the model.
_OF_THE_MODEL: Final = (
    "world.py", "start.py", "quarter.py", "schedule.py", "measure.py", "start_account.py", "metrics", "network.py", "ledger.py",
)


def model_files() -> list[Path]:
    """The files that hold the model: agents, and those of ``sim/model`` that begin, run and measure it."""
    agents = [path for path in sorted((ROOT / "agents").glob("*.py")) if path.name not in _MACHINERY]
    parts = [ROOT / "sim" / "model" / name for name in _OF_THE_MODEL]
    return [*agents, *(file for part in parts for file in (sorted(part.glob("*.py")) if part.is_dir() else [part]))]


@cache
def model_digest() -> str:
    """A digest of all that a result depends on: rules, numbers, scenarios and places, without comments, docstrings and imports."""
    digest = hashlib.sha256()
    for path in model_files():
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                body[0].value.value = ""
        tree.body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
        digest.update(_spelled(tree).encode())
    data = [path for path in (ROOT / "scenarios").rglob("*") if path.suffix in (".yaml", ".csv", ".parquet")]
    for path in sorted([*data, ROOT / "sim" / "evidence" / "facts.yaml"]):
        if "sweeps" not in path.parts:
            digest.update(path.relative_to(ROOT).as_posix().encode() + _said(path))
    return digest.hexdigest()[:12]


def _said(path: Path) -> bytes:
    """What a file of data says: YAML without lines that are comments."""
    content = path.read_bytes()
    if path.suffix != ".yaml":
        return content
    return b"".join(line for line in content.splitlines(keepends=True) if not line.startswith(b"#"))


def _spelled(node: Any) -> str:
    """A syntax tree as text, without what is empty: what ``ast.dump`` writes of that differs between versions of Python."""
    if isinstance(node, list):
        return f"[{','.join(map(_spelled, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = ((name, getattr(node, name, None)) for name in node._fields)
    return f"{type(node).__name__}({','.join(f'{name}={_spelled(value)}' for name, value in fields if value not in (None, []))})"
