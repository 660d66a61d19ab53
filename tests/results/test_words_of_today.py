"""On money of 2024-25 a reader sees the bodies and departments of today, and which place is an estimate; in 2010 what he saw."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from matplotlib.text import Text

import totalplace as tp
from tests.report.page_text import Page
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.period_words import called, renamed
from totalplace.scenarios.vocabulary import AGENCY_KINDS, DEPARTMENTS, LISTS
from totalplace.sim.browser.charts import money, outcomes, over_time
from totalplace.sim.browser.parts.lever_controls import groups
from totalplace.sim.browser.state.snapshot import Snapshot, take
from totalplace.sim.browser.widgets.picture import structure
from totalplace.sim.cli import exit_code
from totalplace.sim.figures import drawings
from totalplace.sim.report import write_report
from totalplace.sim.results.run import Ensemble

TODAY, THEN = "today", "october-2010"
#: Bodies and departments that were gone by 2024-25.
GONE: Final = re.compile(
    r"primary care trust|\bPCTs?\b|GP consorti|\bDCLG\b|\bCLG\b|(?<!Housing, )Communities and Local Government|\bDH\b|\bBIS\b"
    r"|Department of Health(?! and)|police authorit|Homes and Communities Agency|strategic health authorit|Learning and Skills",
)
NAMES: Final = ("silo", "joint-commissioning", "single-pot")
AT: Final = ("--place", "Birmingham", "--year", "2024-25", "--quarters", "12", "--runs", "4")


def old_labels() -> set[str]:
    """Labels of bodies and departments of 2010 that have another name today, but for those that are words of something else."""
    own = {label for label, _ in renamed(TODAY, AGENCY_KINDS, DEPARTMENTS).items()}
    kept = {name for words in LISTS for row in words.rows.values() for name in (row.called(TODAY), row.briefly(TODAY))}
    return {label.casefold() for label in own} - {label.casefold() for label in kept}


def wrong(texts: Iterator[str]) -> list[str]:
    """Texts that name a body that is gone, and those that are nothing but an old label."""
    old = old_labels()
    return [text for text in texts if GONE.search(text) or text.strip().casefold() in old]


@pytest.fixture(scope="module")
def today() -> list[Ensemble]:
    return [tp.ensemble(tp.load(name, place="Birmingham", year="2024-25", quarters=12), runs=4) for name in NAMES]


@pytest.fixture(scope="module")
def shot() -> Snapshot:
    return _shot("2024-25")


def _shot(year: str) -> Snapshot:
    setting = ["levers.encouragement.health=0.5", f"events=[{int(year[:4]) + 1}-04: freedom communities at 50%]"]
    model = tp.PlaceModel(tp.load("single-pot", place="Birmingham", year=year, quarters=12, set=setting), rng=3)
    for _ in range(8):
        model.step()
    return take(model)


def strings(content: Any) -> Iterator[str]:
    """Every text in plain data."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict):
        for value in content.values():
            yield from strings(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from strings(value)


def browser(shot: Snapshot) -> Iterator[str]:
    """Every text that the place page takes from a snapshot."""
    for option in (money.gains_matrix(shot, False), money.gains_sankey(shot, False), money.money_flow(shot, False),
                   money.money_flow(shot, False, ("department", "agency", "theme")), outcomes.outcome_matrix(shot, False),
                   over_time.time_series(shot, ["pooled_share"], False), structure(shot)):
        yield from strings(option)
    yield from strings(json.loads(groups(shot.departments_drawn, shot.words)))
    yield from (event.text for event in shot.events)


def test_old_labels_are_those_of_bodies_that_have_another_name_now() -> None:
    assert {"nhs", "communities", "probation and justice", "business"} <= old_labels()
    assert not {"health", "transport", "council", "fire"} & old_labels(), "words of outcomes, kinds, and of all times"


@pytest.mark.parametrize("name", [*AGENCY_KINDS, *DEPARTMENTS])
def test_each_body_has_one_name_in_a_period(name: str) -> None:
    for words in (AGENCY_KINDS, DEPARTMENTS):
        if name in words:
            assert called(name, THEN, words) == words.rows[name].label
            assert not GONE.search(called(name, TODAY, words))
            assert not GONE.search(words.rows[name].briefly(TODAY))
    assert (called("transport", TODAY, AGENCY_KINDS), called("transport", TODAY, DEPARTMENTS)) == ("transport", "DfT")


def test_figures_name_no_body_that_is_gone_and_mark_an_estimate(today: list[Ensemble]) -> None:
    for name, draw in drawings(today, today[0]).items():
        texts = [text.get_text() for text in draw().findobj(Text)]
        assert not wrong(iter(texts)), name
        assert any("Birmingham (estimate)" in text for text in texts), name
        assert any("filed no accounts of 2024-25" in " ".join(text.split()) for text in texts), name
        if name.startswith(("who", "net-gains", "refusals", "network")):
            assert any("integrated care board" in text for text in texts), name


def test_a_report_names_no_body_that_is_gone_and_marks_an_estimate(today: list[Ensemble], tmp_path: Path) -> None:
    from tests.report.conftest import write_results

    folder = write_results(tmp_path / "three", today, "silo")
    page = Page(write_report(folder, tmp_path / "report.html").read_text(encoding="utf-8"))
    assert not wrong(iter(page.words))
    assert not wrong(cell for table in page.tables.values() for row in table for cell in row)
    assert "Birmingham (estimate)" in page.text
    assert "Birmingham filed no accounts of 2024-25" in page.text
    assert "integrated care board" in page.text
    assert re.search(r"formula \d+%", page.text)
    assert "October 2010" not in page.text, "what describes another time is left out"


def test_a_description_is_of_its_period() -> None:
    then = tp.load("silo")
    assert "October 2010" in then.description
    assert tp.load("silo", year="2017-18").description == then.description
    assert tp.load("silo", year="2024-25").description == ""
    assert tp.load("single-pot-today").description.startswith("The single pot of Total Place on the money")


@pytest.mark.parametrize("words", [
    ("run", "joint-commissioning", "--metric", "all"), ("explain", "joint-commissioning"),
    ("compare", *NAMES, "--baseline", "silo", "--money"), ("places", "show", "Birmingham"),
])  # fmt: skip
def test_what_commands_print_names_no_body_that_is_gone(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    of_place = words[0] == "places"
    assert exit_code([*words, *(("--year", "2024-25") if of_place else AT)]) == 0
    said = capsys.readouterr()
    assert not (GONE.search(said.out) if of_place else wrong(iter(re.split(r"\n|  +", said.out)))), "lines of accounts keep names"
    assert "estimate" in said.out + said.err
    if words[0] in ("run", "explain", "places"):
        assert "integrated care" in said.out


def test_the_browser_names_no_body_that_is_gone(shot: Snapshot) -> None:
    texts = list(browser(shot))
    assert not wrong(iter(texts))
    assert "NHS (integrated care board)" in texts
    assert {"MHCLG", "DHSC"} <= set(texts)
    assert any("freedom MHCLG at 50%" in text for text in texts)
    assert "DHSC" in [node["name"] for node in money.money_flow(shot, False)["series"][0]["data"]], "a name needs no word beside it"
    assert shot.place_name == "Birmingham (estimate)"
    assert shot.quality[0] == "estimate"


def test_in_2010_the_browser_says_what_it_said() -> None:
    shot = _shot("2010-11")
    texts = list(browser(shot))
    assert {"NHS", "police", "communities", "probation and justice"} <= set(texts)
    assert any("freedom communities at 50%" in text for text in texts)
    assert not {row.names[TODAY] for words in (AGENCY_KINDS, DEPARTMENTS) for row in words.rows.values() if row.names} & set(texts)
    assert shot.place_name == "Birmingham"


def test_several_commissioners_of_the_nhs_have_a_name_of_the_period() -> None:
    from totalplace.sim.results.deals import agency_label, short_agency_label

    assert agency_label("gp_consortium_2", THEN) == "GP consortium 2" == short_agency_label("gp_consortium_2", THEN)
    assert agency_label("gp_consortium_2", TODAY) == "NHS commissioner 2"
    assert short_agency_label("nhs", TODAY) == "ICB"


def test_names_of_columns_stay_and_labels_change(today: list[Ensemble]) -> None:
    then = tp.load("joint-commissioning", quarters=4)
    before = tp.run(then, seed=1).known_metrics
    assert list(before) == list(today[1].known_metrics)
    assert (before["ceded_nhs"].label, today[1].known_metrics["ceded_nhs"].label) == (
        "ceded by NHS", "ceded by NHS (integrated care board)")
    assert set(tp.compare(today)["place"]) == {"Birmingham"}, "tables hold the name, by which places are found"


@pytest.mark.parametrize("name", [*tp.scenarios.names()])
def test_no_title_names_a_body_that_is_gone_or_another_period(name: str) -> None:
    """A scenario on the money of the other era is told by a title that is right there."""
    try:
        moved = tp.load(name, year="2010-11" if tp.load(name).year == "2024-25" else "2024-25")
    except InputError:
        return  # dated for its own years
    assert moved.title
    assert not GONE.search(moved.title)
    assert not re.search(r"October 2010|\btoday\b", moved.title, re.IGNORECASE), moved.title
    assert moved.name == name


def test_a_title_of_ones_own_stays() -> None:
    assert tp.load("october-2010", year="2024-25", title="October 2010 on the money of today").title.startswith("October 2010 on")
    assert tp.load("lsp-no-cuts", year="2024-25").title == "Local strategic partnership, no cuts"
