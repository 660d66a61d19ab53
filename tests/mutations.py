"""Mutations of files: of their bytes, of their structure, of single values. Case n of a kind is the same on every machine."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any, Final

from totalplace.scenarios.reading import read_text

#: Values that are right nowhere, or nearly.
ODD_VALUES: Final[tuple[Any, ...]] = (
    0, -1, 1, 2, 7, 241, 1_000_001, 2**31, 2**63, 2**64, -(2**63), 10**30, 0.5, 1.5, -0.0, 1e-320, 5e-324, 1e308, -1e308, 1e15,
    True, False, "", " ", "~", "null", "nan", ".nan", ".inf", "-.inf", "inf", "1e999", "0x10", "0o7", "1_000", "1:30", "yes", "no",
    "2010-11", "2010-13", "9999-99", "0000-01", "-2010-10", "2010-10-01", "all", "none", "default", "prior", "range", "finest",
    "..", ".", "/", "\\", "a/b", "../../x.yaml", "x.yaml", "/dev/null", "/dev/zero", "/dev/stdin", "con", "silo", "silo.yaml",
    "\u0000", "\u202e", "\ud7ff", "\U0001f600", "é", "e\u0301", "A" * 300, "9" * 50, "9" * 5000, "-" * 70, "{", "}", "%s%n", "{0}",
    "'; --", "<b>", "$HOME", "council", "health", "health_and_care", "treasury", "eta", "cuts", "Birmingham", "E08000025", "London",
    [], {}, [[]], {"": ""}, [1, "a", None], {"all": 1}, {"low": 1, "high": 0}, {"low": 0, "high": 1, "steps": 10**9},
    {"file": "x"}, {"extends": "silo"}, {"kind": "grid"}, [[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]],
)
_BYTES: Final = (
    b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\x1b[31m", b"\r", b"\r\n", b"\t",
    b"\x85", b"\xe2\x80\xa8", b": ", b"- ", b"&a ", b"*a", b"<<: *a", b"!!python/object/apply:os.system ['true']",
    b"!!binary ", b"%YAML 9.9\n", b"---\n", b"...\n", b"{", b"}", b"[", b"]", b'"', b"'", b"|", b">", b"#", b"?",
    b",", b"@", b"`", b"9" * 400, b"1e400", b"." * 40, b"[" * 200, b"{a: " * 200,
)


def mutated_bytes(content: bytes, chance: random.Random) -> bytes:
    """A file with one to four changes of its bytes, or, now and then, in another encoding."""
    if chance.random() < 0.05:
        text = content.decode("utf-8", "replace")
        return text.encode(chance.choice(["utf-16", "utf-32", "utf-8-sig", "utf-7", "cp037"]), "replace")
    data = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        upto = min(len(data), at + chance.choice([1, 1, 2, 8, 60, 400]))
        act = chance.randrange(7)
        if act == 0 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif act == 1:
            del data[at:upto]
        elif act == 2:
            data[at:at] = chance.choice(_BYTES)
        elif act == 3:
            data[at:at] = data[at:upto] * chance.choice([1, 2, 50])
        elif act == 4:
            data[at:upto] = bytes(chance.randrange(256) for _ in range(upto - at))
        elif act == 5:
            del data[at:]
        else:
            data[at:upto] = chance.choice(_BYTES)
    return bytes(data)


def mutated_tree(tree: Any, chance: random.Random) -> Any:
    """A tree of mappings, lists and values with one to three changes."""
    tree = copy.deepcopy(tree)
    for _ in range(chance.randint(1, 3)):
        holders = list(_holders(tree))
        if not holders:
            return _odd(chance)
        holder, key = chance.choice(holders)
        _change(tree, holder, key, holders, chance)
    return tree


def _holders(tree: Any) -> Any:
    """Each mapping or list of a tree with each of its keys or places."""
    if isinstance(tree, dict | list):
        for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
            yield tree, key
            yield from _holders(tree[key])


def _change(tree: Any, holder: Any, key: Any, holders: list[Any], chance: random.Random) -> None:
    act = chance.randrange(8)
    if act == 0:
        del holder[key]
    elif act == 1 and isinstance(holder, dict):
        holder[_misspelt(str(key), chance)] = holder.pop(key)
    elif act == 2:
        other, place = chance.choice(holders)
        there = place in other if isinstance(other, dict) else place < len(other)
        holder[key] = copy.deepcopy(other[place]) if there else 0
    elif act == 3:
        many = [copy.deepcopy(holder[key]) for _ in range(40)]
        holder[key] = chance.choice([[holder[key]], {"all": holder[key]}, {str(key): holder[key]}, many])
    elif act == 4 and isinstance(holder[key], int | float) and not isinstance(holder[key], bool):
        holder[key] = holder[key] * chance.choice([-1, 0, 1e-300, 0.1, 10, 1e6, 1e200])
    elif act == 5 and isinstance(holder[key], str):
        holder[key] = _misspelt(holder[key], chance)
    elif isinstance(holder, dict) and act == 6:
        holder[chance.choice(["x", "", "extends", "name", "place", "all", "file", "events", "levers"])] = _odd(chance)
    else:
        holder[key] = _odd(chance)


def _odd(chance: random.Random) -> Any:
    """An odd value of its own, which later changes may change."""
    return copy.deepcopy(chance.choice(ODD_VALUES))


def _misspelt(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    longer = text[:at] + chance.choice("aZ0 _-.:/é\n") + text[at:]
    return chance.choice([text[:at] + text[at + 1 :], longer, text.upper(), text * 2, text[::-1]])


def mutated_yaml(content: bytes, chance: random.Random) -> bytes:
    """A YAML file with changed bytes, or with a changed structure, which JSON can write as well."""
    if chance.random() < 0.4:
        return mutated_bytes(content, chance)
    tree = mutated_tree(read_text(content.decode(), "seed").plain(), chance)
    written = json.dumps(tree, ensure_ascii=chance.random() < 0.5)
    return written.encode("utf-8", "surrogatepass")


def mutated_json(content: bytes, chance: random.Random) -> bytes:
    """A JSON file with changed bytes or structure."""
    if chance.random() < 0.4:
        return mutated_bytes(content, chance)
    return json.dumps(mutated_tree(json.loads(content), chance)).encode()


Mutate = Callable[[bytes, random.Random], bytes]
