"""The runs of a sweep: brush ranges, plot two metrics, see the runs behind a point."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import reacton.ipyvuetify as rv
import solara

from totalplace.scenarios.errors import InputError
from totalplace.sim.browser.charts.sweeps import axis_words, parallel, scale_of, scatter
from totalplace.sim.browser.charts.view import Chart
from totalplace.sim.browser.parts.error_boundary import Boundary
from totalplace.sim.browser.parts.fields import Choice, TextField, Wrong, words_of
from totalplace.sim.browser.parts.layout import Heading, Problem
from totalplace.sim.browser.parts.progress import Arrived, Progress
from totalplace.sim.browser.parts.templates import html
from totalplace.sim.browser.parts.theme import use_dark
from totalplace.sim.browser.server.background import DONE, use_work
from totalplace.sim.browser.state.address import use_query
from totalplace.sim.browser.state.compare_setup import file_words
from totalplace.sim.browser.state.sweep_data import (
    EXAMPLE,
    MOST_AXES,
    PLACE,
    SCENARIO,
    Opened,
    example,
    reading,
    scenario_of,
    settings,
    sweep_folder,
    sweep_names,
)
from totalplace.sim.browser.state.sweep_view import (
    KEYS,
    Span,
    SweepView,
    empty,
    ranges_words,
    read_number,
    read_run,
    written_ranges,
)
from totalplace.sim.results.wording import amount, count

if TYPE_CHECKING:
    from numpy.typing import NDArray


_ABOUT: Final = ("Many runs over levers and uncertainties, each a line and a point. Choose a sweep; keep ranges of what you want, "
                 "and see which levers lead there.")
_NONE: Final = "No sweep has been run into the folder that this server was given. This is how to make one:"
_MORE: Final = "To make another sweep:"


@solara.component
def Page() -> None:
    """The sweep page; the address holds the name of the sweep and what is shown of it."""
    query, go = use_query()
    names = solara.use_memo(sweep_names, [])
    name = query.get("sweep", [""])[-1]
    job, start, cancel = use_work()
    problem, set_problem = solara.use_state("")
    here, set_here = solara.use_state(False)

    def open_asked() -> None:
        cancel()
        set_problem("")
        try:
            if here:
                if name:
                    sweep_folder(name)
                start(reading(name) if name else example)
        except InputError as error:
            set_problem(words_of(error))

    solara.use_effect(open_asked, [name, here])
    with solara.Column(classes=["tp-page"]):
        Arrived(event_here=set_here)
        Heading("Sweeps", _ABOUT)
        with rv.Html(tag="section", class_="tp-card tp-bar", attributes={"aria-label": "Which sweep"}):
            Choice("sweep", "Sweep", names, name or None, lambda chosen: go({"sweep": chosen} if chosen else {}),
                   "A folder with the results of 'totalplace sweep run'.", more={"disabled": not names, "clearable": True})
        Progress(job, "sweep", cancel, problem)
        with rv.Html(tag="div"):
            if not name:
                HowTo(_MORE if names else _NONE)
        with Boundary(what="The sweep", given=job.result):
            if job.state == DONE and not problem:
                Explorer(job.result, query, lambda **values: go(lambda now: now | values)).key(name)


@solara.component
def HowTo(words: str) -> None:
    """How a sweep is made, and the file of the example below."""
    commands = "totalplace sweep run example.yaml --out results/example\ntotalplace browser --sweeps results"
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "How to make a sweep", "data-testid": "how-to"}):
        rv.Html(tag="p", class_="mb-2", children=[words])
        with rv.Html(tag="div", class_="tp-two"):
            steps = ("1. Write a file, such as example.yaml", EXAMPLE), ("2. Run it, and start the app beside it", commands)
            for title, text in steps:
                with rv.Html(tag="div", style_="min-width: 0"):
                    rv.Html(tag="p", class_="tp-small mb-1", children=[title])
                    rv.Html(tag="pre", class_="tp-code", children=[text], attributes={"tabindex": "0"})
        rv.Html(tag="p", class_="tp-muted tp-small mb-0 mt-2", children=[
            "Below are the runs of this file, played while you read: try the axes. The Guide explains levers and parameters."])


def read(opened: Opened, query: Mapping[str, list[str]]) -> tuple[SweepView, str]:
    """What an address asks to see of a sweep, and what is wrong with it."""
    try:
        return SweepView.of(opened, query), ""
    except InputError as error:
        return SweepView.of(opened, {}), words_of(error)


@solara.component
def Explorer(opened: Opened, query: Mapping[str, list[str]], go: Callable[..., None]) -> None:
    """Parallel coordinates, scatter, the runs behind a point. All that is chosen is in the address, from which it is read here."""
    dark = use_dark()
    view, problem = read(opened, query)
    axes, across, up, run = list(view.axes), view.across, view.up, view.run
    items = solara.use_memo(lambda: [{"text": axis_words(axis), "value": name} for name, axis in opened.axes.items()], [opened])
    lines = solara.use_memo(lambda: parallel(opened, axes, opened.within(view.typed), dark), [opened, axes, view.typed, dark])
    kept = solara.use_memo(lambda: opened.within(view.brushed) & opened.within(view.typed), [opened, view.brushed, view.typed])
    points = solara.use_memo(lambda: scatter(opened, across, up, kept, run, dark),
                             [opened, across, up, view.brushed, view.typed, run, dark])

    def choose(**values: Any) -> None:
        go(**((dict.fromkeys(KEYS) if problem else {}) | values))  # what could not be read is not carried on

    def brush(drawn: list[list[Span]]) -> None:
        brushed = view.with_brushes(opened, drawn)
        if brushed != view.brushed:
            choose(brush=written_ranges(brushed))

    def clicked(event: dict[str, Any]) -> None:
        if isinstance(event.get("id"), int):
            choose(run=event["id"])

    about = {"aria-label": "Runs", "data-testid": "sweep", "data-kept": str(int(kept.sum())), "data-runs": str(len(opened.run))}
    Problem(problem)
    with rv.Html(tag="section", class_="tp-card", attributes=about):
        rv.Html(tag="h2", children=[opened.title])
        thin = f" One run in {opened.every} is read." if opened.every > 1 else ""
        rv.Html(tag="p", class_="tp-muted tp-small", children=[
            f"{opened.state}.{thin} Metrics are of the last year of each run. Drag along an axis to keep a range of it; click "
            f"the axis to let it go. Kept: {int(kept.sum()):,} of {count(len(opened.run), 'run')}."])
        with rv.Html(tag="div", class_="tp-bar mt-4"):
            Choice("axes", "Axes", items, axes,
                   lambda names: choose(axis=[name for name in opened.axes if name in names][:MOST_AXES]),
                   f"What each line crosses, up to {MOST_AXES}; type to search.", search=True,
                   more={"multiple": True, "small_chips": True, "deletable_chips": True})
        with rv.Html(tag="div", class_="tp-wide-scroll"), rv.Html(tag="div", style_=f"min-width: {105 * len(axes)}px"):
            Chart(lines, f"Parallel coordinates of {count(len(opened.run), 'run')} over {len(axes)} axes", 380,
                  on_brush=brush, brushed=view.drawn(opened)).key(f"{axes}")
        Ranges(opened, view, lambda typed: choose(keep=written_ranges(typed)), lambda: choose(keep=[], brush=[]),
               bool(view.typed or view.brushed or problem))
    with rv.Html(tag="div", class_="tp-two"):
        with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "Scatter"}):
            with rv.Html(tag="div", class_="tp-bar"):
                Choice("across", "Across", items, across, lambda name: choose(x=name), "What the points stand further right for.")
                Choice("up", "Up", items, up, lambda name: choose(y=name), "What the points stand higher for.")
            title = f"{axis_words(opened.axes[up])} against {axis_words(opened.axes[across])}, a point for each run kept"
            with rv.Html(tag="div"):
                if why := empty(opened, across, up, kept):
                    rv.Html(tag="p", class_="tp-muted mt-4 mb-0", children=[why])
                else:
                    Chart(points, title, 420, on_click=clicked)
        with rv.Html(tag="div", style_="display: grid; gap: 14px; min-width: 0; align-content: start"):
            Summary(opened, axes, kept)
            Behind(opened, axes, run, lambda number: choose(run=number))


@solara.component
def Ranges(opened: Opened, view: SweepView, set_ranges: Callable[[dict[str, list[Span]]], None],
           let_go: Callable[[], None], some: bool) -> None:
    """A range by numbers, for those who do not brush, a button that lets all ranges go, and all ranges in words."""
    numbers = [{"text": axis_words(axis), "value": name} for name, axis in opened.axes.items() if not axis.choices]
    name, set_name = solara.use_state(str(numbers[0]["value"]))
    texts = solara.use_ref({"from": "", "to": ""})  # what was typed last, drawn since or not
    nothing: dict[str, str] = {}
    wrong, set_wrong = solara.use_state(nothing)

    def keep() -> None:
        found = Wrong()
        low = found.read("from", lambda: read_number(texts.current["from"], "-inf"), 0.0)
        high = found.read("to", lambda: read_number(texts.current["to"], "inf"), 0.0)
        if not found.found and low > high:
            found.found["to"] = "The end lies below the start."
        set_wrong(found.found)
        if not found.found:
            scale = scale_of(opened.axes[name])
            set_ranges({**view.typed, name: [(low / scale, high / scale)]})

    with rv.Html(tag="div", class_="tp-bar mt-4", attributes={"role": "group", "aria-label": "Keep a range by numbers"}):
        Choice("range", "Keep a range of", numbers, name, set_name,
               "Runs outside the range become faint and leave the points below.")
        for label in ("from", "to"):
            TextField(label, label, texts.current[label], partial(texts.current.__setitem__, label),
                      "In the unit of the axis; empty: no end.", wrong.get(label, ""), narrow=True).key(label)
        solara.Button("Keep", on_click=keep, outlined=True, small=True)
        solara.Button("Keep all runs", on_click=let_go, outlined=True, small=True, disabled=not some)
    for how, ranges in (("numbers", view.typed), ("dragging", view.brushed)):
        words = [f"Kept by {how}: {ranges_words(opened, ranges)}."] if ranges else []
        rv.Html(tag="p", class_="tp-muted tp-small mb-0 mt-1 tp-may-be-empty", children=words)


@solara.component
def Summary(opened: Opened, axes: list[str], kept: Any) -> None:
    """Median of what is kept against the median of all, for every axis with numbers."""
    rows = []
    for name in axes:
        axis = opened.axes[name]
        if axis.choices:
            continue
        cells = [amount(_middle(values), axis.unit, brief=True) for values in (opened.values[name], opened.values[name][kept])]
        rows.append([axis_words(axis), *cells])
    table = html("figures", heads=["median", "all runs", "kept"], rows=rows, named=True)
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "Kept runs"}):
        rv.Html(tag="h2", children=[f"Kept: {int(kept.sum()):,} of {count(len(opened.run), 'run')}"])
        solara.HTML(tag="table", classes=["tp-table"], unsafe_innerHTML=table)


def _middle(values: NDArray[np.float64]) -> float:
    """The median of the values that are there; NaN without any."""
    there = values[~np.isnan(values)]
    return float(np.median(there)) if len(there) else math.nan


@solara.component
def Behind(opened: Opened, axes: list[str], run: int | None, set_run: Callable[[int | None], None]) -> None:
    """The replicates at the point of a run, and the scenario that makes it again."""
    wrong, set_wrong = solara.use_state("")
    rows = opened.behind(run) if run is not None else np.array([], dtype=np.int64)
    about = {"aria-label": "The runs behind a point", "data-testid": "behind", "data-run": str(run) if len(rows) else ""}

    def choose(text: str) -> None:
        found = Wrong()
        number = found.read("run", lambda: read_run(text) if text.strip() else None, None)
        set_wrong(found.found.get("run", ""))
        if not found.found and number != run:
            set_run(number)

    with rv.Html(tag="section", class_="tp-card", attributes=about):
        rv.Html(tag="h2", children=["The runs behind a point"])
        with rv.Html(tag="div", class_="tp-bar mt-3"):
            TextField("run", "Number of a run, or click a point", "" if run is None else str(run),
                      choose, "A point above is a run; its number stands in its label.", wrong)
        with rv.Html(tag="div"):
            if len(rows):
                _Replicates(opened, axes, rows, int(np.flatnonzero(opened.run == run)[0]))
            elif run is not None:
                rv.Html(tag="p", class_="tp-muted", children=[f"The sweep has no finished run {run}."])


@solara.component
def _Replicates(opened: Opened, axes: list[str], rows: Any, row: int) -> None:
    metrics = [name for name in axes if opened.axes[name].kind == "metric"]
    first = int(rows[0])
    factors = [f"{axis_words(opened.axes[name])}: {opened.shown(name, first)}" for name in opened.factors]
    heads = ["run", "seed", *(axis_words(opened.axes[name]) for name in metrics)]
    cells = [[opened.run[i], opened.seed[i], *(opened.shown(name, int(i)) for name in metrics)] for i in rows]
    where = f"{opened.shown(SCENARIO, first)}, {opened.shown(PLACE, first)}, point {opened.point[first]}"
    rv.Html(tag="p", class_="mt-3 mb-1", children=[where])
    rv.Html(tag="ul", class_="tp-small", children=[rv.Html(tag="li", children=[text]) for text in factors])
    with rv.Html(tag="div", class_="tp-wide-scroll"):
        table = html("figures", heads=heads, rows=cells, named=False)
        solara.HTML(tag="table", classes=["tp-table", "mb-3"], unsafe_innerHTML=table)
    where_words = "-in-".join(file_words(opened.shown(axis, first)) for axis in (SCENARIO, PLACE))
    file = f"{where_words}-run-{opened.run[row]}-of-{file_words(opened.folder)}.yaml"
    solara.FileDownload(data=lambda: scenario_of(opened, row).text, filename=file, mime_type="application/yaml", children=[
        solara.Button("Scenario of this run", outlined=True, small=True, icon_name="mdi-download")])
    again = f"totalplace run {file} --seed {opened.seed[row]}"
    said = f"'{again}' makes it again. Set: {', '.join(settings(opened, row))}."
    rv.Html(tag="p", class_="tp-muted tp-small mt-2 mb-0", children=[said])
