"""What is made of data files is kept only as long as they stay the same, whichever file it is and whoever asks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from totalplace import scenarios
from totalplace.scenarios import prices
from totalplace.scenarios.places import authorities, england, finding, tables
from totalplace.scenarios.places.keeping import kept
from totalplace.scenarios.source_tree import ROOT

#: Reads all that is read of the data files, in a copy of the package, and prints those that were read; see PROGRAM.
PROGRAM = """
import os, sys
from pathlib import Path
opened = set()
sys.addaudithook(lambda event, given: opened.add(str(given[0])) if event == "open" else None)
import pyarrow.parquet as parquet
def noting(path, open_file=parquet.ParquetFile):
    opened.add(str(path))  # opened by other means than Python's
    return open_file(path)
parquet.ParquetFile = noting

import totalplace.scenarios as scenarios
from totalplace.scenarios import cuts, ingredients, lever_responses, posterior, prices, sweeps
from totalplace.scenarios.arrangement import load_arrangement, names
from totalplace.scenarios.own_places import rows
from totalplace.scenarios.places import england, tables
from totalplace.scenarios.places.authorities import _settlements
from totalplace.scenarios.places.surroundings import _adjacent
from totalplace.scenarios.places.former import former_codes
from totalplace.scenarios.places.shapes import GEOGRAPHIES
from totalplace.sim.evidence.lever_responses import expected
from totalplace.sim.evidence.panel import tables as panel

HERE = Path(scenarios.__file__).resolve().parent
DATA = {str(path): path for path in HERE.rglob("*") if path.suffix in (".csv", ".yaml", ".parquet")}

def read():
    opened.clear()
    for name in scenarios.names():
        scenarios.load(name)
    for name in names():
        load_arrangement(name)
    for name in cuts.names()[1:]:
        cuts.load_cuts(name)
    for name in sweeps.names():
        sweeps.load(name)
    for name in tables.judgement_names():
        tables.values(name)
    scenarios.load("today", set=["uncertainties=posterior"])
    for folder in GEOGRAPHIES:
        _adjacent(folder), former_codes(folder), _settlements(folder)
    ingredients.ingredients(), posterior.particles(), expected(), prices.deflators(), england.england()
    return {str(Path(path).resolve()) for path in opened} & set(DATA)

at_start = {str(Path(path).resolve()) for path in opened} & set(DATA)  # words and registries, which rules are made of
first = read()
kept = first - read()
assert HERE == Path(sys.argv[1]).resolve(), HERE
assert len(kept) > 20, kept
for path in sorted(kept):
    state = os.stat(path)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1_000_000_000))
again = read()
print("not read again:", sorted(Path(path).name for path in kept - again))
print("never read:", sorted(str(Path(path).relative_to(HERE)) for path in set(DATA) - first - at_start))
"""


def test_every_data_file_that_is_kept_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    """Each file is read again that was not read a second time while nothing had changed."""
    package = tmp_path / "totalplace"
    shutil.copytree(ROOT / "src" / "totalplace", package, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("agents", "scenarios", "sim"):
        (package / name).unlink(missing_ok=True)
        shutil.copytree(ROOT / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    words = [sys.executable, "-P", "-c", PROGRAM, str(package / "scenarios")]
    done = subprocess.run(words, check=False, capture_output=True, text=True, env=os.environ | {"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    # These hold published sums that tables are held against; the model does not read them.
    beside = [f"places/april-2023/{name}.csv" for name in ("outturn", "reconciliation", "regions")]
    assert done.stdout.splitlines() == ["not read again: []", f"never read: {beside}"]


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the folder of places, which is read instead of it."""
    copied = tmp_path / "places"
    shutil.copytree(tables.HERE, copied, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    monkeypatch.setattr(tables, "HERE", copied)
    return copied


def change(path: Path, edit: Callable[[list[str]], list[str]]) -> None:
    """Change the cells of the last row of a table."""
    *rows, last = path.read_text("utf-8").rstrip("\n").split("\n")
    path.write_text("\n".join([*rows, ",".join(edit(last.split(",")))]) + "\n", "utf-8")


def test_a_deflator_that_changes_changes_prices_in_the_same_process(folder: Path) -> None:
    last = max(prices.deflators())
    year = f"{last}-{(last + 1) % 100:02d}"
    before = scenarios.load("better-care-fund-2025", quarters=20).material
    levels = prices.price_levels("2010-04", 4 * (last - 2009), "2010-11")[-1]
    table = folder / "gdp_deflator.csv"
    original = table.read_bytes()
    change(table, lambda cells: [cells[0], str(1.2 * float(cells[1])), *cells[2:]])
    assert table.read_text("utf-8").splitlines()[-1].startswith(year)
    assert prices.price_levels("2010-04", 4 * (last - 2009), "2010-11")[-1] == pytest.approx(1.2 * levels)
    after = scenarios.load("better-care-fund-2025", quarters=20).material
    assert after.digest != before.digest
    table.write_bytes(original)
    assert scenarios.load("better-care-fund-2025", quarters=20).material.digest == before.digest


def test_parts_of_the_better_care_fund_that_change_change_the_place(folder: Path) -> None:
    code = next(iter(england.better_care("2024-25")))
    of = finding.find(code, "2024-25").name if code in tables.indicators("april-2023") else None
    assert of is not None
    before = float(england.england_part(code, "2024-25")[-1])
    table = folder / "april-2023" / "better_care.csv"
    rows = table.read_text("utf-8").split("\n")
    at = next(number for number, row in enumerate(rows) if row.startswith(code))
    was = england.better_care("2024-25")[code]["nhs"]
    rows[at] = rows[at].replace(str(was), str(round(was * 1.5, 8)), 1)
    table.write_text("\n".join(rows), "utf-8")
    assert float(england.england_part(code, "2024-25")[-1]) == pytest.approx(1.5 * before, rel=1e-4)
    loaded = scenarios.load("better-care-fund-2025", place=of).material.place
    assert loaded.england_part[-1] == pytest.approx(1.5 * before, rel=1e-4)


def test_a_table_that_comes_or_goes_is_seen(folder: Path) -> None:
    table = folder / "april-2023" / "settlements.csv"
    found = authorities._settlements("april-2023")
    assert found
    table.rename(table.with_suffix(".away"))
    assert not authorities._settlements("april-2023")
    table.with_suffix(".away").rename(table)
    assert authorities._settlements("april-2023") == found


def test_what_is_asked_for_again_is_answered_once_until_a_table_changes(folder: Path) -> None:
    asked: list[int] = []

    @kept(maxsize=2)
    def twice(number: int) -> int:
        asked.append(number)
        return 2 * number

    assert (twice(3), twice(3), twice(4), asked) == (6, 6, 8, [3, 4])
    state = os.stat(folder / "spending.csv")
    os.utime(folder / "spending.csv", ns=(state.st_atime_ns, state.st_mtime_ns + 10))
    assert (twice(3), asked) == (6, [3, 4, 3])
    with tables.as_they_are():
        os.utime(folder / "spending.csv", ns=(state.st_atime_ns, state.st_mtime_ns + 20))
        assert (twice(3), asked) == (6, [3, 4, 3])
    assert (twice(3), asked) == (6, [3, 4, 3, 3])
    twice.cache_clear()
    assert (twice(3), asked) == (6, [3, 4, 3, 3, 3])
