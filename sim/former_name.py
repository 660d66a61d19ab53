"""``import sim``, the name of before: it says so and hands on to ``totalplace``. It goes with the next release."""

from __future__ import annotations

import warnings
from typing import Any

import totalplace

_SAID = "'import sim' is the name of before and goes with the next release: write 'import totalplace'"
warnings.warn(_SAID, FutureWarning, stacklevel=3)


class _Sweep:
    """``sim.sweep``, which was a module that could be called."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        return totalplace.sweep(*given, **named)

    def __getattr__(self, name: str) -> Any:
        return getattr(totalplace, {"run": "sweep", "open": "open_sweep"}.get(name, name))


def __getattr__(name: str) -> Any:
    if name == "sweep":
        return _Sweep()
    return getattr(totalplace, {"open": "open_sweep"}.get(name, name))


def __dir__() -> list[str]:
    return sorted({*totalplace.__all__, "open"})
