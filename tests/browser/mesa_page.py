"""Mesa's own page with the parts of the place page; served by a test."""

from __future__ import annotations

from mesa.visualization import SolaraViz

import totalplace as tp
from totalplace.sim.browser.parts.mesa_components import gains, headline, money, network, outcomes, over_time

model = tp.PlaceModel("joint-commissioning", rng=1)
Page = SolaraViz(
    model,
    components=[network, headline, over_time, gains, outcomes, money],
    model_params={
        "scenario": "joint-commissioning",
        "rng": {"type": "SliderInt", "value": 1, "label": "Seed", "min": 0, "max": 99, "step": 1},
    },
    name="Joint commissioning",
)
