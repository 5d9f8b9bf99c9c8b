"""Say in few words where a value comes from and what a guard tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import assert_never

from compiler.ir.program import (
    Answered,
    AsText,
    Attr,
    Both,
    Case,
    Combine,
    Compare,
    Const,
    Each,
    Expr,
    FormatTime,
    Guard,
    ListOf,
    Now,
    ParseTime,
    Pick,
    Record,
    Ref,
    RequestField,
    Shift,
    Template,
    Where,
)

Names = Mapping[str, str]
"""What to call the value that a node bound, by the node's id."""


def describe(expr: Expr, names: Names) -> str:
    """Say where a value comes from: ``first of search_events``, ``request.day``, ``"Backlog"``."""
    match expr:
        case Const(value):
            said = json.dumps(value, ensure_ascii=False)
        case Ref(id):
            said = names.get(id, id)
        case RequestField(name):
            said = f"request.{name}"
        case Now():
            said = "now"
        case Attr() | Pick() | Where() | Each():
            said = _taken(expr, names)
        case Template() | ListOf() | Record():
            said = _composed(expr, names)
        case _:
            said = _changed(expr, names)
    return said


def _taken(expr: Attr | Pick | Where | Each, names: Names) -> str:
    """Say what is taken out of a value."""
    match expr:
        case Attr(base, key):
            return f"{describe(base, names)}.{key}"
        case Pick(rows, how, by):
            return f"{how} of {describe(rows, names)}" + (f" by {by}" if by is not None else "")
        case Where(rows, key, op, value):
            return f"{describe(rows, names)} whose {key or 'value'} {op} {describe(value, names)}"
        case Each(rows, key):
            return f"every {key} of {describe(rows, names)}"
        case _:
            assert_never(expr)


def _composed(expr: Template | ListOf | Record, names: Names) -> str:
    """Say what a value is put together from."""
    match expr:
        case Template(parts):
            return "".join(_part(part, names) for part in parts)
        case ListOf(items):
            return f"[{', '.join(describe(item, names) for item in items)}]"
        case Record(items):
            return f"{{{', '.join(f'{key}: {describe(value, names)}' for key, value in items)}}}"
        case _:
            assert_never(expr)


def _changed(expr: FormatTime | ParseTime | AsText | Shift | Combine | Case, names: Names) -> str:
    """Say what a value is before it is moved or put in another form; a mere form is not worth a word."""
    match expr:
        case FormatTime(base) | ParseTime(base) | AsText(base):
            return describe(base, names)
        case Shift(base, unit, amount):
            return f"{describe(base, names)} + {describe(amount, names)} {unit}"
        case Combine(day, time):
            return f"{describe(day, names)} at {describe(time, names)}"
        case Case(base, how):
            return f"{how} {describe(base, names)}"
        case _:
            assert_never(expr)


def _part(part: Expr, names: Names) -> str:
    """A constant part of a template stands for itself."""
    if isinstance(part, Const) and isinstance(part.value, str):
        return part.value
    return f"{{{describe(part, names)}}}"


def describe_guard(guard: Guard, names: Names) -> str:
    """Say what a guard tests; of an answer, only the answer: the question stands before the branch."""
    match guard:
        case Compare(left, op, right):
            return f"{describe(left, names)} {op} {describe(right, names)}"
        case Both(left, right):
            return f"{describe_guard(left, names)} and {describe_guard(right, names)}"
        case Answered(_, label):
            return label
        case _:
            assert_never(guard)
