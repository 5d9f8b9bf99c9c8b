"""dump_expr: an expression as stable text on one line, with how texts and names are written in a dump."""

from __future__ import annotations

import json
from typing import assert_never

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


def dump_expr(expr: Expr) -> str:
    """Return an expression on one line."""
    match expr:
        case Const() | Ref() | RequestField() | Now():
            return _leaf(expr)
        case Attr() | Each() | Measure() | Pick() | Nth() | Where() | Ranked():
            return _row_expr(expr)
        case FormatTime() | ParseTime() | Shift() | Combine():
            return _time_expr(expr)
        case Case() | AsText() | Amount() | Template():
            return _text_expr(expr)
        case Lookup() | Piece() | Between() | Scaled() | Without() | JoinRows():
            return _made_expr(expr)
        case ListOf() | Record():
            return _composed_expr(expr)
        case _:
            assert_never(expr)


def _leaf(expr: Const | Ref | RequestField | Now) -> str:
    match expr:
        case Const(value=value):
            return literal(value)
        case Ref(id=id_):
            return f"%{bare(id_)}"
        case RequestField(name=name):
            return f"request.{bare(name)}"
        case Now():
            return "now"
        case _:
            assert_never(expr)


def _composed_expr(expr: ListOf | Record) -> str:
    match expr:
        case ListOf(items=items):
            return f"[{', '.join(dump_expr(item) for item in items)}]"
        case Record(items=pairs):
            return f"{{{', '.join(f'{literal(key)}: {dump_expr(value)}' for key, value in pairs)}}}"
        case _:
            assert_never(expr)


def _row_expr(expr: Attr | Each | Measure | Pick | Nth | Where | Ranked) -> str:
    match expr:
        case Pick() | Nth() | Where() | Ranked():
            return _taken_expr(expr)
        case Attr(base=base, key=key):
            return f"{dump_expr(base)}.{bare(key)}"
        case Each(rows=rows, key=key):
            return f"each({dump_expr(rows)}, {bare(key)})"
        case Measure(base=base, how=how):
            return f"{how}({dump_expr(base)})"
        case _:
            assert_never(expr)


def _taken_expr(expr: Pick | Nth | Where | Ranked) -> str:
    match expr:
        case Pick(rows=rows, how=how, by=by):
            return f"{how}({dump_expr(rows)}{'' if by is None else f', by {bare(by)}'})"
        case Nth(rows=rows, place=place, how=how, by=by):
            ranked = "" if by is None else f", by {bare(by)}"
            return f"nth_{how}({dump_expr(rows)}, {dump_expr(place)}{ranked})"
        case Where(rows=rows, key=key, op=op, value=value):
            shown = "itself" if key is None else bare(key)
            return f"where({dump_expr(rows)}, {shown} {op} {dump_expr(value)})"
        case Ranked(rows=rows, by=by, descending=descending):
            return f"ranked({dump_expr(rows)}, by {bare(by)}{', descending' if descending else ''})"
        case _:
            assert_never(expr)


def _made_expr(expr: Lookup | Piece | Between | Scaled | Without | JoinRows) -> str:
    match expr:
        case Lookup(base=base, key=wanted):
            return f"{dump_expr(base)}[{dump_expr(wanted)}]"
        case Piece(base=base, separator=separator, index=index):
            return f"piece({dump_expr(base)}, {literal(separator)}, {index})"
        case Between(base=base, after=after, before=before):
            return f"between({dump_expr(base)}, {literal(after)}, {literal(before)})"
        case Scaled(base=base, factor=factor, digits=digits):
            return f"scaled({dump_expr(base)}, {factor}{'' if digits is None else f', {digits} digits'})"
        case Without(rows=rows, others=others):
            return f"without({dump_expr(rows)}, {dump_expr(others)})"
        case JoinRows(rows=rows, separator=separator):
            return f"join({dump_expr(rows)}, by {literal(separator)})"
        case _:
            assert_never(expr)


def _text_expr(expr: Case | AsText | Amount | Template) -> str:
    match expr:
        case Case(base=base, how=how):
            return f"{how}({dump_expr(base)})"
        case AsText(base=base, format=format_):
            return f"text({dump_expr(base)}{f', {literal(format_)}' if format_ else ''})"
        case Amount(base=base, unit=unit):
            return f"amount({dump_expr(base)}, {literal(unit)})"
        case Template(parts=parts):
            return f"join({', '.join(dump_expr(part) for part in parts)})"
        case _:
            assert_never(expr)


def _time_expr(expr: FormatTime | ParseTime | Shift | Combine) -> str:
    match expr:
        case FormatTime(base=base, format=format_):
            return f"format({dump_expr(base)}, {literal(format_)})"
        case ParseTime(base=base, format=written):
            return f"moment({dump_expr(base)}{'' if written is None else f', {literal(written)}'})"
        case Shift(base=base, unit=unit, amount=amount):
            return f"shift({dump_expr(base)}, {unit} {dump_expr(amount)})"
        case Combine(day=day, time=time):
            return f"combine({dump_expr(day)}, {dump_expr(time)})"
        case _:
            assert_never(expr)


def literal(value: JSON) -> str:
    """Return a value as JSON in ASCII, which stays on its line."""
    return json.dumps(value, ensure_ascii=True)


def bare(name: str) -> str:
    """Return a name bare where it is an ASCII identifier, else as a literal."""
    return name if name.isascii() and name.isidentifier() else literal(name)
