"""Faults in the cases of a select that wait for a task, an event or a time."""

from __future__ import annotations

from tests.faults.fault import Fault

UNDONE = "    def abandon(self) -> bool:\n        return True"
DONE = "    def abandon(self) -> bool:\n        return False"

CASES = [
    Fault(
        "a select raises what its task has ended with",
        "cases.py",
        "    def finish(self) -> AnyFuture_:\n",
        "    def finish(self) -> AnyFuture_:\n        self.channel.result()\n",
    ),
    Fault(
        "a select that is left cancels its task",
        "cases.py",
        "        self._future.remove_done_callback(self._done)\n",
        "        self._future.remove_done_callback(self._done)\n        self._future.cancel()\n",
    ),
    Fault(
        "a select leaves its callback on the task",
        "cases.py",
        "        self._future.remove_done_callback(self._done)\n",
        "        pass\n",
    ),
    Fault(
        "each select leaves a callback of its own", "cases.py", "        if self._watching:\n            return\n", ""
    ),
    Fault(
        "the first of the selects leaves for all",
        "cases.py",
        "        if self._watching and not self:\n",
        "        if self._watching:\n",
    ),
    Fault(
        "the first of the selects alone is told",
        "cases.py",
        "            if self.commit() is None:\n                break\n",
        "            self.commit()\n            break\n",
    ),
    Fault("a task of another loop is waited for", "cases.py", "        _check_loop(self._future, self._future)\n", ""),
    Fault(
        "an event that a select of another loop waits for is waited for",
        "cases.py",
        "            _check_loop(future, self._event)\n",
        "",
    ),
    Fault(
        "a select that came after the event was cleared is chosen",
        "cases.py",
        "            if future.done():",
        "            if False:",
    ),
    Fault(
        "an event is waited for once only",
        "cases.py",
        "        self._watching = False\n        while True:",
        "        while True:",
    ),
    Fault(
        "the call for an event wakes those that came since",
        "cases.py",
        "if wait is None or future is not self._future:",
        "if wait is None:",
    ),
    Fault(
        "the call for an event that nobody waits for fails",
        "cases.py",
        "if wait is None or future is not self._future:",
        "if future is not self._future and self._future is not None:",
    ),
    Fault(
        "the wait for an event is closed while it runs",
        "cases.py",
        "        self._wait = None  # A running",
        "        # A running",
    ),
    Fault(
        "the wait of an event's own class must not take a step",
        "cases.py",
        "wait.send(None) or _done_future()",
        "wait.send(None)",
    ),
    Fault(
        "a select that was refused by an event is not refused again",
        "cases.py",
        "            self._watching = False\n            raise\n",
        "            raise\n",
    ),
    Fault(
        "a select that was cancelled after its task was done returns",
        "cases.py",
        f"        return self.channel\n\n{UNDONE}",
        f"        return self.channel\n\n{DONE}",
    ),
    Fault(
        "a select that was cancelled after its event was set returns",
        "cases.py",
        f'Do nothing: the event was set."""\n\n{UNDONE}',
        f'Do nothing: the event was set."""\n\n{DONE}',
    ),
    Fault(
        "a select that was cancelled after its time returns",
        "cases.py",
        f'Do nothing: a timeout has no value."""\n\n{UNDONE}',
        f'Do nothing: a timeout has no value."""\n\n{DONE}',
    ),
    Fault("a point in time is counted as a delay", "cases.py", "self._time if self._absolute else asyncio", "asyncio"),
    Fault(
        "a delay of 0 is not ready", "cases.py", "        return self._time <= 0\n", "        return self._time < 0\n"
    ),
    Fault(
        "a longer delay is ready at once",
        "cases.py",
        "        return self._time <= 0\n",
        "        return self._time < 1\n",
    ),
    Fault(
        "a point in time is not ready when it comes",
        "cases.py",
        "asyncio.get_running_loop().time() >= self._time",
        "asyncio.get_running_loop().time() > self._time",
    ),
    Fault("what never comes needs a loop", "cases.py", "self._time < inf and asyncio", "asyncio"),
    Fault("what never comes starts a timer", "_waiting.py", " if when < inf else None", ""),
    Fault("the timer of a select runs on", "cases.py", "        if timer is not None:\n            timer.stop()\n", ""),
    Fault(
        "futures are known for ever",
        "cases.py",
        "_FutureWatch] = WeakValueDictionary()",
        "_FutureWatch] = {}  # type: ignore",
    ),
    Fault(
        "events are known for ever",
        "cases.py",
        "_EventWatch] = WeakValueDictionary()",
        "_EventWatch] = {}  # type: ignore",
    ),
    Fault(
        "each case for a future waits by itself",
        "cases.py",
        "_watch_of(future, _future_watches, _FutureWatch)",
        "_FutureWatch(future)",
    ),
    Fault(
        "each case for an event waits by itself",
        "cases.py",
        "_watch_of(event, _event_watches, _EventWatch)",
        "_EventWatch(event)",
    ),
    Fault(
        "a coroutine is taken for a future",
        "cases.py",
        "    if not asyncio.isfuture(future):",
        "    if not (asyncio.isfuture(future) or asyncio.iscoroutine(future)):",
    ),
    Fault(
        "an event of threads is taken",
        "cases.py",
        "    if not isinstance(event, asyncio.Event):",
        '    if not hasattr(event, "is_set"):',
    ),
]
