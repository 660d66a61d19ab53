"""Two or more scenarios side by side over many seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import reacton.ipyvuetify as rv
import solara

from scenarios.errors import InputError
from sim.browser.address import Query, use_query
from sim.browser.background import DONE, use_work
from sim.browser.charts.ensembles import bands, differences
from sim.browser.charts.view import Chart
from sim.browser.comparison import (
    MOST_QUARTERS,
    MOST_RUNS,
    MOST_SIDES,
    Comparison,
    Side,
    csv,
    differences_csv,
    parquet,
    play,
    shown_metrics,
    whole,
)
from sim.browser.difference_table import difference_table
from sim.browser.layout import Heading, Problem
from sim.browser.metric_choice import metric_items
from sim.browser.progress import Arrived, Progress
from sim.browser.setup import place_names, read_seed, scenario_titles
from sim.browser.theme import palette, use_dark
from sim.metrics import METRICS
from sim.results import KEY_METRICS, Ensemble
from sim.wording import count

_SWATCH: Final = "display: inline-block; width: 22px; height: 5px; border-radius: 3px; margin-right: 6px; vertical-align: middle"


def read(query: Query) -> tuple[Comparison, list[str], str]:
    """Comparison and metrics of an address, and what is wrong with it."""
    try:
        return Comparison.of(query), shown_metrics(query), ""
    except InputError as error:
        return Comparison(), list(KEY_METRICS), str(error)


@solara.component
def Page() -> None:
    """The compare page; pressing Run writes the whole set-up into the address, and the address decides what runs."""
    query, go = use_query()
    asked, metrics, problem = read(query)
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

    def choose(names: list[str]) -> None:
        go(asked.query() | {"metric": [name for name in METRICS if name in names]})

    with solara.Column(classes=["tp-page"]):
        Arrived(event_here=set_here)
        Heading("Compare scenarios", "The same place and the same seeds under two or more scenarios: what differs, and how surely.")
        Setup(asked, lambda wanted: go(wanted.query() | {"metric": query.get("metric", [])}), job.busy).key(repr(asked))
        Progress(job, "run", cancel, problem or trouble)
        with rv.Html(tag="div"):
            if job.state == DONE and ready:
                Results(job.result, metrics, choose)
            elif not job.busy:
                rv.Html(tag="p", class_="tp-muted", children=[
                    "Choose scenarios and press Run. The address of the page then holds the whole set-up: send it to share it."])


@solara.component
def Setup(asked: Comparison, on_run: Callable[[Comparison], None], busy: bool) -> None:
    """The form: place, scenarios with their changes, runs, first seed, quarters. The first scenario is the baseline."""
    draft, set_draft = solara.use_state(asked)
    texts, set_texts = solara.use_state({"runs": str(asked.runs), "seed": str(asked.seed), "quarters": str(asked.quarters or "")})
    problem, set_problem = solara.use_state("")

    def put(i: int, side: Side | None) -> None:
        kept = () if side is None else (side,)
        set_draft(replace(draft, sides=(*draft.sides[:i], *kept, *draft.sides[i + 1 :])))

    def write(name: str, text: str) -> None:
        set_texts({**texts, name: text})

    def run() -> None:
        try:
            wanted = replace(
                draft, runs=whole(texts["runs"].strip(), "number of runs", 1, MOST_RUNS), seed=read_seed(texts["seed"]),
                quarters=whole(texts["quarters"].strip() or "0", "number of quarters", 0, MOST_QUARTERS))
            wanted.load()
        except InputError as error:
            set_problem(str(error))
        else:
            set_problem("")
            on_run(wanted)

    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "What is compared"}):
        with rv.Html(tag="div", class_="tp-bar"):
            rv.Autocomplete(label="Place", items=list(place_names()), v_model=draft.place or None, dense=True, hide_details=True,
                            clearable=True, placeholder="as the scenarios say",
                            on_v_model=lambda name: set_draft(replace(draft, place=name or "")))
            for name, title in (("runs", "Runs each"), ("seed", "First seed"), ("quarters", "Quarters")):
                with rv.Html(tag="div", class_="tp-narrow"):
                    solara.InputText(title, value=texts[name], dense=True, hide_details=True, on_value=partial(write, name))
        with rv.Html(tag="div", class_="tp-sides"):
            for i, side in enumerate(draft.sides):
                _Side(i, side, len(draft.sides) > 2, partial(put, i), partial(put, i, None)).key(f"{i}")
        with rv.Html(tag="div", class_="tp-bar mt-2"):
            solara.Button("Run", on_click=run, color="primary", icon_name="mdi-play", disabled=busy)
            solara.Button("Add a scenario", outlined=True, icon_name="mdi-plus", disabled=len(draft.sides) >= MOST_SIDES,
                          on_click=lambda: set_draft(replace(draft, sides=(*draft.sides, draft.sides[-1]))))
            rv.Html(tag="span", class_="tp-muted tp-small", children=[
                "An empty place or number of quarters is as the scenarios say."])
        Problem(problem)


@solara.component
def _Side(number: int, side: Side, removable: bool, on_side: Callable[[Side], None], remove: Callable[[], None]) -> None:
    """One scenario with its changes."""
    items = solara.use_memo(lambda: [{"text": f"{title} ({name})", "value": name} for name, title in scenario_titles().items()], [])
    with rv.Html(tag="div", class_="tp-bar", style_="row-gap: 18px; margin-top: 18px",
                 attributes={"role": "group", "aria-label": f"Scenario {number + 1}"}):
        rv.Select(label="Baseline" if number == 0 else f"Scenario {number + 1}", items=items, v_model=side.scenario,
                  dense=True, hide_details=True, on_v_model=lambda name: on_side(replace(side, scenario=name)))
        solara.InputText("Changes, such as levers.reinvested_share=0.5 or arrangement=lsp", value=side.changes, dense=True,
                         hide_details=True, on_value=lambda text: on_side(replace(side, changes=text.strip())))
        solara.Button(icon_name="mdi-close", text=True, on_click=remove, disabled=not removable,
                      attributes={"aria-label": f"Remove scenario {number + 1}"})


@solara.component
def Results(ensembles: Sequence[Ensemble], metrics: Sequence[str], choose: Callable[[list[str]], None]) -> None:
    """Bands over time, paired differences, the table of differences, and the downloads."""
    dark = use_dark()
    first = ensembles[0]
    names = [one.scenario.name for one in ensembles]
    where = f"{first.place.name}, {first.dates[0]} to {first.dates[-1]}, {count(first.runs, 'run')} each"
    stem = f"totalplace-compare-{first.place.code}"
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "Results", "data-testid": "results"}):
        rv.Html(tag="h2", children=[where])
        with rv.Html(tag="div", class_="tp-bar mt-4"):
            rv.Select(label="Metrics", items=metric_items(), v_model=list(metrics), on_v_model=choose, multiple=True,
                      small_chips=True, deletable_chips=True, dense=True, hide_details=True)
        with rv.Html(tag="div", class_="tp-bar mt-3"):
            for label, file, make in (("Runs as CSV", f"{stem}.csv", csv), ("Runs as Parquet", f"{stem}.parquet", parquet),
                                      ("Differences as CSV", f"{stem}-differences.csv", differences_csv)):
                solara.FileDownload(data=partial(make, ensembles), filename=file, label=label, children=[
                    solara.Button(label, outlined=True, small=True, icon_name="mdi-download")])
    _Key(names, dark)
    with rv.Html(tag="div", class_="tp-two"):
        for name in metrics:
            _Pair(ensembles, name, dark).key(name)
    with rv.Html(tag="section", class_="tp-card tp-wide-scroll", attributes={"aria-label": "Paired differences"}):
        rv.Html(tag="h2", children=[f"Difference from {names[0]} in the last year, seed by seed"])
        difference_table(ensembles, metrics)


@solara.component
def _Key(names: Sequence[str], dark: bool) -> None:
    """Which colour stands for which scenario, for all charts."""
    with rv.Html(tag="ul", class_="tp-bar pl-0 mb-0", style_="list-style: none", attributes={"aria-label": "Key"}):
        for name, colour in zip(names, palette(dark).series, strict=False):
            with rv.Html(tag="li"):
                rv.Html(tag="span", style_=f"{_SWATCH}; background: {colour}", attributes={"aria-hidden": "true"})
                rv.Html(tag="span", children=[name])


@solara.component
def _Pair(ensembles: Sequence[Ensemble], name: str, dark: bool) -> None:
    """A metric over time and its differences."""
    over_time = solara.use_memo(lambda: bands(ensembles, name, dark), [ensembles, name, dark])
    gap = solara.use_memo(lambda: differences(ensembles, name, dark), [ensembles, name, dark])
    label = METRICS[name].label
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": label, "data-metric": name}):
        Chart(over_time, f"{label} over time: median and 90% band of the runs of each scenario", 230)
        Chart(gap, f"Difference of {label} from the first scenario, paired by seed", 62 + 26 * (len(ensembles) - 1))
        rv.Html(tag="p", class_="tp-muted tp-small mb-0", children=[METRICS[name].meaning])
