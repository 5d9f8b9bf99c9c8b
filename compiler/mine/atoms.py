"""atoms: the values in scope that a computation may start from, each with the expressions that give it.

Of a list these are the rows that can be told by position or by rank; a scalar under a key is told by the
key. What a search adds to this (a form, a constant) is for its inverse to find.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from compiler.ir.expr import Attr, Expr, Pick, Ref, RequestField
from compiler.ir.run import JSON
from compiler.mine.sources import Bound, descriptions, orderable_keys

MAX_ATOMS = 2_000
"""Values of one scope that computations start from; a scope that holds more is searched only so far."""

DEEPEST = 5
MOST_RANKED = 200
"""Rows of a longer list are told by their position only."""


def scalars(scope: tuple[Bound, ...], request: JSON) -> Iterator[tuple[Expr, JSON]]:
    """Every scalar in scope that some expression tells, at most MAX_ATOMS of them."""
    left = MAX_ATOMS
    for expr, value in _starts(scope, request):
        for found in _scalars(expr, value, DEEPEST):
            if not left:
                return
            left -= 1
            yield found


def lists(scope: tuple[Bound, ...], request: JSON) -> Iterator[tuple[Expr, list[JSON]]]:
    """Every list in scope that keys lead to."""
    for expr, value in _starts(scope, request):
        yield from _lists(expr, value, DEEPEST)


def _starts(scope: tuple[Bound, ...], request: JSON) -> Iterator[tuple[Expr, JSON]]:
    if isinstance(request, dict):
        yield from _fields(request, ())
    for source in scope:
        yield Ref(source.id), source.value


def _fields(value: JSON, path: tuple[str, ...]) -> Iterator[tuple[Expr, JSON]]:
    """The fields of a structured request: each is one expression, however deep it lies."""
    if isinstance(value, dict):
        for key in value:
            yield from _fields(value[key], (*path, key))
    elif path:
        yield RequestField(json.dumps(path)), value


def _scalars(expr: Expr, value: JSON, depth: int) -> Iterator[tuple[Expr, JSON]]:
    if isinstance(value, dict):
        for key in value if depth else ():
            yield from _scalars(Attr(expr, key), value[key], depth - 1)
    elif isinstance(value, list):
        for pick, row in _told(expr, value) if depth else ():
            yield from _scalars(pick, row, depth - 1)
    else:
        yield expr, value


def _told(rows: Expr, held: list[JSON]) -> Iterator[tuple[Expr, JSON]]:
    """The rows that can be told from the others, in every way that tells them."""
    if not held:
        return
    places = {0, len(held) - 1}
    if len(held) <= MOST_RANKED:
        for key in orderable_keys(held):
            column = [row[key] for row in held if isinstance(row, dict)]
            places |= {column.index(min(column)), column.index(max(column))}  # type: ignore[type-var]
    for place in sorted(places):
        ways = descriptions(held, place) if len(held) <= MOST_RANKED else ((_end(place), None),)
        for how, by in ways:
            yield Pick(rows, how, by), held[place]  # type: ignore[arg-type]


def _end(place: int) -> str:
    return "last" if place else "first"


def _lists(expr: Expr, value: JSON, depth: int) -> Iterator[tuple[Expr, list[JSON]]]:
    if isinstance(value, list):
        yield expr, value
    elif isinstance(value, dict) and depth:
        for key in value:
            yield from _lists(Attr(expr, key), value[key], depth - 1)
