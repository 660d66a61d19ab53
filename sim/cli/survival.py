"""What of the model's conclusions survives: ``totalplace validate --survival``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def survive(runs: int, places: Sequence[str], seed: int, out: Path | None) -> None:
    """Play conclusions written down beforehand in both eras, over posterior, prior and variants; show the page or write it."""
    from totalplace.sim.cli.output import console, progress
    from totalplace.sim.evidence.survival import runs as played
    from totalplace.sim.evidence.survival.page import Survival, markdown, write
    from totalplace.sim.evidence.survival.sensitivity import fact_runs, of_conclusions, of_facts

    with progress("Runs", 1000) as done:
        found = played.survive(runs, places, seed, progress=lambda now, of: done(800 * now // of))
        total, now = fact_runs() * len(found.places) * len(found.prior), [0]

        def more(steps: int) -> None:
            now[0] += steps
            done(800 + 200 * now[0] // total)

        facts = of_facts(found, progress=more)
    survival = Survival(found, {era: of_conclusions(found, era) for era in found.asked.eras}, facts)
    if out is None:
        console().print(markdown(survival), markup=False, soft_wrap=True)
    else:
        console().print(f"Report: {write(survival, out)[-1]}", soft_wrap=True)


__all__ = ["survive"]
