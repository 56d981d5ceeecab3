"""UnbufferedChannel: a push and a pull meet (a rendezvous).

Invariant: the bound is 0, so a push is done only when a pull takes its item or is woken for it. The channel holds no
items but those that cancelled pulls have left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from ._arguments import check_overflow
from ._core import Item
from .channel import Channel

if TYPE_CHECKING:
    from .channel import Arguments


class UnbufferedChannel(Channel[Item]):
    """A channel without a buffer: a push waits for a pull, and a pull for a push.

    When `push` returns, a pull has taken the item, or it is set aside for a waiting pull. If that pull is cancelled
    before it takes the item, the item goes to the next waiting pull, or stays in the channel and is pulled next.
    `push_nowait` succeeds only if a pull is waiting, `pull_nowait` only if a push is waiting or such an item was left.
    """

    __module__ = "pychanasync"
    __slots__ = ()

    if TYPE_CHECKING:
        # Tells type checkers that the factory's overloads end here: a subclass is created by its own __init__.
        def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Self: ...  # noqa: D102

    def __init__(self, buffer: None = None, *, overflow: Literal["wait"] = "wait", name: str | None = None) -> None:
        """Make a channel without a buffer.

        Args:
            buffer: Only ``None``. ``Channel(...)`` may pass this.
            overflow: Only ``"wait"``: a push waits for a pull. ``Channel(...)`` may pass this.
            name: A name for the channel, shown by its `repr` and its errors.

        Raises:
            TypeError: ``buffer`` is not ``None``, or ``name`` is not a str.
            ValueError: ``overflow`` is another word.
        """
        if overflow != "wait":
            check_overflow(overflow, "wait", "UnbufferedChannel")  # type: ignore[unreachable]  # Reached if no checker is used.
        if buffer is not None:
            raise TypeError(f"an UnbufferedChannel has no buffer, got {buffer!r}: use BufferedChannel")
        if name is not None:
            self._call(name)

    def csize(self) -> None:
        """Return ``None``: there is no buffer."""
