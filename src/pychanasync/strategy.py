"""What you need to write a channel class of your own, or a case of a select for something other than a channel.

There are two ways. The first is to derive from `BufferedChannel`, or from `UnbufferedChannel` if there is no buffer,
and to override what is different. Everything else is inherited, at full speed. You can decide three things:

- ``_make_buffer()`` returns a `Buffer`: the container that holds the items and gives them in the order that you want.
  It is called at the first push, after your ``__init__`` has run.
- The number that you pass to ``super().__init__(buffer)`` is how many items the buffer can hold.
- ``_overflow(item)`` is called for a push when there is no room: the channel is open, no pull is waiting, and the
  buffer is full. It returns ``True`` if the push is done, for example because the item was dropped, or ``False`` if the
  push has to wait, which is the default. If it raises, the push raises that error. In a class that overrides it, a push
  case is always ready; if ``_overflow`` then returns ``False``, the select goes on as if the case had not been ready.

If the ``append`` of your buffer raises, nothing has changed, and the push raises that error.
``docs/examples/priority_channel.py`` shows all of this in a dozen lines.

The second way needs no base class: any class with the members of `SelectCase` can be used in a select. The tasks that
wait for it are in a `Line`. A `Waiter` represents one of these tasks; a case only passes it on, from `enrol` to the
line's `join`. `AnyLine` has what a select needs from the line of a case; use it to annotate a case that wraps another
one. ``docs/examples/permits.py`` is such a class. Four rules keep it exact:

- Call `first` on a line before you change anything, or let `join` or `commit` do so: they raise if a task of another
  event loop is waiting there.
- Never give a waiting task something that cannot be taken back. Set it aside and commit the task, which then takes it
  in `finish`.
- The task may be cancelled between the two. `abandon` then gives what was set aside to the next task in line, if it
  can.
- An operation that cannot be taken back, like a push whose item was taken, is done: `abandon` returns ``False``.

A whole channel can be made of such cases, with two lines, but every operation then goes through a select and takes
several times as long as in a derived class. `Waiting` is the type of a channel's ``waiting``.
"""

from ._waiting import AnyLine, Line, Waiter
from .protocols import Buffer, Waiting

__all__ = ["AnyLine", "Buffer", "Line", "Waiter", "Waiting"]
