"""What a discovery says: sentences, a table of limits, and what a reader has to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from totalplace.sim.results.wording import count, listing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from totalplace.sim.analysis.cases import Varied
    from totalplace.sim.analysis.conditions import Condition
    from totalplace.sim.analysis.discovery.boxes import Box, Limit


def sentences(
    boxes: list[Box], factors: dict[str, Varied], condition: Condition, holds: NDArray[np.bool_]
) -> tuple[str, ...]:
    """One sentence on all runs, then one for each box."""
    words = condition.words[:1].upper() + condition.words[1:]
    found = [f"{words} holds in {_share(float(holds.mean()))} of all {count(len(holds), 'run')}."]
    for number, box in enumerate(boxes):
        start = f"{words} holds where" if number == 0 else "In the other runs, it holds where"
        found.append(
            f"{start} {said(box.limits, factors)}: it does in {_share(box.density)} of the {count(box.runs, 'run')} there "
            f"(density), and they are {_share(box.coverage)} of all runs in which it holds (coverage)."
            f"{f' This box is {weak_words(box)}.' if weak_words(box) else ''}"
        )
    return tuple(found)


def table(boxes: list[Box], factors: dict[str, Varied]) -> pd.DataFrame:
    """One row a limit: box, factor, unit, low, high, members, chance; of the box coverage, density, runs, hits, what is weak."""
    import pandas as pd

    rows = [
        {
            "box": number, "factor": limit.factor, "unit": factors[limit.factor].unit, "low": limit.low, "high": limit.high,
            "members": ", ".join(limit.members), "chance": limit.chance, "coverage": box.coverage, "density": box.density,
            "runs": box.runs, "hits": box.hits, "weak": weak_words(box).removeprefix("weak: "),
        }
        for number, box in enumerate(boxes, start=1)
        for limit in box.limits
    ]
    columns = ["box", "factor", "unit", "low", "high", "members", "chance", "coverage", "density", "runs", "hits", "weak"]
    return pd.DataFrame(rows, columns=columns).astype({"low": float, "high": float})


#: Density and coverage below which a box is called weak: judgement, 0.5 to 0.8 and 0.3 to 0.6.
DENSE: Final = 0.75
COVERING: Final = 0.5


def weak_words(box: Box) -> str:
    """Why a box is weak: few of its runs are cases (density), or few of the cases lie in it (coverage). Empty where it is not."""
    held = (("density", box.density, DENSE), ("coverage", box.coverage, COVERING))
    low = [f"{name} {_share(value)}" for name, value, least in held if value < least]
    return f"weak: {listing(low)}" if low else ""


def warnings(boxes: list[Box], missing: int) -> tuple[str, ...]:
    """Missing runs, no box, boxes that say little."""
    noted = [f"{count(missing, 'run')} missing, or compared with a missing one, and left out."] if missing else []
    if not boxes:
        noted.append("No box was found: nothing in the sweep sets these runs apart.")
    elif boxes[0].density < DENSE:
        noted.append(f"Even in the first box only {_share(boxes[0].density)} of the runs meet the condition.")
    if boxes and all(weak_words(box) for box in boxes):
        noted.append(f"Every box is weak (density below {_share(DENSE)}, or coverage below {_share(COVERING)}): the limits "
                     "describe these runs and are no rule for where it works.")
    noted += [f"Box {number} holds only {box.runs} runs." for number, box in enumerate(boxes, start=1) if box.runs < 50]
    if boxes:
        noted.append("Boxes are found and measured on the same runs: expect them to do somewhat less well on others.")
    return tuple(noted)


def _share(value: float) -> str:
    return f"{100 * value:.0f}%"


def said(limits: Sequence[Limit], factors: dict[str, Varied]) -> str:
    """Limits in words: ``initial trust > 0.42 and clawback < 0.3``."""
    words = []
    for limit in limits:
        name = factors[limit.factor].words
        low, high = ("" if value is None else f"{value:.3g}" for value in (limit.low, limit.high))
        if limit.members:
            several = len(factors[limit.factor].choices)
            others = [choice for choice in factors[limit.factor].choices if choice not in limit.members]
            short = len(limit.members) > several / 2 and others
            words.append(f"{name} is {'not ' if short else ''}{_either(others if short else list(limit.members))}")
        elif low and high:
            words.append(f"{name} between {low} and {high}")
        else:
            words.append(f"{name} > {low}" if low else f"{name} < {high}")
    return listing(words)


def _either(words: list[str]) -> str:
    return listing(words).replace(" and ", " or ")
