"""Places with more cohorts than any English place has, to see how cost grows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from totalplace.scenarios.scenario import Scenario
from totalplace.sim.model.memory import copy_world
from totalplace.sim.model.world import Template, build


def crowd(scenario: Scenario, copies: int) -> Template:
    """The world of a scenario with each cohort split into ``copies`` alike ones."""
    template = build(scenario)
    rows: Any = np.tile(np.asarray(template.world.cohorts), copies).view(np.recarray)
    rows["persons"] /= copies
    rows["key"] = np.arange(len(rows))
    return replace(template, world=copy_world(template.world._replace(cohorts=rows)), cohort_names=template.cohort_names * copies)
