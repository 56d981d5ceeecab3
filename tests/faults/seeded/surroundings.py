"""Faults in what lies around a channel: other loops, cost, arguments, subclasses, errors."""

from __future__ import annotations

from tests.faults.fault import Fault

SURROUNDINGS = [
    Fault(
        "a task of another loop is woken",
        "_waiting.py",
        "if loop.is_running() or asyncio._get_running_loop() is not None:",
        "if False:",
    ),
    Fault(
        "a line that was long keeps its memory",
        "_waiting.py",
        "            self._was_long = False\n            self.clear()\n",
        "            self._was_long = False\n",
    ),
    Fault(
        "a task may wait beside one of another loop",
        "_waiting.py",
        "        if self:\n            self.first()\n",
        "        if self:\n",
    ),
    Fault(
        "a task of a resting loop is woken under another",
        "_waiting.py",
        "if loop.is_running() or asyncio._get_running_loop() is not None:",
        "if loop.is_running():",
    ),
    Fault(
        "a close wakes the pulls of another loop",
        "_core.py",
        "        self._pulls.first()\n        self._pushes.first()\n",
        "        self._pushes.first()\n",
    ),
    Fault(
        "a close that pushes of another loop refuse has begun",
        "_core.py",
        "        self._pulls.first()\n        self._pushes.first()\n",
        "        self._pulls.first()\n",
    ),
    Fault(
        "a claim that the next pull cannot take, since it is of another loop, raises",
        "_core.py",
        "except RuntimeError:  # The next pull",
        "except ArithmeticError:  # The next pull",
    ),
    Fault(
        "a pull of another loop is not told of a claim that was released for it",
        "_core.py",
        "            self._pulls.call_its_loop(self._serve_latecomers)\n",
        "",
    ),
    Fault(
        "a task of another loop that could not be woken loses its place",
        "_waiting.py",
        "        self.move_to_end(waiter, last=False)\n",
        "",
    ),
    Fault(
        "a task of another loop that could not be woken is forgotten",
        "_waiting.py",
        "            self.put_back(*entry)\n            raise\n",
        "            raise\n",
    ),
    Fault(
        "a pull of a closed loop is ready for a select",
        "_waiting.py",
        "if _can_resume(waiter):",
        "if _can_resume(waiter) or (waiter.get_loop().is_closed() and not waiter.done()):",
    ),
    Fault(
        "a pull of a closed loop is in the way of a push",
        "_waiting.py",
        "and not self._is_in_reach(entry):  # noqa: SLF001\n                continue\n            if",
        "and not (self._is_in_reach(entry) or waiter.get_loop().is_closed()):  # noqa: SLF001\n"
        "                continue\n            if",
    ),
    Fault(
        "a push of a closed loop is in the way of a pull",
        "_waiting.py",
        "and not self._is_in_reach(entry):  # noqa: SLF001\n                continue\n            try",
        "and not (self._is_in_reach(entry) or waiter.get_loop().is_closed()):  # noqa: SLF001\n"
        "                continue\n            try",
    ),
    Fault(
        "a task of a closed loop refuses whoever meets it",
        "_waiting.py",
        "if waiter.done() or loop.is_closed():",
        "if waiter.done():",
    ),
    Fault(
        "a coroutine that waited under a closed loop cannot be closed",
        "_waiting.py",
        "not waiter.done() and not waiter.get_loop().is_closed():",
        "not waiter.done():",
    ),
    Fault(
        "leaving a line takes time in its length",
        "_waiting.py",
        "if self.pop(waiter, _ABSENT)",
        "if waiter in [*self] and self.pop(waiter, _ABSENT)",
    ),
    Fault(
        "who was woken still waits",
        "_waiting.py",
        "not waiter.done() or waiter.cancelled()",
        "True",
    ),
    Fault(
        "who was cancelled waits no more before it resumes",
        "_waiting.py",
        "not waiter.done() or waiter.cancelled()",
        "not waiter.done()",
    ),
    Fault(
        "a buffer of 0 is taken",
        "_arguments.py",
        "    if bound < 1:",
        "    if bound < 0:",
    ),
    Fault(
        "a bool is taken for a buffer",
        "_arguments.py",
        "return not isinstance(number, (bool, float)) and",
        "return not isinstance(number, float) and",
    ),
    Fault(
        "overflow= makes the channel that drops the other end",
        "_factory.py",
        'return SlidingChannel if overflow == "drop_oldest"',
        'return SlidingChannel if overflow != "drop_oldest"',
    ),
    Fault(
        "overflow= takes any word",
        "_factory.py",
        'if overflow not in ("drop_oldest", "drop_newest"):',
        "if False:",
    ),
    Fault(
        "a channel without a limit may drop items",
        "_arguments.py",
        "if buffer is not None and not _is_infinite(buffer):",
        "if buffer is not None:",
    ),
    Fault(
        "a channel without a buffer may drop items",
        "_factory.py",
        "if no_buffer:\n        raise",
        "if no_buffer and False:\n        raise",
    ),
    Fault(
        "a strategy takes the word for another",
        "_arguments.py",
        "    if overflow != own:",
        "    if False:",
    ),
    Fault(
        "a name may be anything",
        "_core.py",
        "if not isinstance(name, str):",
        "if False:",
    ),
    Fault(
        "the strategy without a buffer forgets its name",
        "unbuffered.py",
        "        if name is not None:\n            self._call(name)\n",
        "",
    ),
    Fault(
        "the keywords of other queues are taken and ignored",
        "_factory.py",
        "if not (maxsize is capacity is size is _NOT_GIVEN):",
        "if False:",
    ),
    Fault(
        "buffer= and bound= are taken together",
        "_factory.py",
        "    if buffer is not _NOT_GIVEN:\n",
        "    if False:\n",
    ),
    Fault(
        "bound= does not warn",
        "_factory.py",
        "    _warn_about_bound()\n",
        "",
    ),
    Fault(
        "the warning about bound= names another line than the caller's",
        "_factory.py",
        "stacklevel=6 if by_way_of_typing else 5",
        "stacklevel=5",
    ),
    Fault(
        "a channel with a buffer whose __init__ was not called is one without",
        "_core.py",
        "NOT_READY if kind._has_buffer else NO_LINE",
        "NO_LINE",
    ),
    Fault(
        "a channel whose __init__ was not called tells a capacity",
        "_core.py",
        "        bool(self._pulls)  # Raises if the channel was not initialised.\n        return self._bound",
        "        return self._bound",
    ),
    Fault(
        "arguments that a subclass does not take are ignored",
        "channel.py",
        "if (args or kwargs) and cls.__init__ is object.__init__:",
        "if False:",
    ),
    Fault(
        "a subclass cannot name its channels by a class attribute",
        "_core.py",
        "        _set_name(self, None)\n",
        "        self.name = None\n",
    ),
    Fault(
        "an iteration goes through an overridden pull",
        "_receiving.py",
        "await self._pull()",
        "await self.pull()",
    ),
    Fault(
        "a select goes through an overridden pull",
        "_receiving.py",
        "return self.channel._pull_now()",
        "return self.channel.pull_nowait()",
    ),
    Fault(
        "a select goes through an overridden push",
        "_sending.py",
        "self.channel._push_now(self._item)",
        "self.channel.push_nowait(self._item)",
    ),
    Fault(
        "a channel can be copied",
        "_core.py",
        "def __reduce__",
        "def _reduce",
    ),
    Fault(
        "an error does not say which channel it is about",
        "errors.py",
        "self.channel = channel",
        "self.channel = None",
    ),
    Fault(
        "an error does not name its channel",
        "errors.py",
        "about = kind if self._name is None else",
        "about = kind if True else",
    ),
    Fault(
        "an error names its channel as it is called when somebody reads",
        "errors.py",
        'kind = type(self.channel).__name__\n        about = kind if self._name is None else f"{kind} {self._name!r}"',
        'kind = type(self.channel).__name__\n        name = getattr(self.channel, "name", None)\n'
        '        about = kind if name is None else f"{kind} {name!r}"',
    ),
    Fault(
        "an error about a full channel says pull",
        "errors.py",
        'super().__init__(channel, "push")',
        'super().__init__(channel, "pull")',
    ),
    Fault(
        "a copied error takes its channel along",
        "errors.py",
        '{**vars(self), "channel": None, ',
        "{**vars(self), ",
    ),
    Fault(
        "a copied error loses its text",
        "errors.py",
        ', "_text": str(self)',
        "",
    ),
]
