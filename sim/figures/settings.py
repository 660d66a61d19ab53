"""Matplotlib, imported first of all here: settings that it cannot read are said in words. Those it can read have no effect.

It knows no ``~`` in ``MPLCONFIGDIR``. A screen named in ``MPLBACKEND`` that is not here, as in a command started from a notebook of
another environment, is no reason not to draw into files. That it makes do with a temporary folder, which it removes, where a user
has no home or a full disk, is not said.
"""

from __future__ import annotations

import contextlib
import logging
import os

from totalplace.scenarios.errors import InputError

if _folder := os.environ.get("MPLCONFIGDIR"):
    os.environ["MPLCONFIGDIR"] = os.path.abspath(os.path.expanduser(_folder))
_screen = os.environ.pop("MPLBACKEND", None)
_log = logging.getLogger("matplotlib")
_level = _log.level
_log.setLevel(logging.ERROR)
try:
    import matplotlib
    import matplotlib.font_manager
except (UnicodeError, ValueError, OSError) as error:
    raise InputError(
        f"Matplotlib cannot read its settings, a file matplotlibrc in the current folder or of the user: {error}",
        allowed="that file mended or taken away",
    ) from error
finally:
    _log.setLevel(_level)
    if _screen is not None:
        os.environ["MPLBACKEND"] = _screen
if _screen:
    with contextlib.suppress(ValueError):
        matplotlib.rcParams["backend"] = _screen

__all__ = ["matplotlib"]
