"""Where the source of this package lies: a checkout has the packages as folders at its top, a wheel has them in ``totalplace``."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import totalplace

#: The folder with ``agents``, ``scenarios`` and ``sim``.
ROOT: Final = Path(__file__).resolve().parent.parent
#: The folder from which ``totalplace`` is imported: a process beside this one looks there first.
SEARCHED: Final = Path(totalplace.__file__).absolute().parent.parent
