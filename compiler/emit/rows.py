"""Rows: what is done where a call gives none, or too many to be all, and for each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from compiler.emit.adapt import as_rows
from compiler.emit.branches import Nest, Way, choose_way
from compiler.emit.evidence import counted, deviation, never
from compiler.emit.expressions import lower_expr, noun_of
from compiler.emit.names import identifier, plural, singular
from compiler.emit.prose import plain
from compiler.emit.scope import Scope, Typed
from compiler.emit.types import ANYTHING, STR, Rows, Table, Type, members, without
from compiler.emit.walk import ends
from compiler.ir import plan
from compiler.ir.expr import Attr, Expr, Ref, RequestField
from compiler.ir.program import ForEach, OnEmpty, OnLength, OnText

Statements = tuple[plan.Statement, ...]
Local = Callable[[str, tuple[str, ...]], str]
"""Names a new local: by its noun, or by what it may be called instead."""


def lower_text(node: OnText, scope: Scope, tool: str | None, nest: Nest) -> tuple[Statements, Scope]:
    """Return what is done where a call, of the tool so called, answers a text in place of rows."""
    value = scope.local(node.ref)
    if STR not in members(value.type) and value.type != ANYTHING:
        return (), scope
    name, _ = scope.bound[node.ref]
    inside = scope.bind(node.ref, name, STR)
    ways = [
        Way(
            plan.Test(value.term, "==", plan.Scalar(case.text)),
            plan.Test(value.term, "!=", plan.Scalar(case.text)),
            nest(case.body, inside),
            case.support,
        )
        for case in node.cases
    ]
    ways.sort(key=lambda way: not ends(way.block.body))
    answers = f"{plain(name if tool is None else tool, 40)} answers "
    unseen = (never(node.support), deviation(answers, plan.Fill(value.term, quoted=True)))
    body = choose_way(ways, unseen)
    test = plan.Invoke(plan.Name("isinstance"), (value.term, plan.Name("str")))
    after = scope.bind(node.ref, name, without(value.type, STR)) if ends(body) else scope
    block = plan.Block(
        body=body,
        scope=inside.annotated(),
        function=f"on_{name}",
        doc="Go on where there are no rows.",
    )
    return (plan.If(((test, block),)),), after


def lower_empty(node: OnEmpty, scope: Scope, nest: Nest) -> tuple[Statements, Scope]:
    """Return what is done where a list is empty."""
    rows, noun = _length_of(node.rows, scope)
    block = nest(node.body, scope)
    if node.body:
        block = plan.Block(
            body=(counted(node.support), *(block.body or (plan.Pass(),))),
            scope=block.scope,
            function=block.function,
            doc=block.doc,
        )
    else:
        block = plan.Block(body=(counted(node.support), deviation(f"there are no {noun}")))
    return (plan.If(((plan.Not(rows), block),)),), scope


def lower_length(node: OnLength, scope: Scope) -> tuple[Statements, Scope]:
    """Return the deviation where a list may be cut off."""
    rows, noun = _length_of(node.rows, scope)
    test = plan.Test(plan.Invoke(plan.Name("len"), (rows,)), ">=", plan.Scalar(node.cap))
    message = f"there are {node.cap} {noun} or more, and the list may be cut off"
    return (plan.If(((test, plan.Block(body=(counted(node.support), deviation(message)))),)),), scope


def lower_each(node: ForEach, scope: Scope, local: Local, nest: Nest) -> tuple[Statements, Scope]:
    """Return the loop over a list."""
    rows = as_rows(lower_expr(node.rows, scope))
    name = _element(node.rows, scope, local)
    inside = scope.bind(node.id, name, item_type(rows))
    times = _times(node.least, node.most)
    block = nest(node.body, inside)
    marked = plan.Block(
        body=(counted(node.support, times), *(block.body or (plan.Pass(),))),
        scope=block.scope,
        function=identifier(f"handle_{name}"),
        doc=plain(
            f"Do for one {name.replace('_', ' ')} what the traces show: {_lowered(block.doc)}",
            76,
        ),
    )
    if node.otherwise is None:
        return (plan.For(name, rows.term, marked),), scope
    rest = nest(node.otherwise.body, scope)
    counted_rest = replace(rest, body=(counted(node.otherwise.support), *rest.body))
    return (plan.For(name, rows.term, marked, counted_rest),), scope


def item_type(rows: Typed) -> Type:
    """Return the type of the elements of a list."""
    return rows.type.item if isinstance(rows.type, Rows) else ANYTHING


def _length_of(rows: Expr, scope: Scope) -> tuple[plan.Term, str]:
    value = lower_expr(rows, scope)
    noun = plural(noun_of(rows, scope)).replace("_", " ")
    return (value if isinstance(value.type, Table) else as_rows(value)).term, noun


def _element(rows: Expr, scope: Scope, local: Local) -> str:
    """Return the name of a loop's element: of the list, or, where that is taken, of its owner too."""
    noun = re.sub(r"^(chosen|meant)_", "", singular(noun_of(rows, scope)))
    owner = _owner(rows, scope)
    return local(noun, (f"{owner}_{noun}",) if owner else ())


def _owner(rows: Expr, scope: Scope) -> str:
    """Return what the owner of a list is called; nothing where the list is nobody's."""
    match rows:
        case Attr(base=Ref() | Attr() | RequestField() as base):
            return noun_of(base, scope)
        case RequestField(name=name) if scope.request is not None and len(scope.request.paths[name]) > 1:
            return identifier(scope.request.paths[name][-2])
        case _:
            return ""


def _times(least: int, most: int) -> str:
    if least != most:
        return f"{least} to {most} times"
    return "once" if most == 1 else f"{most} times"


def _lowered(sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}"
