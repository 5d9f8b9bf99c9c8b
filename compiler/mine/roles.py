"""roles: calls of one kind that take their arguments from different places are different roles.

    note(order.email), note(order.owner)  ->  note #1, note #2

What comes from one place in all tasks is one role, however often it is called; only where no expression
explains an argument in every task are the calls told apart, by the few expressions that explain them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

from compiler.ir.expr import Const, Expr
from compiler.mine.bind import bind
from compiler.mine.binding import Tabled, Wired
from compiler.mine.sighting import Sighting
from compiler.mine.space import cost
from compiler.mine.tabled import explain

MIN_SIDE = 3
"""Tasks that must show a role before it is told from another of its kind."""

MOST_ROLES = 4
LOOKED_AT = 60
"""Calls by which it is judged whether one explanation fits all."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A call: what was given to each of its arguments; ``task`` is who made it."""

    task: str
    arguments: tuple[tuple[str, Sighting], ...]


def tell_apart(calls: Sequence[Seen]) -> tuple[int, ...]:
    """Number the roles that calls of one kind play: one number for each call, 0 where there is but one role.

    Calls that no role explains keep a number of their own, which few tasks share.
    """
    for name in dict(calls[0].arguments):
        given = [dict(call.arguments)[name] for call in calls]
        # What a table explains is one role, whatever its sources: which of them it is depends on the table.
        if isinstance(bind(tuple(_some(given))), Wired) or isinstance(explain(tuple(given)), Tabled):
            continue
        kinds = _by_explanation(calls, given)
        if kinds is not None:
            return kinds
    return (0,) * len(calls)


def _some(given: list[Sighting]) -> Iterable[Sighting]:
    step = max(1, len(given) // LOOKED_AT)
    return given[::step]


def _by_explanation(calls: Sequence[Seen], given: list[Sighting]) -> tuple[int, ...] | None:
    """The fewest expressions that explain an argument between them; None where there are not a few such."""
    if any(isinstance(one.value, dict | list) for one in given):
        return None
    explained = [{*one.explained, Const(one.value)} for one in given]
    left = set(range(len(calls)))
    kinds = [MOST_ROLES] * len(calls)
    for number in range(MOST_ROLES):
        if not left:
            break
        best = _best(calls, explained, left)
        if best is None:
            break
        taken = {n for n in left if best in explained[n]}
        for n in taken:
            kinds[n] = number
        left -= taken
    rest = {calls[n].task for n in left}
    few = len(rest) < MIN_SIDE and len(rest) * MOST_ROLES * MIN_SIDE < len({call.task for call in calls})
    return tuple(kinds) if max(kinds) and (not left or few) and kinds.count(0) < len(kinds) else None


def _best(calls: Sequence[Seen], explained: list[set[Expr]], left: set[int]) -> Expr | None:
    """The expression that explains most of the tasks that are left; of two as good, the cheaper one."""
    tasks: dict[Expr, set[str]] = defaultdict(set)
    for n in left:
        for expr in explained[n]:
            tasks[expr].add(calls[n].task)
    best = min(tasks, key=lambda expr: (-len(tasks[expr]), cost(expr), repr(expr)))
    return best if len(tasks[best]) >= MIN_SIDE else None
