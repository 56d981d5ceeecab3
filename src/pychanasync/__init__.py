"""Go's channels for asyncio: typed queues between tasks, unbuffered or buffered, that lose nothing.

`Channel` makes a channel of either kind; `SendChannel` and `RecvChannel` are its halves, to annotate code that only
sends or only receives. `chanselect` waits for the first of several operations.
"""

from . import _factory as _factory  # Tells Channel which strategies there are.
from .buffered import BufferedChannel
from .channel import Channel
from .errors import ChannelClosed, ChannelEmpty, ChannelError, ChannelFull
from .protocols import RecvChannel, SelectCase, SendChannel
from .select import Selected, chanselect, chanselect_nowait
from .unbuffered import UnbufferedChannel

__all__ = [
    "BufferedChannel",
    "Channel",
    "ChannelClosed",
    "ChannelEmpty",
    "ChannelError",
    "ChannelFull",
    "RecvChannel",
    "SelectCase",
    "Selected",
    "SendChannel",
    "UnbufferedChannel",
    "chanselect",
    "chanselect_nowait",
]
