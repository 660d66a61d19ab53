"""The levers of the registry as sliders, switches and lists that may be moved while the model runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import reacton.ipyvuetify as rv
import solara

from scenarios.registry import LEVERS, Lever
from scenarios.vocabulary import label

#: Levers that are always in sight, and those whose panels come first.
IN_SIGHT: Final = ("cuts", "reinvested_share")
FIRST: Final = ("encouragement", "freedom", "mandate")
_OTHER: Final = "Other levers"

Move = Callable[[str, int, float], None]


def lever_label(lever: Lever, index: int = 0) -> str:
    """What a lever, or its value for a department or theme, is called: ``encouragement of health``."""
    name = lever.name.replace("_", " ")
    return f"{name}: {label(lever.targets[index])}" if lever.targets else name


def value_words(lever: Lever, value: float) -> str:
    """A value of a lever as a reader sees it."""
    if lever.kind == "choice":
        return lever.choices[int(value)]
    if lever.kind == "flag":
        return "on" if value else "off"
    return f"{100 * value:.4g}%" if lever.kind == "share" else f"{value:.4g}"


def slider_step(lever: Lever) -> float:
    """One step of a lever's slider."""
    return 0.01 if lever.kind == "share" else round((lever.high - lever.low) / 40, 6)


@solara.component
def LeverSlider(lever: Lever, index: int, value: float, disabled: bool, on_move: Move) -> None:
    """A slider with the value beside its name."""
    step = slider_step(lever)

    def moved(given: float) -> None:
        if abs(given - value) >= 0.5 * step:  # a slider reports a value between two of its steps as if it had been moved
            on_move(lever.name, index, float(given))

    words = label(lever.targets[index]) if lever.targets else lever.name.replace("_", " ")
    with rv.Html(tag="div", class_="tp-lever"):
        with rv.Html(tag="div", class_="tp-lever-name"):
            rv.Html(tag="span", children=[words], attributes={"title": lever.meaning})
            rv.Html(tag="span", children=[value_words(lever, value)], class_="tp-lever-value",
                    attributes={"data-testid": f"value-{lever.name}-{index}"})
        rv.Slider(label=lever_label(lever, index), v_model=value, min=lever.low, max=lever.high, step=step,
                  disabled=disabled, dense=True, hide_details=True, on_v_model=moved)


@solara.component
def LeverSwitch(lever: Lever, index: int, value: float, disabled: bool, on_move: Move) -> None:
    """A switch for a lever that is on or off."""
    words = label(lever.targets[index]) if lever.targets else lever.name.replace("_", " ")
    rv.Switch(label=words, v_model=bool(value), disabled=disabled, dense=True, hide_details=True, class_="mt-1",
              on_v_model=lambda given: on_move(lever.name, index, float(bool(given))))


@solara.component
def LeverChoice(lever: Lever, value: float, disabled: bool, on_move: Move) -> None:
    """A list for a lever with named choices."""
    rv.Select(label=lever.name.replace("_", " "), items=list(lever.choices), v_model=lever.choices[int(value)], dense=True,
              disabled=disabled, hide_details=True, class_="mt-3",
              on_v_model=lambda given: on_move(lever.name, 0, float(lever.choices.index(given))))


@solara.component
def LeverControl(lever: Lever, values: tuple[float, ...], disabled: bool, on_move: Move) -> None:
    """All values of a lever."""
    with rv.Html(tag="div"):
        for index, value in enumerate(values):
            if lever.kind == "choice":
                LeverChoice(lever, value, disabled, on_move)
            elif lever.kind == "flag":
                LeverSwitch(lever, index, value, disabled, on_move)
            else:
                LeverSlider(lever, index, value, disabled, on_move)


def _panels() -> dict[str, tuple[Lever, ...]]:
    """The levers behind each panel, in the order in which they are shown."""
    names = [*FIRST, *(name for name in LEVERS if name not in FIRST and name not in IN_SIGHT)]
    panels = {_panel_title(LEVERS[name]): (LEVERS[name],) for name in names if LEVERS[name].targets}
    return panels | {_OTHER: tuple(LEVERS[name] for name in names if not LEVERS[name].targets)}


def _panel_title(lever: Lever) -> str:
    name = lever.name.replace("_", " ")
    return f"{name[0].upper()}{name[1:]} by {lever.per}"


_PANELS: Final = _panels()


@solara.component
def LeverPanel(title: str, levers: dict[str, tuple[float, ...]], opened: bool, disabled: bool, on_move: Move) -> None:
    """The levers of one panel; they are made when it is opened."""
    with rv.ExpansionPanel():
        rv.ExpansionPanelHeader(children=[title])
        with rv.ExpansionPanelContent(eager=True):
            for lever in _PANELS[title] if opened else ():
                with rv.Html(tag="div"):
                    rv.Html(tag="p", children=[f"{lever.meaning}."], class_="tp-muted tp-small mb-1")
                    LeverControl(lever, levers[lever.name], disabled, on_move)


@solara.component
def Levers(levers: dict[str, tuple[float, ...]], disabled: bool, on_move: Move) -> None:
    """Every lever as it will stand in the next quarter; ``on_move(lever, index, value)`` is called when one is moved."""
    opened, open_panel = solara.use_state(None)
    with rv.Html(tag="section", class_="tp-card tp-levers", attributes={"aria-label": "Levers"}):
        rv.Html(tag="h2", children=["Levers"])
        rv.Html(tag="p", class_="tp-muted tp-small mb-1",
                children=["Move them while the model runs: a change counts from the next quarter on."])
        for name in IN_SIGHT:
            LeverControl(LEVERS[name], levers[name], disabled, on_move)
        with rv.ExpansionPanels(accordion=True, flat=True, v_model=opened, on_v_model=open_panel):
            for number, title in enumerate(_PANELS):
                LeverPanel(title, {lever.name: levers[lever.name] for lever in _PANELS[title]}, opened == number, disabled, on_move)
