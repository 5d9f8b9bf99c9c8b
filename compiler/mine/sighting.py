"""sighting: every value that a run gave to an argument, with what was in scope and could explain it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import final

from compiler.ir.expr import Expr
from compiler.ir.run import JSON, Effect, Run
from compiler.mine.sources import Bound, result_origins, shifted_origins
from compiler.mine.spans import (
    Origin,
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
    explained: dict[Expr, Origin]
    """Every expression that gives the value here."""


def sightings(route: Route, leaf: Leaf) -> tuple[Sighting, ...]:
    """Every value that the writing trails, and stopping trails that came so far, gave to an argument."""
    return tuple(
        sighted(found, leaf[1])
        for trail in (*route.writing, *route.stopping)
        for found in occurrences(trail, route.roles, leaf[0])
    )


def sighted(found: Occurrence, argument: str) -> Sighting:
    """The value that one call gave to an argument, with every expression that explains it."""
    run, value = found.trail.episode.run, found.step.arguments[argument]
    return Sighting(
        run=run,
        value=value,
        scope=found.scope,
        effect=found.step.effect,
        explained=_explain(value, found.scope, run),
    )


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
