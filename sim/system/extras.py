"""How an optional part of the package is installed, for the messages of what needs it."""

from __future__ import annotations


def how_to_install(extra: str) -> str:
    """The command that installs an extra of ``pyproject.toml``: of the package, and of all of them in a copy of the project."""
    return f"pip install 'totalplace[{extra}]', or make setup-dev in a copy of the project"


__all__ = ["how_to_install"]
