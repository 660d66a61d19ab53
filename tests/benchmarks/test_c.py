"""The translator of rules to C: the same bits as plain Python, all rules of the model, and refusals with file and line."""

from __future__ import annotations

import ctypes
import importlib.util
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks import __main__ as command
from benchmarks.c import sources
from benchmarks.c.compiling import as_given, call, compiled, compilers, kinds_of
from benchmarks.c.kinds import Kind, Scalar, Several, UntranslatableError
from benchmarks.c.program import Program
from benchmarks.in_c import StageInC, hold_equal, translated
from tests.benchmarks import small_rules as small
from totalplace.agents.compiled import python
from totalplace.agents.draws import block, four_normals
from totalplace.agents.elementary import exponential, logarithm, power, sine_and_cosine
from totalplace.agents.lanes import LANES
from totalplace.scenarios import load
from totalplace.sim.engine.play import Stage
from totalplace.sim.model import schedule

TRUTH, WHOLE, UNSIGNED, NUMBER, NOTHING = Scalar.TRUTH, Scalar.WHOLE, Scalar.UNSIGNED, Scalar.NUMBER, Scalar.NOTHING
NUMBERS, SQUARE = kinds_of((np.zeros(2), np.zeros((2, 2))))
#: Rules that are called below: what they are given and what they give.
RULES: Final[dict[Any, tuple[tuple[Kind, ...], Kind]]] = {
    small.quotients: ((WHOLE, WHOLE), Several((WHOLE, WHOLE, NUMBER))),
    small.bits: ((WHOLE, WHOLE), WHOLE),
    small.words: ((UNSIGNED, UNSIGNED), UNSIGNED),
    small.extremes: ((NUMBER,) * 3, Several((NUMBER,) * 3)),
    small.wholes: ((NUMBER,), Several((WHOLE, WHOLE, NUMBER))),
    small.functions: ((NUMBER, NUMBER), NUMBER),
    small.powers: ((NUMBER,), Several((NUMBER, NUMBER))),
    small.choices: ((WHOLE, NUMBER), WHOLE),
    small.loops: ((WHOLE,), NUMBER),
    small.ends: ((SQUARE, WHOLE), NUMBER),
    small.ordered: ((NUMBERS,), NUMBER),
    small.rooms: ((NUMBER,), NUMBER),
    exponential: ((NUMBER,), NUMBER),
    logarithm: ((NUMBER,), NUMBER),
    power: ((NUMBER, NUMBER), NUMBER),
    sine_and_cosine: ((NUMBER,), Several((NUMBER, NUMBER))),
    block: ((WHOLE,) * 5, Several((UNSIGNED,) * 4)),
    four_normals: ((WHOLE,) * 5, Several((NUMBER,) * 4)),
}
NEEDS_COMPILER: Final = pytest.mark.skipif(not compilers(), reason="there is no C compiler")
numbers = st.one_of(st.floats(-1e3, 1e3), st.sampled_from([0.0, -0.0, 1.0, 0.5, math.inf, -math.inf, math.nan]), st.floats())
wholes = st.one_of(st.integers(-20, 20), st.integers(-(2**40), 2**40))


@pytest.fixture(scope="module")
def in_c(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Calls a rule of ``RULES`` in C."""
    program, path = Program(), compilers()[0]
    names = {rule: program.enter(rule, kinds) for rule, (kinds, _) in RULES.items()}
    library = compiled(program.text(), tmp_path_factory.mktemp("c"), path)

    def called(rule: Any, *arguments: Any) -> Any:
        assert kinds_of(arguments) == RULES[rule][0]
        return call(getattr(library, names[rule]), [as_given(one) for one in arguments], RULES[rule][1])

    return called


def bits(value: Any) -> list[int]:
    """The bits of numbers; those of all that are not numbers are the same."""
    given = np.atleast_1d(np.asarray(value, np.float64))
    return np.where(np.isnan(given), np.nan, given).view(np.int64).tolist()


@NEEDS_COMPILER
@given(wholes, wholes)
def test_whole_numbers(in_c: Callable[..., Any], a: int, b: int) -> None:
    assert in_c(small.bits, a, b) == small.bits(a, b)
    if b == 0:
        assert in_c(small.quotients, a, b)[:2] == (0, 0), "as in compiled rules"
    else:
        assert in_c(small.quotients, a, b) == small.quotients(a, b)
    one, other = np.uint64(a % 2**64), np.uint64(b % 2**64)
    with np.errstate(over="ignore"):
        assert in_c(small.words, one, other) == small.words(one, other)


@NEEDS_COMPILER
@given(numbers, numbers, numbers, wholes)
def test_numbers(in_c: Callable[..., Any], x: float, y: float, z: float, a: int) -> None:
    assert bits(in_c(small.extremes, x, y, z)) == bits(small.extremes(x, y, z))
    assert in_c(small.choices, a, x) == small.choices(a, x)


@NEEDS_COMPILER
@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5]))
def test_functions_and_rounding(in_c: Callable[..., Any], x: float, y: float, half: float) -> None:
    assert bits(in_c(small.functions, x, y)) == bits(small.functions(x, y))
    for number in (x, half):
        assert in_c(small.wholes, number) == small.wholes(number)
    # Compiled rules have a product and a root, which the powers of the C library miss by a bit now and then.
    assert bits(in_c(small.powers, abs(x))) == bits((x * x, math.sqrt(abs(x))))


@NEEDS_COMPILER
@given(st.integers(-3, 60))
def test_loops(in_c: Callable[..., Any], n: int) -> None:
    assert bits(in_c(small.loops, n)) == bits(small.loops(n))


@NEEDS_COMPILER
@given(st.lists(st.floats(-1e3, 1e3), min_size=9, max_size=9), st.integers(-3, 2))
def test_negative_indices_count_from_the_end(in_c: Callable[..., Any], values: list[float], k: int) -> None:
    ours, theirs = np.array(values).reshape(3, 3), np.array(values).reshape(3, 3)
    assert bits(in_c(small.ends, theirs, k)) == bits(small.ends(ours, k))
    assert bits(theirs) == bits(ours)


@NEEDS_COMPILER
@given(st.one_of(st.floats(-1e3, 1e3), st.floats(2.0, 8.0)))
def test_what_writes_does_so_when_its_turn_comes(in_c: Callable[..., Any], money: float) -> None:
    ours, theirs = np.array([money, 0.0, 0.0, 0.0]), np.array([money, 0.0, 0.0, 0.0])
    assert bits(in_c(small.ordered, theirs)) == bits(small.ordered(ours))
    assert bits(theirs) == bits(ours)


@NEEDS_COMPILER
@given(st.floats(-1e3, 1e3))
def test_arrays_on_the_stack(in_c: Callable[..., Any], x: float) -> None:
    total = 0.0
    for i in range(LANES):
        total += (x * i) * (x - i)
    assert bits(in_c(small.rooms, x)) == bits(total)


@NEEDS_COMPILER
@given(st.floats(), st.floats(-3.0, 3.0), st.floats(0.0, 1.0))
def test_functions_of_the_model(in_c: Callable[..., Any], x: float, y: float, turn: float) -> None:
    assert bits(in_c(exponential, x)) == bits(python(exponential)(x))
    assert bits(in_c(logarithm, x)) == bits(python(logarithm)(x))
    assert bits(in_c(power, abs(x), y)) == bits(python(power)(abs(x), y))
    assert bits(in_c(sine_and_cosine, turn)) == bits(python(sine_and_cosine)(turn))


@NEEDS_COMPILER
@given(*(st.integers(0, 2**62) for _ in range(2)), *(st.integers(0, 2**32 - 1) for _ in range(3)))
def test_draws(in_c: Callable[..., Any], seed: int, stream: int, quarter: int, agent: int, draw: int) -> None:
    key, counter = np.array([seed, stream], np.uint64), np.array([draw, agent, quarter, 0], np.uint64)
    address = seed, stream, quarter, agent, draw
    assert in_c(block, *address) == tuple(np.random.Philox(key=key, counter=counter).random_raw(4).tolist())
    assert bits(in_c(four_normals, *address)) == bits(python(four_normals)(*address))


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The loop over runs in C, with all rules."""
    text, entry = translated(Stage(load("joint-commissioning")).world)
    return getattr(compiled(text, tmp_path_factory.mktemp("c"), compilers()[0]), entry)


@NEEDS_COMPILER
@pytest.mark.parametrize(("name", "place", "settings"), [
    ("joint-commissioning", "Birmingham", {}),
    ("joint-commissioning", "Kent", {"levers": {"savings_rule": "shapley"}}),
    ("board-political", "Rutland", {"year": "2017-18"}),
    ("neighbourhood", "Isle of Wight", {"clusters": 7}),
])
def test_whole_runs_in_c_leave_the_same_bits(play: Any, name: str, place: str, settings: dict[str, Any]) -> None:
    assert hold_equal(load(name, place=place, **settings), play, np.array([1, 2])) == 2


@NEEDS_COMPILER
def test_one_bit_is_enough_to_be_told(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plays = StageInC.play_many

    def out_by_a_bit(self: StageInC, seeds: Any, kept: NDArray[np.int64], rows: NDArray[np.int64], **given: Any) -> Any:
        done = plays(self, seeds, kept, rows, **given)
        rows[-1, 100] ^= 1
        return done

    monkeypatch.setattr(StageInC, "play_many", out_by_a_bit)
    with pytest.raises(RuntimeError, match=r"memory of lsp in Kent with seeds \[3\]"):
        hold_equal(load("lsp", place="Kent"), play, np.array([3]))


#: Rules that cannot be put into C: text, what they are given, and why; the line to be named has a sign, else it is the first.
REFUSED: Final = {
    "a_list": ("return sum([x, x])  # here", (NUMBER,), "no way to write List"),
    "unknown": ("return math.tanh(x)  # here", (NUMBER,), "no such function"),
    "in_words": ("y = 1.0\n    y = 'no'  # here\n    return y", (NUMBER,), "str has no place"),
    "mixed": ("return 1 + x  # here", (UNSIGNED,), "do not go together"),
    "itself": ("return x * itself(x - 1)  # here", (WHOLE,), "calls itself"),
    "half_an_index": ("return x[0.5]  # here", (NUMBERS,), "a number is no index"),
    "three_axes": ("return x[0, 0, 0]  # here", (SQUARE,), "2 axes"),
    "at_times": ("if x > 0.0:\n        return x", (NUMBER,), "gives a number and nothing"),
    "one_or_other": ("y = 1\n    y = x  # here\n    return y", (NUMBERS,), "'y' is a whole number and an array"),
    "either": ("return x or 1.0  # here", (NUMBER,), "between truth values"),
    "with_names": ("return max(x, key=x)  # here", (NUMBER,), "by their order"),
    "over_values": ("for y in x:  # here\n        return y\n    return 0.0", (NUMBERS,), "over a range"),
    "cut_off": ("x[0] = 1.0\n    z = 3\n    z //= 1.5  # here\n    return z", (NUMBERS,), "no FloorDiv"),
    "not_yet": ("y = z + x  # here\n    z = x\n    return y", (NUMBER,), "no value yet"),
    "a_set": ("with x:  # here\n        return 1.0", (NUMBER,), "no way to write With"),
    "of_another": ("return helper(x)  # here", (NUMBER,), "'helper' says a whole number for 'n'"),
    "two_to_the": ("return 2.0**x  # here", (NUMBER,), "another function"),
    "nothing_given": ("return bits_of()  # here", (NUMBER,), "of one number"),
    "cached": ("return kept(x)", (NUMBER,), "a decorator"),
    "inside": ("return 1.0 + broken(x)", (NUMBER,), "no such function"),
}
HELPERS: Final = """import math
from functools import wraps

from totalplace.agents.lanes import bits_of


def changed(function):
    @wraps(function)
    def other(n):
        return 2.0 * function(n)
    return other


def helper(n: int) -> int:
    return n


@changed  # cached
def kept(n):
    return n


def broken(x):
    return (lambda y: y)(x)  # inside
"""


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A module of the rules that cannot be put into C."""
    file = tmp_path_factory.mktemp("refused") / "refused_rules.py"
    file.write_text(HELPERS + "".join(f"\n\ndef {name}(x):\n    {body}\n" for name, (body, _, _) in REFUSED.items()), "utf-8")
    spec = importlib.util.spec_from_file_location("refused_rules", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["refused_rules"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["refused_rules"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_translated_is_refused_with_file_and_line(refused: Any, name: str) -> None:
    body, kinds, why = REFUSED[name]
    lines = Path(refused.__file__).read_text("utf-8").splitlines()
    begin = lines.index(f"def {name}(x):")
    elsewhere = name in ("inside", "cached")
    sign, among = (f"# {name}", lines) if elsewhere else ("# here" if "# here" in body else "", lines[begin:])
    line = len(lines) - len(among) + next(n for n, text in enumerate(among, 1) if text.endswith(sign))
    with pytest.raises(UntranslatableError, match=why) as told:
        Program().enter(getattr(refused, name), kinds)
    assert str(told.value).startswith(f"{refused.__file__}:{line}: ")


def test_a_column_that_is_not_there_is_refused() -> None:
    world: Any = Stage(load("silo")).world
    program = Program(world._replace(clock=world.board))
    with pytest.raises(UntranslatableError, match=r"^agents/arrangement\.py:\d+: .*no such column: w\.clock\.quarter$"):
        program.enter(schedule.SCHEDULE[0].rule, kinds_of((world,)))


def test_another_loop_over_quarters_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "SCHEDULE", schedule.SCHEDULE[1:])
    sources.read.cache_clear()
    loop = sources.plain(schedule.go_on)
    assert loop is not None
    with pytest.raises(OSError, match="no longer what the schedule says"):
        sources.read(loop)


def test_without_a_compiler_one_line_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)
    assert command.main(["c"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "no C compiler is found (gcc or clang): the compiled run was not held against C\n"


def test_a_compiler_that_is_named_and_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CC", "nonexistent")
    assert command.main(["c"]) == 0
    assert "the C compiler that CC names, 'nonexistent', is not found" in capsys.readouterr().err


def test_help_names_the_groups_and_measures_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["c", "--help"]) == 0
    said = capsys.readouterr()
    assert all(name in said.out for name in command.GROUPS)
    assert (said.err, command.main(["--hlep"])) == ("", 2)


@NEEDS_COMPILER
def test_what_the_compiler_says_is_told(tmp_path: Path) -> None:
    path = compilers()[0]
    with pytest.raises(RuntimeError, match="could not compile the translation") as told:
        compiled("int f() { return nothing; }", tmp_path, path)
    assert "nothing" in str(told.value)
    assert isinstance(compiled("int f() { return 1; }", tmp_path, path), ctypes.CDLL)
