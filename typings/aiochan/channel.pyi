from asyncio import Future
from collections.abc import Callable
from typing import Any

class Chan:
    def __init__(
        self, buffer: int | None = ..., buffer_size: int | None = ..., *, loop: object = ..., name: str | None = ...
    ) -> None: ...
    def put(self, val: object) -> Future[bool]: ...
    def get(self) -> Future[Any]: ...  # type: ignore[explicit-any]  # Of what type an item is, it does not say.
    def put_nowait(
        self, val: object, cb: Callable[[bool], object] | None = ..., *, immediate_only: bool = ...
    ) -> bool | None: ...

def select(
    *chan_ops: Chan | tuple[Chan, object],
    priority: bool = ...,
    default: object = ...,
    cb: Callable[[object, Chan], object] | None = ...,
    loop: object = ...,
) -> Future[tuple[object, Chan | None]]: ...
