"""A part of a page that may fail to be drawn: the failure is said in its place, and the rest of the page stays."""

from __future__ import annotations

from typing import Any, Final

import reacton
import reacton.ipyvuetify as rv
import solara

#: Longest message, in characters.
LONGEST: Final = 600


@solara.component
def Boundary(children: list[Any] | None = None, what: str = "This part of the page", given: object = None) -> None:
    """``children``, or the reason why they cannot be drawn. They are tried again by the button, and when ``given`` is another."""
    error, clear = reacton.use_exception()
    tried = solara.use_ref(given)
    if error is not None and tried.current is not given:
        clear()
        error = None
    if error is None:
        tried.current = given
    with rv.Html(tag="div", class_="tp-guarded", attributes={"data-failed": "false" if error is None else "true"}):
        with rv.Html(tag="div", class_="tp-may-be-empty", attributes={"role": "alert"}):
            if error is not None:
                said = f"{what} could not be drawn: {type(error).__name__}: {error}"
                rv.Html(tag="div", class_="tp-error", children=[said[:LONGEST]])
                solara.Button("Try again", on_click=clear, outlined=True, small=True, classes=["mt-2"])
        rv.Html(tag="div", class_="tp-guarded", children=[] if error is not None else children or [])
