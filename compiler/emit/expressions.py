"""Expressions of the program -> terms of the plan, with their static types."""

from __future__ import annotations

import re
from typing import Final, Literal, assert_never

from compiler.emit.adapt import (
    as_atom,
    as_day,
    as_json,
    as_moment,
    as_rows,
    entry,
    method,
    present,
    runtime,
)
from compiler.emit.names import identifier, plural, singular
from compiler.emit.scope import Scope, Typed
from compiler.emit.taken import item_type, take
from compiler.emit.types import (
    ANYTHING,
    DATE,
    FLOAT,
    INT,
    MOMENT,
    NONE,
    STR,
    TIME,
    Atom,
    AtomKind,
    Rows,
    Table,
    either,
    members,
)
from compiler.emit.walk import has_text, width
from compiler.errors import InternalError
from compiler.ir import plan
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

RUN: Final = plan.Name("run")
DT: Final = plan.Imported("datetime", None, "dt")
REQUEST: Final = plan.Name("request")
_KINDS: Final[dict[type, AtomKind]] = {bool: "bool", int: "int", float: "float", str: "str"}
_WIDEST: Final = 36
_SPECIFIABLE = re.compile(r"[%A-Za-z0-9 :/.,\-]+")


def lower_expr(expr: Expr, scope: Scope) -> Typed:
    """Return the term of an expression at a place."""
    match expr:
        case Const() | Ref() | RequestField() | Now():
            return _leaf(expr, scope)
        case Attr() | Each() | Measure() | Pick() | Nth() | Where() | Ranked():
            return _row(expr, scope)
        case FormatTime() | ParseTime() | Shift() | Combine():
            return _time(expr, scope)
        case Case() | AsText() | Amount() | Template():
            return _text(expr, scope)
        case Lookup() | Piece() | Between() | Scaled() | Without() | JoinRows():
            return _made(expr, scope)
        case ListOf() | Record():
            return _composed(expr, scope)
        case _:
            assert_never(expr)


def _leaf(expr: Const | Ref | RequestField | Now, scope: Scope) -> Typed:
    match expr:
        case Const(value=value):
            return constant(value)
        case Ref(id=node):
            return scope.local(node)
        case RequestField(name=name):
            return _request_field(name, scope)
        case Now():
            return Typed(plan.Member(RUN, "now"), MOMENT)
        case _:
            assert_never(expr)


def _row(expr: Attr | Each | Measure | Pick | Nth | Where | Ranked, scope: Scope) -> Typed:
    match expr:
        case Pick() | Nth() | Where() | Ranked():
            inner = expr.place if isinstance(expr, Nth) else expr.value if isinstance(expr, Where) else None
            rows = as_rows(lower_expr(expr.rows, scope))
            return take(expr, rows, None if inner is None else lower_expr(inner, scope))
        case Attr(base=base, key=key):
            return entry(lower_expr(base, scope), key)
        case Each(rows=rows, key=key):
            return _each(as_rows(lower_expr(rows, scope)), key)
        case Measure(base=base, how=how):
            value = lower_expr(base, scope)
            if how == "count":
                return Typed(plan.Invoke(plan.Name("len"), (as_rows(value).term,)), INT)
            return Typed(runtime(measure_name(expr), present(value).term), FLOAT)
        case _:
            assert_never(expr)


def constant(value: JSON) -> Typed:
    """Return a JSON constant: a list as a tuple, an object as a dict."""
    match value:
        case list():
            return _tuple([constant(item) for item in value])
        case dict():
            pairs = tuple((plan.Scalar(key), constant(item).term) for key, item in value.items())
            return Typed(plan.Pairs(pairs), Table(ANYTHING))
        case None:
            return Typed(plan.Scalar(None), NONE)
        case _:
            return Typed(plan.Scalar(value), Atom(_KINDS[type(value)]))


def _tuple(items: list[Typed]) -> Typed:
    return Typed(plan.Items(tuple(item.term for item in items)), Rows(either(*(item.type for item in items))))


def _request_field(name: str, scope: Scope) -> Typed:
    if scope.request is None or name not in scope.request.paths:
        raise InternalError(f"the request has no field {name!r}")
    value = Typed(REQUEST, scope.request.type)
    for key in scope.request.paths[name]:
        value = entry(value, key)
    return value


def _each(rows: Typed, key: str) -> Typed:
    noun = rows.term.id if isinstance(rows.term, plan.Name) else "row"
    name = singular(noun) if singular(noun) != noun else "row"
    value = entry(Typed(plan.Name(name), item_type(rows)), key)
    return Typed(plan.Gather(value.term, name, rows.term), Rows(value.type))


def measure_name(expr: Measure) -> str:
    """Return the function of the runtime that takes a measure; what holds no numbers deviates there."""
    return f"{expr.how}_number" if expr.how in ("first", "last") else expr.how


def _composed(expr: ListOf | Record, scope: Scope) -> Typed:
    match expr:
        case ListOf(items=items):
            return _tuple([as_json(lower_expr(item, scope)) for item in items])
        case Record(items=pairs):
            entries = ((plan.Scalar(key), as_json(lower_expr(value, scope)).term) for key, value in pairs)
            return Typed(plan.Pairs(tuple(entries)), Table(ANYTHING))
        case _:
            assert_never(expr)


def _time(expr: FormatTime | ParseTime | Shift | Combine, scope: Scope) -> Typed:
    match expr:
        case FormatTime(base=base, format=format_):
            value = lower_expr(base, scope)
            solid = present(value) if TIME in members(value.type) else as_moment(value)
            return Typed(method(solid.term, "strftime", plan.Scalar(format_)), STR)
        case ParseTime(base=base, format=written):
            if written is None:
                return as_moment(lower_expr(base, scope))
            text = as_atom(lower_expr(base, scope), STR)
            return Typed(runtime("moment", text.term, plan.Scalar(written)), MOMENT)
        case Shift(base=base, unit=unit, amount=amount):
            moved = as_moment(lower_expr(base, scope))
            if unit == "minutes" and moved.type == DATE:
                moved = Typed(runtime("combine", moved.term, plan.Invoke(plan.Member(DT, "time"))), MOMENT)
            return _shift(moved, unit, amount, scope)
        case Combine(day=day, time=time):
            hour = as_atom(lower_expr(time, scope), TIME)
            return Typed(runtime("combine", as_day(lower_expr(day, scope)).term, hour.term), MOMENT)
        case _:
            assert_never(expr)


def _shift(base: Typed, unit: str, amount: Expr, scope: Scope) -> Typed:
    """Move a moment; a constant step back reads as a difference."""
    op: Literal["+", "-"] = "+"
    step = as_atom(lower_expr(amount, scope), INT).term
    if isinstance(step, plan.Scalar) and isinstance(step.value, int) and step.value < 0:
        op, step = "-", plan.Scalar(-step.value)
    delta = plan.Invoke(plan.Member(DT, "timedelta"), keywords=((unit, step),))
    return Typed(plan.Operate(base.term, op, delta), base.type)


def _text(expr: Case | AsText | Amount | Template, scope: Scope) -> Typed:
    match expr:
        case Case(base=base, how=how):
            value = as_atom(lower_expr(base, scope), STR)
            return Typed(runtime("slug", value.term) if how == "slug" else method(value.term, how), STR)
        case AsText(base=base, format=""):
            return _as_text(lower_expr(base, scope))
        case AsText(base=base, format=format_):
            return Typed(plan.Text((plan.Fill(_number(lower_expr(base, scope)), format_),)), STR)
        case Amount(base=base, unit=unit):
            text = as_atom(lower_expr(base, scope), STR)
            return Typed(runtime("amount", text.term, plan.Scalar(unit)), FLOAT)
        case Template(parts=parts):
            return _template(parts, scope)
        case _:
            assert_never(expr)


def _made(expr: Lookup | Piece | Between | Scaled | Without | JoinRows, scope: Scope) -> Typed:
    match expr:
        case Lookup(base=base, key=wanted):
            key = as_atom(lower_expr(wanted, scope), STR).term
            return Typed(runtime("item", lower_expr(base, scope).term, key), ANYTHING)
        case Without(rows=rows, others=others):
            kept = as_rows(lower_expr(rows, scope))
            return Typed(runtime("without", kept.term, as_rows(lower_expr(others, scope)).term), kept.type)
        case JoinRows(rows=rows, separator=separator):
            texts = as_rows(lower_expr(rows, scope))
            return Typed(runtime("joined", texts.term, plan.Scalar(separator)), STR)
        case Piece() | Between():
            return _cut(expr, as_atom(lower_expr(expr.base, scope), STR).term)
        case Scaled(base=base, factor=factor, digits=digits):
            return _scaled(lower_expr(base, scope), plan.Scalar(factor), digits)
        case _:
            assert_never(expr)


def _cut(expr: Piece | Between, text: plan.Term) -> Typed:
    match expr:
        case Piece(separator=separator, index=index):
            return Typed(runtime("piece", text, plan.Scalar(separator), plan.Scalar(index)), STR)
        case Between(after=after, before=before):
            ends = {"after": plan.Scalar(after)} | ({"before": plan.Scalar(before)} if before else {})
            return Typed(runtime("between", text, **ends), STR)
        case _:
            assert_never(expr)


def _scaled(value: Typed, factor: plan.Scalar, digits: int | None) -> Typed:
    if digits == 0:
        return Typed(runtime("whole", value.term, by=factor), INT)
    rounded = {} if digits is None else {"digits": plan.Scalar(digits)}
    return Typed(runtime("scaled", value.term, by=factor, **rounded), FLOAT)


def _number(value: Typed) -> plan.Term:
    """A value as a number that a format may be applied to."""
    if set(members(value.type)) <= {INT, FLOAT}:
        return value.term
    return runtime("number", value.term)


def _as_text(value: Typed) -> Typed:
    solid = present(as_json(value))
    if solid.type == STR:
        return solid
    return Typed(plan.Invoke(plan.Name("str"), (solid.term,)), STR)


def _template(parts: tuple[Expr, ...], scope: Scope) -> Typed:
    """Put texts together: an f-string, or a join where a part holds a text literal of its own."""
    filled = tuple(_template_part(part, scope) for part in parts)
    if not any(isinstance(part, plan.Fill) and unwieldy(part.value) for part in filled):
        return Typed(plan.Text(filled), STR)
    pieces = tuple(
        (
            plan.Scalar(part.value)
            if isinstance(part, Const) and isinstance(part.value, str)
            else _as_text(lower_expr(part, scope)).term
        )
        for part in parts
    )
    return Typed(method(plan.Scalar(""), "join", plan.Items(pieces)), STR)


def unwieldy(value: plan.Term) -> bool:
    """Return whether a value cannot stand inside a text, or is too long to be read there."""
    return has_text(value) or width(value) > _WIDEST


def _template_part(part: Expr, scope: Scope) -> str | plan.Fill:
    match part:
        case Const(value=str() as text):
            return text
        case FormatTime(base=base, format=format_) if _SPECIFIABLE.fullmatch(format_):
            value = lower_expr(base, scope)
            solid = present(value) if TIME in members(value.type) else as_moment(value)
            return plan.Fill(solid.term, format_)
        case AsText(base=base, format=format_) if format_:
            return plan.Fill(_number(lower_expr(base, scope)), format_)
        case _:
            value = present(as_json(lower_expr(part, scope)))
            return plan.Fill(value.term)


def noun_of(expr: Expr, scope: Scope) -> str:
    """Return what the value of an expression may be called."""
    match expr:
        case Ref() | Attr() | RequestField():
            return _named(expr, scope)
        case Pick() | Nth() | Where() | Ranked() | Each() | Measure() | Without() | JoinRows():
            return _taken_name(expr, scope)
        case FormatTime() | ParseTime() | Shift() | Case() | AsText() | Scaled() | Amount():
            return noun_of(expr.base, scope)
        case Lookup() | Piece() | Between():
            return "value"
        case Const() | Now() | Combine() | Template() | ListOf() | Record():
            return {Now: "now", Combine: "moment"}.get(type(expr), "value")
        case _:
            assert_never(expr)


def _taken_name(expr: Pick | Nth | Where | Ranked | Each | Measure | Without | JoinRows, scope: Scope) -> str:
    match expr:
        case Pick(rows=rows) | Nth(rows=rows):
            return singular(noun_of(rows, scope))
        case Where(rows=rows) | Ranked(rows=rows) | Without(rows=rows) | JoinRows(rows=rows):
            return noun_of(rows, scope)
        case Each(key=key):
            return plural(identifier(key, limit=20))
        case Measure(base=base, how=how):
            return identifier(f"{how}_{noun_of(base, scope)}")
        case _:
            assert_never(expr)


def _named(expr: Ref | Attr | RequestField, scope: Scope) -> str:
    match expr:
        case Ref(id=node):
            return re.sub(r"_\d+$", "", scope.bound[node][0])
        case Attr(key=key):
            return identifier(key)
        case RequestField(name=name):
            return identifier(name)
        case _:
            assert_never(expr)
