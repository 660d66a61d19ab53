"""Places in order: ranks run by run, ties, pairing by seed, what goes with the order, marks and words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import totalplace as tp
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.analysis.rank.analysis import Ranking, places_in, regions_of
from totalplace.sim.analysis.rank.explained import (
    CHANCE,
    REST,
    chance_share,
    columns_of,
    explained,
    known_of,
    r_squared,
    variance_shares,
)
from totalplace.sim.analysis.rank.order import first_places, in_order, ranks
from totalplace.sim.analysis.rank.words import sentences, warnings
from totalplace.sim.cli import exit_code
from totalplace.sim.engine.every_place import in_places, play_places
from totalplace.sim.report.content import cells_of
from totalplace.sim.results.every_place import PlaceResults
from totalplace.sim.results.monte_carlo import BAND_RUNS, CLEAR_RUNS
from totalplace.sim.results.relative import metric_called
from totalplace.sim.system.checksums import file_checksum

REGION, RUNS, QUARTERS = "North East", 6, 6
NAMES = ["Bath", "Ely", "Oxford"]


@pytest.fixture(scope="module")
def found() -> Ranking:
    return tp.rank("single-pot", region=REGION, runs=RUNS, quarters=QUARTERS)


def test_three_places_are_ranked_in_every_run_and_by_their_medians() -> None:
    draws = np.array([[1.0, 9.0, 3.0, 4.0], [2.0, 2.0, 2.0, 9.0], [0.0, 1.0, 5.0, 8.0]])
    assert ranks(draws, 1).tolist() == [[2, 1, 2, 3], [1, 2, 3, 1], [3, 3, 1, 2]]
    assert ranks(draws, -1).tolist() == [[2, 3, 2, 1], [3, 2, 1, 3], [1, 1, 3, 2]]
    table = in_order(NAMES, draws, 1)
    assert table["name"].tolist() == ["Bath", "Oxford", "Ely"], "medians 3.5, 3 and 2"
    assert table["rank"].tolist() == [1, 2, 3]
    assert table["rank_low"].tolist() == [1, 1, 1]
    assert table["rank_high"].tolist() == [3, 3, 3]
    assert table["value"].tolist() == [3.5, 3.0, 2.0]
    assert table["first_tenth"].tolist() == [25.0, 25.0, 50.0], "of three places the first alone is their first tenth"


def test_places_that_are_level_share_the_better_rank_in_order_of_their_names() -> None:
    draws = np.array([[2.0, 2.0], [5.0, 5.0], [2.0, 2.0], [1.0, 1.0]])
    table = in_order(["Ely", "Bath", "Diss", "York"], draws, 1)
    assert list(zip(table["name"], table["rank"], strict=True)) == [("Bath", 1), ("Diss", 2), ("Ely", 2), ("York", 4)]
    assert table["first_tenth"].tolist() == [100.0, 0.0, 0.0, 0.0]


def test_less_is_better_puts_the_least_first_and_without_a_direction_most_comes_first() -> None:
    draws = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    assert in_order(NAMES, draws, -1)["name"].tolist() == NAMES
    assert in_order(NAMES, draws, 0)["name"].tolist() == NAMES[::-1]


def test_places_are_held_against_the_first_seed_by_seed() -> None:
    shared = np.linspace(-50.0, 50.0, CLEAR_RUNS)
    turns = np.sign(shared) * (np.abs(shared) > 10.0)  # the median stays
    draws = np.stack([shared + 2.0, shared + 1.0, shared + 2.0 - turns])
    table = in_order(NAMES, draws, 1)
    assert list(zip(table["name"], table["rank"], table["apart_from_first"], strict=True)) == [
        ("Bath", 1, "first"), ("Oxford", 1, "no"), ("Ely", 3, "yes")], "Ely is behind in every run, though bands overlap"
    few = in_order(NAMES, draws[:, : CLEAR_RUNS - 1], 1)
    assert few["apart_from_first"].tolist() == ["first", "", ""], "nothing is clear with few runs"


@pytest.mark.parametrize(("number", "first"), [(1, 1), (3, 1), (10, 1), (11, 2), (148, 15), (151, 16)])
def test_the_first_tenth_is_a_whole_number_of_places(number: int, first: int) -> None:
    assert first_places(number) == first


@given(seed=st.integers(0, 10_000), number=st.integers(12, 60))
def test_variance_shares_add_up_to_r_squared_whatever_the_groups(seed: int, number: int) -> None:
    rng = np.random.default_rng(seed)
    groups = {"a": rng.normal(size=(number, 1)), "b": rng.normal(size=(number, 2)), "c": rng.normal(size=(number, 1))}
    values = groups["a"][:, 0] + 0.5 * groups["b"][:, 1] + rng.normal(size=number)
    shares = variance_shares(values, groups)
    assert sum(shares.values()) == pytest.approx(r_squared(values, list(groups.values())))
    assert all(share >= -1e-9 for share in shares.values())


def test_shares_of_regressors_that_do_not_go_together_are_their_own_r_squared() -> None:
    one, other = np.array([[1.0], [1.0], [-1.0], [-1.0]]), np.array([[1.0], [-1.0], [1.0], [-1.0]])
    values = 3.0 * one[:, 0] + other[:, 0]
    assert variance_shares(values, {"one": one, "other": other}) == pytest.approx({"one": 0.9, "other": 0.1})
    assert variance_shares(values, {"one": one, "again": one}) == pytest.approx({"one": 0.45, "again": 0.45}), "shared by halves"


def test_chance_is_told_from_what_lies_between_places() -> None:
    rng = np.random.default_rng(1)
    apart, noise = np.arange(400.0)[:, np.newaxis], rng.normal(0.0, 1.0, (400, 60))
    shared = rng.normal(0.0, 1e4, 60)
    assert chance_share(apart + 0.01 * noise + shared) < 1e-6, "what all places share is no difference between them"
    assert chance_share(noise) == pytest.approx(1.0, abs=0.15)
    assert np.isnan(chance_share(noise[:, :1]))


def test_runs_of_one_draw_of_the_parameters_stay_in_one_half() -> None:
    """Else what a place has of the parameters drawn would be in both halves, and not be seen as chance."""
    own = np.repeat(np.random.default_rng(4).normal(0.0, 1.0, (300, 30)), 2, axis=1)
    assert chance_share(own) == 0.0
    assert chance_share(own, np.repeat(np.arange(30), 2)) == pytest.approx(1.0, abs=0.2)
    assert chance_share(own, np.zeros(60, np.int64)) == chance_share(own), "nothing is drawn: all is chance"


def test_what_goes_with_the_order_adds_up_and_names_what_is_left() -> None:
    names = [place.name for place in tp.places.names("2024-25")]
    known = known_of(names, "2024-25")
    draws = 5.0 * known["deprivation"].to_numpy()[:, np.newaxis] + np.random.default_rng(2).normal(0.0, 5.0, (len(names), 40))
    table = explained(draws, known)
    assert table is not None
    assert table["percent"].sum() == pytest.approx(100.0)
    assert table["figures"].sum() == sum(columns.shape[1] for columns in columns_of(known).values())
    assert set(table["part"]) == {"size", "spend a head", "deprivation", "bodies", "region", CHANCE, REST}
    assert table["part"].tolist()[0] == "deprivation"
    assert table.set_index("part").loc["deprivation", "goes_with"] > 0.95
    values = np.median(draws, axis=1)
    assert table["percent"][:5].sum() == pytest.approx(100.0 * r_squared(values, list(columns_of(known).values())))
    assert explained(np.ones((len(names), 3)), known) is None, "nothing differs"
    assert explained(draws[:20], known[:20]) is None, "too few places for so many figures"


def test_what_is_known_of_a_place_is_what_the_tables_say() -> None:
    row = known_of(["Kent"], "2024-25").loc["Kent"]
    kent = tp.places.load("Kent", "2024-25")
    assert row["spend_a_head"] == pytest.approx(1e6 * kent.spend.sum() / kent.population)
    assert row["log_population"] == pytest.approx(np.log(kent.population))
    assert 0.5 < row["police_part"] < 1.0, "Kent shares its police with Medway"
    then = columns_of(known_of([place.name for place in tp.places.names()], "2010-11"))
    assert "bodies" not in then, "in 2010-11 no place shares a body, so that they tell no place from another"


def test_every_place_has_the_paired_difference_of_its_own_comparison(found: Ranking) -> None:
    table = found.tables["ranking"].set_index("name")
    assert sorted(table.index) == sorted(place.name for place in places_in(REGION, "2010-11"))
    for name in ("Hartlepool", "Sunderland"):
        ours, theirs = (tp.ensemble(tp.load(one, place=name, quarters=QUARTERS), RUNS) for one in ("single-pot", "silo"))
        gap = ours.at_end("net_saving") - theirs.at_end("net_saving")
        assert found.draws[name] == pytest.approx(gap)
        row = table.loc[name]
        assert (row["value"], row["value_low"], row["value_high"]) == pytest.approx(tuple(np.quantile(gap, (0.5, 0.05, 0.95))))
        assert row["code"] == tp.places.find(name).code
    assert found.tables["ranking"]["rank"].is_monotonic_increasing
    assert (table["rank_low"] <= table["rank_high"]).all()


def test_a_head_puts_places_in_order_of_the_difference_over_their_people(found: Ranking) -> None:
    head = tp.rank("single-pot", metric="net_saving", per="head", region=REGION, runs=RUNS, quarters=QUARTERS, threads=1)
    assert head.metric.name == "net_saving_per_head"
    for name, draws in head.draws.items():
        assert draws == pytest.approx(found.draws[name] * 1e6 / tp.places.find(name).population)
    own = {name: float(np.median(draws)) for name, draws in head.draws.items()}
    assert head.tables["ranking"]["name"].tolist() == sorted(own, key=lambda name: -own[name])


def test_without_a_baseline_places_are_ranked_by_the_level() -> None:
    level = tp.rank("single-pot", None, metric="mean_trust", region=REGION, runs=2, quarters=QUARTERS)
    run = tp.ensemble(tp.load("single-pot", place="Hartlepool", quarters=QUARTERS), 2)
    assert level.draws["Hartlepool"] == pytest.approx(run.at_end("mean_trust"))
    assert "against" not in level.source


def test_few_runs_and_overlap_are_said(found: Ranking) -> None:
    assert f"cannot be told from {RUNS} runs ({CLEAR_RUNS} or more)" in found.warnings[0]
    assert any("too few to call a difference clear" in words for words in found.warnings)
    table = in_order(NAMES, np.tile(np.arange(40.0), (3, 1)), 1).assign(place=NAMES)
    results = PlaceResults({}, {name: np.zeros((40, 1)) for name in NAMES}, quarters=4, year="2010-11")
    said = warnings(table, metric_called("wellbeing"), results, None, {})
    assert said[0].startswith("2 places of 3 cannot be told apart from the first, Bath"), "they do not differ in any run"


@pytest.mark.parametrize("spread", [0.0, 100.0])
def test_fewer_runs_never_say_more(spread: float) -> None:
    """Neither a first place nor a count of gains stands in the sentences below the runs that a clear difference takes."""
    draws = np.stack([start + np.linspace(-spread, spread, CLEAR_RUNS) for start in (9.0, 5.0, 1.0)])
    told = {}
    for runs in (CLEAR_RUNS - 1, CLEAR_RUNS):
        results = PlaceResults({}, {name: np.zeros((runs, 1)) for name in NAMES}, quarters=4, year="2010-11")
        table = in_order(NAMES, draws[:, :runs], 1).assign(place=NAMES)
        told[runs] = " ".join(sentences("Where?", table, metric_called("wellbeing"), True, None, results))
    few, enough = told.values()
    assert f"{CLEAR_RUNS} runs in each place are enough to call a difference clear, though fewer than the {BAND_RUNS} " in enough
    assert "name no place that comes first" in few
    assert not any(word in few for word in (*NAMES, "Best", "lies above zero", "at least nine runs of ten"))
    assert "Best by" in enough or "Best median, not clearly ahead" in enough
    assert "lies above zero in" in enough


def test_the_table_tells_small_differences_apart_as_the_sentences_do() -> None:
    rows = pd.DataFrame({"value": [0.0072, 0.0068, 0.512], "value_low": [0.0003, 0.0, 0.4], "value_high": [0.0121, 0.0118, 0.6]})
    assert cells_of("value", rows) == ["0.0072 (0.0003 to 0.0121)", "0.0068 (0.0000 to 0.0118)", "0.512 (0.400 to 0.600)"]
    assert cells_of("value", rows, alike=True) == [
        "0.0072 (0.0003 to 0.0121)", "0.0068 (0.0000 to 0.0118)", "0.5120 (0.4000 to 0.6000)"], "one number of places in a column"


def test_estimates_and_what_ifs_are_marked_where_they_stand() -> None:
    some = tp.rank("integrated-settlement", region=["West Midlands", "South East"], year="2024-25", runs=1, quarters=12)
    table = some.tables["ranking"].set_index("name")
    assert table.loc["Slough", "place"].startswith("Slough (estimate)")
    assert table.loc["Kent", "what_if"] == "what if"
    assert table.loc["Kent", "place"] == "Kent (what if)"
    assert "what if" in table.loc["Kent", "notes"]
    assert table.loc["Dudley", "place"] == "Dudley", "its strategic authority has an integrated settlement"
    assert any(words.startswith("what if in ") for words in some.warnings)
    assert any("Birmingham and Slough filed no accounts of 2024-25" in words for words in some.warnings)


def test_a_shipped_baseline_takes_over_the_year_of_the_scenario() -> None:
    today = tp.rank("single-pot-today", region=REGION, runs=1, quarters=2)
    assert (today.results.year, "County Durham" in today.draws) == ("2024-25", True)
    assert any("'silo' is run with the year of the budgets 2024-25" in words for words in today.warnings)


@pytest.mark.parametrize(("words", "message"), [
    ({"region": "Nrth East"}, "Did you mean 'North East'"),
    ({"metric": "net_savings"}, "Did you mean 'net_saving'"),
    ({"metric": "wellbeing", "per": "head"}, "is not money"),
    ({"metric": "mean_trust"}, "Mean trust has no value under 'silo': no commissioner"),
    ({"baseline": "single-pot"}, "'single-pot' is its own baseline"),
    ({"baseline": "silos"}, "Did you mean 'silo'"),
    ({"year": "2012-13"}, "no year of spending"),
    ({"settings": ["levers.cuts=2"], "quarters": 999}, "quarters"),
])
def test_what_cannot_be_ranked_is_said_before_anything_is_run(words: dict[str, Any], message: str) -> None:
    def never(done: int, of: int) -> None:
        raise AssertionError("something was run")

    with pytest.raises(InputError, match=message):
        tp.rank("single-pot", progress=never, **words)


def test_a_scenario_that_cannot_be_run_in_a_place_names_it() -> None:
    with pytest.raises(InputError, match="'silo' cannot be run in Atlantis"):
        in_places(tp.load("silo"), ["Rutland", "Atlantis"])


def test_regions_are_found_whatever_their_capitals() -> None:
    assert len(regions_of("2024-25")) == 9
    assert places_in(" north east ", "2024-25") == places_in([REGION], "2024-25")
    assert len(places_in((), "2024-25")) == 151
    with pytest.raises(UnknownName):
        places_in([REGION, "Wales"], "2024-25")


def test_places_do_not_depend_on_threads_and_are_told_as_they_end() -> None:
    names, seen = ["Rutland", "Hartlepool", "Darlington"], list[tuple[int, int]]()
    placed = [in_places(tp.load(one, quarters=2), names) for one in ("single-pot", "silo")]
    one = play_places(placed, 3, 7, lambda done, of, _: seen.append((done, of)), threads=1)
    other = play_places(placed, 3, 7, threads=3)
    assert seen == [(done, 3) for done in range(4)]
    assert list(one.end) == list(other.end) == names
    for name in names:
        assert np.array_equal(one.end[name], other.end[name], equal_nan=True)
        assert np.array_equal(one.against[name], other.against[name], equal_nan=True)


def test_the_command_prints_the_order_and_writes_it_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "ranked"
    words = ["rank", "single-pot", "--region", REGION, "--runs", str(RUNS), "--quarters", str(QUARTERS), "--per", "head"]
    assert exit_code([*words, "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "Places by the difference in net saving a head (single-pot against silo; 12 places, budgets of 2010-11; 6 runs" in shown
    assert "not what causes it" in shown or "what goes with the order is not told" in shown
    frame = pd.read_csv(out / "ranking.csv", encoding="utf-8-sig")
    pd.testing.assert_frame_equal(
        frame[["name", "rank", "value"]], pd.read_parquet(out / "ranking.parquet")[["name", "rank", "value"]])
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert manifest["options"]["metric"] == "net_saving_per_head"
    assert manifest["files"]["ranking.csv"]["sha256"] == file_checksum(out / "ranking.csv")
    drawn = sorted(path.name for path in (out / "figures").iterdir())
    assert drawn == [f"{name}.{ending}" for name in ("map", "ranking") for ending in ("csv", "png", "svg")]
    for name, column in (("ranking", "value"), ("map", "median")):
        data = pd.read_csv(out / "figures" / f"{name}.csv", encoding="utf-8-sig").set_index("place")
        np.testing.assert_array_equal(data.loc[frame["place"], column], frame["value"])
        assert set(data["metric"]) == {"net_saving_per_head"}
    assert exit_code([*words, "--out", str(out)]) == 2, "a folder that is there is not written over"


def test_the_command_draws_in_a_house_style(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "house.yaml").write_text('colours: ["#123456", "#abcdef"]\nformats: [pdf]\n')
    words = ["rank", "single-pot", "--region", REGION, "--runs", "2", "--quarters", "4", "--style", str(tmp_path / "house.yaml")]
    assert exit_code([*words, "--out", str(tmp_path / "ranked")]) == 0
    assert "as PDF)" in capsys.readouterr().out
    names = sorted(path.name for path in (tmp_path / "ranked" / "figures").iterdir())
    assert names == ["map.csv", "map.pdf", "ranking.csv", "ranking.pdf"]


def test_figures_show_the_places_and_mark_what_is_not_ranked(found: Ranking) -> None:
    order = found.plot("ranking")
    labels = [text.get_text() for text in order.axes[0].get_yticklabels()]
    assert labels[0] == f"1  {found.tables['ranking']['place'][0]}"
    assert len(labels) == 12
    drawn = found.plot("map")
    assert any("not among the places that are ranked" in text.get_text() for legend in drawn.legends for text in legend.get_texts())
