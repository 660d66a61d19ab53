"""Results that are whole and cannot be put in their place are kept under a name that is told."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Final

from totalplace.scenarios.errors import InputError

#: Beginning and end of the name of a folder that is being written; such a folder is never a result.
HIDDEN: Final = ".totalplace-"
PARTIAL: Final = ".partial"


class ResultsKept(InputError):  # noqa: N818 (it is an InputError, and says what became of the results)
    """Results are whole on the disk, but not where they should be; the message says where."""


def set_aside(new: Path, out: Path, error: OSError | InputError) -> ResultsKept:
    """Give results that cannot be put in place a name that no command clears; the error that says so."""
    why = error.message if isinstance(error, InputError) else f"'{out}' cannot be written: {error.strerror or error}"
    name, number = out.name, 2
    while os.path.lexists(kept := out.with_name(f"{name}-{number}")):
        number += 1
    try:
        new.rename(kept)
    except OSError:
        kept = out.with_name(f"totalplace-{new.parent.name.removeprefix(HIDDEN).removesuffix(PARTIAL)}")
        try:
            new.rename(kept)
        except OSError:
            kept = Path(tempfile.mkdtemp(prefix="totalplace-")) / "results"
            shutil.copytree(new, kept)
    return elsewhere(why, kept)


def elsewhere(why: str, kept: Path) -> ResultsKept:
    """The error that says why results are not where they should be, and where they are."""
    return ResultsKept(f"{why}. The results are whole in '{kept}'", allowed="that folder moved to where it should be")
