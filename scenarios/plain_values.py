"""What a plain scalar of YAML stands for, by rules that are simpler than YAML's."""

from __future__ import annotations

import math
import re
from typing import Final

#: Least number but 0: one nearer to 0 is read as 0. A share of 1e-308 means nothing, and its powers and ratios are no numbers.
LEAST: Final = 1e-12

Scalar = str | int | float | bool

_NUMBER: Final = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z")
_FLAGS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING: Final = ("", "~", "null", "Null", "NULL")


def plain_value(text: str) -> Scalar | None:
    """What an unquoted YAML scalar stands for; None when it stands for nothing. A minus sign may be that of print (U+2212)."""
    if text in _NOTHING:
        return None
    if text in _FLAGS:
        return _FLAGS[text]
    written = text.replace("\N{MINUS SIGN}", "-")
    if len(text) <= 40 and _NUMBER.match(written):
        try:
            return int(written)
        except ValueError:
            number = float(written)
            return (number if abs(number) >= LEAST else 0.0) if math.isfinite(number) else text
    return text
