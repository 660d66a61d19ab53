"""Processes that are started beside this one: none of them takes code from the current folder.

Python puts the current folder first on the path of a process that runs a module or a command, so that a ``numpy.py`` beside a
scenario that somebody sent would run there. ``-P``, and ``PYTHONSAFEPATH`` for processes that a library starts, keep it out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SAFE_PATH = "PYTHONSAFEPATH"


def search_path(*first: str) -> str:
    """``PYTHONPATH`` for a process beside this one: ``first``, then what the user's names, without the current folder."""
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join([*first, *(folder for folder in given if os.path.isabs(folder))])


def program(name: str) -> str | None:
    """Where ``PATH`` leads to a program; None if nowhere, and if first to the current folder, where Windows looks unasked."""
    found = shutil.which(name)
    return None if found is None or Path(found).absolute().parent == Path.cwd() else found


@contextmanager
def safe_path() -> Iterator[None]:
    """Processes that libraries start meanwhile, and the processes of these, leave the current folder out of their path."""
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(SAFE_PATH, None)
        else:
            os.environ[SAFE_PATH] = before
