"""The plain answer of a comparison, as the command and the report give it."""

from __future__ import annotations

from collections.abc import Sequence

import reacton.ipyvuetify as rv
import solara

from totalplace.sim.results.plain import plain
from totalplace.sim.results.run import Ensemble


@solara.component
def PlainAnswer(ensembles: Sequence[Ensemble]) -> None:
    """A paragraph for each sentence; the first ensemble is the baseline."""
    said = solara.use_memo(lambda: plain(ensembles, ensembles[0]).sentences, [ensembles])
    with rv.Html(tag="div", attributes={"data-testid": "answer"}):
        for words in said:
            rv.Html(tag="p", class_="mb-1", children=[words])


__all__ = ["PlainAnswer"]
