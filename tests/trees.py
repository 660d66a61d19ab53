"""Copies of the packages, for tests that edit rules or data."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def copy_packages(folder: Path) -> Path:
    """Copy the packages into ``folder``; what comes back is what ``PYTHONPATH`` must name for the copy to be imported."""
    for package in ("agents", "scenarios", "sim", "src"):
        shutil.copytree(ROOT / package, folder / package, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    return folder / "src"
