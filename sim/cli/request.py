"""What the options of run, compare and explain ask for: which scenarios, and how their runs are played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from totalplace.sim.cli.options import Engine
from totalplace.sim.cli.output import progress, say_notes

if TYPE_CHECKING:
    from totalplace.scenarios.scenario import Scenario
    from totalplace.sim.engine.precision import Goal, Reached
    from totalplace.sim.results.run import Ensemble


@dataclass(frozen=True)
class Request:
    """What the options of a command ask for; None leaves it to the scenario."""

    place: str | None
    year: str | None
    runs: int | None
    seed: int | None
    quarters: int | None
    settings: list[str] | None
    engine: Engine
    #: What was applied to shipped scenarios since files beside them say so, by scenario; filled by ``load``.
    applied: dict[str, dict[str, str]] = field(default_factory=dict)

    def load(self, names: list[str]) -> list[Scenario]:
        """The scenarios with the overrides of the command; raises InputError before anything is simulated.

        Where files name one place or year and shipped scenarios beside them have another, it is applied to these, too.
        """
        from totalplace.scenarios.checking import is_path
        from totalplace.sim.results.compare import check_scenarios, lent
        from totalplace.sim.results.setting import notes_of

        asked = [self._scenario(name) for name in names]
        applied = lent(asked, [is_path(name) for name in names])
        asked = [one.with_contents(applied[one.name].contents) if one.name in applied else one for one in asked]
        asked = [one.for_many_runs() for one in asked]
        check_scenarios(asked)
        say_notes(one.words for one in applied.values())
        say_notes([*notes_of(asked), *self._notes_of_seeds(asked)])
        self.applied.update({name: one.values for name, one in applied.items()})
        return asked

    def _scenario(self, name: str) -> Scenario:
        from totalplace import scenarios

        return scenarios.load(name, set=self.settings or [], place=self.place, year=self.year, quarters=self.quarters)

    def simulate(self, asked: list[Scenario]) -> list[Ensemble]:
        """Run every scenario on the same seeds, with a progress bar over all of them."""
        return self.play(asked, *self._seeds(asked))

    def until(self, asked: list[Scenario], goals: tuple[Goal, ...], most: int | None, baseline: int = 0) -> Reached:
        """Run every scenario on the same seeds, as many as the goals need."""
        from totalplace.sim.engine.precision import MOST_RUNS, runs_until

        most = MOST_RUNS if most is None else most
        runs, first = self._seeds(asked)
        return runs_until(asked, goals, runs=runs, most=most, first_seed=first, baseline=baseline, player=self.play)

    def _seeds(self, asked: Sequence[Scenario]) -> tuple[int, int]:
        """How many runs of every scenario, and the first seed: the command's, or of the first scenario with seeds of its own."""
        own = self._with_seeds(asked).seeds
        return self.runs or own.count, own.first if self.seed is None else self.seed

    @staticmethod
    def _with_seeds(asked: Sequence[Scenario]) -> Scenario:
        from totalplace.scenarios.scenario_file import Seeds

        return next((one for one in asked if one.seeds != Seeds.model_validate({})), asked[0])

    def _notes_of_seeds(self, asked: Sequence[Scenario]) -> list[str]:
        """Which seeds all are run on, where scenarios differ in what the command leaves to them."""
        left = {(self.runs or one.seeds.count, one.seeds.first if self.seed is None else self.seed) for one in asked}
        if len(left) < 2:
            return []
        from totalplace.sim.results.setting import seeds_in_words

        runs, first = self._seeds(asked)
        seeds = seeds_in_words(range(first, first + runs))
        return [f"all scenarios are run on the seeds {seeds}, as '{self._with_seeds(asked).name}' has them"]

    def play(self, asked: Sequence[Scenario], runs: int, first: int) -> list[Ensemble]:
        """Runs of every scenario from seed ``first`` on, with a progress bar over all of them."""
        from totalplace.sim.cli.engines import ENGINES
        from totalplace.sim.engine.ensemble import check_together

        check_together(asked, runs, first)
        finished = []
        with progress("Runs", len(asked) * runs) as done:
            for number, scenario in enumerate(asked):

                def count(steps: int, of: int, before: int = number * runs) -> None:
                    done(before + steps)

                finished.append(ENGINES[self.engine](scenario, runs=runs, first_seed=first, progress=count))
        return finished
