"""NATS JetStream as the engine of a queue: a stream that refuses items when it is full, and one consumer.

This sends JetStream's documented requests, as JSON. The client's own calls would drop settings that they do not know,
and their ``fetch`` waits until its batch is full.

Invariants: each call distinguishes a server that is away for now from a queue that is gone for good. One request for
messages is pending at a time; late answers to earlier ones are used too.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from string import punctuation
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import ConnectionClosedError, ConnectionDrainingError, Error, MaxPayloadError, NoRespondersError
from nats.errors import TimeoutError as NatsTimeoutError

from pychanasync._engine import Loan, NotNow

Answer: TypeAlias = dict[str, Any]  # type: ignore[explicit-any]  # The server's JSON.
Settings: TypeAlias = Mapping[str, object]

OLDEST_SERVER: Final = 2, 10, 23
CONSUMER: Final = "workers"
REMEMBERED: Final = 120.0  # Seconds for which the server remembers an identity.
PATIENCE: Final = 2.0  # Seconds to wait for an answer.
CONFIRMED: Final = 0.5  # Seconds to wait for an answer about a loan before checking that the server is up.
POLL: Final = 1.0  # Seconds for which the server keeps a request for messages.
LATE: Final = 0.5  # Seconds until its answer to that counts as lost.
FINISHED: Final = 1  # The largest message, in bytes, of a finished queue: headers alone are larger.
ROOM: Final = 1_024  # Bytes for the headers of a message.
LONGEST: Final = 200  # Characters of a reason.
NOT_FOUND: Final = 404
SERVER_ERROR: Final = 500
TOO_LARGE: Final = 10_054  # Of a message, for its stream.
QUIET: Final = {"404", "408"}  # No message arrived.
SECOND: Final = 1_000_000_000  # In the server's unit.
GONE: Final = ConnectionClosedError, ConnectionDrainingError, MaxPayloadError


class RefusedError(RuntimeError):
    """The server refused a request, and retrying is pointless."""

    def __init__(self, error: Answer) -> None:
        super().__init__(f"the NATS server refused: {error.get('description')}")
        self.code: int = error.get("code", 0)
        self.number: int = error.get("err_code", 0)


class Nobody(NotNow):
    """Nobody listens on the subject: JetStream is away, or what it names does not exist."""


class Unanswered(NotNow):
    """No answer came in time."""


class Server:
    """The requests that both a queue and its declaration need."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def check_connection(self) -> None:
        """Raise unless connected: the client would send later what may be outdated by then."""
        if self.client.is_closed:
            raise ConnectionClosedError
        if not self.client.is_connected:
            raise NotNow("the NATS server is away")

    async def tell(self, subject: str, payload: bytes, reply: str = "") -> None:
        """Send something without waiting for an answer."""
        self.check_connection()
        try:
            await self.client.publish(subject, payload, reply)
        except GONE:
            raise
        except (Error, OSError) as error:
            raise NotNow(f"the NATS server cannot be reached: {error}") from error

    async def request(
        self, subject: str, payload: bytes, headers: dict[str, str] | None = None, patience: float = PATIENCE
    ) -> bytes:
        """Send a request, and wait for the answer.

        Raises:
            Nobody, Unanswered, NotNow: It may be retried.
            nats.errors.Error: Retrying is pointless.
        """
        self.check_connection()
        try:
            answer = await self.client.request(subject, payload, timeout=patience, headers=headers)
        except GONE:
            raise
        except NoRespondersError as error:
            raise Nobody(f"nobody answers on {subject}") from error
        except NatsTimeoutError as error:
            raise Unanswered("the NATS server does not answer") from error
        except (Error, OSError) as error:
            raise NotNow(f"the NATS server cannot be reached: {error}") from error
        return answer.data

    async def ask(self, subject: str, payload: bytes, headers: dict[str, str] | None = None) -> Answer:
        """Send a request that JetStream answers in JSON."""
        answer: Answer = json.loads(await self.request(subject, payload, headers))
        if error := answer.get("error"):
            refusal = RefusedError(error)
            if refusal.code >= SERVER_ERROR:  # No room, or not ready: this is temporary.
                raise NotNow(error.get("description"))
            raise refusal
        return answer

    async def call(self, call: str, settings: Settings | None = None) -> Answer:
        """Call JetStream's API."""
        return await self.ask(f"$JS.API.{call}", b"" if settings is None else json.dumps(settings).encode())


class JetStream(Server):
    """A queue that a server keeps."""

    def __init__(self, client: Client, name: str, lease: float, attempts: int) -> None:
        super().__init__(client)
        self.name = name
        self.lease = lease
        self.attempts = attempts

    def check(self, identity: str, data: bytes) -> None:
        largest = self.client.max_payload - ROOM
        size = len(data) + len(as_header(identity))
        if size > largest:
            raise ValueError(f"an item of {size} bytes is too large for the NATS server, which takes {largest}")

    async def append(self, identity: str, data: bytes) -> None:
        headers = {"Nats-Msg-Id": as_header(identity), "Nats-Expected-Stream": self.name}
        try:
            await self.ask(self.name, data, headers)
        except Nobody:
            await self.look(f"STREAM.INFO.{self.name}")
            raise
        except RefusedError as refusal:
            if refusal.number == TOO_LARGE and await self._finished():
                raise RuntimeError(f"the queue {self.name!r} was finished") from None
            raise

    def source(self) -> PullSource:
        return PullSource(self)

    async def finish(self) -> None:
        settings = (await self.call(f"STREAM.INFO.{self.name}"))["config"]
        await self.call(f"STREAM.UPDATE.{self.name}", {**settings, "max_msg_size": FINISHED})

    async def drained(self) -> bool:
        info = await self.call(f"STREAM.INFO.{self.name}")
        empty: bool = info["state"]["messages"] == 0  # These include what is on loan.
        return empty and is_finished(info)

    async def bury(self, message: Msg, reason: str) -> None:
        """Store a message in the stream of dead items, once."""
        of, when = message.metadata.sequence.stream, message.metadata.timestamp.timestamp()
        headers = {
            "Nats-Msg-Id": f"{of}-{when}",
            "Nats-Expected-Stream": dead(self.name),
            "Pychanasync-Reason": as_header(reason, " ")[:LONGEST],
        }
        # If the headers do not fit, another program stored the message, with fewer of them.
        fits = len(message.data) + ROOM <= self.client.max_payload
        try:
            await self.ask(f"{self.name}.dead", message.data, headers if fits else None)
        except Nobody:
            await self.look(f"STREAM.INFO.{dead(self.name)}")
            raise

    async def respond(self, message: Msg, payload: bytes) -> None:
        """Report the outcome of a message, and wait for the server's confirmation.

        A server that was killed may have lost the record of the loan, and then never answers. So if it answers another
        request instead, twice, give up: it will lend the message again.
        """
        for _ in range(2):
            try:
                await self.request(message.reply, payload, patience=CONFIRMED)
            except Unanswered:
                await self.look(f"CONSUMER.INFO.{self.name}.{CONSUMER}")
            except Nobody:
                await self.look(f"CONSUMER.INFO.{self.name}.{CONSUMER}")
                raise
            else:
                return

    async def look(self, call: str) -> None:
        """Check that something exists; raise `RefusedError` if it does not, `NotNow` if the server is away."""
        await self.call(call)

    async def _finished(self) -> bool:
        return is_finished(await self.call(f"STREAM.INFO.{self.name}"))


class PullSource:
    """The messages of one inbox: requests for them, and one subscription that receives the answers."""

    def __init__(self, engine: JetStream) -> None:
        self._engine = engine
        self._subscription: Subscription | None = None
        self._inbox = engine.client.new_inbox()
        self._number = 0  # The number of the last request.
        self._asked = 0  # How many messages may still answer it.
        self._until = 0.0
        self._trouble = False
        self.arrived: deque[Loan] = deque()
        self._came = asyncio.Event()

    async def fetch(self, limit: int) -> Sequence[Loan]:
        self._engine.check_connection()
        if self._subscription is None:
            self._subscription = await self._engine.client.subscribe(  # pyright: ignore[reportUnknownMemberType]  # One of its arguments.
                f"{self._inbox}.*", cb=self._take, pending_msgs_limit=0, pending_bytes_limit=0
            )
        if not self.arrived:
            self._came.clear()
            now = asyncio.get_running_loop().time()
            if self._asked <= 0 or now >= self._until:
                self._number += 1
                self._asked, self._until = limit, now + POLL + LATE
                request = json.dumps({"batch": limit, "expires": int(POLL * SECOND)}).encode()
                call = f"$JS.API.CONSUMER.MSG.NEXT.{self._engine.name}.{CONSUMER}"
                await self._engine.tell(call, request, f"{self._inbox}.{self._number}")
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._until):
                    await self._came.wait()
        if self._trouble:
            self._trouble = False
            await self._engine.look(f"CONSUMER.INFO.{self._engine.name}.{CONSUMER}")
            raise NotNow("the NATS server did not take a request for messages")  # Too many may be pending.
        loans = [*self.arrived]
        self.arrived.clear()
        return loans

    async def leave(self) -> None:
        if self._subscription is not None:
            if self._engine.client.is_connected:
                # Messages that are on their way arrive before this returns.
                await self._subscription.drain()  # type: ignore[no-untyped-call]  # It lacks a "-> None".
            else:
                await self._subscription.unsubscribe()

    async def _take(self, message: Msg) -> None:
        """Take a message, or the notice that a request has ended."""
        if message.reply:
            self._asked -= 1
            self.arrived.append(MessageLoan(self._engine, message))
        elif message.subject == f"{self._inbox}.{self._number}":
            self._asked = 0
            self._trouble = (message.headers or {}).get("Status") not in QUIET
        self._came.set()


class MessageLoan:
    """A message, as an item on loan."""

    __slots__ = ("_engine", "_message")

    def __init__(self, engine: JetStream, message: Msg) -> None:
        self._engine = engine
        self._message = message

    @property
    def data(self) -> bytes:
        return self._message.data

    @property
    def attempt(self) -> int:
        return self._message.metadata.num_delivered

    async def extend(self) -> None:
        await self._engine.tell(self._message.reply, b"+WPI")

    async def settle(self) -> None:
        await self._engine.respond(self._message, b"+ACK")

    async def give_back(self, delay: float) -> None:
        await self._engine.respond(self._message, b"-NAK " + json.dumps({"delay": int(delay * SECOND)}).encode())

    async def bury(self, reason: str) -> None:
        await self._engine.bury(self._message, reason)
        await self._engine.respond(self._message, b"+TERM")


def as_header(text: str, also: str = "") -> str:
    """Encode a text for a header: one line of ASCII, and different for different texts."""
    return quote(text, safe=punctuation.replace("%", "") + also, errors="surrogatepass")


def dead(name: str) -> str:
    """Return the name of the stream that keeps dead items."""
    return f"{name}-dead"


def is_finished(info: Answer) -> bool:
    """Return whether a stream was finished."""
    finished: bool = info["config"].get("max_msg_size") == FINISHED
    return finished
