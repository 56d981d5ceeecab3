"""Power series by channels (powser1, powser2): every value that Go's program checks, and identities on top.

Thousands of tasks and channels, selects with cases that are switched off, and many processes that never end.
"""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.go.power_series import (
    ONE,
    ZERO,
    Series,
    Term,
    add,
    binomial,
    differentiate,
    evaluate,
    exponential,
    integrate,
    monomial,
    multiply,
    polynomial,
    reciprocal,
    repeat,
    revert,
    scale,
    shift,
    split,
    substitute,
    substitute_monomial,
    subtract,
    times_power,
)
from tests.go.program import Program

ATAN = "0 1 0 -1/3 0 1/5 0 -1/7 0 1/9"


def ones() -> Series:
    return repeat(ONE)


def twos() -> Series:
    return repeat(Fraction(2))


def arc_tangent() -> Series:
    return integrate(ZERO, substitute_monomial(ones(), -ONE, 2))


def terms(text: str) -> list[Term]:
    """Read terms; a full stop is the end of the series."""
    return [None if word == "." else Fraction(word) for word in text.split()]


async def check(series: Series, text: str) -> None:
    """Ask for as many terms as are given."""
    expected = terms(text)
    assert [await series.get() for _ in expected] == expected


async def test_ones() -> None:
    async with Program():
        await check(ones(), "1 1 1 1 1")


async def test_addition() -> None:
    async with Program():
        await check(add(ones(), ones()), "2 2 2 2 2 2 2 2 2 2")
        await check(add(ones(), twos()), "3 3 3 3 3 3 3 3 3 3")


async def test_derivative() -> None:
    async with Program():
        await check(differentiate(ones()), "1 2 3 4 5 6 7 8 9 10")


async def test_integral() -> None:
    async with Program():
        await check(integrate(ZERO, ones()), "0 1 1/2 1/3 1/4 1/5 1/6 1/7 1/8 1/9")


async def test_multiplication_by_a_constant() -> None:
    async with Program():
        await check(scale(-ONE, twos()), "-2 -2 -2 -2 -2 -2 -2 -2 -2 -2")


async def test_subtraction() -> None:
    async with Program():
        await check(subtract(ones(), twos()), "-1 -1 -1 -1 -1 -1 -1 -1 -1 -1")


async def test_multiplication() -> None:
    async with Program():
        await check(multiply(ones(), ones()), "1 2 3 4 5 6 7 8 9 10")


async def test_exponential() -> None:
    async with Program():
        await check(exponential(ones()), "1 1 3/2 13/6 73/24 167/40 4051/720 37633/5040 43817/4480 4596553/362880")


async def test_substitution_of_a_monomial() -> None:
    async with Program():
        await check(substitute_monomial(ones(), -ONE, 2), "1 0 -1 0 1 0 -1 0 1 0")


async def test_arc_tangent() -> None:
    async with Program():
        await check(arc_tangent(), ATAN)


async def test_tangent_as_the_inverse_of_the_arc_tangent() -> None:
    async with Program():
        await check(revert(arc_tangent()), "0 1 0 1/3 0 2/15 0 17/315 0 62/2835")


async def test_sine_as_the_inverse_of_the_arc_sine() -> None:
    async with Program():
        arc_sine = integrate(ZERO, substitute_monomial(binomial(Fraction(-1, 2)), -ONE, 2))
        await check(revert(arc_sine), "0 1 0 -1/6 0 1/120")


async def test_reciprocal_of_an_infinite_series_is_finite_but_for_zeros() -> None:
    async with Program():
        await check(reciprocal(ones()), "1 -1 0 0 0 0 0 0")


async def test_reciprocal_of_a_polynomial() -> None:
    async with Program():
        await check(reciprocal(polynomial([ONE, -ONE, -ONE])), "1 1 2 3 5 8 13 21")


async def test_substitution_of_the_logarithm_into_the_exponential() -> None:
    async with Program():
        logarithm = integrate(ZERO, substitute_monomial(ones(), -ONE, 1))
        await check(substitute(exponential(monomial(ONE, 1)), logarithm), "1 1 0 0 0 0")


async def test_substitution_of_x_changes_nothing_of_a_finite_series() -> None:
    async with Program():
        await check(substitute(polynomial([*map(Fraction, (3, 1, 4))]), monomial(ONE, 1)), "3 1 4 .")


async def test_finite_series_end() -> None:
    async with Program():
        await check(monomial(Fraction(7), 2), "0 0 7 .")
        await check(monomial(ZERO, 2), ".")
        await check(polynomial([ONE, ZERO, Fraction(2), ZERO]), "1 0 2 .")
        await check(binomial(Fraction(4)), "1 4 6 4 1 .")
        await check(multiply(binomial(ONE), binomial(Fraction(2))), "1 3 3 1 .")
        await check(multiply(monomial(ONE, 0), monomial(ONE, 0)), "1 .")
        await check(multiply(ones(), polynomial([])), ".")
        await check(differentiate(binomial(Fraction(3))), "3 6 3 .")
        await check(differentiate(polynomial([])), ".")
        await check(integrate(ONE, binomial(Fraction(2))), "1 1 1 1/3 . .")


async def test_the_longer_of_two_series_goes_on_where_the_shorter_ended() -> None:
    async with Program():
        await check(add(binomial(ONE), binomial(Fraction(3))), "2 4 3 1 .")
        await check(add(binomial(Fraction(3)), binomial(ONE)), "2 4 3 1 .")
        await check(add(binomial(ONE), binomial(ONE)), "2 2 .")


async def test_shifted_series() -> None:
    async with Program():
        await check(shift(Fraction(5), binomial(ONE)), "5 1 1 .")
        await check(times_power(binomial(ONE), 3), "0 0 0 1 1 .")


@pytest.mark.parametrize("ahead", [0, 1])
async def test_the_halves_of_a_split_series_are_read_at_different_rates(ahead: int) -> None:
    async with Program():
        pair = split(binomial(Fraction(5)))
        first, second = pair[ahead], pair[1 - ahead]
        await check(first, "1 5 10")
        await check(second, "1 5")
        await check(first, "10 5")
        await check(second, "10 10 5 1 .")
        await check(first, "1 .")


async def test_the_halves_of_a_split_series_take_turns_at_being_ahead() -> None:
    async with Program():
        first, second = split(differentiate(ones()))
        await check(first, "1")
        await check(second, "1 2 3")
        await check(first, "2 3 4 5")
        await check(second, "4 5 6")
        await check(first, "6 7")


async def test_both_factors_may_be_halves_of_one_series() -> None:
    async with Program():
        await check(multiply(*split(ones())), "1 2 3 4 5 6")


async def test_value_at_a_point() -> None:
    async with Program():
        assert await evaluate(Fraction(1, 2), ones(), 5) == Fraction(31, 16)
        assert await evaluate(Fraction(2), binomial(Fraction(3)), 100) == 27
