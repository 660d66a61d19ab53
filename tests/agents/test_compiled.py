"""Rules are kept compiled under a key that covers the source of every rule: an edit is followed by both faces at once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

import numba
import pytest

from tests.trees import copy_packages
from totalplace.agents.compiled import cache_folder, rule_sources

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")

#: A few rules that call each other, for tests to which it is nothing what they work out.
_FEW = """
import json
import numpy as np
from totalplace.agents.compiled import python
from totalplace.agents.duplication import shapley
costs, keys, value = np.array([3.0, 2.0, 1.0]), np.arange(3.0), np.zeros(3)
python(shapley)(costs, keys, 3, 0.8, value, np.zeros(3), np.zeros((3, 1)))
print(json.dumps(value.tolist()))
"""
#: A rule that calls one of another file: compiled by itself, as an agent of Mesa calls it, and as a whole, as runs are played.
_CALLER = """
import json
from totalplace import scenarios
from totalplace.agents.agency import mandated_saving
from totalplace.agents.compiled import as_a_whole, python
from totalplace.sim.model.world import build
world = build(scenarios.load("mandated-pooling", place="Rutland", quarters=3, clusters=1)).fresh()
world.agencies["mandated"], world.agencies["volume"] = 1, 0.5
world.shares["common"], world.shares["volume_start"] = 2.0, 1.0
world.parameters["kappa"], world.parameters["eta"], world.themes["overlap"] = 0.5, 0.8, 0.5
print(json.dumps({"mesa": python(mandated_saving)(world, 0), "compiled": as_a_whole(mandated_saving)(world, 0)}))
"""
#: The start, which both faces share, and a rule that an agent of Mesa calls by itself.
_START = """
import totalplace as tp, json
from totalplace import scenarios
model = tp.PlaceModel(
    scenarios.load("mandated-pooling", place="Rutland", quarters=3, clusters=1, set=["levers.mandate=0.1"]), rng=1
)
for agency in model.agencies:
    agency.comply()
print(json.dumps({"start": float(model.world.clock.duplication_start), "mesa": float(model.world.shares.promised.sum())}))
"""
_BOTH = """
import totalplace as tp, json
from totalplace import scenarios
scenario = scenarios.load("single-pot", place="Rutland", quarters=3, clusters=1)
model = tp.PlaceModel(scenario, rng=1)
while model.running:
    model.step()
compiled, mesa = tp.run(scenario, seed=1).metrics, model.result().metrics
print(json.dumps({
    "equal": compiled.tobytes() == mesa.tobytes(),
    "compiled": compiled["duplication"].tolist(),
    "mesa": mesa["duplication"].tolist(),
}))
"""


#: An edit that halves what running functions once would save.
EDIT = ("return saved if saved >", "return 0.5 * saved if saved >")


class Tree:
    """A copy of the packages with a cache of its own."""

    def __init__(self, folder: Path) -> None:
        self.root, self.cache, self.temporary = folder / "tree", folder / "cache", folder / "temporary"
        self.path = copy_packages(self.root)

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")

    def python(self, code: str) -> Any:
        self.temporary.mkdir(exist_ok=True)
        environment = os.environ | {
            "PYTHONPATH": str(self.path), "TOTALPLACE_CACHE_DIR": str(self.cache), "TMPDIR": str(self.temporary),
        }
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        self.said = done.stderr
        return json.loads(done.stdout)

    def kept(self) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in self.cache.rglob("*.nbc")}


@pytest.mark.parametrize("program", [_CALLER, pytest.param(_START, marks=pytest.mark.soak)], ids=["a rule", "start"])
def test_an_edit_of_one_rule_is_followed_by_both_faces(tmp_path: Path, program: str) -> None:
    """By a rule that calls it, and by what both faces start with; another test of the soak has every rule of both."""
    tree = Tree(tmp_path)
    before = tree.python(program)
    assert min(before.values()) > 0.0
    kept = tree.kept()
    assert kept
    # ``gap`` is called by rules of other files, whose own text does not change.
    tree.edit("agents/duplication.py", *EDIT)
    assert tree.python(program) == {name: pytest.approx(0.5 * value) for name, value in before.items()}
    # Back at the old text, the old machine code is used again: nothing is compiled anew.
    tree.edit("agents/duplication.py", *reversed(EDIT))
    assert tree.python(program) == before
    assert {path: time for path, time in tree.kept().items() if path in kept} == kept


@pytest.mark.soak
def test_an_edit_of_one_rule_is_followed_by_every_rule_of_both_faces(tmp_path: Path) -> None:
    import totalplace as tp
    from totalplace import scenarios

    original = tp.run(scenarios.load("single-pot", place="Rutland", quarters=3, clusters=1), seed=1)
    tree = Tree(tmp_path)
    tree.edit("agents/duplication.py", *EDIT)
    edited = tree.python(_BOTH)
    assert edited["equal"]
    assert edited["compiled"] == edited["mesa"]
    assert edited["compiled"][0] == pytest.approx(0.5 * float(original.metrics["duplication"][0]), rel=0.05)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tree, list[float]]:
    """A tree of which a few rules are compiled, and what they gave."""
    tree = Tree(tmp_path_factory.mktemp("started"))
    return tree, tree.python(_FEW)


@pytest.mark.parametrize("damages", [
    (b"", b"garbage\n", None),
    *(pytest.param((damage,), marks=pytest.mark.soak) for damage in (b"", b"garbage\n", None)),
])
def test_a_damaged_cache_is_compiled_anew(started: tuple[Tree, list[float]], damages: tuple[bytes | None, ...]) -> None:
    """Empty files, text and files that were cut off, of every other rule."""
    tree, before = started
    for suffix in ("*.nbi", "*.nbc"):
        kept = sorted(tree.cache.rglob(suffix))
        assert len(kept) > 4
        for path, damage in zip(kept[::2], cycle(damages), strict=False):
            path.write_bytes(path.read_bytes()[:100] if damage is None else damage)
    assert tree.python(_FEW) == before


@pytest.mark.parametrize("suffix", ["*.nbc", "*.nbi"])
def test_a_file_of_another_rule_is_damage_and_is_mended(started: tuple[Tree, list[float]], suffix: str) -> None:
    """Sound in itself, it was run as the rule that it is not, and each start ended in a traceback."""
    tree, before = started
    kept = sorted(tree.cache.rglob(suffix))
    whole = [path.read_bytes() for path in kept]
    for path, other in zip(kept, [*whole[1:], whole[0]], strict=True):
        path.write_bytes(other)
    assert tree.python(_FEW) == before
    assert tree.said == ""
    mended = tree.kept()
    assert tree.python(_FEW) == before
    assert tree.kept() == mended, "what was mended is not compiled again"


def test_a_cache_that_cannot_be_written_does_not_stop_a_run(tmp_path: Path) -> None:
    tree = Tree(tmp_path)
    tree.cache.write_text("a file, not a folder", encoding="utf-8")
    assert sum(tree.python(_FEW)) == pytest.approx(1.0)
    assert tree.said.count("Rules are compiled again at each start") == 1
    assert list(tree.temporary.iterdir()) == []


def test_the_key_covers_every_rule() -> None:
    sources = {path.relative_to(ROOT).as_posix() for path in rule_sources()}
    ruled = {
        path.relative_to(ROOT).as_posix()
        for package in ("agents", "sim")
        for path in (ROOT / package).rglob("*.py")
        if "\n@rule\n" in path.read_text(encoding="utf-8")
    }
    assert ruled <= sources
    registries = {f"scenarios/{name}" for name in ("vocabulary.py", "levers.yaml", "parameters.yaml", "words/themes.yaml")}
    assert registries <= sources
    folder = cache_folder()
    assert folder is not None
    assert folder.is_dir()
