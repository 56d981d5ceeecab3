"""Answer lines over TCP, and shut down without losing one: ``python docs/examples/line_server.py``.

Each line that a client sends is a job. A handler for each client reads its lines and sends them to a few workers, who
send the answers back. The first SIGTERM or Ctrl-C stops the server in order: it takes no more clients and no more
lines, answers what it has accepted, and ends. If that takes longer than ``--grace`` seconds, it gives up the rest. A
second Ctrl-C, or a second SIGTERM, ends it at once.

Exit status: 0 all that was accepted is answered, 1 given up, 2 bad usage, 130 interrupted twice.
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
    """Do one job after the other. This needs to know nothing of a stop: the loop ends when no more jobs will come."""
    async for job in jobs:
        await job.answer.push(await answer(job.line, seconds))


async def answer(line: str, seconds: float) -> str:
    await asyncio.sleep(seconds)  # Here a real server would work.
    return line.upper()


async def handle(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, jobs: SendChannel[Job], stop: asyncio.Event
) -> None:
    """Answer the lines of a client until it hangs up, or until the stop: then what it has asked is still answered."""
    answers = Channel[str](buffer=1)  # So that no worker has to wait for a client.
    try:
        while True:
            reading = asyncio.create_task(reader.readline())  # Ends with the connection, if not before.
            selected = await chanselect(event_case(stop), done_case(reading), ordered=True)
            if selected.index == 0 or not (line := selected.value.result()):
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
        async with jobs, asyncio.TaskGroup() as handlers:  # Leaves the group first, and then closes the channel.

            def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                if stop.is_set():  # It was about to come in when the server was closed.
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
    """Set an event at the first SIGTERM or Ctrl-C, and leave the second one to Python."""
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
    parser.add_argument("--work", type=float, default=0.1, metavar="SECONDS", help="for each line; default: 0.1")
    parser.add_argument("--grace", type=float, default=10, metavar="SECONDS", help="to finish in; default: 10")
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
