"""Faults in why a channel has ended, from when its receivers hear of it, and what ends with its tasks."""

from __future__ import annotations

from tests.faults.fault import Fault

CAUSES = [
    Fault(
        "a close forgets its cause",
        "_sending.py",
        "failure = None if cause is None else _to_failure(cause)",
        "failure = None",
    ),
    Fault(
        "a later close changes the cause",
        "_sending.py",
        "        elif failure is None or self._failure is None:\n",
        "        if failure is None or self._failure is None:\n",
    ),
    Fault(
        "a push that meets the close does not say why",
        "_core.py",
        'error = ChannelClosed(self, "push")\n        if self._failure is not None:\n',
        'error = ChannelClosed(self, "push")\n        if False:\n',
    ),
    Fault(
        "a pull from a failed channel does not say why",
        "_core.py",
        "        error = ChannelFailed(self)\n        error.__cause__ = failure.cause\n",
        "        error = ChannelFailed(self)\n",
    ),
    Fault(
        "a pull from a failed channel finds it closed",
        "_core.py",
        "        error = ChannelFailed(self)\n",
        '        error = ChannelClosed(self, "pull")\n',
    ),
    Fault(
        "a select that waited finds a failed channel closed",
        "select.py",
        "    error = outcome.error()\n",
        "    error = ChannelClosed(enrolled[id(outcome.line)][1].channel)\n",
    ),
    Fault(
        "an iteration over a failed channel ends as if nothing were missing",
        "_receiving.py",
        "except ChannelClosed:\n            raise StopAsyncIteration",
        "except (ChannelClosed, ChannelFailed):\n            raise StopAsyncIteration",
    ),
    Fault(
        "the class of an error is taken for a cause",
        "_sending.py",
        "if not isinstance(cause, BaseException):",
        "if not (isinstance(cause, BaseException) or isinstance(cause, type)):",
    ),
]

LEFT_BY_AN_ERROR = [
    Fault(
        "receivers hear at once of an error that left a block",
        "_sending.py",
        "            failure.delay(self._wake_ended_pulls)\n",
        "",
    ),
    Fault(
        "receivers hear of an error that left a block before a task group can cancel them",
        "_failing.py",
        "            task.get_loop().call_soon(self._come_next)\n",
        "            task.get_loop().call_soon(self._come)\n",
    ),
    Fault(
        "receivers hear of an error that left a block before anyio can cancel them",
        "_failing.py",
        "            task.get_loop().call_soon(self._come)\n",
        "            self._come()\n",
    ),
    Fault(
        "receivers never hear of an error that left a block",
        "_failing.py",
        "            task.get_loop().call_soon(self._come)\n",
        "            pass\n",
    ),
    Fault(
        "receivers never hear of an error with which a task ends",
        "_failing.py",
        "if task is not None and (ended is not None or not task.done()):",
        "if task is not None and not task.done():",
    ),
    Fault(
        "receivers that wait are not told of an error that left a block",
        "_failing.py",
        "            call()\n",
        "            pass\n",
    ),
    Fault(
        "a failure is left on a task that goes on",
        "_failing.py",
        "            self._task.remove_done_callback(self._come_next)\n",
        "",
    ),
    Fault(
        "a push is done after an error has left a block, since a pull still waits",
        "_core.py",
        "if self._pulls and not self._closed and (pull := self._pulls.take()) is not None:",
        "if self._pulls and (pull := self._pulls.take()) is not None:",
    ),
    Fault(
        "a case of a pull is ready before receivers may know",
        "_core.py",
        "or (self._closed and self._has_ended())",
        "or self._closed",
    ),
    Fault(
        "another sender that leaves its block brings the end early",
        "_sending.py",
        "        if self._closed and not self._has_ended():  # By the error of another sender",
        "        if False:  # By the error of another sender",
    ),
    Fault(
        "an explicit close does not bring the end",
        "_sending.py",
        "        if self._closed:\n            self._end()\n",
        "        if self._closed:\n            pass\n",
    ),
    Fault(
        "a sender that is cancelled in its block has failed",
        "_sending.py",
        "if isinstance(error, Exception) and is_failure(error) else None",
        "if error is not None and is_failure(error) else None",
    ),
    Fault(
        "a sender that meets the close in its block has failed",
        "_sending.py",
        "if isinstance(error, Exception) and is_failure(error) else None",
        "if isinstance(error, Exception) else None",
    ),
    Fault(
        "a group of nothing but closed channels is a failure",
        "errors.py",
        "        return any(map(is_failure, errors))\n",
        "        return bool(errors)\n",
    ),
    Fault(
        "an async with that could not close its channel leaves a failure behind",
        "_sending.py",
        "            if failure is not None and failure is not self._failure:\n                failure.end()\n",
        "",
    ),
]

CLOSED_AFTER = [
    Fault(
        "a channel is closed after the first of its tasks",
        "ending.py",
        "        if not self._left:\n",
        "        if True:\n",
    ),
    Fault(
        "the failure of a task is ignored",
        "ending.py",
        "                self._cause = error\n",
        "                pass\n",
    ),
    Fault(
        "the last failure among the tasks is the cause",
        "ending.py",
        "        if self._cause is None and not task.cancelled():\n",
        "        if not task.cancelled():\n",
    ),
    Fault(
        "a task that met a closed channel has failed",
        "ending.py",
        "if error is not None and is_failure(error):",
        "if error is not None:",
    ),
    Fault(
        "a task that was cancelled has failed",
        "ending.py",
        "        if self._cause is None and not task.cancelled():\n            error = task.exception()\n",
        "        if self._cause is None:\n"
        "            error = asyncio.CancelledError() if task.cancelled() else task.exception()\n",
    ),
    Fault(
        "a close after tasks is never immediate",
        "ending.py",
        "close(cause=self._cause, immediate=self._immediate)",
        "close(cause=self._cause)",
    ),
    Fault(
        "a refused call of close_after leaves a callback behind",
        "ending.py",
        "    for task in tasks:\n"
        "        _check(task)\n"
        "    _check_loop(tasks)\n"
        "    tie = _Tie(channel, len(tasks), immediate=immediate)\n"
        "    for task in tasks:\n",
        "    tie = _Tie(channel, len(tasks), immediate=immediate)\n"
        "    for task in tasks:\n"
        "        _check(task)\n"
        "        _check_loop((tasks[0], task))\n",
    ),
]

ENDINGS = [*CAUSES, *LEFT_BY_AN_ERROR, *CLOSED_AFTER]
