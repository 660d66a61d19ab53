"""What the model is, what each lever, parameter and metric means, and what the model cannot tell."""

from __future__ import annotations

import solara

from totalplace.sim.browser.parts.guide_text import guide_html
from totalplace.sim.browser.parts.layout import Heading


@solara.component
def Page() -> None:
    """The guide."""
    with solara.Column(classes=["tp-page"]):
        Heading("Guide", "What the model is, what its words mean, and what it cannot tell.")
        solara.HTML(tag="div", unsafe_innerHTML=guide_html())
