"""The form of the England page: what is run in every place, on the budgets of which year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import reacton.ipyvuetify as rv
import solara

from totalplace.scenarios.places.shapes import YEARS
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.browser.parts.fields import Choice, TextField, Wrong
from totalplace.sim.browser.parts.layout import Problem
from totalplace.sim.browser.parts.stale import Changed, changed, tell
from totalplace.sim.browser.state.compare_setup import whole
from totalplace.sim.browser.state.england_setup import MOST_RUNS, England
from totalplace.sim.browser.state.place_setup import arrangement_titles, read_seed, scenario_titles, year_of

NOTHING: Final = "nothing: one scenario alone"
_AS_GIVEN: Final = "as the scenario says"


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the fields, right or wrong."""

    asked: England
    runs: str
    seed: str

    def read(self) -> tuple[England, dict[str, str]]:
        """What is asked for, and everything that is wrong by field; what belongs to no field is ``all``."""
        wrong = Wrong()
        runs = wrong.read("runs", lambda: whole(self.runs.strip(), "number of runs", 1, MOST_RUNS), 1)
        wanted = replace(self.asked, runs=runs, seed=wrong.read("seed", lambda: read_seed(self.seed, runs), 1))
        wrong.read("all", wanted.load, list[Scenario]())
        return wanted, wrong.found

    def changed(self, run: England) -> tuple[str, ...]:
        """What the fields say otherwise than what was run."""
        return (*changed("Scenario", run.scenario, self.asked.scenario),
                *changed("Arrangement", run.arrangement, self.asked.arrangement, _AS_GIVEN),
                *changed("Compared with", run.against, self.asked.against), *changed("Year", run.year, self.asked.year),
                *changed("Runs each", str(run.runs), self.runs), *changed("First seed", str(run.seed), self.seed))


@solara.component
def Setup(asked: England, on_run: Callable[[England], None], busy: bool, changes: Changed,
          on_year: Callable[[str], None] | None) -> None:
    """The form: scenario, arrangement, what to subtract, year of the budgets, runs of each place, first seed.

    ``changes`` hears what the fields say otherwise than ``asked``, ``on_year`` a year that is chosen before anything is run: its
    map is shown at once, and what else was chosen stays.
    """
    form = solara.use_ref(Form(asked, str(asked.runs), str(asked.seed)))  # what was typed last, drawn since or not
    filled = solara.use_ref(asked)
    nothing: dict[str, str] = {}
    wrong, set_wrong = solara.use_state(nothing)
    _, redraw = solara.use_state(0)
    if filled.current != asked:
        filled.current, form.current = asked, Form(asked, str(asked.runs), str(asked.seed))
    tell(changes, form.current.changed(asked))
    def put(**values: Any) -> None:
        form.current = replace(form.current, **values)
        redraw(lambda count: count + 1)

    def choose(**values: Any) -> None:
        put(asked=replace(form.current.asked, **values))

    def choose_year(year: str | None) -> None:
        choose(given_year=year or "")
        if on_year is not None:
            filled.current = replace(asked, given_year=year or "")
            on_year(year or "")

    def run() -> None:
        wanted, found = form.current.read()
        set_wrong(found)
        if not found:
            on_run(wanted)

    draft = form.current.asked
    scenarios, kinds, years = _items(draft.scenario)
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "What is run"}):
        with rv.Html(tag="div", class_="tp-bar mt-2"):
            Choice("scenario", "Scenario", scenarios, draft.scenario, lambda name: choose(scenario=name),
                   "Which scenario is run in every place.")
            Choice("arrangement", "Arrangement", kinds, draft.arrangement, lambda name: choose(arrangement=name or ""),
                   "How agencies share budgets, where it is not to be as the scenario says.")
            Choice("against", "Compared with", [{"text": NOTHING, "value": ""}, *scenarios], draft.against,
                   lambda name: choose(against=name or ""),
                   "A second scenario, run with the same seeds; the map shows by how much the first differs from it.")
            Choice("year", "Year", years, draft.given_year, choose_year,
                   "Whose places, money and people: those of which year. Budgets follow from then on.")
            _numbers(form.current, put, wrong)
            solara.Button("Run", on_click=run, color="primary", icon_name="mdi-play", disabled=busy)
        Problem(wrong.get("all", ""))


def _numbers(form: Form, put: Callable[..., None], wrong: Mapping[str, str]) -> None:
    """The fields for runs and seed, with what is wrong in them."""
    TextField("runs", "Runs each", form.runs, lambda text: put(runs=text),
              f"Runs of each place, 1 to {MOST_RUNS}. More runs make surer maps and take longer.", wrong.get("runs", ""),
              narrow=True)
    TextField("seed", "First seed", form.seed, lambda text: put(seed=text), "The same seed gives the same map again.",
              wrong.get("seed", ""), narrow=True)


def _items(scenario: str) -> tuple[list[dict[str, str]], list[dict[str, str]], list[dict[str, str]]]:
    """What may be chosen: scenarios, arrangements, years; first of the last two what the scenario says."""
    scenarios = [{"text": f"{title} ({name})", "value": name} for name, title in scenario_titles().items()]
    kinds = [{"text": _AS_GIVEN, "value": ""}, *({"text": title, "value": name} for name, title in arrangement_titles().items())]
    years = [{"text": f"{_AS_GIVEN} ({year_of(scenario)})", "value": ""}, *({"text": year, "value": year} for year in YEARS)]
    return scenarios, kinds, years
