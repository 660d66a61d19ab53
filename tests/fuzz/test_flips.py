"""One bit that flipped in a file of ours is refused or changes nothing that is shown; five thousand of them in the soak."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flipping import KINDS, outcomes

#: Cases of each kind in the suite and, after those, in the soak: 5,000 in all.
CASES = {"results": (24, 1200), "sweep": (24, 1300), "unfinished sweep": (12, 500), "search": (8, 500), "checkpoint": (12, 700),
         "batches": (24, 500), "calibration": (12, 300)}


def test_every_kind_has_its_cases() -> None:
    assert set(CASES) == set(KINDS)
    assert sum(many for _, many in CASES.values()) >= 5000


@pytest.mark.parametrize("name", CASES)
def test_a_flipped_bit_is_never_believed(name: str, tmp_path: Path) -> None:
    found = outcomes(name, range(CASES[name][0]), tmp_path)
    assert found["wrong"] == []
    assert found["refused"] or name == "batches"  # whose files are played again


@pytest.mark.soak
@pytest.mark.parametrize("name", CASES)
def test_five_thousand_flipped_bits(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = outcomes(name, range(CASES[name][1]), tmp_path)
    with capsys.disabled():
        print(f"\n{name}: {', '.join(f'{len(cases)} {what}' for what, cases in found.items())}")
    assert found["wrong"] == []
