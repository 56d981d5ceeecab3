"""The explorer finds every schedule, and can play each again."""

from __future__ import annotations

from itertools import product
from math import comb, factorial
from random import Random

import pytest

from tests.model.explorer import Choices, Order, Trial, explore, play
from tests.model.operations import PAUSE, Kind, Name, Script, select

a, b = Name("a"), Name("b")


def trial(*scripts: Script, order: Order = Order.ANY, interruptions: int = 0) -> Trial:
    return Trial("of the explorer", {"a": Kind(1, full=True), "b": Kind(1, full=True)}, scripts, order, interruptions)


def found(of: Trial) -> int:
    schedules, broken = explore(of)
    assert not broken
    return schedules


@pytest.mark.parametrize("actors", [1, 2, 3, 4])
def test_first_in_first_out_leaves_the_order_of_the_starts(actors: int) -> None:
    assert found(trial(*[Script((PAUSE, PAUSE))] * actors, order=Order.FIFO)) == factorial(actors)


@pytest.mark.parametrize("pauses", [0, 1, 2, 3])
def test_any_order_interleaves_all_steps(pauses: int) -> None:
    steps = pauses + 1
    assert found(trial(*[Script((PAUSE,) * pauses)] * 2)) == comb(2 * steps, steps)


def test_a_cancellation_comes_in_every_place() -> None:
    steps = 5
    never_begun_or_not_cancelled = 2
    assert found(trial(Script((PAUSE,) * steps), interruptions=1)) == steps + never_begun_or_not_cancelled


def test_every_ready_case_is_chosen() -> None:
    assert found(trial(Script((select(a.pull(), None, b.pull()), select(a.pull(), b.pull()))))) == 2
    assert found(trial(Script((select(a.pull(), b.pull(), b.pull()),)))) == 3
    assert found(trial(Script((select(a.pull(), b.pull(), ordered=True),)))) == 1


def test_every_schedule_is_another_and_plays_again_by_its_number() -> None:
    of = trial(Script((PAUSE, a.pull())), Script((a.push(1), PAUSE)), interruptions=2)
    stories: dict[str, str] = {}
    following: list[tuple[int, int]] | None = []
    while following is not None:
        choices = Choices(following)
        run = play(of, choices)
        assert str(play(of, Choices.numbered(run.number))) == str(run)
        stories[run.number] = str([*map(str, run.events)])
        following = choices.following()
    assert len(set(stories.values())) == len(stories) == found(of)


def test_schedules_drawn_at_random_differ_and_play_again_by_their_numbers() -> None:
    of = trial(Script((PAUSE, a.pull())), Script((a.push(1), PAUSE)), interruptions=2)
    drawn = [play(of, Choices(random=Random(seed))) for seed in range(20)]  # noqa: S311  # Repeatable, not secret.
    assert len({run.number for run in drawn}) > 10
    assert [str(play(of, Choices.numbered(run.number))) for run in drawn] == [*map(str, drawn)]
    assert explore(of, 20) == (20, None)


def test_what_depends_on_more_than_the_choices_is_refused() -> None:
    first = Choices()
    first.choose(2)
    following = first.following()
    assert following
    with pytest.raises(ValueError, match="had others before"):
        Choices(following).choose(3)


def test_choices_are_made_in_the_order_of_their_digits() -> None:
    made: list[tuple[int, int]] = []
    following: list[tuple[int, int]] | None = []
    while following is not None:
        choices = Choices(following)
        made.append((choices.choose(2), choices.choose(3)))
        following = choices.following()
    assert made == [*product(range(2), range(3))]
