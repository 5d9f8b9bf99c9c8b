"""flows: the ways in which a scalar comes unchanged from the request or an earlier result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compiler.ir.expr import Expr
from compiler.ir.run import JSON
from compiler.mine.sighting import Sighting
from compiler.mine.sources import result_origins
from compiler.mine.spans import HOLE, Origin, mapping_origins, text_origins

MOST_FLOWS = 12
"""Ways to one value that a computation starts from; one with more ways to it is met everywhere."""


def flows(value: JSON, sighting: Sighting) -> tuple[Origin, ...]:
    """The ways in which a scalar comes, unchanged, from the request or a result; none where they are many."""
    found = tuple(_flows(value, sighting))
    return found if len(found) <= MOST_FLOWS else ()


def _flows(value: JSON, sighting: Sighting) -> Iterator[Origin]:
    request = sighting.run.request
    if isinstance(request, dict):
        yield from mapping_origins(request, value)
    elif isinstance(value, str):
        yield from (origin for origin in text_origins(request, value) if origin.expr == HOLE)
    yield from result_origins(value, sighting.scope)


def around(origin: Origin, expr: Expr) -> Origin:
    """The same origin, with something done to what it gives."""
    return replace(origin, expr=expr)


def plain(expr: Expr) -> Origin:
    """The origin of what comes from no place in a request's text."""
    return Origin(expr=expr, kind="json", spans=frozenset())
