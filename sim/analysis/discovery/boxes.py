"""Boxes in the space of the factors in which something happens more often than elsewhere: PRIM (EMA workbench) and CART."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from totalplace.scenarios.errors import InputError
from totalplace.sim.analysis.workbench_import import library
from totalplace.sim.results.wording import count

if TYPE_CHECKING:
    import pandas as pd

METHODS: Final = ("prim", "cart")
#: Least share of the runs in a box, and most boxes.
LEAST_MASS: Final = 0.05
MOST_BOXES: Final = 3
#: A limit, or a leaf of CART, stays when chance alone gives it less often than this.
SIGNIFICANT: Final = 0.05
#: Fewest runs on each side of a condition.
LEAST_RUNS: Final = 20
_SEPARATOR: Final = "\0"

#: What a box spans of a factor: two ends, or the codes of its members.
Span = tuple[float, float] | frozenset[int]
Spans = dict[str, Span]


@dataclass(frozen=True)
class Limit:
    """What a box asks of one factor: at least ``low``, at most ``high`` (None: no limit), or one of ``members``.

    ``chance`` is the probability that a limit without effect does as well: Bryant and Lempert's quasi-p-value; of a leaf of CART,
    that as many of its runs are of interest by chance (binomial test).
    """

    factor: str
    low: float | None = None
    high: float | None = None
    members: tuple[str, ...] = ()
    chance: float = float("nan")


@dataclass(frozen=True, eq=False)
class Box:
    """A part of the space of the factors. ``runs`` lie in it, of which ``hits`` are of interest.

    Runs of boxes that PRIM found before do not count. ``coverage`` is the share of all runs of interest that lie in it,
    ``density`` the share of its runs that are of interest, ``inside`` (rows,) says which runs lie in it. ``steps`` has coverage,
    density and number of limits along PRIM's way.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    runs: int
    hits: int
    inside: NDArray[np.bool_]
    steps: pd.DataFrame | None = None


def boxes(
    points: pd.DataFrame, of_interest: NDArray[np.bool_], method: str = "prim", *, density: float | None = None,
    least_mass: float = LEAST_MASS, most: int = MOST_BOXES, seed: int = 1,
) -> list[Box]:
    """Boxes in which the rows of ``points`` are of interest more often than elsewhere, the most telling first.

    Columns of numbers get limits, columns of text get members. PRIM (Friedman and Fisher 1999; Bryant and Lempert 2010) stops
    peeling where Youden's index, coverage less the share of other rows in the box, is greatest, or with ``density`` where the
    box covers most while that share of its rows is of interest. CART gives the leaves of a tree. ``least_mass`` is the least
    share of rows in a box. Limits that chance explains are left out. Raises InputError for too few rows.
    """
    if method not in METHODS:
        raise InputError(f"The method cannot be '{method}'", allowed=METHODS)
    hits = int(of_interest.sum())
    if min(hits, len(of_interest) - hits) < LEAST_RUNS:
        raise InputError(
            f"{hits:,} of {count(len(of_interest), 'run')} meet the condition: too few on one side to find what sets them apart",
            allowed=f"at least {LEAST_RUNS} that do and {LEAST_RUNS} that do not",
        )
    coded, names = _coded(points)
    if method == "prim":
        return _prim(coded, of_interest, names, density, least_mass, most)
    return _cart(coded, of_interest, names, least_mass, most, seed)


def _coded(points: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Columns of text as categories 0, 1, ... in alphabetical order (which the libraries walk in one order), and their names."""
    import pandas as pd

    columns: dict[str, Any] = {}
    names: dict[str, list[str]] = {}
    for name in points:
        column = points[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            columns[name] = column.to_numpy(np.float64)
            continue
        names[name] = sorted(set(column))
        columns[name] = pd.Categorical([names[name].index(value) for value in column], categories=range(len(names[name])))
    return pd.DataFrame(columns), names


def _prim(
    points: pd.DataFrame, of_interest: NDArray[np.bool_], names: dict[str, list[str]], density: float | None,
    least_mass: float, most: int,
) -> list[Box]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of pandas, in the workbench
        prim = library("ema_workbench.analysis.prim").Prim(points, of_interest.astype(np.int64), mass_min=least_mass)
    found: list[Box] = []
    left = np.ones(len(points), dtype=bool)
    while len(found) < most:
        box = prim.find_box()
        if box is None:
            break
        box.select(_best_step(box.peeling_trajectory, of_interest, density))
        _drop_chance(box, density)
        steps = box.peeling_trajectory[["coverage", "density", "res_dim", "n"]].reset_index(drop=True)
        made = _box(_spans(box.box_lim), box.p_values[box._cur_box], points, of_interest, names, left, steps)
        if not made.limits or made.density <= of_interest.mean() or made.coverage < least_mass:
            break
        found.append(made)
        left &= ~made.inside
    return found


def _best_step(steps: pd.DataFrame, of_interest: NDArray[np.bool_], density: float | None) -> int:
    """The step of PRIM's way at which to stop."""
    others = len(of_interest) - of_interest.sum()
    youden = steps["coverage"] - (steps["n"] - steps["k"]) / others
    if density is None:
        return int(youden.to_numpy().argmax())
    dense = steps["density"] >= density
    return int((steps["coverage"].where(dense, -1.0) if dense.any() else steps["density"]).to_numpy().argmax())


def _drop_chance(box: Any, density: float | None) -> None:
    """Take away, one by one, the factors whose limits chance explains, the least significant first.

    With ``density``, only as long as the box keeps it.
    """
    while True:
        chances = {name: max(p for p in pair if p >= 0.0) for name, pair in box.p_values[box._cur_box].items()}
        worst = max(chances, key=lambda name: chances[name], default=None)
        if worst is None or chances[worst] <= SIGNIFICANT:
            return
        before = box._cur_box
        box.drop_restriction(worst, before)
        if density is not None and box.density < min(density, float(box.peeling_trajectory["density"][before])):
            box.select(before)
            return


def _cart(
    points: pd.DataFrame, of_interest: NDArray[np.bool_], names: dict[str, list[str]], least_mass: float, most: int, seed: int
) -> list[Box]:
    """Leaves of a classification tree with more cases than chance gives (the workbench's own CART confuses categories)."""
    import pandas as pd
    from scipy.stats import binomtest

    wide = pd.get_dummies(points, prefix_sep=_SEPARATOR, dtype=np.float64)
    leaf = max(1, int(least_mass * len(points)))
    grown = library("sklearn.tree").DecisionTreeClassifier(min_samples_leaf=leaf, random_state=seed).fit(wide, of_interest)
    found = []
    for spans in _leaves(grown.tree_, list(wide.columns), _all(points)):
        made = _box(spans, {}, points, of_interest, names, np.ones(len(points), dtype=bool), None)
        chance = float(binomtest(made.hits, made.runs, float(of_interest.mean()), alternative="greater").pvalue)
        if made.limits and chance <= SIGNIFICANT:
            found.append(replace(made, limits=tuple(replace(limit, chance=chance) for limit in made.limits)))
    misses = len(of_interest) - of_interest.sum()
    found.sort(key=lambda box: box.coverage - (box.runs - box.hits) / misses, reverse=True)
    return found[:most]


def _leaves(tree: Any, columns: list[str], spans: Spans, node: int = 0) -> Iterator[Spans]:
    """The spans of each leaf below a node of a tree of scikit-learn."""
    if tree.children_left[node] < 0:
        yield spans
        return
    name, _, code = columns[tree.feature[node]].partition(_SEPARATOR)
    threshold = float(tree.threshold[node])
    span = spans[name]
    left: Span
    right: Span
    if isinstance(span, frozenset):
        left, right = span - {int(code)}, span & {int(code)}
    else:
        left, right = (span[0], threshold), (threshold, span[1])
    yield from _leaves(tree, columns, spans | {name: left}, tree.children_left[node])
    yield from _leaves(tree, columns, spans | {name: right}, tree.children_right[node])


def _all(points: pd.DataFrame) -> Spans:
    """Spans that hold every row."""
    import pandas as pd

    return {
        name: frozenset(points[name].cat.categories)
        if isinstance(points[name].dtype, pd.CategoricalDtype) else (float(points[name].min()), float(points[name].max()))
        for name in points
    }


def _box(
    spans: Spans, chances: dict[str, Sequence[float]], points: pd.DataFrame, of_interest: NDArray[np.bool_],
    names: dict[str, list[str]], left: NDArray[np.bool_], steps: pd.DataFrame | None,
) -> Box:
    """The box of the rows within ``spans`` that are still ``left``."""
    inside, everything = left.copy(), _all(points)
    kept = []
    for name, span in spans.items():
        chance = max((p for p in chances.get(name, ()) if p >= 0.0), default=math.nan)
        whole = everything[name]
        if isinstance(span, frozenset):
            inside &= points[name].isin(span).to_numpy()
            if span != whole:
                kept.append(Limit(name, members=tuple(names[name][code] for code in sorted(span)), chance=chance))
        elif not isinstance(whole, frozenset):
            inside &= points[name].between(*span).to_numpy()
            if span != whole:
                low, high = (end if end != all_of else None for end, all_of in zip(span, whole, strict=True))
                kept.append(Limit(name, low, high, chance=chance))
    hits, runs = int((inside & of_interest).sum()), int(inside.sum())
    kept.sort(key=lambda limit: (math.isnan(limit.chance), limit.chance))
    return Box(tuple(kept), hits / max(1, int(of_interest.sum())), hits / max(1, runs), runs, hits, inside, steps)


def _spans(limits: pd.DataFrame) -> Spans:
    """A box of the workbench, two rows of limits a column."""
    return {
        name: frozenset(limits[name][0]) if isinstance(limits[name][0], set) else (float(limits[name][0]), float(limits[name][1]))
        for name in limits
    }
