"""What the author of a channel strategy needs beside the protocols: the waiting line.

A strategy of your own keeps two lines, one for the pushes that wait and one for the pulls, and makes two kinds of
`SelectCase`, which decide what can be done at once and what happens to who waits. The rest is `chanselect`, of one
case too: ``await chanselect(case)`` is the operation that waits, ``chanselect_nowait(case)`` the one that does not;
both keep every promise about cancellation, order and event loops. A `Waiter` stands for a task that waits; a strategy
only passes it on, from a line to that line's `commit` and from a select to a line's `enrol`.

``docs/examples/priority_channel.py`` is a complete strategy.
"""

from ._waiting import Line, Waiter

__all__ = ["Line", "Waiter"]
