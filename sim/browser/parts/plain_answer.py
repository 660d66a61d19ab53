"""The plain answer of a comparison, as the command and the report give it."""

from __future__ import annotations

from collections.abc import Sequence

import reacton.ipyvuetify as rv
import solara

from totalplace.sim.results.plain import plain
from totalplace.sim.results.run import Ensemble
from totalplace.sim.results.wording import joined

#: What opens those sentences of which every scenario has several.
MORE = "Who gains and who pays, and what decides it"


@solara.component
def PlainAnswer(ensembles: Sequence[Ensemble]) -> None:
    """A paragraph for each sentence, those on who gains and what decides it folded away; the first ensemble is the baseline."""
    said = solara.use_memo(lambda: plain(ensembles, ensembles[0]), [ensembles])
    with rv.Html(tag="div", class_="tp-answer", attributes={"data-testid": "answer"}):
        _paragraphs((said.asked, *said.money, *said.units))
        if said.who or said.decides:
            with rv.Html(tag="details"):
                rv.Html(tag="summary", children=[MORE])
                _paragraphs((*said.who, *said.decides))
        _paragraphs(said.trust)


def _paragraphs(sentences: Sequence[str]) -> None:
    for words in sentences:
        rv.Html(tag="p", class_="mb-1", children=[joined(words)])


__all__ = ["PlainAnswer"]
