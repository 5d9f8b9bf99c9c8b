"""exprs: small operations on expressions that several stages need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar

from compiler.ir.expr import Expr, RequestField

Part = TypeVar("Part")
"""An expression, a guard or a node: dataclasses all, so that one walk serves them."""


def children(part: object) -> Iterator[Any]:
    """The values directly inside an expression, a guard or a node."""
    for one in fields(part):  # type: ignore[arg-type]
        value = getattr(part, one.name)
        for item in value if isinstance(value, tuple) else (value,):
            inner = item[1] if isinstance(item, tuple) else item
            if hasattr(inner, "__dataclass_fields__"):
                yield inner


def walk_expr(part: object) -> Iterator[Any]:
    """An expression, a guard or a node, and all inside it, outermost first."""
    yield part
    for child in children(part):
        yield from walk_expr(child)


def rewrite(expr: Part, change: Callable[[Any], Any]) -> Part:
    """Replace every part for which ``change`` gives another, outermost first."""
    changed = change(expr)
    if changed is not None:
        return changed  # type: ignore[no-any-return]
    updates: dict[str, object] = {}
    for part in fields(expr):  # type: ignore[arg-type]
        value = getattr(expr, part.name)
        if hasattr(value, "__dataclass_fields__"):
            updates[part.name] = rewrite(value, change)
        elif isinstance(value, tuple):
            updates[part.name] = tuple(_rewrite_item(item, change) for item in value)
    # Every member of the union is a dataclass, and the rewritten parts are of the types that they replace.
    return replace(expr, **updates) if updates else expr  # type: ignore[type-var]


def _rewrite_item(item: object, change: Callable[[Any], Any]) -> object:
    if isinstance(item, tuple):
        return tuple(_rewrite_item(inner, change) for inner in item)
    return rewrite(item, change) if hasattr(item, "__dataclass_fields__") else item


def replace_fields(expr: Expr, fields: dict[Expr, Expr]) -> Expr:
    """Put other expressions in the place of fields of the request."""
    # Only a field is looked up: a constant that is a list has no hash.
    return rewrite(expr, lambda part: fields.get(part) if isinstance(part, RequestField) else None)
