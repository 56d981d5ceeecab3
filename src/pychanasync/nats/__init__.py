"""A durable, bounded queue on another machine, kept by NATS JetStream and reached through local channels.

`Queue.declare` makes or finds a queue. Both ends are local channels: `Queue.outbox` gives a sending half, whose items a
task stores in the queue; `Queue.inbox` gives a receiving half, whose items come on a lease, each as a `Delivery`. The
local ends keep the promises of channels. Between them, an item is delivered at least once.

This needs the extra ``nats``: ``pip install ".[nats]"`` in a clone.
"""

from pychanasync._engine import Codec
from pychanasync._inbox import Delivery
from pychanasync._outbox import NotStored, Outbox

from ._codec import MsgspecCodec
from ._queue import Queue

__all__ = ["Codec", "Delivery", "MsgspecCodec", "NotStored", "Outbox", "Queue"]
