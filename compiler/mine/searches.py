"""searches: what tells that a read found nothing of what it looked for."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.expr import Expr, Ref, RequestField, Where
from compiler.ir.run import JSON
from compiler.mine.clean import Step
from compiler.mine.draft import Assembly
from compiler.mine.exprs import walk_expr
from compiler.mine.trail import Role

Found = list[tuple[Step, list[JSON]]]


def searched(state: Assembly, place: int) -> dict[str, Expr]:
    """The reads before a place that gave rows, each as the rows that hold what the request looked for.

    A search for raj finds the meeting with raj, and one on his onboarding: that there is a row is no answer
    yet, where all that were seen held the word in one field.
    """
    found: dict[str, Expr] = {}
    for n, role in enumerate(state.route.roles[:place]):
        if role.effect != "read" or not role.is_call:
            continue
        trails = (*state.route.writing, *state.route.stopping)
        calls = [t.visits[n].calls[-1] for t in trails if len(t.visits) > n and t.visits[n].calls]
        held = [(step, step.result) for step in calls if isinstance(step.result, list)]
        rows: Found = [(step, result) for step, result in held if result]
        if calls and all(isinstance(step.result, list | str) for step in calls):
            found[role.id] = next(_kept(state, role, rows), Ref(role.id))
    return found


def _kept(state: Assembly, role: Role, found: Found) -> Iterator[Expr]:
    """The rows whose field contains a word of the request that was looked for, as all that were seen do."""
    first = found[0][1][0] if found else None
    for name in role.key[1]:
        rivals = state.rivals.get((role.id, name), ())
        if len(rivals) != 1 or not any(isinstance(part, RequestField) for part in walk_expr(rivals[0])):
            continue
        for key in first if isinstance(first, dict) else ():
            if all(_holds(row, key, step.arguments[name]) for step, rows in found for row in rows):
                yield Where(Ref(role.id), key, "contains", rivals[0])


def _holds(row: JSON, key: str, sought: JSON) -> bool:
    value = row.get(key) if isinstance(row, dict) else None
    return isinstance(value, str) and isinstance(sought, str) and sought.casefold() in value.casefold()
