"""What the command line sets once for the server: the folder whose sweeps may be opened."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_SWEEPS: Final = "TOTALPLACE_BROWSER_SWEEPS"
#: Largest scenario file that may be uploaded, bytes.
MOST_UPLOADED: Final = 1_000_000
#: Page that the address ``/`` shows, and the pages by their part of the address.
PAGES: Final = {"place": "Place", "compare": "Compare", "england": "England", "sweep": "Sweeps", "guide": "Guide"}


def sweep_root() -> Path:
    """The folder whose sub-folders may be opened on the sweep page."""
    return Path(os.environ.get(_SWEEPS) or "results").expanduser()


def set_sweep_root(folder: Path) -> None:
    """Let the server open the sweeps in ``folder``."""
    os.environ[_SWEEPS] = str(folder)
