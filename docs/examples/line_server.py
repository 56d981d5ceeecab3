"""Answer lines over TCP, and shut down without losing any: ``python docs/examples/line_server.py``.

Each line from a client is a job. Each client has a handler, which reads its lines and sends them to a few workers. They
send the answers back. The first SIGTERM or Ctrl-C begins a graceful shutdown: the server accepts no more clients or
lines, answers the lines it has accepted, and ends. If that takes longer than ``--grace`` seconds, it gives up the rest.
A second Ctrl-C or SIGTERM ends it at once.

Exit status: 0 if every accepted line was answered, 1 if some were given up, 2 for wrong usage, 130 after a second
Ctrl-C.
"""

import argparse
import asyncio
import signal
import sys
from typing import NamedTuple

from pychanasync import Channel, RecvChannel, SendChannel, chanselect, done_case, event_case

WORKERS = 4


class Job(NamedTuple):
    line: str
    answer: SendChannel[str]


async def work(jobs: RecvChannel[Job], seconds: float) -> None:
    """Do one job after another. This does not need to know about a shutdown: the channel's close ends its loop."""
    async for job in jobs:
        await job.answer.push(await answer(job.line, seconds))


async def answer(line: str, seconds: float) -> str:
    await asyncio.sleep(seconds)  # A real server would do its work here.
    return line.upper()


async def handle(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, jobs: SendChannel[Job], stop: asyncio.Event
) -> None:
    """Answer the lines of a client until it hangs up or the server stops. An accepted line is still answered."""
    answers = Channel[str](buffer=1)  # With room for one, so that no worker waits for a client.
    try:
        while True:
            reading = asyncio.create_task(reader.readline())  # Ends when the connection does, if not before.
            selected = await chanselect(event_case(stop), done_case(reading), ordered=True)
            if selected.index == 0:
                reading.cancel()
                await asyncio.wait([reading])  # It may have a line already, and that one is accepted.
            if reading.cancelled() or not (line := reading.result()):
                break
            await jobs.push(Job(line.decode(errors="replace"), answers))
            writer.write((await answers.pull()).encode())
            await writer.drain()
    except OSError as error:
        print(f"lost a client: {error}", file=sys.stderr)
    finally:
        writer.close()


async def serve(port: int, seconds: float, grace: float) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    stop_on_signals(stop)
    jobs = Channel[Job](buffer=WORKERS)
    async with asyncio.timeout(None) as deadline, asyncio.TaskGroup() as workers:
        for _ in range(WORKERS):
            workers.create_task(work(jobs, seconds))
        async with jobs, asyncio.TaskGroup() as handlers:  # The group ends first, then the channel is closed.

            def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                if stop.is_set():  # It connected just as the server was closed.
                    writer.close()
                else:
                    handlers.create_task(handle(reader, writer, jobs, stop))

            server = await asyncio.start_server(connected, "127.0.0.1", port)
            try:
                print("listening on port", server.sockets[0].getsockname()[1], flush=True)
                await stop.wait()
            finally:
                server.close()
            deadline.reschedule(loop.time() + grace)
            print("stopping", flush=True)


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set an event on the first SIGTERM or Ctrl-C, and leave the second one to Python."""
    loop, numbers = asyncio.get_running_loop(), (signal.SIGINT, signal.SIGTERM)

    def begin() -> None:
        stop.set()
        for number in numbers:
            loop.remove_signal_handler(number)

    for number in numbers:
        loop.add_signal_handler(number, begin)


def main() -> int:
    parser = argparse.ArgumentParser(description="Answer each line in capitals, until SIGTERM or Ctrl-C.")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--work", type=float, default=0.1, metavar="SECONDS", help="spent on each line; default: 0.1")
    parser.add_argument("--grace", type=float, default=10, metavar="SECONDS", help="time to finish in; default: 10")
    arguments = parser.parse_args()
    try:
        asyncio.run(serve(arguments.port, arguments.work, arguments.grace))
    except TimeoutError:
        print("gave up what was not done in time", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
