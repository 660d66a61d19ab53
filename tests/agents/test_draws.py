"""Every draw has an address; the generator is NumPy's Philox, bit for bit."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from totalplace.agents import draws
from totalplace.agents.compiled import python
from totalplace.agents.lanes import LANES

ADDRESS = (st.integers(0, 2**32 - 1), st.integers(0, 63), st.integers(0, 1000), st.integers(0, 2**40), st.integers(0, 5000))
DRAWS = 20_000


def numpy_block(seed: int, stream: int, quarter: int, agent: int, draw: int) -> list[int]:
    generator = np.random.Philox(key=[seed, stream], counter=[draw, agent, quarter, 0])
    return [int(word) for word in generator.random_raw(4)]


def block(*address: int) -> list[int]:
    return [int(word) for word in python(draws.block)(*address)]


@pytest.mark.filterwarnings("ignore:overflow encountered")
@given(*ADDRESS)
def test_block_is_numpys_philox(seed: int, stream: int, quarter: int, agent: int, draw: int) -> None:
    assert block(seed, stream, quarter, agent, draw) == numpy_block(seed, stream, quarter, agent, draw)


@pytest.mark.parametrize("place", range(5))
def test_block_at_extremes(place: int) -> None:
    for value in (0, 1, 2**31, 2**32 - 1, 2**62):
        address = [7, 3, 5, 11, 2]
        address[place] = value
        assert block(*address) == numpy_block(*address)


@pytest.mark.parametrize(("word", "expected"), [(0, 2.0**-53), (2**64 - 1, 1.0 - 2.0**-53), (2**63, 0.5 + 2.0**-53)])
def test_unit_never_reaches_zero_or_one(word: int, expected: float) -> None:
    value = python(draws.unit)(np.uint64(word))
    assert value == expected
    assert 0.0 < value < 1.0


@given(*ADDRESS)
def test_uniform_and_normals_follow_from_the_block(seed: int, stream: int, quarter: int, agent: int, draw: int) -> None:
    first, second, third, fourth = (
        ((word >> 12) + 0.5) / 2.0**52 for word in numpy_block(seed, stream, quarter, agent, draw)
    )
    address = (seed, stream, quarter, agent, draw)
    assert python(draws.uniform)(*address) == first
    pairs = ((first, second), (third, fourth))
    expected = [
        value
        for radius, angle in pairs
        for value in np.sqrt(-2 * np.log(radius)) * np.array([np.cos(2 * np.pi * angle), np.sin(2 * np.pi * angle)])
    ]
    assert np.allclose(python(draws.four_normals)(*address), expected, rtol=1e-9, atol=1e-12)
    assert python(draws.normal)(*address) == pytest.approx(expected[0], rel=1e-9, abs=1e-12)


@pytest.mark.filterwarnings("ignore:overflow encountered")
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_products_have_128_bits(a: int, b: int) -> None:
    high, low = python(draws.product)(np.uint64(a), np.uint64(b))
    assert (int(high) << 64) + int(low) == a * b
    assert python(draws.high_product)(np.uint64(a), np.uint64(b)) == high


@pytest.mark.filterwarnings("ignore:overflow encountered")
@given(st.integers(0, 2**62), st.integers(0, 63), st.integers(0, 1000), st.integers(0, 2**62), st.integers(0, 1))
def test_draws_of_many_agents_are_those_of_each(seed: int, stream: int, quarter: int, agent: int, draw: int) -> None:
    agents = np.arange(agent, agent + LANES, dtype=np.uint64).reshape(1, LANES)
    words, numbers = np.zeros((4, LANES), np.uint64), np.zeros((6, LANES))
    python(draws.block_each)(seed, stream, quarter, agents, draw, words)
    python(draws.four_normals_each)(seed, stream, quarter, agents, draw, numbers)
    for i in range(LANES):
        assert [int(word) for word in words[:, i]] == numpy_block(seed, stream, quarter, agent + i, draw)
        drawn = python(draws.four_normals)(seed, stream, quarter, agent + i, draw)
        rows = numbers[4 * draw : 4 * draw + 4, i]
        assert rows.tolist() == list(drawn[: len(rows)])
    assert not numbers[:4].any() or draw == 0


@pytest.fixture(scope="module")
def normals() -> np.ndarray:
    return np.array([python(draws.four_normals)(5, draws.NOISE, quarter, 17, 0) for quarter in range(DRAWS)])


def test_moments_of_normals(normals: np.ndarray) -> None:
    # Five standard errors of the mean, variance, skewness and kurtosis of normal numbers.
    error = 5.0 / np.sqrt(DRAWS)
    assert np.all(np.abs(normals.mean(axis=0)) < error)
    assert np.all(np.abs(normals.var(axis=0) - 1.0) < error * np.sqrt(2.0))
    assert np.all(np.abs((normals**3).mean(axis=0)) < error * np.sqrt(15.0))
    assert np.all(np.abs((normals**4).mean(axis=0) - 3.0) < error * np.sqrt(96.0))


def test_normals_of_one_block_and_of_neighbours_are_independent(normals: np.ndarray) -> None:
    correlation = np.corrcoef(np.hstack([normals[:-1], normals[1:]]), rowvar=False)
    assert np.all(np.abs(correlation - np.eye(8)) < 5.0 / np.sqrt(DRAWS))


def test_uniforms_fill_the_unit_interval() -> None:
    values = np.array([python(draws.uniform)(1, draws.TURNOVER, 0, agent, 0) for agent in range(DRAWS)])
    counts, _ = np.histogram(values, bins=20, range=(0.0, 1.0))
    expected = DRAWS / 20
    assert ((counts - expected) ** 2 / expected).sum() < 43.8  # chi-square with 19 degrees of freedom at 0.1%


@given(drawn=st.floats(0.0, 1.0, exclude_min=True, exclude_max=True), hazard=st.floats(0.0, 50.0))
@example(drawn=2.0**-53, hazard=0.0)
@example(drawn=0.0099, hazard=0.01)
@example(drawn=0.00997, hazard=0.01)
def test_what_has_a_hazard_happens_with_the_chance_that_follows_from_it(drawn: float, hazard: float) -> None:
    chance = -math.expm1(-hazard)
    assert python(draws.strikes)(drawn, hazard) == (drawn < chance) or abs(drawn - chance) < 1e-15


def test_streams_have_names_and_places_of_their_own() -> None:
    assert len(set(draws.STREAMS)) == len(draws.STREAMS)
    for place, name in enumerate(draws.STREAMS):
        assert getattr(draws, name.upper()) == place


def test_a_change_of_any_part_of_the_address_changes_the_draw() -> None:
    address = [3, 4, 5, 6, 7]
    seen = {python(draws.uniform)(*address)}
    for place in range(5):
        other = address.copy()
        other[place] += 1
        seen.add(python(draws.uniform)(*other))
    assert len(seen) == 6
