"""Walking a plan: what it uses, how long and how deep it is, whether it comes to an end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from compiler.ir import plan

_ONE_LINE = 70
"""A statement of fewer columns is taken to fit a line, given that it is indented."""


def parts(value: object) -> Iterator[object]:
    """Yield a plan value and everything in it, outermost first; a block's ``scope`` is no part of it."""
    yield value
    if isinstance(value, tuple):
        for item in value:
            yield from parts(item)
    elif is_dataclass(value):
        for field in fields(value):
            if not (isinstance(value, plan.Block) and field.name == "scope"):
                yield from parts(getattr(value, field.name))


def behaviour(value: object) -> str:
    """Return a text that is equal for plan values whose Python differs in comments at most."""
    if isinstance(value, plan.Remark):
        return ""
    if isinstance(value, tuple):
        return f"({' '.join(map(behaviour, value))})"
    if not is_dataclass(value):
        return repr(value)
    held = (getattr(value, field.name) for field in fields(value) if field.name not in _UNHEARD)
    return f"{type(value).__name__}({' '.join(map(behaviour, held))})"


_UNHEARD = ("remarks", "header", "scope")
"""The fields of plan values that become comments, or nothing."""


def names(value: object) -> frozenset[str]:
    """Return the names that a plan value reads; an unused assignment reads nothing."""
    return frozenset(part.id for part in parts(value) if isinstance(part, plan.Name))


def has_text(value: object) -> bool:
    """Return whether a text literal stands in it, which a text with values cannot hold before Python 3.12."""
    return any(
        isinstance(part, plan.Text) or (isinstance(part, plan.Scalar) and isinstance(part.value, str))
        for part in parts(value)
    )


def blocks(statement: plan.Statement) -> tuple[plan.Block, ...]:
    """Return the blocks that stand directly in a statement."""
    match statement:
        case plan.If(arms=arms, otherwise=otherwise):
            return (*(block for _, block in arms), *(() if otherwise is None else (otherwise,)))
        case plan.For(block=block, otherwise=otherwise):
            return (block,) if otherwise is None else (block, otherwise)
        case plan.Tail(block=block):
            return (block,)
        case _:
            return ()


def height(body: tuple[plan.Statement, ...]) -> int:
    """Return how deep compound statements are nested."""
    deepest = 0
    for statement in body:
        match statement:
            case plan.Tail(block=block):
                deepest = max(deepest, height(block.body))
            case plan.If() | plan.For():
                deepest = max(deepest, *(1 + height(block.body) for block in blocks(statement)))
            case plan.With(body=inner):
                deepest = max(deepest, 1 + height(inner))
            case _:
                pass
    return deepest


def lines(body: tuple[plan.Statement, ...]) -> int:
    """Return about how many lines a body takes."""
    count = 0
    for statement in body:
        inner = blocks(statement)
        count += sum(lines(block.body) for block in inner)
        match statement:
            case plan.If() | plan.For():
                count += len(inner)
            case plan.Tail():
                pass
            case plan.With(body=held):
                count += 1 + lines(held)
            case _:
                count += 1 if width(statement) < _ONE_LINE else 3
    return count


def width(value: object) -> int:
    """Return about how many columns a plan value takes on one line."""
    return sum(len(part) + 1 for part in parts(value) if isinstance(part, str))


def returns(body: tuple[plan.Statement, ...]) -> bool:
    """Return whether a ``return`` stands anywhere in it."""
    return any(isinstance(part, plan.Return) for part in parts(body))


def breaks(body: tuple[plan.Statement, ...]) -> bool:
    """Return whether a ``break`` in it leaves a loop around it."""
    for statement in body:
        match statement:
            case plan.Break():
                return True
            case plan.For(otherwise=otherwise):
                found = otherwise is not None and breaks(otherwise.body)
            case _:
                found = any(breaks(block.body) for block in blocks(statement))
        if found:
            return True
    return False


def ends(body: tuple[plan.Statement, ...]) -> bool:
    """Return whether control never comes out of the end of a body."""
    if not body:
        return False
    match body[-1]:
        case plan.Return() | plan.Raise() | plan.Break() | plan.Do(leaves=True):
            return True
        case plan.If(arms=arms, otherwise=otherwise) if otherwise is not None:
            return all(ends(block.body) for _, block in arms) and ends(otherwise.body)
        case plan.Tail(block=block):
            return ends(block.body)
        case _:
            return False
