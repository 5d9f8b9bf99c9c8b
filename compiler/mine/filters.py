"""filters: the rows of a list that a comparison of one of their fields with a value in scope keeps.

    where(events, "start", after=run.now)        where(items, "price", at_least=request.limit)

Every value in scope that a field compares with cuts the rows in two, by each of four tests; who needs some
of the rows looks for the cut that keeps just these. Two tests that differ in the rows that tie are rivals.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import final

from compiler.ir.expr import Expr, Now, Test, Where
from compiler.ir.run import JSON
from compiler.mine.atoms import scalars
from compiler.mine.exprs import walk_expr
from compiler.mine.flows import around, plain
from compiler.mine.joins import values_for
from compiler.mine.rosters import columns
from compiler.mine.scope import is_number
from compiler.mine.sighting import Sighting
from compiler.mine.sources import orderable_keys
from compiler.mine.spans import HOLE, Origin, days_said, numbers_said
from compiler.runtime import Deviation
from compiler.runtime.filters import SIGNS, as_time, equal, sign, times_apart

MOST_BOUNDS = 40
"""Values that rows are compared with; a scope with more of them is searched only so far."""

MOST_KINDS = 8
"""Different values of a field by which rows are told apart as groups."""

NUMBERS: tuple[Test, ...] = ("above", "at_least", "below", "at_most")
TIMES: tuple[Test, ...] = ("after", "since", "before", "until")

Held = JSON | date | datetime


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A filter, as an origin, and the places of the rows that it keeps."""

    origin: Origin
    places: tuple[int, ...]


def filters(rows: Expr, held: Sequence[JSON], sighting: Sighting) -> Iterator[Kept]:
    """Every filter of rows by a comparison with a value that is not from the rows themselves."""
    records = [row for row in held if isinstance(row, dict)]
    for key in orderable_keys(list(held)):
        column = [row[key] for row in records]
        timed = not all(is_number(value) for value in column)
        for origin, bound in _bounds(sighting, timed=timed):
            if not any(part == rows for part in walk_expr(origin.expr)):
                yield from _cuts(Where(rows, key, "equals", origin.expr), column, origin, bound)


def _cuts(where: Where, column: list[JSON], origin: Origin, bound: Held) -> Iterator[Kept]:
    """The rows on either side of a bound, with those on it and without them."""
    timed = not is_number(bound)  # type: ignore[arg-type]
    try:
        apart: Callable[[object, object], int] = times_apart if timed else sign
        signs = [apart(_read(str(value)) if timed else value, bound) for value in column]
    except Deviation:
        return
    tests = TIMES if timed else NUMBERS
    if isinstance(origin.expr, Now) and 0 not in signs and all(_has_clock(value) for value in column):
        # Nothing is at this very moment.
        tests = ("after", "before")
    for op in tests:
        kept = tuple(place for place, one in enumerate(signs) if one in SIGNS[op])
        expr = Where(where.rows, where.key, op, where.value)
        yield Kept(origin=around(origin, expr), places=kept)


@lru_cache(maxsize=16384)
def _read(text: str) -> date:
    return as_time(text)


def _has_clock(value: JSON) -> bool:
    return isinstance(_read(str(value)), datetime)


def _bounds(sighting: Sighting, *, timed: bool) -> list[tuple[Origin, Held]]:
    """What rows may be compared with: numbers, or days and moments."""
    found = list(_times(sighting) if timed else _numbers(sighting))
    return found[:MOST_BOUNDS]


def _numbers(sighting: Sighting) -> Iterator[tuple[Origin, Held]]:
    request, now = sighting.run.request, sighting.run.now
    for value, spans in numbers_said(request, now).items() if isinstance(request, str) else ():
        yield Origin(expr=HOLE, kind="number", spans=spans), value
    for expr, held in scalars(sighting.scope, request):
        if is_number(held):
            yield plain(expr), held


def _times(sighting: Sighting) -> Iterator[tuple[Origin, Held]]:
    request, now = sighting.run.request, sighting.run.now
    if now is not None:
        yield plain(Now()), now
    for kind, day, spans in days_said(request, now) if isinstance(request, str) else ():
        yield Origin(expr=HOLE, kind=kind, spans=spans), day
    for expr, held in scalars(sighting.scope, request):
        if isinstance(held, str) and _is_time(held):
            yield plain(expr), _read(held)


@lru_cache(maxsize=16384)
def _is_time(text: str) -> bool:
    if len(text) < len("2031-01-01") or not text[:4].isdigit():
        return False
    try:
        _read(text)
    except Deviation:
        return False
    return True


def groups(rows: Expr, held: Sequence[JSON], sighting: Sighting) -> Iterator[Kept]:
    """Every filter of rows by a field that equals a value in scope, or a label."""
    records = [row for row in held if isinstance(row, dict)]
    for key in records[0] if records and len(records) == len(held) else ():
        kinds: dict[str, JSON] = {}
        for row in records:
            value = row.get(key)
            if not isinstance(value, dict | list | float) and value is not None:
                kinds.setdefault(repr(value), value)
        for told in kinds.values() if len(kinds) <= MOST_KINDS else ():
            kept = tuple(n for n, row in enumerate(records) if key in row and equal(row[key], told))
            for origin in values_for(told, rows, sighting):
                yield Kept(origin=around(origin, Where(rows, key, "equals", origin.expr)), places=kept)


def members(rows: Expr, held: Sequence[JSON], sighting: Sighting) -> Iterator[Kept]:
    """Every filter of rows by a field that is one of the values of another list in scope."""
    records = [row for row in held if isinstance(row, dict)]
    if not records or len(records) < len(held):
        return
    for others, listed in columns(sighting):
        if any(part == rows for part in walk_expr(others)):
            continue
        for key in records[0]:
            kept = tuple(
                n for n, row in enumerate(records) if any(equal(row.get(key), one) for one in listed)
            )
            if kept:
                yield Kept(origin=plain(Where(rows, key, "among", others)), places=kept)
