"""Calls that are repeated until they are done: a bounded repair, poll or retry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from compiler.emit.branches import Nest, guard_term, opposite_term, tail
from compiler.emit.evidence import counted, deviation, never
from compiler.emit.prose import plain
from compiler.emit.scope import Scope
from compiler.emit.walk import ends
from compiler.ir import plan
from compiler.ir.program import CallTool, Until

Statements = tuple[plan.Statement, ...]
Make = Callable[[CallTool, Scope], tuple[Statements, Scope]]
"""Lowers a call: its statements, and the scope after them."""


def lower_until(node: Until, scope: Scope, make: Make, nest: Nest) -> tuple[Statements, Scope]:
    """Return the statements of a repeated call, and the scope after it.

        result = call()
        for _ in range(most):
            if done: break
            repair
            result = call()
        if not done: raise

    The call stands twice, so that nothing is repaired after the last one: no run shows such a write. What is
    repaired once at most needs no loop: the same stands under an ``if``.
    """
    made, after = make(node.call, scope)
    repair = nest(node.repair, after)
    opposite = opposite_term(node.done, after)
    if ends(repair.body):
        ending = replace(repair, body=(counted(node.support), *repair.body))
        return (*made, plan.If(((opposite, ending),))), after
    unseen = plan.Block(body=(never(node.support), deviation(_failure(node))), function="")
    refused = plan.If(((opposite, unseen),))
    again = (*tail(repair), *map(_again, made))
    if node.most == 1:
        once = plan.Block(body=(counted(node.support), *again, refused), function="")
        return (*made, plan.If(((opposite, once),))), after
    leave = plan.If(((guard_term(node.done, after), plan.Block(body=(plan.Break(),), function="")),))
    step = plan.Block(body=(counted(node.support, f"{node.most} times at most"), leave, *again), function="")
    times = plan.Invoke(plan.Name("range"), (plan.Scalar(node.most),))
    return (*made, plan.For("_", times, step), refused), after


def _again(statement: plan.Statement) -> plan.Statement:
    """Return an assignment as it stands the second time: without a type."""
    return replace(statement, annotation=None) if isinstance(statement, plan.Assign) else statement


def _failure(node: Until) -> str:
    tool = plain(node.call.tool, 40)
    if not node.repair:
        return f"{tool} is still not done after {node.most + 1} calls"
    return f"{tool} is still not done after {node.most} repair{'' if node.most == 1 else 's'}"
