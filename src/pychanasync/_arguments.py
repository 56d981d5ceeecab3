"""What calls make of the numbers that they are given, and which they refuse.

What is usual is let pass first: to ask a protocol takes longer than to pull ten items.
"""

from __future__ import annotations

from math import isnan
from operator import index
from typing import SupportsFloat, SupportsIndex


def as_limit(limit: object) -> int:
    """Return how many items a call may take.

    Raises:
        TypeError: It is not an integer.
        ValueError: It is 0 or less.
    """
    if type(limit) is int and limit > 0:
        return limit
    if isinstance(limit, (bool, float)) or not isinstance(limit, SupportsIndex):
        raise TypeError(f"limit must be an integer of at least 1, got {limit!r}: to take all there is, say sys.maxsize")
    number = index(limit)
    if number < 1:
        raise ValueError(f"limit must be at least 1, got {number}")
    return number


def as_wait(within: object) -> float:
    """Return how long a call may wait, in seconds.

    Raises:
        TypeError: It is not a number.
        ValueError: It is negative or NaN.
    """
    if type(within) is float and within >= 0:
        return within
    seconds = as_seconds("within", within)
    if seconds < 0:
        raise ValueError(f"within must be 0 or more seconds, got {within!r}")
    return seconds


def as_seconds(name: str, seconds: object) -> float:
    """Return a number of seconds, or a point in time, of any sign.

    Raises:
        TypeError: It is not a number.
        ValueError: It is NaN.
    """
    if type(seconds) is float or type(seconds) is int:
        number = float(seconds)
    elif isinstance(seconds, bool) or not isinstance(seconds, SupportsFloat):
        raise TypeError(f"{name} must be a number of seconds, got {seconds!r}")
    else:
        number = float(seconds)
    if isnan(number):
        raise ValueError(f"{name} must be a number of seconds, got {seconds!r}")
    return number
