"""A scenario is whole once it is loaded: nothing is read or looked up after that, and its text holds what its files said."""

from __future__ import annotations

import copy
import os
import pickle
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import jsonschema
import numpy as np
import pytest
import yaml

import totalplace as tp
from tests.worlds import ARRAYS, small
from totalplace import scenarios
from totalplace.scenarios import places, posterior
from totalplace.scenarios.canonical_text import _Dumper, canonical_text
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.places import tables
from totalplace.scenarios.reading import MOST_BYTES, read_text
from totalplace.scenarios.scenario import Scenario
from totalplace.sim.model import world as worlds
from totalplace.sim.results.run import Run

CUTS = """title: own path
base_year: 2010-11
paths:
  council:
    - {year: 2011-12, index: 0.9, low: 0.8, high: 1, source: "a 'source': made up # for a test"}
    - {year: 2014-15, index: 0.6, low: 0.5, high: 1, source: made up}
"""
OWN = "extends: joint-commissioning\narrangement: mine.yaml\ncuts: path.yaml\nnetwork: {file: ties.txt}\nquarters: 8\nclusters: 2\n"
#: What building and playing a world may ask of a scenario: what it is, and numbers given to the call.
_ASKED = {"material", "words", "__hash__", "__eq__", "label", "scenario_of", "plain", "unfractioned", "whole", "settlement",
          "drawn_as"}

_opened: list[str] = []
_listening = False


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _listening and event in ("open", "os.listdir", "os.scandir", "glob.glob"):
        _opened.append(f"{event} {arguments[0]}")


sys.addaudithook(_hear)  # for good: Python has no way to take one out


@contextmanager
def no_file_opened() -> Iterator[None]:
    """Fails where a file is opened or a folder listed inside."""
    global _listening
    _opened.clear()
    _listening = True
    try:
        yield
    finally:
        _listening = False
    assert _opened == []


@contextmanager
def nothing_looked_up() -> Iterator[None]:
    """Fails where a function of the packages of scenarios is called inside, but for those that only hand out what there is."""
    called: set[str] = set()
    folder = f"{Path(scenarios.__file__).resolve().parent}{os.sep}"

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and os.path.realpath(code.co_filename).startswith(folder) and code.co_name not in _ASKED:
            called.add(f"{code.co_filename}:{code.co_name}")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield
    finally:
        sys.setprofile(before)
    assert called == set()


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """All that is imported and compiled late is there."""
    one = small("single-pot")
    tp.run(one, 1)
    tp.ensemble(one, runs=2)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A scenario whose arrangement, budget path and network are files of one's own."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "mine.yaml").write_text("extends: joint-commissioning\nrounds: 4\n", "utf-8")
    (folder / "path.yaml").write_text(CUTS, "utf-8")
    (folder / "ties.txt").write_text("# who knows whom\nnhs council\ncouncil police\ncouncil nhs\npolice fire\n", "utf-8")
    (folder / "own.yaml").write_text(f"place: Rutland\n{OWN}", "utf-8")
    return folder / "own.yaml"


def same(one: Run, other: Run) -> bool:
    return all(np.asarray(getattr(one, name)).tobytes() == np.asarray(getattr(other, name)).tobytes() for name in ARRAYS)


def played(scenario: Scenario) -> Run:
    """A run of a world that is built for it, in which no file is opened and nothing looked up."""
    worlds._kept.cache_clear()
    with no_file_opened(), nothing_looked_up():
        worlds.build(scenario)
        return tp.run(scenario, 3)


@pytest.mark.parametrize("settings", [
    (), ("uncertainties=posterior",), ("clusters=finest",), ("year=2017-18", "nhs=3", "network=star"),
    ("events=[2013-04: mandate health and care at 3.4%]", "uncertainties=prior"),
])
def test_a_shipped_scenario_reads_nothing_once_it_is_loaded(settings: tuple[str, ...]) -> None:
    scenario = small("combined" if settings[:1] != ("year=2017-18", ) else "silo", *settings, clusters=None)
    played(scenario)
    with no_file_opened():
        tp.ensemble(scenario, runs=3, threads=2)


def test_files_of_ones_own_are_needed_no_more_once_a_scenario_is_loaded(own: Path) -> None:
    before = tp.run(scenarios.load(own), 3)
    scenario = scenarios.load(own)
    shutil.rmtree(own.parent)
    assert same(played(scenario), before)
    with no_file_opened():
        assert scenarios.loads(scenario.text) == scenario
    assert same(played(scenarios.loads(scenario.text)), before)
    later = scenario.with_settings(["levers.clawback=0", "arrangement.rounds=2"])
    assert (later.arrangement.rounds, later.cuts, later.network) == (2, scenario.cuts, scenario.network)
    with pytest.raises(InputError, match="There is no such file"):
        scenarios.load(own)


def test_files_changed_after_a_scenario_is_loaded_are_those_of_the_next(own: Path) -> None:
    scenario = scenarios.load(own)
    before = tp.run(scenario, 3)
    path, ties = own.with_name("path.yaml"), own.with_name("ties.txt")
    times, text = path.stat(), path.read_text("utf-8")
    path.write_text(text.replace("0.9", "0.8"), "utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # as long as before, and of the same time
    assert same(played(scenario), before)
    deeper = scenarios.load(own)
    assert deeper.sha256 != scenario.sha256
    assert deeper != scenario
    assert not same(played(deeper), before)
    path.write_text(text, "utf-8")
    assert same(played(scenarios.load(own)), before)
    ties.write_text("council nhs\n", "utf-8")
    assert scenarios.load(own).sha256 != scenario.sha256


def test_the_text_holds_path_and_network_in_full_and_no_name_of_a_file(own: Path, tmp_path: Path) -> None:
    scenario = scenarios.load(own)
    assert str(tmp_path) not in scenario.text
    assert not [word for word in scenario.text.split() if word.endswith((".yaml", ".txt"))]
    content = read_text(scenario.text, "x").plain()
    assert content["network"] == {"ties": [["council", "nhs"], ["council", "police"], ["fire", "police"]]}
    assert content["cuts"]["paths"]["council"][0] == {
        "year": "2011-12", "index": 0.9, "low": 0.8, "high": 1.0, "source": "a 'source': made up # for a test"
    }
    jsonschema.Draft202012Validator(scenarios.json_schema()).validate(content)
    assert "on the path own path, 1 times its depth" in scenario.says()[0]


def test_paths_that_say_the_same_make_the_same_scenario(own: Path) -> None:
    first = scenarios.load(own)
    (own.with_name("other.yaml")).write_text(CUTS.replace("0.9,", "0.90 ,  "), "utf-8")
    other = scenarios.load(own, cuts=str(own.with_name("other.yaml")))
    assert (other.text, other) == (first.text, first)
    written = scenarios.load(own, set=[f"cuts={{{', '.join(_flow(CUTS))}}}"])
    assert written == first


def _flow(text: str) -> list[str]:
    """The budget path as a setting gives it in one line."""
    content = read_text(text, "x").plain()
    return [f"{key}: {yaml.safe_dump(value, default_flow_style=True, width=10_000).strip().removesuffix('...').strip()}"
            for key, value in content.items()]


def test_a_text_of_before_that_names_files_opens_while_they_are_there(own: Path) -> None:
    scenario = scenarios.load(own)
    content = read_text(scenario.text, "x").plain()
    path, ties = own.with_name("path.yaml"), own.with_name("ties.txt")
    old = canonical_text(content | {"cuts": str(path), "network": {"file": str(ties)}})
    assert scenarios.loads(old) == scenario
    ties.unlink()
    with pytest.raises(InputError, match=r"There is no network file .*ties\.txt'\. Allowed: the file where it was"):
        scenarios.loads(old)
    path.unlink()
    with pytest.raises(InputError, match=r"There is no such file: '.*path\.yaml'\. Allowed: the file where it was"):
        scenarios.loads(old)


@pytest.fixture
def own_tables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A copy of the tables of places, with a place of one's own called Oxbridge."""
    folder = tmp_path / "places"
    shutil.copytree(tables.HERE, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for name in ("indicators.csv", "spending.csv"):
        text = (folder / name).read_text("utf-8")
        (folder / name).write_text(text.replace("E06000017", "E06009999").replace("Rutland", "Oxbridge"), "utf-8")
    _replace_place(folder / "small_areas.parquet", "E06000017", "E06009999")
    monkeypatch.setattr(tables, "HERE", folder)
    return folder


def _replace_place(path: Path, old: str, new: str) -> None:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    table = parquet.ParquetFile(path).read()
    codes = [new if code == old else code for code in table.column("place").to_pylist()]
    number = table.column_names.index("place")
    parquet.write_table(table.set_column(number, "place", pa.array(codes, pa.string())), path)


def test_a_place_of_ones_own_is_needed_no_more_once_a_scenario_is_loaded(own: Path, own_tables: Path) -> None:
    own.write_text(f"place: Oxbridge\n{OWN}", "utf-8")
    scenario = scenarios.load(own)
    before = tp.run(scenario, 3)
    pickled = pickle.dumps(scenario)
    shutil.rmtree(own_tables)
    shutil.rmtree(own.parent)
    assert same(played(scenario), before)
    assert same(played(pickle.loads(pickled)), before)


def test_tables_of_places_that_change_are_read_anew(own_tables: Path) -> None:
    first = scenarios.load("silo", place="Oxbridge")
    assert places.find("oxbridge").code == "E06009999"
    with pytest.raises(UnknownName):
        places.find("Rutland")
    spending = own_tables / "spending.csv"
    lines = spending.read_text("utf-8").splitlines()
    row = next(i for i, line in enumerate(lines) if line.startswith("E06009999,2010-11,"))
    cells = lines[row].split(",")
    police = lines[0].split(",").index("police")
    cells[police] = f"{2 * float(cells[police]):g}"
    spending.write_text("\n".join([*lines[:row], ",".join(cells), *lines[row + 1:]]) + "\n", "utf-8")
    now = scenarios.load("silo", place="Oxbridge")
    assert now.material.place.spend.sum() > first.material.place.spend.sum()
    assert now.material.digest != first.material.digest
    assert now == first, "the text names the place"
    built = [worlds.build(one).place for one in (first, now, first)]
    assert built == [first.material.place, now.material.place, first.material.place], "no world is that of the other"


def test_a_pickled_or_copied_scenario_is_whole_and_small(own: Path) -> None:
    scenario = scenarios.load(own)
    before = tp.run(scenario, 3)
    content = pickle.dumps(scenario)
    shutil.rmtree(own.parent)
    assert len(content) < 40_000
    assert len(pickle.dumps([scenarios.load("combined", place="Leeds")])) < 40_000
    for other in (pickle.loads(content), copy.deepcopy(scenario), copy.copy(scenario)):
        assert (other, other.sha256, other.material.digest) == (scenario, scenario.sha256, scenario.material.digest)
        assert not other.material.place.spend.flags.writeable
        assert not other.material.budgets.flags.writeable
        assert worlds.build(other).world is worlds.build(scenario).world  # each with the scenario that was given
        assert same(played(other), before)
        assert other.with_settings(["quarters=9"]) == scenario.with_settings(["quarters=9"])
        with pytest.raises(TypeError):
            other.material.place.entitlements["pensions"] = 1.0  # type: ignore[index]


def test_scenarios_that_go_together_share_their_posterior_when_pickled() -> None:
    drawn = [scenarios.load("silo", place=name, set=["uncertainties=posterior"]) for name in ("Leeds", "Kent", "Rutland")]
    one, three = len(pickle.dumps(drawn[:1])), len(pickle.dumps(drawn))
    assert one < posterior.particles().nbytes + 41_000
    assert three - one < 80_000


@pytest.mark.parametrize(("text", "line", "words"), [
    ("place: Rutland\nclusters: 900", 3, "900"),
    ("place: Rutland\nnetwork: {ties: [[council, counsil]]}", 3, "There is no agency 'counsil' in the network"),
    ("place: Rutland\nnetwork: {ties: [[council, nhs, police]]}", 3, "A tie has 3 agencies"),
    ("place: Rutland\nnetwork: {ties: [council]}", 3, "A tie must be a list"),
    ("place: Rutland\nnetwork: {ties: council}", 3, "'ties' must be a list"),
    ("place: Rutland\nnetwork: {ties: [], file: x}", 3, "There is no key 'file' in a network"),
    ("place: Rutland\ncuts: {title: own}", 3, "lacks the key 'base_year'"),
    ("place: Rutland\ncuts: {title: own, base_year: 2010-11, paths: {counsil: []}}", 3, "There is no agency kind 'counsil'"),
    ("place: Rutland\ncuts: [1]", 3, "'cuts' must be text, not a list"),
])
def test_what_cannot_be_built_is_refused_as_it_is_loaded(text: str, line: int, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        scenarios.loads(f"extends: silo\n{text}")
    assert caught.value.line == line


def test_a_path_too_long_to_be_saved_is_refused(own: Path) -> None:
    long = CUTS.replace("source: made up}", f"source: {'m' * (MOST_BYTES - 2 * len(CUTS))}}}")
    own.with_name("path.yaml").write_text(long, "utf-8")
    with pytest.raises(InputError, match="with its budget path in full, is too large"):
        scenarios.load(own)


def test_a_text_in_kept_parts_is_that_in_one_piece() -> None:
    for name in (*scenarios.names(), "october-2010"):
        content = read_text(scenarios.load(name, place="Leeds").text, "x").plain()
        whole = yaml.dump(content, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=120)
        assert canonical_text(content) == whole
    odd = {"b": [1, 1.0, True, -0.0, 0.0, "1", "yes", [], {}, "é\u2028\x07 ", "a\nb"], "a": {"z": 1e300, "y": 0.1 + 0.2}, "1": ""}
    assert canonical_text(odd) == yaml.dump(odd, Dumper=_Dumper, sort_keys=True, allow_unicode=True, width=120)
    assert canonical_text({"a": 1}) != canonical_text({"a": 1.0}) != canonical_text({"a": True})
    assert canonical_text({}) == "{}\n"
