"""Published facts held against the model, in short: few draws, the criteria that hold with room to spare, lever signs.

The full validation is ``totalplace validate``; its report is ``docs/validation.md``. Nothing here forces a verdict: facts
that the model misses are reported as missed, and not tested.
"""

from __future__ import annotations

import math
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
from totalplace.sim.evidence.fact_runs import WATCHES, chosen_places, draws, from_prior, observe
from totalplace.sim.evidence.facts import NOT, PARTLY, REPRODUCED, USES, Criterion, criterion_verdict, fact_verdict, facts, settings
from totalplace.sim.evidence.lever_signs import TRIALS, checked
from totalplace.sim.evidence.measures import MEASURES
from totalplace.sim.evidence.model_digest import model_digest
from totalplace.sim.evidence.validation import Validation, interval, rank_correlations, validate
from totalplace.sim.evidence.validation_page import markdown, write
from totalplace.sim.model.metrics import METRICS

ROOT = Path(__file__).resolve().parents[2]
#: Criteria met in nearly every draw of the full validation.
FIRM = (
    "promised_over_delivered", "full_redesign", "demand_effect", "effect_early", "median_lag", "lags_in_range",
    "local_over_national", "years_later", "interest", "retreat", "mandate_money", "mandate_wellbeing",
)


@pytest.fixture(scope="module")
def found() -> Validation:
    return validate(runs=8)


def test_the_report_was_written_with_the_model_of_today() -> None:
    text = (ROOT / "docs" / "validation.md").read_text("utf-8")
    assert f"`{model_digest()}`" in text, "run totalplace validate --out docs, then read it"


def test_there_are_twelve_facts_each_with_source_use_and_remedy() -> None:
    assert len(facts()) == 12
    for fact in facts():
        assert fact.source, fact.name
        assert fact.change, fact.name
        assert fact.use in USES
        assert fact.used or fact.use == "checked", fact.name
        assert fact.criteria


def test_every_criterion_has_a_measure_a_range_and_a_basis() -> None:
    criteria = [one for fact in facts() for one in fact.criteria]
    assert {one.measure for one in criteria} == set(MEASURES)
    for one in criteria:
        assert one.low < one.high
        assert one.basis, one.measure
        assert one.central is None or one.low <= one.central <= one.high


def test_settings_name_scenarios_metrics_and_parameters_that_there_are() -> None:
    for setting in settings().values():
        scenarios.load(setting.scenario, set=list(setting.set))
        assert set(setting.keep) <= set(METRICS)
        assert {name for name, _ in setting.parameters} <= set(PARAMETERS)
        assert setting.watch in ("", *WATCHES)


def test_the_rule_of_verdicts() -> None:
    assert [criterion_verdict(share) for share in (1.0, 0.67, 0.5, 0.2)] == [REPRODUCED, REPRODUCED, PARTLY, NOT]
    assert fact_verdict([1.0, 0.7]) == REPRODUCED
    assert fact_verdict([1.0, 0.1]) == PARTLY
    assert fact_verdict([0.5]) == PARTLY
    assert fact_verdict([0.0, 0.2]) == NOT


def test_a_draw_that_cannot_be_measured_does_not_hold() -> None:
    one = Criterion("m", "label", "%", -math.inf, None, 30.0, "basis")
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


def test_places_are_eight_by_rule_from_eight_regions() -> None:
    chosen = chosen_places()
    assert chosen == chosen_places()
    assert len({places.load(name).region for name in chosen}) == 8
    sizes = [places.load(name).population for name in chosen]
    assert max(sizes) > 3 * min(sizes)


def test_prior_draws_fill_their_ranges() -> None:
    table = draws("prior", 50)
    for column, row in zip(table.T, PARAMETERS.values(), strict=True):
        assert row.low <= column.min() < column.max() <= row.high
        first, last = from_prior(row, np.array([0.02, 0.98]))  # a hypercube of 50 has one in the first and one in the last fiftieth
        assert column.min() <= first < last <= column.max()
    assert (draws("default", 2)[1] == [row.default for row in PARAMETERS.values()]).all()


def test_what_is_observed_is_what_a_run_gives() -> None:
    """Stopping to look, and fixing parameters, changes nothing: equal to ``tp.run`` to the bit."""
    names = chosen_places()[:2]
    setting = settings()["joint"]
    seen = observe([setting], names, draws("default", 2), first_seed=5)
    run = tp.run(tp.load("joint-commissioning", place=names[1]), seed=5 + 2 + 1)
    for name in setting.keep:
        assert (seen("joint", name)[1, 1] == run.metrics[name]).all()
    agreed = {(int(deal["quarter"]), int(deal["theme"])) for deal in run.deals if deal["agreed"] > 0.0}
    assert seen("joint", "lags")[1, 1].sum() == len(agreed)


@pytest.mark.parametrize("measure", FIRM)
def test_patterns_that_hold_with_room_to_spare(found: Validation, measure: str) -> None:
    one = next(m for finding in found.findings for m in finding.measured if m.criterion.measure == measure)
    assert one.verdict == REPRODUCED, interval(one.values)


def test_a_parameter_that_must_decide_is_found_to(found: Validation) -> None:
    lag = next(m for finding in found.findings for m in finding.measured if m.criterion.measure == "median_lag")
    assert lag.correlations[list(PARAMETERS).index("setup_lag")] > 0.8


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


@pytest.mark.parametrize("lever", ["encouragement", "clawback", "single_pot", "mandate", "scope", "transition_fund", "cuts"])
def test_strong_levers_have_every_sign_that_the_model_description_implies(found: Validation, lever: str) -> None:
    pushes = [push for push in found.signs if push.trial.lever == lever and push.expected is not None]
    assert pushes
    assert {push.verdict for push in pushes} == {"as expected"}


def test_a_mandate_costs_trust_when_it_begins() -> None:
    high, low = (tp.ensemble(tp.load("mandated-pooling", place="Oldham", quarters=1, set=[f"levers.mandate={share}"]), runs=10)
                 for share in (0.1, 0.0))
    assert (high.metrics["mean_trust"][:, 0] < low.metrics["mean_trust"][:, 0]).all()


def test_the_report_says_what_is_missed_and_what_would_have_to_change(found: Validation, tmp_path: Path) -> None:
    files = write(found, tmp_path)
    text = files[-1].read_text("utf-8")
    assert text == markdown(found)
    for finding in found.findings:
        assert f"### {finding.fact.number}. {finding.fact.name}: {finding.verdict}" in text
        assert (finding.fact.change in text) == (finding.verdict != REPRODUCED)
    for file in files[:-1]:
        assert file.stat().st_size > 10_000
        assert f"images/{file.name}" in text


def test_the_committed_report_is_whole() -> None:
    text = (ROOT / "docs" / "validation.md").read_text("utf-8")
    for fact in facts():
        assert fact.statement in text
    for name in ("facts", "paths", "parameters", "levers"):
        assert (ROOT / "docs" / "images" / f"validation-{name}.png").exists()


@pytest.mark.parametrize("words", [["--draw", "wishes"], ["--places", "Atlantis"], ["--runs", "0"],
                                   ["--places", "Kent", "--places", "kent"]])
def test_bad_requests_are_refused_before_anything_runs(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["validate", *words]) == 2


def test_validation_itself_refuses_unknown_draws() -> None:
    with pytest.raises(InputError):
        validate(runs=1, draw="wishes")
