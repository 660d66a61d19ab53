"""What is run: place, scenario, arrangement and seed; a scenario file may be sent or saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import reacton.ipyvuetify as rv
import solara

from sim.browser.settings import MOST_UPLOADED
from sim.browser.setup import Setup, arrangement_titles, place_names, read_seed, scenario_titles
from sim.browser.upload import ScenarioFile

_AS_GIVEN: Final = "as the scenario says"


def _items(titles: dict[str, str]) -> list[dict[str, str]]:
    return [{"text": title, "value": name} for name, title in sorted(titles.items(), key=lambda item: item[1].casefold())]


@solara.component
def Choosing(setup: Setup, place: str, seed: int, sent: str, on_setup: Callable[[Setup], None],
             on_problem: Callable[[str], None], on_file: Callable[[dict[str, Any]], None],
             save: Callable[[], str], file_name: str) -> None:
    """The choices of a page. ``place`` and ``seed`` are those that run now; ``sent`` is the name of an uploaded scenario."""
    scenarios = solara.use_memo(lambda: _items(scenario_titles()), [])
    arrangements = solara.use_memo(lambda: [{"text": _AS_GIVEN, "value": ""}, *_items(arrangement_titles())], [])

    def set_seed(text: str | None) -> None:
        from scenarios.errors import InputError

        try:
            on_setup(replace(setup, seed=read_seed(text or "")))
        except InputError as error:
            on_problem(str(error))

    named = [{"text": f"{sent} (uploaded)", "value": "\n"}, *scenarios] if sent else scenarios
    with rv.Html(tag="section", class_="tp-card tp-bar", attributes={"aria-label": "What is run"}):
        rv.Autocomplete(label="Place", items=list(place_names()), v_model=place, dense=True, hide_details=True,
                        disabled=bool(sent), attributes={"data-testid": "choose-place"},
                        on_v_model=lambda name: on_setup(replace(setup, place=name)) if name else None)
        rv.Select(label="Scenario", items=named, v_model="\n" if sent else setup.scenario, dense=True, hide_details=True,
                  on_v_model=lambda name: on_setup(replace(setup, scenario=name)) if name.strip() else None)
        rv.Select(label="Arrangement", items=arrangements, v_model="" if sent else setup.arrangement, dense=True, hide_details=True,
                  disabled=bool(sent), on_v_model=lambda name: on_setup(replace(setup, arrangement=name or "")))
        with rv.Html(tag="div", class_="tp-narrow"):
            solara.InputText("Seed", value=str(seed), on_value=set_seed, dense=True, hide_details=True, disabled=bool(sent))
        ScenarioFile(label="Open scenario file", most=MOST_UPLOADED, event_chosen=on_file)
        solara.FileDownload(data=save, filename=file_name, label="Save as scenario", mime_type="application/yaml",
                            children=[rv.Btn(children=["Save as scenario"], text=True)])
