"""What a channel raises, and the one place that makes the texts.

Invariants: an error says which operation met what on which channel. Its text is made when it is read, from what was
true when it was raised. Pickled or copied, an error keeps everything but the channel, which holds tasks of a running
loop and can go nowhere.
"""

# Annotations are evaluated here: what asks for them at run time looks in `pychanasync`, where these names are not.
from typing import Any, Literal, TypeAlias

Side: TypeAlias = Literal["push", "pull"]

_TO = {"push": "push to", "pull": "pull from"}


class ChannelError(Exception):
    """Base class of the errors of a channel.

    Attributes:
        channel: The channel that the error is about, to be compared with ``is``; ``None`` in a copy or after pickling.
        side: Which operation failed, ``"push"`` or ``"pull"``; ``None`` if it was not given.
    """

    __module__ = "pychanasync"

    _reason: str = "the channel refused"

    channel: object | None
    side: Side | None
    _name: object
    _text: str | None = None

    def __init__(self, channel: object | None = None, side: Side | None = None) -> None:
        """Make an error about one side of ``channel``."""
        # Whoever waits when a channel is closed makes one of these, so the shortest ways are taken.
        self.args: tuple[object, ...] = ()
        self.channel = channel
        self.side = side
        named: Any = channel  # type: ignore[explicit-any]  # A strategy of the user's own may give no names.
        try:
            self._name = named.name
        except AttributeError:
            self._name = None

    def __str__(self) -> str:
        """Return which operation failed and why, and the kind of the channel, with its name if it has one."""
        if self._text is not None:
            return self._text
        if self.channel is None:
            return self._because()
        kind = type(self.channel).__name__
        about = kind if self._name is None else f"{kind} {self._name!r}"
        if self.side is None:
            return f"{about}: {self._because()}"
        return f"cannot {_TO[self.side]} {about}: {self._because()}"

    def __repr__(self) -> str:
        """Show the text, which is in no argument."""
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[type["ChannelError"], tuple[()], dict[str, object]]:
        """Leave the channel behind when the error is pickled or copied; keep the text."""
        return type(self), (), {**vars(self), "channel": None, "_name": None, "_text": str(self)}

    def _because(self) -> str:
        return self._reason


class ChannelClosed(ChannelError):
    """The channel is closed: it takes no more items, and a pull finds none left.

    If the channel was closed because of an error, a push raises this with the error as its ``__cause__``, and a pull
    raises `ChannelFailed`.

    Attributes:
        index: The position of the chosen case if a select raised this, else ``None``.
    """

    __module__ = "pychanasync"

    index: int | None = None

    def _because(self) -> str:
        return "the channel is closed and no items are left" if self.side == "pull" else "the channel is closed"


class ChannelFailed(ChannelError):
    """The channel was closed because of an error, and a pull finds no items left: those that came may not be all.

    The error is the ``__cause__``. It was given to `close`, or it left the ``async with`` of the channel, or it ended
    one of the tasks that were given to `close_after`.

    This is not a `ChannelClosed`. So code that stops when a channel is closed does not mistake an incomplete result for
    a complete one.

    Attributes:
        index: The position of the chosen case if a select raised this, else ``None``.
    """

    __module__ = "pychanasync"

    index: int | None = None

    def __init__(self, channel: object | None = None) -> None:
        """Make an error about a pull from ``channel``."""
        super().__init__(channel, "pull")

    def _because(self) -> str:
        cause = self.__cause__
        because = "" if cause is None else f" because of {type(cause).__name__}{f': {cause}' if str(cause) else ''}"
        return f"the channel was closed{because}, and no items are left"


def is_failure(error: BaseException) -> bool:
    """Return whether an error says more than that a channel was closed: whether it, or any of a group, is another."""
    if isinstance(error, BaseExceptionGroup):
        errors: tuple[BaseException, ...] = error.exceptions  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return any(map(is_failure, errors))
    return not isinstance(error, ChannelClosed)


class ChannelFull(ChannelError):
    """`push_nowait` would have had to wait."""

    __module__ = "pychanasync"

    _reason = "it cannot take an item now; await push() to wait until it can"

    def __init__(self, channel: object | None = None) -> None:
        """Make an error about a push to ``channel``."""
        super().__init__(channel, "push")


def fell_behind(hub: object) -> ChannelFull:
    """Make the error for which a subscription ends that has no room for an item."""
    error = ChannelFull(hub)
    error._reason = "this subscriber's buffer was full, and its overflow is 'fail'"  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # Its own module.
    return error


class ChannelEmpty(ChannelError):
    """`pull_nowait` would have had to wait."""

    __module__ = "pychanasync"

    _reason = "it has no item to give now; await pull() to wait for one"

    def __init__(self, channel: object | None = None) -> None:
        """Make an error about a pull from ``channel``."""
        super().__init__(channel, "pull")
