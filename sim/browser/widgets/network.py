"""The partnership network in the browser: a widget for Jupyter and marimo, a component for Solara."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import anywidget
import solara
import traitlets

from totalplace.sim.browser.widgets.picture import WORDS, colours, figures, structure

if TYPE_CHECKING:
    from totalplace.sim.browser.state.snapshot import Snapshot
    from totalplace.sim.engine.place_model import PlaceModel

_HERE: Final = Path(__file__).parent


class PartnershipNetwork(anywidget.AnyWidget):
    """The network of a place: departments, agencies, commissioners and cohorts, with the requests of the quarter.

    In a notebook: ``network = PartnershipNetwork.of(model)``, then ``network.show(model)`` after each ``model.step()``.
    ``structure`` and ``figures`` are JSON texts (see :mod:`totalplace.sim.browser.widgets.picture`);
    ``selected`` is the id of the node that was chosen (``agency:0``), empty for none; ``theme`` is ``auto``, ``light`` or
    ``dark``; ``height`` the height of the picture in pixels where there is room.
    """

    # As text: of a path, anywidget keeps every widget for good, to tell it when the file changes.
    _esm = (_HERE / "network.js").read_text(encoding="utf-8")
    _css = (_HERE / "network.css").read_text(encoding="utf-8")
    structure = traitlets.Unicode("{}").tag(sync=True)
    figures = traitlets.Unicode("{}").tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)
    height = traitlets.Int(560).tag(sync=True)
    colours = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict(WORDS).tag(sync=True)

    @traitlets.default("colours")
    def _default_colours(self) -> dict[str, Any]:
        return colours()

    @classmethod
    def of(cls, source: PlaceModel | Snapshot, **options: Any) -> PartnershipNetwork:
        """A network of a model or a snapshot; ``options`` are traits such as ``height`` and ``theme``."""
        network = cls(**options)
        network.show(source)
        return network

    def show(self, source: PlaceModel | Snapshot) -> None:
        """Show a model or a snapshot as it stands now."""
        shot = _snapshot(source)
        built = structure(shot)
        with self.hold_sync():
            self.structure = json.dumps(built)
            self.figures = json.dumps(figures(shot, built["key"]))


def _snapshot(source: PlaceModel | Snapshot) -> Snapshot:
    from totalplace.sim.browser.state.snapshot import Snapshot, take

    return source if isinstance(source, Snapshot) else take(source)


def _structure(shot: Snapshot) -> tuple[str, str]:
    built = structure(shot)
    return json.dumps(built), built["key"]


def _ends(shot: Snapshot) -> tuple[object, ...]:
    """What the structure is made of, in a form that is quick to compare: it changes seldom, a snapshot every quarter."""
    return shot.key, tuple(node.id for node in shot.nodes), tuple((edge.source, edge.target, edge.kind) for edge in shot.edges)


@solara.component
def NetworkView(snapshot: Snapshot, selected: str | None, on_select: Callable[[str | None], None], dark: bool,
                playing: bool = False, height: int = 520) -> None:
    """The network of a snapshot; ``on_select`` is called with the id of a node, or None when none is chosen any more."""
    kept: Any = solara.use_ref(((), ("", "")))  # compared here, in one go: the memo of the page looks at every part by itself
    ends = _ends(snapshot)
    if kept.current[0] != ends:
        kept.current = (ends, _structure(snapshot))
    built, key = kept.current[1]
    shown = solara.use_memo(lambda: json.dumps(figures(snapshot, key, playing)), [snapshot, playing])
    PartnershipNetwork.element(
        structure=built, figures=shown, selected=selected or "", theme="dark" if dark else "light", height=height,
        on_selected=lambda node: on_select(node or None),
    )


def network_of(model: PlaceModel) -> solara.Element[Any]:
    """The network as a component of ``SolaraViz(model, components=[network_of])``, drawn anew after each step."""
    return _NetworkOfModel(model)


@solara.component
def _NetworkOfModel(model: PlaceModel) -> None:
    from mesa.visualization.utils import update_counter

    from totalplace.sim.browser.parts.theme import use_dark

    update_counter.get()
    chosen, choose = solara.use_state("")
    NetworkView(_snapshot(model), chosen, lambda node: choose(node or ""), use_dark())


__all__ = ["NetworkView", "PartnershipNetwork", "network_of"]
