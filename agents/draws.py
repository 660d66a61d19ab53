"""Every random draw has an address: seed, stream, quarter, agent and number of the draw.

The generator is Philox 4x64-10 (Salmon et al. 2011, *Parallel random numbers: as easy as 1, 2, 3*), equal bit for bit to
``numpy.random.Philox(key=[seed, stream], counter=[draw, agent, quarter, 0])``. No draw depends on another, so two scenarios
with one seed differ only through what a lever changed.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from totalplace.agents.compiled import rule

#: Names of the streams; the place in this list is part of the address of a draw: add at the end, never reorder.
STREAMS: Final = (
    "leadership", "trust", "link", "order", "theme", "tie", "veto", "lag", "noise", "turnover", "exit", "election",
    "parameter", "break", "coalition",
)
(LEADERSHIP, TRUST, LINK, ORDER, THEME, TIE, VETO, LAG, NOISE, TURNOVER, EXIT, ELECTION, PARAMETER, BREAK, COALITION) = range(
    len(STREAMS)
)

#: Technical: word halves, multipliers and key steps of Philox 4x64-10 (Salmon et al. 2011); 52 bits of a word make a number.
_LOW: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
_MULTIPLY_0: Final = np.uint64(0xD2E7470EE14C6C93)
_MULTIPLY_1: Final = np.uint64(0xCA5A826395121157)
_WEYL_0: Final = np.uint64(0x9E3779B97F4A7C15)
_WEYL_1: Final = np.uint64(0xBB67AE8584CAA73B)
_SHIFT: Final = np.uint64(12)
_TO_UNIT: Final = 1.0 / 4503599627370496.0
_TWO_PI: Final = 2.0 * math.pi


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
    for _ in range(10):
        high_0, low_0 = high_product(_MULTIPLY_0, x_0), _MULTIPLY_0 * x_0
        high_1, low_1 = high_product(_MULTIPLY_1, x_2), _MULTIPLY_1 * x_2
        x_0, x_1, x_2, x_3 = high_1 ^ x_1 ^ key_0, low_1, high_0 ^ x_3 ^ key_1, low_0
        key_0, key_1 = key_0 + _WEYL_0, key_1 + _WEYL_1
    return x_0, x_1, x_2, x_3


@rule
def unit(word: np.uint64) -> float:
    """A number in (0, 1) from a 64-bit word: the middle of one of 2^52 equal cells."""
    return (np.float64(word >> _SHIFT) + 0.5) * _TO_UNIT


@rule
def uniform(seed: int, stream: int, quarter: int, agent: int, draw: int) -> float:
    """A number in (0, 1) at an address."""
    word, _, _, _ = block(seed, stream, quarter, agent, draw)
    return unit(word)


@rule
def normal(seed: int, stream: int, quarter: int, agent: int, draw: int) -> float:
    """A standard normal number at an address (Box and Muller 1958)."""
    first, second, _, _ = block(seed, stream, quarter, agent, draw)
    return math.sqrt(-2.0 * math.log(unit(first))) * math.cos(_TWO_PI * unit(second))


@rule
def four_normals(seed: int, stream: int, quarter: int, agent: int, draw: int) -> tuple[float, float, float, float]:
    """Four independent standard normal numbers at an address."""
    w_0, w_1, w_2, w_3 = block(seed, stream, quarter, agent, draw)
    radius_0, angle_0 = math.sqrt(-2.0 * math.log(unit(w_0))), _TWO_PI * unit(w_1)
    radius_1, angle_1 = math.sqrt(-2.0 * math.log(unit(w_2))), _TWO_PI * unit(w_3)
    return (
        radius_0 * math.cos(angle_0),
        radius_0 * math.sin(angle_0),
        radius_1 * math.cos(angle_1),
        radius_1 * math.sin(angle_1),
    )
