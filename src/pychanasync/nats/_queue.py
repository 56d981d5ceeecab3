"""Queue: a queue on a NATS server, and how it is declared."""

from __future__ import annotations

from typing import SupportsIndex, TypeVar

from nats.aio.client import Client

from pychanasync._arguments import as_duration, as_limit
from pychanasync._bridge import RemoteQueue
from pychanasync._engine import Codec, NotNow

from ._jetstream import (
    CONSUMER,
    GONE,
    NOT_FOUND,
    OLDEST_SERVER,
    REMEMBERED,
    SECOND,
    Answer,
    JetStream,
    Nobody,
    RefusedError,
    Server,
    Settings,
    dead,
)

Item = TypeVar("Item")
Declared = TypeVar("Declared")  # The type variable of the class would be unsolved in a call on the bare class.

LEASES = 0.001, 1e9  # In seconds. Ten times the longest is more nanoseconds than the server can count.
LONGEST_NAME = 250  # In bytes: the server takes 255, and the name of the dead stream is five longer.


class Queue(RemoteQueue[Item]):
    """A durable, bounded queue of items of one type, kept by NATS JetStream.

    Make one by `declare`. Any number of processes may send to it and receive from it.

    Attributes:
        name: The name of the queue and of its stream.
    """

    __module__ = "pychanasync.nats"

    @classmethod
    async def declare(  # noqa: PLR0913  # Half of them by keyword.
        cls,
        client: Client,
        name: str,
        codec: Codec[Declared],
        *,
        capacity: SupportsIndex,
        lease: float = 30.0,
        attempts: SupportsIndex = 10,
    ) -> Queue[Declared]:
        """Create a queue on a server, or find an existing one.

        The queue is the stream ``NAME`` with the subject ``NAME`` and the consumer ``workers``. An item that cannot be
        decoded, or was not done within ``attempts``, goes to the subject ``NAME.dead``, kept in the stream
        ``NAME-dead``.

        Args:
            client: A connected client of nats-py. Connect it with ``max_reconnect_attempts=-1``; otherwise it gives
                up when the server is away for a while.
            name: The name of the queue.
            codec: Converts items to bytes and back, such as a `MsgspecCodec`.
            capacity: How many items the queue may hold, including those on loan. When it is full, outboxes wait.
            lease: After how many seconds the items of a process that died are given out again.
            attempts: How many times an item is given out, at most.

        Raises:
            ValueError: A queue with this name has other settings, or another stream is in its place; or NATS does not
                accept the name, or a number is out of range.
            TypeError: The name is not a string, or a number is of another type.
            RuntimeError: The server is older than 2.10.23, or has no JetStream, or refuses for another reason.
            ConnectionError: The server did not answer, or the client is not connected.
        """
        _check_name(name)
        most, often, seconds = as_limit(capacity, "capacity", ""), as_limit(attempts, "attempts", ""), _as_lease(lease)
        server = Server(client)
        try:
            server.check_connection()
            _check_version(client)
            await _ensure(server, {"name": dead(name), "subjects": [f"{name}.dead"]})
            await _ensure(server, _stream(name, most, seconds, often))
            await _ensure(server, _consumer(seconds), stream=name)
        except Nobody:
            raise RuntimeError("the NATS server has no JetStream: it is started with -js") from None
        except (NotNow, *GONE) as error:
            raise ConnectionError(str(error)) from error
        return Queue(JetStream(client, name, seconds, often), codec, name)


def _stream(name: str, capacity: int, lease: float, attempts: int) -> Settings:
    """Return the settings of the stream of a queue.

    There is no limit in bytes on purpose: next to a limit in messages, the server silently drops what exceeds it.
    """
    return {
        "name": name,
        "subjects": [name],
        "retention": "workqueue",
        "discard": "new",
        "max_msgs": capacity,
        "max_bytes": -1,
        "max_age": 0,
        "max_msgs_per_subject": -1,
        "duplicate_window": int(REMEMBERED * SECOND),
        # So that a declaration with other settings is refused before it creates a consumer.
        "metadata": {"pychanasync-lease": f"{lease}", "pychanasync-attempts": f"{attempts}"},
    }


def _consumer(lease: float) -> Settings:
    """Return the settings of the consumer, which gives out each item until it is done."""
    return {
        "name": CONSUMER,
        "durable_name": CONSUMER,
        "deliver_policy": "all",
        "ack_policy": "explicit",
        "ack_wait": int(lease * SECOND),
        "max_deliver": -1,  # A message that the server gives up on would stay in the stream for ever.
        "max_ack_pending": -1,
    }


async def _ensure(server: Server, wanted: Settings, stream: str = "") -> None:
    """Create a stream, or the consumer of one, if it does not exist; check its settings."""
    name = wanted["name"]
    kind, path = ("CONSUMER", f"{stream}.{name}") if stream else ("STREAM", name)
    try:
        answer = await server.call(f"{kind}.INFO.{path}")
    except RefusedError as refusal:
        if refusal.code != NOT_FOUND:
            raise
        try:
            created = {"stream_name": stream, "action": "create", "config": wanted} if stream else wanted
            answer = await server.call(f"{kind}.CREATE.{path}", created)
        except RefusedError as refusal_now:
            raise ValueError(
                f"{name!r} cannot be created, or exists with other settings: {refusal_now}"
            ) from refusal_now
    found = _without_others(answer["config"])
    for key, value in wanted.items():
        if found.get(key) != value:
            raise ValueError(f"{name!r} exists with other settings: its {key} is {found.get(key)!r}, not {value!r}")


def _without_others(config: Answer) -> Answer:
    """Drop the metadata that is not ours: the server adds some."""
    metadata: dict[str, str] = config.get("metadata") or {}
    return {**config, "metadata": {key: value for key, value in metadata.items() if key.startswith("pychanasync-")}}


def _check_version(client: Client) -> None:
    version = client.connected_server_version
    if (version.major, version.minor, version.patch) < OLDEST_SERVER:
        oldest = ".".join(map(str, OLDEST_SERVER))
        raise RuntimeError(f"the NATS server must be {oldest} or newer, this is {version!r}")


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise TypeError(f"name must be a str, got {name!r}")
    refused = set(".*>/\\")
    if not name or name[0] == "$" or any(each in refused or each <= " " or each.isspace() for each in name):
        raise ValueError(f"NATS does not take the name {name!r}: no dots, spaces, slashes, * or >, no $ in front")
    if len(name.encode()) > LONGEST_NAME:
        raise ValueError(f"a name may have {LONGEST_NAME} bytes, got {len(name.encode())}")


def _as_lease(lease: object) -> float:
    seconds = as_duration("lease", lease)
    shortest, longest = LEASES
    if not shortest <= seconds <= longest:
        raise ValueError(f"lease must be between {shortest} and {longest} seconds, got {lease!r}")
    return seconds
