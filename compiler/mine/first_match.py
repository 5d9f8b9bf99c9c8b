"""first_match: is it sure that a loop ends at the first element that fits, and does not only meet one?

    for row in rows: if row.open: close(row); break      or      close(the one row that is open)

Where nothing is looked up about the elements, runs that acted on one element each may have meant the only
one, or all of what happened to be one. That the first is meant shows where a later one fits as well.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ir.expr import Expr, Ref
from compiler.ir.program import Guard
from compiler.ir.run import JSON
from compiler.mine.guards import holds
from compiler.mine.rules import MIN_SIDE, Rules
from compiler.mine.scope import values_in_scope
from compiler.mine.trail import Role, Route, Trail, inner_trails, inside_loop, rows_in, was_left


def unsure_search(route: Route, rules: dict[str, Rules]) -> str | None:
    """The tool of a search of which no run shows that it takes the first of several; None where all do."""
    return _unsure(route.roles, (*route.writing, *route.stopping), rules)


def _unsure(roles: tuple[Role, ...], trails: tuple[Trail, ...], rules: dict[str, Rules]) -> str | None:
    for place, role in enumerate(roles):
        here = tuple(trail for trail in trails if len(trail.visits) > place)
        if role.body and role.body[0].leaves and not _passes_over(roles, place, here, rules):
            return role.tool
        inner = [(role.body, inner_trails(here, place))] if role.body else []
        inner += [(arm, inner_trails(here, place, number)) for number, arm in enumerate(role.arms)]
        found = next(filter(None, (_unsure(arm, within, rules) for arm, within in inner)), None)
        if found is not None:
            return found
    return None


def _passes_over(
    roles: tuple[Role, ...], place: int, trails: tuple[Trail, ...], rules: dict[str, Rules]
) -> bool:
    """Whether several tasks left elements alone that fit as well as the one before that ended the walk."""
    fork = roles[place].body[0]
    rule = rules.get(fork.id)
    if rule is None:
        return False
    guards = tuple(guard for arm, guard in rule.arms if int(arm) in fork.leaves)
    shown = {
        trail.episode.run.task
        for trail in trails
        if was_left(roles[place], trail.visits[place])
        and any(_fits(row, roles, place, trail, guards) for row in _after(roles, place, trail))
    }
    return len(shown) >= MIN_SIDE


def _after(roles: tuple[Role, ...], place: int, trail: Trail) -> Iterator[JSON]:
    """The elements that a walk did not come to."""
    over = roles[place].walk
    assert over is not None
    yield from rows_in(trail, roles, over)[len(trail.visits[place].inner) :]


def _fits(row: JSON, roles: tuple[Role, ...], place: int, trail: Trail, guards: tuple[Guard, ...]) -> bool:
    bound: list[tuple[Expr, JSON]] = [
        (Ref(source.id), source.value) for source in inside_loop(trail, roles, place, row)
    ]
    values = values_in_scope(bound, trail.episode.run.now)
    return any(holds(guard, values) for guard in guards)
