"""Ends of lines and files: no blanks before the end of a line, one end of line at the end of a file, none of other systems.

``python -m tools.ends FILE...`` names the files that differ and exits with 1; with ``--fix`` it mends them, too.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path


def tidy(content: bytes) -> bytes:
    """The content with plain ends; what is no UTF-8 text, and what is empty, stays as it is."""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content
    if b"\0" in content or not content.strip():
        return content
    plain = content.replace(b"\r\n", b"\n")
    return re.sub(rb"[ \t]+(?=\n|\Z)", b"", plain).rstrip(b"\n") + b"\n"


def main(given: Sequence[str]) -> int:
    """Name, and with ``--fix`` mend, the files whose ends differ; 1 if there are any."""
    found = 0
    for name in given:
        path = Path(name)
        if name == "--fix" or not path.is_file():
            continue
        before = path.read_bytes()
        after = tidy(before)
        if after != before:
            found = 1
            print(path)
            if "--fix" in given:
                path.write_bytes(after)
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
