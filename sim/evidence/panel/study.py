"""All that the panel says, from the tables that are shipped, in one go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from totalplace.sim.evidence.panel.estimates import (
    Finding,
    need_on_early_help,
    other_needs,
    outcomes_on_outturn,
    own_lag,
    spend_on_need,
)
from totalplace.sim.evidence.panel.growth import END, Growth, Lasting, growth, lasting
from totalplace.sim.evidence.panel.prediction import Held, councils, numbers, spend
from totalplace.sim.evidence.panel.regressions import Dynamic
from totalplace.sim.evidence.panel.tables import FIRST, LAST


@dataclass(frozen=True, eq=False)
class Study:
    """Estimates to :data:`LAST`, growth over all years, persistence, and the years held out."""

    need: tuple[Finding, ...]
    others: tuple[Finding, ...]
    money: tuple[Finding, ...]
    own_lag: Dynamic
    outturn: tuple[Finding, ...]
    growth: tuple[Growth, ...]
    lasting: tuple[Lasting, ...]
    held: tuple[Held, ...]

    def one(self, outcome: str, driver: str, when: str) -> Finding:
        """The finding with these words. Raises KeyError where there is none."""
        for finding in (*self.need, *self.others, *self.money, *self.outturn):
            if (finding.outcome, finding.driver, finding.when) == (outcome, driver, when):
                return finding
        raise KeyError((outcome, driver, when))


def study(progress: Callable[[int, int], None] | None = None) -> Study:
    """Estimate and predict; seconds. Raises InputError where linearmodels is not installed."""
    done = [0]

    def step[T](found: T) -> T:
        done[0] += 1
        if progress is not None:
            progress(done[0], 8)
        return found

    return Study(
        tuple(step(need_on_early_help())), tuple(step(other_needs())), tuple(step(spend_on_need())), step(own_lag()),
        tuple(step(outcomes_on_outturn())), tuple(step([growth(FIRST, END), growth(FIRST, LAST), growth(LAST, END)])),
        tuple(step(lasting())), tuple(step([*numbers(), *spend(), *councils()])),
    )
