"""misfits: which of those that left a call out had no reason to, by the best rule for the others.

A rule that is learnt where runs may have lost the call has to hold for all that made it; those that lost it
look like them. It must save more bits than it takes to say which those are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log2
from typing import final

from compiler.ir.expr import Expr, Now
from compiler.ir.run import JSON
from compiler.mine.columns import Column, Kind, columns, prices
from compiler.mine.exprs import walk_expr
from compiler.mine.literals import Literal, covering
from compiler.mine.rules import ALPHA, MIN_SIDE, bits_told

LOOKED_AT = 30
"""Tests that are looked at in pairs: those that explain most by themselves."""

MOST = 200
"""Of each side that are looked at to see which values tell."""

DECISIONS = 16
"""Places of one log that share the chance of a false rule."""

Values = Mapping[Expr, JSON]


def unexplained(made: Sequence[Values], left_out: Sequence[Values]) -> frozenset[int] | None:
    """The positions of those that left a call out although all who were like them made it.

    None where no rule on the values in scope tells the others from those who made it.
    """
    if len(made) < MIN_SIDE or len(left_out) < MIN_SIDE:
        return None
    # A few of each show which values tell; all of them then say how the values are told apart.
    some = [*_some(made), *_some(left_out)]
    known = columns(some)
    cost = prices(known)
    best = _best(_sides(known, len(_some(made)), len(some)), cost)
    if best is None:
        return None
    exprs = {Now(), *(expr for test in best.tests for expr in (test.column.left, test.column.right) if expr)}
    exprs |= {part for expr in tuple(exprs) for part in walk_expr(expr)}
    every = [{expr: one[expr] for expr in one if expr in exprs} for one in (*made, *left_out)]
    best = _best(_sides(columns(every), len(made), len(every)), cost)
    if best is None or best.saved < log2(DECISIONS / ALPHA):
        return None
    return frozenset(n for n in range(len(left_out)) if not best.out >> (len(made) + n) & 1)


def _some(values: Sequence[Values]) -> Sequence[Values]:
    return values[:: 1 + len(values) // MOST]


@final
@dataclass(frozen=True, slots=True)
class _Sides:
    tests: tuple[Literal, ...]
    made: int
    left_out: int


def _sides(known: Iterable[Column], made: int, total: int) -> _Sides:
    """The tests that all pass who made the call, those that explain most first."""
    inside = (1 << made) - 1
    outside = ((1 << total) - 1) & ~inside
    tests = (test for column in known for test in covering(column, inside, outside))
    return _Sides(tuple(sorted(tests, key=lambda test: -test.out.bit_count())), made, total - made)


@final
@dataclass(frozen=True, slots=True)
class _Best:
    tests: tuple[Literal, ...]
    out: int
    saved: float


def _best(sides: _Sides, cost: Mapping[Kind, float]) -> _Best | None:
    """The test, or two, that save most bits; None where they explain too few."""
    told = bits_told({"made": sides.made, "left out": sides.left_out})
    first = sides.tests[:LOOKED_AT]
    best: _Best | None = None
    for tests in (*((one,) for one in first), *combinations(first, 2)):
        out = tests[0].out | tests[-1].out
        left = sides.left_out - out.bit_count()
        price = sum(1 + cost[test.kind] for test in tests)
        saved = told - price - bits_told({"made": sides.made, "left out": left})
        if out.bit_count() >= MIN_SIDE and (best is None or saved > best.saved):
            best = _Best(tests, out, saved)
    return best
