"""Who gains and who pays: agencies through each other's money, and kinds of people, in sentences.

R runs, A agencies. Money is £m over the whole run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios.vocabulary import COHORT_KINDS, label
from totalplace.sim.results.compare import difference
from totalplace.sim.results.deals import agency_label
from totalplace.sim.results.monte_carlo import BAND
from totalplace.sim.results.wording import amount, count, listing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from totalplace.sim.results.run import Ensemble

#: £m over the run below which an agency's net gain is not worth a sentence.
_SMALL: Final = 0.05
#: Agencies that a sentence names on either side.
MOST_FLOWS: Final = 3


def net_gain(ensemble: Ensemble) -> NDArray[np.float64]:
    """What each agency gains through others less what others gain through it, (R, A), £m over the run."""
    return np.asarray(ensemble.gains.sum(axis=1) - ensemble.gains.sum(axis=2))


def paying(ensemble: Ensemble) -> str:
    """One sentence: who clearly gains, who clearly pays, and how much goes to another pocket than the one that paid.

    Clear is what has one sign in 90% of the runs; agencies that have not are counted and not named.
    """
    net = net_gain(ensemble)
    low, high = np.quantile(net, BAND, axis=0)
    means, text = net.mean(axis=0), f"{ensemble.scenario.name}: "
    if np.abs(means).max() < _SMALL:
        return f"{text}no agency gains or pays more than £0.05m through the others."
    said, labels = [], [agency_label(name, ensemble.words) for name in ensemble.agency_names]
    for words, sign in (("clear net gain through the others", 1), ("clear net payment for the others", -1)):
        order = np.argsort(-means * sign, kind="stable")
        clear = [i for i in order if (low[i] > 0 if sign > 0 else high[i] < 0) and abs(means[i]) >= _SMALL]
        named = [f"{labels[i]} ({_with_band(means[i], low[i], high[i])})" for i in clear[:MOST_FLOWS]]
        more = [f"{len(clear) - MOST_FLOWS} more"] if len(clear) > MOST_FLOWS else []
        said.append(f"{words}: {listing([*named, *more])}" if named else f"no {words}")
    unsure = int(((low <= 0) & (high >= 0) & (np.abs(means) >= _SMALL)).sum())
    said += [f"either way, by run: {count(unsure, 'agency', 'agencies')}"] if unsure else []
    mean = ensemble.gains.mean(axis=0)
    positive = np.where(mean > 0, mean, 0.0)
    elsewhere = 1.0 - float(np.trace(positive)) / float(positive.sum())
    return f"{text}{'; '.join(said)}. {100 * elsewhere:.0f}% of all gains go to an agency other than the one that paid."


def _with_band(mean: float, low: float, high: float) -> str:
    """The mean over the run and the band that holds 90% of the runs, where they differ."""
    middle, *ends = (amount(float(value), "£m") for value in (mean, low, high))
    return middle if middle == ends[0] == ends[1] else f"{middle}, {ends[0]} to {ends[1]}"


def faring(ensemble: Ensemble, baseline: Ensemble) -> str:
    """One sentence: which kinds of cohort are clearly better or worse off than under the baseline."""
    ways: dict[int, list[str]] = {1: [], -1: []}
    known = [kind for kind in COHORT_KINDS if f"wellbeing_{kind}" in ensemble.known_metrics]
    for kind in known:
        low, high = np.quantile(difference(ensemble, baseline, f"wellbeing_{kind}"), BAND)
        if low > 0 or high < 0:
            ways[1 if low > 0 else -1].append(label(kind))
    parts = []
    for sign, word in ((1, "better"), (-1, "worse")):
        if ways[sign]:
            who = f"all {count(len(known), 'kind')} of cohort" if len(ways[sign]) == len(known) else listing(ways[sign])
            parts.append(f"{who} clearly {word} off")
    return f"{ensemble.scenario.name}: {' and '.join(parts) or 'no kind of cohort clearly better or worse off'}."


__all__ = ["MOST_FLOWS", "faring", "net_gain", "paying"]
