"""Go's channels for asyncio: typed queues between tasks, with or without a buffer, that lose nothing on cancellation.

`Channel` makes a channel of any kind; `SendChannel` and `RecvChannel` are its halves, for annotating code that only
sends or only receives. `chanselect` waits for the first of several operations.
"""

from . import _factory as _factory  # Tells Channel which strategies there are.
from .broadcast import Broadcast, Subscription
from .buffered import BufferedChannel
from .cases import done_case, event_case, timeout_at_case, timeout_case
from .channel import Channel
from .dropping import DroppingChannel
from .ending import close_after
from .errors import ChannelClosed, ChannelEmpty, ChannelError, ChannelFailed, ChannelFull
from .protocols import RecvChannel, SelectCase, SendChannel
from .select import Selected, chanselect, chanselect_nowait
from .sliding import SlidingChannel
from .unbuffered import UnbufferedChannel

__all__ = [
    "Broadcast",
    "BufferedChannel",
    "Channel",
    "ChannelClosed",
    "ChannelEmpty",
    "ChannelError",
    "ChannelFailed",
    "ChannelFull",
    "DroppingChannel",
    "RecvChannel",
    "SelectCase",
    "Selected",
    "SendChannel",
    "SlidingChannel",
    "Subscription",
    "UnbufferedChannel",
    "chanselect",
    "chanselect_nowait",
    "close_after",
    "done_case",
    "event_case",
    "timeout_at_case",
    "timeout_case",
]
