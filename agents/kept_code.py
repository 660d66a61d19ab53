"""How machine code lies on the disk: compressed, which takes a tenth of the room, after a mark of the rule that it is of.

The file of another rule, put in its place, is sound in itself: run, it would be called as what it is not. The mark tells.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import Final

#: Technical: bytes of the mark.
MARK: Final = 16


def packed(code: bytes, *names: str) -> bytes:
    """What is written of the code of the rule that goes by ``names``."""
    kept = zlib.compress(code, 1)
    return _mark(kept, names) + kept


def unpacked(given: bytes, *names: str) -> bytes:
    """The code of the rule that goes by ``names``. Raises ValueError for damage and for the code of another one."""
    kept = given[MARK:]
    if given[:MARK] != _mark(kept, names):
        raise ValueError(f"'{names[-1]}' is damaged, or of another rule")
    return zlib.decompress(kept)


def _mark(kept: bytes, names: tuple[str, ...]) -> bytes:
    return hashlib.blake2b("\0".join((*names, "")).encode() + kept, digest_size=MARK).digest()
