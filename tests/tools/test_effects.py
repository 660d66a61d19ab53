"""The page of effects: figures that need no run, and a page that holds what the script writes."""

from __future__ import annotations

import pytest

from tools import effects
from totalplace.scenarios.registry import PARAMETERS


def test_effects_without_a_run_follow_the_values() -> None:
    assert effects.spend_on_need(effects.NOW) == f"{PARAMETERS['reactive_elasticity'].default:g}"
    assert effects.spend_on_need({**effects.NOW, "reactive_elasticity": 0.72}) == "0.72"
    assert effects.spend_on_need(effects.BEFORE) == "1"
    assert effects.dearer_care(effects.BEFORE) == "+0%"
    assert effects.dearer_care({**effects.NOW, "unit_cost_drift": 0.046}) == "+43%"


@pytest.mark.parametrize("told", [effects.early_help, effects.lost_funding])
def test_effects_are_nothing_without_epsilon_and_grow_with_it(told: object) -> None:
    assert callable(told)
    nothing, some, more = (float(told({**effects.NOW, "epsilon": value}).split("%")[0].split()[0]) for value in (0.0, 0.05, 0.2))
    assert nothing == 0.0
    assert abs(more) > 3.0 * abs(some) > 0.0


def test_the_page_has_every_row() -> None:
    text = effects.PAGE.read_text("utf-8")
    assert text.count("<!-- generated: effects -->") == 1
    for published, _, model, _ in effects.ROWS:
        assert f"| {published} |" in text
        assert f"| {model} |" in text
