"""Exponential, logarithm, sine and cosine and powers of many numbers at once.

The functions of the C library take one number at a time and give other last bits on other systems. These are sums and products
without a branch, so that the compiler works on as many numbers at once as the processor has room for, and they give the same bits
everywhere: compiled or not, alone or in company. Each says how far it may be from the true value, as a part of it, in steps of
2^-52; ``tests/agents/test_elementary.py`` holds it to that.

Coefficients are of the polynomials that meet the function at the Chebyshev nodes of the interval that its argument is brought to
(worked out with 60 digits); they are off by less than 2^-55 of the function.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from totalplace.agents.compiled import rule
from totalplace.agents.lanes import bits_of, of_bits
from totalplace.agents.numba_private import in_place

#: Technical: added to a number below 2^51 it leaves no room for a fraction, so that the last bits are the nearest whole number.
_ROUNDING: Final = 6755399441055744.0
_ROUNDING_BITS: Final = np.int64(0x4338000000000000)
#: Technical: a 64-bit float has 52 bits of fraction; its exponent is shifted by 1023.
_FRACTION: Final = np.int64(52)
_SHIFT: Final = np.int64(1023)
_ONE: Final = np.int64(0x3FF0000000000000)
#: Technical: 2^52, and its bits: a whole number below it, put into the last bits, is added.
_WHOLE: Final = 4503599627370496.0
_WHOLE_BITS: Final = np.int64(0x4330000000000000)
#: Technical: the least float with all its bits.
_TINY: Final = 2.0**-1022
_HUGE: Final = 1.7976931348623157e308
#: Technical: 1 / log 2, and log 2 in two parts, the first with 21 zeros at its end.
_PER_LOG_2: Final = 1.4426950408889634
_LOG_2: Final = 0.6931471803691238
_LOG_2_REST: Final = 1.9082149292705877e-10
#: Technical: exponents beyond which the exponential is infinite or nothing.
_LARGEST: Final = 709.0
_LEAST: Final = -708.0
#: Technical: bits of the root of a half: logarithms are worked out between it and the root of two.
_ROOT_HALF: Final = np.int64(0x3FE6A09E667F3BCD)
#: Technical: a turn in two parts.
_TURN: Final = 6.283185307179586
_TURN_REST: Final = 2.4492935982947064e-16


@rule
@in_place
def exponential(x: float) -> float:
    """``e^x`` within 1 step: 0 below -708, infinite above 709, and 1 at 0."""
    given = _LARGEST if x > _LARGEST else x
    given = _LEAST if given < _LEAST else given
    rounded = given * _PER_LOG_2 + _ROUNDING
    twos = rounded - _ROUNDING
    r = (given - twos * _LOG_2) - twos * _LOG_2_REST
    q = 2.510038549551032e-08
    q = q * r + 2.7620088445409746e-07
    q = q * r + 2.7557268459997064e-06
    q = q * r + 2.4801521295954376e-05
    q = q * r + 0.00019841269863053618
    q = q * r + 0.0013888888917213717
    q = q * r + 0.008333333333330062
    q = q * r + 0.04166666666662413
    q = q * r + 0.16666666666666669
    q = q * r + 0.5000000000000001
    value = 1.0 + (r + r * r * q)
    power_of_two = of_bits((bits_of(rounded) - _ROUNDING_BITS + _SHIFT) << _FRACTION)
    value = value * power_of_two
    value = math.inf if x > _LARGEST else value
    return 0.0 if x < _LEAST else value


@rule
@in_place
def logarithm(x: float) -> float:
    """``log x`` within 1 step: 0 at 1, minus infinity below 2^-1022, not a number for negative ``x``."""
    bits = bits_of(x)
    # Between root of a half and root of two the exponent is none; a negative number gives one that is never used.
    exponent = (bits - _ROOT_HALF + _ONE) >> _FRACTION
    twos = (of_bits(exponent | _WHOLE_BITS) - _WHOLE) - 1023.0
    f = of_bits(bits - ((exponent - _SHIFT) << _FRACTION)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    q = 0.14616585424888623
    q = q * z + 0.15331710618210773
    q = q * z + 0.18182889455674947
    q = q * z + 0.22222211130259878
    q = q * z + 0.2857142862600327
    q = q * z + 0.39999999999899444
    q = q * z + 0.666666666666667
    value = twos * _LOG_2 + ((twos * _LOG_2_REST - s * (f - z * q)) + f)
    value = value if x >= _TINY else -math.inf
    value = value if x >= 0.0 else math.nan
    return value if x <= _HUGE else x


@rule
@in_place
def sine_and_cosine(turn: float) -> tuple[float, float]:
    """Sine and cosine of a part (0-1) of a turn, each within 2 steps; exact at quarters of a turn."""
    rounded = 4.0 * turn + _ROUNDING
    quarters = bits_of(rounded)
    r = turn - 0.25 * (rounded - _ROUNDING)
    z = r * r
    p = 3.786430011879243
    p = p * z - 15.094054064726203
    p = p * z + 42.05868917945876
    p = p * z - 76.70585973561397
    p = p * z + 81.6052492760517
    p = p * z - 41.341702240399755
    sine = r * (_TURN + (_TURN_REST + z * p))
    q = -1.6990328650055457
    q = q * z + 7.903206845861561
    q = q * z - 26.426253274804587
    q = q * z + 60.24464135269435
    q = q * z - 85.45681720664378
    q = q * z + 64.93939402266824
    q = q * z - 19.739208802178716
    cosine = 1.0 + z * q
    odd = (quarters & np.int64(1)) == np.int64(1)
    first, second = cosine if odd else sine, sine if odd else cosine
    first = -first if (quarters & np.int64(2)) == np.int64(2) else first
    second = -second if ((quarters + np.int64(1)) & np.int64(2)) == np.int64(2) else second
    return first, second


@rule
@in_place
def power(x: float, y: float) -> float:
    """``x^y`` for ``x`` from 0, within 2 steps and 2 more for each unit of ``|y log x|``; 1 where ``y`` is 0."""
    value = exponential(y * logarithm(x))
    return 1.0 if y == 0.0 else value
