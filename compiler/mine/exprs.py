"""exprs: small operations on expressions that several stages need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace

from compiler.ir.expr import Expr, RequestField


def children(expr: Expr) -> Iterator[Expr]:
    """The expressions directly inside one."""
    for part in fields(expr):
        value = getattr(expr, part.name)
        for item in value if isinstance(value, tuple) else (value,):
            inner = item[1] if isinstance(item, tuple) else item
            if hasattr(inner, "__dataclass_fields__"):
                yield inner


def walk_expr(expr: Expr) -> Iterator[Expr]:
    """The expression and all inside it, outermost first."""
    yield expr
    for child in children(expr):
        yield from walk_expr(child)


def rewrite(expr: Expr, change: Callable[[Expr], Expr | None]) -> Expr:
    """Replace every sub-expression for which ``change`` gives another, outermost first."""
    changed = change(expr)
    if changed is not None:
        return changed
    updates: dict[str, object] = {}
    for part in fields(expr):
        value = getattr(expr, part.name)
        if hasattr(value, "__dataclass_fields__"):
            updates[part.name] = rewrite(value, change)
        elif isinstance(value, tuple):
            updates[part.name] = tuple(_rewrite_item(item, change) for item in value)
    # Every member of the union is a dataclass, and the rewritten parts are of the types that they replace.
    return replace(expr, **updates) if updates else expr  # type: ignore[arg-type]


def _rewrite_item(item: object, change: Callable[[Expr], Expr | None]) -> object:
    if isinstance(item, tuple):
        return tuple(_rewrite_item(inner, change) for inner in item)
    return rewrite(item, change) if hasattr(item, "__dataclass_fields__") else item  # type: ignore[arg-type]


def replace_fields(expr: Expr, fields: dict[Expr, Expr]) -> Expr:
    """Put other expressions in the place of fields of the request."""
    # Only a field is looked up: a constant that is a list has no hash.
    return rewrite(expr, lambda part: fields.get(part) if isinstance(part, RequestField) else None)
