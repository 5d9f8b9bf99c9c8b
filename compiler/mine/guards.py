"""guards: joining guards, and telling whether one holds for values in scope."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from compiler.ir.expr import Expr
from compiler.ir.program import Both, Compare, Either, Guard
from compiler.ir.run import JSON
from compiler.mine.scope import value_of


def both(one: Guard | None, other: Guard) -> Guard:
    """The guard that holds where both do; of two bounds on one value, only the tighter is said."""
    if one is None:
        return other
    parts = [*_parts(one), *_parts(other)]
    kept = [part for n, part in enumerate(parts) if not _implied(part, parts[:n] + parts[n + 1 :], n)]
    joined = kept[0]
    for part in kept[1:]:
        joined = Both(joined, part)
    return joined


def _parts(guard: Guard) -> tuple[Guard, ...]:
    return (*_parts(guard.left), *_parts(guard.right)) if isinstance(guard, Both) else (guard,)


def _implied(part: Guard, others: Sequence[Guard], place: int) -> bool:
    """Whether a part says nothing that another does not: the same again, or a wider bound."""
    if part in others[:place]:
        return True
    return any(
        isinstance(part, Compare) and isinstance(other, Compare) and _tighter(other, part) for other in others
    )


def _tighter(one: Compare, other: Compare) -> bool:
    if one.left != other.left or one.op[0] != other.op[0] or one.op[0] not in "<>":
        return False
    mine, theirs = value_of(one.right, {}), value_of(other.right, {})
    if not isinstance(mine, int | float) or not isinstance(theirs, int | float):
        return False
    if mine == theirs:
        return len(one.op) < len(other.op)
    return (mine < theirs) == (one.op[0] == "<")


def compares(guard: Guard) -> Iterator[Compare]:
    """The tests of a guard."""
    match guard:
        case Both() | Either():
            yield from compares(guard.left)
            yield from compares(guard.right)
        case Compare():
            yield guard
        case _:
            return


def holds(guard: Guard, values: Mapping[Expr, JSON]) -> bool:
    """Whether a guard holds in a scope, as in the generated code; what is missing passes nothing."""
    match guard:
        case Both():
            return holds(guard.left, values) and holds(guard.right, values)
        case Either():
            return holds(guard.left, values) or holds(guard.right, values)
        case Compare():
            return _passes(value_of(guard.left, values), guard.op, value_of(guard.right, values))
        case _:
            return False


def _passes(left: JSON | datetime, op: str, right: JSON | datetime) -> bool:
    match op:
        case "==":
            return _is(left, right)
        case "!=":
            return not _is(left, right)
        case "in":
            return isinstance(right, list) and any(_is(left, one) for one in right)
        case _:
            return _in_order(left, op, right)


def _is(left: object, right: object) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _in_order(left: JSON | datetime, op: str, right: JSON | datetime) -> bool:
    numbers = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (left, right))
    if not numbers and not (isinstance(left, datetime) and isinstance(right, datetime)):
        return False
    low, high = (left, right) if op[0] == "<" else (right, left)
    return low < high or (op.endswith("=") and low == high)  # type: ignore[operator]
