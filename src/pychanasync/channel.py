"""Channel: what both strategies share, and the waiting for what cannot be done at once.

Invariant: the path that need not wait decides in the body of `push` and `pull` themselves, by one comparison; whatever
else there is to decide stands in `Exchange`.
"""

from __future__ import annotations

from asyncio import CancelledError, current_task
from math import inf
from typing import TYPE_CHECKING, ClassVar, NoReturn, Self, SupportsIndex, overload

from typing_extensions import deprecated

from ._exchange import Exchange, Item
from ._factory import choose
from ._waiting import hand_on
from .errors import ChannelClosed, ChannelEmpty, ChannelFull

if TYPE_CHECKING:
    from types import TracebackType

    from ._factory import AnyKind, Arguments
    from .buffered import BufferedChannel
    from .unbuffered import UnbufferedChannel


class Channel(Exchange[Item]):
    """A channel of items of one type, of either kind; and the factory of both kinds.

    ``Channel[int]()`` makes an `UnbufferedChannel`, ``Channel[int](buffer=10)`` a `BufferedChannel`. A subclass
    of your own is built as itself. A channel can be made with no event loop running.

    Example::

        mailbox = Channel[str](buffer=2)
        await mailbox.push("one")
        mailbox.close()
        print(await mailbox.pull())  # prints one
        try:
            await mailbox.pull()
        except Channel.Closed:
            print("nothing is left")  # prints nothing is left
    """

    __module__ = "pychanasync"
    __slots__ = ()

    Closed: ClassVar[type[ChannelClosed]] = ChannelClosed
    Full: ClassVar[type[ChannelFull]] = ChannelFull
    Empty: ClassVar[type[ChannelEmpty]] = ChannelEmpty

    @overload
    def __new__(cls, buffer: None = None) -> UnbufferedChannel[Item]: ...
    @overload
    def __new__(cls, buffer: SupportsIndex | float) -> BufferedChannel[Item]: ...
    @overload
    def __new__(cls, buffer: SupportsIndex | float | None) -> Channel[Item]: ...
    @overload
    @deprecated("bound= is an older word: say buffer=")
    def __new__(cls, *, bound: SupportsIndex | float | None) -> Channel[Item]: ...
    def __new__(cls, *args: Arguments, **kwargs: Arguments) -> Channel[Item]:  # noqa: D417  # It takes what the overloads take.
        """Make a channel: of the strategy that the arguments ask for, or of the subclass that was called.

        Args:
            buffer: How many items the channel holds for pulls to come: a whole number of at least 1, or
                ``math.inf`` for no bound. Left out or ``None``: none, each push meets its pull.
            bound: An older word for ``buffer``, deprecated.

        Raises:
            TypeError: ``buffer`` is no whole number, or both words are given.
            ValueError: ``buffer`` is 0 or less.
        """
        kind: AnyKind = choose(*args, **kwargs) if cls is Channel else cls
        if kind.__init__ is object.__init__ and (args or kwargs):  # Python itself lets them pass.
            raise TypeError(f"{kind.__name__}() takes no arguments: give it an __init__ of its own that does")
        return super().__new__(kind)

    async def push(self, item: Item) -> None:
        """Give an item to the channel; wait while it cannot take it.

        Args:
            item: What to give. It may be anything, ``None`` too.

        Raises:
            ChannelClosed: The channel was closed before it took the item, which is not delivered.
            RuntimeError: A task of another event loop waits here, or would have to be woken.

        Cancellation:
            A push that raised did not deliver. One whose item had been taken when the cancellation came
            returns, and the cancellation strikes at the task's next wait.
        """
        if len(self._items) < self._push_below:
            self._items.append(item)
            return
        if self._offer(item):
            return
        self._pull_above = inf
        waiter = self._pushes.stand(item)
        task = current_task()
        before = task.cancelling() if task is not None else 0
        try:
            if self._closed or len(self._items) - self._claims < self._bound:
                self._catch_up()
            outcome = await waiter
        except CancelledError as cancellation:
            if not self._pushes.withdraw(waiter):
                raise
            hand_on(task, before, cancellation)  # The item may be in use already: the push stands.
            return
        except BaseException:
            self._pushes.withdraw(waiter)
            raise
        if outcome is self:
            raise ChannelClosed(self)

    async def pull(self) -> Item:
        """Take the oldest item; wait while there is none.

        Returns:
            The item. It is nobody else's.

        Raises:
            ChannelClosed: The channel is closed and nothing is left, now or when the wait ends.
            RuntimeError: A task of another event loop waits here, or would have to be woken.

        Cancellation:
            A cancelled pull took nothing. The item that it was woken for goes to the next waiting pull, or
            stays in the channel as the next to be pulled.
        """
        if len(self._items) > self._pull_above or self._supply():
            return self._items.popleft()
        self._push_below = 0
        waiter = self._pulls.stand(None)
        try:
            if self._closed or len(self._items) > self._claims:
                self._catch_up()
            outcome = await waiter
        except BaseException:
            if self._pulls.withdraw(waiter):
                self._let_go()
            raise
        if outcome is self:
            raise ChannelClosed(self)
        return self._redeem()

    def __aiter__(self) -> Self:
        """Iterate over what can be pulled, until the channel is closed and nothing is left."""
        return self

    async def __anext__(self) -> Item:
        """Pull the next item; end the iteration where `pull` would raise `ChannelClosed`."""
        if len(self._items) > self._pull_above:
            return self._items.popleft()
        try:
            return await self.pull()
        except ChannelClosed:
            raise StopAsyncIteration from None

    async def __aenter__(self) -> Self:
        """Yield the channel itself."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Close the channel; let whatever was raised go on."""
        self.close()

    def __repr__(self) -> str:
        """Tell kind, fill, waiting tasks (one whose wait ended counts until it resumes) and whether it is closed."""
        facts = [self._fill()]
        if self._pushes:
            facts.append(counted(len(self._pushes), "push waiting", "pushes waiting"))
        if self._pulls:
            facts.append(counted(len(self._pulls), "pull waiting", "pulls waiting"))
        if self._closed:
            facts.append("closed")
        return f"<{type(self).__name__}: {', '.join(facts)}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be copied or pickled: two channels over one set of waiting tasks would be neither."""
        raise TypeError(f"a channel cannot be copied or pickled: pass {self!r} itself")

    def _fill(self) -> str:
        """Tell for `repr` what the channel holds: without a buffer only what cancelled pulls let go."""
        left = len(self._items) - self._claims
        return f"unbuffered, {left} let go" if left else "unbuffered"


def counted(number: int, one: str, more: str) -> str:
    """Say how many there are, in the right number."""
    return f"{number} {one if number == 1 else more}"
