"""What each lever should do: ``responses.yaml`` as typed rows, written down before the table of responses is run.

``totalplace validate --levers`` plays them (:mod:`totalplace.sim.evidence.lever_responses`) and marks what is found otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from totalplace.scenarios.reading import Marked, read_file
from totalplace.scenarios.registry import LEVERS, PARAMETERS

FILE: Final = "responses.yaml"
PATH: Final = Path(__file__).parent / FILE
_SECTIONS: Final = ("metrics", "levers", "mechanisms")
_NEEDED: Final = ("scenario", "values", "bears", "cost")
_OTHERS: Final = ("where", "raises", "lowers", "why", "flat", "either")


@dataclass(frozen=True, slots=True)
class Response:
    """A lever, or a mechanism that is a parameter, at several values in one scenario, and what is expected of it.

    ``values`` are as for ``--set``, as is ``where``: settings at every value. ``raises`` and ``lowers`` name watched metrics,
    ``flat`` those that it cannot move, each with the reason. ``bears`` says who pays for a high value; ``cost`` names metrics that
    show it, each with the sign of what the highest value does to it against the lowest; 0 of a choice, which has no highest value,
    and of a lever that may go either way: ``either`` says why. Such a one shows a cost if it moves at all.
    """

    name: str
    setting: str
    scenario: str
    values: tuple[str, ...]
    bears: str
    cost: dict[str, int]
    raises: tuple[str, ...]
    lowers: tuple[str, ...]
    why: str
    flat: dict[str, str]
    where: tuple[str, ...] = ()
    either: str = ""

    @property
    def expected(self) -> dict[str, int]:
        """The sign that is expected, by metric."""
        return dict.fromkeys(self.raises, 1) | dict.fromkeys(self.lowers, -1)

    @property
    def ordered(self) -> bool:
        """Whether values go up, so that a sign means something: not those of a choice."""
        return self.name not in LEVERS or not LEVERS[self.name].choices


def _row(name: str, item: Marked, mechanism: bool, metrics: tuple[str, ...]) -> Response:
    fields = item.mapping("An expected response")
    for key in fields:
        if key not in (*_NEEDED, *_OTHERS):
            raise item.unknown_key("key", key, (*_NEEDED, *_OTHERS), "in an expected response")
    for key in _NEEDED:
        if key not in fields:
            raise item.error(f"The expected response of '{name}' lacks the key '{key}'", _NEEDED)
    raises, lowers = (_names(fields, key) for key in ("raises", "lowers"))
    flat = {key: one.text("Why it moves nothing") for key, one in _mapping(fields, "flat").items()}
    for metric in (*raises, *lowers, *flat):
        if metric not in metrics:
            raise item.unknown("watched metric", metric, metrics, f"for '{name}'")
    if both := (set(raises) & set(lowers)) | (set(flat) & {*raises, *lowers}):
        raise item.error(f"Two things are expected of '{min(both)}' for '{name}'", "one of raises, lowers and flat")
    why = fields["why"].text("Why a sign is expected") if "why" in fields else ""
    if bool(why) != bool(raises or lowers):
        raise item.error(f"The response of '{name}' says why without a sign, or a sign without why", "raises or lowers, with why")
    cost = {key: int(one.number("The sign of a cost", -1, 1)) for key, one in _mapping(fields, "cost").items()}
    either = fields["either"].text("Why a cost may go either way") if "either" in fields else ""
    unsigned = bool(either) or (not mechanism and bool(LEVERS[name].choices))
    if any((sign == 0) != unsigned for sign in cost.values()):
        raise fields["cost"].error(f"The cost of '{name}' has the wrong kind of sign", "0 for a choice or with 'either', or 1, -1")
    if not cost:
        raise fields["cost"].error(f"Nothing shows who pays for '{name}': no lever is free", "at least one metric")
    return Response(
        name, f"{'uncertainties' if mechanism else 'levers'}.{name}", fields["scenario"].text("The scenario"),
        _values(name, fields["values"], mechanism), fields["bears"].text("Who pays"), cost, raises, lowers, why, flat,
        _names(fields, "where"), either,
    )


def _values(name: str, given: Marked, mechanism: bool) -> tuple[str, ...]:
    """The values of a lever or parameter, which go up, as text for ``--set``."""
    items = given.items(f"The values of '{name}'")
    if not mechanism and LEVERS[name].choices:
        found = tuple(item.text("A choice") for item in items)
        if set(found) != set(LEVERS[name].choices):
            raise given.error(f"The values of '{name}' are not all of its choices", LEVERS[name].choices)
        return found
    row = PARAMETERS[name] if mechanism else LEVERS[name]
    numbers = [item.number(f"A value of '{name}'", row.low, row.high) for item in items]
    most = 2 if not mechanism and LEVERS[name].kind == "flag" else 5
    if len(numbers) != most or sorted(set(numbers)) != numbers:
        raise given.error(f"The values of '{name}' must be {most} that go up", f"{row.low:g} to {row.high:g}")
    return tuple(f"{number:g}" for number in numbers)


def _mapping(fields: dict[str, Marked], key: str) -> dict[str, Marked]:
    return fields[key].mapping(f"'{key}' of a response") if key in fields else {}


def _names(fields: dict[str, Marked], key: str) -> tuple[str, ...]:
    items = fields[key].items(f"'{key}' of a response") if key in fields else []
    return tuple(item.text(f"What stands in '{key}'") for item in items)


def read(path: Path = PATH) -> tuple[dict[str, str], tuple[Response, ...]]:
    """The watched metrics, each with why it is watched, and all responses: of every lever of the registry, then of mechanisms.

    Raises InputError for a lever without a row, and for a row that cannot be played or says two things about one metric.
    """
    found = read_file(path)
    parts = found.mapping("The expected responses")
    for key in parts:
        if key not in _SECTIONS:
            raise found.unknown_key("key", key, _SECTIONS)
    watched = {name: item.text("Why a metric is watched") for name, item in parts["metrics"].mapping("'metrics'").items()}
    levers, mechanisms = (parts[key].mapping(f"'{key}'") for key in _SECTIONS[1:])
    for name in LEVERS:
        if name not in levers:
            raise parts["levers"].error(f"The lever '{name}' has no expected response", tuple(LEVERS))
    for section, given, known in (("lever", levers, tuple(LEVERS)), ("parameter", mechanisms, tuple(PARAMETERS))):
        for name, item in given.items():
            if name not in known:
                raise item.unknown(section, name, known)
    rows = [_row(name, item, False, tuple(watched)) for name, item in levers.items()]
    rows += [_row(name, item, True, tuple(watched)) for name, item in mechanisms.items()]
    return watched, tuple(rows)
