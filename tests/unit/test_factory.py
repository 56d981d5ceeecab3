"""What `Channel(...)` builds, and what it refuses."""

from __future__ import annotations

import copy
import pickle
import warnings
from decimal import Decimal
from math import inf, nan
from typing import TYPE_CHECKING, Final

import pytest

from pychanasync import BufferedChannel, Channel, ChannelClosed, ChannelEmpty, ChannelFull, UnbufferedChannel

if TYPE_CHECKING:
    from tests.support.helpers import Loosely

loosely: Final[Loosely] = Channel


class Indexed:
    def __index__(self) -> int:
        return 7


@pytest.mark.parametrize(
    "made", [Channel[int](), Channel[int](None), Channel[int](buffer=None), UnbufferedChannel[int]()]
)
def test_without_a_buffer_it_builds_an_unbuffered_channel(made: Channel[int]) -> None:
    assert type(made) is UnbufferedChannel
    assert made.capacity == 0


@pytest.mark.parametrize(
    ("made", "capacity"),
    [
        (Channel[int](10), 10),
        (Channel[int](buffer=10), 10),
        (Channel[int](1), 1),
        (Channel[int](buffer=Indexed()), 7),
        (Channel[int](inf), inf),
        (Channel[int](10**30), 10**30),
        (BufferedChannel[int](3), 3),
        (BufferedChannel[int](buffer=inf), inf),
    ],
)
def test_with_a_buffer_it_builds_a_buffered_channel(made: Channel[int], capacity: float) -> None:
    assert type(made) is BufferedChannel
    assert made.capacity == capacity


@pytest.mark.parametrize("made_by", [loosely, BufferedChannel])
@pytest.mark.parametrize("buffer", [0, -1, -(10**30)])
def test_a_buffer_below_one_is_refused_with_the_way_to_an_unbuffered_channel(made_by: Loosely, buffer: int) -> None:
    with pytest.raises(ValueError, match=rf"at least 1, got {buffer}: leave buffer out for an unbuffered channel"):
        made_by(buffer)
    with pytest.raises(ValueError, match="leave buffer out"):
        made_by(buffer=buffer)


@pytest.mark.parametrize("made_by", [loosely, BufferedChannel])
@pytest.mark.parametrize(
    "buffer", [True, False, "three", b"3", 1.0, 2.5, nan, -inf, Decimal("Infinity"), 3j, [3], object()]
)
def test_a_buffer_that_is_not_an_integer_is_refused(made_by: Loosely, buffer: object) -> None:
    with pytest.raises(TypeError, match=r"an integer of at least 1, or math\.inf for no bound, got"):
        made_by(buffer)


def test_a_buffered_channel_needs_its_buffer() -> None:
    with pytest.raises(TypeError, match="buffer"):
        BufferedChannel()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # The mistake at issue.
    with pytest.raises(TypeError, match="got None"):
        BufferedChannel(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # The mistake at issue.


def test_an_unbuffered_channel_refuses_a_buffer() -> None:
    with pytest.raises(TypeError, match="has no buffer, got 3: use BufferedChannel"):
        UnbufferedChannel(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # The mistake at issue.


@pytest.mark.parametrize(("arguments", "words"), [((3, 4), {}), ((), {"sise": 3}), ((), {"limit": 3, "buffer": 1})])
def test_other_arguments_are_refused(arguments: tuple[int, ...], words: dict[str, int]) -> None:
    with pytest.raises(TypeError, match=r"^Channel\(\)"):
        loosely(*arguments, **words)


@pytest.mark.parametrize("word", ["maxsize", "capacity", "size"])
@pytest.mark.parametrize("arguments", [(), (3,)])
def test_a_keyword_from_elsewhere_is_refused_with_the_word_for_it(word: str, arguments: tuple[int, ...]) -> None:
    with pytest.raises(TypeError, match=r"^Channel\(\) takes the number of items as buffer="):
        loosely(*arguments, **{word: 3})


@pytest.mark.parametrize(("bound", "kind", "capacity"), [(3, BufferedChannel, 3), (None, UnbufferedChannel, 0)])
def test_bound_is_a_deprecated_alias_of_buffer(bound: int | None, kind: type[Channel[int]], capacity: int) -> None:
    with pytest.warns(DeprecationWarning, match="say buffer=") as caught:
        made = loosely(bound=bound)
    assert caught[0].filename == __file__
    assert type(made) is kind
    assert made.capacity == capacity
    assert repr(made) == repr(Channel[int](bound))


def test_the_warning_about_bound_points_at_the_caller_of_a_parametrised_channel_too() -> None:
    with pytest.warns(DeprecationWarning, match="say buffer=") as caught:
        loosely[int](bound=3)
    assert caught[0].filename == __file__


async def test_a_channel_made_by_the_deprecated_alias_works() -> None:
    with pytest.warns(DeprecationWarning, match="say buffer="):
        made: Channel[int] = loosely(bound=1)
    await made.push(1)
    assert made.full()
    assert await made.pull() == 1


@pytest.mark.parametrize("buffer", [None, 3])
def test_both_words_at_once_are_refused(buffer: int | None) -> None:
    with pytest.raises(TypeError, match="both buffer= and bound="):
        loosely(buffer=buffer, bound=3)
    with pytest.raises(TypeError, match="both buffer= and bound="):
        loosely(buffer, bound=None)


@pytest.mark.parametrize(("bound", "error"), [(0, ValueError), ("3", TypeError), (True, TypeError)])
def test_the_deprecated_alias_takes_what_buffer_takes(bound: object, error: type[Exception]) -> None:
    with pytest.warns(DeprecationWarning, match="say buffer="), pytest.raises(error):
        loosely(bound=bound)


def test_the_deprecated_alias_goes_with_a_name() -> None:
    with pytest.warns(DeprecationWarning, match="say buffer="):
        assert loosely(bound=1, name="jobs").name == "jobs"


@pytest.mark.parametrize("strategy", [BufferedChannel, UnbufferedChannel])
def test_the_strategies_do_not_know_the_deprecated_alias(strategy: Loosely) -> None:
    with pytest.raises(TypeError, match="bound"):
        strategy(bound=3)


@pytest.mark.parametrize("buffer", [None, 3])
def test_the_factory_does_not_warn_about_buffer(buffer: int | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Channel[int](buffer)


def test_both_kinds_are_channels() -> None:
    assert isinstance(Channel(), Channel)
    assert isinstance(Channel(1), Channel)
    assert not isinstance(Channel(), BufferedChannel)
    assert not isinstance(Channel(1), UnbufferedChannel)


async def test_a_subclass_is_built_as_itself() -> None:
    class Plain(Channel[int]):
        pass

    class Named(Channel[int]):
        def __init__(self, name: str, *, colour: str) -> None:
            self.name = f"{colour} {name}"

    class Pair(BufferedChannel[int]):
        def __init__(self, name: str) -> None:
            super().__init__(2)
            self.name = name

    # The checkers ask the factory first; a subclass of a strategy, as below, does not have that trouble.
    plain: object = Plain()
    assert type(plain) is Plain
    named = Named("ducks", colour="white")  # pyright: ignore[reportCallIssue]
    assert (type(named), named.name) == (Named, "white ducks")
    pair = Pair("boots")
    assert (type(pair), pair.name, pair.capacity) == (Pair, "boots", 2)
    await pair.push(1)
    assert repr(pair) == "<Pair 'boots': 1 of 2 items>"
    assert await pair.pull() == 1


@pytest.mark.parametrize(("arguments", "named"), [((8,), {}), ((), {"buffer": 8}), ((), {"bound": 8}), ((None,), {})])
def test_a_subclass_of_the_factory_without_an_init_refuses_arguments(
    arguments: tuple[object, ...], named: dict[str, object]
) -> None:
    class Plain(Channel[int]):
        pass

    made: Loosely = Plain
    with pytest.raises(TypeError, match=r"Plain\(\) takes no arguments: give it an __init__ of its own that does"):
        made(*arguments, **named)


def test_a_channel_is_made_and_used_without_waiting_where_no_loop_runs() -> None:
    channel = Channel[int](2)
    channel.push_nowait(1)
    assert channel.pull_nowait() == 1
    with pytest.raises(ChannelEmpty):
        channel.pull_nowait()
    channel.close()
    with pytest.raises(ChannelClosed):
        channel.push_nowait(1)


def test_the_errors_stand_on_the_channel() -> None:
    assert Channel.Closed is ChannelClosed
    assert Channel.Full is ChannelFull
    assert Channel.Empty is ChannelEmpty
    assert Channel[int]().Full is ChannelFull
    with pytest.raises(BufferedChannel.Empty):
        Channel[int](1).pull_nowait()


def test_a_channel_cannot_be_copied_or_pickled(channel: Channel[int]) -> None:
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="cannot be copied or pickled"):
            attempt(channel)


def test_a_channel_takes_no_stray_attributes(channel: Channel[int]) -> None:
    with pytest.raises(AttributeError):
        channel.buffer = 3  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # The mistake.
    with pytest.raises(AttributeError):
        channel.closed = True  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  # The mistake.
