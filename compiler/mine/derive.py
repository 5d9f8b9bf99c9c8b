"""derive: arguments that are computed from values in scope, where none of them is the value itself.

Nothing is enumerated blindly: from the value of the first task each kind of computation is undone (which day
was moved, which row holds it, which text it is a piece of), the constants that it took are read off, and the
other tasks test what is left. Source: witness functions, after FlashMeta (Polozov and Gulwani, OOPSLA 2015).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from compiler.ir.expr import Expr, RequestField
from compiler.ir.run import JSON
from compiler.mine import cuts, joins, moments, quantities, rosters
from compiler.mine.binding import Wired
from compiler.mine.clean import canonical
from compiler.mine.compose import compose
from compiler.mine.evaluate import gives
from compiler.mine.exprs import walk_expr
from compiler.mine.flows import plain
from compiler.mine.sighting import Sighting
from compiler.mine.skeleton import world_of
from compiler.mine.space import beyond_chance, by_task, cheapest, intersect, wired
from compiler.mine.spans import HOLE, HOLE_TIME, Origin

MOST_PROPOSED = 4_000
"""Candidates for one value; with more of them, none could be believed."""


def derive(seen: tuple[Sighting, ...], examples: tuple[JSON, ...]) -> Wired | None:
    """The cheapest computations that give the argument in all tasks, if these tell more than chance would."""
    if len({canonical(sighting.value) for sighting in seen}) <= 1:
        return None
    tasks = by_task(seen)
    tried = 0
    for start in _starts(tasks):
        ordered = [tasks[start], *tasks[:start], *tasks[start + 1 :]]
        computed = intersect(ordered, propose, test)
        if believed := beyond_chance(computed, seen, tried):
            return cheapest(believed, examples)
        composed = compose(ordered, propose)
        if believed := beyond_chance(composed, seen, tried + computed.proposed):
            return wired(believed, examples)
        tried += computed.proposed + composed.proposed
    return None


def _starts(tasks: list[list[list[Sighting]]]) -> list[int]:
    """The tasks to begin with: the one with most to say, and in case it says too much, one in the middle.

    No rows, or a round number, may come from anywhere; a list with all of another in it lacks nothing.
    """
    order = sorted(range(len(tasks)), key=lambda n: (-len(canonical(tasks[n][0][0].value)), n))
    return list(dict.fromkeys((order[0], order[len(order) // 2])))


def propose(sighting: Sighting) -> dict[Expr, Origin]:
    """Every computation that gives the value of one call."""
    found: dict[Expr, Origin] = {}
    world = world_of(sighting)
    for origin in _proposals(sighting.value, sighting):
        if len(found) >= MOST_PROPOSED:
            return {}
        if origin.expr not in found and (is_open(origin.expr) or gives(origin.expr, sighting.value, world)):
            found[origin.expr] = origin
    return found


def _proposals(value: JSON, sighting: Sighting) -> Iterator[Origin]:
    if isinstance(value, list):
        yield from rosters.proposals(value, sighting)
        return
    if isinstance(value, dict):
        return
    yield from moments.proposals(value, sighting)
    yield from quantities.proposals(value, sighting)
    yield from joins.proposals(value, sighting)
    yield from cuts.proposals(value, sighting)
    if isinstance(value, str):
        yield from rosters.joined_proposals(value, sighting)


def test(sighting: Sighting, candidates: Collection[Expr]) -> dict[Expr, Origin]:
    """Those of the candidates that give the value of one call."""
    world = world_of(sighting)
    closed = (expr for expr in candidates if not is_open(expr))
    found = {expr: plain(expr) for expr in closed if gives(expr, sighting.value, world)}
    if any(is_open(expr) for expr in candidates):
        # Where a text names the value, undoing the computation finds the place.
        again = propose(sighting)
        found.update({expr: again[expr] for expr in candidates if is_open(expr) and expr in again})
    return found


def is_open(expr: Expr) -> bool:
    """Whether an expression reads words of a request that are no field yet."""
    return any(isinstance(part, RequestField) and part in (HOLE, HOLE_TIME) for part in walk_expr(expr))
