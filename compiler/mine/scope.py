"""scope: the values that a decision may turn on, as expressions over what is bound where it is taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from math import isfinite

from compiler.ir.expr import Attr, Const, Each, Expr, Measure, Now, ParseTime, Pick, Shift
from compiler.ir.run import JSON
from compiler.mine.spans import read_stamp
from compiler.runtime import average, total

DEEPEST = 3
"""Keys below a bound value that are looked into; what lies deeper decides nothing."""

MOST_ROWS = 2_000
"""A longer list is counted, and not looked into."""

PLAIN_CLOCK = re.compile(r"(?:[T ]\d\d:\d\d(?::\d\d)?)?")

MEASURES = ("total", "average", "least", "greatest", "first", "last")


def values_in_scope(bound: Iterable[tuple[Expr, JSON]], now: datetime | None = None) -> dict[Expr, JSON]:
    """Every value that a test could look at, by the expression that gives it.

    Scalars (None for null), the fields of objects, and of lists their length, the numbers that sum them up,
    and the fields of the first and the last row. ``now`` joins them as an ISO text under ``Now()``.

    A field that is missing has no entry; whether there is one is for the caller to see.
    """
    found: dict[Expr, JSON] = {}
    for expr, value in bound:
        found.update(_inside(expr, value, DEEPEST))
    if now is not None and now.tzinfo is None:
        found[Now()] = now.isoformat()
    return found


def _inside(expr: Expr, value: JSON, depth: int) -> Iterator[tuple[Expr, JSON]]:
    if isinstance(value, dict):
        yield from _summed_up(expr, [value[key] for key in sorted(value)])
        for key in value if depth else ():
            yield from _inside(Attr(expr, key), value[key], depth - 1)
    elif isinstance(value, list):
        yield Measure(expr, "count"), len(value)
        if len(value) <= MOST_ROWS:
            yield from _summed_up(expr, value)
            yield from _of_rows(expr, value)
    else:
        yield expr, value


def _of_rows(expr: Expr, rows: list[JSON]) -> Iterator[tuple[Expr, JSON]]:
    records = [row for row in rows if isinstance(row, dict)]
    if not records or len(records) < len(rows):
        return
    for key in records[0]:
        column = [row[key] for row in records if key in row]
        if len(column) < len(records):
            continue
        yield from _summed_up(Each(expr, key), column)
        if not isinstance(column[0], dict | list):
            yield Attr(Pick(expr, "first"), key), column[0]
        if not isinstance(column[-1], dict | list):
            yield Attr(Pick(expr, "last"), key), column[-1]


def _summed_up(expr: Expr, values: list[JSON]) -> Iterator[tuple[Expr, JSON]]:
    """What a list of numbers, or the values of an object, come to; nothing where one is no number."""
    numbers = [float(value) for value in values if is_number(value)]  # type: ignore[arg-type]
    if numbers and len(numbers) == len(values):
        for how in MEASURES:
            yield Measure(expr, how), measured(how, numbers)  # type: ignore[arg-type]


def is_number(value: JSON) -> bool:
    """Whether a value is a number that can be compared; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)


def measured(how: str, numbers: list[float]) -> float:
    """What a measure gives for some numbers; the runtime computes the same."""
    match how:
        case "total":
            return total(numbers)
        case "average":
            return average(numbers)
        case "least":
            return min(numbers)
        case "greatest":
            return max(numbers)
        case "first":
            return numbers[0]
        case _:
            return numbers[-1]


def value_of(expr: Expr, values: Mapping[Expr, JSON]) -> JSON | datetime:
    """The value of one side of a test in a scope; None where the scope has none."""
    match expr:
        case Const(value=value):
            return value
        case ParseTime(base=base):
            return moment_of(values.get(base))
        case Shift(base=Now(), unit="days", amount=Const(value=int(days))):
            now = value_of(Now(), values)
            return now + timedelta(days=days) if isinstance(now, datetime) else None
        case Now():
            text = values.get(expr)
            return datetime.fromisoformat(text) if isinstance(text, str) else None
        case _:
            return values.get(expr)


def moment_of(value: JSON) -> datetime | None:
    """An ISO date or moment without a zone, which the runtime reads alike; None for anything else."""
    stamp = read_stamp(value) if isinstance(value, str) else None
    if stamp is None or stamp.day_format != "%Y-%m-%d" or not PLAIN_CLOCK.fullmatch(stamp.rest):
        return None
    return datetime.combine(stamp.day, stamp.clock or time())
