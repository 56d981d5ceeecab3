"""Faults in what other threads do with a channel, and in what they learn of the end of its loop."""

from __future__ import annotations

from tests.faults.fault import Fault

GIVE_UP = """    with suppress(RuntimeError):  # The loop was closed; the answer may have come before.
        _tell(loop, call.time_out)
    _wait(loop, call, inf)
"""
BREAK_OFF = """            if not call.withdraw():
                with suppress(RuntimeError):
                    _tell(loop, call.time_out)
            raise
"""
REFUSED = """            if error is None:
                raise
            error.add_note(f"{self._channel!r} was not closed: {refusal}")
"""
THREADS = [
    Fault(
        "a thread does not wait for what becomes of its operation when the time is over",
        "threads.py",
        GIVE_UP,
        """    with suppress(RuntimeError):
        _tell(loop, call.time_out)
    raise TimeoutError
""",
    ),
    Fault("what a thread has given up goes on", "threads.py", GIVE_UP, "    raise TimeoutError\n"),
    Fault(
        "what a thread has given up begins later",
        "threads.py",
        "if not self.withdraw():  # From here on its thread cannot withdraw it.",
        "if not self.withdraw() and self._timed_out:",
    ),
    Fault(
        "a thread is not told that no task can be made for it",
        "threads.py",
        "            running.close()\n            self.answer(error)\n",
        "            running.close()\n",
    ),
    Fault(
        "what has begun counts as given up",
        "threads.py",
        "    if call.withdraw():\n        raise TimeoutError",
        "    if call.withdraw() or not call.answered:\n        raise TimeoutError",
    ),
    Fault(
        "a thread that is interrupted leaves its operation waiting",
        "threads.py",
        BREAK_OFF,
        "            call.withdraw()\n            raise\n",
    ),
    Fault(
        "with a timeout of 0 a thread waits for other tasks",
        "threads.py",
        "self.time_out()  # The cancellation is raised when it begins to wait, if it does.",
        "asyncio.get_running_loop().call_later(0.01, self.time_out)",
    ),
    Fault(
        "with a timeout of 0 nothing is done",
        "threads.py",
        "None if self._results else error",
        "None if error is None else error",
    ),
    Fault(
        "with a timeout of 0 a batch takes nothing where it would wait for more",
        "threads.py",
        "if timeout == 0:\n            seconds = 0.0",
        "if timeout is None:\n            seconds += 0.0",
    ),
    Fault(
        "in the thread of the loop an operation waits for ever",
        "threads.py",
        "if asyncio._get_running_loop() is loop:  # noqa: SLF001  # In asyncio's __all__; None where no loop runs.\n"
        "            raise",
        "if asyncio._get_running_loop() is None and loop.is_closed():\n            raise",
    ),
    Fault("the error of a sender's block is no cause", "threads.py", "self.close(cause=cause)", "self.close()"),
    Fault(
        "a ChannelClosed in a sender's block is a cause",
        "threads.py",
        "if isinstance(error, Exception) and is_failure(error) else None",
        "if isinstance(error, Exception) else None",
    ),
    Fault(
        "the error of a sender's block is hidden by one of the close",
        "threads.py",
        REFUSED,
        "            del refusal\n            raise\n",
    ),
    Fault(
        "the iteration of a thread takes half for the whole",
        "threads.py",
        "        except ChannelClosed:\n            raise StopIteration from None",
        "        except Exception:\n            raise StopIteration from None",
    ),
    Fault(
        "a thread that waits as the loop ends is waited for, and waits",
        "threads.py",
        "            await self._end([*self._due])\n",
        "",
    ),
    Fault(
        "a thread that comes after the tasks have ended is waited for, and waits",
        "threads.py",
        "            self._ended = True\n            self._watch = None",
        "            self._watch = None",
    ),
    Fault(
        "an end that is made after the tasks have ended does not know it",
        "threads.py",
        '_LAST_STEPS = {"shutdown_asyncgens", "shutdown_default_executor"}',
        '_LAST_STEPS = {"shutdown_asyncgens"}',
    ),
    Fault(
        "an end that is made as generators are closed does not know that",
        "threads.py",
        '_LAST_STEPS = {"shutdown_asyncgens", "shutdown_default_executor"}',
        '_LAST_STEPS = {"shutdown_default_executor"}',
    ),
    Fault(
        "a push that is done as the loop ends raises",
        "threads.py",
        "            await asyncio.wait(tasks)  # Each of them gives its answer as it ends.\n",
        "            pass\n",
    ),
    Fault(
        "a thread does not see that the loop was closed",
        "threads.py",
        "if loop.is_closed() and not call.answered:",
        "if loop.is_closed() and loop.is_running():",
    ),
    Fault(
        "a thread does not hear the last answer of a loop that was closed",
        "threads.py",
        "if loop.is_closed() and not call.answered:",
        "if loop.is_closed():",
    ),
    Fault(
        "a thread whose time is over does not hear the last answer of a loop that was closed",
        "threads.py",
        "    with suppress(RuntimeError):  # The loop was closed; the answer may have come before.\n"
        "        _tell(loop, call.time_out)\n",
        "    _tell(loop, call.time_out)\n",
    ),
    Fault(
        "a loop that has ended is kept",
        "threads.py",
        "            self._watch = None  # The generator keeps the loop alive.\n",
        "",
    ),
    Fault(
        "a loop that was closed without a word is kept",
        "threads.py",
        "if other is not None and other.is_closed():",
        "if other is None:",
    ),
    Fault(
        "an error that a thread has dropped keeps what it was pushing",
        "threads.py",
        "error, self._error = self._error, None",
        "error = self._error",
    ),
    Fault(
        "an operation that a thread has asked for keeps its error",
        "threads.py",
        "        self.task = None  # The task keeps its error alive.\n",
        "",
    ),
]
