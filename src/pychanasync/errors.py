"""The errors that channels raise, and their texts.

Invariants: an error says which operation failed, why, and on which channel. Its text is made when it is read, from what
was true when it was raised. A pickled or copied error keeps everything but the channel, which cannot be copied.
"""

# Annotations are evaluated here: code that reads them later would look in `pychanasync`, which lacks these names.
from typing import Any, Literal, TypeAlias

Side: TypeAlias = Literal["push", "pull"]

_TO = {"push": "push to", "pull": "pull from"}


class ChannelError(Exception):
    """Base class of the errors that channels raise.

    Attributes:
        channel: The channel that the error is about; compare it with ``is``. ``None`` in a copy and after pickling.
        side: Which operation failed: ``"push"`` or ``"pull"``; ``None`` if that is not known.
    """

    __module__ = "pychanasync"

    _reason: str = "the channel refused"

    channel: object | None
    side: Side | None
    _name: object
    _text: str | None = None

    def __init__(self, channel: object | None = None, side: Side | None = None) -> None:
        """Make an error about one side of ``channel``."""
        # A close makes one of these for every waiting task, so this takes the fastest way.
        self.args: tuple[object, ...] = ()
        self.channel = channel
        self.side = side
        named: Any = channel  # type: ignore[explicit-any]  # A user's own channel class may have no names.
        try:
            self._name = named.name
        except AttributeError:
            self._name = None

    def __str__(self) -> str:
        """Say which operation failed, on what kind of channel, with its name if it has one, and why."""
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
        """Show the text, which is not among the arguments."""
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[type["ChannelError"], tuple[()], dict[str, object]]:
        """Keep the text but not the channel when the error is pickled or copied."""
        return type(self), (), {**vars(self), "channel": None, "_name": None, "_text": str(self)}

    def _because(self) -> str:
        return self._reason


class ChannelClosed(ChannelError):
    """The channel is closed: it takes no more items and, for a pull, no items are left.

    If the channel was closed because of an error, a push raises this with that error as its ``__cause__``, while a pull
    raises `ChannelFailed`.

    Attributes:
        index: If a select raised this, the position of the chosen case; otherwise ``None``.
    """

    __module__ = "pychanasync"

    index: int | None = None

    def _because(self) -> str:
        if self.side == "pull":
            return "the channel is closed and no items are left"
        because = _because_of(self.__cause__)
        return f"the channel was closed{because}" if because else "the channel is closed"


class ChannelFailed(ChannelError):
    """A pull found no items left, and the channel was closed because of an error: the items may be incomplete.

    That error is the ``__cause__``. It was passed to `close`, or it left the ``async with`` block of the channel, or it
    ended one of the tasks passed to `close_after`.

    This does not derive from `ChannelClosed`, so code that treats a closed channel as a normal end does not mistake
    incomplete results for complete ones.

    Attributes:
        index: If a select raised this, the position of the chosen case; otherwise ``None``.
    """

    __module__ = "pychanasync"

    index: int | None = None

    def __init__(self, channel: object | None = None) -> None:
        """Make an error about a pull from ``channel``."""
        super().__init__(channel, "pull")

    def _because(self) -> str:
        return f"the channel was closed{_because_of(self.__cause__)}, and no items are left"


def _because_of(cause: BaseException | None) -> str:
    """Say what error a channel was closed with, after a space; nothing if there was none."""
    return "" if cause is None else f" because of {type(cause).__name__}{f': {cause}' if str(cause) else ''}"


def is_failure(error: BaseException) -> bool:
    """Return whether an error is anything other than a `ChannelClosed`, or a group that contains anything other."""
    if isinstance(error, BaseExceptionGroup):
        errors: tuple[BaseException, ...] = error.exceptions  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        return any(map(is_failure, errors))
    return not isinstance(error, ChannelClosed)


class ChannelFull(ChannelError):
    """`push_nowait` would have to wait: the channel cannot take an item now.

    It is also the ``__cause__`` of the `ChannelFailed` from a subscription with ``overflow="fail"`` that was full.
    """

    __module__ = "pychanasync"

    _reason = "it cannot take an item now; await push() to wait until it can"

    def __init__(self, channel: object | None = None) -> None:
        """Make an error about a push to ``channel``."""
        super().__init__(channel, "push")


def fell_behind(hub: object) -> ChannelFull:
    """Make the error that ends a subscription which has no room for an item."""
    error = ChannelFull(hub)
    error._reason = "this subscriber's buffer was full, and its overflow is 'fail'"  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # In the same module.
    return error


class ChannelEmpty(ChannelError):
    """`pull_nowait` would have to wait: there are no items to pull now."""

    __module__ = "pychanasync"

    _reason = "it has no item to give now; await pull() to wait for one"

    def __init__(self, channel: object | None = None) -> None:
        """Make an error about a pull from ``channel``."""
        super().__init__(channel, "pull")
