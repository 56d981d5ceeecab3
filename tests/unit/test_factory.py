"""What `Channel(...)` builds, and what it refuses."""

from __future__ import annotations

import copy
import pickle
import warnings
from decimal import Decimal
from functools import partial
from math import inf, nan
from typing import TYPE_CHECKING, Final

import pytest

from pychanasync import (
    BufferedChannel,
    Channel,
    ChannelClosed,
    ChannelEmpty,
    ChannelFull,
    DroppingChannel,
    SlidingChannel,
    UnbufferedChannel,
)

if TYPE_CHECKING:
    from tests.support.helpers import Loosely

loosely: Final[Loosely] = Channel
DROPPING: Final[dict[str, Loosely]] = {"drop_oldest": SlidingChannel, "drop_newest": DroppingChannel}
STRATEGIES: Final[list[Loosely]] = [UnbufferedChannel, BufferedChannel, SlidingChannel, DroppingChannel]
NOT_INTEGERS = [True, False, "three", b"3", 1.0, 2.5, nan, -inf, Decimal("Infinity"), 3j, [3], object()]
MAKING: Final[dict[str, Loosely]] = {  # Each way to a channel that drops items.
    **{f"Channel, {overflow}": partial(loosely, overflow=overflow) for overflow in DROPPING},
    **{kind.__name__: kind for kind in DROPPING.values()},
}


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


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (Channel[int](overflow="wait"), UnbufferedChannel),
        (Channel[int](None, overflow="wait"), UnbufferedChannel),
        (UnbufferedChannel[int](overflow="wait"), UnbufferedChannel),
        (Channel[int](2, overflow="wait"), BufferedChannel),
        (Channel[int](inf, overflow="wait"), BufferedChannel),
        (BufferedChannel[int](2, overflow="wait"), BufferedChannel),
    ],
)
def test_an_overflow_that_waits_may_be_said(made: Channel[int], kind: type[Channel[int]]) -> None:
    assert type(made) is kind


@pytest.mark.parametrize(("overflow", "kind"), DROPPING.items())
def test_with_an_overflow_that_drops_it_builds_a_channel_that_drops(overflow: str, kind: Loosely) -> None:
    made = [
        loosely(7, overflow=overflow),
        loosely(buffer=7, overflow=overflow),
        loosely(Indexed(), overflow=overflow),
        loosely[int](7, overflow=overflow),
        kind(7),
        kind(buffer=7),
        kind[int](7, overflow=overflow),
        kind(Indexed()),
    ]
    for channel in made:
        assert type(channel) is kind
        assert (channel.capacity, channel.csize(), channel.dropped) == (7, 0, 0)


@pytest.mark.parametrize("kind", [BufferedChannel, *DROPPING.values()])
def test_a_name_goes_with_each_strategy(kind: Loosely) -> None:
    assert kind(2, name="jobs").name == "jobs"
    assert kind(2).name is None
    with pytest.raises(TypeError, match="name must be a str, got 3"):
        kind(2, name=3)


@pytest.mark.parametrize("overflow", ["wait", *DROPPING])
def test_a_name_goes_with_each_overflow(overflow: str) -> None:
    assert loosely(2, overflow=overflow, name="jobs").name == "jobs"


@pytest.mark.parametrize("overflow", ["", "drop", "Wait", "drop-oldest", "fail", None, True, 0, ["wait"], {}])
@pytest.mark.parametrize("arguments", [(), (2,)])
def test_a_word_that_is_no_overflow_is_refused_with_those_that_are(
    overflow: object, arguments: tuple[int, ...]
) -> None:
    with pytest.raises(ValueError, match="overflow must be 'wait', 'drop_oldest' or 'drop_newest', got ") as refused:
        loosely(*arguments, overflow=overflow)
    assert str(refused.value).endswith(repr(overflow))


@pytest.mark.parametrize("overflow", DROPPING)
@pytest.mark.parametrize("buffer", [{}, {"buffer": None}])
def test_to_drop_items_a_channel_needs_a_buffer(overflow: str, buffer: dict[str, None]) -> None:
    with pytest.raises(ValueError, match=rf"overflow='{overflow}' needs a finite buffer of at least 1: pass buffer="):
        loosely(**buffer, overflow=overflow)


@pytest.mark.parametrize("make", MAKING.values(), ids=MAKING)
@pytest.mark.parametrize("buffer", [inf, 0, -1, -(10**30)])
def test_to_drop_items_a_channel_needs_a_buffer_with_a_limit_of_at_least_one(make: Loosely, buffer: float) -> None:
    with pytest.raises(ValueError, match=rf"^overflow='\w+' needs a finite buffer of at least 1, got {buffer}$"):
        make(buffer)


@pytest.mark.parametrize("make", MAKING.values(), ids=MAKING)
@pytest.mark.parametrize("buffer", NOT_INTEGERS)
def test_to_drop_items_a_channel_needs_an_integer(make: Loosely, buffer: object) -> None:
    with pytest.raises(TypeError, match=r"^buffer must be an integer of at least 1, got "):
        make(buffer)


@pytest.mark.parametrize("kind", DROPPING.values())
def test_a_strategy_that_drops_needs_its_buffer(kind: Loosely) -> None:
    with pytest.raises(TypeError, match="'buffer'"):
        kind()
    with pytest.raises(ValueError, match="needs a finite buffer of at least 1, got None"):
        kind(None)


@pytest.mark.parametrize(
    ("kind", "own", "arguments"),
    [
        (UnbufferedChannel, "wait", ()),
        (BufferedChannel, "wait", (2,)),
        *((kind, overflow, (2,)) for overflow, kind in DROPPING.items()),
    ],
)
@pytest.mark.parametrize("overflow", ["wait", *DROPPING, "drop", None, []])
def test_a_strategy_takes_only_its_own_overflow(
    kind: Loosely, own: str, arguments: tuple[int, ...], overflow: object
) -> None:
    if overflow == own:
        assert type(kind(*arguments, overflow=overflow)) is kind
        return
    with pytest.raises(
        ValueError, match=rf"^{kind.__name__} takes only overflow='{own}', got .* let Channel\(\.\.\.\)"
    ):
        kind(*arguments, overflow=overflow)


@pytest.mark.parametrize("kind", [loosely, *STRATEGIES])
def test_overflow_and_name_are_given_by_keyword_alone(kind: Loosely) -> None:
    with pytest.raises(TypeError, match="positional argument"):
        kind(2, "wait")


@pytest.mark.parametrize("made_by", [loosely, BufferedChannel])
@pytest.mark.parametrize("buffer", [0, -1, -(10**30)])
def test_a_buffer_below_one_is_refused_with_the_way_to_an_unbuffered_channel(made_by: Loosely, buffer: int) -> None:
    with pytest.raises(ValueError, match=rf"at least 1, got {buffer}: leave buffer out for an unbuffered channel"):
        made_by(buffer)
    with pytest.raises(ValueError, match="leave buffer out"):
        made_by(buffer=buffer)


@pytest.mark.parametrize("made_by", [loosely, BufferedChannel])
@pytest.mark.parametrize("buffer", NOT_INTEGERS)
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
@pytest.mark.parametrize("words", [{}, {"overflow": "drop_oldest"}])
def test_a_keyword_from_elsewhere_is_refused_with_the_word_for_it(
    word: str, arguments: tuple[int, ...], words: dict[str, str]
) -> None:
    with pytest.raises(TypeError, match=r"^Channel\(\) takes the number of items as buffer="):
        loosely(*arguments, **{word: 3}, **words)


@pytest.mark.parametrize(("bound", "kind", "capacity"), [(3, BufferedChannel, 3), (None, UnbufferedChannel, 0)])
def test_bound_is_a_deprecated_alias_of_buffer(bound: int | None, kind: type[Channel[int]], capacity: int) -> None:
    with pytest.warns(DeprecationWarning, match="use buffer=") as caught:
        made = loosely(bound=bound)
    assert caught[0].filename == __file__
    assert type(made) is kind
    assert made.capacity == capacity
    assert repr(made) == repr(Channel[int](bound))


def test_the_warning_about_bound_points_at_the_caller_of_a_parametrised_channel_too() -> None:
    with pytest.warns(DeprecationWarning, match="use buffer=") as caught:
        loosely[int](bound=3)
    assert caught[0].filename == __file__


async def test_a_channel_made_by_the_deprecated_alias_works() -> None:
    with pytest.warns(DeprecationWarning, match="use buffer="):
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
    with pytest.warns(DeprecationWarning, match="use buffer="), pytest.raises(error):
        loosely(bound=bound)


def test_the_deprecated_alias_goes_with_a_name() -> None:
    with pytest.warns(DeprecationWarning, match="use buffer="):
        assert loosely(bound=1, name="jobs").name == "jobs"


@pytest.mark.parametrize(("overflow", "kind"), DROPPING.items())
def test_the_deprecated_alias_goes_with_an_overflow(overflow: str, kind: Loosely) -> None:
    with pytest.warns(DeprecationWarning, match="use buffer="):
        made = loosely[int](bound=1, overflow=overflow, name="jobs")
    made.push_nowait(1)
    made.push_nowait(2)
    assert type(made) is kind
    assert repr(made) == f"<{kind.__name__} 'jobs': 1 of 1 item, 1 dropped>"


@pytest.mark.parametrize("overflow", DROPPING)
@pytest.mark.parametrize("bound", [None, inf, 0])
def test_the_deprecated_alias_needs_a_limit_to_drop_items_too(overflow: str, bound: float | None) -> None:
    with (
        pytest.warns(DeprecationWarning, match="use buffer="),
        pytest.raises(ValueError, match=f"overflow='{overflow}' needs a finite buffer"),
    ):
        loosely(bound=bound, overflow=overflow)


def test_the_deprecated_alias_takes_no_unknown_overflow() -> None:
    with pytest.warns(DeprecationWarning, match="use buffer="), pytest.raises(ValueError, match="got 'drop'"):
        loosely(bound=1, overflow="drop")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_strategies_do_not_know_the_deprecated_alias(strategy: Loosely) -> None:
    with pytest.raises(TypeError, match=r"__init__\(\) got an unexpected keyword argument 'bound'"):
        strategy(bound=3)


@pytest.mark.parametrize("buffer", [None, 3])
def test_the_factory_does_not_warn_about_buffer(buffer: int | None) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Channel[int](buffer)


@pytest.mark.parametrize("kind", STRATEGIES)
def test_each_strategy_is_a_channel_and_none_is_another_one(kind: Loosely) -> None:
    assert issubclass(kind, Channel)
    assert [other for other in STRATEGIES if issubclass(kind, other)] == [kind]


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
    with pytest.raises(TypeError, match=r"Plain\(\) takes no arguments: define an __init__ that accepts them"):
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


@pytest.mark.parametrize(
    "channel",
    [
        Channel[int](),
        Channel[int](1),
        Channel[int](1, overflow="drop_oldest"),
        Channel[int](1, overflow="drop_newest"),
    ],
)
def test_a_channel_takes_no_stray_attributes(channel: Channel[int]) -> None:
    with pytest.raises(AttributeError):
        channel.buffer = 3  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]  # The mistake.
    with pytest.raises(AttributeError):
        channel.closed = True  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  # The mistake.
