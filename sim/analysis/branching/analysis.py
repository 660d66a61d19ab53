"""A world saved at a quarter, taken up again, and branched: the same history to the bit, then other levers.

A branch is the same scenario with dated events on top, so it is also a scenario of its own that can be run from the start.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from totalplace.scenarios import scenario_of
from totalplace.scenarios.calendar import quarter_dates
from totalplace.scenarios.dated_wholes import WORDS
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.lever_values import ALL, lever_value, written_value
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.reading import marked
from totalplace.scenarios.registry import LEVERS
from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.settings import setting
from totalplace.sim.analysis.branching.words import Branches, answer
from totalplace.sim.engine.checkpoints import (
    Checkpoint,
    checkpoint,
    checkpoint_of,
    open_checkpoint,
    put,
    quarter_of,
    save,
    tables_of,
)
from totalplace.sim.engine.ensemble import Progress
from totalplace.sim.engine.play import Stage, run_of, side_by_side
from totalplace.sim.engine.seeds import seeds_from
from totalplace.sim.results.run import Ensemble, Run

if TYPE_CHECKING:
    from totalplace.sim.engine.place_model import PlaceModel

#: What errors call a setting of a branch.
THEN: Final = "--then"
#: The largest first seed that a scenario file holds.
LARGEST_IN_FILES: Final = 2**32 - 1
#: What makes a history; two scenarios that differ in nothing else can be taken up from one another's checkpoints.
_MAY_DIFFER: Final = ("name", "title", "description", "seeds", "events", "changes")


def resume(point: Checkpoint, scenario: Scenario | None = None) -> Run:
    """The run from a checkpoint to its end, by its own scenario or by a branch of it. Raises InputError, LedgerError."""
    chosen = point.scenario if scenario is None else scenario
    _check_history(point, chosen)
    stage = Stage(chosen)
    stage.begin(point.seed)
    put(point, stage.world)
    return run_of(stage.template, stage.advance(), point.seed)


def resume_model(
    point: Checkpoint, scenario: Scenario | None = None, agent_classes: Mapping[str, type] | None = None
) -> PlaceModel:
    """A Mesa model that stands where a checkpoint does; it collects data from there on. Raises InputError."""
    from totalplace.sim.engine.place_model import PlaceModel

    chosen = point.scenario if scenario is None else scenario
    _check_history(point, chosen)
    model = PlaceModel(chosen, rng=point.seed, agent_classes=agent_classes)
    put(point, model.world)
    return model


def branched(scenario: Scenario, at: str | int, then: Sequence[str], name: str = "") -> Scenario:
    """The scenario with settings changed from the quarter that holds ``at`` on, such as ``levers.clawback=0``.

    They may be of levers, of the arrangement (``arrangement=single-pot``, ``arrangement.rounds=3``) and of the budget path
    (``cuts=none``). The changes are dated events, so that the branch can be run on its own. Raises InputError for anything else.
    """
    date = quarter_dates(scenario.start, quarter_of(scenario, at) + 1)[-1]
    if isinstance(then, str) or not isinstance(then, Sequence) or not all(isinstance(text, str) for text in then):
        raise InputError("The changes of a branch must be a list of settings", allowed='such as ["levers.clawback=0"]')
    if not then:
        raise InputError("The branch changes nothing", allowed="settings of levers, such as levers.clawback=0")
    scenario.with_settings(then, called=THEN)  # says what cannot be used
    changes = [marked({"events": _changes(text, date, then)}, f"{THEN} {text}") for text in then]
    called = name or f"{scenario.name} from {date}"[:200]
    about = {"name": called, "title": f"{scenario.title or scenario.name}, from {date}: {', '.join(then)}"[:200]}
    return scenario.with_contents([marked(about, "the branch"), *changes])


def branch(
    origin: Scenario | Checkpoint | str | Path, at: str | int | None = None, then: Sequence[str] = (), *, runs: int | None = None,
    first_seed: int | None = None, threads: int | None = None, progress: Progress | None = None,
) -> Branches:
    """Play a scenario, and from ``at`` on also its branch with other settings (``then``), seed by seed on the same history.

    ``origin`` is a scenario, as such, by name or by path, or a checkpoint, which has its own quarter and seed. Until the quarter
    both are identical to the bit. Raises InputError for what a branch cannot change in ``then``, LedgerError.
    """
    if isinstance(origin, Checkpoint):
        if at is not None and quarter_of(origin.scenario, at) != origin.quarter:
            raise InputError(f"The checkpoint is of {origin.date}", allowed=f"{origin.date}, or nothing, for 'at'")
        base = origin.scenario
        other = _with_seeds(branched(base, origin.quarter, then), range(origin.seed, origin.seed + 1))
        pairs = [(resume(origin), resume(origin, other))]
        quarter = origin.quarter
    else:
        base = scenario_of(origin).for_many_runs()
        quarter = quarter_of(base, base.start if at is None else at)
        other = branched(base, quarter, then)
        count = base.seeds.count if runs is None else whole(runs, "number of runs")
        seeds = seeds_from(base.seeds.first if first_seed is None else first_seed, count)
        other = _with_seeds(other, seeds)
        pairs = _pairs(base, other, quarter, seeds, threads, progress)
    one, two = (Ensemble.of([pair[side] for pair in pairs]) for side in (0, 1))
    return answer(one, two, quarter, then)


def _with_seeds(scenario: Scenario, seeds: range) -> Scenario:
    """The scenario with the seeds it is played with, if a file can hold them: what is written of it gives the same runs."""
    own = scenario.seeds
    if (own.first, own.count) == (seeds[0], len(seeds)) or seeds[0] > LARGEST_IN_FILES:
        return scenario
    return scenario.with_settings([f"seeds.first={seeds[0]}", f"seeds.count={len(seeds)}"])


def _pairs(
    base: Scenario, other: Scenario, quarter: int, seeds: range, threads: int | None, progress: Progress | None
) -> list[tuple[Run, Run]]:
    """For each seed the run of the scenario and that of its branch, side by side on threads."""
    done, lock = [0], threading.Lock()

    def pair(seed: int) -> tuple[Run, Run]:
        first, second = Stage(base), Stage(other)
        first.begin(seed)
        second.begin(seed)
        point = Checkpoint(base, seed, quarter, tables_of(first.advance(quarter)))
        put(point, second.world)
        both = run_of(first.template, first.advance(), seed), run_of(second.template, second.advance(), seed)
        with lock:
            done[0] += 1
            if progress is not None:
                progress(done[0], len(seeds))
        return both

    return side_by_side(pair, seeds, threads)


def _check_history(point: Checkpoint, scenario: Scenario) -> None:
    """Raise InputError unless the checkpoint's history is also that of ``scenario``."""
    ours, theirs = (one.model_dump(exclude={*_MAY_DIFFER, "text", "sha256", "notes"}) for one in (scenario, point.scenario))
    different = [key for key in ours if ours[key] != theirs[key]]
    before = [[event for event in one.events if event.quarter < point.quarter] for one in (scenario, point.scenario)]
    dated = [[change for change in one.changes if change.quarter < point.quarter] for one in (scenario, point.scenario)]
    if before[0] != before[1] or dated[0] != dated[1]:
        different.append(f"events before {point.date}")
    if different:
        raise InputError(
            f"The checkpoint of '{point.scenario.name}' at {point.date} cannot go on as '{scenario.name}': they differ in "
            f"{', '.join(different)}", allowed=f"the same scenario with other events from {point.date} on",
        )


def _arrangement(then: Sequence[str]) -> Any:
    """The arrangement that settings say together: its name, its fields, or both."""
    named: Any = None
    together: dict[str, Any] = {}
    for text in then:
        given = setting(text, THEN).mapping("A setting").get("arrangement")
        if given is not None and isinstance(given.value, dict):
            together |= given.plain()
        elif given is not None:
            named = given.plain()
    return together | ({"extends": named} if named is not None else {}) if together else named


def _changes(text: str, date: str, then: Sequence[str]) -> list[dict[str, Any]]:
    """The dated changes that a setting of levers, of the arrangement or of the budget path, one of several, stands for."""
    fields = setting(text, THEN).mapping("A setting")
    (key, given), = fields.items()
    if key in WORDS:
        return [{"date": date, key: _arrangement(then) if key == "arrangement" else given.plain(), "why": "branch"}]
    if key != "levers":
        raise InputError(
            f"A branch changes levers, the arrangement and the budget path, not '{text.partition('=')[0]}'", file=f"{THEN} {text}",
            allowed="such as levers.clawback=0, arrangement=single-pot, arrangement.rounds=3 or cuts=none",
        )
    changes = []
    for name, item in fields["levers"].mapping("'levers'").items():
        lever = LEVERS[name]
        targets = item.value if isinstance(item.value, dict) else {ALL: item}
        for target in sorted(targets, key=lambda key: key != ALL):  # all first, so that the others override it
            value = written_value(lever, lever_value(lever, targets[target]))
            changes.append({"date": date, "lever": name, "target": target, "value": value, "why": "branch"})
    return changes


__all__ = [
    "Branches", "Checkpoint", "branch", "branched", "checkpoint", "checkpoint_of", "open_checkpoint", "quarter_of", "resume",
    "resume_model", "save",
]
