"""Functions for many numbers at once: how far from the true values they are, their special points, their bits everywhere."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal, localcontext
from pathlib import Path

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from totalplace.agents import numba_private
from totalplace.agents.compiled import python
from totalplace.agents.draws import block_each, two_normals
from totalplace.agents.elementary import exponential, logarithm, power, sine_and_cosine
from totalplace.agents.lanes import LANES, on_the_stack

ROOT = Path(__file__).resolve().parent.parent.parent
STEP = 2.0**-52
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")
LEAST = 2.0**-1022


@pytest.fixture(autouse=True)
def digits() -> Iterator[None]:
    """Sixty digits for the true values."""
    with localcontext() as context:
        context.prec, context.Emax, context.Emin = 60, 9999, -9999
        yield


def steps(found: float, true: Decimal) -> float:
    """How far a number is from the true one, as a part of it, in steps of 2^-52."""
    return abs(float((Decimal(float(found)) - true) / true)) / STEP


def true_sine(angle: Decimal) -> Decimal:
    """The sine by its series."""
    total = term = angle
    for n in range(1, 40):
        term *= -angle * angle / (2 * n * (2 * n + 1))
        total += term
    return total


@given(st.one_of(st.floats(-708.0, 709.0), st.floats(-3.0, 3.0), st.floats(-1e-6, 1e-6)))
def test_the_exponential_is_within_a_step(x: float) -> None:
    assert steps(python(exponential)(x), Decimal(x).exp()) < 1.0


@given(st.one_of(st.floats(LEAST, 1.7e308), st.floats(0.25, 4.0), st.floats(1.0 - 1e-6, 1.0 + 1e-6)))
def test_the_logarithm_is_within_a_step(x: float) -> None:
    if x != 1.0:
        assert steps(python(logarithm)(x), Decimal(x).ln()) < 1.0


@given(st.one_of(st.floats(0.0, 1.0, allow_subnormal=False), *(st.floats(q - 1e-6, q + 1e-6) for q in (0.25, 0.5, 0.75))))
def test_sine_and_cosine_of_a_turn_are_within_two_steps(turn: float) -> None:
    sine, cosine = python(sine_and_cosine)(turn)
    for found, shift in ((sine, Decimal(0)), (cosine, Decimal("0.25"))):
        true = true_sine(2 * PI * (Decimal(turn) + shift))
        assert (found == 0.0 and abs(true) < Decimal("1e-40")) or steps(found, true) < 2.0


@given(st.floats(1e-3, 1e3), st.floats(-3.0, 3.0))
def test_a_power_is_within_the_steps_that_it_says(x: float, y: float) -> None:
    exponent = Decimal(y) * Decimal(x).ln()
    assert steps(python(power)(x, y), exponent.exp()) < 2.0 + 2.0 * abs(float(exponent))


def test_special_points() -> None:
    exp, log, trig, raised = (python(function) for function in (exponential, logarithm, sine_and_cosine, power))
    assert [exp(x) for x in (0.0, -0.0, 709.5, math.inf, -708.5, -math.inf)] == [1.0, 1.0, math.inf, math.inf, 0.0, 0.0]
    assert [log(x) for x in (1.0, 0.0, 5e-324, math.inf)] == [0.0, -math.inf, -math.inf, math.inf]
    assert all(math.isnan(value) for value in (exp(math.nan), log(math.nan), log(-2.0), log(-math.inf)))
    assert [trig(quarter / 4) for quarter in range(5)] == [(0, 1), (1, 0), (0, -1), (-1, 0), (0, 1)]
    assert [raised(x, y) for x, y in ((0.0, 0.0), (0.0, 0.5), (1.0, 0.3), (7.0, 0.0))] == [1.0, 0.0, 1.0, 1.0]
    assert math.log(LEAST) == log(LEAST)


_PRINT = """
import json, numpy as np
from totalplace.agents.compiled import python
from totalplace.agents.draws import four_normals
from totalplace.agents.elementary import exponential, logarithm, power, sine_and_cosine
x = np.random.default_rng(5).uniform(0.0, 1.0, 300).tolist()
y = [float(python(exponential)(9.0 * v - 5.0)) for v in x] + [float(python(logarithm)(3.0 * v)) for v in x]
y += [float(part) for v in x for part in python(sine_and_cosine)(v)] + [float(python(power)(4.0 * v, 0.3)) for v in x]
y += [float(part) for k in range(20) for part in python(four_normals)(7, 8, 3, k, 0)]
print(json.dumps([v.hex() for v in y]))
"""


@pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")
def test_compiled_and_plain_they_give_the_same_bits() -> None:
    told = os.environ | {"PYTHONPATH": str(ROOT / "src"), "PYTHONWARNINGS": "ignore"}
    values = []
    for switch in ("0", "1"):
        done = subprocess.run([sys.executable, "-P", "-c", _PRINT], env=told | {"NUMBA_DISABLE_JIT": switch}, check=True,
                              capture_output=True, text=True)
        values.append(json.loads(done.stdout))
    assert values[0] == values[1]
    assert len(set(values[0])) > 1000


_numbers, _words, _agents = on_the_stack(2), on_the_stack(4, np.uint64), on_the_stack(1, np.uint64)


def exponentials(out: np.ndarray) -> None:
    x = _numbers()
    for i in range(LANES):
        x[0, i] = out[i]
    for i in range(LANES):
        out[i] = exponential(x[0, i])


def logarithms(out: np.ndarray) -> None:
    x = _numbers()
    for i in range(LANES):
        x[0, i] = out[i]
    for i in range(LANES):
        out[i] = logarithm(x[0, i])


def normals(out: np.ndarray) -> None:
    words, both = _words(), _numbers()
    for i in range(LANES):
        words[0, i], words[1, i] = np.uint64(out[i]), np.uint64(out[i])
    for i in range(LANES):
        both[0, i], both[1, i] = two_normals(words[0, i], words[1, i])
    for i in range(LANES):
        out[i] = both[0, i] + both[1, i]


def blocks(out: np.ndarray) -> None:
    agents, words = _agents(), _words()
    for i in range(LANES):
        agents[0, i] = np.uint64(out[i])
    block_each(1, 2, 3, agents, 4, words)
    for i in range(LANES):
        out[i] = words[0, i] + words[3, i]


@pytest.mark.skipif(numba.config.DISABLE_JIT or platform.machine() not in ("x86_64", "AMD64"), reason="no code of such processors")
@pytest.mark.parametrize(("work", "together", "alone"), [
    (exponentials, "mulpd", "mulsd"), (logarithms, "divpd", "divsd"), (normals, "sqrtpd", "sqrtsd"), (blocks, "pmuludq", "mulx"),
])
def test_many_numbers_are_worked_on_at_once(work: Callable[..., None], together: str, alone: str) -> None:
    compiled = numba_private.compiled(work, for_python=True)
    compiled(np.linspace(1.0, 2.0, LANES))
    code, = compiled.inspect_asm().values()
    assert code.count(together) > 0
    assert code.count(alone) == 0
