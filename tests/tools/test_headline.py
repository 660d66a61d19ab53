"""The words and the picture at the head of the README say what the runs behind them say."""

from __future__ import annotations

import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

import totalplace as tp
from tools import headline, then_and_now
from totalplace.scenarios.reading import marked
from totalplace.sim.results.compare import difference
from totalplace.sim.results.run import Ensemble

RUNS = 40


@pytest.fixture(scope="module")
def small() -> dict[str, Ensemble]:
    """Three arrangements in a small place, with as many runs as a clear difference takes."""
    return {name: tp.ensemble(tp.load(name, place="Rutland", quarters=16, clusters=2), runs=RUNS)
            for name in ("silo", "joint-commissioning", "single-pot")}


@pytest.fixture(autouse=True)
def _in_place(small: dict[str, Ensemble], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headline, "played", lambda: small)


def test_the_answer_quotes_the_runs(small: dict[str, Ensemble]) -> None:
    told = " ".join(headline.answer().split())
    low, middle, high = np.quantile(difference(small["single-pot"], small["silo"], "net_saving"), (0.05, 0.5, 0.95)).tolist()
    place = re.search(r"Rutland, 2010-10 to 2014-09\. A single pot frees £([\d.]+)m a year in year 4 "
                      r"\((−?)£([\d.]+)m to £([\d.]+)m\)", told)
    assert place, told
    assert float(place[1]) == pytest.approx(middle, abs=0.06)
    assert float(place[3]) * (-1 if place[2] else 1) == pytest.approx(low, abs=0.06)
    assert float(place[4]) == pytest.approx(high, abs=0.06)
    share = float(np.median(small["single-pot"].at_end("net_saving_share_of_spend")))
    assert f"one pound in every {100 / share:,.0f} that" in told or share <= 0
    assert f"Each figure is the median of {RUNS} runs over the posterior" in told
    off = re.search(r"More runs may move the median saving of the pot by £([\d.]+)m", told)
    assert off, told
    draws = np.repeat(np.arange(RUNS // 2), 2)  # two runs share a set of parameters
    gap = difference(small["single-pot"], small["silo"], "net_saving")
    again = np.random.default_rng(1).integers(0, RUNS // 2, (400, RUNS // 2))
    medians = [np.median(np.concatenate([gap[draws == one] for one in chosen])) for chosen in again]
    assert float(off[1]) == pytest.approx(1.96 * np.std(medians), rel=0.6, abs=0.2)


def test_what_the_answer_rests_on_is_played_too(small: dict[str, Ensemble]) -> None:
    told = " ".join(headline.answer().split())
    found = re.search(r"which nobody published: 30% of .* The pot frees (−?)£([\d.]+)m at 10% and (−?)£([\d.]+)m at 50%\.", told)
    assert found, told
    least, most = (float(found[at + 1]) * (-1 if found[at] else 1) for at in (1, 3))
    middle = float(np.median(small["single-pot"].at_end("net_saving")))
    assert least - 0.05 <= middle <= most + 0.05
    half = small["single-pot"].scenario.with_contents([marked({"levers": {"single_pot": {"all": 0.5, "treasury": 0}}}, "half")])
    assert most == pytest.approx(float(np.median(tp.ensemble(half, runs=RUNS).at_end("net_saving"))), abs=0.06)


def test_the_table_then_and_now_has_the_medians_of_the_readme(small: dict[str, Ensemble], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(then_and_now, "THEN", {"single-pot": then_and_now.THEN["single-pot"]})
    head, ((title, pooled, saving, wellbeing),) = then_and_now.then_and_now()
    assert (head[0], title) == ("arrangement", "single pot")
    pot = small["single-pot"]
    assert pooled == f"28.7, 27.3, {np.median(pot.at_end('pooled_share')):.1f}"
    assert float(saving.split(", ")[2].replace("−", "-")) == pytest.approx(np.median(pot.at_end("net_saving")), abs=0.051)
    gap = 1000.0 * np.median(difference(pot, small["silo"], "wellbeing"))
    assert float(wellbeing.split(", ")[2]) == pytest.approx(gap, abs=0.51)


def test_a_gain_that_may_be_nothing_is_said_to_be() -> None:
    assert headline._doubt(np.array([-1.0, 1.0])) == ", or perhaps nothing"
    assert headline._doubt(np.array([1.0, 2.0])) == ""
    assert headline._pounds(0.0) == "0% of all"
    assert [headline._pounds_million(value) for value in (-0.04, -0.5, 9.94, 54.9)] == ["£0.0m", "−£0.5m", "£9.9m", "£55m"]


def test_the_matrix_holds_what_differs(small: dict[str, Ensemble]) -> None:
    signs = headline.differences("pooled_share")
    assert (signs == -signs.T).all()
    assert signs[2, 0] == 1, "a single pot pools more than none"
    panels = headline.matrix().axes
    assert [axes.get_title(loc="left") for axes in panels] == ["pooled share", "net saving", "wellbeing"]
    for axes, metric in zip(panels, ("pooled_share", "net_saving", "wellbeing"), strict=True):
        squares = [one for one in axes.patches if isinstance(one, Rectangle)]
        drawn = [to_hex(one.get_facecolor()) for one in squares]
        expected = headline.differences(metric)
        assert drawn == [headline._MATRIX[int(expected[row, column])][0].lower() for row, column in ((1, 0), (2, 0), (2, 1))]


def test_a_conclusion_that_the_page_does_not_have_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(headline, "CONCLUSIONS", ("Pigs fly",))
    with pytest.raises(ValueError, match=r"what-survives\.md has no conclusion 'Pigs fly'"):
        headline.survival()
