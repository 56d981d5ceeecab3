"""What an editor offers and shows: the item's members, the half's and no others, and the contract beside each call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.typing.editor import Editor

if TYPE_CHECKING:
    from collections.abc import Iterator

BOTH = {"closed", "capacity", "csize", "waiting"}
SENDING = {"push", "push_nowait", "push_case", "close", "full"}
RECEIVING = {"pull", "pull_nowait", "pull_many", "pull_case", "empty"}


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with Editor(tmp_path_factory.mktemp("edited")) as editor:
        yield editor


WORDS = {  # Where a word is expected, in each way to one.
    "pull": "(await words.pull()).‸",
    "pull-nowait": "words.pull_nowait().‸",
    "half": "(await receiving.pull()).‸",
    "batch": "(await words.pull_many(3))[0].‸",
    "batch-of-a-half": "for word in await receiving.pull_many(3, within=1):\n    word.‸",
    "result": "selected = await chanselect(done_case(asking))\nselected.value.result().‸",
    "result-by-if": """
selected = await chanselect(numbers.pull_case(), event_case(stop), done_case(asking), timeout_case(1))
if selected.index == 2:
    selected.value.result().‸
""",
    "loop": "async for word in words:\n    word.‸",
    "loop-over-a-half": "async for word in receiving:\n    word.‸",
    "comprehension": "[word.‸ async for word in receiving]",
    "context": "async with words as entered:\n    (await entered.pull()).‸",
    "made": "made = Channel[str](buffer=3)\n(await made.pull()).‸",
    "channel-of-channels": "lines = Channel[Channel[str]]()\n(await (await lines.pull()).pull()).‸",
    "selected-of-many": "selected = await chanselect(*[words.pull_case()])\nselected.value.‸",
    "selected-by-if": """
selected = await chanselect(words.pull_case(), numbers.pull_case())
if selected.index == 0:
    selected.value.‸
""",
    "selected-by-else": """
selected = await chanselect(numbers.pull_case(), words.pull_case())
if selected.index == 0:
    pass
else:
    selected.value.‸
""",
    "selected-by-match": """
selected = await chanselect(numbers.pull_case(), receiving.pull_case())
match selected.index:
    case 0:
        pass
    case 1:
        selected.value.‸
""",
    "selected-without-waiting": """
selected = chanselect_nowait(words.pull_case(), numbers.push_case(1))
if selected and selected.index == 0:
    selected.value.‸
""",
}


@pytest.mark.parametrize("code", WORDS.values(), ids=[*WORDS])
def test_an_item_is_completed_as_what_it_is(editor: Editor, code: str) -> None:
    offered = editor.completions(code)
    assert {"upper", "removeprefix", "splitlines"} <= offered
    assert "bit_length" not in offered


def test_a_value_that_no_index_told_is_completed_with_the_members_of_each(editor: Editor) -> None:
    code = "selected = await chanselect(words.pull_case(), numbers.pull_case())\nselected.value.‸"
    assert {"upper", "bit_length"} <= editor.completions(code)


@pytest.mark.parametrize("made", ["words", "Channel[int](buffer=3)", "Channel[int]()", "UnbufferedChannel[int]()"])
def test_a_whole_channel_offers_both_halves_and_its_errors(editor: Editor, made: str) -> None:
    assert editor.completions(f"{made}.‸") == {*BOTH, *SENDING, *RECEIVING, "name", "Closed", "Failed", "Full", "Empty"}


@pytest.mark.parametrize(
    "made", ['Channel[int](3, overflow="drop_oldest")', "SlidingChannel[int](3)", "DroppingChannel[int](3)"]
)
def test_a_channel_that_drops_items_offers_their_count_too(editor: Editor, made: str) -> None:
    whole = {*BOTH, *SENDING, *RECEIVING, "name", "Closed", "Failed", "Full", "Empty"}
    assert editor.completions(f"{made}.‸") == whole | {"dropped"}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ('Channel[int](3, overflow="‸")', {"wait", "drop_oldest", "drop_newest"}),
        ('either: Channel[int] = Channel(3, overflow="‸")', {"wait", "drop_oldest", "drop_newest"}),
        ('SlidingChannel[int](3, overflow="‸")', {"drop_oldest"}),
        ('BufferedChannel[int](3, overflow="‸")', {"wait"}),
    ],
)
def test_the_words_for_an_overflow_are_offered(editor: Editor, call: str, words: set[str]) -> None:
    assert {word.strip('"') for word in editor.completions(call)} == words


def test_a_sending_half_offers_that_half_alone(editor: Editor) -> None:
    assert editor.completions("sending.‸") == BOTH | SENDING


def test_a_receiving_half_offers_that_half_alone(editor: Editor) -> None:
    assert editor.completions("receiving.‸") == BOTH | RECEIVING


def test_a_selected_offers_what_it_tells(editor: Editor) -> None:
    offered = editor.completions("selected = await chanselect(words.pull_case())\nselected.‸")
    assert {"index", "channel", "value"} <= offered


def test_an_error_offers_its_channel(editor: Editor) -> None:
    assert "channel" in editor.completions("try:\n    pass\nexcept Channel.Closed as closed:\n    closed.‸")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("na‸me = await words.pull()", "name: str"),
        ("made‸ = Channel[int]()", "made: UnbufferedChannel[int]"),
        ("made‸ = Channel[int](buffer=10)", "made: BufferedChannel[int]"),
        ('made‸ = Channel[int](10, overflow="drop_oldest")', "made: SlidingChannel[int]"),
        ('made‸ = Channel[int](10, overflow="drop_newest")', "made: DroppingChannel[int]"),
        ("SlidingChannel[int](1).dropped‸", "dropped: int"),
        ("DroppingChannel[int](1).dropped‸", "How many items were dropped"),
        (
            "selected‸ = await chanselect(words.pull_case(), numbers.push_case(1))",
            "selected: Selected[Literal[0], str] | Selected[Literal[1], None]",
        ),
        ("case‸ = words.pull_case()", "case: SelectCase[str]"),
        ("case‸ = done_case(asking)", "case: SelectCase[Task[str]]"),
        ("case‸ = event_case(stop)", "case: SelectCase[None]"),
        ("batch‸ = await words.pull_many(3)", "batch: list[str]"),
        ("batch‸ = await receiving.pull_many(3)", "batch: Sequence[str]"),
        (
            "selected‸ = await chanselect(words.pull_case(), done_case(asking), timeout_case(1))",
            "selected: Selected[Literal[0], str] | Selected[Literal[1], Task[str]] | Selected[Literal[2], None]",
        ),
        ("async for word‸ in receiving:\n    pass", "word: str"),
        ("words.closed‸", "closed: bool"),
        ("words.Closed‸", "Closed: type[ChannelClosed]"),
    ],
)
def test_a_name_is_shown_with_its_whole_type(editor: Editor, code: str, shown: str) -> None:
    assert shown in editor.hover(code)


CLOSED = "ChannelClosed:"
LOOP = "RuntimeError:"
CALLS = {  # What must be shown beside the call, by where the call stands.
    "words.push({})": ["CoroutineType[Any, Any, None]", CLOSED, LOOP, "did not deliver", "task's next wait"],
    "sending.push({})": ["CoroutineType[Any, Any, None]", CLOSED, LOOP, "did not deliver", "task's next wait"],
    "words.pull({})": ["CoroutineType[Any, Any, str]", CLOSED, LOOP, "A pull that raised took nothing"],
    "receiving.pull({})": ["CoroutineType[Any, Any, str]", CLOSED, LOOP, "A pull that raised took nothing"],
    "words.pull_many({})": ["Any, Any, list[str]]", "within: float = 0", CLOSED, LOOP, "ValueError:", "took nothing"],
    "receiving.pull_many({})": ["Any, Any, Sequence[str]]", "within: float = 0", CLOSED, LOOP, "took nothing"],
    "words.push_nowait({})": ["item: str", "ChannelFull:", CLOSED, LOOP],
    "sending.push_nowait({})": ["item: str", "ChannelFull:", CLOSED, LOOP],
    "words.pull_nowait({})": ["-> str", "ChannelEmpty:", CLOSED, LOOP],
    "receiving.pull_nowait({})": ["-> str", "ChannelEmpty:", CLOSED, LOOP],
    "words.close({})": ["immediate: bool = False", "-> None", LOOP],
    "sending.close({})": ["immediate: bool = False", "-> None", LOOP],
    "words.push_case({})": ["item: str", "SelectCase[None]", "does nothing"],
    "receiving.pull_case({})": ["SelectCase[str]", "does nothing"],
    "chanselect({})": ["ordered: bool = False", CLOSED, "ValueError:", "did none of its cases", "did exactly one"],
    "chanselect_nowait({})": ["ordered: bool = False", CLOSED, "ValueError:", "if no case is ready"],
    "done_case({})": ["SelectCase[", "TypeError:", "RuntimeError", "never cancels the future", "result()"],
    "event_case({})": ["event: Event", "SelectCase[None]", "TypeError:", "RuntimeError"],
    "timeout_case({})": ["delay: float | None", "SelectCase[None]", "TypeError:", "ValueError:", "counts from 0 again"],
    "timeout_at_case({})": ["when: float | None", "SelectCase[None]", "TypeError:", "ValueError:", "several selects"],
    "Channel[int]({})": [
        *("buffer: SupportsIndex | float", "BufferedChannel[int]", "TypeError:", "ValueError:"),
        *("overflow: Literal['drop_oldest']", "SlidingChannel[int]", "drops the oldest item"),
        *("overflow: Literal['drop_newest']", "DroppingChannel[int]"),
    ],
    "SlidingChannel[int]({})": ["buffer: SupportsIndex", "drop_oldest", "TypeError:", "ValueError:"],
    "DroppingChannel[int]({})": ["buffer: SupportsIndex", "drop_newest", "TypeError:", "ValueError:"],
    "BufferedChannel[int]({})": ["buffer: SupportsIndex | float", "TypeError:", "ValueError:"],
    "UnbufferedChannel[int]({})": ["buffer: None = None", "TypeError:"],
}


@pytest.mark.parametrize("call", CALLS)
def test_signature_help_shows_what_a_call_takes_raises_and_leaves(editor: Editor, call: str) -> None:
    shown = editor.signatures(call.format("‸"))
    for label, documentation in shown.items():
        for fact in CALLS[call]:
            assert fact in documentation or any(fact in other for other in shown), (label, fact)


HOVERED = [call for call in CALLS if "Channel[int]" not in call]


@pytest.mark.parametrize("call", HOVERED)
def test_hovering_over_a_call_shows_what_it_raises_and_leaves(editor: Editor, call: str) -> None:
    shown = editor.hover(call.format("").replace("(", "‸("))
    assert [fact for fact in CALLS[call] if fact not in shown] == []


@pytest.mark.parametrize(
    "made",
    [
        "Channel‸[int]()",
        "UnbufferedChannel‸[int]()",
        "BufferedChannel‸[int](3)",
        "SlidingChannel‸[int](3)",
        "DroppingChannel‸[int](3)",
    ],
)
@pytest.mark.parametrize("fact", ["buffer:", "overflow:", "TypeError:", "ValueError:"])
def test_hovering_over_a_constructor_shows_what_it_takes_and_raises(editor: Editor, made: str, fact: str) -> None:
    assert fact in editor.hover(made)


@pytest.mark.parametrize(
    "code", ["made: Channel‸[int]", "Channel‸[int]()", "Channel‸[int](buffer=3)", "Channel‸(buffer=3)"]
)
def test_hovering_over_channel_first_says_how_to_create_one(editor: Editor, code: str) -> None:
    _, _, documentation = editor.hover(code).partition("\nCreate ")
    assert documentation.startswith("a channel: unbuffered by default, buffered with ``buffer=n``.\n")
