"""Every place of England under one scenario, or the difference between two, on a map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import reacton.ipyvuetify as rv
import solara

from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.places.shapes import USUAL_YEAR
from totalplace.scenarios.vocabulary import period_of
from totalplace.sim.browser.charts.base import sentence
from totalplace.sim.browser.charts.england import MAP, beyond, england_map
from totalplace.sim.browser.charts.view import Chart
from totalplace.sim.browser.parts.england_form import Setup
from totalplace.sim.browser.parts.england_tables import Extremes, Regions
from totalplace.sim.browser.parts.england_words import band_words, how_to_read, order_words, rests_on_words
from totalplace.sim.browser.parts.error_boundary import Boundary
from totalplace.sim.browser.parts.fields import Choice, words_of
from totalplace.sim.browser.parts.layout import Heading
from totalplace.sim.browser.parts.metric_choice import metric_items
from totalplace.sim.browser.parts.progress import Arrived, Progress
from totalplace.sim.browser.parts.stale import Stale, use_changed
from totalplace.sim.browser.parts.theme import use_dark
from totalplace.sim.browser.server.background import use_work
from totalplace.sim.browser.state import england_setup
from totalplace.sim.browser.state.address import Query, link, use_query
from totalplace.sim.browser.state.compare_setup import file_words
from totalplace.sim.browser.state.england_setup import KNOWN, MONEY, SHOWN, England, Looked, Shown, play
from totalplace.sim.browser.state.place_setup import place_names
from totalplace.sim.model.metrics import metrics_of
from totalplace.sim.results.every_place import Band, PlaceResults, estimate_words, estimates
from totalplace.sim.results.map_outline import attribution, outline_text

ALL_ENGLAND = "all England"


def read(query: Query) -> tuple[England, Looked, str]:
    """What an address asks for, how it is looked at, and what is wrong with it."""
    try:
        return England.of(query), Looked.of(query), ""
    except InputError as error:
        return England(), Looked(), words_of(error)


def about(year: str = USUAL_YEAR) -> str:
    """What the page says of itself, with the number of places of a year."""
    return (f"One scenario in all {len(place_names(year))} places, each with its own budgets and people. Choose a scenario and "
            "press Run, or look at what is known before. Click a place to open it.")


def _with_run(wanted: England, now: Query) -> dict[str, Any]:
    """The values of an address with other runs, which are looked at as before."""
    looked = read(now)[1]
    seen = looked if looked.name not in KNOWN else replace(looked, name="")
    return wanted.query() | replace(seen, show="difference" if wanted.against else seen.show).query()


def _with_view(values: dict[str, Any], now: Query) -> dict[str, Any]:
    """The values of an address whose runs are looked at otherwise."""
    asked, looked, problem = read(now)
    kept = asked.query() if now.get("scenario") and not problem else {"year": asked.given_year}
    return kept | replace(looked, **values).query()


def _with_year(year: str, now: Query) -> dict[str, Any]:
    """The values of an address before any run, whose map is that of another year."""
    return _with_view({}, now) | {"year": year}


@solara.component
def Page() -> None:
    """The England page; pressing Run writes the set-up into the address, and the address decides what runs."""
    query, go = use_query()
    router = solara.use_router()
    asked, looked, problem = read(query)
    ready = bool(query.get("scenario")) and not problem
    job, start, cancel = use_work()
    trouble, set_trouble = solara.use_state("")
    here, set_here = solara.use_state(False)
    pressed, set_pressed = solara.use_state(0)
    changes = use_changed()

    def run_asked() -> None:
        set_trouble("")
        cancel()
        try:
            if ready and here:
                start(play(asked.load(), asked.runs, asked.seed))
        except InputError as error:
            set_trouble(words_of(error))

    solara.use_effect(run_asked, [asked, ready, here, pressed])

    def run(wanted: England) -> None:
        if wanted == asked and ready:
            set_pressed(pressed + 1)
        else:
            go(partial(_with_run, wanted))

    def open_place(place: str) -> None:
        if place in place_names(asked.year):
            router.push(link("place", place=place, scenario=asked.scenario, arrangement=asked.arrangement, seed=asked.seed,
                             year=asked.given_year))

    results: PlaceResults = job.result if ready and job.result is not None else PlaceResults()
    with solara.Column(classes=["tp-page"]):
        Arrived(event_here=set_here)
        Heading("England", about(asked.year))
        Setup(asked, run, job.busy, changes, None if ready else lambda year: go(partial(_with_year, year)))
        Progress(job, "place", cancel, problem or trouble)
        Stale(changes, bool(results.end) and looked.name not in KNOWN)
        View(looked, asked.year, ready, bool(asked.against) and ready, lambda **values: go(partial(_with_view, values)))
        with Boundary(what="The map", given=(results, looked)):
            Map(results, looked, ready, asked, open_place)
        rv.Html(tag="p", class_="tp-muted tp-small", children=[attribution(asked.year)])


@solara.component
def View(looked: Looked, year: str, run: bool, two: bool, view: Callable[..., None]) -> None:
    """What the map shows: metric, last year or change, money a head or in all, region. ``view`` takes what is chosen alone."""
    name = looked.name or (england_setup.USUAL_METRIC if run else england_setup.USUAL_KNOWN)
    period, known = period_of(year), england_setup.known_of(year)
    items = [{"header": "Known before a run"}, *({"text": sentence(one.label), "value": one.name} for one in known.values()),
             *_metric_items(period)]
    values = [{"text": words, "value": show} for show, words in SHOWN.items() if two or show != "difference"]
    money = [{"text": words, "value": value} for value, words in MONEY.items()]
    regions = [{"text": ALL_ENGLAND, "value": ""}, *({"text": one, "value": one} for one in _regions())]
    with rv.Html(tag="section", class_="tp-card tp-bar", attributes={"aria-label": "What the map shows"}):
        Choice("metric", "Metric", items, name, lambda chosen: view(name=chosen or ""),
               "What the places are coloured by; type to search. The unit stands over the map.", search=True, wide=True)
        Choice("show", "Value", values, looked.show if two or looked.show != "difference" else "",
               lambda chosen: view(show=chosen or ""), "The last year of the runs, or by how much it differs.")
        Choice("money", "Money", money, looked.money, lambda chosen: view(money=chosen or ""),
               "A head or as a share of spend, so that large places do not stand out for being large; or in all.")
        Choice("region", "Region", regions, looked.region, lambda chosen: view(region=chosen or ""),
               "One region, or all nine.")


def _metric_items(period: str) -> list[dict[str, Any]]:
    """Every metric by its name alone, which is not cut in a field of a phone; the title of the map has the unit."""
    return [item | {"text": sentence(metrics_of(period)[item["value"]].label)} if "value" in item else item
            for item in metric_items(period)]


def _regions() -> list[str]:
    return sorted({place.region for place in places.names()})


@solara.component
def Map(results: PlaceResults, looked: Looked, run: bool, asked: England, open_place: Callable[[str], None]) -> None:
    """The map, the places with most and least beside it, regions, and a field to find a place by name."""
    dark = use_dark()
    what, values = solara.use_memo(lambda: looked.values(results, run, asked.year), [results, looked, run, asked.year])
    regions = {place.name: place.region for place in places.names(asked.year)}
    signed = what.signed and what.name not in KNOWN
    show = looked.show if signed else ""
    title = f"{what.title}, {SHOWN[show]}" if what.name not in KNOWN else what.title
    if show == "difference":
        title = f"{what.title}: {asked.title} less {asked.against}"
    with rv.Html(tag="div", class_="tp-main"):
        about = {"aria-label": "Map", "data-testid": "map", "data-places": str(len(values))}
        with rv.Html(tag="div", class_="tp-stack"):
            with rv.Html(tag="section", class_="tp-card", attributes=about):
                about = {} if what.name in KNOWN else asked.about(results, show)
                _Picture(values, what, title, rests_on_words(results, what), dark, open_place, asked.year, about)
            Regions(values, what, regions)
        with rv.Html(tag="div", style_="display: grid; gap: 14px; min-width: 0"):
            with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "Open a place"}):
                Choice("open", "Open a place", place_names(asked.year), None, lambda place: open_place(place) if place else None,
                       "Type a name to open the place with this scenario.", search=True)
            told = " ".join(filter(None, (band_words(results, what, show), order_words(values))))
            Extremes(values, what, regions, told, asked.year)


@solara.component
def _Picture(values: dict[str, Band], what: Shown, title: str, rests_on: str, dark: bool,
             open_place: Callable[[str], None], year: str, about: Mapping[str, Any]) -> None:
    """The map with its title, its table, how to read it, what it rests on, and its values to take away."""
    option = solara.use_memo(lambda: england_map(values, what, dark, estimates(year)), [values, what, dark, year])
    outline = solara.use_memo(lambda: {MAP: outline_text(year)}, [year])
    of = "{scenario} on money of {year_of_budgets} {runs} runs from seed {first_seed}".format_map(about) if about else ""
    file = f"totalplace-england-{file_words(f'{title} {of}', 150)}.csv"
    with rv.Html(tag="div"):
        rv.Html(tag="h2", children=[title])
        Chart(option, f"Map of England: {title} in {len(values)} places", 640, maps=outline,
              on_click=lambda event: open_place(str(event.get("name"))))
        said = (sentence(what.meaning) + ".", how_to_read(what, values), rests_on, beyond(values, what), estimate_words(year))
        for words in said:
            rv.Html(tag="p", class_="tp-muted tp-small mb-0 tp-may-be-empty", children=[words] if words else [])
        with rv.Html(tag="div", class_="mt-3", style_="" if values else "display: none"):
            made = partial(england_setup.csv, values, what, year, about)
            solara.FileDownload(data=made, filename=file, label="Values as CSV", children=[
                solara.Button("Values as CSV", outlined=True, small=True, icon_name="mdi-download")])
