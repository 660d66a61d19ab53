"""A scenario as many runs are played: what nothing is said of among its uncertainties is drawn from the posterior."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from typing import Final

from totalplace.scenarios import posterior
from totalplace.scenarios.canonical_text import canonical_text, text_hash
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.material import drawing
from totalplace.scenarios.reading import Marked, marked
from totalplace.scenarios.scenario import Maker, Scenario
from totalplace.scenarios.uncertainties import POSTERIOR, resolve_uncertainties, written_uncertainties

#: What lies below all files of a scenario: parameters that none of them gives.
_UNSAID: Final = marked({"uncertainties": POSTERIOR}, "the posterior")
#: Where uncertainties stand in the text of a scenario: a key at the edge, then lines that are set in.
_BLOCK: Final = re.compile(r"^uncertainties:\n(?: .*\n)+", re.MULTILINE)


def read_posterior() -> None:
    """Read the posterior while a scenario is loaded, so that nothing is read later; what is wrong with it is said when used."""
    with contextlib.suppress(InputError):
        posterior.shipped()


def over_the_posterior(scenario: Scenario, layers: Sequence[Marked], settings: Sequence[Marked], maker: Maker) -> Scenario:
    """The scenario with the posterior below its layers and settings, and nothing else changed; itself where that changes nothing.

    No file of a user is read. Raises InputError if no posterior is shipped that fits.
    """
    fields = (layer.mapping("A scenario") for layer in (*layers, *settings))
    drawn = resolve_uncertainties([one["uncertainties"] for one in fields if "uncertainties" in one], POSTERIOR)
    if drawn == scenario.uncertainties:
        return scenario
    part = canonical_text({"uncertainties": written_uncertainties(drawn)})
    text = _BLOCK.sub(lambda _: part, scenario.text, count=1)
    content = {name: getattr(scenario, name) for name in Scenario.model_fields}
    found = Scenario(**content | {"uncertainties": drawn, "text": text, "sha256": text_hash(text)})
    return found.made_from((_UNSAID, *layers), settings, maker, drawing(scenario.material, drawn))


__all__ = ["over_the_posterior", "read_posterior"]
