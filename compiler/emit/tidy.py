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
        after = _inlined(_body(body, used))
        if after == body:
            return body
        body = after


def _inlined(body: Body) -> Body:
    """Walk a list where it is made, if the walk is all that it is made for.

    chosen = run.select(...); for task in chosen: ...  ->  for task in run.select(...): ...
    """
    done: list[plan.Statement] = []
    for place, statement in enumerate(body):
        last = done[-1] if done else None
        if isinstance(last, plan.Assign) and isinstance(statement, plan.For) and last.annotation is None:
            later = names((statement.block, statement.otherwise, body[place + 1 :]))
            if statement.rows == plan.Name(last.name) and last.name not in later and _one_call(last.value):
                done[-1] = replace(statement, rows=last.value)
                continue
        done.append(statement)
    return tuple(done)


def _one_call(value: plan.Term) -> bool:
    """Return whether a term is a plain call that fits the head of a loop."""
    return isinstance(value, plan.Invoke) and sum(isinstance(part, plan.Invoke) for part in parts(value)) == 1


def _body(body: Body, used: frozenset[str]) -> Body:
    return tuple(kept for statement in body if (kept := _statement(statement, used)) is not None)


def _statement(statement: plan.Statement, used: frozenset[str]) -> plan.Statement | None:
    match statement:
        case plan.Assign(name=name, value=value) if name not in used:
            return plan.Do(value) if any(isinstance(part, plan.Invoke) for part in parts(value)) else None
        case plan.If(arms=arms, otherwise=otherwise):
            kept = tuple((test, _block(block, used)) for test, block in arms)
            return plan.If(kept, None if otherwise is None else _block(otherwise, used))
        case plan.For(name=name, block=block, otherwise=otherwise):
            shown = name if name in used or name.startswith("_") else f"_{name}"
            rest = None if otherwise is None else _block(otherwise, used)
            return replace(statement, name=shown, block=_block(block, used), otherwise=rest)
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
