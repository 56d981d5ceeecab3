"""UnbufferedChannel: the rendezvous.

Invariant: the bound is 0, so that no push leaves its item without a pull that takes it or is woken for it. Only what a
cancelled pull left can be in the channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from ._arguments import check_overflow
from ._core import Item
from .channel import Channel

if TYPE_CHECKING:
    from .channel import Arguments


class UnbufferedChannel(Channel[Item]):
    """A channel without a buffer: a push waits for its pull, and a pull for its push.

    When `push` returns, a pull has taken the item, or it is set aside for a pull that waits. If that pull is cancelled
    before it takes the item, the item goes to the next waiting pull, or stays in the channel as the next to be pulled.
    `push_nowait` succeeds exactly when a pull waits, `pull_nowait` when a push waits or such an item was left.
    """

    __module__ = "pychanasync"
    __slots__ = ()

    if TYPE_CHECKING:
        # Tells checkers that the factory's overloads stop here: a subclass is built as itself, by its own __init__.
        def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Self: ...  # noqa: D102

    def __init__(self, buffer: None = None, *, overflow: Literal["wait"] = "wait", name: str | None = None) -> None:
        """Make a channel without a buffer.

        Args:
            buffer: Only ``None``, which the factory may pass.
            overflow: Only ``"wait"``, which the factory may pass: a push waits for its pull.
            name: A name for the channel, shown by its `repr` and its errors.

        Raises:
            TypeError: ``buffer`` is not ``None``, or ``name`` is not a str.
            ValueError: ``overflow`` is another word.
        """
        if overflow != "wait":
            check_overflow(overflow, "wait", "UnbufferedChannel")  # type: ignore[unreachable]  # Not for whoever asks no checker.
        if buffer is not None:
            raise TypeError(f"an UnbufferedChannel has no buffer, got {buffer!r}: use BufferedChannel")
        if name is not None:
            self._call(name)

    def csize(self) -> None:
        """Return ``None``: there is no buffer."""
