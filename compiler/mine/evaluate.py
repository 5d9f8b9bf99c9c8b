"""evaluate: what an expression gives in one run, just as the harness would compute it.

Texts, numbers and moments go through the runtime's own functions; rows are JSON here, and records there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never, final

from compiler.ir.expr import (
    Amount,
    AsText,
    Attr,
    Between,
    Case,
    Combine,
    Const,
    Each,
    Expr,
    FormatTime,
    JoinRows,
    ListOf,
    Lookup,
    Measure,
    Now,
    Nth,
    ParseTime,
    Pick,
    Piece,
    Ranked,
    Record,
    Ref,
    RequestField,
    Scaled,
    Shift,
    Template,
    Where,
    Without,
)
from compiler.ir.run import JSON
from compiler.mine.clean import canonical
from compiler.mine.scope import is_number
from compiler.mine.sources import described
from compiler.runtime import (
    Deviation,
    amount,
    average,
    between,
    first_number,
    greatest,
    joined,
    last_number,
    least,
    median,
    moment,
    piece,
    scaled,
    slug,
    total,
    whole,
    without,
)
from compiler.runtime.filters import passes
from compiler.runtime.values import ranks

Held = JSON | datetime


class NoValue(Exception):  # noqa: N818 - an answer: the harness would deviate here
    """The expression has no value in this run."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is known where an expression is computed: results by id, a structured request, the date."""

    known: Mapping[str, JSON]
    request: JSON = None
    now: datetime | None = None


def evaluate(expr: Expr, world: World) -> Held:
    """Compute an expression.

    Raises:
        NoValue: It has no value in this run, or one that the harness might not compute alike.
    """
    try:
        return _value(expr, world)
    except (Deviation, ArithmeticError, ValueError):
        raise NoValue from None


def _value(expr: Expr, world: World) -> Held:
    match expr:
        case Const() | Ref() | RequestField() | Now():
            return _leaf(expr, world)
        case Attr() | Each() | Measure() | Pick() | Nth() | Where() | Ranked():
            return _row(expr, world)
        case FormatTime() | ParseTime() | Shift() | Combine():
            return _moved(expr, world)
        case Case() | AsText() | Amount() | Template():
            return _text(expr, world)
        case Lookup() | Piece() | Between() | Scaled() | Without() | JoinRows():
            return _made(expr, world)
        case ListOf() | Record():
            return _composed(expr, world)
        case _:
            assert_never(expr)


def _composed(expr: ListOf | Record, world: World) -> JSON:
    match expr:
        case ListOf(items=items):
            return [_json(item, world) for item in items]
        case Record(items=pairs):
            return {key: _json(item, world) for key, item in pairs}
        case _:
            assert_never(expr)


def _json(expr: Expr, world: World) -> JSON:
    value = _value(expr, world)
    if isinstance(value, datetime):
        raise NoValue
    return value


def _leaf(expr: Const | Ref | RequestField | Now, world: World) -> Held:
    match expr:
        case Const(value=value):
            return value
        case Ref(id=id_):
            if id_ not in world.known:
                raise NoValue
            return world.known[id_]
        case RequestField(name=name):
            return _below(world.request, json.loads(name)) if name.startswith("[") else _nothing()
        case Now():
            return world.now if world.now is not None else _nothing()
        case _:
            assert_never(expr)


def _nothing() -> JSON:
    raise NoValue


def _below(value: JSON, keys: list[str]) -> JSON:
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            raise NoValue
        value = value[key]
    return value


def _rows(expr: Expr, world: World) -> list[JSON]:
    value = _value(expr, world)
    if not isinstance(value, list):
        raise NoValue
    return value


def _str(expr: Expr, world: World) -> str:
    value = _value(expr, world)
    if not isinstance(value, str):
        raise NoValue
    return value


def _row(expr: Attr | Each | Measure | Pick | Nth | Where | Ranked, world: World) -> JSON:
    match expr:
        case Pick() | Nth() | Where() | Ranked():
            return _taken(expr, world)
        case Attr(base=base, key=key):
            return _below(_json(base, world), [key])
        case Each(rows=rows, key=key):
            return [_of(row, key) for row in _rows(rows, world)]
        case Measure(base=base, how=how):
            return len(_rows(base, world)) if how == "count" else _MEASURES[how](_json(base, world))
        case _:
            assert_never(expr)


def _taken(expr: Pick | Nth | Where | Ranked, world: World) -> JSON:
    held = _rows(expr.rows, world)
    match expr:
        case Pick():
            place = described(held, expr)
            return held[place] if place is not None else _nothing()
        case Nth(place=place):
            return nth_of(held, expr, _json(place, world))
        case Where(key=key, op=op, value=value):
            sought = _value(value, world)
            return [row for row in held if passes(row if key is None else _of(row, key), op, sought)]
        case Ranked(by=by, descending=descending):
            order = ranking(held, by, descending=descending)
            return [held[place] for place in order] if order is not None else _nothing()
        case _:
            assert_never(expr)


def nth_of(held: list[JSON], expr: Nth, place: JSON) -> JSON:
    """The row at a place in the order that an expression says; none where another row ranks alike."""
    if not isinstance(place, int) or isinstance(place, bool) or not 1 <= place <= len(held):
        raise NoValue
    if expr.by is None:
        return held[place - 1] if expr.how == "first" else held[-place]
    order = ranking(held, expr.by, descending=expr.how == "highest")
    if order is None:
        raise NoValue
    row = held[order[place - 1]]
    alike = [one for one in held if _of(one, expr.by) == _of(row, expr.by)]
    return row if len(alike) == 1 else _nothing()


def ranking(held: list[JSON], by: str, *, descending: bool) -> list[int] | None:
    """The places of rows in the order of a field, as the runtime's ``ranked`` has them."""
    keys = ranks([_of(row, by) for row in held])
    return None if keys is None else sorted(range(len(held)), key=keys.__getitem__, reverse=descending)


_MEASURES: Mapping[str, Callable[[object], float]] = {
    "total": total,
    "average": average,
    "median": median,
    "least": least,
    "greatest": greatest,
    "first": first_number,
    "last": last_number,
}


def _of(row: JSON, key: str) -> JSON:
    if not isinstance(row, dict) or key not in row:
        raise NoValue
    return row[key]


def _moved(expr: FormatTime | ParseTime | Shift | Combine, world: World) -> Held:
    match expr:
        case FormatTime(base=base, format=form):
            return _moment(base, world).strftime(form)
        case ParseTime(base=base, format=written):
            value = _value(base, world)
            return value if isinstance(value, datetime) else moment(_str(base, world), written)
        case Shift(base=base, unit=unit, amount=amount):
            step = _value(amount, world)
            if not isinstance(step, int) or isinstance(step, bool):
                raise NoValue
            return _moment(base, world) + timedelta(**{unit: step})
        case Combine():
            raise NoValue
        case _:
            assert_never(expr)


def _moment(expr: Expr, world: World) -> datetime:
    value = _value(expr, world)
    if isinstance(value, datetime):
        return value
    return moment(value) if isinstance(value, str) else _no_moment()


def _no_moment() -> datetime:
    raise NoValue


def _made(expr: Lookup | Piece | Between | Scaled | Without | JoinRows, world: World) -> JSON:
    match expr:
        case Lookup(base=base, key=wanted):
            return _below(_json(base, world), [_str(wanted, world)])
        case Piece(base=base, separator=separator, index=index):
            return piece(_str(base, world), separator, index)
        case Between(base=base, after=after, before=before):
            return between(_str(base, world), after=after, before=before)
        case Scaled(base=base, factor=factor, digits=digits):
            value = _json(base, world)
            return whole(value, by=factor) if digits == 0 else scaled(value, by=factor, digits=digits)
        case Without(rows=rows, others=others):
            return list(without(_rows(rows, world), _rows(others, world)))
        case JoinRows(rows=rows, separator=separator):
            return joined(_rows(rows, world), separator)
        case _:
            assert_never(expr)


def _text(expr: Case | AsText | Amount | Template, world: World) -> JSON:
    match expr:
        case Case(base=base, how="slug"):
            return slug(_str(base, world))
        case Case(base=base, how=how):
            return str(getattr(_str(base, world), how)())
        case AsText(base=base, format=form):
            value = _json(base, world)
            return format(value, form) if is_number(value) else _nothing()
        case Amount(base=base, unit=unit):
            return amount(_str(base, world), unit)
        case Template(parts=parts):
            return "".join(as_part(_json(part, world)) for part in parts)
        case _:
            assert_never(expr)


def as_part(value: JSON) -> str:
    """A value as it stands inside a text; what has more than one form there has none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise NoValue
    return str(value)


def gives(expr: Expr, value: JSON, world: World) -> bool:
    """Whether an expression gives a value; a whole number may be written as a float."""
    try:
        found = evaluate(expr, world)
    except NoValue:
        return False
    if isinstance(found, datetime):
        return False
    if is_number(found) and is_number(value):
        return found == value
    return canonical(found) == canonical(value)
