"""The runs of a sweep: brush ranges, plot two metrics, see the runs behind a point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import numpy as np
import reacton.ipyvuetify as rv
import solara

from scenarios.errors import InputError
from sim.browser.address import use_query
from sim.browser.background import DONE, use_work
from sim.browser.charts.sweeps import axis_words, parallel, scale_of, scatter
from sim.browser.charts.view import Chart
from sim.browser.layout import Heading, Problem
from sim.browser.progress import Arrived, Progress
from sim.browser.sweeps import (
    MOST_AXES,
    PLACE,
    SCENARIO,
    Opened,
    reading,
    scenario_of,
    settings,
    sweep_folder,
    sweep_names,
    usual_axes,
)
from sim.browser.theme import use_dark
from sim.wording import amount, count

Span = tuple[float, float]


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
            if name and here:
                sweep_folder(name)
                start(reading(name))
        except InputError as error:
            set_problem(str(error))

    solara.use_effect(open_asked, [name, here])
    none = "There is no sweep to open. Run one with 'totalplace sweep run FILE --out results/NAME', then start the app beside it."
    with solara.Column(classes=["tp-page"]):
        Arrived(event_here=set_here)
        Heading("Sweeps", "Many runs over levers and uncertainties: brush ranges, plot one metric against another, open a run.")
        with rv.Html(tag="section", class_="tp-card tp-bar", attributes={"aria-label": "Which sweep"}):
            rv.Select(label="Sweep", items=names, v_model=name or None, dense=True, hide_details=True, disabled=not names,
                      on_v_model=lambda chosen: go({"sweep": chosen}))
        Progress(job, "sweep", cancel, problem)
        with rv.Html(tag="div"):
            if job.state == DONE and name and not problem:
                Explorer(job.result, query, lambda **values: go({"sweep": name} | query | values)).key(name)
            elif not names:
                rv.Html(tag="p", class_="tp-muted", children=[none])


def chosen_axes(opened: Opened, query: Mapping[str, list[str]]) -> tuple[list[str], str, str]:
    """The axes of an address, and those of the scatter; what is not in the sweep is passed over."""
    axes = [name for name in query.get("axis", ()) if name in opened.axes][:MOST_AXES] or usual_axes(opened)
    metrics = [name for name, axis in opened.axes.items() if axis.kind == "metric"]
    usual = [*[name for name in axes if name in metrics], *metrics, *opened.factors]
    across, up = (query.get(key, [""])[-1] for key in ("x", "y"))
    return axes, across if across in opened.axes else usual[min(1, len(usual) - 1)], up if up in opened.axes else usual[0]


@solara.component
def Explorer(opened: Opened, query: Mapping[str, list[str]], go: Callable[..., None]) -> None:
    """Parallel coordinates, scatter, the runs behind a point."""
    dark = use_dark()
    axes, across, up = chosen_axes(opened, query)
    nothing: dict[str, list[Span]] = {}
    no_run: int | None = None
    ranges, set_ranges = solara.use_state(nothing)
    run, set_run = solara.use_state(no_run)
    fresh, set_fresh = solara.use_state(0)  # another number draws the chart anew, without its brushes
    items = solara.use_memo(lambda: [{"text": axis_words(axis), "value": name} for name, axis in opened.axes.items()], [opened])
    lines = solara.use_memo(lambda: parallel(opened, axes, dark), [opened, axes, dark])
    kept = solara.use_memo(lambda: opened.within(ranges), [opened, ranges])
    points = solara.use_memo(lambda: scatter(opened, across, up, kept, run, dark), [opened, across, up, ranges, run, dark])

    def brushed(intervals: list[list[Span]]) -> None:
        spans = {name: _unscaled(opened, name, given) for name, given in zip(axes, intervals, strict=False) if given}
        set_ranges(spans)

    def let_go() -> None:
        set_ranges({})
        set_fresh(fresh + 1)

    def clicked(event: dict[str, Any]) -> None:
        if isinstance(event.get("id"), int):
            set_run(event["id"])

    about = {"aria-label": "Runs", "data-testid": "sweep", "data-kept": str(int(kept.sum())), "data-runs": str(len(opened.run))}
    with rv.Html(tag="section", class_="tp-card", attributes=about):
        rv.Html(tag="h2", children=[opened.title])
        thin = f" One run in {opened.every} is read." if opened.every > 1 else ""
        rv.Html(tag="p", class_="tp-muted tp-small", children=[
            f"{opened.state}.{thin} Metrics are of the last year of each run. "
            f"Drag along an axis to keep a range of it; click the axis to let it go. "
            f"Kept: {int(kept.sum()):,} of {count(len(opened.run), 'run')}."])
        rv.Select(label="Axes", items=items, v_model=axes, multiple=True, small_chips=True, deletable_chips=True, dense=True,
                  hide_details=True, class_="mt-4",
                  on_v_model=lambda names: go(axis=[name for name in opened.axes if name in names][:MOST_AXES]))
        with rv.Html(tag="div", class_="tp-wide-scroll"), rv.Html(tag="div", style_=f"min-width: {105 * len(axes)}px"):
            Chart(lines, f"Parallel coordinates of {count(len(opened.run), 'run')} over {len(axes)} axes", 380,
                  on_brush=brushed).key(f"{axes} {fresh}")
        Ranges(opened, ranges, set_ranges, let_go)
    with rv.Html(tag="div", class_="tp-two"):
        with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "Scatter"}):
            with rv.Html(tag="div", class_="tp-bar"):
                rv.Select(label="Across", items=items, v_model=across, dense=True, hide_details=True,
                          on_v_model=lambda name: go(x=name))
                rv.Select(label="Up", items=items, v_model=up, dense=True, hide_details=True, on_v_model=lambda name: go(y=name))
            title = f"{axis_words(opened.axes[up])} against {axis_words(opened.axes[across])}, a point for each run kept"
            Chart(points, title, 420, on_click=clicked)
        with rv.Html(tag="div", style_="display: grid; gap: 14px; min-width: 0; align-content: start"):
            Summary(opened, axes, kept)
            Behind(opened, axes, run, set_run)


def _unscaled(opened: Opened, name: str, spans: list[Span]) -> list[Span]:
    """Ranges on an axis as it is drawn, in the values of the sweep; half a step wider where values have names."""
    axis, room = opened.axes[name], 0.5 if opened.axes[name].choices else 0.0
    return [(float(low) / scale_of(axis) - room, float(high) / scale_of(axis) + room) for low, high in spans]


@solara.component
def Ranges(opened: Opened, ranges: Mapping[str, list[Span]], set_ranges: Callable[[dict[str, list[Span]]], None],
           let_go: Callable[[], None]) -> None:
    """A range by numbers, for those who do not brush, and a button that lets all ranges go."""
    numbers = [{"text": axis_words(axis), "value": name} for name, axis in opened.axes.items() if not axis.choices]
    name, set_name = solara.use_state(str(numbers[0]["value"]))
    low, set_low = solara.use_state("")
    high, set_high = solara.use_state("")
    problem, set_problem = solara.use_state("")

    def keep() -> None:
        try:
            span = (float(low or "-inf"), float(high or "inf"))
        except ValueError:
            return set_problem("A range needs numbers, such as 0.2 and 1.5; an end may be left empty.")
        set_problem("")
        scale = scale_of(opened.axes[name])
        return set_ranges({**ranges, name: [(span[0] / scale, span[1] / scale)]})

    with rv.Html(tag="div", class_="tp-bar mt-2", attributes={"role": "group", "aria-label": "Keep a range by numbers"}):
        rv.Select(label="Keep a range of", items=numbers, v_model=name, dense=True, hide_details=True, on_v_model=set_name)
        for label, value, write in (("from", low, set_low), ("to", high, set_high)):
            with rv.Html(tag="div", class_="tp-narrow"):
                solara.InputText(label, value=value, on_value=write, dense=True, hide_details=True)
        solara.Button("Keep", on_click=keep, outlined=True, small=True)
        solara.Button("Keep all runs", on_click=let_go, outlined=True, small=True, disabled=not ranges)
    Problem(problem)


@solara.component
def Summary(opened: Opened, axes: list[str], kept: Any) -> None:
    """Median of what is kept against the median of all, for every axis with numbers."""
    rows = []
    for name in axes:
        axis = opened.axes[name]
        if axis.choices:
            continue
        cells = [amount(float(np.median(values)), axis.unit, brief=True) if len(values) else "–"
                 for values in (opened.values[name], opened.values[name][kept])]
        rows.append(f'<tr><th scope="row">{escape(axis_words(axis))}</th>'
                    + "".join(f'<td class="tp-number">{escape(cell)}</td>' for cell in cells) + "</tr>")
    heads = "".join(f'<th scope="col" class="tp-number">{words}</th>' for words in ("all runs", "kept"))
    head = f'<tr><th scope="col">median</th>{heads}</tr>'
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "Kept runs"}):
        rv.Html(tag="h2", children=[f"Kept: {int(kept.sum()):,} of {count(len(opened.run), 'run')}"])
        solara.HTML(tag="table", classes=["tp-table"], unsafe_innerHTML=f"<thead>{head}</thead><tbody>{''.join(rows)}</tbody>")


@solara.component
def Behind(opened: Opened, axes: list[str], run: int | None, set_run: Callable[[int | None], None]) -> None:
    """The replicates at the point of a run, and the scenario that makes it again."""
    rows = opened.behind(run) if run is not None else np.array([], dtype=np.int64)
    about = {"aria-label": "The runs behind a point", "data-testid": "behind", "data-run": str(run) if len(rows) else ""}
    with rv.Html(tag="section", class_="tp-card", attributes=about):
        rv.Html(tag="h2", children=["The runs behind a point"])
        with rv.Html(tag="div", class_="tp-bar mt-3"):
            solara.InputText("Number of a run, or click a point", value="" if run is None else str(run), dense=True,
                             hide_details=True, on_value=lambda text: set_run(_run_number(text)))
        with rv.Html(tag="div"):
            if len(rows):
                _Replicates(opened, axes, rows, int(np.flatnonzero(opened.run == run)[0]))
            elif run is not None:
                rv.Html(tag="p", class_="tp-muted", children=[f"The sweep has no finished run {run}."])


def _run_number(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() and len(text) < 12 else None


@solara.component
def _Replicates(opened: Opened, axes: list[str], rows: Any, row: int) -> None:
    metrics = [name for name in axes if opened.axes[name].kind == "metric"]
    first = int(rows[0])
    factors = [f"{axis_words(opened.axes[name])}: {opened.shown(name, first)}" for name in opened.factors]
    head = "".join(f'<th scope="col" class="tp-number" style="white-space: normal">{escape(word)}</th>'
                   for word in ("run", "seed", *(axis_words(opened.axes[name]) for name in metrics)))
    body = "".join(
        "<tr>" + "".join(f'<td class="tp-number">{escape(cell)}</td>' for cell in (
            f"{opened.run[i]}", f"{opened.seed[i]}", *(opened.shown(name, int(i)) for name in metrics))) + "</tr>" for i in rows)
    where = f"{opened.shown(SCENARIO, first)}, {opened.shown(PLACE, first)}, point {opened.point[first]}"
    rv.Html(tag="p", class_="mt-3 mb-1", children=[where])
    rv.Html(tag="ul", class_="tp-small", children=[rv.Html(tag="li", children=[text]) for text in factors])
    with rv.Html(tag="div", class_="tp-wide-scroll"):
        table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        solara.HTML(tag="table", classes=["tp-table", "mb-3"], unsafe_innerHTML=table)
    file = f"{opened.folder}-run-{opened.run[row]}.yaml"
    solara.FileDownload(data=lambda: scenario_of(opened, row).text, filename=file, mime_type="application/yaml", children=[
        solara.Button("Scenario of this run", outlined=True, small=True, icon_name="mdi-download")])
    again = f"totalplace run {file} --seed {opened.seed[row]}"
    said = f"'{again}' makes it again. Set: {', '.join(settings(opened, row))}."
    rv.Html(tag="p", class_="tp-muted tp-small mt-2 mb-0", children=[said])
