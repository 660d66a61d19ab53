"""Every random draw has an address: seed, stream, quarter, agent and number of the draw.

The generator is Philox 4x64-10 (Salmon et al. 2011, *Parallel random numbers: as easy as 1, 2, 3*), equal bit for bit to
``numpy.random.Philox(key=[seed, stream], counter=[draw, agent, quarter, 0])``. No draw depends on another, so two scenarios
with one seed differ only through what a lever changed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from totalplace.agents.compiled import rule
from totalplace.agents.elementary import logarithm, sine_and_cosine
from totalplace.agents.lanes import LANES, of_bits, on_the_stack
from totalplace.agents.numba_private import in_place

#: Names of the streams; the place in this list is part of the address of a draw: add at the end, never reorder.
STREAMS: Final = (
    "leadership", "trust", "link", "order", "theme", "tie", "veto", "lag", "noise", "turnover", "exit", "election",
    "parameter", "break", "coalition", "place", "consent", "entry", "attendance",
)
(LEADERSHIP, TRUST, LINK, ORDER, THEME, TIE, VETO, LAG, NOISE, TURNOVER, EXIT, ELECTION, PARAMETER, BREAK, COALITION, PLACE,
 CONSENT, ENTRY, ATTENDANCE) = range(len(STREAMS))

#: Technical: seeds in a row that share a draw of the posterior, 2m - 1 and 2m: the least that tells chance from what is not known.
SEEDS_A_DRAW: Final = 2

#: Technical: word halves, multipliers and key steps of Philox 4x64-10 (Salmon et al. 2011); 52 bits of a word make a number.
_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
_MULTIPLY_0: Final = np.uint64(0xD2E7470EE14C6C93)
_MULTIPLY_1: Final = np.uint64(0xCA5A826395121157)
_WEYL_0: Final = np.uint64(0x9E3779B97F4A7C15)
_WEYL_1: Final = np.uint64(0xBB67AE8584CAA73B)
_SHIFT: Final = np.uint64(12)
_ROUNDS: Final = 10
_ONE: Final = np.uint64(0x3FF0000000000000)
_HALF_CELL: Final = 2.0**-53

#: Room for the words of a block of each of many agents.
_words_by_lane = on_the_stack(4, np.uint64)


@rule
def high_product(a: np.uint64, b: np.uint64) -> np.uint64:
    """The upper 64 bits of the 128-bit product of two unsigned 64-bit numbers."""
    a_low, a_high = a & _LOW, a >> _HALF
    b_low, b_high = b & _LOW, b >> _HALF
    cross = a_high * b_low + ((a_low * b_low) >> _HALF)
    middle = a_low * b_high + (cross & _LOW)
    return a_high * b_high + (cross >> _HALF) + (middle >> _HALF)


@rule
def block(seed: int, stream: int, quarter: int, agent: int, draw: int) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Four unsigned 64-bit numbers at an address."""
    key_0, key_1 = np.uint64(seed), np.uint64(stream)
    x_0, x_1, x_2, x_3 = np.uint64(draw + 1), np.uint64(agent), np.uint64(quarter), np.uint64(0)
    for _ in range(_ROUNDS):
        high_0, low_0 = high_product(_MULTIPLY_0, x_0), _MULTIPLY_0 * x_0
        high_1, low_1 = high_product(_MULTIPLY_1, x_2), _MULTIPLY_1 * x_2
        x_0, x_1, x_2, x_3 = high_1 ^ x_1 ^ key_0, low_1, high_0 ^ x_3 ^ key_1, low_0
        key_0, key_1 = key_0 + _WEYL_0, key_1 + _WEYL_1
    return x_0, x_1, x_2, x_3


@rule
@in_place
def product(a: np.uint64, b: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The upper and lower 64 bits of the 128-bit product of two unsigned 64-bit numbers, by four small ones.

    For one pair :func:`high_product` is quicker: the compiler makes one instruction of it, which no processor has for many pairs.
    Here both halves come from the same sums, so that it does not.
    """
    a_low, a_high = a & _LOW, a >> _HALF
    b_low, b_high = b & _LOW, b >> _HALF
    lowest = a_low * b_low
    cross = a_high * b_low + (lowest >> _HALF)
    middle = a_low * b_high + (cross & _LOW)
    return a_high * b_high + (cross >> _HALF) + (middle >> _HALF), (middle << _HALF) | (lowest & _LOW)


@rule
@in_place
def block_each(seed: int, stream: int, quarter: int, agents: NDArray[np.uint64], draw: int, x: NDArray[np.uint64]) -> None:
    """The :func:`block` of each of ``agents`` (1, LANES), a word to a row of ``x`` (4, LANES)."""
    key_0, key_1 = np.uint64(seed), np.uint64(stream)
    for i in range(LANES):
        x[0, i], x[1, i], x[2, i], x[3, i] = np.uint64(draw + 1), agents[0, i], np.uint64(quarter), np.uint64(0)
    for _ in range(_ROUNDS):
        for i in range(LANES):
            high_0, low_0 = product(_MULTIPLY_0, x[0, i])
            high_1, low_1 = product(_MULTIPLY_1, x[2, i])
            x[0, i], x[1, i], x[2, i], x[3, i] = high_1 ^ x[1, i] ^ key_0, low_1, high_0 ^ x[3, i] ^ key_1, low_0
        key_0, key_1 = key_0 + _WEYL_0, key_1 + _WEYL_1


@rule
@in_place
def unit(word: np.uint64) -> float:
    """A number in (0, 1) from a 64-bit word: the middle of one of 2^52 equal cells.

    Its upper 52 bits are the fraction of a float from 1 to 2.
    """
    return (of_bits(np.int64((word >> _SHIFT) | _ONE)) - 1.0) + _HALF_CELL


@rule
def uniform(seed: int, stream: int, quarter: int, agent: int, draw: int) -> float:
    """A number in (0, 1) at an address."""
    word, _, _, _ = block(seed, stream, quarter, agent, draw)
    return unit(word)


@rule
@in_place
def strikes(drawn: float, hazard: float) -> bool:
    """Whether what has a ``hazard`` (a quarter) happens in this quarter, by a number drawn in (0, 1).

    It does with the chance ``1 - exp(-hazard)``, which is below the hazard: most of what does not happen is told by that alone.
    """
    return drawn < hazard and drawn < 1.0 - math.exp(-hazard)


@rule
@in_place
def two_normals(first: np.uint64, second: np.uint64) -> tuple[float, float]:
    """Two independent standard normal numbers from two 64-bit words (Box and Muller 1958)."""
    radius = math.sqrt(-2.0 * logarithm(unit(first)))
    sine, cosine = sine_and_cosine(unit(second))
    return radius * cosine, radius * sine


@rule
def normal(seed: int, stream: int, quarter: int, agent: int, draw: int) -> float:
    """A standard normal number at an address."""
    word_0, word_1, _, _ = block(seed, stream, quarter, agent, draw)
    value, _ = two_normals(word_0, word_1)
    return value


@rule
def four_normals(seed: int, stream: int, quarter: int, agent: int, draw: int) -> tuple[float, float, float, float]:
    """Four independent standard normal numbers at an address."""
    word_0, word_1, word_2, word_3 = block(seed, stream, quarter, agent, draw)
    first, second = two_normals(word_0, word_1)
    third, fourth = two_normals(word_2, word_3)
    return first, second, third, fourth


@rule
@in_place
def four_normals_each(
    seed: int, stream: int, quarter: int, agents: NDArray[np.uint64], draw: int, normals: NDArray[np.float64]
) -> None:
    """The :func:`four_normals` of each of ``agents`` (1, LANES), to the bit, in rows ``4 draw`` to ``4 draw + 3`` of ``normals``.

    Those for which there is no row are left out; the number of rows is even.
    """
    words = _words_by_lane()
    block_each(seed, stream, quarter, agents, draw, words)
    for pair in range(0, min(4, normals.shape[0] - 4 * draw), 2):
        for i in range(LANES):
            row = 4 * draw + pair
            normals[row, i], normals[row + 1, i] = two_normals(words[pair, i], words[pair + 1, i])
