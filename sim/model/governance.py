"""The governance of a run as rows: its arrangements by date, the board at the start, the posts of commissioners."""

from __future__ import annotations

from typing import Any, Final

from totalplace.agents.arrangement import ARRANGEMENTS
from totalplace.agents.board import BOARD
from totalplace.agents.commissioner import COMMISSIONERS
from totalplace.scenarios.arrangement import BOARD as BOARD_HOST
from totalplace.scenarios.arrangement import SETTLEMENT
from totalplace.scenarios.material import Material
from totalplace.scenarios.vocabulary import AGENCY_KINDS
from totalplace.scenarios.vocabulary import THEMES as THEME_NAMES
from totalplace.sim.model.filling import record

#: Columns of the board that an arrangement sets.
_OF_BOARD: Final = tuple(column.name for column in BOARD.columns if column.name != "mandate")


def arrangement_rows(material: Material) -> Any:
    """The arrangements of the run, by date."""
    rows = ARRANGEMENTS.empty(len(material.phases))
    for row, phase, (quarter, decision_rule, bound, leads) in zip(rows, material.phases, material.arrangements, strict=True):
        for name in _OF_BOARD:
            if name not in ("decision_rule", "settlement"):
                row[name] = getattr(phase.arrangement, name)
        row.quarter, row.decision_rule, row.leads = quarter, decision_rule, leads
        row.settlement = phase.arrangement.open_to == SETTLEMENT
        row.bound[list(bound)] = 1
        row.in_pot[[AGENCY_KINDS.index(kind) for kind in phase.arrangement.single_pot_agencies]] = 1
    return rows


def board_at_start(arrangement: Any) -> Any:
    """The board at the start, by the first arrangement."""
    return record(BOARD, {name: arrangement[name] for name in _OF_BOARD})


def commissioner_rows(material: Material) -> Any:
    """The posts of commissioners of all arrangements of the run, those of the first in post."""
    rows = COMMISSIONERS.empty(len(material.posts))
    for row, post, host, themes in zip(rows, material.posts, material.hosts, material.portfolios, strict=True):
        row.key = 1 + min(themes) + (len(THEME_NAMES) + 1) * post.phase  # no two have one key, whatever their themes
        row.host = host
        row.on_board = post.commissioner.host == BOARD_HOST
        row.leadership_start = post.commissioner.leadership
        row.phase, row.in_post = post.phase, post.phase == 0
    return rows
