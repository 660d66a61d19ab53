"""Two processes share the compilation of a first start."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numba
import pytest

import totalplace as tp
from totalplace.scenarios import load
from totalplace.sim.model import kernel
from totalplace.sim.model.schedule import SCHEDULE
from totalplace.sim.model.world import build


def test_every_rule_of_the_quarter_has_a_process_that_compiles_it() -> None:
    shared = {rule.__name__ for rule in (*kernel._BESIDE, *kernel._HERE)}
    closing = {"close_quarter"}  # what it calls is compiled beside; its own few lines go with the loop
    assert {move.compiled.__name__ for move in SCHEDULE} - closing <= shared


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_hardly_any_rule_is_compiled_by_both_processes() -> None:
    """By the length of their code: a rule of the quarter that leads to the negotiation brings all of that with it."""
    beside, here = reached(kernel._BESIDE), reached(kernel._HERE)
    sizes = {"beside": sum(beside.values()), "here": sum(here.values())}
    both = sum(here[name] for name in here.keys() & beside.keys())
    assert both < 0.25 * min(sizes.values())
    assert 0.4 < sizes["beside"] / sizes["here"] < 1.6


def reached(rules: Iterable[Any]) -> dict[str, int]:
    """The rules that these rules reach, with the length of their code."""
    found: dict[str, int] = {}
    waiting = list(rules)
    while waiting:
        function = waiting.pop().py_func
        if function.__name__ not in found:
            found[function.__name__] = len(function.__code__.co_code)
            waiting += [function.__globals__[name] for name in function.__code__.co_names
                        if hasattr(function.__globals__.get(name), "py_func")]
    return found


@pytest.mark.parametrize("failure", [OSError("no process"), None])
def test_a_start_goes_on_alone_when_the_other_process_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failure: OSError | None
) -> None:
    real = subprocess.Popen

    def popen(*_: object, **__: object) -> subprocess.Popen[bytes]:
        if failure:
            raise failure
        return real(["false"])

    monkeypatch.setattr(kernel.subprocess, "Popen", popen)
    process = kernel._second_process()
    assert (process is None) == bool(failure)
    if process is not None:
        assert process.wait() != 0

    world = build(load("silo")).fresh()
    monkeypatch.setattr(kernel, "_ready", False)
    monkeypatch.setattr(kernel, "cache_folder", lambda: tmp_path)
    kernel.start(world)
    assert kernel.advance(world, 2) == -1


def test_a_cached_start_needs_no_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    tp.run(load("silo"), seed=1)  # now the rules are in the cache
    monkeypatch.setattr(kernel, "_ready", False)
    monkeypatch.setattr(kernel, "_second_process", lambda: pytest.fail("a second process was started"))
    kernel.start(build(load("silo")).fresh())
