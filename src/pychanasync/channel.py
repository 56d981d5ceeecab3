"""Channel: both halves in one, which every strategy is.

Invariant: no public operation calls another one, so that a subclass which overrides one changes that one alone; but
`async with` leaves by `close`.
"""

# Annotations are evaluated here: what asks for them at run time looks in `pychanasync`, where these names are not.
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
AnyKind: TypeAlias = type[Any]  # type: ignore[explicit-any]  # A class of channels, whatever it makes of arguments.
Arguments: TypeAlias = Any  # type: ignore[explicit-any]  # Of an __init__; object would forbid one that takes less.


class Channel(Sending[Item], Receiving[Item]):
    """Create a channel: unbuffered by default, buffered with ``buffer=n``.

    ``Channel[int]()`` makes an `UnbufferedChannel`, ``Channel[int](buffer=10)`` a `BufferedChannel`. With
    ``overflow="drop_oldest"`` as well it makes a `SlidingChannel`, with ``overflow="drop_newest"`` a `DroppingChannel`:
    pushes to these never wait, but drop an item when the buffer is full. As an annotation, ``Channel[int]`` means a
    channel of any kind. A channel can be made with no event loop running.

    Derive a class of your own from `UnbufferedChannel` or `BufferedChannel`. It may override any method. No operation
    calls another one, so an override of `pull` changes neither iteration nor select. Only ``async with`` calls `close`,
    on the way out. How to hold the items in another order, or to do something else when there is no room, is described
    in `pychanasync.strategy`.

    Attributes:
        name: A name for logs and errors, shown beside the kind of the channel; ``None`` by default. It can be set at
            any time.

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

    name: str | None  # Here too, for those who look at public modules alone.
    Closed: ClassVar[type[ChannelClosed]] = ChannelClosed
    Failed: ClassVar[type[ChannelFailed]] = ChannelFailed
    Full: ClassVar[type[ChannelFull]] = ChannelFull
    Empty: ClassVar[type[ChannelEmpty]] = ChannelEmpty

    # Which class the arguments ask for: set by the factory, which looks at them.
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
    @deprecated("bound= is deprecated: say buffer=")
    def __new__(
        cls, *, bound: SupportsIndex | float | None, overflow: Overflow = "wait", name: str | None = None
    ) -> "Channel[Item]": ...
    def __new__(cls, *args: Arguments, **kwargs: Arguments) -> "Channel[Item]":  # noqa: D417  # It takes what the overloads take.
        """Create a channel of the kind that the arguments ask for, or an instance of the subclass that was called.

        Args:
            buffer: How many items the channel can hold: an integer of at least 1, or ``math.inf`` for no limit. Left
                out or ``None``: no buffer, each push waits for its pull.
            overflow: What a push does while the buffer is full: it waits (``"wait"``), drops the oldest item in the
                buffer (``"drop_oldest"``), or drops its own item (``"drop_newest"``). A channel that drops items needs
                a buffer, and one with a limit.
            name: A name for the channel, shown by its `repr` and its errors.
            bound: A deprecated alias of ``buffer``.

        Raises:
            TypeError: ``buffer`` is not an integer, ``name`` is not a str, or both ``buffer`` and ``bound`` are given.
            ValueError: ``buffer`` is 0 or less, ``overflow`` is another word, or it drops items and there is no buffer
                with a limit.
        """
        if cls is Channel:
            return _make(cls._choose(*args, **kwargs))
        if (args or kwargs) and cls.__init__ is object.__init__:  # Python itself lets them pass.
            raise TypeError(f"{cls.__name__}() takes no arguments: give it an __init__ of its own that does")
        return _make(cls)


_make = Channel._make  # pyright: ignore[reportPrivateUsage]  # Looked up once.

for _part in ChannelCore, Sending, Receiving:
    for _member in vars(_part).values():
        if isinstance(_member, FunctionType):  # Python names them where the arguments do not fit.
            _member.__qualname__ = f"Channel.{_member.__name__}"
