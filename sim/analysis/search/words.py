"""What a search has found: the front, how it converged, policies worth a scenario file, and words about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.sweeps.choices import by_name
from totalplace.sim.analysis.search.evaluation import Objective, policy
from totalplace.sim.analysis.workbench_import import library
from totalplace.sim.results.answers import Answer
from totalplace.sim.results.setting import uncertainties_words
from totalplace.sim.results.wording import amount, count, listing

if TYPE_CHECKING:
    import pandas as pd

    from totalplace.scenarios.scenario import Scenario
    from totalplace.scenarios.sweeps.factors import Factor
    from totalplace.sim.analysis.search.archive import Asked

#: Most policies saved as scenarios, and most generations at which the hypervolume is measured.
SAVED: Final = 12
MEASURED: Final = 20
#: Reference point of the hypervolume beyond the worst of the front, in its own width (Ishibuchi et al. 2018).
BEYOND: Final = 1.1
#: Growth of the hypervolume over the last quarter of the generations above which a search is said to be unfinished.
STILL_GROWING: Final = 0.01


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Search(Answer):
    """What a search has found so far. ``front`` has the policies than which no other one is better by all objectives: lever values
    (choices by name) and objectives, ``name`` where a policy is saved as a scenario. ``evaluated`` has every policy played,
    ``hypervolume`` how much of the space of objectives each seed covers by generation. ``policies`` are scenarios that can be run.
    """

    scenario: Scenario
    factors: tuple[Factor, ...]
    objectives: tuple[Objective, ...]
    front: pd.DataFrame
    evaluated: pd.DataFrame
    hypervolume: pd.DataFrame
    policies: tuple[Scenario, ...]


def answer(
    asked: Asked, base: Scenario, factors: tuple[Factor, ...], objectives: tuple[Objective, ...], evaluated: pd.DataFrame
) -> Search:
    """The search as it stands, from every policy that was played."""
    from totalplace.sim.analysis.search.figure import convergence_figure, front_figure, levers_figure

    levers, names = [factor.label for factor in factors], [objective.metric.name for objective in objectives]
    distinct = evaluated.drop_duplicates(levers, ignore_index=True)
    losses = distinct[names].to_numpy() * np.array([-objective.sign for objective in objectives])
    best = first_front(losses)
    front = distinct.iloc[best].drop(columns=["seed", "generation", "candidate"]).reset_index(drop=True)
    shares = _normal(losses[best], losses[best])
    chosen = representatives(shares)
    front.insert(0, "name", "")
    policies = _policies(base, factors, objectives, front, chosen, asked)
    front.loc[list(chosen), "name"] = [one.name for one in policies]
    volumes = hypervolumes(evaluated, names, objectives, losses[best])
    runs = len(distinct) * asked.draws
    source = f"{base.name} in {base.place_shown}, {count(base.quarters, 'quarter')} from {base.start}: "
    source += f"{count(len(distinct), 'policy', 'policies')} x {count(asked.draws, 'draw')} = {count(runs, 'run')}; "
    source += uncertainties_words(base)
    shown = by_name(front, levers)
    return Search(
        title=f"Policies for {listing([objective.words for objective in objectives])}",
        source=source,
        tables={"front": shown, "evaluated": by_name(evaluated, levers), "convergence": volumes},
        sentences=_sentences(front, chosen, objectives, factors, asked, len(distinct)),
        warnings=_warnings(volumes, asked, base, factors),
        drawings={
            "front": partial(front_figure, front, shares, chosen, objectives, asked.judged, source),
            "levers": partial(levers_figure, front, chosen, factors, source),
            "convergence": partial(convergence_figure, volumes, objectives, source),
        },
        scenario=base,
        factors=factors,
        objectives=objectives,
        front=shown,
        evaluated=by_name(evaluated, levers),
        hypervolume=volumes,
        policies=tuple(policies),
    )


def first_front(losses: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows (policies) of losses (N, M) than which no other is as good by all and better by one."""
    sorting = library("pymoo.util.nds.non_dominated_sorting").NonDominatedSorting()
    found: NDArray[np.int64] = np.sort(sorting.do(losses, only_non_dominated_front=True))
    return found


def _normal(losses: NDArray[np.float64], front: NDArray[np.float64]) -> NDArray[np.float64]:
    """Losses as shares of the way from the best to the worst of the front, by objective."""
    low, width = front.min(axis=0), np.ptp(front, axis=0)
    return (losses - low) / np.where(width > 0.0, width, 1.0)


def representatives(shares: NDArray[np.float64]) -> dict[int, str]:
    """Rows of a front (normalised losses) worth a name: the best by each objective, a compromise, then those far from all."""
    kinds: dict[int, str] = {}
    for column in range(shares.shape[1]):
        kinds.setdefault(int(np.lexsort((shares.sum(axis=1), shares[:, column]))[0]), f"best:{column}")
    scalar = library("pymoo.decomposition.asf").ASF()
    weights = np.ones(shares.shape[1])
    compromise = int(np.argmin(scalar(shares, weights, utopian_point=np.zeros(len(weights)), nadir_point=weights)))
    kinds[compromise] = kinds.get(compromise, "compromise")
    while len(kinds) < min(SAVED, len(shares)):
        apart = np.min([np.linalg.norm(shares - shares[row], axis=1) for row in kinds], axis=0)
        if apart.max() <= 0.0:
            break
        kinds[int(apart.argmax())] = "spread"
    return kinds


def hypervolumes(
    evaluated: pd.DataFrame, names: Sequence[str], objectives: Sequence[Objective], front: NDArray[np.float64]
) -> pd.DataFrame:
    """By seed and generation: the hypervolume of all policies so far, between 0 and 1, against the front of all seeds.

    Columns: seed, generation, policies (played so far), hypervolume.
    """
    import pandas as pd

    signs = np.array([-objective.sign for objective in objectives])
    measure = library("pymoo.indicators.hv").HV(ref_point=np.full(len(names), BEYOND))
    rows: list[dict[str, Any]] = []
    for seed, part in evaluated.groupby("seed"):
        generations = np.unique(part["generation"])
        shown = np.unique(np.linspace(0, len(generations) - 1, MEASURED).round().astype(int))
        for generation in generations[shown]:
            so_far = part[part["generation"] <= generation]
            shares = _normal(so_far[list(names)].to_numpy() * signs, front)
            inside = shares[(shares < BEYOND).all(axis=1)]
            volume = float(measure(inside[first_front(inside)])) / BEYOND ** len(names) if len(inside) else 0.0
            rows.append({"seed": seed, "generation": int(generation), "policies": len(so_far), "hypervolume": volume})
    return pd.DataFrame(rows)


def _policies(
    base: Scenario, factors: Sequence[Factor], objectives: Sequence[Objective], front: pd.DataFrame, chosen: dict[int, str],
    asked: Asked,
) -> list[Scenario]:
    """Scenarios of the named policies, with the draws of the search as their seeds: they give its numbers again."""
    found = []
    seeded = base.with_settings([f"seeds={{first: {asked.first_draw}, count: {asked.draws}}}"])
    for number, (row, kind) in enumerate(chosen.items(), start=1):
        values = front.loc[row, [factor.label for factor in factors]].to_numpy(np.float64)
        title = f"Policy {number:02d} of a search from {base.name}: {_kind(kind, objectives)}"
        found.append(policy(seeded, factors, values, f"policy-{number:02d}", title[:200]))
    return found


def _kind(kind: str, objectives: Sequence[Objective]) -> str:
    head, _, column = kind.partition(":")
    names = {"compromise": "best compromise of all objectives", "spread": "another part of the front"}
    return f"best by {objectives[int(column)].metric.label}" if head == "best" else names[head]


def _sentences(
    front: pd.DataFrame, chosen: dict[int, str], objectives: Sequence[Objective], factors: Sequence[Factor], asked: Asked,
    policies: int,
) -> tuple[str, ...]:
    how = "the level that nine draws in ten reach" if asked.judged == "nine-in-ten" else f"the mean of {asked.draws} draws"
    said = [
        f"Of {count(policies, 'policy', 'policies')} tried, {len(front):,} are on the front: none is better by every objective. "
        f"Each is judged by {how}."
    ]
    for row, kind in chosen.items():
        if kind != "spread":
            worth = [f"{o.metric.label} {amount(float(front.loc[row, o.metric.name]), o.metric.unit)}" for o in objectives]
            said.append(f"{front.loc[row, 'name']}, {_kind(kind, objectives)}: {listing(worth)}.")
    settled = [
        f"{factor.label.replace('_', ' ')} at {_shown(factor, float(np.median(front[factor.label])))}" for factor in factors
        if np.ptp(front[factor.label]) <= 0.1 * (factor.high - factor.low)
    ]
    if settled:
        said.append(f"All policies of the front agree on {listing(settled)}.")
    return tuple(said)


def _shown(factor: Factor, value: float) -> str:
    return str(factor.shown(value)) if factor.integer else f"{value:g}"


def _warnings(volumes: pd.DataFrame, asked: Asked, base: Scenario, factors: Sequence[Factor]) -> tuple[str, ...]:
    noted = []
    last = volumes.groupby("seed").last()
    missing = [seed for seed in asked.seeds if seed not in last.index or last["generation"][seed] < asked.generations - 1]
    if missing:
        noted.append(f"Not finished: seeds {listing([str(seed) for seed in missing])}. The same command goes on.")
    for seed, part in volumes.groupby("seed"):
        early = part[part["generation"] <= 0.75 * part["generation"].max()]["hypervolume"]
        if len(early) and part["hypervolume"].iloc[-1] > (1.0 + STILL_GROWING) * early.iloc[-1]:
            noted.append(f"Seed {seed} was still finding better policies in its last generations: more of them would help.")
    if len(last) > 1 and np.ptp(last["hypervolume"]) > 0.05 * last["hypervolume"].max():
        noted.append("The seeds end at different fronts: see the convergence, and search longer.")
    if len(asked.seeds) == 1:
        noted.append("One seed only: whether another search would find the same is not known.")
    names = {factor.name for factor in factors}
    events = [event.text for event in base.events if event.lever in names and event.quarter < base.quarters]
    noted += [f"'{text}' in the scenario replaces what the search sets from then on." for text in dict.fromkeys(events)]
    return tuple(noted)
