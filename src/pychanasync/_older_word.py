"""The older word: ``Channel(bound=n)`` for ``Channel(buffer=n)``.

Invariant: nobody gets hold of an instance of the class in here; each becomes what ``buffer=`` would have made.
"""

from __future__ import annotations

from typing import Any

from ._exchange import Item
from ._factory import built, choose
from .channel import Channel


@built("by the older word")
class OlderWord(Channel[Item]):
    """What ``Channel(bound=...)`` builds first.

    Python initialises what a factory's ``__new__`` returned with the arguments of the call, and the strategies do not
    know the older word. So this class takes it, and then becomes the strategy that was meant.
    """

    __slots__ = ()

    def __init__(self, *, bound: object) -> None:
        """Become what ``buffer=bound`` means."""
        meant: Any = choose(bound)  # type: ignore[explicit-any]  # Else __init__ is taken for that of a metaclass.
        self.__class__ = meant  # Possible since the strategies have the slots of Channel and no others.
        meant.__init__(self, bound)
