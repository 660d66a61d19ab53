"""Ablations: published facts under the model without one of its mechanisms.

An ablation is a shipped scenario. What it says beside title and arrangement of its base is laid over each setting of the facts; its
parameters hold in every draw. A mechanism that a fact needs loses the fact when it goes; one that loses none is not needed for any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from totalplace.scenarios import load, resolving
from totalplace.scenarios.numbers import whole
from totalplace.scenarios.reading import Marked
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.engine.seeds import checked_seed
from totalplace.sim.evidence.fact_runs import draws, observe, places_by_rule
from totalplace.sim.evidence.facts import (
    MET,
    NOT,
    REPRODUCED,
    Criterion,
    Fact,
    Floats,
    fact_verdict,
    facts,
    interval,
    settings,
)
from totalplace.sim.evidence.markdown_page import table, write_page
from totalplace.sim.evidence.measures import MEASURES
from totalplace.sim.evidence.numbers_in_words import number, percent

#: The shipped scenarios that leave one mechanism out.
ABLATIONS: Final = ("no-network", "no-trust", "no-bargaining", "no-neighbourhoods", "no-learning")
#: What the whole model is called beside them.
WHOLE: Final = "whole model"
PAGE: Final = "ablations.md"
#: What of a scenario is about it or its base, and not laid over others.
_NOT_LAID_OVER: Final = ("name", "title", "description", "extends")


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is laid over a setting: ``contents`` of a scenario file, and ``parameters`` that hold in every draw."""

    scenario: Scenario
    contents: tuple[Marked, ...]
    parameters: tuple[tuple[str, float], ...]


@dataclass(frozen=True, eq=False)
class Ablated:
    """Facts under the whole model and each ablation: ``values[model][measure]`` (N,) by draw."""

    models: tuple[str, ...]
    values: dict[str, dict[str, Floats]]
    places: tuple[str, ...]
    runs: int
    first_seed: int

    def share(self, model: str, criterion: Criterion) -> float:
        """Share of the draws of a model in the range of a criterion; NaN where it has none."""
        return criterion.share(self.values[model][criterion.measure])

    def verdict(self, model: str, fact: Fact) -> str:
        """The verdict on a fact under a model: a criterion holds where nine draws of ten lie in the range.

        Parameters stand at one value, so that the range of a figure is what its errors and the model's discrepancy allow.
        """
        return fact_verdict(REPRODUCED if self.share(model, one) >= MET else NOT for one in fact.judged)


def overlay(name: str) -> Overlay:
    """What an ablation lays over a setting. Raises InputError for a scenario that there is not."""
    scenario = load(name)
    own = resolving.scenario_layers(name)[-1]
    fields = {key: item for key, item in own.mapping("A scenario").items() if key not in (*_NOT_LAID_OVER, "uncertainties")}
    given = own.mapping("A scenario").get("uncertainties")
    named = given.mapping("'uncertainties'") if given is not None else {}
    fixed = tuple((key, float(value)) for key in named if isinstance(value := scenario.uncertainties[key], int | float))
    return Overlay(scenario, (Marked(fields, own.file),) if fields else (), fixed)


def ablate(
    runs: int = 20, places: Sequence[str] = (), first_seed: int = 1, threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Ablated:
    """Every fact at default parameters under the whole model and each ablation, on the same seeds.

    Raises InputError for unknown places, LedgerError.
    """
    runs, first_seed = whole(runs, "number of draws"), checked_seed(first_seed)
    where = tuple(places) or places_by_rule()
    asked, parameters = list(settings().values()), draws("default", runs)
    models: dict[str, Overlay | None] = {WHOLE: None, **{name: overlay(name) for name in ABLATIONS}}
    done, total = [0], len(models) * len(asked) * len(where) * runs

    def tell(more: int) -> None:
        done[0] += more
        if progress is not None:
            progress(done[0], total)

    values = {}
    for name, over in models.items():
        given = asked if over is None else [replace(one, parameters=(*one.parameters, *over.parameters)) for one in asked]
        seen = observe(given, where, parameters, first_seed, threads, tell, over=() if over is None else over.contents)
        values[name] = {criterion.measure: MEASURES[criterion.measure](seen) for fact in facts() for criterion in fact.criteria}
    return Ablated(tuple(models), values, where, runs, first_seed)


def markdown(found: Ablated) -> str:
    """The page: what each ablation leaves out, how many facts are left, and each fact under each."""
    return "\n".join([*_head(found), *_summary(found), *_facts(found)]).rstrip() + "\n"


def _head(found: Ablated) -> Iterator[str]:
    yield "# Ablations"
    yield ""
    yield (
        "Which mechanism does a published fact need? Each ablation is a scenario of its own (`totalplace run no-trust`) that "
        "leaves one out. What it says is laid over the settings behind every fact of [validation](validation.md); all else is the "
        f"same, seeds too. Default parameters, {found.runs} draws in {len(found.places)} places, seeds from {found.first_seed}. A "
        "median, and in brackets the share of the draws in the range of the fact, or within what the errors of figure and model "
        "allow in nine cases of ten, a dash where neither is stated; \u2713 where nine draws of ten are. Written by `totalplace "
        "validate --ablations`."
    )
    yield ""
    yield (
        "**The rule is another than that of validation, and its counts are not those.** Parameters stand at one value here, so "
        "that there is no interval that calibration could have narrowed. A figure counts as reproduced where nine draws of ten lie "
        "within what its error *and the discrepancy* of the model allow. Validation asks more: the figure inside the model's own "
        "90% interval, without the discrepancy, and that interval at most half as wide as the prior's, over the posterior and in "
        "other places. What can be read here is the difference that a mechanism makes, not how much of the record the model "
        "reproduces. It is at default values, not over the posterior, since that is of the whole model: without a mechanism the "
        "model would have to be calibrated anew. Defaults do not fit every fact: where the whole model is outside in most draws, "
        "as with fact 4, the table does not tell which mechanism the fact needs."
    )
    yield ""
    rows = [(f"`{name}`", load(name).description.removesuffix(" Joint commissioning otherwise.").strip()) for name in ABLATIONS]
    yield from table(("ablation", "what is left out"), rows)


def _summary(found: Ablated) -> Iterator[str]:
    """Facts reproduced under each model, and which verdicts another model changes."""
    yield "## Facts that are left"
    yield ""
    rows = []
    judged = [fact for fact in facts() if fact.judged]
    for model in found.models:
        verdicts = {fact.number: found.verdict(model, fact) for fact in judged}
        changed = [
            f"{fact.number} ({found.verdict(WHOLE, fact)} to {verdicts[fact.number]})" for fact in judged
            if verdicts[fact.number] != found.verdict(WHOLE, fact)
        ]
        reproduced = sum(verdict == REPRODUCED for verdict in verdicts.values())
        rows.append((model, f"{reproduced} of {len(verdicts)}", ", ".join(changed) or "none"))
    yield from table(("model", "facts reproduced", "facts with another verdict"), rows)


def _facts(found: Ablated) -> Iterator[str]:
    yield "## Each fact"
    yield ""
    rows = []
    for fact in facts():
        for criterion in fact.criteria:
            cells = [_cell(found, model, criterion) for model in found.models]
            unit = f" ({criterion.unit})" if criterion.unit else ""
            rows.append((fact.number, criterion.label + unit, criterion.published(), *cells))
    yield from table(("fact", "measure", "published", *found.models), rows)


def _cell(found: Ablated, model: str, criterion: Criterion) -> str:
    """The median of a measure, how many draws lie in the range, and a mark where that meets the criterion."""
    share = found.share(model, criterion)
    _, middle, _ = interval(found.values[model][criterion.measure])
    mark = " \u2713" if share >= MET else ""
    return f"{number(middle)} ({percent(share, MET)}){mark}"


def write(found: Ablated, folder: Path) -> list[Path]:
    """Write the page into a folder, whole or not at all. Raises InputError when it cannot be written."""
    return write_page(folder, PAGE, markdown(found), dict)
