"""Checks of the numbers and words that are passed to calls.

The usual types are tested first: an isinstance check against a protocol takes longer than pulling ten items.
"""

from __future__ import annotations

from math import inf, isnan
from operator import index
from sys import maxsize
from typing import SupportsFloat, SupportsIndex, TypeGuard


def as_bound(buffer: object, hint: str = ": leave buffer out for an unbuffered channel") -> float:
    """Return the bound of a buffer, which may be infinite. The hint is added to the text of the ValueError.

    Raises:
        TypeError: It is neither an integer nor ``math.inf``.
        ValueError: It is 0 or less.
    """
    bound: float
    if type(buffer) is int:  # The usual case. The calls below would add a tenth to the cost of a channel.
        bound = buffer
    elif _is_infinite(buffer):
        bound = inf
    else:
        bound = _as_integer(buffer, ", or math.inf for no bound")
    if bound < 1:
        raise ValueError(f"buffer must be at least 1, got {bound}{hint}")
    return bound


def as_finite_bound(buffer: object, overflow: str) -> int:
    """Return the bound of a buffer for a channel that drops items when it is full.

    Raises:
        TypeError: It is not an integer.
        ValueError: It is 0 or less, infinite or ``None``.
    """
    if buffer is not None and not _is_infinite(buffer):
        bound = _as_integer(buffer)
        if bound >= 1:
            return bound
    raise ValueError(f"overflow={overflow!r} needs a finite buffer of at least 1, got {buffer!r}")


def check_overflow(overflow: str, own: str, kind: str) -> None:
    """Reject the word of another strategy.

    Raises:
        ValueError: It is not the strategy's own word.
    """
    if overflow != own:
        raise ValueError(f"{kind} takes only overflow={own!r}, got {overflow!r}: let Channel(...) choose the class")


def as_count(name: str, number: object) -> int:
    """Return a number of items that may be 0.

    Raises:
        TypeError: It is not an integer.
        ValueError: It is negative.
    """
    if not _is_integer(number):
        raise TypeError(f"{name} must be an integer of at least 0, got {number!r}")
    count = index(number)
    if count < 0:
        raise ValueError(f"{name} must be at least 0, got {count}")
    return min(count, maxsize)  # No container holds more.


def as_limit(limit: object, name: str = "limit", hint: str = ": use sys.maxsize to take everything there is") -> int:
    """Return how many items a call may take, or how many of something else there may be; at least 1.

    Raises:
        TypeError: It is not an integer.
        ValueError: It is 0 or less.
    """
    if type(limit) is int and limit > 0:
        return limit
    if not _is_integer(limit):
        raise TypeError(f"{name} must be an integer of at least 1, got {limit!r}{hint}")
    number = index(limit)
    if number < 1:
        raise ValueError(f"{name} must be at least 1, got {number}")
    return number


def as_duration(name: str, seconds: object) -> float:
    """Return a duration in seconds.

    Raises:
        TypeError: It is not a number.
        ValueError: It is negative or NaN.
    """
    if type(seconds) is float and seconds >= 0:
        return seconds
    number = as_seconds(name, seconds)
    if number < 0:
        raise ValueError(f"{name} must be 0 or more seconds, got {seconds!r}")
    return number


def as_seconds(name: str, seconds: object) -> float:
    """Return a number of seconds, or a point in time; it may be negative.

    Raises:
        TypeError: It is not a number.
        ValueError: It is NaN.
    """
    if type(seconds) is float:
        number = seconds
    elif isinstance(seconds, bool) or not isinstance(seconds, (int, SupportsFloat)):
        raise TypeError(f"{name} must be a number of seconds, got {seconds!r}")
    else:
        try:
            number = float(seconds)
        except OverflowError:  # An integer too large for a float.
            number = inf if isinstance(seconds, int) and seconds > 0 else -inf
    if isnan(number):
        raise ValueError(f"{name} must be a number of seconds, got {seconds!r}")
    return number


def _is_infinite(buffer: object) -> bool:
    return isinstance(buffer, float) and buffer == inf


def _as_integer(buffer: object, alternative: str = "") -> int:
    if type(buffer) is int:  # The usual case. On Python 3.11 a check for SupportsIndex takes longer than all the rest.
        return buffer
    if _is_integer(buffer):
        return index(buffer)
    raise TypeError(f"buffer must be an integer of at least 1{alternative}, got {buffer!r}")


def _is_integer(number: object) -> TypeGuard[SupportsIndex]:
    return not isinstance(number, (bool, float)) and isinstance(number, SupportsIndex)
