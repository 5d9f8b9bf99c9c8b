"""Rows of a list by what is said of them: those that pass a test, the n-th of an order, all in an order.

Where it cannot be told whether a row passes, or which row is meant, they deviate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypedDict, TypeVar, Unpack

from compiler.runtime.errors import Deviation
from compiler.runtime.jsons import canonical
from compiler.runtime.values import field_of, is_named, no_text, ranks, words_of

T = TypeVar("T")


class Tests(TypedDict, total=False):
    """What ``where`` may ask of a value: all that is said must hold."""

    equals: object
    """Is the value; texts compare in any case, and true is no 1."""
    contains: str
    """Has the text in it, in any case."""
    names: str
    """Has its words one after the other: "raj" names "raj.patel@shop.example", and so does "Raj Patel"."""
    among: Iterable[object]
    """Equals one of these."""
    above: object
    at_least: object
    below: object
    at_most: object
    after: object
    since: object
    before: object
    until: object
    """Numbers order by size, days and moments by time; a day and a moment compare as days."""


def where(rows: Iterable[T], key: str | None, **tests: Unpack[Tests]) -> tuple[T, ...]:
    """Keep the rows whose ``key`` (None: the row itself) passes every test; see ``Tests``.

    An empty text is in every text, so looking for one deviates, and so does what has no order. Where a text
    names two different values, nothing says which is meant, which deviates too.
    """
    no_text(rows)
    kept = tuple(rows)
    sought = (tests.get("contains", "something").strip(), words_of(tests.get("names", "something")))
    if not all(sought):
        message = f"nothing to look for in {key or 'the rows'}"
        raise Deviation(message)
    for how, wanted in tests.items():
        kept = tuple(row for row in kept if passes(field_of(row, key), how, wanted))
    if "names" in tests:
        _refuse_several(tests["names"], {canonical(field_of(row, key)).casefold() for row in kept})
    return kept


def _refuse_several(said: str, values: set[str]) -> None:
    if len(values) > 1:
        message = f"{said[:100]!r} names {len(values)} of them: {', '.join(sorted(values))[:200]}"
        raise Deviation(message)


def passes(value: object, how: str, wanted: object) -> bool:
    """Tell whether a value passes one of the ``Tests``."""
    match how:
        case "equals":
            return equal(value, wanted)
        case "among":
            return any(equal(value, one) for one in _listed(wanted))
        case "contains":
            return isinstance(value, str) and str(wanted).casefold() in value.casefold()
        case "names":
            return is_named(value, str(wanted))
        case "above" | "at_least" | "below" | "at_most":
            sign = _numbers_apart(value, wanted)
        case _:
            sign = times_apart(value, wanted)
    return sign in SIGNS[how]


SIGNS = {
    **{"above": (1,), "at_least": (0, 1), "below": (-1,), "at_most": (-1, 0)},
    **{"after": (1,), "since": (0, 1), "before": (-1,), "until": (-1, 0)},
}
"""Which way a value may lie from the wanted one: below it, on it, above it."""


def equal(value: object, wanted: object) -> bool:
    """Tell whether two values are the same: texts in any case, and true is no 1."""
    if isinstance(value, str) and isinstance(wanted, str):
        return value.casefold() == wanted.casefold()
    # True is no 1 in JSON.
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted


def _listed(wanted: object) -> tuple[object, ...]:
    if not isinstance(wanted, list | tuple):
        message = f"a list is expected, to look for rows in, and this is none: {canonical(wanted)[:100]}"
        raise Deviation(message)
    return tuple(wanted)


def _numbers_apart(value: object, wanted: object) -> int:
    for one in (value, wanted):
        if not isinstance(one, int | float) or isinstance(one, bool):
            message = f"a number is expected, to compare rows by, and this is none: {canonical(one)[:100]}"
            raise Deviation(message)
    return sign(value, wanted)


def times_apart(value: object, wanted: object) -> int:
    """Tell whether a day or moment lies before another one (-1), after it (1), or on it."""
    times = (as_time(value), as_time(wanted))
    if not all(isinstance(one, datetime) for one in times):
        # What has no clock time is a day, and lies neither before nor after a moment of it.
        return sign(*(one.date() if isinstance(one, datetime) else one for one in times))
    return sign(*times)


def as_time(value: object) -> date | datetime:
    """Read a day or a moment: as it is, or written in ISO form."""
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        for read in (date.fromisoformat, datetime.fromisoformat):
            try:
                return read(value)
            except ValueError:
                continue
    message = f"a date is expected, to compare rows by, and this is none: {canonical(value)[:100]}"
    raise Deviation(message)


def sign(one: object, other: object) -> int:
    """Tell whether a value is below another one (-1), above it (1), or the same."""
    try:
        return int(one > other) - int(one < other)  # type: ignore[operator]
    except TypeError:
        message = f"{canonical(str(one))} and {canonical(str(other))} have no order"
        raise Deviation(message) from None


def nth(rows: Sequence[T], place: object) -> T:
    """Take a row by its place, from 1."""
    return _at(rows, place)


def nth_last(rows: Sequence[T], place: object) -> T:
    """Take a row by its place from the end: the last is at 1."""
    return _at(tuple(reversed(_rows(rows))), place)


def nth_lowest(rows: Sequence[T], place: object, *, by: str) -> T:
    """Take the row that comes at a place, from 1, in the order of ``by``; a tie there deviates."""
    return _at_rank(ranked(rows, by=by), place, by)


def nth_highest(rows: Sequence[T], place: object, *, by: str) -> T:
    """Take the row that comes at a place, from 1, where the highest ``by`` comes first; a tie deviates."""
    return _at_rank(ranked(rows, by=by, descending=True), place, by)


def ranked(rows: Sequence[T], *, by: str, descending: bool = False) -> tuple[T, ...]:
    """Put rows in the order of ``by``; see ``ranks`` for what is lower. Rows that tie stay in their order."""
    kept = _rows(rows)
    keys = ranks([field_of(row, by) for row in kept])
    if keys is None:
        message = f"not all rows have a {by} that compares with the others"
        raise Deviation(message)
    order = sorted(range(len(kept)), key=keys.__getitem__, reverse=descending)
    return tuple(kept[place] for place in order)


def _rows(rows: Sequence[T]) -> tuple[T, ...]:
    no_text(rows)
    return tuple(rows)


def _at(rows: Sequence[T], place: object) -> T:
    kept = _rows(rows)
    if not isinstance(place, int) or isinstance(place, bool) or not 1 <= place <= len(kept):
        message = f"of {len(kept)} rows none is at place {canonical(place)[:100]}"
        raise Deviation(message)
    return kept[place - 1]


def _at_rank(rows: Sequence[T], place: object, by: str) -> T:
    row = _at(rows, place)
    alike = [one for one in rows if field_of(one, by) == field_of(row, by)]
    if len({canonical(one) for one in alike}) > 1:
        message = f"{len(alike)} rows share the {by} at that place"
        raise Deviation(message)
    return row
