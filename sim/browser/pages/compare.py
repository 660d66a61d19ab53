"""Two or more scenarios side by side over many seeds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

import numpy as np
import reacton.ipyvuetify as rv
import solara

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.scenario_file import MOST_QUARTERS
from totalplace.sim.browser.charts.base import axis_title, sentence
from totalplace.sim.browser.charts.ensembles import DASHES, bands, colour_of, comparable, differences, has_course
from totalplace.sim.browser.charts.view import Chart
from totalplace.sim.browser.parts.difference_table import difference_table
from totalplace.sim.browser.parts.error_boundary import Boundary
from totalplace.sim.browser.parts.fields import Choice, TextField, Wrong, words_of
from totalplace.sim.browser.parts.layout import Heading, Notes, Problem
from totalplace.sim.browser.parts.metric_choice import metric_items
from totalplace.sim.browser.parts.plain_answer import PlainAnswer
from totalplace.sim.browser.parts.progress import Arrived, Progress
from totalplace.sim.browser.parts.stale import Changed, Stale, changed, tell, use_changed
from totalplace.sim.browser.parts.templates import html
from totalplace.sim.browser.parts.theme import use_dark
from totalplace.sim.browser.server.background import DONE, use_work
from totalplace.sim.browser.state import compare_setup
from totalplace.sim.browser.state.address import Query, use_query
from totalplace.sim.browser.state.compare_setup import MOST_RUNS, Comparison, Side, play, read_quarters, shown_metrics, whole
from totalplace.sim.browser.state.place_setup import place_names, place_notes, read_seed, scenario_titles, year_of
from totalplace.sim.results.relative import metric_called
from totalplace.sim.results.relative import names as every_name
from totalplace.sim.results.run import KEY_METRICS, Ensemble
from totalplace.sim.results.wording import count, listing

_ABOUT: Final = ("The same place and the same seeds under two or more scenarios: what differs, and how surely. "
                 "Choose scenarios, press Run, then read the differences.")
_NUMBERS: Final = (
    ("runs", "Runs each", f"How often each scenario is run, 1 to {MOST_RUNS}. More runs make surer statements and take longer."),
    ("seed", "First seed", "Runs with one seed share their chance events, so that scenarios differ only by their rules."),
    ("quarters", "Quarters", f"How long a run is, 1 to {MOST_QUARTERS}; empty: as the scenarios say."),
)


def read(query: Query) -> tuple[Comparison, list[str], str]:
    """Comparison and metrics of an address, and what is wrong with it."""
    try:
        return Comparison.of(query), shown_metrics(query), ""
    except InputError as error:
        return Comparison(), list(KEY_METRICS), words_of(error)


@dataclass(frozen=True, slots=True)
class Form:
    """What stands in the fields, right or wrong."""

    asked: Comparison
    runs: str
    seed: str
    quarters: str

    @classmethod
    def of(cls, asked: Comparison) -> Form:
        """The fields as a comparison fills them."""
        return cls(asked, str(asked.runs), str(asked.seed), str(asked.quarters or ""))

    def read(self) -> tuple[Comparison, dict[str, str]]:
        """The comparison of the fields, and everything that is wrong with it by field; what belongs to no field is ``all``."""
        wrong = Wrong()
        runs = wrong.read("runs", lambda: whole(self.runs.strip(), "number of runs", 1, MOST_RUNS), 1)
        wanted = replace(
            self.asked, runs=runs, seed=wrong.read("seed", lambda: read_seed(self.seed, runs), 1),
            quarters=wrong.read("quarters", lambda: read_quarters(self.quarters), 0))
        for i in range(len(wanted.sides)):
            wrong.read(f"side-{i}", partial(wanted.load_side, i), None)
        if not wrong.found:
            wrong.read("all", wanted.load, list[Scenario]())
        return wanted, wrong.found

    def changed(self, run: Comparison) -> tuple[str, ...]:
        """What the fields say otherwise than what was run."""
        names = [title for _, title, _ in _NUMBERS]
        was, now = Form.of(run), self
        numbers = zip(names, (was.runs, was.seed, was.quarters), (now.runs, now.seed, now.quarters), strict=True)
        as_said = "as the scenarios say"
        return (*changed("Place", run.place, now.asked.place, as_said), *_sides_changed(run.sides, now.asked.sides),
                *(words for name, old, new in numbers for words in changed(name, old, new, as_said)))


def _sides_changed(was: Sequence[Side], now: Sequence[Side]) -> tuple[str, ...]:
    """Which scenarios are others, by their number; which are left out or added where there are fewer or more."""
    if len(was) != len(now):
        differ = (("Left out", was, now), ("Added", now, was))
        return tuple(f"{what}: {side.text[:60]}" for what, some, others in differ for side in some if side not in others)
    pairs = enumerate(zip(was, now, strict=True))
    return tuple(words for i, (old, new) in pairs for words in changed(_side_name(i), old.text, new.text))


def _side_name(number: int) -> str:
    return "Baseline" if number == 0 else f"Scenario {number + 1}"


@solara.component
def Page() -> None:
    """The compare page; pressing Run writes the whole set-up into the address, and the address decides what runs."""
    query, go = use_query()
    asked, metrics, problem = read(query)
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

    def run(wanted: Comparison) -> None:
        if wanted == asked and ready:
            set_pressed(pressed + 1)
        else:
            go(lambda now: wanted.query() | {"metric": now.get("metric", [])})

    def choose(names: list[str]) -> None:
        go(lambda now: read(now)[0].query() | {"metric": [name for name in every_name() if name in names]})

    with solara.Column(classes=["tp-page"]):
        Arrived(event_here=set_here)
        Heading("Compare scenarios", _ABOUT)
        Setup(asked, run, job.busy, changes)
        Progress(job, "run", cancel, problem or trouble)
        Stale(changes, job.state == DONE and ready)
        with Boundary(what="The comparison", given=job.result):
            if job.state == DONE and ready:
                Results(job.result, metrics, choose)
            elif not job.busy:
                rv.Html(tag="p", class_="tp-muted", children=[
                    "Choose scenarios and press Run. The address of the page then holds the whole set-up: send it to share it."])


@solara.component
def Setup(asked: Comparison, on_run: Callable[[Comparison], None], busy: bool, changes: Changed) -> None:
    """The form: place, scenarios with their changes, runs, first seed, quarters. The first scenario is the baseline.

    ``changes`` hears what the fields say otherwise than ``asked``.
    """
    form = solara.use_ref(Form.of(asked))  # what was typed last, also where the page has not been drawn since
    filled = solara.use_ref(asked)
    wrong, set_wrong = solara.use_state(dict[str, str]())
    _, redraw = solara.use_state(0)
    if filled.current != asked:
        filled.current, form.current = asked, Form.of(asked)
    tell(changes, form.current.changed(asked))

    def put(**values: Any) -> None:
        form.current = replace(form.current, **values)
        redraw(lambda count: count + 1)

    def write(name: str, text: str) -> None:
        put(**{name: text})

    def put_sides(changed: Callable[..., Comparison], i: int, **values: str) -> None:
        set_wrong({})
        put(asked=changed(form.current.asked, i, **values))

    def run() -> None:
        wanted, found = form.current.read()
        set_wrong(found)
        if not found:
            on_run(wanted)

    draft = form.current.asked
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "What is compared"}):
        with rv.Html(tag="div", class_="tp-bar mt-2"):
            Choice("place", "Place", place_names(year_of(draft.sides[0].scenario)), draft.place or None,
                   lambda name: put(asked=replace(form.current.asked, place=name or "")),
                   "All scenarios run in this place; empty: in the place that they name.", search=True,
                   more={"clearable": True, "placeholder": "as the scenarios say"})
            for name, title, about in _NUMBERS:
                TextField(name, title, getattr(form.current, name), partial(write, name), about, wrong.get(name, ""),
                          narrow=True).key(name)
        with rv.Html(tag="div", class_="tp-sides"):
            for i, side in enumerate(draft.sides):
                _Side(i, side, len(draft.sides) > 2, partial(put_sides, Comparison.with_side, i),
                      partial(put_sides, Comparison.without_side, i),
                      wrong.get(f"side-{i}", "")).key(f"side {i}")
        with rv.Html(tag="div", class_="tp-bar mt-2"):
            solara.Button("Run", on_click=run, color="primary", icon_name="mdi-play", disabled=busy)
            solara.Button("Add a scenario", outlined=True, icon_name="mdi-plus", disabled=draft.with_another() is draft,
                          on_click=lambda: put(asked=form.current.asked.with_another()))
        Problem(wrong.get("all", ""))


@solara.component
def _Side(number: int, side: Side, removable: bool, on_side: Callable[..., None], remove: Callable[[], None],
          error: str) -> None:
    """One scenario with its changes. ``on_side`` takes what is chosen alone, since ``side`` may be older than what was typed."""
    items = solara.use_memo(lambda: [{"text": f"{title} ({name})", "value": name} for name, title in scenario_titles().items()], [])
    name = _side_name(number)
    what = "What the others are compared with." if number == 0 else "What is compared with the baseline."
    with rv.Html(tag="div", class_="tp-bar tp-side-row", attributes={"role": "group", "aria-label": f"Scenario {number + 1}"}):
        Choice(f"scenario-{number}", name, items, side.scenario, lambda chosen: on_side(scenario=chosen), what)
        TextField(f"changes-{number}", "Changes", side.changes, lambda text: on_side(changes=text.strip()),
                  "Levers and parameters set otherwise, parted by blanks: levers.reinvested_share=0.5 or arrangement=lsp. "
                  "The Guide has their names and ranges.", error)
        solara.Button(icon_name="mdi-close", text=True, on_click=remove, disabled=not removable,
                      attributes={"aria-label": f"Remove scenario {number + 1}", "title": "Leave this scenario out"})


@solara.component
def Results(ensembles: Sequence[Ensemble], metrics: Sequence[str], choose: Callable[[list[str]], None]) -> None:
    """Bands over time, paired differences, the table of differences, and the downloads."""
    dark = use_dark()
    first = ensembles[0]
    names = [one.scenario.name for one in ensembles]
    where = f"{first.place_name}, {first.period}, {count(first.runs, 'run')} each"
    stem = compare_setup.file_stem(ensembles)
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "Results", "data-testid": "results"}):
        rv.Html(tag="h2", children=[where])
        Notes(dict.fromkeys(note for one in ensembles for note in place_notes(one.scenario)))
        PlainAnswer(ensembles)
        with rv.Html(tag="div", class_="tp-bar mt-4"):
            Choice("metrics", "Metrics", metric_items(first.words, held=True), list(metrics), choose,
                   "What is shown below; type to search.",
                   search=True, more={"multiple": True, "small_chips": True, "deletable_chips": True})
        with rv.Html(tag="div", class_="tp-bar mt-3"):
            for label, file, make in (("Runs as CSV", f"{stem}-runs.csv", compare_setup.csv),
                                      ("Runs as Parquet", f"{stem}-runs.parquet", compare_setup.parquet),
                                      ("Differences as CSV", f"{stem}-differences.csv", compare_setup.differences_csv)):
                solara.FileDownload(data=partial(make, ensembles), filename=file, label=label, children=[
                    solara.Button(label, outlined=True, small=True, icon_name="mdi-download")])
    _Key(names, dark)
    with rv.Html(tag="div", class_="tp-two"):
        for name in metrics:
            _Pair(ensembles, name, dark).key(name)
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": "Paired differences"}):
        rv.Html(tag="h2", children=[f"Difference from {names[0]} in the last year, seed by seed"])
        difference_table(ensembles, metrics)


@solara.component
def _Key(names: Sequence[str], dark: bool) -> None:
    """Which line stands for which scenario, for all charts."""
    with rv.Html(tag="ul", class_="tp-bar pl-0 mb-0", style_="list-style: none", attributes={"aria-label": "Key"}):
        for i, name in enumerate(names):
            with rv.Html(tag="li"):
                solara.HTML(tag="span", unsafe_innerHTML=_line(i, dark), attributes={"aria-hidden": "true"})
                rv.Html(tag="span", children=[f"{name} (baseline)" if i == 0 else name])


def _line(number: int, dark: bool) -> str:
    """The line of a scenario as a small picture."""
    pattern = DASHES[number % len(DASHES)]
    gaps = {"solid": "", "dashed": "8 4", "dotted": "2 3"}[pattern] if isinstance(pattern, str) else " ".join(map(str, pattern))
    return html("key_line", colour=colour_of(number, dark), gaps=gaps)


@solara.component
def _Pair(ensembles: Sequence[Ensemble], name: str, dark: bool) -> None:
    """A metric over time and its differences; what has no value is said in place of an empty chart."""
    over_time = solara.use_memo(lambda: bands(ensembles, name, dark), [ensembles, name, dark])
    gap = solara.use_memo(lambda: differences(ensembles, name, dark), [ensembles, name, dark])
    metric = metric_called(name, ensembles[0].words)
    label = metric.label
    with rv.Html(tag="section", class_="tp-card", attributes={"aria-label": label, "data-metric": name}):
        if not has_course(ensembles, name):
            rv.Html(tag="h2", children=[axis_title(metric)])
            rv.Html(tag="p", children=["None of the scenarios has a value."], class_="tp-small")
        else:
            Chart(over_time, f"{label} over time: median and 90% band of the runs of each scenario", 230)
            compared = comparable(ensembles, name)
            if compared:
                about = f"Difference of {label} from the first scenario in the last year, paired by seed"
                Chart(gap, about, 62 + 30 * len(compared))
            missing = _without(ensembles, name)
            rv.Html(tag="p", class_="tp-small mb-1 tp-may-be-empty", children=[missing] if missing else [])
        rv.Html(tag="p", class_="tp-muted tp-small mb-0", children=[f"{sentence(metric.meaning)}."])


def _without(ensembles: Sequence[Ensemble], name: str) -> str:
    """Which scenarios have no value of a metric in the last year, such as trust where nobody has a partner."""
    gaps = [(one.scenario.name, np.isnan(one.at_end(name))) for one in ensembles]
    bare = [name if gap.all() else f"some runs of {name}" for name, gap in gaps if gap.any()]
    if not bare:
        return ""
    them = "it" if len(bare) == 1 else "them"
    label = metric_called(name, ensembles[0].words).label
    return f"No value to compare: {label} has none in the last year of {listing(bare)}, so no difference from {them}."
