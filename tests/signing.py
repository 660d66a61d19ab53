"""Folders of results changed by one who knows how they are written: checksums fit, and only the content gives it away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from totalplace.sim.system.checksums import listed, signed


def signed_again(folder: Path, change: Callable[[dict[str, Any]], object] = lambda manifest: None) -> dict[str, Any]:
    """Change the manifest of a folder, and give it the checksums of what the folder now holds; the manifest as written."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    change(manifest)
    manifest["files"] = {name: said for name, said in listed(folder).items() if name != path.name}
    path.write_text(json.dumps(signed(manifest)), "utf-8")
    return manifest


def made_older(folder: Path) -> None:
    """Make a folder look as the version before checksums wrote it."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    manifest["format"] = manifest["format"].replace(" 2", " 1")
    del manifest["files"], manifest["checksum"]
    path.write_text(json.dumps(manifest), "utf-8")
