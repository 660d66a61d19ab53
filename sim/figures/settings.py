"""Matplotlib, imported first of all here: settings that it cannot read are said in words. Those it can read have no effect."""

from __future__ import annotations

from scenarios.errors import InputError

try:
    import matplotlib
except (UnicodeError, ValueError, OSError) as error:
    raise InputError(
        f"Matplotlib cannot read its settings, a file matplotlibrc in the current folder or of the user: {error}",
        allowed="that file mended or taken away",
    ) from error

__all__ = ["matplotlib"]
