"""What a strategy makes of the number that it is given for its buffer, and of the word for its overflow."""

from __future__ import annotations

from math import inf
from operator import index
from typing import SupportsIndex


def as_bound(buffer: object) -> float:
    """Return the bound of a buffer that may be without one.

    Raises:
        TypeError: It is neither an integer nor ``math.inf``.
        ValueError: It is 0 or less.
    """
    bound: float
    if type(buffer) is int:  # As most callers give it. The calls below take a tenth of the time to make a channel.
        bound = buffer
    elif _is_infinite(buffer):
        bound = inf
    else:
        bound = _as_integer(buffer, ", or math.inf for no bound")
    if bound < 1:
        raise ValueError(f"buffer must be at least 1, got {bound}: leave buffer out for an unbuffered channel")
    return bound


def as_finite_bound(buffer: object, overflow: str) -> int:
    """Return the bound of a buffer that items are dropped from, or at, when it is full.

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
    """Refuse the word for another strategy.

    Raises:
        ValueError: It is not the strategy's own.
    """
    if overflow != own:
        raise ValueError(f"{kind} takes only overflow={own!r}, got {overflow!r}: let Channel(...) choose the class")


def _is_infinite(buffer: object) -> bool:
    return isinstance(buffer, float) and buffer == inf


def _as_integer(buffer: object, alternative: str = "") -> int:
    if type(buffer) is int:  # The same. To ask for SupportsIndex takes Python 3.11 longer than all the rest.
        return buffer
    if not isinstance(buffer, (bool, float)) and isinstance(buffer, SupportsIndex):
        return index(buffer)
    raise TypeError(f"buffer must be an integer of at least 1{alternative}, got {buffer!r}")
