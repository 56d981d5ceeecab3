"""MsgspecCodec: items as MessagePack or JSON, checked against their type when they are decoded."""

from __future__ import annotations

from types import UnionType
from typing import Generic, Literal, TypeVar, overload

import msgspec

Item = TypeVar("Item")


class MsgspecCodec(Generic[Item]):
    """A codec for what msgspec knows: its structs, dataclasses, named tuples, and Python's own types.

    What is decoded is checked against the type; what is encoded is not, since type checkers do that.
    """

    __module__ = "pychanasync.nats"

    @overload
    def __init__(self, kind: type[Item], *, format: Literal["msgpack", "json"] = "msgpack") -> None: ...
    @overload
    def __init__(self, kind: UnionType, *, format: Literal["msgpack", "json"] = "msgpack") -> None: ...
    def __init__(self, kind: object, *, format: Literal["msgpack", "json"] = "msgpack") -> None:  # noqa: A002  # As others call it.
        """Make a codec.

        Args:
            kind: The type of the items. If it is a union, as ``int | None``, say it twice for type checkers:
                ``MsgspecCodec[int | None](int | None)``.
            format: ``"msgpack"``, which is smaller and faster, or ``"json"``, which people can read.

        Raises:
            TypeError: msgspec does not know the type.
            ValueError: ``format`` is another word.
        """
        if format == "msgpack":
            self._encode, self._decode = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(kind).decode
        elif format == "json":
            self._encode, self._decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(kind).decode
        else:
            raise ValueError(f'format must be "msgpack" or "json", got {format!r}')

    def encode(self, item: Item, /) -> bytes:
        """Return the bytes of an item.

        Raises:
            TypeError: msgspec cannot encode it.
        """
        return self._encode(item)

    def decode(self, data: bytes, /) -> Item:
        """Return the item of some bytes.

        Raises:
            ValueError: They are not the bytes of such an item.
        """
        try:
            item: Item = self._decode(data)
        except (msgspec.MsgspecError, RecursionError) as error:  # The second of bytes that nest too deeply.
            raise ValueError(str(error)) from error
        return item
