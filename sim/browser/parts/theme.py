"""Colours of the app, light and dark, and which of the two is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import solara
import solara.lab


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as CSS hexadecimal.

    ``series`` are for lines of one chart and keep apart for colour-blind readers (Okabe and Ito 2008, lightened for dark);
    ``trust`` runs from none to full; ``agreed``, ``refused``, ``offered`` and ``blocked`` are for what becomes of a request.
    """

    text: str
    muted: str
    surface: str
    card: str
    line: str
    primary: str
    baseline: str
    good: str
    bad: str
    agreed: str
    refused: str
    offered: str
    blocked: str
    series: tuple[str, ...]
    trust: tuple[str, ...]


LIGHT: Final = Palette(
    text="#1b2733", muted="#56636f", surface="#f4f6f8", card="#ffffff", line="#d5dbe1", primary="#0b5c8a",
    baseline="#7b8794", good="#00704f", bad="#b23c00", agreed="#00845d", refused="#c2410c", offered="#0b6fb8",
    blocked="#8a5a00",
    series=("#0072b2", "#d55e00", "#009e73", "#a3397c", "#8a6d00", "#3d9bd1", "#5b5bb0", "#444444"),
    trust=("#b2182b", "#e08a5b", "#c9c9c9", "#6aa7cf", "#1f5fa5"),
)
DARK: Final = Palette(
    text="#e8edf2", muted="#a3b0bc", surface="#12181e", card="#1b232b", line="#36424d", primary="#6cc0ee",
    baseline="#95a2ae", good="#4fd1a5", bad="#ff9866", agreed="#4fd1a5", refused="#ff8a5c", offered="#6cc0ee",
    blocked="#e6b450",
    series=("#56b4e9", "#ff9a4d", "#3fcf9f", "#e28fc0", "#f0e442", "#9ad0f5", "#a9a9f5", "#cccccc"),
    trust=("#ff6b6b", "#e8a07a", "#8b959e", "#7fb8de", "#4da3ff"),
)


def palette(dark: bool) -> Palette:
    """The colours to draw with."""
    return DARK if dark else LIGHT


#: Whether the page of this session is dark, as its browser last said; Solara does not hear of it when the system's colours change.
_dark: Final[solara.Reactive[bool | None]] = solara.reactive(None)


def set_dark(dark: bool) -> None:
    """The browser has turned the page dark or light."""
    _dark.value = dark


def use_dark() -> bool:
    """Whether the page is dark now; a component that asks is drawn again when that changes."""
    effective = solara.lab.use_dark_effective()
    return bool(effective if _dark.value is None else _dark.value)
