"""What a scenario is as text: canonical YAML, equal for equal contents, and its hash."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any, Final

import yaml

from totalplace.scenarios.plain_values import plain_value


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes YAML that ``totalplace.scenarios.reading`` reads back as the same values."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _write_text(dumper: Any, text: str) -> Any:
    quoted = plain_value(text) != text
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="'" if quoted else None)


_Dumper.add_representer(str, _write_text)


#: Technical: longest part of a text that is kept, in characters of JSON, and how many parts are.
_KEPT_LENGTH: Final = 16_000
_KEPT_PARTS: Final = 512


def canonical_text(content: dict[str, Any]) -> str:
    """YAML of a scenario's resolved content; equal contents give equal texts, whatever the order of their keys.

    Scenarios share most of their parts: a part is written once and kept, by what it holds in JSON, which tells 1 from 1.0 and true.
    """
    return "".join(_part(key, json.dumps(content[key])) for key in sorted(content)) if content else _dump(content)


def _part(key: str, value: str) -> str:
    return _kept_part(key, value) if len(value) <= _KEPT_LENGTH else _dump({key: json.loads(value)})


@lru_cache(maxsize=_KEPT_PARTS)
def _kept_part(key: str, value: str) -> str:
    return _dump({key: json.loads(value)})


def _dump(content: dict[str, Any]) -> str:
    text: str = yaml.dump(content, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=120)
    return text


def text_hash(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()

