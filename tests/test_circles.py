"""No file imports another that imports it, however far round; imports for type checkers only do not count."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import importing

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("scenarios", "agents", "sim")
FILES = {f"totalplace.{name}": file for name, file in importing.modules(ROOT, PACKAGES).items()}


@pytest.mark.parametrize("inside", [False, True], ids=["at the top", "in functions too"])
def test_no_file_imports_itself_by_way_of_others(inside: bool) -> None:
    found = importing.graph(FILES, inside=inside)
    assert sum(map(len, found.values())) > 1000
    for circle in importing.circles(found):
        ways = [f"{name} imports {used} ({lines})" for name in circle for used, lines in found[name].items() if used in circle]
        raise AssertionError("\n".join(ways))


def test_the_reading_of_imports_finds_circles_and_tells_their_kinds(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    texts = {
        "__init__": "",
        "a": "from room import b\nimport json\n",
        "b": "from room.c import something\n",
        "c": "def late():\n    import room.a\n\nclass K:\n    from . import d\n",
        "d": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from room.a import x\n\ntry:\n    from room import e\n"
             "except ImportError:\n    e = None\n",
        "e": "if True:\n    from .f import g\nelse:\n    import room.d\n",
        "f": "with open('x') as y:\n    pass\n",
    }
    for name, text in texts.items():
        (room / f"{name}.py").write_text(text, "utf-8")
    files = importing.modules(tmp_path, ["room"])
    top, all_of_it = importing.graph(files, inside=False), importing.graph(files, inside=True)
    assert top["room.a"] == {"room.b": [1]}
    assert top["room.c"] == {"room.d": [5]}
    assert top["room.d"] == {"room.e": [6]}
    assert top["room.e"] == {"room.f": [2], "room.d": [4]}
    assert all_of_it["room.c"] == {"room.a": [2], "room.d": [5]}
    assert importing.circles(top) == [["room.d", "room.e"]]
    assert sorted(importing.circles(all_of_it)) == [["room.a", "room.b", "room.c"], ["room.d", "room.e"]]
