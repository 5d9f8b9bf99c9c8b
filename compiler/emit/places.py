"""Where evidence belongs: every pattern, constant, branch and loop of a program, with the runs behind it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.check import inner_exprs
from compiler.ir.dump import dump_expr, dump_guard
from compiler.ir.program import (
    Arm,
    Block,
    Branch,
    CallTool,
    Const,
    Expr,
    ForEach,
    Node,
    OnEmpty,
    OnText,
    Program,
    Slot,
    Support,
    TextCase,
)
from compiler.ir.run import JSON


def places(program: Program) -> list[JSON]:
    """Return one entry for each counted place, in the order of the program."""
    found = [
        _place("pattern", _pattern_text(pattern.parts), pattern.support)
        for pattern in program.request.patterns
    ]
    return [*found, *_block(program.body)]


def _place(kind: str, what: str, support: Support) -> JSON:
    return {
        "kind": kind,
        "what": what,
        "tasks": support.tasks,
        "reached": support.reached,
        "runs": [*sorted(set(support.runs))],
    }


def _pattern_text(parts: tuple[str | Slot, ...]) -> str:
    return "".join(f"{{{part.field or part.gap}}}" if isinstance(part, Slot) else part for part in parts)


def _block(block: Block) -> Iterator[JSON]:
    for node in block:
        yield from _node(node)


def _node(node: Node) -> Iterator[JSON]:
    match node:
        case CallTool():
            yield from _call(node)
        case ForEach(rows=rows, body=body, support=support):
            yield _place("loop", f"for each of {dump_expr(rows)}", support)
            yield from _block(body)
        case OnEmpty(rows=rows, body=body, support=support):
            yield _place("branch", f"{dump_expr(rows)} is empty", support)
            yield from _block(body)
        case OnText() | Branch():
            yield from _ways(node)
        case _:
            return


def _call(node: CallTool) -> Iterator[JSON]:
    yield _place("call", node.tool, node.support)
    for key, value in node.arguments:
        if _constant(value):
            yield _place("constant", f"{node.tool}.{key} = {dump_expr(value)}", node.support)


def _ways(node: OnText | Branch) -> Iterator[JSON]:
    ways: list[tuple[str, TextCase | Arm]]
    if isinstance(node, OnText):
        ways = [(f"{node.ref} is the text {case.text!r}", case) for case in node.cases]
    else:
        ways = [(dump_guard(arm.guard), arm) for arm in node.arms]
    for what, way in ways:
        yield _place("branch", what, way.support)
        yield from _block(way.body)


def _constant(expr: Expr) -> bool:
    """Return whether nothing in an expression varies."""
    inner = inner_exprs(expr)
    return isinstance(expr, Const) or (bool(inner) and all(_constant(part) for part in inner))
