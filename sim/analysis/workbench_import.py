"""The libraries of the extra ``analysis``, imported when an analysis needs them."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

from totalplace.scenarios.errors import InputError
from totalplace.sim.system.extras import how_to_install


def library(name: str) -> Any:
    """A module of ``ema_workbench`` or ``pymoo``. Raises InputError, with what to install, when it is not there."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # both tell of optional parts that are not installed
            return import_module(name)
    except ModuleNotFoundError as missing:
        raise InputError(
            f"This analysis needs the package '{missing.name}'", allowed=how_to_install("analysis")
        ) from None
