"""How much work a run is, counted and not timed, and from that how a sweep is cut into chunks.

A trial run on a busy machine says more about the machine than about the run; a stall of a moment would cut a sweep into
thousands of small parts. What a run has to do is known beforehand, and so is about how long each piece of it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.scenario import Scenario
from totalplace.scenarios.vocabulary import AGENCY_KINDS, COHORT_KINDS
from totalplace.sim.engine.sweep.chunks import kept_quarters
from totalplace.sim.engine.sweep.designs import metric_names

if TYPE_CHECKING:
    from totalplace.scenarios.sweeps.sweep import Sweep

#: Technical: seconds of one thread of a server's processor with vector instructions, fitted in November 2026 to 70 scenarios with
#: 6 to 120 cohorts, 0 to 4 commissioners and 4 to 80 quarters; within 35% there, and right at 3,834 cohorts. A run whatever it
#: holds; each quarter; each cohort in a quarter; each request to an agency that commissioners may make in a quarter; making a
#: scenario ready.
RUN: Final = 10e-6
QUARTER: Final = 3.4e-6
COHORT: Final = 0.046e-6
REQUEST: Final = 0.21e-6
LOAD: Final = 1.4e-3
#: Technical: seconds of a quarter of a Mesa model, without and with commissioners; the same scenarios.
MESA_QUARTER: Final = 3e-3
MESA_NEGOTIATIONS: Final = 4e-3

#: Counted work in a chunk, in seconds, and the least number of chunks in a sweep as long as each takes a tenth of that.
CHUNK_SECONDS: Final = 1.0
LEAST_CHUNKS: Final = 16
#: Most memory that the metrics of a chunk take, in bytes.
CHUNK_BYTES: Final = 16 * 2**20


def requests_a_quarter(scenario: Scenario) -> int:
    """Most requests in a quarter: one to each agency in each negotiation that the commissioners may open."""
    return scenario.material.most_negotiations * len(AGENCY_KINDS)


def neighbourhoods(scenario: Scenario) -> int:
    """Neighbourhoods of a scenario: its clusters, or the small areas of its place."""
    if isinstance(scenario.clusters, int):
        return scenario.clusters
    return len(scenario.material.place.neighbourhood_name)


def run_seconds(scenario: Scenario, engine: str = "compiled") -> float:
    """About how long a run of a scenario takes, in seconds of one thread of a common machine."""
    requests = requests_a_quarter(scenario)
    if engine == "mesa":
        return scenario.quarters * (MESA_QUARTER + MESA_NEGOTIATIONS * bool(requests))
    cohorts = neighbourhoods(scenario) * len(COHORT_KINDS)
    return RUN + scenario.quarters * (QUARTER + COHORT * cohorts + REQUEST * requests)


def mean_run_seconds(sweep: Sweep, engine: str = "compiled") -> float:
    """About how long a run of the sweep takes, with its part of making its scenario ready, in seconds of one thread."""
    play = float(np.mean([run_seconds(scenario, engine) for scenario in sweep.scenarios]))
    return play + LOAD * len(sweep.scenarios) / sweep.runs


def chunk_size(sweep: Sweep, engine: str = "compiled") -> int:
    """Runs in a chunk: about a second of work, fewer in a small sweep, so that there is one for every worker.

    The same for the same sweep on every machine, however busy it is.
    """
    a_second = CHUNK_SECONDS / mean_run_seconds(sweep, engine)
    size = int(max(a_second / 10, min(a_second, sweep.runs / LEAST_CHUNKS)))
    longest = max(len(kept_quarters(sweep.every, scenario.quarters)) for scenario in sweep.scenarios)
    return max(1, min(size, CHUNK_BYTES // (8 * len(metric_names(sweep)) * longest), sweep.runs))
