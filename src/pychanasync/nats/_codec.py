"""MsgspecCodec: items as MessagePack or JSON, validated when they are decoded."""

from __future__ import annotations

from types import UnionType
from typing import Generic, Literal, TypeVar, overload

import msgspec

Item = TypeVar("Item")


class MsgspecCodec(Generic[Item]):
    """A codec for the types that msgspec supports: structs, dataclasses, named tuples and built-in types.

    Decoding validates against the type; encoding does not, since type checkers do that.
    """

    __module__ = "pychanasync.nats"

    @overload
    def __init__(self, kind: type[Item], *, format: Literal["msgpack", "json"] = "msgpack") -> None: ...
    @overload
    def __init__(self, kind: UnionType, *, format: Literal["msgpack", "json"] = "msgpack") -> None: ...
    def __init__(self, kind: object, *, format: Literal["msgpack", "json"] = "msgpack") -> None:  # noqa: A002  # The usual name.
        """Make a codec.

        Args:
            kind: The type of the items. For a union such as ``int | None``, type checkers need it twice:
                ``MsgspecCodec[int | None](int | None)``.
            format: ``"msgpack"``, which is smaller and faster, or ``"json"``, which is readable.

        Raises:
            TypeError: msgspec does not support the type.
            ValueError: ``format`` is something else.
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
        """Return the item that the bytes encode.

        Raises:
            ValueError: They do not encode an item of the type.
        """
        try:
            item: Item = self._decode(data)
        except (msgspec.MsgspecError, RecursionError) as error:  # RecursionError where the data nests too deeply.
            raise ValueError(str(error)) from error
        return item
