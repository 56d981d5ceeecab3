"""What a channel raises, and nothing else.

Invariant: an error names its channel as long as it stays in the process. Pickled or copied it keeps
everything but the channel, which holds tasks of a running loop and can go nowhere.
"""

from __future__ import annotations

from typing import ClassVar


class ChannelError(Exception):
    """Base of the errors of a channel.

    Attributes:
        channel: The channel that the error is about, to be compared with ``is``; ``None`` once the error
            was pickled or copied.
    """

    __module__ = "pychanasync"

    _reason: ClassVar[str] = "the channel refused"

    channel: object | None

    def __init__(self, channel: object | None = None) -> None:
        """Make an error about ``channel``."""
        super().__init__(self._reason)
        self.channel = channel

    def __reduce__(self) -> tuple[type[ChannelError], tuple[()], dict[str, object]]:
        """Leave the channel behind when the error is pickled or copied."""
        return type(self), (), {**vars(self), "channel": None}


class ChannelClosed(ChannelError):
    """The channel was closed: it takes no more items, and a pull finds none left."""

    __module__ = "pychanasync"

    _reason = "the channel is closed: it takes no more items, and none is left to pull"


class ChannelFull(ChannelError):
    """A push that must not wait would have had to."""

    __module__ = "pychanasync"

    _reason = "the channel cannot take an item now: await push() to wait until it can"


class ChannelEmpty(ChannelError):
    """A pull that must not wait would have had to."""

    __module__ = "pychanasync"

    _reason = "the channel has no item to give now: await pull() to wait for one"
