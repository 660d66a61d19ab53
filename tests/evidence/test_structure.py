"""Structural checks: the gain from the equations is that of the model, stretched time is consistent, rankings are counted right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import kendalltau

from totalplace.scenarios.errors import InputError
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.cli import exit_code
from totalplace.sim.evidence.structure.convergence import RESCALED, finer, rule_of, stretched, unclassified
from totalplace.sim.evidence.structure.loop_gain import analytic, gain, measured
from totalplace.sim.evidence.structure.page import shown, write
from totalplace.sim.evidence.structure.ranking import rank, ranking, tau
from totalplace.sim.evidence.structure.stage import NAMES, Estimate, Trial, defaults, estimate, with_values
from totalplace.sim.evidence.structure.study import study


@pytest.fixture(scope="module")
def quiet() -> Trial:
    return Trial("silo-no-cuts", "Darlington", ["quarters=80"])


@pytest.mark.parametrize("given", [{}, {"epsilon": 0.3, "beta": 0.6}, {"reactive_share": 1.1, "common_share": 0.7}])
def test_one_pound_in_the_model_becomes_what_the_equations_say(quiet: Trial, given: dict[str, float]) -> None:
    values = with_values(defaults(), **given)
    from_equations = analytic(quiet.begin(values))
    assert np.abs(from_equations - measured(quiet, values)).max() < 1e-5
    assert gain(from_equations) > 0.02  # a quarter of what it was with the four times larger epsilon


def test_the_gain_is_linear_in_epsilon_and_zero_without_it(quiet: Trial) -> None:
    one, two = (gain(analytic(quiet.begin(with_values(defaults(), epsilon=epsilon)))) for epsilon in (0.1, 0.3))
    assert two == pytest.approx(3.0 * one)
    assert gain(analytic(quiet.begin(with_values(defaults(), epsilon=0.0)))) == 0.0


def test_cuts_raise_the_gain() -> None:
    stage = Trial("silo", "Darlington", ["levers.cuts=2"])
    values = with_values(defaults(), outcome_noise=0.0, reactive_elasticity=0.75, unit_cost_drift=0.046)  # as the bound was set
    start = gain(analytic(stage.begin(values)))
    stage.begin(values)
    assert gain(analytic(stage.go_on())) > 1.2 * start


def test_stretched_time_changes_what_has_time_in_it_and_nothing_else() -> None:
    assert not unclassified()
    values = with_values(defaults(), looked_after_growth=0.01)  # nought stays nought
    fine = stretched(values, 3)
    timed = {name for names in RESCALED.values() for name in names}
    for name, one, other in zip(NAMES, values, fine, strict=True):
        assert (one == other) == (name not in timed), name
    rate = NAMES.index("redesign_rate")
    assert (1.0 - fine[rate]) ** 3 == pytest.approx(1.0 - values[rate])
    assert np.allclose(stretched(values, 1), values, rtol=1e-12)
    for name, row in PARAMETERS.items():
        if "quarter" in row.unit:
            assert rule_of(name) != rule_of("eta"), f"{name} is in {row.unit}"


def test_a_silo_moves_the_same_by_months_as_by_quarters() -> None:
    """Only the outcomes' noise and the demand of one month against one quarter differ."""
    values = with_values(defaults(), outcome_noise=0.0)
    quarters = Trial("silo", "Darlington").play(values, [1], ["wellbeing", "reactive_share"])[0, :, -1]
    months = finer("silo", "Darlington", 3).play(stretched(values, 3), [1], ["wellbeing", "reactive_share"])[0, :, -1]
    assert months == pytest.approx(quarters, rel=0.005)


def test_kendalls_tau_and_ranks() -> None:
    rng = np.random.default_rng(1)
    ranks = np.stack([rng.permutation(10) for _ in range(20)]).astype(float)
    other = np.arange(10.0)
    assert tau(ranks, other) == pytest.approx([kendalltau(row, other).statistic for row in ranks])
    assert rank(np.array([1.0, 3.0, 2.0]), more_is_better=True).tolist() == [2.0, 0.0, 1.0]
    assert rank(np.array([1.0, 3.0, 2.0]), more_is_better=False).tolist() == [0.0, 2.0, 1.0]


def test_a_clear_ranking_needs_few_replicates_and_a_close_one_many() -> None:
    noise = np.random.default_rng(2).standard_normal((200, 10))
    clear = ranking("A", "net_saving", 100.0 * np.arange(10.0) + noise, 1)
    assert clear.needed == 5
    assert clear.close == ()
    assert clear.order[0] == "single-pot"
    close = ranking("A", "net_saving", noise, 1)
    assert close.needed is None
    assert close.close
    assert close.same[0] < 0.1


def test_numbers_are_shown_with_the_digits_that_their_interval_bears() -> None:
    assert shown(Estimate(1.23456, 1.13456, 1.33456)) == "1.23 (1.13 to 1.33)"
    assert shown(Estimate(-1234.5, -1334.5, -1134.5)) == "−1234 (−1334 to −1134)"
    assert shown(Estimate(0.0, 0.0, 0.0)) == "0"
    assert estimate(np.array([1.0, 2.0, 3.0])).low == pytest.approx(2.0 - 1.96 / np.sqrt(3.0))


def test_the_whole_study_is_written(tmp_path: Path) -> None:
    files = write(study(20, ("Darlington",), threads=2), tmp_path)
    page = (tmp_path / "structure.md").read_text("utf-8")
    assert "nan" not in page
    for path in files[:-1]:
        assert f"images/{path.name}" in page or path.name == "structure.md"
        assert path.stat().st_size > 5000


def test_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="each once"):
        study(20, ("Darlington", "Darlington"))
    assert exit_code(["structure", "--places", "Atlantis", "--out", str(tmp_path / "out")]) == 2
    assert "Atlantis" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
