"""The factory: which class ``Channel(...)`` builds.

The classes sign in when they are defined, so that neither the factory nor `Channel` has to import what derives from it.
What a class then makes of the arguments, and which it refuses, is its own affair.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Role: TypeAlias = Literal["without a buffer", "with a buffer", "by the older word"]
AnyKind: TypeAlias = type[Any]  # type: ignore[explicit-any]  # A class of channels, whatever it makes of arguments.
Arguments: TypeAlias = Any  # type: ignore[explicit-any]  # Of an __init__; object would forbid one that takes less.
Signed = TypeVar("Signed", bound=AnyKind)

_NOT_GIVEN: Final = object()
_classes: dict[Role, AnyKind] = {}


def built(role: Role) -> Callable[[Signed], Signed]:
    """Sign a class in as the one that the factory builds in this role."""

    def sign_in(kind: Signed) -> Signed:
        _classes[role] = kind
        return kind

    return sign_in


def choose(buffer: object = _NOT_GIVEN, *, bound: object = _NOT_GIVEN) -> AnyKind:
    """Choose the class for the arguments of a ``Channel(...)``."""
    if bound is _NOT_GIVEN:
        return _classes["without a buffer" if buffer is _NOT_GIVEN or buffer is None else "with a buffer"]
    if buffer is not _NOT_GIVEN:
        raise TypeError("Channel() got both buffer= and bound=, which mean the same: leave bound= out")
    _warn_about_bound()
    return _classes["by the older word"]


choose.__qualname__ = "Channel"  # Python names it where the arguments do not fit.


def _warn_about_bound() -> None:
    caller = sys._getframe(3)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # Beyond choose and Channel.__new__.
    by_way_of_typing = caller.f_globals.get("__name__") == "typing"  # Channel[int](...) comes that way.
    warnings.warn("bound= is an older word: say buffer=", DeprecationWarning, stacklevel=5 if by_way_of_typing else 4)
