"""compose: texts put together from values in scope and constant text, by anti-unification over the tasks.

    "Re: Ada Poe / OR-7", "Re: Bo Lind / OR-12"  ->  "Re: {owner} / {order_id}"

The first text is cut at the values in scope that stand in it; each other text must then be the same constant
pieces, with values of the same expressions between them. What is the same everywhere is constant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from math import prod

from compiler.ir.expr import AsText, Const, Expr, Template
from compiler.mine.binding import RunSpans
from compiler.mine.holes import Hole, Propose, find_holes
from compiler.mine.sighting import Sighting
from compiler.mine.skeleton import Parse, Skeleton, Ways, shown, world_of
from compiler.mine.space import Space, Survivor, cost
from compiler.mine.spans import HOLE, Span, is_telling

Tasks = list[list[list[Sighting]]]
"""The calls of each run of each task."""

LONGEST = 2_000
MOST_RIVALS = 4
"""Templates that may be left over; of more, none is known to be meant."""


def compose(tasks: Tasks, propose: Propose) -> Space:
    """The templates that give the text of every task, from what the first run of the first task shows."""
    first = tasks[0][0][0]
    values = [call.value for call in _calls(tasks)]
    nothing = Space(survivors=(), proposed=0)
    if not all(isinstance(value, str) and len(value) <= LONGEST for value in values):
        return nothing
    text, holes = str(first.value), find_holes(first, propose)
    proposed = sum(len(hole.ways) for hole in holes)
    while holes:
        kept = _narrow(text, holes, tasks)
        if kept is None:
            return nothing
        if kept == holes:
            return Space(survivors=_survivors(text, kept, tasks), proposed=proposed)
        holes = kept
    return nothing


def _calls(tasks: Tasks) -> Iterator[Sighting]:
    return (call for runs in tasks for calls in runs for call in calls)


def _narrow(text: str, holes: list[Hole], tasks: Tasks) -> list[Hole] | None:
    """Keep of every hole the expressions that fill it in all tasks; without any, it is constant text.

    None where some task's text is not cut like the first one.
    """
    skeleton = Skeleton(text, holes)
    ways = [set(hole.ways) for hole in holes]
    for runs in tasks:
        agreeing = [left for calls in runs if (left := _agreeing(skeleton, calls, ways)) is not None]
        if not agreeing:
            return None
        ways = [set[Expr]().union(*alike) for alike in zip(*agreeing, strict=True)]
    return [
        replace(hole, ways={expr: origin for expr, origin in hole.ways.items() if expr in left})
        for hole, left in zip(holes, ways, strict=True)
        if left
    ]


def _agreeing(skeleton: Skeleton, calls: list[Sighting], ways: Ways) -> list[set[Expr]] | None:
    """The expressions of each hole that give what stands there in every call of a run."""
    left = [set(exprs) for exprs in ways]
    for call in calls:
        parse = skeleton.parse(call, left)
        if parse is None:
            return None
        world = world_of(call)
        left = [
            {expr for expr in exprs if (bool(said) if expr == HOLE else shown(expr, world) == text)}
            for text, said, exprs in zip(parse.texts, parse.said, left, strict=True)
        ]
    return left


def _survivors(text: str, holes: list[Hole], tasks: Tasks) -> tuple[Survivor, ...]:
    """The templates that are left, of the cheapest in each hole; none where they are many.

    All are rivals: where they differ, the harness asks.
    """
    skeleton = Skeleton(text, holes)
    ways = [set(hole.ways) for hole in holes]
    parses = [(call, parse) for call in _calls(tasks) if (parse := skeleton.parse(call, ways)) is not None]
    options = [
        _options(hole, {parse.texts[number] for _, parse in parses}) for number, hole in enumerate(holes)
    ]
    open_ = [number for number, exprs in enumerate(options) if HOLE in exprs]
    if prod(map(len, options)) > MOST_RIVALS or len(open_) > 1 or not _varies(options):
        return ()
    said = _said_by_run(parses, open_[0]) if open_ else ()
    return tuple(
        Survivor(
            expr=_template(skeleton.constants, chosen),
            kind="text" if HOLE in chosen else "json",
            spans=said if HOLE in chosen else (),
            time_spans=(),
        )
        for chosen in product(*options)
    )


def _varies(options: Sequence[list[Expr]]) -> bool:
    return any(not isinstance(expr, Const) for exprs in options for expr in exprs)


def _options(hole: Hole, seen: set[str]) -> list[Expr]:
    """What may fill a hole: the cheapest expressions, and as their rival constant text where it never varied.

    An address or an id is seldom constant; a word that each request says as well is part of its wording.
    """
    constant = len(seen) == 1 and not is_telling(hole.text)
    ways = [expr for expr in hole.ways if not (constant and expr == HOLE)]
    least = min(map(cost, ways), default=0)
    cheapest = [expr for expr in ways if cost(expr) == least]
    # A number that always had its decimals may be written with them, or as it is.
    written = {AsText(expr, way.format) for expr in cheapest for way in ways if isinstance(way, AsText)}
    cheapest = sorted({*cheapest, *(expr for expr in ways if expr in written)}, key=repr)
    return [Const(hole.text), *cheapest] if constant else cheapest


def _template(constants: list[str], chosen: Sequence[Expr]) -> Expr:
    """Put constants and expressions in turn, constants next to each other in one."""
    parts: list[Expr] = []
    for number, constant in enumerate(constants):
        for part in (Const(constant), *chosen[number : number + 1]):
            last = parts[-1] if parts else None
            if isinstance(part, Const) and isinstance(last, Const):
                parts[-1] = Const(f"{last.value}{part.value}")
            elif part != Const(""):
                parts.append(part)
    return Template(tuple(parts))


def _said_by_run(parses: list[tuple[Sighting, Parse]], number: int) -> RunSpans:
    """Where each run's request says what fills a hole."""
    found: dict[str, frozenset[Span]] = {}
    for call, parse in parses:
        found.setdefault(call.run.run_id, parse.said[number])
    return tuple((run, spans) for run, spans in sorted(found.items()) if spans)
