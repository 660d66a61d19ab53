"""What decides the answer of a comparison, from its own runs: which parameters, chance, and whether agencies agree.

Draws N of the parameters (runs that share one count once, by their mean), P parameters drawn. A parameter is named where its rank
correlation over the draws is beyond chance for so many draws and parameters (:mod:`totalplace.sim.results.rank_correlations`): with
the difference in net saving, which it then scales, or with the share of runs that save, whose sign it then decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.uncertainties import Range
from totalplace.scenarios.vocabulary import label
from totalplace.sim.model.metrics import without_value
from totalplace.sim.results.compare import difference, shared_draws
from totalplace.sim.results.deals import part_words
from totalplace.sim.results.monte_carlo import CLEAR_RUNS, Draws, clearly
from totalplace.sim.results.parameters_drawn import Drawn, parameters_drawn
from totalplace.sim.results.rank_correlations import beyond_chance, rank_correlations
from totalplace.sim.results.what_is_known import split
from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.results.run import Ensemble

MONEY: Final = "net_saving"
#: Parameters that a sentence names.
NAMED: Final = 3


class Decider(NamedTuple):
    """A parameter that stands out, and its rank correlation."""

    name: str
    correlation: float

    @property
    def words(self) -> str:
        """What it stands for before its name: ``scale exponent of common functions (eta, +0.62)``."""
        meaning, sign = PARAMETERS[self.name].words, f"{self.correlation:+.2f}".replace("-", "\u2212")
        return f"{meaning} ({self.name}, {sign})" if meaning else f"{label(self.name)} ({sign})"


class Deciders(NamedTuple):
    """What stands out of ``parameters`` over ``draws``, the strongest first: for the ``sign`` of a difference, for its ``size``.

    ``limit`` is the rank correlation that chance passes in one case of twenty.
    """

    sign: tuple[Decider, ...]
    size: tuple[Decider, ...]
    draws: int
    parameters: int
    limit: float


def deciders(gap: NDArray[np.float64], drawn: Drawn, draws: Draws) -> Deciders:
    """The parameters that go with paired differences (R,) beyond chance. ``draws`` (R,): which runs share a draw of them."""
    _, first, of = np.unique(np.arange(len(gap)) if draws is None else draws, return_index=True, return_inverse=True)
    sets, runs = drawn.values[first], np.bincount(of)
    limit = beyond_chance(len(first), len(drawn.names))

    def beyond(values: NDArray[np.float64]) -> tuple[Decider, ...]:
        found = rank_correlations(sets, np.bincount(of, values) / runs)
        order = np.argsort(-np.abs(found), kind="stable")
        return tuple(Decider(drawn.names[i], float(found[i])) for i in order if abs(found[i]) > limit)

    return Deciders(beyond((gap > 0.0).astype(np.float64)), beyond(gap), len(first), len(drawn.names), limit)


def decides_words(ensemble: Ensemble, baseline: Ensemble) -> str:
    """What the answer hangs on: parameters or chance, and whether agencies agree."""
    said = []
    if MONEY in baseline.known_metrics and ensemble is not baseline:
        said += _money(ensemble, baseline)
    if asked := _asking(ensemble, baseline):
        said.append(asked)
    return f"What decides it, {ensemble.scenario.name}: {'; '.join(said)}." if said else ""


def _money(ensemble: Ensemble, baseline: Ensemble) -> list[str]:
    """How much of the spread in net saving is what nobody knows, and which of it; nothing where nothing differs or runs are few."""
    gap = difference(ensemble, baseline, MONEY)
    if not gap.any() or ensemble.runs < CLEAR_RUNS:
        return []
    drawn, draws = _drawn(ensemble, baseline), shared_draws(ensemble, baseline)
    if not any(isinstance(value, Range) for one in (ensemble, baseline) for value in one.scenario.uncertainties.values()):
        values = {name: value for one in (ensemble, baseline) for name, value in one.scenario.uncertainties.items()}
        held = "their defaults" if all(value == PARAMETERS[name].default for name, value in values.items()) else "one value each"
        return [f"the numbers that nobody knows are held at {held} here, so that all of the spread in net saving is chance"]
    parts = split(gap, draws).cell
    said = [f"of the spread in net saving {parts} comes from numbers that nobody knows, the rest is chance"] if parts else []
    return [*said, named(deciders(gap, drawn, draws), gap)] if drawn.names else said


def _drawn(ensemble: Ensemble, baseline: Ensemble) -> Drawn:
    """The parameters that either draws; those that both do are the same in both."""
    ours, theirs = parameters_drawn(ensemble), parameters_drawn(baseline)
    more = [place for place, name in enumerate(theirs.names) if name not in ours.names]
    return Drawn((*ours.names, *(theirs.names[place] for place in more)), np.hstack([ours.values, theirs.values[:, more]]))


def named(found: Deciders, gap: NDArray[np.float64]) -> str:
    """Which parameters decide whether a scenario saves and which only how much; that none stands out where none does."""
    over = f"in {count(found.draws, 'draw')}"
    if not found.sign and not found.size:
        none = f"no single one of the {count(found.parameters, 'parameter')} stands out above chance {over}"
        return f"{none}; more runs may name some, and docs/what-survives.md says what decides over many"
    size = [one for one in found.size if one.name not in {other.name for other in found.sign}]
    if side := clearly(gap):
        share = float(np.mean(gap * side > 0.0))
        told = found.size or found.sign
        return (f"{_most(told)} (rank correlation {over}) {'decide' if len(told) > 1 else 'decides'} most how much it is, not "
                f"whether: it {'saves' if side > 0 else 'costs'} in {100.0 * share:.0f}% of the runs")
    whether = f"whether it saves hangs most on {_most(found.sign)}" if found.sign else (
        "whether it saves hangs on no single parameter beyond chance")
    much = f", how much {'also' if found.sign else 'most'} on {_most(size)}" if size else ""
    return f"{whether}{much} (rank correlation {over}); it saves in {100.0 * float(np.mean(gap > 0.0)):.0f}% of the runs"


def _most(found: Sequence[Decider]) -> str:
    return listing([one.words for one in found[:NAMED]])


def _asking(ensemble: Ensemble, baseline: Ensemble) -> str:
    """How many requests end in agreement, beside those of the baseline, and why most of the others do not."""
    if not (asked := _asked(ensemble)):
        return ""
    reasons = _reasons(ensemble)
    why = f", and refuse most often for {part_words(reasons)}" if reasons else ""
    theirs, base = _asked(baseline) if ensemble is not baseline else "", baseline.scenario.name
    beside = "" if not theirs else f" (as under {base})" if theirs == asked else f" (under {base} {theirs})"
    return f"agencies agree to {asked} a run{beside}{why}"


def _asked(ensemble: Ensemble) -> str:
    """``23% of 120 requests``; empty where none were made or recorded."""
    if not {"deals_proposed", "deals_agreed"} <= ensemble.known_metrics.keys() or without_value("deals_agreed", ensemble.scenario):
        return ""
    asked, agreed = (float(ensemble.at_end(name).sum()) for name in ("deals_proposed", "deals_agreed"))
    return f"{100.0 * agreed / asked:.0f}% of {asked / ensemble.runs:,.0f} requests" if asked else ""


def _reasons(ensemble: Ensemble) -> str:
    """The part of the appraisal that decides most refusals; empty where none is recorded."""
    deals = ensemble.deals
    if not len(deals):
        return ""
    frame: Any = ensemble.deals_frame()
    found = frame.loc[frame["outcome"].astype(str) == "refused", "reason"].dropna().astype(str).value_counts()
    return str(found.index[0]) if len(found) else ""


__all__ = ["NAMED", "Decider", "Deciders", "deciders", "decides_words", "named"]
