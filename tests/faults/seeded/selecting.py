"""Faults in the first of several operations, exactly one of them."""

from __future__ import annotations

from tests.faults.fault import Fault

SELECTING = [
    Fault(
        "a select does every ready case",
        "select.py",
        "            return _selected(case.channel, case.proceed(), index)\n",
        "            for other in cases[index + 1 :]:\n"
        "                if other is not None and other.ready():\n"
        "                    other.proceed()\n"
        "            return _selected(case.channel, case.proceed(), index)\n",
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
        "a select stays in the lines of the cases that lost",
        "select.py",
        "            served = choice\n",
        "            return choice\n",
    ),
    Fault(
        "a select that is closed while it waits stays in every line",
        "select.py",
        "except BaseException as error:",
        "except CancelledError as error:",
    ),
    Fault(
        "a cancelled select keeps its dead claim",
        "_exchange.py",
        "self._exchange._let_go()\n",
        "",
    ),
    Fault(
        "a cancelled select that was won by a pull returns the item",
        "select.py",
        "served[1].let_go() or not isinstance",
        "not isinstance",
    ),
    Fault(
        "a cancelled select raises though its push was taken",
        "select.py",
        "        hand_on(task, before, error)\n",
        "        raise\n",
    ),
    Fault(
        "the choice among the ready is biased",
        "select.py",
        "int(random() * len(ready))",
        "int(random() * random() * len(ready))",
    ),
    Fault(
        "ordered is ignored",
        "select.py",
        "0 if ordered or len(ready) == 1 else",
        "0 if len(ready) == 1 else",
    ),
    Fault(
        "of several waiting cases on one channel the last is served",
        "select.py",
        "if id(line) not in enrolled:",
        "if True:",
    ),
    Fault(
        "a None moves the cases after it forward",
        "select.py",
        "for index, case in enumerate(cases) if case is not None and case.ready()",
        "for index, case in enumerate(filter(None, cases)) if case.ready()",
    ),
    Fault(
        "a select of nothing waits for ever",
        "select.py",
        "if cases.count(None) == len(cases):",
        "if not cases:",
    ),
    Fault(
        "a select does not tell which channel was closed",
        "select.py",
        "raise ChannelClosed(outcome)",
        "raise ChannelClosed",
    ),
    Fault(
        "a select does not see that a pull waits for its push",
        "_exchange.py",
        "            or (bool(exchange._pulls) and exchange._pulls.first() is not None)\n",
        "",
    ),
    Fault(
        "a select takes the item of a woken pull for its own",
        "_exchange.py",
        "return self._exchange.pull_nowait()\n",
        "return self._exchange._items.popleft()\n",
    ),
]
