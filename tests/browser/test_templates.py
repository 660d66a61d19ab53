"""Pages and tables that are made of templates: every text in them is text, and what they say reaches a screen reader."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from totalplace.sim.browser.parts.difference_table import Cell
from totalplace.sim.browser.parts.guide_text import guide_html
from totalplace.sim.browser.parts.plain_page import page_for_token, page_not_found
from totalplace.sim.browser.parts.templates import html

EVIL = "<script>alert('1')</script>\"&\x1b"
SHOWN = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&#34;&amp;\\x1b"


def cells_of(table: str) -> list[str]:
    return re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", table)


@pytest.mark.parametrize("named", [True, False])
def test_a_table_of_figures_holds_every_cell_as_text(named: bool) -> None:
    table = html("figures", heads=[EVIL, "b"], rows=[[EVIL, np.int64(3)], ["", "−£4m"]], named=named)
    assert cells_of(table) == [SHOWN, "b", SHOWN, "3", "", "−£4m"]
    assert table.count('<th scope="row">') == 2 * named
    assert table.count('scope="col"') == 2


def test_a_cell_of_a_stacking_table_stands_beside_its_head_and_an_empty_one_holds_no_blank() -> None:
    rows = [[EVIL, Cell(EVIL), Cell("+1", [EVIL, "more"], "tp-good")]]
    table = html("differences", columns=[("metric", False), (EVIL, True), ("other", True)], rows=rows)
    assert EVIL not in table
    assert table.count(SHOWN) == 5
    assert re.findall('data-head="(.*?)"', table) == [SHOWN, "other"]
    assert '<th role="rowheader" scope="row" style="vertical-align: top">' in table
    assert table.count('role="row"') == table.count("</tr>") == 2
    line = '<b class="tp-good">+1</b><br><span class="tp-small tp-muted">' + SHOWN + "<br>more</span></div></td>"
    assert line in table
    assert 'data-head="one for each"></td>' in guide_html(), "the style sheet hides a cell only if there is nothing in it"


def test_places_say_how_sure_they_are_only_where_they_are_not() -> None:
    rows: list[dict[str, Any]] = [{"place": EVIL, "region": EVIL, "value": "1", "band": band} for band in ([], [EVIL])]
    table = html("places", rows=rows)
    assert EVIL not in table
    assert (table.count(SHOWN), table.count("tp-muted")) == (5, 1)


def test_plain_pages_show_an_address_and_give_it_back() -> None:
    page = page_not_found(f"/{EVIL}", "", "/below", EVIL, "")
    assert f"There is no page at /{SHOWN}." in page
    assert f'<script nonce="{SHOWN}">' in page
    asking = page_for_token([("a", "1\x1b"), (EVIL, EVIL)], True, "nonce")
    assert '<input type="hidden" name="a" value="1\x1b">' in asking, "what the form sends back is what came"
    assert "<script>alert" not in page + asking
    assert page.startswith("<!doctype html>")
    assert asking.startswith("<!doctype html>")
