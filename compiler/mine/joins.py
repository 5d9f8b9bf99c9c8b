"""joins: an argument of a row that another value in scope tells, or of an object under a key that one tells.

first(where(people, "name", equals=request.name)).email        prices[order.currency]
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.ir.expr import Attr, Const, Expr, Lookup, Pick, Ref, Where
from compiler.ir.run import JSON
from compiler.mine.exprs import walk_expr
from compiler.mine.flows import around, flows, plain
from compiler.mine.sighting import Sighting
from compiler.mine.sources import Bound, descriptions, lookup, memberships, scalar_key
from compiler.mine.spans import HOLE, Origin, occurrences
from compiler.runtime.filters import equal
from compiler.runtime.values import is_named

MAX_ROWS = 200
"""Rows of a list that is searched for the row that a value tells."""

LONGEST_LABEL = 40
"""A constant that rows are told by is a label, and no longer than this; so is what a word names."""

SHORT = 2
"""Words of so few letters name nothing."""

WORDS = re.compile(r"[^\W\d_]+")


def proposals(value: JSON, sighting: Sighting) -> Iterator[Origin]:
    """Every list that holds the value in some row, and every object that holds it under a key in scope."""
    for rows, tail, place in memberships(value, sighting.scope):
        held = rows_of(rows, sighting.scope)
        if len(held) <= MAX_ROWS:
            for origin in _told(rows, held, place, tail, sighting):
                yield around(origin, _below(origin.expr, tail))
    for source in sighting.scope:
        for path in source.leaves.get(scalar_key(value), ()):
            if all(isinstance(step, str) for step in path):
                yield from _looked_up(source, tuple(map(str, path)), sighting)


def rows_of(rows: Expr, scope: tuple[Bound, ...]) -> list[JSON]:
    """The list that keys below a bound value lead to."""
    base = next(part for part in walk_expr(rows) if isinstance(part, Ref))
    held = lookup(next(source.value for source in scope if source.id == base.id), rows)
    assert isinstance(held, list)
    return held


def _told(
    rows: Expr, held: list[JSON], place: int, tail: tuple[str, ...], sighting: Sighting
) -> Iterator[Origin]:
    """The row at a place by each of its fields but the one that is wanted."""
    row = held[place]
    for key, told in row.items() if isinstance(row, dict) else ():
        if tail[:1] != (key,) and told is not None and not isinstance(told, dict | list):
            for origin in values_for(told, rows, sighting):
                kept = Where(rows, key, "equals", origin.expr)
                yield from (around(origin, pick) for pick in _picks(kept, held, place, key))
            named = namesake(told, sighting)
            if named is not None:
                kept = Where(rows, key, "names", HOLE)
                yield from (around(named, pick) for pick in _picks(kept, held, place, key))


def namesake(told: JSON, sighting: Sighting) -> Origin | None:
    """The one word of a request that names a value: "raj" names raj.patel@shop.example."""
    text = sighting.run.request
    if not isinstance(told, str) or not isinstance(text, str) or len(told) > LONGEST_LABEL:
        return None
    if next(occurrences(text, told), None) is not None:
        return None
    said = {word for word in WORDS.findall(text.casefold()) if len(word) > SHORT and is_named(told, word)}
    if len(said) != 1:
        return None
    spans = frozenset(occurrences(text, said.pop()))
    return Origin(expr=HOLE, kind="text", spans=spans) if spans else None


def _picks(kept: Where, held: list[JSON], place: int, key: str) -> Iterator[Expr]:
    """The row at a place as the only one, the first, ..., of those that have its value under a key."""
    told = _at(held[place], key)
    alike = [n for n, row in enumerate(held) if isinstance(row, dict) and equal(_at(row, key), told)]
    if len(alike) == 1:
        yield Pick(kept, "only")
    for how, by in descriptions([held[n] for n in alike], alike.index(place)):
        if by != key:
            yield Pick(kept, how, by)  # type: ignore[arg-type]


def _at(row: JSON, key: str) -> JSON:
    return row[key] if isinstance(row, dict) else None


def values_for(told: JSON, rows: Expr, sighting: Sighting) -> Iterator[Origin]:
    """What rows may be told by: a value in scope that is not from the rows themselves, or a label."""
    for origin in flows(told, sighting):
        if not any(part == rows for part in walk_expr(origin.expr)):
            yield origin
    if isinstance(told, bool) or (isinstance(told, str) and told and len(told) <= LONGEST_LABEL):
        yield plain(Const(told))


def _below(expr: Expr, tail: tuple[str, ...]) -> Expr:
    for key in tail:
        expr = Attr(expr, key)
    return expr


def _looked_up(source: Bound, path: tuple[str, ...], sighting: Sighting) -> Iterator[Origin]:
    """The object above, under a key that is itself a value in scope."""
    for place, key in enumerate(path):
        if len(key) > 1:
            base = _below(Ref(source.id), path[:place])
            for origin in flows(key, sighting):
                yield around(origin, _below(Lookup(base, origin.expr), path[place + 1 :]))
