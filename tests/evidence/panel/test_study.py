"""What the panel says of the tables that ship: estimates, growth as parts, years held out that nothing learned from, the page."""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from totalplace.scenarios.errors import InputError
from totalplace.sim.cli import exit_code
from totalplace.sim.evidence.panel import prediction, tables
from totalplace.sim.evidence.panel.growth import STEPS, _apart, explained, growth
from totalplace.sim.evidence.panel.page import PAGE, markdown, write
from totalplace.sim.evidence.panel.prediction import GIVEN, NO_CHANGE, OURS, TREND, Held, councils, numbers, spend

pytest.importorskip("linearmodels")

from totalplace.sim.evidence.panel.study import Study, study

NUMBER = r"([+−]?\d+(?:\.\d+)?)"


@pytest.fixture(scope="module")
def found() -> Study:
    return study()


def test_need_moves_spending_and_early_help_has_an_upper_bound(found: Study) -> None:
    """A first look at the same tables found 0.73 (0.62 to 0.83), and 0.03 (-0.02 to 0.08) a year later."""
    money = found.one("spend on looked-after children", "their mean number over the year", "the same year").main
    assert 0.62 < money.value < 0.83
    assert money.high < 1.0
    later = found.one("looked-after children", "early help", "1 year later").main
    assert -0.2 < later.low < later.value < 0.0 < later.high
    assert later.power(-0.2) > 0.95
    with pytest.raises(KeyError):
        found.one("looked-after children", "weather", "the same year")


def test_growth_is_the_sum_of_its_parts_and_of_its_years(found: Study) -> None:
    whole, before, after = found.growth
    for one in found.growth:
        assert one.unit_cost + one.numbers == pytest.approx(one.spend)
        assert np.log(one.costs[1] / one.costs[0]) == pytest.approx(one.unit_cost)
    for name in ("spend", "unit_cost", "numbers", "early_help"):
        assert getattr(before, name) + getattr(after, name) == pytest.approx(getattr(whole, name))
    assert np.expm1(whole.unit_cost) == pytest.approx(0.44, abs=0.02)
    assert np.expm1(whole.numbers) == pytest.approx(0.16, abs=0.02)
    assert growth(2017, 2018).drift < whole.drift
    assert explained(-0.2) == pytest.approx(2.0 * explained(-0.1))


@pytest.mark.parametrize(("source", "predict"), [
    ("children_logs", numbers), ("children_logs", spend), ("councils_logs", councils),
])
def test_predictions_know_nothing_of_the_years_held_out(
    source: str, predict: Callable[[], list[Held]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Years held out are scrambled: what is predicted of them stays, but for what is given."""
    changed = getattr(tables, source)().copy()
    late = changed.index.get_level_values("year") > tables.LAST
    known = changed.select_dtypes("number").columns
    changed.loc[late, known] += np.random.default_rng(5).normal(size=(late.sum(), len(known)))
    before = predict()
    monkeypatch.setattr(prediction, source, lambda: changed)
    for one, other in zip(before, predict(), strict=True):
        assert not np.allclose(one.actual, other.actual)
        for way in (NO_CHANGE, TREND, OURS):
            assert np.allclose(one.predicted[way], other.predicted[way]), (one.measure, one.year, way)
        assert one.reach == other.reach
        if GIVEN in one.predicted:
            assert not np.allclose(one.predicted[GIVEN], other.predicted[GIVEN])


def test_errors_and_what_is_ahead() -> None:
    actual = np.array([0.0, 0.1, 0.2, 0.3])
    one = Held("need", 2023, actual, {NO_CHANGE: actual + 0.2, OURS: actual + np.array([0.1, -0.1, 0.1, -0.1])}, reach=0.15)
    assert one.error(NO_CHANGE) == pytest.approx(0.2)
    assert one.apart(NO_CHANGE) == pytest.approx(0.0)
    assert one.error(OURS) == one.apart(OURS) == pytest.approx(0.1)
    assert one.covered() == 1.0
    mixed = Held("need", 2023, actual, {NO_CHANGE: actual + 0.2, OURS: actual + np.array([0.1, -0.1, 0.0, 0.1])})
    assert mixed.ahead(OURS, NO_CHANGE) > 2.0 > 0.0 > mixed.ahead(NO_CHANGE, OURS)
    assert mixed.covered() is None
    assert one.changed() == pytest.approx(-0.2)
    assert one.changed(OURS) == pytest.approx(-0.2)


def test_places_that_walk_at_random_are_told_from_those_that_go_back() -> None:
    steps = np.random.default_rng(3).normal(size=(400, 12))
    ratios = []
    for values in (steps.cumsum(axis=1), steps):
        short, long = (_apart(pd.DataFrame(values), years).to_numpy().var() for years in (1, STEPS))
        ratios.append(long / (STEPS * short))
    assert ratios == pytest.approx([1.0, 1.0 / STEPS], abs=0.1)


def test_a_trend_is_the_line_through_the_years_that_there_are() -> None:
    wide = pd.DataFrame([[1.0, np.nan, 3.0], [0.0, np.nan, np.nan]], columns=[2017, 2018, 2019])
    assert prediction._slopes(wide).tolist() == pytest.approx([1.0, np.nan], nan_ok=True)


def test_the_page_says_where_ours_is_worse(found: Study) -> None:
    text = markdown(found)
    for one in found.held:
        assert f"| {one.measure} | {one.year} |" in text
        behind = one.ahead(OURS, NO_CHANGE) < -2.0
        assert (f"{one.measure} {one.year}" in text.partition("Worse than no change: ")[2].partition("\n")[0]) == behind


def test_the_page_that_ships_is_the_one_that_the_tables_give(found: Study) -> None:
    """To a last digit, in which processors may differ."""
    written, shipped = (re.split(NUMBER, text) for text in (markdown(found), (tables.ROOT / "docs" / PAGE).read_text("utf-8")))
    assert written[::2] == shipped[::2]
    now, then = ([float(number.replace("−", "-")) for number in text[1::2]] for text in (written, shipped))
    assert np.allclose(now, then, rtol=0.02, atol=0.011)


@pytest.mark.figures
def test_page_and_figures_are_written(found: Study, tmp_path: Path) -> None:
    files = write(found, tmp_path)
    assert [path.name for path in files] == ["panel-estimates.png", "panel-growth.png", PAGE]
    assert all(path.stat().st_size > 1000 for path in files)


def test_who_has_no_linearmodels_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = builtins.__import__

    def without(name: str, *given: Any, **named: Any) -> Any:
        if name.startswith("linearmodels"):
            raise ImportError("No module named 'linearmodels'")
        return whole(name, *given, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match="linearmodels") as error:
        study()
    assert "totalplace[panel]" in str(error.value)


def test_the_command_shows_or_writes_the_page(
    found: Study, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("totalplace.sim.evidence.panel.study.study", lambda progress=None: found)
    assert exit_code(["validate", "--panel"]) == 0
    assert "What is identified" in capsys.readouterr().out
    assert exit_code(["validate", "--panel", "--out", str(tmp_path)]) == 0
    assert (tmp_path / PAGE).read_text("utf-8") == markdown(found)


@pytest.mark.parametrize(("words", "said"), [
    (("--levers",), "pages of their own"), (("--places", "Kent"), "over all places"), (("--draw", "prior"), "draws nothing"),
])
def test_what_makes_no_sense_beside_the_panel_is_refused(
    words: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(["validate", "--panel", *words, "--out", str(tmp_path)]) != 0
    assert said in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / PAGE).exists()
