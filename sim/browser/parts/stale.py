"""Results beside a form that by now says something else: what differs is said, wherever the reader has scrolled to."""

from __future__ import annotations

import reacton.ipyvuetify as rv
import solara

#: What the fields say otherwise than what was run; only the message is drawn anew when it changes.
Changed = solara.Reactive[tuple[str, ...]]


def changed(name: str, was: str, now: str, empty: str = "nothing") -> tuple[str, ...]:
    """``name`` with what was run and what its field says now, or nothing where both say the same; ``empty`` stands for no text."""
    was, now = (" ".join(text.split()) for text in (was, now))
    if _plain(was) == _plain(now):
        return ()
    return (f"{name}: {was[:60] or empty} (now {now[:60] or empty})",)


def _plain(text: str) -> str:
    """A whole number without zeros before it; any other text as it is."""
    return str(int(text)) if text.isascii() and text.isdigit() and len(text) < 100 else text


def use_changed() -> Changed:
    """Where the form of a page puts what it says otherwise than what was run, and :class:`Stale` finds it."""
    found: Changed = solara.use_memo(lambda: solara.reactive(()), [])
    return found


def tell(changes: Changed, words: tuple[str, ...]) -> None:
    """To be called by the form whenever it is drawn."""
    solara.use_effect(lambda: changes.set(words), [words])


@solara.component
def Stale(changes: Changed, shown: bool) -> None:
    """The mark over results (``shown``: there are some) that are of other settings than the fields hold."""
    words = changes.value if shown else ()
    with rv.Html(tag="div", class_="tp-stale tp-may-be-empty", attributes={"role": "status", "data-testid": "stale"}):
        if words:
            rv.Html(tag="p", class_="tp-warning", children=[
                f"These results are of other settings than the fields above. {'; '.join(words)}. Press Run to update them."])
