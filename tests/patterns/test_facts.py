"""Published facts held against the model, in short: few draws, the criteria that hold with room to spare, lever signs.

The full validation is ``totalplace validate``; its report is ``docs/validation.md``. Nothing here forces a verdict: facts
that the model misses are reported as missed, and not tested.
"""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

import totalplace as tp
from totalplace import scenarios
from totalplace.scenarios import places
from totalplace.scenarios.errors import InputError
from totalplace.scenarios.lever_trials import Trial
from totalplace.scenarios.registry import LEVERS, PARAMETERS
from totalplace.sim.cli import exit_code
from totalplace.sim.evidence.fact_runs import WATCHES, draws, from_prior, observe, places_by_rule
from totalplace.sim.evidence.facts import (
    CHECKED,
    FLOOR,
    HELD_OUT,
    LISTED,
    LOG,
    NOT,
    PARTLY,
    REPRODUCED,
    TARGET,
    USES,
    WIDE,
    Criterion,
    criterion_verdict,
    fact_verdict,
    facts,
    interval,
    settings,
    targets,
    waiting,
)
from totalplace.sim.evidence.former_measures import FORMER
from totalplace.sim.evidence.held_out import DRAWN, HELD_OUT_YEAR, chosen_places, draw_before, draw_places, looked_at
from totalplace.sim.evidence.lever_signs import TRIALS, Push, checked, lever_signs
from totalplace.sim.evidence.measures import MEASURES
from totalplace.sim.evidence.model_digest import model_digest
from totalplace.sim.evidence.resampling import STEADY
from totalplace.sim.evidence.validation import Validation, rank_correlations, validate
from totalplace.sim.evidence.validation_page import markdown, write
from totalplace.sim.model.metrics import METRICS

ROOT = Path(__file__).resolve().parents[2]
#: Criteria without a figure that nearly every draw meets at default values.
FIRM = (
    "admissions_effect", "admissions_early", "local_over_national", "years_later", "interest", "retreat", "mandate_money",
    "mandate_wellbeing",
)
#: Levers that show their whole effect in a dozen runs.
STRONG = ("encouragement", "clawback", "single_pot", "mandate", "scope", "transition_fund", "cuts")
#: Facts with a published figure, facts with a direction, and facts that are listed, by the model description.
FIGURES, DIRECTIONS, LISTS = (1, 2, 3, 4, 5, 6, 13, 14), (8, 9, 11, 12), (7, 10, 15)


@pytest.fixture(scope="module")
def found() -> Validation:
    return validate(runs=6, places=chosen_places()[2::6], draw="default", histories=2)


def figure(central: float, observation: float, discrepancy: float, scale: str = "linear") -> Criterion:
    return Criterion("m", "label", "%", "basis", TARGET, central, observation=observation, discrepancy=discrepancy, scale=scale)


def test_the_report_was_written_with_the_model_of_today() -> None:
    text = (ROOT / "docs" / "validation.md").read_text("utf-8")
    assert f"`{model_digest()}`" in text, "run totalplace validate --out docs, then read it"


def test_facts_are_those_of_the_model_description_each_with_source_and_the_rule_that_stands_in_the_way() -> None:
    for fact in facts():
        assert fact.source, fact.name
        assert fact.used, fact.name
        assert fact.change, fact.name
        assert fact.use in USES
    assert tuple(fact.number for fact in facts() if fact.figure) == FIGURES
    assert tuple(fact.number for fact in facts() if fact.judged and not fact.figure) == DIRECTIONS
    assert tuple(fact.number for fact in facts() if not fact.judged) == LISTS
    assert all(fact.use == TARGET for fact in facts() if fact.figure)
    assert all(one.role == HELD_OUT for fact in facts() if fact.number in DIRECTIONS for one in fact.judged)
    assert len(waiting()) == 2


def test_every_criterion_has_a_measure_and_a_figure_with_its_errors_or_a_range() -> None:
    criteria = [one for fact in facts() for one in fact.criteria]
    assert {one.measure for one in criteria} == set(MEASURES)
    for one in criteria:
        assert one.basis, one.measure
        assert one.plain, one.measure
        assert one.low < one.high
        if one.role == TARGET or (one.central is not None and one.role != LISTED):
            assert one.deviation > 0.0
            assert one.observation_basis, one.measure
            assert one.discrepancy_basis, one.measure
        if one.central is not None:
            assert one.low <= one.central <= one.high
    assert {one.measure for one in targets()} == {one.measure for one in criteria if one.role == TARGET}


def test_measures_of_before_are_taken_count_for_nothing_and_say_what_changed_them() -> None:
    former = [one for fact in facts() for one in fact.former]
    assert set(FORMER) <= {one.measure for one in former} <= set(FORMER) | set(MEASURES)
    assert not set(FORMER) & set(MEASURES)
    assert all(one.changed and one.basis for one in former)
    assert not any(one.changed for fact in facts() for one in fact.criteria)


def test_the_figures_of_the_panel_are_what_the_panel_says() -> None:
    """142 places, mean over the year against 2017-18; the elasticity with place and year effects."""
    from totalplace.sim.evidence.panel.growth import growth
    from totalplace.sim.evidence.panel.regressions import within
    from totalplace.sim.evidence.panel.tables import LAST, children, children_logs
    from totalplace.sim.evidence.panel.tables import places as whole

    by_name = {one.measure: one.central for fact in facts() for one in fact.criteria}
    first, end = growth(2018, 2022), growth(2018, 2025)
    assert by_name["children_numbers"] == pytest.approx(100.0 * math.expm1(first.numbers), abs=0.05)
    assert by_name["children_unit_cost"] == pytest.approx(100.0 * math.expm1(first.unit_cost), abs=0.05)
    for name, growth_of in (("numbers", end.numbers), ("unit_cost", end.unit_cost), ("spend", end.spend)):
        assert by_name[f"children_{name}_end"] == pytest.approx(math.exp(growth_of), abs=0.001)
    logs = children_logs().loc[whole(children()["marks"])]
    logs = logs[logs.index.get_level_values("year") <= LAST]
    slope = within(logs["looked_after_spend"], {"need": logs["mean_looked_after"]})["need"]
    assert by_name["children_elasticity"] == pytest.approx(slope.value, abs=0.01)


def test_the_spread_over_councils_is_what_other_income_says() -> None:
    import pandas as pd

    from totalplace.sim.evidence.panel.tables import HERE

    wide = pd.read_csv(HERE / "other_income.csv").pivot(index="code", columns="year", values="share")
    by_name = {one.measure: one.central for fact in facts() for one in fact.criteria}
    assert by_name["spread_over_places"] == pytest.approx(wide[2025].std() / wide[2025].mean(), abs=0.01)
    assert by_name["year_to_year"] == pytest.approx(wide[2024].corr(wide[2025]), abs=0.01)
    year_to_year = next(one for fact in facts() for one in fact.criteria if one.measure == "year_to_year")
    earlier = " and ".join(f"{wide[year].corr(wide[year + 1]):.2f}" for year in (2022, 2023))
    assert year_to_year.basis.endswith(f"pairs of years before have {earlier}")
    assert year_to_year.observation_basis.startswith(f"{len(wide[[2024, 2025]].dropna())} councils")


def test_the_sum_of_full_redesign_says_what_it_is_at_the_prices_it_is_held_against() -> None:
    from totalplace.scenarios.prices import deflator

    one = next(one for one in targets() if one.measure == "full_redesign_england")
    assert one.central is not None
    assert f"at prices of 2010-11 it is £{one.central * deflator(2010) / deflator(2012):.2f}bn" in one.basis


def test_settings_name_scenarios_metrics_places_and_parameters_that_there_are() -> None:
    for setting in settings().values():
        scenarios.load(setting.scenario, place=setting.place or None, set=list(setting.set))
        assert set(setting.keep) <= set(METRICS)
        assert {name for name, _ in setting.parameters} <= set(PARAMETERS)
        assert setting.watch in ("", *WATCHES)


def test_targets_are_measured_without_stopping_a_run_to_look() -> None:
    seen = observe([one for one in settings().values() if not one.watch], ["Rutland", "Darlington"], draws("default", 1), threads=1)
    with np.errstate(all="ignore"):
        assert all(MEASURES[one.measure](seen).shape == (1,) for one in targets())
        other = replace(seen, data={name: kept for name, kept in seen.data.items()
                                    if f"year={HELD_OUT_YEAR}" not in settings()[name].set})
        for one in targets():
            if one.measure in ("children_numbers", "children_unit_cost"):  # as the page says of the year held out
                with pytest.raises(KeyError):
                    MEASURES[one.measure](other)
            else:
                assert MEASURES[one.measure](other).shape == (1,)


def test_a_likelihood_is_the_kernel_of_figure_and_discrepancy() -> None:
    one = figure(10.0, 3.0, 4.0)
    assert one.deviation == 5.0
    values = np.array([10.0, 15.0, 0.0, np.nan, math.inf, 10.0 + 5.0 * 21])
    assert one.log_likelihood(values) == pytest.approx([0.0, -0.5, -2.0, FLOOR, FLOOR, FLOOR])
    ratio = figure(2.0, 0.3, 0.4, LOG)
    assert ratio.log_likelihood(np.array([2.0, 2.0 * math.exp(0.5), 2.0 / math.exp(1.0), 0.0, -1.0])) == pytest.approx(
        [0.0, -0.5, -2.0, FLOOR, FLOOR])


def test_beyond_a_bound_the_kernel_is_half_a_normal_and_before_it_flat() -> None:
    bound = Criterion("m", "label", "years", "basis", TARGET, high=2.0, observation=0.3, discrepancy=0.4)
    assert bound.log_likelihood(np.array([0.0, 2.0, 2.5, 3.0, math.inf])) == pytest.approx([0.0, 0.0, -0.5, -2.0, FLOOR])
    with pytest.raises(ValueError, match="no errors are stated for m"):
        Criterion("m", "label", "years", "basis", CHECKED, high=2.0).log_likelihood(np.ones(1))


def test_the_range_of_a_figure_is_what_its_errors_allow_in_nine_cases_of_ten() -> None:
    by_name = {one.measure: one for one in targets()}
    share = by_name["voluntary_share"]
    assert (share.low, share.high) == pytest.approx((3.4 - 1.6449 * share.deviation, 3.4 + 1.6449 * share.deviation))
    spread = by_name["spread_over_places"]
    assert math.log(spread.high / 0.415) == pytest.approx(-math.log(spread.low / 0.415)) == pytest.approx(1.6449 * spread.deviation)
    chance = np.random.default_rng(1).normal(3.4, share.deviation, 20000)
    assert share.holds(chance).mean() == pytest.approx(0.9, abs=0.01)


def test_a_figure_is_reproduced_where_it_lies_inside_a_band_half_as_wide_as_the_priors() -> None:
    one, grid = figure(10.0, 1.0, 1.0), np.linspace(-1.0, 1.0, 201)
    assert criterion_verdict(one, 10.0 + 4.0 * grid, 10.0 + 10.0 * grid) == REPRODUCED
    assert criterion_verdict(one, 10.0 + 6.0 * grid, 10.0 + 10.0 * grid) == WIDE
    assert criterion_verdict(one, 15.0 + 4.0 * grid, 10.0 + 10.0 * grid) == NOT
    assert criterion_verdict(one, np.full(9, np.nan), 10.0 + grid) == NOT
    never = np.where(grid > 0.8, math.inf, 10.0 + grid)
    assert criterion_verdict(one, never, never) == WIDE
    assert criterion_verdict(one, 10.0 + grid, never) == REPRODUCED
    ratio = figure(1.0, 0.1, 0.1, LOG)  # on its own scale: 12 times to a twelfth against 100 times to a hundredth
    assert criterion_verdict(ratio, 12.0**grid, 100.0**grid) == WIDE
    assert criterion_verdict(ratio, 2.0**grid, 100.0**grid) == REPRODUCED


def test_a_direction_holds_in_nine_draws_of_ten() -> None:
    sign = Criterion("m", "label", "points", "basis", HELD_OUT, low=0.1)
    assert criterion_verdict(sign, np.array([1.0] * 9 + [0.0]), np.zeros(0)) == REPRODUCED
    assert criterion_verdict(sign, np.array([1.0] * 8 + [0.0, np.nan]), np.zeros(0)) == NOT


def test_the_rule_of_verdicts_on_facts() -> None:
    assert fact_verdict([REPRODUCED, REPRODUCED]) == REPRODUCED
    assert fact_verdict([REPRODUCED, WIDE]) == WIDE
    assert fact_verdict([REPRODUCED, NOT]) == fact_verdict([WIDE, NOT]) == PARTLY
    assert fact_verdict([NOT, NOT]) == NOT


def test_a_draw_that_cannot_be_measured_does_not_hold() -> None:
    one = Criterion("m", "label", "%", "basis", high=30.0)
    assert one.holds(np.array([np.nan, 30.0, 31.0, -math.inf])).tolist() == [False, True, False, True]


def test_intervals_leave_out_what_cannot_be_measured_and_keep_never() -> None:
    assert interval(np.array([np.nan, 1.0, 2.0, 3.0, 4.0, math.inf])) == (1.0, 3.0, math.inf)
    assert all(math.isnan(value) for value in interval(np.array([np.nan])))


def test_rank_correlations_are_spearmans() -> None:
    table = draws("prior", 40)
    outcome = table[:, 0] ** 3 - table[:, 1]
    ours = rank_correlations(table, outcome)
    assert ours[:4] == pytest.approx([spearmanr(table[:, i], outcome)[0] for i in range(4)])
    assert not rank_correlations(table, np.ones(40)).any()


def test_places_by_rule_are_eight_from_eight_regions() -> None:
    chosen = places_by_rule()
    assert len({places.load(name).region for name in chosen}) == 8
    sizes = [places.load(name).population for name in chosen]
    assert max(sizes) > 3 * min(sizes)


def test_the_places_held_out_are_those_that_the_rule_draws() -> None:
    assert chosen_places() == draw_places()
    assert len(set(chosen_places())) == DRAWN
    sizes = [places.load(name).population for name in chosen_places()]
    assert sizes == sorted(sizes)
    assert not set(chosen_places()) & set(places_by_rule())
    assert not set(chosen_places()) & {setting.place for setting in settings().values()}


def test_places_in_which_verdicts_were_seen_were_drawn_by_the_same_rule_and_are_not_drawn_again() -> None:
    every = [name for places_then in looked_at() for name in places_then]
    assert every
    assert [draw_before(number) for number in range(len(looked_at()))] == list(looked_at())
    assert not set(every) & set(chosen_places())


def test_prior_draws_fill_their_ranges() -> None:
    table = draws("prior", 50)
    for column, row in zip(table.T, PARAMETERS.values(), strict=True):
        assert row.low <= column.min() < column.max() <= row.high
        first, last = from_prior(row, np.array([0.02, 0.98]))  # a hypercube of 50 has one in the first and one in the last fiftieth
        assert column.min() <= first < last <= column.max()
    assert (draws("default", 2)[1] == [row.default for row in PARAMETERS.values()]).all()


def test_what_is_observed_is_what_a_run_gives() -> None:
    """Stopping to look, and fixing parameters, changes nothing: equal to ``tp.run`` to the bit."""
    names = places_by_rule()[:2]
    asked = [settings()["joint"], settings()["joint_watched"], settings()["west_cheshire"]]
    seen = observe(asked, names, draws("default", 2), first_seed=5)
    run = tp.run(tp.load("joint-commissioning", place=names[1], set=["uncertainties=default"]), seed=5 + 2 + 1)
    for name in settings()["joint"].keep:
        assert (seen("joint", name)[1, 1] == run.metrics[name]).all()
    agreed = {(int(deal["quarter"]), int(deal["theme"])) for deal in run.deals if deal["agreed"] > 0.0}
    assert seen("joint_watched", "lags")[1, 1].sum() == len(agreed)
    assert seen("west_cheshire", "planned_benefit_cost_ratio").shape == (2, 1, 40)


def test_ties_are_those_at_the_end_of_the_run() -> None:
    seen = observe([settings()["bcf_two_years"]], ["Oldham"], draws("default", 1), first_seed=3, threads=1)
    run = tp.run(tp.load("better-care-fund", place="Oldham", set=["uncertainties=default", "quarters=26"]), seed=3)
    assert (seen("bcf_two_years", "trust")[0, 0] == run.ties_end["trust"].reshape(-1)).all()
    assert (seen("bcf_two_years", "partner")[0, 0] == (run.ties_end["money"].reshape(-1) > 0.0)).all()
    assert 0 < seen("bcf_two_years", "partner").sum() < seen("bcf_two_years", "partner").size


@pytest.mark.parametrize("measure", FIRM)
def test_patterns_that_hold_with_room_to_spare(found: Validation, measure: str) -> None:
    one = next(m for finding in found.findings for m in finding.measured if m.criterion.measure == measure)
    assert one.verdict == REPRODUCED, interval(one.values)


def test_at_one_value_of_all_parameters_no_figure_is_inside_a_band_by_its_width_alone(found: Validation) -> None:
    """Bands of chance alone are narrow, so that a figure is reproduced only where it is met."""
    for finding in found.findings:
        for one in finding.measured:
            if one.criterion.central is not None and one.verdict == REPRODUCED:
                low, _, high = interval(one.values)
                assert low <= one.criterion.central <= high


def test_a_parameter_that_must_decide_is_found_to() -> None:
    sets = draws("prior", 60)
    seen = observe([settings()["joint_watched"]], ["Oldham", "Merton"], sets)
    found = rank_correlations(sets, MEASURES["median_lag"](seen))
    assert list(PARAMETERS)[int(np.argmax(np.abs(found)))] == "setup_lag"


def test_what_is_listed_gets_no_verdict_and_no_prior(found: Validation) -> None:
    for finding in found.findings:
        for one in finding.measured:
            assert (one.verdict == "") == (one.criterion.role == LISTED)
            assert len(one.prior) == (0 if one.criterion.role == LISTED else found.runs)
            assert len(one.values) == found.runs
    assert [finding.fact.number for finding in found.judged(figure=True)] == list(FIGURES)
    assert [finding.fact.number for finding in found.judged(figure=False)] == list(DIRECTIONS)


def test_the_year_held_out_is_taken_where_measures_have_a_meaning(found: Validation) -> None:
    taken = {finding.fact.number for finding in found.findings if finding.year_verdict}
    assert taken == {1, 2, 3, 4, 5, 6, 8, 9, 12}


def test_every_lever_is_tried() -> None:
    assert {trial.lever for trial in TRIALS} == set(LEVERS)


def test_a_sign_is_expected_of_a_metric_that_is_watched_only() -> None:
    with pytest.raises(InputError, match=r"levers.yaml: There is no main metric 'wellbeeing' for a trial of 'cuts'.*'wellbeing'"):
        checked([replace(next(trial for trial in TRIALS if trial.lever == "cuts"), raises=("wellbeeing",))])


@pytest.mark.parametrize("trial", TRIALS, ids=lambda one: f"{one.lever}: {one.setting}")
def test_the_two_sides_of_a_trial_differ_in_the_lever_alone(trial: Trial) -> None:
    low, high = (tp.load(trial.scenario, place="Oldham", set=[f"levers.{trial.lever}={value}", *trial.where])
                 for value in (trial.low, trial.high))
    assert {name for name in LEVERS if low.levers[name] != high.levers[name]} == {trial.lever}
    assert low.uncertainties == high.uncertainties


def test_no_lever_has_a_sign_that_the_model_description_rules_out(found: Validation) -> None:
    wrong = {(push.trial.lever, push.metric) for push in found.signs if push.verdict == "wrong"}
    assert wrong == set()


@pytest.fixture(scope="module")
def signs() -> list[Push]:
    """With more runs than ``found`` has: an effect that is there shows beyond its standard errors."""
    return list(lever_signs(places_by_rule(), 12, [trial for trial in TRIALS if trial.lever in STRONG]))


@pytest.mark.parametrize("lever", STRONG)
def test_strong_levers_have_every_sign_that_the_model_description_implies(signs: list[Push], lever: str) -> None:
    pushes = [push for push in signs if push.trial.lever == lever and push.expected is not None]
    assert pushes
    assert {push.verdict for push in pushes} == {"as expected"}


def test_a_mandate_costs_trust_when_it_begins() -> None:
    high, low = (tp.ensemble(tp.load("mandated-pooling", place="Oldham", quarters=1, set=[f"levers.mandate={share}"]), runs=10)
                 for share in (0.1, 0.0))
    assert (high.metrics["mean_trust"][:, 0] < low.metrics["mean_trust"][:, 0]).all()


def test_the_report_says_what_comes_out_what_is_missed_and_which_rule_stands_in_the_way(found: Validation, tmp_path: Path) -> None:
    files = write(found, tmp_path)
    text = files[-1].read_text("utf-8")
    assert text == markdown(found)
    assert text.startswith("# Validation\n\n## What to believe\n")
    for finding in found.findings:
        verdict = finding.verdict or "listed"
        assert f"| {finding.fact.number} | {finding.fact.statement} |" in text
        assert f"| **{verdict}** |" in text
        assert (finding.fact.change in text) == (verdict not in (REPRODUCED, "listed"))
        for one in finding.measured:
            row = next(line for line in text.splitlines() if line.startswith(f"| {finding.fact.number} | {one.criterion.label} ("))
            again = f"{found.again.share(one.criterion.measure, one.verdict):.0%}" if one.verdict else "–"
            assert f"| **{one.verdict or 'listed'}** | {again} |" in row
    for contest in found.contests:
        assert contest.figure in text
    for file in files[:-1]:
        assert file.stat().st_size > 10_000
        assert f"images/{file.name}" in text


def test_what_is_listed_and_not_as_published_is_said_on_the_first_page(found: Validation) -> None:
    first = markdown(found).partition("## Verdicts")[0]
    said = first.partition("**Listed, deciding nothing, and not as published.**")[2].partition("\n\n**")[0]
    for fact, plain in ((5, "full redesign, of spend"), (15, "council services then"), (15, "council services now")):
        line = next(line for line in said.splitlines() if f"({fact})" in line)
        assert plain in line
    assert "(15): council services then 9.38 (9.38 to 9.38)%, published 12.4: too low; council services now 8.88" in said
    for finding in found.findings:
        for one in finding.measured:
            assert (f"{one.criterion.plain} " in said) == (not one.verdict and not one.as_published), one.criterion.measure
    assert "figures are inputs" not in first


def test_verdicts_and_counts_say_how_often_resamples_agree(found: Validation) -> None:
    first = markdown(found).partition("## Verdicts")[0]
    for finding in found.findings:
        if finding.verdict:
            share = found.again.share(finding.fact.number, finding.verdict)
            told = next(line for line in first.splitlines() if line.startswith(f"- *{finding.fact.name}* ({finding.fact.number}"))
            assert (f"{share:.0%} of resamples)" in told.partition(")")[0] + ")") == (share < STEADY)
    for figure, kind in ((True, "with a published figure"), (False, "with a direction only")):
        good, numbers = len(found.reproduced(figure)), [one.fact.number for one in found.judged(figure)]
        assert f"{found.again.counted(numbers, good)[0]:.0%} reproduce as many facts {kind}, and nine of ten " in first


def test_validation_without_linearmodels_is_refused_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    from totalplace.sim.evidence import validation

    monkeypatch.setitem(sys.modules, "linearmodels", None)
    monkeypatch.setitem(sys.modules, "linearmodels.iv", None)
    monkeypatch.setattr(validation, "observe", lambda *_, **__: pytest.fail("it ran"))
    with pytest.raises(InputError, match="linearmodels.*totalplace\\[panel\\]"):
        validate(runs=1, places=["Rutland"])


def test_the_committed_report_is_whole() -> None:
    text = (ROOT / "docs" / "validation.md").read_text("utf-8")
    for fact in facts():
        assert fact.statement in text
    for name in ("facts", "parameters", "levers"):
        assert (ROOT / "docs" / "images" / f"validation-{name}.png").exists()


@pytest.mark.parametrize("words", [["--draw", "wishes"], ["--places", "Atlantis"], ["--runs", "0"],
                                   ["--places", "Kent", "--places", "kent"]])
def test_bad_requests_are_refused_before_anything_runs(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["validate", *words]) == 2


def test_validation_itself_refuses_unknown_draws() -> None:
    with pytest.raises(InputError):
        validate(runs=1, draw="wishes")
