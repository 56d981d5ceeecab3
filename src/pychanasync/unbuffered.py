"""UnbufferedChannel: the rendezvous.

Invariant: the bound is 0, so that no push leaves its item without a pull that takes it or is woken for it. Only what a
cancelled pull left can be in the channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from ._core import Item
from .channel import Channel

if TYPE_CHECKING:
    from .channel import Arguments


class UnbufferedChannel(Channel[Item]):
    """A channel without a buffer: a push waits for its pull, and a pull for its push.

    When `push` returns, a pull has taken the item or was woken for it. The ``_nowait`` calls succeed exactly when a
    task waits on the other side. If the pull that was woken is cancelled before it resumes, the item stays in the
    channel and is the next to be pulled.
    """

    __module__ = "pychanasync"
    __slots__ = ()

    if TYPE_CHECKING:
        # Tells checkers that the factory's overloads stop here: a subclass is built as itself, by its own __init__.
        def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Self: ...  # noqa: D102

    def __init__(self, buffer: None = None, *, name: str | None = None) -> None:
        """Make a channel without a buffer.

        Args:
            buffer: It is there for the factory, and can only be ``None``.
            name: What `repr` and the errors call the channel.

        Raises:
            TypeError: ``buffer`` is not ``None``, or ``name`` is not a str.
        """
        if buffer is not None:
            raise TypeError(f"an UnbufferedChannel has no buffer, got {buffer!r}: use BufferedChannel")
        if name is not None:
            self._call(name)

    def csize(self) -> None:
        """Return ``None``: there is no buffer in which to count items."""
