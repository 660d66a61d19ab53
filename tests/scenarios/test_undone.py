"""Dated changes of which a later one of the same quarter leaves nothing are told, whatever they change, and by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from totalplace import scenarios
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.scenario import Scenario

BASE = "extends: joint-commissioning\nplace: Rutland\nquarters: 20\nevents:\n"


def scenario(*events: str) -> Scenario:
    return scenarios.loads(BASE + "".join(f"  - {event}\n" for event in events))


def told(one: str, by: str) -> str:
    return f"'{one}' has no effect: '{by}' falls into the same quarter, and the later date stands"


@pytest.mark.parametrize(("one", "by"), [
    ("2013-04: arrangement silo", "2013-06: arrangement lsp"),
    ("2013-05: arrangement lsp", "2013-06: arrangement joint-commissioning"),
    ("2010-10: arrangement silo", "2010-11: arrangement lsp"),
    ("2013-04: budget path none", "2013-06: budget path outturn-2010"),
    ("2010-10: budget path none", "2010-12: budget path outturn-2010"),
    ("2013-04: cuts at 2.0", "2013-06: cuts at 0.2"),
])
@pytest.mark.parametrize("turned", [False, True])
def test_what_is_undone_within_its_quarter_is_noted(one: str, by: str, turned: bool) -> None:
    written = [f'"{one}"', f'"{by}"']
    found = scenario(*(reversed(written) if turned else written))
    assert [note for note in found.notes if "has no effect" in note] == [told(one, by)]
    assert not any(change.text == one for change in found.changes)
    alone = scenario(f'"{by}"')
    assert found.text == alone.text or "cuts at" in one
    assert not any("has no effect" in note for note in alone.notes)


def test_what_has_an_effect_is_not() -> None:
    parts = scenario(
        "{date: 2013-04, arrangement: {rounds: 3}}", "{date: 2013-06, arrangement: {ambition: 0.2}}",
        '"2013-07: arrangement silo"', '"2013-10: arrangement lsp"', '"2014-04: budget path none"',
        '"2014-07: budget path outturn-2010"',
    )
    assert not any("has no effect" in note for note in parts.notes)
    same = scenario("{date: 2013-04, arrangement: {rounds: 3}}", "{date: 2013-06, arrangement: {rounds: 4}}")
    assert told("2013-04: arrangement as given", "2013-06: arrangement as given") in same.notes


def test_a_note_names_what_covers_the_whole() -> None:
    found = scenario('"2013-04: clawback at 0.2"', '"2013-06: clawback health at 0.3"', '"2013-05: clawback at 0.4"')
    assert [note for note in found.notes if "no effect" in note] == [told("2013-04: clawback at 20%", "2013-05: clawback at 40%")]
    partly = scenario('"2013-04: clawback at 0.2"', '"2013-06: clawback health at 0.3"')
    assert not any("no effect" in note for note in partly.notes)
    covered = scenario('"2013-04: clawback health at 0.2"', '"2013-05: clawback health at 0.3"', '"2013-06: clawback at 0.4"')
    assert [note for note in covered.notes if "no effect" in note] == [
        told("2013-04: clawback health at 20%", "2013-06: clawback at 40%"),
        told("2013-05: clawback health at 30%", "2013-06: clawback at 40%"),
    ]


@pytest.mark.parametrize(("one", "other"), [
    ("arrangement silo", "arrangement lsp"), ("budget path none", "budget path outturn-2010"),
    ("arrangement mine.yaml", "arrangement silo"), ("budget path path.yaml", "budget path none"),
])
def test_two_on_one_date_are_named(one: str, other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("extends: lsp\nrounds: 3\n")
    Path("path.yaml").write_text(scenarios_path())
    Path("scenario.yaml").write_text(BASE + f'  - "2013-04: {one}"\n  - "2013-04: {other}"\n')
    with pytest.raises(InputError) as caught:
        scenarios.load("scenario.yaml")
    assert caught.value.message == f"Two events give one value on one date: '2013-04: {one}' and '2013-04: {other}'"


def scenarios_path() -> str:
    from totalplace.scenarios import cuts

    return next(iter(sorted(cuts.FOLDER.glob("*.yaml")))).read_text("utf-8")
