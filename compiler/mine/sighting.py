"""sighting: every value that a run gave to an argument, with what was in scope and could explain it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import final

from compiler.ir.expr import Expr
from compiler.ir.run import JSON, Run
from compiler.mine.clean import canonical
from compiler.mine.route import Role, Route, Trail
from compiler.mine.sources import Bound, bound, result_origins, shifted_origins
from compiler.mine.spans import (
    Origin,
    mapping_origins,
    now_origins,
    origins,
)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One value of an argument, with everything that was in scope when it was given."""

    task: str
    run_id: str
    value: JSON
    scope: tuple[Bound, ...]
    trail: Trail
    effect: str
    explained: dict[Expr, Origin]
    """Every expression that gives the value here."""


def scope_before(trail: Trail, roles: tuple[Role, ...], place: int) -> tuple[Bound, ...]:
    """The results that a trail had in scope before the role at ``place``."""
    return tuple(
        Bound(id=role.id, value=visit.calls[0].result, leaves=visit.calls[0].leaves)
        for role, visit in zip(roles[:place], trail.visits[:place], strict=False)
        if role.walk is None and role.effect == "read"
    )


def loop_rows(trail: Trail, role: Role) -> list[JSON]:
    """The list that a loop walks in one trail; empty where the result is no list."""
    assert role.walk is not None
    value = trail.visits[role.walk.visit].calls[0].result
    for key in role.walk.keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def row_value(row: JSON, tail: tuple[str, ...]) -> JSON:
    """The value under a chain of keys in a row; None where it has none."""
    for key in tail:
        row = row.get(key) if isinstance(row, dict) else None
    return row


def selected(trail: Trail, roles: tuple[Role, ...], place: int) -> list[int]:
    """Positions of the rows that a loop of a trail walked, in call order."""
    role = roles[place]
    assert role.walk is not None
    keys = [canonical(row_value(row, role.walk.tail)) for row in loop_rows(trail, role)]
    calls = trail.visits[place].calls if place < len(trail.visits) else ()
    return [keys.index(canonical(call.arguments[role.walk.argument])) for call in calls]


def sightings(route: Route, place: int, argument: str) -> tuple[Sighting, ...]:
    """Every value that the writing trails, and stopping trails that came so far, gave to an argument."""
    trails = (trail for trail in (*route.writing, *route.stopping) if len(trail.visits) > place)
    return tuple(
        seen
        for trail in trails
        for seen in sighted(trail, route.roles, (place, argument), scope_before(trail, route.roles, place))
    )


def sighted(
    trail: Trail, roles: tuple[Role, ...], leaf: tuple[int, str], scope: tuple[Bound, ...]
) -> tuple[Sighting, ...]:
    """Every value that one trail gave to an argument: several in a loop. ``scope`` is what came before."""
    place, argument = leaf
    role, run = roles[place], trail.episode.run
    calls = trail.visits[place].calls
    rows = selected(trail, roles, place) if role.walk is not None else [None] * len(calls)
    found = []
    for call, row in zip(calls, rows, strict=True):
        inner = scope
        if row is not None:
            inner = (*scope, bound(f"{role.id}_row", loop_rows(trail, role)[row]))
        value = call.arguments[argument]
        found.append(
            Sighting(
                task=run.task,
                run_id=run.run_id,
                value=value,
                scope=inner,
                trail=trail,
                effect=role.effect,
                explained=_explain(value, inner, run),
            )
        )
    return tuple(found)


def _explain(value: JSON, scope: tuple[Bound, ...], run: Run) -> dict[Expr, Origin]:
    """Every expression that gives one value."""
    found: dict[Expr, Origin] = {}
    if isinstance(value, dict | list):
        return found
    candidates: list[Iterable[Origin]] = []
    if isinstance(run.request, str):
        candidates.append(origins(run.request, value, run.now))
        candidates.append(shifted_origins(value, scope, run.request, run.now))
    else:
        candidates.append(mapping_origins(run.request, value))
    candidates.append(result_origins(value, scope))
    candidates.append(
        Origin(expr=expr, kind="json", spans=frozenset()) for expr in now_origins(value, run.now)
    )
    for source in candidates:
        for origin in source:
            was = found.get(origin.expr)
            found[origin.expr] = origin if was is None else replace(was, spans=was.spans | origin.spans)
    return found
