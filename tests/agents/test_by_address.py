"""Tables whose address is handed to rules give what a named tuple of the same tables gives."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from totalplace.agents import by_address as by_address_module
from totalplace.agents import numba_private
from totalplace.agents.by_address import by_address
from totalplace.agents.columns import number, table, whole
from totalplace.scenarios.errors import InputError

CLOCK = table("clock", "a clock", whole("quarter", "quarters"), number("parts", "share", "parts", 3))
ROWS = table("rows", "a row", number("money", "£m", "money"), whole("count", "count"))


class Plain(NamedTuple):
    """Tables as Numba takes them by itself."""

    clock: Any
    rows: Any
    ties: Any
    numbers: Any


@by_address
class Tables(NamedTuple):
    """The same tables, by their address."""

    clock: Any
    rows: Any
    ties: Any
    numbers: Any


def filled(of: Any, rows: int = 4) -> Any:
    """Tables of this class, filled with numbers of which no two are alike."""
    clock, table_of_rows, ties = CLOCK.empty(1)[0], ROWS.empty(rows), ROWS.empty(rows, 3)
    clock.quarter, clock.parts = 5, [0.25, 0.5, 0.75]
    table_of_rows["money"], table_of_rows["count"] = np.arange(rows) + 0.125, np.arange(rows) + 100
    ties["money"], ties["count"] = np.arange(3.0 * rows).reshape(rows, 3) + 0.0625, 7
    return of(clock, table_of_rows, ties, np.arange(2.0 * rows).reshape(rows, 2) + 0.5)


def later(w: Any, a: int) -> float:
    """Write to the tables, and read what was written a line before."""
    w.clock.quarter += 1
    row = w.rows[a]
    row.money += w.ties[a, 1].money * w.clock.parts[2]
    w.numbers[a, 0] = w.rows[a].money
    return w.numbers[a, 0] + w.numbers[a - 1, 1] + w.clock.quarter + w.rows.shape[0]


def loop_over(inner: Any) -> Any:
    """A rule that calls another for all rows."""
    def loop(w: Any, times: int) -> float:
        total = 0.0
        for _ in range(times):
            for a in range(w.rows.shape[0]):
                total += inner(w, a)
                w.ties[a, 2].count += w.clock.quarter
        return total

    return loop


pytestmark = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")


@pytest.mark.parametrize("whole_module", [True, False])
def test_rules_read_and_write_the_same_as_with_a_named_tuple(whole_module: bool) -> None:
    found = []
    for of in (Plain, Tables):
        inner = numba_private.compiled(later, for_python=False)
        loop = loop_over(inner)
        outer = numba_private.compiled(numba_private.whole(loop) if whole_module else loop, for_python=True)
        for rows in (4, 1, 9):
            tables = filled(of, rows)
            found.append((outer(tables, 3), outer(tables, 2), *(np.array(part).tobytes() for part in tables)))
        assert len(inner.signatures) == len(outer.signatures) == 1, "tables of another length are no other kind"
    assert found[:3] == found[3:]
    plain = filled(Plain)
    assert found[0][0] == loop_over(later)(plain, 3), "and the same as without a compiler"


def test_what_a_rule_is_handed_is_one_word_with_a_short_name() -> None:
    kind = numba.typeof(filled(Tables))
    assert len(str(kind)) < 40
    assert numba.typeof(filled(Tables, 7)) == kind
    other = filled(Tables)._replace(numbers=np.zeros(3))
    assert numba.typeof(other) != kind, "tables of other types are told apart"
    rule = numba_private.compiled(later, for_python=False)
    rule.compile((kind, numba.types.int64))
    heads = [line for line in rule.inspect_llvm(rule.signatures[0]).splitlines() if line.startswith("define") and "later" in line]
    assert [head.split("(", 1)[1].count(" %") for head in heads] == [4], "result, exception, tables and row"


def test_their_type_is_small_when_it_is_kept_and_the_same_when_it_is_read() -> None:
    kind = numba.typeof(filled(Tables))
    kept = pickle.dumps(kind)
    assert len(kept) < len(pickle.dumps(kind.of))
    assert pickle.loads(kept) == kind
    assert pickle.loads(kept).of == kind.of


def test_tables_are_found_where_they_are_in_each_call() -> None:
    """Not where those of the call before were: each has its description."""
    rule = numba_private.compiled(later, for_python=True)
    for rows in range(2, 30):
        one, other = filled(Tables, rows), filled(Plain, rows)
        assert rule(one, rows - 1) == later(other, rows - 1)


def test_tables_that_are_put_together_anew_are_described_anew() -> None:
    rule = numba_private.compiled(later, for_python=True)
    first = filled(Tables)
    rule(first, 2)
    other = first._replace(numbers=np.zeros((4, 2)))
    rule(other, 2)
    assert other.numbers[2, 0] == first.rows[2].money
    assert first.numbers[2, 0] != other.numbers[2, 0]
    for copied in (copy.deepcopy(first), pickle.loads(pickle.dumps(first))):
        plain = Plain(*(copy.deepcopy(part) for part in first))
        assert rule(copied, 1) == later(plain, 1)
        assert copied.clock.quarter == first.clock.quarter + 1, "its own clock went on"


def test_a_record_of_no_table_is_written_where_it_is() -> None:
    rule = numba_private.compiled(later, for_python=True)
    tables = filled(Tables)
    tables = tables._replace(clock=tables.clock.copy())
    rule(tables, 1)
    assert tables.clock.quarter == 6


@pytest.mark.parametrize("numbers", [np.arange(8.0).reshape(2, 4).T, np.arange(32.0).reshape(8, 4)[::2, 1:3]])
def test_an_array_may_lie_in_memory_in_any_way(numbers: Any) -> None:
    rule = numba_private.compiled(later, for_python=True)
    plain, tables = filled(Plain)._replace(numbers=numbers.copy()), filled(Tables)._replace(numbers=numbers)
    assert rule(tables, 2) == later(plain, 2)
    assert np.array_equal(tables.numbers, plain.numbers)


def test_another_layout_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_address_module, "_OF_ARRAYS", ("data", "shape", "strides"))
    rule = numba_private.compiled(later, for_python=True)
    with pytest.raises(InputError, match=r"the layout of .*pip install 'numba>="):
        rule(filled(Tables), 1)


def test_a_table_that_there_is_not_is_refused_when_the_rule_is_compiled() -> None:
    rule = numba_private.compiled(lambda w: w.nothing, for_python=True)
    with pytest.raises(numba.TypingError, match="nothing"):
        rule(filled(Tables))


def test_rules_that_take_tables_are_kept(tmp_path: Path) -> None:
    failed: list[Exception] = []
    for turn in range(2):
        rule = numba_private.compiled(later, for_python=True)
        numba_private.keep(rule, tmp_path, failed.append)
        assert rule(filled(Tables), 2) == later(filled(Plain), 2)
        assert sum(rule.stats.cache_hits.values()) == turn
    assert failed == []
