"""What a discovery says: sentences, a table of limits, and what a reader has to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.analysis.discovery import said
from sim.wording import count

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from sim.analysis.cases import Varied
    from sim.analysis.conditions import Condition
    from sim.analysis.discovery import Box


def sentences(
    boxes: list[Box], factors: dict[str, Varied], condition: Condition, holds: NDArray[np.bool_]
) -> tuple[str, ...]:
    """One sentence on all runs, then one for each box."""
    words = condition.words[:1].upper() + condition.words[1:]
    found = [f"{words} in {_share(float(holds.mean()))} of all {count(len(holds), 'run')}."]
    for number, box in enumerate(boxes):
        start = f"{words} happens when" if number == 0 else "Of what is left, it happens when"
        found.append(
            f"{start} {said(box.limits, factors)}: it does in {_share(box.density)} of the {count(box.runs, 'run')} there "
            f"(density), which are {_share(box.coverage)} of all cases of it (coverage)."
        )
    return tuple(found)


def table(boxes: list[Box], factors: dict[str, Varied]) -> pd.DataFrame:
    """One row a limit: box, factor, unit, low, high, members, chance; and coverage, density, runs and hits of the box."""
    import pandas as pd

    rows = [
        {
            "box": number, "factor": limit.factor, "unit": factors[limit.factor].unit, "low": limit.low, "high": limit.high,
            "members": ", ".join(limit.members), "chance": limit.chance, "coverage": box.coverage, "density": box.density,
            "runs": box.runs, "hits": box.hits,
        }
        for number, box in enumerate(boxes, start=1)
        for limit in box.limits
    ]
    columns = ["box", "factor", "unit", "low", "high", "members", "chance", "coverage", "density", "runs", "hits"]
    return pd.DataFrame(rows, columns=columns).astype({"low": float, "high": float})


def warnings(boxes: list[Box], missing: int) -> tuple[str, ...]:
    """Missing runs, no box, boxes that say little."""
    noted = [f"{count(missing, 'run')} missing, or compared with a missing one, and left out."] if missing else []
    if not boxes:
        noted.append("No box was found: nothing in the sweep sets these runs apart.")
    elif boxes[0].density < 0.75:
        noted.append(f"Even in the first box only {_share(boxes[0].density)} of the runs meet the condition.")
    noted += [f"Box {number} holds only {box.runs} runs." for number, box in enumerate(boxes, start=1) if box.runs < 50]
    if boxes:
        noted.append("Boxes are found and measured on the same runs: expect them to do somewhat less well on others.")
    return tuple(noted)


def _share(value: float) -> str:
    return f"{100 * value:.0f}%"
