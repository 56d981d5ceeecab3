"""Faults in what is told of a program that hangs, and in when an event loop takes one for a deadlock."""

from __future__ import annotations

from tests.faults.fault import Fault

REPORTS = [
    Fault("a task that was woken still waits", "_reporting.py", "waiter is None or waiter.done()", "waiter is None"),
    Fault(
        "a batch is taken for a pull", "_reporting.py", 'pull_many.__code__: "pull_many"', 'pull_many.__code__: "pull"'
    ),
    Fault(
        "a channel in two cases of a select is listed twice",
        "_reporting.py",
        "{id(each): each for each in map(self.channel_of, self.subjects)}",
        "dict(enumerate(map(self.channel_of, self.subjects)))",
    ),
    Fault(
        "a future that a select watches is taken for a channel",
        "_reporting.py",
        "(asyncio.Future, asyncio.Event, type(None))",
        "(asyncio.Event, type(None))",
    ),
    Fault(
        "a select on no channel is listed",
        "_reporting.py",
        "if wait.operation is not None and (channels := wait.channels())",
        "if wait.operation is not None and (channels := wait.channels()) is not None",
    ),
    Fault(
        "what waits within an asynchronous generator is not found",
        "_reporting.py",
        '"async_generator_asend", ',
        "",
    ),
    Fault(
        "asyncio's own lines are taken for the user's",
        "_reporting.py",
        'and (not file.startswith(_STANDARD_LIBRARY) or "site-packages" in file)',
        "",
    ),
    Fault("our own lines are taken for the user's", "_reporting.py", "not file.startswith(_OURS) and ", ""),
    Fault("job-10 comes before job-9", "_reporting.py", "number[0].zfill(9)", "number[0]"),
    Fault(
        "a task also waits beside itself",
        "_reporting.py",
        "(other for other in waits if other is not self)",
        "iter(waits)",
    ),
    Fault(
        "a channel that cannot be shown spoils the report",
        "_reporting.py",
        "shown = object.__repr__(subject)",
        "raise",
    ),
    Fault(
        "who waits for a task is not told for which",
        "_reporting.py",
        "        if isinstance(awaited, asyncio.Task):\n",
        "        if False:\n",
    ),
    Fault(
        "a task that waits on no channel has no paragraph",
        "_reporting.py",
        "    return _Wait(task, None, [waiter], passed)\n",
        "    return None\n",
    ),
]

FALSE_ALARMS = [
    Fault("files that are watched are no doubt", "debugging.py", "if watched > 1:", "if False:"),
    Fault("signal handlers are no doubt", "debugging.py", "if handled := [", "if handled := [][:0] and ["),
    Fault(
        "a signal handler without a name is no doubt",
        "debugging.py",
        "in sorted(signal.valid_signals()) if",
        "in sorted(signal.Signals) if",
    ),
    Fault("other threads are no doubt", "debugging.py", "if threads := _other", "if threads := [] and _other"),
    Fault(
        "a thread that threading does not know is no doubt",
        "debugging.py",
        "for ident in sys._current_frames()}",
        "for ident in ()}",
    ),
    Fault(
        "a call in the default executor is no doubt",
        "debugging.py",
        "if self._called or self._workers.calls:",
        "if False:",
    ),
    Fault(
        "a call whose task was cancelled is no doubt",
        "debugging.py",
        "if self._called or self._workers.calls:",
        "if self._called:",
    ),
    Fault(
        "a thread with the number of an idle one that has ended is no doubt",
        "debugging.py",
        "        if thread.is_alive():  #",
        "        if True:  #",
    ),
    Fault(
        "who is woken by a signal handler is cancelled",
        "debugging.py",
        "            if self._is_due():\n                return\n",
        "",
    ),
    Fault(
        "who is woken while the report is made is cancelled",
        "debugging.py",
        "        if not self._is_due():  #",
        "        if True:  #",
    ),
    Fault(
        "a runner that closes does not wait for the threads of its loop",
        "debugging.py",
        'if refused or getattr(future, "cr_code", None) is _JOINING:',
        "if refused:",
    ),
    Fault("run_forever is looked at", "debugging.py", "report, self._main, self._report", "report, _, self._report"),
]

MISSED = [
    Fault(
        "an idle thread of the default executor hides a deadlock",
        "debugging.py",
        "(threading.current_thread(), *idle)",
        "(threading.current_thread(),)",
    ),
    Fault(
        "the handler of a runner hides a deadlock",
        "debugging.py",
        "return not isinstance(runner, asyncio.Runner)",
        "return True",
    ),
    Fault(
        "Python's own handler of Ctrl-C hides a deadlock",
        "debugging.py",
        "not callable(handler) or handler is signal.default_int_handler",
        "not callable(handler)",
    ),
    Fault(
        "a thread that ends unnoticed hides a deadlock",
        "debugging.py",
        "yield min(left, _SLICE)",
        "yield min(left, 1e6)",
    ),
    Fault(
        "a loop finds one deadlock and no more",
        "debugging.py",
        "self._rounds = self._report, None, None, 0",
        "self._rounds = self._report, None, self._report, 0",
    ),
]

UNWINDING = [
    Fault(
        "an error with which the main task ends hides a deadlock",
        "debugging.py",
        "        except (CancelledError, Exception):\n",
        "        except CancelledError:\n",
    ),
    Fault(
        "a main task that returns hides a deadlock",
        "debugging.py",
        "            if self._report is None:\n                return result\n",
        "            return result\n",
    ),
    Fault(
        "what interrupts a main task that unwinds is lost",
        "debugging.py",
        "        except (CancelledError, Exception):\n",
        "        except BaseException:\n",
    ),
    Fault(
        "an error is taken for a deadlock",
        "debugging.py",
        "            if self._report is None:\n                raise\n",
        "            pass\n",
    ),
    Fault("the error of the main task is not the cause", "debugging.py", "(report) from error", "(report) from None"),
    Fault(
        "tasks that wait again are left",
        "debugging.py",
        '                task.cancel("deadlock")\n',
        "                pass\n",
    ),
    Fault(
        "all tasks are cancelled at once",
        "debugging.py",
        '            main.cancel("deadlock")\n',
        '            for task in asyncio.all_tasks(self):\n                task.cancel("deadlock")\n',
    ),
    Fault("a task that takes no notice hangs the loop", "debugging.py", "self._rounds < _ROUNDS", "True"),
    Fault(
        "a refused loop is left open",
        "debugging.py",
        "            self.close()\n            raise\n",
        "            raise\n",
    ),
]

DEBUGGING = [*REPORTS, *FALSE_ALARMS, *MISSED, *UNWINDING]
