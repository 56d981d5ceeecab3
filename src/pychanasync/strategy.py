"""What the author of a channel strategy needs beside the protocols: the waiting line.

A strategy of your own keeps two lines, one for the pushes that wait and one for the pulls, and makes two kinds of
`SelectCase`, which decide what can be done at once and what happens to who waits. The rest is `chanselect`, of one
case too: ``await chanselect(case)`` is the operation that waits, ``chanselect_nowait(case)`` the one that does not;
both keep every promise about cancellation, order and event loops. A `Waiter` stands for a task that waits; a strategy
only passes it on, from a select to a line's `join`, and from a line's `first` to ``line[waiter]``, which is what it
offers. `AnyLine` is what a select asks of a line: name it so in a case that wraps the case of another. `Waiting` is
what a channel's ``waiting`` returns.

Four rules keep the promises:

- Ask a line for its `first` before you change anything, since that raises where a task of another event loop waits;
  commit last.
- Never hand an item to a pull that waits. Count a claim and commit the pull: it takes an item when it finishes. What
  is claimed neither counts against the bound nor is there for others.
- To abandon a claim is to lower the count, and to commit the next pull that waits, if any, with that claim.
- A push that was committed is done.

They cost what generality costs: an operation through a select takes several times what it takes on a built-in channel.
``docs/examples/priority_channel.py`` is a complete strategy.
"""

from ._waiting import AnyLine, Line, Waiter
from .protocols import Buffer, Waiting

__all__ = ["AnyLine", "Buffer", "Line", "Waiter", "Waiting"]
