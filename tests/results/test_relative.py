"""Money held against a place is the metric over its people, or over its base-year spend, wherever a metric is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import totalplace as tp
from tests.sweeps import assert_same, small_sweep
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.sim.browser.charts.base import axis_title
from totalplace.sim.browser.charts.ensembles import bands, comparable, has_course
from totalplace.sim.browser.parts.metric_choice import metric_items
from totalplace.sim.cli import exit_code
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.report.results_report import report_of_results
from totalplace.sim.results.compare import difference
from totalplace.sim.results.relative import PER, factors, held_against, is_metric, metric_called, names, parted

PLACE, QUARTERS = "Rutland", 8
POUNDS = [name for name, one in METRICS.items() if one.unit.startswith("£m")]


@pytest.fixture(scope="module")
def ensembles() -> list[tp.Ensemble]:
    return [tp.ensemble(tp.load(name, place=PLACE, quarters=QUARTERS), runs=6) for name in ("silo", "single-pot")]


def test_every_metric_in_pounds_and_no_other_is_there_a_head_and_as_a_share() -> None:
    found = list(names())
    assert found[: len(METRICS)] == list(METRICS)
    assert found[len(METRICS):] == [f"{name}{per.ending}" for per in PER.values() for name in POUNDS]
    assert len(set(found)) == len(found), "no metric has the name of another held against a place"
    assert not is_metric("wellbeing_per_head")
    assert not is_metric(3)


@pytest.mark.parametrize("name", POUNDS)
def test_a_head_is_the_metric_over_the_people_and_a_share_over_the_spend(name: str, ensembles: list[tp.Ensemble]) -> None:
    place = tp.places.load(PLACE)
    for one in ensembles:
        pounds = one.at_end(name)
        assert one.at_end(f"{name}_per_head") == pytest.approx(pounds * 1e6 / place.population, rel=1e-12)
        assert one.at_end(f"{name}_share_of_spend") == pytest.approx(100.0 * pounds / place.spend.sum(), rel=1e-12)
        assert one.series(f"{name}_per_head") == pytest.approx(one.series(name) * 1e6 / place.population, rel=1e-12)
    base, other = ensembles
    assert difference(other, base, f"{name}_per_head") == pytest.approx(
        difference(other, base, name) * 1e6 / place.population, rel=1e-9, abs=1e-9)


def test_units_labels_and_directions_are_those_of_the_metric_in_its_words() -> None:
    head, share = metric_called("net_saving_per_head"), metric_called("net_saving_share_of_spend")
    assert (head.label, head.unit, head.direction) == ("net saving a head", "£ a head a year of resources", 1)
    assert (share.label, share.unit, share.direction) == ("net saving as a share of spend", "% of base-year spend", 1)
    total = metric_called("net_saving_cumulative_per_head")
    assert (total.unit, total.aggregate) == ("£ a head of resources", "last")
    assert parted("net_saving_per_head") == ("net_saving", PER["head"])
    assert parted("pooled_share") == ("pooled_share", None)


def test_tables_of_python_tell_it_where_it_is_named(ensembles: list[tp.Ensemble]) -> None:
    names = ["net_saving_per_head", "wellbeing"]
    assert ensembles[1].summary(names).index.tolist() == names
    table = tp.compare(ensembles, metrics=names)
    assert table["metric"].tolist() == names * 2
    row = table[(table["scenario"] == "single-pot") & (table["metric"] == names[0])].iloc[0]
    assert row["difference"] == pytest.approx(float(np.median(difference(ensembles[1], ensembles[0], names[0]))))
    assert tp.compare(ensembles, metrics="net_saving_per_head")["metric"].nunique() == 1
    with pytest.raises(UnknownName):
        tp.compare(["silo", "single-pot"], metrics=["net_savings"])


def test_results_hold_what_the_rules_write_and_nothing_more(ensembles: list[tp.Ensemble]) -> None:
    assert list(ensembles[0].known_metrics) == list(METRICS)
    assert list(ensembles[0].summary().index) == list(METRICS)
    assert factors(["net_saving", "wellbeing"], ensembles[0].place) is None


def test_a_name_that_nothing_has_is_said_with_the_nearest(ensembles: list[tp.Ensemble]) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'net_saving_per_head'"):
        ensembles[0].at_end("net_saving_perhead")
    with pytest.raises(UnknownName, match="There is no metric 'wellbeing_per_head'"):
        metric_called("wellbeing_per_head")


def test_what_is_not_money_cannot_be_held_against_a_place() -> None:
    assert held_against("net_saving", None) == "net_saving"
    assert held_against("net_saving", "share") == held_against("net_saving_share_of_spend", "share") == "net_saving_share_of_spend"
    with pytest.raises(InputError, match="'wellbeing' is not money"):
        held_against("wellbeing", "head")
    with pytest.raises(InputError, match="Allowed: net_saving_share_of_spend"):
        held_against("net_saving_per_head", "share")
    with pytest.raises(UnknownName, match="'heads'"):
        held_against("net_saving", "heads")


def test_a_sweep_keeps_it_as_a_column_and_both_faces_agree(tmp_path: Path) -> None:
    names = ("net_saving", "net_saving_per_head", "net_saving_share_of_spend", "removed_cumulative_per_head")
    sweep = sweeps_with(small_sweep(samples=1, quarters=4), names)
    store = tp.sweep(sweep, tmp_path / "sweep", threads=1)
    assert_same(store, tp.sweep(sweep, tmp_path / "mesa", threads=1, engine="mesa"))
    frame = store.frame()
    for place, rows in frame.groupby("place"):
        one = tp.places.load(str(place))
        pounds = rows["net_saving"].to_numpy()
        assert rows["net_saving_per_head"].to_numpy() == pytest.approx(pounds * 1e6 / one.population)
        assert rows["net_saving_share_of_spend"].to_numpy() == pytest.approx(100.0 * pounds / one.spend.sum())
    units = store.summary().set_index("metric")["unit"].to_dict()
    assert units["net_saving_per_head"] == "£ a head a year of resources"
    assert tuple(tp.open_sweep(tmp_path / "sweep").manifest.metrics) == names


def sweeps_with(sweep: tp.sweeps.Sweep, metrics: tuple[str, ...]) -> tp.sweeps.Sweep:
    from dataclasses import replace

    return replace(sweep, metrics=metrics, metric_places=sweep.metric_places[:1] * len(metrics))


def test_commands_and_reports_show_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, asked = tmp_path / "out", ["--metric", "net_saving_per_head", "--metric", "net_saving"]
    words = ["compare", "silo", "single-pot", "--place", PLACE, "--quarters", "4", "--runs", "2", "--figures", "none"]
    assert exit_code([*words, *asked, "--out", str(out)]) == 0
    shown = capsys.readouterr().out
    assert "Net saving a head in the last year (£ a head a year of" in shown
    report = report_of_results(out, ["net_saving_per_head"])
    assert "£ a head" in str(report.summary) + str(report.sections)
    assert exit_code(["metrics"]) == 0
    listed = capsys.readouterr().out
    assert "NAME_per_head [£ a head a year of resources]" in listed
    assert "NAME_share_of_spend [% of base-year spend]" in listed


def test_figures_draw_it(ensembles: list[tp.Ensemble]) -> None:
    figure = tp.figures.differences(ensembles, ensembles[0], ["net_saving_per_head"])
    assert "£ a head" in figure.axes[0].get_title() + figure.axes[0].get_title(loc="left")
    for name in ("net_saving_per_head", "net_saving_share_of_spend"):
        assert has_course(ensembles, name)
        assert comparable(ensembles, name) == [1]
        assert axis_title(metric_called(name)) in str(bands(ensembles, name, False))
    offered = [item["value"] for item in metric_items("today", held=True) if "value" in item]
    assert offered == list(names())
