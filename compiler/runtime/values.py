"""The small steps between calls: picking rows, reading moments, writing slugs.

Where a step has no one result (nothing to pick from, a tie, values that do not compare) it deviates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any, TypeVar

from compiler.runtime.errors import Deviation
from compiler.runtime.jsons import canonical

T = TypeVar("T")

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")


def first(rows: Sequence[T]) -> T:
    """Take the first row."""
    return _some(rows)[0]


def last(rows: Sequence[T]) -> T:
    """Take the last row."""
    return _some(rows)[-1]


def only(rows: Sequence[T]) -> T:
    """Take the only row; one of several, or none, deviates."""
    found = _some(rows)
    if len({canonical(row) for row in found}) > 1:
        message = f"{len(found)} rows fit where every run had one"
        raise Deviation(message)
    return found[0]


def lowest(rows: Sequence[T], *, by: str) -> T:
    """Take the row with the lowest ``by``; see ``ranks`` for what is lower. A tie deviates."""
    return _extreme(rows, by, min)


def highest(rows: Sequence[T], *, by: str) -> T:
    """Take the row with the highest ``by``; see ``ranks`` for what is higher. A tie deviates."""
    return _extreme(rows, by, max)


def ranks(values: Sequence[object]) -> tuple[float, ...] | tuple[str, ...] | None:
    """Give what orders values of one kind; None where they have no common order.

    Numbers order as numbers, also where all are written as texts ("30" before "120"); other texts order as
    texts, which is right for ISO dates.
    """
    if all(isinstance(value, str) for value in values):
        texts = tuple(str(value) for value in values)
        if all(_NUMBER.fullmatch(text) for text in texts):
            return tuple(float(text) for text in texts)
        return texts
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return tuple(float(str(value)) for value in values)
    if all(isinstance(value, date | time) for value in values):
        texts = tuple(value.isoformat() for value in values if isinstance(value, date | time))
        return texts if len({type(value) for value in values}) == 1 else None
    return None


def is_named(value: object, said: str) -> bool:
    """Whether the words of what is said stand in a text, one after the other, in any case."""
    words, held = words_of(said), words_of(value) if isinstance(value, str) else []
    return any(held[n : n + len(words)] == words for n in range(len(held) - len(words) + 1) if words)


def words_of(text: str) -> list[str]:
    """Cut a text into its words, in lower case."""
    return re.findall(r"[^\W_]+", text.casefold())


def each(rows: Iterable[object], key: str) -> tuple[Any, ...]:
    """Give the ``key`` of every row, in order."""
    no_text(rows)
    return tuple(field_of(row, key) for row in rows)


def total(held: object) -> float:
    """Add up the numbers of a list, or of an object, as on paper: 0.1 and 0.2 come to 0.3.

    Whole numbers come to a whole number.
    """
    found = numbers(held)
    if all(isinstance(one, int) for one in found):
        return sum(found)
    return float(sum((Decimal(str(one)) for one in found), Decimal()))


def average(held: object) -> float:
    """Give the mean of the numbers of a list, or of an object; of none there is no mean, which deviates."""
    found = _some(numbers(held))
    return total(found) / len(found)


def median(held: object) -> float:
    """Give the number in the middle of a list, or of an object; of an even number, the mean of the two."""
    found = sorted(_some(numbers(held)))
    low, high = found[(len(found) - 1) // 2], found[len(found) // 2]
    return low if low == high else average([low, high])


def least(held: object) -> float:
    """Give the least number of a list, or of an object."""
    return min(_some(numbers(held)))


def greatest(held: object) -> float:
    """Give the greatest number of a list, or of an object."""
    return max(_some(numbers(held)))


def first_number(held: object) -> float:
    """Give the first number of a list, or the one under the first key of an object, as keys are ordered."""
    return _some(numbers(held))[0]


def last_number(held: object) -> float:
    """Give the last number of a list, or the one under the last key of an object, as keys are ordered."""
    return _some(numbers(held))[-1]


def numbers(held: object) -> tuple[float, ...]:
    """Give the numbers of a list, or of an object in the order of its keys. Anything else in it deviates."""
    found: object = held
    if isinstance(held, Mapping):
        found = [held[key] for key in sorted(held)]
    if not isinstance(found, list | tuple) or not all(_is_number(one) for one in found):
        message = f"numbers are expected, and this is none: {canonical(held)[:100]}"
        raise Deviation(message)
    return tuple(found)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def moment(text: str, form: str | None = None) -> datetime:
    """Read a text as a moment: an ISO text, or one in a strptime form."""
    try:
        return datetime.fromisoformat(text) if form is None else datetime.strptime(text, form)
    except ValueError:
        message = f"{text[:100]!r} is no moment in {'ISO form' if form is None else 'the form ' + form}"
        raise Deviation(message) from None


def combine(day: date, at: time) -> datetime:
    """Put a day and a time of day together."""
    return datetime.combine(day, at)


def slug(text: str) -> str:
    """Write a text in lower case, with underscores for all that is neither letter nor digit."""
    return re.sub(r"[\W_]+", "_", text.lower()).strip("_")


def no_text(rows: object) -> None:
    """Deviate where a text stands in place of rows: Python would take its letters for them."""
    if isinstance(rows, str):
        message = f"a text stands where rows are expected: {rows[:100]!r}"
        raise Deviation(message)


def _some(rows: Sequence[T]) -> Sequence[T]:
    no_text(rows)
    if not rows:
        message = "there are no rows to take one from"
        raise Deviation(message)
    return rows


def _extreme(rows: Sequence[T], by: str, best: Any) -> T:
    keys = ranks([field_of(row, by) for row in _some(rows)])
    if keys is None:
        message = f"not all rows have a {by} that compares with the others"
        raise Deviation(message)
    top = best(keys)
    found = [row for row, key in zip(rows, keys, strict=True) if key == top]
    if len({canonical(row) for row in found}) > 1:
        message = f"{len(found)} rows share the {best.__name__}imal {by}"
        raise Deviation(message)
    return found[0]


def field_of(row: object, key: str | None) -> object:
    """Give what a row holds under a key; the row itself without one."""
    return row if key is None else getattr(row, key)
