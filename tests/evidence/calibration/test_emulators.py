"""Emulators on functions that are known: what they read, what they explain, the error that they state."""

from __future__ import annotations

import numpy as np
import pytest

from totalplace.sim.evidence.calibration.emulators import KINDS, Quadratic, fit, fit_one, noise, screened

UNIT = np.random.default_rng(1).random((400, 30))


def curve(unit: np.ndarray) -> np.ndarray:
    """Monotonous in 3, a hill in 7, and a product of 3 and 11."""
    return 3.0 * unit[:, 3] - 8.0 * (unit[:, 7] - 0.5) ** 2 + 2.0 * (unit[:, 3] - 0.5) * unit[:, 11]


def repeated(seed: int, spread: float = 0.3) -> np.ndarray:
    return np.asarray(curve(UNIT)[:, None] + spread * np.random.default_rng(seed).standard_normal((len(UNIT), 2)))


def test_a_hill_is_found_as_a_slope_is() -> None:
    found = screened(UNIT, curve(UNIT))
    assert found[0] == 3
    assert 7 in found
    assert screened(UNIT, np.random.default_rng(3).standard_normal(400)) == ()
    assert screened(UNIT, np.zeros(400)) == ()


def test_an_emulator_states_the_error_that_it_makes() -> None:
    one = fit_one(UNIT, repeated(2), KINDS)
    new = np.random.default_rng(9).random((2000, 30))
    assert set(one.read) >= {3, 7}
    assert one.explained > 0.9
    assert one.noise == pytest.approx(0.09, rel=0.2)
    made = float(((one.mean(new) - curve(new)) ** 2).mean())
    assert made < 2.0 * one.error + 0.01
    assert one.variance == pytest.approx(one.error + one.noise)


def test_a_gaussian_process_is_taken_where_a_quadratic_is_wrong() -> None:
    steep = 0.4 * np.sin(9.0 * UNIT[:, 3]) + 3.0 * UNIT[:, 7]
    kinds = {kind: fit_one(UNIT, np.stack([steep, steep], axis=1), (kind,) if kind == KINDS[0] else KINDS) for kind in KINDS}
    assert kinds[KINDS[1]].kind == KINDS[1]
    assert kinds[KINDS[1]].error < 0.2 * kinds[KINDS[0]].error


def test_a_quadratic_says_what_its_features_say() -> None:
    x, y = UNIT[:, :5], repeated(2).mean(axis=1)
    one = Quadratic().fit(x, y)
    by_features = one.level_ + ((one._features(x) - one.middle_) / one.scale_) @ one.slopes_
    assert one.predict(x) == pytest.approx(by_features)


def test_what_depends_on_nothing_is_its_mean() -> None:
    one = fit_one(UNIT, np.random.default_rng(5).standard_normal((400, 2)) + 1.0)
    assert one.kind == "mean"
    assert one.read == ()
    assert one.mean(UNIT) == pytest.approx(np.full(400, 1.0), abs=0.2)
    assert one.variance == pytest.approx(1.0, rel=0.2)


def test_noise_is_pooled_over_what_was_repeated() -> None:
    assert noise(np.array([[1.0, 3.0], [5.0, 5.0]])) == pytest.approx(1.0)
    assert noise(np.array([[1.0, 3.0], [5.0, np.nan]])) == pytest.approx(2.0)
    assert noise(np.array([[1.0], [2.0]])) == 0.0


def test_points_seen_once_keep_the_noise_that_is_known() -> None:
    single = np.where(np.arange(2) < 1, repeated(2), np.nan)
    one = fit_one(UNIT, single, KINDS, 0.09)
    assert one.noise == 0.09
    assert one.error < 0.1
    assert fit(UNIT, single[:, :, None], KINDS, np.array([0.09])).variance == pytest.approx([one.variance])
