"""Entry by application: a place applies for a wave, is admitted or not, and is coached and encouraged if it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents import draws
from totalplace.agents.compiled import rule

if TYPE_CHECKING:
    from totalplace.agents.world import World


@rule
def enter(w: World) -> None:
    """A wave that opens is entered or not; who is in stays in, and who was turned down may apply for the next.

    The place applies with the chance ``min(1, application_rate T / initial_trust)``, ``T`` the mean trust of its agencies in
    commissioners: who works jointly already applies more, and nobody without a commissioner. Of those that apply the part ``wave``
    is admitted.
    """
    clock, wave = w.clock, w.levers.wave
    if wave == clock.wave:
        return
    clock.wave = wave
    if wave <= 0.0 or clock.admitted == 1:
        return
    chance, trust = w.parameters.application_rate, mean_trust(w)
    if trust < 0.0:
        return
    if w.parameters.initial_trust > 0.0:
        chance = min(1.0, chance * trust / w.parameters.initial_trust)
    applies = draws.uniform(clock.seed, draws.ENTRY, clock.quarter, clock.place, 0)
    fortune = draws.uniform(clock.seed, draws.ENTRY, clock.quarter, clock.place, 1)
    clock.admitted = 1 if applies < chance and fortune < wave else 0


@rule
def mean_trust(w: World) -> float:
    """Mean trust (0-1) of agencies in the commissioners in post; -1 where there is none."""
    trust, ties = 0.0, 0
    for c in range(w.commissioners.shape[0]):
        if w.commissioners[c].in_post == 1:
            for a in range(w.agencies.shape[0]):
                trust += w.ties[a, c].trust
                ties += 1
    return trust / ties if ties > 0 else -1.0


@rule
def coached(w: World) -> float:
    """Strength (0-1) of the programme that leaders have: its own, or where it was admitted the national one if that is more."""
    return max(w.levers.leadership_programme, w.levers.wave_coaching) if w.clock.admitted == 1 else w.levers.leadership_programme


@rule
def coaching_cost(w: World) -> float:
    """What national coaching costs the centre, £m a year: a leadership programme for the place, by people."""
    if w.clock.admitted == 0 or w.clock.on_table <= 0.0:
        return 0.0
    return w.parameters.programme_cost * w.levers.wave_coaching * w.clock.on_table * w.clock.population * 1e-6
