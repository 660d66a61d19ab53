"""HTML is made by templates, in which every text is text; Markdown tables are made in one way."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2
import pandas as pd
import pytest
from markupsafe import Markup

import totalplace as tp
from totalplace.sim.evidence.markdown_page import table
from totalplace.sim.results.answers import Answer
from totalplace.sim.results.rendering import rendered

EVIL = "<script>alert(1)</script>\x1b[31m"
SHOWN = "&lt;script&gt;alert(1)&lt;/script&gt;\\x1b[31m"


def test_a_template_escapes_text_leaves_markup_and_misses_nothing(tmp_path: Path) -> None:
    (tmp_path / "one.html").write_text("<p>{{ text }}</p>{{ markup }}<i>{{ text | anchor }}</i>")
    html = rendered(tmp_path / "one.html", text=EVIL, markup=Markup("<b>ours</b>"))
    assert html == f"<p>{SHOWN}</p><b>ours</b><i>script-alert-1-script-31m</i>"
    with pytest.raises(jinja2.UndefinedError, match="'markup' is undefined"):
        rendered(tmp_path / "one.html", text="text")


def test_an_answer_as_a_notebook_shows_it() -> None:
    frame = pd.DataFrame({"a": [1]})
    answer = Answer(title=EVIL, source=EVIL, tables={EVIL: frame}, sentences=(EVIL, "said"), warnings=(EVIL,))
    html = answer._repr_html_()
    assert re.sub(r">\n<", "><", html).startswith(
        f"<p><strong>{SHOWN}</strong> ({SHOWN})</p><p>{SHOWN}</p><p>said</p><p><em>Note: {SHOWN}</em></p><p>{SHOWN}</p><div>"
    )
    assert frame._repr_html_() in html


def test_a_summary_as_a_notebook_shows_it() -> None:
    result = tp.ensemble(tp.load("silo", place="Rutland", quarters=4, title=EVIL), runs=2)
    html = result._repr_html_()
    assert "<script" not in html
    heads = re.findall("<th>(.*?)</th>", html)
    assert heads[:3] == ["metric", "first quarter", "last year"]
    assert re.search(r'<tr><th title="[^"]+" style="text-align:left">pooled share</th><td>0%', html)
    assert html.count("<tr>") == len(result.summary()) + 1


def test_a_cell_of_a_markdown_table_is_one_line_and_its_strokes_are_its_own() -> None:
    assert list(table(("a", "b"), [["one\ntwo", 3], ["x|y", r"x\|y"], [" ", None]])) == [
        "| a | b |", "|---|---|", "| one two | 3 |", r"| x\|y | x\|y |", "|  | None |", "",
    ]
