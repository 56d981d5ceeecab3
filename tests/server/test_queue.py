"""A queue on a real server: what is declared, sent, received, put aside and finished, and what is told apart."""

from __future__ import annotations

import asyncio
import json
import pickle
import re
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from math import inf, nan
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec
import pytest
from nats.aio.client import Client, ServerVersion
from nats.errors import ConnectionClosedError, ConnectionDrainingError, NoRespondersError, OutboundBufferLimitError
from nats.errors import TimeoutError as NatsTimeoutError

from pychanasync import Channel, ChannelClosed, ChannelFailed, RecvChannel, SendChannel, chanselect
from pychanasync.nats import Delivery, MsgspecCodec, NotStored, Outbox, Queue
from tests.support.nats_server import NatsServer, connected, until

if TYPE_CHECKING:
    from pathlib import Path

    from nats.aio.msg import Msg

    from tests.support.helpers import Loosely

NUMBERS = MsgspecCodec(int)
Format: TypeAlias = Literal["msgpack", "json"]


async def declare(
    client: Client, name: str, capacity: int = 100, lease: float = 30.0, attempts: int = 10
) -> Queue[int]:
    return await Queue.declare(client, name, NUMBERS, capacity=capacity, lease=lease, attempts=attempts)


async def api(client: Client, call: str, settings: object = None) -> dict[str, Loosely]:
    """Ask the server itself."""
    payload = b"" if settings is None else json.dumps(settings).encode()
    answer: dict[str, Loosely] = json.loads((await client.request(f"$JS.API.{call}", payload, timeout=5)).data)
    return answer


async def stored(client: Client, stream: str) -> int:
    messages: int = (await api(client, f"STREAM.INFO.{stream}"))["state"]["messages"]
    return messages


async def put(queue: Queue[int], *items: int) -> None:
    """Store items."""
    async with queue.outbox(ahead=100) as out:
        for item in items:
            await out.push(item)


async def take(inbox: RecvChannel[Delivery[int]]) -> int:
    async with await inbox.pull() as item:
        return item


async def dead_letters(client: Client, name: str) -> list[tuple[bytes, str | None]]:
    """Read what was put aside, and the reasons."""
    found: list[tuple[bytes, str | None]] = []
    for number in range(1, 1 + await stored(client, f"{name}-dead")):
        message = (await api(client, f"STREAM.MSG.GET.{name}-dead", {"seq": number}))["message"]
        assert message["subject"] == f"{name}.dead"
        headers = b64decode(message.get("hdrs", "")).decode()
        _, _, reason = headers.partition("Pychanasync-Reason: ")
        found.append((b64decode(message.get("data", "")), reason.partition("\r\n")[0] or None))
    return found


async def test_items_come_out_as_they_went_in_and_in_order(client: Client, name: str) -> None:
    queue = await declare(client, name)
    assert queue.name == name
    got: list[int] = []
    async with queue.outbox() as out, queue.inbox() as inbox:
        assert isinstance(out, SendChannel)
        assert isinstance(out, Outbox)
        assert isinstance(inbox, RecvChannel)
        for item in range(20):
            await out.push(item)
        for _ in range(20):
            delivery = await inbox.pull()
            assert delivery.attempt == 1
            async with delivery as item:
                got.append(item)
    assert got == [*range(20)]
    assert await stored(client, name) == 0


async def test_flush_returns_when_everything_is_stored(client: Client, name: str) -> None:
    queue = await declare(client, name)
    async with queue.outbox(ahead=10) as out:
        for item in range(10):
            await out.push(item)
        await out.flush()
        assert await stored(client, name) == 10


async def test_a_full_queue_makes_pushes_wait_and_counts_what_is_on_loan(client: Client, name: str) -> None:
    queue = await declare(client, name, capacity=2)
    with pytest.raises(NotStored, match="maximum messages exceeded") as caught:
        async with queue.outbox(ahead=5, grace=0.3) as out:
            for item in range(4):
                await out.push(item)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await out.flush()
    assert caught.value.items == [2, 3]
    async with queue.outbox() as out, queue.inbox(prefetch=2) as inbox:
        async with await inbox.pull(), await inbox.pull():
            await out.push(7)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await out.flush()
        await out.flush()
        assert await take(inbox) == 7


async def test_what_has_an_identity_that_the_server_knows_is_not_stored_again(client: Client, name: str) -> None:
    queue = await declare(client, name)
    for _ in range(2):
        for identity in ("Übung %d\n", " %d", "%%20%d", "\udc80 %d", "item:%d"):
            async with queue.outbox(identity=identity.__mod__) as out:
                for item in range(2):
                    await out.push(item)
    assert await stored(client, name) == 10


async def test_an_item_that_is_too_large_for_the_server_is_the_error_of_the_push(client: Client, name: str) -> None:
    queue = await Queue.declare(client, name, MsgspecCodec(bytes), capacity=10)
    async with queue.outbox(ahead=3, identity=lambda item: "i" * (900 if item else 10)) as out:
        with pytest.raises(ValueError, match="too large for the NATS server"):
            await out.push(bytes(client.max_payload - 1_500))
        await out.push(bytes(client.max_payload - 2_000))
    async with queue.inbox() as inbox, await inbox.pull() as item:
        assert len(item) == client.max_payload - 2_000


async def test_after_an_error_an_item_comes_again_a_second_later(client: Client, name: str) -> None:
    queue = await declare(client, name)
    await put(queue, 1)
    loop = asyncio.get_running_loop()
    async with queue.inbox() as inbox:
        with pytest.raises(LookupError):
            async with await inbox.pull():
                raise LookupError
        failed = loop.time()
        delivery = await inbox.pull()
        assert loop.time() - failed >= 0.9
        assert delivery.attempt == 2


async def test_after_a_cancellation_and_after_leaving_an_item_comes_again_at_once(client: Client, name: str) -> None:
    queue = await declare(client, name)
    await put(queue, 1)

    async def hold(delivery: Delivery[int]) -> None:
        async with delivery:
            await asyncio.Event().wait()

    async with queue.inbox() as inbox:
        holding = asyncio.create_task(hold(await inbox.pull()))
        await asyncio.sleep(0)
        holding.cancel()
        delivery = await inbox.pull()
        assert delivery.attempt == 2
    async with asyncio.timeout(10), queue.inbox() as inbox:
        delivery = await inbox.pull()
        assert delivery.attempt == 3
    with pytest.raises(RuntimeError, match="was left"):
        await delivery.__aenter__()


async def test_a_lease_is_prolonged_while_the_item_is_held(client: Client, name: str) -> None:
    queue = await declare(client, name, lease=0.6)
    await put(queue, 1)
    async with queue.inbox() as inbox, queue.inbox() as other:
        first, pulling = asyncio.create_task(inbox.pull()), asyncio.create_task(other.pull())
        done, _ = await asyncio.wait([first, pulling], return_when=asyncio.FIRST_COMPLETED)
        async with done.pop().result():
            await asyncio.sleep(2)
        assert sum(not task.done() for task in (first, pulling)) == 1
        for task in (first, pulling):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    assert await stored(client, name) == 0


async def test_poison_is_put_aside_as_it_was_and_no_worker_dies_of_it(client: Client, name: str) -> None:
    queue = await declare(client, name, attempts=2)
    poison = [b"\xff\xff", b"\x91" * 100_000, b"", bytes(client.max_payload)]
    for data in poison:
        await client.request(name, data, timeout=5)
    await put(queue, 1, 2)
    async with queue.inbox(prefetch=3) as inbox:
        async with await inbox.pull() as item:
            assert item == 1
        for _ in range(2):
            with suppress(LookupError):
                async with await inbox.pull() as item:
                    assert item == 2
                    raise LookupError("Ünfit")
    letters = await dead_letters(client, name)
    assert [data for data, _ in letters[:3]] == poison[:3]
    assert sorted(data for data, _ in letters) == sorted([*poison, NUMBERS.encode(2)])
    reasons = dict(letters)
    assert str(reasons[b"\xff\xff"]).startswith("cannot be decoded: ")
    assert reasons[poison[3]] is None  # With it, the message would be too large.
    assert reasons[NUMBERS.encode(2)] == "the last attempt raised LookupError('%C3%9Cnfit')"
    assert await stored(client, name) == 0


async def test_what_was_given_out_too_often_is_put_aside(client: Client, name: str) -> None:
    queue = await declare(client, name, attempts=2)
    await put(queue, 1)
    for _ in range(2):
        async with queue.inbox() as inbox:
            await inbox.pull()
    async with queue.inbox():
        while not await stored(client, f"{name}-dead"):  # noqa: ASYNC110  # No event comes from the server.
            await asyncio.sleep(0.01)  # It is the server that is waited for.
    assert await stored(client, name) == 0
    assert await dead_letters(client, name) == [(NUMBERS.encode(1), "given out 2 times and not done")]


async def test_after_finish_loops_end_and_pushes_end_in_not_stored_now_and_later(client: Client, name: str) -> None:
    queue = await declare(client, name)
    async with queue.inbox() as inbox:
        await put(queue, 1, 2)
        with pytest.raises(NotStored, match="was finished") as caught:
            async with queue.outbox() as out:
                await queue.finish()
                await queue.finish()
                for item in range(10):
                    await out.push(item)
                    await asyncio.sleep(0.01)
        assert caught.value.items[0] == 0
        got: list[int] = []
        async for delivery in inbox:
            async with delivery as item:
                got.append(item)
        assert got == [1, 2]
    queue = await declare(client, name)
    async with queue.inbox() as inbox:
        assert [delivery async for delivery in inbox] == []
    with pytest.raises(NotStored):
        async with queue.outbox() as out:
            await out.push(1)


async def test_after_finish_a_loop_goes_on_while_an_item_is_on_loan_to_another_inbox(client: Client, name: str) -> None:
    queue = await declare(client, name)
    await put(queue, 1)
    async with queue.inbox() as inbox, await inbox.pull(), queue.inbox() as other:
        await queue.finish()
        pulling = asyncio.create_task(other.pull())
        await asyncio.sleep(1.5)  # It has asked by then, and got nothing.
        assert not pulling.done()
        pulling.cancel()
    with suppress(asyncio.CancelledError):
        await pulling
    assert pulling.cancelled()


async def test_poison_is_put_aside_once_though_the_answer_is_lost(
    client: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = await declare(client, name)
    request, lost = client.request, [True]

    async def lose_one(subject: str, *rest: Loosely, **more: Loosely) -> Msg:
        answer = await request(subject, *rest, **more)
        if subject == f"{name}.dead" and lost:
            lost.clear()
            raise NatsTimeoutError
        return answer

    monkeypatch.setattr(client, "request", lose_one)
    await client.request(name, b"\xc1", timeout=5)
    await put(queue, 1)
    async with queue.inbox() as inbox:
        assert await take(inbox) == 1
    assert not lost
    assert len(await dead_letters(client, name)) == 1


async def test_local_ends_take_part_in_a_select(client: Client, name: str) -> None:
    queue = await declare(client, name)
    async with queue.outbox() as out, queue.inbox() as inbox:
        sent = await chanselect(Channel[str]().pull_case(), out.push_case(7))
        assert sent.channel is out
        selected = await chanselect(Channel[str]().pull_case(), inbox.pull_case())
        assert selected.index == 1
        async with selected.value as item:
            assert item == 7


async def test_pulls_under_timeouts_lose_nothing_and_leave_no_gap(client: Client, name: str) -> None:
    queue = await declare(client, name)
    got: list[int] = []
    async with queue.inbox(prefetch=3) as inbox:
        await put(queue, *range(40))
        while len(got) < 40:
            with suppress(TimeoutError):
                async with asyncio.timeout(0.0003 * (len(got) % 5)):
                    delivery = await inbox.pull()
                async with delivery as item:
                    got.append(item)
                continue
            await asyncio.sleep(0.001)
            got.append(await take(inbox))
    assert got == [*range(40)]


# What is declared.


async def test_declaring_finds_what_is_there_and_refuses_other_settings(client: Client, name: str) -> None:
    await asyncio.gather(*[declare(client, name) for _ in range(5)])
    for capacity, lease, attempts in ((99, 30.0, 10), (100, 31.0, 10), (100, 30.0, 9)):
        with pytest.raises(ValueError, match=f"'{name}' exists with other settings: its (max_msgs|metadata) is"):
            await declare(client, name, capacity, lease, attempts)
    consumer = (await api(client, f"CONSUMER.INFO.{name}.workers"))["config"]
    assert consumer["ack_wait"] == 30_000_000_000
    assert consumer["max_deliver"] == consumer["max_ack_pending"] == -1
    config = (await api(client, f"STREAM.INFO.{name}"))["config"]
    assert (config["max_msgs"], config["discard"], config["retention"]) == (100, "new", "workqueue")
    assert (config["max_bytes"], config["duplicate_window"]) == (-1, 120_000_000_000)


async def test_two_who_declare_a_queue_otherwise_at_the_same_time_do_not_both_get_it(client: Client, name: str) -> None:
    outcomes = await asyncio.gather(
        *[declare(client, name, lease=lease) for lease in (1.0, 2.0, 3.0)], return_exceptions=True
    )
    assert sum(isinstance(outcome, ValueError) for outcome in outcomes) == 2


async def test_what_operators_may_change_is_found_all_the_same(client: Client, name: str) -> None:
    await declare(client, name)
    config = (await api(client, f"STREAM.INFO.{name}"))["config"]
    changed = {**config, "description": "ours", "metadata": {**config["metadata"], "team": "a"}}
    assert "error" not in await api(client, f"STREAM.UPDATE.{name}", changed)
    dead = (await api(client, f"STREAM.INFO.{name}-dead"))["config"]
    assert "error" not in await api(client, f"STREAM.UPDATE.{name}-dead", {**dead, "max_msgs": 1000})
    await declare(client, name)


@pytest.mark.parametrize(
    "there",
    [
        {"name": "{name}", "subjects": ["{name}", "{name}.more"]},
        {"name": "{name}-other", "subjects": ["{name}"]},
        {"name": "{name}-other", "subjects": ["{name}.dead"]},
        {"name": "{name}-dead", "subjects": ["{name}.elsewhere"]},
    ],
)
async def test_where_another_stream_is_in_its_place_it_is_refused(
    client: Client, name: str, there: dict[str, str]
) -> None:
    stream = json.loads(json.dumps(there).replace("{name}", name))
    await api(client, f"STREAM.CREATE.{stream['name']}", stream)
    with pytest.raises(ValueError, match="exists with other settings"):
        await declare(client, name)


async def test_another_consumer_in_its_place_is_refused(client: Client, name: str) -> None:
    await declare(client, name)
    await api(client, f"CONSUMER.DELETE.{name}.workers")
    config = {"name": "workers", "durable_name": "workers", "ack_policy": "explicit", "max_deliver": 3}
    await api(client, f"CONSUMER.CREATE.{name}.workers", {"stream_name": name, "config": config})
    with pytest.raises(ValueError, match="'workers' exists with other settings: its"):
        await declare(client, name)


@pytest.mark.parametrize(
    "wrong",
    ["", "a.b", "a b", "a*", ">", "a/b", "a\\b", "a\tb", "a\nb", "a\x01b", "$JS", "a\u2003b", "x" * 251, "ü" * 126],
)
async def test_what_nats_does_not_take_as_a_name_is_refused(client: Client, wrong: str) -> None:
    with pytest.raises(ValueError, match="name"):
        await declare(client, wrong)


@pytest.mark.parametrize("right", ["a", "käse", "x" * 250, "a-b_c", "1", "50%s{0}"])
async def test_other_names_are_taken(client: Client, right: str) -> None:
    queue = await declare(client, right)
    await put(queue, 1)
    async with queue.inbox() as inbox:
        assert await take(inbox) == 1


@pytest.mark.parametrize(
    ("argument", "wrong", "kind"),
    [
        ("capacity", 0, ValueError),
        ("capacity", 1.5, TypeError),
        ("capacity", inf, TypeError),
        ("attempts", 0, ValueError),
        ("attempts", True, TypeError),
        ("lease", 0, ValueError),
        ("lease", -1, ValueError),
        ("lease", 0.0009, ValueError),
        ("lease", 1.1e9, ValueError),
        ("lease", inf, ValueError),
        ("lease", nan, ValueError),
        ("lease", "30", TypeError),
        ("name", 5, TypeError),
    ],
)
async def test_wrong_arguments_are_refused_by_name(
    client: Client, name: str, argument: str, wrong: float, kind: type[Exception]
) -> None:
    declare_so: Loosely = declare
    with pytest.raises(kind, match=f"^{argument} must be"):
        await declare_so(client, **{"name": name, argument: wrong})
    assert "error" in await api(client, f"STREAM.INFO.{name}")


@pytest.mark.parametrize("lease", [0.001, 1e9])
async def test_the_shortest_and_the_longest_lease_are_taken(client: Client, name: str, lease: float) -> None:
    await declare(client, name, lease=lease)
    await declare(client, name, lease=lease)


async def test_an_older_server_is_refused(client: Client, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for version in ("2.9.10", "2.10.22", "0.0.0-unknown"):
        monkeypatch.setattr(Client, "connected_server_version", ServerVersion(version))
        with pytest.raises(RuntimeError, match=r"must be 2\.10\.23 or newer"):
            await declare(client, name)
    for version in ("2.10.23", "2.11.0-RC.1", "3.0.0"):
        monkeypatch.setattr(Client, "connected_server_version", ServerVersion(version))
        await declare(client, name)


async def test_a_server_without_jetstream_is_refused(tmp_path: Path) -> None:
    server = NatsServer(tmp_path, "-m", "0")
    try:
        async with connected(server.url) as client:
            with pytest.raises(RuntimeError, match="has no JetStream"):
                await declare(client, "queue")
    finally:
        server.kill()


async def test_declaring_by_a_client_that_is_not_connected_is_refused(server: NatsServer, name: str) -> None:
    with pytest.raises(ConnectionError):
        await declare(Client(), name)
    async with connected(server.url) as client:
        await client.close()
        with pytest.raises(ConnectionError):
            await declare(client, name)


async def test_declaring_on_a_server_that_does_not_answer_is_refused(own_server: NatsServer) -> None:
    async with connected(own_server.url) as client:
        own_server.stop()
        with pytest.raises(ConnectionError):
            await declare(client, "queue")
        own_server.resume()


async def test_what_the_server_refuses_otherwise_is_a_runtime_error(
    client: Client, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(message: Msg) -> None:
        await message.respond(b'{"error": {"code": 400, "err_code": 1, "description": "not today"}}')

    answers = await client.subscribe(f"{name}.api.>", cb=refuse)  # pyright: ignore[reportUnknownMemberType]  # One of its arguments.
    request = client.request

    async def ask_another(subject: str, *rest: Loosely, **more: Loosely) -> Msg:
        return await request(subject.replace("$JS.API", f"{name}.api"), *rest, **more)

    monkeypatch.setattr(client, "request", ask_another)
    with pytest.raises(RuntimeError, match="the NATS server refused: not today"):
        await declare(client, name)
    await answers.unsubscribe()


# What is away, and what is gone.


async def test_where_the_queue_was_deleted_outbox_and_inbox_are_closed_with_the_cause(
    client: Client, name: str
) -> None:
    queue = await declare(client, name)
    async with queue.inbox() as inbox:
        with pytest.raises(NotStored, match="stream not found") as caught:
            async with queue.outbox(ahead=3) as out:
                await api(client, f"STREAM.DELETE.{name}")
                await out.push(1)
                with pytest.raises(NotStored):
                    await out.flush()
                with pytest.raises(ChannelClosed):
                    await out.push(2)
        assert caught.value.items == [1]
        assert isinstance(caught.value.__cause__, RuntimeError)
        with pytest.raises(ChannelFailed, match="not found"):
            await inbox.pull()
    with pytest.raises(RuntimeError, match="not found"):
        await queue.finish()


async def test_where_the_consumer_was_deleted_the_inbox_is_closed_with_the_cause(client: Client, name: str) -> None:
    queue = await declare(client, name)
    await put(queue, 1)
    async with queue.inbox() as inbox:
        async with await inbox.pull():
            await api(client, f"CONSUMER.DELETE.{name}.workers")
        with pytest.raises(ChannelFailed, match="consumer not found"):
            await inbox.pull()
    async with queue.inbox() as inbox:
        with pytest.raises(ChannelFailed, match="consumer not found"):
            await inbox.pull()


async def test_where_the_stream_for_poison_was_deleted_the_inbox_says_so(client: Client, name: str) -> None:
    queue = await declare(client, name)
    await api(client, f"STREAM.DELETE.{name}-dead")
    await client.request(name, b"\xc1", timeout=5)
    async with queue.inbox() as inbox:
        with pytest.raises(ChannelFailed, match="stream not found"):
            await inbox.pull()
    assert await stored(client, name) == 1


async def test_a_bound_on_the_size_that_others_set_is_not_taken_for_the_end(client: Client, name: str) -> None:
    queue = await Queue.declare(client, name, MsgspecCodec(bytes), capacity=5)
    config = (await api(client, f"STREAM.INFO.{name}"))["config"]
    await api(client, f"STREAM.UPDATE.{name}", {**config, "max_msg_size": 200})
    with pytest.raises(NotStored, match="message size exceeds maximum"):
        async with queue.outbox() as out:
            await out.push(bytes(1_000))


async def test_a_client_that_was_closed_is_gone_for_good(server: NatsServer, name: str) -> None:
    async with connected(server.url) as client:
        queue = await declare(client, name)
        async with queue.inbox() as inbox:
            with pytest.raises(NotStored) as caught:
                async with queue.outbox() as out:
                    await client.close()
                    await out.push(1)
            assert isinstance(caught.value.__cause__, ConnectionClosedError)
            with pytest.raises(ChannelFailed) as failed:
                await inbox.pull()
            assert isinstance(failed.value.__cause__, ConnectionClosedError)


class Faults:
    """What the client raises instead of sending, by a pattern of the subject, the last first; and what it sent."""

    def __init__(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        self.raised: dict[str, list[Exception]] = {}
        self.sent: list[str] = []
        self._publish = client.publish
        monkeypatch.setattr(client, "publish", self.publish)

    async def publish(self, subject: str, *rest: Loosely, **more: Loosely) -> None:
        for pattern, errors in self.raised.items():
            if re.fullmatch(pattern, subject) and errors:
                raise errors.pop()
        self.sent.append(subject)
        await self._publish(subject, *rest, **more)


@pytest.fixture
def faults(client: Client, monkeypatch: pytest.MonkeyPatch) -> Faults:
    return Faults(client, monkeypatch)


FOR_NOW = [OutboundBufferLimitError, OSError, NoRespondersError, NatsTimeoutError]


@pytest.mark.parametrize("error", FOR_NOW)
async def test_what_fails_for_now_is_tried_again(
    client: Client, name: str, faults: Faults, error: type[Exception]
) -> None:
    queue = await declare(client, name)
    faults.raised = {
        rf".*MSG\.NEXT\.{name}.*": [] if error is NoRespondersError else [error()],
        rf"\$JS\.ACK\.{name}.*": [error()],
        rf"{name}\.dead": [error()],
        name: [error()],
    }
    async with queue.inbox() as inbox, queue.outbox() as out:
        await out.push(1)
        assert await take(inbox) == 1
        await client.request(name, b"\xc1", timeout=5)
        await out.push(2)
        assert await take(inbox) == 2
        assert not any(faults.raised.values())
        faults.raised = {rf".*STREAM\.INFO\.{name}": [error(), error()]}
        await queue.finish()
        assert [delivery async for delivery in inbox] == []
    assert [data for data, _ in await dead_letters(client, name)] == [b"\xc1"]
    assert not any(faults.raised.values())


@pytest.mark.parametrize("subject", [r".*MSG\.NEXT\..*", r"\$JS\.ACK\..*", r".*STREAM\.INFO.*"])
async def test_what_fails_for_good_closes_the_inbox(client: Client, name: str, faults: Faults, subject: str) -> None:
    queue = await declare(client, name)
    await put(queue, 1)
    async with queue.inbox() as inbox:
        delivery = await inbox.pull()
        faults.raised = {subject: [ConnectionDrainingError()]}
        async with delivery:
            pass
        with pytest.raises(ChannelFailed) as failed:
            await inbox.pull()
        assert isinstance(failed.value.__cause__, ConnectionDrainingError)
        faults.raised = {}


async def test_what_fails_for_good_closes_the_outbox(client: Client, name: str, faults: Faults) -> None:
    queue = await declare(client, name)
    faults.raised = {name: [ConnectionDrainingError()]}
    with pytest.raises(NotStored) as caught:
        await put(queue, 1)
    assert isinstance(caught.value.__cause__, ConnectionDrainingError)


async def test_of_a_loan_that_the_server_has_forgotten_it_is_not_told_for_ever(
    client: Client, name: str, faults: Faults
) -> None:
    queue = await declare(client, name)
    await put(queue, 1, 2)
    async with queue.inbox() as inbox:
        delivery = await inbox.pull()
        faults.raised = {rf"\$JS\.ACK\.{name}.*": [NatsTimeoutError(), NatsTimeoutError()]}
        async with delivery:
            pass
        assert not any(faults.raised.values())
        assert await take(inbox) == 2


async def test_a_late_word_on_an_older_request_for_messages_is_passed_over(
    client: Client, name: str, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = await declare(client, name)
    monkeypatch.setattr(client, "new_inbox", lambda: f"_INBOX.{name}")

    def requests() -> int:
        return sum(name in subject and "MSG.NEXT" in subject for subject in faults.sent)

    async with queue.inbox() as inbox:
        await until(lambda: requests() == 1)
        await client.publish(f"_INBOX.{name}.0")
        await client.flush()
        await put(queue, 1)
        delivery = await inbox.pull()
        assert requests() == 1
        async with delivery:
            pass


async def test_a_lease_is_prolonged_of_what_comes_above_the_number_asked_for(
    client: Client, name: str, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = await declare(client, name, lease=0.6)
    monkeypatch.setattr(client, "new_inbox", lambda: f"_INBOX.{name}")
    async with queue.inbox() as inbox:
        await until(lambda: any("MSG.NEXT" in subject for subject in faults.sent))  # By then it has subscribed.
        request = json.dumps({"batch": 3, "expires": 5_000_000_000}).encode()
        await client.publish(f"$JS.API.CONSUMER.MSG.NEXT.{name}.workers", request, f"_INBOX.{name}.0")
        await put(queue, *range(4))
        async with await inbox.pull(), queue.inbox(prefetch=4) as other:
            await asyncio.sleep(2)
            assert other.csize() == 0
        for _ in range(3):
            assert (await take(inbox)) in range(4)
    assert await stored(client, name) == 0


async def test_an_inbox_whose_requests_the_server_has_no_room_for_asks_again_in_ever_longer_pauses(
    client: Client, name: str, faults: Faults
) -> None:
    queue = await declare(client, name)
    config = (await api(client, f"CONSUMER.INFO.{name}.workers"))["config"]
    await api(client, f"CONSUMER.DELETE.{name}.workers")
    settings = {"stream_name": name, "config": {**config, "max_waiting": 1}}
    assert "error" not in await api(client, f"CONSUMER.CREATE.{name}.workers", settings)
    async with queue.inbox() as inbox, queue.inbox() as other:
        await asyncio.sleep(0.9)
        assert sum("MSG.NEXT" in subject for subject in faults.sent) < 25
        await put(queue, 1)
        async with (await chanselect(inbox.pull_case(), other.pull_case())).value as item:
            assert item == 1


async def test_an_inbox_that_is_left_at_once_has_nothing_to_give_back(client: Client, name: str) -> None:
    queue = await declare(client, name)
    async with queue.inbox():
        pass


async def test_while_the_server_is_away_pushes_and_what_is_done_wait_for_it(own_server: NatsServer) -> None:
    async with connected(own_server.url) as client:
        queue = await declare(client, "queue")
        await put(queue, 1)
        async with queue.inbox() as inbox, queue.outbox(ahead=5) as out:
            async with await inbox.pull():
                own_server.kill()
                await until(lambda: not client.is_connected)
                await out.push(2)
                await out.push(3)
                asyncio.get_running_loop().call_later(0.5, own_server.start)
            await out.flush()
            assert [await take(inbox), await take(inbox)] == [2, 3]
        assert await stored(client, "queue") == 0


async def test_an_inbox_is_left_while_the_server_is_away(own_server: NatsServer) -> None:
    async with connected(own_server.url) as client:
        queue = await declare(client, "queue", lease=1)
        await put(queue, 1)
        async with queue.inbox() as inbox:
            await inbox.pull()
            own_server.kill()
            await until(lambda: not client.is_connected)
            asyncio.get_running_loop().call_later(0.5, own_server.start)
        await until(lambda: client.is_connected)
        async with queue.inbox() as inbox:
            assert await take(inbox) == 1
        assert await stored(client, "queue") == 0


async def test_after_a_server_that_stood_still_no_item_is_stuck(own_server: NatsServer) -> None:
    async with connected(own_server.url) as client:
        queue = await declare(client, "queue", lease=60)
        async with queue.inbox() as inbox, queue.outbox(ahead=9) as out:
            own_server.stop()
            await asyncio.sleep(4)  # Several requests for messages are sent, and wait for it.
            for item in range(6):
                await out.push(item)
            own_server.resume()
            got = [await take(inbox) for _ in range(6)]
            assert got == [*range(6)]


def test_public_names_carry_the_public_module() -> None:
    assert Queue.__module__ == MsgspecCodec.__module__ == "pychanasync.nats"


def test_not_stored_can_be_pickled_with_its_items() -> None:
    other: NotStored[int] = pickle.loads(pickle.dumps(NotStored([1, 2])))  # noqa: S301  # Our own.
    assert other.items == [1, 2]


# How items become bytes.


@dataclass
class Point:
    """Something that msgspec knows."""

    x: int
    y: str | None = None


@pytest.mark.parametrize("format_", ["msgpack", "json"])
def test_a_codec_of_msgspec_brings_back_what_it_was_given(format_: Format) -> None:
    items: list[tuple[type[object], object]] = [
        (Point, Point(1, "ü")),
        (bytes, b"\xff"),
        (dict[str, list[int]], {"a": [1]}),
    ]
    for kind, item in items:
        codec = MsgspecCodec[object](kind, format=format_)
        assert codec.decode(codec.encode(item)) == item
    optional = MsgspecCodec[int | None](int | None, format=format_)
    assert optional.decode(optional.encode(None)) is None


@pytest.mark.parametrize("format_", ["msgpack", "json"])
def test_a_codec_of_msgspec_refuses_what_is_no_such_item(format_: Format) -> None:
    codec, strings = MsgspecCodec(Point, format=format_), MsgspecCodec(str, format=format_)
    for data in (b"", b"\xff", strings.encode("no point"), b"[" * 200_000, b"\x91" * 200_000):
        with pytest.raises(ValueError):  # noqa: PT011  # In msgspec's words.
            codec.decode(data)
    with pytest.raises((TypeError, msgspec.MsgspecError)):
        MsgspecCodec[object](Point, format=format_).encode(object())


def test_a_codec_of_msgspec_knows_two_formats() -> None:
    make: Loosely = MsgspecCodec
    with pytest.raises(ValueError, match="format must be"):
        make(int, format="pickle")
