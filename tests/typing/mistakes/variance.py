"""Channels and halves of one type taken for those of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pychanasync import BufferedChannel, Channel, RecvChannel, SelectCase, SendChannel, UnbufferedChannel


def a_whole_channel_is_invariant(channel: Channel[int], unbuffered: UnbufferedChannel[int]) -> None:
    wide: Channel[object] = channel  # refused: assignment | reportAssignmentType
    narrow: Channel[bool] = channel  # refused: assignment | reportAssignmentType
    strategy: UnbufferedChannel[object] = unbuffered  # refused: assignment | reportAssignmentType
    other: BufferedChannel[int] = unbuffered  # refused: assignment | reportAssignmentType
    del wide, narrow, strategy, other


def a_sending_half_is_contravariant(half: SendChannel[bool], channel: Channel[bool]) -> None:
    wider: SendChannel[int] = half  # refused: assignment | reportAssignmentType
    wider = channel  # refused: assignment | reportAssignmentType
    del wider


def a_receiving_half_is_covariant(half: RecvChannel[object], channel: Channel[object]) -> None:
    narrower: RecvChannel[int] = half  # refused: assignment | reportAssignmentType
    narrower = channel  # refused: assignment | reportAssignmentType
    del narrower


def a_case_is_covariant(case: SelectCase[object], pull: SelectCase[int | None]) -> None:
    narrower: SelectCase[int] = case  # refused: assignment | reportAssignmentType
    narrower = pull  # refused: assignment | reportAssignmentType
    del narrower


def halves_in_containers(words: Channel[str], numbers: Channel[int]) -> list[RecvChannel[str]]:
    return [words, numbers]  # refused: list-item | reportReturnType
