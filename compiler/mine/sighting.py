"""sighting: every value that a run gave to an argument, with what was in scope and could explain it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import final

from compiler.ir.expr import Expr, Now, ParseTime, RequestField
from compiler.ir.run import JSON, Effect, Run
from compiler.mine.exprs import walk_expr
from compiler.mine.sources import Bound, is_given_by, result_origins, shifted_origins
from compiler.mine.spans import (
    Origin,
    common_kind,
    mapping_origins,
    now_origins,
    origins,
)
from compiler.mine.trail import Occurrence, Route, occurrences

Leaf = tuple[str, str]
"""An argument: the id of its role, and its name."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One value of an argument, with everything that was in scope when it was given."""

    run: Run
    value: JSON
    scope: tuple[Bound, ...]
    effect: Effect

    @property
    def explained(self) -> dict[Expr, Origin]:
        """Every expression that gives the value here. Listed anew each time: there may be thousands."""
        return _explain(self.value, self.scope, self.run)

    def explained_by(self, candidates: Collection[Expr]) -> dict[Expr, Origin]:
        """Those of the candidates that give the value here."""
        return _test(candidates, self.value, self.scope, self.run)


def sightings(route: Route, leaf: Leaf) -> tuple[Sighting, ...]:
    """Every value that the writing trails, and stopping trails that came so far, gave to an argument."""
    return tuple(
        sighted(found, leaf[1])
        for trail in (*route.writing, *route.stopping)
        for role, found in occurrences(trail, route.roles)
        if role == leaf[0]
    )


def sighted(found: Occurrence, argument: str) -> Sighting:
    """The value that one call gave to an argument."""
    run, value = found.trail.episode.run, found.step.arguments[argument]
    return Sighting(run=run, value=value, scope=found.scope, effect=found.step.effect)


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
    families = [(expr, _family(expr)) for expr in candidates]
    kinds = {family for _, family in families}
    if RequestField in kinds:
        listed.append(_said(value, run))
    if ParseTime in kinds:
        listed.append(_moved(value, scope, run))
    if Now in kinds:
        listed.append(_dated(value, run))
    found = {expr: origin for expr, origin in _merged(listed).items() if expr in candidates}
    for expr, family in families:
        if family is None and is_given_by(expr, value, scope):
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
            if was is None:
                found[origin.expr] = origin
            elif kind := common_kind((was.kind, origin.kind)):
                found[origin.expr] = replace(was, kind=kind, spans=was.spans | origin.spans)
    return found
