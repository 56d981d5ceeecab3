"""The factory: which class ``Channel(...)`` creates. It imports the strategies; `Channel` reaches it through a hook.

Each class checks its own arguments.
"""

from __future__ import annotations

import sys
import warnings
from typing import Final

from .buffered import BufferedChannel
from .channel import AnyKind, Channel
from .dropping import DroppingChannel
from .sliding import SlidingChannel
from .unbuffered import UnbufferedChannel

_NOT_GIVEN: Final = object()


def choose(buffer: object = _NOT_GIVEN, *, overflow: object = "wait", name: object = None, **others: object) -> AnyKind:
    """Choose the class for the arguments of a ``Channel(...)``."""
    del name  # The class checks it.
    if others:  # In a function of its own: these rare parameters would add a tenth to the cost of a channel.
        return _by_other_words(buffer, overflow, **others)
    return _class_for(buffer, overflow)


def _by_other_words(  # noqa: PLR0913  # Three are there only to be rejected.
    buffer: object,
    overflow: object,
    *,
    bound: object = _NOT_GIVEN,
    maxsize: object = _NOT_GIVEN,
    capacity: object = _NOT_GIVEN,
    size: object = _NOT_GIVEN,
) -> AnyKind:
    """Choose the class if a deprecated keyword was given, or reject one that other libraries use."""
    if not (maxsize is capacity is size is _NOT_GIVEN):
        raise TypeError("Channel() takes the number of items as buffer=, not as maxsize=, capacity= or size=")
    if buffer is not _NOT_GIVEN:
        raise TypeError("Channel() got both buffer= and bound=, which mean the same: leave out bound=")
    _warn_about_bound()
    return _MADE_BY_BOUND[_class_for(bound, overflow)]


for _function in (choose, _by_other_words):
    _function.__qualname__ = "Channel"  # For the error that Python raises if the arguments do not fit.
Channel._choose = staticmethod(choose)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # The hook.


def _class_for(buffer: object, overflow: object) -> AnyKind:
    """Choose the class for a buffer, and for what a push does when it is full."""
    no_buffer = buffer is _NOT_GIVEN or buffer is None
    if overflow == "wait":
        return UnbufferedChannel if no_buffer else BufferedChannel
    if overflow not in ("drop_oldest", "drop_newest"):
        raise ValueError(f"overflow must be 'wait', 'drop_oldest' or 'drop_newest', got {overflow!r}")
    if no_buffer:
        raise ValueError(f"overflow={overflow!r} needs a finite buffer of at least 1: pass buffer=")
    return SlidingChannel if overflow == "drop_oldest" else DroppingChannel


def _warn_about_bound() -> None:
    caller = sys._getframe(4)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # Above _by_other_words, choose and Channel.__new__.
    by_way_of_typing = caller.f_globals.get("__name__") == "typing"  # Channel[int](...) goes through typing.
    warnings.warn("bound= is deprecated: use buffer=", DeprecationWarning, stacklevel=6 if by_way_of_typing else 5)


def _made_by_bound(kind: AnyKind) -> AnyKind:
    """Make the class that ``Channel(bound=...)`` creates first: it takes that keyword, and then becomes its parent.

    Python passes the arguments of the call to the ``__init__`` of whatever ``__new__`` returned, and the strategies do
    not take the deprecated keyword. No caller ever sees an instance of this class.
    """

    class MadeByBound(kind):  # type: ignore[misc]  # Each strategy in turn.
        __slots__ = ()

        def __init__(self, *, bound: object, **words: object) -> None:
            super().__init__(bound, **words)  # pyright: ignore[reportUnknownMemberType]  # The same.
            self.__class__ = kind  # Possible because this class adds no slots.

    return MadeByBound


_MADE_BY_BOUND: Final = {
    kind: _made_by_bound(kind) for kind in (UnbufferedChannel, BufferedChannel, SlidingChannel, DroppingChannel)
}
