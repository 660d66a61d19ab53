"""The one way from Python into the compiled run: a run's start, quarters of a run, or many runs one after the other.

Each way in takes as long to compile as the whole model, so that there is one. What a thread does in Python between two runs holds
up all others: many runs are played in one call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from totalplace.agents.compiled import inlined, rule
from totalplace.sim.model.schedule import go_on
from totalplace.sim.model.start import begin

if TYPE_CHECKING:
    from totalplace.agents.rows import Wholes
    from totalplace.agents.world import World

_begin, _go_on = inlined(begin), inlined(go_on)


@rule
def play_runs(
    w: World, memory: Wholes, start: Wholes, seeds: Wholes, places: Wholes, values: Wholes, kept: Wholes, rows: Wholes,
    told: Wholes, deals: Wholes, ends: Wholes, last: int,
) -> int:
    """Play runs of the first ``last`` quarters; how many were played comes back. Without seeds the world goes on as it stands.

    Every array holds words of 8 bytes. ``memory`` (W,) is that of the world, ``start`` (W,) what it is set back to. Run ``i`` has
    the seed ``seeds[i]`` and ``values[i]`` (F,) at ``places`` (F,) of the memory. Of it, ``rows[i]`` (K,) takes what then stands at
    ``kept`` (K,), and ``ends[i]`` the quarter in which its ledger broke, or -1, and how many negotiations the runs so far recorded.
    ``told`` (most, columns + 1), if it has rows, takes them from ``deals``, the record of the world (most, columns), with the seed
    of the run; a run that it has no room for is the last, and does not count.

    Without seeds, the quarter in which the ledger broke comes back, or -1.
    """
    runs, count = seeds.shape[0], 0
    for i in range(max(1, runs)):
        if runs > 0:
            for word in range(memory.shape[0]):
                memory[word] = start[word]
            for f in range(places.shape[0]):
                memory[places[f]] = values[i, f]
            w.clock.seed = seeds[i]
            _begin(w)
        broken = _go_on(w, last)
        if runs == 0:
            return broken
        for k in range(kept.shape[0]):
            rows[i, k] = memory[kept[k]]
        if told.shape[0] > 0:
            if count + w.clock.deals > told.shape[0]:
                return i
            for d in range(w.clock.deals):
                for column in range(deals.shape[1]):
                    told[count + d, column] = deals[d, column]
                told[count + d, deals.shape[1]] = seeds[i]
        count += w.clock.deals
        ends[i, 0], ends[i, 1] = broken, count
    return runs
