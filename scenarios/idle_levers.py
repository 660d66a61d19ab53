"""Levers that a scenario sets and that can do nothing under its arrangements: statute and pots that nobody is there to hold.

Money is pooled with a commissioner, and statute binds the agencies that an arrangement names. Stances of departments are left out:
they are the weather of a run, and a silo has them too. A minimum that is a share does nothing where departments pay as much into
the single pot; one in money is not held against it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from totalplace.scenarios.arrangement import Arrangement
from totalplace.scenarios.events import Event
from totalplace.scenarios.phases import Change
from totalplace.scenarios.places.floors import SHARES, Floors
from totalplace.scenarios.vocabulary import THEMES, label

#: The levers that set a statutory minimum for a theme, each in its own form.
MANDATES: Final = ("mandate", "mandate_of_budget", "mandate_money", "mandate_a_head", "mandate_england", "mandate_grants")
#: Levers that say which themes are meant, all of them at first: set where one is switched off.
SCOPES: Final = ("scope", "single_pot_scope")
#: What is of use only where another lever is set, with that lever and what to say where it is not.
_NEEDS: Final = {
    "ring_fence": (MANDATES, "no minimum is set that it could fence"),
    "mandate_split": (("mandate_england", "mandate_grants"), "no minimum of England is set that it could split"),
    "virement": (("single_pot",), "departments pay nothing into a single pot"),
    "authority_split": (("single_pot",), "departments pay nothing into a single pot"),
    **dict.fromkeys(("wave_coaching", "wave_stance", "wave_money"), (("wave",), "no wave opens that places could apply for")),
}
#: Levers that take money from those who have it now, pay for joint work or steer it: 0 is none.
_HELD: Final = (*MANDATES, "single_pot", "neighbourhood_share", "capital_pot", "transition_fund", "leadership_programme",
                "settlement_years", "distress", "wave", *_NEEDS, *SCOPES)
type _Levers = dict[str, list[float]]


def reasons(
    arrangement: Arrangement, levers: dict[str, tuple[float, ...]], events: Sequence[Event], changes: Sequence[Change],
    authority: bool, floors: Callable[[], Floors],
) -> dict[str, str]:
    """Each lever that is set at any time of the run, with why it has no effect; empty where it has one.

    ``events`` and ``changes`` are those that do not lie after the end of the run; ``authority``: whether the place lies in a
    strategic authority; ``floors`` what a minimum is of the money that a pot could hold, asked where both are set.
    """
    now: _Levers = {name: list(values) for name, values in levers.items()}
    dated = [*(event.quarter for event in events), *(change.quarter for change in changes)]
    dates = sorted({0, *(quarter for quarter in dated if quarter > 0)})
    found: dict[str, str] = {}
    acting: set[str] = set()
    alone = "" if authority else "the place shares no strategic authority with others"
    for date in dates:
        for event in events:
            if event.quarter == date:
                now[event.lever][event.index] = event.value
        arrangement = next((one.arrangement for one in reversed(changes) if one.arrangement and one.quarter == date), arrangement)
        for name in _HELD:
            if any(value > 0.0 for value in now[name]) if name not in SCOPES else any(value <= 0.0 for value in now[name]):
                why = _reason(name, now, arrangement) or (alone if name == "authority_split" else "")
                why = why or (_below_the_pot(name, now, arrangement, floors) if name in SHARES else "")
                found.setdefault(name, why)
                acting |= set() if why else {name}
    return {name: "" if name in acting else why for name, why in found.items()}


def notes(found: Mapping[str, str]) -> list[str]:
    """What of :func:`reasons` has no effect, one line for each reason."""
    told: dict[str, list[str]] = {}
    for name, why in found.items():
        if why:
            told.setdefault(why, []).append(f"'{label(name)}'")
    return [f"{_listed(names)} {'has' if len(names) == 1 else 'have'} no effect: {why}" for why, names in told.items()]


def _reason(name: str, levers: _Levers, arrangement: Arrangement) -> str:
    """Why a lever that is set can do nothing under an arrangement; empty where it can."""
    led = {THEMES.index(theme) for one in arrangement.commissioners for theme in one.themes}
    if not led:
        return f"the arrangement {arrangement.name} has no commissioner to pool money with"
    if name == "single_pot_scope":
        return "" if any(value > 0.0 for value in levers["single_pot"]) else "departments pay nothing into a single pot"
    if name in MANDATES and not arrangement.mandated_agencies:
        return f"the arrangement {arrangement.name} names no agencies that statute binds (mandated_agencies)"
    if name in _NEEDS:
        others, missing = _NEEDS[name]
        return "" if any(value > 0.0 for other in others for value in levers[other]) else missing
    if name not in (*MANDATES, "single_pot", "neighbourhood_share"):
        return ""
    meant = {theme for theme, value in enumerate(levers["single_pot_scope" if name == "single_pot" else name]) if value > 0.0}
    if not meant:
        return "no theme is in the single pot (single_pot_scope)"
    if meant & led:
        return ""
    themes = _listed([label(THEMES[theme]) for theme in sorted(meant)])
    return f"the arrangement {arrangement.name} has no commissioner for {themes}"


def _below_the_pot(name: str, levers: _Levers, arrangement: Arrangement, floors: Callable[[], Floors]) -> str:
    """Why a minimum that is a share pools nothing: departments pay as much into the single pot already; empty where it does."""
    led = {THEMES.index(theme) for one in arrangement.commissioners for theme in one.themes}
    meant = [theme for theme in sorted(led) if levers[name][theme] > 0.0]
    if not meant or not any(levers["single_pot"]):
        return ""
    for floor in floors().of(name):
        if floor.theme in meant and floor.kind in arrangement.mandated_agencies:
            paid = levers["single_pot"][floor.department] if floor.kind in arrangement.single_pot_agencies else 0.0
            if paid * levers["single_pot_scope"][floor.theme] < levers[name][floor.theme] * floor.of_planned:
                return ""
    return "departments pay as much of that money into the single pot already"


def _listed(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
