"""What goes with the order of places: shares of the variance between them by size, spend, deprivation, bodies and region.

Shares are those of Lindeman, Merenda and Gold (1980, Introduction to Bivariate and Multivariate Analysis): what a group of
regressors adds to R² of a least-squares regression over places, as the mean over all orders in which groups can be added, which is
the Shapley value of R² (Groemping 2007, The American Statistician 61, 139-147). They add up to R². What is left is chance, since
every place has only so many runs, and whatever is not among the regressors, curved effects of those included. None of it says
what would happen if a place had other people or other bodies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.scenarios import places
from totalplace.scenarios.places.surroundings import bodies_of, part_of_body
from totalplace.sim.analysis.decomposition.analysis import shapley
from totalplace.sim.results.relative import services_a_head

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

#: Groups of regressors, each with what is in it: columns of :func:`known_of`, and what a reader is told they are.
GROUPS: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "size": (("log_population",), "people, as a logarithm"),
    "spend a head": (("spend_a_head",), "what bodies spend on services in the base year, £ a head"),
    "deprivation": (("deprivation",), "index of multiple deprivation, mean of people"),
    "bodies": (("bodies", "nhs_part", "police_part", "fire_part"),
               "bodies larger than the place, and what part the place is of its NHS board, police and fire body"),
    "region": (("region",), "which of the nine regions"),
}
#: Kinds of agency of a place that may be part of a larger body.
_SHARED: Final = ("nhs", "police", "fire")
#: Places that there must be for each column of a regression.
PLACES_EACH: Final = 5
CHANCE, REST = "chance", "not in this list"
#: Technical: a column, or a result, whose spread is less than this part of its size does not differ between places.
_TINY: Final = 1e-9


def known_of(names: Sequence[str], year: str) -> pd.DataFrame:
    """What is known of places of a year: a row each, indexed by name.

    Columns: population (persons), log_population, spend_a_head (£ a year, services), deprivation (0-100), bodies (larger ones that
    the place lies in), nhs_part, police_part and fire_part (0-1, what part of its body the place is), region.
    """
    import pandas as pd

    rows = []
    for name in names:
        one = places.load(name, year)
        parts = {f"{kind}_part": part_of_body(name, year, kind) for kind in _SHARED}
        rows.append({
            "population": one.population, "log_population": float(np.log(one.population)), "spend_a_head": services_a_head(one),
            "deprivation": float(np.average(one.deprivation, weights=one.neighbourhood_population)),
            "bodies": len(bodies_of(name, year)), **parts, "region": one.region,
        })
    return pd.DataFrame(rows, index=pd.Index(list(names), name="name"))


def columns_of(known: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Regressors by group (P, columns), each with mean 0 and spread 1; what does not differ between the places is left out.

    A region is a column of zeros and ones, but for the first of them.
    """
    import pandas as pd

    found = {}
    for group, (names, _) in GROUPS.items():
        table = pd.get_dummies(known[list(names)], drop_first=True, dtype=np.float64) if group == "region" else known[list(names)]
        values = table.to_numpy(dtype=np.float64)
        varied = values[:, values.std(axis=0) > _TINY * (1.0 + np.abs(values).max(axis=0, initial=0.0))]
        if varied.shape[1]:
            found[group] = (varied - varied.mean(axis=0)) / varied.std(axis=0)
    return found


def r_squared(values: NDArray[np.float64], columns: Sequence[NDArray[np.float64]]) -> float:
    """R² of a least-squares regression of values (P,) on columns (P, n) and a constant; 0 without columns."""
    total = values - values.mean()
    if not columns:
        return 0.0
    given = np.column_stack([np.ones(len(values)), *columns])
    rest = values - given @ np.linalg.lstsq(given, values, rcond=None)[0]
    return float(1.0 - (rest @ rest) / (total @ total))


def variance_shares(values: NDArray[np.float64], groups: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    """The share (0-1) of the variance of values (P,) by group of regressors; the shares add up to R² of all of them."""
    names = list(groups)

    def game(team: frozenset[int]) -> NDArray[np.float64]:
        return np.array([r_squared(values, [groups[names[number]] for number in sorted(team)])])

    return dict(zip(names, shapley(game, len(names))[:, 0].tolist(), strict=True))


def chance_share(draws: NDArray[np.float64], parameters: NDArray[np.int64] | None = None) -> float:
    """The share (0-1) of the variance of medians (P,) that is chance, from the draws (P, R) of every place.

    Medians of the one half of the draws and of the other differ by chance alone. That of all draws has a quarter of the variance of
    their difference. What all places share in a draw is no difference between them, and is taken out. Runs with the same
    ``parameters`` (R,) are in one half, unless all have the same. NaN where there are no two halves.
    """
    of = np.arange(draws.shape[1])
    if parameters is not None and len(np.unique(parameters)) > 1:
        of = np.unique(parameters, return_inverse=True)[1]
    if of.max() < 1:
        return float("nan")
    apart = np.median(draws[:, of % 2 == 0], axis=1) - np.median(draws[:, of % 2 == 1], axis=1)
    return min(1.0, float(apart.var() / 4.0 / np.median(draws, axis=1).var()))


def explained(
    draws: NDArray[np.float64], known: pd.DataFrame, parameters: NDArray[np.int64] | None = None,
) -> pd.DataFrame | None:
    """Shares of the variance of the medians of places, from their draws (P, R); None where they cannot be told.

    ``parameters`` (R,): which draw of the parameters each run has.

    Columns: part, percent, goes_with (Spearman's correlation of the median with a group of one column, else NaN), figures (columns
    of the regression), measured_by. The groups come first, from the greatest, then chance and what is not in the list; percentages
    add up to 100. They cannot be told where places do not differ, or are too few for the regressors (:data:`PLACES_EACH` for each).
    """
    import pandas as pd
    from scipy.stats import spearmanr

    values, groups = np.median(draws, axis=1), columns_of(known)
    number = sum(columns.shape[1] for columns in groups.values())
    if values.std() <= _TINY * (1.0 + np.abs(values).max()) or not groups or len(values) < PLACES_EACH * number:
        return None
    shares, chance = variance_shares(values, groups), chance_share(draws, parameters)
    rest = max(0.0, 1.0 - sum(shares.values()))
    by_chance = 0.0 if np.isnan(chance) else min(chance, rest)
    rows = []
    for group, share in sorted(shares.items(), key=lambda item: -item[1]):
        alone = len(GROUPS[group][0]) == 1 and group != "region"
        goes_with = float(spearmanr(groups[group][:, 0], values).statistic) if alone else float("nan")
        rows.append(_row(group, share, goes_with, groups[group].shape[1], GROUPS[group][1]))
    nothing = float("nan")
    rows.append(_row(CHANCE, by_chance, nothing, 0, "medians of half of the runs held against those of the other half"))
    rows.append(_row(REST, rest - by_chance, nothing, 0,
                     "what is left: other differences between places, and effects that are not straight lines"))
    return pd.DataFrame(rows)


def _row(part: str, share: float, goes_with: float, figures: int, measured_by: str) -> dict[str, object]:
    return {"part": part, "percent": 100.0 * share, "goes_with": goes_with, "figures": figures, "measured_by": measured_by}
