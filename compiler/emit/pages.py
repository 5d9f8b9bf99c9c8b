"""Pages: one call after the other, each with the cursor of the last page, and the rows of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from compiler.emit.adapt import as_rows
from compiler.emit.evidence import counted, deviation, never, with_margin
from compiler.emit.expressions import lower_expr, noun_of
from compiler.emit.prose import plain
from compiler.emit.scope import Scope, Typed
from compiler.emit.types import NONE, without
from compiler.ir import plan
from compiler.ir.expr import Ref
from compiler.ir.program import CallTool, Pages

Issue = Callable[[CallTool, str, Scope], Typed]
"""Lowers the call of a tool."""


def lower_pages(
    node: Pages, scope: Scope, issue: Issue, local: Callable[[str], str]
) -> tuple[tuple[plan.Statement, ...], Scope]:
    """Return the statements that read all pages, and the scope after them.

        page = call()
        rows = page.rows
        for _ in range(most):
            cursor = page.next
            if cursor is None: break
            page = call(cursor=cursor)
            rows = rows + page.rows
        else: raise

    A run that would read more pages than any that was seen, with a margin, deviates.
    """
    page = local("page")
    first = issue(node.call, node.call.tool, scope)
    inside = scope.bind(node.call.id, page, first.type)
    rows, cursor = as_rows(lower_expr(node.rows, inside)), lower_expr(node.cursor, inside)
    name, token = local(noun_of(node.rows, inside)), local(node.argument)
    given = inside.bind(f"{node.id}_cursor", token, without(cursor.type, NONE))
    more = replace(node.call, arguments=(*node.call.arguments, (node.argument, Ref(f"{node.id}_cursor"))))
    leave = plan.Block(body=(plan.Break(),), function="")
    body = (
        counted(node.support, f"{node.most} pages at most"),
        plan.Assign(token, cursor.term),
        plan.If(((plan.Test(plan.Name(token), "is", plan.Scalar(None)), leave),)),
        plan.Assign(page, issue(more, node.call.tool, given).term),
        plan.Assign(name, plan.Operate(plan.Name(name), "+", rows.term)),
    )
    unseen = deviation(f"{plain(node.call.tool, 40)} gives more pages than any run read")
    times = plan.Invoke(plan.Name("range"), (plan.Scalar(with_margin(node.most)),))
    return (
        plan.Assign(page, first.term),
        plan.Assign(name, rows.term),
        plan.For(
            "_",
            times,
            plan.Block(body=body, function=""),
            plan.Block(body=(never(node.support), unseen), function=""),
        ),
    ), scope.bind(node.id, name, rows.type)
