"""Text of users is text: on a screen, in Markdown, in a spreadsheet, as the name of a file."""

from __future__ import annotations

import pandas as pd
import pytest

from totalplace.scenarios.user_text import csv_safe, file_names, for_csv, for_markdown, printable


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("plain £ − é", "plain £ − é"), ("\x1b[2J\x1b]0;owned\x07", "\\x1b[2J\\x1b]0;owned\\x07"), ("a\rb\x08", "a\\x0db\\x08"),
        ("\x9b31m", "\\x9b31m"), ("two\nlines\tand a tab", "two\nlines\tand a tab"), ("\u202etxt.exe", "\\u202etxt.exe"),
        ("results\udcff", "results\\xff"), ("\ud800", "\\ud800"), ("\x7f", "\\x7f"), ("[/] [bold]$x$", "[/] [bold]$x$"),
    ],
)
def test_what_a_terminal_would_obey_is_shown(given: str, shown: str) -> None:
    assert printable(given) == shown
    assert printable(shown) == shown
    printable(given).encode()


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), (" =1", "' =1"), ("\uff1d1", "'\uff1d1"), ("silo", "silo"), ("a=b", "a=b"),
        ("-0.5", "-0.5"), ("+3", "+3"), ("-1e-5", "-1e-5"), ("-0.5 to 1", "-0.5 to 1"),
        (-0.5, -0.5), (3, 3), (None, None), ("", ""),
    ],
)
def test_formulas_are_defused_and_numbers_are_not_touched(cell: object, written: object) -> None:
    assert for_csv(cell) == written


def test_a_table_for_a_spreadsheet() -> None:
    frame = pd.DataFrame({
        "=name": pd.Categorical(["=a", "b", "=a"]), "value": [-1.5, float("nan"), 2.0], "mixed": ["+x", -3, None],
        "date": pd.to_datetime(["2010-04-01"] * 3),
    })
    before = frame.copy()
    assert csv_safe(frame).to_csv(index=False) == (
        "'=name,value,mixed,date\n'=a,-1.5,'+x,2010-04-01\nb,,-3,2010-04-01\n'=a,2.0,,2010-04-01\n"
    )
    pd.testing.assert_frame_equal(frame, before)


def test_markdown_takes_no_orders() -> None:
    assert for_markdown("a|b <img src=x>\n# [x](y) `c`") == r"a\|b \<img src=x\> \# \[x\](y) \`c\`"


@pytest.mark.parametrize(
    "names", [["a", "A"], ["a/b", "a-b", "a b"], ["x-3", "x", "X", "x"], ["日本", "本日", ""], ["a", "a-2", "A"], ["é", "è"]]
)
def test_no_two_scenarios_share_a_file(names: list[str]) -> None:
    made = file_names(names)
    assert len({name.casefold() for name in made}) == len(names)
    assert all(name.isascii() and name == name.strip("-") and name for name in made)
