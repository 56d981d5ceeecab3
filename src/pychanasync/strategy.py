"""What you need to write a channel of your own, or a case of a select that is no channel's.

There are two ways. The first is to derive from `BufferedChannel`, or from `UnbufferedChannel` if there is no buffer,
and to override what is different. All the rest comes with it, at full speed. Three things are yours:

- ``_make_buffer()`` returns what holds the items and gives them in the order that you want, a `Buffer`. It is called at
  the first push, so after your ``__init__``.
- The number that you give to ``super().__init__(buffer)`` is how many items there may be.
- ``_overflow(item)`` is called for a push when there is no room: the channel is open, no pull waits, and the buffer is
  full. It returns ``True`` if the push is done, be it that the item was dropped, or ``False`` if the push is to wait,
  as it does by default. What it raises, the push raises. In a class that overrides it, the case of a push is always
  ready; where ``_overflow`` then returns ``False``, the select goes on as if it had not been.

If the ``append`` of your buffer raises, nothing has changed, and the push raises that error.
``docs/examples/priority_channel.py`` shows it all in a dozen lines.

The second way derives from nothing: any class with the members of `SelectCase` takes part in a select. The tasks that
wait for it stand in a `Line`. A `Waiter` stands for such a task; a case only passes it on, from `enrol` to the line's
`join`. `AnyLine` is what a select asks of the line of a case, to annotate a case that wraps another one.
``docs/examples/permits.py`` is such a class. Four rules keep it exact:

- Ask a line for its `first` before you change anything, or let `join` or `commit` do so: they raise if a task of
  another event loop waits there.
- Never give a waiting task what cannot be taken back. Set it aside and commit the task, which takes it in `finish`.
- A task may be cancelled between the two: `abandon` then gives what was set aside to the next in line, if it can.
- What cannot be taken back, like the item of a push, is done: there, `abandon` returns ``False``.

A whole channel can be made of such cases, with two lines, but an operation through a select takes several times as long
as one of a class that was derived. `Waiting` is what the ``waiting`` of a channel returns.
"""

from ._waiting import AnyLine, Line, Waiter
from .protocols import Buffer, Waiting

__all__ = ["AnyLine", "Buffer", "Line", "Waiter", "Waiting"]
