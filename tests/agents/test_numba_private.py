"""What is used of Numba beyond what it promises stands in one file, which says for which versions it holds."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tomllib
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numba
import numpy as np
import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from totalplace.agents import numba_private
from totalplace.agents.kept_code import MARK
from totalplace.agents.numba_private import VERSIONS, check_parts, check_version
from totalplace.scenarios.errors import InputError

ROOT = Path(__file__).resolve().parent.parent.parent
PRIVATE = (
    "numba.core", "numba._", "llvmlite", "_config_fname", "_nrt", "no_cfunc_wrapper", "no_cpython_wrapper", "get_call_template",
    "load_overload", "save_overload", "CACHE_LOCATOR_CLASSES", "._cache", "enable_caching", ".overloads",
    "._compiler", "_final_module",
)


def test_the_versions_are_those_that_are_asked_for_and_the_one_that_is_here() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked, = (one for one in map(Requirement, project["dependencies"]) if one.name == "numba")
    bounds = {f"{bound.operator}{bound.version}" for bound in asked.specifier}
    (first, low), (last, high) = VERSIONS
    assert bounds == {f">={first}.{low}", f"<{last}.{high}"}
    assert Version(numba.__version__) in asked.specifier


@pytest.mark.parametrize("version", ["0.65.0", "0.65.1rc1", "0.68.1", "0.68.9"])
def test_versions_for_which_it_holds(version: str) -> None:
    check_version(version)


@pytest.mark.parametrize("version", ["0.64.0", "0.69.0", "0.69.0dev1", "1.0", "unknown"])
def test_another_version_is_refused_with_the_one_to_install(version: str) -> None:
    with pytest.raises(InputError) as caught:
        check_version(version)
    assert str(caught.value) == (
        f"Numba {version} compiles and keeps rules in a way that totalplace does not know. "
        "Allowed: Numba 0.65 to 0.68: python -m pip install 'numba>=0.65,<0.69'."
    )


def test_the_command_says_so(tmp_path: Path) -> None:
    program = "import numba; numba.__version__ = '0.99.0'\n"
    program += "from totalplace.sim.cli import main\nmain(['run', 'silo', '--runs', '1'])"
    done = subprocess.run([sys.executable, "-P", "-c", program], env=os.environ | {"PYTHONPATH": str(ROOT / "src")}, cwd=tmp_path,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: Numba 0.99.0 compiles and keeps rules in a way that totalplace does not know.")
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_a_part_that_has_gone_is_named() -> None:
    whole = numba_private.compiled(lambda x: x, for_python=True)
    check_parts(numba.config, whole)
    for owner, part in (("config", "reload_config"), ("dispatcher", "_compiler"), ("cache", "flush")):
        parts = {
            "config": dict.fromkeys(numba_private._OF_CONFIG), "dispatcher": dict.fromkeys(numba_private._OF_DISPATCHERS),
            "cache": dict.fromkeys(numba_private._OF_CACHES),
        }
        del parts[owner][part]
        cache = SimpleNamespace(**parts["cache"])
        dispatcher = SimpleNamespace(**parts["dispatcher"] | {"_cache": cache} if part != "_cache" else parts["dispatcher"])
        with pytest.raises(InputError, match=f"does not know \\({part} is not there\\)"):
            check_parts(SimpleNamespace(**parts["config"]), dispatcher)


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_a_rule_for_rules_cannot_be_called_by_python_and_one_for_python_can() -> None:
    assert numba_private.compiled(lambda x: x * x, for_python=True)(np.int64(7)) == 49
    inner = numba_private.compiled(lambda x: x * x, for_python=False)
    outer = numba_private.compiled(lambda x: inner(x) + inner(2), for_python=True)
    assert outer(np.int64(7)) == 53
    assert len(inner.signatures) == 1, "a constant has no code of its own"


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_a_rule_for_rules_has_no_machine_code_of_its_own_and_is_kept_for_others(tmp_path: Path) -> None:
    """Kept or not, compressed, it is taken in by those that call it, as often as they like."""
    failed: list[Exception] = []
    for turn in range(2):
        inner = numba_private.compiled(_long_helper, for_python=False)
        numba_private.keep(inner, tmp_path, failed.append)
        outer = numba_private.compiled(_twice(inner), for_python=True)
        numbers = np.arange(1.0, 6.0)
        expected = _long_helper(numbers, 1, 3.0, 0.0) + _long_helper(numbers, 2, 3.0, 0.0)
        assert outer(numbers) == pytest.approx(expected, rel=1e-12)
        assert sum(inner.stats.cache_hits.values()) == turn
        library = inner.overloads[inner.signatures[0]].library
        assert library.serialize_using_object_code()[1] == "bitcode"
    kept, = tmp_path.rglob("*.nbc")
    assert pickle.loads(zlib.decompress(kept.read_bytes()[MARK:]))
    assert failed == []


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_helpers_of_a_whole_are_not_taken_for_those_of_other_functions() -> None:
    """A helper that is its whole's own may be called in another way than the helper of the same name elsewhere."""
    def loop(numbers: np.ndarray, factor: float, unused: float) -> float:
        total = 0.0
        for i in range(numbers.shape[0]):
            total += helper(numbers, i, factor, unused) + helper(numbers, i, 2.0, unused)
        return total

    helper = numba_private.compiled(_long_helper, for_python=False)
    whole = numba_private.compiled(numba_private.whole(loop), for_python=True)
    numbers = np.arange(1.0, 6.0)
    expected = sum(_long_helper(numbers, i, factor, 7.0) for i in range(5) for factor in (3.0, 2.0))
    assert whole(numbers, 3.0, 7.0) == pytest.approx(expected, rel=1e-12)
    assert ".own" in next(iter(whole.inspect_llvm().values())), "the helper is too long to be inlined"
    assert numba_private.compiled(loop, for_python=True)(numbers, 3.0, 7.0) == pytest.approx(expected, rel=1e-12)
    assert whole(numbers, 3.0, 7.0) == pytest.approx(expected, rel=1e-12)


def _twice(helper: Any) -> Any:
    return lambda numbers: helper(numbers, 1, 3.0, 0.0) + helper(numbers, 2, 3.0, 0.0)


def _long_helper(numbers: np.ndarray, i: int, factor: float, unused: float) -> float:
    total = 0.0
    for k in range(numbers.shape[0]):
        total += np.exp(-numbers[k] / factor) * np.sin(numbers[i] * k) + np.log(numbers[k] + factor) ** 1.5
        total -= np.cos(numbers[k] * factor) / (1.0 + numbers[i] * numbers[k]) + np.tanh(total) * np.arctan(numbers[i] + k)
        for m in range(k):
            total += np.exp(-numbers[m] / factor) * np.sinh(0.1 * numbers[i]) - np.log1p(numbers[m] * factor)
            total -= np.cos(numbers[m] * total) / (2.0 + numbers[i] * numbers[m]) + np.expm1(-abs(total))
    return float(total)


#: Prints what a rule with helpers works out, compiled for Python and as a whole; ``alone`` lets the methods of Numba alone.
FALLBACK = """
import sys
import numpy as np
from numba.core import codegen
methods = codegen.CPUCodeLibrary._optimize_final_module, codegen.JITCPUCodegen.set_env
if sys.argv[1] == "alone":
    methods[0].changed_from = None
from totalplace.agents.compiled import as_a_whole, python
from totalplace.agents.duplication import shapley
now = codegen.CPUCodeLibrary._optimize_final_module, codegen.JITCPUCodegen.set_env
assert (now == methods) == (sys.argv[1] == "alone")
costs, keys = np.array([3.0, 2.0, 1.0, 0.7]), np.arange(4.0)
for way_in in (python, as_a_whole):
    value = np.zeros(4)
    way_in(shapley)(costs, keys, 4, 0.8, value, np.zeros(4), np.zeros((4, 1)))
    print(value.tobytes().hex())
"""
#: The same of whole runs.
FALLBACK_OF_RUNS = FALLBACK.split("from totalplace")[0] + """
import totalplace as tp
played = tp.ensemble(tp.load("joint-commissioning", place="Rutland", quarters=6, clusters=2), runs=4, threads=1)
for name in ("metrics", "deals", "gains", "ties_start", "ties_end"):
    print(getattr(played, name).tobytes().hex())
"""


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
@pytest.mark.parametrize("program", [FALLBACK, pytest.param(FALLBACK_OF_RUNS, marks=pytest.mark.soak)], ids=["a rule", "runs"])
def test_a_numba_whose_methods_cannot_be_changed_comes_to_the_same_bits(program: str, tmp_path: Path) -> None:
    said = []
    for how in ("changed", "alone"):
        environment = os.environ | {"PYTHONPATH": str(ROOT / "src"), "TOTALPLACE_CACHE_DIR": str(tmp_path / how)}
        done = subprocess.run([sys.executable, "-P", "-c", program, how], env=environment, cwd=tmp_path, capture_output=True,
                              text=True, check=False)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    assert said[0] == said[1]
    assert any(byte not in "0\n" for byte in said[0])


def test_nothing_else_names_private_parts_of_numba() -> None:
    ours = {*(ROOT / "agents" / f"{name}.py" for name in ("numba_private", "lanes", "by_address")), Path(__file__)}
    folders = ("agents", "scenarios", "sim", "tests", "tools", "benchmarks")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert len(files) > 200
    found = [f"{path.relative_to(ROOT)}: {name}" for path in files if path not in ours
             for name in PRIVATE if name in path.read_text("utf-8").replace("numba.__version__", "")]
    assert found == []
