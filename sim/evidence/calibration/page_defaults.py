"""What docs/calibration.md says of the defaults of single runs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from totalplace.sim.evidence.calibration.answers import QUESTIONS, question_words
from totalplace.sim.evidence.calibration.central import LOSS
from totalplace.sim.evidence.calibration.run import Calibration
from totalplace.sim.evidence.markdown_page import table
from totalplace.sim.evidence.validation_page import number


def _worse(found: Calibration) -> str:
    """Whether defaults before and the best row, completed, fit the targets better than the row that is chosen."""
    if not all(one.fit > found.central.chosen.fit for one in found.central.others):
        return ""
    return ("It fits the targets of calibration less well than the defaults before, which were set by hand with some of them in "
            "view, and than the best row, completed (the last row of the table): its answers stand nearer to the posterior's. ")


def default_lines(found: Calibration) -> Iterator[str]:
    """The lines of the section: how the row was chosen, how well it fits, and what it answers beside the posterior."""
    central, size = found.central, found.plan.size
    yield "## Defaults\n"
    yield ("A single run, as the browser plays it and `totalplace.run` gives it, has one set of parameters. Where the facts "
           "inform, its values are those of one row of the posterior; elsewhere the defaults of "
           "the registry stand, and with them tables and publications as they are. A row may fit by "
           f"what it draws for the others too, and not when it is completed so. So the {size.candidates} most central rows are "
           f"completed, and judged by the mean of {size.looks} pictures of their own, in places of calibration. "
           f"{central.fitting} of them fit as well as errors say: a loss of at most {LOSS:g} for each target in the mean. Of "
           "these that one gives the defaults whose answers to the main questions are nearest to the middle of the posterior's: "
           f"row {central.row + 1}, number {central.rank} in the order of centrality. {_worse(found)}One row stands for the "
           "facts, not for all that is open, so that answers are over the posterior.\n")
    every = (central.chosen, *central.others)
    rows = [(f"`{one.measure}`", f"{one.central:g}" if one.central is not None else one.published(),
             *(number(float(each.measured[t])) for each in every)) for t, one in enumerate(found.plan.criteria())]
    rows.append(("logarithm of the kernel; 0 is on every figure", "", *(number(each.fit) for each in every)))
    yield from table(("target", "figure", *(each.name for each in every)), rows)
    yield ("Answers in the last of ten years, means over eight places of calibration. *Stands at*: part of the rows of the "
           "posterior, as drawn, that answer less.\n")
    spans = np.quantile(central.of_posterior, [0.05, 0.5, 0.95], axis=0).T
    rows = []
    for question, own, span, place in zip(QUESTIONS, central.answers, spans, central.places, strict=True):
        words, factor = question_words(question)
        low, middle, high = (number(float(one)) for one in factor * span)
        rows.append((words, number(float(factor * own)), f"{middle} ({low} to {high})", f"{place:.0%}"))
    yield from table(("answer", "defaults", "posterior (90%)", "stands at"), rows)
