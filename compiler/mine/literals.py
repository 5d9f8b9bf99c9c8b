"""literals: the single tests that a rule may be made of.

A test is kept with its opposite as it was seen, so that a value which no run shows passes neither. Sets of
samples are bit masks: sample n is bit n.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import ceil, floor, log10
from typing import Literal as OneOf
from typing import final

from compiler.ir.expr import Const, Expr, Now, ParseTime, Shift
from compiler.ir.program import Compare
from compiler.ir.run import JSON
from compiler.mine.columns import Column, Kind, value_key

ROUND_BY_CHANCE = 0.1
"""A gap that holds a number as round as this by a smaller chance says that the number is meant."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """A test that all wanted samples pass, its opposite, and the samples that it leaves out."""

    holds: Compare
    fails: Compare
    out: int
    column: Column
    gap: tuple[JSON, JSON] | None = None
    """Of a bound that is a round number: the nearest values on its two sides."""

    @property
    def kind(self) -> Kind:
        """What it looks at."""
        return self.column.kind


def covering(column: Column, inside: int, outside: int) -> Iterator[Literal]:
    """The tightest tests of a column that every sample inside passes and some sample outside does not."""
    wanted, others = [], []
    for n, value in enumerate(column.values):
        if inside >> n & 1:
            wanted.append(value)
        elif outside >> n & 1:
            others.append((n, value))
    if not wanted or not others:
        return
    match column.form:
        case "number" | "age":
            yield from _thresholds(column, wanted, others)
        case _:
            yield from _memberships(column, wanted, others)


def beside(one: Literal, other: Literal, inside: int) -> Literal:
    """A test as the samples show it that no other test leaves out: the others say nothing about its bound."""
    alone = covering(one.column, inside, one.out & ~other.out)
    direction = one.holds.op[0]
    return next((test for test in alone if test.holds.op[0] == direction), one)


def _thresholds(column: Column, wanted: list[JSON], others: list[tuple[int, JSON]]) -> Iterator[Literal]:
    low, high = min(wanted), max(wanted)  # type: ignore[type-var]
    below = [(n, value) for n, value in others if value < low]  # type: ignore[operator]
    above = [(n, value) for n, value in others if value > high]  # type: ignore[operator]
    if below:
        yield from _bounded(column, (max(value for _, value in below), low), below, upward=True)  # type: ignore[type-var]
    if above:
        yield from _bounded(column, (high, min(value for _, value in above)), above, upward=False)  # type: ignore[type-var]


def _bounded(
    column: Column, gap: tuple[JSON, JSON], out: list[tuple[int, JSON]], *, upward: bool
) -> Iterator[Literal]:
    tests = _between(column, *gap, upward=upward)
    if tests is None:
        return
    bounds = {plain(value) for value in gap}  # type: ignore[arg-type]
    said = {test.right.value for test in tests if isinstance(test.right, Const)}
    literal = _literal(column, tests, out)
    low, high = (plain(value) for value in gap)  # type: ignore[arg-type]
    yield replace(literal, gap=(low, high)) if column.form == "number" and not said <= bounds else literal


def _literal(column: Column, tests: tuple[Compare, Compare], out: list[tuple[int, JSON]]) -> Literal:
    holds, fails = tests
    mask = sum(1 << n for n, _ in out)
    return Literal(holds=holds, fails=fails, out=mask, column=column)


def _between(column: Column, low: JSON, high: JSON, *, upward: bool) -> tuple[Compare, Compare] | None:
    """The tests for above and below a gap that no run shows; a value in it passes neither."""
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    if column.form == "age":
        return _aged(column.left, low, high, upward=upward)
    under, over = Compare(column.left, "<=", Const(plain(low))), Compare(
        column.left, ">=", Const(plain(high))
    )
    meant = meant_between(low, high, max(abs(value) for value in column.values))  # type: ignore[arg-type]
    if meant is not None:
        # A bound that was itself seen belongs to its side; one that was not decides neither way.
        under = Compare(column.left, "<=" if low == meant else "<", Const(plain(meant)))
        over = Compare(column.left, ">=" if high == meant else ">", Const(plain(meant)))
    return (over, under) if upward else (under, over)


def _aged(left: Expr, low: float, high: float, *, upward: bool) -> tuple[Compare, Compare] | None:
    """Tests of an age in whole days: what is older was earlier."""
    least, most = ceil(low), floor(high)
    if least > most:
        return None
    strict = least == most
    old = Compare(
        ParseTime(left), "<" if strict and high > most else "<=", Shift(Now(), "days", Const(-most))
    )
    young = Compare(
        ParseTime(left), ">" if strict and low < least else ">=", Shift(Now(), "days", Const(-least))
    )
    return (old, young) if upward else (young, old)


def meant_between(low: float, high: float, largest: float) -> float | None:
    """The round number in a gap, where it is so round that chance would hardly have put one there.

    98.5 to 103.2  ->  100, as one in twenty such gaps holds a multiple of 100

    ``largest`` is the largest number around: beside it, zero is as round as a number can be.
    """
    scale = 10.0 ** (floor(log10(max(largest, abs(low), abs(high)))) + 1)
    for part in _STEPS:
        step = scale * part
        if high - low > ROUND_BY_CHANCE * step:
            return None
        number = ceil(low / step) * step
        if low <= number <= high:
            return float(f"{number:.12g}")
    return None


_STEPS = tuple(10.0**-size / part for size in range(12) for part in (1, 2))


def _memberships(column: Column, wanted: list[JSON], others: list[tuple[int, JSON]]) -> Iterator[Literal]:
    inside = {value_key(value) for value in wanted}
    out = [(n, value) for n, value in others if value_key(value) not in inside]
    if not out:
        return
    left_out = {value_key(value): value for _, value in out}
    chosen = {value_key(value): value for value in wanted}
    one, other = (
        _named(column, [group[key] for key in sorted(group, key=repr)]) for group in (chosen, left_out)
    )
    yield _literal(column, (one, other), out)


def _named(column: Column, values: list[JSON]) -> Compare:
    """The test that names the values of a group."""
    match column.form:
        case "presence":
            return Compare(column.left, "!=" if values == [True] else "==", Const(None))
        case "order":
            assert column.right is not None
            return Compare(column.left, _SIGNS[tuple(sorted(values))], column.right)  # type: ignore[arg-type,type-var]
        case "sameness":
            assert column.right is not None
            return Compare(column.left, "==" if values == [True] else "!=", column.right)
        case _:
            if len(values) == 1:
                return Compare(column.left, "==", Const(values[0]))
            return Compare(column.left, "in", Const(values))


_SIGNS: Mapping[tuple[int, ...], OneOf["==", "!=", "<", "<=", ">", ">="]] = {
    (-1,): "<",
    (-1, 0): "<=",
    (0,): "==",
    (0, 1): ">=",
    (1,): ">",
    (-1, 1): "!=",
}


def plain(number: float) -> JSON:
    """A number as people write it: 24 and not 24.0."""
    return int(number) if number == int(number) else number
