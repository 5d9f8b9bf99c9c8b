"""What is taken of the rows of a list, as calls of the runtime's functions, each with its static type."""

from __future__ import annotations

from typing import Final, assert_never

from compiler.emit.adapt import as_atom, as_json, as_moment, as_rows, runtime
from compiler.emit.scope import Typed
from compiler.emit.types import ANYTHING, DATE, MOMENT, STR, Model, Rows, Type, members
from compiler.ir import plan
from compiler.ir.expr import Nth, Pick, Ranked, Where

_NTH: Final = {"first": "nth", "last": "nth_last", "lowest": "nth_lowest", "highest": "nth_highest"}


def take(expr: Pick | Nth | Where | Ranked, rows: Typed, inner: Typed | None) -> Typed:
    """Return what is taken of rows; ``inner`` is the place of an Nth, and the value of a Where."""
    match expr:
        case Pick(how=how, by=by):
            return Typed(runtime(how, rows.term, **_ranking(rows, by)), item_type(rows))
        case Nth(how=how, by=by):
            assert inner is not None
            name, place = _NTH[how], as_json(inner).term
            return Typed(runtime(name, rows.term, place, **_ranking(rows, by)), item_type(rows))
        case Ranked(by=by, descending=descending):
            order = {"descending": plan.Scalar(value=True)} if descending else {}
            return Typed(runtime("ranked", rows.term, **_ranking(rows, by), **order), rows.type)
        case Where(key=key):
            assert inner is not None
            named = None if key is None else attribute_of(rows.type, key)
            test = {expr.op: _compared(expr, inner).term}
            return Typed(runtime("where", rows.term, plan.Scalar(named), **test), rows.type)
        case _:
            assert_never(expr)


def _ranking(rows: Typed, by: str | None) -> dict[str, plan.Term]:
    return {} if by is None else {"by": plan.Scalar(attribute_of(rows.type, by))}


def _compared(expr: Where, value: Typed) -> Typed:
    """Return the value that rows are compared with: a day or moment where the test is one of time."""
    match expr.op:
        case "contains" | "names":
            return as_atom(as_json(value), STR)
        case "after" | "since" | "before" | "until":
            timed = {DATE, MOMENT} & set(members(value.type))
            return as_moment(value) if timed else as_json(value)
        case "among":
            return as_rows(value)
        case "equals" | "above" | "at_least" | "below" | "at_most":
            return as_json(value)
        case _:
            assert_never(expr.op)


def attribute_of(rows: Type, key: str) -> str:
    """Return the attribute that holds a key in the elements of a list; the key itself if there is none."""
    item = rows.item if isinstance(rows, Rows) else rows
    for kind in members(item):
        if isinstance(kind, Model) and (found := kind.field(key)) is not None:
            return found[0]
    return key


def item_type(rows: Typed) -> Type:
    """Return the type of the elements of a list."""
    return rows.type.item if isinstance(rows.type, Rows) else ANYTHING
