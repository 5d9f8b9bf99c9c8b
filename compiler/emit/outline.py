"""Cut bodies that are too long or nested too deep into functions of their own.

A block becomes a function that gets the run handle and the values it reads. Where it may end the run, it
says so by its result: the caller returns if the block is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, final

from compiler.emit.names import Names
from compiler.emit.types import BOOL, NONE, annotation
from compiler.emit.walk import blocks, breaks, ends, height, lines, names, returns
from compiler.ir import plan

MOST_LINES: Final = 25
MOST_NESTING: Final = 3
FEWEST_LINES: Final = 6

_TRUE: Final = plan.Scalar(value=True)
_FALSE: Final = plan.Scalar(value=False)

Body = tuple[plan.Statement, ...]


@final
@dataclass(frozen=True, slots=True)
class Cut:
    """A function made of a block, and the statements that stand in the block's place."""

    function: plan.Function
    call: Body


def outline(entry: plan.Function, taken: Names, handle: plan.Term) -> tuple[plan.Function, ...]:
    """Return the entry function and the helpers cut from it, in the order of their first call.

    ``handle`` is the type of the run handle.
    """
    return _shape(entry, taken, handle, closes=False)


def _shape(
    function: plan.Function, taken: Names, handle: plan.Term, *, closes: bool
) -> tuple[plan.Function, ...]:
    """Cut one function until it fits; ``closes`` says that it tells its caller whether the run is done."""
    body, cuts = function.body, list[Cut]()
    while (chosen := _worst(body)) is not None:
        cut = _cut(chosen, taken, handle)
        body = _swapped(body, chosen, cut.call)
        cuts.append(cut)
    body = _closed(body) if closes else _trimmed(body)
    helpers = sorted(cuts, key=lambda cut: _position(body, cut.function.name))
    shaped = (
        _shape(cut.function, taken, handle, closes=cut.function.returns == annotation(BOOL))
        for cut in helpers
    )
    return (replace(function, body=_flat(body)), *(helper for group in shaped for helper in group))


def _worst(body: Body) -> plan.Block | None:
    """Return the block to cut next: one that nests too deep, else the longest of a body that is too long."""
    candidates = [block for block in _nested(body) if _may_cut(block)]
    if height(body) > MOST_NESTING:
        deep = [block for block in candidates if height(block.body) >= MOST_NESTING]
        if deep:
            return deep[0]
    if lines(body) <= MOST_LINES:
        return None
    long = [block for block in candidates if lines(block.body) >= FEWEST_LINES]
    return max(long, key=lambda block: lines(block.body), default=None)


def _nested(body: Body) -> Iterator[plan.Block]:
    for statement in body:
        for block in blocks(statement):
            yield block
            if isinstance(statement, plan.Tail) or not block.function:
                yield from _nested(block.body)


def _may_cut(block: plan.Block) -> bool:
    """Return whether a block may be cut; one that only ever raises tells mypy more where it stands."""
    if block.function == "" or breaks(block.body):
        return False
    return returns(block.body) or not ends(block.body)


def _cut(block: plan.Block, taken: Names, handle: plan.Term) -> Cut:
    remarks = tuple(statement for statement in block.body[:1] if isinstance(statement, plan.Remark))
    inner = block.body[len(remarks) :]
    read = names(inner)
    passed = tuple((name, kind) for name, kind in block.scope if name in read)
    if "run" in read:
        passed = (("run", handle), *passed)
    name = taken.take(block.function)
    call = plan.Invoke(plan.Name(name), tuple(plan.Name(one) for one, _ in passed))
    asks_back = returns(inner) and not ends(inner)
    doc = (block.doc, "Returns whether the run is done.") if asks_back else (block.doc,)
    function = plan.Function(
        name=name,
        parameters=tuple(plan.Parameter(name=one, annotation=kind) for one, kind in passed),
        returns=annotation(BOOL if asks_back else NONE),
        doc=doc,
        body=inner,
    )
    if asks_back:
        check = plan.If(((plan.Name("done"), plan.Block(body=(plan.Return(),))),))
        return Cut(function, (*remarks, plan.Assign("done", call), check))
    after: Body = (plan.Return(),) if ends(inner) else ()
    return Cut(function, (*remarks, plan.Do(call), *after))


def _swapped(body: Body, old: plan.Block, new: Body) -> Body:
    """Return a body with another content for one block."""
    return tuple(_swap(statement, old, new) for statement in body)


def _swap(statement: plan.Statement, old: plan.Block, new: Body) -> plan.Statement:
    def block(given: plan.Block) -> plan.Block:
        if given is old:
            return plan.Block(body=new, scope=given.scope, function="", doc="")
        return given if given.function else replace(given, body=_swapped(given.body, old, new))

    match statement:
        case plan.If(arms=arms, otherwise=otherwise):
            return plan.If(
                tuple((test, block(one)) for test, one in arms),
                None if otherwise is None else block(otherwise),
            )
        case plan.For(block=inner, otherwise=otherwise):
            return replace(
                statement, block=block(inner), otherwise=None if otherwise is None else block(otherwise)
            )
        case plan.Tail(block=inner):
            swapped = block(inner)
            return plan.Tail(
                swapped if swapped is not inner else replace(inner, body=_swapped(inner.body, old, new))
            )
        case _:
            return statement


def _position(body: Body, function: str) -> int:
    """Return which statement first calls a function."""
    return next(
        (place for place, statement in enumerate(body) if function in names((statement,))),
        len(body),
    )


def _flat(body: Body) -> Body:
    """Return a body whose tails stand in line."""
    flat: list[plan.Statement] = []
    for statement in body:
        match statement:
            case plan.Tail(block=block):
                flat.extend(_flat(block.body))
            case _:
                flat.append(_within(statement, _flat))
    return tuple(flat)


def _within(statement: plan.Statement, change: Callable[[Body], Body]) -> plan.Statement:
    """Return a statement with the bodies that are nested in it changed."""

    def changed(block: plan.Block | None) -> plan.Block | None:
        return None if block is None else replace(block, body=change(block.body))

    match statement:
        case plan.If(arms=arms, otherwise=otherwise):
            kept = tuple((test, replace(block, body=change(block.body))) for test, block in arms)
            return plan.If(kept, changed(otherwise))
        case plan.For(block=block, otherwise=otherwise):
            inner = replace(block, body=change(block.body))
            return replace(statement, block=inner, otherwise=changed(otherwise))
        case _:
            return statement


def _trimmed(body: Body) -> Body:
    """Return the body of a function without the ``return`` at its very end."""
    flat = _flat(body)
    return flat[:-1] if len(flat) > 1 and flat[-1] == plan.Return() else flat


def _closed(body: Body) -> Body:
    """Return the body of a function that says whether the run is done."""
    flat = _told(_flat(body))
    if len(flat) > 1 and isinstance(flat[-2], plan.Assign) and _hands_on(flat[-1]):
        return (*flat[:-2], plan.Return(flat[-2].value))
    return flat if ends(flat) else (*flat, plan.Return(_FALSE))


def _hands_on(statement: plan.Statement) -> bool:
    """Return whether a statement only passes on that the run is done."""
    told = plan.Block(body=(plan.Return(_TRUE),))
    return statement == plan.If(((plan.Name("done"), told),))


def _told(body: Body) -> Body:
    told: list[plan.Statement] = []
    for statement in body:
        match statement:
            case plan.Return():
                told.append(plan.Return(_TRUE))
            case _:
                told.append(_within(statement, _told))
    return tuple(told)
