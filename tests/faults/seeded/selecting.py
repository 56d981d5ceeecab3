"""Faults in the first of several operations, exactly one of them."""

from __future__ import annotations

from tests.faults.fault import Fault

SELECTING = [
    Fault(
        "a select does every ready case",
        "select.py",
        "        return _selected(chosen.channel, chosen.proceed(), position)\n",
        "        for other in cases[position + 1 :]:\n"
        "            if other is not None and other.ready():\n"
        "                other.proceed()\n"
        "        return _selected(chosen.channel, chosen.proceed(), position)\n",
    ),
    Fault(
        "a select meets itself",
        "select.py",
        "        outcome = await waiter\n",
        "        met = _attempt(cases, ordered)\n"
        "        if met is not None:\n"
        "            return met\n"
        "        outcome = await waiter\n",
    ),
    Fault(
        "a select that can proceed at once suspends",
        "select.py",
        "    if selected is not None:\n",
        "    if selected is not None:\n        await asyncio.sleep(0)\n",
    ),
    Fault(
        "a select stays in the lines of the cases that lost",
        "select.py",
        "            served = choice\n",
        "            return choice\n",
    ),
    Fault(
        "a select whose coroutine is closed stays in every line",
        "select.py",
        "except BaseException as error:",
        "except CancelledError as error:",
    ),
    Fault(
        "a cancelled select keeps its claim",
        "_receiving.py",
        "self.channel._release_claim()  #",
        "#",
    ),
    Fault(
        "a cancelled select whose pull was served returns the item",
        "select.py",
        "served is None or served[1].abandon():",
        "served is None:",
    ),
    Fault(
        "a cancelled select raises though its push was done",
        "select.py",
        "        defer(error, before)\n",
        "        raise\n",
    ),
    Fault(
        "the choice among the ready is biased",
        "select.py",
        "int(random() * len(others))",
        "int(random() * random() * len(others))",
    ),
    Fault(
        "ordered is ignored",
        "select.py",
        "                if ordered:\n                    break\n",
        "",
    ),
    Fault(
        "of several waiting cases on one side of a channel the last is served",
        "select.py",
        "if id(line) not in enrolled:",
        "if True:",
    ),
    Fault(
        "a None moves the cases after it forward",
        "select.py",
        "for index, case in enumerate(cases):\n            if case is None or not case.ready()",
        "for index, case in enumerate(filter(None, cases)):\n            if not case.ready()",
    ),
    Fault(
        "a select of nothing waits for ever",
        "select.py",
        "if cases.count(None) == len(cases):",
        "if not cases:",
    ),
    Fault(
        "a select does not see that a pull waits for its push",
        "_core.py",
        "            or (bool(self._pulls) and self._pulls.first() is not None)\n",
        "",
    ),
    Fault(
        "a select does not see that a push waits for its pull",
        "_core.py",
        " or (bool(self._pushes) and self._pushes.first() is not None)",
        "",
    ),
    Fault(
        "a select takes the item of a woken pull for its own",
        "_core.py",
        "        if not self._try_claim():\n            raise ChannelEmpty(self)\n",
        "",
    ),
    Fault(
        "the error about a list of cases hangs below an AttributeError",
        "select.py",
        'not a case: {instead}") from None',
        'not a case: {instead}")',
    ),
    Fault(
        "a list of cases gets an AttributeError",
        "select.py",
        "if type(case) in {list, tuple}:",
        "if type(case) in {list, tuple}:\n            return\n        if type(case) in {set}:",
    ),
    Fault(
        "what a select returned cannot be copied",
        "select.py",
        "def __reduce__",
        "def _reduce",
    ),
    Fault(
        "what a select returned takes another index when it is copied",
        "select.py",
        "return Selected, (self.channel, self.value, self.index)",
        "return Selected, (self.channel, self.value, 0)",
    ),
    Fault(
        "what a select returned equals what another case returned",
        "select.py",
        "return type(other) is type(self) and super().__eq__(other)",
        "return super().__eq__(other)",
    ),
]
