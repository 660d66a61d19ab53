"""The package is also the verb: ``tp.sweep(...)`` runs a sweep and ``tp.open_sweep(...)`` opens its folder."""

from __future__ import annotations

from pathlib import Path

import totalplace as tp

FILE = """
arrangements: lsp
levers: {clawback: [0, 1]}
design: grid
metrics: [net_saving]
every: last
"""


def test_sweep_can_be_called_and_its_folder_opened(tmp_path: Path) -> None:
    file = tmp_path / "two.yaml"
    file.write_text(FILE, encoding="utf-8")
    store = tp.sweep(file, tmp_path / "out", threads=1)
    assert len(store.frame()) == 2
    assert tp.open_sweep(tmp_path / "out").frame().equals(store.frame())
    assert tp.sweep is not None
