"""What the author of a channel strategy needs beside the protocols: the waiting line.

A strategy of your own keeps two lines, one for the pushes that wait and one for the pulls, and makes two kinds of
`SelectCase`, which decide what can be done at once and what happens to who waits. The rest is `chanselect`, of one
case too: ``await chanselect(case)`` is the operation that waits, ``chanselect_nowait(case)`` the one that does not;
both keep every promise about cancellation, order and event loops.
"""

from ._waiting import Line, Waiter

__all__ = ["Line", "Waiter"]
