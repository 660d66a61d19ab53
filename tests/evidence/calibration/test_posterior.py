"""Waves, particles and coverage against an answer that is known, and what is read off a posterior."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.evidence.calibration.toys import FIGURES, Line, figure, plan
from totalplace.scenarios.registry import PARAMETERS
from totalplace.sim.evidence.calibration.central import by_centrality
from totalplace.sim.evidence.calibration.coverage import cover, cover_weights
from totalplace.sim.evidence.calibration.emulators import Emulator, Emulators
from totalplace.sim.evidence.calibration.folder import BATCHES, Batches
from totalplace.sim.evidence.calibration.kernel import misfits
from totalplace.sim.evidence.calibration.marginals import (
    distance_from_prior,
    in_prior,
    marginals,
    rounded,
    weighted_quantiles,
)
from totalplace.sim.evidence.calibration.pictures import prior_values
from totalplace.sim.evidence.calibration.plan import Plan
from totalplace.sim.evidence.calibration.posterior import Sample, sample
from totalplace.sim.evidence.calibration.tensions import tensions
from totalplace.sim.evidence.calibration.waves import Matching, match, training

KINDS = ("quadratic",)
NAMES = list(PARAMETERS)


def exact() -> tuple[np.ndarray, np.ndarray]:
    """Means and standard deviations of the first three parameters, by weights on many points: kernel and noise of the country."""
    unit = np.random.default_rng(1).random((1_000_000, 3))
    away = (Line().exact(unit) - np.array([2.9, 1.0, 8.5])) / np.sqrt(0.02 + 0.01 * plan().country)
    weights = np.exp(-0.5 * (away**2).sum(axis=1))
    weights /= weights.sum()
    mean = weights @ unit
    return mean, np.sqrt(weights @ (unit - mean) ** 2)


@pytest.fixture(scope="module")
def found() -> tuple[Matching, Sample]:
    batches = Batches(Line())
    matching = match(batches, FIGURES, plan(), KINDS)
    return matching, sample(batches, matching, plan(), KINDS)


def test_waves_rule_out_more_and_more_and_never_the_answer(found: tuple[Matching, Sample]) -> None:
    matching, _ = found
    shares = [wave.share for wave in matching.waves]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < 0.15
    assert set(matching.active()) >= {0, 1, 2}
    mean = exact()[0]
    best = np.full((1, 8), 0.5)
    best[0, :3] = mean
    assert matching.allowed(best).all()
    assert matching.allowed(matching.waves[-1].cloud).all()
    points = np.random.default_rng(4).random((20_000, 8))
    assert shares[-1] == pytest.approx(matching.allowed(points).mean(), rel=0.35)


def test_the_posterior_is_the_exact_one(found: tuple[Matching, Sample]) -> None:
    _, particles = found
    mean, spread = exact()
    ours = particles.weights @ particles.unit
    sd = np.sqrt(particles.weights @ (particles.unit - ours) ** 2)
    assert particles.effective >= 800
    assert np.abs(ours[:3] - mean) == pytest.approx(np.zeros(3), abs=0.015)
    assert sd[:3] == pytest.approx(spread, rel=0.12)
    assert ours[3:] == pytest.approx(np.full(5, 0.5), abs=0.06)
    assert sd[3:] == pytest.approx(np.full(5, np.sqrt(1.0 / 12.0)), abs=0.03)


def test_the_effective_size_is_that_of_populations_apart(found: tuple[Matching, Sample]) -> None:
    _, particles = found
    assert particles.weights.sum() == pytest.approx(1.0)
    assert particles.learnt == 2000
    alike = replace(particles, unit=np.random.default_rng(1).random(particles.unit.shape))
    assert alike.apart > 0.4 * len(alike.unit)
    apart = alike.unit.reshape(alike.populations, -1, 8) + 0.2 * np.arange(alike.populations)[:, None, None]
    assert replace(alike, unit=apart.reshape(alike.unit.shape)).apart < 4 * alike.populations


def test_most_points_are_simulated_once_and_noise_is_told_from_those_that_are_twice(found: tuple[Matching, Sample]) -> None:
    """Pictures that there are not tell nothing, and are not taken for pictures that fit badly."""
    first = found[0].waves[0]
    assert first.played.sum() == len(first.pictures) == 300
    assert np.isfinite(first.measured[:100]).all()
    assert np.isnan(first.measured[100:, 1]).all()
    points, far = training(Matching((), FIGURES), first)
    assert np.array_equal(points, first.unit)
    assert np.array_equal(np.isfinite(far[:, :, 0]), first.played)
    assert found[0].waves[-1].emulators.noise[1] == pytest.approx(0.01 / 0.02, rel=0.35)


def test_figures_are_of_the_country_and_have_less_chance_in_them_than_a_picture(found: tuple[Matching, Sample]) -> None:
    emulators = found[1].emulators
    assert plan().country == pytest.approx(2 / len(plan().pool()))
    assert emulators.chance == pytest.approx(plan().country * emulators.noise)
    assert emulators.variance == pytest.approx(emulators.error + emulators.chance)


def test_its_own_picture_corrects_what_emulators_say_of_a_particle() -> None:
    """An emulator that says nothing, and pictures without noise: weights are the kernels of the pictures, to the digit."""
    rng = np.random.default_rng(3)
    unit = rng.random((2000, 2))
    far = np.stack([4.0 * (unit[:, 0] - 0.3)], axis=1)
    error = float(far.var())

    def with_noise(noise: float) -> Sample:
        blind = Emulators((Emulator("mean", (), error, noise, 0.0, float(far.mean())),))
        return Sample(unit, far, far, np.full_like(far, far.mean()), blind, np.zeros(1, dtype=bool))

    sure = with_noise(0.0)
    assert sure.corrected()[0] == pytest.approx(far)
    assert sure.weights == pytest.approx(np.exp(-0.5 * far[:, 0] ** 2) / np.exp(-0.5 * far[:, 0] ** 2).sum())
    assert sure.weights == pytest.approx(sure.own_weights)
    mean = float(sure.weights @ unit[:, 0])
    points = np.linspace(0.0, 1.0, 10_001)
    exact_mean = float(np.average(points, weights=np.exp(-0.5 * (4.0 * (points - 0.3)) ** 2)))
    assert mean == pytest.approx(exact_mean, abs=0.02)
    rough, lost = with_noise(error), with_noise(1e9)
    assert sure.effective < rough.effective < lost.effective == pytest.approx(2000)
    middle, left = rough.corrected()
    assert middle == pytest.approx(0.5 * (far + far.mean()))
    assert left == pytest.approx([1.5 * error])


def test_weights_by_pictures_find_known_parameters_again_as_often_as_they_should(found: tuple[Matching, Sample]) -> None:
    seen = cover_weights(found[1], 150, np.random.default_rng(1))
    assert seen.truth.shape == (150, 8)
    assert 0.84 <= seen.holds[:, :3].mean() <= 0.96
    assert (seen.contraction[3:] > 0.9).all()
    assert (seen.effective > 20).all()


def test_exact_weights_find_nothing_to_move(found: tuple[Matching, Sample]) -> None:
    """Emulators of a quadratic are right: the particles' own pictures ask for no other weights. Wrong ones are found out."""
    left, by = found[1].moved()
    assert left > 50
    assert np.abs(by[:3]).max() < 4.0 / np.sqrt(left)
    wrong = replace(found[1], mean=found[1].mean + 2.0)
    assert np.abs(wrong.moved()[1][:3]).max() > np.abs(by[:3]).max()


def test_known_parameters_are_found_again_as_often_as_they_should_be(found: tuple[Matching, Sample]) -> None:
    matching, particles = found
    seen = cover(matching, particles.emulators, 120, 100, np.random.default_rng(1))
    assert seen.truth.shape == (120, 8)
    assert 0.84 <= seen.holds[:, :3].mean() <= 0.96
    assert (seen.contraction[:2] < 0.9).all()
    assert (seen.contraction[3:] > 0.9).all()


def test_coverage_tells_when_the_machinery_is_wrong(found: tuple[Matching, Sample]) -> None:
    """Pictures that are taken for those of other parameters."""
    matching, particles = found
    last = replace(matching.waves[-1], measured=np.roll(matching.waves[-1].measured, 1, axis=0))
    wrong = replace(matching, waves=(*matching.waves[:-1], last))
    seen = [cover(one, particles.emulators, 120, 100, np.random.default_rng(1)) for one in (matching, wrong)]
    assert seen[1].holds[:, :3].mean() < seen[0].holds[:, :3].mean() - 0.05


def test_one_seed_gives_one_answer_and_a_stop_changes_nothing(tmp_path: Path) -> None:
    small = plan(points=60, cloud=200, round=100, rounds=1, populations=4, synthetic=4, each=20, batch=25)

    def answer(folder: Path | None, one: Plan = small) -> tuple[list[np.ndarray], int]:
        model = Line()
        batches = Batches(model, folder)
        matching = match(batches, FIGURES, one, KINDS)
        particles = sample(batches, matching, one, KINDS)
        seen = cover(matching, particles.emulators, one.size.synthetic, one.size.each, np.random.default_rng(1))
        return [particles.unit, particles.weights, particles.far, seen.ends, matching.waves[-1].cloud], model.played

    first, all_played = answer(tmp_path)
    kept = sorted((tmp_path / BATCHES).glob("*.parquet"))
    kept[-1].write_bytes(kept[-1].read_bytes()[:100])
    kept[0].unlink()
    again, played = answer(tmp_path)
    assert 0 < played < 0.2 * all_played
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one, other)
    assert answer(tmp_path)[1] == 0
    assert not np.array_equal(answer(None, replace(small, seed=2))[0][0], first[0])


def test_facts_that_cannot_both_be_are_said_to_pull_apart() -> None:
    """The same measure with two figures that exclude each other, and a third that minds neither."""
    far = misfits((figure("a", 0.3), figure("b", 0.7)), np.tile(np.linspace(0.0, 1.0, 4000)[:, None], (1, 2)))
    unit = np.stack([np.linspace(0.0, 1.0, 4000), np.random.default_rng(1).random(4000)], axis=1)
    far = np.concatenate([far, (unit[:, 1:] - 0.5) / 0.3], axis=1)
    weights = np.exp(-0.5 * (far**2).sum(axis=1))
    rows = np.random.default_rng(2).choice(4000, 100_000, p=weights / weights.sum())
    sure = Emulators(tuple(Emulator("exact", (), 1e-12, 0.0, 1.0, 0.0) for _ in range(3)))
    told = tensions(Sample(unit[rows], far[rows], far[rows], far[rows], sure, np.zeros(3, dtype=bool)))
    assert {(i, j) for i, j, _ in told.pairs()} == {(0, 1), (1, 0)}
    assert told.loss[0] > 0.5
    assert told.teaches[0, 0] > 0.2
    assert abs(told.teaches[0, 1]) < 0.02
    assert told.teaches[2, 1] > 0.2


def test_weighted_quantiles() -> None:
    values, weights = np.array([3.0, 1.0, 2.0]), np.array([0.25, 0.5, 0.25])
    assert weighted_quantiles(values, weights, (0.05, 0.5, 0.51, 0.75, 1.0)).tolist() == [1.0, 1.0, 2.0, 2.0, 3.0]


def test_the_prior_is_its_own_inverse_and_level() -> None:
    unit = np.random.default_rng(1).random((2000, len(NAMES)))
    values = prior_values(unit)
    for i, row in enumerate(PARAMETERS.values()):
        assert np.allclose(in_prior(row, values[:, i]), unit[:, i])
        assert (values[:, i] >= row.low).all()
        assert (values[:, i] <= row.high).all()
    assert distance_from_prior(unit[:, 0], np.ones(2000)) < 1.95 / np.sqrt(2000)
    assert distance_from_prior(unit[:, 0] ** 2, np.ones(2000)) == pytest.approx(0.25, abs=0.05)


def test_what_the_facts_inform_is_told_from_what_they_do_not_and_where_it_piles_up() -> None:
    unit = np.random.default_rng(2).random((len(NAMES), 1000)).T
    unit[:, 0] = 0.25 + 0.05 * (unit[:, 0] - 0.5)
    unit[:, 1] = unit[:, 1] ** 4
    known = list(marginals(unit, prior_values(unit), np.full(1000, 0.001)).values())
    assert [one.informed for one in known[:2]] == [True, True]
    assert [one.piled for one in known[:3]] == ["", "low", ""]
    assert known[0].share_of_range < 0.1
    assert sum(one.informed for one in known) <= 4


def test_the_central_row_is_central_along_what_goes_together() -> None:
    """A ridge: the row in its middle, not one that is in the middle of each by itself but off the ridge."""
    along = np.linspace(0.1, 0.9, 81)
    unit = np.stack([along, along, np.linspace(0.9, 0.1, 81)], axis=1)
    unit = np.concatenate([unit, [[0.5, 0.6, 0.5]]])
    assert by_centrality(unit, (0, 1))[0] == 40
    assert by_centrality(unit, (0, 1))[-1] == 81
    assert by_centrality(unit[np.random.default_rng(1).permutation(82)], ()) == list(range(82))


def test_defaults_are_rounded_and_stay_in_range() -> None:
    row = PARAMETERS["eta"]
    assert rounded(row, 0.78349) == 0.783
    assert rounded(row, 0.94999) == 0.95
    assert rounded(row, row.high + 1e-9) == row.high
