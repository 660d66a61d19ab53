"""Spoilt files of every kind are read well or refused with words: hundreds of them here, more than twenty thousand in the soak."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pytest

from tests.fuzzing import KINDS, findings, spoilt
from totalplace import scenarios
from totalplace.scenarios import sweeps
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.reading import MOST_FILES
from totalplace.sim.model.world import build

#: Cases of each kind in the suite and, after those, in the soak.
CASES = {
    "scenario": (120, 7000), "arrangement": (60, 3000), "cuts": (40, 2000), "sweep": (30, 1200), "rows": (60, 2000),
    "network": (40, 1800), "checkpoint": (60, 1500), "sweep manifest": (30, 700), "sweep record": (15, 500),
    "sweep scenarios": (15, 500), "sweep runs": (15, 500), "sweep metrics": (15, 500), "results manifest": (40, 1000),
}
#: Most memory that reading a thousand files may add, kilobytes.
MOST_GROWTH = 500_000


def test_every_kind_of_file_has_its_cases() -> None:
    assert set(CASES) == set(KINDS)
    assert sum(soak for _, soak in CASES.values()) >= 20_000
    for name, kind in KINDS.items():
        samples = kind.samples()
        changed = sum(spoilt(name, number) not in samples for number in range(50))
        assert changed >= 40, name


@pytest.mark.parametrize("name", CASES)
def test_spoilt_files_are_read_or_refused(name: str, tmp_path: Path) -> None:
    assert findings(name, range(CASES[name][0]), tmp_path) == []


@pytest.mark.parametrize("name", CASES)
def test_valid_files_are_read(name: str, tmp_path: Path) -> None:
    for sample in KINDS[name].samples()[:3]:
        path = tmp_path / KINDS[name].file
        path.write_bytes(sample)
        KINDS[name].read(path)


@pytest.mark.soak
@pytest.mark.parametrize("name", CASES)
def test_twenty_thousand_spoilt_files(name: str, tmp_path: Path) -> None:
    few, many = CASES[name]
    assert findings(name, range(few, few + 200), tmp_path) == []
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert findings(name, range(few + 200, few + many), tmp_path) == []
    growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert growth < MOST_GROWTH * max(1.0, many / 1000), f"memory grew by {growth:,} kB"


N = 900_000
LONG_TEXTS = {
    "dashes": "- " * (N // 2), "brackets": "[" * N, "braces": "{" * N, "list": "a: [" + "a," * (N // 2) + "]", "quotes": '"' * N,
    "questions": "? " * (N // 2), "keys": "\n".join(f"k{i}: 1" for i in range(N // 12)), "title": "title: " + "x" * N,
    "key": "x" * N + ": 1", "lever": "levers: {" + "c" * N + ": 1}", "number": "quarters: " + "9" * N, "place": "place: " + "B" * N,
    "escapes": 'title: "' + "\\u0041" * (N // 6) + '"', "alias": "a: &a [x]\nb: [" + "*a," * (N // 4) + "]",
    "laughs": "a: &a [x, x]\n" + "\n".join(f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]" for i in range(24)),
}


@pytest.mark.parametrize("name", LONG_TEXTS)
def test_long_and_nested_texts_are_refused_at_once_and_briefly(name: str) -> None:
    with pytest.raises(InputError) as caught:
        scenarios.loads("extends: silo\n" + LONG_TEXTS[name], "own.yaml")
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("kind", ["scenario", "arrangement"])
def test_long_chains_of_files_are_refused(tmp_path: Path, kind: str) -> None:
    for number in range(3000):
        (tmp_path / f"f{number}.yaml").write_text(f"extends: f{number + 1}.yaml\n", encoding="utf-8")
    (tmp_path / "f3000.yaml").write_text("extends: silo\n", encoding="utf-8")
    words: dict[str, tuple[str | Path, list[str]]] = {
        "scenario": (tmp_path / "f0.yaml", []), "arrangement": ("silo", [f"arrangement={tmp_path}/f0.yaml"]),
    }
    name, settings = words[kind]
    with pytest.raises(InputError, match=f"extend each other. Allowed: at most {MOST_FILES}"):
        scenarios.load(name, set=settings)


def test_a_chain_as_long_as_allowed_is_read(tmp_path: Path) -> None:
    last = MOST_FILES - 3  # the shipped scenario builds on others
    for number in range(last):
        (tmp_path / f"f{number}.yaml").write_text(f"extends: f{number + 1}.yaml\n", encoding="utf-8")
    (tmp_path / f"f{last}.yaml").write_text("extends: silo\n", encoding="utf-8")
    assert scenarios.load(tmp_path / "f0.yaml").arrangement.name == "silo"


@pytest.mark.parametrize("name", ["scenario", "network", "rows", "checkpoint", "sweep manifest", "results manifest"])
def test_a_file_of_a_hundred_megabytes_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / KINDS[name].file
    with path.open("wb") as file:
        file.truncate(100_000_000)  # zeros, of which the disk keeps none
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if name == "results manifest":
        with pytest.raises(InputError, match="something other than results"):
            KINDS[name].read(path)
    else:
        with pytest.raises(InputError):
            KINDS[name].read(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 900_000


def test_json_nested_too_deeply_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "spoilt"
    path.write_text("[" * 100_000)
    for name in ("sweep manifest", "results manifest"):
        with pytest.raises(InputError):
            KINDS[name].read(path)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("e" * 1_000_000, "field larger than field limit"), ("eta\n0.8," + "1," * 100_000, "The row has 100002 values"),
        (",".join(["eta"] * 2000), "The header has 2,000 columns"), ("eta\n" + "0.8\n" * 1000 + "\udcff", "not text in UTF-8"),
        ("eta,eta\n0.8,0.8", "is given twice"), ("", "holds no points"), ("\n\n", "holds no points"),
        ("eta\n", "holds no points"),
    ],
    ids=range(8),
)
def test_rows_that_cannot_be_are_refused(tmp_path: Path, rows: str, words: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(rows.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match=words):
        sweeps.loads(f"places: Rutland\ndesign: {{kind: rows, file: {json.dumps(str(path))}}}", "rows")


def test_a_network_of_strangers_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "ties.txt").write_text("council counsil\n")
    with pytest.raises(InputError, match=r"ties\.txt.*There is no agency 'counsil' in the network"):
        build(scenarios.loads(f"extends: silo\nplace: Rutland\nnetwork: {{file: {tmp_path}/ties.txt}}"))
