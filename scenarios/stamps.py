"""By which a file that was read is known again: what is made of it is kept only as long as the file is the same."""

from __future__ import annotations

import os
from pathlib import Path

#: Where a file is, when it was written and its entry changed (ns), its length and its number on the disk.
type Stamp = tuple[str, int, int, int, int]


def stamp(path: Path) -> Stamp:
    """The stamp of a file; one of zeros for a file that is not there."""
    try:
        found = os.stat(path)
    except OSError:
        return str(path), 0, 0, 0, 0
    return str(path), found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino
