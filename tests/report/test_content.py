"""What a report says is what the runs say."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import totalplace as tp
from tests.drawing import reports_drawing_little
from tests.report.conftest import RUNS, write_results
from tests.report.page_text import Page, cell
from tests.signing import signed_again
from totalplace.scenarios.errors import InputError, UnknownName
from totalplace.scenarios.registry import PARAMETERS
from totalplace.scenarios.user_text import csv_safe
from totalplace.sim.model.metrics import METRICS
from totalplace.sim.report import report, write_report
from totalplace.sim.report.content import column_of
from totalplace.sim.report.findings import contrast, stand
from totalplace.sim.report.set_up import differing_levers, without_paths
from totalplace.sim.report.validity import of_scenarios
from totalplace.sim.results.compare import compare, difference, shared_draws
from totalplace.sim.results.monte_carlo import plus_minus, share_interval, share_words
from totalplace.sim.results.run import BAND, Ensemble
from totalplace.sim.results.setting import seeds_in_words
from totalplace.sim.results.verdicts import VALIDATION, verdicts
from totalplace.sim.results.what_is_known import unknown
from totalplace.sim.results.who_gains import net_gain, paying
from totalplace.sim.results.wording import amount

ORDER = ["summary", "question", "set-up", "headline", "freed-money", "who-pays", "cohorts", "refusals", "validity", "provenance"]


def test_a_comparison_has_every_part_in_order(html: Path) -> None:
    assert Page(html.read_text()).sections == ORDER


def test_the_headline_gives_medians_bands_and_paired_differences(html: Path, ensembles: list[Ensemble]) -> None:
    table = Page(html.read_text()).tables["Net saving (£m a year of resources, more is better)"]
    metric = METRICS["net_saving"]
    for row, ensemble in zip(table[1:], ensembles, strict=True):
        assert row[0] == ensemble.scenario.name
        quantiles = np.quantile(ensemble.at_end("net_saving"), [0.05, 0.5, 0.95])
        low, middle, high = (amount(value, metric.unit, brief=True) for value in quantiles)
        assert cell(row[1]) == f"{middle} ({low} to {high})"
    gap, draws = difference(ensembles[2], ensembles[0], "net_saving"), shared_draws(ensembles[2], ensembles[0])
    low, middle, high = (amount(v, metric.unit, brief=True, signed=True) for v in np.quantile(gap, [0.05, 0.5, 0.95]))
    assert cell(table[3][2]) == " ".join(filter(None, (middle, plus_minus(gap, metric.unit, draws), f"({low} to {high})")))
    assert unknown(gap, draws) == "–", "too few draws to tell what is not known"
    assert "not known" not in table[0], "so that there is no column of it"
    assert cell(table[3][3]) == share_words(np.mean(gap > 0), share_interval(int(np.sum(gap > 0)), RUNS))
    assert table[1][2] == "baseline"


@pytest.mark.parametrize("name", ["net_saving", "reactive_share", "pooled_share", "mean_trust"])
def test_sentences_about_a_metric_are_true(ensembles: list[Ensemble], name: str) -> None:
    metric, ensembles = METRICS[name], many(ensembles)
    said = " ".join(contrast(ensembles, ensembles[0], metric))
    valued = [ensemble for ensemble in ensembles if np.isfinite(ensemble.at_end(name)).all()]
    ends = {e.scenario.name: np.median(e.at_end(name)) * (metric.direction or 1) for e in valued}
    assert f"under {max(ends, key=lambda key: ends[key])}" in said or "no clear difference" in said
    for ensemble in ensembles[1:] if "silo" in ends else ():
        low, high = np.quantile(difference(ensemble, ensembles[0], name), BAND)
        way = "clearly higher" if low > 0 else "clearly lower" if high < 0 else "no clear difference"
        found = re.search(rf"{way}: ([^;.]*)", said)
        assert found is None or ensemble.scenario.name in found.group(1)
        assert found is not None or "all others" in said or "no clear difference between" in said


def test_nothing_that_differs_is_called_the_same_and_the_other_way_round(ensembles: list[Ensemble]) -> None:
    ensembles = many(ensembles)
    alike = replace(ensembles[0], scenario=ensembles[0].scenario.with_settings(["name=twin"]))
    assert contrast([ensembles[0], alike], ensembles[0], METRICS["wellbeing"]) == (
        f"Wellbeing: no clear difference between silo and twin ({np.median(ensembles[0].at_end('wellbeing')):.3f} under silo).",
    )


def many(ensembles: list[Ensemble]) -> list[Ensemble]:
    """The same runs six times over: enough for what is said of differences."""
    return [replace(e, metrics=np.concatenate([e.metrics] * 6), seeds=np.arange(6 * e.runs)) for e in ensembles]


def invented(ensembles: list[Ensemble], ends: dict[str, np.ndarray]) -> list[Ensemble]:
    """Ensembles whose wellbeing is ``ends`` (R,) in every quarter, by name of the scenario."""
    base = ensembles[1]
    made = []
    for name, end in ends.items():
        metrics = np.repeat(base.metrics[:1], len(end), axis=0)
        metrics["wellbeing"] = end[:, np.newaxis]
        scenario = base.scenario.with_settings([f"name={name}"])
        made.append(replace(base, scenario=scenario, metrics=metrics, seeds=np.arange(len(end))))
    return made


def test_few_runs_are_called_few_not_alike(ensembles: list[Ensemble]) -> None:
    few = np.linspace(0.0, 1.0, 16)
    three = invented(ensembles, {"base": few, "best": few + 5.0, "worst": few - 5.0})
    assert contrast(three, three[0], METRICS["wellbeing"]) == (
        "Wellbeing: 16 runs are too few to call a difference clear; "
        "the highest median is 5.500, under best, against 0.500 under base.",
    )
    one = {name: values[:1] for name, values in (("base", few), ("best", few + 5.0))}
    assert stand(one, METRICS["wellbeing"]) == (
        "Wellbeing: one run says nothing of chance; the highest median is 5.000, under best."
    )


def test_no_winner_is_named_that_does_not_differ_clearly(ensembles: list[Ensemble]) -> None:
    rng = np.linspace(0.0, 1.0, 40)
    three = invented(ensembles, {"base": rng, "best": rng[::-1] + 0.1, "worst": rng - 5.0})
    lead, against = contrast(three, three[0], METRICS["wellbeing"])
    assert lead == "Wellbeing ends highest under best (0.600), without a clear difference from base (0.500)."
    assert against == "Against base, clearly lower: worst; no clear difference: best."


def test_without_the_baseline_that_differs_what_differs_is_still_said(ensembles: list[Ensemble]) -> None:
    """No other scenario differs clearly from the first one, but the others do from each other."""
    rng = np.linspace(0.0, 1.0, 40)
    wide = rng * 20 - 9.6
    three = invented(ensembles, {"wide": wide, "low": rng, "high": rng + 0.3})
    lead, against = contrast(three, three[0], METRICS["wellbeing"])
    assert lead == "Wellbeing ends highest under high (0.800), without a clear difference from wide (0.400)."
    assert against == "Against wide, no clear difference: low and high."
    first = invented(ensembles, {"low": rng, "high": rng + 0.3})
    assert contrast(first, first[0], METRICS["wellbeing"]) == (
        "Wellbeing ends clearly highest under high: 0.800, against 0.500 under low.",
    )


@settings(max_examples=60, deadline=None)
@given(data=st.data(), direction=st.sampled_from(["wellbeing", "inequality", "pooled_share"]))
def test_in_short_never_contradicts_the_bands(ensembles: list[Ensemble], data: st.DataObject, direction: str) -> None:
    metric = METRICS[direction]
    numbers = st.lists(st.integers(-3, 3), min_size=8, max_size=8)
    names = ["a0", "b0", "c0", "d0"][: data.draw(st.integers(2, 4))]
    values = {name: np.tile(data.draw(numbers), 5) + float(data.draw(st.integers(-4, 4))) for name in names}  # 40 runs
    said = stand(values, metric, names[0])
    sign = metric.direction or 1
    for name, other in permutations(names, 2):
        low, high = np.quantile((values[name] - values[other]) * sign, BAND)
        if f"clearly highest under {name}:" in said or f"clearly lowest under {name}:" in said:
            assert low > 0, "a clear first is clearly ahead of every other"
        if "no clear difference between" in said:
            assert low <= 0 <= high
        if re.search(rf"est under (the baseline, )?{other} \(.*without a clear difference from .*{name}", said):
            assert low <= 0, "who is level is not ahead"


def test_net_gains_add_up_to_nothing_and_stand_in_the_table(html: Path, ensembles: list[Ensemble]) -> None:
    table = Page(html.read_text()).tables["Net gain of each agency (£m)"]
    assert table[0] == ["agency", "joint-commissioning", "single-pot"]
    net = net_gain(ensembles[2])
    np.testing.assert_allclose(net.sum(axis=1), 0.0, atol=1e-9)
    assert len(table) == 1 + len(ensembles[2].agency_names)
    for row, values in zip(table[1:], net.T, strict=True):
        assert cell(row[2]).startswith(amount(float(values.mean()), "£m", brief=True))


def test_who_gains_and_who_pays_is_named_only_where_runs_agree_on_the_sign(ensembles: list[Ensemble]) -> None:
    base = ensembles[2]
    agencies = len(base.agency_names)
    gains = np.zeros((20, agencies, agencies))
    gains[:, 0, 1] = 5.0  # the first pays for the second in every run
    gains[:, 2, 3] = np.linspace(-9.0, 14.0, 20)  # between the third and the fourth it goes either way
    one = replace(base, gains=gains, seeds=np.arange(20), metrics=np.repeat(base.metrics[:1], 20, axis=0))
    said = paying(one)
    assert said.startswith("single-pot by itself: ")
    assert "clear net gain through the others: NHS (£5.00m)" in said
    assert "clear net payment for the others: council (−£5.00m)" in said
    assert "2 agencies gain in some runs and pay in others" in said
    assert "police" not in said
    assert "fire" not in said


def test_tables_are_files_with_full_numbers(html: Path, ensembles: list[Ensemble]) -> None:
    folder = html.with_suffix("")
    written = pd.read_csv(folder / "tables" / "headline.csv")
    expected = csv_safe(compare(ensembles, "silo")).replace("", np.nan)
    pd.testing.assert_frame_equal(written, expected, check_dtype=False, rtol=1e-12)
    assert list(written.columns) == [
        "scenario", "place", "metric", "label", "unit", "measured_as", "better", "baseline", "runs",
        "level", "level_p05", "level_p95", "level_from", "level_to", "level_unknown", "level_unknown_from", "level_unknown_to",
        "difference", "difference_p05", "difference_p95", "difference_from", "difference_to",
        "difference_unknown", "difference_unknown_from", "difference_unknown_to", "difference_mean",
        "clear", "share_better", "share_better_from", "share_better_to",
    ]
    for path in (folder / "tables").iterdir():
        assert path.read_bytes().startswith("\ufeff".encode()), "Excel needs the mark of UTF-8"
    gains = pd.read_csv(folder / "tables" / "gains.csv")
    total = gains[gains["scenario"] == "single-pot"]["gain_mean"].sum()
    assert total == pytest.approx(ensembles[2].gains.mean(axis=0).sum())
    net = pd.read_csv(folder / "tables" / "net-gains.csv")
    expected_net = net_gain(ensembles[2]).mean(axis=0)
    np.testing.assert_allclose(net[net["scenario"] == "single-pot"]["net_gain_mean"], expected_net)


def test_every_figure_is_there_as_svg_and_png_with_its_data_and_on_the_page(html: Path) -> None:
    figures = html.with_suffix("") / "figures"
    manifest = json.loads((html.with_suffix("") / "manifest.json").read_text())
    assert {path.name for path in figures.iterdir()} == {f"{n}.{e}" for n in manifest["figures"] for e in ("svg", "png", "csv")}
    page = Page(html.read_text())
    assert page.tags.count("img") == len(manifest["figures"]) >= 7
    assert all(len(text) > 20 for name, text in page.attributes if name == "alt")


def test_one_scenario_alone(alone: Path, ensembles: list[Ensemble]) -> None:
    content = report(alone)
    assert [section.name for section in content.sections] == ORDER[1:]
    start, end = ensembles[2].metrics["wellbeing"][:, 0], ensembles[2].at_end("wellbeing")
    low, high = np.quantile(end - start, BAND)
    way = "rises" if low > 0 else "falls" if high < 0 else "does not clearly change"
    assert any(sentence.startswith(f"Wellbeing {way}: ") for sentence in content.summary)
    assert "Few" not in content.title
    assert "single-pot" in content.lead


def test_a_silo_has_nobody_who_pays_and_nobody_who_refuses(ensembles: list[Ensemble], tmp_path: Path) -> None:
    content = report(write_results(tmp_path / "silo", ensembles[:1], "silo"))
    said = {section.name: " ".join(section.paragraphs) for section in content.sections}
    assert "No agency ceded anything" in said["who-pays"]
    assert "Nobody asked anybody" in said["refusals"]


def test_metrics_can_be_chosen_and_unknown_ones_are_named(compared: Path) -> None:
    content = report(compared, ["wellbeing_older_people"])
    titles = [table.title for section in content.sections if section.name == "headline" for table in section.tables]
    assert titles == [f"Medians of {RUNS} runs in the last year", "Wellbeing of older people (0-1, more is better)"]
    with pytest.raises(UnknownName, match="net_savings"):
        report(compared, ["net_savings"])


def test_levers_that_differ_are_named_with_both_values() -> None:
    base = tp.load("joint-commissioning")
    settings = ["levers.clawback.health=0.6", "levers.capital_pot=1", "levers.savings_rule=equal"]
    changed = tp.load("joint-commissioning", set=settings)
    assert differing_levers(changed, base) == [
        "clawback of health 0.6 (0.3)", "capital pot 1 (0)", "savings rule equal (proportional)",
    ]
    assert differing_levers(tp.load("joint-commissioning", set=["levers.clawback=0.6"]), base) == ["clawback 0.6 (0.3)"]
    assert differing_levers(base, base) == []


@pytest.mark.parametrize(("values", "shown"), [
    ([0.0002, 0.00005, -0.000004, 0.0], ["0.0002", "0.00005", "−0.000004", "0.0000"]),
    ([3.25, 0.004, -0.0], ["3.25", "0.00", "0.00"]), ([0.02, 1e-9], ["0.0200", "0.0000"]),
])
def test_what_a_sentence_tells_of_is_not_nothing_in_a_table(values: list[float], shown: list[str]) -> None:
    assert column_of(values) == shown


def test_seeds_in_words() -> None:
    assert seeds_in_words([3, 1, 2]) == "1 to 3"
    assert seeds_in_words([1, 5]) == "1 and 5"
    assert seeds_in_words(list(range(0, 60, 2))).endswith("and 10 more")


def test_paths_are_cut_to_their_last_part() -> None:
    assert without_paths("cuts: /somewhere/of/somebody/secret/cuts.yaml\nnext: a/b") == "cuts: cuts.yaml\nnext: a/b"


def test_verdicts_are_those_of_the_validation_page() -> None:
    found = verdicts()
    text = VALIDATION.read_text()
    counted = Counter(row[0] for row in found.of.values())
    words = r"Of (\d+) facts with a published figure (\d+) .*?; of (\d+) facts with a direction only (\d+) .*?; (\d+) more"
    sentence = re.search(words, text)
    assert sentence is not None
    figures, good, directions, hold, listed = (int(number) for number in sentence.groups())
    assert (len(found.of), counted["reproduced"], counted["listed"]) == (figures + directions + listed, good + hold, listed)
    assert found.heads[0] == "verdict"
    assert all(len(row) == len(found.heads) for row in found.of.values())
    assert verdicts(Path("nowhere.md")).of == {}


def test_validity_says_what_the_bands_show_and_when_runs_are_few() -> None:
    held, drawn = tp.load("silo"), tp.load("silo", set=["uncertainties=prior"])
    assert any("held at one value" in point for point in of_scenarios([held], 100).points)
    assert any(f"{len(PARAMETERS)} parameters of {len(PARAMETERS)} vary" in point for point in of_scenarios([drawn], 100).points)
    assert of_scenarios([held], 100).notes == ()
    assert "Only 4 runs" in of_scenarios([held], 4).notes[0]


def test_provenance_names_what_is_missing(compared: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(compared, tmp_path / "copy")
    manifest = signed_again(folder, lambda manifest: manifest["scenarios"][1]["seeds"].extend([98, 99]))
    section = report(folder).sections[-1]
    assert section.notes == ("2 runs named in the manifest are not in the tables.",)
    hashes = next(table for table in section.tables if table.name == "scenario-hashes")
    assert [row[1] for row in hashes.rows] == [entry["sha256"] for entry in manifest["scenarios"]]


def test_a_condition_is_for_sweeps(compared: Path) -> None:
    with pytest.raises(InputError, match="no sweep"):
        report(compared, when="net_saving > 0")


def test_scenarios_with_other_agencies_stand_side_by_side(tmp_path: Path) -> None:
    different = [tp.ensemble(tp.load(name, place="Rutland", quarters=8), runs=2) for name in ("pct", "gp-consortia")]
    with reports_drawing_little():
        html = write_report(write_results(tmp_path / "two", different, "pct"), tmp_path / "page.html")
    table = Page(html.read_text()).tables["Net gain of each agency (£m)"]
    rows = {row[0]: row[1:] for row in table[1:]}
    assert rows["NHS"][1] == "–" != rows["NHS"][0]
    assert rows["GP consortium 1"][0] == "–" != rows["GP consortium 1"][1]
    drawn = {path.stem for path in (tmp_path / "page" / "figures").glob("*.svg")}
    assert {"refusals-pct", "refusals-gp-consortia"} <= drawn
    assert "net-gains" not in drawn
