"""Remove what a body binds and never uses: a reader should not look for a use that is not there."""

from __future__ import annotations

from dataclasses import replace

from compiler.emit.walk import names, parts
from compiler.ir import plan

Body = tuple[plan.Statement, ...]


def tidy(body: Body) -> Body:
    """Return a body without unused names; calls stay, for what they do.

    event = run.tools.delete(...)  ->  run.tools.delete(...)      (where ``event`` is never read)
    for task in tasks: ...         ->  for _task in tasks: ...    (where ``task`` is never read)
    """
    while True:
        used = names(body)
        after = _body(body, used)
        if after == body:
            return body
        body = after


def _body(body: Body, used: frozenset[str]) -> Body:
    return tuple(kept for statement in body if (kept := _statement(statement, used)) is not None)


def _statement(statement: plan.Statement, used: frozenset[str]) -> plan.Statement | None:
    match statement:
        case plan.Assign(name=name, value=value) if name not in used:
            return plan.Do(value) if any(isinstance(part, plan.Invoke) for part in parts(value)) else None
        case plan.If(arms=arms, otherwise=otherwise):
            kept = tuple((test, _block(block, used)) for test, block in arms)
            return plan.If(kept, None if otherwise is None else _block(otherwise, used))
        case plan.For(name=name, rows=rows, block=block):
            shown = name if name in used or name.startswith("_") else f"_{name}"
            return plan.For(shown, rows, _block(block, used))
        case plan.With(items=items, body=inner):
            return plan.With(items, _body(inner, used))
        case plan.Tail(block=block):
            return plan.Tail(_block(block, used))
        case _:
            return statement


def _block(block: plan.Block, used: frozenset[str]) -> plan.Block:
    body = _body(block.body, used)
    bare = all(isinstance(statement, plan.Remark) for statement in body)
    return replace(block, body=(*body, plan.Pass()) if bare else body)
