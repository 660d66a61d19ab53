"""Indicators: one to one at the base, the right way, within bounds, with a base and its quality in every place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds import begun, edited, fixed, run_edited, small
from totalplace.agents.compiled import python
from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.indicators import INDICATORS, QUALITIES, read
from totalplace.scenarios.places import natural_units, tables
from totalplace.scenarios.places.shapes import YEARS
from totalplace.scenarios.vocabulary import COHORT_KINDS, OUTCOMES
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.model.metrics.natural_units import measure_natural_units

NAMES = sorted(INDICATORS)


def measured(world: Any) -> dict[str, float]:
    """The indicators of a world as it is now."""
    row = world.measures[0]
    python(measure_natural_units)(world, row)
    return dict(zip(INDICATORS, np.array(row.indicator), strict=True))


@pytest.mark.parametrize("name", NAMES)
@given(share=st.floats(0.0, 1.0))
def test_an_indicator_is_its_base_at_the_base_whatever_the_slope(name: str, share: float) -> None:
    row = INDICATORS[name]
    base = row.least + share * (min(row.most, 1000.0) - row.least)
    assert row.value(base, 1.0) == base


@pytest.mark.parametrize("name", NAMES)
@given(one=st.floats(0.0, 20.0), other=st.floats(0.0, 20.0))
def test_more_shortfall_is_never_better_and_bounds_hold(name: str, one: float, other: float) -> None:
    row, base = INDICATORS[name], places.load("Nottingham", clusters=1).indicator_base[list(INDICATORS).index(name)]
    less, more = (row.value(base, shortfall) for shortfall in sorted((one, other)))
    assert row.direction * (less - more) >= 0.0
    assert row.least <= more <= row.most
    assert row.least <= less <= row.most


@pytest.mark.parametrize("name", NAMES)
def test_no_shortfall_is_the_best_there_is(name: str) -> None:
    row = INDICATORS[name]
    assert row.value(0.5 * (row.best + row.most), 0.0) == pytest.approx(row.best)


@given(st.lists(st.floats(0.1, 4.0), min_size=len(COHORT_KINDS) * len(OUTCOMES), max_size=len(COHORT_KINDS) * len(OUTCOMES)))
def test_the_rule_is_the_mapping_of_the_registry(burden: list[float]) -> None:
    world = begun(small("silo", "uncertainties.indicator_slope=1", place="Nottingham"))
    world.kinds["burden"] = np.array(burden).reshape(len(COHORT_KINDS), len(OUTCOMES))
    size = np.array(world.kinds["persons"])
    for (name, row), value, base in zip(INDICATORS.items(), measured(world).values(), world.indicators["at_start"], strict=True):
        people = size * np.array(row.people)
        shortfall = float((people / people.sum()) @ world.kinds["burden"] @ np.array(row.outcomes))
        assert value == pytest.approx(row.value(base, shortfall)), name


def test_a_silo_without_cuts_stays_at_its_bases_and_worse_outcomes_move_each_the_wrong_way() -> None:
    template = edited(small("silo-no-cuts", quarters=12, place="Nottingham"))
    fixed(template.world, outcome_noise=0.0, demand_growth=0.0, looked_after_growth=0.0, unit_cost_drift=0.0)
    still = run_edited(template)
    for name, base in zip(INDICATORS, template.place.indicator_base, strict=True):
        assert still.metrics[name] == pytest.approx(base, rel=1e-9), name
    template = edited(small("silo", "levers.cuts=2", quarters=24, place="Nottingham"))
    fixed(template.world, outcome_noise=0.0)
    cut = run_edited(template)
    for name, row in INDICATORS.items():
        assert row.direction * (cut.metrics[name][-1] - cut.metrics[name][0]) < 0.0, name


@pytest.mark.parametrize("year", YEARS)
def test_every_place_has_every_base_with_its_quality(year: str) -> None:
    for place in places.names(year):
        found = natural_units.bases(place.code, year)
        assert list(found) == list(INDICATORS)
        for name, base in found.items():
            assert base.quality in QUALITIES
            assert base.basis.startswith(base.quality), (place.name, name)
            assert INDICATORS[name].least <= base.value <= INDICATORS[name].most


def test_what_no_file_holds_is_never_called_actual() -> None:
    for place in places.names():
        early, late = (natural_units.bases(place.code, year) for year in YEARS[:2])
        assert early["looked_after_children"].quality == "estimated"  # counts begin in 2016
        assert early["not_in_education_or_work"].quality == "estimated"  # begins in 2018
        assert early["emergency_admissions"].quality == late["emergency_admissions"].quality == "estimated"  # split from England
    assert natural_units.bases("E06000018", "2017-18")["looked_after_children"].basis == "actual 2018"


@pytest.mark.parametrize(("year", "total"), [("2010-11", 70_400), ("2017-18", 75_400)])
def test_looked_after_children_of_the_places_add_up_to_england(year: str, total: float) -> None:
    """70,440 on 31 March 2016 and 75,420 in 2018 (DfE); councils too small to model and boundaries of 2019 to 2023 are the rest."""
    found = [natural_units.bases(place.code, year)["looked_after_children"].value for place in places.names()]
    assert sum(found) == pytest.approx(total, rel=0.01)


def without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edit: Any) -> None:
    """Read the tables of places from a copy in which ``natural_units.csv`` is edited."""
    import shutil

    shutil.copytree(tables.HERE, tmp_path / "places", dirs_exist_ok=True)
    path = tmp_path / "places" / natural_units.TABLE
    path.write_text(edit(path.read_text("utf-8")), "utf-8")
    monkeypatch.setattr(tables, "HERE", tmp_path / "places")


def test_a_place_without_a_row_gets_the_median_of_its_region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (place := places.find("Nottingham")).code
    without(tmp_path, monkeypatch, lambda text: "".join(line + "\n" for line in text.splitlines() if not line.startswith(code)))
    with tables.as_they_are():
        found, own = natural_units.bases(place.code, "2010-11"), natural_units.bases("E06000015", "2010-11")
    assert {base.basis for base in found.values()} == {"estimated median of East Midlands"}
    rate = found["looked_after_children"].value / place.population
    assert 0.0005 < rate < 0.003  # a count is taken a head
    assert own["looked_after_children"].basis == "estimated 2016"


@pytest.mark.parametrize(("old", "new", "words"), [
    (",estimated 2016,", ",guessed 2016,", "looked_after_children_basis"),
    (",estimated 2016,", ",,", "looked_after_children_basis"),
    ("E06000015,2010-11,", "E06000015,2010-11,-", "healthy_life_expectancy"),
])
def test_a_wrong_table_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, words: str) -> None:
    without(tmp_path, monkeypatch, lambda text: text.replace(old, new, 1))
    with pytest.raises(InputError, match=words), tables.as_they_are():
        natural_units.bases("E06000015", "2010-11")


def test_every_indicator_is_a_metric_in_its_own_unit() -> None:
    for name, row in INDICATORS.items():
        metric = METRICS[name]
        assert (metric.unit, metric.direction, metric.meaning, metric.aggregate) == (row.unit, row.direction, row.meaning, "mean")
        assert row.low <= row.slope <= row.high
        assert row.why
        assert row.source


@pytest.mark.parametrize(("old", "new", "words"), [
    ("{health: 1}, unit: years", "{health: 0.5}, unit: years", "add up to 0.5"),
    ("{health: 1}, unit: years", "{helth: 1}, unit: years", "helth"),
    ("direction: 1, best: 80", "direction: 0, best: 80", "direction"),
    ("slope: 1.5, low: 0.5", "slope: 0.1, low: 0.5", "slope"),
    ("best: 80, ", "", "best"),
    ("best: 80, ", "best: 80, worst: 1, ", "worst"),
])
def test_a_wrong_registry_is_refused(tmp_path: Path, old: str, new: str, words: str) -> None:
    text = (Path(natural_units.__file__).parent.parent / "indicators.yaml").read_text("utf-8")
    assert old in text
    (tmp_path / "indicators.yaml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError, match=words):
        read(tmp_path / "indicators.yaml")
