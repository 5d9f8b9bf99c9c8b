"""sighting: every value that a run gave to an argument, with what was in scope and could explain it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import final

from compiler.ir.expr import Expr, Now, ParseTime, RequestField
from compiler.ir.run import JSON, Run
from compiler.mine.exprs import walk_expr
from compiler.mine.route import Role, Route, Trail
from compiler.mine.sources import Bound, is_given_by, result_origins, scalar_key, shifted_origins
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

    @property
    def explained(self) -> dict[Expr, Origin]:
        """Every expression that gives the value here. Listed anew each time: there may be thousands."""
        return _explain(self.value, self.scope, self.trail.episode.run)

    def explained_by(self, candidates: Collection[Expr]) -> dict[Expr, Origin]:
        """Those of the candidates that give the value here."""
        return _test(candidates, self.value, self.scope, self.trail.episode.run)


def scopes(trail: Trail, roles: tuple[Role, ...]) -> Iterator[tuple[Bound, ...]]:
    """The results that a trail had in scope before each of its visits, and after the last."""
    scope: tuple[Bound, ...] = ()
    yield scope
    for role, visit in zip(roles, trail.visits, strict=False):
        if role.walk is None and role.effect == "read":
            call = visit.calls[0]
            scope = (*scope, Bound(id=role.id, value=call.result, known=call.leaves))
        yield scope


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
    keys = [scalar_key(row_value(row, role.walk.tail)) for row in loop_rows(trail, role)]
    calls = trail.visits[place].calls if place < len(trail.visits) else ()
    return [keys.index(scalar_key(call.arguments[role.walk.argument])) for call in calls]


def sightings(route: Route, place: int, argument: str) -> tuple[Sighting, ...]:
    """Every value that the writing trails, and stopping trails that came so far, gave to an argument."""
    trails = (trail for trail in (*route.writing, *route.stopping) if len(trail.visits) > place)
    return tuple(
        seen
        for trail in trails
        for seen in sighted(trail, route.roles, (place, argument), [*scopes(trail, route.roles)][place])
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
            inner = (*scope, Bound(id=f"{role.id}_row", value=loop_rows(trail, role)[row]))
        value = call.arguments[argument]
        found.append(
            Sighting(
                task=run.task,
                run_id=run.run_id,
                value=value,
                scope=inner,
                trail=trail,
                effect=role.effect,
            )
        )
    return tuple(found)


def _explain(value: JSON, scope: tuple[Bound, ...], run: Run) -> dict[Expr, Origin]:
    """Every expression that gives one value."""
    if isinstance(value, dict | list):
        return {}
    return _merged(
        (
            _said(value, run),
            _moved(value, scope, run),
            result_origins(value, scope),
            _dated(value, run),
        )
    )


def _test(
    candidates: Collection[Expr], value: JSON, scope: tuple[Bound, ...], run: Run
) -> dict[Expr, Origin]:
    """Those of the candidates that give one value: what ``_explain`` gives, cut to them."""
    if isinstance(value, dict | list):
        return {}
    listed: list[Iterable[Origin]] = []
    kinds = {_family(expr) for expr in candidates}
    if RequestField in kinds:
        listed.append(_said(value, run))
    if ParseTime in kinds:
        listed.append(_moved(value, scope, run))
    if Now in kinds:
        listed.append(_dated(value, run))
    found = {expr: origin for expr, origin in _merged(listed).items() if expr in candidates}
    for expr in candidates:
        if _family(expr) is None and is_given_by(expr, value, scope):
            found[expr] = Origin(expr=expr, kind="json", spans=frozenset())
    return found


@lru_cache(maxsize=4096)
def _family(expr: Expr) -> type | None:
    """Which list of origins an expression is from, by the most telling part of it; None: of results."""
    parts = {type(part) for part in walk_expr(expr)}
    return next((kind for kind in (ParseTime, Now, RequestField) if kind in parts), None)


def _said(value: JSON, run: Run) -> Iterable[Origin]:
    """Every way in which the request gives a value."""
    if isinstance(run.request, str):
        return () if isinstance(value, dict | list) else origins(run.request, value, run.now)
    return mapping_origins(run.request, value)


def _moved(value: JSON, scope: tuple[Bound, ...], run: Run) -> Iterable[Origin]:
    """Every way in which a value is a moment in scope, moved by what the request says."""
    return shifted_origins(value, scope, run.request, run.now) if isinstance(run.request, str) else ()


def _dated(value: JSON, run: Run) -> Iterable[Origin]:
    """Every way in which a value is a date, seen from the run's own."""
    return (Origin(expr=expr, kind="json", spans=frozenset()) for expr in now_origins(value, run.now))


def _merged(sources: Iterable[Iterable[Origin]]) -> dict[Expr, Origin]:
    """Origins by expression; one that is found twice has the places of both."""
    found: dict[Expr, Origin] = {}
    for source in sources:
        for origin in source:
            was = found.get(origin.expr)
            found[origin.expr] = origin if was is None else replace(was, spans=was.spans | origin.spans)
    return found
