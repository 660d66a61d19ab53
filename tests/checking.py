"""One property, tried on a few examples in the suite and on many in the soak."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, seed, settings


def tried(examples: int, soak: int = 1000, **strategies: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a test of a property: ``examples`` of them in the suite, as many as ``soak`` others in the soak."""

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        def few() -> None:
            settings(max_examples=examples)(given(**strategies)(check))()

        def many() -> None:
            others = settings(max_examples=soak, derandomize=False, database=None)(given(**strategies)(check))
            seed(examples)(others)()

        def test(number: str) -> None:
            (few if number == "few" else many)()

        test.__name__, test.__doc__, test.__module__ = check.__name__, check.__doc__, check.__module__
        test.__dict__["property"] = check
        numbers = ["few", pytest.param("many", marks=pytest.mark.soak)]
        made: Callable[..., None] = pytest.mark.parametrize("number", numbers)(test)
        return made

    return decorate
