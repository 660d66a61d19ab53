"""How far a job is, with a button to cancel it, and the message when it failed."""

from __future__ import annotations

from collections.abc import Callable

import reacton.ipyvuetify as rv
import solara

from totalplace.sim.browser.parts.layout import Problem
from totalplace.sim.browser.server.background import CANCELLED, DONE, FAILED, WAITING, Job
from totalplace.sim.results.wording import count


@solara.component_vue("arrived.vue")
def Arrived(event_here: Callable[[bool], None]) -> None:
    """Tells the server that the browser has put the page up; what changes before then, the browser may miss."""


@solara.component
def Progress(job: Job, thing: str, cancel: Callable[[], None], problem: str = "") -> None:
    """The state of ``job`` in words, counted in ``thing``; ``problem`` is shown in place of the job's own message."""
    with rv.Html(tag="div", attributes={"data-testid": "job", "data-state": job.state}):
        with rv.Html(tag="div", class_="tp-bar", style_="" if job.busy else "display: none"):
            with rv.Html(tag="div", style_="flex: 1 1 200px"):
                rv.ProgressLinear(value=100 * job.done / max(1, job.total), height=8, rounded=True, indeterminate=not job.total,
                                  attributes={"aria-label": "Progress"})
            solara.Button("Cancel", on_click=cancel, outlined=True, small=True)
        rv.Html(tag="p", class_="tp-muted tp-small mb-0 mt-1", children=[words(job, thing)], attributes={"role": "status"})
        Problem(problem or (job.message if job.state == FAILED else ""))


def words(job: Job, thing: str) -> str:
    """The state of a job in words."""
    if job.state == WAITING:
        return "Waiting for a free processor."
    if job.state == CANCELLED:
        return f"Cancelled after {job.done:,} of {count(job.total, thing)}."
    if job.state == DONE:
        return f"Done: {count(job.total, thing)}." if job.total > 1 else ""
    if job.busy and not job.done:
        return "Starting."
    return f"{job.done:,} of {count(job.total, thing)}." if job.busy else ""
