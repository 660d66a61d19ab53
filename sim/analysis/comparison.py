"""A comparison as an answer: sentences first, then the table of differences, notes and figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from totalplace.sim.results.answers import Answer
from totalplace.sim.results.compare import check_pairs, compare, named, played
from totalplace.sim.results.last_year import KEY_METRICS
from totalplace.sim.results.monte_carlo import too_few
from totalplace.sim.results.plain import plain
from totalplace.sim.results.ranking import only_just_words, without_value_words
from totalplace.sim.results.setting import caption_line, notes_of

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.figures.style import Chart
    from totalplace.sim.results.run import Ensemble


def answer(
    given: Sequence[Ensemble | Scenario | str | Path], baseline: str | None = None, *, runs: int | None = None,
    first_seed: int | None = None, threads: int | None = None, metrics: Sequence[str] | None = None,
    progress: bool = False,
) -> Answer:
    """What scenarios do against a baseline, the first by default: the plain answer, with what it rests on.

    Scenarios, given as such, by name or by path, are run first, ``runs`` of each on the same seeds; ensembles are taken as they
    are. ``progress`` shows a bar for each scenario that is run. The sentences are those of the command, the report and the browser
    (:mod:`totalplace.sim.results.plain`). The table ``differences`` is that of :func:`totalplace.compare`, of ``metrics`` or of
    all; figures: ``differences``, ``over-time``. Raises InputError for scenarios that cannot be paired, and UnknownName for a
    metric that there is not.
    """
    found = played(given, runs, first_seed, threads, bar=progress)
    check_pairs(found)
    reference = found[named([one.scenario.name for one in found], baseline)]
    table = compare(found, reference.scenario.name, metrics=metrics)
    shown = [reference.metric(name) for name in metrics or KEY_METRICS]
    names = [one.scenario.name for one in found]
    doubts = (too_few(reference.runs), only_just_words(found, reference, shown), without_value_words(found, shown))
    return Answer(
        title=" and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}",
        source=caption_line(found),
        tables={"differences": table[table["scenario"] != reference.scenario.name].reset_index(drop=True)},
        sentences=plain(found, reference).sentences,
        warnings=(*filter(None, doubts), *notes_of([one.scenario for one in found])),
        drawings=_drawings(found, reference, [metric.name for metric in shown]),
    )


def _drawings(found: Sequence[Ensemble], reference: Ensemble, names: Sequence[str]) -> dict[str, Callable[[], Chart]]:
    from totalplace.sim.figures.differences import differences
    from totalplace.sim.figures.over_time import compared_over_time, ensemble_over_time

    if len(found) == 1:
        return {"over-time": partial(ensemble_over_time, reference, names)}
    return {"differences": partial(differences, found, reference, names), "over-time": partial(compared_over_time, found, names)}


__all__ = ["answer"]
