"""A queue on another machine, between local channels: durable and bounded, kept by NATS JetStream.

`Queue.declare` makes or finds a queue. Its two ends are local: `Queue.outbox` lends a sending half, whose items a task
stores in the queue; `Queue.inbox` lends a receiving half, whose items come with a lease, as a `Delivery`. The local
ends keep the promises of channels. Between them an item is delivered at least once.

This needs the extra ``nats``: ``pip install ".[nats]"`` in a clone.
"""

from pychanasync._engine import Codec
from pychanasync._inbox import Delivery
from pychanasync._outbox import NotStored, Outbox

from ._codec import MsgspecCodec
from ._queue import Queue

__all__ = ["Codec", "Delivery", "MsgspecCodec", "NotStored", "Outbox", "Queue"]
