"""Power series by channels, after Douglas McIlroy's "Squinting at Power Series": the largest of Go's channel programs.

A power series is a process that is asked for a term and answers with the next coefficient, as a fraction. Operations
on series are processes too, which ask others; none computes more than it was asked for, so that series may be infinite
and may even be defined by themselves.
"""

from __future__ import annotations

from contextlib import aclosing
from fractions import Fraction
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, Self, TypeAlias

from pychanasync import Channel, chanselect
from tests.go.program import program

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from pychanasync import SelectCase

Term: TypeAlias = Fraction | None  # None is the end of a series, however often it is asked again.
Parameters = ParamSpec("Parameters")

ZERO = Fraction(0)
ONE = Fraction(1)


class Series:
    """A power series, seen by who asks for its terms."""

    def __init__(self) -> None:
        self.requests = Channel[None]()
        self.terms = Channel[Term]()
        program.get().channels += self.requests, self.terms

    async def get(self) -> Term:
        await self.requests.push(None)
        return await self.terms.pull()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Fraction:
        term = await self.get()
        if term is None:
            raise StopAsyncIteration
        return term


async def get_both(*pair: Series) -> list[Term]:
    """Ask two series for a term each, and take the answers, in whatever order they are ready for that."""
    requests: list[SelectCase[None] | None] = [series.requests.push_case(None) for series in pair]
    answers: list[SelectCase[Term] | None] = [None, None]
    terms: list[Term] = [None, None]
    for _ in range(4):
        selected = await chanselect(requests[0], requests[1], answers[0], answers[1])
        which = selected.index % 2
        if selected.index < 2:
            requests[which] = None
            answers[which] = pair[which].terms.pull_case()
        else:
            answers[which] = None
            terms[which] = selected.value
    return terms


async def serve(series: Series, terms: AsyncGenerator[Fraction, None]) -> None:
    """Compute a term whenever one is asked for."""
    async with aclosing(terms):
        await series.requests.pull()
        async for term in terms:
            await series.terms.push(term)
            await series.requests.pull()
    while True:
        await series.terms.push(None)
        await series.requests.pull()


def process(
    terms: Callable[Parameters, AsyncGenerator[Fraction, None]],
) -> Callable[Parameters, Series]:
    """Make of a generator of terms a process that serves them."""

    @wraps(terms)
    def started(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Series:
        series = Series()
        program.get().start(serve(series, terms(*args, **kwargs)))
        return series

    return started


# One series, twice.


def split(source: Series) -> tuple[Series, Series]:
    """Make two series of one; each may be asked as often as anybody likes, also long before the other."""
    pair = Series(), Series()
    feed(source, *pair)
    return pair


def feed(source: Series, one: Series, other: Series) -> None:
    """Let a series be the source of two, which may take part in it themselves."""
    turn = Channel[None]()
    program.get().channels.append(turn)
    program.get().start(hand_out(source, one, other, turn))
    program.get().start(turn.push(None))


async def hand_out(source: Series, fast: Series, slow: Series, turn: Channel[None]) -> None:
    """Give one term to both series: at once to the one that asks first, to the other when it gets there.

    For each term there is such a process; the newest serves the series that is ahead. Each waits for its turn before it
    serves the other one, and then gives the turn to the next.
    """
    selected = await chanselect(fast.requests.pull_case(), turn.pull_case())
    has_turn = selected.index == 1
    if has_turn:  # No older process holds a term for either series: this one serves whichever asks.
        selected = await chanselect(fast.requests.pull_case(), slow.requests.pull_case())
        if selected.index == 1:
            fast, slow = slow, fast
    await source.requests.push(None)
    next_turn = Channel[None]()
    program.get().channels.append(next_turn)
    program.get().start(hand_out(source, fast, slow, next_turn))
    term = await source.terms.pull()
    await fast.terms.push(term)
    if not has_turn:
        await turn.pull()
    await slow.requests.pull()
    await slow.terms.push(term)
    await next_turn.push(None)


# Series from numbers.


@process
async def repeat(c: Fraction) -> AsyncGenerator[Fraction, None]:
    """The geometric series: c + cx + cx² + ..."""
    while True:
        yield c


@process
async def monomial(c: Fraction, n: int) -> AsyncGenerator[Fraction, None]:
    """c·xⁿ."""
    if c != 0:
        for _ in range(n):
            yield ZERO
        yield c


@process
async def polynomial(coefficients: Sequence[Fraction]) -> AsyncGenerator[Fraction, None]:
    """a₀ + a₁x + ..., as far as there are coefficients other than 0."""
    length = max((n for n, c in enumerate(coefficients, 1) if c != 0), default=0)
    for coefficient in coefficients[:length]:
        yield coefficient


@process
async def binomial(c: Fraction) -> AsyncGenerator[Fraction, None]:
    """(1 + x) to the power of c."""
    term, n = ONE, 0
    while term != 0:
        yield term
        term *= (c - n) / (n + 1)
        n += 1


# Series from series.


@process
async def add(u: Series, v: Series) -> AsyncGenerator[Fraction, None]:
    """U + V."""
    while True:
        a, b = await get_both(u, v)
        if a is None or b is None:
            break
        yield a + b
    last, rest = (b, v) if a is None else (a, u)
    if last is not None:
        yield last
        async for term in rest:
            yield term


@process
async def scale(c: Fraction, u: Series) -> AsyncGenerator[Fraction, None]:
    """c·U."""
    async for term in u:
        yield c * term


def subtract(u: Series, v: Series) -> Series:
    """U - V."""
    return add(u, scale(-ONE, v))


@process
async def times_power(u: Series, n: int) -> AsyncGenerator[Fraction, None]:
    """U·xⁿ."""
    for _ in range(n):
        yield ZERO
    async for term in u:
        yield term


@process
async def shift(c: Fraction, u: Series) -> AsyncGenerator[Fraction, None]:
    """A constant before the rest: c + x·U."""
    yield c
    async for term in u:
        yield term


@process
async def tail(u: Series) -> AsyncGenerator[Fraction, None]:
    """(U - u)/x, where u is the first term."""
    if await u.get() is not None:
        async for term in u:
            yield term


@process
async def multiply(u: Series, v: Series) -> AsyncGenerator[Fraction, None]:
    """U·V: with U = a + x·U' and V = b + x·V', that is ab + x·(a·V' + b·U') + x²·U'·V'."""
    a, b = await get_both(u, v)
    if a is None or b is None:
        return
    yield a * b
    (u0, u1), (v0, v1) = split(u), split(v)
    cross = add(scale(a, v0), scale(b, u0))
    second = await cross.get()
    if second is None:
        return
    yield second
    async for term in add(cross, multiply(u1, v1)):
        yield term


@process
async def differentiate(u: Series) -> AsyncGenerator[Fraction, None]:
    """The derivative of U."""
    n = 1
    async for term in tail(u):
        yield n * term
        n += 1


@process
async def integrate(c: Fraction, u: Series) -> AsyncGenerator[Fraction, None]:
    """The integral of U, with c as its constant."""
    yield c
    n = 1
    async for term in u:
        yield term / n
        n += 1


@process
async def reciprocal(u: Series) -> AsyncGenerator[Fraction, None]:
    """Z = 1/U: with U = u + x·U' and Z = z + x·Z', z = 1/u and Z' = -z·U'·Z."""
    first = await u.get()
    assert first is not None
    z = 1 / first
    yield z
    inner, outer = Series(), Series()
    feed(multiply(scale(-z, u), shift(z, inner)), inner, outer)
    async for term in outer:
        yield term


def exponential(u: Series) -> Series:
    """Z = exp(U) for a U without a constant, which is taken as 0: Z is 1 and the integral of Z·dU."""
    inner, outer = Series(), Series()
    feed(integrate(ONE, multiply(inner, differentiate(u))), inner, outer)
    return outer


@process
async def substitute(u: Series, v: Series) -> AsyncGenerator[Fraction, None]:
    """U(V) for a V without a constant, which is taken as 0: with U = u + x·U' and V = x·V', that is u + x·V'·U'(V)."""
    first = await u.get()
    if first is None:
        return
    yield first
    v0, v1 = split(v)
    if await v0.get() is not None:
        async for term in multiply(v0, substitute(u, v1)):
            yield term


@process
async def substitute_monomial(u: Series, c: Fraction, n: int) -> AsyncGenerator[Fraction, None]:
    """U(c·xⁿ)."""
    power = ONE
    async for term in u:
        yield power * term
        power *= c
        for _ in range(n - 1):
            yield ZERO


def revert(u: Series) -> Series:
    """The inverse function R of a U without a constant: with U = x·U', U(R) = R·U'(R) = x, so that R = x/U'(R)."""
    inner, outer = Series(), Series()
    feed(shift(ZERO, reciprocal(substitute(tail(u), inner))), inner, outer)
    return outer


async def evaluate(c: Fraction, u: Series, n: int) -> Fraction:
    """Add up the first n terms of U at x = c."""
    value, power = ZERO, ONE
    for _ in range(n):
        term = await u.get()
        if term is None:
            break
        value += term * power
        power *= c
    return value
