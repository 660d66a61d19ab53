"""What ``totalplace compare --decompose`` asks: which differences between two scenarios do what."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from totalplace.sim.cli.output import progress

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.cli.request import Request
    from totalplace.sim.results.answers import Answer


class Groups(StrEnum):
    """What the parts of a difference are."""

    fields = "fields"
    ingredients = "ingredients"


class Apart(NamedTuple):
    """A decomposition as it is asked for: of which metric and which others, by what, and whether over the prior too."""

    metric: str | None
    by: Groups
    over_prior: bool
    others: tuple[str, ...]

    def check(self, asked: list[Scenario]) -> None:
        """Say before the runs what cannot be decomposed. Raises InputError."""
        from totalplace.scenarios.errors import InputError
        from totalplace.sim.analysis.decomposition.analysis import differences
        from totalplace.sim.results.relative import metric_called

        if self.over_prior and (self.metric is None or self.by is Groups.fields):
            raise InputError("--over-prior goes with --decompose METRIC --by ingredients", allowed="all three, or without it")
        if self.metric is None:
            if self.by is Groups.ingredients:
                raise InputError("--by goes with --decompose", allowed="--decompose METRIC --by ingredients")
            return
        metric_called(self.metric)
        if len(asked) != 2:
            raise InputError(f"--decompose is of two scenarios, not {len(asked)}", allowed="two scenarios")
        differences(asked[0], asked[1], self.by.value)

    def answer(self, first: Scenario, second: Scenario, request: Request) -> Answer:
        """The parts of the difference, second less first."""
        from totalplace.sim.analysis.decomposition.analysis import decompose
        from totalplace.sim.analysis.decomposition.ingredients import ingredients
        from totalplace.sim.results.relative import is_metric

        assert self.metric is not None
        with progress("Mixtures", 1000) as done:
            def told(now: int, of: int) -> None:
                done(1000 * now // of)

            if self.by is Groups.fields:
                return decompose(first, second, self.metric, request.runs, first_seed=request.seed, progress=told)
            names = list(dict.fromkeys([self.metric, *(name for name in self.others if is_metric(name))]))
            return ingredients(
                first, second, names, request.runs, over_prior=self.over_prior, first_seed=request.seed, progress=told
            )
