from asyncio import Event
from typing import Any

class Channel:
    def __init__(self, queue: object, *, _Event: type[Event] = ...) -> None: ...
    async def put(self, x: object, *, timeout: float | None = ...) -> bool: ...
    async def take(self, *, timeout: float | None = ..., default: object = ...) -> Any: ...  # type: ignore[explicit-any]  # Of what type an item is, it does not say.
