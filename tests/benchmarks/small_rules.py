"""Small rules, as plain Python, that use what the translator to C knows."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from totalplace.agents.lanes import LANES, on_the_stack

HALF: Final = 0.5
LAST: Final = -1
MASK: Final = np.uint64(0xFFFFFFFF)
room: Final = on_the_stack(2)


def quotients(a: int, b: int) -> tuple[int, int, float]:
    return a // b, a % b, a / b


def bits(a: int, b: int) -> int:
    return ((a & b) | (a ^ b)) + (a << 3) - (b >> 2)


def words(a: np.uint64, b: np.uint64) -> np.uint64:
    return (a * b ^ (a >> np.uint64(7))) + (b & MASK)


def extremes(x: float, y: float, z: float) -> tuple[float, float, float]:
    return min(x, y, z), max(x, y), max(0.0, min(1.0, x))


def wholes(x: float) -> tuple[int, int, float]:
    nearest = round(x)
    return nearest, int(x), float(nearest)


def functions(x: float, y: float) -> float:
    apart = abs(x - y)
    return math.log(1.0 + apart) + math.exp(-apart) * math.sqrt(apart) - math.sin(x) * math.cos(y) + (1.0 + apart) ** 1.7


def powers(x: float) -> tuple[float, float]:
    return x**2, x**HALF


def choices(a: int, x: float) -> int:
    if a in (1, 3, 5) and not x < 0.0:
        return 1
    if 0.0 < x < 1.0 or a % 4 == 3:
        return 2 if x > 0.25 else 3
    return a + (1 if x != x else 0)


def loops(n: int) -> float:
    total, count = 0.0, 0
    for i in range(2, n, 3):
        if i == 11:
            continue
        for i in range(-2, 1):
            total += 0.1 * i
        count += i
    while count < 40:
        count += 7
        if count == 33:
            break
    return total + count


def ends(numbers: NDArray[np.float64], k: int) -> float:
    rows, row = numbers, numbers[k]
    row[LAST] = rows[k, 0] - rows[-1, k]
    numbers[0, 1], numbers[1, 0] = numbers[1, 0], numbers[0, 1]
    for j in range(-1, 1):
        row[j] += 1.0
    return row[k] * row.shape[0] + rows[LAST, LAST]


def spend(purse: NDArray[np.float64]) -> float:
    purse[0] -= 1.0
    return 10.0 * purse[0]


def ordered(purse: NDArray[np.float64]) -> float:
    first = purse[0] + spend(purse) * purse[0]
    purse[0] += spend(purse)
    purse[1] = purse[0] - spend(purse)
    purse[2 if purse[0] < 0.0 else 3] = spend(purse)
    return first - weighed(purse[0], spend(purse), purse[0])


def weighed(a: float, b: float, c: float) -> float:
    return a + 3.0 * b - 7.0 * c


def rooms(x: float) -> float:
    own, total = room(), 0.0
    for i in range(LANES):
        own[0, i], own[1, i] = x * i, x - i
    for i in range(LANES):
        total += own[0, i] * own[1, i]
    return total
