"""Every place of England under one scenario, on a map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape

import reacton.ipyvuetify as rv
import solara

from scenarios import places
from scenarios.errors import InputError
from sim.browser.address import Query, link, use_query
from sim.browser.background import use_work
from sim.browser.charts.base import axis_title
from sim.browser.charts.england import MAP, england_map
from sim.browser.charts.view import Chart
from sim.browser.comparison import whole
from sim.browser.england import MOST_RUNS, USUAL_METRIC, England, PlaceResults, play
from sim.browser.layout import Heading, Problem
from sim.browser.metric_choice import metric_items
from sim.browser.outline import ATTRIBUTION, outline_text
from sim.browser.progress import Arrived, Progress
from sim.browser.setup import arrangement_titles, place_names, read_seed, scenario_titles
from sim.browser.theme import use_dark
from sim.metrics import METRICS, metric
from sim.wording import amount

#: Places that each list beside the map names.
LISTED = 8
VALUES = [{"text": "in the last year", "value": ""}, {"text": "change since the first quarter", "value": "change"}]


def read(query: Query) -> tuple[England, str, bool, str]:
    """What an address asks for, its metric, whether the change is shown, and what is wrong with it."""
    try:
        name = metric(query.get("metric", [USUAL_METRIC])[-1]).name
        return England.of(query), name, query.get("show") == ["change"], ""
    except InputError as error:
        return England(), USUAL_METRIC, False, str(error)


def about() -> str:
    """What the page says of itself, with the number of places."""
    return f"One scenario in all {len(place_names())} places, each with its own budgets and people. Click a place to open it."


@solara.component
def Page() -> None:
    """The England page; pressing Run writes the set-up into the address, and the address decides what runs."""
    query, go = use_query()
    router = solara.use_router()
    asked, name, change, problem = read(query)
    ready = bool(query.get("scenario")) and not problem
    job, start, cancel = use_work()
    trouble, set_trouble = solara.use_state("")
    here, set_here = solara.use_state(False)

    def run_asked() -> None:
        set_trouble("")
        cancel()
        try:
            if ready and here:
                start(play(asked.load(), asked.runs, asked.seed))
        except InputError as error:
            set_trouble(str(error))

    solara.use_effect(run_asked, [asked, ready, here])

    def view(**values: str) -> None:
        shown = {"metric": name, "show": "change" if change else ""} | values
        go((asked.query() if ready else {}) | shown)

    def open_place(place: str) -> None:
        if place in place_names():
            router.push(link("place", place=place, scenario=asked.scenario, arrangement=asked.arrangement, seed=asked.seed))

    results: PlaceResults = job.result if ready and job.result is not None else PlaceResults({}, {})
    with solara.Column(classes=["tp-page"]):
        Arrived(event_here=set_here)
        Heading("England", about())
        Setup(asked, lambda wanted: go(wanted.query() | {"metric": name, "show": "change" if change else ""}),
              job.busy).key(repr(asked))
        Progress(job, "place", cancel, problem or trouble)
        with rv.Html(tag="section", class_="tp-card tp-bar", attributes={"aria-label": "What the map shows"}):
            rv.Select(label="Metric", items=metric_items(), v_model=name, dense=True, hide_details=True,
                      on_v_model=lambda chosen: view(metric=chosen))
            rv.Select(label="Value", items=VALUES, v_model="change" if change else "", dense=True, hide_details=True,
                      on_v_model=lambda chosen: view(show=chosen))
        Map(results, name, change, open_place)
        rv.Html(tag="p", class_="tp-muted tp-small", children=[ATTRIBUTION])


@solara.component
def Setup(asked: England, on_run: Callable[[England], None], busy: bool) -> None:
    """The form: scenario, arrangement, runs of each place, first seed."""
    draft, set_draft = solara.use_state(asked)
    runs, set_runs = solara.use_state(str(asked.runs))
    seed, set_seed = solara.use_state(str(asked.seed))
    problem, set_problem = solara.use_state("")
    scenarios = [{"text": f"{title} ({name})", "value": name} for name, title in scenario_titles().items()]
    kinds = [{"text": "as the scenario says", "value": ""}, *({"text": t, "value": n} for n, t in arrangement_titles().items())]

    def run() -> None:
        try:
            wanted = replace(draft, runs=whole(runs.strip(), "number of runs", 1, MOST_RUNS), seed=read_seed(seed))
            wanted.load()
        except InputError as error:
            set_problem(str(error))
        else:
            set_problem("")
            on_run(wanted)

    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "What is run"}):
        with rv.Html(tag="div", class_="tp-bar"):
            rv.Select(label="Scenario", items=scenarios, v_model=draft.scenario, dense=True, hide_details=True,
                      on_v_model=lambda name: set_draft(replace(draft, scenario=name)))
            rv.Select(label="Arrangement", items=kinds, v_model=draft.arrangement, dense=True, hide_details=True,
                      on_v_model=lambda name: set_draft(replace(draft, arrangement=name or "")))
            with rv.Html(tag="div", class_="tp-narrow"):
                solara.InputText("Runs each", value=runs, on_value=set_runs, dense=True, hide_details=True)
            with rv.Html(tag="div", class_="tp-narrow"):
                solara.InputText("First seed", value=seed, on_value=set_seed, dense=True, hide_details=True)
            solara.Button("Run", on_click=run, color="primary", icon_name="mdi-play", disabled=busy)
        Problem(problem)


@solara.component
def Map(results: PlaceResults, name: str, change: bool, open_place: Callable[[str], None]) -> None:
    """The map, the places with most and least beside it, and a field to find one by name."""
    dark = use_dark()
    values = solara.use_memo(lambda: results.values(name, change), [results, name, change])
    option = solara.use_memo(lambda: england_map(values, name, dark, change), [values, name, dark, change])
    title = axis_title(METRICS[name]) + (", change since the first quarter" if change else ", last year")
    outline = solara.use_memo(lambda: {MAP: outline_text()}, [])
    with rv.Html(tag="div", class_="tp-main"):
        about = {"aria-label": "Map", "data-testid": "map", "data-places": str(len(values))}
        with rv.Html(tag="section", class_="tp-card", attributes=about):
            rv.Html(tag="h2", children=[title])
            Chart(option, f"Map of England: {title} in {len(values)} places", 640, maps=outline,
                  on_click=lambda event: open_place(str(event.get("name"))))
            rv.Html(tag="p", class_="tp-muted tp-small mb-0", children=[METRICS[name].meaning])
        with rv.Html(tag="div", style_="display: grid; gap: 14px; min-width: 0"):
            with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "Open a place"}):
                rv.Autocomplete(label="Open a place", items=list(place_names()), v_model=None, dense=True, hide_details=True,
                                on_v_model=lambda place: open_place(place) if place else None)
            _Extremes(values, name, change)


@solara.component
def _Extremes(values: dict[str, float], name: str, change: bool) -> None:
    """The places with the highest and the lowest values."""
    ordered = sorted(values, key=lambda place: -values[place])
    regions = {place.name: place.region for place in places.names()}
    unit = METRICS[name].unit

    def rows(some: list[str]) -> str:
        return "".join(
            f'<tr><th scope="row">{escape(place)}<br><span style="font-weight: 400">{escape(regions[place])}</span></th>'
            f'<td class="tp-number">{escape(amount(values[place], unit, signed=change, brief=True))}</td></tr>' for place in some)

    hidden = "" if values else "display: none"
    with rv.Html(tag="section", class_="tp-card", style_=hidden, attributes={"aria-label": "Most and least"}):
        for title, some in (("Highest", ordered[:LISTED]), ("Lowest", ordered[::-1][:LISTED])):
            rv.Html(tag="h2", children=[title])
            solara.HTML(tag="table", classes=["tp-table", "mb-3"], unsafe_innerHTML=f"<tbody>{rows(some)}</tbody>")
