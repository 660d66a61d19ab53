"""What a statutory minimum, given as a share, is of the planned and common money of agencies: of what a pot can hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from totalplace.scenarios.vocabulary import AGENCY_KINDS, THEMES, period_of

if TYPE_CHECKING:
    from totalplace.scenarios.places.place import Place

#: The levers of a minimum that are a share: of spend on a theme, and of the budget lines named for it.
SHARES: Final = ("mandate", "mandate_of_budget")


@dataclass(frozen=True, slots=True)
class Floor:
    """One agency and theme: ``of_planned`` is what all of the money that a minimum counts is of what the agency can pool there."""

    kind: str
    department: int
    theme: int
    of_planned: float


@dataclass(frozen=True, slots=True)
class Floors:
    """The agencies of a place by theme, where they have money that can be pooled, at base-year money and default parameters."""

    place: Place

    def of(self, lever: str) -> list[Floor]:
        """What a minimum of a lever of ``SHARES`` counts, of what each agency can pool of each theme."""
        place, found = self.place, []
        named = THEMES.the("section_75", period_of(place.year))
        for a, kind in enumerate(AGENCY_KINDS[index] for index in place.agency_kind.tolist()):
            for theme in range(len(THEMES)):
                planned = float(place.spend[a, theme] - place.reactive[a, theme])
                if planned > 0.0:
                    counted = float(place.spend[a, theme])
                    if lever == "mandate_of_budget" and theme == named:
                        counted = self._lines(kind, counted)
                    found.append(Floor(kind, int(place.department[a]), theme, counted / planned))
        return found

    def _lines(self, kind: str, spent: float) -> float:
        """The budget lines named for health and care, £m: all NHS money and all social care, split over agencies of the kind."""
        flags = AGENCY_KINDS.rows[kind].flags
        lines = self.place.nhs if "health_commissioner" in flags else self.place.social_care if "council" in flags else 0.0
        same = sum(AGENCY_KINDS[index] == kind for index in self.place.agency_kind.tolist())
        return lines / same if lines else spent
