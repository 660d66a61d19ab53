from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

import totalplace as tp
from totalplace.scenarios import posterior
from totalplace.scenarios.calendar import period
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.cli.tables import summary_table
from totalplace.sim.figures.style import place_and_time
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.report.set_up import question
from totalplace.sim.results.run import Ensemble, last_year_words
from totalplace.sim.results.setting import places_words, setting, setting_line
from totalplace.sim.results.wording import listing

_LACKS = posterior.shipped().missing
#: What is said of bands where nothing is said of the uncertainties.
OVER = "over the posterior" + (
    f" ({len(_LACKS)} parameters over the prior, since the posterior has no columns for them)" if len(_LACKS) > posterior.MOST_NAMED
    else f" ({listing(list(_LACKS))} over the prior, since the posterior has no "
    f"column{'s for them' if len(_LACKS) > 1 else ' for it'})"
    if _LACKS else ""
) + ": what is not known and chance"


def test_a_comparison_says_place_time_runs_seeds_year_prices_and_uncertainties(silo: Ensemble, single_pot: Ensemble) -> None:
    assert setting([silo, single_pot]) == {
        "Place": "Birmingham (E08000025)",
        "Time": "2010-10 to 2012-09 (8 quarters)",
        "Runs": "4 of each scenario",
        "Seeds": "1 to 4",
        "Budgets": "of 2010-11",
        "Quality of the agencies' money": "actual 41%, formula 6%, estimate 54%",
        "Prices": "constant, of 2010-11",
        "Uncertainties": OVER,
    }
    line = setting_line([silo, single_pot])
    assert line == (
        "Birmingham (E08000025), 2010-10 to 2012-09 (8 quarters); 4 runs of each scenario; seeds 1 to 4; budgets of 2010-11; "
        f"prices constant, of 2010-11; {OVER}."
    )


def test_what_differs_is_told_once_each(silo: Ensemble) -> None:
    asked = ["uncertainties=default", "uncertainties=prior", "uncertainties.eta=0.9", "uncertainties.eta=prior"]
    fixed, drawn, some, one = (replace(silo, scenario=tp.load("silo", quarters=8, set=[text])) for text in asked)
    assert setting([silo, fixed, drawn, some, some])["Uncertainties"] == (
        f"{OVER}, default values: chance alone, over the prior: what is not known and chance and 1 parameter set to another value "
        "than the default: chance alone"
    )
    fixed_ones = f"{len(PARAMETERS) - 1} parameters fixed"
    assert setting([one])["Uncertainties"] == f"over the prior: what is not known and chance, {fixed_ones}"
    many = replace(silo, scenario=some.scenario.for_many_runs())
    assert setting([many])["Uncertainties"] == f"{OVER}, 1 parameter fixed"


def test_titles_name_all_places_or_say_how_many_more() -> None:
    assert places_words(["Leeds", "Kent", "Leeds"]) == "Leeds and Kent"
    assert places_words([f"p{number}" for number in range(150)]) == "p0, p1, p2 and 147 more places"


@pytest.mark.parametrize(("quarters", "mean"), [(40, "last four quarters"), (3, "3 quarters that were run")])
def test_the_last_year_is_said_as_it_is(quarters: int, mean: str) -> None:
    assert mean in last_year_words(quarters)


def test_a_run_shorter_than_a_year_ends_with_what_there_is(silo: Ensemble) -> None:
    short = replace(silo, metrics=silo.metrics[:, :3])
    expected = silo.metrics["wellbeing"][:, :3].mean(axis=1)
    assert short.at_end("wellbeing") == pytest.approx(expected, rel=1e-14)
    assert np.array_equal(short.at_end("net_saving_cumulative"), silo.metrics["net_saving_cumulative"][:, 2])


@pytest.mark.parametrize(("start", "quarters", "words"), [
    ("2010-10", 40, "2010-10 to 2020-09"), ("2010-10", 1, "2010-10 to 2010-12"), ("2011-01", 4, "2011-01 to 2011-12"),
])
def test_a_run_ends_with_its_last_month_everywhere(start: str, quarters: int, words: str) -> None:
    scenario = tp.load("lsp", place="Rutland", start=start, quarters=quarters, clusters=1)
    found = tp.ensemble(scenario, runs=1)
    assert period(start, quarters) == found.period == words
    screen = Console(width=300)
    with screen.capture() as printed:
        screen.print(summary_table(found, [METRICS["wellbeing"]]))
    asked, _ = question([found], found)
    told = [scenario.says()[0], printed.get(), asked, place_and_time(found), setting([found])["Time"], tp.explain(found).source]
    for text in told:
        assert words in text
        assert re.findall(r"\d{4}-\d{2} to \d{4}-\d{2}", text) == [words] * text.count(" to 20")
