"""What is run: place, scenario, arrangement and seed; a scenario file may be sent or saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import reacton.ipyvuetify as rv
import solara

from totalplace.sim.browser.parts.fields import TextField, Wrong
from totalplace.sim.browser.parts.select_list import Pick
from totalplace.sim.browser.parts.upload import ScenarioFile
from totalplace.sim.browser.server.settings import MOST_UPLOADED
from totalplace.sim.browser.state.place_setup import (
    Setup,
    arrangement_titles,
    place_names,
    read_kept_seed,
    scenario_titles,
)

_AS_GIVEN: Final = "as the scenario says"
#: Stands for the file that was sent in the list of scenarios: no name is like it.
_SENT: Final = "\n"


def _items(titles: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(titles.items(), key=lambda item: item[1].casefold())


@solara.component
def Choosing(setup: Setup, place: str, seed: int, sent: str, on_setup: Callable[..., None],
             on_file: Callable[[dict[str, Any]], None], save: Callable[[], str], file_name: str) -> None:
    """The choices of a page. ``place`` and ``seed`` are those that run now; ``sent`` is the name of an uploaded scenario.

    ``on_setup`` takes what is chosen alone: another choice may have been made since the page was drawn.
    """
    wrong, set_wrong = solara.use_state(("", ""))  # a seed that cannot be used, and why
    scenarios = solara.use_memo(lambda: _items(scenario_titles()), [])
    arrangements = solara.use_memo(lambda: [("", _AS_GIVEN), *_items(arrangement_titles())], [])

    def set_seed(text: str) -> None:
        found = Wrong()
        wanted = found.read("seed", lambda: read_kept_seed(text), seed)
        set_wrong((text, found.found["seed"]) if found.found else ("", ""))
        if not found.found:
            on_setup(seed=wanted)

    named = [(_SENT, f"{sent} (uploaded)"), *scenarios] if sent else scenarios
    places = list(dict.fromkeys((*place_names(setup.year), place)))  # that of an uploaded file may be no other
    with rv.Html(tag="section", class_="tp-card tp-bar", attributes={"aria-label": "What is run"}):
        rv.Autocomplete(label="Place", items=places, v_model=place, dense=True,
                        hide_details=True, disabled=bool(sent), attributes={"data-testid": "choose-place"},
                        on_v_model=lambda name: on_setup(place=name) if name else None)
        Pick("Scenario", named, _SENT if sent else setup.scenario,
             lambda name: on_setup(scenario=name) if name != _SENT else None)
        Pick("Arrangement", arrangements, "" if sent else setup.arrangement,
             lambda name: on_setup(arrangement=name), bool(sent))
        with rv.Html(tag="div", class_="tp-narrow"):
            TextField("seed", "Seed", wrong[0] if wrong[1] else str(seed), set_seed,
                      "The same seed gives the same run again: one run, at default values unless a file says otherwise.",
                      wrong[1], disabled=bool(sent))
        ScenarioFile(label="Open scenario or place file", most=MOST_UPLOADED, event_chosen=on_file)
        solara.FileDownload(data=save, filename=file_name, label="Save as scenario", mime_type="application/yaml",
                            children=[rv.Btn(children=["Save as scenario"], text=True)])
