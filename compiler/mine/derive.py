"""derive: arguments that are computed from values in scope, where none of them is the value itself.

Nothing is enumerated blindly: from the value of the first task each kind of computation is undone (which day
was moved, which row holds it, which text it is a piece of), the constants that it took are read off, and the
other tasks test what is left. Source: witness functions, after FlashMeta (Polozov and Gulwani, OOPSLA 2015).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from math import inf, log2

from compiler.ir.expr import Const, Expr, Measure, Nth, RequestField, Where
from compiler.ir.run import JSON
from compiler.mine import chosen, cuts, joins, moments, quantities, rosters
from compiler.mine.binding import Wired
from compiler.mine.clean import canonical
from compiler.mine.compose import compose
from compiler.mine.evaluate import NoValue, evaluate, gives
from compiler.mine.exprs import replace_fields, walk_expr
from compiler.mine.flows import plain
from compiler.mine.sighting import Sighting
from compiler.mine.skeleton import world_of
from compiler.mine.space import (
    CHANCE_BITS,
    MIN_FITTED,
    beyond_chance,
    by_task,
    cheapest,
    intersect,
    surprise,
    wired,
)
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
    return _choose_rows(seen, examples, tried)


def _choose_rows(seen: tuple[Sighting, ...], examples: tuple[JSON, ...], tried: int) -> Wired | None:
    """The cheapest computations that choose among rows first: there are many, so they come last."""
    tasks = by_task(seen)
    if len(tasks) < MIN_FITTED or surprise(seen) < CHANCE_BITS:
        return None
    # A text is a field of a row in any task; a number or a list may say too much in one, or too little.
    texts = all(isinstance(sighting.value, str) for sighting in seen)
    for start in _starts(tasks)[: 1 if texts else None]:
        ordered = [tasks[start], *tasks[:start], *tasks[start + 1 :]]
        space = intersect(ordered, propose_rows, test_rows)
        tried += space.proposed
        enough = log2(max(tried, 1)) + CHANCE_BITS
        told = tuple(one for one in space.survivors if told_by_rows(one.expr, ordered) >= enough)
        if believed := beyond_chance(replace(space, survivors=told), seen, tried - space.proposed):
            return cheapest(believed, examples)
    return None


def told_by_rows(expr: Expr, tasks: list[list[list[Sighting]]]) -> float:
    """How many bits the tasks after the first tell of which rows are meant, to a choice made to fit that one.

    Each tells one row, or one cut of all, from as many others as there are; what sums rows up tells more.
    """
    taken = [part for part in walk_expr(expr) if isinstance(part, Where | Nth)]
    if not taken or any(isinstance(part, Measure) and part.how != "count" for part in walk_expr(expr)):
        return inf
    told = 0.0
    for runs in tasks[1:]:
        try:
            rows = evaluate(taken[-1].rows, world_of(runs[0][0]))
        except NoValue:
            continue
        told += log2(len(rows) + 1) if isinstance(rows, list) else 0
    return told


def _starts(tasks: list[list[list[Sighting]]]) -> list[int]:
    """The tasks to begin with: the one with most to say, and in case it says too much, one in the middle.

    No rows, or a round number, may come from anywhere; a list with all of another in it lacks nothing.
    """
    order = sorted(range(len(tasks)), key=lambda n: (-len(canonical(tasks[n][0][0].value)), n))
    return list(dict.fromkeys((order[0], order[len(order) // 2])))


def propose(sighting: Sighting) -> dict[Expr, Origin]:
    """Every computation that gives the value of one call."""
    return _checked(_proposals(sighting.value, sighting), sighting)


def propose_rows(sighting: Sighting) -> dict[Expr, Origin]:
    """Every choice of rows that gives the value of one call."""
    return _checked(chosen.proposals(sighting.value, sighting), sighting)


def _checked(origins: Iterable[Origin], sighting: Sighting) -> dict[Expr, Origin]:
    found: dict[Expr, Origin] = {}
    world = world_of(sighting)
    for origin in origins:
        if len(found) >= MOST_PROPOSED:
            return {}
        # What has a place in the request's words is open: it has no value before the field has a name.
        if origin.expr not in found and (origin.spans or gives(origin.expr, sighting.value, world)):
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
    said = frozenset(expr for expr in candidates if is_open(expr))
    closed = [expr for expr in candidates if expr not in said]
    found = {expr: plain(expr) for expr in closed if gives(expr, sighting.value, world)}
    if said:
        # Where a text names the value, undoing the computation finds the place.
        again = propose(sighting)
        found.update({expr: again[expr] for expr in said if expr in again})
    return found


def test_rows(sighting: Sighting, candidates: Collection[Expr]) -> dict[Expr, Origin]:
    """Those of the candidates that choose rows and give the value of one call."""
    world = world_of(sighting)
    found: dict[Expr, Origin] = {}
    for expr in candidates:
        if not is_open(expr):
            if gives(expr, sighting.value, world):
                found[expr] = plain(expr)
            continue
        # To put what the request says in the field's place is cheaper than to undo the computation again.
        for value, origin in chosen.readings(expr, sighting, world):
            if gives(replace_fields(expr, {HOLE: Const(value)}), sighting.value, world):
                spans = origin.spans | (found[expr].spans if expr in found else frozenset())
                found[expr] = replace(origin, expr=expr, spans=spans)
    return found


def is_open(expr: Expr) -> bool:
    """Whether an expression reads words of a request that are no field yet."""
    return any(isinstance(part, RequestField) and part in (HOLE, HOLE_TIME) for part in walk_expr(expr))
