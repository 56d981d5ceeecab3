"""Channel: both halves in one class, the base of every strategy.

Invariant: no public method calls another one, so a subclass that overrides one changes only that one. The exception is
`async with`, which calls `close` at the end.
"""

# Annotations are evaluated here: code that reads them later would look in `pychanasync`, which lacks these names.
from collections.abc import Callable
from types import FunctionType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, SupportsIndex, TypeAlias, overload

from typing_extensions import deprecated

from ._core import ChannelCore, Item
from ._receiving import Receiving
from ._sending import Sending
from .errors import ChannelClosed, ChannelEmpty, ChannelFailed, ChannelFull

if TYPE_CHECKING:
    from .buffered import BufferedChannel
    from .dropping import DroppingChannel
    from .sliding import SlidingChannel
    from .unbuffered import UnbufferedChannel

Overflow: TypeAlias = Literal["wait", "drop_oldest", "drop_newest"]
AnyKind: TypeAlias = type[Any]  # type: ignore[explicit-any]  # A class of channels, whatever arguments it takes.
Arguments: TypeAlias = Any  # type: ignore[explicit-any]  # Of an __init__; with object, one that takes less would be an error.


class Channel(Sending[Item], Receiving[Item]):
    """Create a channel: unbuffered by default, buffered with ``buffer=n``.

    ``Channel[int]()`` makes an `UnbufferedChannel`, ``Channel[int](buffer=10)`` a `BufferedChannel`. With a buffer and
    ``overflow="drop_oldest"`` it makes a `SlidingChannel`, with ``overflow="drop_newest"`` a `DroppingChannel`: pushes
    to these never wait, but drop an item when the buffer is full. As an annotation, ``Channel[int]`` means a channel of
    any kind. You can create a channel when no event loop is running.

    To write a class of your own, derive it from `UnbufferedChannel` or `BufferedChannel`. It can override any method.
    The methods do not call each other, so overriding `pull` changes neither iteration nor select; only ``async with``
    calls `close` at the end. `pychanasync.strategy` describes how to hold the items in another order, or to do
    something else when there is no room.

    Attributes:
        name: A name for logs and errors, shown after the class name; ``None`` by default. It can be set at any time.

    Example::

        mailbox = Channel[str](buffer=2)
        await mailbox.push("one")
        mailbox.close()
        print(await mailbox.pull())  # prints one
        try:
            await mailbox.pull()
        except Channel.Closed:
            print("no items are left")  # prints no items are left
    """

    __module__ = "pychanasync"
    __slots__ = ()

    name: str | None  # Here too, for tools that look only at public modules.
    Closed: ClassVar[type[ChannelClosed]] = ChannelClosed
    Failed: ClassVar[type[ChannelFailed]] = ChannelFailed
    Full: ClassVar[type[ChannelFull]] = ChannelFull
    Empty: ClassVar[type[ChannelEmpty]] = ChannelEmpty

    # Returns the class for the arguments. Set by the factory.
    _choose: ClassVar[Callable[..., AnyKind]]  # type: ignore[explicit-any]

    @overload
    def __new__(
        cls, buffer: None = None, *, overflow: Literal["wait"] = "wait", name: str | None = None
    ) -> "UnbufferedChannel[Item]": ...
    @overload
    def __new__(
        cls, buffer: SupportsIndex | float, *, overflow: Literal["wait"] = "wait", name: str | None = None
    ) -> "BufferedChannel[Item]": ...
    @overload
    def __new__(
        cls, buffer: SupportsIndex, *, overflow: Literal["drop_oldest"], name: str | None = None
    ) -> "SlidingChannel[Item]": ...
    @overload
    def __new__(
        cls, buffer: SupportsIndex, *, overflow: Literal["drop_newest"], name: str | None = None
    ) -> "DroppingChannel[Item]": ...
    @overload
    def __new__(
        cls, buffer: SupportsIndex | float | None, *, overflow: Literal["wait"] = "wait", name: str | None = None
    ) -> "Channel[Item]": ...
    @overload
    def __new__(cls, buffer: SupportsIndex, *, overflow: Overflow, name: str | None = None) -> "Channel[Item]": ...
    @overload
    @deprecated("bound= is deprecated: use buffer=")
    def __new__(
        cls, *, bound: SupportsIndex | float | None, overflow: Overflow = "wait", name: str | None = None
    ) -> "Channel[Item]": ...
    def __new__(cls, *args: Arguments, **kwargs: Arguments) -> "Channel[Item]":  # noqa: D417  # It takes what the overloads take.
        """Create a channel: unbuffered by default, buffered with ``buffer=n``.

        If a subclass is called, this creates an instance of that subclass.

        Args:
            buffer: How many items the channel can hold: an integer of at least 1, or ``math.inf`` for no limit. By
                default there is no buffer: each push waits for a pull.
            overflow: What a push does when the buffer is full: it waits (``"wait"``), drops the oldest item in the
                buffer (``"drop_oldest"``), or drops its own item (``"drop_newest"``). To drop items, a channel needs a
                buffer with a limit.
            name: A name for the channel, shown by its `repr` and its errors.
            bound: Deprecated alias of ``buffer``.

        Raises:
            TypeError: ``buffer`` is neither an integer nor ``math.inf``, ``name`` is not a str, or both ``buffer`` and
                ``bound`` are given.
            ValueError: ``buffer`` is 0 or less; ``overflow`` is not one of these words; or it drops items, and there is
                no buffer or one without a limit.
        """
        if cls is Channel:
            return _make(cls._choose(*args, **kwargs))
        if (args or kwargs) and cls.__init__ is object.__init__:  # Python itself would ignore them.
            raise TypeError(f"{cls.__name__}() takes no arguments: define an __init__ that accepts them")
        return _make(cls)


_make = Channel._make  # pyright: ignore[reportPrivateUsage]  # Looked up once.

for _part in ChannelCore, Sending, Receiving:
    for _member in vars(_part).values():
        if isinstance(_member, FunctionType):  # For the error that Python raises if the arguments do not fit.
            _member.__qualname__ = f"Channel.{_member.__name__}"
