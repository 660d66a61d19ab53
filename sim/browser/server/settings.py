"""What the command line sets once for the server, and the limits of what its readers may do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from totalplace.scenarios.errors import InputError

_SWEEPS: Final = "TOTALPLACE_BROWSER_SWEEPS"
#: Largest scenario file that may be uploaded, bytes.
MOST_UPLOADED: Final = 1_000_000
#: Pages that may be open at one time, and those of one browser.
MOST_PAGES: Final = 200
MOST_PAGES_EACH: Final = 30
#: How long the server keeps what a page shows when its browser has gone without a word; the variable names another time, seconds.
KEEP: Final = 300
KEEP_VARIABLE: Final = "TOTALPLACE_BROWSER_KEEP"
#: Page that the address ``/`` shows, and the pages by their part of the address.
PAGES: Final = {"place": "Place", "compare": "Compare", "england": "England", "sweep": "Sweeps", "guide": "Guide"}


def sweep_root() -> Path:
    """The folder whose sub-folders may be opened on the sweep page."""
    return Path(os.environ.get(_SWEEPS) or "results").expanduser()


def set_sweep_root(folder: Path) -> None:
    """Let the server open the sweeps in ``folder``."""
    os.environ[_SWEEPS] = str(folder)


def kept_seconds() -> int:
    """How long a page that lost its browser is kept, seconds. Raises InputError for what KEEP_VARIABLE may not say."""
    text = os.environ.get(KEEP_VARIABLE, "").strip() or str(KEEP)
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 86_400):
        raise InputError(f"{KEEP_VARIABLE} cannot be '{text[:40]}'", allowed="seconds, a whole number from 1 to 86,400")
    return int(text)
